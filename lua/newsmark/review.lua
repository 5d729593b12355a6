-- Reviewing: what no person has looked at yet, one after another, with a key for each decision.
--
-- The mode is a buffer's, begun and ended by the reader. While it lasts what is reviewed is drawn quietly, what is
-- doubtful has a sign, and the keys of the setting review_keys work in the buffer; they are taken away at its end.
local M = {}

local api = vim.api
local config = require("newsmark.config")

local modes = {} -- by buffer: { filter, keys = the maps that were in the way }
local counts = {} -- by uri: the last newsmark/reviewStatus

local types = { person = "PER", org = "ORG", place = "LOC" }
local kinds = { "entity", "date", "quote", "tag" }
local settled = { made = true, accepted = true, rule = true } -- verdicts
local makers = { "model", "rule", "list", "script", "human" }

--- Is it settled by a person, here or by a rule for the folder?
function M.is_reviewed(annotation) return settled[annotation.verdict] == true end

function M.is_on(buf) return modes[buf] ~= nil end

-- --- the filter

local filters = {
  kind = kinds, type = { "person", "org", "place" }, by = makers, below = {}, above = {},
}

--- "kind=entity below=0.6" as a filter. nil: the second result says what is wrong.
---@param words string[]
---@return table? filter, string? trouble
function M.parse(words)
  local filter = {}
  for _, word in ipairs(words) do
    local key, value = word:match("^(%l+)=(.+)$")
    if word == "all" then
      filter.all = true
    elseif not key or not filters[key] then
      return nil, word .. " is none of kind=, type=, by=, below=, above=, all"
    elseif (key == "below" or key == "above") and not tonumber(value) then
      return nil, word .. ": a number from 0 to 1 is needed"
    else
      filter[key] = tonumber(value) or types[value] or value
    end
  end
  return filter
end

function M.complete(_, lead)
  local found = {}
  for key, values in pairs(filters) do
    for _, value in ipairs(#values > 0 and values or { "" }) do found[#found + 1] = key .. "=" .. value end
  end
  found[#found + 1] = "all"
  table.sort(found)
  return vim.tbl_filter(function(word) return vim.startswith(word, lead) end, found)
end

local function passes(filter, annotation)
  if not filter.all and M.is_reviewed(annotation) then return false end
  if filter.kind and annotation.kind ~= filter.kind then return false end
  if filter.type and annotation.type ~= filter.type then return false end
  if filter.by and not vim.startswith(annotation.by or "", filter.by) then return false end
  local confidence = tonumber(annotation.confidence) or 1
  return not (filter.below and confidence >= filter.below) and not (filter.above and confidence <= filter.above)
end

--- To the next annotation that passes the filter of the mode; without the mode: the next unreviewed one.
function M.jump(count)
  local mode = modes[api.nvim_get_current_buf()]
  local filter = mode and mode.filter or {}
  require("newsmark.nav").jump(count, function(annotation) return passes(filter, annotation) end, "unreviewed mark")
end

-- --- counts

local function describe(status)
  local words = ("%d/%d reviewed"):format(status.reviewed, status.reviewed + status.unreviewed)
  if status.doubtful > 0 then words = words .. (", %d doubtful"):format(status.doubtful) end
  if status.orphans > 0 then words = words .. (", %d orphans"):format(status.orphans) end
  return words
end

--- The handler of newsmark/reviewStatus.
function M.on_status(message)
  counts[message.uri] = message
  for buf, state in pairs(require("newsmark.buffer").all()) do
    if state.uri == message.uri then
      vim.b[buf].newsmark_review = message
      vim.b[buf].newsmark_review_status = describe(message) .. (message.state == "done" and ", done" or "")
    end
  end
  if package.loaded["newsmark.listing"] then require("newsmark.listing").decided(message.uri) end
  vim.cmd("redrawstatus!")
end

-- --- the mode

-- Do an action with what the mode stopped at: of several marks under the cursor the innermost that passes.
-- What is settled already is not settled again: a key struck twice goes on.
local function decide(action, given, options)
  given = vim.deepcopy(given or {})
  local mode = modes[api.nvim_get_current_buf()]
  for _, annotation in ipairs((require("newsmark.info").here())) do
    if mode and passes(mode.filter, annotation) then
      return require("newsmark.act").on(action, annotation, given, options)
    end
  end
  if options then return M.jump(1) end
  require("newsmark.act").here(action, given)
end

-- On to the next where nothing else waits here.
local function go_on()
  local mode = modes[api.nvim_get_current_buf()]
  for _, annotation in ipairs((require("newsmark.info").here())) do
    if mode and passes(mode.filter, annotation) then return end
  end
  M.jump(1)
end

local function here(action, given)
  return function() decide(action, given, { done = go_on }) end
end

local function stay(action, given)
  return function() decide(action, given) end
end

local keys = {
  accept = here("accept"), reject = here("reject"), person = stay("tag", { type = "person" }),
  org = stay("tag", { type = "org" }), place = stay("tag", { type = "place" }), date = stay("tag", { type = "date" }),
  speaker = stay("speaker"), note = stay("note"), untag = stay("untag"),
  next = function() M.jump(vim.v.count1) end, prev = function() M.jump(-vim.v.count1) end,
  undo = function() require("newsmark.act").history("undo") end,
  redo = function() require("newsmark.act").history("redo") end,
  done = function() M.finish() end, quit = function() M.stop() end,
}

local function map_keys(buf)
  local taken = {}
  for name, key in pairs(config.get().review_keys) do
    if key ~= "" and keys[name] then
      local old = vim.fn.maparg(key, "n", false, true)
      if old.buffer == 1 then taken[#taken + 1] = old end
      vim.keymap.set("n", key, keys[name], { buffer = buf, nowait = true, silent = true, desc = "Review: " .. name })
    end
  end
  return taken
end

local function unmap_keys(buf, taken)
  for name, key in pairs(config.get().review_keys) do
    if key ~= "" and keys[name] then pcall(vim.keymap.del, "n", key, { buffer = buf }) end
  end
  for _, old in ipairs(taken) do
    if vim.fn.mapset then vim.fn.mapset("n", false, old) end
  end
end

--- Begin, or go on with another filter.
---@param words string[] the filter
function M.start(words)
  local buf = api.nvim_get_current_buf()
  local filter, trouble = M.parse(words)
  if not filter then return vim.notify("newsmark: review: " .. trouble, vim.log.levels.ERROR) end
  if not require("newsmark.buffer").get(buf) then return vim.notify("newsmark: this buffer is not annotated") end
  if modes[buf] then
    modes[buf].filter = filter
  else
    modes[buf] = { filter = filter, taken = map_keys(buf) }
    local status = counts[vim.uri_from_bufnr(buf)]
    if not status or status.state == "unread" then
      require("newsmark.act").about_article("setState", { state = "work" }, nil, true)
    end
  end
  vim.b[buf].newsmark_reviewing = true
  require("newsmark.render").redraw(buf)
  local names = config.get().review_keys
  vim.notify(("newsmark: review: %s accepts, %s rejects, %s goes on, %s ends"):format(names.accept, names.reject,
    names.next, names.quit))
  M.jump(1)
end

--- End the mode in this buffer.
function M.stop()
  local buf = api.nvim_get_current_buf()
  local mode = modes[buf]
  if not mode then return end
  modes[buf] = nil
  vim.b[buf].newsmark_reviewing = false
  unmap_keys(buf, mode.taken)
  require("newsmark.render").redraw(buf)
end

--- The article is done: say so, and go to the next one that nobody has read.
function M.finish()
  M.stop()
  require("newsmark.act").about_article("setState", { state = "done" }, function() M.next_article(1) end)
end

--- Open the next article of the folder that is unread, behind this one by its path.
function M.next_article(count)
  local name = api.nvim_buf_get_name(0)
  local own = vim.loop.fs_realpath(name) or name -- as the server writes paths
  require("newsmark.folder").ask("articles", { state = "unread" }, function(answer, trouble)
    if not answer then return vim.notify("newsmark: " .. trouble, vim.log.levels.WARN) end
    local paths = vim.tbl_map(function(row) return vim.uri_to_fname(row.uri) end, answer.rows)
    paths = vim.tbl_filter(function(path) return path ~= own end, paths)
    if #paths == 0 then return vim.notify("newsmark: no unread article is left") end
    table.sort(paths)
    local behind = 1
    while paths[behind] and paths[behind] < own do behind = behind + 1 end
    local index = (behind - 1 + (count > 0 and count - 1 or count)) % #paths + 1
    vim.cmd("edit " .. vim.fn.fnameescape(vim.fn.fnamemodify(paths[index], ":.")))
  end)
end

--- Say or set the state of the article.
---@param state? "unread"|"work"|"done"
function M.state(state)
  if state then return require("newsmark.act").about_article("setState", { state = state }) end
  local status = counts[vim.uri_from_bufnr(0)]
  if not status then return vim.notify("newsmark: nothing is known yet") end
  local words = { unread = "unread", work = "in work", done = "done" }
  vim.notify(("newsmark: This article: %s; %s"):format(words[status.state], describe(status)))
end

return M
