import { InferwayError, isJsonObject, type JsonObject, type JsonValue } from '@inferway/core';
import type { BytesBody } from '../body.js';

/** How an output travels: as JSON, or as the file that it is. */
export interface OutputCodec<Output> {
  /** What the Hub's own and compatible servers answer to `inputs`. Undefined where the body is of no known form. */
  decode(body: unknown, inputs?: unknown): Output | undefined;
  encode(output: Output): JsonValue | BytesBody;
}

/** A body that is no answer of the task. The body is not quoted. */
export function malformed(task: string, body: unknown): InferwayError {
  const found = Array.isArray(body) ? 'a list' : isJsonObject(body) ? 'an object' : typeof body;
  return new InferwayError('protocol', {
    message: `The answer is ${found} of another form than "${task}" has. The model may be of another task, or the address of another API.`,
    sent: 'maybe',
  });
}

/**
 * The objects of an answer that is one, a list of them, or a list of such lists (one for each input, of which the first is meant).
 * Undefined for anything else.
 */
export function objectsOf(body: unknown): readonly JsonObject[] | undefined {
  if (isJsonObject(body)) return [body];
  if (!Array.isArray(body)) return undefined;
  const list: readonly unknown[] = Array.isArray(body[0]) ? body[0] : body;
  return list.every(isJsonObject) ? list : undefined;
}

/** Reads each entry; undefined where one of them cannot be read. */
export function readAll<T>(
  entries: readonly JsonObject[] | undefined,
  read: (entry: JsonObject) => T | undefined,
): readonly T[] | undefined {
  if (entries === undefined) return undefined;
  const all: T[] = [];
  for (const entry of entries) {
    const one = read(entry);
    if (one === undefined) return undefined;
    all.push(one);
  }
  return all;
}

/** A codec of a list whose entries are objects. */
export function listCodec<T>(
  read: (entry: JsonObject) => T | undefined,
  write: (entry: T) => JsonObject,
): OutputCodec<readonly T[]> {
  return {
    decode: (body) => readAll(objectsOf(body), read),
    encode: (output) => output.map(write),
  };
}
