import type { Call } from '../call.js';
import { badOption } from '../option-checks.js';

/** Whose answers these are: a tenant, a user. `'shared'` keeps one scope for all. */
export type CacheScope = 'shared' | ((call: Call) => string | undefined);

/** Reads the scope of calls. @throws {InferwayError} `configuration` where it is missing, and later for a call that has none. */
export function scopeReader(owner: string, scope: CacheScope): (call: Call) => string {
  if (scope !== 'shared' && typeof scope !== 'function') throw noScope(owner, 'is missing');
  return (call) => {
    const whose = scope === 'shared' ? scope : scope(call);
    if (typeof whose !== 'string' || whose === '') throw noScope(owner, 'gave none for this call');
    // Told apart from a tenant of that very name.
    return scope === 'shared' ? whose : `of ${whose}`;
  };
}

function noScope(owner: string, what: string): Error {
  return badOption(
    'scope',
    `${owner}: the scope ${what}. Give scope: (call) => the tenant's id, or 'shared' where all callers may see all answers.`,
  );
}
