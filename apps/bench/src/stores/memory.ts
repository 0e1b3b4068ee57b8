import type { QuotaLimit } from '@inferway/core/stores';
import { memoryQuota } from '@inferway/core/stores';
import { rounds, type StoreRow } from './measured.js';

const window: QuotaLimit = {
  kind: 'window',
  key: 'requests',
  limit: 1e9,
  amount: 1,
  windowMs: 60_000,
};
const places: QuotaLimit = { kind: 'places', key: 'places', limit: 1e6 };
const spend: QuotaLimit = {
  kind: 'spend',
  key: 'spend',
  limit: 1e15,
  amount: 1e6,
  period: 'month',
};

/** Limits that a call takes together, as the layers make them. */
export const LIMITS: Readonly<Record<string, readonly QuotaLimit[]>> = {
  'one window': [window],
  'one spend': [spend],
  'three windows and places': [
    window,
    { ...window, key: 'tokens', amount: 400 },
    { ...window, key: 'tokens in', amount: 300 },
    places,
  ],
};

const CALLS_AT_ONCE = 16;

/** `memoryQuota`: nanoseconds of CPU for one limit, reserved and settled, while 16 calls hold something. */
export async function measureMemoryQuota(times: number, count: number): Promise<StoreRow[]> {
  const rows: StoreRow[] = [];
  for (const [what, limits] of Object.entries(LIMITS)) {
    const store = memoryQuota();
    let number = 0;
    const held: string[] = [];
    const once = (): number => {
      const cpu = process.cpuUsage();
      for (let call = 0; call < count; call++) {
        const id = `bench:${++number}`;
        void store.reserve({ id, limits, leaseMs: 60_000 });
        held.push(id);
        if (held.length <= CALLS_AT_ONCE) continue;
        void store.settle({ id: held.shift() ?? '', limits, actual: limits.map(nothing) });
      }
      const { user, system } = process.cpuUsage(cpu);
      return ((user + system) * 1000) / (count * limits.length);
    };
    rows.push({
      what: `memory: reserve and settle, ${what}`,
      unit: 'ns a limit',
      cost: await rounds(times, once),
    });
  }
  return rows;
}

function nothing(): undefined {
  return undefined;
}
