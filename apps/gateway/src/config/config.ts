import type { TimeoutOptions } from '@inferway/core/middleware';

/** The name of an environment variable that holds a key: `${NAME}` or `{ env: 'NAME' }`. A key itself is never in a config. */
export type SecretInput = string | { readonly env: string };

/** As it was read. */
export interface Secret {
  readonly env: string;
}

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

/** Answers kept in memory, apart for each key. */
export interface CacheConfig {
  /** How long an answer is kept. Default one hour. */
  readonly ttlMs?: number | undefined;
  /** Default 1,000. */
  readonly maxEntries?: number | undefined;
  /** Default 64 MiB. */
  readonly maxBytes?: number | undefined;
}

/** The config file. Everything is optional. */
export interface ConfigShape<S> {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Keys that callers may use besides the gateway's own. */
  readonly keys?: readonly { readonly id: string; readonly key: S }[] | undefined;
  /** OpenAI-compatible servers, by the name under which they are reached. */
  readonly providers?: Readonly<Record<string, ProviderConfig<S>>> | undefined;
  /** Other names for models. A list is tried in order; an entry may be an alias again. */
  readonly aliases?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /** Attempts of one call over all its models. Default 4, and one more for each fallback of the longest list. */
  readonly attempts?: number | undefined;
  /** Attempts on one model, default 3; `false`: one. */
  readonly retry?: false | { readonly attempts: number } | undefined;
  /** As core's `timeout` has them; `false` turns one off. */
  readonly timeouts?: TimeoutOptions | undefined;
  /** Off unless it is here. */
  readonly cache?: false | CacheConfig | undefined;
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
