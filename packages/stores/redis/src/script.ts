import { createHash } from 'node:crypto';
import { InferwayError } from '@inferway/core';
import { redisWord } from './redis-error.js';
import type { RedisAnswer, RedisLink } from './redis-link.js';

/** A Lua script and the name that a server keeps it under. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function script(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs a script in one round trip; in two where the server does not have it (it is new, or was restarted). */
export async function run(
  link: RedisLink,
  { text, sha }: Script,
  keys: readonly string[],
  values: readonly string[],
): Promise<RedisAnswer> {
  const rest = [String(keys.length), ...keys, ...values];
  try {
    return await link.send(['EVALSHA', sha, ...rest]);
  } catch (reason) {
    if (!InferwayError.is(reason) || redisWord(reason.cause) !== 'NOSCRIPT') throw reason;
    return link.send(['EVAL', text, ...rest]);
  }
}
