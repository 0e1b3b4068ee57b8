import { LUA_PERIODS } from './lua-periods.js';

/**
 * What the scripts of the quota share. Numbers are doubles, exact up to 2⁵³: they are written with `%.0f`, since Lua's own form of 9e15 has 14
 * digits, and answered as text, since Redis cuts numbers otherwise.
 *
 * A window is a hash of the sums of its slices; places are a sorted set of leases; spend is a hash (`b` begin of the period, `e` its end, `u`
 * used, `h` held, `f` the part of it that is free when its lease ends, `k` known, `g` when it was made, which tells a counter from one
 * that the server lost) with a sorted set of leases, whose members begin with the
 * amount that they hold, and an `f` where it is free then.
 */
export const LUA_COUNTERS: string = `${LUA_PERIODS}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local SLICES = 32
local NO_END = 1e300
local UNKNOWN = -1

local function text(number) return string.format('%.0f', number) end

local function keep(key, until_)
  if redis.call('PEXPIRETIME', key) < until_ then redis.call('PEXPIREAT', key, text(until_)) end
end

-- Limits come as seven values each: kind, limit, amount, period or length of window, restorable, free when a lease ends, and what was really used.
local limits = {}
local counters = {}

local function load_window(c)
  c.slice = math.ceil(c.limit.span / SLICES)
  c.sums = {}
  c.total = 0
  c.gone = {}
  local flat = redis.call('HGETALL', c.key)
  for i = 1, #flat, 2 do
    local index = tonumber(flat[i])
    if (index + 1) * c.slice + c.limit.span <= now then
      c.gone[#c.gone + 1] = flat[i]
    else
      c.sums[index] = tonumber(flat[i + 1])
      c.total = c.total + c.sums[index]
    end
  end
  c.index = math.floor(now / c.slice)
end

local function load_places(c)
  redis.call('ZREMRANGEBYSCORE', c.key, '-inf', text(now))
  c.used = redis.call('ZCARD', c.key)
  c.added = 0
end

local function load_spend(c)
  local from, to = period_of(c.limit.period, now)
  local flat = redis.call('HMGET', c.key, 'b', 'e', 'u', 'h', 'k', 'f', 'g')
  c.from = tonumber(flat[1] or '')
  -- A server whose clock was put back never opens an account again that was closed.
  if c.from == nil or c.from < from then
    -- Of a counter that the server lost, leases may be left: nothing of it holds any more.
    redis.call('DEL', c.key, c.leases)
    c.made = time[1] .. '.' .. time[2]
    c.from, c.to, c.used, c.held, c.free, c.known = from, to, 0, 0, 0, false
    return
  end
  c.to = flat[2] == 'inf' and math.huge or tonumber(flat[2])
  c.used, c.held, c.known = tonumber(flat[3]), tonumber(flat[4]), flat[5] == '1'
  c.free = tonumber(flat[6] or '') or 0
  c.made = flat[7] or ''
  if c.held > 0 then
    local ended = redis.call('ZRANGEBYSCORE', c.leases, '-inf', text(now))
    if #ended > 0 then
      for _, member in ipairs(ended) do
        local amount, free = string.match(member, '^(%d+)(f?)')
        c.held = c.held - tonumber(amount)
        if free == 'f' then c.used, c.free = c.used - tonumber(amount), c.free - tonumber(amount) end
      end
      redis.call('ZREMRANGEBYSCORE', c.leases, '-inf', text(now))
    end
    -- The set itself ends with its last lease.
    local none = redis.call('ZCARD', c.leases) == 0
    if none then c.used, c.held, c.free = c.used - c.free, 0, 0 end
    if none or #ended > 0 then redis.call('HSET', c.key, 'u', text(c.used), 'h', text(c.held), 'f', text(c.free)) end
  end
end

local function save_spend(c)
  redis.call('HSET', c.key, 'b', text(c.from), 'e', c.to == math.huge and 'inf' or text(c.to),
    'u', text(c.used), 'h', text(c.held), 'f', text(c.free), 'k', c.known and '1' or '0', 'g', c.made)
  if c.to ~= math.huge then redis.call('PEXPIREAT', c.key, text(c.to + HOUR)) end
end

-- Two limits of one counter share its table, so that they see each other.
local function counter_of(limit, at)
  local key = KEYS[at]
  local c = counters[key]
  if c == nil then
    c = { key = key, leases = KEYS[at + 1], limit = limit }
    counters[key] = c
    if limit.kind == 'w' then load_window(c) elseif limit.kind == 'p' then load_places(c) else load_spend(c) end
  end
  return c
end

local function read_limits(key_at, value_at)
  while value_at <= #ARGV do
    local limit = {
      kind = ARGV[value_at],
      limit = tonumber(ARGV[value_at + 1]),
      amount = tonumber(ARGV[value_at + 2]),
      period = ARGV[value_at + 3],
      span = tonumber(ARGV[value_at + 3]),
      restorable = ARGV[value_at + 4] == '1',
      free = ARGV[value_at + 5] == '1',
      actual = tonumber(ARGV[value_at + 6]),
    }
    limit.counter = counter_of(limit, key_at)
    limits[#limits + 1] = limit
    key_at = key_at + (limit.kind == 's' and 2 or 1)
    value_at = value_at + 7
  end
end

local function add_states(answer)
  for _, limit in ipairs(limits) do
    local c = limit.counter
    if limit.kind == 'w' then
      local last = nil
      for index, sum in pairs(c.sums) do
        if sum > 0 and (last == nil or index > last) then last = index end
      end
      answer[#answer + 1] = text(c.total)
      answer[#answer + 1] = ''
      answer[#answer + 1] = text(last == nil and 0 or (last + 1) * c.slice + c.limit.span - now)
    elseif limit.kind == 'p' then
      answer[#answer + 1] = text(c.used)
      answer[#answer + 1] = text(c.used)
      answer[#answer + 1] = ''
    else
      answer[#answer + 1] = text(c.used)
      answer[#answer + 1] = text(c.held)
      answer[#answer + 1] = c.to == math.huge and '' or text(c.to - now)
    end
  end
  return answer
end
`;
