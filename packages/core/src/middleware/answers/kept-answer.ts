import type { Call } from '../../call.js';
import { Events } from '../../events.js';
import { isJsonObject } from '../../json.js';
import type { Cost } from '../../money.js';
import { replay } from '../../replay.js';
import type { AnyReply, ReplyMeta } from '../../reply.js';
import type { Ending } from '../../traits.js';
import type { Usage } from '../../usage.js';
import { unpackEvents, type PackedEvent } from './packed-events.js';
import { isTiming, timedEvents, type Timing } from './timed-events.js';

/** Of a reply's meta, what still holds when it is served again. The rest tells of an exchange: request id, limits, timings, attempts. */
export type KeptMeta = Pick<ReplyMeta, 'provider' | 'model' | 'servedBy' | 'warnings'>;

/** A complete answer, as it goes into a store. */
export interface KeptAnswer {
  /** Of a unary reply. */
  readonly result?: unknown;
  /** Of a streamed one. */
  readonly events?: readonly PackedEvent[] | undefined;
  readonly timing?: Timing | undefined;
  readonly ending: Ending;
  readonly usage?: Usage | undefined;
  readonly cost?: Cost | undefined;
  readonly meta: KeptMeta;
}

export function keptMeta({ provider, model, servedBy, warnings }: ReplyMeta): KeptMeta {
  return { provider, model, servedBy, warnings };
}

/** Whether a value from a store is one. */
export function isKeptAnswer(value: unknown): value is KeptAnswer {
  if (!isJsonObject(value)) return false;
  const { result, events, timing, meta, cost } = value;
  return (
    isJsonObject(meta) &&
    typeof meta.provider === 'string' &&
    typeof meta.model === 'string' &&
    (Array.isArray(events) || isJsonObject(result)) &&
    (timing === undefined || isTiming(timing)) &&
    (cost === undefined || isCost(cost))
  );
}

/**
 * Answers the call with it; undefined where it cannot serve this shape.
 *
 * @param more What else the reply's meta says.
 * @param inTime Streams come in the rhythm in which they came.
 */
export function serveKept(
  call: Call,
  answer: KeptAnswer,
  more: Partial<ReplyMeta>,
  inTime: boolean,
): AnyReply | undefined {
  const { usage, timing } = answer;
  const meta: ReplyMeta = { ...keptMeta(answer.meta), ...more };
  try {
    const events = answer.events === undefined ? undefined : unpackEvents(answer.events);
    if (inTime && call.stream && events !== undefined && timing !== undefined) {
      const source = timedEvents(call, events, timing, usage);
      return { stream: true, events: new Events(source, call.signal) as never, meta };
    }
    const recording = { result: answer.result, events, usage, meta };
    return replay(call, recording as Parameters<typeof replay>[1]);
  } catch {
    return undefined;
  }
}

function isCost(value: unknown): value is Cost {
  if (!isJsonObject(value)) return false;
  return value.known === false || (value.known === true && Number.isSafeInteger(value.total));
}
