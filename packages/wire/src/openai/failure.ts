import { InferwayError, isJsonObject, type JsonObject } from '@inferway/core';
import type { DecodeSource } from '../format.js';

/**
 * The body of a success. Throws what `from.fail` gives for an error inside a 200.
 * @param list The member that every success has: `choices`, `data`.
 * @throws {InferwayError} `protocol` for what is no JSON object (a proxy's page).
 */
export function successBody(
  body: unknown,
  list: string,
  from: Pick<DecodeSource, 'fail'>,
): JsonObject {
  if (!isJsonObject(body)) {
    throw new InferwayError('protocol', {
      message: 'The answer is not a JSON object. The address may not be the one of this protocol.',
    });
  }
  if (isFailure(body, list)) throw from.fail(body);
  return body;
}

/** True for an error body of any provider that speaks this protocol: `error`, or without the success's list a flat error. */
export function isFailure(body: JsonObject, list: string): boolean {
  const { error } = body;
  if (error !== undefined && error !== null && error !== false && error !== '') return true;
  if (body[list] !== undefined) return false;
  return (
    body['object'] === 'error' ||
    body['type'] === 'error' ||
    body['error_type'] !== undefined ||
    body['detail'] !== undefined ||
    typeof body['message'] === 'string'
  );
}

export function emptyResponse(): InferwayError {
  return new InferwayError('empty_response', {
    message: 'The provider answered with a success that holds no answer.',
  });
}
