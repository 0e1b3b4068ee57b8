import { createClient, listen, type ChainEvent, type State } from '@inferway/core';
import { limit, limitTargets, type LimitRule } from '@inferway/core/limits';
import { retry, standard } from '@inferway/core/middleware';
import { memoryQuota } from '@inferway/core/stores';
import {
  accept,
  fail,
  fakeError,
  fakeProvider,
  ignoreCancel,
  say,
  settle,
  stall,
  virtualClock,
  wait,
} from '@inferway/core/testing';
import { expect, test } from 'vitest';
import { countingSignal, errorOf } from '../../helpers.js';
import { as, bench, question } from './limit-helpers.js';

const minute = 60_000;

test('a caller’s limit refuses with the time to wait, is not retried and leads nowhere else', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const [first, second] = [
    fakeProvider({ name: 'a', script: say('x') }),
    fakeProvider({ name: 'b', script: say('x') }),
  ];
  const rules: LimitRule[] = [{ name: 'plan', per: 'user', windowMs: minute, requests: 2 }];
  const client = createClient({
    providers: [first, second],
    clock,
    middleware: standard({ callerLimits: limit({ store, rules }), fallback: { targets: ['b/m'] } }),
  });
  const ask = () => client.chat({ ...question, model: 'a/m' }, { state: as({ user: 'u' }) });
  await ask();
  await clock.advance(10_000);
  await ask();
  const error = await errorOf(ask());
  expect(error).toMatchObject({
    code: 'rate_limit',
    retryable: false,
    fallbackable: false,
    sent: 'no',
    httpStatus: 429,
  });
  // The store may count a little longer than the window, never shorter.
  expect(error.retryAfterMs).toBeGreaterThanOrEqual(50_000);
  expect(error.retryAfterMs).toBeLessThan(53_000);
  expect(error.message).toContain('"plan"');
  expect(error.message).not.toContain('"u"');
  expect(first.attempts.length + second.attempts.length).toBe(2);
  await client.chat({ ...question, model: 'a/m' }, { state: as({ user: 'other' }) });
  await clock.advance(error.retryAfterMs ?? 0);
  await ask();
  expect(clock.timers).toBe(0);
});

test('a target’s limit leads to the next target and is not retried', async () => {
  const clock = virtualClock();
  const store = memoryQuota({ clock });
  const [first, second] = [
    fakeProvider({ name: 'a', script: say('x') }),
    fakeProvider({ name: 'b', script: say('x') }),
  ];
  const client = createClient({
    providers: [first, second],
    clock,
    middleware: standard({
      limits: limitTargets({ store, rules: [{ per: 'provider', windowMs: minute, requests: 1 }] }),
      fallback: { targets: ['b/m'] },
    }),
  });
  const ask = () => client.chat({ ...question, model: 'a/m' });
  expect((await ask()).meta.provider).toBe('a');
  expect((await ask()).meta.provider).toBe('b');
  const error = await errorOf(ask());
  expect(error).toMatchObject({
    code: 'rate_limit',
    provider: 'a',
    retryable: false,
    fallbackable: true,
    sent: 'no',
  });
  expect(error.failures?.map(({ provider }) => provider)).toEqual(['a', 'b']);
  expect([first.attempts.length, second.attempts.length]).toEqual([1, 1]);
  expect(clock.timers).toBe(0);
});

test('the canonical order refuses limits in each other’s place', () => {
  const store = memoryQuota();
  const rules: LimitRule[] = [{ concurrency: 1 }];
  expect(() => standard({ callerLimits: limitTargets({ store, rules }) })).toThrow(
    /callerLimits got limitTargets/u,
  );
  expect(() => standard({ limits: limit({ store, rules }) })).toThrow(/limits got limit\(/u);
});

test('what one limit refuses takes nothing from the others (F65, A6)', async () => {
  const { client, clock } = bench((store) => [
    limit({
      store,
      rules: [
        { name: 'team', per: 'team', windowMs: minute, requests: 10, totalTokens: 100_000 },
        { name: 'user', per: 'user', windowMs: minute, requests: 1 },
      ],
    }),
  ]);
  const who = as({ team: 't', user: 'u' });
  await client.chat(question, { state: who });
  for (let tries = 0; tries < 50; tries++) {
    expect((await errorOf(client.chat(question, { state: who }))).message).toContain('"user"');
  }
  // Nine others of the team are let in, as if those fifty had not been.
  for (let user = 0; user < 9; user++) {
    await client.chat(question, { state: as({ team: 't', user: `u${user}` }) });
  }
  expect(
    (await errorOf(client.chat(question, { state: as({ team: 't', user: 'last' }) }))).message,
  ).toContain('"team"');
  expect(clock.timers).toBe(0);
});

test('a refusal further in gives back what a limit further out took', async () => {
  const inner = [{ name: 'inner', concurrency: 1 }];
  const { client, clock } = bench(
    (store) => [
      limit({
        store,
        rules: [{ name: 'outer', windowMs: minute, requests: 3, outputTokens: 10_000 }],
      }),
      limitTargets({ store, rules: inner }),
    ],
    [wait(1000), ...say('x')],
  );
  const running = client.chat(question);
  await settle();
  for (let tries = 0; tries < 10; tries++)
    expect((await errorOf(client.chat(question))).message).toContain('"inner"');
  await clock.advance(1000);
  await running;
  for (let more = 0; more < 2; more++) {
    const next = client.chat(question);
    await clock.advance(1000);
    await next;
  }
  expect((await errorOf(client.chat(question))).message).toContain('"outer"');
});

test('tokens are reserved at their most and settled to what was used, however the call ends', async () => {
  let script = say('a b c', { usage: { inputTokens: 40, outputTokens: 60 } });
  const { client, clock, store } = bench(
    (store) => [limit({ store, rules: [{ name: 'tpm', windowMs: minute, totalTokens: 1000 }] })],
    () => script,
  );
  const ask = { ...question, maxOutputTokens: 300 };
  const key = 'caller|tpm|totalTokens|60000|';
  const used = async (): Promise<number | undefined> =>
    (await store.read([{ kind: 'window', key, limit: 1000, amount: 0, windowMs: minute }]))[0]
      ?.used;

  await client.chat(ask);
  expect(await used()).toBe(100);
  // A refusal of the provider used nothing.
  script = [fail(fakeError('invalid_request', { status: 400 }))];
  await errorOf(client.chat(ask));
  expect(await used()).toBe(100);
  // A connection that was never made neither.
  script = [fail(fakeError('connection', { sent: 'no' }))];
  await errorOf(client.chat(ask));
  expect(await used()).toBe(100);
  // One that broke may have used all of it.
  script = [fail(fakeError('connection', { sent: 'maybe' }))];
  await errorOf(client.chat(ask));
  const broken = (await used()) ?? 0;
  expect(broken).toBeGreaterThan(400);
  // A reader who leaves: what was reported so far.
  script = say('a b c', { usage: { inputTokens: 4, outputTokens: 1 } });
  const stream = await client.chat.stream(ask);
  expect(await used()).toBeGreaterThan(broken + 300);
  for await (const event of stream) if (event.type === 'finish') break;
  expect(await used()).toBeLessThanOrEqual(broken + 310);
  // More than was reserved counts, too.
  await clock.advance(2 * minute);
  script = say('x', { usage: { inputTokens: 900, outputTokens: 900 } });
  await client.chat(ask);
  expect(await used()).toBe(1800);
  expect((await errorOf(client.chat(ask))).code).toBe('rate_limit');
  expect(clock.timers).toBe(0);
});

test('one call that is larger than a limit is told so, and not to wait', async () => {
  const { client, provider } = bench((store) => [
    limit({ store, rules: [{ windowMs: minute, outputTokens: 500 }] }),
  ]);
  const error = await errorOf(client.chat({ ...question, maxOutputTokens: 501 }));
  expect(error).toMatchObject({ code: 'too_large', retryable: false });
  expect(error.retryAfterMs).toBeUndefined();
  expect(error.message).toContain('Lower maxOutputTokens');
  await client.chat({ ...question, maxOutputTokens: 500 });
  // A maximum in a provider's own words counts as well.
  expect(
    (
      await errorOf(
        client.chat({ ...question, providerOptions: { fake: { max_tokens: 9999 } } as never }),
      )
    ).code,
  ).toBe('too_large');
  expect(provider.attempts).toHaveLength(1);
});

test('places are held until a stream ends, and freed however a call ends (A4)', async () => {
  let script = [...say('a b').slice(0, 4), stall()];
  const { client, clock, store } = bench(
    (store) => [limit({ store, rules: [{ name: 'c', concurrency: 2 }] })],
    () => script,
  );
  const held = async (): Promise<number | undefined> =>
    (await store.read([{ kind: 'places', key: 'caller|c|concurrency||', limit: 2 }]))[0]?.used;
  const stream = await client.chat.stream(question);
  expect(await held()).toBe(1);
  stream.cancel();
  expect(await held()).toBe(0);
  script = [ignoreCancel(), stall()];
  const { controller, signal, count } = countingSignal();
  const deaf = errorOf(client.chat(question, { signal }));
  await settle();
  expect(await held()).toBe(1);
  controller.abort();
  expect((await deaf).code).toBe('aborted');
  expect(await held()).toBe(0);
  expect(count()).toBe(0);
  script = [accept(), ...say('a').slice(1, 3), fail('stream_interrupted')];
  const broken = await client.chat.stream(question);
  await errorOf(broken.result);
  expect(await held()).toBe(0);
  expect(clock.timers).toBe(0);
});

test('rules can be chosen for each call, and a plan is read once', async () => {
  const free: LimitRule[] = [{ name: 'free', per: 'user', windowMs: minute, requests: 1 }];
  const paid: LimitRule[] = [{ name: 'paid', per: 'user', windowMs: minute, requests: 3 }];
  const { client } = bench((store) => [
    limit({
      store,
      rules: (call) =>
        call.model.id === 'none' ? undefined : call.model.id === 'big' ? paid : free,
    }),
  ]);
  const ask = (model: `fake/${string}`) =>
    client.chat({ ...question, model }, { state: as({ user: 'u' }) });
  await ask('fake/m');
  expect((await errorOf(ask('fake/m'))).message).toContain('"free"');
  for (let calls = 0; calls < 3; calls++) await ask('fake/big');
  expect((await errorOf(ask('fake/big'))).message).toContain('"paid"');
  for (let calls = 0; calls < 20; calls++) await ask('fake/none');
});

test('each scope counts apart what belongs to it', async () => {
  const { client } = bench((store) => [
    limit({
      store,
      rules: [
        { per: 'user', windowMs: minute, requests: 1 },
        { per: 'tag', windowMs: minute, requests: 2 },
        { per: ['tenant', 'model'], windowMs: minute, requests: 3 },
        {
          per: function region(call) {
            return call.model.id.startsWith('eu-') ? 'eu' : undefined;
          },
          windowMs: minute,
          requests: 1,
        },
      ],
    }),
  ]);
  const ask = (who: object, model: `fake/${string}` = 'fake/m') =>
    client.chat({ ...question, model }, { state: as(who) });
  // Users of one name in two tenants are two.
  await ask({ tenant: 'a', user: 'u' });
  await ask({ tenant: 'b', user: 'u' });
  expect((await errorOf(ask({ tenant: 'a', user: 'u' }))).message).toContain('per user');
  // Tags count over tenants; one that is named twice counts once.
  await ask({ tenant: 'a', user: '1', tags: ['x', 'x'] });
  await ask({ tenant: 'b', user: '2', tags: ['x'] });
  expect((await errorOf(ask({ tenant: 'c', user: '3', tags: ['y', 'x'] }))).message).toContain(
    'per tag',
  );
  // Names that hold a separator do not run into each other.
  await ask({ tenant: 'a|m', user: '4' }, 'fake/z');
  await ask({ tenant: 'a', user: '5' });
  expect((await errorOf(ask({ tenant: 'a', user: '6' }))).message).toContain(
    'per tenant and model',
  );
  await ask({ tenant: 'a', user: '7' }, 'fake/other');
  await ask({ user: '8' }, 'fake/eu-1');
  expect((await errorOf(ask({ user: '9' }, 'fake/eu-2'))).message).toContain('per region');
  await ask({ tenant: 'ab', user: 'c' });
  await ask({ tenant: 'a', user: 'bc' }, 'fake/third');
  // Very long names are kept apart, too.
  const long = 'n'.repeat(5000);
  await ask({ tenant: 'q', user: `${long}1` });
  await ask({ tenant: 'q', user: `${long}2` });
  expect((await errorOf(ask({ tenant: 'q', user: `${long}1` }))).code).toBe('rate_limit');
  const tags = Array.from({ length: 200 }, (_, tag) => `t${tag}`);
  expect((await errorOf(ask({ user: '10', tags }))).message).toContain('fewer tags');
});

test('refusals and waits are told, by the names of the configuration only', async () => {
  const told: ChainEvent[] = [];
  const { client } = bench((store) => [
    limit({ store, rules: [{ name: 'n', per: 'user', windowMs: minute, requests: 1 }] }),
  ]);
  const state = (to: State): void => {
    as({ user: 'secret-user' })(to);
    listen(to, (event) => told.push(event));
  };
  await client.chat(question, { state });
  await errorOf(client.chat(question, { state }));
  expect(told).toEqual([
    {
      type: 'limit-refused',
      limit: 'n',
      unit: 'requests',
      per: 'user',
      reason: 'full',
      retryAfterMs: expect.any(Number),
    },
  ]);
});

test('retries inside a caller’s limit count once, attempts inside a target’s each', async () => {
  const layers = (target: boolean) =>
    bench(
      (store) => {
        const rules: LimitRule[] = [{ windowMs: minute, requests: 2 }];
        return target
          ? [retry({ baseMs: 1, maxMs: 1 }), limitTargets({ store, rules })]
          : [limit({ store, rules }), retry({ baseMs: 1, maxMs: 1 })];
      },
      (_call, attempt) => (attempt <= 2 ? [fail('server')] : say('x')),
    );
  const outer = layers(false);
  const answer = outer.client.chat(question);
  await outer.clock.advance(100);
  expect((await answer).text).toBe('x');
  await outer.client.chat(question);
  const inner = layers(true);
  const failing = errorOf(inner.client.chat(question));
  await inner.clock.advance(100);
  expect(await failing).toMatchObject({ code: 'rate_limit', fallbackable: true });
  expect(inner.provider.attempts).toHaveLength(2);
});
