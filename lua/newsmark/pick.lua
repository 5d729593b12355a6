-- A picker of the folder's names: Telescope's where it is there, else vim.ui.select(), which other pickers take
-- over.
local M = {}

local folder = require("newsmark.folder")

local function open(kind, row)
  require("newsmark.listing").open(kind, { name = row.entity, folder = row.folder }, { label = row.name })
end

local types = { PER = "person", ORG = "organisation", LOC = "place" }

local function describe(row)
  return ("%s  %s, %d in %d %s"):format(row.name, types[row.type] or row.type, row.mentions, row.articles,
    row.articles == 1 and "article" or "articles")
end

-- Every key asks the index again, which has an answer within milliseconds.
local function telescope(kind)
  local pickers, finders = require("telescope.pickers"), require("telescope.finders")
  local actions, action_state = require("telescope.actions"), require("telescope.actions.state")
  local buf = vim.api.nvim_get_current_buf()
  local function find(prompt)
    return folder.rows_now("entities", { name = prompt ~= "" and prompt or nil, prefix = true, limit = 100 }, buf)
  end
  local function entry(row) return { value = row, display = describe(row), ordinal = row.name } end
  pickers.new({}, {
    prompt_title = "Newsmark: names",
    finder = finders.new_dynamic({ fn = find, entry_maker = entry }),
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

local function select(kind)
  folder.ask("entities", { limit = 1000 }, function(answer, trouble)
    if not answer then return vim.notify("newsmark: " .. trouble, vim.log.levels.WARN) end
    local options = { prompt = "Newsmark: " .. kind .. " of", format_item = describe, kind = "newsmark" }
    vim.ui.select(answer.rows, options, function(row)
      if not row then return end
      row.folder = answer.folder
      open(kind, row)
    end)
  end)
end

--- Choose a name of the folder and ask about it.
---@param kind? "mentions"|"quotes"|"timeline" default: mentions
function M.open(kind)
  kind = kind or "mentions"
  if pcall(require, "telescope.pickers") then telescope(kind) else select(kind) end
end

return M
