import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { expect, test, vi } from 'vitest';
import type { ConfigInput } from '../../src/config/config.js';
import { ask, json } from '../support/ask.js';
import { KEY } from '../support/start-gateway.js';
import { startStack } from '../support/start-stack.js';

const messages = [{ role: 'user' as const, content: 'Say hello' }];
const CONFIG: ConfigInput = {
  routes: {
    fast: { targets: ['openai/sim-chat', 'anthropic/sim-chat'] },
    eu: { targets: ['openai/sim-chat', 'anthropic/sim-chat'], require: { region: 'eu' } },
  },
  modelTags: { 'anthropic/*': { region: 'eu' } },
  auto: { policy: 'preferred', aliases: { any: ['plain/sim-chat'] } },
  aliases: { mine: 'route/fast' },
  breaker: true,
};

test('routes, auto and their aliases are models of every protocol, and /v1/models lists them', async () => {
  const { url } = await startStack({}, CONFIG);
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY });
  const anthropic = new Anthropic({ baseURL: url, apiKey: KEY });
  for (const model of ['route/fast', 'route/eu', 'auto/any', 'auto/sim-chat', 'mine']) {
    const chat = await openai.chat.completions.create({ model, messages });
    expect(chat.choices[0]?.message.content).toBeTruthy();
    const response = await openai.responses.create({ model, input: 'Say hello' });
    expect(response.output_text).toBeTruthy();
    const message = await anthropic.messages.create({ model, max_tokens: 50, messages });
    expect(message.content[0]?.type).toBe('text');
  }
  const listed = (await openai.models.list()).data.map(({ id }) => id);
  expect(listed).toEqual(
    expect.arrayContaining([
      'mine',
      'route/fast',
      'route/eu',
      'auto/any',
      'auto/sim-chat',
      'openai/sim-chat',
    ]),
  );
  expect(new Set(listed).size).toBe(listed.length);
});

test('a route goes on to its next target, keeps to what it requires, and its name that nobody has is a 404', async () => {
  const { url, simulator } = await startStack({}, { ...CONFIG, retry: false });
  const eu = await ask(url, { body: { model: 'route/eu', messages } });
  expect(eu.headers['x-inferway-provider']).toBe('anthropic');
  simulator.faults.set('status-503', { protocol: 'openai' });
  const fast = await ask(url, { body: { model: 'route/fast', messages } });
  expect(fast.headers['x-inferway-provider']).toBe('anthropic');
  expect(fast.headers['x-inferway-attempts']).toBe('2');
  const none = await ask(url, { body: { model: 'route/nothing', messages } });
  expect(none.status).toBe(404);
  expect(json(none).error.message).toContain('fast');
});

test('without routes their names are no models', async () => {
  const { url } = await startStack();
  for (const model of ['route/fast', 'auto/sim-chat']) {
    expect((await ask(url, { body: { model, messages } })).status).toBe(404);
  }
});

test('the log tells of each call by its key, in lines, and nothing that was said', async () => {
  const { url, lines, complaints } = await startStack({}, { ...CONFIG, log: true });
  const body = { model: 'route/fast', messages: [{ role: 'user', content: 'canary-of-content' }] };
  await ask(url, { body });
  await vi.waitFor(() => expect(lines.some((line) => line.startsWith('call '))).toBe(true));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['route', 'attempt', 'call']);
  for (const line of lines) expect(line).toMatch(/ call=[\da-f-]{36} key=gateway$/u);
  expect(lines.join('\n')).not.toContain('canary');
  expect(complaints).toEqual([]);
});

test('guards cap and redact what callers send, whatever the protocol', async () => {
  const { url, calls } = await startStack(
    {},
    {
      guards: {
        caps: { inputCharacters: 200, outputTokens: 7 },
        redact: { pii: true, in: 'requests' },
      },
    },
  );
  const content = 'Write to canary@example.com please';
  for (const path of ['/v1/chat/completions', '/v1/messages']) {
    const body = {
      model: 'openai/sim-chat',
      max_tokens: 500,
      messages: [{ role: 'user', content }],
    };
    expect((await ask(url, { path, body })).status).toBe(200);
    const large = { ...body, messages: [{ role: 'user', content: 'x'.repeat(300) }] };
    expect((await ask(url, { path, body: large })).status).toBe(413);
  }
  expect(calls()).toHaveLength(2);
  for (const { body } of calls()) {
    expect(JSON.stringify(body)).not.toContain('canary@');
    expect(JSON.stringify(body)).toMatch(/"max_(?:completion_)?tokens":7\b/u);
  }
});
