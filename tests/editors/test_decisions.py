"""What the reader decides, in Neovim by keys, with the real server: it is kept on disk, and laid over every later run."""
import json

from test_actions import MAPS, at
from test_nvim import Context  # noqa: F401 (run.py makes the Context)
from test_real import FOLDER, server


def press(context, **more):
    folder = context.folder / "press"
    folder.mkdir()
    for name, text in FOLDER.items():
        (folder / name).write_text(text)
    (folder / ".newsmark.toml").touch()
    nvim = context.start(settings={**server(context), **more}, files=[folder / "a.txt"], init=MAPS + "\nlua _G.choices = {}")
    nvim.wait("marks", lambda: "Bryssel" in context.texts())
    return nvim


def kept(context):
    path = context.folder / "press" / ".newsmark" / "annotations" / "a.txt.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def shown(context, text):
    return [group for words, group, _ in context.marks() if words == text]


def test_tagged_kept_and_there_again(context):
    nvim = press(context)
    at(nvim, "Hamnen")
    nvim.type("gpiw")
    nvim.wait("a person", lambda: shown(context, "Hamnen") == ["NewsmarkPerson"])
    nvim.wait("it is on disk", lambda: [one["text"] for one in kept(context) if one.get("verdict") == "made"] == ["Hamnen"])
    nvim.command("edit press/b.txt | bwipeout! press/a.txt | edit press/a.txt")
    nvim.wait("it is there again", lambda: shown(context, "Hamnen") == ["NewsmarkPerson"])
    nvim.type("gggu")
    nvim.wait("words", lambda: "newsmark" in context.messages())
    assert (context.folder / "press" / "a.txt").read_text() == FOLDER["a.txt"]


def test_rejected_undone_and_everywhere(context):
    nvim = press(context)
    at(nvim, "Bryssel")
    nvim.type("gx")
    nvim.wait("one Bryssel less", lambda: context.texts().count("Bryssel") == 1)
    nvim.type("gu")
    nvim.wait("both again", lambda: context.texts().count("Bryssel") == 2)
    nvim.command("Newsmark tag org article")
    nvim.wait("the preview", lambda: nvim.screen.find("Tag 2 places"))
    nvim.type("y")
    nvim.wait("both", lambda: shown(context, "Bryssel") == ["NewsmarkOrg"] * 2)
    nvim.wait("what was done in words", lambda: "2" in context.messages())


def test_a_speaker(context):
    nvim = press(context)
    at(nvim, "vänta")
    nvim.command("Newsmark speaker Ulla Ek")
    nvim.wait("her name in the window", lambda: "Ulla Ek" in nvim.lua("""
      local found = require("newsmark.info").here()
      return found[1] and table.concat(require("newsmark.info").lines(found[1], require("newsmark.buffer").get(0)), "\\n") or "" """))
    nvim.command("Newsmark speaker -")
    nvim.wait("nobody", lambda: "NewsmarkUnattributed" in [group for _, group, _ in context.marks()])


def test_review_to_the_end(context):
    nvim = press(context)
    total = nvim.wait("counts", lambda: nvim.lua("return vim.b.newsmark_review and vim.b.newsmark_review.unreviewed"))
    nvim.type("gggr")
    for reviewed in range(total):
        nvim.wait("the next", lambda: nvim.lua("""
          local found = require("newsmark.info").here()
          return #found > 0 and not require("newsmark.review").is_reviewed(found[1])"""))
        nvim.call("nvim_input", "<CR>")
        nvim.wait("one more", lambda n=reviewed: nvim.lua("return vim.b.newsmark_review.reviewed") == n + 1)
    assert nvim.lua("return vim.b.newsmark_review.unreviewed") == 0
    nvim.command("Newsmark review off")
    nvim.command("Newsmark decisions")
    nvim.wait("a listing", lambda: nvim.screen.find(f"What people decided · {total} decisions"))


def test_code_actions_are_neovims(context):
    nvim = press(context)
    at(nvim, "Bryssel")
    nvim.lua("_G.choices = { 'ccept' }")
    nvim.lua("vim.lsp.buf.code_action()")
    nvim.wait("it is accepted", lambda: [one for one in kept(context) if one.get("verdict") == "accepted"])
