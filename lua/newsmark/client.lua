-- The language client: finds the program, starts one server for all buffers, and hands its messages on.
-- Before 0.11 vim.lsp.start() cannot start without attaching, and a client's functions are called without
-- self; those differences end in this file.
local M = {}

local api = vim.api
local config = require("newsmark.config")

local NAME = "newsmark"
local is_new = vim.fn.has("nvim-0.11") == 1
local root_markers = { ".newsmark.toml", ".newsmark", ".git" } -- the first that is found upwards, in this order

-- The folder that holds lua/newsmark/.
local function plugin_dir()
  return vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h:h")
end
M.plugin_dir = plugin_dir

local current -- the id of the client that was started here
local attached = {} -- the buffers it has, or shall have
local ended = {} -- ids of clients that have ended, or were told to

--- The client in use. It may not have its server's first answer yet: see `initialized`.
function M.client()
  local client = current and vim.lsp.get_client_by_id(current)
  if client then return client end
  for _, other in ipairs((vim.lsp.get_clients or vim.lsp.get_active_clients)()) do
    if other.name == NAME and not ended[other.id] then return other end -- vim.lsp.enable("newsmark") started it
  end
end

--- The command of the server. nil: there is no program; the second result says what to do.
---@return string[]? command, string? trouble
function M.command()
  local cmd = config.get().cmd
  if #cmd > 0 then
    if vim.fn.executable(cmd[1]) == 1 then return cmd end
    return nil, ("newsmark: `%s` (setting cmd) cannot be run"):format(cmd[1])
  end
  for _, path in ipairs({ plugin_dir() .. "/build/newsmark", "newsmark" }) do
    if vim.fn.executable(path) == 1 then return { path, "lsp" } end
  end
  local dir = vim.fn.fnamemodify(plugin_dir(), ":~")
  return nil, ("newsmark: the program is not built. Run `make` in %s, or put newsmark on $PATH"):format(dir)
end

--- The nearest folder above a file that has one of the root markers. nil: none has.
---@param markers? string[] other ones
---@return string?
function M.root(file, markers)
  for _, marker in ipairs(markers or root_markers) do
    local folder = vim.fn.fnamemodify(file, ":p:h")
    while true do
      if vim.loop.fs_stat(folder .. "/" .. marker) then return folder end
      local parent = vim.fn.fnamemodify(folder, ":h")
      if parent == folder then break end
      folder = parent
    end
  end
end

function M.request(client, method, params, handler, buf)
  if is_new then return client:request(method, params, handler, buf) end
  return client.request(method, params, handler, buf)
end

--- A result that comes within `ms`; nil: none did.
function M.request_now(method, params, ms)
  local client = M.client()
  if not client or not client.initialized then return nil end
  local sync = client.request_sync
  local reply
  if is_new then reply = sync(client, method, params, ms) else reply = sync(method, params, ms) end
  return reply and reply.result
end

local function notify_server(client, method, params)
  if is_new then return client:notify(method, params) end
  return client.notify(method, params)
end

local function on_publish(_, message, context)
  local client = M.client()
  if client and client.id == context.client_id then require("newsmark.buffer").publish(message, client) end
end

-- What is wrong in a settings file is a diagnostic in it, which nobody sees while it is not open.
local function on_diagnostics(err, message, ...)
  local name = message and vim.uri_to_fname(message.uri)
  if name and name:find("%.toml$") and vim.fn.bufloaded(name) == 0 then
    for _, diagnostic in ipairs(message.diagnostics) do
      local place = ("%s:%d"):format(vim.fn.fnamemodify(name, ":~:."), diagnostic.range.start.line + 1)
      M.tell_once(("newsmark: %s: %s"):format(place, diagnostic.message))
    end
  end
  return vim.lsp.handlers["textDocument/publishDiagnostics"](err, message, ...)
end

local function on_index_status(_, message) require("newsmark.folder").on_status(message) end
local function on_review_status(_, message) require("newsmark.review").on_status(message) end
local function on_scripts_changed(_, message) require("newsmark.scripts").on_changed(message) end

-- Plain LSP stays Neovim's; only the colours are ours, so the server's own tokens are not asked for.
local function on_init(client) client.server_capabilities.semanticTokensProvider = nil end

-- Why no server is started now: "asked" (by :Newsmark stop) or "failed"; nil: nothing is in the way.
M.stopped = nil

local deaths = {} -- when a server ended unasked, in seconds

local function forget_all()
  local buffer = require("newsmark.buffer")
  require("newsmark.folder").reset()
  for _, buf in ipairs(vim.tbl_keys(buffer.all())) do buffer.forget(buf) end
end

-- A server that ended unasked is started again, three times in two minutes.
local function on_exit(code, signal, id)
  vim.schedule(function()
    if current == id then current = nil end
    if ended[id] then return end
    ended[id] = true
    forget_all()
    local now = vim.loop.now() / 1000
    deaths = vim.tbl_filter(function(time) return now - time < 120 end, deaths)
    table.insert(deaths, now)
    if #deaths <= 3 then return M.start() end
    M.stopped = "failed"
    local how = signal ~= 0 and ("signal " .. signal) or ("status " .. code)
    vim.notify(("newsmark: the server ended (%s). :Newsmark log tells why, :Newsmark start tries again"):format(how),
      vim.log.levels.ERROR)
  end)
end

--- The client's configuration, for vim.lsp.start_client(), vim.lsp.start() and lsp/newsmark.lua.
---@param cmd? string[]
function M.lsp_config(cmd)
  local options = { annotations = true, lineEndings = "lf" }
  return {
    name = NAME,
    cmd = cmd,
    filetypes = config.get().filetypes,
    root_markers = root_markers,
    init_options = { newsmark = vim.tbl_extend("keep", options, config.get().settings) },
    flags = { debounce_text_changes = config.get().debounce_ms },
    handlers = {
      ["textDocument/publishDiagnostics"] = on_diagnostics,
      ["newsmark/publishAnnotations"] = on_publish,
      ["newsmark/indexStatus"] = on_index_status,
      ["newsmark/reviewStatus"] = on_review_status,
      ["newsmark/scriptsChanged"] = on_scripts_changed,
    },
    get_language_id = function(_, filetype)
      return (filetype == "" or filetype == "text") and "plaintext" or filetype
    end,
    on_init = on_init,
    on_attach = function(_, buf)
      attached[buf] = true
      if config.get().hints ~= "off" then require("newsmark.hints").apply() end
      require("newsmark.buffer").follow(buf)
    end,
    on_exit = on_exit,
  }
end

local function start(cmd, root)
  local options = M.lsp_config(cmd)
  options.root_dir = root
  if not is_new then return vim.lsp.start_client(options) end
  return vim.lsp.start(options, { attach = false, reuse_client = function() return false end })
end

local function has_folder(client, root)
  for _, folder in ipairs(client.workspace_folders or {}) do
    if folder.name == root then return true end
  end
  return false
end

--- Tell a running server of a folder. One that it knows it looks at again.
function M.add_folder(client, root)
  local folder = { uri = vim.uri_from_fname(root), name = root }
  if not has_folder(client, root) then
    client.workspace_folders = vim.list_extend(client.workspace_folders or {}, { folder })
  end
  notify_server(client, "workspace/didChangeWorkspaceFolders", { event = { added = { folder }, removed = {} } })
end

local told = {}
function M.tell_once(text)
  if told[text] then return end
  told[text] = true
  vim.notify(text, vim.log.levels.WARN)
end

-- vim.lsp.enable("newsmark") was called: Neovim itself starts and attaches.
local function is_enabled() return vim.lsp.is_enabled ~= nil and vim.lsp.is_enabled(NAME) end

--- Annotate a buffer, starting the server if need be. Without a program: one message, and nothing else.
---@param buf integer
function M.attach(buf)
  if M.stopped or is_enabled() then return end
  local name = api.nvim_buf_get_name(buf)
  local size = api.nvim_buf_get_offset(buf, api.nvim_buf_line_count(buf))
  if size > config.get().max_bytes then
    return M.tell_once(("newsmark: %s is larger than the setting max_bytes; it is left alone"):format(name))
  end
  local client = M.client()
  if client then
    local root = M.root(name)
    if root and client.initialized and not has_folder(client, root) then M.add_folder(client, root) end
  else
    local cmd, trouble = M.command()
    if not cmd then return M.tell_once(trouble) end
    current = start(cmd, M.root(name))
  end
  if not current then return end
  attached[buf] = true
  vim.lsp.buf_attach_client(buf, current)
end

--- Let go of a buffer: the server is told, the marks go.
---@param buf integer
function M.detach(buf)
  local client = M.client()
  attached[buf] = nil
  if not client or not client.attached_buffers[buf] then return end
  local notify = vim.notify
  if not is_new then vim.notify = function() end end -- 0.7 says "Detached buffer" to the user
  pcall(vim.lsp.buf_detach_client, buf, client.id)
  vim.notify = notify
  require("newsmark.buffer").forget(buf)
end

--- Start, or start again, for the buffers that had newsmark and for `buf`.
---@param buf? integer
function M.start(buf)
  if is_enabled() then return vim.lsp.enable(NAME) end
  M.stopped, told = nil, {}
  local buffers = attached
  attached = {}
  if buf then buffers[buf] = true end
  for each in pairs(buffers) do
    if api.nvim_buf_is_loaded(each) then M.attach(each) end
  end
end

--- Call `run` with a client that can be asked: now, or once a server started for the working folder has said
--- hello. nil: there is none; the second argument says why.
---@param run fun(client?: table, trouble?: string)
function M.when_running(run)
  local client = M.client()
  if not client then
    local cmd, trouble = M.command()
    if not cmd then return run(nil, (trouble:gsub("^newsmark: ", ""))) end
    if M.stopped or is_enabled() then return run(nil, "the server does not run; :Newsmark start starts it") end
    current = start(cmd, M.root(vim.fn.getcwd() .. "/x") or vim.fn.getcwd())
    client = M.client()
  end
  if client and not client.initialized then vim.wait(3000, function() return client.initialized end, 5) end
  if client and client.initialized then return run(client) end
  run(nil, "the server has not answered yet")
end

--- Stop the server; the marks go, and none is started before M.start().
function M.stop()
  M.stopped = "asked"
  local client = M.client()
  current = nil
  forget_all()
  if not client then return end
  ended[client.id] = true
  if is_new then client:stop() else client.stop() end
end

return M
