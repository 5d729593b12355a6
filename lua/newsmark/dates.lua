-- TIMEX3 values in plain words: "2024-03-13" is "Wednesday 13 March 2024", "P3D" is "3 days".
local M = {}

local months = {
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
  "December",
}
local weekdays = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" }
local seasons = { SP = "spring", SU = "summer", FA = "autumn", AU = "autumn", WI = "winter" }
local day_parts = {
  MO = "morning", MI = "midday", AF = "afternoon", EV = "evening", NI = "night", DT = "daytime", PM = "afternoon",
  AM = "morning",
}
local references = { PRESENT_REF = "now", PAST_REF = "in the past", FUTURE_REF = "in the future" }
local units = {
  Y = "year", M = "month", W = "week", D = "day", H = "hour", Q = "quarter", DE = "decade", CE = "century",
  WE = "weekend", MI = "minute", S = "second",
}
local mods = {
  START = "the beginning of %s", MID = "the middle of %s", END = "the end of %s", APPROX = "about %s",
  BEFORE = "before %s", AFTER = "after %s", ON_OR_BEFORE = "not after %s", ON_OR_AFTER = "not before %s",
  LESS_THAN = "less than %s", MORE_THAN = "more than %s", EQUAL_OR_LESS = "at most %s", EQUAL_OR_MORE = "at least %s",
}
local ordinals = { "first", "second", "third", "fourth" }

-- Sakamoto's rule.
local function weekday(year, month, day)
  local offsets = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 }
  if month < 3 then year = year - 1 end
  local index = year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400) + offsets[month] + day
  return weekdays[index % 7 + 1]
end

local function year_words(year)
  if year == "XXXX" then return "an unknown year" end
  if year:match("^%d%d%d%d$") then return year end
  local decade = year:match("^(%d%d%d)X?$")
  if decade then return ("the %s0s"):format(decade) end
  local century = year:match("^(%d%d)X?X?$")
  if century then return ("the %s00s"):format(century) end
end

-- "2024-03-13", "2024-03", "2024-W11", "2024-W11-WE", "2024-W11-3", "2024-Q1", "2024-H1", "2024-SU", "2024",
-- "202"
local function date_words(value)
  local year, month, day = value:match("^([%dX]+)-([%dX][%dX])-([%dX][%dX])$")
  if year then
    local name = months[tonumber(month)]
    if not name then return nil end
    if day == "XX" then return ("a day in %s %s"):format(name, year_words(year) or year) end
    if not tonumber(year) then return ("%d %s of %s"):format(tonumber(day), name, year_words(year) or year) end
    return ("%s %d %s %s"):format(weekday(tonumber(year), tonumber(month), tonumber(day)), tonumber(day), name, year)
  end
  year, month = value:match("^([%dX]+)-(%d%d)$")
  local month_name = months[tonumber(month)]
  if month_name then return ("%s of %s"):format(month_name, year_words(year) or year) end
  local week, rest
  year, week, rest = value:match("^([%dX]+)-W(%d%d)(.*)$")
  if year then
    local of_week = ("week %d of %s"):format(tonumber(week), year_words(year) or year)
    if rest == "-WE" then return "the weekend of " .. of_week end
    local number = tonumber(rest:match("^%-(%d)$"))
    if number then return ("%s of %s"):format(weekdays[number % 7 + 1], of_week) end
    return of_week
  end
  local part, number
  year, part, number = value:match("^([%dX]+)-([QH])(%d)$")
  if year and ordinals[tonumber(number)] then
    return ("the %s %s of %s"):format(ordinals[tonumber(number)], part == "Q" and "quarter" or "half",
      year_words(year) or year)
  end
  local season
  year, season = value:match("^([%dX]+)-(%u%u)$")
  if year and seasons[season] then return ("%s of %s"):format(seasons[season], year_words(year) or year) end
  return year_words(value)
end

local function duration_words(value)
  local date, time = value:match("^P([^T]*)T?(.*)$")
  local words = {}
  local function count(number, unit)
    local name = units[unit]
    if not name then return end
    if number == "X" then
      words[#words + 1] = ("some %ss"):format(name)
    else
      local plural = name:gsub("y$", "ie"):gsub("daie", "day")
      words[#words + 1] = number == "1" and ("1 " .. name) or ("%s %ss"):format(number, plural)
    end
  end
  for number, unit in date:gmatch("([%d.X]+)(%u+)") do count(number, unit) end
  for number, unit in time:gmatch("([%d.X]+)(%u)") do count(number, unit == "M" and "MI" or unit) end
  return #words > 0 and table.concat(words, " and ") or nil
end

--- What stands behind the T of a TIMEX3 value, as short as it may be: "TMO" is "morning", "T08:40" is "08:40".
---@param time string without the T
---@return string
function M.time_of(time) return day_parts[time] or time end

--- The day of the week of "2024-03-13".
---@param day string
---@return string
function M.weekday_of(day)
  local year, month, number = day:match("^(%d+)-(%d+)-(%d+)$")
  return weekday(tonumber(year), tonumber(month), tonumber(number))
end

--- A value in words; the value itself where there are none for it.
---@param value? string
---@param mod? string TIMEX3's
---@return string?
function M.say(value, mod)
  if not value then return nil end
  local words = references[value]
  if not words and value:sub(1, 1) == "P" then words = duration_words(value) end
  if not words then
    local date, time = value:match("^(.-)T(.*)$")
    words = date_words(date or value)
    if time and words then
      words = day_parts[time] and ("%s, %s"):format(words, day_parts[time]) or ("%s, %s"):format(words, time)
    end
  end
  if words and mod and mods[mod] then words = mods[mod]:format(words) end
  return words or value
end

return M
