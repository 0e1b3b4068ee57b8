import {
  caller,
  createClient,
  listen,
  usd,
  type Caller,
  type CallOptions,
  type ChainEvent,
  type Middleware,
  type PriceBook,
  type Usage,
} from '@inferway/core';
import { priceTable, retry, cost, type CostOptions } from '@inferway/core/middleware';
import {
  fakeProvider,
  virtualClock,
  type FakeProvider,
  type Script,
  type VirtualClock,
} from '@inferway/core/testing';
import { budget, type BudgetMiddleware } from '../../src/middleware/budget/budget.js';
import type { BudgetOptions } from '../../src/middleware/budget/budget-options.js';
import type { QuotaStore } from '../../src/stores/quota-store.js';
import { memoryQuota } from '../../src/stores/memory-quota.js';

/** $1 a million tokens in, $1 out: a token is 1,000 nano-dollars. */
export const prices: PriceBook = priceTable({
  'fake/*': { input: 1, output: 1 },
  'other/*': { input: 2, output: 2 },
});

const messages = [{ role: 'user', content: 'hi' }] as const;

/** What an attempt of `messages` holds beside its output, in tokens. */
export const INPUT_BOUND = 196;

export const dollarsOf = (tokens: number): number => tokens / 1e6;
export const nanosOf = (tokens: number): number => usd(dollarsOf(tokens));

/** A client with a budget on a virtual clock, and all that a test wants to see of it. */
export interface Bench {
  readonly clock: VirtualClock;
  readonly store: QuotaStore;
  readonly layer: BudgetMiddleware;
  readonly provider: FakeProvider;
  readonly other: FakeProvider;
  readonly told: readonly ChainEvent[];
  ask(request?: object, who?: Caller, call?: CallOptions): Promise<{ readonly usage?: Usage }>;
  stream(
    request?: object,
    who?: Caller,
    call?: CallOptions,
  ): Promise<AsyncIterableIterator<unknown>>;
}

export interface BenchOptions {
  readonly clock?: VirtualClock;
  /** Between `budget` and `cost`. Default: `retry()`. */
  readonly inner?: readonly Middleware[];
  readonly cost?: CostOptions;
}

export function bench(
  script: Script,
  options: Partial<BudgetOptions> & Pick<BudgetOptions, 'budgets'>,
  more: BenchOptions = {},
): Bench {
  const clock = more.clock ?? virtualClock();
  const store: QuotaStore = options.store ?? memoryQuota({ clock });
  const layer = budget({ prices, ...options, store });
  const provider = fakeProvider({ script });
  const other = fakeProvider({ name: 'other', script });
  const told: ChainEvent[] = [];
  const client = createClient({
    providers: [provider, other],
    clock,
    middleware: [layer, ...(more.inner ?? [retry()]), cost(more.cost ?? { prices })],
  });
  const input = (request: object): never =>
    ({ model: 'fake/m', messages, maxOutputTokens: 100, ...request }) as never;
  const asWho = (who: Caller, call: CallOptions): CallOptions => ({
    state: (state) => {
      state.set(caller, who);
      listen(state, (event) => told.push(event));
    },
    ...call,
  });
  return {
    clock,
    store,
    layer,
    provider: provider as never,
    other: other as never,
    told,
    ask: (request = {}, who = {}, call = {}) =>
      client.chat(input(request), asWho(who, call)) as never,
    stream: (request = {}, who = {}, call = {}) =>
      client.chat.stream(input(request), asWho(who, call)) as never,
  };
}
