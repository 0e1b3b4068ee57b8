import { InferwayError, type Clock } from '@inferway/core';
import type { RedisClientOptions, RedisFunctions, RedisModules, RedisScripts } from '@redis/client';

type ClientOptions = RedisClientOptions<RedisModules, RedisFunctions, RedisScripts, 2>;

export interface RedisStoresOptions {
  /**
   * `redis://user:password@host:port/database`, `rediss://` for TLS. Default: the variable `REDIS_URL`.
   */
  readonly url?: string | undefined;
  /** What the URL cannot say, in the words of `@redis/client`: certificates, a provider of credentials. */
  readonly connection?: Pick<ClientOptions, 'socket' | 'credentialsProvider'> | undefined;
  /** Begins the name of every key, for several applications on one server. Letters, digits and `._-`, at most 50. Default `inferway`. */
  readonly prefix?: string | undefined;
  /** The longest that one operation takes, in milliseconds; then it fails, and the connection is replaced. Default 50. */
  readonly timeoutMs?: number | undefined;
  /** The longest that connecting takes, greeting included. Default 1,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Operations that wait for an answer at one time; more fail at once. Default 10,000. */
  readonly maxPending?: number | undefined;
  /** A value of the cache that takes more bytes is not kept. Default 1 MiB. */
  readonly maxCacheBytes?: number | undefined;
  /** For how long it is remembered that a reservation with spend was settled, so that settling it again counts once. Default one hour. */
  readonly settledMs?: number | undefined;
  /** Of time limits and of waits between connections; the stores' time is always the server's. Default: the machine's. */
  readonly clock?: Clock | undefined;
}

/** The options, checked, defaults filled in. */
export interface RedisSettings {
  readonly client: ClientOptions;
  /** Host and port, for messages: never the password. */
  readonly server: string;
  readonly prefix: string;
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly maxPending: number;
  readonly maxCacheBytes: number;
  readonly settledMs: number;
}

/** @throws {InferwayError} `configuration`; no message shows the URL, which may hold a password. */
export function redisSettings(options: RedisStoresOptions): RedisSettings {
  const url = readUrl(options.url ?? process.env['REDIS_URL']);
  const prefix = options.prefix ?? 'inferway';
  if (typeof prefix !== 'string' || !/^[\w.-]{1,50}$/u.test(prefix)) {
    throw bad('prefix', 'prefix is none. Give 1 to 50 letters, digits, "." , "_" or "-".');
  }
  const connectTimeoutMs = time('connectTimeoutMs', options.connectTimeoutMs ?? 1000);
  return {
    client: {
      url: url.href,
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      ...options.connection,
      socket: {
        ...options.connection?.socket,
        connectTimeout: connectTimeoutMs,
        reconnectStrategy: false,
      } as NonNullable<ClientOptions['socket']>,
    },
    server: `${url.hostname}:${url.port === '' ? '6379' : url.port}`,
    prefix,
    timeoutMs: time('timeoutMs', options.timeoutMs ?? 50),
    connectTimeoutMs,
    maxPending: count('maxPending', options.maxPending ?? 10_000),
    maxCacheBytes: count('maxCacheBytes', options.maxCacheBytes ?? 1024 * 1024),
    settledMs: time('settledMs', options.settledMs ?? 3_600_000),
  };
}

function readUrl(text: string | undefined): URL {
  if (text === undefined || text === '') {
    throw bad('url', 'there is no url. Give one, or set REDIS_URL: redis://127.0.0.1:6379.');
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^rediss?:$/u.test(url.protocol) || url.hostname === '') {
    throw bad('url', 'url cannot be read. Write it as redis://user:password@host:6379/0.');
  }
  if (!/^(?:\/\d{0,4})?$/u.test(url.pathname)) {
    throw bad('url', 'the path of url is no database number. Write it as redis://host:6379/0.');
  }
  return url;
}

function time(param: string, ms: number): number {
  if (typeof ms === 'number' && ms > 0 && ms <= 2_147_483_647) return ms;
  throw bad(param, `${param} is ${ms}; give milliseconds above 0 and at most 2147483647.`);
}

function count(param: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw bad(param, `${param} is ${value}; give a whole number of 1 or more.`);
}

function bad(param: string, what: string): InferwayError {
  return new InferwayError('configuration', { message: `createRedisStores: ${what}`, param });
}
