import { ERROR_CODES, type ErrorCode } from '@inferway/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyError, readErrorBody, type ErrorSource } from '../src/index.js';

const NOW = Date.parse('2026-11-21T00:00:00Z');

function classify(status: number, body: unknown, more: Partial<ErrorSource> = {}) {
  return classifyError({ provider: 'p', model: 'm', status, headers: {}, body, now: NOW, ...more });
}

describe('a status without a telling body', () => {
  it.each<[number, ErrorCode, boolean, boolean]>([
    // status, code, retryable, fallbackable
    [301, 'server', true, true],
    [400, 'invalid_request', false, false],
    [401, 'authentication', false, true],
    [402, 'billing', false, true],
    [403, 'permission', false, true],
    [404, 'not_found', false, true],
    [405, 'unsupported', false, true],
    [406, 'invalid_request', false, false],
    [408, 'timeout', true, true],
    [409, 'conflict', true, false],
    [410, 'not_found', false, true],
    [412, 'permission', false, true],
    [413, 'too_large', false, false],
    [415, 'invalid_request', false, false],
    [422, 'invalid_request', false, false],
    [424, 'server', true, true],
    [425, 'conflict', true, true],
    [429, 'rate_limit', true, true],
    [498, 'overloaded', true, true],
    [500, 'server', true, true],
    [501, 'unsupported', false, true],
    [502, 'server', true, true],
    [503, 'overloaded', true, true],
    [504, 'timeout', true, true],
    [505, 'unsupported', false, true],
    [520, 'server', true, true],
    [529, 'overloaded', true, true],
    [599, 'server', true, true],
  ])('%i is %s', (status, code, retryable, fallbackable) => {
    for (const body of ['', '{}', '<html><body>nginx</body></html>', 'oops']) {
      const error = classify(status, body);
      expect(error).toMatchObject({
        code,
        retryable,
        fallbackable,
        status,
        provider: 'p',
        model: 'm',
      });
    }
  });
});

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

describe('the message', () => {
  const secret = 'sk-proj-abcdef0123456789';

  it('holds no web page', () => {
    for (const page of [
      '<!DOCTYPE html><title>Bad gateway</title>',
      '\n<html>Bad gateway',
      'error: <html>Bad gateway',
    ]) {
      const error = classify(502, page);
      expect(error.message).toBe('p answered 502 with a web page instead of an error of its API.');
    }
  });

  it.each([
    ['the attempt’s key', `Incorrect API key provided: ${secret}`],
    ['the key in a URL', `GET /v1?key=${encodeURIComponent(secret)}`],
    ['another key of the kind', 'Incorrect API key provided: sk-other-0123456789abcdef'],
    ['a Hugging Face token', 'token hf_AbCdEfGhIjKlMnOp is invalid'],
    ['a bearer header', 'got authorization: Bearer abc.def-ghi'],
    ['a Google key', 'AIzaSyA1234567890abcdefghijklmnopqrstuv'],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
    ['a URL’s password', 'https://user:hunter2@host/'],
  ])('and the body hold no secret: %s', (_, text) => {
    const error = classify(401, { error: { message: text } }, { secrets: [secret] });
    const all = error.message + String(error.body);
    expect(all).toContain('[secret]');
    expect(all).not.toMatch(/abcdef0123456789|AbCdEfGh|abc\.def-ghi|SyA123|eyJzdWI|hunter2/u);
  });

  it('repeats nothing of the request', () => {
    const prompt = 'My "medical" record says\nthe following about my left knee';
    const request = JSON.stringify({ model: 'org/a-rather-long-model-name', messages: [prompt] });
    const error = classify(400, { error: { message: `cannot process: ${prompt}` } }, { request });
    expect(error.message).not.toContain('knee');
    expect(error.body).toContain('knee');
    expect(Object.keys(error)).not.toContain('body');
    expect(JSON.stringify(error)).not.toContain('knee');
    const model = classify(
      404,
      { error: { message: 'The model org/a-rather-long-model-name does not exist' } },
      { request, model: 'org/a-rather-long-model-name' },
    );
    expect(model.message).toContain('org/a-rather-long-model-name does not exist');
  });

  it('is cut, and so is the body', () => {
    const error = classify(500, 'x'.repeat(1_000_000));
    expect(error.message.length).toBeLessThan(600);
    expect(String(error.body).length).toBeLessThan(17_000);
  });

  it('of a body of a megabyte is made in little time', () => {
    const body = `${'model context tokens monthly sk-'.repeat(40_000)}`;
    const start = process.cpuUsage();
    classify(400, body, { secrets: [secret], request: body });
    const { user } = process.cpuUsage(start);
    // Linear work on cut texts takes milliseconds; a quadratic one would take minutes.
    expect(user / 1000).toBeLessThan(2000);
  });
});

describe('retry advice', () => {
  const after = (headers: Record<string, string>, status = 429, body: unknown = '') =>
    classify(status, body, { headers }).retryAfterMs;

  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['fractions', { 'retry-after': '1.5' }, 1500],
    ['milliseconds', { 'retry-after-ms': '250' }, 250],
    ['the larger of both', { 'retry-after-ms': '0', 'retry-after': '30' }, 30_000],
    ['three days', { 'retry-after': '259200' }, 259_200_000],
    [
      'a date, by the answer’s own clock',
      { date: 'Sat, 21 Nov 2026 10:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 10:00:07 GMT' },
      7000,
    ],
    ['a date without a clock', { 'retry-after': 'Sat, 21 Nov 2026 00:00:05 GMT' }, 5000],
    ['a date in the past', { 'retry-after': 'Fri, 20 Nov 2026 00:00:05 GMT' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['negative milliseconds', { 'retry-after-ms': '-5' }, undefined],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['nothing', { 'retry-after': '' }, undefined],
    ['NaN', { 'retry-after': 'NaN', 'retry-after-ms': 'NaN' }, undefined],
    ['more than a timer holds', { 'retry-after-ms': '2147483648' }, undefined],
    ['infinity', { 'retry-after': '1e400', 'retry-after-ms': 'Infinity' }, undefined],
  ])('reads %s', (_, headers, expected) => {
    expect(after(headers)).toBe(expected);
  });

  it('of a success is not read, since some send it with every answer', () => {
    expect(
      after({ 'retry-after': '13' }, 200, { error: { type: 'overloaded_error' } }),
    ).toBeUndefined();
  });

  it('of Google stands in the body', () => {
    const body = {
      error: {
        code: 429,
        message: 'You exceeded your current quota, please check your plan and billing details.',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }],
      },
    };
    expect(classify(429, body)).toMatchObject({ code: 'rate_limit', retryAfterMs: 34_400 });
  });

  it('x-should-retry is obeyed both ways, but never against an empty account', () => {
    const told = (value: string, status: number, body: unknown = '') =>
      classify(status, body, { headers: { 'x-should-retry': value } }).retryable;
    expect(told('false', 503)).toBe(false);
    expect(told('false', 429)).toBe(false);
    expect(told('true', 400)).toBe(true);
    expect(told('maybe', 400)).toBe(false);
    expect(told('true', 429, { error: { code: 'insufficient_quota' } })).toBe(false);
  });

  it('a provider’s own reading comes first', () => {
    const error = classify(
      400,
      { error: { message: 'x', code: 'sleeping' } },
      {
        refine: (body) =>
          body.words.includes('sleeping')
            ? { code: 'overloaded', retryAfterMs: 9, fallbackable: false }
            : undefined,
      },
    );
    expect(error).toMatchObject({
      code: 'overloaded',
      retryable: true,
      fallbackable: false,
      retryAfterMs: 9,
    });
  });
});
