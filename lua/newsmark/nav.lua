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

-- Starts of the marks of a kind, in order, each place once.
local function starts(buf, state, is_of)
  local found = {}
  for _, mark in ipairs(api.nvim_buf_get_extmarks(buf, require("newsmark.render").ns, 0, -1, {})) do
    local id, row, col = mark[1], mark[2], mark[3]
    local last = found[#found]
    local annotation = state.marks[state.id_of[id]].annotation
    if is_of(annotation) and not (last and last[1] == row and last[2] == col) then
      found[#found + 1] = { row, col }
    end
  end
  return found
end

-- The first of `places` that is after row and col; #places + 1 if none is.
local function first_after(places, row, col)
  local low, high = 1, #places + 1
  while low < high do
    local mid = math.floor((low + high) / 2)
    local place = places[mid]
    if place[1] > row or (place[1] == row and place[2] > col) then high = mid else low = mid + 1 end
  end
  return low
end

--- Put the cursor on the start of another mark; at the end of the text as 'wrapscan' says.
---@param count integer how many marks on; negative: back
---@param kind? string|fun(annotation: table): boolean
---@param noun? string what the test looks for, in words
function M.jump(count, kind, noun)
  local buf = api.nvim_get_current_buf()
  local state = require("newsmark.buffer").get(buf)
  local test = type(kind) == "function" and kind or test_of(kind)
  local places = state and starts(buf, state, test) or {}
  if #places == 0 then
    return vim.notify(("newsmark: no %s here"):format(noun or type(kind) == "string" and kind or "mark"))
  end

  local cursor = api.nvim_win_get_cursor(0)
  local row, col = cursor[1] - 1, cursor[2]
  local index = first_after(places, row, col) - 1 -- the last one at or before the cursor
  if count < 0 and index > 0 and places[index][1] == row and places[index][2] == col then index = index - 1 end
  index = count > 0 and index + count or index + count + 1
  if vim.o.wrapscan then
    index = (index - 1) % #places + 1
  else
    index = math.max(1, math.min(index, #places))
  end
  vim.cmd("normal! m'")
  api.nvim_win_set_cursor(0, { places[index][1] + 1, places[index][2] })
end

return M
