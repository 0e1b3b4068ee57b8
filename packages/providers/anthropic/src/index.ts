export { createAnthropic, type AnthropicOptions } from './anthropic.js';
export type {
  AnthropicBeta,
  AnthropicProviderOptions,
  AnthropicThinking,
} from './provider-options.js';
