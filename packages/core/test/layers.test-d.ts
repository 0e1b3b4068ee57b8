// Checked by the compiler, never run.
import type { Call, Middleware, StateKey } from '@inferway/core';
import {
  cache,
  cacheMode,
  cacheTtl,
  coalesce,
  promptCache,
  type CacheMode,
} from '@inferway/core/caching';
import { guard, redact, secrets } from '@inferway/core/guards';
import { idempotency, idempotencyKey, type IdempotencyLayer } from '@inferway/core/idempotency';
import {
  adaptiveConcurrency,
  learnLimits,
  limit,
  limitTargets,
  priority,
  type CallScope,
} from '@inferway/core/limits';
import { fixed, standard } from '@inferway/core/middleware';
import { circuitBreaker, hedge, resume, type CircuitBreaker } from '@inferway/core/resilience';
import { createRouter, route } from '@inferway/core/routing';
import {
  budget,
  ledger,
  type BudgetFigures,
  type BudgetMiddleware,
  type BudgetScope,
  type BudgetState,
  type LedgerLayer,
} from '@inferway/core/spending';
import {
  memoryIdempotency,
  memoryLedger,
  memoryQuota,
  type IdempotencyStore,
  type Ledger,
  type LedgerGroup,
  type QuotaStore,
} from '@inferway/core/stores';
import { expectTypeOf } from 'vitest';

const store = memoryQuota();
expectTypeOf(store).toExtend<QuotaStore>();

// Limits.
const rules = [{ per: 'user', windowMs: 60_000, requests: 60 }] as const;
expectTypeOf(limit({ store, rules })).toEqualTypeOf<Middleware>();
limitTargets({ store, rules: (call: Call) => (call.stream ? rules : undefined), queue: true });
limit({ store, rules: [{ per: ['tenant', (call) => call.operation], concurrency: 4 }] });
// @ts-expect-error: counted where?
limit({ rules });
// @ts-expect-error: no such scope
limit({ store, rules: [{ per: 'users', windowMs: 1, requests: 1 }] });
// @ts-expect-error: no such figure
limit({ store, rules: [{ windowMs: 1, calls: 1 }] });
// @ts-expect-error: no such option of a queue
limit({ store, rules, queue: { max: 1 } });
adaptiveConcurrency({ initial: 4, max: 10 });
learnLimits();
expectTypeOf(priority).toEqualTypeOf<StateKey<number>>();

// Budgets.
const spending = budget({ store, budgets: [{ name: 'all', usd: 100, period: 'month' }] });
expectTypeOf(spending).toEqualTypeOf<BudgetMiddleware>();
expectTypeOf(await spending.states({ tenant: 'a' })).toEqualTypeOf<readonly BudgetState[]>();
expectTypeOf<BudgetState>().toExtend<BudgetFigures>();
expectTypeOf<BudgetScope>().toEqualTypeOf<Exclude<CallScope, 'credential'>>();
// @ts-expect-error: whose credential is known only after the money is reserved
budget({ store, budgets: [{ name: 'a', per: 'credential', usd: 1, period: 'day' }] });
// @ts-expect-error: no such period
budget({ store, budgets: [{ name: 'a', usd: 1, period: 'fortnight' }] });
// @ts-expect-error: how much?
budget({ store, budgets: [{ name: 'a', period: 'day' }] });

// The ledger.
const books = memoryLedger();
expectTypeOf(books).toExtend<Ledger>();
expectTypeOf(ledger({ ledger: books })).toEqualTypeOf<LedgerLayer>();
expectTypeOf<LedgerGroup>().not.toEqualTypeOf<string>();
const [sum] = await books.sum({ tenant: 'a' }, ['user', 'day']);
expectTypeOf(sum?.group.user).toEqualTypeOf<string | undefined>();
// @ts-expect-error: rows are written somewhere
ledger({});
// @ts-expect-error: no such group
void books.sum({}, ['users']);
// @ts-expect-error: no such condition
void books.rows({ users: 'a' });

// Caches.
coalesce({ scope: 'shared' });
promptCache({ providers: { anthropic: 'markers' } });
// @ts-expect-error: no such way
promptCache({ providers: { anthropic: 'marker' } });
expectTypeOf(cacheMode).toEqualTypeOf<StateKey<CacheMode>>();
expectTypeOf(cacheTtl).toEqualTypeOf<StateKey<number>>();
// @ts-expect-error: no scope
coalesce({});

// While targets fail.
expectTypeOf(circuitBreaker()).toEqualTypeOf<CircuitBreaker>();
expectTypeOf<CircuitBreaker>().toExtend<Middleware>();
hedge({ delayMs: { percentile: 0.9 }, operations: ['embed'] });
// @ts-expect-error: no such operation
hedge({ operations: ['chatt'] });
resume({ mode: 'continue', prefill: ['anthropic/*'] });
// @ts-expect-error: how is it to go on?
resume({});
// @ts-expect-error: no such mode
resume({ mode: 'again' });
// @ts-expect-error: no such option
circuitBreaker({ window: 20 });

// Each slot of the preset takes what is made: one, several, or none.
standard({
  outer: [],
  guard: guard(redact({ detectors: [secrets()] })),
  cache: cache({ scope: 'shared' }),
  coalesce: [coalesce({ scope: 'shared' })],
  ledger: ledger({ ledger: books }),
  budget: spending,
  callerLimits: limit({ store, rules }),
  resume: resume({ mode: 'restart' }),
  route: route(createRouter({ routes: { a: { targets: ['b/c'] } } })),
  fallback: { targets: ['a/b'] },
  hedge: hedge(),
  retry: { attempts: 2 },
  limits: [limitTargets({ store, rules }), adaptiveConcurrency()],
  breaker: circuitBreaker(),
  promptCache: false,
  cost: {},
  timeout: undefined,
  auth: { a: fixed('x', 'label') },
  credentialLimits: learnLimits(),
});
// @ts-expect-error: the preset takes a limit that is made
standard({ callerLimits: { store, rules } });
// @ts-expect-error: the preset takes a breaker that is made
standard({ breaker: { windowCalls: 10 } });
// @ts-expect-error: a router is no layer: route(router)
standard({ route: createRouter({ routes: {} }) });
// @ts-expect-error: a list of layers, not of lists
standard({ limits: [[limitTargets({ store, rules })]] });
// @ts-expect-error: no such option
standard({ retry: { retries: 2 } });

// Idempotency.
expectTypeOf(memoryIdempotency()).toExtend<IdempotencyStore>();
expectTypeOf(idempotency({ scope: 'shared' })).toExtend<Middleware>();
expectTypeOf(idempotency({ scope: 'shared' })).toEqualTypeOf<IdempotencyLayer>();
expectTypeOf(idempotencyKey).toEqualTypeOf<StateKey<string>>();
standard({ idempotency: idempotency({ scope: (call) => call.model.provider, ttlMs: 1 }) });
// @ts-expect-error: whose keys?
idempotency({});
// @ts-expect-error: no such word
idempotency({ scope: 'shared', whenStoreFails: 'ignore' });
