/**
 * The calendar in Lua, which Redis has none of: when the period that holds `at` begins and ends, in epoch milliseconds. The same as
 * `spendPeriodOf` of core, in the proleptic Gregorian calendar; days of a civil date as in Howard Hinnant's "chrono-compatible low-level
 * date algorithms".
 */
export const LUA_PERIODS: string = `
local HOUR = 3600000
local DAY = 24 * HOUR
local FIRST_MONDAY = 4 * DAY

local function days_of(year, month)
  if month <= 2 then year = year - 1 end
  local era = math.floor(year / 400)
  local year_of_era = year - era * 400
  local month_from_march = (month + 9) % 12
  local day_of_year = math.floor((153 * month_from_march + 2) / 5)
  local day_of_era = year_of_era * 365 + math.floor(year_of_era / 4) - math.floor(year_of_era / 100) + day_of_year
  return era * 146097 + day_of_era - 719468
end

local function month_of(at)
  local days = math.floor(at / DAY) + 719468
  local era = math.floor(days / 146097)
  local day_of_era = days - era * 146097
  local year_of_era = math.floor((day_of_era - math.floor(day_of_era / 1460) + math.floor(day_of_era / 36524) - math.floor(day_of_era / 146096)) / 365)
  local day_of_year = day_of_era - (365 * year_of_era + math.floor(year_of_era / 4) - math.floor(year_of_era / 100))
  local month = (math.floor((5 * day_of_year + 2) / 153) + 2) % 12 + 1
  local year = year_of_era + era * 400
  if month <= 2 then year = year + 1 end
  return year, month
end

local function period_of(period, at)
  if period == 'hour' then local from = at - at % HOUR return from, from + HOUR end
  if period == 'day' then local from = at - at % DAY return from, from + DAY end
  if period == 'week' then local from = at - (at - FIRST_MONDAY) % (7 * DAY) return from, from + 7 * DAY end
  if period == 'total' then return 0, math.huge end
  local year, month = month_of(at)
  if period == 'year' then return days_of(year, 1) * DAY, days_of(year + 1, 1) * DAY end
  if month == 12 then return days_of(year, 12) * DAY, days_of(year + 1, 1) * DAY end
  return days_of(year, month) * DAY, days_of(year, month + 1) * DAY
end
`;
