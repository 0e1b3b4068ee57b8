import type { Call } from '../call.js';
import type { Clock } from '../clock.js';
import type { InferwayError } from '../error.js';
import type { Model } from '../model.js';
import type { ModelInfo } from '../model-info.js';
import type { PriceBook } from '../price.js';
import type { ProviderBase } from '../provider.js';
import type { RouteRules } from '../route-rules.js';
import type { Tags } from './candidate.js';
import type { TargetFacts } from './facts.js';
import type { TargetHealth } from './health.js';
import type { Policy } from './policy.js';
import type { SpeedBook } from './speed-book.js';
import type { StickyOptions } from './sticky.js';
import type { TagTable } from './tag-book.js';

/** `provider/model`; `route/other`, which stands for that route's choice; `auto/model`, which stands for each provider that serves it. */
export type RouteTarget = string | Model | DescribedTarget;

/** A target with what is known of it. */
export interface DescribedTarget {
  readonly model: string | Model;
  /** Its share for `weighted`, its size for `leastLoaded`. Default 1. */
  readonly weight?: number | undefined;
  readonly tags?: Tags | undefined;
  /** What is known of it, before what catalogue and discovery say. */
  readonly facts?: TargetFacts | undefined;
}

/** What routes and discovery have in common. */
export interface ChoiceOptions extends RouteRules {
  readonly policy?: Policy | undefined;
  /** True: a conversation stays where its prompt cache is warm. Default false; a `session` is followed either way. */
  readonly sticky?: boolean | StickyOptions | undefined;
  /** Whether an error of one target leads to the next. Default: `error.fallbackable`; a model that the target has not (`not_found`); and a full context window leads to larger ones. */
  readonly on?: ((error: InferwayError, call: Call) => boolean) | undefined;
}

/** One route: its targets, and how it chooses among them. */
export interface RouteOptions extends ChoiceOptions {
  /** In the order in which `preferred`, the default policy, tries them. */
  readonly targets: readonly RouteTarget[];
}

/** How `auto/…` finds who serves a model, and chooses among them. */
export interface AutoOptions extends ChoiceOptions {
  /**
   * The same model under other ids, by the name that a call asks for: `{ 'llama-3.3-70b': ['groq/llama-3.3-70b-versatile', …] }`. Beside these only
   * the very id that was asked for counts: a model is never guessed from a name that is like it.
   */
  readonly aliases?: Readonly<Record<string, readonly (string | Model)[]>> | undefined;
  /** How old a listing may be before it is asked again, in the background. Default 300,000. */
  readonly ttlMs?: number | undefined;
  /** How old a listing may be that cannot be renewed. Default 86,400,000 (a day). */
  readonly staleMs?: number | undefined;
  /** How long a provider may take to list its models; the first call waits for that, later ones do not. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  /** A provider that could not be asked is not asked again for so long. Default 30,000. */
  readonly retryMs?: number | undefined;
}

/** What a router resolves: `routes`, `auto`, or both. */
export interface RouterOptions {
  /** By name: `fast` is called as `route/fast`. */
  readonly routes?: Readonly<Record<string, RouteOptions>> | undefined;
  /** The client's providers: for discovery, and so that a name that is none of theirs is refused when the router is made. */
  readonly providers?: readonly ProviderBase[] | undefined;
  /** How `auto/…` chooses, by default the cheapest; it needs `providers`. */
  readonly auto?: AutoOptions | undefined;
  /** All models there are: a target that is not among them is refused when the router is made. */
  readonly catalogue?: readonly ModelInfo[] | undefined;
  /** Tags by `provider/model` and `provider/*`; those of a route's own target count before them. */
  readonly tags?: TagTable | undefined;
  readonly prices?: PriceBook | undefined;
  /** Output tokens of a call that bounds none. Default 500. */
  readonly typicalOutputTokens?: number | undefined;
  /** Which targets rest: open breakers, keys without credit. They go behind the others. */
  readonly health?: TargetHealth | readonly TargetHealth[] | undefined;
  /** Where measured speeds are kept. Default `memorySpeeds()`. */
  readonly speeds?: SpeedBook | undefined;
  /** For `explain` and the first discovery. Default: that of the last call, else the machine's. */
  readonly clock?: Clock | undefined;
}
