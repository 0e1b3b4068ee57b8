import type { Call } from '../../call.js';

/** Operations that work something out of what they are given, and make nothing up. */
const FOUND: ReadonlySet<string> = new Set(['embed', 'rerank', 'countTokens', 'transcribe']);

/** True where the provider is asked for an answer that it would give again: nothing is drawn at random, or by a fixed seed. */
export function isDeterministic({ operation, request }: Call): boolean {
  if (FOUND.has(operation)) return true;
  const { temperature, seed } = request as { temperature?: unknown; seed?: unknown };
  return temperature === 0 || seed !== undefined;
}
