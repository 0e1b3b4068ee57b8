import type { Call } from '../../call.js';
import type { InferwayError } from '../../error.js';
import { abortReason } from '../../signal.js';
import type { Queued } from './fair-queue.js';

/** What came of a try to let a call in. */
export type Trial<T> =
  | { readonly granted: true; readonly value: T }
  | {
      readonly granted: false;
      /** What it has to wait for: the name of the line. */
      readonly key: string;
      /** Milliseconds until there may be room, where that is known. */
      readonly waitMs: number | undefined;
    };

/** Why a queue does not keep a call: it is full, its tenant has too many in it, the wait is too long, it was too long. */
export type QueueRefusal = 'queue-full' | 'tenant-full' | 'too-long' | 'expired';

/** A call that wants to be let in, as a queue knows it. */
export interface Entrant<T> {
  readonly call: Call;
  /** Tries to let it in. @throws what it is refused with for good. */
  attempt(): Trial<T> | Promise<Trial<T>>;
  /** Gives back what was granted after the call had left. */
  undo(value: T): void;
  refusal(why: QueueRefusal, key: string, waitMs: number | undefined): InferwayError;
}

/** One call in a line. It leaves exactly once: let in, refused, too late, or aborted. */
export class Waiter<T> implements Queued {
  readonly promise: Promise<T>;
  readonly entrant: Entrant<T>;
  readonly tenant: string;
  readonly priority: number;
  readonly weight: number;
  readonly order: number;
  /** The line that it stands in. */
  key: string;
  left = false;
  readonly #onLeave: (waiter: Waiter<T>) => void;
  readonly #timer: unknown;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;

  constructor(
    entrant: Entrant<T>,
    key: string,
    place: Queued,
    maxWaitMs: number,
    onLeave: (waiter: Waiter<T>) => void,
  ) {
    this.entrant = entrant;
    this.key = key;
    this.tenant = place.tenant;
    this.priority = place.priority;
    this.weight = place.weight;
    this.order = place.order;
    this.#onLeave = onLeave;
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { signal, state } = entrant.call;
    signal.addEventListener('abort', this);
    this.#timer = state.runtime.clock.setTimer(this.#expire, maxWaitMs);
  }

  /** The signal aborted. */
  handleEvent(): void {
    this.refuse(abortReason(this.entrant.call.signal));
  }

  letIn(value: T): void {
    this.#leave();
    this.#resolve(value);
  }

  refuse(reason: unknown): void {
    if (this.left) return;
    this.#leave();
    this.#reject(reason);
  }

  #leave(): void {
    this.left = true;
    const { signal, state } = this.entrant.call;
    signal.removeEventListener('abort', this);
    state.runtime.clock.clearTimer(this.#timer);
    this.#onLeave(this);
  }

  readonly #expire = (): void => {
    this.refuse(this.entrant.refusal('expired', this.key, undefined));
  };
}
