import { badOption, checkMs } from '../../option-checks.js';
import type { HealthSharing } from '../../stores/health-link.js';

/** How the keys of a pool take turns and rest. All have defaults. */
export interface PoolOptions extends HealthSharing {
  /** How long a rate-limited key rests where the provider does not say. Default 10,000. */
  readonly cooldownMs?: number | undefined;
  /** How long a key rests whose credit is used up, or that is refused, unless the provider names a longer time. Default 600,000. */
  readonly parkMs?: number | undefined;
  /** Labels for the keys, in their order. Default `pool#1`, `pool#2` … */
  readonly ids?: readonly string[] | undefined;
  /** How much of the calls each key gets, in their order: `[3, 1]` gives the first three of four. Default: all the same. */
  readonly weights?: readonly number[] | undefined;
  /** With `health`: the name by which other processes know this pool. Two pools of one name share their rests by the labels of the keys. */
  readonly name?: string | undefined;
}

/** The times and shares of a pool of `count` keys. @throws {InferwayError} `configuration` naming the option and the cure. */
export function poolRules(
  count: number,
  options: PoolOptions,
): {
  readonly cooldownMs: number;
  readonly parkMs: number;
  readonly ids: readonly string[];
  readonly weights: readonly number[];
} {
  if (count === 0) throw badOption('secrets', 'pool: there are no secrets. Give at least one key.');
  const ids = Array.from(
    { length: count },
    (_, index) => options.ids?.[index] ?? `pool#${index + 1}`,
  );
  if ((options.ids?.length ?? 0) > count || new Set(ids).size < count) {
    throw badOption(
      'ids',
      `pool: ids must be different names. Give at most one for each of the ${count} keys.`,
    );
  }
  const weights = options.weights ?? ids.map(() => 1);
  if (
    weights.length !== count ||
    !weights.every((weight) => Number.isFinite(weight) && weight > 0)
  ) {
    throw badOption(
      'weights',
      `pool: weights must be ${count} numbers above 0, one for each key. Leave a key out that is to get no call.`,
    );
  }
  if (options.health !== undefined && (options.name ?? '') === '') {
    throw badOption(
      'name',
      'pool: with a health store it needs a name, by which other processes know it. Give one, such as "openai".',
    );
  }
  return {
    cooldownMs: checkMs('pool', 'cooldownMs', options.cooldownMs ?? 10_000),
    parkMs: checkMs('pool', 'parkMs', options.parkMs ?? 600_000),
    ids,
    weights,
  };
}
