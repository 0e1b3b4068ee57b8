import { memoryLedger, type LedgerRow } from '@inferway/core/stores';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorOf } from '../helpers.js';

const row = (id: string, more: Partial<LedgerRow> = {}): LedgerRow => ({
  id,
  callId: 'c',
  attempt: 1,
  at: 0,
  caller: {},
  operation: 'chat',
  provider: 'p',
  model: 'm',
  status: 'complete',
  costSource: 'price',
  cost: 1,
  possiblyBilled: false,
  ...more,
});

test('keeps at most maxRows, and forgets the oldest written', async () => {
  const ledger = memoryLedger({ maxRows: 3 });
  await ledger.append(['a', 'b', 'c', 'd'].map((id) => row(id)));
  expect((await ledger.rows({})).rows.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
  expect(() => memoryLedger({ maxRows: 0 })).toThrow(/maxRows/u);
});

test('gives back what was written, each id once, whatever was written before and however often it came round', async () => {
  const texts = fc.option(fc.string({ maxLength: 3 }), { nil: undefined });
  const counts = fc.option(fc.nat(), { nil: undefined });
  const some = fc.record(
    {
      servedBy: texts,
      credential: texts,
      requestId: texts,
      inputTokens: counts,
      outputTokens: counts,
      cacheReadTokens: counts,
      cacheWriteTokens: counts,
      reasoningTokens: counts,
      cost: fc.option(fc.nat(), { nil: undefined }),
      durationMs: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined }),
      possiblyBilled: fc.boolean(),
      status: fc.constantFrom('complete', 'failed', 'cancelled', 'abandoned'),
      caller: fc.record(
        { tenant: texts, key: texts, user: texts, team: texts, tags: fc.array(fc.string()) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  const written = fc.array(fc.tuple(fc.nat(12), some), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(written, fc.integer({ min: 1, max: 20 }), async (all, maxRows) => {
      const ledger = memoryLedger({ maxRows });
      const rows = all.map(([id, more], at) =>
        row(`r${id}`, { ...(more as Partial<LedgerRow>), at }),
      );
      for (const one of rows) await ledger.append([one]);
      const first = new Map<string, LedgerRow>();
      for (const one of rows.slice(-maxRows)) if (!first.has(one.id)) first.set(one.id, one);
      // What is not known is absent.
      const expected = JSON.parse(JSON.stringify([...first.values()]), (_, value: unknown) =>
        Object.is(value, -0) ? 0 : value,
      ) as LedgerRow[];
      expect((await ledger.rows({})).rows).toEqual(expected);
      expect((await ledger.sum({}))[0]?.attempts ?? 0).toBe(expected.length);
    }),
  );
});

test('keeps rows as they were given, whatever becomes of the objects', async () => {
  const ledger = memoryLedger();
  const given = { ...row('a'), caller: { tags: ['x'] } };
  await ledger.append([given]);
  given.caller.tags.push('y');
  const { rows } = await ledger.rows({});
  Object.assign(rows[0]?.caller.tags ?? [], { 0: 'z' });
  expect((await ledger.rows({})).rows[0]?.caller.tags).toEqual(['x']);
});

test('a caller that cannot be written leaves the row whole whose place it would have got', async () => {
  const ledger = memoryLedger({ maxRows: 1 });
  await ledger.append([row('a', { caller: { tenant: 'acme' }, cost: 5 })]);
  const broken = row('b', { caller: { tenant: 'other', tags: 5 as never }, cost: 7 });
  await expect(ledger.append([broken])).rejects.toThrow(TypeError);
  expect((await ledger.rows({})).rows).toEqual([row('a', { caller: { tenant: 'acme' }, cost: 5 })]);
});

test('sums are exact, or an error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.maxSafeNat(), { maxLength: 6 }), async (costs) => {
      const ledger = memoryLedger();
      await ledger.append(costs.map((cost, index) => row(String(index), { cost })));
      const exact = costs.reduce((sum, cost) => sum + BigInt(cost), 0n);
      if (exact <= BigInt(Number.MAX_SAFE_INTEGER)) {
        expect(BigInt((await ledger.sum({}))[0]?.cost ?? -1)).toBe(exact);
      } else {
        expect(await errorOf(ledger.sum({}) as Promise<unknown>)).toMatchObject({
          code: 'too_large',
          param: 'cost',
        });
      }
    }),
  );
});

test('a row that no ledger can add up is refused, and none of its batch is written', async () => {
  const ledger = memoryLedger();
  const bad: readonly [string, Partial<LedgerRow>][] = [
    ['id', { id: '' }],
    ['at', { at: 1.5 }],
    ['at', { at: -1 }],
    ['at', { at: 1e15 }],
    ['attempt', { attempt: 0 }],
    ['status', { status: 'done' as never }],
    ['costSource', { costSource: 'guess' as never }],
    ['durationMs', { durationMs: Number.NaN }],
    ['cost', { cost: -1 }],
    ['cost', { cost: 2 ** 53 }],
    ['inputTokens', { inputTokens: 0.5 }],
    ['outputTokens', { outputTokens: Number.NaN }],
  ];
  for (const [param, more] of bad) {
    expect(await errorOf(ledger.append([row('good'), row('x', more)]))).toMatchObject({
      code: 'invalid_request',
      param,
    });
  }
  expect((await ledger.rows({})).rows).toEqual([]);
});

test('pages that cannot be are refused by name', async () => {
  const ledger = memoryLedger();
  for (const [param, page] of [
    ['limit', { limit: 0 }],
    ['limit', { limit: 1001 }],
    ['after', { after: "x' OR 1=1" }],
    ['after', { after: '12|' }],
  ] as const) {
    expect(await errorOf(ledger.rows({}, page))).toMatchObject({ code: 'invalid_request', param });
  }
  expect(await errorOf(ledger.sum({ from: Number.NaN }) as Promise<unknown>)).toMatchObject({
    param: 'from',
  });
  expect(await errorOf(ledger.sum({}, ['nobody' as never]) as Promise<unknown>)).toMatchObject({
    param: 'by',
  });
  expect(await errorOf(ledger.sum({}, ['day', 'day']) as Promise<unknown>)).toMatchObject({
    param: 'by',
  });
});
