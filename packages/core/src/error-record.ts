import { ERROR_CODES, type ErrorCode } from './error-code.js';
import { ERROR_FACTS, InferwayError } from './error.js';
import { isJsonObject, type JsonObject, type JsonValue } from './json.js';

const KEPT = ['message', 'retryable', 'fallbackable', ...ERROR_FACTS] as const;

/** An error as it is written down: without cause, body, attempts and partial answer. */
export function errorToRecord(error: InferwayError): JsonObject {
  const record: Record<string, JsonValue | undefined> = { code: error.code };
  for (const name of KEPT) record[name] = error[name];
  return record;
}

/** @param fallback The message of one that has none. */
export function errorFromRecord(record: JsonValue | undefined, fallback: string): InferwayError {
  const { code, ...details } = isJsonObject(record) ? record : {};
  const known =
    typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'internal';
  return new InferwayError(known, { message: fallback, ...details });
}
