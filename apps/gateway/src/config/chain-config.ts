import type { CacheOptions, CoalesceOptions, PromptCacheOptions } from '@inferway/core/caching';
import type { CapsOptions, PiiKind, RedactOptions } from '@inferway/core/guards';
import type { IdempotencyOptions } from '@inferway/core/idempotency';
import type { LearnLimitsOptions, LimitRule, QueueOptions } from '@inferway/core/limits';
import type { CircuitBreakerOptions, HedgeOptions, ResumeOptions } from '@inferway/core/resilience';
import type { AutoOptions, RouteRules, StickyOptions } from '@inferway/core/routing';
import type { SemanticCacheOptions } from '@inferway/core/semantic';
import type { MemoryIdempotencyOptions } from '@inferway/core/stores';
import type {
  AlertOptions,
  BudgetOptions,
  BudgetRule,
  LedgerOptions,
} from '@inferway/core/spending';

// What a file can say of core's own options: figures, names and flags, no functions.

type Queue = boolean | Pick<QueueOptions, 'maxWaiting' | 'maxWaitingPerTenant' | 'maxWaitMs'>;

/** Figures of one limit, in `windowMs` where they are over a time. */
export type LimitFigures = Pick<
  LimitRule,
  'windowMs' | 'requests' | 'inputTokens' | 'outputTokens' | 'totalTokens' | 'concurrency'
>;

/** What the limits of callers can be counted apart for. */
export type CallerScope = 'all' | 'tenant' | 'key' | 'team' | 'tag' | 'model';
/** What the limits of targets can be counted apart for. */
export type TargetScope = 'all' | 'provider' | 'model' | 'tenant' | 'key';
/** What budgets can be counted apart for. */
export type MoneyScope = CallerScope | 'provider';

export interface LimitRuleConfig<Scope extends string> extends LimitFigures {
  readonly name?: string | undefined;
  /** Default `all`. */
  readonly per?: Scope | readonly Scope[] | undefined;
  /** Only these, by the name of what the rule is `per`; for a list, the last of it. Default: each. */
  readonly only?: readonly string[] | undefined;
}

/** Limits that are counted together; a call that meets one waits in the queue, or is refused. */
export interface LimitLayerConfig<Scope extends string> {
  readonly rules: readonly LimitRuleConfig<Scope>[];
  /** Default: none, calls are refused at once. */
  readonly queue?: Queue | undefined;
  /** Default `estimate`. */
  readonly inputTokens?: 'estimate' | 'upper' | undefined;
  /** Output tokens that are reserved for a call that names no maximum. Default 1,000, or less where a rule allows less. */
  readonly assumedOutputTokens?: number | undefined;
}

export interface BudgetRuleConfig extends Pick<BudgetRule, 'name' | 'period'> {
  /** Default `all`. */
  readonly per?: MoneyScope | readonly MoneyScope[] | undefined;
  /** Dollars in a period: one amount for each, or amounts by name, `*` for all others. */
  readonly usd: number | Readonly<Record<string, number>>;
}

export interface WebhookConfig<S> {
  readonly url: string;
  /** `whsec_` and base64 of at least 16 bytes. */
  readonly secret: S;
  /** Default false. */
  readonly allowHttp?: boolean | undefined;
}

export interface AlertsConfig<S> extends Pick<AlertOptions, 'thresholds' | 'refusals' | 'spike'> {
  /** Absent: alerts are lines on the standard error output. */
  readonly webhook?: WebhookConfig<S> | undefined;
}

export interface BudgetsConfig<S> extends Pick<
  BudgetOptions,
  'unknownPrice' | 'bound' | 'assumedOutputTokens' | 'mediaTokens' | 'leaseMs'
> {
  readonly rules?: readonly BudgetRuleConfig[] | undefined;
  readonly alerts?: AlertsConfig<S> | undefined;
}

/** Where rows are written: one of the three, and a directory that keeps them through a crash. */
export interface LedgerConfig<S> extends Pick<LedgerOptions, 'whenFull' | 'batchMs' | 'maxRows'> {
  /** A file, beside the config where the path is relative. */
  readonly sqlite?: string | undefined;
  readonly postgres?: S | undefined;
  /** Rows are gone with the process: for development. */
  readonly memory?: true | undefined;
  /** A directory of its own on a local disk, beside the config where the path is relative. */
  readonly spool?: string | undefined;
  /** Of Postgres. Default `inferway`. */
  readonly schema?: string | undefined;
}

/** What all processes share. */
export interface StoresConfig<S> {
  readonly redis: S;
  /** Begins the name of every key. Default `inferway`. */
  readonly prefix?: string | undefined;
  /** How many gateways share the server: each lets in its part of every limit while the server is away. */
  readonly processes: number;
  /** What budgets allow while the server is away. Default `lease`. */
  readonly budgetsInOutage?: 'lease' | 'closed' | 'open' | undefined;
  /** What limits allow while the server is away. Default `share`. */
  readonly limitsInOutage?: 'share' | 'closed' | undefined;
  /** The longest that one operation takes. Default 50. */
  readonly timeoutMs?: number | undefined;
}

export type BreakerConfig = Pick<
  CircuitBreakerOptions,
  | 'windowCalls'
  | 'windowMs'
  | 'minCalls'
  | 'failureShare'
  | 'openMs'
  | 'maxOpenMs'
  | 'probes'
  | 'probeMs'
  | 'slowFirstMs'
  | 'panic'
>;

export interface HedgeConfig extends Pick<
  HedgeOptions,
  'delayMs' | 'attempts' | 'share' | 'minRemainingMs'
> {
  readonly targets?: readonly string[] | undefined;
}

export interface ResumeConfig extends Pick<ResumeOptions, 'mode' | 'times'> {
  readonly prefill?: readonly string[] | undefined;
}

export type PolicyName = 'preferred' | 'cheapest' | 'fastest' | 'weighted' | 'leastLoaded';

interface ChoiceConfig extends RouteRules {
  /** Default `preferred` for a route, `cheapest` for `auto`. */
  readonly policy?: PolicyName | undefined;
  readonly sticky?: boolean | StickyOptions | undefined;
}

export interface RouteTargetConfig {
  readonly model: string;
  readonly weight?: number | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

export interface RouteConfig extends ChoiceConfig {
  readonly targets: readonly (string | RouteTargetConfig)[];
}

export interface AutoConfig extends ChoiceConfig, Pick<AutoOptions, 'ttlMs' | 'timeoutMs'> {
  /** The same model under other ids. */
  readonly aliases?: Readonly<Record<string, readonly string[]>> | undefined;
}

export interface RedactConfig extends Pick<RedactOptions, 'in' | 'restore'> {
  /** Keys and tokens by their form. */
  readonly secrets?: boolean | undefined;
  /** Personal data by its form: all of the usual kinds, or these. */
  readonly pii?: boolean | readonly PiiKind[] | undefined;
  readonly words?: readonly string[] | undefined;
}

export interface GuardsConfig {
  readonly caps?: CapsOptions | undefined;
  readonly redact?: RedactConfig | undefined;
}

export interface SemanticCacheConfig extends Pick<
  SemanticCacheOptions,
  | 'threshold'
  | 'ttlMs'
  | 'maxEntries'
  | 'maxBytes'
  | 'maxVectors'
  | 'maxPerPartition'
  | 'conversations'
  | 'lookupTimeoutMs'
> {
  /** `provider/model` that makes the vectors; its calls are of the same caller, and counted. */
  readonly model: string;
  readonly dimensions?: number | undefined;
}

/** Answers that are kept, apart for each tenant. */
export type CacheConfig = Pick<
  CacheOptions,
  'ttlMs' | 'maxEntries' | 'maxBytes' | 'staleMs' | 'guard' | 'deterministicOnly' | 'toolCalls'
>;

/** How calls with an `Idempotency-Key` are kept, apart for each tenant. The last two are of the memory, which `stores` take the place of. */
export type IdempotencyConfig = Pick<
  IdempotencyOptions,
  'ttlMs' | 'leaseMs' | 'maxAnswerBytes' | 'whenStoreFails'
> &
  Pick<MemoryIdempotencyOptions, 'maxEntries' | 'maxBytes'>;

/** The layers of the chain; all but `idempotency` are off unless they are written. */
export interface ChainConfig<S> {
  /** Calls that name a key are executed once. Default true; `false` refuses the header. */
  readonly idempotency?: boolean | IdempotencyConfig | undefined;
  /** Answers kept, apart for each tenant. In memory, or in `stores`. */
  readonly cache?: false | CacheConfig | undefined;
  readonly semanticCache?: false | SemanticCacheConfig | undefined;
  /** Equal calls of one tenant in flight share one. */
  readonly coalesce?:
    | boolean
    | Pick<CoalesceOptions, 'toolCalls' | 'maxBytes' | 'maxTotalBytes'>
    | undefined;
  /** By the provider's name. */
  readonly promptCache?:
    | Extract<PromptCacheOptions['providers'], Readonly<Record<string, unknown>>>
    | undefined;
  readonly callerLimits?: LimitLayerConfig<CallerScope> | undefined;
  readonly targetLimits?: LimitLayerConfig<TargetScope> | undefined;
  /** Keep to the limits that providers tell of, before they refuse. */
  readonly learnLimits?:
    | boolean
    | { readonly queue?: Queue | undefined; readonly maxTrustMs?: LearnLimitsOptions['maxTrustMs'] }
    | undefined;
  readonly budgets?: BudgetsConfig<S> | undefined;
  readonly ledger?: LedgerConfig<S> | undefined;
  readonly stores?: StoresConfig<S> | undefined;
  readonly breaker?: boolean | BreakerConfig | undefined;
  readonly hedge?: boolean | HedgeConfig | undefined;
  readonly resume?: ResumeConfig | undefined;
  /** By name: `fast` is called as `route/fast`. */
  readonly routes?: Readonly<Record<string, RouteConfig>> | undefined;
  /** Serves `auto/<model>` by whichever provider has the model. */
  readonly auto?: boolean | AutoConfig | undefined;
  /** Tags by `provider/model` and `provider/*`, for `require` of routes. */
  readonly modelTags?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  readonly guards?: GuardsConfig | undefined;
  /** A line for each event of each call, without content. Default false. */
  readonly log?: boolean | undefined;
}
