import { isJsonObject } from '@inferway/core';

/** All text in a result, whole or partial, of any operation: what stands in members named `text`. */
export function textOf(result: unknown): string {
  if (Array.isArray(result)) return result.map((one) => textOf(one)).join('');
  if (!isJsonObject(result)) return '';
  // Beside a message the client gives its text once more, for comfort.
  if ('message' in result) return textOf(result['message']);
  return Object.entries(result)
    .filter(([name]) => name !== 'alternatives')
    .map(([name, value]) =>
      name === 'text' ? (typeof value === 'string' ? value : '') : textOf(value),
    )
    .join('');
}
