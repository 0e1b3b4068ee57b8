import { callerOf, formatModel, InferwayError, type Call, type Middleware } from '@inferway/core';
import type { LimitOptions, LimitRule } from '@inferway/core/limits';
import type { QuotaStore } from '@inferway/core/stores';
import type { LimitFigures, LimitLayerConfig } from '../../config/chain-config.js';
import { inConfig, switchedOn } from './in-config.js';
import type { LayerFacts } from './layer-facts.js';

/** The layers that hold calls back. */
export interface LimitingLayers {
  readonly callerLimits?: Middleware;
  readonly limits?: Middleware;
  readonly credentialLimits?: Middleware;
}

/** What one thing is counted apart for. */
type Scope = Exclude<NonNullable<LimitRule['per']>, readonly unknown[]>;
type Rules = LimitLayerConfig<string>['rules'];

/** Makes what the config asks for. @throws {InferwayError} `configuration` */
export async function limitingLayers(facts: LayerFacts): Promise<LimitingLayers> {
  const { config, stores, keys } = facts;
  const { callerLimits, targetLimits } = config;
  const learning = switchedOn(config.learnLimits);
  const own = keys.some(({ limits }) => limits !== undefined);
  if (!callerLimits && !targetLimits && !learning && !own) return {};
  const core = await import('@inferway/core/limits');
  const store = stores.quota as QuotaStore;
  return {
    ...((callerLimits ?? own) && { callerLimits: callerLayer(core.limit, facts, store) }),
    ...(targetLimits && {
      limits: inConfig('targetLimits', () =>
        core.limitTargets({ ...targetLimits, store, rules: rulesOf(targetLimits.rules) }),
      ),
    }),
    ...(learning && {
      credentialLimits: inConfig('learnLimits', () => {
        const { queue, ...rest } = learning as { queue?: boolean | object };
        return core.learnLimits(queue === undefined || queue === true ? rest : { ...rest, queue });
      }),
    }),
  };
}

// Each key has one list of rules for as long as the gateway runs: it is read once.
function callerLayer(
  limit: (options: LimitOptions) => Middleware,
  { config: { callerLimits }, keys }: LayerFacts,
  store: QuotaStore,
): Middleware {
  const written = callerLimits?.rules ?? [];
  const options = { ...callerLimits, store };
  const general = inConfig('callerLimits', () => {
    const rules = rulesOf(written);
    // Refused now, and not at the first call.
    if (rules.length > 0) limit({ ...options, rules });
    return rules;
  });
  const others = rulesOf(written.filter(({ per }) => per === undefined || !isKeyAlone(per)));
  const byKey = new Map<string | undefined, readonly LimitRule[]>();
  keys.forEach(({ id, limits }, index) => {
    if (limits === undefined) return;
    const own = rulesOfKey(id, limits);
    inConfig(`keys[${index}].limits`, () => limit({ ...options, rules: own }));
    byKey.set(id, [...others, ...own]);
  });
  return limit({ ...options, rules: (call) => byKey.get(callerOf(call.state).key) ?? general });
}

function isKeyAlone(per: string | readonly string[]): boolean {
  return (typeof per === 'string' ? [per] : per).every((scope) => scope === 'key');
}

function rulesOfKey(id: string, limits: LimitFigures | readonly LimitFigures[]): LimitRule[] {
  return ([] as LimitFigures[]).concat(limits).map((figures, index) => ({
    ...figures,
    per: 'key',
    name: `of key ${id}${index === 0 ? '' : ` (${index + 1})`}`,
  }));
}

function rulesOf(rules: Rules): readonly LimitRule[] {
  return rules.map(({ only, per = 'all', ...figures }, index) => {
    const scopes = ([] as string[]).concat(per) as Scope[];
    if (only === undefined) return { ...figures, per: scopes };
    return { ...figures, per: [...scopes, onlyFor(scopes.at(-1), only, index)] };
  });
}

/** A scope that keeps a rule from those that it does not name. */
function onlyFor(scope: Scope | undefined, only: readonly string[], at: number): Scope {
  const read = VALUES.get(scope);
  if (read === undefined) {
    throw new InferwayError('configuration', {
      message: `"only" names some of what the rule is per, and it is per ${String(scope)}. Write one of ${[...VALUES.keys()].join(', ')} last in "per", or leave "only" out.`,
      param: `rules[${at}].only`,
    });
  }
  const names = new Set(only);
  return function named(call) {
    const value = read(call);
    return value !== undefined && names.has(value) ? '' : undefined;
  };
}

const VALUES: ReadonlyMap<unknown, (call: Call) => string | undefined> = new Map([
  ['tenant', (call: Call) => callerOf(call.state).tenant],
  ['key', (call: Call) => callerOf(call.state).key],
  ['team', (call: Call) => callerOf(call.state).team],
  ['provider', (call: Call) => call.model.provider],
  ['model', (call: Call) => formatModel(call.model)],
]);
