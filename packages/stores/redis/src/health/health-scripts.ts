import { script, type Script } from '../script.js';

const LUA_NOW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`;

/** KEYS: the mark. ARGV: channel, the mark's own key, ms, reason. A mark is kept as its end, a bar, its reason. */
export const MARK: Script = script(`${LUA_NOW}
local ends_at = now + tonumber(ARGV[3])
local known = redis.call('GET', KEYS[1])
if known and tonumber(string.match(known, '^%d+')) >= ends_at then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f|', ends_at) .. ARGV[4], 'PX', ARGV[3])
redis.call('PUBLISH', ARGV[1], ARGV[3] .. '|' .. #ARGV[2] .. '|' .. ARGV[2] .. ARGV[4])
return 1
`);

/** KEYS: the mark. ARGV: channel, the mark's own key. */
export const CLEAR: Script = script(`
local known = redis.call('GET', KEYS[1])
if not known then return 0 end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[1], '0|' .. #ARGV[2] .. '|' .. ARGV[2] .. string.match(known, '^%d+|(.*)$'))
return 1
`);

/** KEYS: the marks. Answers the time that is left and the reason of each, or nothing and nothing. */
export const READ_MARKS: Script = script(`${LUA_NOW}
local answer = {}
for i, key in ipairs(KEYS) do
  local value = redis.call('GET', key)
  local ends_at, reason
  if value then ends_at, reason = string.match(value, '^(%d+)|(.*)$') end
  local left = ends_at and tonumber(ends_at) - now or 0
  answer[2 * i - 1] = left > 0 and string.format('%.0f', left) or ''
  answer[2 * i] = left > 0 and reason or ''
end
return answer
`);

/** KEYS: the claims of a name, by when they were made. ARGV: how many may be, ms. */
export const CLAIM: Script = script(`${LUA_NOW}
local ms = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ms))
local made = redis.call('ZCARD', KEYS[1])
if made >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), string.format('%.0f:%d', now, made))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);
