-- :Newsmark {subcommand} [argument...], with completion.
local M = {}

local api = vim.api

local kinds = { "entity", "person", "org", "place", "date", "quote", "tag", "same" }
local toggled = { "entity", "date", "quote", "tag" }

local function complain(text) vim.notify("newsmark: " .. text, vim.log.levels.ERROR) end

local function jump(sign)
  return function(args)
    local count = args.count > 0 and args.count or 1
    require("newsmark.nav").jump(sign * count, args.fargs[2])
  end
end

local function client(name)
  return function() require("newsmark.client")[name](api.nvim_get_current_buf()) end
end

-- What the cursor is on stands for a name that is not given.
local function ask(kind)
  return function(args)
    local words = vim.list_slice(args.fargs, 2)
    local params, trouble = require("newsmark.folder").parse(kind, words)
    if not params then return complain(trouble) end
    local label
    if params.name == "." then params.name = nil end
    if words[1] == "." or #words == 0 and (kind == "mentions" or kind == "quotes") then
      local found = require("newsmark.info").who(kind == "quotes")
      if found then params.name, label = found.entity, found.name end
    end
    if kind == "mentions" and not params.name then return complain("mentions: of whom? Nobody is named here") end
    if kind == "search" and not params.words then return complain("search: words are needed") end
    require("newsmark.listing").open(kind, params, { label = label, quickfix = args.bang })
  end
end

local function names_of(kind)
  return function(before, lead) return require("newsmark.folder").complete(kind, before, lead) end
end

---@class newsmark.Subcommand
---@field run fun(args: table)
---@field arguments? string[] what its one argument may be
---@field complete? fun(before: string[], lead: string): string[] candidates, of a subcommand with words of any kind

---@type table<string, newsmark.Subcommand>
M.subcommands = {
  fold = {
    run = function(args) require("newsmark.fold").run(args.fargs[2]) end,
    arguments = { "quotes", "text", "off" },
  },
  hints = {
    run = function(args) require("newsmark.hints").set(args.fargs[2]) end,
    arguments = { "off", "line", "all" },
  },
  info = { run = function() require("newsmark.info").open() end },
  log = { run = function() vim.cmd("split " .. vim.fn.fnameescape(vim.lsp.get_log_path())) end },
  next = { run = jump(1), arguments = kinds },
  pick = {
    run = function(args) require("newsmark.pick").open(args.fargs[2]) end,
    arguments = { "mentions", "quotes", "timeline" },
  },
  prev = { run = jump(-1), arguments = kinds },
  start = { run = client("start") },
  stop = { run = client("stop") },
  restart = {
    run = function()
      client("stop")()
      client("start")()
    end,
  },
  toggle = { run = function(args) require("newsmark.render").toggle(args.fargs[2]) end, arguments = toggled },
}
for _, kind in ipairs({ "entities", "mentions", "quotes", "search", "timeline" }) do
  M.subcommands[kind] = { run = ask(kind), complete = names_of(kind) }
end

local function names()
  local list = vim.tbl_keys(M.subcommands)
  table.sort(list)
  return list
end

--- Run the command; `args` as from nvim_create_user_command().
function M.run(args)
  local name, argument = args.fargs[1], args.fargs[2]
  local subcommand = M.subcommands[name or ""]
  if not subcommand then
    return complain(("%s; there are %s"):format(name and ("no command " .. name) or "a command is needed",
      table.concat(names(), ", ")))
  end
  if not subcommand.complete then
    if #args.fargs > (subcommand.arguments and 2 or 1) then return complain(name .. ": too many arguments") end
    if argument and not vim.tbl_contains(subcommand.arguments, argument) then
      return complain(("%s: %s is none of %s"):format(name, argument, table.concat(subcommand.arguments, ", ")))
    end
  end
  subcommand.run(args)
end

---@param lead string
---@param line string
---@param pos integer
---@return string[]
function M.complete(lead, line, pos)
  local words = vim.split(line:sub(1, pos), "%s+", { trimempty = false })
  local function begins(word) return vim.startswith(word, lead) end
  if #words <= 2 then return vim.tbl_filter(begins, names()) end
  local subcommand = M.subcommands[words[2]]
  if not subcommand then return {} end
  if subcommand.complete then return subcommand.complete(vim.list_slice(words, 3, #words - 1), lead) end
  return #words == 3 and vim.tbl_filter(begins, subcommand.arguments or {}) or {}
end

return M
