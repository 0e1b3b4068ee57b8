export { createTogether } from './together.js';
export type { TogetherOptions, TogetherProviderOptions } from './together-options.js';
