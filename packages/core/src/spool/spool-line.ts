import { crc32 } from 'node:zlib';
import { isJsonObject } from '../json.js';
import type { LedgerRow } from '../stores/ledger.js';

/**
 * What a line of a spool says: an attempt begins (`B`, with the row that it becomes if its process dies), it ended with this row (`E`), or the
 * ledger has the rows of these ids (`A`).
 */
export type SpoolRecord =
  | { readonly kind: 'B' | 'E'; readonly row: LedgerRow }
  | { readonly kind: 'A'; readonly ids: readonly string[] };

/** One line with its check sum: `1a2b3c4d E {…}`. JSON has no line ends in it. */
export function writeLine(record: SpoolRecord): string {
  const { kind } = record;
  const body = `${kind} ${JSON.stringify(kind === 'A' ? record.ids : record.row)}`;
  return `${sumOf(body)} ${body}\n`;
}

/** What a line holds; undefined where it is damaged. */
export function readLine(line: string): SpoolRecord | undefined {
  const body = line.slice(9);
  if (line[8] !== ' ' || sumOf(body) !== line.slice(0, 8)) return undefined;
  try {
    const value: unknown = JSON.parse(body.slice(2));
    switch (body.slice(0, 2)) {
      case 'A ':
        return Array.isArray(value) ? { kind: 'A', ids: value } : undefined;
      case 'B ':
      case 'E ':
        return isRow(value) ? { kind: body[0] as 'B' | 'E', row: value } : undefined;
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

function sumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}

// Whatever else is wrong with a row, the ledger says.
function isRow(value: unknown): value is LedgerRow {
  return isJsonObject(value) && typeof value['id'] === 'string';
}
