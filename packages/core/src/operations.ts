/**
 * The open map of operations: one line each in `operations/<name>.ts`, added by declaration merging. A third party adds its own so:
 *
 * ```ts
 * declare module '@inferway/core' {
 *   interface Operations {
 *     classify: { request: ClassifyRequest; result: ClassifyResult; event: never };
 *   }
 * }
 * ```
 * `request` is what travels in the chain, `result` what a unary reply holds, `event` what a stream yields (`never`: cannot stream).
 * Two optional members: `input` is what the application writes where that is more comfortable than `request`, `answer` what the client adds
 * to a result for comfort; the operation's traits make the one from the other. An operation whose result follows from a member of its input
 * tells so in `cases`: `{ by: 'task'; of: { [value]: { input; result } } }`.
 */
export interface Operations {}

/** The name of an operation. */
export type Operation = keyof Operations & string;

export type RequestOf<K extends Operation> = Operations[K] extends { request: infer R } ? R : never;
export type ResultOf<K extends Operation> = Operations[K] extends { result: infer R } ? R : never;
export type EventOf<K extends Operation> = Operations[K] extends { event: infer E } ? E : never;

/** What an application writes for an operation. */
export type InputOf<K extends Operation> = Operations[K] extends { input: infer I }
  ? I
  : RequestOf<K>;

/** What the client adds to a result of an operation. */
export type AnswerOf<K extends Operation> = Operations[K] extends { answer: infer A } ? A : unknown;

/** What an operation's input and result are for each value of the member `by`; `never` where there is one form only. */
export type CasesOf<K extends Operation> = Operations[K] extends {
  cases: infer C extends OperationCases;
}
  ? C
  : never;

interface OperationCases {
  readonly by: string;
  readonly of: { readonly [value: string]: { readonly input: object; readonly result: object } };
}

/** The operations that can stream. */
export type StreamingOperation = {
  [K in Operation]: [EventOf<K>] extends [never] ? never : K;
}[Operation];
