-- :checkhealth newsmark. It tells of trouble, so it must never be trouble: every section runs on its own.
local M = {}

local health = vim.health or require("health")
local start = health.start or health.report_start
local ok = health.ok or health.report_ok
local info = health.info or health.report_info
local warn = health.warn or health.report_warn
local error_ = health.error or health.report_error

-- What a command prints on both channels, within three seconds.
local function output(cmd)
  local lines = {}
  local function collect(_, data)
    for _, line in ipairs(data) do
      if line ~= "" then lines[#lines + 1] = line end
    end
  end
  local started, job = pcall(vim.fn.jobstart, cmd, {
    on_stdout = collect, on_stderr = collect, stdout_buffered = true, stderr_buffered = true,
  })
  if not started or job <= 0 then return nil, {} end
  local status = vim.fn.jobwait({ job }, 3000)[1]
  if status == -1 then vim.fn.jobstop(job) end
  return status, lines
end

-- The version in plugin.toml, which all parts share.
local function plugin_version()
  local file = io.open(require("newsmark.client").plugin_dir() .. "/plugin.toml")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text:match('\nversion%s*=%s*"([^"]*)"')
end

local function check_editor()
  local version = vim.version()
  ok(("Neovim %d.%d.%d"):format(version.major, version.minor, version.patch))
  info("plugin " .. (plugin_version() or "of unknown version (no plugin.toml)"))
  if vim.o.termguicolors or vim.fn.has("gui_running") == 1 then
    ok("'termguicolors' is on")
  else
    info("'termguicolors' is off: the marks have the nearest of 256 colours")
  end
end

local function check_settings()
  local problems = require("newsmark.config").problems()
  for _, problem in ipairs(problems) do warn(problem) end
  if #problems == 0 then ok("all settings can be used") end
end

local function check_program()
  local cmd, trouble = require("newsmark.client").command()
  if not cmd then return error_(trouble) end
  info("program: " .. vim.fn.exepath(cmd[1]))
  local status, lines = output({ cmd[1], "--version" })
  local version = (lines[1] or ""):match("%d+%.%d+%.%d+")
  if status ~= 0 or not version then
    return warn(("`%s --version` gave status %s: %s"):format(cmd[1], tostring(status), lines[1] or "nothing"))
  end
  if version == plugin_version() then
    ok("newsmark " .. version)
  else
    warn(("program %s and plugin %s differ: run `make`"):format(version, plugin_version() or "?"))
  end
end

local function check_server()
  local clients = require("newsmark.client")
  local client = clients.client()
  if not client then
    if clients.stopped == "failed" then return error_("the server ended too often: see :Newsmark log") end
    return info(clients.stopped and "stopped by :Newsmark stop" or "not running: it starts with the first article")
  end
  if not client.initialized then return warn("started, but has not answered yet") end
  local followed = vim.tbl_count(require("newsmark.buffer").all())
  ok(("running: client %d, %d buffers, positions in %s"):format(client.id, followed, client.offset_encoding))
  for _, folder in ipairs(client.workspace_folders or {}) do info("folder " .. folder.name) end
end

-- The program's own report: the files it reads, features found, state of the index, errors of scripts.
local function check_files()
  local cmd = require("newsmark.client").command()
  if not cmd then return info("not known without the program") end
  local status, lines = output({ cmd[1], "doctor", vim.fn.getcwd() })
  if status == nil or status == -1 then return warn("`newsmark doctor` gave no answer") end
  for _, line in ipairs(lines) do info(line) end
end

--- Run by :checkhealth.
function M.check()
  local sections = {
    { "newsmark: editor", check_editor },
    { "newsmark: settings", check_settings },
    { "newsmark: program", check_program },
    { "newsmark: server", check_server },
    { "newsmark: files", check_files },
  }
  for _, section in ipairs(sections) do
    start(section[1])
    local fine, trouble = pcall(section[2])
    if not fine then error_("this check failed: " .. tostring(trouble)) end
  end
end

return M
