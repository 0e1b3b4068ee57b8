import { caller, callerOf, type Call, type CallOptions } from '@inferway/core';
import { memoryCache } from '@inferway/core/stores';
import { memoryVectors, type VectorIndex } from '@inferway/core/semantic';
import { say } from '@inferway/core/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import type { Input } from '../cache/rig.js';
import { semanticRig } from './rig.js';

const as = (tenant: string | undefined): CallOptions => ({
  state: (state) => state.set(caller, { tenant }),
});
const byTenant = { scope: (call: Call) => callerOf(call.state).tenant };

describe('nothing but the last text may be merely similar', () => {
  const system = (content: string): Input => ({
    messages: [
      { role: 'system', content },
      { role: 'user', content: 'hi' },
    ],
  });
  test.each<[string, Input, Input]>([
    ['model', {}, { model: 'fake/other' }],
    ['system prompt', system('be brief'), system('be briefer')],
    ['no system prompt', system('be brief'), {}],
    ['tools', { tools: [{ name: 'f' }] }, { tools: [{ name: 'g' }] }],
    ['output format', { output: 'json' }, {}],
    ['temperature', { temperature: 0 }, { temperature: 1 }],
    ['longest answer', { maxOutputTokens: 10 }, { maxOutputTokens: 20 }],
    ['seed', { seed: 1 }, { seed: 2 }],
    ['end user', { user: 'a' }, { user: 'b' }],
    ['options of a provider', { providerOptions: { fake: { a: 1 } } }, {}],
    [
      'text before the last one',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'doc 1' },
              { type: 'text', text: 'hi' },
            ],
          },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'doc 2' },
              { type: 'text', text: 'hi' },
            ],
          },
        ],
      },
    ],
    [
      'name of the user',
      { messages: [{ role: 'user', name: 'a', content: 'hi' }] },
      { messages: [{ role: 'user', name: 'b', content: 'hi' }] },
    ],
  ])('another %s is another place', async (_what, one, other) => {
    const script = say('{"a":1}');
    const { ask, provider } = semanticRig({ verify: false }, script);
    await ask('hi', one);
    expect((await ask('hi', other)).meta.cache).toBe('miss');
    expect((await ask('hi', one)).meta.cache).toBe('hit');
    expect((await ask('hi', other)).meta.cache).toBe('hit');
    expect(provider.attempts.length).toBe(2);
  });

  test('a text alone and a list of that text are the same', async () => {
    const { ask } = semanticRig();
    await ask('hi');
    const listed: Input = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] };
    expect((await ask('', listed)).meta.cache).toBe('hit');
  });
});

describe('whose answer it is (S17)', () => {
  test('a tenant never has another one’s, however near the questions are', async () => {
    const store = memoryCache();
    const index = memoryVectors();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('who', 'what', 'why')), {
          maxLength: 20,
        }),
        async (asked) => {
          const { ask } = semanticRig({ ...byTenant, store, index, verify: false }, (call) =>
            say(`of ${callerOf(call.state).tenant}`),
          );
          for (const [tenant, question] of asked)
            expect((await ask(question, {}, as(tenant))).text).toBe(`of ${tenant}`);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('an index that finds what is in another partition leads nowhere', async () => {
    const honest = memoryVectors();
    const leaking: VectorIndex = {
      add: (_partition, ...rest) => honest.add('all', ...rest),
      nearest: (_partition, ...rest) => honest.nearest('all', ...rest),
      remove: () => {},
    };
    const { ask, told } = semanticRig({ ...byTenant, index: leaking, verify: false });
    await ask('hi', {}, as('a'));
    expect((await ask('hi', {}, as('b'))).meta.cache).toBe('miss');
    expect(told('semantic-refused')).toMatchObject([{ reason: 'gone' }]);
    expect((await ask('hi', {}, as('a'))).meta.cache).toBe('hit');
  });

  test('a call without a scope is not sent', async () => {
    const { ask, provider } = semanticRig(byTenant);
    expect(await errorOf(ask('hi', {}, as(undefined)))).toMatchObject({
      code: 'configuration',
      param: 'scope',
    });
    expect(provider.attempts).toEqual([]);
  });
});
