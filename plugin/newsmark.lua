-- Neovim's entry: the command, the maps and the autocommands. Everything else is loaded when first needed.
if vim.g.loaded_newsmark then return end
vim.g.loaded_newsmark = 1

local api = vim.api
if vim.fn.has("nvim-0.7") == 0 then
  api.nvim_echo({ { "newsmark: needs Neovim 0.7 or newer" } }, true, {})
  return
end

api.nvim_create_user_command("Newsmark", function(args)
  require("newsmark.commands").run(args)
end, {
  nargs = "*",
  range = true,
  bang = true,
  desc = "Marks of people, places, dates and quotations",
  complete = function(lead, line, pos) return require("newsmark.commands").complete(lead, line, pos) end,
})

local function map(name, run, desc, modes)
  vim.keymap.set(modes or { "n", "x", "o" }, "<Plug>(newsmark-" .. name .. ")", run, { silent = true, desc = desc })
end
map("next", function() require("newsmark.nav").jump(vim.v.count1) end, "Next mark")
map("prev", function() require("newsmark.nav").jump(-vim.v.count1) end, "Previous mark")
map("info", function() require("newsmark.info").open() end, "What is under the cursor")
map("toggle", function() require("newsmark.render").toggle() end, "Show or hide the marks")
map("next-unreviewed", function() require("newsmark.review").jump(vim.v.count1) end, "Next unreviewed mark")
map("prev-unreviewed", function() require("newsmark.review").jump(-vim.v.count1) end, "Previous unreviewed mark")
map("next-same", function() require("newsmark.nav").jump(vim.v.count1, "same") end, "Next of the same")
map("prev-same", function() require("newsmark.nav").jump(-vim.v.count1, "same") end, "Previous of the same")
for _, kind in ipairs({ "mentions", "quotes", "timeline" }) do
  map(kind, function() vim.cmd("Newsmark " .. kind) end, "List " .. kind, "n")
end
for _, kind in ipairs({ "entity", "date", "quote", "tag", "any" }) do
  map("i-" .. kind, function() require("newsmark.textobject").select(kind, false) end, "Inner " .. kind, { "x", "o" })
  map("a-" .. kind, function() require("newsmark.textobject").select(kind, true) end, "A " .. kind, { "x", "o" })
end

-- What the reader decides: operators on text, and on what is under the cursor; "." repeats both.
local function operator(name, action, given)
  vim.keymap.set({ "n", "x" }, "<Plug>(newsmark-" .. name .. ")", function()
    return require("newsmark.act").operate(action, given)
  end, { expr = true, silent = true, desc = "Tag " .. (given and given.type or "as …") })
end
operator("tag", "tag")
for _, kind in ipairs({ "person", "org", "place", "date" }) do operator("tag-" .. kind, "tag", { type = kind }) end
operator("note-text", "note")
local on_marks = {
  "accept", "reject", "untag", "forget", "speaker", "source", "note", "join", "split", "rename", "alias",
}
for _, name in ipairs(on_marks) do
  vim.keymap.set("n", "<Plug>(newsmark-" .. name .. ")", function()
    return require("newsmark.act").operate_here(name)
  end, { expr = true, silent = true, desc = "What is marked here: " .. name })
end
for _, name in ipairs({ "undo", "redo" }) do
  map(name, function() require("newsmark.act").history(name) end, "Marks: " .. name, "n")
end
map("review", function() require("newsmark.review").start({}) end, "Review what is marked", "n")

local group = api.nvim_create_augroup("newsmark", { clear = true })
local function on(events, run, pattern)
  api.nvim_create_autocmd(events, { group = group, pattern = pattern, callback = run })
end
-- BufWinEnter also sees the *.txt without a file type; BufFilePost the buffer that got its name.
on({ "FileType", "BufWinEnter", "BufFilePost" }, function(args) require("newsmark").buffer_ready(args.buf) end)
on("BufFilePre", function(args) require("newsmark").buffer_renamed(args.buf) end)

-- Loaded late, by a plugin manager: the buffers of now had their events already.
if vim.v.vim_did_enter == 1 then
  for _, buf in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buf) then require("newsmark").buffer_ready(buf) end
  end
end
