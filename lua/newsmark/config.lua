-- Settings: the defaults, what overrides them, and what is wrong with that (told by :checkhealth, never
-- thrown).
local M = {}

---@class newsmark.Config
M.defaults = {
  cmd = {}, -- the server: { "/path/to/newsmark", "lsp" }; empty: ./build beside the plugin, then $PATH
  autostart = true, -- false: only on :Newsmark start
  filetypes = { "text", "markdown", "html", "org", "rst" },
  show = { entity = true, date = true, quote = true, tag = true },
  colors = "default", -- "cvd": hues that the colour-blind tell apart; "none": define no groups
  uncertain_below = 0.5, -- confidence under which a mark is drawn as doubtful
  speaker_colors = true, -- each speaker's quotations have a ground and a name in one colour
  review_keys = { -- in review mode; "": none
    accept = "<CR>", reject = "x", next = "<Tab>", prev = "<S-Tab>", person = "p", org = "o", place = "l", date = "d",
    untag = "X", speaker = "s", note = "n", undo = "u", redo = "<C-r>", done = "D", quit = "q",
  },
  ask_trust = true, -- ask about a project's scripts that nobody has trusted yet
  signs = false, -- a bar beside quotations, "?" where the speaker is unknown, "·" beside doubtful marks
  hints = "off", -- virtual text, dates and speakers in words: "line" (the cursor's) or "all"
  debounce_ms = 10, -- at most one message to the server in this time while typing
  max_bytes = 8 * 1024 * 1024, -- larger files are left alone
  settings = {}, -- for the server, over its own files: { ["section.key"] = value }
}

local choices = { colors = { "default", "cvd", "none" }, hints = { "off", "line", "all" } }
local is_list = { cmd = true, filetypes = true }

local from_setup
local merged, problems

-- `value` put over `default`; what does not fit is reported under its name and left out.
local function merge(default, value, name)
  if type(value) ~= type(default) then
    table.insert(problems, ("%s: a %s is needed, not a %s"):format(name, type(default), type(value)))
    return vim.deepcopy(default)
  end
  if choices[name] and not vim.tbl_contains(choices[name], value) then
    table.insert(problems, ("%s: %q is none of %s"):format(name, value, table.concat(choices[name], ", ")))
    return default
  end
  if is_list[name] then
    for _, item in ipairs(value) do
      if type(item) ~= "string" then
        table.insert(problems, ("%s: a list of strings is needed"):format(name))
        return vim.deepcopy(default)
      end
    end
    return vim.deepcopy(value)
  end
  if type(default) ~= "table" or name == "settings" then return vim.deepcopy(value) end

  local result = vim.deepcopy(default)
  for key, item in pairs(value) do
    local full = (name == "" and "" or name .. ".") .. tostring(key)
    if default[key] == nil then
      table.insert(problems, full .. ": there is no such setting")
    else
      result[key] = merge(default[key], item, full)
    end
  end
  return result
end

local function load()
  problems = {}
  merged = vim.deepcopy(M.defaults)
  for _, given in ipairs({ vim.g.newsmark or {}, from_setup or {} }) do
    if type(given) == "table" then
      merged = merge(merged, given, "")
    else
      table.insert(problems, ("vim.g.newsmark: a table is needed, not a %s"):format(type(given)))
    end
  end
end

---@param opts? table
function M.setup(opts)
  from_setup = opts
  merged = nil
end

--- The settings in force. Read once: vim.g.newsmark is to be set before the first article is opened.
---@return newsmark.Config
function M.get()
  if not merged then load() end
  return merged
end

--- One sentence for every setting that could not be used.
---@return string[]
function M.problems()
  M.get()
  return problems
end

return M
