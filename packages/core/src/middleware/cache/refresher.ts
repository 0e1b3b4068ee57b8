import { attemptBudget } from '../../attempts.js';
import type { Call } from '../../call.js';
import { caller } from '../../caller.js';
import { sendFork } from '../../around-forks.js';
import { tell } from '../../chain-events.js';
import { setDeadline } from '../../deadline.js';
import { InferwayError } from '../../error.js';
import type { Next } from '../../middleware.js';
import type { AnyReply } from '../../reply.js';
import { linkedController } from '../../signal.js';

export interface RefreshSettings {
  readonly timeoutMs: number;
  readonly most: number;
  readonly pauseMs: number;
}

/** Failures that are remembered, so that what fails now is not asked again at once. */
const MOST_FAILURES = 1000;

/** Fetches answers anew behind those that were served, one at a time for each key. */
export class Refresher {
  readonly #settings: RefreshSettings;
  readonly #running = new Set<string>();
  /** When a key that failed may be tried again. Oldest first. */
  readonly #failed = new Map<string, number>();

  constructor(settings: RefreshSettings) {
    this.#settings = settings;
  }

  /** Starts a refresh unless there is one for this key, or too many of others. Never throws: what fails leaves the entry as it is. */
  start(call: Call, key: string, ask: (call: Call) => Promise<AnyReply>): void {
    if (this.#running.has(key)) return;
    const now = call.state.runtime.clock.now();
    if (this.#running.size >= this.#settings.most || now < (this.#failed.get(key) ?? now)) {
      tell(call, { type: 'cache-refresh', result: 'skipped' });
      return;
    }
    this.#running.add(key);
    this.#failed.delete(key);
    void this.#refresh(call, ask).then((error) => {
      this.#running.delete(key);
      if (error !== undefined) this.#remember(key, call.state.runtime.clock.now());
      tell(call, {
        type: 'cache-refresh',
        result: error === undefined ? 'done' : 'failed',
        code: error?.code,
      });
    });
  }

  async #refresh(
    served: Call,
    ask: (call: Call) => Promise<AnyReply>,
  ): Promise<InferwayError | undefined> {
    const { clock } = served.state.runtime;
    const { timeoutMs } = this.#settings;
    const link = linkedController(undefined);
    const timer = clock.setTimer(() => link.abort(outOfTime(timeoutMs)), timeoutMs);
    try {
      const call = ownCall(served, link.signal);
      setDeadline(call.state, clock.now() + timeoutMs);
      await link.race(readWhole(sendFork(served.state, call, ask as Next)));
      return undefined;
    } catch (reason) {
      return InferwayError.from(reason);
    } finally {
      clock.clearTimer(timer);
    }
  }

  #remember(key: string, now: number): void {
    this.#failed.set(key, now + this.#settings.pauseMs);
    if (this.#failed.size <= MOST_FAILURES) return;
    for (const oldest of this.#failed.keys()) {
      this.#failed.delete(oldest);
      break;
    }
  }
}

// The caller is gone by then, and his time and signal with him; who he is stays.
function ownCall(served: Call, signal: AbortSignal): Call {
  const state = served.state.fork();
  const who = served.state.get(caller);
  if (who !== undefined) state.set(caller, who);
  attemptBudget(state).limit = attemptBudget(served.state).limit;
  return { ...served, state, signal, progress: undefined };
}

async function readWhole(asked: Promise<AnyReply>): Promise<void> {
  const reply = await asked;
  if (!reply.stream) return;
  while ((await reply.events.nextBatch()) !== undefined);
}

function outOfTime(timeoutMs: number): InferwayError {
  return new InferwayError('timeout', {
    message: `cache: a refresh was not over within its ${timeoutMs} ms. Raise refreshTimeoutMs, or look why the provider is slow.`,
    phase: 'total',
    retryable: false,
    fallbackable: false,
  });
}
