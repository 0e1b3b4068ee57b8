import { describe, expect, it } from 'vitest';
import { brokenRule as brokenAnthropic } from '../src/protocols/anthropic/rules.js';
import { redactBlock, signBlock } from '../src/protocols/anthropic/thinking-blocks.js';
import { brokenRule as brokenOpenai } from '../src/protocols/openai/rules.js';

const NEW = '2026-10-21';
const OLD = '2023-06-01';
const SEED = 1;

const turn = (role: string, ...content: object[]): object => ({ role, content });
const body = (messages: object[], more: object = {}): object => ({
  model: 'm',
  max_tokens: 4000,
  messages,
  ...more,
});
const text = { type: 'text', text: 'Hi' };
const use = { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
const result = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' };

describe('rules of Anthropic Messages', () => {
  it.each(['temperature', 'top_p', 'top_k'])('%s is refused from 2026-10-21 on', (field) => {
    const request = body([turn('user', text)], { [field]: 1 });
    expect(brokenAnthropic(request, NEW, SEED)).toBe(`${field}: Extra inputs are not permitted`);
    expect(brokenAnthropic(request, OLD, SEED)).toBeUndefined();
  });

  it('documents of the assistant and citations of the user are refused from 2026-10-21 on', () => {
    const document = body([
      turn('user', text),
      turn('assistant', { type: 'document', source: {} }),
    ]);
    expect(brokenAnthropic(document, NEW, SEED)).toMatch(/^messages\.1\.content\.0: document/);
    expect(brokenAnthropic(document, OLD, SEED)).toBeUndefined();
    const cited = (role: string, citations: object[]): object =>
      body([turn(role, { ...text, citations })]);
    expect(brokenAnthropic(cited('user', [{}]), NEW, SEED)).toBe(
      'messages.0.content.0.citations: Extra inputs are not permitted',
    );
    expect(brokenAnthropic(cited('user', []), NEW, SEED)).toBeUndefined();
    expect(brokenAnthropic(cited('assistant', [{}]), NEW, SEED)).toBeUndefined();
    expect(brokenAnthropic(cited('user', [{}]), OLD, SEED)).toBeUndefined();
  });

  it('the version must be there and known', () => {
    expect(brokenAnthropic(body([]), undefined, SEED)).toMatch(/header is required/);
    expect(brokenAnthropic(body([]), '2024-01-01', SEED)).toMatch(/not a valid version/);
  });

  it('a result needs its call in the turn before', () => {
    expect(
      brokenAnthropic(
        body([turn('user', text), turn('assistant', use), turn('user', result)]),
        OLD,
        SEED,
      ),
    ).toBeUndefined();
    expect(
      brokenAnthropic(
        body([turn('user', text), turn('assistant', text), turn('user', result)]),
        OLD,
        SEED,
      ),
    ).toMatch(/^messages\.2\.content\.0: unexpected `tool_use_id`.*toolu_1/);
    expect(brokenAnthropic(body([turn('user', result)]), OLD, SEED)).toMatch(/unexpected/);
  });

  it('thinking has room below max_tokens, at least 1024, and no forced tool', () => {
    const thinking = (budget: unknown, more: object = {}): string | undefined =>
      brokenAnthropic(
        body([turn('user', text)], {
          thinking: { type: 'enabled', budget_tokens: budget },
          ...more,
        }),
        OLD,
        SEED,
      );
    expect(thinking(2000)).toBeUndefined();
    expect(thinking(1023)).toMatch(/greater than or equal to 1024/);
    expect(thinking(undefined)).toMatch(/1024/);
    expect(thinking(4000)).toMatch(/max_tokens. must be greater/);
    expect(thinking(2000, { tool_choice: { type: 'any' } })).toMatch(/forces tool use/);
    expect(thinking(2000, { tool_choice: { type: 'tool', name: 'look' } })).toMatch(
      /forces tool use/,
    );
    expect(thinking(2000, { tool_choice: { type: 'auto' } })).toBeUndefined();
  });

  describe('thinking that is sent back', () => {
    const place = (number: number, of: number) => ({ number, of });
    const thought = (signature: unknown, words: string = 'hm'): object => ({
      type: 'thinking',
      thinking: words,
      signature,
    });
    const signed = (words: string, number = 1, of = 1, seed = SEED): object =>
      thought(signBlock(words, place(number, of), seed), words);
    const after = (...blocks: object[]): string | undefined =>
      brokenAnthropic(
        body([turn('user', text), turn('assistant', ...blocks, use), turn('user', result)]),
        OLD,
        SEED,
      );
    const redacted = { type: 'redacted_thinking', data: redactBlock(place(2, 2), SEED) };

    it('is taken as it was given, thinking on or off', () => {
      expect(after(signed('hm'))).toBeUndefined();
      expect(after(signed('hm', 1, 2), redacted)).toBeUndefined();
      expect(after(signed('a', 1, 2), text, signed('b', 2, 2))).toBeUndefined();
      // What was not shown is whole in its signature.
      expect(after(thought(signBlock('hidden', place(1, 1), SEED), ''))).toBeUndefined();
      expect(after(text)).toBeUndefined();
    });

    it.each([
      [
        'a signature of somebody else',
        [signed('hm', 1, 1, SEED + 1)],
        /content\.0: Invalid `signature`/,
      ],
      ['a spoilt signature', [thought('sim1')], /content\.0: Invalid `signature`/],
      ['no signature', [thought(undefined)], /content\.0\.signature: Field required/],
      ['spoilt data', [{ ...redacted, data: 'x' }], /Invalid `data` in `redacted_thinking`/],
      ['no data', [{ type: 'redacted_thinking' }], /\.data: Field required/],
      ['another text', [thought(signBlock('hm', place(1, 1), SEED), 'hmm')], /cannot be modified/],
      ['a block less at the end', [signed('a', 1, 2)], /content\.0: .*cannot be modified/],
      ['a block less at the start', [redacted], /content\.0: .*cannot be modified/],
      ['another order', [redacted, signed('a', 1, 2)], /content\.0: .*cannot be modified/],
      ['a block twice', [signed('a', 1, 2), signed('a', 1, 2)], /content\.1: .*cannot be modified/],
    ])('%s is refused', (_what, blocks, message) => {
      expect(after(...blocks)).toMatch(message);
    });

    it('may be left out of earlier turns, and not changed in their signatures', () => {
      const earlier = (block: object): string | undefined =>
        brokenAnthropic(
          body([
            turn('user', text),
            turn('assistant', block, text),
            turn('user', text),
            turn('assistant', text),
            turn('user', text),
          ]),
          OLD,
          SEED,
        );
      expect(earlier(redacted)).toBeUndefined();
      expect(earlier(thought('forged'))).toMatch(/messages\.1\.content\.0: Invalid/);
    });
  });

  describe('of a model', () => {
    const model = (id: string, more: object): string | undefined =>
      brokenAnthropic({ ...body([turn('user', text)], more), model: id }, OLD, SEED);
    const thinking = (type: string): object => ({ thinking: { type, budget_tokens: 2000 } });

    it.each([
      ['claude-opus-4-7', thinking('enabled'), /"thinking\.type\.enabled" is not supported/],
      ['claude-opus-5-5', thinking('disabled'), /"thinking\.type\.disabled" is not supported/],
      ['claude-fable-5-1', thinking('disabled'), /disabled" is not supported/],
      ['claude-sonnet-5-5', thinking('disabled'), /between_tools/],
      ['claude-haiku-4-5-20251001', thinking('adaptive'), /adaptive thinking is not supported/],
      ['claude-sonnet-5', { temperature: 1 }, /deprecated for this model/],
      ['claude-sonnet-4-5', { temperature: 1, top_p: 1 }, /cannot both be specified/],
      ['claude-opus-5-5', { tool_choice: { type: 'any' } }, /not supported for this model/],
      ['claude-sonnet-5-5', { tool_choice: { type: 'tool', name: 'f' } }, /not supported for/],
    ])('%s refuses %j', (id, more, message) => {
      expect(model(id, more)).toMatch(message);
    });

    it.each([
      ['claude-opus-4-6', thinking('enabled')],
      ['claude-sonnet-5-5', thinking('between_tools')],
      ['claude-sonnet-5', thinking('disabled')],
      ['claude-haiku-5-5', { tool_choice: { type: 'any' } }],
      ['claude-opus-4-5', { temperature: 1 }],
      ['claude-opus-5', { tool_choice: { type: 'any' } }],
    ])('%s takes %j', (id, more) => {
      expect(model(id, more)).toBeUndefined();
    });

    it('from 4.6 on refuses to continue an answer', () => {
      const prefill = (id: string): string | undefined =>
        brokenAnthropic(
          { ...body([turn('user', text), turn('assistant', text)]), model: id },
          OLD,
          SEED,
        );
      expect(prefill('claude-sonnet-4-6')).toMatch(/does not support assistant message prefill/);
      expect(prefill('claude-sonnet-4-5')).toBeUndefined();
    });
  });

  it('four cache markers are taken, an hour before five minutes', () => {
    const mark = (...ttls: (string | undefined)[]): object[] =>
      ttls.map((ttl) => ({ ...text, cache_control: { type: 'ephemeral', ttl } }));
    const marked = (tools: object[], content: object[], more: object = {}): string | undefined =>
      brokenAnthropic(body([turn('user', ...content)], { tools, ...more }), OLD, SEED);
    expect(marked(mark('1h'), mark('1h', undefined, '5m'))).toBeUndefined();
    expect(marked(mark('1h'), mark('1h', '5m', '5m', '5m'))).toMatch(/maximum of 4.*Found 5/);
    expect(marked(mark('5m'), mark('1h'))).toMatch(
      /^messages\.0\.content\.0\.cache_control\.ttl: a ttl='1h'/,
    );
    const automatic = { cache_control: { type: 'ephemeral' } };
    expect(marked(mark('1h'), mark('1h', '5m', '5m'), automatic)).toMatch(/Found 5/);
    expect(marked([], mark('5m'), { cache_control: { type: 'ephemeral', ttl: '1h' } })).toMatch(
      /^cache_control\.ttl/,
    );
  });

  it('fields of a beta need its name', () => {
    const servers = body([turn('user', text)], { mcp_servers: [] });
    expect(brokenAnthropic(servers, OLD, SEED)).toBe('mcp_servers: Extra inputs are not permitted');
    expect(
      brokenAnthropic(servers, OLD, SEED, 'a-2025-01-01, mcp-client-2025-11-20'),
    ).toBeUndefined();
    expect(brokenAnthropic(body([turn('user', text)]), OLD, SEED, 'nonsense')).toMatch(
      /Unexpected value\(s\) `nonsense`/,
    );
  });
});

describe('rules of Chat Completions', () => {
  const call = (...ids: string[]): object => ({
    role: 'assistant',
    tool_calls: ids.map((id) => ({ id })),
  });
  const answer = (id: string): object => ({ role: 'tool', tool_call_id: id });
  const user = { role: 'user', content: 'x' };
  const broken = (...messages: object[]): unknown => brokenOpenai({ messages });

  it('let every call be answered once, in any order', () => {
    expect(broken(user, call('a', 'b'), answer('b'), answer('a'), user)).toBeUndefined();
    expect(broken(user, call('a', 'b'), answer('a'), user)).toMatchObject({
      answer: { status: 400 },
    });
    expect(broken(user, call('a', 'b'), answer('a'))).toMatchObject({
      answer: {
        body: { error: { message: expect.stringMatching(/did not have response messages: b$/) } },
      },
    });
    expect(broken(user, call('a'), answer('a'), answer('a'))).toMatchObject({
      answer: { body: { error: { param: 'messages.[3].role' } } },
    });
    expect(broken(user, call('a'), user, answer('a'))).toBeDefined();
  });
});
