export { createVllm } from './vllm.js';
export type { VllmOptions, VllmProviderOptions, VllmStructuredOutputs } from './vllm-options.js';
