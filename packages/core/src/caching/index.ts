// Answers that are kept, and calls that share one
export { cache } from '../middleware/cache/cache.js';
export type { AnswerCacheOptions, CacheOptions } from '../middleware/cache/cache-options.js';
export type { CacheScope } from '../middleware/cache-scope.js';
export { cacheTtl } from '../middleware/cache/cache-ttl.js';
export { cacheMode, type CacheMode } from '../middleware/cache-mode.js';
export { promptCache } from '../middleware/prompt-cache/prompt-cache.js';
export type {
  PromptCacheOptions,
  PromptCacheRule,
  PromptCacheWay,
} from '../middleware/prompt-cache/prompt-cache-options.js';
export { coalesce, type CoalesceOptions } from '../middleware/coalesce/coalesce.js';
