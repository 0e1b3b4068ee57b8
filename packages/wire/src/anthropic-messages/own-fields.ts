import { isJsonObject, type JsonObject, type Opaque } from '@inferway/core';
import { otherFields, type JsonBody } from '../json-body.js';
import { ANTHROPIC_MESSAGES } from './name.js';

/** The fields that this format kept in a part, message or tool; undefined for another format's. */
export function ownFields(opaque: Opaque | undefined): JsonObject | undefined {
  if (opaque === undefined || opaque.format !== ANTHROPIC_MESSAGES) return undefined;
  return isJsonObject(opaque.value) ? opaque.value : undefined;
}

/** Writes the kept fields back beside those that are already there; what the canonical form says comes first. */
export function addOwnFields(draft: JsonBody, opaque: Opaque | undefined): void {
  const fields = ownFields(opaque);
  if (fields === undefined) return;
  for (const key of Object.keys(fields)) if (draft[key] === undefined) draft[key] = fields[key];
}

/** `{ opaque }` for the members of `object` that are not in `known` and not null; nothing where there are none. */
export function keepRest(
  object: JsonObject,
  known: ReadonlySet<string>,
): { readonly opaque?: Opaque } {
  const value = otherFields(object, known);
  return value === undefined ? {} : { opaque: { format: ANTHROPIC_MESSAGES, value } };
}
