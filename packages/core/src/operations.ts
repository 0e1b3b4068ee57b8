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
 * to a result for comfort; the operation's traits make the one from the other.
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

/** The operations that can stream. */
export type StreamingOperation = {
  [K in Operation]: [EventOf<K>] extends [never] ? never : K;
}[Operation];
