import { tell, type ChainEvent, type Middleware } from '@inferway/core';
import { cache, coalesce } from '@inferway/core/caching';
import { cost, fallback, priceTable, retry } from '@inferway/core/middleware';
import { circuitBreaker, hedge } from '@inferway/core/resilience';
import { accept, emit, fail, say, settle, wait, type Step } from '@inferway/core/testing';
import { metrics, trace } from '@inferway/otel';
import {
  assert,
  asyncProperty,
  constantFrom,
  array,
  record,
  boolean,
  integer,
  oneof,
  constant,
} from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chain, question } from './chain.js';
import type { Telemetry } from './telemetry.js';

const prices = priceTable({ 'a/*': { input: 1, output: 2 } });
const broken: readonly Step[] = [
  accept(),
  emit(
    { type: 'part-start', index: 0, part: { type: 'text', text: '' } },
    { type: 'text-delta', index: 0, text: 'x' },
  ),
  fail('stream_interrupted'),
];
const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  good: say('one two'),
  slow: [wait(400), ...say('one two')],
  refused: [fail('rate_limit')],
  down: [fail('server')],
  wrong: [fail('not_found')],
  broken,
};

const figure = oneof(
  constant(undefined),
  constant(Number.NaN),
  constant(-1),
  constant('x'),
  constant({}),
  integer(),
);
const word = oneof(
  constantFrom('a/m', 'b/n', '', 'x'),
  constant(undefined),
  constant(null),
  constant(7),
  constant([]),
);
const TYPES =
  'cache cache-refresh cache-store semantic-embed semantic-refused idempotency idempotency-store coalesced route cascade fallback retry hedge hedge-won resume breaker breaker-refused panic limit-wait ' +
  'limit-waited limit-refused concurrency-lowered budget budget-refused budget-alert guard ledger-refused prompt-cache key-rests attempt call toString nobody-knows';
/** Events as no layer should tell them, with members of wrong types. */
const event = record({
  type: constantFrom(...TYPES.split(' ')),
  ...Object.fromEntries(
    [
      'target',
      'to',
      'from',
      'reason',
      'state',
      'limit',
      'budget',
      'kind',
      'result',
      'leader',
      'chosen',
      'hook',
    ].map((name) => [name, word]),
  ),
  ...Object.fromEntries(
    ['ageMs', 'savedNanoUsd', 'amount', 'attempt', 'copy', 'waitedMs', 'ms', 'candidates'].map(
      (name) => [name, figure],
    ),
  ),
});

const call = record({
  first: constantFrom(...Object.keys(SCRIPTS)),
  second: constantFrom(...Object.keys(SCRIPTS)),
  stream: boolean(),
  leaveAfterMs: oneof(constant(undefined), integer({ min: 0, max: 500 })),
  events: array(event, { maxLength: 6 }),
});
const setup = record({
  hedges: boolean(),
  caches: boolean(),
  pipeline: constantFrom('auto', true, false),
});

/** Whatever happens in a chain, spans end once, and exporters can write them. */
export function randomSuite(generation: string, openSdk: () => Telemetry): void {
  describe(`any chain of events with ${generation}`, () => {
    let sdk: Telemetry;
    beforeEach(() => {
      sdk = openSdk();
    });
    afterEach(() => sdk.close());

    test('leaves no span open, makes one client span a target, and writes no attribute of a wrong type', async () => {
      await assert(
        asyncProperty(array(call, { minLength: 1, maxLength: 3 }), setup, async (calls, use) => {
          sdk.replace();
          let now = calls[0] as (typeof calls)[number];
          const noisy: Middleware = (own, next) => {
            for (const one of now.events) tell(own, one as unknown as ChainEvent);
            return next(own) as ReturnType<Middleware>;
          };
          const { client, clock } = chain(
            {
              a: () => SCRIPTS[now.first] as readonly Step[],
              b: () => SCRIPTS[now.second] as readonly Step[],
            },
            [
              trace({ pipeline: use.pipeline as 'auto' }),
              metrics(),
              ...(use.caches
                ? [
                    cache({ scope: 'shared', ttlMs: 1, staleMs: 1e6 }),
                    coalesce({ scope: 'shared' }),
                  ]
                : []),
              fallback('b/n'),
              ...(use.hedges ? [hedge({ delayMs: 50, share: 1 })] : []),
              retry({ attempts: 2 }),
              noisy,
              circuitBreaker({ minCalls: 2 }),
              cost({ prices }),
            ],
          );
          for (const one of calls) {
            now = one;
            const controller = new AbortController();
            const request = { model: 'a/m', messages: question } as const;
            const { signal } = controller;
            const running = one.stream
              ? client.chat.stream(request, { signal }).then((stream) => stream.result)
              : client.chat(request, { signal });
            running.catch(() => {});
            if (one.leaveAfterMs !== undefined) {
              await clock.advance(one.leaveAfterMs);
              controller.abort();
            }
            await clock.advance(100_000);
            await running.catch(() => {});
            await settle();
          }
          const spans = sdk.spans();
          expect(sdk.started()).toBe(spans.length);
          for (const { name, attributes, parent } of spans) {
            for (const [key, value] of Object.entries(attributes)) {
              expect(isWritable(value), `${name} ${key}: ${JSON.stringify(value)}`).toBe(true);
              if (!name.startsWith('chat ')) expect(key).not.toMatch(/^gen_ai\./u);
            }
            if (name === 'inferway.attempt')
              expect(spans.some(({ id }) => id === parent)).toBe(true);
          }
          // A refresh is a trace of its own.
          if (!use.caches) {
            for (const name of ['chat m', 'chat n']) {
              const clients = spans.filter((span) => span.name === name);
              expect(clients.length).toBeLessThanOrEqual(calls.length);
            }
          }
          for (const { sum } of await sdk.points()) expect(Number.isFinite(sum)).toBe(true);
        }),
        { numRuns: 60 },
      );
    });
  });
}

function isWritable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string');
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
