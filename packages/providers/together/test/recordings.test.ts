import { existsSync, readFileSync } from 'node:fs';
import { InferwayError } from '@inferway/core';
import type { Answer } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { asked } from './support/asked.js';

const TAPES = new URL('../../../../../shared/recordings/huggingface/tapes.json', import.meta.url);
const HOST = 'https://api.together.xyz/v1';

interface Tape {
  readonly url: string;
  readonly init: { readonly body: string };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const tapes: readonly (readonly [string, Tape])[] = existsSync(TAPES)
  ? Object.entries(JSON.parse(readFileSync(TAPES, 'utf8')) as Record<string, Tape>).filter(
      ([, { url }]) => url.startsWith(HOST),
    )
  : [];

function replayed({ status, headers, body }: Tape['response']): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': headers['content-type'] ?? '' });
    response.end(body);
  };
}

// What Together itself answered; kept beside the repository, not in it.
describe.skipIf(tapes.length === 0)('Recorded answers of Together (../shared/recordings)', () => {
  it.each(tapes)('%s is a result or a typed error', async (_key, { url, init, response }) => {
    const call = asked(replayed(response), async (client) => {
      const model = 'together/recorded' as const;
      if (url.endsWith('/images/generations')) return client.image({ model, prompt: 'A' });
      if (url.endsWith('/completions') && !url.endsWith('/chat/completions')) {
        return client.complete({ model, prompt: 'A' });
      }
      const ask = { model, messages: [{ role: 'user' as const, content: 'A' }] };
      const { stream } = JSON.parse(init.body) as { stream?: boolean };
      return stream === true ? (await client.chat.stream(ask)).result : client.chat(ask);
    });
    if (response.status !== 200) {
      const error = InferwayError.from(await call.catch((reason: unknown) => reason));
      expect(error).toMatchObject({ code: 'invalid_request', status: response.status });
      return;
    }
    const { answer } = await call;
    expect(answer).toMatchObject({
      text: expect.stringMatching(/two|2|city of love/u),
      finishReason: { unified: expect.stringMatching(/^(?:stop|length)$/u) },
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
    });
  });
});
