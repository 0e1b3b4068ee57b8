import { script, type Script } from '../script.js';
import { LUA_COUNTERS } from './lua-counters.js';
import { LUA_PERIODS } from './lua-periods.js';

/** KEYS and ARGV: those of the limits. */
export const READ: Script = script(`${LUA_COUNTERS}
read_limits(1, 1)
return add_states({})
`);

/** KEYS: reservations. ARGV: lease and further life in ms. The counters of a reservation, in the same slot, are named in it. */
export const RENEW: Script = script(`${LUA_COUNTERS}
local lease, late = tonumber(ARGV[1]), tonumber(ARGV[2])
for _, key in ipairs(KEYS) do
  local record = redis.call('GET', key)
  if record and record ~= 'settled' then
    local held = cmsgpack.unpack(record)
    if held.lease_end > now then
      held.lease_end = now + lease
      redis.call('SET', key, cmsgpack.pack(held), 'PX', text(lease + late))
      for _, entry in ipairs(held.entries) do
        local leases = entry.kind == 'p' and entry.key or entry.leases
        if leases then
          redis.call('ZADD', leases, 'XX', text(held.lease_end), entry.member)
          if redis.call('EXISTS', leases) == 1 then keep(leases, held.lease_end) end
        end
      end
    end
  end
end
return 1
`);

/** KEYS and ARGV: those of one limit; its actual amount is what was used before. The last value: the begin of the period, or nothing. */
export const RESTORE: Script = script(`${LUA_COUNTERS}
local starts_at = tonumber(table.remove(ARGV))
read_limits(1, 1)
local limit = limits[1]
local c = limit.counter
if c.known or (starts_at and starts_at ~= c.from) then return 0 end
c.known = true
c.used = c.used + limit.actual
save_spend(c)
return 1
`);

/** For tests of the calendar alone. ARGV: a period, then times. */
export const PERIODS: Script = script(`${LUA_PERIODS}
local answer = {}
for i = 2, #ARGV do
  local from, to = period_of(ARGV[1], tonumber(ARGV[i]))
  answer[#answer + 1] = string.format('%.0f', from)
  answer[#answer + 1] = to == math.huge and 'inf' or string.format('%.0f', to)
end
return answer
`);
