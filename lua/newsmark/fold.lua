-- Manual folds: over the quotations, to read what the reporter says, or over all the rest, to read what was said.
-- They are made once, on the command, so that typing pays nothing for them.
local M = {}

local api = vim.api

local function name_of(speaker)
  if type(speaker) ~= "table" then return "?" end
  return speaker.name ~= vim.NIL and speaker.name or speaker.text
end

-- Which rows are quotation: those where one covers at least half of the characters.
local function quoted_rows(buf, state)
  local covered, speaker_of = {}, {}
  local render = require("newsmark.render")
  for _, mark in pairs(state.marks) do
    local row, col, end_row, end_col = render.where(buf, mark)
    if mark.annotation.kind == "quote" and row then
      for each = row, end_row do
        local line = api.nvim_buf_get_lines(buf, each, each + 1, false)[1] or ""
        local from = each == row and col or 0
        local to = each == end_row and end_col or #line
        covered[each] = (covered[each] or 0) + to - from
        if covered[each] * 2 >= #line and #line > 0 and not speaker_of[each] then
          speaker_of[each] = name_of(mark.annotation.speaker)
        end
      end
    end
  end
  return speaker_of
end

local speakers = {} -- by buffer: the speaker of a row when folds were made, for their text

local function fold(first, last)
  if first and last >= first then vim.cmd(("%d,%dfold"):format(first + 1, last + 1)) end
end

--- 'foldtext': who speaks, and how it begins.
function M.text()
  local first, last = vim.v.foldstart, vim.v.foldend
  local line = vim.fn.getline(first)
  local rows = speakers[api.nvim_get_current_buf()] or {}
  local who, count = {}, 0
  for row = first - 1, last - 1 do
    local name = rows[row]
    if name and not who[name] then
      who[name] = true
      count = count + 1
      who[count] = name
    end
  end
  local head = count > 0 and table.concat(who, ", ", 1, count) .. ": " or ""
  local words = vim.fn.strcharpart(line, 0, 50) .. (#line > 50 and "…" or "")
  local lines = last - first + 1
  return ("+ %s%s (%d %s)"):format(head, words, lines, lines == 1 and "line" or "lines")
end

--- Fold the quotations, the text between them, or take the folds away.
---@param what? "quotes"|"text"|"off" default: quotes
function M.run(what)
  local buf = api.nvim_get_current_buf()
  local state = require("newsmark.buffer").get(buf)
  if not state then return vim.notify("newsmark: this buffer is not annotated") end
  vim.wo.foldmethod = "manual"
  vim.cmd("normal! zE")
  if what == "off" then return end
  vim.wo.foldminlines = 0 -- an article's paragraph is often one line
  vim.wo.foldenable = true
  vim.wo.foldtext = "v:lua.require'newsmark.fold'.text()"
  local rows = quoted_rows(buf, state)
  speakers[buf] = rows
  local lines = api.nvim_buf_get_lines(buf, 0, -1, true)
  local first, last
  for number, line in ipairs(lines) do
    local row = number - 1
    local is_blank = line:match("^%s*$") ~= nil
    local inside = (rows[row] ~= nil) == (what ~= "text")
    if not is_blank and inside then
      first, last = first or row, row
    elseif not is_blank then
      fold(first, last or -1)
      first = nil
    end
  end
  fold(first, last or -1)
end

return M
