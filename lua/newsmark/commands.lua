-- :Newsmark {subcommand} [argument], with completion.
local M = {}

local kinds = { "entity", "person", "org", "place", "date", "quote", "tag" }
local toggled = { "entity", "date", "quote", "tag" }

local function complain(text) vim.notify("newsmark: " .. text, vim.log.levels.ERROR) end

local function jump(sign)
  return function(args)
    local count = args.count > 0 and args.count or 1
    require("newsmark.nav").jump(sign * count, args.fargs[2])
  end
end

local function client(name)
  return function() require("newsmark.client")[name](vim.api.nvim_get_current_buf()) end
end

---@type table<string, {run: fun(args: table), arguments?: string[]}>
local subcommands = {
  info = { run = function() require("newsmark.info").open() end },
  log = { run = function() vim.cmd("split " .. vim.fn.fnameescape(vim.lsp.get_log_path())) end },
  next = { run = jump(1), arguments = kinds },
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

local function names()
  local list = vim.tbl_keys(subcommands)
  table.sort(list)
  return list
end

--- Run the command; `args` as from nvim_create_user_command().
function M.run(args)
  local name, argument = args.fargs[1], args.fargs[2]
  local subcommand = subcommands[name or ""]
  if not subcommand then
    return complain(("%s; there are %s"):format(name and ("no command " .. name) or "a command is needed",
      table.concat(names(), ", ")))
  end
  if #args.fargs > (subcommand.arguments and 2 or 1) then return complain(name .. ": too many arguments") end
  if argument and not vim.tbl_contains(subcommand.arguments, argument) then
    return complain(("%s: %s is none of %s"):format(name, argument, table.concat(subcommand.arguments, ", ")))
  end
  subcommand.run(args)
end

---@param lead string
---@param line string
---@param pos integer
---@return string[]
function M.complete(lead, line, pos)
  local words = vim.split(line:sub(1, pos), "%s+", { trimempty = false })
  local candidates = #words <= 2 and names() or nil
  if #words == 3 and subcommands[words[2]] then candidates = subcommands[words[2]].arguments end
  return vim.tbl_filter(function(word) return vim.startswith(word, lead) end, candidates or {})
end

return M
