import { createClient, InferwayError, type Client } from '@inferway/core';
import {
  createHuggingFace,
  createHuggingFaceEndpoint,
  type HuggingFaceProvider,
  type Partner,
} from '@inferway/huggingface';
import { endpoint } from '@inferway/provider-kit';
import { openaiChat } from '@inferway/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { router, type Router } from './support/router.js';
import { askedBy, tapes, type Tape } from './support/tapes.js';

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const calls = tapes.filter((tape) => askedBy(tape) !== undefined);
const chats = calls.filter((tape) => askedBy(tape)?.task === 'conversational');
const generations = calls.filter((tape) => askedBy(tape)?.task === 'text-generation');
const tasks = calls.filter((tape) => !chats.includes(tape) && !generations.includes(tape));

test('the recordings are there, or their absence is said', () => {
  if (tapes.length === 0) console.warn('No ../shared/recordings: nothing recorded is replayed.');
  // All but downloads, listings and polls.
  expect(calls.length).toBe(tapes.length === 0 ? 0 : 120);
});

let playing: Tape | undefined;
let server: Router;
beforeAll(async () => {
  server = await router(({ path }) => {
    if (path.includes('/api/models/')) return { body: mapping() };
    if (playing === undefined) return { status: 500, body: 'no tape' };
    const { status, type, body } = playing;
    // Of files nothing was kept: any bytes stand for them.
    const isFile = /^(?:image|audio|video)\//u.test(type);
    return { status, headers: { 'content-type': type }, body: isFile ? PNG : body, pieces: 13 };
  });
});
afterAll(() => server.close());

/** The Hub, which has the tape's model at the tape's provider. */
function mapping(): object {
  const { partner = '', task = '' } = (playing && askedBy(playing)) ?? {};
  const entry = { status: 'live', providerId: 'org/model', task };
  return { id: 'org/name', inferenceProviderMapping: { [partner]: entry } };
}

const LATER: Partial<Partner> = {
  endpoints: { chat: endpoint({ format: openaiChat, path: 'v1/chat/completions' }) },
  jobs: { 'text-to-image': { path: () => 'v1/images/generations', input: ['prompt'] } },
};

function connect(): Client<HuggingFaceProvider> {
  const partners = Object.fromEntries(
    ['together', 'fal-ai', 'replicate', 'novita', 'cerebras'].map((id) => [
      id,
      { baseUrl: server.url },
    ]),
  );
  for (const id of ['sambanova', 'nebius', 'hyperbolic', 'mistral']) {
    partners[id] = { baseUrl: server.url, ...LATER };
  }
  const provider = createHuggingFace({
    apiKey: 'hf_tape',
    baseUrl: server.url,
    hubUrl: server.url,
    listingTtlMs: 0,
    loadingMs: 0,
    partners,
  });
  return createClient({ providers: [provider] });
}

/** Plays a tape: its success must be a result, its error a typed one. */
async function play<T>(tape: Tape, ask: (model: string) => Promise<T>): Promise<T | undefined> {
  playing = tape;
  const partner = askedBy(tape)?.partner ?? '';
  try {
    const answer = await ask(`huggingface/org/name:${partner}`);
    expect(tape.status).toBeLessThan(400);
    return answer;
  } catch (reason) {
    if (!InferwayError.is(reason)) throw reason;
    const inBand = /^data: ?\{"error"/u.test(tape.body);
    if (tape.status < 400 && !inBand) throw reason;
    expect(['invalid_request', 'not_found', 'context_length']).toContain(reason.code);
    expect(reason.provider).toMatch(/^(?:huggingface|endpoint)$/u);
    return undefined;
  }
}

const nameOf = (tape: Tape): string =>
  `${tape.status} ${tape.url.host}${tape.url.pathname} ${tape.key}`;

describe.runIf(tapes.length > 0)('a recorded chat', () => {
  test.each(chats.map((tape) => [nameOf(tape), tape] as const))('%s', async (_name, tape) => {
    const client = connect();
    const messages = [{ role: 'user', content: 'hi' }] as const;
    const isStream = tape.type.startsWith('text/event-stream');
    const answer = await play(tape, async (model) => {
      const request = { model: model as 'huggingface/x', messages };
      return isStream ? (await client.chat.stream(request)).result : client.chat(request);
    });
    if (answer !== undefined) {
      expect(answer.text).toBe(textOf(tape.body, isStream));
      expect(answer.finishReason.unified).not.toBe('unknown');
      for (const call of answer.toolCalls) JSON.parse(call.arguments);
      const tokens = lastUsage(tape.body, isStream);
      if (tokens !== undefined) expect(answer.usage?.outputTokens).toBe(tokens);
    }
    await client.close();
  });
});

describe.runIf(tapes.length > 0)('a recorded generation', () => {
  test.each(generations.map((tape) => [nameOf(tape), tape] as const))('%s', async (_name, tape) => {
    const isStream = tape.type.startsWith('text/event-stream');
    const isOpenAI = tape.url.pathname.endsWith('/completions');
    const provider = createHuggingFaceEndpoint({
      url: server.url,
      engine: isOpenAI ? 'vllm' : 'tgi',
      apiKey: 'hf_tape',
      startMs: 0,
    });
    const client = createClient({ providers: [provider] });
    const answer = await play(tape, async () => {
      const request = { model: 'endpoint/model', prompt: 'Once' } as const;
      return isStream ? (await client.complete.stream(request)).result : client.complete(request);
    });
    if (answer !== undefined) expect(answer.text.length).toBeGreaterThan(0);
    await client.close();
  });
});

const INPUTS: Readonly<Record<string, unknown>> = {
  'question-answering': { question: 'q', context: 'c' },
  'table-question-answering': { query: 'q', table: { a: ['1'] } },
  'sentence-similarity': { sourceSentence: 'a', sentences: ['b', 'c', 'd'] },
  'visual-question-answering': { image: PNG, question: 'q' },
  'document-question-answering': { image: PNG, question: 'q' },
};
const FILES = /^(?:image-|audio-|automatic|object|zero-shot-image)/u;

describe.runIf(tapes.length > 0)('a recorded task', () => {
  test.each(tasks.map((tape) => [nameOf(tape), tape] as const))('%s', async (_name, tape) => {
    const client = connect();
    const task = askedBy(tape)?.task ?? '';
    const inputs = INPUTS[task] ?? (FILES.test(task) ? PNG : (tape.asked['inputs'] ?? 'text'));
    const parameters = task.startsWith('zero-shot') ? { candidate_labels: ['a'] } : undefined;
    const answer = await play(tape, (model) =>
      client.task({ model, task, inputs, parameters } as never),
    );
    if (answer !== undefined) {
      const { output } = answer as unknown as { readonly output: unknown };
      expect(output).toBeDefined();
      if (Array.isArray(output)) expect(output.length).toBeGreaterThan(0);
      if (tape.type.startsWith('application/json')) expectKept(tape.body, output);
    }
    await client.close();
  });
});

/** Every score and text of the recorded answer is in the output. */
function expectKept(body: string, output: unknown): void {
  const told = JSON.stringify(output);
  for (const [, text] of body.matchAll(
    /"(?:label|answer|word|token_str|summary_text|url)":"([^"\\]{1,60})"/gu,
  )) {
    expect(told).toContain(text);
  }
  for (const [, score] of body.matchAll(/"score":([\d.]+(?:e-?\d+)?)/gu)) {
    expect(told).toContain(JSON.stringify(Number(score)));
  }
}

interface Body {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string | null };
    readonly delta?: { readonly content?: string | null };
  }[];
  readonly usage?: { readonly completion_tokens?: number } | null;
}

function bodies(text: string, isStream: boolean): Body[] {
  if (!isStream) return [JSON.parse(text) as Body];
  return text
    .split('\n')
    .filter((line) => line.startsWith('data:') && !line.includes('[DONE]'))
    .map((line) => JSON.parse(line.slice(5)) as Body);
}

function textOf(text: string, isStream: boolean): string {
  return bodies(text, isStream)
    .map(({ choices }) => choices?.[0]?.message?.content ?? choices?.[0]?.delta?.content ?? '')
    .join('');
}

function lastUsage(text: string, isStream: boolean): number | undefined {
  return bodies(text, isStream).findLast(({ usage }) => typeof usage === 'object' && usage !== null)
    ?.usage?.completion_tokens;
}
