import {
  cheapest,
  fastest,
  leastLoaded,
  routeRules,
  weighted,
  type Policy,
} from '@inferway/core/routing';
import { fail, say, settle } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { errorOf } from '../helpers.js';
import { messages, setUp } from './set-up.js';

test('tells all of a decision, and sends nothing', async () => {
  const { router, asked, events } = setUp({
    scripts: { a: say('a'), b: say('b'), c: say('c') },
    router: {
      routes: {
        fast: {
          policy: cheapest(),
          require: { region: 'eu' },
          targets: [
            {
              model: 'a/x',
              tags: { region: 'eu' },
              weight: 2,
              facts: { prices: { input: 2_000_000_000, output: 0 } },
            },
            { model: 'b/x', tags: { region: 'us' } },
            { model: 'c/x', tags: { region: 'eu' }, facts: { tools: false } },
            { model: 'c/y', tags: { region: 'eu' } },
          ],
        },
      },
      health: ({ id }) => (id === 'y' ? 'no key is free' : undefined),
    },
  });
  const tools = [{ type: 'function', name: 'f', parameters: z.object({ city: z.string() }) }];
  const explanation = await router.explain(
    'route/fast',
    { messages, tools, maxOutputTokens: 64 },
    { stream: true },
  );
  const { inputTokens } = explanation.needs;
  expect(explanation).toEqual({
    route: 'route/fast',
    policy: 'cheapest',
    reason: 'policy',
    needs: {
      operation: 'chat',
      stream: true,
      tools: true,
      structuredOutput: false,
      modalities: [],
      inputTokens,
      outputTokens: 64,
    },
    candidates: [
      {
        name: 'a/x',
        score: inputTokens * 2000,
        unit: 'nano-dollars',
        why: undefined,
        resting: undefined,
        weight: 2,
        tags: { region: 'eu' },
        inFlight: 0,
      },
      {
        name: 'c/y',
        score: undefined,
        unit: undefined,
        why: 'unknown price',
        resting: 'no key is free',
        weight: 1,
        tags: { region: 'eu' },
        inFlight: 0,
      },
    ],
    leftOut: [
      { name: 'b/x', why: 'it is not tagged region: eu' },
      { name: 'c/x', why: 'it calls no tools' },
    ],
    unasked: [],
  });
  expect(inputTokens).toBeGreaterThan(5);
  await settle();
  expect(asked()).toEqual([]);
  expect(events).toEqual([]);
  expect(JSON.stringify(explanation)).not.toContain('"hi"');
});

test('a call that nobody may serve is explained, not thrown; what is no route is refused', async () => {
  const { router } = setUp({
    scripts: { a: say('a') },
    router: { routes: { fast: { targets: ['a/x'] } } },
  });
  const { candidates, leftOut } = await router.explain(
    'route/fast',
    { messages },
    { state: (state) => state.set(routeRules, { deny: ['a/*'] }) },
  );
  expect(candidates).toEqual([]);
  expect(leftOut).toEqual([{ name: 'a/x', why: 'it is denied' }]);
  expect((await router.explain('auto/nothing', { messages })).candidates).toEqual([]);
  expect(await errorOf(router.explain('a/x', { messages }))).toMatchObject({
    code: 'invalid_request',
    param: 'model',
  });
  expect(await errorOf(router.explain('route/none', { messages }))).toMatchObject({
    code: 'not_found',
  });
  expect(await errorOf(router.explain('nothing', { messages }))).toMatchObject({
    code: 'invalid_request',
  });
});

test.each([
  ['chat', { messages: 7 }],
  ['chat', { messages: [null, { role: 'user' }, { role: 'user', content: [null, 3] }] }],
  ['chat', {}],
  ['embed', { input: 7 }],
  ['embed', { input: [null, undefined] }],
  ['image', { count: 'many' }],
  ['speech', {}],
] as const)(
  'a request of a wrong shape is no failure of the router: %s %j',
  async (operation, request) => {
    const { client, router, state } = setUp({
      scripts: { a: [fail('invalid_request')] },
      router: {
        routes: {
          fast: {
            targets: [
              {
                model: 'a/x',
                facts: { contextLength: 100, inputModalities: [], prices: { input: 1, output: 1 } },
              },
              'a/y',
            ],
            policy: cheapest(),
            sticky: true,
          },
        },
      },
      known: false,
    });
    const { candidates } = await router.explain('route/fast', request, { operation });
    expect(candidates.map(({ name }) => name)).toContain('a/y');
    const error = await errorOf(
      client.send(operation, request as never, {
        model: 'route/fast',
        stream: false,
        state: state(),
      }),
    );
    expect(error.code).toBe(operation === 'chat' ? 'invalid_request' : 'unsupported');
  },
);

test('its wait for discovery can be ended', async () => {
  const { router } = setUp({
    scripts: { a: say('a') },
    router: {},
    listings: { a: () => new Promise(() => undefined) },
  });
  const controller = new AbortController();
  const running = errorOf(router.explain('auto/m', { messages }, { signal: controller.signal }));
  await settle();
  controller.abort();
  expect((await running).code).toBe('aborted');
  router.close();
});

describe('whatever the policy', () => {
  const policies: readonly (readonly [string, Policy])[] = [
    ['cheapest', cheapest()],
    ['fastest', fastest({ explore: 0.5 })],
    ['weighted', weighted()],
    ['leastLoaded', leastLoaded({ bySpeed: true })],
    ['one of one’s own', (candidates) => [...candidates, ...candidates].toReversed()],
  ];
  const target = fc.record({
    region: fc.option(fc.constantFrom('eu', 'us'), { nil: undefined }),
    weight: fc.integer({ min: 1, max: 5 }),
    tools: fc.option(fc.boolean(), { nil: undefined }),
    contextLength: fc.option(fc.constantFrom(1, 1_000_000), { nil: undefined }),
    resting: fc.boolean(),
  });

  test.each(policies)(
    '%s: all that may serve and nobody else, in the order in which a call tries them',
    async (_name, policy) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(target, { minLength: 1, maxLength: 6 }),
          fc.constantFrom('eu', 'us', undefined),
          fc.boolean(),
          fc.option(fc.nat(5), { nil: undefined }),
          fc.integer(),
          async (targets, region, tools, denied, seed) => {
            const { chat, router, asked } = setUp({
              scripts: { a: [{ do: 'fail', error: Object.assign(new Error(), {}) as never }] },
              router: {
                routes: {
                  any: {
                    policy,
                    on: () => true,
                    targets: targets.map((one, index) => ({
                      model: `a/${index}`,
                      weight: one.weight,
                      ...(one.region === undefined ? {} : { tags: { region: one.region } }),
                      facts: { tools: one.tools, contextLength: one.contextLength },
                    })),
                  },
                },
                health: ({ id }) => (targets[Number(id)]?.resting === true ? 'rests' : undefined),
              },
              attempts: 20,
              seed,
            });
            const rules = {
              ...(region === undefined ? {} : { require: { region } }),
              ...(denied === undefined ? {} : { deny: [`a/${denied}`] }),
            };
            const tool = { type: 'function', name: 'f', parameters: {} };
            const request = tools ? { tools: [tool] } : {};
            const allowed = targets.flatMap((one, index) =>
              (region === undefined || one.region === region) &&
              index !== denied &&
              !(tools && one.tools === false) &&
              one.contextLength !== 1
                ? [`a/${index}`]
                : [],
            );
            await chat('route/any', (state) => state.set(routeRules, rules), request).catch(
              () => undefined,
            );
            expect(asked().toSorted()).toEqual(allowed.toSorted());
            // Those that rest come after all others.
            const rests = asked().map((name) => targets[Number(name.slice(2))]?.resting === true);
            expect(rests).toEqual(rests.toSorted((a, b) => Number(a) - Number(b)));
            const { candidates, leftOut } = await router.explain(
              'route/any',
              { messages, ...request },
              { state: (state) => state.set(routeRules, rules) },
            );
            expect(candidates.map(({ name }) => name).toSorted()).toEqual(allowed.toSorted());
            expect(candidates.length + leftOut.length).toBe(targets.length);
          },
        ),
        { numRuns: 60 },
      );
    },
  );
});
