import type { Call } from '../../call.js';
import { tell } from '../../chain-events.js';
import { Credential } from '../../credential.js';
import { InferwayError } from '../../error.js';
import { ERROR_CODES, type ErrorCode } from '../../error-code.js';
import { checkSecret } from '../../check-secret.js';
import type { RateLimitSnapshot } from '../../rate-limit.js';
import { HealthLink } from '../../stores/health-link.js';
import { askedWaitMs } from '../retry-delay.js';
import type { CredentialSource } from './credential-source.js';
import { firstAwake, nextKey, PoolKey, type RestKind, type RestReason } from './pool-key.js';
import { poolRules, type PoolOptions } from './pool-options.js';

declare module '../../chain-events.js' {
  interface ChainEvents {
    /** A key of a pool is left alone for a while. */
    readonly 'key-rests': {
      readonly provider: string;
      /** Its label. */
      readonly credential: string;
      readonly reason: RestReason;
      readonly restMs: number;
    };
  }
}

/**
 * Several keys of one provider, used in turn or by weight. A key that is rate limited, out of credit or refused rests for a while, and the call goes
 * on with the next one at once, within its attempt budget. A key whose last answer said that nothing of its limit remains rests before it is refused.
 *
 * While all rest: one that only expects to be refused is tried; otherwise, where the provider said how long, the call fails at once with that as
 * `retryAfterMs`; otherwise the key is tried whose rest is over first. So a pool never locks itself out.
 *
 * @throws {InferwayError} `configuration`, when built, for options that cannot work.
 */
export function pool(secrets: readonly string[], options: PoolOptions = {}): CredentialSource {
  const { cooldownMs, parkMs, ids, weights } = poolRules(secrets.length, options);
  const link = HealthLink.of('pool', options);
  const keys = secrets.map((secret, index) => {
    const credential = new Credential(
      checkSecret(secret, `pool(…) key ${index + 1}`),
      ids[index] ?? '',
    );
    return new PoolKey(credential, weights[index] ?? 1);
  });
  const marks = new Map(keys.map((key) => [`pool|${options.name}|${key.credential.id}`, key]));
  const markNames = [...marks.keys()];
  let turn = 0;
  let watching = false;

  const hearOthers = (shared: HealthLink, call: Call): void => {
    const { clock } = call.state.runtime;
    const apply = (name: string, leftMs: number, reason: string, at: number): void => {
      // What another process was told, this one finds out by itself where it must: nobody is locked out by a store that is wrong.
      marks.get(name)?.rest(leftMs, at, readReason(reason), 'expected');
    };
    if (!watching) {
      watching = true;
      shared.watch(({ key, leftMs, reason }) => apply(key, leftMs, reason, clock.now()));
    }
    shared.refresh(clock, markNames, (name, mark, askedAt) => {
      if (mark !== undefined) apply(name, mark.leftMs, mark.reason, askedAt);
    });
  };
  const rest = (key: PoolKey, ms: number, reason: RestReason, kind: RestKind, call: Call): void => {
    const { id } = key.credential;
    if (!key.rest(ms, nowOf(call), reason, kind)) return;
    link?.mark(`pool|${options.name}|${id}`, ms, reason);
    const { provider } = call.model;
    tell(call, { type: 'key-rests', provider, credential: id, reason, restMs: Math.ceil(ms) });
  };
  const find = (credential: Credential): PoolKey | undefined =>
    keys.find((key) => key.credential === credential);

  return {
    get(call) {
      const now = nowOf(call);
      if (link?.isDue(now) === true) hearOthers(link, call);
      const key =
        nextKey(keys, now) ??
        firstAwake(keys.filter(({ kind }) => kind === 'expected')) ??
        firstAwake(keys);
      if (key === undefined || (key.restsUntil > now && key.kind === 'told'))
        throw allRest(keys, now);
      return key.use(turn++).credential;
    },
    failed(credential, error, call) {
      const key = find(credential);
      const restMs = restOf(error, cooldownMs, parkMs);
      if (key === undefined || restMs === undefined) return false;
      rest(key, restMs, error.code, askedWaitMs(error) === undefined ? 'refused' : 'told', call);
      const now = nowOf(call);
      return keys.some((other) => other.restsUntil <= now);
    },
    answered(credential, { rateLimit }, call) {
      const ms = rateLimit === undefined ? 0 : exhaustedMs(rateLimit);
      const key = ms > 0 ? find(credential) : undefined;
      if (key !== undefined) rest(key, ms, 'remaining', 'expected', call);
    },
  };
}

function nowOf(call: Call): number {
  return call.state.runtime.clock.now();
}

function restOf(error: InferwayError, cooldownMs: number, parkMs: number): number | undefined {
  switch (error.code) {
    case 'rate_limit':
      return askedWaitMs(error) ?? cooldownMs;
    case 'billing':
      return Math.max(askedWaitMs(error) ?? 0, parkMs);
    case 'authentication':
    case 'permission':
      return parkMs;
    default:
      return undefined;
  }
}

/** How long until every limit of which nothing remains is whole again. */
function exhaustedMs({ requests, tokens, inputTokens, outputTokens }: RateLimitSnapshot): number {
  let ms = 0;
  for (const limit of [requests, tokens, inputTokens, outputTokens]) {
    if (limit?.remaining !== undefined && limit.remaining <= 0)
      ms = Math.max(ms, limit.resetMs ?? 0);
  }
  return Number.isFinite(ms) ? ms : 0;
}

function readReason(word: string): RestReason {
  return word === 'remaining' || Object.hasOwn(ERROR_CODES, word)
    ? (word as ErrorCode | 'remaining')
    : 'elsewhere';
}

function allRest(keys: readonly PoolKey[], now: number): InferwayError {
  const first = firstAwake(keys);
  const retryAfterMs = Math.ceil((first?.restsUntil ?? now) - now);
  return new InferwayError(first?.reason === 'billing' ? 'billing' : 'rate_limit', {
    message: `All ${keys.length} keys of the pool rest; the first (${first?.credential.id}) is free again in ${retryAfterMs} ms. Wait, or add keys.`,
    retryAfterMs,
    sent: 'no',
  });
}
