import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { abortReason } from '../../signal.js';
import type { CacheStore } from '../../stores/cache-store.js';
import { FailureRest } from './failure-rest.js';

/** Reads, and writes, that wait for the store at once. What comes beyond is not begun: a store that hangs collects no more. */
const MOST_WAITING = 4096;
/** Of the texts that wait to be written, two bytes a character. */
const MOST_WRITING_BYTES = 64 * 1024 * 1024;
const FAILURES_TO_REST = 5;
const REST_MS = 1000;

/** A store that can never fail a call nor hold it up for long: what goes wrong is a miss, or an entry that is not there, and an event. */
export class GuardedStore {
  readonly #store: CacheStore;
  readonly #timeoutMs: number;
  readonly #rest = new FailureRest(FAILURES_TO_REST, REST_MS);
  #reads = 0;
  #writes = 0;
  #writing = 0;

  constructor(store: CacheStore, timeoutMs: number) {
    this.#store = store;
    this.#timeoutMs = timeoutMs;
  }

  /** The text under `key`, if the store gives it in time. @throws {InferwayError} only where the call is aborted meanwhile. */
  read(call: Call, key: string): string | undefined | Promise<string | undefined> {
    if (!this.#mayBegin(call, 'read', this.#reads < MOST_WAITING)) return undefined;
    try {
      const found: unknown = this.#store.get(key);
      if (!(found instanceof Promise)) {
        this.#rest.worked();
        return textOf(found);
      }
      this.#reads++;
      return this.#inTime(call, found);
    } catch {
      this.#failed(call, 'read', 'failed');
      return undefined;
    }
  }

  /** Writes in the background; `whenStored` hears of it once it is there. */
  write(call: Call, key: string, text: string, ttlMs: number, whenStored?: () => void): void {
    const bytes = 2 * text.length;
    const fits = this.#writing + bytes <= MOST_WRITING_BYTES || this.#writes === 0;
    if (!this.#mayBegin(call, 'write', fits && this.#writes < MOST_WAITING)) return;
    try {
      const written = this.#store.set(key, text, ttlMs);
      if (!(written instanceof Promise)) {
        whenStored?.();
        return;
      }
      this.#writes++;
      this.#writing += bytes;
      const over = (): void => {
        this.#writes--;
        this.#writing -= bytes;
      };
      written.then(
        () => {
          over();
          whenStored?.();
        },
        () => {
          over();
          this.#failed(call, 'write', 'failed');
        },
      );
    } catch {
      this.#failed(call, 'write', 'failed');
    }
  }

  #mayBegin(call: Call, operation: 'read' | 'write', fits: boolean): boolean {
    const resting = this.#rest.isResting(call.state.runtime.clock.now());
    if (!resting && fits) return true;
    tell(call, { type: 'cache-store', operation, problem: resting ? 'resting' : 'busy' });
    return false;
  }

  #failed(call: Call, operation: 'read' | 'write', problem: 'failed' | 'timeout'): void {
    this.#rest.failed(call.state.runtime.clock.now());
    tell(call, { type: 'cache-store', operation, problem });
  }

  #inTime(call: Call, found: Promise<unknown>): Promise<string | undefined> {
    const { signal } = call;
    const { clock } = call.state.runtime;
    return new Promise((resolve, reject) => {
      const over = (): void => {
        clock.clearTimer(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        over();
        reject(abortReason(signal));
      };
      const timer = clock.setTimer(() => {
        over();
        this.#failed(call, 'read', 'timeout');
        resolve(undefined);
      }, this.#timeoutMs);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
      found.then(
        (text) => {
          this.#reads--;
          over();
          this.#rest.worked();
          resolve(textOf(text));
        },
        () => {
          this.#reads--;
          over();
          this.#failed(call, 'read', 'failed');
          resolve(undefined);
        },
      );
    });
  }
}

// A store of somebody else's may give null for what it has not, or anything.
function textOf(found: unknown): string | undefined {
  return typeof found === 'string' ? found : undefined;
}
