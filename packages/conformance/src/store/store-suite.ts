import type {
  CacheStore,
  HealthStore,
  IdempotencyStore,
  Ledger,
  QuotaStore,
} from '@inferway/core/stores';
import type { Runner } from '../runner.js';

/** The clock of stores whose time can be moved; the `virtualClock` of `@inferway/core/testing` is one. */
export interface StoreTime {
  /** Epoch milliseconds, as the store's calendar sees them. */
  wallTime(): number;
  /** Lets `ms` pass. */
  advance(ms: number): Promise<void>;
}

/** Opens a store. The kit closes what it opened. */
export type OpenStore<T> = () => T | Promise<T>;

export interface StoreSuite {
  /** Title of the suite. */
  readonly name: string;
  /** Each store that is given is looked at. */
  readonly cache?: OpenStore<CacheStore> | undefined;
  readonly quota?: OpenStore<QuotaStore> | undefined;
  readonly health?: OpenStore<HealthStore> | undefined;
  readonly idempotency?: OpenStore<IdempotencyStore> | undefined;
  readonly ledger?: OpenStore<Ledger> | undefined;
  /**
   * True where stores that are opened one after another see the same data, as several processes of one database do. What is decided at the
   * same time is then asked through several of them. The kit uses names of its own in every check and needs no empty store.
   */
  readonly shared?: boolean | undefined;
  /** Where the store's time can be moved. Without it the kit waits in real time: a little, and never for an exact time. */
  readonly time?: StoreTime | undefined;
  /** Milliseconds that a check waits for what must come, before it fails. Default 5000. */
  readonly patienceMs?: number | undefined;
  /** Of the random commands. Default: another one for every run, told when a check fails. */
  readonly seed?: number | undefined;
  /** Default: global `describe` and `it`, else `node:test`. */
  readonly runner?: Runner | undefined;
}
