// How much may be asked for in a time and at a time
export { limit, limitTargets, type LimitOptions } from '../middleware/limit/limit.js';
export type { LimitRule } from '../middleware/limit/limit-rule.js';
export type { CallScope } from '../call-scope.js';
export type { LimitRefusal, LimitUnit, MetLimit } from '../middleware/limit/limit-events.js';
export type { TokenOptions } from '../middleware/limit/token-need.js';
export {
  adaptiveConcurrency,
  type AdaptiveConcurrencyOptions,
} from '../middleware/limit/adaptive-concurrency.js';
export { learnLimits, type LearnLimitsOptions } from '../middleware/limit/learn-limits.js';
export { priority } from '../middleware/queue/priority.js';
export type { QueueOptions } from '../middleware/queue/queue-options.js';
