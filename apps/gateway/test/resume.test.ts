import { InferwayError } from '@inferway/core';
import { coalesce } from '@inferway/core/caching';
import { resume } from '@inferway/core/resilience';
import OpenAI from 'openai';
import { expect, test, vi } from 'vitest';
import { ask, CHAT } from './support/ask.js';
import { feeding, START } from './support/scripted-provider.js';
import { KEY, startGateway } from './support/start-gateway.js';

// What callers of the gateway see of answers that go on, and of answers that they share.

const PATHS = ['/v1/chat/completions', '/v1/messages', '/v1/responses'];
const TERMINAL = /\[DONE\]|message_stop|response\.completed/u;

const broke = (): InferwayError =>
  new InferwayError('connection', { message: 'Reset.', provider: 'p', sent: 'maybe' });

function body(path: string): object {
  const question = path === '/v1/responses' ? { input: 'Hi' } : { ...CHAT, max_tokens: 50 };
  return { model: 'p/x', stream: true, ...question };
}

type Opened = ReturnType<typeof feeding>['opened'];

/** The first attempt says `one ` and breaks; gives the second, which has said `text`. */
async function breaksAndGoesOn(opened: Opened, text: string): ReturnType<Opened> {
  const first = await opened();
  first.push(...START);
  first.text('one ');
  first.fail(broke());
  const second = await opened();
  second.push(...START);
  second.text(text);
  return second;
}

test.each(PATHS)('text that goes on is one answer in %s', async (path) => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider], {
    chain: [resume({ mode: 'continue', prefill: ['p/*'], baseMs: 1 })],
  });
  const answer = ask(url, { path, body: body(path) });
  await breaksAndGoesOn(opened, 'two').then((second) => second.end());
  const { text, complete } = await answer;
  expect(complete).toBe(true);
  expect(text).toMatch(TERMINAL);
  expect(text.match(/"one "/gu)?.length).toBeGreaterThanOrEqual(1);
  expect(text).toContain(': resumed {"mode":"continue","error":"connection"');
});

test('the official client reads it as one answer', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider], {
    chain: [resume({ mode: 'continue', prefill: ['p/*'], baseMs: 1 })],
  });
  const client = new OpenAI({ apiKey: KEY, baseURL: `${url}/v1`, maxRetries: 0 });
  const stream = client.chat.completions.stream({
    model: 'p/x',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  const whole = stream.finalContent();
  await breaksAndGoesOn(opened, 'two').then((second) => second.end());
  expect(await whole).toBe('one two');
});

test.each(PATHS)(
  'an answer that begins anew is a failure in %s, and its second attempt is closed',
  async (path) => {
    const { provider, opened } = feeding('p');
    const { url } = await startGateway([provider], {
      chain: [resume({ mode: 'restart', baseMs: 1 })],
    });
    const answer = ask(url, { path, body: body(path) });
    const second = await breaksAndGoesOn(opened, 'second answer');
    const { text, complete } = await answer;
    expect(complete).toBe(false);
    expect(text).not.toContain('second answer');
    expect(text).not.toMatch(TERMINAL);
    expect(text).toContain('begun anew');
    await vi.waitFor(() => expect(second.cancelled?.code).toBe('aborted'));
  },
);

test('two callers share one answer; one that leaves does not end it for the other', async () => {
  const { provider, opened } = feeding('p');
  const { url } = await startGateway([provider], { chain: [coalesce({ scope: 'shared' })] });
  const path = PATHS[0] as string;
  const leaving = new AbortController();
  const gone = fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body(path)),
    signal: leaving.signal,
  }).then((response) => response.text());
  const left = gone.catch(() => 'left');
  const feed = await opened();
  const staying = ask(url, { path, body: body(path) });
  feed.push(...START);
  feed.text('one ');
  await vi.waitFor(() => expect(feed.pulls).toBeGreaterThan(2));
  leaving.abort();
  expect(await left).toBe('left');
  feed.text('two');
  feed.end();
  const { text, complete } = await staying;
  expect(complete).toBe(true);
  expect(text).toContain('"one "');
  expect(text).toContain('"two"');
  expect(feed.cancelled).toBeUndefined();
});
