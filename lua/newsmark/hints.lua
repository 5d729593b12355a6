-- Virtual text at the end of lines: what day a date is, who speaks. Off by default; for the cursor's line or for
-- all lines on the screen.
local M = {}

local api = vim.api
local ns = api.nvim_create_namespace("newsmark_hints")
local mode -- "off", "line" or "all"; nil: as the settings say

local function current_mode() return mode or require("newsmark.config").get().hints end

local function hint_of(annotation)
  if annotation.kind == "date" then
    local value = annotation.value
    if type(value) ~= "string" or value == "" or value == annotation.text then return nil end
    return ("%s: %s"):format(annotation.text, require("newsmark.dates").say(value)), "NewsmarkHint"
  elseif annotation.kind == "quote" then
    local speaker = annotation.speaker
    if type(speaker) ~= "table" then return "speaker unknown", "NewsmarkHint" end
    return type(speaker.name) == "string" and speaker.name or speaker.text, "NewsmarkHint"
  end
end

local function chunks_of(buf, state, row)
  local chunks, seen = {}, {}
  local render = require("newsmark.render")
  for _, extmark in ipairs(api.nvim_buf_get_extmarks(buf, render.ns, { row, 0 }, { row, -1 }, {})) do
    local mark = state.marks[state.id_of[extmark[1]]]
    local text, group = nil, nil
    if mark and render.is_visible(mark.annotation) then text, group = hint_of(mark.annotation) end
    if text and not seen[text] then
      seen[text] = true
      chunks[#chunks + 1] = { (#chunks > 0 and " · " or " ") .. text:gsub("%s+", " "), group }
    end
  end
  return chunks
end

-- Which windows have lines to draw on.
local function on_win(_, win, buf)
  if not require("newsmark.buffer").get(buf) then return false end
  return current_mode() == "all" or win == api.nvim_get_current_win()
end

-- Drawn per redraw, for the lines on the screen only.
local function on_line(_, win, buf, row)
  local state = require("newsmark.buffer").get(buf)
  if current_mode() == "line" and api.nvim_win_get_cursor(win)[1] - 1 ~= row then return end
  local chunks = chunks_of(buf, state, row)
  if #chunks > 0 then
    api.nvim_buf_set_extmark(buf, ns, row, 0, { virt_text = chunks, virt_text_pos = "eol", hl_mode = "combine",
      ephemeral = true })
  end
end

-- A line is drawn when it changes, not when the cursor leaves it.
local function on_cursor(args)
  local buf = args.buf
  local state = require("newsmark.buffer").get(buf)
  if not state or current_mode() ~= "line" then return end
  local row = api.nvim_win_get_cursor(0)[1]
  if state.hint_row == row then return end
  state.hint_row = row
  vim.cmd("redraw!")
end

local group = api.nvim_create_augroup("newsmark_hints", { clear = true })

--- Start or stop drawing, as the settings and M.set() say.
function M.apply()
  api.nvim_clear_autocmds({ group = group })
  if current_mode() == "off" then
    api.nvim_set_decoration_provider(ns, {})
  else
    api.nvim_set_decoration_provider(ns, { on_win = on_win, on_line = on_line })
    api.nvim_create_autocmd({ "CursorMoved", "CursorMovedI" }, { group = group, callback = on_cursor })
  end
  vim.cmd("redraw!")
end

--- Choose for this session; without a choice: on and off in turn.
---@param choice? "off"|"line"|"all"
function M.set(choice)
  mode = choice or (current_mode() == "off" and "all" or "off")
  M.apply()
end

return M
