"""What the reader decides, in Neovim by keys: asked of the fake server, which keeps the marks of people as the real one does."""
import json

from test_nvim import ALL, FAKE, TEXT, Context, info  # noqa: F401 (run.py makes the Context)

MAPS = "\n".join(
    [f"{mode}map g{key} <Plug>(newsmark-tag-{kind})" for mode in "nx" for key, kind in (("p", "person"), ("o", "org"))]
    + ["nmap gt <Plug>(newsmark-tag)", "xmap gt <Plug>(newsmark-tag)"]
    + [f"nmap g{key} <Plug>(newsmark-{name})" for key, name in (
        ("a", "accept"), ("x", "reject"), ("s", "speaker"), ("n", "note"), ("u", "undo"), ("U", "redo"), ("r", "review"))]
    # The reader's choices, in order, at vim.ui.select() and vim.ui.input().
    + ["lua _G.offered = {}",
       "lua vim.ui.select = function(items, o, done) local f = o.format_item or tostring table.insert(_G.offered, vim.tbl_map(f, "
       "items)) local want = table.remove(_G.choices, 1) for i, item in ipairs(items) do if f(item):find(want, 1, true) then "
       "return done(item, i) end end done(nil) end",
       "lua vim.ui.input = function(o, done) done(table.remove(_G.choices, 1)) end"])


def opened(context, choices=(), **more):
    wanted = "lua _G.choices = vim.fn.json_decode('%s')" % json.dumps(list(choices))
    nvim = context.start(init="\n".join([MAPS, wanted, more.pop("init", "")]), **more)
    context.wait_marks(*ALL)
    return nvim


def asked(context):
    """The commands that the server got: [name, argument]."""
    path = context.folder / "commands"
    whole, _, _ = path.read_text().rpartition("\n") if path.exists() else ("", "", "")
    return [json.loads(line) for line in whole.splitlines()]


def wait_group(context, text, group):
    context.nvim.wait(f"{text} as {group}", lambda: (text, group) in [mark[:2] for mark in context.marks()])


def at(nvim, word):
    nvim.type(f"gg0/{word}<CR>:noh<CR>")


def test_operator_and_dot(context):
    nvim = opened(context)
    at(nvim, "på")
    nvim.type("gpiw")
    wait_group(context, "på", "NewsmarkPerson")
    at(nvim, "och")
    nvim.type(".")
    wait_group(context, "och", "NewsmarkPerson")
    name, argument = asked(context)[-1]
    assert name == "tag" and argument["type"] == "PER" and argument["range"]["start"]["line"] == 4, argument
    assert nvim.lines() == TEXT.splitlines() and not nvim.lua("return vim.bo.modified")
    nvim.wait("what was done in words", lambda: "tag: 1 × och" in context.messages())
    nvim.type("gu")
    nvim.wait("it is taken back", lambda: "och" not in context.texts())
    nvim.type("gU")
    wait_group(context, "och", "NewsmarkPerson")


def test_visual_and_a_chosen_type(context):
    nvim = opened(context, ["org"])
    at(nvim, "Det")
    nvim.type("veegt")
    wait_group(context, "Det är", "NewsmarkOrg")
    assert nvim.lua("return _G.offered[1]")[:3] == ["person", "org", "place"], nvim.lua("return _G.offered")
    at(nvim, "bra")
    nvim.type("ve:Newsmark tag place<CR>")
    wait_group(context, "bra", "NewsmarkPlace")
    nvim.command("Newsmark tag vessel value=9074729")
    wait_group(context, "bra", "NewsmarkTagVessel")
    assert asked(context)[-1][1]["value"] == "9074729"
    nvim.command("Newsmark tag person name=Anna Maria Berg here")
    nvim.wait("a name of several words", lambda: asked(context)[-1][1].get("name") == "Anna Maria Berg")
    nvim.command('Newsmark tag! vessel value="the old one"')
    nvim.wait("a value of several words", lambda: asked(context)[-1][1].get("value") == "the old one")


def test_positions_in_utf_16(context):
    nvim = opened(context, settings={"cmd": FAKE + ["--encoding", "utf-16"]})
    at(nvim, "bra")
    nvim.type("vegp")
    wait_group(context, "bra", "NewsmarkPerson")
    start = asked(context)[-1][1]["range"]["start"]
    assert start == {"line": 2, "character": len("Oslo: ”Det är 🙂 ".encode("utf-16-le")) // 2}, start


def test_everywhere_with_a_preview(context):
    nvim = opened(context)
    nvim.command("Newsmark reject article")
    nvim.wait("the preview", lambda: nvim.screen.find("Reject 2 places?"))
    assert nvim.screen.find("y does it, n leaves it") and nvim.screen.find("Anna på Volvo"), nvim.screen.line(10)
    nvim.type("n")
    assert [name for name, argument in asked(context) if not argument.get("preview")] == []
    nvim.command("Newsmark tag org article")
    nvim.wait("the preview", lambda: nvim.screen.find("Tag 2 places as ORG?"))
    nvim.type("y")
    nvim.wait("both", lambda: [m[1] for m in context.marks() if m[0] == "Anna"].count("NewsmarkOrg") == 2)
    nvim.command("Newsmark! tag person article")
    nvim.wait("both, unasked", lambda: [m[1] for m in context.marks() if m[0] == "Anna"].count("NewsmarkPerson") == 2)


def test_accept_reject_untag(context):
    nvim = opened(context)
    at(nvim, "2024")
    nvim.type("ga")
    wait_group(context, "2024-03-14", "NewsmarkDate")  # no longer doubtful
    assert "accepted by a person" in info(nvim, 1, 20)
    at(nvim, "Volvo")
    nvim.type("gx")
    nvim.wait("no Volvo", lambda: "Volvo" not in context.texts())
    at(nvim, "Oslo")
    nvim.type(".")
    nvim.wait("one Oslo less", lambda: context.texts().count("Oslo") == 1)
    at(nvim, "rader")
    nvim.type("j0")
    nvim.command("call setline(2, 'x') | call cursor(2, 1) | Newsmark untag")
    nvim.wait("words", lambda: "nothing is marked here" in context.messages())


def test_speaker(context):
    nvim = opened(context, ["Volvo", "another", "Ulla Ek", "nobody"])
    at(nvim, "bra")
    nvim.type("gs")
    nvim.wait("a choice", lambda: asked(context) and asked(context)[-1][1].get("name") == "Volvo")
    argument = asked(context)[-1][1]
    assert argument["kind"] == "quote" and argument["mention"]["start"]["line"] == 0, argument
    assert nvim.lua("return _G.offered[1]") == ["Anna  2×", "Volvo  1×", "nobody", "another name …"]
    nvim.type("gs")
    nvim.wait("a name", lambda: asked(context)[-1][1].get("name") == "Ulla Ek")
    at(nvim, "två")
    nvim.type(".")
    nvim.wait("the same one there", lambda: asked(context)[-1][1]["position"]["line"] == 3)
    assert asked(context)[-1][1]["name"] == "Ulla Ek" and "mention" not in asked(context)[-1][1]
    nvim.type("gs")
    nvim.wait("nobody", lambda: asked(context)[-1][1].get("none") is True)
    wait_group(context, "”två\nrader här”", "NewsmarkUnattributed")
    nvim.command("Newsmark speaker Karin Ek")
    nvim.wait("by name", lambda: asked(context)[-1][1].get("name") == "Karin Ek")
    nvim.wait("the people, who come within a moment or not at all",
              lambda: nvim.lua("return vim.fn.getcompletion('Newsmark speaker A', 'cmdline')") == ["Anna"])


def test_note_and_rename(context):
    nvim = opened(context, ["ask her", "Anna Ek"], settings={"cmd": FAKE, "signs": True})
    nvim.type("gggn")
    nvim.wait("the sign", lambda: nvim.screen.line(0).startswith("✎"))
    assert "note      ask her" in info(nvim, 1, 0)
    nvim.command("Newsmark rename")
    nvim.wait("the name", lambda: asked(context)[-1][0] == "renameEntity" and asked(context)[-1][1]["name"] == "Anna Ek")


def test_review(context):
    nvim = opened(context)
    nvim.wait("counts", lambda: nvim.lua("return vim.b.newsmark_review_status") == "0/8 reviewed, 1 doubtful")
    nvim.type("G$gr")
    nvim.wait("the first one", lambda: nvim.call("nvim_win_get_cursor", 0) == [1, 0])
    nvim.wait("in work", lambda: asked(context)[0][0] == "setState" and asked(context)[0][1]["state"] == "work")
    nvim.wait("signs", lambda: nvim.screen.line(0).lstrip().startswith(("·", "?")))
    nvim.type("<CR>")
    nvim.wait("accepted, and the next", lambda: nvim.call("nvim_win_get_cursor", 0) == [1, 9])
    wait_group(context, "Anna", "NewsmarkReviewed")
    nvim.type("x")
    nvim.wait("rejected, and the next", lambda: nvim.call("nvim_win_get_cursor", 0) == [1, 15])
    nvim.type("<Tab>")
    assert nvim.call("nvim_win_get_cursor", 0) == [3, 0]
    nvim.type("o")
    nvim.wait("another type", lambda: asked(context)[-1][1].get("type") == "ORG")
    nvim.wait("counts", lambda: nvim.lua("return vim.b.newsmark_review_status") == "2/7 reviewed, 1 doubtful")
    nvim.command("Newsmark review kind=date below=0.6")
    assert nvim.call("nvim_win_get_cursor", 0) == [1, 15]
    nvim.type("q")
    assert nvim.lua("return vim.fn.maparg('<CR>', 'n')") == ""
    nvim.wait("colours again", lambda: "NewsmarkReviewed" not in [m[1] for m in context.marks()])
    for words, told in (("review kind", "kind is none of"), ("review below=x", "a number from 0 to 1")):
        nvim.command("Newsmark " + words)
        assert told in context.messages(), context.messages()


def test_next_article_and_state(context):
    nvim = opened(context, ["x"])
    (context.folder / "second.txt").write_text("Oslo\n")
    nvim.type("gr")
    nvim.type("D")
    nvim.wait("the next article", lambda: nvim.call("nvim_buf_get_name", 0).endswith("second.txt"))
    assert [argument.get("state") for name, argument in asked(context) if name == "setState"] == ["work", "done"]
    nvim.command("Newsmark articles")
    nvim.wait("a listing", lambda: nvim.screen.find("unread       0 reviewed  article.txt"))
    nvim.type("G<CR>")
    assert nvim.call("nvim_buf_get_name", 0).endswith("second.txt")


def test_decisions(context):
    nvim = opened(context)
    nvim.type("ggga")
    wait_group(context, "Anna", "NewsmarkPerson")
    nvim.command("Newsmark decisions")
    nvim.wait("a listing", lambda: nvim.screen.find("What people decided · 2 decisions"))
    assert nvim.screen.find("Without a place") and nvim.screen.find("sade Ulla till"), nvim.lines()
    nvim.type("G<CR>")
    assert nvim.call("nvim_win_get_cursor", 0) == [1, 0]


def test_scripts(context):
    nvim = opened(context, ["Not now", "Trust it"], settings={"cmd": FAKE + ["--scripts"]}, init="set background=dark")
    nvim.wait("the question", lambda: nvim.lua("return #_G.offered") == 1)
    assert nvim.lua("return _G.offered[1]") == ["Not now", "Read it first", "Trust it"]
    nvim.command("Newsmark scripts")
    nvim.wait("a listing", lambda: nvim.screen.find("Scripts · 2 scripts"))
    assert nvim.screen.find("untrusted") and nvim.screen.find("line 3: no such list") and nvim.screen.find("0.3     0.9")
    nvim.type("G")
    nvim.type("t")
    nvim.wait("it runs", lambda: nvim.screen.find("project  running"))
    nvim.command("Newsmark log")
    nvim.wait("the log", lambda: nvim.screen.find("2026-03-01 12:00:00 info    ships: hello"))
    assert "ship" in nvim.lua("return vim.fn.getcompletion('Newsmark tag s', 'cmdline')")
    group = nvim.lua("return require('newsmark.colors').tag_group('ship')")
    assert nvim.lua("return vim.api.nvim_get_hl_by_name(..., true)", group)["foreground"] == 0x7FD0E8


def test_wrong_words(context):
    nvim = opened(context)
    nvim.command("Newsmark accept everywhere")
    assert "everywhere is no scope" in context.messages()
    assert nvim.lua("return vim.fn.getcompletion('Newsmark accept ', 'cmdline')") == ["here", "article", "folder"]
    assert nvim.lua("return vim.fn.getcompletion('Newsmark tag p', 'cmdline')") == ["person", "place"]
    assert nvim.lua("return vim.fn.getcompletion('Newsmark review kind=e', 'cmdline')") == ["kind=entity"]
