export { createGroq } from './groq.js';
export type { GroqOptions, GroqProviderOptions } from './groq-options.js';
