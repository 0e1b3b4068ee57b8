import type { ModelInfo } from '@inferway/core';
import { usd } from '@inferway/core';
import { cheapest, preferred, type PolicyFunction } from '@inferway/core/routing';
import { fail, say, settle } from '@inferway/core/testing';
import { describe, expect, test } from 'vitest';
import { countingSignal, errorOf } from '../helpers.js';
import { messages, setUp, type Listing } from './set-up.js';

const scripts = { a: say('from a'), b: say('from b'), c: say('from c') };
const auto = { policy: preferred() };
const priced = (id: string, dollars: number): Partial<ModelInfo> => ({
  id,
  prices: { input: usd(dollars), output: usd(dollars) },
});

test('auto finds who serves the very id, and takes the cheapest by default', async () => {
  const { chat, asked, events } = setUp({
    scripts,
    router: {},
    listings: {
      a: [priced('m', 2)],
      b: [priced('m', 1), priced('m-large', 0.1)],
      c: [{ id: 'other' }],
    },
  });
  expect((await chat('auto/m')).text).toBe('from b');
  expect(asked()).toEqual(['b/m']);
  expect(events).toMatchObject([
    { route: 'auto/m', chosen: 'b/m', policy: 'cheapest', candidates: 2, reason: 'policy' },
  ]);
});

test('it survives the death of the one that it chose', async () => {
  const { chat } = setUp({
    scripts: { ...scripts, b: [fail('connection')] },
    router: {},
    listings: { a: [priced('m', 2)], b: [priced('m', 1)] },
  });
  expect((await chat('auto/m')).text).toBe('from a');
});

describe('a model is never guessed', () => {
  const listings = { a: [{ id: 'meta/Llama-3.3-70B' }], b: [{ id: 'llama-3.3-70b' }] };

  test('an id that is only alike is told, not used', async () => {
    const { chat, asked } = setUp({ scripts, router: {}, listings });
    const error = await errorOf(chat('auto/Llama-3.3-70B'));
    expect(error).toMatchObject({ code: 'not_found', param: 'model', sent: 'no' });
    expect(error.message).toContain('a/meta/Llama-3.3-70B, b/llama-3.3-70b');
    expect(error.message).toContain('aliases');
    expect(asked()).toEqual([]);
  });

  test('an alias names the other ids; one that its provider no longer lists is left out', async () => {
    const { router } = setUp({
      scripts,
      router: {
        auto: {
          ...auto,
          aliases: { llama: ['b/llama-3.3-70b', 'a/meta/Llama-3.3-70B', 'b/gone', 'c/any'] },
        },
      },
      listings,
    });
    const { candidates, leftOut } = await router.explain('auto/llama', { messages });
    // In the order of the providers; c lists nothing, and is taken at its user's word.
    expect(candidates.map(({ name }) => name)).toEqual([
      'a/meta/Llama-3.3-70B',
      'b/llama-3.3-70b',
      'c/any',
    ]);
    expect(leftOut).toEqual([{ name: 'b/gone', why: 'its provider does not list it' }]);
  });

  test('an alias may name the very id of a provider that lists nothing', async () => {
    const { chat } = setUp({ scripts, router: { auto: { aliases: { m: ['c/m'] } } }, listings });
    expect((await chat('auto/m')).text).toBe('from c');
  });
});

/** A listing that counts how often it is asked, and answers when told. */
function slowListing(...ids: string[]) {
  const pending: { give(): void; fail(): void; signal: AbortSignal | undefined }[] = [];
  const models: Exclude<Listing, readonly unknown[]> = (options) =>
    new Promise((resolve, reject) => {
      pending.push({
        give: () => resolve(ids.map((id) => ({ provider: 'a', id }))),
        fail: () => reject(new Error('broken')),
        signal: options?.signal,
      });
    });
  return { models, pending };
}

describe('listings', () => {
  test('are asked once for calls that come together, kept, and renewed behind the calls', async () => {
    const { models, pending } = slowListing('m');
    const { chat, clock } = setUp({
      scripts,
      router: { auto: { ttlMs: 1000 } },
      listings: { a: models },
    });
    const first = [chat('auto/m'), chat('auto/m'), chat('auto/m')];
    await settle();
    expect(pending.length).toBe(1);
    pending[0]?.give();
    await Promise.all(first);
    await clock.advance(1000);
    await chat('auto/m');
    expect(pending.length).toBe(1);
    await clock.advance(1);
    // Old by now: this call and the next one do not wait for the new one.
    await chat('auto/m');
    await chat('auto/m');
    expect(pending.length).toBe(2);
    pending[1]?.give();
    await settle();
    await chat('auto/m');
    expect(pending.length).toBe(2);
    expect(clock.timers).toBe(0);
  });

  test('of a provider that does not answer in time are left out and told, and asked again later', async () => {
    const { models, pending } = slowListing('m');
    const { chat, clock, router, events } = setUp({
      scripts,
      router: { auto: { ...auto, timeoutMs: 100, retryMs: 5000 } },
      listings: { a: models, b: [{ id: 'm' }] },
    });
    const running = chat('auto/m');
    await clock.advance(99);
    let done = false;
    void running.then(() => (done = true));
    await settle();
    expect(done).toBe(false);
    await clock.advance(1);
    expect((await running).text).toBe('from b');
    expect(pending[0]?.signal?.aborted).toBe(true);
    expect(events).toMatchObject([{ type: 'route', chosen: 'b/m', unasked: ['a'] }]);
    // Nobody waits for it again until its pause is over.
    const { unasked } = await router.explain('auto/m', { messages });
    expect(unasked).toEqual([{ provider: 'a', why: 'a did not list its models within 100 ms.' }]);
    expect(pending.length).toBe(1);
    await clock.advance(5000);
    // Asked again, but nobody waits for it a second time.
    expect((await chat('auto/m')).text).toBe('from b');
    expect(pending.length).toBe(2);
    pending[1]?.give();
    await settle();
    expect((await chat('auto/m')).text).toBe('from a');
  });

  test('are waited for again where there is no other', async () => {
    const { models, pending } = slowListing('m');
    const { chat, clock } = setUp({
      scripts,
      router: { auto: { retryMs: 1000 } },
      listings: { a: models },
    });
    const first = errorOf(chat('auto/m'));
    await settle();
    pending[0]?.fail();
    expect((await first).code).toBe('not_found');
    expect((await errorOf(chat('auto/m'))).code).toBe('not_found');
    expect(pending.length).toBe(1);
    await clock.advance(1000);
    const later = chat('auto/m');
    await settle();
    pending[1]?.give();
    expect((await later).text).toBe('from a');
  });

  test('that cannot be renewed are used until they are stale', async () => {
    let broken = false;
    const models = () =>
      broken ? Promise.reject(new Error('broken')) : Promise.resolve([{ provider: 'a', id: 'm' }]);
    const { chat, clock } = setUp({
      scripts,
      router: { auto: { ttlMs: 1000, staleMs: 10_000, retryMs: 1 } },
      listings: { a: models },
    });
    await chat('auto/m');
    broken = true;
    await clock.advance(9000);
    expect((await chat('auto/m')).text).toBe('from a');
    await clock.advance(2000);
    expect(await errorOf(chat('auto/m'))).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('Could not be asked: a (internal)'),
    });
  });

  test('that are broken, or hold what no call could name, harm only themselves', async () => {
    const throwing = (() => {
      throw new Error('at once');
    }) as unknown as Listing;
    const { router } = setUp({
      scripts,
      router: { auto },
      listings: {
        a: throwing,
        b: (() => Promise.resolve('no list')) as unknown as Listing,
        c: [{ id: '../admin' }, { id: 'm' }, null, {}] as unknown as Listing,
      },
    });
    const { candidates, unasked } = await router.explain('auto/m', { messages });
    expect(candidates.map(({ name }) => name)).toEqual(['c/m']);
    expect(unasked.map(({ provider }) => provider)).toEqual(['a', 'b']);
    const other = await router.explain('auto/x', { messages });
    expect(other.candidates).toEqual([]);
  });

  test('are not waited for by a call whose caller has left, nor by a route that needs none', async () => {
    const { models, pending } = slowListing('m');
    const { client, router, clock, chat } = setUp({
      scripts,
      router: { routes: { fast: { targets: ['b/m'] } } },
      listings: { a: models },
    });
    const { controller, signal, count } = countingSignal();
    const running = errorOf(client.chat({ model: 'auto/m', messages }, { signal }));
    await settle();
    controller.abort();
    expect((await running).code).toBe('aborted');
    expect(count()).toBe(0);
    expect((await chat('route/fast')).text).toBe('from b');
    // What it began goes on for others, until the router is closed.
    expect(pending.map(({ signal: asking }) => asking?.aborted)).toEqual([false]);
    router.close();
    await settle();
    expect(pending.map(({ signal: asking }) => asking?.aborted)).toEqual([true]);
    expect(clock.timers).toBe(0);
  });
});

test('a route may stand for all that serve a model: in the order of discovery, unless its policy has another', async () => {
  const routes = {
    any: { targets: ['c/own', 'auto/m'] },
    slow: { targets: ['c/own', 'auto/m'], policy: byId },
  };
  const { router } = setUp({
    scripts,
    router: { auto: { policy: cheapest(), deny: ['c/m'] }, routes },
    listings: { a: [priced('m', 2)], b: [priced('m', 1)], c: [priced('m', 0.1)] },
  });
  const order = async (model: string) =>
    (await router.explain(model, { messages })).candidates.map(({ name }) => name);
  expect(await order('route/any')).toEqual(['c/own', 'b/m', 'a/m']);
  expect(await order('route/slow')).toEqual(['a/m', 'b/m', 'c/own']);
});

const byId: PolicyFunction = (candidates) =>
  candidates.toSorted((one, other) => (one.name < other.name ? -1 : 1));

test('behind a router, who is live decides what a model can do and may cost', async () => {
  const serving = (dollars: number, more: object = {}) => ({
    provider: `p${dollars}`,
    status: 'live' as const,
    prices: { input: usd(dollars), output: usd(dollars) },
    ...more,
  });
  const { router } = setUp({
    scripts,
    router: {},
    listings: {
      a: [
        {
          id: 'm',
          servedBy: [
            serving(1, { tools: false }),
            serving(9, { tools: true }),
            { ...serving(99), status: 'error' },
          ],
        },
      ],
      b: [priced('m', 5)],
      c: [{ id: 'm', servedBy: [{ provider: 'x', status: 'staging' }] }],
    },
  });
  const tools = [{ type: 'function', name: 'f', parameters: { type: 'object' } }];
  const explained = await router.explain('auto/m', { messages, tools, maxOutputTokens: 100 });
  expect(explained.candidates.map(({ name }) => name)).toEqual(['b/m', 'a/m']);
  expect(explained.leftOut).toEqual([
    { name: 'c/m', why: 'nobody behind the router serves it now' },
  ]);
  const [cheap, dear] = explained.candidates;
  expect((dear?.score ?? 0) / (cheap?.score ?? 1)).toBeCloseTo(9 / 5, 2);
});

test('behind a router, one live provider without a price makes the price unknown', async () => {
  const prices = { input: usd(1), output: usd(1) };
  const { router } = setUp({
    scripts,
    router: {},
    listings: {
      a: [
        {
          id: 'm',
          servedBy: [
            { provider: 'p', status: 'live', prices },
            { provider: 'q', status: 'live' },
          ],
        },
      ],
      b: [priced('m', 50)],
    },
  });
  const { candidates } = await router.explain('auto/m', { messages });
  expect(candidates.map(({ name, why }) => [name, why])).toEqual([
    ['b/m', undefined],
    ['a/m', 'unknown price'],
  ]);
});

test('names that nobody serves leave nothing behind', async () => {
  const { chat, router, clock } = setUp({ scripts, router: {}, listings: { a: [{ id: 'm' }] } });
  for (let call = 0; call < 50; call++) await errorOf(chat(`auto/made-up-${call}`));
  const error = await errorOf(chat(`auto/${'x'.repeat(5000)}`));
  expect(error.message.length).toBeLessThan(500);
  expect((await router.explain('auto/m', { messages })).candidates[0]?.inFlight).toBe(0);
  expect(clock.timers).toBe(0);
});
