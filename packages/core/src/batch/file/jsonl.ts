import { isJsonObject } from '../../json.js';
import type { BatchRecord } from '../batch-store.js';

/** The objects of a text of JSON lines. Lines that are none are left out: what was cut short was not kept. */
export function readJsonl(text: string): BatchRecord[] {
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      const record: unknown = JSON.parse(line);
      return isJsonObject(record) ? [record] : [];
    } catch {
      return [];
    }
  });
}
