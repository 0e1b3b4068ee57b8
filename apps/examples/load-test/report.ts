import type { StepResult } from './step.js';

/** The share of calls that must be answered for a rate to count as carried. */
const CARRIED = 0.99;

const COLUMNS = [
  'calls/s',
  'sent',
  'answered/s',
  'refused/s',
  'p50',
  'p95',
  'p99',
  'ttft p50',
  'ttft p95',
  '429s',
  'late',
];

export function headline(): string {
  return row(COLUMNS);
}

/** One step: calls a second, then times in milliseconds. */
export function line({ rate, seconds, calls, refusedByProvider, lateMs }: StepResult): string {
  const answered = calls.filter(({ code }) => code === 'answered');
  const ms = answered.map((call) => call.ms);
  const ttft = answered.flatMap(({ ttftMs }) => ttftMs ?? []);
  const perSecond = (count: number): string => (count / seconds).toFixed(1);
  return row([
    rate.toFixed(1),
    String(calls.length),
    perSecond(answered.length),
    perSecond(calls.length - answered.length),
    ...[0.5, 0.95, 0.99].map((share) => percentile(ms, share)),
    ...[0.5, 0.95].map((share) => percentile(ttft, share)),
    String(refusedByProvider),
    lateMs.toFixed(0),
  ]);
}

/** Where it breaks, and with which errors. */
export function judged(results: readonly StepResult[]): string {
  const broken = results.find(
    ({ calls }) => calls.filter(({ code }) => code === 'answered').length < CARRIED * calls.length,
  );
  if (broken === undefined) return 'breaking point: above the highest rate';
  const codes = new Set(broken.calls.map(({ code }) => code).filter((code) => code !== 'answered'));
  return `breaking point: ${broken.rate.toFixed(1)} calls a second, with ${[...codes].sort().join(', ')}`;
}

function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return value === undefined ? '-' : value.toFixed(0);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart((COLUMNS[index] ?? '').length)).join('  ');
}
