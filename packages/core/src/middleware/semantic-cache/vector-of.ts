import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { InferwayError } from '../../error.js';
import type { Embedded, Embedder } from './embedder.js';

// The longest of known embedding models have 4,096 dimensions.
const MOST_DIMENSIONS = 16_384;

/** The text's vector, and an event that says what it took. @throws {InferwayError} whatever the embedder throws; `protocol` for no vector. */
export async function vectorOf(
  embed: Embedder,
  text: string,
  call: Call,
): Promise<ArrayLike<number>> {
  const { clock } = call.state.runtime;
  const startedAt = clock.now();
  try {
    const made = await embed(text, call);
    const { vector, usage, cost }: Embedded = 'vector' in made ? made : { vector: made };
    tell(call, {
      type: 'semantic-embed',
      result: 'done',
      ms: clock.now() - startedAt,
      costNanoUsd: cost?.known === true ? cost.total : undefined,
      inputTokens: usage?.inputTokens,
    });
    if (!isVector(vector)) throw noVector();
    return vector;
  } catch (reason) {
    const error = InferwayError.from(reason);
    const ms = clock.now() - startedAt;
    tell(call, { type: 'semantic-embed', result: 'failed', ms, code: error.code });
    throw error;
  }
}

function isVector(vector: unknown): vector is ArrayLike<number> {
  if (typeof vector !== 'object' || vector === null || !('length' in vector)) return false;
  const { length } = vector;
  if (typeof length !== 'number' || length < 1 || length > MOST_DIMENSIONS) return false;
  const numbers = vector as ArrayLike<unknown>;
  let hasDirection = false;
  for (let index = 0; index < length; index++) {
    const value = numbers[index];
    if (typeof value !== 'number' || !Number.isFinite(value)) return false;
    hasDirection ||= value !== 0;
  }
  return hasDirection;
}

function noVector(): InferwayError {
  return new InferwayError('protocol', {
    message:
      'semanticCache: the embedder gave no vector. Give a list of finite numbers, not all of them 0.',
  });
}
