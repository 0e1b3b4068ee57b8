export { createAnthropic, type AnthropicOptions } from './anthropic.js';
export type { AnthropicProviderOptions } from './anthropic-provider-options.js';
