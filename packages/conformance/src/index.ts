// Adapters
export { testProvider } from './provider/test-provider.js';
export type {
  ModelListing,
  ProviderFactory,
  ProviderSetup,
  ProviderSuite,
  Wire,
} from './provider/provider-suite.js';
export type { Sample } from './samples/sample.js';

// What an adapter speaks
export { formatScript, type FormatScriptOptions, type ServerDoors } from './wire/format-script.js';
export { rawScript } from './wire/raw-script.js';
export type { Asked, Silent, WireScript } from './wire/wire-script.js';
export type { WireVariant } from './wire/wire-variant.js';
export { jsonAnswer, type WireAnswer, type WireCall } from './wire/wire-answer.js';
export { jsonOf, type WireRequest } from './wire/wire-request.js';

// Middleware
export { testMiddleware } from './middleware/test-middleware.js';
export type {
  MiddlewareFactory,
  MiddlewareSetup,
  MiddlewareSuite,
} from './middleware/middleware-suite.js';

// Stores
export { testStore } from './store/test-store.js';
export type { OpenStore, StoreSuite, StoreTime } from './store/store-suite.js';
export { withService, type Service } from './store/with-service.js';
export { relay, type Relay, type RelayTarget } from './store/relay.js';

// Adapters against a simulated provider
export { testSimulated } from './simulated/test-simulated.js';
export type { SimulatedServer, SimulatedSuite } from './simulated/simulated-suite.js';

// Where tests are registered
export type { Runner } from './runner.js';
