import { existsSync, readFileSync } from 'node:fs';
import { createClient, InferwayError } from '@inferway/core';
import { createHuggingFace } from '@inferway/huggingface';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { router, type Router } from './support/router.js';

interface Tape {
  readonly url: string;
  readonly init: { readonly body?: string };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const file = new URL('../../../../../shared/recordings/huggingface/tapes.json', import.meta.url);
const there = existsSync(file);
const tapes = there ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Tape>) : {};
const chats = Object.entries(tapes).filter(
  ([, { url }]) => url.includes('router.huggingface.co') && url.endsWith('/chat/completions'),
);

test('the recordings of the router are there, or their absence is said', () => {
  if (!there) console.warn('No ../shared/recordings: the recorded answers are not replayed.');
  expect(chats.length > 0).toBe(there);
});

describe.runIf(there)('recorded chats of the router', () => {
  let server: Router;
  beforeAll(async () => {
    server = await router(({ body }) => {
      const tape = tapes[String(body?.['user'])];
      if (tape === undefined) return { status: 404, body: { error: 'no tape' } };
      const type = tape.response.headers['content-type'] ?? 'application/json';
      const { status, body: text } = tape.response;
      return { status, headers: { 'content-type': type }, body: text, pieces: 11 };
    });
  });
  afterAll(() => server.close());

  test.each(chats)('%s', async (key, { response }) => {
    const provider = createHuggingFace({ apiKey: 'hf_x', baseUrl: `${server.url}/v1` });
    const client = createClient({ providers: [provider] });
    const request = {
      model: 'huggingface/org/name',
      messages: [{ role: 'user', content: 'hi' }],
      user: key,
    } as const;
    const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
    try {
      const answer = isStream
        ? await (
            await client.chat.stream(request)
          ).result
        : await client.chat(request);
      expect(response.status).toBe(200);
      expect(answer.text).toBe(textOf(response.body, isStream));
      expect(answer.finishReason.unified).not.toBe('unknown');
      for (const call of answer.toolCalls) JSON.parse(call.arguments);
      const usage = lastUsage(response.body, isStream);
      if (usage !== undefined) expect(answer.usage?.outputTokens).toBe(usage);
    } catch (error) {
      if (!InferwayError.is(error)) throw error;
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(error.code).toBe('invalid_request');
    } finally {
      await client.close();
    }
  });
});

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
