import {
  cascade,
  createRouter,
  fastest,
  leastLoaded,
  route,
  weighted,
  type Policy,
} from '@inferway/core/routing';
import { describe, it } from 'vitest';
import { testMiddleware } from '../src/index.js';

const runner = { describe, it };
const policies: Readonly<Record<string, Policy>> = {
  fastest: fastest(),
  leastLoaded: leastLoaded(),
  weighted: weighted(),
  cascade: cascade({ check: () => true }),
};

testMiddleware(() => route(createRouter({ routes: { any: { targets: ['fake/other'] } } })), {
  name: 'a router that a call passes by',
  runner,
});
for (const [name, policy] of Object.entries(policies)) {
  testMiddleware(
    ({ clock }) => {
      const targets = ['fake/one', 'fake/two'];
      const sticky = name === 'cascade' ? false : { ttlMs: 1000 };
      const layer = route(createRouter({ clock, routes: { any: { targets, policy, sticky } } }));
      return (call, next) => layer({ ...call, model: { provider: 'route', id: 'any' } }, next);
    },
    { name: `a router that chooses by ${name}`, decides: true, runner },
  );
}
