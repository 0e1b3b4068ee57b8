import { measureLedgers, measurePostgres } from './ledgers.js';
import type { LeftOut, StoreRow } from './measured.js';
import { measureMemoryQuota } from './memory.js';
import { measureRedis } from './redis.js';

export interface StoresResult {
  readonly rows: readonly StoreRow[];
  readonly leftOut: readonly LeftOut[];
}

export interface StoresOptions {
  readonly rounds: number;
  /** Shortens a run. */
  readonly scale: number;
  readonly progress: (line: string) => void;
}

/** Measures the stores in memory, and those on services that are there: `REDIS_URL`, `DATABASE_URL`, else where they usually are. */
export async function measureStores({
  rounds,
  scale,
  progress,
}: StoresOptions): Promise<StoresResult> {
  const times = (count: number): number => Math.max(500, Math.round(count * scale));
  const redis = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
  const postgres = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const parts: Readonly<Record<string, () => Promise<StoreRow[]>>> = {
    'memory stores': () => measureMemoryQuota(rounds, times(100_000)),
    'ledgers and spool': () => measureLedgers(rounds, times(5_000)),
    Redis: () => measureRedis(redis, rounds, times(5_000)),
    Postgres: () => measurePostgres(postgres, rounds, times(5_000)),
  };
  const rows: StoreRow[] = [];
  const leftOut: LeftOut[] = [];
  for (const [what, measure] of Object.entries(parts)) {
    try {
      rows.push(...(await measure()));
    } catch (reason) {
      // Without the service the other rows stand. The URL is not shown: it may hold a password.
      leftOut.push({ what, reason: reason instanceof Error ? reason.message : String(reason) });
    }
    progress(what);
  }
  return { rows, leftOut };
}
