-- :Newsmark check folder: what is open in all articles of a folder. The program is asked as on the command line, so
-- no index is needed, and the quickfix list fills while it reads.
local M = {}

local running -- the job of the last one asked for

-- A channel's pieces as whole lines.
local function by_line(take)
  local rest = ""
  return function(_, pieces)
    pieces[1] = rest .. pieces[1]
    rest = table.remove(pieces)
    if #pieces > 0 then take(pieces) end
  end
end

local function items_of(lines)
  local items = {}
  for _, line in ipairs(lines) do
    local path, row, col, text = line:match("^(.-):(%d+):(%d+): (.*)$")
    if path then items[#items + 1] = { filename = path, lnum = tonumber(row), col = tonumber(col), text = text } end
  end
  return items
end

local function tell(text, level) vim.notify("newsmark: " .. text, level or vim.log.levels.INFO) end

---@class newsmark.CheckedFolder
---@field title string
---@field list integer id of the quickfix list
---@field count integer of the questions
---@field articles table<string, boolean> those that have any
---@field errors string[]

local function add(self, lines)
  local items = items_of(lines)
  if #items == 0 then return end
  vim.fn.setqflist({}, "a", { id = self.list, items = items })
  if self.count == 0 then vim.cmd("botright copen") end
  self.count = self.count + #items
  for _, item in ipairs(items) do self.articles[item.filename] = true end
end

local function conclude(self, status)
  if self.count > 0 then
    local articles = vim.tbl_count(self.articles)
    tell(("%d open questions in %d %s"):format(self.count, articles, articles == 1 and "article" or "articles"))
  elseif status == 0 then
    tell("nothing is open in " .. self.folder)
  end
  if #self.errors > 0 then
    tell(table.concat(vim.list_slice(self.errors, 1, 3), "\n"):gsub("^newsmark: ", ""), vim.log.levels.WARN)
  end
end

--- Ask about the folder of this article: the marked one that holds it, else as |:Newsmark-index| chooses.
function M.folder()
  local cmd, trouble = require("newsmark.client").command()
  if not cmd then return vim.notify(trouble, vim.log.levels.ERROR) end
  local dir, refused = require("newsmark.folder").to_read()
  if not dir then return tell(refused, vim.log.levels.ERROR) end
  if running then vim.fn.jobstop(running) end
  local self = { folder = vim.fn.fnamemodify(dir, ":~"), count = 0, articles = {}, errors = {} }
  vim.fn.setqflist({}, " ", { title = "newsmark check " .. self.folder })
  self.list = vim.fn.getqflist({ id = 0 }).id
  local job
  local function if_wanted(take)
    return function(...)
      if job == running then take(...) end
    end
  end
  job = vim.fn.jobstart({ cmd[1], "check", dir }, {
    on_stdout = by_line(if_wanted(function(lines) add(self, lines) end)),
    on_stderr = by_line(function(lines) vim.list_extend(self.errors, lines) end),
    on_exit = if_wanted(function(_, status)
      running = nil
      conclude(self, status)
    end),
  })
  running = job
end

return M
