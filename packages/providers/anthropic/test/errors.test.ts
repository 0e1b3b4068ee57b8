import { createClient, InferwayError } from '@inferway/core';
import { retry } from '@inferway/core/middleware';
import { json } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { served } from './support/served.js';

const model = 'anthropic/claude-opus-4-7';
const asked = { model, messages: [{ role: 'user', content: 'Hello' }] } as const;
const body = (type: string, message: string, more: object = {}): object => ({
  type: 'error',
  error: { type, message, ...more },
  request_id: 'req_body',
});

async function failure(
  status: number,
  answer: object,
  headers: Record<string, string> = {},
): Promise<InferwayError> {
  const { client } = await served((_, response) => json(response, status, answer, headers));
  return client.chat(asked).then(
    () => expect.unreachable() as never,
    (reason: unknown) => InferwayError.from(reason),
  );
}

const SPENT =
  'You have reached your API usage limits: your organization has crossed its monthly API usage threshold. You will regain access on 2026-12-01 at 00:00 UTC.';

describe('errors', () => {
  it('a month’s spend cap is a 429 that no wait ends', async () => {
    const details = { details: { error_code: 'enforced_spend_limit_reached' } };
    const error = await failure(429, body('rate_limit_error', SPENT, details));
    expect(error).toMatchObject({
      code: 'billing',
      status: 429,
      retryable: false,
      fallbackable: true,
      requestId: 'req_body',
    });
    expect(error.message).toContain('2026-12-01');
    // By its sentence, where a proxy drops the details; and the limit that an account sets itself, which is a 400.
    expect(await failure(429, body('rate_limit_error', SPENT))).toMatchObject({ code: 'billing' });
    const ownLimit = 'You have reached your specified workspace API usage limits.';
    expect(await failure(400, body('invalid_request_error', ownLimit))).toMatchObject({
      code: 'billing',
      retryable: false,
    });
  });

  it('is asked once for a spend cap, and again for a limit of a minute', async () => {
    for (const [message, asks] of [
      [SPENT, 1],
      ['This request would exceed the rate limit.', 3],
    ] as const) {
      const { server, provider } = await served((_, response) =>
        json(response, 429, body('rate_limit_error', message), { 'retry-after': '0' }),
      );
      const client = createClient({
        providers: [provider as never],
        middleware: [retry({ attempts: 3, baseMs: 1, maxMs: 2 })],
      }) as unknown as { chat(request: object): Promise<unknown> };
      await expect(client.chat(asked)).rejects.toMatchObject({ status: 429 });
      expect(server.seen).toHaveLength(asks);
    }
  });

  it('says how to give a beta where a field is not permitted', async () => {
    const message = 'fallbacks: Extra inputs are not permitted';
    const error = await failure(400, body('invalid_request_error', message));
    expect(error.code).toBe('invalid_request');
    expect(error.message).toMatch(
      /Extra inputs are not permitted.*providerOptions\.anthropic\.betas/u,
    );
  });

  it.each([
    [429, 'rate_limit_error', { 'retry-after': '7' }, { code: 'rate_limit', retryAfterMs: 7000 }],
    [529, 'overloaded_error', {}, { code: 'overloaded', retryable: true }],
    [500, 'api_error', {}, { code: 'server', retryable: true }],
    [504, 'timeout_error', {}, { code: 'timeout', retryable: true }],
    [402, 'billing_error', {}, { code: 'billing', retryable: false }],
    [403, 'permission_error', {}, { code: 'permission', retryable: false }],
    [404, 'not_found_error', {}, { code: 'not_found', retryable: false }],
    [409, 'conflict_error', {}, { code: 'conflict', retryable: true }],
    [500, 'api_error', { 'x-should-retry': 'false' }, { code: 'server', retryable: false }],
    [400, 'invalid_request_error', { 'x-should-retry': 'true' }, { retryable: true }],
  ])('%i %s with %j', async (status, type, headers, expected) => {
    const error = await failure(status, body(type, 'What went wrong.'), {
      ...headers,
      'request-id': 'req_header',
    });
    expect(error).toMatchObject({
      ...expected,
      status,
      providerCode: type,
      provider: 'anthropic',
      model: 'claude-opus-4-7',
      requestId: 'req_header',
    });
  });

  it('in a stream that began are the same', async () => {
    const { client } = await served((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'req_s' });
      response.write(
        'event: message_start\ndata: {"type":"message_start","message":{"id":"m","usage":{"input_tokens":9,"output_tokens":1}}}\n\n',
      );
      response.write(
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"Half"}}\n\n',
      );
      response.end(
        `event: error\ndata: ${JSON.stringify(body('overloaded_error', 'Overloaded'))}\n\n`,
      );
    });
    const stream = await client.chat.stream(asked);
    const error = InferwayError.from(await stream.result.catch((reason: unknown) => reason));
    expect(error).toMatchObject({ code: 'overloaded', retryable: true, requestId: 'req_s' });
    expect(error.partial).toMatchObject({ message: { content: [{ text: 'Half' }] } });
    // What the start says of the output is a placeholder.
    expect(error.usage).toMatchObject({ inputTokens: 9 });
    expect(error.usage).not.toHaveProperty('outputTokens');
  });
});
