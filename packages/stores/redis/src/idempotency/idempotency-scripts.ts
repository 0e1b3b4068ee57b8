import { script, type Script } from '../script.js';

// KEYS: the claim, a hash of its fingerprint, its owner while it runs, and its answer then. It lives as long as its lease, or its answer: by the
// server's own clock.

/** ARGV: fingerprint, owner, lease in ms. */
export const CLAIM: Script = script(`
local known = redis.call('HMGET', KEYS[1], 'fingerprint', 'answer')
if not known[1] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
  return {'claimed'}
end
if known[1] ~= ARGV[1] then return {'mismatch'} end
if known[2] then return {'done', known[2]} end
return {'running'}
`);

/** ARGV: owner, lease in ms. */
export const RENEW: Script = script(`
if redis.call('HMGET', KEYS[1], 'owner')[1] ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/** ARGV: owner, answer, ms. */
export const FINISH: Script = script(`
if redis.call('HMGET', KEYS[1], 'owner')[1] ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'owner')
redis.call('HSET', KEYS[1], 'answer', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`);

/** ARGV: owner. */
export const RELEASE: Script = script(`
if redis.call('HMGET', KEYS[1], 'owner')[1] == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);
