import { InferwayError, type AssistantPart } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { anthropicMessages, type Decoded } from '../src/index.js';
import { source } from './anthropic-support.js';

function decode(body: unknown): Decoded<'chat'> {
  return anthropicMessages.decodeResponse(body, source);
}

function failure(body: unknown): InferwayError {
  try {
    decode(body);
  } catch (reason) {
    return InferwayError.from(reason);
  }
  throw new Error('nothing was thrown');
}

describe('Anthropic Messages, a unary answer', () => {
  it.each([
    ['an error', { type: 'error', error: { type: 'overloaded_error', message: 'x' } }],
    ['an error without its type', { error: { message: 'x' } }],
  ])('throws what the classifier gives for %s inside a success', (_name, body) => {
    expect(failure(body).code).toBe('overloaded');
  });

  it.each([
    ['a page', '<html>'],
    ['nothing', undefined],
    ['a list', []],
    ['another protocol', { choices: [] }],
    ['content as text', { content: 'x' }],
  ])('is not of the protocol: %s', (_name, body) => {
    expect(failure(body)).toMatchObject({ code: 'protocol', retryable: true });
  });

  it('is empty without content and stop reason, but not with either', () => {
    expect(failure({ content: [], stop_reason: null }).code).toBe('empty_response');
    expect(decode({ content: [], stop_reason: 'end_turn' }).result.message.content).toEqual([]);
    expect(decode({ content: [{ type: 'text', text: 'x' }] }).result.finishReason).toEqual({
      unified: 'unknown',
    });
  });

  it('drops a last call without arguments where the limit may have cut it, and no other', () => {
    const call = { type: 'tool_use', id: 'a', name: 'f', input: {} };
    const text = { type: 'text', text: 'x' };
    const kept = (content: object[], stop_reason: string): number =>
      decode({ content, stop_reason }).result.message.content.length;
    expect(kept([text, call], 'max_tokens')).toBe(1);
    expect(kept([call, text], 'max_tokens')).toBe(2);
    expect(kept([text, { ...call, input: { a: 1 } }], 'max_tokens')).toBe(2);
    expect(kept([text, call], 'tool_use')).toBe(2);
  });

  it('keeps blocks that are not as documented instead of failing', () => {
    const odd = [{ type: 'text' }, { type: 'tool_use', name: 'f' }, { no: 'type' }, { type: 7 }];
    const { result } = decode({
      content: [...odd, null, 'x', { type: 'thinking' }],
      stop_reason: 'end_turn',
    });
    const parts: readonly AssistantPart[] = result.message.content;
    expect(parts.slice(0, 4).map((part) => part.type === 'provider' && part.value)).toEqual(odd);
    expect(parts.slice(4)).toEqual([{ type: 'reasoning', text: '' }]);
  });

  it('sums the lifetimes of cache writes where the total is not said, and leaves out what is not a count', () => {
    const usage = {
      input_tokens: 1,
      output_tokens: 'many',
      cache_read_input_tokens: null,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
    };
    expect(decode({ content: [], stop_reason: 'x', usage }).usage).toEqual({
      inputTokens: 8,
      cacheWriteTokens: 7,
      cacheWrite1hTokens: 4,
      raw: usage,
    });
    expect(decode({ content: [], stop_reason: 'x' })).not.toHaveProperty('usage');
  });
});
