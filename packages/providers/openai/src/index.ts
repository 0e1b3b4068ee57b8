export { createOpenAI, type OpenAIOptions } from './openai.js';
export type { OpenAIApi, OpenAIProviderOptions } from './openai-provider-options.js';
