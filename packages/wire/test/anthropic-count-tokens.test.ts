import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InferwayError } from '@inferway/core';
import { anthropicCountTokens, anthropicMessages } from '../src/index.js';
import { chatRequest } from './anthropic-arbitraries.js';
import { hello } from './anthropic-encoding.js';
import { source, target } from './anthropic-support.js';

const dialect = { model: () => ({ systemTurns: true }) };

describe('Anthropic count_tokens', () => {
  it('says of a request what its answer would read, and nothing else', () => {
    fc.assert(
      fc.property(chatRequest, (request) => {
        const to = target({ dialect });
        const counted = anthropicCountTokens.encodeRequest(request, to);
        const called = anthropicMessages.encodeRequest(request, target({ dialect }));
        for (const key of Object.keys(counted)) expect(counted[key], key).toEqual(called[key]);
        expect(counted['messages']).toEqual(called['messages']);
        for (const key of ['max_tokens', 'stream', 'temperature', 'stop_sequences', 'metadata'])
          expect(counted).not.toHaveProperty(key);
        // Read again by the other door, it is the same prompt.
        const decoded = anthropicCountTokens.decodeRequest(JSON.parse(JSON.stringify(counted)));
        expect(decoded.model).toBe('claude-x');
        expect(decoded.request.messages).toEqual(request.messages);
        expect(decoded.request.tools).toEqual(request.tools);
      }),
    );
  });

  it('warns of nothing that does not count', () => {
    const to = target({ dialect: { version: '2026-10-21' } });
    anthropicCountTokens.encodeRequest(
      { messages: [hello], temperature: 1, seed: 3, logprobs: 2, stop: ['x'], user: 'u' },
      to,
    );
    expect(to.warnings).toEqual([]);
  });

  it('carries the count both ways', () => {
    const as = { id: '', model: '', created: 0 };
    const result = { inputTokens: 42 };
    const body = anthropicCountTokens.encodeResponse({ result }, as);
    expect(body).toEqual({ input_tokens: 42 });
    expect(anthropicCountTokens.decodeResponse(body, source)).toEqual({ result });
  });

  it.each([null, [], 'x', {}, { input_tokens: -1 }, { input_tokens: 'many' }])(
    'fails %j with a typed error',
    (body) => {
      expect(() => anthropicCountTokens.decodeResponse(body, source)).toThrow(InferwayError);
    },
  );

  it('gives an error inside a success to the provider’s classifier, and refuses what callers may not send', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'x' } };
    expect(() => anthropicCountTokens.decodeResponse(error, source)).toThrow(/in band/u);
    for (const body of [
      {},
      { model: '', messages: [] },
      { model: 'm' },
      { model: 'm', messages: [{ role: 'x' }] },
    ])
      expect(() => anthropicCountTokens.decodeRequest(body)).toThrow(InferwayError);
  });
});
