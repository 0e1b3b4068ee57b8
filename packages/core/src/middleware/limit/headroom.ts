import type { RateLimitSnapshot } from '../../rate-limit.js';
import { LearnedWindow, type Trust } from './learned-window.js';
import type { TargetState } from './target-map.js';
import type { TokenNeed } from './token-need.js';

/** What is counted against a provider's limits. */
export interface Started {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly tokens: number;
}

const UNITS = ['requests', 'tokens', 'inputTokens', 'outputTokens'] as const;
// While one call finds out how a limit stands, the others wait for its answer, but not for a slow one.
const PROBE_MS = 1000;

/** What is left at one provider, for one credential and model, as far as its answers told. */
export class Headroom implements TargetState {
  readonly #trust: Trust;
  readonly #windows: Partial<Record<keyof Started, LearnedWindow>> = {};
  #started: Started = { requests: 0, inputTokens: 0, outputTokens: 0, tokens: 0 };
  #running = 0;
  /** The provider refused a call until then. */
  #refusedUntil = 0;
  /** Nobody knows how the limit stands: one call at a time finds out. */
  #unsure = false;
  #probeUntil = 0;

  constructor(trust: Trust) {
    this.#trust = trust;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** The limit that a call would be refused by, and for how long; undefined where it may go. */
  blocks(
    need: TokenNeed,
    now: number,
  ): { readonly unit: keyof Started; readonly ms: number } | undefined {
    const refusedMs = this.#refusedUntil - now;
    if (refusedMs > 0) return { unit: 'requests', ms: refusedMs };
    const amounts = startedBy(need);
    let longest: { unit: keyof Started; ms: number } | undefined;
    for (const unit of UNITS) {
      const window = this.#windows[unit];
      if (window === undefined) continue;
      const started = this.#started[unit];
      if (window.expire(started, now)) this.#unsure = true;
      const ms = window.waitMs(amounts[unit], started, now);
      if (ms > (longest?.ms ?? 0)) longest = { unit, ms };
    }
    const probeMs = this.#unsure ? this.#probeUntil - now : 0;
    if (longest === undefined && probeMs > 0) return { unit: 'requests', ms: probeMs };
    return longest;
  }

  /** A call goes. Gives all that was started up to and with it. */
  start(need: TokenNeed, now: number): Started {
    if (this.#unsure) this.#probeUntil = now + PROBE_MS;
    this.#running++;
    this.#started = add(this.#started, startedBy(need), 1);
    return this.#started;
  }

  /** It is answered: what the provider said is known from now on. */
  answered(started: Started, told: RateLimitSnapshot | undefined, now: number): void {
    this.#running--;
    this.#unsure = false;
    if (told === undefined) return;
    for (const unit of UNITS) {
      const window = told[unit];
      if (window === undefined) continue;
      (this.#windows[unit] ??= new LearnedWindow(this.#trust)).learn(window, started[unit], now);
    }
  }

  /** It failed. @param retryAfterMs Where the provider refused it, and said until when. */
  failed(need: TokenNeed, wasSent: boolean, retryAfterMs: number | undefined, now: number): void {
    this.#running--;
    if (!wasSent) this.#started = add(this.#started, startedBy(need), -1);
    if (retryAfterMs === undefined || !(retryAfterMs > 0)) return;
    const ms = Math.min(retryAfterMs, this.#trust.maxTrustMs);
    this.#refusedUntil = Math.max(this.#refusedUntil, now + ms);
    this.#unsure = true;
    this.#probeUntil = 0;
  }
}

function startedBy({ input, output }: TokenNeed): Started {
  return { requests: 1, inputTokens: input, outputTokens: output, tokens: input + output };
}

function add(all: Started, one: Started, times: 1 | -1): Started {
  return {
    requests: all.requests + times * one.requests,
    inputTokens: all.inputTokens + times * one.inputTokens,
    outputTokens: all.outputTokens + times * one.outputTokens,
    tokens: all.tokens + times * one.tokens,
  };
}
