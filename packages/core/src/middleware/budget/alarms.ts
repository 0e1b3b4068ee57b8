import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { RecentMap } from '../../recent-map.js';
import type { QuotaState, QuotaStore, SpendLimit, WindowLimit } from '../../stores/quota-store.js';
import type { AlertSettings, BudgetAlert } from './budget-alert.js';
import type { Counter } from './budget-rule.js';
import { storeKey } from './store-key.js';
import { figuresOf } from './budget-state.js';

const MOST_REMEMBERED = 10_000;
const CLAIM_LEASE_MS = 10_000;

/**
 * Tells of thresholds, first refusals and spikes once over all processes: whoever sees one asks the store whether it was told. A process that
 * dies between a settlement and its alert leaves it to the next settlement that sees it, of whichever process.
 */
export class Alarms {
  readonly #settings: AlertSettings;
  readonly #store: QuotaStore;
  /** What need not be asked again, until when. */
  readonly #told = new RecentMap<number>(MOST_REMEMBERED);

  constructor(settings: AlertSettings, store: QuotaStore) {
    this.#settings = settings;
    this.#store = store;
  }

  /** What a reservation takes along so that its settlement counts for spikes, without a round trip of its own. */
  windowsOf({ key }: Counter): readonly WindowLimit[] {
    const { spike } = this.#settings;
    if (spike === undefined) return [];
    const window = (windowMs: number): WindowLimit => ({
      kind: 'window',
      key: storeKey('rate', key),
      limit: Number.MAX_SAFE_INTEGER,
      amount: 0,
      windowMs,
    });
    return [window(spike.windowMs), window(spike.baselineMs)];
  }

  /** @param windows The states of `windowsOf`, where spikes are watched. */
  settled(call: Call, counter: Counter, state: QuotaState, windows: readonly QuotaState[]): void {
    const spent = state.used - (state.held ?? 0);
    for (const threshold of this.#settings.thresholds) {
      if (spent < counter.limit * threshold) break;
      this.#oncePerPeriod(call, counter, state, { kind: 'threshold', threshold });
    }
    const [short, baseline] = windows;
    if (short !== undefined && baseline !== undefined) {
      this.#watchSpike(call, counter, state, short.used, baseline.used);
    }
  }

  refused(call: Call, counter: Counter, state: QuotaState): void {
    if (this.#settings.refusals) this.#oncePerPeriod(call, counter, state, { kind: 'refusal' });
  }

  #watchSpike(
    call: Call,
    counter: Counter,
    state: QuotaState,
    spent: number,
    baseline: number,
  ): void {
    const { spike } = this.#settings;
    if (spike === undefined || spent < spike.least) return;
    const { windowMs, baselineMs, factor } = spike;
    const before = Math.max(0, baseline - spent);
    const usual = Math.round((before / (baselineMs - windowMs)) * windowMs);
    if (spent <= usual * factor) return;
    const name = storeKey('spike', counter.key);
    const claim = (): boolean | Promise<boolean> => this.#store.claim(name, baselineMs);
    this.#ask(call, name, baselineMs, claim, () => {
      this.#tell(call, counter, state, { kind: 'spike', spike: { spent, usual, windowMs } });
    });
  }

  // Counted by a spend limit of one, since a claim cannot last as long as some periods.
  #oncePerPeriod(
    call: Call,
    counter: Counter,
    state: QuotaState,
    alert: Pick<BudgetAlert, 'kind' | 'threshold'>,
  ): void {
    // Of a limit that was raised, what is reached is news again.
    const what = `${alert.threshold ?? alert.kind} of ${counter.limit}`;
    const name = storeKey('alert', `${what} ${counter.key}`);
    const { period } = counter.budget;
    const limits: readonly SpendLimit[] = [
      { kind: 'spend', key: name, limit: 1, amount: 1, period },
    ];
    const claim = async (): Promise<boolean> => {
      const id = globalThis.crypto.randomUUID();
      const { granted } = await this.#store.reserve({ id, limits, leaseMs: CLAIM_LEASE_MS });
      // Where that fails, the lease ends, which counts the same.
      if (granted)
        await Promise.resolve(this.#store.settle({ id, limits, actual: [1] })).catch(() => {});
      return granted;
    };
    const ms = state.resetMs ?? Number.POSITIVE_INFINITY;
    this.#ask(call, name, ms, claim, () => this.#tell(call, counter, state, alert));
  }

  /** Asks the store whether this is the first to see it; once, until `ms` from now. */
  #ask(
    call: Call,
    name: string,
    ms: number,
    claim: () => boolean | Promise<boolean>,
    first: () => void,
  ): void {
    const { clock } = call.state.runtime;
    if ((this.#told.get(name) ?? Number.NEGATIVE_INFINITY) > clock.now()) return;
    // While the store is asked, nobody here asks again.
    this.#told.set(name, Number.POSITIVE_INFINITY);
    const failed = (): void => {
      // The next settlement that sees it tries again.
      this.#told.set(name, Number.NEGATIVE_INFINITY);
    };
    const answered = (granted: boolean): void => {
      this.#told.set(name, clock.now() + ms);
      if (granted) first();
    };
    try {
      const claimed = claim();
      if (claimed instanceof Promise) claimed.then(answered, failed);
      else answered(claimed);
    } catch {
      failed();
    }
  }

  #tell(
    call: Call,
    counter: Counter,
    state: QuotaState,
    what: Pick<BudgetAlert, 'kind' | 'threshold' | 'spike'>,
  ): void {
    const alert: BudgetAlert = {
      ...figuresOf(counter, state),
      at: call.state.runtime.clock.wallTime(),
      ...what,
    };
    tell(call, { type: 'budget-alert', ...alert });
    for (const sink of this.#settings.sinks) {
      try {
        const told = sink(alert);
        if (told instanceof Promise) told.catch(() => {});
      } catch {
        // No alert fails a call.
      }
    }
  }
}
