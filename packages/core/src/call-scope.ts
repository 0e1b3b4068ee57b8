import type { Call } from './call.js';
import { callerOf, type Caller } from './caller.js';
import { badOption } from './option-checks.js';

/**
 * What is counted apart. `tenant`, `key`, `user`, `team`: of the caller, the last three within their tenant; those who have none share one count.
 * `tag`: a count for each tag of the caller, over all tenants; a call without tags is not counted. `provider`, `model`: as the call names them
 * where the layer stands. `credential`: the label of the provider's credential, known only inside of `auth`; outside of it, the provider. A
 * function: what it gives; undefined where the rule does not apply to the call.
 */
export type CallScope =
  | 'all'
  | 'tenant'
  | 'key'
  | 'user'
  | 'team'
  | 'tag'
  | 'provider'
  | 'model'
  | 'credential'
  | ((call: Call) => string | undefined);

/** A scope, read. */
export interface Scope {
  readonly label: string;
  readonly valuesOf: (call: Call) => readonly string[] | undefined;
  /** What it counts is the caller's or its tenant's, and no other's: not what all those share who have no name. */
  readonly ofCaller: (who: Caller) => boolean;
}

const NAMES: ReadonlySet<unknown> = new Set(['tenant', 'key', 'user', 'team'] as const);

const ALL: readonly string[] = [''];

const SCOPES: Readonly<Record<Exclude<CallScope, (call: Call) => unknown>, Scope['valuesOf']>> = {
  all: () => ALL,
  tenant: (call) => [callerOf(call.state).tenant ?? ''],
  key: (call) => within(call, callerOf(call.state).key),
  user: (call) => within(call, callerOf(call.state).user),
  team: (call) => within(call, callerOf(call.state).team),
  tag: (call) => {
    const { tags } = callerOf(call.state);
    return tags === undefined || tags.length === 0 ? undefined : [...new Set(tags)];
  },
  provider: (call) => [call.model.provider],
  model: (call) => [`${call.model.provider}/${call.model.id}`],
  credential: (call) => [`${call.model.provider}/${call.credential?.id ?? ''}`],
};

/**
 * @param without Scopes that this owner cannot count by.
 * @throws {InferwayError} `configuration` for a scope that is none.
 */
export function readScope(
  owner: string,
  param: string,
  scope: CallScope,
  without: readonly CallScope[] = [],
): Scope {
  if (typeof scope === 'function') {
    return {
      label: scope.name === '' || scope.name === 'per' ? 'scope' : scope.name,
      valuesOf: (call) => {
        const value = scope(call);
        return value === undefined ? undefined : [value];
      },
      ofCaller: () => false,
    };
  }
  if (Object.hasOwn(SCOPES, scope) && !without.includes(scope)) {
    const name = isName(scope) ? scope : undefined;
    return {
      label: scope,
      valuesOf: SCOPES[scope],
      // '' counts with those who have none.
      ofCaller: (who) => name !== undefined && ((who.tenant ?? '') || (who[name] ?? '')) !== '',
    };
  }
  const known = (Object.keys(SCOPES) as CallScope[]).filter((name) => !without.includes(name));
  throw badOption(
    param,
    `${owner}: ${param} is ${JSON.stringify(scope)}. Give one of ${known.join(', ')}, or a function of the call.`,
  );
}

function isName(scope: CallScope): scope is 'tenant' | 'key' | 'user' | 'team' {
  return NAMES.has(scope);
}

// One tenant's names say nothing about another's: its users must not use up those of another.
function within(call: Call, name = ''): readonly string[] {
  const { tenant = '' } = callerOf(call.state);
  // The length says where the one name ends and the other begins.
  return [`${tenant.length}:${tenant}${name}`];
}
