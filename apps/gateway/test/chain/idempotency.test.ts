import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { ask, json, type Asked } from '../support/ask.js';
import { ownUpstream, type OwnUpstream } from '../support/own-upstream.js';
import { KEY, startGateway } from '../support/start-gateway.js';
import { startStack, type Stack } from '../support/start-stack.js';

const MODEL = 'plain/m';
const messages = [{ role: 'user' as const, content: 'hi' }];
const ENVIRONMENT = { KEY_A: 'iw_key-of-a', KEY_A2: 'iw_second-of-a', KEY_B: 'iw_key-of-b' };
const KEYS: NonNullable<ConfigInput['keys']> = [
  { id: 'a', key: '${KEY_A}', tenant: 'acme' },
  { id: 'a2', key: '${KEY_A2}', tenant: 'acme' },
  { id: 'b', key: '${KEY_B}' },
];

async function started(
  behave?: Parameters<typeof ownUpstream>[0],
  config: ConfigInput = {},
  away?: OwnUpstream,
): Promise<Stack & { readonly upstream: OwnUpstream }> {
  const upstream = await ownUpstream(behave);
  const stack = await startStack(
    {},
    {
      retry: false,
      keys: KEYS,
      providers: {
        plain: { baseUrl: upstream.baseUrl },
        ...(away && { away: { baseUrl: away.baseUrl } }),
      },
      prices: { 'plain/*': { input: 1, output: 1 } },
      ...config,
    },
    [],
    ENVIRONMENT,
  );
  return { ...stack, upstream };
}

const send = (
  { url }: { readonly url: string },
  key: string,
  body: object = {},
  bearer = KEY,
): Promise<Asked> =>
  ask(url, {
    headers: { authorization: `Bearer ${bearer}`, 'idempotency-key': key },
    body: { model: MODEL, messages, ...body },
  });

const openai = ({ url }: { readonly url: string }, maxRetries = 0): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries });
const named = (key: string): { headers: Record<string, string> } => ({
  headers: { 'Idempotency-Key': key },
});

describe('official clients that name their calls', () => {
  test('openai: a repeat is the same answer, and reaches nobody', async () => {
    const stack = await started();
    const client = openai(stack);
    const call = () =>
      client.chat.completions.create({ model: MODEL, messages }, named('k')).withResponse();
    const [first, second] = [await call(), await call()];
    expect(second.data).toEqual({ ...first.data, created: second.data.created });
    expect(second.data.choices[0]?.message.content).toBe('answer 1');
    const replayed = [first, second].map(({ response }) =>
      response.headers.get('idempotent-replayed'),
    );
    expect(replayed).toEqual([null, 'true']);
    const costs = [first, second].map(({ response }) => response.headers.get('x-inferway-cost'));
    expect(costs).toEqual(['0.000005', '0']);
    expect(second.response.headers.get('x-inferway-attempts')).toBe('0');
    expect(stack.upstream.asked()).toBe(1);
  });

  test('openai: a stream, too', async () => {
    const stack = await started();
    const texts: string[] = [];
    for (let times = 0; times < 3; times++) {
      const { data, response } = await openai(stack)
        .chat.completions.create({ model: MODEL, messages, stream: true }, named('k'))
        .withResponse();
      let text = '';
      for await (const chunk of data) text += chunk.choices[0]?.delta.content ?? '';
      texts.push(`${text} ${response.headers.get('idempotent-replayed')}`);
    }
    expect(texts).toEqual(['answer 1 null', 'answer 1 true', 'answer 1 true']);
    expect(stack.upstream.asked()).toBe(1);
  });

  test('@anthropic-ai/sdk: both shapes', async () => {
    const stack = await started();
    const client = new Anthropic({ baseURL: stack.url, apiKey: KEY, maxRetries: 0 });
    const input = { model: MODEL, max_tokens: 100, messages };
    const first = await client.messages.create(input, named('whole'));
    const second = await client.messages.create(input, named('whole'));
    expect(second).toEqual(first);
    const streamed: string[] = [];
    for (let times = 0; times < 2; times++) {
      let text = '';
      for await (const event of await client.messages.create(
        { ...input, stream: true },
        named('stream'),
      )) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text;
      }
      streamed.push(text);
    }
    expect(streamed).toEqual(['answer 2', 'answer 2']);
    expect(stack.upstream.asked()).toBe(2);
    const refusal = await client.messages
      .create({ ...input, max_tokens: 7 }, named('whole'))
      .catch((reason: unknown) => reason);
    expect(refusal).toBeInstanceOf(Anthropic.BadRequestError);
  });

  test('openai: duplicates at the same time get the one answer by the client’s own retries', async () => {
    const stack = await started(() => ({ afterMs: 300 }));
    const client = openai(stack, 3);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        client.chat.completions.create({ model: MODEL, messages }, named('k')),
      ),
    );
    expect(answers.map(({ choices }) => choices[0]?.message.content)).toEqual(
      Array.from({ length: 5 }, () => 'answer 1'),
    );
    expect(stack.upstream.asked()).toBe(1);
  });
});

test('of duplicates at the same time one is executed, the others are told that it runs', async () => {
  const stack = await started(() => ({ afterMs: 200 }));
  const answers = await Promise.all(Array.from({ length: 8 }, () => send(stack, 'k')));
  expect(answers.map(({ status }) => status).sort()).toEqual([
    200,
    ...Array.from({ length: 7 }, () => 409),
  ]);
  const refused = answers.find(({ status }) => status === 409) as Asked;
  expect(refused.headers).toMatchObject({
    'x-inferway-error': 'conflict',
    'retry-after-ms': '1000',
  });
  expect(refused.headers['x-should-retry']).toBeUndefined();
  expect(json(refused).error.message).toContain('is running');
  expect(stack.upstream.asked()).toBe(1);
  expect((await send(stack, 'k')).headers['idempotent-replayed']).toBe('true');
});

test('the same key with another body, shape or model is refused, in the caller’s protocol', async () => {
  const stack = await started();
  await send(stack, 'k');
  for (const body of [{ temperature: 0 }, { stream: true }, { model: 'plain/other' }]) {
    const refused = await send(stack, 'k', body);
    expect(refused.status).toBe(400);
    expect(json<{ error: object }>(refused).error).toMatchObject({ param: 'Idempotency-Key' });
  }
  expect(stack.upstream.asked()).toBe(1);
});

test('an alias is another model than what it stands for, and another route is another call', async () => {
  const away = await ownUpstream(() => ({ status: 503 }));
  const stack = await started(undefined, { aliases: { smart: ['away/m', MODEL] } }, away);
  expect((await send(stack, 'k', { model: 'smart' })).text).toContain('answer 1');
  expect((await send(stack, 'k', { model: 'smart' })).headers['idempotent-replayed']).toBe('true');
  // Answered by another model than this one.
  expect((await send(stack, 'k', { model: 'away/m' })).status).toBe(400);
  const elsewhere = await ask(stack.url, {
    path: '/v1/messages',
    headers: { 'idempotency-key': 'k' },
    body: { model: 'smart', messages },
  });
  expect(elsewhere.status).toBe(400);
  expect(stack.upstream.asked()).toBe(1);
});

test('tenants never meet under one key; keys of one tenant do', async () => {
  const stack = await started();
  const texts: string[] = [];
  for (const bearer of ['KEY_A', 'KEY_B', 'KEY_A2', 'KEY_B'] as const) {
    texts.push((await send(stack, 'k', {}, ENVIRONMENT[bearer])).text);
  }
  expect(texts.map((text) => /answer \d/u.exec(text)?.[0])).toEqual([
    'answer 1',
    'answer 2',
    'answer 1',
    'answer 2',
  ]);
  // Another tenant's key refuses nothing, either.
  expect((await send(stack, 'k', { temperature: 1 })).status).toBe(200);
});

describe('after a failure', () => {
  test('that was a refusal, the call is executed', async () => {
    const stack = await started((number) => (number === 1 ? { status: 503 } : {}));
    expect((await send(stack, 'k')).status).toBe(503);
    const second = await send(stack, 'k');
    expect([second.status, second.headers['idempotent-replayed']]).toEqual([200, undefined]);
    expect(stack.upstream.asked()).toBe(2);
  });

  test('that may have come after the work, the failure is all there is', async () => {
    const stack = await started((number) => (number === 1 ? { status: 500 } : {}));
    const [first, second] = [await send(stack, 'k'), await send(stack, 'k')];
    expect([first.status, second.status]).toEqual([502, 502]);
    expect(second.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'x-should-retry': 'false',
    });
    expect(json(second).error.message).toContain(json(first).error.message);
    expect(stack.upstream.asked()).toBe(1);
    expect((await send(stack, 'other')).status).toBe(200);
  });

  test('in the middle of a stream, too', async () => {
    const stack = await started((number) => ({ breaks: number === 1 }));
    const first = await send(stack, 'k', { stream: true });
    expect([first.status, first.complete]).toEqual([200, false]);
    const second = await send(stack, 'k', { stream: true });
    expect([second.status, second.headers['idempotent-replayed']]).toEqual([502, 'true']);
    expect(stack.upstream.asked()).toBe(1);
  });

  test('of the caller’s connection, the call is executed again', async () => {
    const stack = await started((number) => ({ afterMs: number === 1 ? 60_000 : 0 }));
    const controller = new AbortController();
    const left = openai(stack).chat.completions.create(
      { model: MODEL, messages },
      { ...named('k'), signal: controller.signal },
    );
    left.catch(() => {});
    while (stack.upstream.asked() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await expect(left).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    const { choices } = await openai(stack, 3).chat.completions.create(
      { model: MODEL, messages },
      named('k'),
    );
    expect(choices[0]?.message.content).toBe('answer 2');
  });
});

test('repeats are in no ledger, no limit and no budget', async () => {
  const stack = await started(undefined, {
    callerLimits: { rules: [{ per: 'tenant', windowMs: 3_600_000, requests: 1 }] },
    budgets: { rules: [{ name: 'all', usd: 1, period: 'total' }] },
    ledger: { memory: true },
    log: true,
  });
  for (let times = 0; times < 3; times++) expect((await send(stack, 'k')).status).toBe(200);
  expect((await send(stack, 'other')).status).toBe(429);
  expect(stack.lines.filter((line) => line.includes('idempotency')).length).toBe(4);
});

test.each(['', 'with space', 'x'.repeat(256)])('the key %j is refused', async (key) => {
  const stack = await started();
  const refused = await send(stack, key);
  expect(refused.status).toBe(400);
  expect(json<{ error: object }>(refused).error).toMatchObject({ param: 'Idempotency-Key' });
});

test('an answer beyond maxAnswerBytes is given once', async () => {
  const stack = await started(undefined, { idempotency: { maxAnswerBytes: 50, maxEntries: 10 } });
  expect((await send(stack, 'k')).status).toBe(200);
  const second = await send(stack, 'k');
  expect(second.status).toBe(409);
  expect(second.headers['x-should-retry']).toBe('false');
  expect(json(second).error.message).toContain('too large');
});

test('a gateway that has it off says so, and serves all other calls', async () => {
  const stack = await started(undefined, { idempotency: false });
  const refused = await send(stack, 'k');
  expect(refused.status).toBe(400);
  expect(json(refused).error.message).toContain('"idempotency" is false');
  expect((await ask(stack.url, { body: { model: MODEL, messages } })).status).toBe(200);
});

test('a gateway in a program refuses the header unless its chain is said to have the layer', async () => {
  const { url } = await startGateway([]);
  expect((await send({ url }, 'k')).status).toBe(400);
});

test('options that cannot work are refused with their place in the config', async () => {
  await expect(
    started(undefined, { idempotency: { whenStoreFails: 'maybe' as never } }),
  ).rejects.toThrow('idempotency: ');
  await expect(started(undefined, { idempotency: { ttlMs: 0 } })).rejects.toThrow('idempotency');
});
