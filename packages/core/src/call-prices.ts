import type { PriceBook } from './price.js';
import { stateKey, type State } from './state.js';

const BOOK = stateKey<PriceBook | null>('price book');

/** Told by `cost`, for layers that estimate what a call may cost: the prices by which it is charged. */
export function setPriceBook(state: State, prices: PriceBook | undefined): void {
  state.set(BOOK, prices ?? null);
}

/** The prices by which the call that `state` belongs to is charged; `null` for a `cost` without prices, undefined where no `cost` was met. */
export function priceBookOf(state: State): PriceBook | null | undefined {
  return state.get(BOOK);
}
