export { createFireworks } from './fireworks.js';
export type { FireworksOptions, FireworksProviderOptions } from './fireworks-options.js';
