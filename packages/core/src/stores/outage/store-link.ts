import { InferwayError } from '../../error.js';
import type { OutageEvent, OutageSettings } from './outage-options.js';

/** The store gave no answer, or was not asked since it is away. Internal to the guards: each makes of it what its policy says. */
export class StoreGone extends Error {
  /** True where the store was asked, and may have done what it was asked for. */
  readonly asked: boolean;

  constructor(message: string, asked: boolean) {
    super(message);
    this.asked = asked;
  }
}

/**
 * The way to one store: each operation has its time, and a store that failed several times in a row is left alone but for one probe at a time, so
 * that an outage costs a call nothing. The beginning and the end of an outage are told once each (F67, F68).
 */
export class StoreLink {
  /** Called at the end of an outage. */
  onUp: (() => void) | undefined;
  readonly #store: OutageEvent['store'];
  readonly #settings: OutageSettings;
  readonly #effect: string;
  #failures = 0;
  #answers = 0;
  /** When the outage began; undefined while the store is there. */
  #downSince: number | undefined;
  #nextProbeAt = 0;
  #probing = false;

  /** @param effect What an outage means for calls, for the line that tells of it. */
  constructor(store: OutageEvent['store'], settings: OutageSettings, effect: string) {
    this.#store = store;
    this.#settings = settings;
    this.#effect = effect;
  }

  get isDown(): boolean {
    return this.#downSince !== undefined;
  }

  /** Milliseconds until the store is asked again. */
  get retryAfterMs(): number {
    const { clock, retryMs } = this.#settings;
    if (!this.isDown || this.#probing) return retryMs;
    return Math.max(1, Math.ceil(this.#nextProbeAt - clock.now()));
  }

  /**
   * Asks the store. What it answers when nobody waits any more is handed to `late`; where it failed instead, so is undefined.
   *
   * @throws {StoreGone} (or rejects so) where there is no answer in time. A store's own refusal of a bad argument is thrown as it is.
   */
  run<T>(ask: () => T | Promise<T>, late?: (answer: T | undefined) => void): T | Promise<T> {
    const { clock } = this.#settings;
    if (this.isDown) {
      if (this.#probing || clock.now() < this.#nextProbeAt) throw new StoreGone(this.#away, false);
      this.#probing = true;
    }
    const answers = this.#answers;
    let answer: T | Promise<T>;
    try {
      answer = ask();
    } catch (reason) {
      throw this.#failure(reason, answers, late);
    }
    if (answer instanceof Promise) return this.#inTime(answer, answers, late);
    this.#succeeded();
    return answer;
  }

  #inTime<T>(
    answer: Promise<T>,
    answers: number,
    tooLate: ((answer: T | undefined) => void) | undefined,
  ): Promise<T> {
    const { clock, timeoutMs } = this.#settings;
    return new Promise((resolve, reject) => {
      let given = false;
      const late = (): void => {
        given = true;
        this.#failed(`no answer within ${timeoutMs} ms`, answers);
        reject(new StoreGone(`The store gave no answer within ${timeoutMs} ms.`, true));
      };
      // Where this process was what stood still, the answer is here and only has to be read: that happens before the next timer.
      let timer = clock.setTimer(() => {
        timer = clock.setTimer(late, 0);
      }, timeoutMs);
      answer.then(
        (value) => {
          if (given) {
            tooLate?.(value);
            return;
          }
          clock.clearTimer(timer);
          this.#succeeded();
          resolve(value);
        },
        (reason: unknown) => {
          if (given) {
            tooLate?.(undefined);
            return;
          }
          clock.clearTimer(timer);
          reject(this.#failure(reason, answers, tooLate));
        },
      );
    });
  }

  #failure<T>(
    reason: unknown,
    answers: number,
    late: ((answer: T | undefined) => void) | undefined,
  ): Error {
    if (InferwayError.is(reason) && reason.code === 'configuration') {
      // The store is there: it read what it was asked.
      this.#succeeded();
      return reason;
    }
    this.#failed(labelOf(reason), answers);
    late?.(undefined);
    return new StoreGone('The store failed.', true);
  }

  /** @param answers Those that had come when the operation began. Where others came while it waited, the store is there: a burst is no outage. */
  #failed(why: string, answers: number): void {
    const { clock, failures, retryMs, tell } = this.#settings;
    if (answers !== this.#answers) return;
    this.#probing = false;
    this.#nextProbeAt = clock.now() + retryMs;
    this.#failures++;
    if (this.isDown || this.#failures < failures) return;
    this.#downSince = clock.now();
    tell({
      store: this.#store,
      state: 'down',
      at: clock.wallTime(),
      message: `Inferway: the ${this.#store} store is away (${why}, ${failures} failures in a row). ${this.#effect} Asked again every ${retryMs} ms.`,
    });
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#answers++;
    this.#probing = false;
    if (this.#downSince === undefined) return;
    const { clock, tell } = this.#settings;
    const downMs = Math.round(clock.now() - this.#downSince);
    this.#downSince = undefined;
    tell({
      store: this.#store,
      state: 'up',
      at: clock.wallTime(),
      downMs,
      message: `Inferway: the ${this.#store} store is back after ${downMs} ms.`,
    });
    this.onUp?.();
  }

  get #away(): string {
    return `The store is away; it is asked again in ${this.retryAfterMs} ms.`;
  }
}

// Codes and names only: messages of clients hold addresses, some with passwords.
function labelOf(reason: unknown): string {
  if (typeof reason !== 'object' || reason === null) return 'an error';
  const { code, name } = reason as { readonly code?: unknown; readonly name?: unknown };
  const label = typeof code === 'string' ? code : name;
  return typeof label === 'string' && /^[\w-]{1,40}$/u.test(label) ? label : 'an error';
}
