// What keeps calls going while targets fail
export { hedge, type HedgeOptions } from '../middleware/hedge/hedge.js';
export type { LearnedDelay } from '../middleware/hedge/hedge-delay.js';
export {
  circuitBreaker,
  type CircuitBreaker,
} from '../middleware/circuit-breaker/circuit-breaker.js';
export type { BreakerChange, BreakerState } from '../middleware/circuit-breaker/breaker-events.js';
export type { CircuitBreakerOptions } from '../middleware/circuit-breaker/breaker-options.js';
export { speaksAgainst } from '../middleware/circuit-breaker/speaks-against.js';
export { resume } from '../middleware/resume/resume.js';
export type { PrefillModel, ResumeOptions } from '../middleware/resume/resume-rules.js';
