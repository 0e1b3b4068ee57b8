import type { Call } from '../call.js';
import { callerOf } from '../caller.js';
import type { InferwayError } from '../error.js';
import { BoundedMap } from '../bounded-map.js';

const MOST = 10_000;
// Whatever a provider asks for, it is looked at again after this time.
const LONGEST_MS = 300_000;
const CODES: ReadonlySet<string> = new Set(['rate_limit', 'billing', 'overloaded']);

/**
 * Targets that said how long they are not to be asked: over their limits, with all keys of their pool resting, or behind an open breaker. Kept by
 * tenant, since the key may be the tenant's own: what one has used up says nothing of another.
 */
export class AskedToWait {
  readonly #until = new BoundedMap<string, number>(MOST);

  failed(target: string, error: InferwayError, call: Call, now: number): void {
    const { code, retryAfterMs } = error;
    if (retryAfterMs === undefined || !(retryAfterMs > 0) || !CODES.has(code)) return;
    this.#until.set(keyOf(target, call), now + Math.min(retryAfterMs, LONGEST_MS));
  }

  answered(target: string, call: Call): void {
    if (this.#until.size > 0) this.#until.delete(keyOf(target, call));
  }

  waits(target: string, call: Call, now: number): boolean {
    return this.#until.size > 0 && (this.#until.peek(keyOf(target, call)) ?? 0) > now;
  }
}

function keyOf(target: string, call: Call): string {
  return `${callerOf(call.state).tenant ?? ''}\n${target}`;
}
