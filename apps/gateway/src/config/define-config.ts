import type { ConfigInput } from './config.js';

/** Types the config of `inferway.config.ts`: `export default defineConfig({ … })`. It is checked when it is loaded. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}
