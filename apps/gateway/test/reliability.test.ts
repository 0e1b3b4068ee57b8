import { spawn } from 'node:child_process';
import { once } from 'node:events';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test, vi } from 'vitest';
import { ask, json } from './support/ask.js';
import { KEY } from './support/start-gateway.js';
import { MODELS, startStack } from './support/start-stack.js';

const messages = [{ role: 'user' as const, content: 'Write 60 words about the sea.' }];
const PATHS = ['/v1/chat/completions', '/v1/messages'];
const quick = { timeouts: { firstEventMs: 300, idleBytesMs: 300, idleContentMs: 400 } };

function body(model: string, stream: boolean): object {
  return { model, stream, max_tokens: 300, messages };
}

describe.each([true, false])('before the first token (stream: %s)', (stream) => {
  test.each(['status-503', 'overloaded', 'status-500', 'reset', 'F10', 'F13'])(
    'a provider that fails with %s is tried again, and the caller sees one clean answer',
    async (fault) => {
      const { url, simulator, calls, complaints } = await startStack();
      simulator.faults.next(fault);
      const answer = await ask(url, { body: body('openai/sim-chat', stream) });
      expect(answer.status).toBe(200);
      expect(answer.complete).toBe(true);
      expect(calls().length).toBe(2);
      // The transport itself sends again what a kept-alive connection was reset under.
      if (fault !== 'reset') expect(answer.headers['x-inferway-attempts']).toBe('2');
      expect(complaints).toEqual([]);
    },
  );

  test('one that goes on failing is replaced by the next of the list, and so is one that is not there', async () => {
    const { url, simulator } = await startStack(
      {},
      {
        providers: { dead: { baseUrl: 'http://127.0.0.1:9/v1', key: '${DEAD_KEY}' } },
        aliases: { smart: ['dead/x', 'openai/sim-chat', 'anthropic/sim-chat'] },
        retry: { attempts: 2 },
      },
    );
    simulator.faults.set('status-503', { protocol: 'openai' });
    for (const path of PATHS) {
      const answer = await ask(url, { path, body: body('smart', stream) });
      expect(answer.status).toBe(200);
      expect(answer.complete).toBe(true);
      expect(answer.headers['x-inferway-provider']).toBe('anthropic');
      expect(answer.headers['x-inferway-model']).toBe('sim-chat');
      expect(Number(answer.headers['x-inferway-attempts'])).toBeGreaterThanOrEqual(3);
      expect(answer.text).not.toContain('error');
    }
  });

  test('a model that its provider has not is told, and replaced only where the config says so', async () => {
    const aliases = { smart: ['openai/sim-retired', 'anthropic/sim-chat'] };
    const told = await startStack({}, { aliases });
    const ruled = await startStack({}, { aliases, fallbackOn: ['not_found'] });
    for (const path of PATHS) {
      const refused = await ask(told.url, { path, body: body('smart', stream) });
      expect([refused.status, refused.headers['x-inferway-provider']]).toEqual([404, 'openai']);
      const answer = await ask(ruled.url, { path, body: body('smart', stream) });
      expect([answer.status, answer.complete]).toEqual([200, true]);
      expect(answer.headers['x-inferway-provider']).toBe('anthropic');
    }
    // What leads on by itself still does.
    ruled.simulator.faults.set('status-503', { protocol: 'openai' });
    const instead = await ask(ruled.url, { body: body('smart', stream) });
    expect(instead.headers['x-inferway-provider']).toBe('anthropic');
  });

  test('where all fail, the caller gets the status of the first and not a stream', async () => {
    const { url, simulator } = await startStack(
      {},
      { aliases: { smart: ['openai/sim-chat', 'anthropic/sim-chat'] }, retry: false },
    );
    simulator.faults.set('rate-limit');
    for (const path of PATHS) {
      const answer = await ask(url, { path, body: body('smart', stream) });
      expect(answer.status).toBe(429);
      expect(answer.headers['content-type']).toContain('application/json');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expect(answer.headers['x-inferway-provider']).toBe('openai');
      expect(json(answer).error.type).toMatch(/rate_limit|tokens|requests/u);
    }
  });

  test('a provider that never answers is a 504', async () => {
    const { url, simulator } = await startStack({}, { ...quick, retry: false });
    simulator.faults.set('F33');
    const answer = await ask(url, { body: body('openai/sim-chat', stream) });
    expect(answer.status).toBe(504);
    expect(answer.headers['x-inferway-error']).toBe('timeout');
  });
});

test('an overloaded error as the first event of a 200 is a 503 for the caller, after all attempts', async () => {
  const { url, simulator } = await startStack({}, { retry: { attempts: 2 } });
  simulator.faults.set('F08');
  for (const [path, model] of [
    ['/v1/messages', 'openai/sim-chat'],
    ['/v1/chat/completions', 'anthropic/sim-chat'],
  ] as const) {
    const answer = await ask(url, { path, body: body(model, true) });
    expect([answer.status, answer.headers['x-inferway-attempts']]).toEqual([503, '2']);
  }
});

describe.each(['openai', 'anthropic'])('after the first token of %s', (provider) => {
  const model = `${provider}/sim-chat`;
  const faults = ['F01', 'F04', 'F05', 'F06', 'F34', 'F35'];

  test.each(faults)('%s gives an openai client what came and a typed error', async (fault) => {
    const { url, simulator, calls } = await startStack({ pace: { writes: 'each' } }, quick);
    simulator.faults.next(fault, { after: 5 });
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0 });
    let text = '';
    let failure: unknown;
    try {
      const stream = await client.chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    } catch (reason) {
      failure = reason;
    }
    expect(text.length).toBeGreaterThan(0);
    expect(failure).toBeInstanceOf(OpenAI.APIError);
    expect((failure as { error: unknown }).error).toMatchObject({ message: expect.any(String) });
    expect(calls().length).toBe(1);
  });

  test.each(faults)('%s gives an Anthropic client what came and a typed error', async (fault) => {
    const { url, simulator } = await startStack({ pace: { writes: 'each' } }, quick);
    simulator.faults.next(fault, { after: 5 });
    const client = new Anthropic({ baseURL: url, apiKey: KEY, maxRetries: 0 });
    let text = '';
    const stream = client.messages.stream({ model, messages, max_tokens: 300 });
    stream.on('text', (piece) => (text += piece));
    const failure: unknown = await stream.finalMessage().catch((reason: unknown) => reason);
    expect(text.length).toBeGreaterThan(0);
    expect(failure).toBeInstanceOf(Anthropic.APIError);
    expect((failure as { error: unknown }).error).toMatchObject({ type: 'error' });
  });

  test.each(PATHS)('no fault ends as a clean answer in %s', async (path) => {
    const { url, simulator } = await startStack({ pace: { writes: 'each' } }, quick);
    for (const fault of faults) {
      simulator.faults.next(fault, { after: 5 });
      const { status, text, complete } = await ask(url, { path, body: body(model, true) });
      expect([fault, status, complete]).toEqual([fault, 200, false]);
      expect(text).toContain('error');
      expect(text).not.toContain('[DONE]');
      expect(text).not.toContain('"type":"message_stop"');
    }
  });
});

describe.each(MODELS)('the cost of a call to %s', (model) => {
  test.each(PATHS)('is the simulator’s bill, streamed and not, in %s', async (path) => {
    const { url, simulator } = await startStack();
    for (const stream of [false, true]) {
      const answer = await ask(url, { path, body: body(model, stream) });
      expect(answer.status).toBe(200);
      const told = stream ? answer.trailers['x-inferway-cost'] : answer.headers['x-inferway-cost'];
      const billed = simulator.bill.of(String(answer.headers['x-inferway-provider-request-id']));
      expect(billed?.cost).toBeGreaterThan(0);
      expect([stream, Math.round(Number(told) * 1e9)]).toEqual([stream, billed?.cost]);
    }
  });
});

test('a model without a price has an unknown cost, streamed or not, and not 0', async () => {
  const { url } = await startStack({}, { prices: {} });
  const unary = await ask(url, { body: body('plain/sim-chat', false) });
  expect([unary.status, unary.headers['x-inferway-cost']]).toEqual([200, 'unknown']);
  const streamed = await ask(url, { body: body('plain/sim-chat', true) });
  expect(streamed.trailers['x-inferway-cost']).toBe('unknown');
});

/** A caller in a process of its own, which can be killed as callers are. */
async function killedCaller(
  url: string,
  request: object,
  whenToKill: 'first byte' | 'sent',
): Promise<number> {
  const script = `
    const { request } = require('node:http');
    const call = request('${url}/v1/chat/completions', { method: 'POST', headers: { authorization: 'Bearer ${KEY}' } });
    call.on('response', (r) => r.once('data', () => process.stdout.write('first byte')));
    call.end(${JSON.stringify(JSON.stringify(request))}, () => process.stdout.write('sent'));
  `;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  for await (const chunk of child.stdout) {
    out += String(chunk);
    if (out.includes(whenToKill)) break;
  }
  // What was sent must also have arrived.
  await new Promise((resolve) => setTimeout(resolve, 80));
  const at = performance.now();
  child.kill('SIGKILL');
  await once(child, 'close');
  return at;
}

test.each([
  ['in the middle of a stream', true, 'first byte', undefined],
  ['before the first event of a stream', true, 'sent', 'F33'],
  ['before a whole answer', false, 'sent', 'F33'],
] as const)(
  'killing a caller %s closes the provider’s socket within 100 ms',
  async (_, stream, whenToKill, fault) => {
    const { url, simulator, calls, complaints } = await startStack({ pace: { perTokenMs: 30 } });
    if (fault !== undefined) simulator.faults.set(fault);
    const killedAt = await killedCaller(url, body('openai/sim-chat', stream), whenToKill);
    await vi.waitFor(() => expect(calls().at(-1)?.clientLeftAt).toBeDefined(), {
      timeout: 2_000,
      interval: 5,
    });
    expect((calls().at(-1)?.clientLeftAt ?? Number.NaN) - killedAt).toBeLessThan(100);
    expect(calls().length).toBe(1);
    expect(complaints).toEqual([]);
  },
);

test('no key of a provider or caller leaves in any answer, header or complaint', async () => {
  const { url, simulator, complaints } = await startStack({}, { retry: false });
  const seen: string[] = [];
  for (const fault of ['status-401', 'status-403', 'status-500', 'F10', 'F12', 'F52', undefined]) {
    for (const path of PATHS) {
      for (const model of ['openai/sim-chat', 'anthropic/sim-chat', 'plain/no-such', 'groq/x']) {
        if (fault !== undefined) simulator.faults.next(fault);
        const answer = await ask(url, { path, body: body(model, false) });
        seen.push(answer.text, JSON.stringify(answer.headers));
        simulator.faults.clear();
      }
    }
  }
  const everything = seen.join('\n') + complaints.join('\n');
  expect(everything).not.toContain('canary');
  expect(everything).not.toContain(KEY);
});

test('a cache of the config serves one key its own answers, unary and streamed, for nothing', async () => {
  const { url, calls } = await startStack(
    {},
    { cache: {}, keys: [{ id: 'b', key: '${PLAIN_KEY}' }] },
  );
  const first = await ask(url, { body: body('openai/sim-chat', false) });
  const again = await ask(url, { body: body('openai/sim-chat', false) });
  const streamed = await ask(url, { body: body('openai/sim-chat', true) });
  expect(calls().length).toBe(1);
  expect(first.headers['x-inferway-cache']).toBe('miss');
  expect(again.headers).toMatchObject({ 'x-inferway-cache': 'hit', 'x-inferway-cost': '0' });
  expect(streamed.headers['x-inferway-cache']).toBe('hit');
  expect(streamed.complete).toBe(true);
  const other = await ask(url, {
    headers: { authorization: 'Bearer canary-plain-0123456789' },
    body: body('openai/sim-chat', false),
  });
  expect(other.headers['x-inferway-cache']).toBe('miss');
  expect(calls().length).toBe(2);
});

test('what a provider does not take is told in a header', async () => {
  const { url } = await startStack();
  const answer = await ask(url, {
    body: { ...body('anthropic/sim-chat', false), logit_bias: { 5: 1 }, frequency_penalty: 0.5 },
  });
  expect(answer.status).toBe(200);
  const warnings = JSON.parse(String(answer.headers['x-inferway-warnings'])) as {
    setting: string;
  }[];
  expect(warnings.map(({ setting }) => setting)).toContain('frequencyPenalty');
});
