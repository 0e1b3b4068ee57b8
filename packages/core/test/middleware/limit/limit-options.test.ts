import { InferwayError } from '@inferway/core';
import {
  adaptiveConcurrency,
  learnLimits,
  limit,
  limitTargets,
  type LimitOptions,
  type LimitRule,
} from '@inferway/core/limits';
import { memoryQuota } from '@inferway/core/stores';
import { expect, test } from 'vitest';
import { errorOf } from '../../helpers.js';
import { bench, question } from './limit-helpers.js';

const store = memoryQuota();
const good: LimitRule = { windowMs: 1000, requests: 1 };

function paramOf(build: () => unknown): string | undefined {
  try {
    build();
  } catch (reason) {
    if (!InferwayError.is(reason)) throw reason;
    expect(reason.code).toBe('configuration');
    // What is wrong, and a cure.
    expect(reason.message).toMatch(/[.:] .*(?:[Gg]ive|Leave|Use|Lower|Raise|Known|must)/u);
    return reason.param;
  }
  return undefined;
}

const BAD_RULES: readonly (readonly [string, unknown])[] = [
  ['rules', []],
  ['rules', undefined],
  ['rules[0]', [{}]],
  ['rules[0]', [{ per: 'user' }]],
  ['rules[0].requests', [{ windowMs: 1000, requests: 0 }]],
  ['rules[0].requests', [{ windowMs: 1000, requests: -1 }]],
  ['rules[0].requests', [{ windowMs: 1000, requests: Number.NaN }]],
  ['rules[0].requests', [{ windowMs: 1000, requests: 0.5 }]],
  ['rules[0].inputTokens', [{ windowMs: 1000, inputTokens: Number.POSITIVE_INFINITY }]],
  ['rules[0].outputTokens', [{ windowMs: 1000, outputTokens: '5' }]],
  ['rules[0].concurrency', [{ concurrency: 0 }]],
  ['rules[0].windowMs', [{ requests: 5 }]],
  ['rules[0].windowMs', [{ requests: 5, windowMs: 0 }]],
  ['rules[0].windowMs', [{ requests: 5, windowMs: -1 }]],
  ['rules[0].windowMs', [{ requests: 5, windowMs: Number.NaN }]],
  ['rules[0].windowMs', [{ requests: 5, windowMs: 0.4 }]],
  ['rules[0].windowMs', [{ concurrency: 5, windowMs: 1000 }]],
  ['rules[1].per', [good, { ...good, per: 'planet' }]],
  ['rules[1].per', [good, { ...good, per: [] }]],
  ['rules[0].name', [{ ...good, name: '' }]],
  ['rules[0].name', [{ ...good, name: 'n'.repeat(81) }]],
  ['rules[0].request', [{ ...good, request: 3 }]],
  ['rules', [good, good]],
  [
    'rules',
    [
      { ...good, name: 'a' },
      { concurrency: 1, name: 'a' },
    ],
  ],
  ['rules[0].inputTokens', [{ windowMs: 1000, inputTokens: 10, totalTokens: 9 }]],
  ['rules[0].outputTokens', [{ windowMs: 1000, outputTokens: 10, totalTokens: 9 }]],
];

test.each(BAD_RULES)('a bad rule is refused when the chain is built: %s %o', (param, rules) => {
  for (const make of [limit, limitTargets]) {
    expect(paramOf(() => make({ store, rules: rules as readonly LimitRule[] }))).toBe(param);
  }
});

const BAD_OPTIONS: readonly (readonly [string, Partial<Record<keyof LimitOptions, unknown>>])[] = [
  ['store', { store: undefined }],
  ['store', { store: {} }],
  ['leaseMs', { leaseMs: 0 }],
  ['leaseMs', { leaseMs: 999 }],
  ['leaseMs', { leaseMs: Number.NaN }],
  ['leaseMs', { leaseMs: 2 ** 31 }],
  ['inputTokens', { inputTokens: 'guess' }],
  ['assumedOutputTokens', { assumedOutputTokens: -1 }],
  ['assumedOutputTokens', { assumedOutputTokens: Number.NaN }],
  [
    'rules[0].outputTokens',
    { rules: [{ windowMs: 1000, outputTokens: 50 }], assumedOutputTokens: 51 },
  ],
  [
    'rules[0].totalTokens',
    { rules: [{ windowMs: 1000, totalTokens: 50 }], assumedOutputTokens: 51 },
  ],
  ['maxWaiting', { queue: { maxWaiting: 0 } }],
  ['maxWaiting', { queue: { maxWaiting: -1 } }],
  ['maxWaitingPerTenant', { queue: { maxWaitingPerTenant: 0 } }],
  ['maxWaitingPerTenant', { queue: { maxWaiting: 10, maxWaitingPerTenant: 11 } }],
  ['maxWaitMs', { queue: { maxWaitMs: 0 } }],
  ['maxWaitMs', { queue: { maxWaitMs: Number.NaN } }],
];

test.each(BAD_OPTIONS)(
  'a bad option is refused when the chain is built: %s %o',
  (param, options) => {
    expect(paramOf(() => limit({ store, rules: [good], ...options } as LimitOptions))).toBe(param);
  },
);

test('bad options of adaptiveConcurrency and learnLimits are refused when the chain is built', () => {
  expect(paramOf(() => adaptiveConcurrency({ initial: 0 }))).toBe('initial');
  expect(paramOf(() => adaptiveConcurrency({ initial: 30, max: 20 }))).toBe('initial');
  expect(paramOf(() => adaptiveConcurrency({ max: Number.NaN }))).toBe('max');
  expect(paramOf(() => adaptiveConcurrency({ backoff: 1 }))).toBe('backoff');
  expect(paramOf(() => adaptiveConcurrency({ backoff: 0 }))).toBe('backoff');
  expect(paramOf(() => adaptiveConcurrency({ per: 'moon' as never }))).toBe('per');
  expect(paramOf(() => adaptiveConcurrency({ queue: { maxWaiting: 0 } }))).toBe('maxWaiting');
  expect(paramOf(() => learnLimits({ maxTrustMs: 0 }))).toBe('maxTrustMs');
  expect(paramOf(() => learnLimits({ queue: { maxWaitMs: -1 } }))).toBe('maxWaitMs');
  expect(paramOf(() => learnLimits({ assumedOutputTokens: -1 }))).toBe('assumedOutputTokens');
});

test('a caller’s limit cannot count by credentials, a target’s can', () => {
  const rules: LimitRule[] = [good, { per: ['credential', 'model'], concurrency: 1 }];
  expect(paramOf(() => limit({ store, rules }))).toBe('rules[1].per');
  expect(paramOf(() => limitTargets({ store, rules }))).toBeUndefined();
});

test('bad rules of a plan, and counts that are none, are told when the call is made', async () => {
  const { client, provider } = bench((store) => [
    limit({
      store,
      rules: (call) => [
        { windowMs: 1000, requests: call.model.id === 'bad' ? 0 : 100, totalTokens: 10_000 },
      ],
      inputTokens: (call) => (call.model.id === 'nan' ? Number.NaN : 5),
    }),
  ]);
  await client.chat(question);
  expect(await errorOf(client.chat({ ...question, model: 'fake/bad' }))).toMatchObject({
    code: 'configuration',
    param: 'rules[0].requests',
  });
  expect(await errorOf(client.chat({ ...question, model: 'fake/nan' }))).toMatchObject({
    code: 'configuration',
    param: 'inputTokens',
  });
  expect(provider.attempts).toHaveLength(1);
});

test('an assumption that nobody wrote down gives way to a rule that is smaller', async () => {
  const { client } = bench((store) => [
    limit({
      store,
      rules: [
        { windowMs: 1000, totalTokens: 100 },
        { name: 'o', windowMs: 1000, outputTokens: 1 },
      ],
    }),
  ]);
  expect((await client.chat(question)).text).toBe('one two');
  // Also where the one rule leaves just room for some input.
  const tight = bench((store) => [
    limit({ store, inputTokens: () => 40.2, rules: [{ windowMs: 1000, totalTokens: 91 }] }),
  ]);
  expect((await tight.client.chat(question)).text).toBe('one two');
});
