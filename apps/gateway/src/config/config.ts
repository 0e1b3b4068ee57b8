import type { TimeoutOptions } from '@inferway/core/middleware';
import type { SpendPeriod } from '@inferway/core/stores';
import type { FallbackCode } from '../models/fallbacks.js';
import type { ChainConfig, LimitFigures } from './chain-config.js';
import type { Secret, SecretInput } from './secret.js';

/** An OpenAI-compatible server, hosted or one's own. */
export interface ProviderConfig<S = Secret> {
  /** Up to and with the version part: `http://10.0.0.5:8000/v1`. */
  readonly baseUrl: string;
  /** Absent: the server asks for none. */
  readonly key?: S | undefined;
}

/** Dollars per million tokens. */
export interface PriceConfig {
  readonly input: number;
  readonly output: number;
  /** Default: `input`. */
  readonly cacheRead?: number | undefined;
  /** Default: `input`. */
  readonly cacheWrite?: number | undefined;
  /** Default: `cacheWrite`. */
  readonly cacheWrite1h?: number | undefined;
}

/** What is taken from callers; see `InputLimits` for the units. */
export interface LimitConfig {
  readonly bodyBytes?: number | undefined;
  readonly jsonDepth?: number | undefined;
  readonly headerBytes?: number | undefined;
  readonly headersMs?: number | undefined;
  readonly requestMs?: number | undefined;
  readonly stallMs?: number | undefined;
  readonly connections?: number | undefined;
}

/** A key that callers may use, and on whose behalf its calls are. */
export interface KeyConfig<S = Secret> {
  /** Its name in logs, limits, budgets and the ledger. */
  readonly id: string;
  readonly key: S;
  /** Whose data its calls are: keys of one tenant may share cached answers. Default: the id, so that each key is a tenant of its own. */
  readonly tenant?: string | undefined;
  readonly team?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** In the place of those rules of `callerLimits` that count `per: key` alone. */
  readonly limits?: LimitFigures | readonly LimitFigures[] | undefined;
  /** Dollars that this key may spend in a period, besides all other budgets. */
  readonly budget?: { readonly usd: number; readonly period: SpendPeriod } | undefined;
}

/** The config file. Everything is optional. */
export interface ConfigShape<S> extends ChainConfig<S> {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Keys that callers may use besides the gateway's own. */
  readonly keys?: readonly KeyConfig<S>[] | undefined;
  /** Write the `user` that a request names into the ledger. It is the caller's own word: nothing is limited or kept apart by it. Default false. */
  readonly reportUsers?: boolean | undefined;
  /** OpenAI-compatible servers, by the name under which they are reached. */
  readonly providers?: Readonly<Record<string, ProviderConfig<S>>> | undefined;
  /** Other names for models. A list is tried in order; an entry may be an alias again. */
  readonly aliases?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Errors that lead to the next model of an alias, besides those that do by themselves. Default: none. */
  readonly fallbackOn?: readonly FallbackCode[] | undefined;
  /** Attempts of one call over all its models. Default 4, and one more for each fallback of the longest list. */
  readonly attempts?: number | undefined;
  /** Attempts on one model, default 3; `false`: one. */
  readonly retry?: false | { readonly attempts: number } | undefined;
  /** As core's `timeout` has them; `false` turns one off. */
  readonly timeouts?: TimeoutOptions | undefined;
  /** What is taken of a request before it is a call; limits on calls are `callerLimits` and `targetLimits`. */
  readonly limits?: LimitConfig | undefined;
  /** By `provider/model`; looked at before any public price. */
  readonly prices?: Readonly<Record<string, PriceConfig>> | undefined;
  /** OpenTelemetry spans and metrics of every call, to the SDK that the process was started with. Default false. */
  readonly telemetry?: boolean | undefined;
  /** Look for local engines on their usual ports at start. Default true. */
  readonly localEngines?: boolean | undefined;
  /** How long calls in flight may go on after SIGTERM, in milliseconds. */
  readonly shutdownGraceMs?: number | undefined;
}

/** A config as it is written. */
export type ConfigInput = ConfigShape<SecretInput>;

/** A config as it was read and checked. */
export type Config = ConfigShape<Secret>;
