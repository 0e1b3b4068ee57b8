import Anthropic from '@anthropic-ai/sdk';
import { withService } from '@inferway/conformance';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { ask, json } from '../support/ask.js';
import { REDIS, testPrefix } from '../support/books.js';
import { startStack } from '../support/start-stack.js';

const ENVIRONMENT = { KEY_A: 'iw_key-of-a', KEY_B: 'iw_key-of-b', KEY_C: 'iw_key-of-c' };
const KEYS: NonNullable<ConfigInput['keys']> = [
  { id: 'a', key: '${KEY_A}', tenant: 'acme', limits: { windowMs: 600_000, requests: 5 } },
  { id: 'b', key: '${KEY_B}', tenant: 'bolt', limits: { windowMs: 600_000, requests: 7 } },
  { id: 'c', key: '${KEY_C}', tenant: 'cove' },
];
const MODELS = ['openai/sim-chat', 'anthropic/sim-chat'];
const messages = [{ role: 'user' as const, content: 'Say hello' }];
// What the providers themselves would tell: none of it may reach a caller.
const PROVIDERS = { limits: { requestsPerMinute: 100_000, tokensPerMinute: 50_000_000 } };
const LIMIT_HEADER = /ratelimit|budget/u;

function as(key: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${key}` } };
}

type Told = Readonly<Record<string, string>>;

/** The headers of an answer that tell how the caller stands. */
function toldIn(headers: Headers | Readonly<Record<string, unknown>>): Told {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(
    entries.flatMap(([name, value]) => (LIMIT_HEADER.test(name) ? [[name, String(value)]] : [])),
  );
}

const seconds = (told: Told, name: string): number =>
  (Date.parse(told[name] ?? '') - Date.now()) / 1000;

describe.each(MODELS)('official clients with %s behind the gateway', (model) => {
  test('openai: each caller is told of its own limits, of answers and streams, and never of the provider’s', async () => {
    const { url, simulator } = await startStack(PROVIDERS, { keys: KEYS }, [], ENVIRONMENT);
    // The provider does tell, and of one key for all of them.
    const bare = await fetch(`${simulator.baseUrls.openai}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-x', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sim-chat', messages }),
    });
    expect(toldIn(bare.headers)).toMatchObject({ 'x-ratelimit-limit-requests': '100000' });
    const client = (apiKey: string): OpenAI =>
      new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    const [a, b, c] = [client('iw_key-of-a'), client('iw_key-of-b'), client('iw_key-of-c')];
    const left = async (of: OpenAI, stream: boolean): Promise<Told> => {
      const { response, data } = await of.chat.completions
        .create({ model, messages, max_tokens: 20, stream })
        .withResponse();
      if (stream) for await (const _ of data as AsyncIterable<unknown>);
      return toldIn(response.headers);
    };
    const figures = (limit: number, remaining: number): Told => ({
      'x-ratelimit-limit-requests': String(limit),
      'x-ratelimit-remaining-requests': String(remaining),
      'x-ratelimit-reset-requests': expect.stringMatching(/^1\dm\d+(?:\.\d+)?s$/u) as string,
    });
    expect(await left(a, false)).toEqual(figures(5, 4));
    expect(await left(a, true)).toEqual(figures(5, 3));
    expect(await left(b, true)).toEqual(figures(7, 6));
    expect(await left(a, false)).toEqual(figures(5, 2));
    expect(await left(c, false)).toEqual({});
    expect(await left(c, true)).toEqual({});
  });

  test('anthropic: the same, in its own words', async () => {
    const { url } = await startStack(PROVIDERS, { keys: KEYS }, [], ENVIRONMENT);
    const client = (apiKey: string): Anthropic =>
      new Anthropic({ baseURL: url, apiKey, maxRetries: 0 });
    const [a, b, c] = [client('iw_key-of-a'), client('iw_key-of-b'), client('iw_key-of-c')];
    const left = async (of: Anthropic, stream: boolean): Promise<Told> => {
      const { response, data } = await of.messages
        .create({ model, messages, max_tokens: 20, stream })
        .withResponse();
      if (stream) for await (const _ of data as AsyncIterable<unknown>);
      const told = toldIn(response.headers);
      if (Object.keys(told).length > 0) {
        const wait = seconds(told, 'anthropic-ratelimit-requests-reset');
        expect(wait).toBeGreaterThan(590);
        expect(wait).toBeLessThan(630);
      }
      return told;
    };
    const figures = (limit: number, remaining: number): Told => ({
      'anthropic-ratelimit-requests-limit': String(limit),
      'anthropic-ratelimit-requests-remaining': String(remaining),
      'anthropic-ratelimit-requests-reset': expect.stringMatching(/^[-\dT:]+Z$/u) as string,
    });
    expect(await left(a, false)).toEqual(figures(5, 4));
    expect(await left(a, true)).toEqual(figures(5, 3));
    expect(await left(b, false)).toEqual(figures(7, 6));
    expect(await left(c, false)).toEqual({});
  });
});

test('a refusal by the caller’s own limit tells that nothing is left, beside when to come again', async () => {
  const keys: NonNullable<ConfigInput['keys']> = [
    { id: 'a', key: '${KEY_A}', limits: { windowMs: 600_000, requests: 1, totalTokens: 5000 } },
  ];
  const { url } = await startStack({}, { keys }, [], ENVIRONMENT);
  const body = { model: 'openai/sim-chat', max_tokens: 20, messages };
  expect((await ask(url, { body, ...as('iw_key-of-a') })).status).toBe(200);
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'iw_key-of-a', maxRetries: 0 });
  for (const stream of [false, true]) {
    const refused = await openai.chat.completions.create({ ...body, stream }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(OpenAI.RateLimitError);
    const { headers } = refused as { headers: Headers };
    expect(headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(headers.get('x-ratelimit-limit-tokens')).toBe('5000');
    expect(Number(headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(4900);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
  }
  const anthropic = new Anthropic({ baseURL: url, apiKey: 'iw_key-of-a', maxRetries: 0 });
  const refused = await anthropic.messages.create({ ...body, model: 'anthropic/sim-chat' }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refused).toBeInstanceOf(Anthropic.RateLimitError);
  const { headers } = refused as { headers: Headers };
  expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('0');
  expect(headers.get('anthropic-ratelimit-tokens-limit')).toBe('5000');
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
});

test('of each kind the rule with the least left is told, and what all callers share is not', async () => {
  const { url } = await startStack(
    {},
    {
      keys: [{ id: 'a', key: '${KEY_A}', tenant: 'acme' }],
      callerLimits: {
        rules: [
          { windowMs: 600_000, requests: 3, outputTokens: 2000 },
          { per: 'model', windowMs: 600_000, requests: 4 },
          { per: 'key', windowMs: 600_000, requests: 20, outputTokens: 9000 },
          { per: ['tenant', 'model'], windowMs: 60_000, requests: 10, inputTokens: 4000 },
        ],
      },
    },
    [],
    ENVIRONMENT,
  );
  const post = (path: string) =>
    ask(url, {
      path,
      body: { model: 'openai/sim-chat', max_tokens: 20, messages },
      ...as('iw_key-of-a'),
    });
  const first = toldIn((await post('/v1/chat/completions')).headers);
  expect(first).toMatchObject({
    'x-ratelimit-limit-requests': '10',
    'x-ratelimit-remaining-requests': '9',
  });
  const second = toldIn((await post('/v1/messages')).headers);
  expect(second).toMatchObject({
    'anthropic-ratelimit-requests-limit': '10',
    'anthropic-ratelimit-requests-remaining': '8',
    'anthropic-ratelimit-input-tokens-limit': '4000',
    'anthropic-ratelimit-output-tokens-limit': '9000',
  });
  // A unary answer is counted by the time that it is told of.
  const used = 9000 - Number(second['anthropic-ratelimit-output-tokens-remaining']);
  expect(used).toBeGreaterThan(0);
  expect(used).toBeLessThanOrEqual(40);
  await post('/v1/messages');
  // The limit of all refuses: the caller's own figures are as they were.
  const refused = await post('/v1/messages');
  expect(refused.status).toBe(429);
  expect(refused.headers['anthropic-ratelimit-requests-remaining']).toBe('7');
});

test('the tightest budget of the caller is told in dollars, of answers, streams and refusals', async () => {
  const usd = 0.01;
  const { url, simulator } = await startStack(
    {},
    {
      keys: [
        { id: 'a', key: '${KEY_A}', tenant: 'acme', budget: { usd, period: 'day' } },
        { id: 'b', key: '${KEY_B}', tenant: 'bolt' },
      ],
      budgets: {
        rules: [
          { name: 'all', usd: 5, period: 'month' },
          { name: 'tenants', per: 'tenant', usd: { acme: 50 }, period: 'month' },
        ],
      },
    },
    [],
    ENVIRONMENT,
  );
  const post = (key: string, more: object = {}) =>
    ask(url, {
      body: { model: 'openai/sim-chat', max_tokens: 20, messages, ...more },
      ...as(key),
    });
  const first = await post('iw_key-of-a');
  expect(first.status).toBe(200);
  const spent = Number(first.headers['x-inferway-cost']);
  expect(spent).toBeGreaterThan(0);
  expect(toldIn(first.headers)).toEqual({
    'x-inferway-budget-limit': '0.01',
    'x-inferway-budget-remaining': expect.stringMatching(/^0\.00\d+$/u) as string,
  });
  const left = Number(first.headers['x-inferway-budget-remaining']);
  expect(left).toBeCloseTo(usd - spent, 9);
  const streamed = await post('iw_key-of-a', { stream: true });
  expect(streamed.status).toBe(200);
  // What the stream may cost at most is held while it runs.
  expect(Number(streamed.headers['x-inferway-budget-remaining'])).toBeLessThan(left);
  const refused = await post('iw_key-of-a', { max_tokens: 1_000_000 });
  expect(refused.status).toBe(402);
  let billed = 0;
  for (const { cost } of simulator.bill.entries) billed += cost ?? 0;
  expect(Math.round(Number(refused.headers['x-inferway-budget-remaining']) * 1e9)).toBe(
    usd * 1e9 - billed,
  );
  expect(toldIn((await post('iw_key-of-b')).headers)).toEqual({});
});

test('what never became a call, and an answer out of a cache, tell nothing', async () => {
  const { url } = await startStack({}, { keys: KEYS, cache: {} }, [], ENVIRONMENT);
  const body = { model: 'openai/sim-chat', max_tokens: 500, messages };
  const told = async (asked: object): Promise<Told> =>
    toldIn((await ask(url, { body: asked, ...as('iw_key-of-a') })).headers);
  expect(Object.keys(await told(body))).toHaveLength(3);
  expect(await told(body)).toEqual({});
  expect(await told({ ...body, messages: 7 })).toEqual({});
  const models = await ask(url, { method: 'GET', path: '/v1/models', ...as('iw_key-of-a') });
  expect(toldIn(models.headers)).toEqual({});
});

await withService(REDIS, (redis) => {
  test('over several gateways each tells what all of them counted', async () => {
    const config: ConfigInput = {
      keys: KEYS,
      stores: { redis: '${REDIS_URL}', prefix: testPrefix(redis), processes: 2 },
    };
    const environment = { ...ENVIRONMENT, REDIS_URL: redis };
    const one = await startStack(PROVIDERS, config, [], environment);
    const two = await startStack(PROVIDERS, config, [], environment);
    const body = { model: 'openai/sim-chat', max_tokens: 20, messages };
    const left: unknown[] = [];
    for (const { url } of [one, two, one, two, one, two]) {
      const answer = await ask(url, { body, ...as('iw_key-of-a') });
      left.push(answer.headers['x-ratelimit-remaining-requests']);
      if (left.length === 6) expect(json(answer).error.type).toMatch(/rate_limit/u);
    }
    expect(left).toEqual(['4', '3', '2', '1', '0', '0']);
  });
});
