export { createOpenAICompatible } from './openai-compatible.js';
export type { OpenAICompatibleOptions } from './openai-compatible-options.js';
