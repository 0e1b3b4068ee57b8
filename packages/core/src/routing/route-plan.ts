import type { Call } from '../call.js';
import type { InferwayError } from '../error.js';
import type { RoutePolicy } from './policy.js';
import type { Rules } from './rules.js';
import type { Sticky } from './sticky.js';
import type { Target } from './target.js';

/** A route as the router works with it. */
export interface RoutePlan {
  /** `route/fast`, `auto`. */
  readonly name: string;
  readonly members: readonly Member[];
  readonly policy: RoutePolicy;
  readonly rules: Rules | undefined;
  readonly sticky: Sticky;
  /** True where conversations are remembered, not only sessions. */
  readonly conversations: boolean;
  readonly on: ((error: InferwayError, call: Call) => boolean) | undefined;
  /** True where what it stands for is found by discovery, wholly or in part. */
  readonly discovers: boolean;
}

export type Member =
  | { readonly kind: 'target'; readonly target: Target }
  /** All that serve a model. */
  | { readonly kind: 'auto'; readonly id: string; readonly weight: number }
  /** What another route would choose. */
  | { readonly kind: 'route'; readonly plan: RoutePlan; readonly weight: number };
