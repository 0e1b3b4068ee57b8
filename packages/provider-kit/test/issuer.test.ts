import type { AssistantMessage, ChatRequest, ChatResult } from '@inferway/core';
import { describe, expect, it } from 'vitest';
import { stamping, stampResult, withoutForeign } from '../src/provider/issuer.js';

function signed(issuer: string | undefined): AssistantMessage {
  return {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'hm', opaque: { format: 'line', value: 's1', issuer } },
      { type: 'text', text: 'So.' },
      {
        type: 'tool-call',
        id: 'c1',
        name: 'f',
        arguments: '{}',
        opaque: { format: 'line', value: 's2', issuer },
      },
    ],
  };
}

describe('what a provider signed', () => {
  it('leaves a request to another one, and nothing else does', () => {
    const request: ChatRequest = {
      messages: [{ role: 'user', content: 'hi' }, signed('acme'), { role: 'user', content: 'on' }],
      temperature: 1,
    };
    const frozen = JSON.stringify(request);
    expect(withoutForeign(request, 'other')).toEqual({
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'text', text: 'So.' },
            { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}' },
          ],
        },
        { role: 'user', content: 'on' },
      ],
      temperature: 1,
    });
    expect(JSON.stringify(request)).toBe(frozen);
  });

  it.each(['acme', undefined])(
    'goes back to its maker, and where that is unknown (%s)',
    (issuer) => {
      const request: ChatRequest = { messages: [signed(issuer)] };
      expect(withoutForeign(request, 'acme')).toBe(request);
    },
  );

  it('is marked in a result, but for what another format signed', () => {
    const { content } = signed(undefined);
    const result: ChatResult = {
      message: {
        role: 'assistant',
        content: [
          ...(content as []),
          { type: 'reasoning', text: '', opaque: { format: 'far', value: 's3' } },
        ],
      },
      finishReason: { unified: 'stop' },
    };
    stampResult(result, 'line', 'acme');
    const parts = result.message.content as readonly { readonly opaque?: unknown }[];
    expect(parts.map(({ opaque }) => opaque)).toEqual([
      { format: 'line', value: 's1', issuer: 'acme' },
      undefined,
      { format: 'line', value: 's2', issuer: 'acme' },
      { format: 'far', value: 's3' },
    ]);
  });

  it('is marked in events, also in those before a failure', () => {
    const out: unknown[] = [];
    const decoder = stamping<unknown>(
      {
        bytes(_chunk, events) {
          events.push({ type: 'part-end', index: 0, opaque: { format: 'line', value: 's1' } });
          throw new Error('cut');
        },
        end: () => undefined,
        done: false,
        usage: undefined,
      },
      'line',
      'acme',
    );
    expect(() => decoder.bytes(new Uint8Array(), out)).toThrow('cut');
    expect(out).toEqual([
      { type: 'part-end', index: 0, opaque: { format: 'line', value: 's1', issuer: 'acme' } },
    ]);
  });
});
