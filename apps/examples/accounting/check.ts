import { balance, type Balance } from './balance.js';
import { windowFigures } from './check-windows.js';
import type { History } from './history.js';
import type { Figures } from './figures.js';

/** Compares what happened with what was billed and written down: A1–A8 of the design's accounting checks. */
export function check(history: History): Figures {
  return { ...aboutCalls(history), ...aboutRows(history), ...aboutBudgets(history) } as Figures;
}

function aboutCalls({ tales, decisions, workers, outages }: History): Partial<Figures> {
  const errors: Record<string, number> = {};
  for (const { error } of tales) if (error !== undefined) errors[error] = (errors[error] ?? 0) + 1;
  const owners = new Map<string, string>();
  let foreignAnswers = 0;
  for (const { tenant, answerId } of tales) {
    if (answerId === undefined) continue;
    if ((owners.get(answerId) ?? tenant) !== tenant) foreignAnswers++;
    owners.set(answerId, tenant);
  }
  const attempts = tales.reduce((sum, tale) => sum + tale.attempts, 0);
  const { windows, over, outageWindows, outageOver, outageOverBound } = windowFigures(
    decisions,
    workers,
  );
  return {
    workers,
    killed: 1,
    outages,
    calls: tales.length,
    answered: tales.filter(({ error }) => error === undefined).length,
    errors,
    windows,
    overAdmitted: over,
    outageWindows,
    outageOver,
    outageOverBound,
    refused: decisions.filter(({ granted }) => !granted).length,
    foreignCodes: tales.filter(({ tenant, codes }) => codes.some((code) => code !== tenant)).length,
    foreignAnswers,
    attempts,
    mostAttempts: Math.max(0, ...tales.map((tale) => tale.attempts)),
    amplification: attempts / Math.max(1, tales.length),
  };
}

function aboutRows({ bill, rows }: History): Partial<Figures> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const answers = rows.flatMap(({ requestId }) => (requestId === undefined ? [] : [requestId]));
  let wrong = 0;
  let freeButBilled = 0;
  let estimatesOver = 0;
  let exactRows = 0;
  let estimatedRows = 0;
  for (const row of rows) {
    const truth = bill.get(row.id) ?? 0;
    if (row.costSource === 'none' && truth > 0) freeButBilled++;
    else if (row.costSource === 'price' && !row.possiblyBilled) {
      exactRows++;
      if (row.cost !== truth) wrong++;
    } else if (row.costSource !== 'none') {
      estimatedRows++;
      estimatesOver += (row.cost ?? 0) - truth;
    }
  }
  return {
    billed: bill.size,
    rows: rows.length,
    lost: [...bill.keys()].filter((id) => !byId.has(id)).length,
    doubled: rows.length - byId.size + (answers.length - new Set(answers).size),
    exactRows,
    wrong,
    freeButBilled,
    estimatedRows,
    estimatesOver,
  };
}

function aboutBudgets(history: History): Partial<Figures> {
  const { tenants, samples, killedInOutage } = history;
  const all = tenants.map((books) => balance(books, history));
  const sum = (of: (one: Balance) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  const most = (of: (one: Balance) => number): number => Math.max(...all.map(of));
  return {
    samples,
    overshoot: most(({ books }) => books.mostUsed - books.limit),
    trueOvershoot: most(({ truth, books }) => truth - books.limit),
    beyondBound: most(({ truth, books, underestimated }) => truth - books.limit - underestimated),
    usedUp: all.filter(({ books }) => books.used > books.limit * 0.7).length,
    lapsed: sum(({ lapsed }) => lapsed.amount),
    abandoned: sum(({ abandoned }) => abandoned),
    exactTenants: all.filter(({ unexplained }) => unexplained === 0).length,
    tenants: all.length,
    unexplained: sum(({ unexplained }) => Math.abs(unexplained)),
    killedInOutage,
    undercounted: most(({ unexplained, atTheKill }) => -unexplained - atTheKill),
    overcounted: most(({ unexplained, atTheKill }) => unexplained - atTheKill),
    heldAtEnd: sum(({ books }) => books.held),
    placesAtEnd: sum(({ books }) => books.places),
  };
}
