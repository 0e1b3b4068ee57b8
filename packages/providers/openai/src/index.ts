export { createOpenAI } from './openai.js';
export type { OpenAIApi, OpenAIOptions, OpenAIProviderOptions } from './openai-options.js';
