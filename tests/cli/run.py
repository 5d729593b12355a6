#!/usr/bin/env python3
"""tests/cli/run.py BUILD: the real program from a shell's side: what it prints, what it says of bad input, how it exits.

Closing line: `N passed, N failed`."""
import json
import os
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
NEWSMARK = os.path.join(BUILD, "newsmark")
ARTICLES = os.path.join(ROOT, "tests", "data", "articles")
SANITIZED = "san" in os.path.basename(BUILD)
TESTS = []
sys.path.insert(0, os.path.join(ROOT, "tests"))
from again import PATIENCE  # noqa: E402


def test(function):
    TESTS.append(function)
    return function


def run(*args, stdin=b"", env=None, processor=None):
    """`processor`: seconds of it that the program may take, whatever else the machine does."""
    merged = dict(os.environ, **(env or {}))
    limit = (lambda: resource.setrlimit(resource.RLIMIT_CPU, (processor, processor))) if processor else None
    done = subprocess.run([NEWSMARK, *args], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=merged, timeout=5 * PATIENCE,
                          preexec_fn=limit)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def equal(got, want, what="value"):
    expect(got == want, "%s is %r, not %r" % (what, got, want))


def stream(lines, *args, **kwargs):
    body = b"".join((l if isinstance(l, bytes) else json.dumps(l, ensure_ascii=False).encode()) + b"\n" for l in lines)
    status, out, err = run("annotate", "--stream", *args, stdin=body, **kwargs)
    return status, [json.loads(l) for l in out.decode().splitlines()], err


def temporary(name, content):
    path = os.path.join(SCRATCH, name)
    with open(path, "wb") as handle:
        handle.write(content)
    return path


# --- usage -----------------------------------------------------------------------------------------------------------


@test
def version_is_the_manifests():
    import re
    manifest = open(os.path.join(ROOT, "plugin.toml"), encoding="utf-8").read()
    want = re.search(r'^version\s*=\s*"([^"]+)"', manifest, re.M).group(1)
    equal(run("--version")[1].decode(), "newsmark %s\n" % want)


@test
def help_goes_to_standard_output_and_is_no_error():
    for args in (["--help"], ["annotate", "--help"], ["annotate", "-h"], ["doctor", "--help"]):
        status, out, err = run(*args)
        equal((status, err), (0, ""), " ".join(args))
        expect(b"usage: newsmark" in out, "no usage line")


@test
def bad_usage_is_two_and_says_what_to_do():
    cases = [[], ["frobnicate"], ["annotate", "--frobnicate"], ["annotate", "--format", "docx", "x"], ["annotate", "--format"],
             ["annotate", "--lang", "tlh", "x"], ["annotate", "--date", "yesterday", "x"], ["annotate", "--only", "entity,verb", "x"],
             ["annotate", "--stream", "x"]]
    for args in cases:
        status, out, err = run(*args)
        equal(status, 2, "status of %r" % args)
        equal(out, b"", "standard output of %r" % args)
        expect(len(err) > 20, "no message for %r" % args)
    expect("one of: ansi json" in run("annotate", "--format", "docx", "x")[2], "the formats are not named")


@test
def a_day_that_does_not_exist_is_bad_usage():
    for args in (["annotate", "--date", "2024-99-99", "x"], ["annotate", "--date", "2023-02-29", "x"],
                 ["quotes", SCRATCH, "--from", "2024-99-99"], ["timeline", SCRATCH, "--until", "2024-02-30"],
                 ["mentions", SCRATCH, "Lind", "--from", "2024-1"]):
        status, out, err = run(*args)
        equal((status, out), (2, b""), " ".join(args))
        expect("exist" in err and "YYYY-MM-DD" in err, "%r says %r" % (args, err))


@test
def a_files_name_does_not_steer_the_terminal():
    name = os.path.join(SCRATCH, "\x1b]0;owned\x07\u202etxt.\x9b31m.txt")
    status, out, err = run("annotate", name)
    equal(status, 1)
    expect(err.startswith("newsmark: ") and err.count("\n") == 1, "not one line: %r" % err)
    expect(not set(err) & set("\x1b\x07\u202e\x9b"), "raw controls in %r" % err)
    expect("txt." in err, "the name is gone from %r" % err)
    os.makedirs(os.path.join(SCRATCH, "\x1b[31mdir"), exist_ok=True)
    for args in (["doctor", os.path.join(SCRATCH, "\x1b[31mdir")], ["test", name], ["trust", name]):
        status, out, err = run(*args)
        expect(b"\x1b" not in out and "\x1b" not in err, "%r lets an escape through" % args)


# --- articles --------------------------------------------------------------------------------------------------------


@test
def every_annotation_has_its_words():
    for name in sorted(os.listdir(ARTICLES)):
        if not name.endswith((".txt", ".html")):
            continue
        path = os.path.join(ARTICLES, name)
        data = open(path, "rb").read()
        for unit, width in (("codepoint", None), ("utf8", "utf-8"), ("utf16", "utf-16-le")):
            status, out, err = run("annotate", "--format", "json", "--offsets", unit, path)
            equal((status, err), (0, ""), name)
            article = json.loads(out)
            equal(article["offsets"], unit)
            text = data.decode()
            body = text if width is None else text.encode(width)
            scale = 2 if unit == "utf16" else 1
            before = (-1, 0)
            expect(len(article["annotations"]) > 3, "%s has hardly an annotation" % name)
            for a in article["annotations"]:
                for part in [a] + [a[k] for k in ("cue", "speaker", "source") if isinstance(a.get(k), dict) and "start" in a[k]]:
                    words = body[part["start"] * scale:part["end"] * scale]
                    words = words if width is None else words.decode(width)
                    equal(words, part["text"], "text of %r" % part)
                expect((a["start"], -a["end"]) >= before, "not sorted at %r" % a)
                before = (a["start"], -a["end"])


@test
def an_html_file_is_read_as_prose():
    import re
    path = os.path.join(ARTICLES, "fr-usine.html")
    text = open(path, encoding="utf-8").read()
    article = json.loads(run("annotate", "--format", "json", path)[1])
    head = [article[k] for k in ("lang", "dct", "dct_from", "title")]
    equal(head, ["fr", "2024-04-09", "metadata", "L'usine de Dunkerque sera vendue"], "what the file says of itself")
    body = text.index("<body>")
    tags = [m.span() for m in re.finditer(r"<[^>]*>", text)]
    for a in article["annotations"]:
        expect(a["start"] > body, "%r lies in the head" % a["text"])
        expect(not any(s < a["end"] and a["start"] < e for s, e in tags), "%r lies in markup" % a["text"])
    names = {a["text"] for a in article["annotations"]}
    expect({"Philippe Lacombe", "Bharat Metals", "« une trahison »"} <= names, "missing: %r" % names)
    told = json.loads(run("annotate", "--format", "json", "--date", "2020-01-02", path)[1])
    equal((told["dct"], told["dct_from"]), ("2020-01-02", "caller"))
    upper = temporary("A.HTM", b"<p title='Anna Lind'>Per Ek bor i Stockholm.</p>")
    equal([a["text"] for a in json.loads(run("annotate", "--format", "json", upper)[1])["annotations"]], ["Per Ek", "Stockholm"])


@test
def standard_input_is_an_article_too():
    status, out, _ = run("annotate", "--format", "json", stdin="Anna Lind bor i Stockholm.\n".encode())
    equal(status, 0)
    equal(json.loads(out)["path"], "-")


@test
def colours_keep_every_word_of_the_article():
    import re
    path = os.path.join(ARTICLES, "sv-hamnen.txt")
    status, out, _ = run("annotate", "--format", "ansi", path)
    equal(status, 0)
    shown = re.sub(r"\x1b\[[0-9;:]*m", "", out.decode())
    shown = re.sub(r"‹[^›]*›", "", shown)
    want = open(path, encoding="utf-8").read().split()
    expect(b"PRESENT_REF" not in out and "2024-03-14‹".encode() not in re.sub(rb"\x1b\[[0-9;:]*m", b"", out), "a value that says no more than the words")
    equal(shown.split()[-len(want):], want, "the words shown")


@test
def an_escape_sequence_of_the_article_never_reaches_the_terminal():
    path = temporary("escape.txt", b"Anna \x1b]0;owned\x07 Lind \x9b31m \x00 x\rover\r\nwritten\r\n")
    out = run("annotate", "--format", "ansi", path)[1]
    expect(b"\x1b]" not in out and b"\x07" not in out and b"\x00" not in out and b"\r" not in out, "a control sequence came through")
    expect(b" x\nover\nwritten\n" in out, "lines are %r" % out)


@test
def only_keeps_the_kinds_asked_for():
    path = os.path.join(ARTICLES, "sv-hamnen.txt")
    for kind in ("entity", "date", "quote"):
        article = json.loads(run("annotate", "--format", "json", "--only", kind, path)[1])
        equal({a["kind"] for a in article["annotations"]}, {kind})


# --- bad input -------------------------------------------------------------------------------------------------------


@test
def what_cannot_be_read_is_named_and_the_rest_is_done():
    good = temporary("good.txt", "Anna Lind bor i Stockholm.\n".encode())
    status, out, err = run("annotate", "--format", "json", SCRATCH, "/nonexistent/x.txt", good)
    equal(status, 1)
    equal(len(out.splitlines()), 1, "articles")
    expect(SCRATCH in err and "irectory" in err, "the directory is not named: %r" % err)
    expect("/nonexistent/x.txt" in err and "No such file" in err, "the missing file is not named: %r" % err)


@test
def an_unreadable_file_is_said():
    path = temporary("secret.txt", b"x")
    os.chmod(path, 0)
    if os.access(path, os.R_OK):  # root reads everything: take another's place
        done = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", NEWSMARK, "annotate", path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        status, err = done.returncode, done.stderr.decode()
        if "newsmark:" not in err:
            return  # the other user cannot even reach the program here
    else:
        status, _, err = run("annotate", path)
    equal(status, 1)
    expect("ermission" in err, "no reason: %r" % err)


@test
def what_cannot_be_written_is_said():
    article = os.path.join(ARTICLES, "sv-hamnen.txt")
    for args in (["annotate", article], ["annotate", "--format", "ansi", article], ["export", article], ["doctor"], ["--version"], ["--help"],
                 ["annotate", "--help"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([NEWSMARK, *args], stdout=full, stderr=subprocess.PIPE)
        equal(done.returncode, 1, "status of %r" % args)
        expect(b"cannot be written: No space left" in done.stderr, "%r says %r" % (args, done.stderr))
    out = os.path.join(SCRATCH, "out")
    os.makedirs(out)
    os.symlink("/dev/full", os.path.join(out, "sv-hamnen.txt.jsonl"))
    status, _, err = run("export", "--out", out, article)
    equal(status, 1, "status of an export to a full disk")
    expect("No space left" in err, "it says %r" % err)


@test
def an_export_stays_in_its_folder():
    inner = os.path.join(SCRATCH, "inner")
    os.makedirs(inner)
    temporary("outer.txt", b"Oslo, 3. mars 2024\n")
    done = subprocess.run([NEWSMARK, "export", "--format", "brat", "--out", "out", "../outer.txt"], cwd=inner, capture_output=True)
    equal((done.returncode, done.stderr), (0, b""), "the export")
    equal(os.listdir(os.path.join(inner, "out")), ["outer.ann"], "what is in its folder")


@test
def an_import_names_no_article_outside_of_its_folder():
    for name in ("mine", "theirs"):
        os.makedirs(os.path.join(SCRATCH, name, ".newsmark"))
        temporary(name + "/a.txt", b"Anna Berg\n")
    for path in ("../mine/a.txt", os.path.join(SCRATCH, "mine", "a.txt")):
        marks = temporary("marks.jsonl", json.dumps({"path": path, "annotations": [
            {"kind": "entity", "type": "PER", "start": 0, "end": 9, "text": "Anna Berg"}]}).encode())
        status, out, err = run("import", os.path.join(SCRATCH, "theirs"), marks)
        equal((status, out), (1, b"0 marks made, 0 known already\n"), path)
        expect("it is not in" in err, "%s: %r" % (path, err))
    equal(os.listdir(os.path.join(SCRATCH, "mine", ".newsmark")), [], "what was written")
    marks = temporary("marks.jsonl", json.dumps({"path": "a.txt", "annotations": [
        {"kind": "entity", "type": "PER", "start": 0, "end": 9, "text": "Anna Berg"}]}).encode())
    equal(run("import", os.path.join(SCRATCH, "theirs"), marks)[:2], (0, b"1 marks made, 0 known already\n"), "one inside")


@test
def odd_files_are_articles_all_the_same():
    cases = {"empty": b"", "newline": b"\n", "spaces": b"   \n\t\n", "nul": b"\0" * 100, "binary": bytes(range(256)) * 40,
             "bom": b"\xef\xbb\xbfAnna Lind", "crlf": b"Anna Lind\r\n\r\nbor i Oslo.\r\n", "cr": b"Anna Lind\rbor i Oslo.",
             "invalid": b"Anna \xff\xfe Lind \xe2\x82 i Oslo \xed\xa0\x80 den 3 maj 2021.", "no-end": "den 3 maj 2021".encode(),
             "latin1": "Åsa Öberg är från Malmö".encode("latin-1"), "utf16": "Anna Lind i Oslo".encode("utf-16")}
    for name, data in cases.items():
        path = temporary(name + ".txt", data)
        status, out, err = run("annotate", "--format", "json", path)
        text = data.decode("utf-8", "replace")
        foreign = {"binary": "WINDOWS-1252", "invalid": "WINDOWS-1252", "latin1": "WINDOWS-1252", "utf16": "UTF-16"}.get(name)
        equal(status, 0, name)
        expect("not UTF-8" in err and "-f " + foreign in err if foreign else err == "", (name, err))
        for a in json.loads(out)["annotations"]:
            equal(text[a["start"]:a["end"]], a["text"], "%s: text" % name)


@test
def fifty_megabytes_take_seconds_not_minutes():
    size = 2 if SANITIZED else 50
    unit = open(os.path.join(ARTICLES, "sv-hamnen.txt"), "rb").read() + b"\n"
    path = temporary("large.txt", unit * (size * 1000000 // len(unit)))
    status, out, err = run("annotate", "--format", "json", path, processor=120)
    os.unlink(path)
    equal((status, err), (0, ""))
    expect(len(json.loads(out)["annotations"]) > 1000, "hardly an annotation")


@test
def a_line_of_one_kind_of_mark_is_linear():
    for mark in ("\"", "”", "«", "- ", "– ", "'", "(", ".", "1", "3-", "den ", "A", "a ", "\n", "\r", "Sverige 3-1 match och Norge eller "):
        data = (mark * 300000).encode()[:300000]
        status, _, err = run("annotate", "--format", "json", temporary("marks.txt", data), processor=120 if SANITIZED else 10)
        equal((status, err), (0, ""), repr(mark))


@test
def a_missing_data_directory_is_one_message():
    status, out, err = run("annotate", "--format", "json", os.path.join(ARTICLES, "sv-hamnen.txt"), env={"NEWSMARK_DATA": "/nonexistent"})
    expect(json.loads(out)["annotations"], "nothing found without data files")
    expect("/nonexistent" in err, "the directory is not named: %r" % err)


# --- formats of other tools ------------------------------------------------------------------------------------------

ODD = "\ufeffHafen\r\n\r\n\U0001F600 Cafe\u0301 \"=1+1\", sagte Anna Lind am 3. Mai 2021 in Oslo.\r\n\r\n„Wir bleiben\r\nhier“, sagte Lind.\r\n"


def exported(form, text=ODD):
    path = temporary("odd.txt", text.encode())
    status, out, err = run("annotate", "--format", form, "--lang", "de", path)
    equal((status, err), (0, ""), form)
    found = json.loads(run("annotate", "--format", "json", "--lang", "de", path)[1])["annotations"]
    expect(len(found) > 2, "hardly an annotation to export")
    return path, out.decode(), found


@test
def csv_holds_every_annotation():
    import csv
    import io
    path, out, found = exported("csv")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    equal([(int(r["start"]), int(r["end"]), r["kind"], r["type"]) for r in rows],
          [(a["start"], a["end"], a["kind"], a["type"]) for a in found], "rows")
    for row in rows:
        equal(row["text"].lstrip("'"), ODD[int(row["start"]):int(row["end"])], "text")
        expect(not row["text"].startswith(("=", "+", "-", "@")), "a cell would be run as a formula: %r" % row["text"])
    equal({r["path"] for r in rows}, {path})


@test
def brat_counts_code_points_and_splits_at_line_ends():
    _, out, found = exported("brat")
    bounds, named = {}, []
    for line in out.splitlines():
        cells = line.split("\t")
        if cells[0][0] == "T":
            kind, places = cells[1].split(" ", 1)
            parts = [ODD[int(a):int(b)] for a, b in (p.split(" ") for p in places.split(";"))]
            expect(all("\n" not in p and "\r" not in p for p in parts), "a line end in %r" % line)
            equal(" ".join(parts), cells[2], "words of %s" % cells[0])
            bounds[cells[0]] = kind
        elif cells[0][0] == "R":
            named += [(arg.split(":")[1], line) for arg in cells[1].split(" ")[1:]]
        else:
            expect(cells[0][0] in "N#", "an unknown line: %r" % line)
    expect(named, "no relation")
    for name, line in named:  # a speaker may stand behind its quotation
        expect(name in bounds, "%r names nothing" % line)
    expect(len(bounds) >= len(found), "annotations are missing")


@test
def web_annotations_find_their_words_again():
    _, out, found = exported("webannotation")
    page = json.loads(out)
    equal((page["@context"], page["type"], len(page["items"])), ("http://www.w3.org/ns/anno.jsonld", "AnnotationPage", len(found)))
    equal(len({item["id"] for item in page["items"]}), len(found), "ids")
    for item in page["items"]:
        place, words = item["target"]["selector"]
        equal((place["type"], words["type"]), ("TextPositionSelector", "TextQuoteSelector"))
        around = ODD[max(0, place["start"] - 32):place["start"]], ODD[place["start"]:place["end"]], ODD[place["end"]:place["end"] + 32]
        equal((words["prefix"], words["exact"], words["suffix"]), around, "selector")
        expect(item["body"] and item["motivation"] == "tagging", "no body")


@test
def conll_has_a_tag_a_token():
    _, out, found = exported("conll")
    lines = out.split("\n")
    equal(lines[0], "-DOCSTART- -X- -X- O")
    tags = []
    for line in lines[1:]:
        if line:
            cells = line.split(" ")
            equal(len(cells), 4, "columns of %r" % line)
            tags.append(cells[3])
    names = [a for a in found if a["kind"] == "entity"]
    equal(sum(t.startswith("B-") for t in tags), len(names), "names")
    for before, tag in zip(["O"] + tags, tags):
        expect(not tag.startswith("I-") or before[2:] == tag[2:], "%s follows %s" % (tag, before))


@test
def html_nests_and_shows_the_article():
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        stack, shown, inside = [], "", False

        def handle_starttag(self, tag, attributes):
            if tag not in ("meta",):
                self.stack.append(tag)
            self.inside |= tag == "article"

        def handle_endtag(self, tag):
            equal(self.stack.pop(), tag, "element closed")
            self.inside &= tag != "article"

        def handle_data(self, data):
            if self.inside:
                self.shown += data

    _, out, found = exported("html", ODD + "<script>alert(1)</script> & Anna Lind\n")
    reader = Reader()
    reader.feed(out)
    equal(reader.stack, [], "open elements")
    equal(reader.shown.replace("\r", ""), (ODD + "<script>alert(1)</script> & Anna Lind\n").replace("\r", ""), "the text shown")
    expect(out.count("<mark") > len(found), "marks are missing")


# --- manifest and scripts --------------------------------------------------------------------------------------------


def data_with(name, content):
    """A copy of the data directory with one file replaced."""
    import shutil
    copy = os.path.join(SCRATCH, "data-" + name.replace("/", "-"))
    shutil.copytree(os.path.join(BUILD, "share", "newsmark"), copy, dirs_exist_ok=True)
    with open(os.path.join(copy, name), "wb") as handle:
        handle.write(content)
    return {"NEWSMARK_DATA": copy}


@test
def a_bad_manifest_is_one_message_with_its_line():
    path = os.path.join(ARTICLES, "sv-hamnen.txt")
    for content in (b'schema = 1\n[plugin\nversion = "1"\n', b"\xff\xfe\x00", b"", b"schema = 99\n"):
        for form in ("json", "ansi"):
            status, out, err = run("annotate", "--format", form, path, env=data_with("plugin.toml", content))
            equal(status, 0, "status with %r" % content)
            expect("plugin.toml" in err and len(err.splitlines()) == 1, "no single message for %r: %r" % (content, err))
            expect(len(out) > 3000, "nothing was annotated with %r" % content)


@test
def a_broken_data_file_is_one_message_and_the_rest_is_found():
    path = os.path.join(ARTICLES, "sv-hamnen.txt")
    whole = json.loads(run("annotate", "--format", "json", path)[1])["annotations"]
    for name in ("gazetteer.bin", "names.bin"):
        good = open(os.path.join(BUILD, "share", "newsmark", name), "rb").read()
        for content in (b"", b"no such thing", good[:len(good) // 2], good[:2000] + b"\0" * 2000 + good[4000:]):
            status, out, err = run("annotate", "--format", "json", path, env=data_with(name, content))
            equal(status, 0, "status with a broken %s" % name)
            expect(name in err and len(err.splitlines()) == 1, "no single message for a broken %s: %r" % (name, err))
            kept = [a for a in json.loads(out)["annotations"] if a["kind"] == "date"]
            equal(kept, [dict(a, id=k["id"]) for a, k in zip([a for a in whole if a["kind"] == "date"], kept)], "dates")


@test
def a_broken_script_is_an_issue_and_the_others_go_on():
    config = os.path.join(SCRATCH, "config")
    taggers = os.path.join(config, "newsmark", "taggers")
    os.makedirs(taggers, exist_ok=True)
    for name, source in (("broken", "return newsmark.tagger {\n  api = 1,\n  name = \n}\n"), ("endless", LOOP), ("rivers", RIVERS)):
        with open(os.path.join(taggers, name + ".lua"), "w", encoding="utf-8") as handle:
            handle.write(source)
    with open(os.path.join(config, "newsmark", "config.toml"), "w", encoding="utf-8") as handle:
        handle.write("[taggers.weapons]\nenabled = true\n")
    path = temporary("rivers.txt", "Flommen kom da Glomma steg. Hæren sendte HIMARS.\n".encode())
    status, out, err = run("annotate", "--format", "json", path, env={"XDG_CONFIG_HOME": config})
    equal(status, 0)
    tags = {(a["type"], a["text"], a["by"]) for a in json.loads(out)["annotations"] if a["kind"] == "tag"}
    expect(("river", "Glomma", "script:rivers") in tags, "the user's tagger found nothing: %r" % tags)
    expect(any(t[2] == "script:weapons" for t in tags), "the shipped tagger found nothing: %r" % tags)
    expect("broken.lua:4" in err or "broken.lua:3" in err, "the broken script is not named with its line: %r" % err)
    expect("endless" in err, "the endless script is not named: %r" % err)


@test
def exports_leave_out_what_is_sensitive():
    config = os.path.join(SCRATCH, "config-contacts")
    os.makedirs(os.path.join(config, "newsmark"))
    with open(os.path.join(config, "newsmark", "config.toml"), "w", encoding="utf-8") as handle:
        handle.write("[taggers.contacts]\nenabled = true\n[taggers.weapons]\nenabled = true\n")
    path = temporary("contacts.txt", "Ring +46 8 123 456 78 om HIMARS.\n".encode())
    for arguments, wanted in (((), {"weapon"}), (("--sensitive",), {"weapon", "phone"})):
        status, out, _ = run("export", *arguments, path, env={"XDG_CONFIG_HOME": config})
        equal(status, 0)
        equal({a["type"] for a in json.loads(out)["annotations"] if a["kind"] == "tag"}, wanted)


LOOP = """local newsmark = require("newsmark")
return newsmark.tagger { api = 1, name = "endless", tags = { loop = { label = "Loop" } },
  scan = function() while true do pcall(function() while true do end end) end end }
"""
RIVERS = """local newsmark = require("newsmark")
return newsmark.tagger { api = 1, name = "rivers", tags = { river = { label = "River" } },
  lists = { { tag = "river", whole = true, words = { "Elbe", "Glomma" } } },
  tests = { "The [[Elbe|river]] rose again.", { none = "Die Elbinger kamen." } } }
"""


# --- stream ----------------------------------------------------------------------------------------------------------


@test
def the_stream_keeps_order_and_ids():
    lines = [{"id": "a%d" % i, "text": "Anna Lind kom den 3 maj 2021. " * (1 + i % 50), "lang": "sv", "dct": "2021-05-04"} for i in range(400)]
    status, answers, err = stream(lines)
    equal((status, err), (0, ""))
    equal([a["id"] for a in answers], [l["id"] for l in lines])
    expect(all(a["lang"] == "sv" and a["dct"] == "2021-05-04" for a in answers), "lang or dct is lost")


@test
def a_bad_line_is_an_answer_and_the_stream_goes_on():
    good = {"id": 1, "text": "Anna Lind bor i Oslo."}
    bad = [b"{", b"nul", b"[]", b"\xff\xfe", b'{"id":"x"}', b'{"id":"y","text":7}', b'"text"', b'{"id":{},"text":null}', b"[" * 5000]
    lines = [good]
    for b in bad:
        lines += [b, good]
    status, answers, _ = stream(lines)
    equal(status, 0)
    equal(len(answers), len(lines))
    for line, answer in zip(lines, answers):
        expect(("annotations" in answer) == (line is good), "%r was answered by %r" % (line, answer))
    equal([a.get("id") for a in answers if "error" in a and a.get("id")], ["x", "y"])


@test
def blank_lines_and_a_missing_last_newline_are_fine():
    body = b'\n  \n{"id":1,"text":"x"}\r\n\n{"id":2,"text":"y"}'
    status, out, _ = run("annotate", "--stream", stdin=body)
    equal([json.loads(l)["id"] for l in out.splitlines()], [1, 2])


@test
def offsets_count_what_was_asked():
    text = "\U0001F600 A\u030A é\r\n\r\nAnna Lind bor i Stockholm."
    for unit, encode in (("codepoint", lambda s: len(s)), ("utf8", lambda s: len(s.encode())), ("utf16", lambda s: len(s.encode("utf-16-le")) // 2)):
        _, answers, _ = stream([{"id": 1, "text": text, "lang": "sv"}], "--offsets", unit)
        places = [a for a in answers[0]["annotations"] if a["text"] == "Stockholm"]
        equal(len(places), 1, "mentions of Stockholm")
        equal(places[0]["start"], encode(text[:text.index("Stockholm")]), unit)


@test
def an_answer_comes_before_the_next_question():
    process = subprocess.Popen([NEWSMARK, "annotate", "--stream"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for i in range(3):
        process.stdin.write(b'{"id":%d,"text":"Anna Lind bor i Oslo."}\n' % i)
        process.stdin.flush()
        equal(json.loads(process.stdout.readline())["id"], i)
    process.stdin.close()
    equal(process.wait(PATIENCE), 0)


@test
def memory_does_not_grow_with_the_input():
    line = json.dumps({"id": 1, "text": "Anna Lind bor i Oslo. " * 400}).encode() + b"\n"
    script = "import resource,subprocess,sys;p=subprocess.Popen(sys.argv[1:],stdin=subprocess.PIPE,stdout=subprocess.DEVNULL);" \
             "l=sys.stdin.buffer.readline();n=int(sys.stdin.buffer.readline());[p.stdin.write(l) for _ in range(n)];p.stdin.close();" \
             "p.wait();print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    peak = []
    for n in (200, 2000):
        done = subprocess.run([sys.executable, "-c", script, NEWSMARK, "annotate", "--stream"], input=line + b"%d\n" % n, stdout=subprocess.PIPE,
                              env=dict(os.environ, ASAN_OPTIONS="quarantine_size_mb=8"))  # what is freed is held back by the sanitizer
        peak.append(int(done.stdout))
    expect(peak[1] < peak[0] * 1.5 + 20000, "peak grew from %d to %d KB" % tuple(peak))


@test
def a_reader_that_goes_away_ends_the_stream():
    process = subprocess.Popen([NEWSMARK, "annotate", "--stream"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    try:
        for _ in range(2000):
            process.stdin.write(b'{"id":1,"text":"Anna Lind bor i Oslo."}\n')
        process.stdin.close()
    except BrokenPipeError:
        pass
    equal(process.wait(PATIENCE), 1)


# --- doctor ----------------------------------------------------------------------------------------------------------


@test
def what_is_installed_works_and_can_be_taken_away():
    place = os.path.join(SCRATCH, "dest")
    make = ["make", "-s", "-C", ROOT, "-o", "all", "BUILD=" + os.path.relpath(BUILD, ROOT), "DESTDIR=" + place, "PREFIX=/usr"]
    subprocess.run([*make, "install"], check=True, stdout=subprocess.DEVNULL)
    program = os.path.join(place, "usr", "bin", "newsmark")
    said = subprocess.run([program, "doctor"], stdout=subprocess.PIPE, check=True).stdout.decode()
    expect(os.path.join(place, "usr", "bin", "..", "share", "newsmark", "names.bin") in said, "its models are not found:\n" + said)
    expect("annotators     ready" in said, "it is not ready:\n" + said)
    for name in ("LICENSE", "NOTICE", "MODEL.md"):
        expect(os.path.exists(os.path.join(place, "usr", "share", "doc", "newsmark", name)), name + " is not installed")
    subprocess.run([*make, "uninstall"], check=True)
    equal([name for _, _, names in os.walk(place) for name in names], [], "what is left")


@test
def doctor_names_what_it_found():
    empty = {"XDG_CACHE_HOME": os.path.join(SCRATCH, "cache"), "XDG_CONFIG_HOME": os.path.join(SCRATCH, "none")}
    status, out, err = run("doctor", env=empty)
    equal((status, err), (0, ""))
    for words in (b"newsmark ", b"libuv ", b"SQLite 3", b"Lua 5.4", b"plugin.toml", b"none for ."):
        expect(words in out, "%r is not in %r" % (words, out))


@test
def doctor_reads_the_settings_of_a_folder_and_finds_its_index():
    folder = os.path.join(SCRATCH, "folder")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, ".newsmark.toml"), "w") as handle:
        handle.write("no_such_setting = 1\n")
    with open(os.path.join(folder, "a.txt"), "w") as handle:
        handle.write("Anna Lind bor i Oslo.\n")
    env = {"XDG_CACHE_HOME": os.path.join(SCRATCH, "cache")}
    equal(run("index", folder, env=env)[0], 0, "status of index")
    status, out, err = run("doctor", folder, env=env)
    equal((status, err), (1, ""))
    expect(out.count(b".newsmark.toml:1") == 1, "the unknown setting is not named once: %r" % out)
    expect(b"index.db (complete)" in out, "the index is not found: %r" % out)


@test
def doctor_says_what_is_missing():
    status, out, _ = run("doctor", env={"NEWSMARK_DATA": "/nonexistent"})
    equal(status, 1)
    expect(b"/nonexistent" in out, "the directory is not named")


ASKED = """Hamnen byggs ut

Kommunen vill bygga ut hamnen i Visby. Det beslutades i tisdags.

”Ingen har frågat\x1b oss.”

– Vi är oroliga, säger Wistrand. Han har bott här sedan 1980-talet.

Nästa möte hålls på fredag. Då ska Wistrand tala.
"""


@test
def check_asks_what_is_open():
    folder = os.path.join(SCRATCH, "check")
    os.makedirs(folder, exist_ok=True)
    path, dated = os.path.join(folder, "a.txt"), os.path.join(folder, "b.txt")
    with open(path, "w", encoding="utf-8") as handle:
        handle.write(ASKED)
    with open(dated, "w", encoding="utf-8") as handle:
        handle.write("---\ndate: 2024-03-14\n---\n\nDet beslutades i tisdags, säger Anna Wistrand.\n")
    status, out, err = run("check", folder)
    equal((status, err), (0, ""))
    equal(out.decode().splitlines(), [path + ":3:55: when was this written (no date)? i tisdags",
                                      path + ":5:1: who said it? ”Ingen har frågat  oss.”",
                                      path + ":7:28: who is it (one name only)? Wistrand"])
    rows = json.loads(run("check", "--format", "json", path)[1])
    equal([row["code"] for row in rows], ["written", "no-speaker", "who"])
    equal([row["column"] for row in rows], [55, 1, 28])
    lines = ASKED.splitlines()
    for row in json.loads(run("check", "--format", "json", "--columns", "codepoint", path)[1]):
        equal(lines[row["line"] - 1][row["column"] - 1:].startswith(row["text"][:5]), True, "column of %r" % row["text"])
    equal([ASKED.encode()[row["start"]:row["end"]].decode() for row in rows], [row["text"] for row in rows])
    # What a person decided is asked no more.
    with open(os.path.join(folder, ".newsmark.toml"), "w"):
        pass
    mark = json.dumps({"path": "a.txt", "offsets": "codepoint", "annotations": [
        {"kind": "entity", "type": "PER", "start": ASKED.index("Wistrand"), "end": ASKED.index("Wistrand") + 8, "text": "Wistrand"}]})
    status, _, err = run("import", folder, temporary("mine.jsonl", mark.encode() + b"\n"))
    equal(status, 0, "status of import (%s)" % err)
    asked = [row["text"] for row in json.loads(run("check", "--format", "json", folder)[1])]
    equal(asked[:2] + [text for text in asked[2:] if text != "Wistrand"], asked[:2], "questions left")
    rows = json.loads(run("check", "--only", "written,no-speaker", "--format", "json", path)[1])
    equal([row["code"] for row in rows], ["written", "no-speaker"], "codes of those asked for")
    status, _, err = run("check", "--only", "whom", path)
    equal(status, 2, "status of an unknown code")
    expect("cannot be 'whom'; there are: no-speaker" in err, err)
    equal(run("check")[0], 2, "status without an article")
    status, out, err = run("check", os.path.join(folder, "none.txt"), path)
    equal(status, 1, "status with a missing one")
    expect("none.txt: No such file" in err and out, (out, err))


@test
def a_scripts_mistake_is_told_without_the_hosts_own_lines():
    path = temporary("m.lua", b'local function deep(x)\n  return x.y\nend\nreturn require("newsmark").tagger {\n  nam = deep(1) }\n')
    status, out, _ = run("test", path)
    equal((status, out.decode()), (1, "%s:2: attempt to index a number value (local 'x')\nstack traceback:\n"
                                      " m.lua:2: in local 'deep'\n m.lua:5: in main chunk\n" % path))
    status, out, _ = run("test", temporary("m.lua", b'return require("newsmark").tagger { api = 1, nam = "m" }\n'))
    equal((status, out.decode()), (1, path + ':1: unknown field "nam" (did you mean "name"?)\n'))
    whole = b'return require("newsmark").tagger { api = 1, name = "m", tags = { x = { label = "X" } } }\n'
    status, out, _ = run("test", temporary("m.lua", whole))
    equal((status, out.decode()), (0, path + ": it loads, but has no tests\n"))


@test
def other_encodings_and_folders_are_named():
    path = temporary("latin1.txt", "Hallå\nmånadens fråga\n".encode("latin-1"))
    for verb in ("annotate", "check"):
        status, _, err = run(verb, path)
        equal(status, 0, "status of " + verb)
        expect("latin1.txt:1: not UTF-8" in err and "iconv" in err, err)
    equal(run("annotate", temporary("utf8.txt", "\ufeffHallå\r\n".encode()))[2], "", "words about UTF-8")
    status, out, err = run("annotate", SCRATCH)
    equal((status, out), (1, b""))
    expect("a folder, not an article ('newsmark export DIR'" in err, err)


@test
def a_folders_settings_hold_for_every_verb():
    folder = os.path.join(SCRATCH, "dated")
    os.makedirs(os.path.join(folder, "off"))
    for name, text in ((".newsmark.toml", 'date = "2024-03-14"\nlanguage = "sv"\n'), ("a.txt", ASKED),
                       ("off/.newsmark.toml", "enabled = false\n"), ("off/b.txt", ASKED)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as handle:
            handle.write(text)
    article = os.path.join(folder, "a.txt")
    annotated = json.loads(run("annotate", "--format", "json", article)[1])
    equal((annotated["dct"], annotated["dct_from"], annotated["lang"]), ("2024-03-14", "caller", "sv"))
    exported = [json.loads(line) for line in run("export", folder)[1].splitlines()]
    values = {a["text"]: a["value"] for a in exported[0]["annotations"] if a["kind"] == "date"}
    equal(values["i tisdags"], "2024-03-12", "value in the export")
    equal([len(row["annotations"]) > 0 for row in exported], [True, False], "annotations of an article on and one off")
    rows = json.loads(run("check", "--format", "json", folder)[1])
    equal([row["code"] for row in rows], ["no-speaker", "who"], "open questions")


def main():
    global SCRATCH
    failed = 0
    with tempfile.TemporaryDirectory() as SCRATCH:
        for function in TESTS:
            try:
                function()
                print("ok      %s" % function.__name__, flush=True)
            except Exception as error:  # every kind of failure is a failed test
                failed += 1
                print("FAILED  %s: %s" % (function.__name__, error), flush=True)
    print("%d passed, %d failed" % (len(TESTS) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
