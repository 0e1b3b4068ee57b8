import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';

/** No member of a request or a schema has this name. */
const BYTES = '\u0000bytes';

/** Anything that requests and results are made of, as JSON: bytes as base64 under a name of their own. */
export function toRecord(value: object): JsonObject {
  return write(value) as JsonObject;
}

/** The value that `toRecord` wrote. */
export function fromRecord(record: JsonValue | undefined): unknown {
  if (Array.isArray(record)) return record.map((entry: JsonValue) => fromRecord(entry));
  if (!isJsonObject(record)) return record;
  const base64 = record[BYTES];
  if (typeof base64 === 'string') return new Uint8Array(Buffer.from(base64, 'base64'));
  return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, fromRecord(entry)]));
}

function write(value: unknown): JsonValue | undefined {
  if (value instanceof Uint8Array) {
    return {
      [BYTES]: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64'),
    };
  }
  if (Array.isArray(value)) return value.map((entry) => write(entry) ?? null);
  if (typeof value !== 'object' || value === null) return value as JsonValue | undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, write(entry)]));
}
