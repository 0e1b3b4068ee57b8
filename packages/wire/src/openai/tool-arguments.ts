import type { JsonValue, Warning } from '@inferway/core';

/** The arguments' JSON text: an object where some servers put one, and nothing where there is none. */
export function argumentsText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

/** Tells of a call that is not whole, and so must never be run. */
export function cutCall(name: string | undefined): Warning {
  return {
    type: 'other',
    message: `The answer ended within the arguments of a call of ${name === undefined ? 'a tool' : `the tool "${name}"`}, so the call was left out.`,
  };
}
