-- Buffers that answer a question to the folder: mentions, quotations, a timeline, entities, search.
--
-- A listing is a question, its answer's rows, and lines made of them: compose.lua lays the lines out, this file
-- shows them, keeps the cursor on its row when they are made anew, and takes the reader to what a row tells of.
local M = {}

local api = vim.api
local folder = require("newsmark.folder")

local REFRESH_MS = 500 -- at most once in this time while the index grows
local FIRST_ROWS, MOST_ROWS = 500, 10000 -- what the server gives unasked, and at most

---@class newsmark.Listing
---@field kind string
---@field params table of the question
---@field folder? string uri, once answered
---@field rows table[]
---@field row_at table<integer, integer> the row of a line, both from 1
---@field due boolean a refresh is waiting
---@field more? boolean the folder has rows past these
---@field from? table the listing that it was opened from: { kind, params, label, from, row }
---@field begin_at? string the row, by row_key(), where the cursor shall be first
local listings = {} -- by buffer
local of_article = { decisions = true, doubts = true } -- kinds about one article, not a folder

local function row_key(row)
  local start = type(row.range) == "table" and row.range.start or { line = 0, character = 0 }
  local what = row.record or row.id or row.entity or row.text or ""
  return table.concat({ row.uri or "", start.line, start.character, what }, "\t")
end

local function current_row(buf, win)
  local listing = listings[buf]
  local line = api.nvim_win_get_cursor(win)[1]
  return listing and listing.rows[listing.row_at[line] or 0]
end

local function windows_of(buf)
  return vim.tbl_filter(function(win) return api.nvim_win_get_buf(win) == buf end, api.nvim_list_wins())
end

-- The line of the row at this line, else of the last in front of it, else of the first behind it.
local function row_near(listing, line)
  local lines = vim.tbl_keys(listing.row_at)
  table.sort(lines)
  local found
  for _, at in ipairs(lines) do
    if at <= line or not found then found = at end
  end
  return found
end

-- Put text and colours in; the cursor of every window stays on the row where it was.
local function show(buf, lines)
  local listing = listings[buf]
  local kept = {}
  for _, win in ipairs(windows_of(buf)) do
    local row = current_row(buf, win)
    kept[win] = row and row_key(row) or false
  end
  require("newsmark.compose").put(buf, lines)
  listing.row_at = {}
  local line_of, first = {}, nil
  for number, line in ipairs(lines) do
    listing.row_at[number] = line.row
    if line.row then
      first = first or number
      local key = row_key(listing.pending[line.row])
      line_of[key] = line_of[key] or number
    end
  end
  listing.rows, listing.pending = listing.pending, nil
  for win, key in pairs(kept) do
    local target = key and line_of[key]
    if key == false and not listing.shown then target = line_of[listing.begin_at or ""] or first end
    if key and not target then target = row_near(listing, api.nvim_win_get_cursor(win)[1]) end -- its row is gone
    if target then api.nvim_win_set_cursor(win, { target, 0 }) end
  end
  listing.shown = true
end

local function width_of(buf)
  local win = windows_of(buf)[1]
  return win and api.nvim_win_get_width(win) or vim.o.columns
end

-- Rows about one article do not say of which.
local function adopt(kind, params, rows)
  for _, row in ipairs(of_article[kind] and rows or {}) do row.uri = params.textDocument.uri end
end

local function wraps(kind) return kind == "quotes" or kind == "doubts" end

local function refresh(buf)
  local listing = listings[buf]
  if not listing then return end
  folder.ask(listing.kind, listing.params, function(answer, trouble)
    if listings[buf] ~= listing or not api.nvim_buf_is_valid(buf) then return end
    if answer then
      listing.params.folder, listing.ready, listing.more = answer.folder, answer.ready, answer.more
      listing.pending = answer.rows
      adopt(listing.kind, listing.params, answer.rows)
    else
      listing.pending = listing.rows or {}
    end
    show(buf, require("newsmark.compose").lines(listing, width_of(buf), trouble))
    for _, win in ipairs(windows_of(buf)) do
      vim.wo[win].wrap = wraps(listing.kind) or trouble ~= nil
    end
  end)
end

--- The index of a folder has more to say.
function M.index_grew(uri, state)
  for buf, listing in pairs(listings) do
    local is_ours = not listing.params.folder or listing.params.folder == uri -- unknown while there was no index
    if is_ours and (not listing.due or state == "ready") then
      listing.due = true
      vim.defer_fn(function()
        listing.due = false
        refresh(buf)
      end, REFRESH_MS)
    end
  end
end

--- A person decided something about an article, or its counts changed.
function M.decided(uri)
  for buf, listing in pairs(listings) do
    local is_about = of_article[listing.kind] and listing.params.textDocument.uri == uri
    if is_about or listing.kind == "articles" then refresh(buf) end
  end
end

--- A script was loaded, broken, stopped or trusted.
function M.scripts_changed()
  for buf, listing in pairs(listings) do
    if listing.kind == "scripts" then refresh(buf) end
  end
end

-- --- going to what a row tells of

-- A window of this tab page that shows an ordinary buffer, the one left last first.
local function article_window()
  local function fits(win)
    return win ~= 0 and not listings[api.nvim_win_get_buf(win)] and api.nvim_win_get_config(win).relative == ""
      and vim.bo[api.nvim_win_get_buf(win)].buftype == ""
  end
  local last = vim.fn.win_getid(vim.fn.winnr("#"))
  if fits(last) then return last end
  for _, win in ipairs(api.nvim_tabpage_list_wins(0)) do
    if fits(win) then return win end
  end
end

local function encoding()
  local client = require("newsmark.client").client()
  return client and client.offset_encoding or "utf-16"
end

-- Show a row's place in a window; the words are looked for where the file is not what was indexed.
local function go(win, row)
  local buf = vim.uri_to_bufnr(row.uri)
  api.nvim_set_current_win(win)
  vim.cmd("normal! m'")
  vim.bo[buf].buflisted = true
  api.nvim_win_set_buf(win, buf)
  if type(row.range) == "table" then
    local line, col = require("newsmark.position").converter(buf, encoding())(row.range.start)
    api.nvim_win_set_cursor(win, { line + 1, col })
  elseif row.text and row.text ~= "" then
    vim.fn.cursor(1, 1)
    if type(row.error) == "table" and row.error.line > 0 then vim.fn.cursor(row.error.line, 1) end
    vim.fn.search("\\V\\C" .. vim.fn.escape(row.text, "\\"), "cW")
  end
  vim.cmd("normal! zvzz")
end

local function jump(stay)
  local here = api.nvim_get_current_win()
  local buf = api.nvim_win_get_buf(here)
  local row = current_row(buf, here)
  if not row then return end
  if listings[buf].kind == "entities" then
    return M.open("mentions", { name = row.entity, folder = listings[buf].params.folder }, { label = row.name })
  end
  local win = article_window()
  if not win then
    vim.cmd("aboveleft split")
    win = api.nvim_get_current_win()
  end
  go(win, row)
  if stay then api.nvim_set_current_win(here) end
end

-- To the listing that this one was opened from, at the row left.
local function go_back(buf)
  local from = listings[buf].from
  if not from then return vim.notify("newsmark: this listing was not opened from another") end
  M.open(from.kind, from.params, { label = from.label, back = from })
end

local function to_article(sign)
  local buf = api.nvim_get_current_buf()
  local line, last = api.nvim_win_get_cursor(0)[1] + sign, api.nvim_buf_line_count(buf)
  while line >= 1 and line <= last do
    local text = api.nvim_buf_get_lines(buf, line - 1, line, true)[1]
    if line > 1 and text ~= "" and not listings[buf].row_at[line] then
      return api.nvim_win_set_cursor(0, { line, 0 })
    end
    line = line + sign
  end
end

-- --- to the quickfix list

-- Byte columns of positions, by path: out of buffers where the text is at hand, else out of the files.
local function converters()
  local buffers, known = {}, {}
  for _, buf in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buf) then buffers[api.nvim_buf_get_name(buf)] = buf end
  end
  return function(path)
    local position = require("newsmark.position")
    known[path] = known[path] or (buffers[path] and position.converter(buffers[path], encoding())
      or position.file_converter(path, encoding()))
    return known[path]
  end
end

local function quickfix_item(row, kind, converter)
  local start = type(row.range) == "table" and row.range.start or nil
  local path = vim.uri_to_fname(row.uri)
  local item = { filename = path, text = require("newsmark.compose").plain(row, kind) }
  if not start then
    item.pattern = "\\V\\C" .. vim.fn.escape(row.text or "", "\\")
    return item
  end
  item.lnum, item.col = start.line + 1, start.character + 1
  if encoding() ~= "utf-8" and start.character > 0 then -- else as the server counts
    local _, col = converter(path)(start)
    item.col = col + 1
  end
  return item
end

local function to_quickfix(rows, kind, title)
  local items, converter = {}, converters()
  for _, row in ipairs(rows) do
    if row.uri then items[#items + 1] = quickfix_item(row, kind, converter) end
  end
  if #items == 0 then return vim.notify("newsmark: no places for the quickfix list") end
  vim.fn.setqflist({}, " ", { title = title, items = items })
  vim.cmd("botright copen")
end

-- --- opening

-- The decision is no more; what had lost its place goes for good.
local function take_back(buf)
  local listing, row = listings[buf], current_row(buf, api.nvim_get_current_win())
  if not row then return end
  local argument = { textDocument = listing.params.textDocument, record = row.record }
  local command = type(row.range) == "table" and "forget" or "drop"
  require("newsmark.act").act(command, argument, { done = function() refresh(buf) end })
end

-- Decide about what a doubt is about; then it is none.
local function settle(buf, name, given)
  local listing, row = listings[buf], current_row(buf, api.nvim_get_current_win())
  if not row then return end
  if name == "reject" and row.kind == "quote" then name = "speaker" end -- who said it is in doubt, not the words
  local place = { textDocument = listing.params.textDocument, position = row.range.start, kind = row.kind }
  require("newsmark.act").at(name, place, vim.deepcopy(given or {}), { done = function() refresh(buf) end })
end

local function trust(buf)
  local row = current_row(buf, api.nvim_get_current_win())
  if row then require("newsmark.scripts").trust_script(row, row.state == "untrusted") end
end

-- Four times as many rows, up to as many as the server gives.
local function show_more(buf)
  local listing = listings[buf]
  if not listing.more then return vim.notify("newsmark: that is all") end
  listing.params.limit = math.min(MOST_ROWS, 4 * (listing.params.limit or FIRST_ROWS))
  refresh(buf)
end

-- The last window stays, with what it showed before.
local function close()
  if pcall(vim.cmd, "close") then return end
  local buf, other = api.nvim_get_current_buf(), vim.fn.bufnr("#")
  local fits = other > 0 and other ~= buf and vim.fn.buflisted(other) == 1
  vim.cmd(fits and "buffer " .. other or "enew")
end

local function map_keys(buf, kind)
  local function map(keys, run, desc)
    for _, key in ipairs(keys) do
      vim.keymap.set("n", key, run, { buffer = buf, silent = true, nowait = true, desc = desc })
    end
  end
  map({ "<CR>" }, function() jump(false) end, "Go there")
  map({ "p" }, function() jump(true) end, "Show it and stay")
  map({ "q" }, close, "Close")
  map({ "R" }, function() refresh(buf) end, "Ask again")
  map({ "m" }, function() show_more(buf) end, "Show more")
  map({ "<BS>" }, function() go_back(buf) end, "Back to the listing before")
  if kind == "decisions" then
    map({ "d" }, function() take_back(buf) end, "Take the decision back")
  elseif kind == "doubts" then
    local function decide(key, desc, name, given) map({ key }, function() settle(buf, name, given) end, desc) end
    decide("a", "It is right", "accept")
    decide("x", "It is wrong", "reject")
    decide("s", "Who said it", "speaker")
    decide("t", "It is a …", "tag")
    decide("n", "Their name in full", "rename")
    map({ "u" }, function()
      local argument = { textDocument = listings[buf].params.textDocument }
      require("newsmark.act").act("undo", argument, { done = function() refresh(buf) end })
    end, "Undo")
  elseif kind == "scripts" then
    map({ "t" }, function() trust(buf) end, "Trust the script, or trust it no longer")
  end
  map({ "]]" }, function() to_article(1) end, "Next article")
  map({ "[[" }, function() to_article(-1) end, "Previous article")
  map({ "Q", "<C-q>" }, function()
    local listing = listings[buf]
    to_quickfix(listing.rows, listing.kind, api.nvim_buf_get_name(buf))
  end, "To the quickfix list")
end

local function name_of(kind, params, label)
  local article = of_article[kind] and vim.fn.fnamemodify(vim.uri_to_fname(params.textDocument.uri), ":~:.") or nil
  local words = { label or params.name or params.words or article or "all" }
  for _, key in ipairs({ "type", "from", "until", "by", "state", "limit" }) do
    if params[key] then words[#words + 1] = key .. "=" .. params[key] end
  end
  if params.indirect then words[#words + 1] = "indirect=yes" end
  if params.name and params.words then words[#words + 1] = "words=" .. params.words end
  return ("newsmark://%s/%s"):format(kind, table.concat(words, " "))
end

-- The buffer of a question, made where there is none.
local function buffer_of(name, kind, params, label)
  for buf, listing in pairs(listings) do
    if listing.name == name then return buf end
  end
  local buf = api.nvim_create_buf(true, true)
  listings[buf] = { name = name, kind = kind, params = params, label = label, rows = {}, row_at = {}, due = false }
  api.nvim_buf_set_name(buf, name)
  vim.bo[buf].bufhidden = "wipe"
  vim.bo[buf].modifiable = false
  vim.bo[buf].filetype = "newsmark"
  map_keys(buf, kind)
  api.nvim_create_autocmd("BufWipeout", { buffer = buf, callback = function() listings[buf] = nil end })
  return buf
end

-- The window of this tab page that shows a listing, this one first; else a new one.
local function take_window()
  if listings[api.nvim_get_current_buf()] then return end
  for _, win in ipairs(api.nvim_tabpage_list_wins(0)) do
    if listings[api.nvim_win_get_buf(win)] then return api.nvim_set_current_win(win) end
  end
  vim.cmd(("botright %dsplit"):format(math.max(10, math.floor(vim.o.lines * 0.45))))
end

local function open_window(buf, kind)
  local shown = windows_of(buf)[1]
  if shown then return api.nvim_set_current_win(shown) end
  take_window()
  api.nvim_win_set_buf(0, buf)
  local wo = vim.wo
  wo.wrap, wo.linebreak, wo.breakindent, wo.breakindentopt = wraps(kind), true, true, "shift:2"
  wo.number, wo.relativenumber, wo.signcolumn, wo.foldcolumn, wo.list, wo.spell = false, false, "no", "0", false, false
  wo.cursorline, wo.winfixheight = true, true
end

-- The listing in this window, to come back to. nil: it has none.
local function here_as_place()
  local buf, win = api.nvim_get_current_buf(), api.nvim_get_current_win()
  local listing = listings[buf]
  if not listing then return nil end
  local row = current_row(buf, win)
  return { kind = listing.kind, params = listing.params, label = listing.label, from = listing.from,
    row = row and row_key(row) }
end

-- The article that a question asked here is about: of a listing, the one it was asked in. nil: none.
local function article_meant()
  local buf = api.nvim_get_current_buf()
  local asked = listings[buf] and listings[buf].params.textDocument
  if asked then return asked.uri end
  local is_file = vim.bo[buf].buftype == "" and api.nvim_buf_get_name(buf) ~= ""
  return is_file and vim.uri_from_bufnr(buf) or nil
end

--- Open the listing of a question, or go to the window that has it.
---@param kind string
---@param params table
---@param options? {label?: string, quickfix?: boolean, back?: table} `back`: the place to go back to
function M.open(kind, params, options)
  options = options or {}
  -- The question needs the article's folder; once in the listing's window the article is out of sight.
  local article = article_meant()
  if of_article[kind] and not article then
    return vim.notify("newsmark: this buffer is not annotated", vim.log.levels.WARN)
  end
  if not params.folder and not params.textDocument then
    params.textDocument = { uri = article or vim.uri_from_bufnr(0) }
  end
  if options.quickfix then
    local title = name_of(kind, params, options.label)
    return folder.ask(kind, params, function(answer, trouble)
      if not answer then return vim.notify("newsmark: " .. trouble, vim.log.levels.WARN) end
      adopt(kind, params, answer.rows)
      to_quickfix(answer.rows, kind, title)
    end)
  end
  local from = options.back and options.back.from or here_as_place()
  local buf = buffer_of(name_of(kind, params, options.label), kind, params, options.label)
  local listing = listings[buf]
  listing.from = listing.from or from
  listing.begin_at = options.back and options.back.row
  open_window(buf, kind)
  refresh(buf)
end

return M
