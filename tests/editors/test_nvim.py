"""What Neovim must do with newsmark: every test gets a Context, and a real Neovim from it."""
import json
import re
import subprocess
import sys
from pathlib import Path

from nvim import Nvim

FAKE = [sys.executable, str(Path(__file__).with_name("fake_server.py")), "lsp"]

TEXT = """Anna på Volvo 2024-03-14

Oslo: ”Det är 🙂 bra”, sa Anna.
Sist ”två
rader här” och Oslo.
"""

# Every span drawn: its words, its group and its priority, in order; with them the words of speaker and cue.
MARKS = """
local render = require("newsmark.render")
local found = {}
for _, ns in ipairs({ render.ns, render.ns_parts }) do
  for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, ns, 0, -1, { details = true })) do
    local d = mark[4]
    local fine, text = pcall(vim.api.nvim_buf_get_text, 0, mark[2], mark[3], d.end_row, d.end_col, {})
    text = fine and table.concat(text, "\\n") or "(nowhere)"
    if text ~= "" then table.insert(found, { text, d.hl_group or "", d.priority or 0 }) end
  end
end
return found
"""


class Context:
    """A folder, the editor's binary, and what was opened with them."""

    def __init__(self, binary, root, build, folder):
        self.binary, self.root, self.build, self.folder = binary, root, build, folder
        self.nvim = None
        shown = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
        self.version = tuple(map(int, re.match(r"NVIM v(\d+)\.(\d+)", shown).groups()))

    def start(self, settings=None, text=TEXT, name="article.txt", init="", files=None, plugin=None):
        """Neovim with the plugin and one article; without settings it is the fake server that it finds."""
        if files is None:
            (self.folder / name).write_text(text, newline="")
            files = [self.folder / name]
        settings = {"cmd": FAKE} if settings is None else settings
        # What would be said is kept: on this small screen it would ask for a key.
        lines = ["set nocompatible termguicolors noswapfile hidden", "filetype plugin on", init,
                 "lua _G.said = {} vim.notify = function(text) table.insert(_G.said, text) end",
                 "set runtimepath^=" + str(plugin or self.root), "let g:newsmark = json_decode('%s')" % json.dumps(settings)]
        self.nvim = Nvim(self.binary, self.folder, "\n".join(lines) + "\n", files)
        return self.nvim

    def marks(self):
        return [(text, group, priority) for text, group, priority in self.nvim.lua(MARKS)]

    def texts(self):
        return [text for text, _, _ in self.marks()]

    def wait_marks(self, *texts):
        """Until the spans drawn are exactly these words (speakers and cues last)."""
        try:
            self.nvim.wait("marks", lambda: self.texts() == list(texts))
        except TimeoutError as error:
            raise AssertionError(f"marks are {self.texts()}, not {list(texts)}") from error

    def messages(self):
        """All that was said by vim.notify() and by :messages."""
        return "\n".join(self.nvim.lua("return _G.said") or []) + self.nvim.call("nvim_exec", "messages", True)

    def close(self):
        if self.nvim:
            self.nvim.close()


ALL = ("Anna", "Volvo", "2024-03-14", "Oslo", "”Det är 🙂 bra”", "Anna", "”två\nrader här”", "Oslo", "sa", "Anna")


def opened(context, **more):
    nvim = context.start(**more)
    context.wait_marks(*ALL)
    return nvim


# --- what is drawn ----------------------------------------------------------------------------------------------------

def test_groups_and_priorities(context):
    opened(context)
    marks = context.marks()
    assert marks[0] == ("Anna", "NewsmarkPerson", 130), marks
    assert marks[1] == ("Volvo", "NewsmarkOrg", 130), marks
    assert marks[2][:2] == ("2024-03-14", "NewsmarkDateUncertain"), marks
    assert marks[3] == ("Oslo", "NewsmarkPlace", 130), marks
    assert marks[4] == ("”Det är 🙂 bra”", "NewsmarkQuote", 110), marks
    assert marks[6] == ("”två\nrader här”", "NewsmarkUnattributed", 110), marks
    assert marks[8] == ("sa", "NewsmarkCue", 120) and marks[9][1] == "NewsmarkSpeaker", marks


def test_shapes_on_the_screen(context):
    nvim = context.start(text="Anna Volvo Oslo 2024-03-14 ”I Oslo nu”\n")
    context.wait_marks("Anna", "Volvo", "Oslo", "2024-03-14", "”I Oslo nu”", "Oslo")
    screen = nvim.screen
    nvim.wait("the screen", lambda: "underline" in (screen.find("Anna") or [{}])[0])
    double = {"underdouble", "underlineline"}
    dotted = {"underdotted", "underdot"}
    assert double & set(screen.find("Volvo")[0]), screen.find("Volvo")
    assert dotted & set(screen.find("Oslo")[0]), screen.find("Oslo")
    assert "undercurl" in screen.find("2024-03-14")[0]  # the fake server is not sure of dates
    inside = screen.find("”I Oslo nu”")
    assert all("background" in cell for cell in inside), inside
    assert dotted & set(inside[3]) and "foreground" in inside[3], inside[3]
    assert "background" not in screen.find("Anna")[0]
    for group in ("Person", "Org", "Place", "Date"):
        definition = nvim.call("nvim_exec", "highlight NewsmarkDefault" + group, True)
        assert re.search(r"cterm=under(\w+) ctermfg=\d+ gui=under\1 ", definition), definition


def test_utf16(context):
    opened(context, settings={"cmd": FAKE + ["--encoding", "utf-16"]})


def test_encoding_chosen(context):
    nvim = opened(context)
    encoding = nvim.lua("return require('newsmark.client').client().offset_encoding")
    new = nvim.lua("return vim.fn.has('nvim-0.11')") == 1
    assert encoding == ("utf-8" if new else "utf-16"), encoding


def test_one_long_line(context):
    text = "å🙂 Anna i Oslo. " * 2000
    nvim = context.start(text=text + "\n")
    nvim.wait("marks", lambda: len(context.marks()) == 4000)
    assert set(context.texts()) == {"Anna", "Oslo"}


def test_dos_line_ends(context):
    context.start(text=TEXT.replace("\n", "\r\n"))
    context.wait_marks(*ALL)


def test_txt_without_filetype(context):
    context.start(init="filetype off")
    context.wait_marks(*ALL)


def test_other_filetypes_are_left_alone(context):
    nvim = context.start(name="article.lua")
    assert nvim.lua("return vim.bo.filetype") == "lua"
    assert nvim.lua("return require('newsmark.client').client() == nil")


# --- edits ------------------------------------------------------------------------------------------------------------

def test_typing(context):
    nvim = opened(context)
    nvim.type("ggIUlf och <Esc>Go2025-01-01 i Oslo<Esc>")
    context.wait_marks(*ALL[:8], "2025-01-01", "Oslo", *ALL[8:])


def test_only_what_changed_is_touched(context):
    nvim = opened(context)
    ids = nvim.lua("local b = require('newsmark.buffer').get(0) local r = {} for k, m in pairs(b.marks) do r[k] = m.id end return r")
    nvim.lua("""_G.set = 0
      local set = vim.api.nvim_buf_set_extmark
      vim.api.nvim_buf_set_extmark = function(...) _G.set = _G.set + 1 return set(...) end""")
    nvim.type("GoOslo<Esc>")
    context.wait_marks(*ALL[:8], "Oslo", *ALL[8:])
    after = nvim.lua("local b = require('newsmark.buffer').get(0) local r = {} for k, m in pairs(b.marks) do r[k] = m.id end return r")
    assert all(after[key] == mark for key, mark in ids.items()) and len(after) == len(ids) + 1
    assert nvim.lua("return _G.set") == 1


def test_undo_of_a_deleted_line(context):
    nvim = opened(context)
    nvim.type("3Gdd")
    context.wait_marks("Anna", "Volvo", "2024-03-14", "”två\nrader här”", "Oslo")
    nvim.type("u")
    context.wait_marks(*ALL)


def test_undo_at_once(context):
    nvim = opened(context)
    nvim.type("ggdGu")
    context.wait_marks(*ALL)
    nvim.type("3GddPu<C-r>")
    context.wait_marks(*ALL)


def test_paste(context):
    nvim = opened(context)
    nvim.call("nvim_input", "ggI")
    nvim.wait("Insert mode", lambda: nvim.call("nvim_get_mode")["mode"] == "i")
    nvim.call("nvim_paste", "Anna\nfrån Oslo ", True, -1)
    context.wait_marks("Anna", "Oslo", *ALL)


def test_macro(context):
    nvim = context.start(text="Oslo\n" * 60)
    nvim.wait("marks", lambda: len(context.texts()) == 60)
    nvim.type("ggqaIAnna <Esc>jq59@a")
    nvim.wait("marks", lambda: context.texts() == ["Anna", "Oslo"] * 60)


def test_lines_replaced_by_equal_ones(context):
    nvim = opened(context)
    nvim.lua("vim.api.nvim_buf_set_lines(0, 0, -1, true, vim.api.nvim_buf_get_lines(0, 0, -1, true))")
    context.wait_marks(*ALL)


def test_filter_through_a_program(context):
    nvim = opened(context)
    nvim.command("%!cat")
    context.wait_marks(*ALL)


def test_reload(context):
    nvim = opened(context)
    (context.folder / "article.txt").write_text("Nu bara Oslo\n")
    nvim.command("edit!")
    context.wait_marks("Oslo")
    nvim.type("oAnna<Esc>")
    context.wait_marks("Oslo", "Anna")


def test_new_name(context):
    nvim = opened(context)
    nvim.command("saveas! other.txt")
    context.wait_marks(*ALL)
    nvim.type("GoOslo<Esc>")
    context.wait_marks(*ALL[:8], "Oslo", *ALL[8:])
    assert "etached" not in context.messages(), context.messages()


def test_messages_about_versions_gone_by(context):
    nvim = context.start(settings={"cmd": FAKE + ["--habit", "holds"]}, text="Anna\nb\nc\n")
    context.wait_marks("Anna")
    # The mark on line 2 is published only when line 1 has changed and a line has come above.
    nvim.type("2GAOslo <Esc>")
    nvim.wait("a change sent", lambda: nvim.lua("return vim.lsp.util.buf_versions[1] > 0"))
    for keys in ("ggONy rad<Esc>", "3GI🙂 Oslo <Esc>", "3GAx<Esc>", "4GxiGO Oslo<Esc>"):
        nvim.type(keys)
    nvim.wait("marks", lambda: context.texts().count("Oslo") == 3 or context.texts())
    nvim.type("GoGO<Esc>")
    want = [word for line in nvim.lines() for word in line.replace("🙂", "").split() if word in ("Anna", "Oslo")]
    context.wait_marks(*want)


# Some edits a call; then what is drawn, and what the server says when asked for everything. Each span as a line of text.
RANDOM = """
math.randomseed(...)
local words = { "Anna", "Oslo", "”Volvo ", "🙂 ”", "2024-01-02 ", "å", "\\n", " sa Anna", "”, sa Anna\\n", "i går ", "– " }
local function random_column(line)
  local starts = {}
  for at in (line .. " "):gmatch("()[^\\128-\\191]") do starts[#starts + 1] = at - 1 end
  return starts[math.random(#starts)]
end
local edits = {
  function(row, last) if last > row then vim.api.nvim_buf_set_lines(0, row, last, true, {}) end end,
  function() vim.cmd("silent undo") end,
  function(row, _, line)
    local col = random_column(line)
    vim.api.nvim_buf_set_text(0, row, col, row, #line, vim.split(words[math.random(#words)], "\\n"))
  end,
  function(row, _, line)
    local col = random_column(line)
    vim.api.nvim_buf_set_text(0, row, col, row, col, vim.split(words[math.random(#words)], "\\n"))
  end,
  function(row) vim.cmd(("silent %dcopy $"):format(row + 1)) end,
  function(row) vim.cmd(("silent %dcopy %d"):format(row + 1, row)) end,
  function(row) vim.cmd(("silent %dmove 0"):format(row + 1)) end,
  function(row, last) vim.cmd(("silent %d,%djoin"):format(row + 1, last + 1)) end,
}
function _G.edit(n)
  for _ = 1, n do
    local count = vim.api.nvim_buf_line_count(0)
    local row = math.random(count) - 1
    local line = vim.api.nvim_buf_get_lines(0, row, row + 1, true)[1]
    edits[math.random(#edits)](row, math.min(row + math.random(3) - 1, count - 1), line)
  end
end

local render = require("newsmark.render")
local function line_of(annotation, ...)
  local row, col, end_row, end_col = ...
  if not row then return "nowhere: " .. annotation.text end
  return ("%d:%d-%d:%d %s %s %s"):format(row, col, end_row, end_col, annotation.kind, annotation.type, annotation.text)
end
function _G.drawn()
  local lines = {}
  for _, mark in pairs(require("newsmark.buffer").get(0).marks) do
    lines[#lines + 1] = line_of(mark.annotation, render.where(0, mark))
    for name, id in pairs(mark.parts) do
      local at = vim.api.nvim_buf_get_extmark_by_id(0, render.ns_parts, id, { details = true })
      lines[#lines + 1] = line_of({ kind = name, type = "", text = "" }, at[1], at[2], at[3].end_row, at[3].end_col)
    end
  end
  table.sort(lines)
  return lines
end
function _G.ask()
  _G.told = nil
  local clients = require("newsmark.client")
  local client = clients.client()
  local params = { textDocument = { uri = vim.uri_from_bufnr(0) } }
  clients.request(client, "newsmark/annotations", params, function(_, answer)
    local lines, at = {}, require("newsmark.position").converter(0, client.offset_encoding)
    local function place(range)
      local row, col = at(range.start)
      return row, col, at(range["end"])
    end
    for _, annotation in ipairs(answer.annotations) do
      lines[#lines + 1] = line_of(annotation, place(annotation.range))
      for _, name in ipairs({ "speaker", "source", "cue" }) do
        local part = annotation[name]
        if type(part) == "table" and part.range then
          lines[#lines + 1] = line_of({ kind = name, type = "", text = "" }, place(part.range))
        end
      end
    end
    table.sort(lines)
    _G.told = lines
  end, vim.api.nvim_get_current_buf())
end
"""


def random_edits(context, rounds, each, seed):
    """After any edits, what is drawn is what the server says when it is asked for everything."""
    nvim = context.nvim
    nvim.lua(RANDOM, seed)
    for _ in range(rounds):
        nvim.lua("_G.edit(...)", each)
        nvim.lua("_G.ask()")
        told = nvim.wait("an answer", lambda: nvim.lua("return _G.told and { _G.told }"))[0]
        try:
            nvim.wait("marks", lambda: nvim.lua("return _G.drawn()") == told)
        except TimeoutError as error:
            drawn = nvim.lua("return _G.drawn()")
            raise AssertionError(f"seed {seed}: only drawn {sorted(set(drawn) - set(told))}, not drawn "
                                 f"{sorted(set(told) - set(drawn))}\nin {nvim.lines()}") from error


def test_random_edits(context):
    opened(context)
    random_edits(context, 30, 3, seed=7)


def test_random_edits_one_by_one(context):
    opened(context)
    random_edits(context, 60, 1, seed=8)


# --- commands ---------------------------------------------------------------------------------------------------------

def test_completion(context):
    nvim = opened(context)
    assert nvim.lua("return vim.fn.getcompletion('Newsmark ', 'cmdline')") == [
        "accept", "alias", "articles", "check", "decisions", "entities", "fold", "forget", "hints", "index", "info", "join", "log",
        "mentions",
        "next", "note", "pick", "prev", "quotes", "redo", "reject", "rename", "restart", "review", "scripts", "search", "source",
        "speaker", "split", "start", "state", "stop", "tag", "tagger", "timeline", "toggle", "trust", "undo", "untag"]
    assert nvim.lua("return vim.fn.getcompletion('Newsmark st', 'cmdline')") == ["start", "state", "stop"]
    assert nvim.lua("return vim.fn.getcompletion('Newsmark next p', 'cmdline')") == ["person", "place"]
    assert nvim.lua("return vim.fn.getcompletion('Newsmark info ', 'cmdline')") == []


def test_wrong_commands_are_told(context):
    nvim = opened(context)
    for line, told in (("Newsmark", "a command is needed"), ("Newsmark tog", "no command tog"),
                       ("Newsmark next actor", "actor is none of"), ("Newsmark stop now", "too many arguments")):
        nvim.command(line)
        assert told in context.messages(), (line, context.messages())


def test_next_and_prev(context):
    nvim = opened(context)
    places = []
    for line in ("Newsmark next", "3Newsmark next", "Newsmark next person", "Newsmark next date", "Newsmark prev",
                 "Newsmark prev quote"):
        nvim.command(line)
        places.append(tuple(nvim.call("nvim_win_get_cursor", 0)))
    line3 = "Oslo: ”Det är 🙂 bra”, sa "
    assert places == [(1, 9), (3, 6), (3, len(line3.encode())), (1, 15), (1, 9), (4, 5)], places
    nvim.command("set nowrapscan | normal! G$")
    nvim.command("Newsmark next")
    assert nvim.call("nvim_win_get_cursor", 0)[0] == 5


def test_plug_maps(context):
    nvim = opened(context)
    nvim.command("nmap ]a <Plug>(newsmark-next)")
    nvim.command("nmap [a <Plug>(newsmark-prev)")
    nvim.type("2]a")
    nvim.wait("the cursor", lambda: nvim.call("nvim_win_get_cursor", 0) == [1, 15])
    nvim.type("[a")
    nvim.wait("the cursor", lambda: nvim.call("nvim_win_get_cursor", 0) == [1, 9])


def test_next_anywhere(context):
    """From every place of the text, some marks on and back, with and without 'wrapscan', as a plain list of all marks says."""
    nvim = context.start()
    context.wait_marks(*ALL)
    wrong = nvim.lua("""
      local nav, render = require("newsmark.nav"), require("newsmark.render")
      local places = {}
      for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, render.ns, 0, -1, {})) do
        local last = places[#places]
        if not (last and last[1] == mark[2] + 1 and last[2] == mark[3]) then places[#places + 1] = { mark[2] + 1, mark[3] } end
      end
      local function want(row, col, count)
        local behind = 0 -- places at the cursor or in front of it
        for i, place in ipairs(places) do
          if place[1] < row or place[1] == row and place[2] <= col then behind = i end
        end
        local index = behind + count
        if count < 0 and not (behind > 0 and places[behind][1] == row and places[behind][2] == col) then index = index + 1 end
        if vim.o.wrapscan then return places[(index - 1) % #places + 1] end
        return places[math.max(1, math.min(index, #places))]
      end
      local wrong = {}
      for _, wrap in ipairs({ true, false }) do
        vim.o.wrapscan = wrap
        for row, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, true)) do
          for col = 0, math.max(0, #line - 1), 3 do
            for _, count in ipairs({ 1, 2, 5, 23, -1, -2, -5, -23 }) do
              vim.api.nvim_win_set_cursor(0, { row, col })
              local from = vim.api.nvim_win_get_cursor(0)
              nav.jump(count)
              local have, place = vim.api.nvim_win_get_cursor(0), want(from[1], from[2], count)
              if have[1] ~= place[1] or have[2] ~= place[2] then wrong[#wrong + 1] = { wrap, from, count, have, place } end
            end
          end
        end
      end
      return wrong""")
    assert wrong == [], wrong[:3]


def test_next_of_the_same(context):
    nvim = opened(context)
    nvim.command("Newsmark next same")
    assert nvim.call("nvim_win_get_cursor", 0) == [3, len("Oslo: ”Det är 🙂 bra”, sa ".encode())]
    nvim.command("Newsmark next same")
    assert nvim.call("nvim_win_get_cursor", 0) == [1, 0]
    text = "”Ett”, sa Anna. ”Två är bra”. ”Tre”, sa Anna.\n"
    nvim.command("edit second.txt")
    nvim.call("nvim_buf_set_lines", 0, 0, -1, True, [text.strip()])
    nvim.wait("marks", lambda: len(context.texts()) == 9)
    nvim.type("gg0")
    nvim.command("nmap ]q <Plug>(newsmark-next-same)")
    nvim.type("]q")
    assert nvim.call("nvim_win_get_cursor", 0) == [1, text.encode().index("”Tre".encode())]


TEXT_OBJECTS = (  # where the cursor is, keys, what the line is then
    ("Volvo", "diE", "Anna på  2024-03-14"), ("Volvo", "daE", "Anna på 2024-03-14"), ("2024", "ciDnu<Esc>", "Anna på Volvo nu"),
    ("bra", "ciQnej<Esc>", "Oslo: ”nej”, sa Anna."), ("bra", "daQ", "Oslo: , sa Anna."), ("bra", "vaQd", "Oslo: , sa Anna."),
    ("Volvo", "viEUd", "Anna på VOLVO 2024-03-14"))


def test_text_objects(context):
    nvim = opened(context, init="\n".join(f"{mode}map {side}{key} <Plug>(newsmark-{side}-{kind})" for mode in "xo"
                                         for side in "ia" for key, kind in (("E", "entity"), ("D", "date"), ("Q", "quote"))))
    for word, keys, line in TEXT_OBJECTS:
        nvim.type(f"gg0/{word}<CR>")
        nvim.type(keys.replace("Ud", "U"))
        assert nvim.call("nvim_get_current_line") == line, (keys, nvim.call("nvim_get_current_line"))
        nvim.type("u")
        nvim.wait("all is answered", lambda: nvim.lua("return #require('newsmark.buffer').get(0).edits == 0"))
        context.wait_marks(*ALL)


def test_toggle(context):
    nvim = opened(context)
    nvim.command("Newsmark toggle quote")
    groups = {group for _, group, _ in context.marks()}
    assert "NewsmarkQuote" not in groups and "NewsmarkCue" not in groups and "NewsmarkPerson" in groups
    nvim.command("Newsmark toggle")
    assert {group for _, group, _ in context.marks()} == {""}
    nvim.type("GoOslo<Esc>")
    context.wait_marks(*ALL[:8], "Oslo", *ALL[8:])
    assert {group for _, group, _ in context.marks()} == {""}
    nvim.command("Newsmark toggle")
    nvim.command("Newsmark toggle quote")
    assert {"NewsmarkQuote", "NewsmarkCue", "NewsmarkPlace"} <= {group for _, group, _ in context.marks()}


def info(nvim, row, col):
    """The lines of the window that tells of what stands there, which is closed again."""
    nvim.call("nvim_win_set_cursor", 0, [row, col])
    nvim.command("Newsmark info")
    told = []

    def shown():
        told[:] = nvim.lua("""for _, win in ipairs(vim.api.nvim_list_wins()) do
            if vim.api.nvim_win_get_config(win).relative ~= "" then
              local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(win), 0, -1, true)
              vim.api.nvim_win_close(win, true)
              return lines
            end
          end
          return {}""")
        return told

    nvim.wait("the window", shown)
    return "\n".join(told)


def test_info(context):
    nvim = opened(context)
    person = info(nvim, 1, 1)
    assert "Anna — person" in person and "wd:Q1" in person and "2× in this article" in person, person
    assert "a list, 98 % certain" in person, person
    date = info(nvim, 1, 20)
    assert "Thursday 14 March 2024" in date and "30 % certain" in date, date
    quote = info(nvim, 3, 12)
    assert "direct quotation" in quote and "speaker   Anna" in quote and "cue       sa" in quote, quote
    assert "no speaker found" in info(nvim, 5, 0)
    nvim.call("nvim_win_set_cursor", 0, [5, 14])
    nvim.command("Newsmark info")
    nvim.wait("a message", lambda: "nothing is marked here" in context.messages())


def test_dates_in_words(context):
    nvim = opened(context)
    said = {value: nvim.lua("return require('newsmark.dates').say(...)", value) for value in (
        "2024-02-29", "2024-03", "2024", "202", "19", "2024-W11", "2024-W11-WE", "2024-Q1", "2024-H2", "2024-SU",
        "XXXX-02-24", "P3D", "P1Y", "P2DE", "PT30M", "P1Y6M", "PXM", "2024-05-22TMO", "2024-06-10T10:00", "PRESENT_REF", "odd")}
    assert said == {
        "2024-02-29": "Thursday 29 February 2024", "2024-03": "March of 2024", "2024": "2024", "202": "the 2020s",
        "19": "the 1900s", "2024-W11": "week 11 of 2024", "2024-W11-WE": "the weekend of week 11 of 2024",
        "2024-Q1": "the first quarter of 2024", "2024-H2": "the second half of 2024", "2024-SU": "summer of 2024",
        "XXXX-02-24": "24 February of an unknown year", "P3D": "3 days", "P1Y": "1 year", "P2DE": "2 decades",
        "PT30M": "30 minutes", "P1Y6M": "1 year and 6 months", "PXM": "some months",
        "2024-05-22TMO": "Wednesday 22 May 2024, morning", "2024-06-10T10:00": "Monday 10 June 2024, 10:00",
        "PRESENT_REF": "now", "odd": "odd"}, said


def test_status(context):
    nvim = opened(context)
    assert nvim.lua("return vim.b.newsmark_status") == "5 names, 1 dates, 2 quotes"
    assert nvim.lua("return vim.b.newsmark_status_dict") == {
        "people": 2, "orgs": 1, "places": 2, "dates": 1, "quotes": 2, "tags": 0}
    nvim.command("Newsmark stop")
    nvim.wait("no status", lambda: nvim.lua("return vim.b.newsmark_status == nil"))


def test_stop_start_restart(context):
    nvim = opened(context)
    nvim.command("Newsmark stop")
    context.wait_marks()
    nvim.command("split other.txt | call setline(1, 'Oslo') | write")
    assert nvim.lua("return require('newsmark.client').client() == nil")
    nvim.command("Newsmark start")
    context.wait_marks("Oslo")
    nvim.command("quit | Newsmark restart")
    context.wait_marks(*ALL)
    assert len(nvim.lua("return vim.tbl_keys(require('newsmark.buffer').all())")) == 2


def test_two_buffers_one_server(context):
    nvim = opened(context)
    (context.folder / "second.txt").write_text("Oslo\n")
    nvim.command("split second.txt")
    context.wait_marks("Oslo")
    clients = "return #(vim.lsp.get_clients or vim.lsp.get_active_clients)()"
    assert nvim.lua(clients) == 1
    nvim.command("bwipeout!")
    context.wait_marks(*ALL)


# --- colours ----------------------------------------------------------------------------------------------------------

COLOR = "return vim.api.nvim_get_hl_by_name(..., true).foreground"


def test_colors_follow_the_background(context):
    nvim = opened(context, init="set background=dark")
    dark = nvim.lua(COLOR, "NewsmarkPerson")
    nvim.command("set background=light")
    light = nvim.lua(COLOR, "NewsmarkPerson")
    assert dark == 0x7FB3FF and light == 0x0B5CAD, (dark, light)
    nvim.command("colorscheme default")
    assert nvim.lua(COLOR, "NewsmarkPerson") in (0x7FB3FF, 0x0B5CAD)


def test_own_groups_win(context):
    nvim = opened(context, init="highlight NewsmarkPerson guifg=#123456")
    assert nvim.lua(COLOR, "NewsmarkPerson") == 0x123456
    nvim.command("set background=light")
    assert nvim.lua(COLOR, "NewsmarkPerson") == 0x123456


def test_colors_are_those_of_the_manifest(context):
    manifest = (context.root / "plugin.toml").read_text()
    found = re.findall(r'link = "(Newsmark\w+)", style = "(\w+)", light = "#(\w+)", dark = "#(\w+)"', manifest)
    # The ground of quotations is mixed with what is behind the text: here, with that of the terminal's palette.
    nvim = opened(context, init="set background=dark | highlight Normal guibg=#16181D")
    for group, style, *values in found:
        if group == "NewsmarkUncertain":
            continue
        older = {"underdouble": "underlineline", "underdotted": "underdot", "underdashed": "underdash"}
        definition = nvim.call("nvim_exec", "highlight NewsmarkDefault" + group[8:], True)
        assert style in ("none", "background") or style in definition or older[style] in definition, (style, definition)
        for background, value in zip(("light", "dark"), values):
            nvim.command("set background=" + background)
            nvim.command("highlight Normal guibg=" + ("#FFFFFF" if background == "light" else "#16181D"))
            nvim.lua("require('newsmark.colors').apply()")
            colors = nvim.lua("return vim.api.nvim_get_hl_by_name(..., true)", group)
            assert colors["background" if style == "background" else "foreground"] == int(value, 16), (group, background)
    assert len(found) > 8


def test_cvd_palette(context):
    nvim = opened(context, settings={"cmd": FAKE, "colors": "cvd"}, init="set background=dark")
    assert nvim.lua(COLOR, "NewsmarkPlace") == 0x009E73


def test_ground_shows_on_any_background(context):
    """A quotation's ground is made from the background that the colour scheme has, so it is seen on all of them."""
    nvim = opened(context)
    for background, normal in (("dark", "#000000"), ("dark", "#2A2A22"), ("dark", "#3B4252"), ("light", "#FDF6E3")):
        nvim.command(f"set background={background} | highlight Normal guibg={normal}")
        nvim.lua("require('newsmark.colors').apply()")
        for group in ("NewsmarkQuote", "NewsmarkQuote1", "NewsmarkUnattributed"):
            ground = nvim.lua("return vim.api.nvim_get_hl_by_name(..., true)", group)["background"]
            steps = [abs((ground >> shift & 255) - (int(normal[1:], 16) >> shift & 255)) for shift in (16, 8, 0)]
            assert max(steps) >= 12, (normal, group, hex(ground))


def test_each_voice_has_a_color(context):
    opened(context, settings={"cmd": FAKE + ["--voices"]})
    groups = {text: group for text, group, _ in context.marks()[4:]}
    assert groups["”Det är 🙂 bra”"] == "NewsmarkQuote4" and groups["Anna"] == "NewsmarkSpeaker4", groups
    assert groups["”två\nrader här”"] == "NewsmarkUnattributed", groups


def test_one_color_for_all_voices(context):
    opened(context, settings={"cmd": FAKE + ["--voices"], "speaker_colors": False})
    assert context.marks()[4][1] == "NewsmarkQuote" and context.marks()[9][1] == "NewsmarkSpeaker", context.marks()


def test_signs(context):
    nvim = opened(context, settings={"cmd": FAKE, "signs": True})
    nvim.wait("signs", lambda: nvim.screen.line(0).startswith("·"))
    signs = [[nvim.screen.line(row)[:2].strip(), nvim.screen.line(row)[2:7]] for row in range(4)]
    assert signs == [["·", "Anna "], ["", "     "], ["▎", "Oslo:"], ["?", "Sist "]], signs


def test_hints(context):
    nvim = opened(context, text=TEXT)
    nvim.command("Newsmark hints all")
    nvim.wait("who speaks", lambda: nvim.screen.line(2).rstrip().endswith("sa Anna.  Anna"))
    assert "speaker unknown" in nvim.screen.line(3), nvim.screen.line(3)
    assert nvim.screen.line(0).rstrip() == "Anna på Volvo 2024-03-14", "a day that says itself needs no hint"
    nvim.command("Newsmark hints line")
    nvim.type("3G")
    nvim.wait("the cursor's only", lambda: "speaker" not in nvim.screen.line(3) and "sa Anna.  Anna" in nvim.screen.line(2))
    nvim.command("Newsmark hints off")
    nvim.wait("none", lambda: "sa Anna.  Anna" not in nvim.screen.line(2))
    assert nvim.lines() == TEXT.splitlines()


def test_folds(context):
    text = "Anna kom.\n\n”Ja, det är bra”, sa Anna.\n\nHon gick.\n"
    nvim = context.start(text=text)
    context.wait_marks("Anna", "”Ja, det är bra”", "Anna", "sa", "Anna")
    nvim.command("Newsmark fold quotes")
    closed = "return vim.tbl_map(function(n) return vim.fn.foldclosed(n) end, { 1, 3, 5 })"
    assert nvim.lua(closed) == [-1, 3, -1], nvim.lua(closed)
    nvim.wait("the fold's text", lambda: "+ Anna: ”Ja, det är bra”" in nvim.screen.line(2))
    nvim.command("Newsmark fold text")
    assert nvim.lua(closed) == [1, -1, 5], nvim.lua(closed)
    nvim.command("Newsmark fold off")
    assert nvim.lua(closed) == [-1, -1, -1], nvim.lua(closed)


# --- trouble ----------------------------------------------------------------------------------------------------------

def health(nvim):
    nvim.command("checkhealth newsmark")
    text = "\n".join(nvim.lines())
    nvim.command("bwipeout!")
    return text


def test_missing_program_is_told_once(context):
    plugin = context.folder / "plugin-copy"
    plugin.mkdir()
    for part in ("plugin", "lua", "plugin.toml"):
        (plugin / part).symlink_to(context.root / part)
    nvim = context.start(settings={}, plugin=plugin, init="let $PATH = '/usr/bin:/bin'")
    nvim.command("split second.txt | write")
    nvim.wait("the message", lambda: "not built" in context.messages())
    messages = context.messages()
    assert messages.count("not built") == 1 and "Run `make` in" in messages, messages
    nvim.type("oOslo<Esc>")
    assert "not built" in health(nvim)


def test_wrong_cmd(context):
    nvim = context.start(settings={"cmd": ["/nowhere/newsmark"]})
    nvim.wait("the message", lambda: "cannot be run" in context.messages())


def test_server_that_dies_at_start(context):
    nvim = context.start(settings={"cmd": FAKE + ["--habit", "dies"]})
    nvim.wait("giving up", lambda: "the server ended (status 1)" in context.messages())
    assert "ended too often" in health(nvim)


def test_server_that_dies_later_comes_back(context):
    nvim = opened(context)
    nvim.type("GoDIE<Esc>")
    nvim.wait("a death", lambda: "exit code 3" in context.messages())
    context.wait_marks(*ALL)


def test_garbage(context):
    nvim = context.start(settings={"cmd": FAKE + ["--habit", "garbage"]})
    nvim.type("<CR>GoOslo<Esc>")
    nvim.wait("the text", lambda: nvim.lines()[-1] == "Oslo")
    assert context.texts() == []


def test_silence(context):
    nvim = context.start(settings={"cmd": FAKE + ["--habit", "silent"]})
    nvim.type("GoOslo<Esc>")
    nvim.wait("the text", lambda: nvim.lines()[-1] == "Oslo")
    assert "has not answered yet" in health(nvim)


def test_health(context):
    nvim = opened(context, settings={"cmd": FAKE, "colours": "cvd", "debounce_ms": "fast", "show": {"places": True},
                                     "colors": "pink"})
    text = health(nvim)
    assert "colours: there is no such setting" in text, text
    assert "debounce_ms: a number is needed, not a string" in text, text
    assert "show.places: there is no such setting" in text, text
    assert '"pink" is none of default, cvd, none' in text, text
    assert "running: client" in text and "1 buffers" in text, text
    assert "this check failed" not in text, text


def test_setup_overrides(context):
    nvim = context.start(init="set background=dark")
    nvim.lua("require('newsmark').setup({ show = { date = false }, uncertain_below = 0 })")
    nvim.command("Newsmark restart")
    context.wait_marks(*ALL)
    marks = context.marks()
    assert marks[2][:2] == ("2024-03-14", "") and marks[0][1] == "NewsmarkPerson", marks


def test_large_file_is_left_alone(context):
    nvim = context.start(settings={"cmd": FAKE, "max_bytes": 20})
    nvim.wait("the message", lambda: "larger than the setting max_bytes" in context.messages())


def test_helptags(context):
    nvim = context.start()
    doc = context.folder / "help" / "doc"
    doc.mkdir(parents=True)
    (doc / "newsmark.txt").write_text((context.root / "doc" / "newsmark.txt").read_text())
    nvim.command("helptags " + str(doc))
    tags = (doc / "tags").read_text()
    for tag in (":Newsmark-next", "newsmark-settings", "<Plug>(newsmark-info)", "hl-NewsmarkPerson", "b:newsmark_status"):
        assert tag in tags, tag
    assert tags == (context.root / "doc" / "tags").read_text(), "what make writes is what :helptags does"


def test_vim_lsp_enable(context):
    nvim = context.start(init="lua if vim.lsp.enable then vim.lsp.enable('newsmark') end")
    if nvim.lua("return vim.lsp.enable == nil"):
        return
    context.wait_marks(*ALL)
    assert nvim.lua("return #vim.lsp.get_clients()") == 1
