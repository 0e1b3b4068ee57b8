export { createTogether, type TogetherOptions } from './together.js';
export type { TogetherProviderOptions } from './together-provider-options.js';
