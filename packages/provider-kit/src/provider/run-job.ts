import { InferwayError, isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import { poll, type PollSettings } from './poll.js';
import type { Session } from './session.js';
import { ofTakenWork } from './taken-work.js';

/** Questions in a row that may fail in a passing way. */
const MOST_FAILURES = 3;

/** How a provider tells of work that it does after it has answered. Members are written as paths: `data.status`. */
export interface JobShape {
  /** Where an answer says how far the work is. */
  readonly status: string;
  /** The words for work that is done; anything that is neither these nor `failed` is under way. */
  readonly done: readonly string[];
  readonly failed: readonly string[];
  /** Members of which finished work has one, for providers whose status may lag behind, or that answer at once. */
  readonly ready?: readonly string[] | undefined;
  /** Where to ask again, beneath the base URL; undefined where the answer says nothing of it. */
  readonly ask: (answer: JsonObject) => string | undefined;
  /** Where the result is, where it is not in the answer that says that the work is done. */
  readonly result?: ((answer: JsonObject) => string | undefined) | undefined;
  /** Where a failure says why. */
  readonly error?: string | undefined;
  readonly wait?: Pick<PollSettings, 'firstMs' | 'factor' | 'mostMs'> | undefined;
}

/**
 * Waits for work that `accepted` tells of, and gives the answer that has its result.
 *
 * @throws {InferwayError} for work that failed, classified by what the provider says of it; `protocol` where nobody says where to ask; as `Session.exchange`.
 */
export async function runJob(
  session: Session,
  accepted: unknown,
  shape: JobShape,
): Promise<JsonObject> {
  const first = isJsonObject(accepted) ? accepted : {};
  const path = shape.ask(first);
  const under = (answer: JsonObject): JsonObject | undefined => {
    const status = member(answer, shape.status);
    const word = typeof status === 'string' ? status : '';
    if (shape.failed.includes(word)) throw failure(session, answer, shape);
    const ready = shape.ready?.some((path) => (member(answer, path) ?? null) !== null) === true;
    return ready || shape.done.includes(word) ? answer : undefined;
  };
  let failures = 0;
  const done =
    under(first) ??
    (await poll(
      async () => {
        if (path === undefined) throw withoutAddress(session, first);
        const answer = await session.json({ path }).catch((reason: unknown) => {
          // The work goes on and will be billed: asking again is safe, and giving it up for one bad answer is not.
          if (isPassing(reason, session) && ++failures <= MOST_FAILURES) return;
          throw ofTakenWork(reason, session.signal);
        });
        if (!isJsonObject(answer)) return undefined;
        failures = 0;
        return under(answer);
      },
      { clock: session.clock, signal: session.signal, ...shape.wait },
    ));
  const where = shape.result?.(first);
  if (where === undefined) return done;
  const result = await session.json({ path: where }).catch((reason: unknown) => {
    throw ofTakenWork(reason, session.signal);
  });
  return isJsonObject(result) ? result : {};
}

function isPassing(reason: unknown, { signal }: Session): boolean {
  return !signal.aborted && InferwayError.is(reason) && reason.retryable;
}

/** The member at a path of names. */
function member(value: JsonValue | undefined, path: string): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const name of path.split('.')) found = isJsonObject(found) ? found[name] : undefined;
  return found;
}

function failure(session: Session, answer: JsonObject, { error }: JobShape): InferwayError {
  const told = error === undefined ? undefined : member(answer, error);
  return session.fail({ error: told ?? 'The work failed; the provider does not say why.' });
}

// What stands in place of work may be an error inside of a success. Else the work was taken, and may be under way and billed: not to be made again.
function withoutAddress(session: Session, answer: JsonObject): InferwayError {
  if ((answer.error ?? null) !== null) return session.fail(answer);
  const message = `${session.provider} took the work and did not say where its outcome will be, so it cannot be asked for. It may run, and cost, all the same.`;
  return session.name(new InferwayError('protocol', { message, sent: 'maybe', retryable: false }));
}
