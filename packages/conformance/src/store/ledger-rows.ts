import type { LedgerGroup, LedgerRow, LedgerSum } from '@inferway/core/stores';

/** A plain row; `change` says what is different. */
export function rowOf(id: string, change: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id,
    callId: `call of ${id}`,
    attempt: 1,
    at: Date.UTC(2026, 10, 21, 12),
    caller: {},
    operation: 'chat',
    provider: 'acme',
    model: 'acme/large-1',
    status: 'complete',
    costSource: 'price',
    cost: 1000,
    inputTokens: 10,
    outputTokens: 20,
    possiblyBilled: false,
    ...change,
  };
}

/** A row with every member. */
export function fullRow(id: string, tenant: string): LedgerRow {
  return {
    id,
    callId: `call of ${id}`,
    attempt: 3,
    at: 1_795_000_000_123,
    durationMs: 1234,
    caller: { tenant, key: 'key-1', user: 'u-1', team: 'red', tags: ['beta', 'search'] },
    operation: 'embed',
    provider: 'router',
    model: 'org/model:fast',
    servedBy: 'acme',
    credential: 'eu-2',
    requestId: 'req_1',
    status: 'failed',
    error: 'overloaded',
    inputTokens: 1,
    outputTokens: 2,
    cacheReadTokens: 3,
    cacheWriteTokens: 4,
    reasoningTokens: 5,
    cost: 6,
    costSource: 'estimate',
    possiblyBilled: true,
  };
}

const DAY = 86_400_000;

/** Rows of all kinds, by chance. */
export function randomRows(
  count: number,
  tenant: string,
  random: () => number,
): readonly LedgerRow[] {
  const one = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const whole = (below: number): number => Math.floor(random() * below);
  const from = Date.UTC(2026, 1, 26);
  return Array.from({ length: count }, (_none, index): LedgerRow => {
    const costSource = one(['provider', 'price', 'estimate', 'unknown', 'none'] as const);
    const known = costSource !== 'unknown' && costSource !== 'none';
    return rowOf(`${tenant}/${index}`, {
      callId: `${tenant}/${whole(count / 2)}`,
      attempt: 1 + whole(3),
      at: from + whole(5 * DAY),
      caller: {
        tenant,
        key: one(['k1', 'k2', undefined]),
        user: one(['u1', 'u2', 'u3', undefined]),
        team: one(['red', undefined]),
        tags: one([undefined, ['a'], ['b', 'a'], ['a', 'b', 'c']]),
      },
      operation: one(['chat', 'embed']),
      provider: one(['acme', 'other']),
      model: one(['m1', 'm2']),
      status: one(['complete', 'failed', 'cancelled', 'abandoned'] as const),
      costSource,
      cost: known ? whole(1e9) : undefined,
      inputTokens: one([undefined, whole(1e6)]),
      outputTokens: one([undefined, 0, whole(1e4)]),
    });
  });
}

/** What the sums of these rows are, added up as plainly as can be. */
export function sumOf(rows: readonly LedgerRow[], by: readonly LedgerGroup[]): LedgerSum[] {
  const sums = new Map<string, { group: LedgerSum['group']; rows: LedgerRow[] }>();
  for (const row of rows) {
    const tags = by.includes('tag') ? (row.caller.tags ?? ['']) : [''];
    for (const tag of tags) {
      const group = Object.fromEntries(by.map((name) => [name, valueOf(row, name, tag)]));
      const name = JSON.stringify(group);
      const known = sums.get(name) ?? { group, rows: [] as LedgerRow[] };
      known.rows.push(row);
      sums.set(name, known);
    }
  }
  return [...sums.values()].map(({ group, rows: members }) => ({
    group,
    attempts: members.length,
    inputTokens: total(members.map((row) => row.inputTokens)),
    outputTokens: total(members.map((row) => row.outputTokens)),
    cost: total(members.map((row) => row.cost)),
    estimatedCost: total(
      members.filter((row) => row.costSource === 'estimate').map((row) => row.cost),
    ),
    unknown: members.filter((row) => row.costSource === 'unknown').length,
  }));
}

/** In an order of its own, so that the store's does not matter. */
export function sorted(sums: readonly LedgerSum[]): readonly LedgerSum[] {
  const name = ({ group }: LedgerSum): string =>
    JSON.stringify(Object.entries(group).sort(([one], [other]) => (one < other ? -1 : 1)));
  return sums.toSorted((one, other) => (name(one) < name(other) ? -1 : 1));
}

function total(amounts: readonly (number | undefined)[]): number {
  return amounts.reduce<number>((sum, amount) => sum + (amount ?? 0), 0);
}

function valueOf(row: LedgerRow, group: LedgerGroup, tag: string): string {
  if (group === 'tag') return tag;
  if (group === 'day') return new Date(row.at).toISOString().slice(0, 10);
  if (group === 'tenant' || group === 'key' || group === 'user' || group === 'team') {
    return row.caller[group] ?? '';
  }
  return row[group];
}
