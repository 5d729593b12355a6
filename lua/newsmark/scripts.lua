-- The taggers in Lua: how they fare, whether a project's may run, and what they print.
local M = {}

local api = vim.api

local known = { scripts = {}, tags = {} } -- as newsmark/scripts has them
local asked = {} -- uris of scripts that the reader was asked about

--- Ids of the tags that scripts declare.
---@return string[]
function M.tag_ids()
  local ids = {}
  for _, tag in ipairs(known.tags) do ids[#ids + 1] = tag.id end
  return ids
end

--- Give the tags of scripts the looks that these declare.
function M.color_tags()
  for _, tag in ipairs(known.tags) do require("newsmark.colors").set_tag(tag.id, tag) end
end

local function request(method, params, done)
  local clients = require("newsmark.client")
  clients.when_running(function(client, why)
    if not client then return vim.notify("newsmark: " .. why, vim.log.levels.WARN) end
    clients.request(client, "newsmark/" .. method, params, function(err, answer)
      if err then return vim.notify("newsmark: " .. err.message, vim.log.levels.WARN) end
      done(answer)
    end)
  end)
end

local function name_of(script) return vim.fn.fnamemodify(vim.uri_to_fname(script.uri), ":~:.") end

-- --- trust

local new_here = {} -- uris of scripts that were trusted just now, and of which no fault is known

-- Say what is wrong with the script at `uri`. false: nothing is.
local function tell_fault(message, uri, how)
  for _, script in ipairs(message.scripts) do
    local fault = script.uri == uri and type(script.error) == "table" and script.error
    if fault then
      local place = fault.line > 0 and ("line %d: "):format(fault.line) or ""
      vim.notify(("newsmark: %s %s%s%s"):format(script.id, how, place, fault.text), vim.log.levels.WARN)
      return true
    end
  end
  return false
end

--- Let a script run from now on, as it is, or not.
---@param script table of newsmark/scripts
---@param yes boolean
function M.trust_script(script, yes)
  request("trust", { uri = script.uri, trust = yes }, function(answer)
    M.on_changed(answer)
    if not yes then return vim.notify(("newsmark: %s is not trusted"):format(script.id)) end
    if tell_fault(answer, script.uri, "is trusted, but ") then return end
    vim.notify(("newsmark: %s is trusted and runs"):format(script.id))
    new_here[script.uri] = true -- its first article may show a fault
  end)
end

local function ask(script)
  local choices = { "Not now", "Read it first", "Trust it" }
  local prompt = ("newsmark: the project's script %s wants to run"):format(name_of(script))
  vim.ui.select(choices, { prompt = prompt, kind = "newsmark" }, function(choice)
    if choice == "Trust it" then return M.trust_script(script, true) end
    if choice == "Read it first" then
      vim.cmd("split " .. vim.fn.fnameescape(vim.uri_to_fname(script.uri)))
      vim.notify("newsmark: `:Newsmark trust` trusts this script as it is now")
    end
  end)
end

-- A question is not put between two keys of somebody who types.
local function when_idle(run)
  if api.nvim_get_mode().mode == "n" then return vim.schedule(run) end
  api.nvim_create_autocmd("InsertLeave", { once = true, callback = function() vim.schedule(run) end })
end

--- The handler of newsmark/scriptsChanged.
function M.on_changed(message)
  known = message
  M.color_tags()
  for uri in pairs(new_here) do
    if tell_fault(message, uri, "fails: ") then new_here[uri] = nil end
  end
  for _, script in ipairs(message.scripts) do
    if script.state == "untrusted" and not asked[script.uri] and require("newsmark.config").get().ask_trust then
      asked[script.uri] = true
      when_idle(function() ask(script) end)
    end
  end
  if package.loaded["newsmark.listing"] then require("newsmark.listing").scripts_changed() end
end

--- Trust the script in this buffer, or choose among those that wait; with `bang`: trust it no longer.
function M.trust(bang)
  request("scripts", vim.empty_dict(), function(answer)
    known = answer
    local uri = vim.uri_from_bufnr(0)
    for _, script in ipairs(answer.scripts) do
      if script.uri == uri then return M.trust_script(script, not bang) end
    end
    local waiting = vim.tbl_filter(function(script)
      return script.origin == "project" and (script.state == "untrusted") ~= bang
    end, answer.scripts)
    if #waiting == 0 then return vim.notify("newsmark: no script waits for trust") end
    local options = { prompt = bang and "Trust no longer" or "Trust", format_item = name_of, kind = "newsmark" }
    vim.ui.select(waiting, options, function(script)
      if script then M.trust_script(script, not bang) end
    end)
  end)
end

-- --- the log

local LOG = "newsmark://log"

--- What scripts printed and what went wrong: in a buffer that "R" reads again.
function M.log()
  request("log", vim.empty_dict(), function(answer)
    local lines = vim.tbl_map(function(line)
      local time = line.time:gsub("T", " "):gsub("Z$", "")
      return ("%s %-7s %s"):format(time, line.level, (line.text:gsub("\n", "\n    ")))
    end, answer.lines)
    local text = vim.split(table.concat(lines, "\n"), "\n")
    local buf = vim.fn.bufnr(LOG)
    if buf < 0 then
      buf = api.nvim_create_buf(false, true)
      api.nvim_buf_set_name(buf, LOG)
      vim.keymap.set("n", "q", "<Cmd>close<CR>", { buffer = buf, silent = true })
      vim.keymap.set("n", "R", M.log, { buffer = buf, silent = true })
    end
    vim.bo[buf].modifiable = true
    api.nvim_buf_set_lines(buf, 0, -1, true, #answer.lines > 0 and text or { "(nothing yet)" })
    vim.bo[buf].modifiable, vim.bo[buf].modified = false, false
    local win = vim.fn.bufwinid(buf)
    if win < 0 then
      vim.cmd("botright split")
      win = api.nvim_get_current_win()
      api.nvim_win_set_buf(win, buf)
    end
    vim.wo[win].wrap, vim.wo[win].linebreak = true, true
    api.nvim_win_set_cursor(win, { api.nvim_buf_line_count(buf), 0 })
  end)
end

--- A commented start of a tagger, opened.
---@param name string
---@param in_project boolean
function M.new_tagger(name, in_project)
  local root = in_project and require("newsmark.client").root(api.nvim_buf_get_name(0)) or nil
  request("newTagger", { name = name, folder = root and vim.uri_from_fname(root) or nil }, function(answer)
    vim.cmd("split " .. vim.fn.fnameescape(vim.uri_to_fname(answer.uri)))
  end)
end

return M
