import { InferwayError } from '@inferway/core';
import type { CallerKey } from '../http/key-ring.js';
import type { Config, KeyConfig } from './config.js';
import { requireSecret, type Environment } from './read-secret.js';

/** The id of the gateway's own key. */
export const GATEWAY_KEY_ID = 'gateway';

/** A key, and what its calls may use up. */
export type ConfiguredKey = CallerKey & Pick<KeyConfig, 'limits' | 'budget'>;

/**
 * The keys of the config, with their secrets from the environment.
 *
 * @throws {InferwayError} `configuration` for a missing variable, or an id that is used twice: an id is the scope of a cache.
 */
export function readCallerKeys(config: Config, environment: Environment): ConfiguredKey[] {
  const ids = new Set([GATEWAY_KEY_ID]);
  return (config.keys ?? []).map(({ key, ...rest }, index) => {
    const { id } = rest;
    if (ids.has(id)) {
      throw new InferwayError('configuration', {
        message: `keys[${index}].id: "${id}" is taken. Give each key an id of its own.`,
      });
    }
    ids.add(id);
    return { ...rest, secret: requireSecret(environment, key.env, `keys[${index}].key`) };
  });
}
