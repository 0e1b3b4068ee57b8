import type { Call } from '../call.js';

/** What providers do for nothing: counting tokens runs no model. */
export function isFree({ operation }: Call): boolean {
  return operation === 'countTokens';
}
