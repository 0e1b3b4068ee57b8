import {
  createClient,
  InferwayError,
  systemClock,
  type Clock,
  type Middleware,
} from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { limit } from '@inferway/core/limits';
import {
  cost,
  fallback,
  retry,
  standard,
  timeout,
  type StandardOptions,
} from '@inferway/core/middleware';
import { circuitBreaker } from '@inferway/core/resilience';
import { budget, ledger, type BudgetMiddleware } from '@inferway/core/spending';
import {
  memoryLedger,
  memoryQuota,
  type Ledger,
  type QuotaDecision,
  type QuotaState,
  type QuotaStore,
} from '@inferway/core/stores';
import { createOpenAICompatible } from '@inferway/openai-compatible';
import {
  chunk,
  faultServer,
  jsonAnswer,
  streamHead,
  type FaultServer,
  type Scenario,
} from '@inferway/provider-kit/testing';
import { onTestFinished } from 'vitest';
import { ask, prices } from './calls.js';

export { ask, prices };

/** What an answer of `OK` costs at each provider: ten tokens. */
export const COSTS = { first: 10_000, second: 20_000 } as const;

export const OK: Buffer = jsonAnswer(200, {
  id: 'c1',
  model: 'm',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'the sea' }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 7, completion_tokens: 3 },
});

/** Answers every request with these bytes, or with those of each turn, the last of them for ever. */
export function always(...answers: readonly Uint8Array[]): Scenario {
  let asked = 0;
  return async (connection) => {
    while ((await connection.request()) !== undefined) {
      await connection.write(answers[Math.min(asked++, answers.length - 1)] ?? OK);
    }
  };
}

/** Takes requests and never answers. */
export const silent: Scenario = async (connection) => {
  await connection.request();
};

/** Begins to stream, so many words, and then does as told. */
export function streamed(
  words: number,
  then: (end: () => void) => Promise<void> | void = () => {},
): Scenario {
  return async (connection) => {
    while ((await connection.request()) !== undefined) {
      await connection.write(streamHead());
      for (let word = 0; word < words; word++) {
        const delta = {
          id: 'c1',
          model: 'm',
          choices: [{ index: 0, delta: { content: `word${word} ` }, finish_reason: null }],
        };
        await connection.write(chunk(`data: ${JSON.stringify(delta)}\n\n`));
      }
      await then(() => connection.socket.resetAndDestroy());
    }
  };
}

/** The machine's clock, which knows how many timers are set. */
export class CountingClock implements Clock {
  readonly #set = new Set<unknown>();
  readonly now = (): number => systemClock.now();
  readonly wallTime = (): number => systemClock.wallTime();
  readonly random = (): number => systemClock.random();

  get timers(): number {
    return this.#set.size;
  }

  setTimer(callback: () => void, ms: number): unknown {
    const timer = systemClock.setTimer(() => {
      this.#set.delete(timer);
      callback();
    }, ms);
    this.#set.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#set.delete(timer);
    systemClock.clearTimer(timer);
  }
}

/** A quota store that remembers which reservations are still held. */
export class HeldQuota implements QuotaStore {
  readonly held = new Set<string>();
  refused = 0;
  readonly #store: QuotaStore;

  constructor(store: QuotaStore) {
    this.#store = store;
  }

  async reserve(reservation: Parameters<QuotaStore['reserve']>[0]): Promise<QuotaDecision> {
    const decision = await this.#store.reserve(reservation);
    if (decision.granted) this.held.add(reservation.id);
    else this.refused++;
    return decision;
  }

  async settle(settlement: Parameters<QuotaStore['settle']>[0]): Promise<readonly QuotaState[]> {
    const states = await this.#store.settle(settlement);
    this.held.delete(settlement.id);
    return states;
  }

  renew = (ids: readonly string[], leaseMs: number) => this.#store.renew(ids, leaseMs);
  read: QuotaStore['read'] = (limits) => this.#store.read(limits);
  restore: QuotaStore['restore'] = (one, used, startsAt) =>
    this.#store.restore(one, used, startsAt);
  claim = (name: string, ttlMs: number) => this.#store.claim(name, ttlMs);
}

export interface Rig {
  readonly client: ReturnType<typeof clientOf>;
  /** Where `first` and `second` are. */
  readonly first: FaultServer;
  readonly second: FaultServer;
  readonly clock: CountingClock;
  readonly books: Ledger;
  readonly quota: HeldQuota;
  readonly budget: BudgetMiddleware;
  /** Writes all rows. */
  flush(): Promise<void>;
}

export interface RigOptions {
  readonly first?: Scenario;
  readonly second?: Scenario;
  readonly store?: QuotaStore;
  readonly places?: number;
  readonly layers?: StandardOptions;
}

const scope = (): string => 'tenant';

function clientOf(
  servers: readonly FaultServer[],
  middleware: readonly Middleware[],
  clock: Clock,
) {
  const provider = <N extends string>(name: N, server: FaultServer | undefined) =>
    createOpenAICompatible({ name, baseUrl: `${server?.origin}/v1`, apiKey: 'sk-test-0123456789' });
  return createClient({
    providers: [provider('first', servers[0]), provider('second', servers[1])],
    middleware,
    clock,
  });
}

/** The whole chain over real sockets, all of it closed when the test is over. */
export async function start(options: RigOptions = {}): Promise<Rig> {
  const clock = new CountingClock();
  const first = await faultServer(options.first ?? always(OK));
  const second = await faultServer(options.second ?? always(OK));
  const quota = new HeldQuota(options.store ?? memoryQuota());
  const books = memoryLedger();
  const rows = ledger({ ledger: books, prices });
  const spend = budget({
    store: quota,
    prices,
    budgets: [{ name: 'all', usd: 100, period: 'total' }],
  });
  const middleware = standard({
    coalesce: coalesce({ scope }),
    ledger: rows,
    budget: spend,
    callerLimits: limit({
      store: quota,
      rules: [{ concurrency: options.places ?? 10_000 }],
      queue: { maxWaitMs: 20_000 },
    }),
    fallback: fallback('second/m'),
    retry: retry({ baseMs: 1, maxMs: 2 }),
    breaker: circuitBreaker(),
    cost: cost({ prices }),
    timeout: timeout({ connectMs: 1000, firstEventMs: 20_000 }),
    ...options.layers,
  });
  const client = clientOf([first, second], middleware, clock);
  onTestFinished(async () => {
    await rows.close();
    await client.close();
    await first.close();
    await second.close();
  });
  return { client, first, second, clock, books, quota, budget: spend, flush: () => rows.flush() };
}

/** The code that it fails with; `ok` where it does not. */
export async function codeOf(work: PromiseLike<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (reason: unknown) => InferwayError.from(reason).code,
  );
}
