import type { HeaderRecord } from './header-record.js';
import { headerValue } from './header-record.js';

const KNOWN: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'br']);
const MOST = 2;

/** The encodings of a body in the order in which they are to be undone; `refused` where we do not undo them. */
export function contentEncodings(
  headers: HeaderRecord,
): { readonly encodings: readonly string[] } | { readonly refused: string } {
  const value = headerValue(headers, 'content-encoding');
  if (value === undefined) return NONE;
  const names = value
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MOST || names.some((name) => !KNOWN.has(name))) return { refused: value };
  return { encodings: names.toReversed() };
}

const NONE: { readonly encodings: readonly string[] } = { encodings: [] };
