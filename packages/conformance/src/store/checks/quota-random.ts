import type { QuotaLimit, QuotaStore } from '@inferway/core/stores';
import type { Check } from '../../provider/check.js';
import { QuotaModel } from '../quota-model.js';
import { walkAtRandom, type RandomWalk } from '../random-walks.js';
import { storeChecks, type StoreRig } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';
import { LONG_MS, placesOf, reserve, settle, spendOf, windowOf } from './quota-limits.js';

/** Commands by chance, each answer held against a plain model. Time passes too, where it can be moved. */
export function quotaRandom(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.quota, {
    'whatever is asked in whatever order, the counts are those of a plain list': (rig) =>
      walkAtRandom(suite, (random, run) => new Walk(rig, random, run)),
  });
}

/** One store, one model, the same commands. */
class Walk implements RandomWalk {
  readonly told: string[] = [];
  readonly #rig: StoreRig<QuotaStore>;
  readonly #random: () => number;
  readonly #model: QuotaModel;
  readonly #limits: readonly QuotaLimit[];
  readonly #ids: string[] = [];
  readonly #taken = new Map<string, readonly QuotaLimit[]>();
  readonly #run: number;

  constructor(rig: StoreRig<QuotaStore>, random: () => number, run: number) {
    this.#rig = rig;
    this.#random = random;
    this.#run = run;
    // In real time nothing ends while the commands run, so that the model knows the store's time well enough.
    this.#model = new QuotaModel(() => (rig.exact ? rig.now() : run));
    const [short, middle] = rig.exact ? [1000, 9999] : [LONG_MS, LONG_MS];
    const period = rig.exact ? 'hour' : 'total';
    this.#limits = [
      windowOf(rig.name(), 20, 0, short),
      windowOf(rig.name(), 60, 0, middle),
      placesOf(rig.name(), 4),
      placesOf(rig.name(), 9),
      spendOf(rig.name(), 100, 0, { period }),
      spendOf(rig.name(), 400, 0),
    ];
  }

  async step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.5) await this.#reserve();
    else if (dice < 0.75) await this.#settle();
    else if (dice < 0.82) await this.#renew();
    else if (dice < 0.9) await this.#read();
    else if (this.#rig.exact) await this.#pass();
  }

  async #reserve(): Promise<void> {
    const id = this.#below(10) === 0 ? this.#knownId() : this.#newId();
    const limits = this.#someLimits();
    const leaseMs = this.#rig.exact ? 1 + this.#below(3000) : LONG_MS;
    const again = this.#model.isHeld(id);
    const known = this.#taken.has(id);
    if (known && !again) return;
    const must = again ? true : this.#model.fits(limits);
    const decision = await reserve(this.#store(), id, limits, leaseMs);
    this.#tell(`reserve ${id} for ${leaseMs} ms`, limits, decision);
    if (must !== undefined && decision.granted !== must) {
      throw new Error(`the reservation should ${must ? '' : 'not '}be granted`);
    }
    if (decision.granted && !again) {
      this.#model.reserve(id, limits, leaseMs);
      this.#taken.set(id, limits);
    }
    this.#compare(limits, decision.states);
  }

  async #settle(): Promise<void> {
    const id = this.#below(8) === 0 ? this.#newId() : this.#knownId();
    const limits = this.#taken.get(id) ?? this.#someLimits();
    const actual = limits.map(() => (this.#below(3) === 0 ? undefined : this.#below(15)));
    this.#model.settle(id, limits, actual);
    this.#taken.set(id, limits);
    const states = await settle(this.#store(), id, limits, actual);
    this.#tell(`settle ${id} at ${JSON.stringify(actual)}`, limits, states);
    this.#compare(limits, states);
  }

  async #renew(): Promise<void> {
    const ids = [this.#knownId(), this.#newId(), this.#knownId()];
    const leaseMs = this.#rig.exact ? 1 + this.#below(3000) : LONG_MS;
    for (const id of ids) this.#model.renew(id, leaseMs);
    await this.#store().renew(ids, leaseMs);
    this.#tell(`renew ${ids.join(' ')} for ${leaseMs} ms`);
  }

  async #read(): Promise<void> {
    const states = await this.#store().read(this.#limits);
    this.#tell('read', this.#limits, states);
    this.#compare(this.#limits, states);
  }

  async #pass(): Promise<void> {
    const ms = [1, 30, 31, 312, 1000, 2500, 40 * 60_000][this.#below(7)] ?? 1;
    await this.#rig.pass(ms);
    this.#tell(`${ms} ms pass`);
  }

  #compare(
    limits: readonly QuotaLimit[],
    states: readonly Parameters<QuotaModel['contradicts']>[1][],
  ): void {
    limits.forEach((limit, index) => {
      const wrong = this.#model.contradicts(limit, states[index]);
      if (wrong !== undefined) throw new Error(`${limit.kind} ${limit.key}: ${wrong}`);
    });
  }

  #someLimits(): readonly QuotaLimit[] {
    const some = this.#limits.filter(() => this.#below(2) === 0);
    return some.map((limit) =>
      limit.kind === 'places'
        ? limit
        : { ...limit, ...this.#lapse(limit), amount: this.#below(16) },
    );
  }

  #lapse({ kind }: QuotaLimit): { lapse?: 'free' } {
    return kind === 'spend' && this.#below(3) === 0 ? { lapse: 'free' } : {};
  }

  #newId(): string {
    const id = this.#rig.name(`id${this.#run}`);
    this.#ids.push(id);
    return id;
  }

  #knownId(): string {
    return this.#ids[this.#below(this.#ids.length)] ?? this.#newId();
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #store(): QuotaStore {
    return this.#rig.any(this.#below(this.#rig.stores.length));
  }

  #tell(what: string, limits?: readonly QuotaLimit[], answer?: unknown): void {
    this.told.push(
      `${this.#rig.exact ? this.#rig.now() : ''} ${what} ${limits === undefined ? '' : JSON.stringify(limits)} → ${JSON.stringify(answer)}`,
    );
  }
}
