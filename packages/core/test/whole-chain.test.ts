import { InferwayError } from '@inferway/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countingSignal } from './helpers.js';
import {
  answerTo,
  ask,
  OPTIONAL,
  restoredTo,
  wholeChain,
  WORDS,
  type Asked,
  type Without,
  type Word,
} from './whole-chain-rig.js';
import { runningAttempts } from './running-attempts.js';

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 3 });
const asked: fc.Arbitrary<Asked> = fc.record({
  tenant: fc.constantFrom('t1', 't2'),
  user: fc.constantFrom('u1', 'u2'),
  question: fc.constantFrom('q1', 'q2'),
  stream: fc.boolean(),
  once: fc.boolean(),
  abortMs: optional(fc.constantFrom(0, 1, 45, 600)),
  leaveAfter: optional(fc.nat(8)),
  timeoutMs: fc.constantFrom(30, 300, 60_000, 60_000),
});
const without: fc.Arbitrary<Without> = fc.oneof(
  fc.constant<Without>({}),
  fc
    .subarray([...OPTIONAL])
    .map((names): Without => Object.fromEntries(names.map((name) => [name, true]))),
);
const words = fc.array(fc.constantFrom<Word>('answer', 'answer', ...WORDS), {
  minLength: 1,
  maxLength: 10,
});

async function run(
  did: readonly Word[],
  calls: readonly Asked[],
  lacking: Without,
  attempts: number,
  latencyMs: number,
): Promise<void> {
  const chain = wholeChain(did, lacking, attempts, latencyMs);
  const { clock, providers, budgets, quota } = chain;
  const outcomes: { call: Asked; saw: string | InferwayError | undefined }[] = [];
  const signals = calls.map((call) => {
    const { controller, signal, count } = countingSignal();
    if (call.abortMs !== undefined) clock.setTimer(() => controller.abort(), call.abortMs);
    void ask(chain, call, signal).then((saw) => outcomes.push({ call, saw }));
    return count;
  });
  await clock.advance(200_000);

  // Each caller sees one outcome; a text is the whole answer, once, to this tenant's question.
  expect(outcomes).toHaveLength(calls.length);
  for (const { call, saw } of outcomes) {
    if (saw === undefined) expect(call.leaveAfter).toBeDefined();
    else if (typeof saw === 'string') {
      const expected = lacking.guard === true ? answerTo : restoredTo;
      expect(saw.trim()).toBe(expected(call.tenant, call.question).trim());
    } else {
      expect(saw).toBeInstanceOf(InferwayError);
      expect(['internal', 'configuration']).not.toContain(saw.code);
    }
  }

  // No call makes more attempts than it may, and each of them ended.
  for (const budget of budgets) {
    const { made, limit, reserved } = budget;
    expect(made.length).toBeLessThanOrEqual(limit);
    // One that never left the machine is made again beside the count.
    expect(limit).toBeLessThanOrEqual(attempts + 1);
    expect([runningAttempts(budget), reserved]).toEqual([0, 0]);
    expect(made.map(({ number }) => number)).toEqual(made.map((_one, index) => index + 1));
  }
  const made = budgets.flatMap((one) => one.made);
  for (const { endedMs, billed, cost } of made) {
    expect([endedMs, billed, cost]).not.toContain(undefined);
    if (cost?.known === true) {
      expect(Number.isSafeInteger(cost.total) && cost.total >= 0).toBe(true);
    }
  }

  // One row for each, no money held, and what is counted is what is written where that is known.
  const rows = await chain.rows();
  expect(rows).toHaveLength(made.length);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  const { spent, reserved } = await chain.spend();
  const written = rows.reduce((sum, row) => sum + (row.cost ?? 0), 0);
  expect(reserved).toBe(0);
  if (rows.every((row) => row.cost !== undefined)) expect(spent).toBe(written);
  else expect(spent).toBeGreaterThanOrEqual(written);
  // What is unknown is never free.
  for (const row of rows) {
    if (row.costSource === 'unknown') expect(row.cost).toBeUndefined();
    if (row.costSource === 'none') expect(row.cost).toBe(0);
  }

  // Nothing is left: no reservation, timer, listener, socket.
  expect([...quota.open]).toEqual([]);
  expect([...chain.claims]).toEqual([]);
  expect(quota.settledTwice).toBe(0);
  await chain.close();
  expect(clock.timers).toBe(0);
  expect(signals.map((count) => count())).toEqual(calls.map(() => 0));
  expect(providers.reduce((sum, { open }) => sum + open, 0)).toBe(0);
}

test('whatever providers and callers do, the whole chain and any part of it keep the books and leave nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      words,
      fc.array(asked, { minLength: 1, maxLength: 8 }),
      without,
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(0, 1, 20),
      run,
    ),
    { numRuns: 400 },
  );
}, 60_000);
