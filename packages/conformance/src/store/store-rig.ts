import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../provider/check.js';
import { inTime } from '../provider/in-time.js';
import type { OpenStore, StoreSuite } from './store-suite.js';

// As many as a small deployment has processes.
const HANDLES = 4;
// Real clocks and loaded machines: a store's time is never asked for more exactly than this.
const SLACK_MS = 40;

/** What one check has: stores on the same data, names that nobody else uses, and the store's time. */
export class StoreRig<T> {
  /** The store. */
  readonly store: T;
  /** The same data through several stores, where they share it. */
  readonly stores: readonly T[];
  readonly suite: StoreSuite;
  /** Different in every check. */
  readonly run: string = randomBytes(6).toString('hex');
  #made = 0;

  constructor(stores: readonly [T, ...T[]], suite: StoreSuite) {
    this.stores = stores;
    this.store = stores[0];
    this.suite = suite;
  }

  /** True where times can be asserted to the millisecond. */
  get exact(): boolean {
    return this.suite.time !== undefined;
  }

  /** A time that is over soon, and in which a few commands have their answers even on a loaded machine. */
  get shortMs(): number {
    return this.exact ? 320 : 1280;
  }

  /** Epoch milliseconds of the store, nearly so in real time. */
  now(): number {
    return this.suite.time?.wallTime() ?? Date.now();
  }

  /** A name that was never used before. */
  readonly name = (what = 'n'): string => {
    this.#made++;
    return `${what}-${this.run}-${this.#made}`;
  };

  /** Lets at least `ms` pass in the store's time. */
  readonly pass = async (ms: number): Promise<void> => {
    if (this.suite.time === undefined) await sleep(ms + SLACK_MS);
    else await this.suite.time.advance(ms);
  };

  /** One of the stores, another one each time. */
  any(index: number): T {
    return this.stores[index % this.stores.length] as T;
  }
}

interface Closable {
  close?(): Promise<void>;
}

/** Checks by their names, each with stores of its own; none where the suite has no such store. */
export function storeChecks<T extends Closable>(
  suite: StoreSuite,
  open: OpenStore<T> | undefined,
  bodies: Readonly<Record<string, (rig: StoreRig<T>) => Promise<void>>>,
): readonly Check[] {
  if (open === undefined) return [];
  return Object.entries(bodies).map(([name, body]) => ({
    name,
    run: () => withStores(suite, open, body),
  }));
}

async function withStores<T extends Closable>(
  suite: StoreSuite,
  open: OpenStore<T>,
  body: (rig: StoreRig<T>) => Promise<void>,
): Promise<void> {
  const first = await inTime(Promise.resolve(open()), 'opening the store');
  const stores: [T, ...T[]] = [first];
  try {
    while (suite.shared === true && stores.length < HANDLES) stores.push(await open());
    await body(new StoreRig(stores, suite));
  } finally {
    for (const store of stores) await store.close?.();
  }
}
