"""Neovim with the real server on the sample articles."""
import json
import subprocess

from test_nvim import Context, health, random_edits  # noqa: F401 (run.py makes the Context)


def samples(context):
    return sorted((context.root / "tests" / "data" / "articles").iterdir())


def annotated(context, path):
    """What the command line finds in a file: (kind, text) in order."""
    out = subprocess.run([context.build / "newsmark", "annotate", "--format", "json", path], check=True,
                         capture_output=True, text=True)
    return [(a["kind"], a["text"]) for a in json.loads(out.stdout)["annotations"]]


DRAWN = """
local found, buffer, render = {}, require("newsmark.buffer").get(0), require("newsmark.render")
for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, render.ns, 0, -1, { details = true })) do
  local d = mark[4]
  local annotation = buffer.marks[buffer.id_of[mark[1]]].annotation
  local text = table.concat(vim.api.nvim_buf_get_text(0, mark[2], mark[3], d.end_row, d.end_col, {}), "\\n")
  found[#found + 1] = { annotation.kind, text }
end
return found
"""


def test_every_sample_is_as_on_the_command_line(context):
    nvim = context.start(settings=server(context), text="")
    for path in samples(context):
        copy = context.folder / path.name
        copy.write_bytes(path.read_bytes())
        want = sorted(annotated(context, copy))
        nvim.command("edit " + str(copy))
        nvim.wait(f"{len(want)} marks in {path.name}",
                  lambda w=want: sorted(map(tuple, nvim.lua(
                      "return require('newsmark.buffer').get(0) and (function() " + DRAWN + " end)() or {}"))) == w)
        assert want, path.name


def server(context):
    return {"cmd": [str(context.build / "newsmark"), "lsp"]}


def sample(context, name):
    text = (context.root / "tests" / "data" / "articles" / name).read_text()
    nvim = context.start(settings=server(context), text=text, name=name)
    nvim.wait("marks", lambda: nvim.lua("return vim.b.newsmark_status ~= nil and vim.b.newsmark_status_dict.quotes > 0"))
    return nvim


def test_random_edits_swedish(context):
    sample(context, "sv-hamnen.txt")
    random_edits(context, 25, 2, seed=1)


def test_random_edits_german_markdown(context):
    sample(context, "de-wasserwerk.md")
    random_edits(context, 25, 2, seed=2)


def test_info_of_a_date(context):
    nvim = sample(context, "sv-hamnen.txt")
    nvim.call("nvim_win_set_cursor", 0, [1, 0])
    nvim.command("call search('onsdagen')")
    lines = nvim.lua("""local cursor = vim.api.nvim_win_get_cursor(0)
      local info = require("newsmark.info")
      local found = info.at(0, cursor[1] - 1, cursor[2])
      return info.lines(found[1], require("newsmark.buffer").get(0))""")
    assert any("Wednesday 13 March 2024" in line for line in lines), lines


def test_health(context):
    nvim = sample(context, "nb-kabelen.txt")
    text = health(nvim)
    assert "ERROR" not in text and "running: client" in text and "program: " in text, text


def test_large_article(context):
    """A megabyte opens, and a key in its middle is answered."""
    text = (context.root / "tests" / "data" / "articles" / "sv-hamnen.txt").read_text()
    nvim = context.start(settings=server(context), text=text * (1 + 1000000 // len(text.encode())), name="large.txt")
    nvim.wait("marks", lambda: nvim.lua("return vim.b.newsmark_status ~= nil and vim.b.newsmark_status_dict.quotes > 1000"),
              timeout=60)
    nvim.type("9000Goden 3 maj 2021<Esc>")
    nvim.wait("the new date", lambda: "NewsmarkDate" in str(nvim.lua("""
      local row = vim.api.nvim_win_get_cursor(0)[1] - 1
      return vim.api.nvim_buf_get_extmarks(0, require("newsmark.render").ns, { row, 0 }, { row, -1 }, { details = true })""")))


def test_ordinary_typing_asks_nothing_twice(context):
    nvim = sample(context, "sv-hamnen.txt")
    nvim.lua("""_G.asked = 0
      local client = require("newsmark.client")
      local request = client.request
      client.request = function(...) _G.asked = _G.asked + 1 return request(...) end""")
    for place in ("fråga om", "svensk lag", "Beslutet"):
        nvim.command(f"call search('{place}')")
        nvim.type("idet som var då <Esc>")
    nvim.type("Goden 3 maj 2021<Esc>")
    nvim.wait("the new date", lambda: nvim.lua(DRAWN)[-1] == ["date", "den 3 maj 2021"])
    assert nvim.lua("return _G.asked") <= 2, nvim.lua("return _G.asked")
