import {
  caller,
  createClient,
  InferwayError,
  type Caller,
  type Middleware,
  type PriceBook,
  type Provider,
} from '@inferway/core';
import { cost, priceTable } from '@inferway/core/middleware';
import {
  ledger,
  type LedgerLayer,
  type LedgerNotice,
  type LedgerOptions,
} from '@inferway/core/spending';
import { memoryLedger, type Ledger, type LedgerRow } from '@inferway/core/stores';
import { fakeProvider, virtualClock, type Script, type VirtualClock } from '@inferway/core/testing';

export const messages = [{ role: 'user', content: 'twelve chars' }] as const;

export const prices: PriceBook = priceTable({
  'fake/*': { input: 1, output: 2 },
  'other/*': { input: 10, output: 20 },
});

/** A memory ledger that fails while `down`, hangs while `frozen`, and counts what is asked of it. */
export class TestLedger implements Ledger {
  readonly #kept = memoryLedger();
  down: InferwayError | undefined;
  frozen = false;
  /** Refuses batches with a row of this id, for what is in it. */
  poison: string | undefined;
  readonly batches: number[] = [];
  /** Ids in the order of writing, each time they were given. */
  readonly given: string[] = [];

  async append(rows: readonly LedgerRow[]): Promise<void> {
    this.batches.push(rows.length);
    if (this.frozen) await new Promise(() => {});
    if (this.down !== undefined) throw this.down;
    if (rows.some(({ id }) => id === this.poison)) {
      throw new InferwayError('invalid_request', { message: 'test: a bad row' });
    }
    this.given.push(...rows.map(({ id }) => id));
    await this.#kept.append(rows);
  }

  sum: Ledger['sum'] = (query, by) => this.#kept.sum(query, by);
  rows: Ledger['rows'] = (query, page) => this.#kept.rows(query, page);

  /** All rows in the order of writing. */
  async all(): Promise<readonly LedgerRow[]> {
    const { rows } = await this.rows({}, { limit: 1000 });
    return rows.toSorted((one, other) => this.given.indexOf(one.id) - this.given.indexOf(other.id));
  }
}

export interface LedgerSetUp {
  readonly clock: VirtualClock;
  readonly store: TestLedger;
  readonly notices: LedgerNotice[];
  readonly layer: LedgerLayer;
  readonly client: ReturnType<typeof createClient>;
  chat(who?: Caller, options?: { signal?: AbortSignal }): Promise<unknown>;
  stream(): Promise<AsyncIterable<unknown> & { readonly result: Promise<unknown> }>;
}

export function setUp(
  script: Script | readonly Provider[],
  options: Partial<LedgerOptions> = {},
  inside: readonly Middleware[] = [cost({ prices })],
  outside: readonly Middleware[] = [],
): LedgerSetUp {
  const clock =
    (options.clock as VirtualClock | undefined) ?? virtualClock({ wallTime: 1_000_000 });
  const store = new TestLedger();
  const notices: LedgerNotice[] = [];
  const onNotice = (notice: LedgerNotice): void => void notices.push(notice);
  const layer = ledger({ ledger: store, clock, onNotice, ...options });
  const isScript = typeof script === 'function' || !('name' in (script[0] ?? {}));
  const providers = isScript
    ? [fakeProvider({ script: script as Script })]
    : (script as readonly Provider[]);
  const client = createClient({
    providers: providers as readonly Provider[],
    clock,
    middleware: [...outside, layer, ...inside],
  });
  const model = 'fake/m' as never;
  return {
    clock,
    store,
    notices,
    layer,
    client,
    chat: (who, more) =>
      (client as never as { chat: (...given: unknown[]) => Promise<unknown> }).chat(
        { model, messages },
        {
          state: (state: { set: (...given: unknown[]) => void }) => who && state.set(caller, who),
          ...more,
        },
      ),
    stream: () =>
      (
        client as never as {
          chat: { stream: (...given: unknown[]) => ReturnType<LedgerSetUp['stream']> };
        }
      ).chat.stream({ model, messages }),
  };
}
