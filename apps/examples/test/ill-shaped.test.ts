import { createAnthropic } from '@inferway/anthropic';
import { createClient, InferwayError, type Provider } from '@inferway/core';
import { createReplicate } from '@inferway/replicate';
import { createTgi } from '@inferway/tgi';
import { createSimulator, type Simulator } from '@inferway/simulator';
import { createTogether } from '@inferway/together';
import { createOpenAI } from '@inferway/openai';
import { createHuggingFace } from '@inferway/huggingface';
import { createFireworks } from '@inferway/fireworks';
import { createGroq } from '@inferway/groq';
import { createVllm } from '@inferway/vllm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const KEY = 'hf_simulated';
const PROMPT = 'plum-cake-42';

const simulator: Simulator = createSimulator({ keys: [KEY] });
beforeAll(async () => {
  await simulator.listen();
});
afterAll(() => simulator.close());

const at = (name: keyof Simulator['baseUrls']): { apiKey: string; baseUrl: string } => ({
  apiKey: KEY,
  baseUrl: simulator.baseUrls[name],
});
const PROVIDERS: Readonly<Record<string, () => unknown>> = {
  'openai by Responses': () => createOpenAI({ ...at('openai'), api: 'responses' }),
  'openai by Chat Completions': () => createOpenAI({ ...at('openai'), api: 'chat-completions' }),
  anthropic: () => createAnthropic(at('anthropic')),
  huggingface: () =>
    createHuggingFace({ ...at('huggingface'), hubUrl: simulator.baseUrls.huggingfaceRoot }),
  together: () => createTogether(at('together')),
  fireworks: () => createFireworks(at('fireworks')),
  'fireworks by Messages': () => createFireworks({ ...at('fireworks'), api: 'messages' }),
  groq: () => createGroq(at('groq')),
  vllm: () => createVllm(at('vllm')),
  tgi: () => createTgi(at('tgi')),
  replicate: () => createReplicate(at('replicate')),
};

const user = (content: unknown): object => ({ messages: [{ role: 'user', content }] });
const hello = user(`Hello ${PROMPT}`);
const circle: Record<string, unknown> = {};
circle['self'] = circle;

/** What plain JavaScript can ask for. Most of it is no request of the type; some of it providers answer nevertheless. */
const REQUESTS: Readonly<Record<string, readonly object[]>> = {
  chat: [
    {},
    { messages: null },
    { messages: [null] },
    { messages: PROMPT },
    { messages: [] },
    user(null),
    user([null]),
    user(''),
    user([{ type: 'image' }]),
    user([{ type: PROMPT }]),
    user([{ type: 'image', image: { type: 'url', url: 'not a URL' } }]),
    user(`\ud800 ${PROMPT}`),
    { messages: [{ role: PROMPT, content: PROMPT }] },
    { messages: [{ role: 'tool', content: [{ type: 'tool-result', id: 'x', content: PROMPT }] }] },
    { messages: [{ role: 'tool', content: PROMPT }] },
    ...[Number.NaN, Infinity, -1, 0, 1.5, '5', 5n].map((maxOutputTokens) => ({
      ...hello,
      maxOutputTokens,
    })),
    ...[Number.NaN, Infinity, 'hot'].map((temperature) => ({ ...hello, temperature })),
    ...[[null], { a: 1 }, [{ name: '' }], [{ name: '__proto__', parameters: PROMPT }]].map(
      (tools) => ({ ...hello, tools }),
    ),
    { ...hello, output: PROMPT },
    { ...hello, providerOptions: JSON.parse('{"__proto__":{"x":1}}') as object },
  ],
  complete: [{}, { prompt: null }, { prompt: '' }, { prompt: PROMPT, temperature: Number.NaN }],
  embed: [
    {},
    { input: null },
    { input: [] },
    { input: [null] },
    { input: [PROMPT], dimensions: -1 },
  ],
  image: [{}, { prompt: null }, { prompt: PROMPT, count: -1 }, { prompt: PROMPT, images: 'x' }],
  speech: [
    {},
    { text: null },
    { text: PROMPT, format: 'none' },
    { text: PROMPT, speed: Number.NaN },
  ],
  transcribe: [
    {},
    { audio: null },
    { audio: 'x' },
    { audio: { type: 'base64', data: '!!!!', mediaType: 'audio/wav' } },
    { audio: { type: 'bytes', data: new Uint8Array(), mediaType: 'audio/wav' } },
  ],
  rerank: [{}, { query: null, documents: null }, { query: PROMPT, documents: [] }],
  countTokens: [{}, { messages: null }, { messages: [null] }],
  raw: [{}, { path: null }, { path: '/x', json: circle }],
  task: [{}, { task: 'no-such-task', inputs: PROMPT }, { task: 'summarization', inputs: null }],
  prediction: [{}, { input: null }, { input: circle }],
};

type Method = (input: object) => Promise<unknown>;

async function failureOf(method: Method, input: object): Promise<InferwayError | undefined> {
  try {
    await method(input);
    return undefined;
  } catch (reason) {
    // A TypeError, or anything else that is not ours, ends the test here.
    if (!InferwayError.is(reason)) throw reason;
    return reason;
  }
}

describe.each(Object.keys(PROVIDERS))('%s', (name) => {
  it.each(Object.keys(REQUESTS))(
    'answers or refuses ill-shaped requests of %s',
    async (operation) => {
      const provider = PROVIDERS[name]?.() as Provider;
      const client = createClient({ providers: [provider] });
      const method = (client as unknown as Record<string, Method | undefined>)[operation];
      const model = `${provider.name}/${name === 'replicate' ? 'inferway/' : ''}sim-chat`;
      for (const request of REQUESTS[operation] ?? []) {
        const error = await (method && operation in provider
          ? failureOf(method, { ...request, model })
          : undefined);
        if (error === undefined) continue;
        expect(error.code, String(error.cause)).toMatch(
          /^(invalid_request|unsupported|not_found|context_length|empty_response)$/u,
        );
        expect(error.provider).toBe(provider.name);
        if (error.status !== undefined) expect(error.requestId).toMatch(/\S/u);
        const shown = `${error.message} ${JSON.stringify(error)}`;
        expect(shown).not.toContain(PROMPT);
        expect(shown).not.toContain(KEY);
      }
      await client.close();
    },
  );
});
