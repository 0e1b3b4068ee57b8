import { asText } from '../lenient.js';

/** Stands in every id that we made up, so that none of them is ever sent to a provider that would look it up. */
const MADE = '_iw_';

/** What an item's id begins with, by its type. */
export type IdPrefix = 'msg' | 'rs' | 'fc' | 'ig';

/** An id for an item that has none. */
export function madeId(prefix: IdPrefix, answerId: string, index: number): string {
  return `${prefix}${MADE}${answerId.replaceAll(/[^\w-]/gu, '').slice(-32)}_${index}`;
}

/** The id that the provider gave an item. */
export function givenId(id: unknown): string | undefined {
  const text = asText(id);
  return text === undefined || text.includes(MADE) ? undefined : text;
}
