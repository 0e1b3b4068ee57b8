export { defineConfig } from './config/define-config.js';
export type {
  Config,
  ConfigInput,
  ConfigShape,
  KeyConfig,
  LimitConfig,
  PriceConfig,
  ProviderConfig,
} from './config/config.js';
export type * from './config/chain-config.js';
export type { Secret, SecretInput } from './config/secret.js';

// A gateway inside a program of your own
export { createGateway, type Gateway, type GatewayOptions } from './create-gateway.js';
export type { Marks } from './http/answer-headers.js';
export type { InputLimits } from './http/input-limits.js';
export type { CallerKey } from './http/key-ring.js';
export type { Protocol } from './http/protocol.js';
export type { Exchange } from './http/exchange.js';
export type { Route } from './http/route.js';
export type { ModelDirectory } from './models/model-directory.js';
export type { Target } from './models/model-names.js';
export type { RoutedNames } from './models/routed-names.js';

// What `start` does
export { startGateway, type RunningGateway, type StartOptions } from './start/start-gateway.js';
export type { CommandLine } from './start/settings.js';
export type { Environment } from './config/read-secret.js';
