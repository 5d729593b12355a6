"""Choosing a name of the folder: in Neovim alone, in a double of Telescope, and in the real pickers where they are here.

Real ones are looked for where plugin managers put them, and below NEWSMARK_PLUGINS, a folder with telescope.nvim,
plenary.nvim, snacks.nvim or mini.nvim in it. Which are missing is said."""
import os
from pathlib import Path

from nvim import Skip
from test_nvim import Context  # noqa: F401 (run.py makes it)
from test_real import folder, listed

# What newsmark asks of Telescope, with the order of events of its pickers.lua: a prompt in a buffer of its own, finders
# that are called for every prompt and may answer later, entries for an older prompt dropped.
DOUBLE = {
    "pickers.lua": """
local M = {}
function M.new(_, options)
  local picker = { id = 0, title = options.prompt_title }
  _G.picker = picker
  function picker:type(prompt)
    self.id = self.id + 1
    local id = self.id
    self.shown, self.complete = {}, false
    options.finder(prompt, function(entry)
      if id ~= self.id then return true end
      assert(type(entry.display) == "string" and entry.ordinal and entry.value)
      table.insert(self.shown, entry)
    end, function() if id == self.id then self.complete = true end end)
  end
  function picker:find()
    vim.cmd("new")
    self.buf = vim.api.nvim_get_current_buf()
    assert(options.sorter and options.attach_mappings(self.buf, nil) == true)
    self:type("")
  end
  function picker:close()
    vim.cmd("bwipeout! " .. self.buf)
    options.finder:close()
  end
  return picker
end
return M""",
    "actions/init.lua": """return {
  select_default = { replace = function(_, run) _G.choose = run end },
  close = function(buf) assert(buf == _G.picker.buf) _G.picker:close() end,
}""",
    "actions/state.lua": "return { get_selected_entry = function() return _G.picker.shown[1] end }",
    "sorters.lua": "return { empty = function() return {} end }",
}


def test_pick_without_a_picker(context):
    """The command line, where names are completed; nothing that fills the screen."""
    nvim = folder(context)
    nvim.type(":Newsmark pick quotes<CR>Kar<Tab><CR>")
    listed(context, "Quotations by Karin Ekdahl · 2 quotations in 2 articles")


def test_pick_by_select(context):
    nvim = folder(context, init="lua vim.ui.select = function(items, options, done) _G.items = vim.tbl_map(options.format_item,"
                                " items) done(items[1]) end")
    nvim.command("Newsmark pick quotes")
    nvim.wait("the choice", lambda: nvim.lua("return _G.items ~= nil"))
    items = nvim.lua("return _G.items")
    assert [item.split() for item in items] == [["Karin", "Ekdahl", "person,", "2", "quotations"]], items
    listed(context, "Quotations by Karin Ekdahl")
    nvim.command("close | Newsmark pick")
    nvim.wait("all names", lambda: len(nvim.lua("return _G.items")) == 2)
    items = nvim.lua("return _G.items")
    assert ["Karin", "Ekdahl", "person,", "3", "in", "2", "articles"] in [item.split() for item in items], items


def test_pick_in_a_double_of_telescope(context):
    for name, text in DOUBLE.items():
        path = context.folder / "double" / "lua" / "telescope" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    nvim = folder(context, init="set runtimepath^=" + str(context.folder / "double"))

    def shown():
        return nvim.lua("return vim.tbl_map(function(entry) return entry.value.name end, _G.picker.shown)")

    assert nvim.lua("vim.cmd('Newsmark pick') return _G.picker.complete") is False, "the finder waited"
    nvim.wait("all names", lambda: nvim.lua("return _G.picker.complete"))
    assert nvim.lua("return _G.picker.title") == "Newsmark: mentions of"
    assert sorted(shown()) == ["Bryssel", "Karin Ekdahl"], shown()
    nvim.lua("_G.picker:type('B') _G.picker:type('Ekd')")
    nvim.wait("those for the last prompt", lambda: nvim.lua("return _G.picker.complete"))
    assert shown() == ["Karin Ekdahl"], shown()
    nvim.lua("_G.choose(_G.picker.buf)")
    listed(context, "Mentions of Karin Ekdahl · 3 mentions in 2 articles")
    nvim.command("close | Newsmark pick")
    nvim.wait("names again", lambda: nvim.lua("return _G.picker.complete"))
    nvim.lua("_G.picker:type('x') _G.picker:close()")
    nvim.command("Newsmark mentions Bryssel")  # the answer for the closed one comes before this one's
    listed(context, "Mentions of Bryssel")
    assert nvim.lua("return _G.said") == [], context.messages()


# --- the real ones ----------------------------------------------------------------------------------------------------

def plugins(context, *names):
    """The lines of an init.vim that take these plugins. Skip: one is not here, or Neovim is too old for them."""
    if context.version < (0, 10):
        raise Skip("this Neovim is too old for it")
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "nvim"
    places = [Path(os.environ["NEWSMARK_PLUGINS"])] if "NEWSMARK_PLUGINS" in os.environ else []
    places += [data / "lazy", *data.glob("site/pack/*/start"), *data.glob("site/pack/*/opt")]
    found = [next((place / name for place in places if (place / name / "lua").is_dir()), None) for name in names]
    if None in found:
        raise Skip(names[found.index(None)] + " is not here (NEWSMARK_PLUGINS)")
    return "\n".join(f"set runtimepath+={path}" for path in found)


def choose_by_keys(context, init, keys):
    """Open the picker, type, take the first; the listing must come."""
    nvim = folder(context, init=init)
    nvim.call("nvim_input", ":Newsmark pick<CR>")
    nvim.wait("the picker", lambda: nvim.screen.find("Bryssel  ") and nvim.screen.find("Karin Ekdahl  "))
    nvim.call("nvim_input", keys)
    nvim.wait("what was typed leaves one", lambda: not nvim.screen.find("Bryssel  ") and nvim.screen.find("Karin Ekdahl  "))
    nvim.call("nvim_input", "<CR>")
    listed(context, "Mentions of Karin Ekdahl · 3 mentions in 2 articles")


def test_pick_in_telescope(context):
    choose_by_keys(context, plugins(context, "plenary.nvim", "telescope.nvim"), "Ekd")


def test_pick_in_snacks(context):
    choose_by_keys(context, plugins(context, "snacks.nvim") + "\nlua require('snacks').setup({ picker = { ui_select = true } })", "Ekd")


def test_pick_in_mini(context):
    choose_by_keys(context, plugins(context, "mini.nvim") + "\nlua require('mini.pick').setup()", "Ekd")
