import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { ask, json } from '../support/ask.js';
import { startStack } from '../support/start-stack.js';

const ENVIRONMENT = { KEY_A: 'iw_key-of-a', KEY_B: 'iw_key-of-b' };
const KEYS: NonNullable<ConfigInput['keys']> = [
  { id: 'a', key: '${KEY_A}', tenant: 'acme', team: 'search', tags: ['beta'] },
  { id: 'b', key: '${KEY_B}', tenant: 'acme' },
];
const messages = [{ role: 'user' as const, content: 'Say hello' }];
const PATHS = ['/v1/chat/completions', '/v1/messages'];

function chat(model = 'openai/sim-chat', max_tokens = 20): object {
  return { model, max_tokens, messages };
}

function as(key: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${key}` } };
}

const LIMITED: ConfigInput = {
  keys: KEYS,
  callerLimits: { rules: [{ per: 'key', windowMs: 600_000, requests: 2 }] },
};
const BROKE: ConfigInput = {
  keys: KEYS,
  budgets: { rules: [{ name: 'tenants', per: 'tenant', usd: 0.000001, period: 'total' }] },
};
// Nobody listens there.
const CLOSED: ConfigInput = {
  ...BROKE,
  stores: { redis: '${REDIS}', processes: 1 },
  callerLimits: { rules: [{ per: 'key', windowMs: 60_000, requests: 100 }] },
};
const AWAY = { ...ENVIRONMENT, REDIS: 'redis://user:canary-redis-password@127.0.0.1:9' };

test('a limit of callers is a 429 in the shape of the protocol, with the time to come again, and tells not to retry', async () => {
  const { url, calls } = await startStack({}, LIMITED, [], ENVIRONMENT);
  for (const path of PATHS) {
    expect((await ask(url, { path, body: chat(), ...as('iw_key-of-a') })).status).toBe(200);
  }
  for (const path of PATHS) {
    const refused = await ask(url, { path, body: chat(), ...as('iw_key-of-a') });
    expect(refused.status).toBe(429);
    const ms = Number(refused.headers['retry-after-ms']);
    expect(ms).toBeGreaterThan(500_000);
    expect(refused.headers['retry-after']).toBe(String(Math.ceil(ms / 1000)));
    expect(refused.headers['x-should-retry']).toBe('false');
    expect(refused.headers['x-inferway-error']).toBe('rate_limit');
    expect(json(refused).error.type).toMatch(/rate_limit/u);
    expect(json(refused).error.message).toContain('2 requests');
  }
  // Each key counts for itself, the gateway's own too.
  expect((await ask(url, { body: chat(), ...as('iw_key-of-b') })).status).toBe(200);
  const own = [];
  for (let time = 0; time < 3; time += 1) own.push((await ask(url, { body: chat() })).status);
  expect(own).toEqual([200, 200, 429]);
  expect(calls()).toHaveLength(5);
});

test('the limits of a key take the place of those for all keys; those of its tenant go on', async () => {
  const { url } = await startStack(
    {},
    {
      keys: [{ ...KEYS[0], limits: { windowMs: 600_000, requests: 3 } } as never, KEYS[1] as never],
      callerLimits: {
        rules: [
          { per: 'key', windowMs: 600_000, requests: 1 },
          { per: 'tenant', only: ['acme'], windowMs: 600_000, requests: 4 },
        ],
      },
    },
    [],
    ENVIRONMENT,
  );
  const statuses = async (key: string, times: number): Promise<number[]> => {
    const answers = [];
    for (let time = 0; time < times; time += 1)
      answers.push(await ask(url, { body: chat(), ...as(key) }));
    return answers.map(({ status }) => status);
  };
  expect(await statuses('iw_key-of-a', 4)).toEqual([200, 200, 200, 429]);
  expect(await statuses('iw_key-of-b', 2)).toEqual([200, 429]);
  const full = await ask(url, { body: chat(), ...as('iw_key-of-a') });
  expect(json(full).error.message).toMatch(/of key a|tenant/u);
});

test('a target without room is replaced by the next of the list, and only the last one is a 429', async () => {
  const { url } = await startStack(
    {},
    {
      aliases: { smart: ['openai/sim-chat', 'anthropic/sim-chat'] },
      targetLimits: { rules: [{ per: 'model', windowMs: 600_000, requests: 1 }] },
    },
  );
  const served = [];
  for (let time = 0; time < 3; time += 1) served.push(await ask(url, { body: chat('smart') }));
  expect(served.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(served.map(({ headers }) => headers['x-inferway-provider'])).toEqual([
    'openai',
    'anthropic',
    'openai',
  ]);
});

test('a budget that is used up is a 402, before anything is sent; an unknown price is one, too', async () => {
  const { url, calls } = await startStack({}, BROKE, [], ENVIRONMENT);
  for (const path of PATHS) {
    const refused = await ask(url, { path, body: chat(), ...as('iw_key-of-a') });
    expect(refused.status).toBe(402);
    expect(refused.headers['x-should-retry']).toBe('false');
    expect(json(refused).error.message).toContain('"tenants"');
  }
  const unknown = await ask(url, { body: chat('plain/sim-unknown'), ...as('iw_key-of-a') });
  expect(unknown.status).toBe(402);
  expect(json(unknown).error.message).toContain('No price is known');
  expect(calls()).toHaveLength(0);
});

test('the budget of a key counts for that key alone', async () => {
  const { url } = await startStack(
    {},
    { keys: [{ ...KEYS[0], budget: { usd: 0, period: 'day' } } as never, KEYS[1] as never] },
    [],
    ENVIRONMENT,
  );
  const refused = await ask(url, { body: chat(), ...as('iw_key-of-a') });
  expect(refused.status).toBe(402);
  expect((await ask(url, { body: chat(), ...as('iw_key-of-b') })).status).toBe(200);
});

test('budgets whose store is away let nothing through once their lease is used up, and no answer shows where the store is', async () => {
  const { url, calls, complaints } = await startStack({}, CLOSED, [], AWAY);
  for (const path of PATHS) {
    const refused = await ask(url, { path, body: chat(), ...as('iw_key-of-a') });
    expect([402, 503]).toContain(refused.status);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['x-should-retry']).toBe('false');
    expect(refused.text).not.toContain('canary');
  }
  expect(calls()).toHaveLength(0);
  expect(complaints.join('\n')).not.toContain('canary');
});

test.each([
  ['429', LIMITED, ENVIRONMENT, 2],
  ['402', BROKE, ENVIRONMENT, 0],
  ['402|503', CLOSED, AWAY, 0],
] as const)(
  'official clients are told of a %s by their own errors and do not try again',
  async (status, config, environment, free) => {
    const { url } = await startStack({}, config, [], environment);
    for (let call = 0; call < free; call += 1)
      await ask(url, { body: chat(), ...as('iw_key-of-a') });
    let requests = 0;
    const counted: typeof fetch = (...given) => {
      requests += 1;
      return fetch(...given);
    };
    const apiKey = 'iw_key-of-a';
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey, fetch: counted });
    const anthropic = new Anthropic({ baseURL: url, apiKey, fetch: counted });
    const model = 'openai/sim-chat';
    const reasons = [
      await openai.chat.completions.create({ model, messages }).catch((error: unknown) => error),
      await openai.chat.completions
        .create({ model, messages, stream: true })
        .catch((error: unknown) => error),
      await anthropic.messages
        .create({ model, max_tokens: 9, messages })
        .catch((error: unknown) => error),
    ] as { status: number; message: string }[];
    for (const { status: told, message } of reasons) {
      expect(String(told)).toMatch(new RegExp(`^(?:${status})$`, 'u'));
      expect(message).toMatch(/limit|budget/u);
    }
    expect(reasons[0]).toBeInstanceOf(OpenAI.APIError);
    expect(reasons[2]).toBeInstanceOf(Anthropic.APIError);
    expect(requests).toBe(3);
  },
);
