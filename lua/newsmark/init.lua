-- newsmark for Neovim: works without a call. `setup()` and `vim.g.newsmark` only override what config.lua
-- has.
local M = {}

--- Override settings; see |newsmark-settings|. Later calls replace earlier ones.
---@param opts? table
function M.setup(opts)
  require("newsmark.config").setup(opts)
  if package.loaded["newsmark.colors"] then require("newsmark.colors").apply() end
end

-- Is this a buffer that holds an article, by what the settings say?
local function wanted(buf)
  local config = require("newsmark.config").get()
  local bo, name = vim.bo[buf], vim.api.nvim_buf_get_name(buf)
  if not config.autostart or bo.buftype ~= "" or name == "" or name:find("^%a[%w+.-]+://") then return false end
  if bo.filetype == "" then return name:find("%.txt$") ~= nil and vim.tbl_contains(config.filetypes, "text") end
  return vim.tbl_contains(config.filetypes, bo.filetype)
end

--- A buffer has come into being or learned its file type or name: annotate it if it is an article.
---@param buf integer
function M.buffer_ready(buf)
  if vim.api.nvim_buf_is_loaded(buf) and wanted(buf) then require("newsmark.client").attach(buf) end
end

--- The buffer is about to change its name, which is the server's name for it too.
---@param buf integer
function M.buffer_renamed(buf)
  if package.loaded["newsmark.client"] then require("newsmark.client").detach(buf) end
end

return M
