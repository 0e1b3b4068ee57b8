import { Validator, type Schema } from '@cfworker/json-schema';
import { InferwayError, type JsonObject, type JsonValue } from '@inferway/core';
import { generateSync, type GenerateSyncOptions } from 'json-schema-faker';
import type { SeededRandom } from '../seeded-random.js';
import { simplify } from './simplify.js';

const TRIES = 40;

/**
 * A value that is valid for `schema`, the same for the same seed. Free strings take words from `words`.
 *
 * @throws {InferwayError} `invalid_request` where no valid value was found: the schema contradicts itself or is too tangled.
 */
export function instanceOf(
  schema: JsonObject,
  words: readonly string[],
  random: SeededRandom,
): JsonValue {
  const validator = new Validator(schema as Schema, '2020-12');
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // The first tries look like a model's work; later ones give up the prompt's words, then everything optional.
    const chosen = attempt < TRIES / 2 ? words : [];
    const value = candidate(simplify(schema, chosen), attempt, random);
    if (value !== undefined && validator.validate(value).valid) return value;
  }
  throw new InferwayError('invalid_request', {
    message:
      'The simulator found no value that is valid for the given JSON Schema. Check that the schema does not contradict itself.',
  });
}

function candidate(
  schema: JsonValue | undefined,
  attempt: number,
  random: SeededRandom,
): JsonValue | undefined {
  const options: GenerateSyncOptions = {
    seed: random.int(1, 0x7fffffff),
    maxDepth: attempt < TRIES / 4 ? 6 : 3,
    refDepthMax: attempt < TRIES / 4 ? 3 : 1,
    optionalsProbability: attempt < TRIES / 4 ? 0.6 : 0,
    maxDefaultItems: 3,
    failOnInvalidTypes: false,
    validateSchemaVersion: false,
    resolveJsonPath: false,
  };
  try {
    return generateSync(schema as JsonObject, options) as JsonValue;
  } catch {
    // A schema that this seed cannot fill; the caller tries the next and tells when none can.
    return undefined;
  }
}
