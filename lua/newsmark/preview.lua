-- What an action would reach, shown before it is done: a window over the others, with the words in context.
local M = {}

local api = vim.api

local verbs = {
  tag = "Tag", untag = "Untag", accept = "Accept", reject = "Reject", splitEntity = "Set apart",
  joinEntities = "Join",
}

local function title_of(command, argument, answer)
  local what = argument.type and (" as " .. argument.type) or ""
  if argument.into then what = " with " .. (argument.name or argument.into) end
  local places = answer.count == 1 and "1 place" or ("%d places"):format(answer.count)
  local where = answer.articles and answer.articles > 1 and (" in %d articles"):format(answer.articles) or ""
  return ("%s %s%s%s?"):format(verbs[command] or command, places, where, what)
end

--- Show the places of `answer`; `run` is called when the reader says yes.
---@param command string
---@param argument table
---@param answer {count: integer, articles?: integer, rows: table[]}
---@param run fun()
function M.open(command, argument, answer, run)
  local columns = math.min(110, vim.o.columns - 4)
  local title = title_of(command, argument, answer)
  local lines = require("newsmark.compose").preview(answer.rows, columns, title, answer.count)
  local buf = api.nvim_create_buf(false, true)
  vim.bo[buf].bufhidden = "wipe"
  require("newsmark.compose").put(buf, lines)
  local height = math.min(#lines, math.floor(vim.o.lines * 0.7))
  local win = api.nvim_open_win(buf, true, {
    relative = "editor", style = "minimal", border = "single", width = columns, height = height,
    row = math.floor((vim.o.lines - height) / 2) - 1, col = math.floor((vim.o.columns - columns) / 2),
  })
  require("newsmark.colors").dress(win)
  vim.wo[win].wrap = false
  vim.wo[win].cursorline = #lines > height
  local function close()
    if api.nvim_win_is_valid(win) then api.nvim_win_close(win, true) end
  end
  local function map(keys, what)
    for _, key in ipairs(keys) do vim.keymap.set("n", key, what, { buffer = buf, nowait = true, silent = true }) end
  end
  map({ "y", "<CR>" }, function()
    close()
    run()
  end)
  map({ "n", "q", "<Esc>" }, close)
end

return M
