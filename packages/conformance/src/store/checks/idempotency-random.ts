import type { IdempotencyStore } from '@inferway/core/stores';
import { expectMatch } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { IdempotencyModel } from '../idempotency-model.js';
import { walkAtRandom, type RandomWalk } from '../random-walks.js';
import { storeChecks, type StoreRig } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';

const LONG_MS = 600_000;

/** Commands by chance, each answer held against a plain model. Time passes too, where it can be moved. */
export function idempotencyRandom(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.idempotency, {
    'whatever is asked in whatever order, the answers are those of a plain table': (rig) =>
      walkAtRandom(suite, (random) => new Walk(rig, random)),
  });
}

/** One store, one model, the same commands. */
class Walk implements RandomWalk {
  readonly told: string[] = [];
  readonly #rig: StoreRig<IdempotencyStore>;
  readonly #random: () => number;
  readonly #model: IdempotencyModel;
  readonly #keys: readonly string[];

  constructor(rig: StoreRig<IdempotencyStore>, random: () => number) {
    this.#rig = rig;
    this.#random = random;
    // In real time nothing ends while the commands run, so that the model needs no time.
    this.#model = new IdempotencyModel(() => (rig.exact ? rig.now() : 0));
    this.#keys = [rig.name(), rig.name(), rig.name()];
  }

  async step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.4) await this.#claim();
    else if (dice < 0.6) await this.#finish();
    else if (dice < 0.75) await this.#release();
    else if (dice < 0.88) await this.#renew();
    else if (this.#rig.exact) await this.#pass();
  }

  async #claim(): Promise<void> {
    const [key, owner] = [this.#key(), this.#owner()];
    const fingerprint = this.#below(4) === 0 ? 'other' : 'same';
    const request = { fingerprint, owner, leaseMs: this.#ms() };
    this.#hold(
      `claim ${key} ${JSON.stringify(request)}`,
      await this.#store().claim(key, request),
      this.#model.claim(key, request),
    );
  }

  async #finish(): Promise<void> {
    const [key, owner, ttlMs] = [this.#key(), this.#owner(), this.#ms()];
    const answer = `answer ${this.told.length}`;
    this.#hold(
      `finish ${key} by ${owner} for ${ttlMs} ms`,
      await this.#store().finish(key, owner, answer, ttlMs),
      this.#model.finish(key, owner, answer, ttlMs),
    );
  }

  async #release(): Promise<void> {
    const [key, owner] = [this.#key(), this.#owner()];
    await this.#store().release(key, owner);
    this.#model.release(key, owner);
    this.told.push(`release ${key} by ${owner}`);
  }

  async #renew(): Promise<void> {
    const [key, owner, leaseMs] = [this.#key(), this.#owner(), this.#ms()];
    this.#hold(
      `renew ${key} by ${owner} for ${leaseMs} ms`,
      await this.#store().renew(key, owner, leaseMs),
      this.#model.renew(key, owner, leaseMs),
    );
  }

  async #pass(): Promise<void> {
    const ms = [1, 30, 500, 1000, 2500][this.#below(5)] ?? 1;
    await this.#rig.pass(ms);
    this.told.push(`${ms} ms pass`);
  }

  #hold(what: string, answer: unknown, right: unknown): void {
    this.told.push(`${what} → ${JSON.stringify(answer)}`);
    expectMatch(answer, right, what);
  }

  #key(): string {
    return this.#keys[this.#below(this.#keys.length)] ?? '';
  }

  #owner(): string {
    return `owner ${this.#below(3)}`;
  }

  #ms(): number {
    return this.#rig.exact ? 1 + this.#below(3000) : LONG_MS;
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #store(): IdempotencyStore {
    return this.#rig.any(this.#below(this.#rig.stores.length));
  }
}
