// Time
export { virtualClock, type VirtualClock, type VirtualClockOptions } from './virtual-clock.js';
export { settle } from './settle.js';
export { seededRandom } from './seeded-random.js';

// What is left behind
export { countListeners } from './count-listeners.js';

// Providers that follow a script
export {
  fakeProvider,
  type FakeProvider,
  type FakeProviderOptions,
  type Script,
} from './fake-provider.js';
export type { FakeAttempt } from './fake-run.js';
export {
  accept,
  bytes,
  connected,
  connecting,
  emit,
  fail,
  fakeError,
  ignoreCancel,
  result,
  stall,
  usage,
  wait,
  type Step,
} from './step.js';
export { say, type SayOptions } from './say.js';
