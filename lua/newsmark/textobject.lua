-- Text objects: the entity, date, tag or quotation under the cursor. "i" is the span, of a quotation what stands
-- between its marks; "a" has the space behind as well, of a quotation the marks.
local M = {}

local api = vim.api

-- Opening marks and dashes of a quotation, and closing ones, with the space that goes with them.
local opening = { "”", "“", "„", "«", "»", '"', "'", "‘", "’", "‚", "‹", "›", "–", "—", "―", "-" }

-- How many bytes at the head (or the tail) of `text` are marks.
local function mark_len(text, at_end)
  for _, mark in ipairs(opening) do
    local found = at_end and text:sub(-#mark) or text:sub(1, #mark)
    if found == mark then
      local space = at_end and 0 or #text:sub(#mark + 1):match("^[ \t]*")
      return #mark + space
    end
  end
  return 0
end

local function inner(buf, range)
  local words = require("newsmark.render").words(buf, range[1], range[2], range[3], range[4])
  if not words then return range end
  return { range[1], range[2] + mark_len(words, false), range[3], range[4] - mark_len(words, true) }
end

local function with_space(buf, range)
  local line = api.nvim_buf_get_lines(buf, range[3], range[3] + 1, true)[1]
  local behind = line:match("^[ \t]+", range[4] + 1)
  if behind then return { range[1], range[2], range[3], range[4] + #behind } end
  local before = api.nvim_buf_get_lines(buf, range[1], range[1] + 1, true)[1]:sub(1, range[2]):match("[ \t]+$")
  return before and { range[1], range[2] - #before, range[3], range[4] } or range
end

-- The byte before the end, where Visual mode has its last character.
local function last_char(buf, row, col)
  if col == 0 then
    local above = api.nvim_buf_get_lines(buf, row - 1, row, true)[1]
    return row - 1, math.max(0, #above - 1)
  end
  return row, col - 1
end

local function fits(annotation, kind) return kind == "any" or annotation.kind == kind end

--- Select the innermost annotation of a kind under the cursor.
---@param kind "entity"|"date"|"quote"|"tag"|"any"
---@param around boolean
function M.select(kind, around)
  local buf = api.nvim_get_current_buf()
  local annotations, marks = require("newsmark.info").here()
  for index, annotation in ipairs(annotations) do
    if fits(annotation, kind) then
      local range = { require("newsmark.render").where(buf, marks[index]) }
      if annotation.kind == "quote" then
        range = around and range or inner(buf, range)
      elseif around then
        range = with_space(buf, range)
      end
      local end_row, end_col = last_char(buf, range[3], range[4])
      if vim.fn.mode():find("[vV\22]") then vim.cmd("normal! \27") end
      api.nvim_win_set_cursor(0, { range[1] + 1, range[2] })
      vim.cmd("normal! v")
      api.nvim_win_set_cursor(0, { end_row + 1, end_col })
      return
    end
  end
end

return M
