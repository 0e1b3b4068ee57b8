import { cache, coalesce, promptCache } from '@inferway/core/caching';
import { idempotency, idempotencyKey } from '@inferway/core/idempotency';
import { auth, cost, fallback, fixed, priceTable, retry, timeout } from '@inferway/core/middleware';
import { hedge, resume } from '@inferway/core/resilience';
import { memoryCache, memoryIdempotency } from '@inferway/core/stores';
import { semanticCache } from '@inferway/core/semantic';
import { describe, it } from 'vitest';
import { testMiddleware, type MiddlewareFactory } from '../src/index.js';

const runner = { describe, it };
const transparent: Readonly<Record<string, MiddlewareFactory>> = {
  auth: () => auth(fixed('key')),
  'idempotency without a key': () => idempotency({ scope: 'shared' }),
  promptCache: () => promptCache({ providers: () => ({ how: 'markers', minTokens: 0 }) }),
  cost: () => cost({ prices: priceTable({ 'fake/*': { input: 1, output: 1 } }) }),
  timeout: () => timeout({ firstEventMs: 900_000, idleBytesMs: 900_000, idleContentMs: 900_000 }),
};
const deciding: Readonly<Record<string, MiddlewareFactory>> = {
  cache: ({ clock }) => cache({ scope: 'shared', store: memoryCache({ clock }) }),
  coalesce: () => coalesce({ scope: 'shared' }),
  'guarded cache': ({ clock }) =>
    cache({ scope: 'shared', store: memoryCache({ clock }), guard: true, staleMs: 1000 }),
  semanticCache: () => semanticCache({ scope: 'shared', embed: async () => [1] }),
  idempotency: ({ clock }) => {
    const once = idempotency({ scope: 'shared', store: memoryIdempotency({ clock }) });
    let calls = 0;
    return (call, next) => {
      call.state.set(idempotencyKey, `key-${++calls}`);
      return once(call, next);
    };
  },
  fallback: () => fallback({ targets: ['fake/other'] }),
  hedge: () => hedge({ delayMs: 50, share: 1 }),
  resume: () => resume({ mode: 'restart', baseMs: 10 }),
  retry: () => retry({ baseMs: 10 }),
};

for (const [name, factory] of Object.entries(transparent))
  testMiddleware(factory, { name, runner });
for (const [name, factory] of Object.entries(deciding)) {
  testMiddleware(factory, { name, decides: true, runner });
}
testMiddleware(() => (call, next) => next(call) as never, {
  name: 'one that does nothing',
  runner,
});
