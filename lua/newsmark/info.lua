-- A floating window that tells what is under the cursor: at once what the client holds, and below it, as soon as
-- the index answers, what the folder has of who is named or speaks here.
local M = {}

local api = vim.api

local entity_types = { PER = "person", ORG = "organisation", LOC = "place" }
local quote_types = { direct = "direct quotation", mixed = "quoted words", indirect = "indirect speech" }
local date_types = { DATE = "date", TIME = "time", DURATION = "duration", SET = "repeated time" }
local makers = { rule = "a rule", list = "a list", model = "the model", human = "a person" }

local verdicts = {
  made = "made by a person", accepted = "accepted by a person", rule = "by the folder's list of names",
}

-- JSON's null arrives as vim.NIL; nil, "" and it are all "nothing".
local function given(value)
  if value == nil or value == vim.NIL or value == "" then return nil end
  return value
end

local function add(lines, label, value)
  if given(value) then lines[#lines + 1] = ("  %-9s %s"):format(label, value) end
end

local function maker(by)
  by = given(by) or "?"
  local script = by:match("^script:(.*)")
  return script and ("the script " .. script) or makers[by] or by
end

-- One line, not longer than a window is wide.
local function excerpt(text, width)
  text = text:gsub("%s+", " ")
  if vim.fn.strdisplaywidth(text) <= width then return text end
  return vim.fn.strcharpart(text, 0, width - 1) .. "…"
end

-- An id that somebody else knows; "name:…" only repeats the name.
local function catalogued(entity)
  entity = given(entity)
  return entity and not vim.startswith(entity, "name:") and entity or nil
end

-- "Vladimir Putin (“presidenten”), wd:Q7747"
local function mention(part)
  if type(part) ~= "table" then return nil end
  local name, text = given(part.name) or given(part.text), given(part.text)
  if not name then return nil end
  local said = text and text ~= name and (" (“%s”)"):format(text) or ""
  local id = catalogued(part.entity)
  return name .. said .. (id and ", " .. id or "")
end

-- How often the entity is named in the buffer.
local function mentions_of(state, entity)
  local count = 0
  for _, mark in pairs(state.marks) do
    if mark.annotation.kind == "entity" and mark.annotation.entity == entity then count = count + 1 end
  end
  return count
end

local describe = {}

function describe.entity(annotation, lines, state)
  local name = given(annotation.name) or annotation.text
  lines[1] = ("%s — %s"):format(name, entity_types[annotation.type] or annotation.type)
  add(lines, "written", annotation.text ~= annotation.name and annotation.text or nil)
  local entity = given(annotation.entity)
  add(lines, "entity", catalogued(entity))
  if entity then add(lines, "named", ("%d× in this article"):format(mentions_of(state, entity))) end
end

function describe.date(annotation, lines)
  local words = require("newsmark.dates")
  lines[1] = ("%s — %s"):format(excerpt(annotation.text, 60), date_types[annotation.type] or annotation.type)
  add(lines, "is", words.say(given(annotation.value), given(annotation.mod)))
  local from, to = given(annotation.begin), given(annotation["until"])
  if from ~= to then add(lines, "from", words.say(from)) end
  if from ~= to then add(lines, "until", words.say(to)) end
  add(lines, "value", annotation.value)
  add(lines, "seen from", annotation.anchor)
end

function describe.quote(annotation, lines)
  lines[1] = ("%s — %s"):format(excerpt(annotation.text, 50), quote_types[annotation.type] or annotation.type)
  local speaker = mention(annotation.speaker)
  lines[#lines + 1] = speaker and ("  %-9s %s"):format("speaker", speaker) or "  no speaker found"
  add(lines, "source", mention(annotation.source))
  if type(annotation.cue) == "table" then add(lines, "cue", annotation.cue.text) end
  add(lines, "because", annotation.why)
end

function describe.tag(annotation, lines)
  lines[1] = ("%s — %s"):format(annotation.text, annotation.type)
  add(lines, "value", annotation.value)
end

--- The lines that tell of an annotation.
---@return string[]
function M.lines(annotation, state)
  local lines = {}
  local tell = describe[annotation.kind] or describe.tag
  tell(annotation, lines, state)
  local confidence = tonumber(annotation.confidence)
  local certainty = confidence and (", %d %% certain"):format(math.floor(confidence * 100 + 0.5)) or ""
  local verdict = verdicts[annotation.verdict]
  add(lines, verdict and "is" or "found by", verdict or maker(annotation.by) .. certainty)
  add(lines, "note", annotation.note)
  return lines
end

local function covers(row, col, mark_row, mark_col, end_row, end_col)
  local after_start = row > mark_row or (row == mark_row and col >= mark_col)
  return after_start and (row < end_row or (row == end_row and col < end_col))
end

local has_overlap = vim.fn.has("nvim-0.10") == 1
local ROWS_BEFORE = 200 -- how long a quotation may be that older versions find the end of

-- Extmarks that may cover a place: from 0.10 on those that do, before it all that begin not too far above.
local function near(buf, row, col)
  local ns = require("newsmark.render").ns
  if has_overlap then
    return api.nvim_buf_get_extmarks(buf, ns, { row, col }, { row, col }, { details = true, overlap = true })
  end
  return api.nvim_buf_get_extmarks(buf, ns, { math.max(0, row - ROWS_BEFORE), 0 }, { row, col }, { details = true })
end

--- The annotations at a place, the innermost first.
---@return table[] annotations, newsmark.Mark[] marks
function M.at(buf, row, col)
  local state = require("newsmark.buffer").get(buf)
  local found = {}
  for _, extmark in ipairs(state and near(buf, row, col) or {}) do
    local details = extmark[4]
    local mark = state.marks[state.id_of[extmark[1]]]
    if mark and covers(row, col, extmark[2], extmark[3], details.end_row, details.end_col) then
      found[#found + 1] = mark
    end
  end
  table.sort(found, function(a, b) return #a.annotation.text < #b.annotation.text end)
  return vim.tbl_map(function(mark) return mark.annotation end, found), found
end

--- The annotations under the cursor.
---@return table[] annotations, newsmark.Mark[] marks
function M.here()
  local cursor = api.nvim_win_get_cursor(0)
  return M.at(api.nvim_get_current_buf(), cursor[1] - 1, cursor[2])
end

--- Who or what the cursor is on: an entity, or the speaker of a quotation. nil: nobody.
---@param speaker_first boolean of a name within a quotation the quotation's speaker is meant
---@return {entity: string, name: string}?
function M.who(speaker_first)
  local entity, speaker
  for _, annotation in ipairs(M.here()) do
    local said = annotation.kind == "quote" and type(annotation.speaker) == "table" and annotation.speaker
    if annotation.kind == "entity" and not entity then
      local name = given(annotation.name) or annotation.text
      entity = { entity = given(annotation.entity) or name, name = name }
    elseif said and not speaker and given(said.name) then
      speaker = { entity = given(said.entity) or said.name, name = said.name }
    end
  end
  if speaker_first then return speaker or entity end
  return entity or speaker
end

-- --- what the folder has

local LATELY = 3 -- quotations

local function plural(count, one, many) return ("%d %s"):format(count, count == 1 and one or many) end

-- "9 quotations, 10 mentions in 7 articles, 11 to 22 November 2024"
local function counts_of(row)
  local said = row.quotes > 0 and plural(row.quotes, "quotation", "quotations") .. ", " or ""
  local first, last = given(row.first), given(row.last)
  local days = first and (first == last and ", " .. first or (", %s to %s"):format(first, last)) or ""
  local articles = plural(row.articles, "article", "articles")
  return ("%s%s in %s%s"):format(said, plural(row.mentions, "mention", "mentions"), articles, days)
end

-- The last quotations of those in an answer, the latest first. Rows come in the order of time.
local function lately(rows, width)
  local lines = {}
  for at = #rows, math.max(1, #rows - LATELY + 1), -1 do
    local row = rows[at]
    local day = (given(row.date) or "no date"):sub(1, 10)
    lines[#lines + 1] = ("  %-9s %-10s  %s"):format(#lines == 0 and "lately" or "", day, excerpt(row.text, width))
  end
  return lines
end

local ns = api.nvim_create_namespace("newsmark_info")
local LABEL = { 2, 12 } -- columns

-- Labels step back behind what they label.
local function paint(buf)
  api.nvim_buf_clear_namespace(buf, ns, 0, -1)
  for number, line in ipairs(api.nvim_buf_get_lines(buf, 0, -1, true)) do
    if line:find("^  %l") then
      local last = math.min(LABEL[2], #line)
      api.nvim_buf_set_extmark(buf, ns, number - 1, LABEL[1], { end_col = last, hl_group = "NewsmarkListPath" })
    end
  end
end

-- Lines for the end of an open window. What came is there to stay: a window that was left is let alone.
local function append(buf, win, lines)
  if not api.nvim_win_is_valid(win) or api.nvim_win_get_buf(win) ~= buf then return end
  vim.bo[buf].modifiable = true
  api.nvim_buf_set_lines(buf, -1, -1, false, lines)
  vim.bo[buf].modifiable = false
  paint(buf)
  local width = api.nvim_win_get_width(win)
  for _, line in ipairs(lines) do width = math.max(width, vim.fn.strdisplaywidth(line)) end
  api.nvim_win_set_width(win, math.min(width, vim.o.columns - 4))
  api.nvim_win_set_height(win, math.min(api.nvim_buf_line_count(buf), vim.o.lines - 6))
end

local function tell_of_folder(who, buf, win)
  local folder = require("newsmark.folder")
  folder.ask("entities", { name = who.entity, limit = 2 }, function(answer)
    local row = answer and #answer.rows == 1 and answer.rows[1]
    if not row then return end
    append(buf, win, { "", ("  %-9s %s"):format("folder", counts_of(row)) })
    if row.quotes == 0 then return end
    -- Of the year in which they were last named: a minister's page of all that was ever said is long.
    local params = { name = who.entity, from = given(row.last) and row.last:sub(1, 4) or nil, folder = answer.folder }
    folder.ask("quotes", params, function(quotes)
      local width = math.min(64, vim.o.columns - 32)
      if quotes and not quotes.more then append(buf, win, lately(quotes.rows, width)) end
    end)
  end)
end

--- Open the window for the cursor; a second time: go into it.
function M.open()
  local buf = api.nvim_get_current_buf()
  local state = require("newsmark.buffer").get(buf)
  local cursor = api.nvim_win_get_cursor(0)
  local lines = {}
  for _, annotation in ipairs(M.at(buf, cursor[1] - 1, cursor[2])) do
    if #lines > 0 then lines[#lines + 1] = "" end
    vim.list_extend(lines, M.lines(annotation, state))
  end
  if #lines == 0 then
    return vim.notify("newsmark: " .. (require("newsmark.buffer").silence(buf) or "nothing is marked here"))
  end
  local who, here = M.who(false), api.nvim_get_current_win()
  local shown, win = vim.lsp.util.open_floating_preview(lines, "", { focus_id = "newsmark_info", border = "single",
    wrap = true })
  require("newsmark.colors").dress(win)
  paint(shown)
  if who and api.nvim_get_current_win() == here then tell_of_folder(who, shown, win) end
end

return M
