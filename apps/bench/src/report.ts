import type { GatewayResult } from './gateway/measure.js';
import type { LayersRow } from './layers/measure.js';
import type { LibraryResult } from './library/measure.js';
import type { ProfileRow } from './profile/measure.js';
import type { InstalledRow } from './startup/installed.js';
import type { StartupRow } from './startup/measure.js';
import type { Spread } from './statistics.js';
import type { StoresResult } from './stores/measure.js';

/** Everything that one run measured; what was left out is absent. */
export interface Results {
  readonly machine: readonly string[];
  readonly library?: readonly LibraryResult[] | undefined;
  readonly layers?: readonly LayersRow[] | undefined;
  readonly stores?: StoresResult | undefined;
  readonly gateway?: readonly GatewayResult[] | undefined;
  readonly profiles?: readonly ProfileRow[] | undefined;
  readonly startup?: readonly StartupRow[] | undefined;
  readonly installed?: readonly InstalledRow[] | undefined;
}

/** The report as Markdown. */
export function report(results: Results): string {
  return [
    '# Results',
    '',
    'Written by `npx -y pnpm@12 bench --write`; read the ratios, not the absolute figures. Each is a median with the lowest and highest round in brackets.',
    '',
    ...results.machine,
    ...library(results.library),
    ...layers(results.layers),
    ...stores(results.stores),
    ...gateway(results.gateway),
    ...profiles(results.profiles),
    ...startup(results.startup),
    ...installed(results.installed),
    '',
  ].join('\n');
}

function library(rows: Results['library']): string[] {
  if (rows === undefined) return [];
  const subjects = rows[0]?.cells.map((cell) => cell.subject) ?? [];
  return [
    '',
    '## Library: CPU per call over bare undici + `JSON.parse`',
    '',
    'Every figure stands beside a baseline of the same round. `inferway-full` is `standard()` with auth, retry, fallback, timeouts, cost and trace; `inferway-stores` has limits on callers and targets, a budget, a breaker and a ledger besides, on stores in memory.',
    '',
    table(
      ['', ...subjects.map((subject, index) => (index === 0 ? `${subject} (µs)` : subject))],
      rows.map(({ row, cells }) => [
        row.title,
        ...cells.map((cell, index) => (index === 0 ? figure(cell.cpu, 0) : figure(cell.ratio, 2))),
      ]),
    ),
  ];
}

function layers(rows: Results['layers']): string[] {
  if (rows === undefined) return [];
  const least = rows[0]?.cpu.median ?? 0;
  const standard = rows[1]?.cpu.median ?? 0;
  return [
    '',
    '## Layers: CPU of a unary call',
    '',
    'Unary calls, 16 at a time: in a tight loop, against a provider that answers at once, and over sockets, where much less of a chain stays in the processor’s caches from one call to the next.',
    '',
    table(
      ['', 'tight loop, µs', 'beyond none', 'beyond standard', 'socket, µs', 'over undici'],
      rows.map(({ chain, cpu, overSocket }, index) => [
        chain,
        figure(cpu, 1),
        index === 0 ? '' : (cpu.median - least).toFixed(1),
        index < 2 ? '' : (cpu.median - standard).toFixed(1),
        figure(overSocket.cpu, 0),
        figure(overSocket.ratio, 2),
      ]),
    ),
  ];
}

function stores(result: StoresResult | undefined): string[] {
  if (result === undefined) return [];
  return [
    '',
    '## Stores',
    '',
    'Redis: the time of one operation with 16 at once, and over a bare command of the same client in the same round; `commands` is what one reservation puts on the wire.',
    '',
    table(
      ['', 'unit', 'cost', 'over', 'ratio', 'commands'],
      result.rows.map(({ what, unit, cost, over, commands }) => [
        what,
        unit,
        figure(cost, cost.median < 10 ? 2 : 0),
        over?.baseline ?? '',
        over === undefined ? '' : figure(over.ratio, 2),
        commands === undefined ? '' : String(commands),
      ]),
    ),
    ...result.leftOut.map(({ what, reason }) => `\nNot measured: ${what} (${reason}).`),
  ];
}

function gateway(results: Results['gateway']): string[] {
  if (results === undefined) return [];
  const lines = [
    '',
    '## Gateway',
    '',
    'One process each; ratios are over the pass-through with JSON of the same round.',
  ];
  for (const { scenario, cells } of results) {
    lines.push(
      '',
      `### ${scenario.title}`,
      '',
      table(
        [
          '',
          'ratio',
          'answers/s',
          'CPU µs',
          'p50 ms',
          'p99 ms',
          'first byte p50 ms',
          'first byte p99 ms',
          'failed',
          'MiB',
        ],
        cells.map((cell) => [
          cell.contender,
          figure(cell.ratio, 2),
          figure(cell.throughput, 0),
          figure(cell.cpu, 0),
          figure(cell.p50, 2),
          figure(cell.p99, 2),
          figure(cell.firstByteP50, 2),
          figure(cell.firstByteP99, 2),
          String(cell.failed),
          cell.residentMiB.toFixed(0),
        ]),
      ),
    );
  }
  return lines;
}

function profiles(rows: Results['profiles']): string[] {
  if (rows === undefined) return [];
  const areas = [...new Set(rows.flatMap((row) => row.areas.map(([area]) => area)))];
  const cell = (row: ProfileRow, area: string): string =>
    (row.areas.find(([name]) => name === area)?.[1] ?? 0).toFixed(1);
  return [
    '',
    '## Where the time of a unary request goes in a gateway',
    '',
    'CPU microseconds a request by area, from CPU profiles under saturation. `JSON.parse` and `JSON.stringify` count where they are called. A profiled process is slower than one that is not.',
    '',
    table(
      ['', ...rows.map((row) => row.what)],
      [
        ['all', ...rows.map((row) => row.total.toFixed(1))],
        ...areas.map((area) => [area, ...rows.map((row) => cell(row, area))]),
      ],
    ),
  ];
}

function startup(rows: Results['startup']): string[] {
  if (rows === undefined) return [];
  return [
    '',
    '## Start: a process of its own each',
    '',
    table(
      ['', 'import beyond an empty process (ms)', 'process start to first answer (ms)'],
      rows.map((row) => [row.subject, figure(row.importMs, 0), figure(row.answerMs, 0)]),
    ),
  ];
}

function installed(rows: Results['installed']): string[] {
  if (rows === undefined) return [];
  return [
    '',
    '## Installed size',
    '',
    table(
      ['', 'packages', 'besides undici', 'MB'],
      rows.map((row) => [
        row.what,
        String(row.packages),
        String(row.besidesUndici),
        row.megabytes.toFixed(1),
      ]),
    ),
  ];
}

function figure({ median, low, high }: Spread, digits: number): string {
  const [middle, from, to] = [median, low, high].map((value) => value.toFixed(digits));
  return from === to ? `${middle}` : `${middle} (${from}–${to})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
