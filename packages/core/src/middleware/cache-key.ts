import { hash } from 'node:crypto';
import type { Call } from '../call.js';
import { routeRules } from '../route-rules.js';
import { canonicalJson } from '../canonical-json.js';

// Raised when what a key is made of changes, so that a shared store never serves an older release's entries.
const VERSION = 2;

/**
 * The key of a call's answer: a hash over the scope and all that the answer depends on. A credential counts by its label, where one was chosen
 * before the cache: what one account may see, another may not (S16). So do the call's own rules for who may serve it. Both shapes of a call have
 * one key where the operation's traits can turn the one into the other. Undefined for a request that JSON cannot hold.
 *
 * @param asked What stands for the request; the request itself unless the user chose less.
 * @param kind Keeps keys of different caches apart in one store.
 */
export function cacheKey(
  call: Call,
  scope: string,
  asked: unknown,
  kind = 'exact',
): string | undefined {
  const { operation, model, state, credential } = call;
  const traits = state.runtime.traits(operation);
  const shape = traits?.fold !== undefined && traits.unfold !== undefined ? 'any' : call.stream;
  const rules = state.get(routeRules);
  const target = [operation, shape, model.provider, model.id, credential?.id ?? null];
  if (rules !== undefined) target.push(canonicalJson(rules) ?? '');
  const text = canonicalJson([VERSION, kind, scope, target, asked]);
  return text === undefined ? undefined : hash('sha256', text, 'base64url');
}
