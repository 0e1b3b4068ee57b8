export { createOpenAI, type OpenAIOptions } from './openai.js';
export type { OpenAIProviderOptions } from './openai-provider-options.js';
