import type { Call } from '../call.js';
import type { Clock } from '../clock.js';
import { InferwayError } from '../error.js';
import type { Observer, Outcome } from '../outcome.js';
import type { AnyReply } from '../reply.js';
import { isContentByDefault } from '../traits.js';
import type { AskedToWait } from './asked-to-wait.js';
import type { SpeedBook } from './speed-book.js';
import type { Sticky, StickyKey } from './sticky.js';

/** What a router learns from the calls that it sends. */
export interface Learning {
  readonly clock: Clock;
  readonly speeds: SpeedBook;
  /** Calls in flight by target. */
  readonly inFlight: Map<string, number>;
  readonly waits: AskedToWait;
  readonly sticky?: { readonly book: Sticky; readonly key: StickyKey } | undefined;
}

/** Watches one call at one target from its start to its end. */
export class Exchange implements Observer {
  readonly #call: Call;
  readonly #target: string;
  readonly #learning: Learning;
  readonly #isContent: (event: never) => boolean;
  readonly #startedAt: number;
  #firstAt: number | undefined;
  /** Since when the provider is waited for; undefined while the reader takes his time. */
  #since: number | undefined;
  #waitedMs = 0;

  constructor(call: Call, target: string, learning: Learning) {
    this.#call = call;
    this.#target = target;
    this.#learning = learning;
    this.#isContent = call.state.runtime.traits(call.operation)?.isContent ?? isContentByDefault;
    this.#startedAt = this.#now();
    const { inFlight } = learning;
    inFlight.set(target, (inFlight.get(target) ?? 0) + 1);
  }

  /** The provider accepted the call, or answered it. */
  answered(reply: AnyReply): void {
    if (reply.stream) {
      reply.events.observe(this as Observer);
      return;
    }
    const sticky = this.#served();
    const durationMs = this.#now() - this.#startedAt;
    const tokens = reply.usage?.outputTokens ?? 0;
    this.#record({ durationMs, durationMsPerToken: tokens > 0 ? durationMs / tokens : undefined });
    sticky?.book.learn(sticky.key, this.#target, reply.usage);
    this.#end();
  }

  failed(reason: unknown): void {
    const error = InferwayError.from(reason);
    this.#learning.waits.failed(this.#target, error, this.#call, this.#now());
    this.#recordFailure(error);
    this.#end();
  }

  waiting(): void {
    this.#since = this.#now();
  }

  batch(events: readonly unknown[]): void {
    const now = this.#now();
    if (this.#firstAt !== undefined && this.#since !== undefined) {
      this.#waitedMs += now - this.#since;
    }
    this.#since = undefined;
    if (this.#firstAt === undefined && (events as readonly never[]).some(this.#isContent)) {
      this.#firstAt = now;
      this.#served();
    }
  }

  end({ status, usage, error }: Outcome): void {
    const { sticky } = this.#learning;
    sticky?.book.learn(sticky.key, this.#target, usage);
    if (status === 'failed' && error !== undefined) {
      this.#learning.waits.failed(this.#target, error, this.#call, this.#now());
      this.#recordFailure(error);
    } else if (this.#firstAt !== undefined) {
      this.#record({
        ttftMs: this.#firstAt - this.#startedAt,
        msPerToken: status === 'complete' ? this.#msPerToken(usage?.outputTokens) : undefined,
      });
    }
    this.#end();
  }

  #served(): Learning['sticky'] {
    const { sticky, waits } = this.#learning;
    waits.answered(this.#target, this.#call);
    sticky?.book.served(sticky.key, this.#target, this.#now());
    return sticky;
  }

  // Where the reader was slower than the provider, the time says nothing of the provider.
  #msPerToken(tokens: number | undefined): number | undefined {
    if (tokens === undefined || tokens < 2 || this.#firstAt === undefined) return undefined;
    const tookMs = this.#now() - this.#firstAt;
    return this.#waitedMs * 2 >= tookMs ? tookMs / (tokens - 1) : undefined;
  }

  // What the request itself is to blame for says nothing of the target.
  #recordFailure(error: InferwayError): void {
    if (error.retryable && error.fallbackable) this.#record({ failed: true });
  }

  #record(sample: Omit<Parameters<SpeedBook['record']>[1], 'failed'> & { failed?: boolean }): void {
    const key = speedKey(this.#call.operation, this.#target);
    this.#learning.speeds.record(key, { failed: false, ...sample }, this.#now());
  }

  #end(): void {
    const { inFlight } = this.#learning;
    const left = (inFlight.get(this.#target) ?? 1) - 1;
    if (left > 0) inFlight.set(this.#target, left);
    else inFlight.delete(this.#target);
  }

  #now(): number {
    return this.#learning.clock.now();
  }
}

/** Speeds are kept by operation: what a model needs for a chat says nothing of its embeddings. */
export function speedKey(operation: string, target: string): string {
  return `${operation} ${target}`;
}
