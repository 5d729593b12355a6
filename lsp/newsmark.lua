-- For vim.lsp.enable("newsmark"), Neovim 0.11 and newer; without it the plugin starts the same by itself.
local client = require("newsmark.client")
local config = client.lsp_config((client.command()) or { "newsmark", "lsp" })
config.name = nil -- the file's
return config
