import type { Call } from '../../call.js';
import { tell, type ChainEvents } from '../../chain-events.js';
import type { Clock } from '../../clock.js';
import { untilAborted } from '../../signal.js';
import type { IdempotencyClaim, IdempotencyStore } from '../../stores/idempotency-store.js';
import { StoreGone, type StoreLink } from '../../stores/outage/store-link.js';
import { storeAway } from './idempotency-errors.js';
import type { IdempotencySettings } from './idempotency-options.js';
import { unkeptText } from './kept-end.js';

type StoreProblem = ChainEvents['idempotency-store'];

// A store of somebody else's may say anything: what is none of these is no leave to execute the call.
const ANSWERS: ReadonlySet<unknown> = new Set(['claimed', 'running', 'mismatch', 'done']);

// How a call ended is told again so often while its lease lasts, of which three quarters are left at least: it is renewed at each quarter.
const TRIES = 3;
const TRY_AFTER_LEASES = 1 / 5;

/** A claim that nobody has taken yet, or one's own. */
export interface ClaimName {
  readonly key: string;
  readonly fingerprint: string;
  readonly owner: string;
}

/** The way to the store: what goes wrong there is told, and never fails a call that has begun. */
export class ClaimDesk {
  readonly settings: IdempotencySettings;
  readonly #store: IdempotencyStore;
  readonly #link: StoreLink;
  readonly #clock: Clock;
  /** Under way. None rejects. */
  readonly #telling = new Set<Promise<unknown>>();

  constructor(settings: IdempotencySettings, clock: Clock) {
    const { store, link } = settings.open(clock);
    this.settings = settings;
    this.#store = store;
    this.#link = link;
    this.#clock = clock;
  }

  /**
   * Asks for the key. Undefined where the store cannot say, and the call is executed all the same (`whenStoreFails: 'open'`).
   *
   * @throws {InferwayError} `overloaded` where it is not; `aborted` where the caller leaves meanwhile.
   */
  async claim(call: Call, name: ClaimName): Promise<IdempotencyClaim | undefined> {
    const { leaseMs, isOpen } = this.settings;
    const { fingerprint, owner } = name;
    // What was claimed for somebody who does not wait any more is nobody's. A store that failed may have claimed it, too.
    const letGo = (late: IdempotencyClaim | undefined): void => {
      if (late === undefined || late.state === 'claimed') void this.release(call, name);
    };
    try {
      const asked = this.#link.run(
        () => this.#store.claim(name.key, { fingerprint, owner, leaseMs }),
        letGo,
      );
      const claim =
        asked instanceof Promise ? await untilAborted(asked, call.signal, letGo) : asked;
      if (ANSWERS.has(claim?.state)) return claim;
      this.#tell(call, 'claim', claim?.state === 'full' ? 'full' : 'failed');
    } catch (reason) {
      if (!(reason instanceof StoreGone)) throw reason;
      this.#tell(call, 'claim', 'failed');
    }
    if (isOpen) return undefined;
    throw storeAway(this.#link.retryAfterMs);
  }

  /** False where the claim is not the owner's any more. A store that fails is asked again by the next renewal. */
  async renew(call: Call, { key, owner }: ClaimName): Promise<boolean> {
    const { leaseMs } = this.settings;
    const kept = await this.#ask(call, 'renew', () => this.#store.renew(key, owner, leaseMs));
    if (kept === false) this.#tell(call, 'renew', 'lost');
    return kept !== false;
  }

  /**
   * Keeps how the call ended. Where there is no room for it, it is kept that it was executed. Settles after the first try; a store that fails is
   * asked again, since without an end the call would be executed again. Never rejects.
   */
  async finish(call: Call, name: ClaimName, text: string, tries: number = TRIES): Promise<void> {
    const { key, owner } = name;
    const { ttlMs } = this.settings;
    const keep = (kept: string): ReturnType<IdempotencyStore['finish']> =>
      this.#store.finish(key, owner, kept, ttlMs);
    const end = await this.#ask(call, 'finish', () => keep(text));
    if (end === undefined) this.#again(tries, (left) => this.finish(call, name, text, left));
    if (end === undefined || end === 'kept') return;
    this.#tell(call, 'finish', end);
    if (end === 'full') await this.#ask(call, 'finish', () => keep(unkeptText(key)));
  }

  /** Gives the key back: nothing was executed. Settles after the first try, as `finish`. Never rejects. */
  async release(call: Call, name: ClaimName, tries: number = TRIES): Promise<void> {
    const free = (): true | Promise<true> => {
      const freed = this.#store.release(name.key, name.owner);
      return freed instanceof Promise ? freed.then(() => true) : true;
    };
    const isFree = await this.#ask(call, 'release', free);
    if (isFree === undefined) this.#again(tries, (left) => this.release(call, name, left));
  }

  #again(tries: number, tell: (left: number) => Promise<void>): void {
    if (tries === 0) return;
    const ms = this.settings.leaseMs * TRY_AFTER_LEASES;
    const timer = this.#clock.setTimer(() => void tell(tries - 1), ms);
    // As with renewals: no process stays for it.
    (timer as { unref?: () => void } | undefined)?.unref?.();
  }

  /** Settles when the store was told of every call that is over. */
  async idle(): Promise<void> {
    while (this.#telling.size > 0) await Promise.all(this.#telling);
  }

  #ask<T>(
    call: Call,
    operation: StoreProblem['operation'],
    ask: () => T | Promise<T>,
  ): Promise<T | undefined> {
    const telling = this.#answer(call, operation, ask).finally(() => {
      this.#telling.delete(telling);
    });
    this.#telling.add(telling);
    return telling;
  }

  async #answer<T>(
    call: Call,
    operation: StoreProblem['operation'],
    ask: () => T | Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.#link.run(ask);
    } catch {
      this.#tell(call, operation, 'failed');
      return undefined;
    }
  }

  #tell(call: Call, operation: StoreProblem['operation'], problem: StoreProblem['problem']): void {
    tell(call, { type: 'idempotency-store', operation, problem });
  }
}
