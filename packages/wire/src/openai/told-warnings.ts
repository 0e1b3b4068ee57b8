import type { JsonObject, Warning } from '@inferway/core';
import { asObject, asString, asText } from '../lenient.js';

/** What an answer says in `warnings` of the request: sentences, or objects with a `message`. Nothing where there are none. */
export function toldWarnings(body: JsonObject): readonly Warning[] {
  const { warnings } = body;
  if (!Array.isArray(warnings)) return NONE;
  return warnings.flatMap((entry): Warning[] => {
    const message = asText(entry) ?? asText(asObject(entry)?.['message']);
    if (message === undefined) return [];
    const setting = asString(asObject(entry)?.['param']);
    return [{ type: 'other', message, ...(setting === undefined ? {} : { setting }) }];
  });
}

const NONE: readonly Warning[] = [];
