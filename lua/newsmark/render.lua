-- Extmarks: one for the span of every annotation, and for quotations one each for the words of speaker,
-- source and cue.
--
-- The marks of spans are also where an annotation is: Neovim moves them with every edit, so between two
-- messages of the server nothing has to be computed. What is hidden keeps its mark, without colour.
local M = {}

local api = vim.api
local colors = require("newsmark.colors")
local config = require("newsmark.config")

M.ns = api.nvim_create_namespace("newsmark") -- spans
M.ns_parts = api.nvim_create_namespace("newsmark_parts") -- speaker, source and cue of quotations

-- The tree-sitter highlighter uses 100. A quotation lies under what is in it; the words of its attribution
-- between, but for the speaker's name, which has the hue of the quotation over the shape of its kind.
local priority = { quote = 110, part = 120, entity = 130, date = 131, speaker = 135, tag = 140 }
local parts = { speaker = "NewsmarkSpeaker", source = "NewsmarkSource", cue = "NewsmarkCue" }
local entity_groups = { PER = "NewsmarkPerson", ORG = "NewsmarkOrg", LOC = "NewsmarkPlace" }

-- Hidden by :Newsmark toggle, in all buffers; `all` hides everything.
local hidden = {}

local function is_shown(kind)
  return not hidden.all and not hidden[kind] and config.get().show[kind] ~= false
end

--- Is an annotation of this kind drawn?
function M.is_visible(annotation) return is_shown(annotation.kind) end

-- The number of a speaker's colour: the server gives every voice in an article its own.
local function voice_of(annotation)
  local voice = config.get().speaker_colors and tonumber(annotation.voice)
  return voice and tostring(voice % colors.VOICES + 1) or ""
end

local function is_doubtful(annotation)
  return (tonumber(annotation.confidence) or 1) < config.get().uncertain_below
end

-- The group of a part of a quotation.
local function part_group(annotation, name)
  if name ~= "speaker" then return parts[name] end
  if is_doubtful(annotation) then return "NewsmarkSpeakerUncertain" end
  return parts[name] .. voice_of(annotation)
end

-- In review mode what is settled steps back.
local function is_quiet(buf, annotation)
  local review = package.loaded["newsmark.review"]
  return review and review.is_on(buf) and review.is_reviewed(annotation)
end

local function group_of(annotation)
  local kind, group = annotation.kind, nil
  if kind == "quote" then
    if annotation.type == "indirect" then return "NewsmarkIndirect" end
    if type(annotation.speaker) ~= "table" then return "NewsmarkUnattributed" end
    return "NewsmarkQuote" .. voice_of(annotation)
  elseif kind == "entity" then
    group = entity_groups[annotation.type]
  elseif kind == "date" then
    group = "NewsmarkDate"
  end
  if group and is_doubtful(annotation) then group = group .. "Uncertain" end
  return group or colors.tag_group(annotation.type)
end

-- What a sign beside a mark looks like: the hue of its kind, or of who speaks, without its shape or ground.
local function sign_group_of(annotation)
  if annotation.kind == "quote" then
    return type(annotation.speaker) == "table" and "NewsmarkSpeaker" .. voice_of(annotation) or "NewsmarkHint"
  elseif annotation.kind == "entity" then
    return entity_groups[annotation.type] .. "Sign"
  end
  return annotation.kind == "date" and "NewsmarkDateSign" or "NewsmarkTagSign"
end

-- The sign beside a span, where the settings or the review mode want signs.
local function sign_of(buf, annotation)
  local review = package.loaded["newsmark.review"]
  local reviewing = review and review.is_on(buf)
  if not config.get().signs and not reviewing then return nil end
  if type(annotation.note) == "string" then return "✎", "NewsmarkHint" end
  if reviewing then
    if review.is_reviewed(annotation) then return nil end
    return is_doubtful(annotation) and "?" or "·", sign_group_of(annotation)
  end
  if annotation.kind == "quote" then
    return type(annotation.speaker) == "table" and "▎" or "?", sign_group_of(annotation)
  end
  if is_doubtful(annotation) then return "·", sign_group_of(annotation) end
end

-- Set or move a mark; returns its id.
local function set(buf, ns, range, id, look, prio, at)
  local row, col = at(range.start)
  local end_row, end_col = at(range["end"])
  if end_row < row or (end_row == row and end_col < col) then end_row, end_col = row, col end
  return api.nvim_buf_set_extmark(buf, ns, row, col, {
    id = id,
    end_row = end_row,
    end_col = end_col,
    hl_group = look.group,
    sign_text = look.sign,
    sign_hl_group = look.sign_group,
    priority = prio,
  })
end

-- How the span of an annotation is drawn: { group?, sign?, sign_group? }.
local function look_of(buf, annotation)
  if not is_shown(annotation.kind) then return {} end
  local sign, sign_group = sign_of(buf, annotation)
  local group = is_quiet(buf, annotation) and "NewsmarkReviewed" or group_of(annotation)
  return { group = group, sign = sign, sign_group = sign_group }
end

-- The sign of a note is not to be covered by others on its line.
local function priority_of(annotation)
  return (priority[annotation.kind] or priority.tag) + (type(annotation.note) == "string" and 40 or 0)
end

---@class newsmark.Mark
---@field annotation table as the server sent it
---@field id integer the extmark of its span
---@field parts table<string, integer> extmarks of speaker, source and cue

--- Draw an annotation, over `old` where there is one.
---@param at function newsmark.position.converter()
---@param old? newsmark.Mark
---@return newsmark.Mark
function M.draw(buf, annotation, at, old)
  local kind = annotation.kind
  local shown = is_shown(kind)
  local mark = { annotation = annotation, parts = {} }
  local prio = priority_of(annotation)
  mark.id = set(buf, M.ns, annotation.range, old and old.id, look_of(buf, annotation), prio, at)
  for name in pairs(parts) do
    local part = annotation[name]
    local was = old and old.parts[name]
    if type(part) == "table" and part.range then
      local look = { group = shown and part_group(annotation, name) or nil }
      mark.parts[name] = set(buf, M.ns_parts, part.range, was, look, priority[name] or priority.part, at)
    elseif was then
      api.nvim_buf_del_extmark(buf, M.ns_parts, was)
    end
  end
  return mark
end

---@param mark newsmark.Mark
function M.erase(buf, mark)
  api.nvim_buf_del_extmark(buf, M.ns, mark.id)
  for _, id in pairs(mark.parts) do api.nvim_buf_del_extmark(buf, M.ns_parts, id) end
end

function M.clear(buf)
  api.nvim_buf_clear_namespace(buf, M.ns, 0, -1)
  api.nvim_buf_clear_namespace(buf, M.ns_parts, 0, -1)
end

--- Where a mark is now. nil: its text was deleted, or it is gone.
---@return integer? row, integer? col, integer? end_row, integer? end_col
function M.where(buf, mark)
  local found = api.nvim_buf_get_extmark_by_id(buf, M.ns, mark.id, { details = true })
  local details = found[3]
  if not details or not details.end_row then return nil end
  local row, col, end_row, end_col = found[1], found[2], details.end_row, details.end_col
  if end_row < row or (end_row == row and end_col <= col) then return nil end
  return row, col, end_row, end_col
end

--- The words in a place that M.where() gave. nil: lines were cut off under a mark, which Neovim then leaves
--- out of bounds.
---@return string?
function M.words(buf, row, col, end_row, end_col)
  local fine, lines = pcall(api.nvim_buf_get_text, buf, row, col, end_row, end_col, {})
  return fine and table.concat(lines, "\n") or nil
end

-- The same mark with or without its colour, where it stands.
local function recolor(buf, ns, id, look, prio)
  local found = api.nvim_buf_get_extmark_by_id(buf, ns, id, { details = true })
  local details = found[3]
  if not details then return end
  api.nvim_buf_set_extmark(buf, ns, found[1], found[2], {
    id = id,
    end_row = details.end_row or found[1],
    end_col = details.end_col or found[2],
    hl_group = look.group,
    sign_text = look.sign,
    sign_hl_group = look.sign_group,
    priority = prio,
  })
end

local function recolor_mark(buf, mark)
  local kind = mark.annotation.kind
  local shown = is_shown(kind)
  recolor(buf, M.ns, mark.id, look_of(buf, mark.annotation), priority_of(mark.annotation))
  for name, id in pairs(mark.parts) do
    local look = { group = shown and part_group(mark.annotation, name) or nil }
    recolor(buf, M.ns_parts, id, look, priority[name] or priority.part)
  end
end

--- Draw a buffer's marks anew where they stand.
function M.redraw(buf)
  local state = require("newsmark.buffer").get(buf)
  for _, mark in pairs(state and state.marks or {}) do recolor_mark(buf, mark) end
end

--- Show or hide a kind, or everything, in all buffers.
---@param kind? string "entity", "date", "quote", "tag"; default: everything
function M.toggle(kind)
  kind = kind or "all"
  hidden[kind] = not hidden[kind]
  for buf, state in pairs(require("newsmark.buffer").all()) do
    for _, mark in pairs(state.marks) do
      if kind == "all" or mark.annotation.kind == kind then recolor_mark(buf, mark) end
    end
  end
end

return M
