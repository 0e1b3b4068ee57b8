import { isJsonObject, type JsonObject, type Opaque } from '@inferway/core';
import type { Draft } from './draft.js';
import { ANTHROPIC_MESSAGES } from './name.js';

/** The fields that this format kept in a part, message or tool; undefined for another format's. */
export function ownFields(opaque: Opaque | undefined): JsonObject | undefined {
  if (opaque === undefined || opaque.format !== ANTHROPIC_MESSAGES) return undefined;
  return isJsonObject(opaque.value) ? opaque.value : undefined;
}

/** Writes the kept fields back beside those that are already there; what the canonical form says comes first. */
export function addOwnFields(draft: Draft, opaque: Opaque | undefined): void {
  const fields = ownFields(opaque);
  if (fields === undefined) return;
  for (const key of Object.keys(fields)) if (draft[key] === undefined) draft[key] = fields[key];
}

/** `{ opaque }` for the members of `object` that are not in `known` and not null; nothing where there are none. */
export function keepRest(
  object: JsonObject,
  known: ReadonlySet<string>,
): { readonly opaque?: Opaque } {
  const value = restOf(object, known);
  return value === undefined ? {} : { opaque: { format: ANTHROPIC_MESSAGES, value } };
}

/** The members of `object` that are not in `known` and not null; undefined where there are none. */
export function restOf(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let rest: Draft | undefined;
  for (const key in object) {
    if (known.has(key) || key === '__proto__' || object[key] === null || object[key] === undefined)
      continue;
    (rest ??= {})[key] = object[key];
  }
  return rest;
}
