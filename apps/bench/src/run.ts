import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { measureGateways } from './gateway/measure.js';
import { measureLayers } from './layers/measure.js';
import { measureLibrary } from './library/measure.js';
import { describeMachine } from './machine.js';
import { measureProfiles } from './profile/measure.js';
import { report, type Results } from './report.js';
import { measureInstalled } from './startup/installed.js';
import { measureStartup } from './startup/measure.js';
import { measureStores } from './stores/measure.js';

const SECTIONS = [
  'library',
  'layers',
  'stores',
  'gateway',
  'profile',
  'startup',
  'installed',
] as const;
const RESULTS = fileURLToPath(new URL('../RESULTS.md', import.meta.url));

export interface BenchmarkOptions {
  /** A tenth of the work: shows that it runs, not how fast. */
  readonly quick: boolean;
  /** Also writes RESULTS.md. */
  readonly write: boolean;
  readonly only?: readonly string[] | undefined;
}

/** Measures, prints the report, and writes it where asked. */
export async function runBenchmark({ quick, write, only }: BenchmarkOptions): Promise<void> {
  const wrong = only?.find((section) => !SECTIONS.includes(section as (typeof SECTIONS)[number]));
  if (wrong !== undefined) throw new Error(`--only ${wrong}: choose among ${SECTIONS.join(', ')}.`);
  const wanted = (section: string): boolean => only === undefined || only.includes(section);
  const progress = (line: string): void => console.error(`  ${line}`);
  const results: Results = {
    machine: describeMachine(),
    library: wanted('library')
      ? await measureLibrary({ rounds: quick ? 2 : 7, scale: quick ? 0.1 : 1, progress })
      : undefined,
    layers: wanted('layers')
      ? await measureLayers(quick ? 2 : 7, quick ? 2_000 : 30_000)
      : undefined,
    stores: wanted('stores')
      ? await measureStores({ rounds: quick ? 2 : 5, scale: quick ? 0.1 : 1, progress })
      : undefined,
    gateway: wanted('gateway')
      ? await measureGateways({ rounds: quick ? 1 : 3, seconds: quick ? 1 : 3, progress })
      : undefined,
    profiles: wanted('profile') ? await measureProfiles() : undefined,
    startup: wanted('startup') ? await measureStartup(quick ? 2 : 5) : undefined,
    installed: wanted('installed') ? measureInstalled() : undefined,
  };
  const text = report(results);
  console.log(text);
  if (write) writeFileSync(RESULTS, text);
}
