import { seededRandom } from '@inferway/core/testing';
import {
  LEDGER_GROUPS,
  type Ledger,
  type LedgerGroup,
  type LedgerQuery,
  type LedgerRow,
} from '@inferway/core/stores';
import { expectMatch } from '../../expect.js';
import type { Check } from '../../provider/check.js';
import { randomRows, rowOf, sorted, sumOf } from '../ledger-rows.js';
import { storeChecks, type StoreRig } from '../store-rig.js';
import type { StoreSuite } from '../store-suite.js';

interface Filter {
  readonly query: LedgerQuery;
  readonly fits: (row: LedgerRow) => boolean;
}

/** Totals are those of the rows that fit, to the last nano-dollar. */
export function ledgerSums(suite: StoreSuite): readonly Check[] {
  return storeChecks(suite, suite.ledger, {
    async 'without rows the total is one, of zeros'({ store, name }) {
      const none = { attempts: 0, inputTokens: 0, outputTokens: 0, cost: 0, unknown: 0 };
      const sums = await store.sum({ tenant: name('tenant') });
      expectMatch(sums, [{ ...none, estimatedCost: 0, group: {} }], 'the total of nothing');
      expectMatch(await store.sum({ tenant: name('tenant') }, ['model']), [], 'groups of nothing');
    },

    'by each group, and by each two of them': async (rig) => {
      const { tenant, rows } = await filled(rig);
      for (const by of [...LEDGER_GROUPS.map((one) => [one]), ...pairs(LEDGER_GROUPS)]) {
        await expectSums(rig.store, { tenant }, rows, by);
      }
    },

    'of each filter, and of all together': async (rig) => {
      const { tenant, rows } = await filled(rig);
      const filters = filtersFor(rows);
      for (const { query, fits } of filters) {
        await expectSums(rig.store, { tenant, ...query }, rows.filter(fits), ['user', 'tag']);
      }
      const all = Object.assign({ tenant }, ...filters.map(({ query }) => query)) as LedgerQuery;
      const fit = rows.filter((row) => filters.every(({ fits }) => fits(row)));
      await expectSums(rig.store, all, fit, ['provider']);
    },

    'times are from, inclusive, to, exclusive': async ({ store, name }) => {
      const tenant = name('tenant');
      const at = (time: number): LedgerRow =>
        rowOf(name('row'), { caller: { tenant }, at: time, cost: time });
      await store.append([at(1000), at(1001), at(1002)]);
      const sums = await store.sum({ tenant, from: 1001, to: 1002 });
      expectMatch(sums, [{ attempts: 1, cost: 1001 }], 'the row between');
    },

    'days are those of UTC': async ({ store, name }) => {
      const tenant = name('tenant');
      const times = ['2026-02-28T23:59:59.999Z', '2026-03-01T00:00:00.000Z'];
      const rows = times.map((time) =>
        rowOf(name('row'), { caller: { tenant }, at: Date.parse(time) }),
      );
      await store.append(rows);
      await expectSums(store, { tenant }, rows, ['day']);
    },

    'money is exact to the last digit, up to nine million dollars': async ({ store, name }) => {
      const tenant = name('tenant');
      const costs = [4_503_599_627_370_497, 4_503_599_627_370_493, 1];
      await store.append(
        costs.map((cost) =>
          rowOf(name('row'), { caller: { tenant }, cost, costSource: 'estimate' }),
        ),
      );
      const exact = 2 ** 53 - 1;
      const sums = await store.sum({ tenant });
      expectMatch(sums, [{ cost: exact, estimatedCost: exact }], 'the sum');
    },

    'a total that a number does not hold exactly is refused, never rounded': async (rig) => {
      const tenant = rig.name('tenant');
      const rows = [1, 2, 3].map(() =>
        rowOf(rig.name('row'), { caller: { tenant }, cost: 9_000_000_000_000_001 }),
      );
      await rig.store.append(rows);
      const total = await rig.store.sum({ tenant }).then(
        (sums) => `${sums[0]?.cost}`,
        () => 'refused',
      );
      expectMatch(total, 'refused', 'the total of 27 million dollars');
    },

    'a group value is only ever a value': async ({ store, name }) => {
      const tenant = name('tenant');
      const rows = ['__proto__', 'constructor', 'toString', ''].map((user) =>
        rowOf(name('row'), { caller: { tenant, user } }),
      );
      await store.append(rows);
      await expectSums(store, { tenant }, rows, ['user']);
    },
  });
}

async function filled(
  rig: StoreRig<Ledger>,
): Promise<{ tenant: string; rows: readonly LedgerRow[] }> {
  const tenant = rig.name('tenant');
  const random = seededRandom(rig.suite.seed ?? 7);
  const rows = randomRows(300, tenant, random);
  // Another tenant's, to be seen by nobody.
  await rig.store.append([...rows, ...randomRows(50, rig.name('other'), random)]);
  return { tenant, rows };
}

async function expectSums(
  store: Ledger,
  query: LedgerQuery,
  rows: readonly LedgerRow[],
  by: readonly LedgerGroup[],
): Promise<void> {
  const sums = await store.sum(query, by);
  const { tenant: _tenant, ...shown } = query;
  expectMatch(
    sorted(sums),
    sorted(sumOf(rows, by)),
    `sums by ${by.join(' and ')} of ${JSON.stringify(shown)}`,
  );
}

function filtersFor(rows: readonly LedgerRow[]): readonly Filter[] {
  const from = Date.UTC(2026, 1, 27);
  const to = Date.UTC(2026, 2, 2);
  const callId = rows[0]?.callId;
  return [
    { query: { from }, fits: ({ at }) => at >= from },
    { query: { to }, fits: ({ at }) => at < to },
    { query: { key: 'k1' }, fits: ({ caller }) => caller.key === 'k1' },
    { query: { user: 'u2' }, fits: ({ caller }) => caller.user === 'u2' },
    { query: { team: 'red' }, fits: ({ caller }) => caller.team === 'red' },
    { query: { tag: 'b' }, fits: ({ caller }) => caller.tags?.includes('b') === true },
    { query: { provider: 'acme' }, fits: ({ provider }) => provider === 'acme' },
    { query: { model: 'm2' }, fits: ({ model }) => model === 'm2' },
    { query: { callId }, fits: (row) => row.callId === callId },
  ];
}

function pairs<T>(all: readonly T[]): readonly (readonly [T, T])[] {
  return all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other] as const));
}
