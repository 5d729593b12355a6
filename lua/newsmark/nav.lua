-- Going from mark to mark.
local M = {}

local api = vim.api

local types = { person = "PER", org = "ORG", place = "LOC" }

-- Whom an annotation is about: an entity, the speaker of a quotation.
local function subject(annotation)
  local speaker = annotation.kind == "quote" and annotation.speaker
  if type(speaker) == "table" then return speaker.entity ~= vim.NIL and speaker.entity or speaker.name end
  return annotation.entity ~= vim.NIL and annotation.entity or nil
end

-- A test for what is like the innermost annotation under the cursor that has a subject: another mention of the
-- entity, another quotation of the speaker. nil: there is none.
local function same_as_here()
  for _, here in ipairs(require("newsmark.info").here()) do
    local about = subject(here)
    if about then
      return function(annotation) return annotation.kind == here.kind and subject(annotation) == about end
    end
  end
end

---@param kind? string "entity", "person", "org", "place", "date", "quote", "tag" or "same"; nil: any
---@return fun(annotation: table): boolean
local function test_of(kind)
  if not kind then return function() return true end end
  if kind == "same" then return same_as_here() or function() return false end end
  return function(annotation)
    if types[kind] then return annotation.kind == "entity" and annotation.type == types[kind] end
    return annotation.kind == kind
  end
end

-- Starts of the wanted marks on rows `first` to `last`, in order, each place once.
local function starts(buf, state, is_of, first, last)
  local found, ns = {}, require("newsmark.render").ns
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, ns, { first, 0 }, { last, -1 }, {})) do
    local id, row, col = mark[1], mark[2], mark[3]
    local before = found[#found]
    if is_of(state.marks[state.id_of[id]].annotation) and not (before and before[1] == row and before[2] == col) then
      found[#found + 1] = { row, col }
    end
  end
  return found
end

-- Up to `count` places from rows `first` to `last`; back: from its last place to the first, `last` in front of it.
-- Rows are looked at some more at a time, so that a place nearby costs little in an article of thousands of marks.
local function collect(buf, state, is_of, first, last, back, count, is_wanted)
  local found, step = {}, 32
  while #found < count and (back and first >= last or not back and first <= last) do
    local far = back and math.max(first - step + 1, last) or math.min(first + step - 1, last)
    local places = starts(buf, state, is_of, math.min(first, far), math.max(first, far))
    for n = 1, #places do
      local place = places[back and #places + 1 - n or n]
      if #found < count and is_wanted(place) then found[#found + 1] = place end
    end
    first, step = far + (back and -1 or 1), step * 2
  end
  return found
end

-- The place `count` marks on (back: before) from row and col; at the text's end round it, if `wrap`. nil: there is
-- none at all.
local function find(buf, state, is_of, row, col, count, back, wrap)
  local last = api.nvim_buf_line_count(buf) - 1
  local function is_ahead(place)
    if place[1] ~= row then return (place[1] > row) ~= back end
    return place[2] ~= col and (place[2] > col) ~= back
  end
  local ahead = collect(buf, state, is_of, row, back and 0 or last, back, count, is_ahead)
  if #ahead == count or (not wrap and #ahead > 0) then return ahead[#ahead] end
  local function is_behind(place) return not is_ahead(place) end
  if not wrap then -- there is nothing ahead: stay where the last one is
    return collect(buf, state, is_of, row, back and last or 0, not back, 1, is_behind)[1]
  end
  local behind = collect(buf, state, is_of, back and last or 0, row, back, math.huge, is_behind)
  local all = #ahead + #behind
  if all == 0 then return nil end
  local index = (count - #ahead - 1) % all
  return behind[index + 1] or ahead[index - #behind + 1]
end

--- Put the cursor on the start of another mark; at the end of the text as 'wrapscan' says.
---@param count integer how many marks on; negative: back
---@param kind? string|fun(annotation: table): boolean
---@param noun? string what the test looks for, in words
function M.jump(count, kind, noun)
  local buf = api.nvim_get_current_buf()
  local state = require("newsmark.buffer").get(buf)
  local test = type(kind) == "function" and kind or test_of(kind)
  local cursor = api.nvim_win_get_cursor(0)
  local place = state
    and find(buf, state, test, cursor[1] - 1, cursor[2], math.abs(count), count < 0, vim.o.wrapscan)
  if not place then
    local none = ("no %s here"):format(noun or type(kind) == "string" and kind or "mark")
    return vim.notify("newsmark: " .. (require("newsmark.buffer").silence(buf) or none))
  end
  vim.cmd("normal! m'")
  api.nvim_win_set_cursor(0, { place[1] + 1, place[2] })
end

return M
