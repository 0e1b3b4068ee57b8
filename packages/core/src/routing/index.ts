// The router and its middleware
export { createRouter, type Router } from './create-router.js';
export { route } from './route.js';
export type {
  AutoOptions,
  ChoiceOptions,
  DescribedTarget,
  RouteOptions,
  RouterOptions,
  RouteTarget,
} from './route-options.js';
export type { ExplainOptions } from './dry-call.js';
export type { ExplainedCandidate, Explanation } from './explanation.js';

// What a call may say
export { routeRules, type RouteRules } from '../route-rules.js';
export { session, type StickyOptions } from './sticky.js';

// Policies
export { preferred } from './policies/preferred.js';
export { cheapest } from './policies/cheapest.js';
export { fastest, type FastestOptions } from './policies/fastest.js';
export { weighted } from './policies/weighted.js';
export { leastLoaded, type LeastLoadedOptions } from './policies/least-loaded.js';
export { cascade, type CascadeAnswer, type CascadeOptions } from './policies/cascade.js';

// For a policy of one's own
export {
  byScore,
  type Policy,
  type PolicyFunction,
  type Question,
  type Ranked,
  type RoutePolicy,
} from './policy.js';
export type { Candidate, Tags } from './candidate.js';
export type { TargetFacts } from './facts.js';
export type { Needs } from './needs.js';
export { expectedMs } from './expected-time.js';
export type { TagTable } from './tag-book.js';

// Health and measurements
export type { KnowsState, TargetCheck, TargetHealth } from './health.js';
export {
  memorySpeeds,
  type MemorySpeedsOptions,
  type SpeedBook,
  type SpeedFigures,
  type SpeedSample,
} from './speed-book.js';
