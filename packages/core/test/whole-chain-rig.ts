import {
  attemptBudget,
  caller,
  callerOf,
  createClient,
  InferwayError,
  type AttemptBudget,
  type Call,
  type Client,
  type Middleware,
  type Usage,
} from '@inferway/core';
import { cache, coalesce } from '@inferway/core/caching';
import { guard, pii, redact } from '@inferway/core/guards';
import { idempotency, idempotencyKey } from '@inferway/core/idempotency';
import { adaptiveConcurrency, limit, limitTargets } from '@inferway/core/limits';
import { pool, priceTable, standard, type StandardOptions } from '@inferway/core/middleware';
import { circuitBreaker, hedge, resume } from '@inferway/core/resilience';
import { budget, ledger } from '@inferway/core/spending';
import {
  memoryIdempotency,
  memoryLedger,
  memoryQuota,
  type IdempotencyClaim,
  type IdempotencyFinish,
  type IdempotencyStore,
  type LedgerRow,
  type QuotaDecision,
  type QuotaHold,
  type QuotaLimit,
  type QuotaRefused,
  type QuotaState,
  type QuotaStore,
} from '@inferway/core/stores';
import {
  fail,
  fakeError,
  fakeProvider,
  ignoreCancel,
  say,
  stall,
  virtualClock,
  wait,
  type FakeProvider,
  type Step,
  type VirtualClock,
} from '@inferway/core/testing';

/** What a provider does at one attempt. */
export const WORDS = [
  'answer',
  'slow',
  'very slow',
  'no usage',
  'absurd usage',
  'negative usage',
  'no number',
  'more than asked',
  'charges',
  'refuses',
  'rate limit',
  'server',
  'never sent',
  'lost',
  'mistake',
  'empty',
  'breaks early',
  'breaks late',
  'stalls',
  'stalls late',
  'deaf',
] as const;
export type Word = (typeof WORDS)[number];

/** What the model says to a tenant: nobody else may ever read it. */
export const answerTo = (tenant: string, question: string): string =>
  `to ${tenant} about ${question} at [EMAIL_1] . `;
/** The same where the address was put back. */
export const restoredTo = (tenant: string, question: string): string =>
  answerTo(tenant, question).replace('[EMAIL_1]', emailOf(tenant));
export const emailOf = (tenant: string): string => `${tenant}@mail.example`;

function stepsOf(word: Word, call: Call): readonly Step[] {
  const { tenant = '' } = callerOf(call.state);
  const text = answerTo(tenant, questionIn(call));
  const reports = (usage: object | null): readonly Step[] => say(text, { usage: usage as Usage });
  switch (word) {
    case 'slow':
      return [wait(40), ...say(text)];
    case 'very slow':
      return [wait(700), ...say(text)];
    case 'no usage':
      return reports(null);
    case 'absurd usage':
      return reports({ inputTokens: 1e308, outputTokens: Number.MAX_SAFE_INTEGER });
    case 'negative usage':
      return reports({ inputTokens: -5, outputTokens: -1e9, reportedCost: -7 });
    case 'no number':
      return reports({ inputTokens: Number.NaN, outputTokens: 0.5, reportedCost: '1' });
    case 'more than asked':
      return reports({ inputTokens: 5000, outputTokens: 100_000 });
    case 'charges':
      return reports({ inputTokens: 1, outputTokens: 1, reportedCost: 12_345 });
    case 'refuses':
      return [fail('overloaded')];
    case 'rate limit':
      return [fail(fakeError('rate_limit', { status: 429, retryAfterMs: 150 }))];
    case 'server':
      return [wait(5), fail(fakeError('server', { status: 500 }))];
    case 'never sent':
      return [fail(fakeError('connection', { sent: 'no' }))];
    case 'lost':
      return [wait(20), fail(fakeError('connection', { sent: 'maybe' }))];
    case 'mistake':
      return [fail(fakeError('invalid_request', { status: 400 }))];
    case 'empty':
      return [fail('empty_response')];
    case 'breaks early':
      return [...say(text).slice(0, 3), fail('stream_interrupted')];
    case 'breaks late':
      return [...say(text).slice(0, 6), wait(10), fail('stream_interrupted')];
    case 'stalls':
      return [stall()];
    case 'stalls late':
      return [...say(text).slice(0, 5), stall()];
    case 'deaf':
      return [ignoreCancel(), wait(3000), ...say(text)];
    default:
      return say(text);
  }
}

function questionIn(call: Call): string {
  const { messages } = call.request as { readonly messages: readonly { content: unknown }[] };
  return /q\d/u.exec(JSON.stringify(messages))?.[0] ?? '';
}

/** In every key of a provider. */
export const SECRET = 'sk-a-key-that-nobody-may-read';

/** Layers that a chain may lack. */
export const OPTIONAL = [
  'idempotency',
  'guard',
  'cache',
  'coalesce',
  'callerLimits',
  'resume',
  'fallback',
  'hedge',
  'retry',
  'limits',
  'breaker',
  'timeout',
  'auth',
] as const;
export type Without = Partial<Record<(typeof OPTIONAL)[number], boolean>>;

/** What a store was asked for and what became of it. */
class WatchedStore {
  readonly open: Set<string> = new Set();
  settledTwice = 0;
  #holds = 0;
  readonly store: QuotaStore;

  /** @param latencyMs Each way, as to a store over a network; 0 for one that answers at once. */
  constructor(inner: QuotaStore, clock: VirtualClock, latencyMs: number) {
    const settled = new Set<string>();
    const trip = <T>(work: () => T): T | Promise<T> => {
      if (latencyMs === 0) return work();
      return new Promise((resolve) => {
        clock.setTimer(() => {
          const answer = work();
          clock.setTimer(() => resolve(answer), latencyMs);
        }, latencyMs);
      });
    };
    this.store = {
      reserve: (reservation) =>
        trip(() => {
          const decision = inner.reserve(reservation) as QuotaDecision;
          if (decision.granted) this.open.add(reservation.id);
          return decision;
        }),
      settle: (settlement) =>
        trip(() => {
          if (settled.has(settlement.id)) this.settledTwice++;
          settled.add(settlement.id);
          this.open.delete(settlement.id);
          return inner.settle(settlement) as readonly QuotaState[];
        }),
      renew: (ids, leaseMs) => trip(() => inner.renew(ids, leaseMs) as void),
      read: (limits) => trip(() => inner.read(limits) as readonly QuotaState[]),
      restore: (limit, used, startsAt) => trip(() => inner.restore(limit, used, startsAt) as void),
      claim: (name, ttlMs) => trip(() => inner.claim(name, ttlMs) as boolean),
      hold: latencyMs === 0 ? (limits) => this.#held(inner, limits) : undefined,
    };
  }

  #held(inner: QuotaStore, limits: readonly QuotaLimit[]): QuotaHold | QuotaRefused {
    const hold = inner.hold?.(limits) as QuotaHold | QuotaRefused;
    if (!hold.granted) return hold;
    const id = `by hand ${++this.#holds}`;
    this.open.add(id);
    return {
      granted: true,
      states: () => hold.states(),
      lapse: () => hold.lapse(),
      settle: (actual) => {
        if (!this.open.delete(id)) this.settledTwice++;
        hold.settle(actual);
      },
    };
  }
}

/** Idempotency keys as in a store over a network, and the claims that nobody has ended. */
function watchedClaims(
  clock: VirtualClock,
  latencyMs: number,
): { readonly store: IdempotencyStore; readonly open: ReadonlySet<string> } {
  const inner = memoryIdempotency({ clock });
  const open = new Set<string>();
  const trip = <T>(work: () => T): T | Promise<T> =>
    latencyMs === 0
      ? work()
      : new Promise((resolve) => clock.setTimer(() => resolve(work()), latencyMs));
  const store: IdempotencyStore = {
    claim: (key, request) =>
      trip(() => {
        const claim = inner.claim(key, request) as IdempotencyClaim;
        if (claim.state === 'claimed') open.add(request.owner);
        return claim;
      }),
    renew: (key, owner, leaseMs) => trip(() => inner.renew(key, owner, leaseMs) as boolean),
    finish: (key, owner, answer, ttlMs) =>
      trip(() => {
        open.delete(owner);
        return inner.finish(key, owner, answer, ttlMs) as IdempotencyFinish;
      }),
    release: (key, owner) =>
      trip(() => {
        open.delete(owner);
        inner.release(key, owner);
      }),
  };
  return { store, open };
}

type ChatProvider = FakeProvider<string, 'chat'>;

export interface WholeChain {
  readonly clock: VirtualClock;
  readonly providers: readonly ChatProvider[];
  readonly budgets: readonly AttemptBudget[];
  readonly quota: WatchedStore;
  /** Of calls with an idempotency key that are not over. */
  readonly claims: ReadonlySet<string>;
  readonly client: Client<ChatProvider>;
  /** Rows of the ledger, all written. */
  rows(): Promise<readonly LedgerRow[]>;
  /** Of the one budget over all calls, in nano-dollars. */
  spend(): Promise<{ readonly spent: number; readonly reserved: number }>;
  close(): Promise<void>;
}

const prices = priceTable({
  'a/*': { input: 1, output: 2 },
  'b/*': { input: 10, output: 20 },
});

/** A client with every layer in its place but those that are named, over two providers that do what `words` say, one after the other. */
export function wholeChain(
  words: readonly Word[],
  without: Without = {},
  attempts = 4,
  latencyMs = 0,
): WholeChain {
  const clock = virtualClock({ wallTime: 1_700_000_000_000 });
  const quota = new WatchedStore(memoryQuota({ clock }), clock, latencyMs);
  const { store } = quota;
  const claims = watchedClaims(clock, latencyMs);
  const rows = memoryLedger();
  const books = ledger({ ledger: rows, clock });
  const money = budget({
    store,
    prices,
    budgets: [
      { name: 'all', usd: 9_000_000, period: 'total' },
      { name: 'users', per: ['tenant', 'user'], usd: 0.5, period: 'day' },
    ],
    alerts: { to: () => {}, spike: {} },
  });
  let asked = 0;
  const script = (call: Call): readonly Step[] =>
    stepsOf(words[asked++ % words.length] ?? 'answer', call);
  const providers = ['a', 'b'].map((name) => fakeProvider({ name, script }));
  const budgets: AttemptBudget[] = [];
  const watch: Middleware = (call, next) => {
    budgets.push(attemptBudget(call.state));
    return next(call);
  };
  const scope = (call: Call): string => callerOf(call.state).tenant ?? '';
  const full = {
    idempotency: idempotency({ scope, store: claims.store }),
    guard: guard(redact({ detectors: pii(), restore: true })),
    cache: cache({ scope }),
    coalesce: coalesce({ scope }),
    callerLimits: limit({
      store,
      rules: [{ name: 'c', per: 'tenant', concurrency: 3, windowMs: 60_000, totalTokens: 1e9 }],
      queue: { maxWaitMs: 2000 },
    }),
    resume: resume({ mode: 'restart', baseMs: 5, times: 3 }),
    fallback: { targets: ['b/m'] },
    hedge: hedge({ delayMs: 50, share: 1 }),
    retry: { baseMs: 10, maxMs: 200 },
    limits: [
      limitTargets({
        store,
        rules: [{ name: 't', per: 'provider', concurrency: 3 }],
        queue: { maxWaitMs: 500 },
      }),
      adaptiveConcurrency({ initial: 3, queue: { maxWaitMs: 500 } }),
    ],
    breaker: circuitBreaker(),
    timeout: { firstEventMs: 2000, idleContentMs: 2000, idleBytesMs: 2000 },
    auth: {
      a: pool([`${SECRET}-1`, `${SECRET}-2`]),
      b: pool([`${SECRET}-3`]),
    },
  } satisfies StandardOptions;
  const layers = Object.fromEntries(
    OPTIONAL.map((name) => [name, without[name] === true ? false : full[name]]),
  );
  const client = clientOf(providers, clock, attempts, [
    ...standard({ ...layers, outer: [watch], ledger: books, budget: money, cost: { prices } }),
  ]);
  return {
    clock,
    providers,
    budgets,
    quota,
    claims: claims.open,
    client,
    async rows() {
      await books.flush();
      return (await rows.rows({}, { limit: 1000 })).rows;
    },
    async spend() {
      const asked = money.states();
      await clock.advance(100);
      const [all] = await asked;
      return { spent: all?.spent ?? Number.NaN, reserved: all?.reserved ?? Number.NaN };
    },
    close: () => books.close({ graceMs: 0 }),
  };
}

function clientOf(
  providers: readonly ChatProvider[],
  clock: VirtualClock,
  attempts: number,
  middleware: readonly Middleware[],
): Client<ChatProvider> {
  return createClient({ providers, clock, attempts, middleware });
}

/** One call of a tenant, whatever becomes of it. */
export interface Asked {
  readonly tenant: string;
  readonly user: string;
  readonly question: string;
  readonly stream: boolean;
  /** It has a key: that of all calls of its tenant with this question and shape. */
  readonly once?: boolean | undefined;
  /** When its caller aborts, in milliseconds from its start. */
  readonly abortMs?: number | undefined;
  /** After how many events its reader leaves. */
  readonly leaveAfter?: number | undefined;
  readonly timeoutMs: number;
}

/** Makes the call and gives what its caller saw: a text, an error, or that he left. */
export async function ask(
  { client }: WholeChain,
  asked: Asked,
  signal: AbortSignal,
): Promise<string | InferwayError | undefined> {
  const { tenant, user, question, timeoutMs, leaveAfter } = asked;
  const input = {
    model: 'a/m',
    messages: [{ role: 'user', content: `${question} of ${emailOf(tenant)}` }],
    maxOutputTokens: 50,
  };
  const options = {
    signal,
    timeoutMs,
    state: (state: { set(...given: unknown[]): void }) => {
      state.set(caller, { tenant, user });
      if (asked.once === true) state.set(idempotencyKey, `${question}-${asked.stream}`);
    },
  };
  const { chat } = client as never as {
    chat: ((...given: unknown[]) => Promise<{ text: string }>) & {
      stream(...given: unknown[]): Promise<AsyncIterable<{ type: string; text?: string }>>;
    };
  };
  try {
    if (!asked.stream) return (await chat(input, options)).text;
    let text = '';
    let seen = 0;
    let ended = false;
    for await (const event of await chat.stream(input, options)) {
      if (ended) throw new Error('An event came after the end.');
      if (seen++ === leaveAfter) return undefined;
      if (event.type === 'resumed') text = '';
      if (event.type === 'text-delta') text += event.text ?? '';
      if (event.type === 'end') ended = true;
    }
    return text;
  } catch (reason) {
    if (InferwayError.is(reason)) return reason;
    throw reason;
  }
}
