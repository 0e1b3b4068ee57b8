import { createClient, InferwayError, type ErrorCode } from '@inferway/core';
import { answer, faultServer, jsonAnswer } from '@inferway/provider-kit/testing';
import { describe, expect, it } from 'vitest';
import { createTgi } from '../src/index.js';

const messages = [{ role: 'user' as const, content: 'my secret is plum-cake' }];
const DESERIALIZE =
  'Failed to deserialize the JSON body into the target type: missing field `inputs` at line 1 column 158';

/** What a call comes to at a server that answers so. */
async function failureOf(
  bytes: Uint8Array,
  call: 'chat' | 'complete' | 'stream',
): Promise<InferwayError> {
  const server = await faultServer(async (connection) => {
    while ((await connection.request()) !== undefined) await connection.write(bytes);
  });
  const client = createClient({ providers: [createTgi({ baseUrl: server.origin })] });
  try {
    const asked = { model: 'tgi/m', prompt: 'my secret is plum-cake' } as const;
    if (call === 'stream') await (await client.chat.stream({ model: 'tgi/m', messages })).result;
    else if (call === 'chat') await client.chat({ model: 'tgi/m', messages });
    else await client.complete(asked);
  } catch (reason) {
    return InferwayError.from(reason);
  } finally {
    await client.close();
    await server.close();
  }
  return expect.unreachable();
}

const native = (status: number, error: string, type: string): Uint8Array =>
  jsonAnswer(status, { error, error_type: type });

const inChat = (message: string): Uint8Array =>
  answer(200, `data: ${JSON.stringify({ error: { message, http_status_code: 422 } })}\n\n`, {
    'content-type': 'text/event-stream',
  });

const CASES: readonly [
  Uint8Array,
  'chat' | 'complete' | 'stream',
  ErrorCode,
  Partial<InferwayError>,
][] = [
  [
    native(422, 'Input validation error: `temperature` must be strictly positive', 'validation'),
    'complete',
    'invalid_request',
    { status: 422, retryable: false, providerCode: 'validation' },
  ],
  [
    native(
      422,
      'Input validation error: `inputs` must have less than 4095 tokens. Given: 5000',
      'validation',
    ),
    'complete',
    'context_length',
    {},
  ],
  [
    native(422, 'Template error: template not found', 'template_error'),
    'chat',
    'unsupported',
    { fallbackable: true },
  ],
  [
    native(422, 'Tool error: Grammar and tools are mutually exclusive', 'tool_error'),
    'chat',
    'invalid_request',
    {},
  ],
  [
    native(424, 'Request failed during generation: CUDA out of memory', 'generation'),
    'complete',
    'server',
    { retryable: true, status: 424 },
  ],
  [
    native(429, 'Model is overloaded', 'overloaded'),
    'complete',
    'overloaded',
    { retryable: true, status: 429 },
  ],
  [
    native(500, 'Incomplete generation', 'incomplete_generation'),
    'complete',
    'server',
    { retryable: true },
  ],
  [native(503, 'unhealthy', 'healthcheck'), 'complete', 'overloaded', {}],
  [answer(422, DESERIALIZE, { 'content-type': 'text/plain' }), 'complete', 'invalid_request', {}],
  [inChat('Request failed during generation: Server error: boom'), 'stream', 'server', {}],
  [inChat('Model is overloaded'), 'stream', 'overloaded', {}],
  [
    inChat(
      'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 17 `inputs` tokens and 10000 `max_new_tokens`',
    ),
    'stream',
    'context_length',
    {},
  ],
];

describe('errors of a TGI server', () => {
  it.each(CASES)(
    'case %# is typed, and repeats nothing of the prompt',
    async (bytes, call, code, more) => {
      const error = await failureOf(bytes, call);
      expect(error).toMatchObject({ code, provider: 'tgi', ...more });
      expect(error.message).not.toContain('plum-cake');
    },
  );
});
