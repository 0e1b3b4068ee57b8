import { hash } from 'node:crypto';
import type { Call } from '../../call.js';
import { canonicalJson } from './canonical-json.js';

// Raised when what a key is made of changes, so that a shared store never serves an older release's entries.
const VERSION = 1;

/**
 * The key of a call's answer: a hash over the scope and all that the answer depends on, but not the credential. Both shapes of a call have
 * one key where the operation's traits can turn the one into the other. Undefined for a request that JSON cannot hold.
 *
 * @param asked What stands for the request; the request itself unless the user chose less.
 */
export function cacheKey(call: Call, scope: string, asked: unknown): string | undefined {
  const { operation, model, state } = call;
  const traits = state.runtime.traits(operation);
  const shape = traits?.fold !== undefined && traits.unfold !== undefined ? 'any' : call.stream;
  const text = canonicalJson([VERSION, scope, operation, shape, model.provider, model.id, asked]);
  return text === undefined ? undefined : hash('sha256', text, 'base64url');
}
