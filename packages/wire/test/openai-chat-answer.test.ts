import { InferwayError, messageText, messageToolCalls, type ChatResult } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { openaiChat, type OpenAIChatDialect } from '../src/index.js';
import { sourceOf } from './decode-stream.js';

const choice = (message: object, finish_reason = 'stop'): object => ({
  choices: [{ index: 0, message, finish_reason }],
});
const decode = (
  body: unknown,
  dialect?: OpenAIChatDialect,
): ReturnType<typeof openaiChat.decodeResponse> =>
  openaiChat.decodeResponse(body, sourceOf([], dialect));
const code = (body: unknown): string => {
  try {
    decode(body);
  } catch (error) {
    expect(error).toBeInstanceOf(InferwayError);
    return (error as InferwayError).code;
  }
  return 'none';
};
const usageOf = (usage: object, dialect?: OpenAIChatDialect): object => {
  const { raw, ...read } = decode({ ...choice({ content: 'x' }), usage }, dialect).usage ?? {};
  expect(raw).toEqual(usage);
  return read;
};

describe('An answer of Chat Completions', () => {
  it('that is none is told apart: empty, failed, foreign', () => {
    expect(code({ choices: [] })).toBe('empty_response');
    expect(code({ choices: null, id: 'x' })).toBe('empty_response');
    expect(code({})).toBe('empty_response');
    expect(code('<html>')).toBe('protocol');
    expect(code(undefined)).toBe('protocol');
    expect(code([choice({ content: 'x' })])).toBe('protocol');
    expect(code({ error: { message: 'x' } })).toBe('server');
    expect(code({ error: 'x', choices: [] })).toBe('server');
    expect(code({ object: 'error', message: 'x' })).toBe('server');
    expect(code({ detail: [{ msg: 'x' }] })).toBe('server');
    expect(code({ choices: [{ error: { code: 502 }, finish_reason: 'error' }] })).toBe('server');
    expect(code({ ...choice({ content: 'x' }), error: null })).toBe('none');
  });

  it('may be empty in itself, which is not the same', () => {
    for (const content of ['', null, undefined, []]) {
      const { result } = decode(choice({ content }, 'length'));
      expect(result.message.content).toEqual([]);
      expect(result.finishReason.unified).toBe('length');
    }
  });

  it('is read in all shapes of tool calls', () => {
    const calls = (message: object, finish = 'tool_calls'): unknown =>
      messageToolCalls(decode(choice(message, finish)).result.message).map(
        ({ name, arguments: text }) => [name, text],
      );
    const call = (text: unknown, id?: string): object => ({
      id,
      function: { name: 'f', arguments: text },
    });
    expect(
      calls({ tool_calls: [call({ a: 1 }), call(''), call(undefined), call('{"b":2}')] }),
    ).toEqual([
      ['f', '{"a":1}'],
      ['f', '{}'],
      ['f', '{}'],
      ['f', '{"b":2}'],
    ]);
    expect(calls({ function_call: { name: 'f', arguments: '{}' } })).toEqual([['f', '{}']]);
    expect(calls({ tool_calls: [call('{}', 'a'), call('{}', 'a'), call('{"b":1}', 'a')] })).toEqual(
      [
        ['f', '{}'],
        ['f', '{"b":1}'],
      ],
    );
    expect(calls({ tool_calls: [call('{"a":', 'a')] }, 'length')).toEqual([]);
    expect(calls({ tool_calls: [call('{"a":', 'a')] })).toEqual([['f', '{"a":']]);
    const ids = messageToolCalls(
      decode({ id: 'chatcmpl-1', ...choice({ tool_calls: [call('{}'), call('{}', '')] }) }).result
        .message,
    ).map(({ id }) => id);
    expect(ids).toEqual(['call_chatcmpl-1_0', 'call_chatcmpl-1_1']);
  });

  it('counts tokens wherever a provider puts them', () => {
    expect(usageOf({ prompt_tokens: 5, completion_tokens: 2, cached_tokens: 3 })).toEqual({
      inputTokens: 5,
      outputTokens: 2,
      cacheReadTokens: 3,
    });
    expect(usageOf({ prompt_cache_hit_tokens: 4, prompt_cache_miss_tokens: 1 })).toEqual({
      cacheReadTokens: 4,
    });
    expect(usageOf({ num_cached_tokens: 4 })).toEqual({ cacheReadTokens: 4 });
    expect(usageOf({ prompt_tokens: -1, completion_tokens: '5', total_tokens: null })).toEqual({});
    expect(
      usageOf({
        prompt_tokens: 9,
        prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 3, audio_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 1 },
      }),
    ).toEqual({
      inputTokens: 9,
      cacheReadTokens: 2,
      cacheWriteTokens: 3,
      inputAudioTokens: 1,
      reasoningTokens: 0,
      outputAudioTokens: 1,
    });
  });

  it('has reasoning in its output tokens, wherever the provider counts it', () => {
    const counted = (completion: number, reasoning: number, total: number): object => ({
      prompt_tokens: 10,
      completion_tokens: completion,
      total_tokens: total,
      completion_tokens_details: { reasoning_tokens: reasoning },
    });
    expect(usageOf(counted(50, 30, 60))).toMatchObject({ outputTokens: 50 });
    expect(usageOf(counted(5, 30, 45))).toMatchObject({ outputTokens: 35 });
    expect(usageOf(counted(20, 10, 40))).toMatchObject({ outputTokens: 30 });
    expect(usageOf(counted(5, 30, 15))).toMatchObject({ outputTokens: 35 });
    expect(usageOf(counted(50, 30, 60), { reasoningTokens: 'outside' })).toMatchObject({
      outputTokens: 80,
    });
    expect(usageOf(counted(20, 10, 40), { reasoningTokens: 'inside' })).toMatchObject({
      outputTokens: 20,
    });
  });

  it('tells what it cost, in integer nano-dollars', () => {
    const cost = (usage: object): unknown =>
      (usageOf(usage) as { reportedCost?: number }).reportedCost;
    expect(cost({ cost: 0.00014 })).toBe(140_000);
    expect(cost({ cost: 0 })).toBe(0);
    expect(
      cost({ cost: 0.01, is_byok: true, cost_details: { upstream_inference_cost: 0.2 } }),
    ).toBe(210_000_000);
    expect(
      cost({ cost: 0.01, is_byok: false, cost_details: { upstream_inference_cost: 0.01 } }),
    ).toBe(10_000_000);
    expect(cost({ cost: { total_cost: 0.006 } })).toBe(6_000_000);
    expect(cost({ cost_in_usd_ticks: 1_176_500 })).toBe(117_650);
    expect(cost({ cost: -1 })).toBeUndefined();
    expect(cost({ cost: 'free' })).toBeUndefined();
    expect(cost({ cost: 1e300 })).toBeUndefined();
  });

  it('keeps its choices in their order and its other fields', () => {
    const { result } = decode({
      id: 'x',
      system_fingerprint: 'fp',
      service_tier: null,
      choices: [
        { index: 1, message: { content: 'b' }, finish_reason: 'stop' },
        {
          index: 0,
          message: { content: 'a' },
          finish_reason: 'stop',
          native_finish_reason: 'end_turn',
        },
      ],
    });
    expect(messageText(result.message)).toBe('a');
    expect(result.finishReason).toEqual({ unified: 'stop', raw: 'end_turn' });
    expect(result.alternatives?.map(({ message }) => messageText(message))).toEqual(['b']);
    expect(result.passthrough).toEqual({
      format: 'openai-chat',
      fields: { system_fingerprint: 'fp' },
    });
  });

  it('is written whole for what the protocol has no place for: texts joined, citations moved with them', () => {
    const result: ChatResult = {
      message: {
        role: 'assistant',
        content: [
          { type: 'text', text: 'One. ' },
          { type: 'text', text: 'Two.', citations: [{ url: 'https://a', start: 0, end: 3 }] },
          { type: 'provider', format: 'other', kind: 'x', value: {} },
          { type: 'image', image: { type: 'file-id', id: 'f' } },
        ],
      },
      finishReason: { unified: 'other', raw: 'pause_turn' },
    };
    const body = openaiChat.encodeResponse({ result }, { id: 'i', model: 'm', created: 1 });
    expect(body).toEqual({
      id: 'i',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'One. Two.',
            refusal: null,
            annotations: [
              {
                type: 'url_citation',
                url_citation: { url: 'https://a', start_index: 5, end_index: 8 },
              },
            ],
          },
          logprobs: null,
          finish_reason: 'stop',
          native_finish_reason: 'pause_turn',
        },
      ],
    });
  });
});

describe('An error body', () => {
  it.each([
    ['invalid_request', 'invalid_request_error', null],
    ['authentication', 'invalid_request_error', 'invalid_api_key'],
    ['not_found', 'invalid_request_error', 'model_not_found'],
    ['billing', 'insufficient_quota', 'insufficient_quota'],
    ['rate_limit', 'rate_limit_error', 'rate_limit_exceeded'],
    ['internal', 'server_error', 'internal_error'],
  ] as const)('for %s has OpenAI’s type and code', (ours, type, theirs) => {
    const error = new InferwayError(ours, { message: 'What.', param: 'x', body: 'secret' });
    expect(openaiChat.encodeError(error, 'req_1')).toEqual({
      error: { message: 'What.', type, param: 'x', code: theirs },
      request_id: 'req_1',
    });
  });
});
