export { createPriceBook, type PriceBookOptions } from './price-book.js';
export type { PriceTable } from './price-table.js';
