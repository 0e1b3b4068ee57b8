import { createClient, InferwayError } from '@inferway/core';
import { loopback } from '@inferway/provider-kit/testing';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createReplicate } from '../src/index.js';

const TAPES = new URL('../../../../../shared/recordings/huggingface/tapes.json', import.meta.url);

interface Tape {
  readonly url: string;
  readonly init: { readonly method?: string; readonly body?: string };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

const tapes: readonly (readonly [string, Tape])[] = existsSync(TAPES)
  ? Object.entries(JSON.parse(readFileSync(TAPES, 'utf8')) as Record<string, Tape>).filter(
      ([, { url }]) =>
        url.startsWith('https://api.replicate.com/v1/') && url.endsWith('/predictions'),
    )
  : [];

// What Replicate itself answered; kept beside the repository, not in it.
describe.skipIf(tapes.length === 0)('recorded answers', () => {
  it.each(tapes)('%s is a result or a typed error', async (_key, { init, response }) => {
    const recorded = JSON.parse(response.body) as {
      readonly output?: unknown;
      readonly id?: string;
    };
    const server = await loopback(({ method }, answer) => {
      if (method === 'POST') {
        answer.writeHead(response.status, {
          'content-type': response.headers['content-type'] ?? '',
        });
        answer.end(response.body);
        return;
      }
      // All that succeeded were answered while they were still "processing", with their output.
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ ...recorded, status: 'succeeded' }));
    });
    const client = createClient({
      providers: [createReplicate({ apiKey: 'r8_key_of_a_test', baseUrl: server.baseUrl })],
    });
    const { input } = JSON.parse(init.body ?? '{}') as { readonly input: Record<string, string> };
    try {
      const result = await client.prediction({ model: 'replicate/owner/name', input });
      expect(result.id).toBe(recorded.id);
      const [file] = Array.isArray(result.output) ? (result.output as unknown[]) : [result.output];
      expect(file).toMatchObject({
        type: 'url',
        url: expect.stringContaining('https://replicate.delivery/'),
      });
    } catch (reason) {
      const error = InferwayError.from(reason);
      expect(error).toMatchObject({ code: 'invalid_request', status: 422 });
      expect(error.message).toMatch(/Additional property|is required/u);
    } finally {
      await server.close();
    }
  });
});
