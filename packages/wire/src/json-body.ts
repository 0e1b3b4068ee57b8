import type { JsonObject, JsonValue } from '@inferway/core';

/** A body while it is being built. */
export type JsonBody = Record<string, JsonValue | undefined>;

/** Adds fields that came from outside. `__proto__` is left out: assigning it would change the body's prototype. */
export function addFields(body: JsonBody, fields: object | undefined): void {
  if (fields === undefined) return;
  for (const [key, value] of Object.entries(fields)) {
    if (key !== '__proto__' && value !== undefined) body[key] = value as JsonValue;
  }
}

/** The members that are not in `known`; undefined where there are none. Nulls and `__proto__` are left out. */
export function otherFields(object: JsonObject, known: ReadonlySet<string>): JsonBody | undefined {
  let rest: JsonBody | undefined;
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (known.has(key) || value === null || value === undefined || key === '__proto__') continue;
    (rest ??= {})[key] = value;
  }
  return rest;
}

/** The object without its undefined members: itself, or a copy. `delete` would leave an object that is slow ever after. */
export function defined<T extends object>(object: T): T {
  for (const key in object) if (object[key] === undefined) return copyDefined(object);
  return object;
}

function copyDefined<T extends object>(object: T): T {
  const copy = {} as T;
  for (const key in object) if (object[key] !== undefined) copy[key] = object[key];
  return copy;
}
