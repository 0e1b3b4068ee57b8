import type { Call } from '../../call.js';
import { Credential } from '../../credential.js';
import { InferwayError } from '../../error.js';
import type { ErrorCode } from '../../error-code.js';
import { badOption, checkMs } from '../option-checks.js';
import { checkSecret } from '../../check-secret.js';
import type { CredentialSource } from './credential-source.js';

export interface PoolOptions {
  /** How long a rate-limited key rests where the provider does not say. Default 10,000. */
  readonly cooldownMs?: number | undefined;
  /** How long a key rests whose credit is used up, or that is refused. Default 600,000. */
  readonly parkMs?: number | undefined;
  /** Labels for the keys, in their order. Default `pool#1`, `pool#2` … */
  readonly ids?: readonly string[] | undefined;
}

interface Key {
  readonly credential: Credential;
  /** Monotonic time until which the key rests. */
  restsUntil: number;
  /** Why it rests, and whether the provider itself said for how long. */
  code?: ErrorCode;
  told?: boolean;
}

/**
 * Several keys of one provider, used in turn. A key that is rate limited, out of credit or refused rests for a while, and the call goes
 * on with the next one at once, within its attempt budget.
 *
 * While all rest: where the provider said how long, the call fails at once with that as `retryAfterMs`; otherwise the key is tried
 * whose rest is over first, so that a pool never locks itself out.
 */
export function pool(secrets: readonly string[], options: PoolOptions = {}): CredentialSource {
  const cooldownMs = checkMs('pool', 'cooldownMs', options.cooldownMs ?? 10_000);
  const parkMs = checkMs('pool', 'parkMs', options.parkMs ?? 600_000);
  if (secrets.length === 0) throw badOption('secrets', 'pool: no key. Give at least one.');
  const keys: Key[] = secrets.map((secret, index) => {
    const id = options.ids?.[index] ?? `pool#${index + 1}`;
    return {
      credential: new Credential(checkSecret(secret, `pool(…) key ${index + 1}`), id),
      restsUntil: 0,
    };
  });
  let turn = 0;

  const awake = (now: number): Key | undefined => {
    for (let step = 0; step < keys.length; step++) {
      const key = keys[(turn + step) % keys.length];
      if (key === undefined || key.restsUntil > now) continue;
      turn = (turn + step + 1) % keys.length;
      return key;
    }
    return undefined;
  };

  return {
    get(call) {
      const now = call.state.runtime.clock.now();
      const key = awake(now) ?? firstAwake(keys);
      if (key.restsUntil > now && key.told === true) throw allRest(keys.length, key, now);
      return key.credential;
    },
    failed(credential, error, call) {
      const key = keys.find((candidate) => candidate.credential === credential);
      const restMs = restOf(error, cooldownMs, parkMs);
      if (key === undefined || restMs === undefined) return false;
      const now = nowOf(call);
      key.restsUntil = now + restMs;
      key.code = error.code;
      key.told = error.retryAfterMs !== undefined;
      return keys.some((other) => other.restsUntil <= now);
    },
  };
}

function nowOf(call: Call): number {
  return call.state.runtime.clock.now();
}

function restOf(error: InferwayError, cooldownMs: number, parkMs: number): number | undefined {
  switch (error.code) {
    case 'rate_limit':
      return error.retryAfterMs ?? cooldownMs;
    case 'billing':
      return Math.max(error.retryAfterMs ?? 0, parkMs);
    case 'authentication':
    case 'permission':
      return parkMs;
    default:
      return undefined;
  }
}

function firstAwake(keys: readonly Key[]): Key {
  return keys.reduce((first, key) => (key.restsUntil < first.restsUntil ? key : first));
}

function allRest(count: number, first: Key, now: number): InferwayError {
  const retryAfterMs = Math.ceil(first.restsUntil - now);
  return new InferwayError(first.code === 'billing' ? 'billing' : 'rate_limit', {
    message: `All ${count} keys of the pool rest; the first (${first.credential.id}) is free again in ${retryAfterMs} ms. Wait, or add keys.`,
    retryAfterMs,
    sent: 'no',
  });
}
