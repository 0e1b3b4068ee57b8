import { ERROR_CODES, type ErrorCode } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readErrorBody } from '../src/index.js';
import { classify } from './support/classify.js';

describe('a body', () => {
  it.each<[string, number, unknown, ErrorCode, string | undefined]>([
    [
      'OpenAI: no credit',
      429,
      {
        error: {
          message: 'You exceeded your current quota',
          type: 'insufficient_quota',
          param: null,
          code: 'insufficient_quota',
        },
      },
      'billing',
      'insufficient_quota',
    ],
    [
      'OpenAI: rate',
      429,
      { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } },
      'rate_limit',
      'rate_limit_exceeded',
    ],
    [
      'OpenAI: context',
      400,
      {
        error: {
          message: 'too long',
          type: 'invalid_request_error',
          code: 'context_length_exceeded',
          param: 'messages',
        },
      },
      'context_length',
      'context_length_exceeded',
    ],
    [
      'OpenAI: model',
      404,
      { error: { message: 'The model `x` does not exist', code: 'model_not_found' } },
      'not_found',
      'model_not_found',
    ],
    [
      'OpenAI: policy',
      400,
      { error: { message: 'rejected', code: 'content_policy_violation' } },
      'content_filter',
      'content_policy_violation',
    ],
    [
      'OpenAI: key',
      401,
      { error: { message: 'bad', code: 'invalid_api_key' } },
      'authentication',
      'invalid_api_key',
    ],
    [
      'Azure: filter',
      400,
      {
        error: {
          message: 'x',
          code: 'content_filter',
          innererror: { code: 'ResponsibleAIPolicyViolation' },
        },
      },
      'content_filter',
      'content_filter',
    ],
    [
      'Hugging Face: not enabled',
      400,
      {
        error: {
          message: "The requested model 'X' is not supported by any provider you have enabled.",
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_supported',
        },
      },
      'not_found',
      'model_not_supported',
    ],
    [
      'Hugging Face: string',
      400,
      { error: 'Model not supported by provider together' },
      'not_found',
      undefined,
    ],
    ['Hugging Face: missing', 404, { error: 'Model X does not exist' }, 'not_found', undefined],
    [
      'Hugging Face: credits',
      402,
      { error: 'You have depleted your monthly included credits. Purchase more.' },
      'billing',
      undefined,
    ],
    [
      'Together: context',
      422,
      {
        error: {
          message: 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097',
          type: 'invalid_request_error',
        },
      },
      'context_length',
      'invalid_request_error',
    ],
    [
      'TGI: template',
      422,
      { error: 'Template error: template not found', error_type: 'template_error' },
      'invalid_request',
      'template_error',
    ],
    [
      'TGI: in a stream',
      200,
      { error: 'Input validation error: `inputs` must be shorter', error_type: 'validation' },
      'invalid_request',
      'validation',
    ],
    [
      'TGI: busy, in a stream',
      200,
      { error: 'Model is overloaded', error_type: 'overloaded' },
      'overloaded',
      'overloaded',
    ],
    [
      'Anthropic: busy, in a stream',
      200,
      { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      'overloaded',
      'overloaded_error',
    ],
    [
      'Anthropic: rate, in a stream',
      200,
      { type: 'error', error: { type: 'rate_limit_error', message: 'x' } },
      'rate_limit',
      'rate_limit_error',
    ],
    [
      'Anthropic: the API’s own, in a stream',
      200,
      { type: 'error', error: { type: 'api_error', message: 'Internal server error' } },
      'server',
      'api_error',
    ],
    [
      'Groq: a broken tool call',
      400,
      {
        error: {
          message: 'Failed to call a function.',
          type: 'invalid_request_error',
          code: 'tool_use_failed',
          failed_generation: '{',
        },
      },
      'tool_use_failed',
      'tool_use_failed',
    ],
    [
      'Together: above the rate',
      429,
      { id: 'a', error: { message: 'x', type: 'rate_limit', error_type: 'dynamic_token_limited' } },
      'rate_limit',
      'rate_limit',
    ],
    [
      'OpenRouter: numeric, in a stream',
      200,
      { error: { code: 502, message: 'Provider returned error' } },
      'server',
      undefined,
    ],
    [
      'OpenRouter: numeric no credit, in a stream',
      200,
      { error: { code: 402, message: 'x' } },
      'billing',
      undefined,
    ],
    [
      'OpenRouter: code as text',
      200,
      { error: { code: '429', message: 'x' } },
      'rate_limit',
      '429',
    ],
    [
      'llama.cpp: loading',
      503,
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
      'overloaded',
      'unavailable_error',
    ],
    [
      'llama.cpp: context',
      400,
      {
        error: {
          code: 400,
          message: 'the request exceeds the available context size',
          type: 'exceed_context_size_error',
        },
      },
      'context_length',
      'exceed_context_size_error',
    ],
    [
      'vLLM: context by words',
      400,
      {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens.",
        type: 'BadRequestError',
        code: 400,
      },
      'context_length',
      'badrequesterror',
    ],
    [
      'Cerebras: flat',
      422,
      {
        message: 'x is wrong',
        type: 'invalid_request_error',
        param: 'x',
        code: 'wrong_api_format',
      },
      'invalid_request',
      'wrong_api_format',
    ],
    [
      'Mistral: flat',
      400,
      { object: 'error', message: 'bad', type: 'invalid_request_error', param: null, code: '3051' },
      'invalid_request',
      '3051',
    ],
    ['Cohere: flat', 404, { id: 'a', message: "model 'x' not found" }, 'not_found', undefined],
    [
      'Bedrock: flat',
      400,
      { message: 'Input is too long for requested model.' },
      'context_length',
      undefined,
    ],
    [
      'Bedrock: in a stream',
      200,
      { __type: 'throttlingException', message: 'Too many requests' },
      'rate_limit',
      'throttlingexception',
    ],
    ['FastAPI: text', 403, { detail: 'Not allowed' }, 'permission', undefined],
    [
      'FastAPI: list',
      422,
      {
        detail: [
          { loc: ['body', 'messages', 0], msg: 'field required', type: 'missing', input: 'PROMPT' },
        ],
      },
      'invalid_request',
      undefined,
    ],
    [
      'Replicate: problem',
      422,
      { title: 'Input validation failed', detail: '- input.prompt is required', status: 422 },
      'invalid_request',
      undefined,
    ],
    [
      'Replicate: throttled',
      429,
      { detail: 'Request was throttled. Your rate limit resets in ~30s.' },
      'rate_limit',
      undefined,
    ],
    [
      'Responses: failed, in a stream',
      200,
      { type: 'response.failed', response: { error: { code: 'server_error', message: 'x' } } },
      'server',
      'server_error',
    ],
    [
      'Responses: no credit, in a stream',
      200,
      { type: 'error', error: { type: 'insufficient_quota', message: 'x' } },
      'billing',
      'insufficient_quota',
    ],
    [
      'Gemini: a list',
      400,
      [{ error: { code: 400, message: 'API key not valid', status: 'INVALID_ARGUMENT' } }],
      'invalid_request',
      'invalid_argument',
    ],
    [
      'a list of errors',
      400,
      { errors: [{ message: 'first' }, { message: 'second' }] },
      'invalid_request',
      undefined,
    ],
    ['a list of words', 400, { error: ['one', 'two'] }, 'invalid_request', undefined],
    [
      'plain text',
      422,
      'Failed to deserialize the JSON body into the target type',
      'invalid_request',
      undefined,
    ],
    [
      'a 401 that speaks of models',
      401,
      { error: { message: 'x', code: 'model_not_found' } },
      'authentication',
      'model_not_found',
    ],
    [
      'a 402 that speaks of policy',
      402,
      { error: { message: 'the content policy' } },
      'billing',
      undefined,
    ],
    [
      'a 429 that speaks of context',
      429,
      { error: { message: 'too many tokens for this minute' } },
      'rate_limit',
      undefined,
    ],
    ['nothing known, in a stream', 200, { error: { message: 'odd' } }, 'server', undefined],
  ])('%s', (_, status, body, code, providerCode) => {
    for (const form of [body, typeof body === 'string' ? body : JSON.stringify(body)]) {
      const error = classify(status, form);
      expect(error).toMatchObject({ code, status, retryable: ERROR_CODES[code].retryable });
      expect(error.providerCode).toBe(providerCode);
    }
  });

  it('of a FastAPI server names the field and leaves the input out', () => {
    const error = classify(422, {
      detail: [{ loc: ['body', 'messages', 0], msg: 'field required', input: 'PROMPT' }],
    });
    expect(error.message).toContain('body.messages.0: field required');
    expect(error.message).not.toContain('PROMPT');
    expect(error.param).toBe('messages.0');
  });

  it('gives param and request id where it has them', () => {
    const error = classify(400, { error: { message: 'x', param: 'tools[0]' }, request_id: 'r1' });
    expect(error).toMatchObject({ param: 'tools[0]', requestId: 'r1' });
    expect(classify(400, { request_id: 'r1' }, { requestId: 'header' }).requestId).toBe('header');
  });

  it('of any kind is read without throwing, and changes no prototype', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.anything()), (body) => {
        readErrorBody(body);
        classify(400, body);
      }),
    );
    classify(400, '{"__proto__":{"polluted":1},"error":{"__proto__":{"polluted":1}}}');
    expect({}).not.toHaveProperty('polluted');
  });
});
