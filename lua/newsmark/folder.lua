-- Questions to the folder's index, and how far its reading has come.
local M = {}

local api = vim.api

M.kinds = { "entities", "mentions", "quotes", "search", "timeline" }

-- What may stand before the "=" in a command's argument, and for which questions.
local filters = {
  type = { entities = { "PER", "ORG", "LOC" }, mentions = {}, quotes = { "direct", "mixed", "indirect" },
    timeline = { "DATE", "TIME", "DURATION", "SET" } },
  from = { entities = {}, mentions = {}, quotes = {}, search = {}, timeline = {} },
  ["until"] = { entities = {}, mentions = {}, quotes = {}, search = {}, timeline = {} },
  words = { quotes = {} },
  indirect = { quotes = { "yes", "no" } },
  by = { timeline = { "day", "month", "year" } },
  limit = { entities = {}, mentions = {}, quotes = {}, search = {}, timeline = {} },
}

-- words="side by side" came in pieces, as it was cut at its spaces.
local function whole(words)
  local pieces, open = {}, false
  for _, word in ipairs(words) do
    if open then
      pieces[#pieces] = pieces[#pieces] .. " " .. word
    else
      pieces[#pieces + 1] = word
    end
    local _, quotes = pieces[#pieces]:gsub('"', "")
    open = pieces[#pieces]:find("^%a+=") ~= nil and quotes % 2 == 1
  end
  return pieces
end

--- "Anna Berg from=2024-01" as a question's parameters. nil: the second result says what is wrong.
---@param kind string
---@param words string[]
---@return table? params, string? trouble
function M.parse(kind, words)
  local params, rest = {}, {}
  for _, word in ipairs(whole(words)) do
    local key, value = word:match("^(%a+)=(.*)$")
    local filter = key and filters[key]
    if not filter then
      rest[#rest + 1] = word
    elseif not filter[kind] then
      return nil, ("%s has no %s="):format(kind, key)
    elseif #filter[kind] > 0 and not vim.tbl_contains(filter[kind], value) then
      return nil, ("%s=%s: there are %s"):format(key, value, table.concat(filter[kind], ", "))
    else
      params[key] = key == "limit" and tonumber(value) or value
      if key == "indirect" then params[key] = value == "yes" end
    end
  end
  if #rest > 0 then params[kind == "search" and "words" or "name"] = table.concat(rest, " ") end
  return params
end

-- The parameters that the server knows, with the article that says which folder is meant.
local function to_send(params, buf)
  local sent = vim.deepcopy(params)
  sent.by = nil
  if not sent.folder and not sent.textDocument then sent.textDocument = { uri = vim.uri_from_bufnr(buf) } end
  return sent
end

--- Ask the index. `done` gets the answer, or nil and the trouble in words.
---@param kind "entities"|"mentions"|"quotes"|"search"|"timeline"
---@param params table
---@param done fun(answer?: {folder: string, ready: boolean, rows: table[]}, trouble?: string)
function M.ask(kind, params, done)
  local buf = api.nvim_get_current_buf()
  local clients = require("newsmark.client")
  clients.when_running(function(client, why)
    if not client then return done(nil, why) end
    clients.request(client, "newsmark/" .. kind, to_send(params, buf), function(err, answer)
      if answer and not answer.rows then answer = { rows = answer.scripts or answer } end
      done(answer, err and err.message)
    end, buf)
  end)
end

--- The rows of an answer that comes within a moment, each with its folder: for completion and pickers, which
--- cannot wait.
---@param buf? integer the article that says which folder is meant
---@return table[]
function M.rows_now(kind, params, buf)
  buf = buf or api.nvim_get_current_buf()
  local answer = require("newsmark.client").request_now("newsmark/" .. kind, to_send(params, buf), 200)
  if not answer then return {} end
  for _, row in ipairs(answer.rows) do row.folder = answer.folder end
  return answer.rows
end

-- Names marked in the buffer that begin as `lead`, the most frequent first.
local function names_here(lead)
  local state = require("newsmark.buffer").get(0)
  local counts, names = {}, {}
  for _, mark in pairs(state and state.marks or {}) do
    local name = mark.annotation.kind == "entity" and mark.annotation.name
    if type(name) == "string" and name:lower():find(lead:lower(), 1, true) == 1 then
      if not counts[name] then names[#names + 1] = name end
      counts[name] = (counts[name] or 0) + 1
    end
  end
  table.sort(names, function(a, b) return counts[a] == counts[b] and a < b or counts[a] > counts[b] end)
  return names
end

--- Names that may go on from `lead`: the folder's, then those of the article.
---@param lead string
---@param limit? integer
---@return string[]
function M.names(lead, limit)
  local rows = M.rows_now("entities", { name = lead ~= "" and lead or nil, prefix = true, limit = limit or 40 })
  local names, seen = {}, {}
  local function add(name)
    if seen[name] then return end
    seen[name] = true
    names[#names + 1] = name
  end
  for _, row in ipairs(rows) do add(row.name) end
  for _, name in ipairs(names_here(lead)) do add(name) end
  return names
end

--- Candidates for the word `lead` of a question, after `before`, the words that stand.
---@param kind string
---@param before string[]
---@param lead string
---@return string[]
function M.complete(kind, before, lead)
  local key, value = lead:match("^(%a+)=(.*)$")
  if key and filters[key] then
    return vim.tbl_map(function(choice) return key .. "=" .. choice end, vim.tbl_filter(function(choice)
      return vim.startswith(choice, value)
    end, filters[key][kind] or {}))
  end
  local found = {}
  if kind ~= "search" then
    local begun = vim.tbl_filter(function(word) return not word:find("=") end, before)
    local prefix = #begun > 0 and table.concat(begun, " ") .. " " or ""
    for _, name in ipairs(M.names(prefix .. lead)) do
      -- Of a name that has begun only what is to come stands for completion.
      local rest = name:sub(1, #prefix):lower() == prefix:lower() and name:sub(#prefix + 1) or nil
      if rest and rest ~= "" then found[#found + 1] = rest end
    end
  end
  for name, kinds in pairs(filters) do
    if kinds[kind] and vim.startswith(name, lead) then found[#found + 1] = name .. "=" end
  end
  return found
end

-- --- having one indexed

local MARKER = "/.newsmark.toml"
local FIRST_LINE = "# newsmark indexes the articles below this folder. Its settings for them stand here.\n"

local function holds_home(dir) return dir == "/" or vim.startswith(vim.loop.os_homedir() .. "/", dir .. "/") end

-- The folder meant where none is named: the working folder where it holds the article, else the article's.
local function folder_here()
  local cwd, name = vim.fn.getcwd(), api.nvim_buf_get_name(0)
  local is_article = vim.bo.buftype == "" and name ~= ""
  if is_article and (holds_home(cwd) or not vim.startswith(name, cwd .. "/")) then
    return vim.fn.fnamemodify(name, ":p:h")
  end
  return cwd
end

local HOME = ": a home folder or the whole disk is not "

--- The folder whose articles are meant, indexed or not. nil: the second result says why there is none.
---@return string? dir, string? trouble
function M.to_read()
  local name = api.nvim_buf_get_name(0)
  local marked = name ~= "" and require("newsmark.client").root(name, { ".newsmark.toml", ".newsmark" })
  local dir = marked or folder_here()
  if not holds_home(dir) then return dir end
  return nil, vim.fn.fnamemodify(dir, ":~") .. HOME .. "read; open an article of a folder"
end

--- Have the articles of a folder indexed from now on: a file in it says so.
---@param dir? string
function M.mark(dir)
  local function say(text, level) vim.notify("newsmark: " .. text, level or vim.log.levels.INFO) end
  dir = dir and vim.fn.fnamemodify(vim.fn.expand(dir), ":p"):gsub("(.)/$", "%1") or folder_here()
  local short = vim.fn.fnamemodify(dir, ":~")
  if vim.fn.isdirectory(dir) == 0 then return say(short .. " is no folder", vim.log.levels.ERROR) end
  if holds_home(dir) then
    return say(short .. HOME .. "indexed; name a folder of articles", vim.log.levels.ERROR)
  end
  if not vim.loop.fs_stat(dir .. MARKER) then
    local file, trouble = io.open(dir .. MARKER, "w")
    if not file then return say(trouble, vim.log.levels.ERROR) end
    file:write(FIRST_LINE)
    file:close()
  end
  local clients = require("newsmark.client")
  clients.when_running(function(client, why)
    if not client then return say(why, vim.log.levels.WARN) end
    clients.add_folder(client, dir)
    say(short .. " is indexed from now on")
  end)
end

-- --- the index while it is read

local folders = {} -- by uri: the last newsmark/indexStatus

--- What the status line says while a folder is read; "" when none is.
---@return string
function M.status()
  local words = {}
  for _, status in pairs(folders) do
    if status.state == "scanning" then
      words[#words + 1] = ("indexing %d/%d"):format(status.done, status.queued)
    elseif status.state == "failed" then
      words[#words + 1] = "no index"
    end
  end
  table.sort(words)
  return table.concat(words, ", ")
end

--- The handler of newsmark/indexStatus.
function M.on_status(message)
  local before = folders[message.folder]
  folders[message.folder] = message
  vim.g.newsmark_index_status = M.status()
  local grown = not before or before.done ~= message.done or before.removed ~= message.removed
    or before.state ~= message.state or message.state == "waiting" -- told when the other process stored something
  if grown and package.loaded["newsmark.listing"] then
    require("newsmark.listing").index_grew(message.folder, message.state)
  end
  api.nvim_exec_autocmds("User", { pattern = "NewsmarkIndex", modeline = false })
  vim.cmd("redrawstatus!")
end

--- The server has ended: nothing is being read.
function M.reset()
  folders = {}
  vim.g.newsmark_index_status = ""
end

return M
