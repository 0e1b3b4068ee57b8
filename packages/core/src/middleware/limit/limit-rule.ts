import type { Call } from '../../call.js';
import { badOption, checkCount } from '../../option-checks.js';
import type { Caller } from '../../caller.js';
import { RecentMap } from '../../recent-map.js';
import type { QuotaLimit } from '../../stores/quota-store.js';
import { readScope, type CallScope, type Scope } from '../../call-scope.js';
import { FigureLimits } from './figure-limits.js';
import type { LimitPlace } from './limit-error.js';
import type { TokenNeed } from './token-need.js';
import type { LimitUnit } from './limit-events.js';

/** Limits that are counted together for one scope: `{ per: 'user', windowMs: 60_000, requests: 60, totalTokens: 20_000 }`. */
export interface LimitRule {
  /** Names the rule in refusals and its counters over all processes; unique. Default: made from `per` and `windowMs`. */
  readonly name?: string | undefined;
  /** What is counted apart; several: each combination of them. Default `all`: one count for all calls. */
  readonly per?: CallScope | readonly CallScope[] | undefined;
  /** Milliseconds that the counts are over: any window of that length, wherever it begins. Not needed for `concurrency` alone. */
  readonly windowMs?: number | undefined;
  /** Calls in a window. */
  readonly requests?: number | undefined;
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  /** Input and output together. */
  readonly totalTokens?: number | undefined;
  /** Calls at a time. A streamed one counts until its stream has ended. */
  readonly concurrency?: number | undefined;
}

/** One figure of a rule. */
export interface Figure {
  readonly unit: LimitUnit;
  readonly max: number;
  readonly windowMs: number | undefined;
  /** What it takes from the store. */
  readonly limits: FigureLimits;
  readonly rule: Rule;
}

/** All that one call takes from its limits, reserved together. */
export interface Claim {
  readonly limits: readonly QuotaLimit[];
  /** What each limit came from, in the order of the limits. */
  readonly figures: readonly Figure[];
  /** What is reserved in tokens; undefined where nobody counts any. */
  readonly need: TokenNeed | undefined;
}

/** A rule, checked. */
export interface Rule {
  readonly name: string;
  /** For people: `user`, `tenant and model`. */
  readonly per: string;
  readonly scopes: readonly string[];
  /** Its counts are the caller's own, or its tenant's. */
  readonly ofCaller: (who: Caller) => boolean;
  /** What it is counted apart for; undefined where the rule does not apply to the call. */
  readonly valuesOf: (call: Call) => readonly string[] | undefined;
  readonly figures: readonly Figure[];
  /** What calls of one value take, where that is the same for each; by value. */
  readonly claims: RecentMap<Claim>;
}

// Callers come again and again; values beyond it cost no more than they did the first time.
const MOST_KNOWN = 1000;
const WINDOW_UNITS = ['requests', 'inputTokens', 'outputTokens', 'totalTokens'] as const;
const MEMBERS: ReadonlySet<string> = new Set([
  'name',
  'per',
  'windowMs',
  'concurrency',
  ...WINDOW_UNITS,
]);
// A window is counted over, not timed: it may be longer than a timer can run.
const LONGEST_WINDOW_MS = 366 * 86_400_000;

/** @throws {InferwayError} `configuration` naming the option and the cure. */
export function readRules(
  owner: string,
  place: LimitPlace,
  rules: readonly LimitRule[],
  assumedOutput: number,
): readonly Rule[] {
  if (!Array.isArray(rules) || rules.length === 0) {
    throw badOption(
      'rules',
      `${owner}: no rule. Give at least one, such as { per: 'user', windowMs: 60_000, requests: 60 }.`,
    );
  }
  const read = rules.map((rule, index) =>
    readRule(owner, place, `rules[${index}]`, rule, assumedOutput),
  );
  const names = new Set<string>();
  for (const { name } of read) {
    if (names.has(name)) {
      throw badOption(
        'rules',
        `${owner}: two rules are named "${name}" and would count as one. Give each a "name" of its own.`,
      );
    }
    names.add(name);
  }
  return read;
}

function readRule(
  owner: string,
  place: LimitPlace,
  at: string,
  rule: LimitRule,
  assumedOutput: number,
): Rule {
  for (const member of Object.keys(rule)) {
    if (MEMBERS.has(member)) continue;
    throw badOption(
      `${at}.${member}`,
      `${owner}: ${at} has a member "${member}" that is none. Known: ${[...MEMBERS].join(', ')}.`,
    );
  }
  const scopes = ([] as CallScope[])
    .concat(rule.per ?? 'all')
    .map((scope) => readScope(owner, `${at}.per`, scope));
  if (scopes.length === 0) {
    throw badOption(
      `${at}.per`,
      `${owner}: ${at}.per is empty. Leave it out to count all calls together.`,
    );
  }
  const labels = scopes.map(({ label }) => label);
  const per = labels.join(' and ');
  const windowMs = readWindow(owner, at, rule);
  const name = readName(owner, at, rule.name, per, windowMs);
  const figures: Figure[] = [];
  const claims = new RecentMap<Claim>(MOST_KNOWN);
  const read: Rule = {
    name,
    per,
    scopes: labels,
    ofCaller: (who) => scopes.some(({ ofCaller }) => ofCaller(who)),
    valuesOf: valuesOf(scopes),
    figures,
    claims,
  };
  for (const unit of [...WINDOW_UNITS, 'concurrency'] as const) {
    const max = rule[unit];
    if (max === undefined) continue;
    checkCount(owner, `${at}.${unit}`, max);
    const over = unit === 'concurrency' ? undefined : windowMs;
    const stem = [name, unit, over ?? ''].map(escaped).join('|');
    const limits = new FigureLimits(place, stem, max, over);
    figures.push({ unit, max, windowMs: over, limits, rule: read });
  }
  if (figures.length === 0) {
    throw badOption(
      at,
      `${owner}: ${at} limits nothing. Give it requests, inputTokens, outputTokens, totalTokens or concurrency.`,
    );
  }
  checkReach(owner, at, rule, assumedOutput);
  return read;
}

function readWindow(owner: string, at: string, rule: LimitRule): number | undefined {
  const counts = WINDOW_UNITS.filter((unit) => rule[unit] !== undefined);
  const { windowMs } = rule;
  if (counts.length === 0) {
    if (windowMs === undefined) return undefined;
    throw badOption(
      `${at}.windowMs`,
      `${owner}: ${at} has windowMs and nothing that counts over it. Leave it out, or limit requests or tokens.`,
    );
  }
  if (
    Number.isSafeInteger(windowMs) &&
    (windowMs as number) >= 1 &&
    (windowMs as number) <= LONGEST_WINDOW_MS
  )
    return windowMs;
  throw badOption(
    `${at}.windowMs`,
    `${owner}: ${at}.windowMs is ${windowMs}, and ${counts.join(' and ')} count over it. Give whole milliseconds from 1 to ${LONGEST_WINDOW_MS} (a year).`,
  );
}

function readName(
  owner: string,
  at: string,
  given: string | undefined,
  per: string,
  windowMs: number | undefined,
): string {
  if (given === undefined) return windowMs === undefined ? per : `${per} in ${windowMs} ms`;
  if (typeof given === 'string' && given.length > 0 && given.length <= 80) return given;
  throw badOption(`${at}.name`, `${owner}: ${at}.name must be a text of 1 to 80 characters.`);
}

// What could never be reached, or never let anything in, was not meant.
function checkReach(owner: string, at: string, rule: LimitRule, assumedOutput: number): void {
  const { totalTokens = Number.POSITIVE_INFINITY } = rule;
  for (const unit of ['inputTokens', 'outputTokens'] as const) {
    const max = rule[unit];
    if (max !== undefined && max > totalTokens) {
      throw badOption(
        `${at}.${unit}`,
        `${owner}: ${at}.${unit} (${max}) is above totalTokens (${totalTokens}) and could never be reached. Lower it, or raise totalTokens.`,
      );
    }
  }
  for (const unit of ['outputTokens', 'totalTokens'] as const) {
    const max = rule[unit];
    if (max !== undefined && max < assumedOutput) {
      throw badOption(
        `${at}.${unit}`,
        `${owner}: ${at}.${unit} (${max}) is below assumedOutputTokens (${assumedOutput}) and would let no call in that names no maximum. Raise it, or lower assumedOutputTokens.`,
      );
    }
  }
}

function valuesOf(scopes: readonly Scope[]): Rule['valuesOf'] {
  const [only] = scopes;
  if (scopes.length === 1 && only !== undefined) {
    return (call) => {
      const values = only.valuesOf(call);
      // Hardly any has a character that is to be escaped: those as they are need no list of their own.
      return values?.some(needsEscape) === true ? values.map(escaped) : values;
    };
  }
  return (call) => {
    let combined: readonly string[] = [''];
    for (const scope of scopes) {
      const values = scope.valuesOf(call);
      if (values === undefined) return undefined;
      combined = combined.flatMap((head) => values.map((value) => `${head}|${escaped(value)}`));
    }
    return combined;
  };
}

// Parts of a key never run into each other, whatever users are called.
function escaped(part: string | number): string {
  const text = String(part);
  return needsEscape(text) ? text.replaceAll('%', '%25').replaceAll('|', '%7C') : text;
}

function needsEscape(text: string): boolean {
  return text.includes('%') || text.includes('|');
}
