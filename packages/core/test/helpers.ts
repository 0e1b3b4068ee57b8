import {
  InferwayError,
  type ErrorCode,
  type EventSource,
  type Observer,
  type Outcome,
} from '@inferway/core';

interface Settle<E> {
  readonly resolve: (events: readonly E[] | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** A source whose every pull is settled by the test. */
export class ManualSource<E> implements EventSource<E> {
  usage: { outputTokens: number } | undefined;
  pulls = 0;
  readonly cancelled: InferwayError[] = [];
  #settle: Settle<E> | undefined;

  pull(): Promise<readonly E[] | undefined> {
    this.pulls++;
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  cancel(reason: InferwayError): void {
    this.cancelled.push(reason);
  }

  give(...events: E[]): void {
    this.#take().resolve(events);
  }

  finish(): void {
    this.#take().resolve(undefined);
  }

  break(reason: unknown): void {
    this.#take().reject(reason);
  }

  get waiting(): boolean {
    return this.#settle !== undefined;
  }

  #take(): Settle<E> {
    const settle = this.#settle;
    if (settle === undefined) throw new Error('nobody pulls');
    this.#settle = undefined;
    return settle;
  }
}

/** Writes down all that an observer is told. */
export class Recorder<E> implements Observer<E> {
  readonly seen: E[] = [];
  readonly ends: Outcome[] = [];
  waits = 0;

  waiting(): void {
    this.waits++;
  }

  event(event: E): void {
    if (this.ends.length > 0) throw new Error('an event after the end');
    this.seen.push(event);
  }

  end(outcome: Outcome): void {
    this.ends.push(outcome);
  }
}

/** The error that a promise rejects with. */
export async function errorOf(work: Promise<unknown>): Promise<InferwayError> {
  try {
    await work;
  } catch (reason) {
    if (InferwayError.is(reason)) return reason;
    throw new Error('rejected with something else than an InferwayError', { cause: reason });
  }
  throw new Error('did not reject');
}

export const failure = (code: ErrorCode): InferwayError =>
  new InferwayError(code, { message: `test: ${code}` });

/** A signal that knows how many listeners it has. */
export function countingSignal(): {
  readonly controller: AbortController;
  readonly signal: AbortSignal;
  readonly count: () => number;
} {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener(...given: Parameters<typeof add>) {
      listeners.add(given[1]);
      add(...given);
    },
    removeEventListener(...given: Parameters<typeof remove>) {
      listeners.delete(given[1]);
      remove(...given);
    },
  });
  return { controller, signal, count: () => listeners.size };
}
