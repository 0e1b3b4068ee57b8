import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CallTale, Decision, Orders, Tale } from './orders.js';

/** What workers have told so far. */
export class Tales {
  readonly calls: CallTale[] = [];
  readonly #decisions: Decision[] = [];
  readonly #returned = new Set<string>();
  readonly places = new Set<string>();
  outages = 0;
  /** Workers that had no store for a while. */
  readonly cutOff = new Set<number>();

  /** Those whose calls were made, or were refused. */
  get decisions(): readonly Decision[] {
    return this.#decisions.filter(({ id }) => !this.#returned.has(id));
  }

  add(tale: Tale, worker: number): void {
    if (tale.type === 'calls') this.calls.push(...tale.calls);
    else if (tale.type === 'decisions') this.#decisions.push(...tale.decisions);
    else if (tale.type === 'returned') for (const id of tale.ids) this.#returned.add(id);
    else if (tale.type === 'places') for (const key of tale.keys) this.places.add(key);
    else if (tale.type === 'outage' && tale.state === 'down') {
      this.outages++;
      this.cutOff.add(worker);
    }
  }
}

/** One worker process. */
export interface Worker {
  /** Settles when it works. */
  readonly ready: Promise<void>;
  /** Settles when it is over: done, or killed. @throws where it ended in another way. */
  readonly over: Promise<void>;
  /** `kill -9`. */
  kill(): void;
}

export function startWorker(orders: Orders, tales: Tales): Worker {
  let killed = false;
  const child: ChildProcess = fork(join(import.meta.dirname, 'worker.ts'), {
    env: { ...process.env, ACCOUNTING_ORDERS: JSON.stringify(orders) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  child.on('message', (tale: Tale) => {
    if (tale.type === 'ready') resolve();
    tales.add(tale, orders.worker);
  });
  const over = once(child, 'exit').then(([code, signal]) => {
    reject(new Error(`Worker ${orders.worker} ended before it began.`));
    if (code !== 0 && !killed) {
      throw new Error(`Worker ${orders.worker} ended with ${String(code ?? signal)}.`);
    }
  });
  return {
    ready,
    over,
    kill() {
      killed = true;
      child.kill('SIGKILL');
    },
  };
}
