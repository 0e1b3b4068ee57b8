export { createGroq, type GroqOptions } from './groq.js';
export type { GroqProviderOptions } from './groq-provider-options.js';
