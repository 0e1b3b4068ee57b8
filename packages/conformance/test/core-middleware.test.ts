import {
  auth,
  cache,
  cost,
  fallback,
  fixed,
  memoryCache,
  priceTable,
  retry,
  timeout,
} from '@inferway/core/middleware';
import { describe, it } from 'vitest';
import { testMiddleware, type MiddlewareFactory } from '../src/index.js';

const runner = { describe, it };
const transparent: Readonly<Record<string, MiddlewareFactory>> = {
  auth: () => auth(fixed('key')),
  cost: () => cost({ prices: priceTable({ 'fake/*': { input: 1, output: 1 } }) }),
  timeout: () => timeout({ firstEventMs: 900_000, idleBytesMs: 900_000, idleContentMs: 900_000 }),
};
const deciding: Readonly<Record<string, MiddlewareFactory>> = {
  cache: ({ clock }) => cache({ scope: 'shared', store: memoryCache({ clock }) }),
  fallback: () => fallback({ targets: ['fake/other'] }),
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
