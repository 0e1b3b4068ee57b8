import { script, type Script } from '../script.js';
import { LUA_COUNTERS } from './lua-counters.js';

/**
 * KEYS: the reservation, then those of the limits. ARGV: id, lease and further life of the reservation in ms, then the limits. Nothing of a
 * counter is written before all limits were asked.
 */
export const RESERVE: Script = script(`${LUA_COUNTERS}
local id, lease, late = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
read_limits(2, 4)

local function wait_of(limit)
  local c = limit.counter
  if limit.amount > limit.limit then return math.huge end
  if limit.kind == 'w' then
    local over = c.total + limit.amount - limit.limit
    if over <= 0 then return 0 end
    local order = {}
    for index in pairs(c.sums) do order[#order + 1] = index end
    table.sort(order)
    for _, index in ipairs(order) do
      over = over - c.sums[index]
      if over <= 0 then return (index + 1) * c.slice + c.limit.span - now end
    end
    return c.limit.span
  elseif limit.kind == 'p' then
    local over = c.used + 1 - limit.limit
    if over <= 0 then return 0 end
    local lease_end = redis.call('ZRANGE', c.key, text(over - 1), text(over - 1), 'WITHSCORES')[2]
    return lease_end == nil and lease or tonumber(lease_end) - now
  end
  if not c.known and limit.restorable then return UNKNOWN end
  if c.used + limit.amount <= limit.limit then return 0 end
  return c.to == math.huge and NO_END or c.to - now
end

local function tentatively(limit)
  local c = limit.counter
  if limit.kind == 'w' then
    c.sums[c.index] = (c.sums[c.index] or 0) + limit.amount
    c.total = c.total + limit.amount
  elseif limit.kind == 'p' then
    c.used = c.used + 1
  else
    c.used = c.used + limit.amount
    c.held = c.held + limit.amount
    if limit.free then c.free = c.free + limit.amount end
    c.known = true
  end
end

local function take_back(limit)
  local c = limit.counter
  if limit.kind == 'w' then
    c.sums[c.index] = c.sums[c.index] - limit.amount
    c.total = c.total - limit.amount
  elseif limit.kind == 'p' then
    c.used = c.used - 1
  else
    c.used = c.used - limit.amount
    c.held = c.held - limit.amount
    if limit.free then c.free = c.free - limit.amount end
  end
end

local record = redis.call('GET', KEYS[1])
-- It was given up and undone before it came here, over another connection: it must not hold what nobody will settle.
if record == 'settled' then return add_states({ '0', '0', 'full', '' }) end
if record then
  local held = cmsgpack.unpack(record)
  if held.lease_end > now then return add_states({ '1', '', '', '' }) end
end

local refused, longest = nil, nil
local taken = {}
for i, limit in ipairs(limits) do
  local wait = wait_of(limit)
  if wait == 0 then
    tentatively(limit)
    taken[#taken + 1] = limit
  elseif longest == nil or wait > longest then
    refused, longest = i, wait
  end
end

if refused ~= nil then
  for _, limit in ipairs(taken) do take_back(limit) end
  local reason, retry = 'full', ''
  if longest == math.huge then reason = 'never'
  elseif longest == UNKNOWN then reason = 'unknown'
  elseif longest ~= NO_END then retry = text(longest) end
  return add_states({ '0', text(refused - 1), reason, retry })
end

local lease_end = now + lease
local entries = {}
for i, limit in ipairs(limits) do
  local c = limit.counter
  local entry = { kind = limit.kind, key = c.key, amount = text(limit.amount) }
  if limit.kind == 'w' then
    if #c.gone > 0 then redis.call('HDEL', c.key, unpack(c.gone)) c.gone = {} end
    entry.slice = text(c.index)
    redis.call('HINCRBY', c.key, entry.slice, entry.amount)
    redis.call('PEXPIRE', c.key, text(c.limit.span + 2 * c.slice))
  elseif limit.kind == 'p' then
    entry.member = i .. ':' .. id
    redis.call('ZADD', c.key, text(lease_end), entry.member)
    keep(c.key, lease_end)
  else
    entry.leases = c.leases
    entry.from = text(c.from)
    entry.made = c.made
    entry.free = limit.free
    entry.member = entry.amount .. (limit.free and 'f:' or ':') .. i .. ':' .. id
    redis.call('ZADD', c.leases, text(lease_end), entry.member)
    keep(c.leases, lease_end)
    save_spend(c)
  end
  entries[i] = entry
end
redis.call('SET', KEYS[1], cmsgpack.pack({ lease_end = lease_end, entries = entries }), 'PX', text(lease + late))
return add_states({ '1', '', '', '' })
`);
