// Checked by the compiler, never run.
import { createClient, type Middleware, type NanoUsd, type State } from '@inferway/core';
import {
  byScore,
  cascade,
  cheapest,
  createRouter,
  fastest,
  preferred,
  route,
  routeRules,
  session,
  weighted,
  type Candidate,
  type Explanation,
  type RouteRules,
  type RoutePolicy,
  type Router,
} from '@inferway/core/routing';
import { fakeProvider, say } from '@inferway/core/testing';
import { expectTypeOf } from 'vitest';

declare const state: State;
const messages = [{ role: 'user' as const, content: 'hi' }];
const provider = fakeProvider({ name: 'a', operations: ['chat'], script: say('x') });

const router = createRouter({
  providers: [provider],
  auto: { policy: fastest(), aliases: { m: ['a/m', { provider: 'a', id: 'n' }] } },
  routes: {
    small: { targets: ['a/m'] },
    fast: { policy: fastest({ explore: 0.1 }), targets: ['route/small', { model: 'a/n' }] },
    cheap: { policy: cheapest(), sticky: true, targets: ['auto/m'] },
    wide: { policy: weighted(), targets: [{ model: 'a/m', weight: 2 }] },
    own: {
      policy(candidates, question) {
        expectTypeOf(candidates).toEqualTypeOf<readonly Candidate[]>();
        const [first] = candidates;
        // @ts-expect-error: no price is known of some
        if (first !== undefined) expectTypeOf(question.cost(first)).toEqualTypeOf<NanoUsd>();
        return candidates.toReversed();
      },
      targets: ['a/m'],
    },
  },
});
expectTypeOf(router).toEqualTypeOf<Router>();
expectTypeOf(route(router)).toEqualTypeOf<Middleware>();
expectTypeOf(await router.explain('route/fast', { messages })).toEqualTypeOf<Explanation>();
expectTypeOf(preferred()).toEqualTypeOf<RoutePolicy>();

createRouter({
  routes: {
    // @ts-expect-error: a route has targets
    none: { policy: preferred() },
  },
});
createRouter({
  routes: {
    // @ts-expect-error: no such option
    fast: { targets: ['a/m'], strategy: 'fastest' },
    // @ts-expect-error: a policy is no name
    cheap: { targets: ['a/m'], policy: 'cheapest' },
    // @ts-expect-error: not a member of a target
    heavy: { targets: [{ model: 'a/m', wieght: 2 }] },
  },
});
// @ts-expect-error: a layer is made of a router, not of its options
route({ routes: {} });
// @ts-expect-error: a cascade has a check
cascade({});
void byScore;

// What a router resolves can be named by any client, for any of its operations.
const client = createClient({ providers: [provider], middleware: [route(router)] });
void client.chat({ model: 'route/fast', messages });
void client.chat({ model: 'auto/m', messages });
// @ts-expect-error: neither a provider nor what a router resolves
void client.chat({ model: 'routes/fast', messages });

// What a call may say.
expectTypeOf(state.get(routeRules)).toEqualTypeOf<RouteRules | undefined>();
expectTypeOf(state.get(session)).toEqualTypeOf<string | undefined>();
// @ts-expect-error: no such rule
state.set(routeRules, { only: ['a'] });
