import type { Call } from '../../call.js';
import { formatModel, type Model } from '../../model.js';
import { badOption } from '../../option-checks.js';
import { readTargets, type FallbackTarget, type Target } from '../target-list.js';

/** Lists by the model that was asked for, `provider/model`; `*` is for all others. */
export type FallbackTable = Readonly<Record<string, readonly FallbackTarget[]>>;

/** Gives the list for the model that was asked for; undefined or empty for none. */
export type FallbackChoice = (model: Model, call: Call) => readonly FallbackTarget[] | undefined;

/** Finds the targets of a call. */
export type Plan = (call: Call) => readonly Target[];

const NONE: readonly Target[] = [];

/** Reads what `fallback` was given, once, so that a mistake is told when the chain is built. */
export function planOf(given: readonly FallbackTarget[] | FallbackTable | FallbackChoice): Plan {
  if (typeof given === 'function') {
    return (call) => {
      const targets = given(call.model, call);
      return targets === undefined || targets.length === 0
        ? NONE
        : readTargets(targets, 'fallback');
    };
  }
  if (isList(given)) {
    const targets = readTargets(given, 'fallback');
    return () => targets;
  }
  if (typeof given !== 'object' || given === null) {
    throw badOption(
      'targets',
      'fallback: targets is missing. Give a list of models, a table of lists, or a function.',
    );
  }
  const table = new Map<string, readonly Target[]>();
  for (const [asked, list] of Object.entries(given)) {
    if (asked !== '*') readTargets([asked], 'fallback, the asked model');
    const targets = readTargets(list, `fallback for "${asked}"`);
    if (targets.some((target) => target.name === asked)) {
      throw badOption(
        'targets',
        `fallback for "${asked}": it falls back to itself. Leave that target out.`,
      );
    }
    table.set(asked, targets);
  }
  if (table.size === 0) {
    throw badOption('targets', 'fallback: the table of targets is empty. Name at least one model.');
  }
  return (call) => table.get(formatModel(call.model)) ?? table.get('*') ?? NONE;
}

function isList(
  given: readonly FallbackTarget[] | FallbackTable,
): given is readonly FallbackTarget[] {
  return Array.isArray(given);
}
