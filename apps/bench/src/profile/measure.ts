import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRole } from '../child.js';
import { startInferway, startPassThrough, type Contender } from '../gateway/contenders.js';
import type { LoadOrder, LoadResult } from '../gateway/load.js';
import { byArea, type CpuProfile } from './by-area.js';

/** Where the CPU time of one unary request goes, in microseconds. A profiled process is slower than one that is not. */
export interface ProfileRow {
  readonly what: string;
  readonly total: number;
  readonly areas: readonly (readonly [area: string, microseconds: number])[];
}

const SECONDS = 4;

/** Profiles the bare proxy with JSON and our gateway, each under saturation with unary requests. */
export async function measureProfiles(): Promise<ProfileRow[]> {
  const upstream = await startRole<string>('upstream');
  const driver = await startRole<string>('load');
  const folder = mkdtempSync(join(tmpdir(), 'inferway-profile-'));
  const profiled = async (
    start: (args: readonly string[]) => Promise<Contender>,
  ): Promise<ProfileRow> => {
    const into = mkdtempSync(join(folder, 'run-'));
    const contender = await start([
      '--cpu-prof',
      '--cpu-prof-interval=200',
      `--cpu-prof-dir=${into}`,
    ]);
    const order: LoadOrder = {
      target: contender.target('bench'),
      stream: false,
      seconds: SECONDS,
      concurrency: 64,
    };
    const load = async (): Promise<number> => {
      const answered = once(driver.process, 'message');
      driver.process.send(order);
      return ((await answered) as [LoadResult])[0].completed;
    };
    const warmUp = await load();
    const completed = await load();
    await contender.stop();
    const [file = ''] = readdirSync(into);
    const profile = JSON.parse(readFileSync(join(into, file), 'utf8')) as CpuProfile;
    // What is left out at the front is the share of the warm-up.
    const areas = byArea(profile, warmUp / (warmUp + completed)).map(
      ([area, time]) => [area, time / completed] as const,
    );
    const total = areas.reduce((sum, [, time]) => sum + time, 0);
    return { what: contender.name, total, areas };
  };
  try {
    return [
      await profiled((args) => startPassThrough(upstream.first, true, args)),
      await profiled((args) => startInferway(upstream.first, 'off', args)),
      await profiled((args) => startInferway(upstream.first, 'on', args)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await driver.stop();
    await upstream.stop();
  }
}
