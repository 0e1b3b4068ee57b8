import type { Cost, ReplyMeta, Warning } from '@inferway/core';
import { dollars } from './dollars.js';
import type { Exchange } from './exchange.js';

const PLAIN = /^[\x20-\x7e]*$/u;
const LONGEST_WARNINGS = 2048;

/** The header, and for streams the trailer, that holds what a call cost, in dollars. */
export const COST_HEADER = 'x-inferway-cost';

/** Says that an earlier call with the same key was answered so, and this one was not executed. */
export const REPLAYED: readonly string[] = ['idempotent-replayed', 'true'];

/** Headers, as a flat list, by the name of the provider whose answers have them. */
export type Marks = ReadonlyMap<string, readonly string[]>;

/** What every answer of the gateway has, as the flat list that `writeHead` takes. */
export function baseHeaders(exchange: Exchange): string[] {
  const headers = ['x-request-id', exchange.id, 'cache-control', 'no-store'];
  const { requestIdHeader } = exchange.protocol;
  if (requestIdHeader !== undefined) headers.push(requestIdHeader, exchange.id);
  const { standing } = exchange;
  if (standing !== undefined) headers.push(...standing.headers(exchange.protocol));
  return headers;
}

/** Who answered, and how. */
export function answerHeaders(exchange: Exchange, meta: ReplyMeta, marks: Marks): string[] {
  const headers = baseHeaders(exchange);
  const mark = marks.get(meta.provider);
  if (mark !== undefined) headers.push(...mark);
  headers.push(
    'x-inferway-provider',
    plain(meta.provider),
    'x-inferway-model',
    plain(meta.model),
    'x-inferway-attempts',
    String(meta.attempts?.length ?? 0),
  );
  if (meta.servedBy !== undefined) headers.push('x-inferway-served-by', plain(meta.servedBy));
  if (meta.requestId !== undefined) {
    headers.push('x-inferway-provider-request-id', plain(meta.requestId));
  }
  if (meta.cache !== undefined) {
    headers.push('x-inferway-cache', meta.cached?.stale === true ? 'stale' : meta.cache);
  }
  if (meta.replayed === true) headers.push(...REPLAYED);
  if (meta.warnings !== undefined && meta.warnings.length > 0) {
    headers.push('x-inferway-warnings', warningsText(meta.warnings));
  }
  return headers;
}

/** `0.000123`, or `unknown`: a cost that nobody knows is not 0. */
export function costText(cost: Cost | undefined): string {
  return cost?.known === true ? dollars(cost.total) : 'unknown';
}

/** A header holds visible ASCII: anything else is written as a URL would write it. */
export function plain(value: string): string {
  return PLAIN.test(value) ? value : encodeURIComponent(value.toWellFormed());
}

// A JSON list. What does not fit is left out from the end, and its count said.
function warningsText(warnings: readonly Warning[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const { type, setting, message } of warnings) {
    const part = asciiJson({ type, setting, message });
    length += part.length + 1;
    if (length > LONGEST_WARNINGS) {
      parts.push(asciiJson({ type: 'other', message: `${warnings.length - parts.length} more` }));
      break;
    }
    parts.push(part);
  }
  return `[${parts.join(',')}]`;
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
