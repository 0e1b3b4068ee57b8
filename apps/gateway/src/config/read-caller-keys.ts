import { InferwayError } from '@inferway/core';
import type { CallerKey } from '../http/key-ring.js';
import type { Config } from './config.js';
import { requireSecret, type Environment } from './read-secret.js';

/** The id of the gateway's own key. */
export const GATEWAY_KEY_ID = 'gateway';

/**
 * The keys of the config, with their secrets from the environment.
 *
 * @throws {InferwayError} `configuration` for a missing variable, or an id that is used twice: an id is the scope of a cache.
 */
export function readCallerKeys(config: Config, environment: Environment): CallerKey[] {
  const ids = new Set([GATEWAY_KEY_ID]);
  return (config.keys ?? []).map(({ id, key }, index) => {
    if (ids.has(id)) {
      throw new InferwayError('configuration', {
        message: `keys[${index}].id: "${id}" is taken. Give each key an id of its own.`,
      });
    }
    ids.add(id);
    return { id, secret: requireSecret(environment, key.env, `keys[${index}].key`) };
  });
}
