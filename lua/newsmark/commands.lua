-- :Newsmark {subcommand} [argument...], with completion.
local M = {}

local api = vim.api

local kinds = { "entity", "person", "org", "place", "date", "quote", "tag", "same", "unreviewed", "article" }
local toggled = { "entity", "date", "quote", "tag" }

local function complain(text) vim.notify("newsmark: " .. text, vim.log.levels.ERROR) end

local function jump(sign)
  return function(args)
    local count = args.count > 0 and args.count or 1
    if args.fargs[2] == "unreviewed" then return require("newsmark.review").jump(sign * count) end
    if args.fargs[2] == "article" then return require("newsmark.review").next_article(sign * count) end
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
  index = {
    run = function(args)
      local dir = table.concat(vim.list_slice(args.fargs, 2), " ")
      require("newsmark.folder").mark(dir ~= "" and dir or nil)
    end,
    complete = function(_, lead) return vim.fn.getcompletion(lead, "dir") end,
  },
  info = { run = function() require("newsmark.info").open() end },
  log = {
    run = function(args)
      local running = require("newsmark.client").client()
      if running and not args.fargs[2] then return require("newsmark.scripts").log() end
      vim.cmd("split " .. vim.fn.fnameescape(vim.lsp.get_log_path()))
    end,
    arguments = { "client" },
  },
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
-- What the reader decides; see act.lua.
local function act(name)
  return function(args) require("newsmark.act").command(name, args) end
end

local function choose(...)
  local candidates = { ... }
  return function(_, lead)
    return vim.tbl_filter(function(word) return vim.startswith(word, lead) end, candidates)
  end
end

local function types_and_scopes(before, lead)
  local candidates = require("newsmark.act").scopes
  if #before == 0 then candidates = require("newsmark.act").types() end
  return choose(unpack(candidates))(before, lead)
end

local function people(before, lead)
  local begun = #before > 0 and table.concat(before, " ") .. " " or ""
  local found = {}
  for _, name in ipairs(require("newsmark.act").people_now()) do
    if vim.startswith(name:lower(), (begun .. lead):lower()) then found[#found + 1] = name:sub(#begun + 1) end
  end
  return found
end

local scopes = choose("here", "article", "folder")
local none = choose()
for name, complete in pairs({
  tag = types_and_scopes, untag = scopes, accept = scopes, reject = scopes, forget = none, speaker = people,
  source = people, rename = people, alias = none, join = people, split = scopes, note = none,
}) do
  M.subcommands[name] = { run = act(name), complete = complete }
end

M.subcommands.undo = { run = function() require("newsmark.act").history("undo") end }
M.subcommands.redo = { run = function() require("newsmark.act").history("redo") end }
M.subcommands.decisions = {
  run = function() require("newsmark.listing").open("decisions", {}) end,
}
M.subcommands.check = {
  run = function(args)
    if args.fargs[2] then return require("newsmark.check").folder() end
    require("newsmark.listing").open("doubts", {}, { quickfix = args.bang })
  end,
  arguments = { "folder" },
}
M.subcommands.articles = {
  run = function(args) require("newsmark.listing").open("articles", { state = args.fargs[2] }) end,
  arguments = { "unread", "work", "done" },
}
M.subcommands.state = {
  run = function(args) require("newsmark.review").state(args.fargs[2]) end,
  arguments = { "unread", "work", "done" },
}
M.subcommands.review = {
  run = function(args)
    if args.fargs[2] == "off" then return require("newsmark.review").stop() end
    require("newsmark.review").start(vim.list_slice(args.fargs, 2))
  end,
  complete = function(before, lead) return require("newsmark.review").complete(before, lead) end,
}
M.subcommands.scripts = { run = function() require("newsmark.listing").open("scripts", {}) end }
M.subcommands.trust = { run = function(args) require("newsmark.scripts").trust(args.bang) end }
M.subcommands.tagger = {
  run = function(args)
    if not args.fargs[2] then return complain("tagger: a name is needed") end
    require("newsmark.scripts").new_tagger(args.fargs[2], args.bang)
  end,
  complete = none,
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
  if name and name:find("^%l+!$") then -- "quotes!" is ":Newsmark! quotes"
    name, args.bang = name:sub(1, -2), true
  end
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
