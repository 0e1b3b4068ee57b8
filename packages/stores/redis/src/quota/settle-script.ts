import { script, type Script } from '../script.js';
import { LUA_COUNTERS } from './lua-counters.js';

/** KEYS: the reservation, then those of the limits. ARGV: id, how long a settlement is remembered, then the limits. */
export const SETTLE: Script = script(`${LUA_COUNTERS}
local id, remember = ARGV[1], ARGV[2]
read_limits(2, 3)

local function settle_window(limit, entry)
  local c = limit.counter
  local index = tonumber(entry.slice)
  local change = (limit.actual or tonumber(entry.amount)) - tonumber(entry.amount)
  if change == 0 or (index + 1) * c.slice + c.limit.span <= now then return end
  redis.call('HINCRBY', c.key, entry.slice, text(change))
  redis.call('PEXPIRE', c.key, text(c.limit.span + 2 * c.slice))
  c.sums[index] = (c.sums[index] or 0) + change
  c.total = c.total + change
end

local function count_now(limit)
  if limit.kind ~= 's' then return end
  local c = limit.counter
  c.used = c.used + (limit.actual or limit.amount)
  save_spend(c)
end

local function settle_spend(limit, entry)
  local c = limit.counter
  if text(c.from) ~= entry.from then return end
  -- The server lost the counter in which it was reserved.
  if c.made ~= (entry.made or '') then return count_now(limit) end
  local amount = tonumber(entry.amount)
  local counted = amount
  if redis.call('ZREM', c.leases, entry.member) == 1 then
    c.held = c.held - amount
    if entry.free then c.free = c.free - amount end
  elseif entry.free then counted = 0 end
  c.used = c.used + (limit.actual or amount) - counted
  save_spend(c)
end

local record = redis.call('GET', KEYS[1])
local spends = false
for i, limit in ipairs(limits) do
  if limit.kind == 's' then spends = true end
  -- Also where the reservation is not known any more: a place is not to be held by what is over.
  if limit.kind == 'p' then limit.counter.used = limit.counter.used - redis.call('ZREM', limit.counter.key, i .. ':' .. id) end
end
if not record then
  for _, limit in ipairs(limits) do count_now(limit) end
elseif record ~= 'settled' then
  local held = cmsgpack.unpack(record)
  for i, limit in ipairs(limits) do
    local entry = held.entries[i]
    if entry == nil or entry.key ~= limit.counter.key then count_now(limit)
    elseif limit.kind == 'w' then settle_window(limit, entry)
    elseif limit.kind == 's' then settle_spend(limit, entry) end
  end
end
if spends then redis.call('SET', KEYS[1], 'settled', 'PX', remember) else redis.call('DEL', KEYS[1]) end
return add_states({})
`);
