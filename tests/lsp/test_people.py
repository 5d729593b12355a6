"""What readers decide in the editor: shown at once, on disk before the answer, back when the article is opened again."""
import contextlib
import json
import os
import shutil
import tempfile

import client as lsp
from client import Failure

ARTICLE = ("Ny plan för Malmö\n\nAnna Berg från Nordbanken mötte Erik Holm i Oslo i maj 2024.\n\n"
           "”Det här är bra för Nordbanken”, sa Berg till Reuters.\n\nNordbanken svarar inte. 🙂 Nordbanken växer.\n")


def check(holds, what):
    if not holds:
        raise Failure(str(what))


@contextlib.contextmanager
def folder(**files):
    path = os.path.realpath(tempfile.mkdtemp())
    os.mkdir(path + "/.newsmark")
    try:
        for name, text in (files or {"a.txt": ARTICLE}).items():
            with open(path + "/" + name.replace("_", "."), "w", encoding="utf-8", newline="") as out:
                out.write(text)
        yield path
    finally:
        shutil.rmtree(path)


class Reader:
    """One editor with one article open."""

    def __init__(self, start, path, name="a.txt", **how):
        self.client = start(**how)
        self.path, self.name = path, name
        self.uri = "file://%s/%s" % (path, name)
        with open(path + "/" + name, encoding="utf-8", newline="") as article:
            self.text = lsp.Text(article.read())
        self.version = 1
        self.client.open(self.uri, self.text.text)

    def range(self, words, nth=0, after=0):
        at = after - 1
        for _ in range(nth + 1):
            at = self.text.text.index(words, at + 1)
        return {"start": self.text.position(at), "end": self.text.position(at + len(words))}

    def do(self, command, **args):
        args.setdefault("textDocument", {"uri": self.uri})
        return self.client.request("workspace/executeCommand", {"command": "newsmark." + command, "arguments": [args]})

    def fails(self, command, **args):
        args.setdefault("textDocument", {"uri": self.uri})
        return self.client.error("workspace/executeCommand", {"command": "newsmark." + command, "arguments": [args]})

    def ask(self, method, **params):
        return self.client.request("newsmark/" + method, {"textDocument": {"uri": self.uri}, **params})

    def all(self):
        return self.client.annotations(self.uri)["annotations"]

    def types(self, words):
        """What stands at each place of these words."""
        return [one["type"] for one in self.all() if one["text"] == words]

    def edit(self, old, new, nth=0):
        place = self.range(old, nth)
        at = self.text.offset(place["start"])
        self.version += 1
        self.client.change(self.uri, self.version, [{"range": place, "text": new}])
        self.text.set(self.text.text[:at] + new + self.text.text[at + len(old):])

    def save(self):
        with open("%s/%s" % (self.path, self.name), "w", encoding="utf-8", newline="") as out:
            out.write(self.text.text)
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})

    def records(self):
        try:
            with open("%s/.newsmark/annotations/%s.jsonl" % (self.path, self.name), encoding="utf-8") as file:
                return [json.loads(line) for line in file]
        except FileNotFoundError:
            return []

    def close(self):
        self.client.close(self.uri)
        self.client.finish()


def test_tag_here_is_on_disk_and_comes_back(start):
    with folder() as path:
        one = Reader(start, path)
        answer = one.do("tag", range=one.range("Nordbanken"), type="LOC")
        check(answer["count"] == 1 and answer["undo"] == 1, answer)
        record, = one.records()
        check(record["verdict"] == "made" and record["type"] == "LOC" and record["text"] == "Nordbanken", record)
        check(one.types("Nordbanken")[0] == "LOC", one.types("Nordbanken"))
        check(one.types("Nordbanken").count("LOC") == 1, "only here")
        mark = next(m for m in one.all() if m["text"] == "Nordbanken")
        check(mark["by"] == "human" and mark["verdict"] == "made" and mark["record"] == record["id"] and mark["confidence"] == 1, mark)
        one.close()
        two = Reader(start, path)
        check(two.types("Nordbanken")[0] == "LOC", two.types("Nordbanken"))


def test_first_notification_has_what_is_kept(start):
    with folder() as path:
        one = Reader(start, path)
        one.do("tag", range=one.range("Oslo"), type="ORG")
        one.close()
        two = Reader(start, path)
        first = two.client.notification("newsmark/publishAnnotations")
        check(first["full"] and [m["type"] for m in first["added"] if m["text"] == "Oslo"] == ["ORG"], first)


def test_everywhere_in_the_article(start):
    with folder() as path:
        one = Reader(start, path)
        seen = one.do("tag", range=one.range("Nordbanken"), type="PER", scope="article", preview=True)
        check(seen["count"] == 4 and len(seen["rows"]) == 4 and seen["rows"][0]["left"].endswith("från "), seen)
        check(not one.records(), "a preview does nothing")
        answer = one.do("tag", range=one.range("Nordbanken"), type="PER", scope="article")
        check(answer["count"] == 4, answer)
        check(one.types("Nordbanken") == ["PER"] * 4, one.types("Nordbanken"))
        one.do("undo")
        check("PER" not in one.types("Nordbanken"), one.types("Nordbanken"))
        check(all("gone" in r for r in one.records()), one.records())
        one.do("redo")
        check(one.types("Nordbanken") == ["PER"] * 4, one.types("Nordbanken"))
        check(one.fails("redo") == -32803, "nothing to do again")


def test_accepted_everywhere(start):
    """What the machine says of some words is said of them in every article; not of dates and quotations."""
    with folder(a_txt=ARTICLE, b_txt="Igår.\n\nOm nordstjärnan skrev Nordbanken inget.\n") as path:
        one = Reader(start, path)
        other = Reader(lambda **how: one.client, path, "b.txt")
        mark = next(m for m in one.all() if m["text"] == "Nordbanken")
        seen = one.do("accept", id=mark["id"], scope="folder", preview=True)
        check(seen["count"] == 5 and seen["articles"] == 2, seen)
        check(one.do("accept", id=mark["id"], scope="folder")["count"] == 4, "here")
        for marks in (one.all(), other.all()):
            found = [m for m in marks if m["text"] == "Nordbanken"]
            check(found and all(m["verdict"] == "rule" and m["type"] == mark["type"] and m["entity"] == mark["entity"] for m in found), found)
        one.do("undo")
        check(all("verdict" not in m for m in other.all()), other.all())
        date = next(m for m in one.all() if m["kind"] == "date")
        check(one.fails("accept", id=date["id"], scope="folder") == -32602, "another day elsewhere")


def test_undo_outlives_the_buffer(start):
    """An editor that reads its file again closes and opens it: what was done can still be taken back."""
    with folder() as path:
        one = Reader(start, path)
        one.do("tag", range=one.range("Oslo"), type="ORG")
        one.do("tag", range=one.range("Reuters"), type="LOC")
        one.client.close(one.uri)
        two = Reader(lambda **how: one.client, path)
        check(two.types("Oslo") == ["ORG"] and two.types("Reuters") == ["LOC"], two.all())
        two.do("undo")
        two.do("undo")
        check(two.types("Oslo") != ["ORG"] and two.types("Reuters") != ["LOC"], two.all())
        two.do("redo")
        check(two.types("Oslo") == ["ORG"], two.all())
        check(two.fails("tag", type="PER") == -32602 and two.do("redo")["redo"] == 0, "a failed act changes nothing")
        check(two.types("Reuters") == ["LOC"], two.all())


def test_everywhere_in_the_folder_at_once(start):
    with folder(a_txt=ARTICLE, b_txt="Igår.\n\nOm nordstjärnan skrev Nordbanken inget, men Kvarnbo växer.\n") as path:
        one = Reader(start, path)
        other = Reader(lambda **how: one.client, path, "b.txt")
        seen = one.do("tag", range=one.range("Nordbanken"), type="LOC", scope="folder", preview=True)
        check(seen["count"] == 5 and seen["articles"] == 2, seen)
        one.do("tag", range=one.range("Nordbanken"), type="LOC", scope="folder")
        check(one.types("Nordbanken") == ["LOC"] * 4, one.types("Nordbanken"))
        check(other.types("Nordbanken") == ["LOC"], other.all())
        other.do("tag", range=other.range("Kvarnbo"), type="weapon", scope="folder")
        check("weapon" in other.types("Kvarnbo"), other.all())
        other.do("reject", range=other.range("Nordbanken"))
        other.do("undo")
        one.do("untag", range=one.range("Nordbanken"), scope="folder")
        check(one.types("Nordbanken") == [] and other.types("Nordbanken") == [], one.types("Nordbanken"))
        lines = open(path + "/.newsmark/entities.jsonl", encoding="utf-8").read()
        check("Kvarnbo" in lines and "rejected" in lines, lines)


def test_rejected_stays_rejected(start):
    with folder() as path:
        one = Reader(start, path)
        check(one.types("Erik Holm") == ["PER"], one.all())
        mark = next(m for m in one.all() if m["text"] == "Erik Holm")
        one.do("reject", id=mark["id"])
        check(one.types("Erik Holm") == [], one.types("Erik Holm"))
        check([d["verdict"] for d in one.ask("decisions")] == ["rejected"], one.ask("decisions"))
        one.close()
        two = Reader(start, path)
        check(two.types("Erik Holm") == [], two.types("Erik Holm"))
        record = two.ask("decisions")[0]["record"]
        two.do("forget", record=record)
        check(two.types("Erik Holm") == ["PER"], two.types("Erik Holm"))


def test_accept_and_untag(start):
    with folder() as path:
        one = Reader(start, path)
        one.do("accept", range=one.range("Oslo"))
        mark = next(m for m in one.all() if m["text"] == "Oslo")
        check(mark["verdict"] == "accepted" and mark["by"] == "human", mark)
        one.do("untag", range=one.range("Oslo"))
        check(one.types("Oslo") == [], one.types("Oslo"))
        one.do("undo")
        check(one.types("Oslo") == ["LOC"], one.types("Oslo"))
        one.do("undo")
        mark = next(m for m in one.all() if m["text"] == "Oslo")
        check("verdict" not in mark and mark["by"] != "human", mark)


def test_speaker_and_source(start):
    with folder() as path:
        one = Reader(start, path)
        at = one.range("bra för")["start"]
        people = one.ask("people", position=at)
        check({p["name"] for p in people} >= {"Anna Berg", "Erik Holm"}, people)
        one.do("setSpeaker", position=at, kind="quote", mention=one.range("Erik Holm"))
        quote = next(m for m in one.all() if m["kind"] == "quote")
        check(quote["speaker"]["name"] == "Erik Holm" and quote["speaker"]["text"] == "Erik Holm", quote)
        one.do("setSource", position=at, kind="quote", name="Reuters")
        quote = next(m for m in one.all() if m["kind"] == "quote")
        check(quote["source"]["name"] == "Reuters" and quote["speaker"]["name"] == "Erik Holm", quote)
        one.do("setSpeaker", position=at, kind="quote", none=True)
        quote = next(m for m in one.all() if m["kind"] == "quote")
        check(quote["speaker"] is None, quote)
        one.close()
        two = Reader(start, path)
        quote = next(m for m in two.all() if m["kind"] == "quote")
        check(quote["speaker"] is None and quote["source"]["name"] == "Reuters" and quote["by"] == "human", quote)


def test_notes(start):
    with folder() as path:
        one = Reader(start, path)
        one.do("note", range=one.range("Oslo"), text="really?")
        mark = next(m for m in one.all() if m["text"] == "Oslo")
        check(mark["note"] == "really?" and mark["verdict"] == "noted" and mark["by"] != "human", mark)
        one.do("note", range=one.range("växer"), text="since when")
        check(one.types("växer") == ["note"], one.types("växer"))
        one.do("note", range=one.range("Oslo"), text="")
        check("note" not in next(m for m in one.all() if m["text"] == "Oslo"), "taken away")


def test_entities(start):
    with folder() as path:
        one = Reader(start, path)
        named = lambda words: [m["name"] for m in one.all() if m["text"] == words and m["kind"] == "entity"]
        one.do("renameEntity", range=one.range("Anna Berg"), name="Anna Maria Berg")
        check(named("Anna Berg") == ["Anna Maria Berg"] and named("Berg") == ["Anna Maria Berg"], one.all())
        quote = next(m for m in one.all() if m["kind"] == "quote")
        check(quote["speaker"]["name"] == "Anna Maria Berg", quote)
        one.do("addAlias", range=one.range("Anna Berg"), alias="växer")
        check(named("växer") == ["Anna Maria Berg"], named("växer"))
        one.do("joinEntities", range=one.range("Erik Holm"), into="Anna Maria Berg")
        check(named("Erik Holm") == ["Anna Maria Berg"], named("Erik Holm"))
        one.do("undo")
        check(named("Erik Holm") == ["Erik Holm"], named("Erik Holm"))
        one.do("joinEntities", range=one.range("Erik Holm"), into="name:somebody else", name="Somebody Else")
        check(named("Erik Holm") == ["Somebody Else"], named("Erik Holm"))
        one.do("undo")
        one.do("splitEntity", range=one.range("Berg", 1), name="Karin Berg")
        check(named("Berg") == ["Karin Berg"] and named("Anna Berg") == ["Anna Maria Berg"], one.all())
        quote = next(m for m in one.all() if m["kind"] == "quote")
        check(quote["speaker"]["name"] == "Karin Berg", quote)
        prepared = one.client.request("textDocument/prepareRename", {"textDocument": {"uri": one.uri}, "position": one.range("Erik Holm")["start"]})
        check(prepared["placeholder"] == "Erik Holm", prepared)
        renamed = one.client.request("textDocument/rename", {"textDocument": {"uri": one.uri}, "position": one.range("Erik Holm")["start"], "newName": "Erik O. Holm"})
        check(not renamed["changes"] and named("Erik Holm") == ["Erik O. Holm"], renamed)


def tagged(one, word, type):
    """Which of the places of `word` in the text have a mark of `type`, whatever the machine found elsewhere."""
    starts = [one.range(word, n)["start"] for n in range(one.text.text.count(word))]
    return [starts.index(m["range"]["start"]) for m in one.all() if m["text"] == word and m.get("type") == type]


def test_marks_follow_the_text(start):
    with folder() as path:
        one = Reader(start, path)
        one.do("tag", range=one.range("Nordbanken", 3), type="PER")
        one.edit("Anna Berg från", "I går 🙂 mötte Anna Berg från\r\n")
        one.edit("växer", "krymper")
        check(tagged(one, "Nordbanken", "PER") == [3], one.all())
        place = one.range("Nordbanken", 3)  # a letter typed inside the mark
        at = one.text.offset(place["start"]) + 4
        one.version += 1
        where = one.text.position(at)
        one.client.change(one.uri, one.version, [{"range": {"start": where, "end": where}, "text": "x"}])
        one.text.set(one.text.text[:at] + "x" + one.text.text[at:])
        check(one.types("Nordxbanken") == ["PER"], one.all())
        one.save()
        one.close()
        two = Reader(start, path)
        check(two.types("Nordxbanken") == ["PER"], two.ask("decisions"))


def test_cut_and_paste_and_orphans(start):
    with folder() as path:
        one = Reader(start, path)
        one.do("tag", range=one.range("Reuters"), type="LOC")
        sentence = "”Det här är bra för Nordbanken”, sa Berg till Reuters.\n"
        one.edit(sentence, "")
        check(one.types("Reuters") == [] and one.ask("review")["orphans"] == 1, one.ask("decisions"))
        orphan, = one.ask("decisions")
        check(orphan["range"] is None and orphan["why"] and orphan["text"] == "Reuters", orphan)
        one.edit("Nordbanken svarar", sentence + "\nNordbanken svarar")
        check(one.types("Reuters") == ["LOC"] and one.ask("review")["orphans"] == 0, one.ask("decisions"))
        one.edit(sentence, "")
        one.do("reattach", record=orphan["record"], range=one.range("svarar"))
        check(one.types("svarar") == ["LOC"], one.all())


def test_changed_while_closed(start):
    with folder() as path:
        one = Reader(start, path)
        one.do("tag", range=one.range("Nordbanken", 2), type="PER")
        one.do("tag", range=one.range("Reuters"), type="LOC")
        one.close()
        with open(path + "/a.txt", "w", encoding="utf-8") as out:
            out.write("Ingress om Nordbanken och Reuters som är ny.\n\n" + ARTICLE)
        two = Reader(start, path)
        check(tagged(two, "Nordbanken", "PER") == [3], two.all())
        check(tagged(two, "Reuters", "LOC") == [1], two.all())
        two.save()
        check(two.ask("review")["orphans"] == 0, two.ask("decisions"))


def test_two_editors_on_one_article(start):
    with folder() as path:
        one, two = Reader(start, path), Reader(start, path)
        one.do("tag", range=one.range("Oslo"), type="ORG")
        two.do("tag", range=two.range("Reuters"), type="LOC")
        check(two.types("Oslo") == ["ORG"], two.types("Oslo"))
        one.client.notification("newsmark/publishAnnotations", lambda p: any(m["text"] == "Reuters" and m["type"] == "LOC" for m in p["added"]))
        check(len(one.records()) == 2, one.records())


def test_review(start):
    with folder() as path:
        one = Reader(start, path)
        before = one.ask("review")
        check(before["state"] == "unread" and before["reviewed"] == 0 and before["unreviewed"] > 5, before)
        first = one.ask("next", position={"line": 0, "character": 0})
        one.do("accept", id=first["id"])
        second = one.ask("next", position=first["range"]["start"])
        check(second["id"] != first["id"], second)
        back = one.ask("next", position={"line": 9, "character": 0}, back=True, filter={"kinds": ["date"]})
        check(back["kind"] == "date", back)
        one.do("setState", state="done")
        status = one.client.notification("newsmark/reviewStatus", lambda p: p["state"] == "done")
        check(status["reviewed"] == 1, status)
        check({"id": "article", "kind": "article", "state": "done"}.items() <= one.records()[0].items(), one.records())
        check(one.ask("review")["state"] == "done", "kept")
        check(one.fails("setState", state="burnt") == -32602, "no such state")


def test_code_actions(start):
    with folder() as path:
        one = Reader(start, path)
        actions = lambda words, **more: one.client.request("textDocument/codeAction", {
            "textDocument": {"uri": one.uri}, "range": one.range(words), "context": {"diagnostics": [], **more}})
        offered = actions("Oslo")
        kinds = {a["kind"] for a in offered}
        check({"quickfix.newsmark.accept", "quickfix.newsmark.reject", "refactor.newsmark.tag", "refactor.newsmark.untag", "source.newsmark.acceptAll"} <= kinds, kinds)
        titles = [a["title"] for a in offered]
        for title in ("Accept Oslo as LOC everywhere in the folder", "Reject Oslo as LOC everywhere in this article", "Untag Oslo",
                      "This article: done"):
            check(title in titles, titles)
        check(len(titles) == len(set(titles)) and "Take back what was decided last" not in titles, titles)
        check({a["kind"] for a in actions("Oslo", only=["quickfix"])} == {"quickfix.newsmark.accept", "quickfix.newsmark.reject"}, "only")
        for title in ("Tag Oslo as organisation everywhere in this article", "Accept Oslo as LOC"):
            check(title in [a["title"] for a in offered], [a["title"] for a in offered])
        run = next(a for a in offered if a["title"] == "Tag Oslo as organisation")["command"]
        one.client.request("workspace/executeCommand", {"command": run["command"], "arguments": run["arguments"]})
        check(one.types("Oslo") == ["ORG"], one.types("Oslo"))
        speakers = [a for a in actions("bra för") if a["kind"] == "refactor.newsmark.speaker"]
        run = next(a for a in speakers if a["title"] == "Speaker: Erik Holm")["command"]
        one.client.request("workspace/executeCommand", {"command": run["command"], "arguments": run["arguments"]})
        check(next(m for m in one.all() if m["kind"] == "quote")["speaker"]["name"] == "Erik Holm", "by code action")

        def take(words, title):
            run = next(a for a in actions(words) if a["title"] == title)["command"]
            one.client.request("workspace/executeCommand", {"command": run["command"], "arguments": run["arguments"]})

        take("bra för", "Source: Erik Holm")
        check(next(m for m in one.all() if m["kind"] == "quote")["source"]["name"] == "Erik Holm", "a source")
        take("Oslo", "Take back what was decided last")
        check(next(m for m in one.all() if m["kind"] == "quote")["source"]["name"] != "Erik Holm", "taken back")
        take("Oslo", "Decide again what was taken back")
        take("Erik Holm", "Erik Holm is Anna Berg")
        ids = {m["entity"] for m in one.all() if m["text"] in ("Erik Holm", "Anna Berg")}
        check(len(ids) == 1, ids)
        one.do("tag", range=one.range("växer"), type="growth")
        take("svarar", "Tag svarar as growth")
        check(one.types("svarar") == ["growth"], "a tag that the article has already")
        take("Oslo", "This article: in work")
        check(one.ask("review")["state"] == "work", "a state")


def test_refused(start):
    with folder() as path:
        one = Reader(start, path)
        check(one.fails("tag", range=one.range("Oslo")) == -32602, "no type")
        check(one.fails("tag", type="PER") == -32602, "no place")
        check(one.fails("nonsense", type="PER") == -32602, "no such command")
        check(one.fails("accept", range=one.range("växer")) == -32803, "nothing there")
        check(one.fails("undo") == -32803, "nothing to take back")
        check(one.fails("accept", id="ffff") == -32803, "no such id")
        client = one.client
        client.open("untitled:1", ARTICLE)
        code = client.error("workspace/executeCommand", {"command": "newsmark.tag", "arguments": [
            {"textDocument": {"uri": "untitled:1"}, "range": one.range("Oslo"), "type": "PER"}]})
        check(code == -32803, "no file")


def test_read_only_folder_says_so(start):
    if os.geteuid() == 0:
        return  # root may write anywhere
    with folder() as path:
        os.chmod(path + "/.newsmark", 0o500)
        one = Reader(start, path)
        check(one.fails("tag", range=one.range("Oslo"), type="ORG") == -32803, "cannot be kept")
        os.chmod(path + "/.newsmark", 0o700)


def test_articles_by_state(start):
    with folder(a_txt=ARTICLE, b_txt="Annat.\n") as path:
        one = Reader(start, path)
        check(one.ask("articles") == [], one.ask("articles"))
        one.do("accept", range=one.range("Oslo"))
        one.do("setState", state="work")
        row, = one.ask("articles")
        check(row == {"uri": one.uri, "path": "a.txt", "state": "work", "reviewed": 1, "orphans": 0}, row)
        check([r["path"] for r in one.ask("articles", state="unread")] == ["b.txt"], one.ask("articles", state="unread"))


def test_articles_of_folders_and_forms(start):
    with folder(a_txt=ARTICLE) as path:
        os.makedirs(path + "/2024/.drafts")
        for name in ("2024/å och b.md", "2024/c.html", "2024/.drafts/d.txt", "2024/e.pdf"):
            with open(path + "/" + name, "w", encoding="utf-8") as out:
                out.write("<p>Oslo.</p>\n" if name.endswith("html") else "Oslo.\n")
        one, html = Reader(start, path), Reader(start, path, "2024/c.html")
        html.do("accept", range=html.range("Oslo"))
        one.do("reject", range=one.range("Oslo"))
        one.do("tag", range=one.range("Malmö"), type="ORG")
        wanted = [("2024/c.html", 1, 0), ("a.txt", 1, 0)]
        check([(r["path"], r["reviewed"], r["orphans"]) for r in one.ask("articles")] == wanted, one.ask("articles"))
        unread = one.ask("articles", state="unread")
        check([r["path"] for r in unread] == ["2024/c.html", "2024/å och b.md", "a.txt"], unread)
        check(unread[1]["uri"].endswith("/2024/%C3%A5%20och%20b.md"), unread)

        # A folder below the marked one is the marked one's; its marks are seen without an open article, and orphans.
        with open(path + "/a.txt", "w", encoding="utf-8") as out:
            out.write("Något helt annat.\n")
        below = one.client.request("newsmark/articles", {"folder": "file://%s/2024" % path})
        check([(r["path"], r["reviewed"], r["orphans"]) for r in below] == [wanted[0], ("a.txt", 0, 2)], below)
        html.do("undo")
        html.client.notify("textDocument/didClose", {"textDocument": {"uri": html.uri}})
        check([r["path"] for r in html.ask("articles")] == ["a.txt"], html.ask("articles"))


def test_articles_settled_by_the_folder(start):
    """What one decision says of all articles counts in all of them, as it does in the open one."""
    with folder(a_txt=ARTICLE, b_html="<p>Nordbanken och Oslo.</p>\n<!-- Nordbanken -->\n", c_txt="Annat.\n") as path:
        one = Reader(start, path)
        mark = next(a for a in one.ask("annotations")["annotations"] if a["text"] == "Nordbanken")
        one.do("accept", id=mark["id"], scope="folder")
        one.do("accept", range=one.range("Oslo"))
        row, = one.ask("articles")
        check(row["reviewed"] == one.ask("review")["reviewed"] == 5, (row, one.ask("review")))
        rest = [(r["path"], r["reviewed"]) for r in one.ask("articles", state="unread")]
        check(rest == [("a.txt", 5), ("b.html", 1), ("c.txt", 0)], rest)


def test_doubts(start):
    """What is open, with its place; what is decided is open no more, and open again once that is undone."""
    text = "”Ingen har frågat oss.”\n\n– Vi är 🙂 oroliga, säger Wistrand i tisdags.\n"
    with folder(a_txt=text) as path:
        one = Reader(start, path)

        def asked():
            return {row["code"]: (row["question"], row["kind"], row["type"], one.text.slice(row["range"])) for row in one.ask("doubts")}

        rows = asked()
        check(rows == {"no-speaker": ("who said it?", "quote", "direct", "”Ingen har frågat oss.”"),
                       "who": ("who is it (one name only)?", "entity", "PER", "Wistrand"),
                       "written": ("when was this written (no date)?", "date", "DATE", "i tisdags")}, rows)
        one.do("setSpeaker", position={"line": 0, "character": 0}, kind="quote", name="Anna Wistrand")
        one.do("renameEntity", position=one.range("Wistrand")["start"], kind="entity", name="Anna Wistrand")
        check(list(asked()) == ["written"], asked())
        one.do("undo")
        one.do("undo")
        check(asked() == rows, asked())


def test_doubts_as_diagnostics(start):
    """On wish: the same questions as newsmark/doubts, told anew when they change, beside what is wrong in the front matter."""
    text = "---\nnewsmark-dat: 2024-01-01\n---\n\n”Ingen har 🙂 frågat oss.”\n\n– Vi är oroliga, säger Wistrand i tisdags.\n"
    with folder(a_txt=text) as path:
        one = Reader(start, path)

        def told(condition):
            return [d for d in one.client.notification("textDocument/publishDiagnostics",
                    lambda p: p["uri"] == one.uri and condition({d["code"] for d in p["diagnostics"]}))["diagnostics"] if d["code"] != "settings"]

        def wish(settings):
            one.client.notify("workspace/didChangeConfiguration", {"settings": {"newsmark": settings}})

        told(lambda codes: codes == {"settings"})
        wish({"doubts": True})
        shown = told(lambda codes: len(codes) > 1)
        check([(d["code"], d["message"], d["range"]) for d in shown] ==
              [(row["code"], row["question"], row["range"]) for row in one.ask("doubts")] and len(shown) == 3, shown)
        check({d["severity"] for d in shown} == {3}, shown)
        one.do("setSpeaker", position=shown[0]["range"]["start"], kind="quote", name="Anna Wistrand")
        told(lambda codes: "settings" in codes and "no-speaker" not in codes)
        wish({})
        told(lambda codes: codes == {"settings"})
        wish({"doubts": True})
        told(lambda codes: "who" in codes)
        one.client.close(one.uri)
        told(lambda codes: not codes)


def test_articles_refused(start):
    with folder() as path:
        one = Reader(start, path)
        for params, code in (({"textDocument": {"uri": one.uri}, "state": "read"}, -32602), ({"folder": "http://x/y"}, -32803), ({}, -32803),
                             ({"textDocument": {"uri": "untitled:1"}}, -32803)):
            check(one.client.error("newsmark/articles", params) == code, params)
