-- A picker of the folder's names: Telescope's where it is there, else the one that took over vim.ui.select(). Where
-- there is neither, the command line with its completion: Neovim's own menu would print thousands of names.
local M = {}

local folder = require("newsmark.folder")

local WHILE_TYPED, AT_ONCE = 300, 5000 -- names: of a picker that asks at every key, and of one that filters by itself

local function open(kind, row)
  require("newsmark.listing").open(kind, { name = row.entity, folder = row.folder }, { label = row.name })
end

local types = { PER = "person", ORG = "organisation", LOC = "place" }

local function plural(count, one, many) return ("%d %s"):format(count, count == 1 and one or many) end

local function describe(kind, row)
  local gap = (" "):rep(math.max(2, 32 - vim.fn.strdisplaywidth(row.name)))
  local count = kind == "quotes" and plural(row.quotes, "quotation", "quotations")
    or ("%d in %s"):format(row.mentions, plural(row.articles, "article", "articles"))
  return ("%s%s%s, %s"):format(row.name, gap, types[row.type] or row.type, count)
end

-- Ask for names, of quotations only those who are quoted; each row knows its folder. `here` is the article that
-- says which folder is meant.
local function names(kind, here, params, done)
  params.textDocument = here
  folder.ask("entities", params, function(answer, trouble)
    if not answer then vim.notify("newsmark: " .. trouble, vim.log.levels.WARN) end
    local rows = {}
    for _, row in ipairs(answer and answer.rows or {}) do
      row.folder = answer.folder
      if kind ~= "quotes" or row.quotes > 0 then rows[#rows + 1] = row end
    end
    done(rows)
  end)
end

-- A finder of Telescope's that asks the index at every key and does not wait for it. What comes for a prompt that
-- is no more Telescope drops by itself.
local function finder(kind, here)
  local closed
  local function find(_, prompt, process, complete)
    closed = false
    names(kind, here, { name = prompt ~= "" and prompt or nil, prefix = true, limit = WHILE_TYPED }, function(rows)
      if closed then return end
      for number, row in ipairs(rows) do
        if process({ value = row, display = describe(kind, row), ordinal = row.name, index = number }) then return end
      end
      complete()
    end)
  end
  return setmetatable({ close = function() closed = true end }, { __call = find })
end

local function telescope(kind, here)
  local actions, action_state = require("telescope.actions"), require("telescope.actions.state")
  require("telescope.pickers").new({}, {
    prompt_title = "Newsmark: " .. kind .. " of",
    finder = finder(kind, here),
    sorter = require("telescope.sorters").empty(),
    attach_mappings = function(prompt_buf)
      actions.select_default:replace(function()
        local chosen = action_state.get_selected_entry()
        actions.close(prompt_buf)
        if chosen then open(kind, chosen.value) end
      end)
      return true
    end,
  }):find()
end

local function select(kind, here)
  names(kind, here, { limit = AT_ONCE }, function(rows)
    if #rows == 0 then return vim.notify("newsmark: there is nobody to choose yet") end
    local function format_item(row) return describe(kind, row) end
    local options = { prompt = "Newsmark: " .. kind .. " of", format_item = format_item, kind = "newsmark" }
    vim.ui.select(rows, options, function(row)
      if row then open(kind, row) end
    end)
  end)
end

-- Nobody has taken vim.ui.select() over.
local function is_plain_select()
  return debug.getinfo(vim.ui.select, "S").source:find("vim/ui.lua", 1, true) ~= nil
end

--- Choose a name of the folder and ask about it.
---@param kind? "mentions"|"quotes"|"timeline" default: mentions
function M.open(kind)
  kind = kind or "mentions"
  local here = { uri = vim.uri_from_bufnr(0) }
  if pcall(require, "telescope.pickers") then return telescope(kind, here) end
  if not is_plain_select() then return select(kind, here) end
  vim.api.nvim_feedkeys((":Newsmark %s "):format(kind), "in", false)
end

return M
