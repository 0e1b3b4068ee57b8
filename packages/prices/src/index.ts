export { createPriceBook, type PriceBookOptions } from './price-book.js';
export type { DollarPrices, PriceTable } from './price-table.js';
