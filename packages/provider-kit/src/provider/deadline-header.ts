import { remainingMs, type State } from '@inferway/core';
import { checkHeaders } from '../transport/check-header.js';

/** The header by which a call's remaining time travels, in whole milliseconds. Inferway's gateway reads it. */
export const DEADLINE_HEADER = 'x-inferway-timeout-ms';

/** The name of the header that a setting asks for; undefined for none. @throws {InferwayError} `configuration`. */
export function readDeadlineHeader(setting: boolean | string | undefined): string | undefined {
  if (setting === undefined || setting === false) return undefined;
  const name = setting === true ? DEADLINE_HEADER : setting.toLowerCase();
  checkHeaders({ [name]: '1' }, 'deadlineHeader');
  return name;
}

/** What the header says of a call; undefined for one without a deadline. */
export function deadlineValue(state: State | undefined): string | undefined {
  const left = state === undefined ? Number.POSITIVE_INFINITY : remainingMs(state);
  return left === Number.POSITIVE_INFINITY ? undefined : String(Math.max(1, Math.floor(left)));
}
