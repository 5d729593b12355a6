-- What newsmark knows of a buffer: its annotations by id, kept up with the server's messages.
--
-- The server tells what changed, by id, in positions of the text of a version. Marks that it does not mention
-- have moved with the text by themselves. Two things can go wrong, and one remedy mends both:
--   * a message speaks of a version older than the buffer: annotations on lines that nobody touched since are
--     moved by the lines that came or went above them and drawn; those on touched lines are not, as their
--     columns mean nothing now;
--   * Neovim moves marks by what was done, the server by how the text differs: lines replaced by equal ones (a
--     formatter) sweep their marks together where for the server nothing happened; "Oslo " put before "Oslo"
--     is for it put after.
-- So the lines touched since the last message about the very text in the buffer are "dirty". When such a
-- message comes, every mark there must stand on the words that it was made for; if one does not, the lines
-- are asked for again.
local M = {}

local api = vim.api
local position = require("newsmark.position")
local render = require("newsmark.render")
local status = require("newsmark.status")

---@class newsmark.Buffer
---@field uri string
---@field marks table<string, newsmark.Mark> by the annotation's id
---@field id_of table<integer, string> the annotation's id by its extmark's
---@field counts table<string, integer>
---@field edits {tick: integer, first: integer, last: integer, new_last: integer}[] not yet answered by the server
---@field dirty? {first: integer, last: integer} rows, half-open
---@field incomplete boolean the marks on the dirty rows may not be what the server takes them for
local states = {}

function M.all() return states end

---@return newsmark.Buffer?
function M.get(buf) return states[buf == 0 and api.nvim_get_current_buf() or buf] end

-- The version the server was or will be told of next.
local function version_of(buf) return vim.lsp.util.buf_versions[buf] or 0 end

-- The rows `rows` and those of an edit, after the edit replaced rows [first, last) by [first, new_last).
local function widen(rows, first, last, new_last)
  if not rows then return { first = first, last = new_last } end
  return {
    first = math.min(rows.first, first),
    last = rows.last > last and rows.last + new_last - last or new_last,
  }
end

-- The byte at a place; a line's end is "\n".
local function byte_at(buf, row, col)
  local fine, text = pcall(api.nvim_buf_get_text, buf, row, col, row, col + 1, {})
  return fine and text[1] ~= "" and text[1] or "\n"
end

-- Could what was inserted from row and col to end_row and end_col as well have been inserted further on? It
-- could if it begins as the text after it does. Line ends do not count: there are no marks on empty lines.
local function is_ambiguous(buf, row, col, end_row, end_col)
  local last_row = end_row
  while row < last_row do
    if byte_at(buf, row, col) ~= "\n" or byte_at(buf, end_row, end_col) ~= "\n" then break end
    row, col, end_row, end_col = row + 1, 0, end_row + 1, 0
  end
  local byte = byte_at(buf, row, col)
  return byte ~= "\n" and byte == byte_at(buf, end_row, end_col)
end

local function on_bytes(buf, state, row, col, old_len, new_row, new_col)
  if old_len > 0 then return end
  if is_ambiguous(buf, row, col, row + new_row, new_row == 0 and col + new_col or new_col) then
    state.incomplete = true
  end
end

local function on_lines(state, tick, first, last, new_last)
  state.edits[#state.edits + 1] = { tick = tick, first = first, last = last, new_last = new_last }
  state.dirty = widen(state.dirty, first, last, new_last)
end

--- Follow a buffer that the server has just been told of.
function M.follow(buf)
  render.clear(buf) -- what an earlier server or, after a reload, the earlier text left
  local state = {
    uri = vim.uri_from_bufnr(buf),
    marks = {},
    id_of = {},
    counts = status.zero(),
    edits = {},
    incomplete = false,
  }
  states[buf] = state
  api.nvim_buf_attach(buf, false, {
    on_bytes = function(_, _, _, row, col, _, _, _, old_len, new_row, new_col)
      if states[buf] ~= state then return true end
      on_bytes(buf, state, row, col, old_len, new_row, new_col)
    end,
    on_lines = function(_, _, tick, first, last, new_last)
      if states[buf] ~= state then return true end
      on_lines(state, tick, first, last, new_last)
    end,
    on_reload = function() state.edits, state.dirty = {}, nil end,
    on_detach = function()
      if states[buf] == state then states[buf] = nil end
    end,
  })
  status.update(buf, state)
end

--- Forget a buffer and what was drawn in it.
function M.forget(buf)
  if not states[buf] then return end
  states[buf] = nil
  if api.nvim_buf_is_loaded(buf) then
    render.clear(buf)
    status.update(buf, nil)
  end
end

-- Forget the edits that the server has answered.
local function acknowledge(state, version)
  local open = {}
  for _, edit in ipairs(state.edits) do
    if edit.tick > version then open[#open + 1] = edit end
  end
  state.edits = open
end

-- A row of the answered version as a row of now. nil: it was touched since.
local function row_now(state, row)
  for _, edit in ipairs(state.edits) do
    if row >= edit.last then
      row = row + edit.new_last - edit.last
    elseif row >= edit.first then
      return nil
    end
  end
  return row
end

-- Move a range, and those of the parts, to the rows of now. false: not possible.
local function bring_up(state, annotation)
  if #state.edits == 0 then return true end
  local ranges = { annotation.range }
  for _, name in ipairs({ "speaker", "source", "cue" }) do
    local part = annotation[name]
    if type(part) == "table" and part.range then table.insert(ranges, part.range) end
  end
  for _, range in ipairs(ranges) do
    local first, last = row_now(state, range.start.line), row_now(state, range["end"].line)
    if not first or not last or last - first ~= range["end"].line - range.start.line then return false end
    range.start.line, range["end"].line = first, last
  end
  return true
end

local function erase(buf, state, id)
  local mark = state.marks[id]
  if not mark then return end
  render.erase(buf, mark)
  state.marks[id], state.id_of[mark.id] = nil, nil
  status.count(state.counts, mark.annotation, -1)
end

local function draw(buf, state, annotation, at)
  local old = state.marks[annotation.id]
  if old then status.count(state.counts, old.annotation, -1) end
  local mark = render.draw(buf, annotation, at, old)
  state.marks[annotation.id], state.id_of[mark.id] = mark, annotation.id
  status.count(state.counts, annotation, 1)
end

-- The ids of the annotations that begin on `rows`, or on the row after, where a deletion leaves what it swept
-- together; at the end of the buffer also beyond it, where Neovim leaves marks whose line was cut off.
local function ids_on(buf, state, rows)
  local last = rows.last < api.nvim_buf_line_count(buf) - 1 and { rows.last, -1 } or -1
  local ids = {}
  for _, found in ipairs(api.nvim_buf_get_extmarks(buf, render.ns, { rows.first, 0 }, last, {})) do
    ids[#ids + 1] = state.id_of[found[1]]
  end
  return ids
end

-- Does a mark stand on the words that it was made for?
local function is_sound(buf, mark)
  local row, col, end_row, end_col = render.where(buf, mark)
  local text = mark.annotation.text
  if not row or not text then return row ~= nil end
  return render.words(buf, row, col, end_row, end_col) == text:gsub("\r\n", "\n")
end

-- The answer to ask_again(): all that touches `rows`.
local function replace_rows(buf, state, client, rows, answer)
  local at = position.converter(buf, client.offset_encoding)
  local named = {}
  for _, annotation in ipairs(answer.annotations) do
    named[annotation.id] = true
    draw(buf, state, annotation, at)
  end
  for _, id in ipairs(ids_on(buf, state, rows)) do
    if not named[id] and not is_sound(buf, state.marks[id]) then erase(buf, state, id) end
  end
end

local function ask_again(buf, state, client)
  local count = api.nvim_buf_line_count(buf)
  local rows = { first = state.dirty.first, last = math.min(state.dirty.last, count) }
  local range = { start = { line = rows.first, character = 0 }, ["end"] = { line = rows.last, character = 0 } }
  local params = { textDocument = { uri = state.uri }, range = range }
  require("newsmark.client").request(client, "newsmark/annotations", params, function(err, answer)
    if err or not answer or states[buf] ~= state or answer.version ~= version_of(buf) then return end
    if #state.edits > 0 then return end -- not sent yet: the answer to them comes, and asks again
    replace_rows(buf, state, client, rows, answer)
    state.dirty, state.incomplete = nil, false
    status.update(buf, state)
  end, buf)
end

-- The buffer is as the server sees it: make sure that the marks are, too.
local function settle(buf, state, client)
  if not state.dirty then return end
  local sound = not state.incomplete
  for _, id in ipairs(sound and ids_on(buf, state, state.dirty) or {}) do
    sound = sound and is_sound(buf, state.marks[id])
  end
  if sound then state.dirty = nil else ask_again(buf, state, client) end
end

local function find(uri)
  for buf, state in pairs(states) do
    if state.uri == uri then return buf, state end
  end
end

--- The handler of newsmark/publishAnnotations.
---@param message {uri: string, version: integer, full: boolean, removed: string[], added: table[]}
---@param client table the language client
function M.publish(message, client)
  local buf, state = find(message.uri)
  if not buf or not api.nvim_buf_is_loaded(buf) then return end
  acknowledge(state, message.version or 0)

  local at = position.converter(buf, client.offset_encoding)
  local added = {}
  for _, annotation in ipairs(message.added) do added[annotation.id] = true end
  for _, id in ipairs(message.full and vim.tbl_keys(state.marks) or message.removed) do
    if not added[id] then erase(buf, state, id) end -- what is in both has changed and is moved, not drawn anew
  end
  for _, annotation in ipairs(message.added) do
    if bring_up(state, annotation) then
      draw(buf, state, annotation, at)
    else
      erase(buf, state, annotation.id)
      state.incomplete = true
    end
  end
  if #state.edits == 0 then settle(buf, state, client) end
  state.heard = true
  status.update(buf, state)
end

--- Why nothing can be said of a buffer yet. nil: its marks are there.
---@return string?
function M.silence(buf)
  if states[buf] and states[buf].heard then return nil end
  local client = require("newsmark.client").client()
  if states[buf] or client and not client.initialized then return "the article is still being read" end
  return "this buffer is not annotated"
end

return M
