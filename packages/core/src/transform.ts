import type { Call } from './call.js';
import { Events, type EventSource } from './events.js';
import type { InferwayError } from './error.js';
import type { StreamReply } from './reply.js';
import type { Usage } from './usage.js';

/** Changes the events of a stream as they pass. Observers add nothing to a stream; only what changes events needs one of these. */
export interface EventTransform<E> {
  /** The events that take the place of these; may be none yet. */
  batch(events: readonly E[]): readonly E[];
  /** What was held back, when the stream is complete. */
  flush?(): readonly E[];
}

/**
 * The reply with its events changed. Usage, cost, failures and cancellation pass through in both directions: one read here is at least one read
 * there, and leaving this stream closes that one.
 */
export function transformed<E>(
  reply: StreamReply,
  call: Call,
  transform: EventTransform<E>,
): StreamReply {
  const inner = reply.events as unknown as Events<E>;
  const events = new Events<E>(new TransformSource(inner, transform), call.signal);
  events.observe({
    end(outcome) {
      outcome.cost ??= inner.outcome?.cost;
    },
  });
  return { ...reply, events: events as never };
}

class TransformSource<E> implements EventSource<E> {
  readonly #inner: Events<E>;
  readonly #transform: EventTransform<E>;
  #flushed = false;

  constructor(inner: Events<E>, transform: EventTransform<E>) {
    this.#inner = inner;
    this.#transform = transform;
  }

  get usage(): Usage | undefined {
    return this.#inner.usage;
  }

  async pull(): Promise<readonly E[] | undefined> {
    while (!this.#flushed) {
      const batch = await this.#inner.nextBatch();
      this.#flushed = batch === undefined;
      const changed =
        batch === undefined ? (this.#transform.flush?.() ?? []) : this.#transform.batch(batch);
      if (changed.length > 0) return changed;
    }
    return undefined;
  }

  cancel(reason: InferwayError): void {
    this.#inner.cancel(reason);
  }
}
