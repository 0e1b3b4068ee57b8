import { describe, expect, it } from 'vitest';
import { brokenRule as brokenAnthropic } from '../src/protocols/anthropic/rules.js';
import { signThinking } from '../src/protocols/signature.js';
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

  it('signatures are checked, thinking on or off, and must not be missing', () => {
    const thought = (signature: unknown): object => ({
      type: 'thinking',
      thinking: 'hm',
      signature,
    });
    const after = (block: object): string | undefined =>
      brokenAnthropic(
        body([turn('user', text), turn('assistant', block, use), turn('user', result)]),
        OLD,
        SEED,
      );
    expect(after(thought(signThinking('hm', SEED)))).toBeUndefined();
    expect(after(thought(signThinking('hm', SEED + 1)))).toMatch(/Invalid `signature`/);
    expect(after(thought(signThinking('hmm', SEED)))).toMatch(/Invalid `signature`/);
    expect(after(thought(undefined))).toMatch(/signature: Field required/);
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
