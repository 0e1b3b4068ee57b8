export { createTgi } from './tgi.js';
export type { TgiGrammar, TgiOptions, TgiProviderOptions } from './tgi-options.js';
