import { formatUsd } from '@inferway/core';
import type { Figures } from './figures.js';

/** The figures as a table for people, with the rule that each stands for. */
export function report(figures: Figures): string {
  const rows = rowsOf(figures);
  const widest = Math.max(...rows.map(([, what]) => what.length));
  return rows
    .map(([rule, what, found]) => `${rule.padEnd(3)} ${what.padEnd(widest)}  ${found}`)
    .join('\n');
}

function rowsOf(
  figures: Figures,
): readonly (readonly [rule: string, what: string, found: string])[] {
  const none = (nanos: number): string => (nanos <= 0 ? '0' : formatUsd(nanos));
  const errors = Object.entries(figures.errors).map(([code, count]) => `${code} ${count}`);
  const { windows, outageWindows, outageOver, outageOverBound } = figures;
  return [
    ['', 'workers (killed by kill -9 and replaced)', `${figures.workers} (${figures.killed})`],
    ['', 'outages of a store noticed by a worker', `${figures.outages}`],
    ['', 'calls (provider: simulated)', `${figures.calls}`],
    ['', 'answered', `${figures.answered}`],
    ['', 'not answered', errors.join(', ')],
    ['A1', 'attempts billed, ledger rows', `${figures.billed}, ${figures.rows}`],
    ['A1', 'lost, doubled', `${figures.lost}, ${figures.doubled}`],
    ['A2', 'exact rows, of them wrong', `${figures.exactRows}, ${figures.wrong}`],
    [
      'A2',
      'estimated rows, together above the bill',
      `${figures.estimatedRows}, ${formatUsd(figures.estimatesOver)}`,
    ],
    ['A2', 'written as free though billed', `${figures.freeButBilled}`],
    ['A3', 'budgets read, used up', `${figures.samples} times, ${figures.usedUp}`],
    ['A3', 'overshoot of spent and reserved', none(figures.overshoot)],
    [
      'A3',
      'overshoot by the bill, beyond what estimates missed',
      `${none(figures.trueOvershoot)}, ${none(figures.beyondBound)}`,
    ],
    [
      'A4',
      'reserved, places held after the drain',
      `${formatUsd(figures.heldAtEnd)}, ${figures.placesAtEnd}`,
    ],
    ['A5', 'windows by the store alone, over the limit', `${windows}, ${figures.overAdmitted}`],
    [
      'A5',
      'windows over an outage, over the limit, beyond the bound',
      `${outageWindows}, ${outageOver}, ${Math.max(0, outageOverBound)}`,
    ],
    ['A6', 'refusals', `${figures.refused}`],
    [
      'A6',
      'counters equal to the ledger',
      `${figures.exactTenants} of ${figures.tenants}, unexplained ${formatUsd(figures.unexplained)}${figures.killedInOutage ? ' (the killed worker had no store: what it spent by itself is in no counter)' : ''}`,
    ],
    [
      'A6',
      'left by the killed worker: in counters, in the ledger',
      `${formatUsd(figures.lapsed)}, ${formatUsd(figures.abandoned)}`,
    ],
    [
      'A7',
      'foreign codes, answers of another tenant',
      `${figures.foreignCodes}, ${figures.foreignAnswers}`,
    ],
    [
      'A8',
      'attempts, most of a call, on average',
      `${figures.attempts}, ${figures.mostAttempts}, ${figures.amplification.toFixed(3)}`,
    ],
  ];
}

/** What must hold and does not. */
export function broken(figures: Figures, mostAttempts: number, emptied = false): readonly string[] {
  const { overAdmitted, outageOverBound, undercounted, overcounted, killedInOutage } = figures;
  const rules: readonly (readonly [holds: boolean, what: string])[] = [
    [figures.billed > 0 && figures.samples > 0 && figures.windows > 0, 'nothing was tested'],
    [figures.lost === 0, 'A1: billed attempts without a row'],
    [figures.doubled === 0, 'A1: attempts with two rows'],
    [figures.wrong === 0, 'A2: rows that say to be exact and are not'],
    [figures.freeButBilled === 0, 'A2: rows without a cost though billed'],
    [figures.overshoot <= 0, 'A3: a budget granted more than its limit'],
    [
      emptied || figures.beyondBound <= 0,
      'A3: more was billed than a budget and what estimates missed',
    ],
    [figures.heldAtEnd === 0 && figures.placesAtEnd === 0, 'A4: something is held by nobody'],
    // A store that forgot its windows begins them anew.
    [emptied || overAdmitted <= 0, 'A5: more were let in than the limit'],
    [emptied || outageOverBound <= 0, 'A5: more were let in over an outage than its bound'],
    [
      emptied || ((killedInOutage || undercounted <= 0) && overcounted <= 0),
      'A6: a counter is not what the ledger says',
    ],
    [figures.foreignCodes + figures.foreignAnswers === 0, 'A7: a tenant got what is another’s'],
    [figures.mostAttempts <= mostAttempts, 'A8: a call made more attempts than it may'],
    [figures.amplification <= 1.1, 'A8: retries multiply the load'],
  ];
  return rules.filter(([holds]) => !holds).map(([, what]) => what);
}
