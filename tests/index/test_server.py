"""The index in the language server."""
import os
import shutil
import time
import urllib.parse

from place import BUILD, STONES, corpus, equal, expect, numbers, test
from again import again
import client as lsp  # noqa: E402


class Server:
    """`newsmark lsp` with the place's folder as its workspace."""

    def __init__(self, place, **more):
        self.folder = "file://" + urllib.parse.quote(place.dir)
        os.environ.update(XDG_CACHE_HOME=place.cache, HOME=place.home)
        self.client = lsp.Client(BUILD)
        self.client.initialize(workspaceFolders=[{"uri": self.folder, "name": "articles"}], **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        lsp.kill(self.client)

    def ready(self):
        return self.client.notification("newsmark/indexStatus", lambda p: p["state"] == "ready")

    def rows(self, what, **params):
        return self.client.request("newsmark/" + what, params)["rows"]


@test
def a_marked_folder_is_indexed_in_the_background(place):
    place.write(".newsmark.toml", "")
    place.write("a.txt", "\U0001f600 “We will not sell,” said Åsa Lindqvist on 3 May 2023.\n")
    with Server(place, encodings=["utf-16"]) as server:
        status = server.ready()
        equal((status["folder"], status["done"]), (server.folder, 1), "status")
        row = server.rows("quotes", name="lindqvist")[0]
        equal(row["uri"], server.folder + "/a.txt", "uri")
        equal(row["range"], {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 22}}, "range in UTF-16")
        place.write("b/c.txt", "Berta Strand spoke in Leeds.\n", age=0)
        place.until(lambda: [r["path"] for r in server.rows("search", words="stra", prefix=True)] == ["b/c.txt"], "a new file")
        symbols = server.client.request("workspace/symbol", {"query": "lindq"})
        equal([(s["name"], s["location"]["uri"]) for s in symbols], [("Åsa Lindqvist", server.folder + "/a.txt")], "symbols")
        for what in ("entities", "timeline"):
            expect(isinstance(server.rows(what), list), what)
        equal(server.client.error("newsmark/search", {}), -32602, "error of a search for nothing")
        for day in ("2024-99-99", "2023-02-29", "yesterday"):
            equal(server.client.error("newsmark/quotes", {"from": day}), -32602, "error of a question from %s on" % day)
            equal(server.client.error("newsmark/timeline", {"until": day}), -32602, "error of a timeline until %s" % day)
        equal(server.client.finish(), 0, "exit status")


@test
def lsp_answers_over_the_folder(place):
    """References, implementation and hover go beyond the open article; what is typed wins over what is on disk."""
    place.write(".newsmark.toml", "")
    place.write("a.txt", "Åsa Lindqvist came to Hull. “We will not sell,” said Lindqvist.\n")
    place.write("b.txt", "2023-02-01\n\n“Nobody asked us,” said Åsa Lindqvist. Lindqvist left on Monday.\n")
    place.write("c.txt", "Robert Marsh was alone in Leeds.\n")
    with Server(place) as server:
        server.ready()

        def ask(method, uri, line, character):
            return server.client.request("textDocument/" + method, {"textDocument": {"uri": uri}, "context": {"includeDeclaration": True},
                                                                    "position": {"line": line, "character": character}})

        def found(places):
            return sorted((p["uri"].rsplit("/", 1)[1], p["range"]["start"]["line"], p["range"]["start"]["character"]) for p in places)
        a, b = (server.folder + "/" + name for name in ("a.txt", "b.txt"))
        server.client.open(a, "Today Åsa Lindqvist came to Hull. “We will not sell,” said Lindqvist.\n")  # not saved
        server.client.published(a, 1)
        equal(found(ask("references", a, 0, 8)), [("a.txt", 0, 6), ("a.txt", 0, 59), ("b.txt", 2, 24), ("b.txt", 2, 39)], "references")
        equal(found(ask("implementation", a, 0, 8)), [("a.txt", 0, 34), ("b.txt", 2, 0)], "quotations by a name")
        equal(found(ask("implementation", a, 0, 40)), [("a.txt", 0, 34), ("b.txt", 2, 0)], "quotations by the same speaker")
        hover = ask("hover", a, 0, 8)["contents"]["value"]
        expect("4 mentions in 2 articles of this folder" in hover and "2 quotations" in hover, hover)
        server.client.open(b, "Empty.\n")
        server.client.published(b, 1)
        equal(found(ask("references", a, 0, 8)), [("a.txt", 0, 6), ("a.txt", 0, 59)], "references with both open")
        server.client.change(b, 2, [{"text": "Then Åsa Lindqvist spoke.\n"}])
        server.client.published(b, 2)
        equal(found(ask("references", a, 0, 8)), [("a.txt", 0, 6), ("a.txt", 0, 59), ("b.txt", 0, 5)], "references with both open")
        equal(server.client.finish(), 0, "exit status")


@test
def what_is_typed_is_asked(place):
    """Rows are those of open articles as they stand in the editor, saved or not, and of the files again when these are closed."""
    place.write(".newsmark.toml", "[index]\nexclude = ['out/']\n")
    place.write("a.txt", "2023-02-01\n\nÅsa Lindqvist came to Hull on 3 May 2023. “We will not sell,” said Lindqvist.\n")
    place.write("b.txt", "2023-03-01\n\n“Nobody asked us,” said Robert Marsh. Åsa Lindqvist left.\n")
    place.write("c.txt", "2023-01-01\n\nRobert Marsh was alone.\n")
    place.write("out/d.txt", "Robert Marsh was out.\n")
    typed = "2023-02-01\n\nCarla Wood came to York on 4 June 2022. “We may sell the quay,” said Åsa Lindqvist.\n"
    with Server(place) as server:
        server.ready()
        uri = server.folder + "/a.txt"

        def rows(what, key, **params):
            return [(row["path"], row[key]) for row in server.rows(what, **params)]

        def sums():
            return {row["name"]: (row["mentions"], row["articles"], row["quotes"]) for row in server.rows("entities", type="PER")}
        before = [sums()] + [server.rows(*q[:1], **q[1]) for q in (("mentions", {"name": "lindqvist"}), ("quotes", {}), ("timeline", {}))]
        equal(before[0], {"Åsa Lindqvist": (3, 2, 1), "Robert Marsh": (2, 2, 1)}, "sums of the files")
        server.client.open(uri, typed)
        server.client.open(server.folder + "/out/d.txt", "Robert Marsh is out.\n")
        server.client.published(uri, 1)
        equal(sums(), {"Åsa Lindqvist": (2, 2, 1), "Robert Marsh": (2, 2, 1), "Carla Wood": (1, 1, 0)}, "sums")
        equal(rows("mentions", "text", name="lindqvist"), [("a.txt", "Åsa Lindqvist"), ("b.txt", "Åsa Lindqvist")], "mentions, by date")
        equal(rows("quotes", "text"), [("a.txt", "“We may sell the quay,”"), ("b.txt", "“Nobody asked us,”")], "quotations")
        equal(rows("quotes", "speaker", words="quay"), [("a.txt", "Åsa Lindqvist")], "quotations with a word")
        equal([r for r in rows("timeline", "value") if r[0] == "a.txt"], [("a.txt", "2022-06-04"), ("a.txt", "2023-02-01")], "days told")
        equal(rows("search", "text", words="york"), [("a.txt", "York")], "search for what is typed")
        equal(rows("search", "text", words="hull"), [], "search for what was deleted")
        row = server.rows("search", words="york")[0]
        equal((row["range"]["start"], row["left"]), ({"line": 2, "character": 19}, "Carla Wood came to "), "place in the text as it is typed")
        server.client.change(uri, 2, [{"range": {"start": {"line": 2, "character": 0}, "end": {"line": 2, "character": 10}}, "text": "Berta Strand"}])
        server.client.published(uri, 2)
        equal(sums(), {"Åsa Lindqvist": (2, 2, 1), "Robert Marsh": (2, 2, 1), "Berta Strand": (1, 1, 0)}, "sums after an edit")
        symbols = server.client.request("workspace/symbol", {"query": "strand"})
        equal([(s["name"], s["location"]["uri"]) for s in symbols], [("Berta Strand", uri)], "symbols")
        server.client.close(uri)
        equal([sums()] + [server.rows(*q[:1], **q[1]) for q in (("mentions", {"name": "lindqvist"}), ("quotes", {}), ("timeline", {}))],
              before, "answers once it is closed")
        equal(server.client.finish(), 0, "exit status")


@test
def a_single_name_may_be_who_the_folder_knows(place):
    """An article that never gives the full name: whom the folder alone knows by it is offered, and taken when a reader says so."""
    place.write(".newsmark.toml", "")
    place.write("full.txt", "Åsa Lindqvist, the mayor, came to Hull. “We will not sell,” said Lindqvist.\n")
    short = place.write("short.txt", "“They asked us twice,” said Lindqvist on Monday. Lindqvist then left Leeds.\n", age=0).decode()
    uri = "file://" + urllib.parse.quote(short)
    spot = {"line": 0, "character": 30}
    with Server(place) as server:
        server.ready()
        server.client.open(uri, open(short).read())
        server.client.published(uri, 1)

        def offers(only="refactor.newsmark.entity"):
            return server.client.request("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": {"start": spot, "end": spot},
                                                                     "context": {"diagnostics": [], "only": [only]}})

        def hover():
            return server.client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": spot})["contents"]["value"]

        def named():
            found = server.client.request("newsmark/annotations", {"textDocument": {"uri": uri}})["annotations"]
            return [(a["name"], a["entity"]) for a in found if a["kind"] == "entity" and a["text"] == "Lindqvist"]
        expect("perhaps Åsa Lindqvist, named in 1 article" in hover(), hover())
        equal([a["title"] for a in offers()], ["Lindqvist is Åsa Lindqvist, in this article (named in 1 article of this folder)"], "offers")
        equal([a for a in offers("quickfix") if "entity" in a["kind"]], [], "offers where others are asked for")
        equal(named()[0][1], "name:lindqvist", "who it is before anybody said so")
        action = offers()[0]["command"]
        server.client.request("workspace/executeCommand", {"command": action["command"], "arguments": action["arguments"]})
        equal(named(), [("Åsa Lindqvist", "name:asa lindqvist")] * 2, "who it is now")
        equal(offers(), [], "offers about what a person decided")
        server.client.request("workspace/executeCommand", {"command": "newsmark.undo", "arguments": [{"textDocument": {"uri": uri}}]})
        place.write("other.txt", "Berta Lindqvist was in Leeds.\n", age=0)
        place.until(lambda: b"other.txt" in place.paths(), "a namesake")
        equal(offers(), [], "offers where two are called so")
        expect("perhaps" not in hover(), hover())
        equal(server.client.finish(), 0, "exit status")


@test
def scripts_that_change_meanwhile(place):
    """Trusted in the editor, then saved anew: the whole folder is tagged again, and its words stay where they were."""
    place.write("a.txt", "A millstone lay in the road.\n")
    place.write("b.txt", "The road was long.\n")
    path = place.write(".newsmark/taggers/stones.lua", STONES % "millstone").decode()
    os.environ["XDG_STATE_HOME"] = os.path.join(place.top, "state")
    with Server(place) as server:
        server.ready()
        uri = server.folder + "/.newsmark/taggers/stones.lua"

        def tagged():
            return [row[0] for row in place.rows("SELECT a.path FROM tags t JOIN articles a ON a.id = t.article ORDER BY 1")]
        server.client.request("newsmark/trust", {"uri": uri, "trust": True})
        place.until(lambda: tagged() == [b"a.txt"], "tags of the trusted script")
        numbers = place.rows("SELECT id, path FROM articles ORDER BY id")
        server.client.open(uri, STONES % "millstone", language="lua")
        with open(path, "w") as out:
            out.write(STONES % "road")
        server.client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        place.until(lambda: tagged() == [b"a.txt", b"b.txt"], "tags of the changed script")
        equal(place.rows("SELECT id, path FROM articles ORDER BY id"), numbers, "numbers of the articles")
        server.client.request("newsmark/trust", {"uri": uri, "trust": False})
        place.until(lambda: tagged() == [], "tags of the script to go")
        equal(server.client.finish(), 0, "exit status")


@test
def other_folders_are_not_indexed(place):
    place.write("a.txt")
    with Server(place) as server:
        equal(server.client.error("newsmark/entities", {}), -32803, "error without an index")
        equal(server.client.request("workspace/symbol", {"query": ""}), [], "symbols without an index")
        equal(place.db(), None, "index")
        place.index()
        expect(len(server.rows("search", words="lind")) == 1, "no answer from an index made on the command line")
        equal(server.client.finish(), 0, "exit status")


@test
def what_the_reader_must_know(place):
    """An index that cannot be written, or was damaged, is said; that another editor writes it is nobody's trouble."""
    def shown(server):
        return [m["params"]["message"] for m in server.client.seen if m.get("method") == "window/showMessage"]

    place.write(".newsmark.toml", "")
    place.write("a.txt")
    with Server(place) as one:
        one.ready()
        with Server(place) as two:
            two.client.notification("window/logMessage", lambda p: "another newsmark" in p["message"])
            two.client.notification("newsmark/indexStatus", lambda p: p["state"] == "waiting")
            equal(shown(two), [], "messages where another writes")
            equal(two.client.finish(), 0, "exit status")
        equal(shown(one), [], "messages where all is well")
        equal(one.client.finish(), 0, "exit status")
    with open(place.db(), "r+b") as file:
        file.write(b"no database at all" * 100)
    with Server(place) as server:
        server.client.notification("window/showMessage", lambda p: "built anew" in p["message"] and p["type"] == 2)
        server.ready()
        equal(server.client.finish(), 0, "exit status")


@test
def folders_come_and_go(place):
    place.write("one/.newsmark/x", "")
    place.write("one/a.txt")
    place.write("two/.newsmark.toml", "")
    place.write("two/b.txt")
    with Server(place) as server:
        folders = [{"uri": server.folder + "/" + name, "name": name} for name in ("one", "two")]
        for added, removed in ((folders, []), ([], folders[:1]), (folders[:1], folders[1:]), ([], folders[:1])):
            server.client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": removed}})
            for folder in added:
                server.client.notification("newsmark/indexStatus", lambda p: p["state"] == "ready" and p["folder"] == folder["uri"])
        equal(server.client.finish(), 0, "exit status")


@test
def progress_of_long_scans_alone(place):
    place.write(".newsmark.toml", "")
    place.write("a.txt")
    wants = {"window": {"workDoneProgress": True}}
    begun = time.monotonic()
    with Server(place, capabilities=wants) as server:
        server.ready()
        if time.monotonic() - begun < 0.5:  # a busy machine makes a scan of one file a long one
            equal([m for m in server.client.seen if "rogress" in m.get("method", "")], [], "progress of a short scan")
        equal(server.client.finish(), 0, "exit status")
    corpus(place, 4000)

    def cancelled():
        forget(place)
        with Server(place, capabilities=wants) as server:
            told = server.client.wait(lambda m: m.get("method") == "window/workDoneProgress/create" or
                                      m.get("method") == "newsmark/indexStatus" and m["params"]["state"] == "ready", "a token")
            expect("token" in told["params"], "no progress of a long scan")
            token = told["params"]["token"]

            def progress():
                return server.client.notification("$/progress", lambda p: p["token"] == token)["value"]
            begin, report = progress(), progress()
            expect(begin["kind"] == "begin" and begin["cancellable"], begin)
            expect(report["kind"] == "report" and "of 4001 articles" in report["message"] and report["percentage"] < 90, report)
            server.client.notify("window/workDoneProgress/cancel", {"token": token})
            while progress()["kind"] != "end":
                pass
            equal(server.client.finish(), 0, "exit status")
        expect(len(place.paths()) < 4001, "the whole folder was read")
    again(cancelled, tries=6)  # where this process stands still, the scan has ended before it is cancelled


def forget(place):
    shutil.rmtree(os.path.join(place.cache, "newsmark"), ignore_errors=True)


@test
def typing_is_answered_while_indexing(place):
    """Keys come first: while somebody types without a pause hardly a file is read, however busy the machine is; between keys that
    goes on."""
    corpus(place, 8000)
    place.write(".newsmark.toml", "")
    again(lambda: types_while_indexing(place), tries=6)  # where this process stands still, nobody types


def types_while_indexing(place):
    forget(place)
    uri = "untitled:typed"
    with Server(place) as server:
        version, sent = 1, 0
        server.client.open(uri, "Anna Lind spoke in Hull on 3 May 2023. “We will not sell,” said Robert Marsh.\n\n" * 120)
        server.client.published(uri, version)

        def key():
            nonlocal version, sent
            version += 1
            begun, at = time.monotonic(), {"line": 60, "character": 4}
            frame = server.client.frame({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
                "textDocument": {"uri": uri, "version": version}, "contentChanges": [{"range": {"start": at, "end": at}, "text": "x"}]}})
            sent += len(frame)
            server.client.write(frame)
            server.client.published(uri, version)
            return time.monotonic() - begun

        def bytes_read():
            """Of files: all but what it was sent."""
            with open("/proc/%d/io" % server.client.process.pid) as io:
                return int(io.readline().split()[1]) - sent

        def rate(seconds, act):
            """Bytes read in a second, while what act() took at most."""
            before, begun, longest = bytes_read(), time.monotonic(), 0
            while time.monotonic() < begun + seconds:
                turn = time.monotonic()
                act()
                longest = max(longest, time.monotonic() - turn)
            return (bytes_read() - before) / (time.monotonic() - begun), longest
        begin = bytes_read()
        place.until(lambda: bytes_read() > begin + 100000, "the first articles to be read")
        took = []
        for _ in range(50):
            took.append(key())
            time.sleep(0.04)
        took.sort()
        print("keys while indexing, 10 KB: p50 %.1f ms, p99 %.1f ms" % (took[25] * 1e3, took[49] * 1e3))
        typing, resting = [], []
        for _ in range(20):
            rate(0.05, key)  # what has begun is finished
            typed, longest = rate(0.15, key)
            if longest < 0.04:  # a standstill is a pause in the typing, or one of the server
                typing.append(typed)
                resting.append(rate(0.1, lambda: time.sleep(0.01))[0])
            if len(typing) == 9:
                break
        typing.sort(), resting.sort()
        expect(len(typing) >= 5, "only %d keys came without a pause" % len(typing))
        expect(resting[len(resting) // 2] > 4 * typing[len(typing) // 2], "bytes a second while typing, and at rest: %s, %s" % (typing, resting))
        equal(server.client.finish(), 0, "exit status")
