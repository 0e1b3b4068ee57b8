/** What a worker is told at its start. */
export interface Orders {
  readonly worker: number;
  readonly workers: number;
  readonly seed: number;
  /** Calls that it makes in all, and how many at a time. */
  readonly calls: number;
  readonly concurrency: number;
  readonly tenants: readonly string[];
  /** Of these nobody says how long an answer may be, so that overshoot is possible there. */
  readonly unbounded: string;
  readonly simulatorUrl: string;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly postgresUrl: string;
  readonly schema: string;
  readonly spoolDirectory: string;
  /** True where counters that the store lost are set from the ledger (F69). */
  readonly restorable: boolean;
}

/** One decision of a limiter, with the time before it was asked for and after it was known (epoch milliseconds with fractions). */
export interface Decision {
  /** Of its reservation. */
  readonly id: string;
  readonly key: string;
  readonly windowMs: number;
  readonly limit: number;
  readonly amount: number;
  readonly granted: boolean;
  /** Let in by the process itself, without the store. */
  readonly alone: boolean;
  readonly from: number;
  readonly to: number;
}

/** One logical call as its worker saw it. */
export interface CallTale {
  readonly tenant: string;
  /** Absent where it succeeded. */
  readonly error?: string | undefined;
  readonly attempts: number;
  /** The id that the provider gave to the answer. */
  readonly answerId?: string | undefined;
  /** Codes of tenants that were found in the answer. */
  readonly codes: readonly string[];
  readonly ms: number;
}

/** What a worker tells while it works. */
export type Tale =
  | { readonly type: 'ready' }
  | { readonly type: 'calls'; readonly calls: readonly CallTale[] }
  | { readonly type: 'decisions'; readonly decisions: readonly Decision[] }
  /** Reservations whose calls were not made after all: what they took in windows went back. */
  | { readonly type: 'returned'; readonly ids: readonly string[] }
  | { readonly type: 'places'; readonly keys: readonly string[] }
  | { readonly type: 'outage'; readonly store: string; readonly state: string }
  | { readonly type: 'done' };
