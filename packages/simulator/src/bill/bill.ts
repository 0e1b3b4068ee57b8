import {
  InferwayError,
  type NanoUsd,
  priceUsage,
  type TokenPrices,
  type Usage,
} from '@inferway/core';
import { Kept } from '../kept.js';

/** How an answer ended: given whole, broken off by the simulator, or left by the client. */
export type BillStatus = 'complete' | 'failed' | 'cancelled';

/** One request that was answered, wholly or in part. Requests that were refused cost nothing and have no entry. */
export interface BillEntry {
  readonly requestId: string;
  /** The credential, told apart by a hash and its last four characters. */
  readonly tenant: string;
  readonly protocol: string;
  readonly operation: string;
  readonly model: string;
  /** The provider behind a router. */
  readonly servedBy?: string | undefined;
  /** Whom the caller asked to bill. */
  readonly billTo?: string | undefined;
  readonly stream: boolean;
  /** What was truly read and generated, until the client left or the answer broke off. */
  readonly usage: Usage;
  /** Exact, in nano-dollars. */
  readonly cost: NanoUsd;
  readonly status: BillStatus;
  /** Epoch milliseconds of the end. */
  readonly at: number;
}

/** The true bill of one simulator. Totals hold everything; `entries` the latest. */
export class Bill {
  readonly entries: Kept<BillEntry>;
  #total = 0;
  #count = 0;
  #byTenant = new Map<string, NanoUsd>();

  constructor(keep: number) {
    this.entries = new Kept(keep);
  }

  /** How many answers were billed. */
  get count(): number {
    return this.#count;
  }

  /** The sum in nano-dollars: of everything, or of one tenant. */
  total(tenant?: string): NanoUsd {
    return tenant === undefined ? this.#total : (this.#byTenant.get(tenant) ?? 0);
  }

  /** The entry of one request, by the id that its answer's headers gave. */
  of(requestId: string): BillEntry | undefined {
    return this.entries.find((entry) => entry.requestId === requestId);
  }

  add(prices: TokenPrices, line: Omit<BillEntry, 'cost'>): BillEntry {
    const cost = priceUsage(prices, line.usage);
    if (!cost.known) {
      throw new InferwayError('internal', {
        message: 'The simulator billed an answer without usage.',
      });
    }
    return this.charge({ ...line, cost: cost.total });
  }

  /** Adds what is not priced by tokens. */
  charge(entry: BillEntry): BillEntry {
    this.entries.add(entry);
    this.#total += entry.cost;
    this.#count++;
    this.#byTenant.set(entry.tenant, (this.#byTenant.get(entry.tenant) ?? 0) + entry.cost);
    return entry;
  }

  clear(): void {
    this.entries.clear();
    this.#total = 0;
    this.#count = 0;
    this.#byTenant = new Map();
  }
}
