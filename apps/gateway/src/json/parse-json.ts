import { isUtf8 } from 'node:buffer';
import { InferwayError } from '@inferway/core';
import { jsonFault } from './find-json-error.js';

/**
 * A body as JSON. The message of a failure tells where and never what: the body is the caller's prompt.
 *
 * @throws {InferwayError} `invalid_request`
 */
export function parseJson(body: Buffer, deepest: number): unknown {
  if (body.length === 0) throw refused('The request body is empty. Send a JSON object.');
  if (!isUtf8(body)) throw refused('The request body is not UTF-8. JSON travels as UTF-8.');
  const text = body.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(`The request body is not JSON: ${jsonFault(text)}.`);
  }
  if (!fits(value, deepest)) {
    throw refused(`The request body nests deeper than the ${deepest} levels that are taken here.`);
  }
  return value;
}

// Recursion is bounded by `levels`.
function fits(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (!fits(item, levels - 1)) return false;
    return true;
  }
  for (const key in value) {
    if (!fits((value as Record<string, unknown>)[key], levels - 1)) return false;
  }
  return true;
}

function refused(message: string): InferwayError {
  return new InferwayError('invalid_request', { message });
}
