#!/usr/bin/env python3
"""tests/index/run.py BUILD [NAME...]: the real program on real folders: what is indexed, kept up, survived and answered.

Every test has a folder and a cache of its own. NEWSMARK_LONG=1 makes the crash test hundreds of kills. Closing line:
`N passed, N failed`."""
import csv
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
NEWSMARK = os.path.join(BUILD, "newsmark")
GENERATOR = os.path.join(ROOT, "tests", "bench", "gen_corpus.py")
PATIENCE = float(os.environ.get("NEWSMARK_TEST_PATIENCE", "60"))
LONG = bool(os.environ.get("NEWSMARK_LONG"))
NOBODY = 65534
TESTS = []
sys.path.insert(0, os.path.join(ROOT, "tests", "lsp"))
import client as lsp  # noqa: E402


def test(function):
    TESTS.append(function)
    return function


class Skip(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


def equal(got, want, what="value"):
    expect(got == want, "%s is %r, not %r" % (what, got, want))


def number(packed):
    """The number that bytes begin with (core/index/pack.h), and the rest."""
    value = shift = 0
    for at, byte in enumerate(packed):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, packed[at + 1:]
    raise AssertionError("bytes end within a number")


def numbers(packed):
    while packed:
        value, packed = number(packed)
        yield value


def threes(values):
    values = list(values)
    return [values[i:i + 3] for i in range(0, len(values), 3)]


class Place:
    """A folder of articles, a cache, and the program run on them."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="newsmark-index-")
        os.chmod(self.top, 0o755)
        self.dir = os.path.join(self.top, "articles")
        self.cache = os.path.join(self.top, "cache")
        self.home = os.path.join(self.top, "home")
        for path in (self.dir, self.cache, self.home):
            os.mkdir(path)
        self.env = dict(os.environ, XDG_CACHE_HOME=self.cache, HOME=self.home)
        self.running = []

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()
        subprocess.run(["chmod", "-R", "u+rwX", self.top])
        shutil.rmtree(os.fsencode(self.top), ignore_errors=True)

    def write(self, name, text="Anna Lind spoke in Hull on 3 May 2023.\n", age=10):
        """A file last changed `age` seconds ago: what is younger than two seconds is read again, to be sure."""
        path = os.path.join(os.fsencode(self.dir), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        if age:
            then = time.time() - age
            os.utime(path, (then, then))
        return path

    def program_for_all(self):
        """A copy of the program where nobody may run it: the tree may lie in a home that is closed to others."""
        folder = os.path.join(self.top, "program")
        if not os.path.exists(folder):
            os.mkdir(folder)
            os.chmod(folder, 0o755)
            shutil.copy2(NEWSMARK, folder)
            shutil.copytree(os.path.join(BUILD, "share"), os.path.join(folder, "share"))
        return os.path.join(folder, "newsmark")

    def run(self, *args, user=None, timeout=PATIENCE * 2):
        def drop():
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        program = self.program_for_all() if user else NEWSMARK
        done = subprocess.run([program, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.env, cwd=self.top, timeout=timeout, preexec_fn=drop if user else None)
        return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    def index(self, status=0, **kwargs):
        got, out, err = self.run("index", self.dir, **kwargs)
        equal(got, status, "exit status (%s)" % err.strip())
        equal(out, "", "standard output")
        return err

    def start(self, *args):
        process = subprocess.Popen([NEWSMARK, *args], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   env=self.env)
        self.running.append(process)
        return process

    def watch(self):
        process = self.start("index", self.dir, "--watch", "--quiet")
        self.until(lambda: self.value("SELECT value FROM meta WHERE key = 'ready'") == 1, "the first scan")
        return process

    def db(self):
        base = os.path.join(self.cache, "newsmark")
        for name in os.listdir(base) if os.path.isdir(base) else []:
            return os.path.join(base, name, "index.db")
        return None

    def rows(self, sql):
        path = self.db()
        if not path or not os.path.exists(path):
            return []
        db = sqlite3.connect(path, timeout=20)
        db.text_factory = bytes
        try:
            return db.execute(sql).fetchall()
        except sqlite3.OperationalError:
            return []  # not there yet
        finally:
            db.close()

    def alter(self, *statements):
        db = sqlite3.connect(self.db(), timeout=20)
        for sql in statements:
            db.execute(sql)
        db.commit()
        db.close()

    def value(self, sql):
        rows = self.rows(sql)
        return rows[0][0] if rows else None

    def paths(self):
        return {row[0] for row in self.rows("SELECT path FROM articles")}

    def until(self, done, what, patience=PATIENCE):
        end = time.monotonic() + patience
        while not done():
            expect(time.monotonic() < end, "waited in vain for %s" % what)
            time.sleep(0.01)

    def ask(self, verb, *args):
        status, out, err = self.run(verb, self.dir, *args, "--format", "json")
        equal(status, 0, "exit status of %s (%s)" % (verb, err.strip()))
        return json.loads(out)

    def content(self):
        """All that the index says, without its own numbers."""
        facts = [
            "SELECT f.path, size, hash, lang, dct, title FROM articles a JOIN files f ON f.article = a.id",
            "SELECT key, per, org, loc, articles, quotes, total FROM entities",
            "SELECT n.form, e.key FROM names n JOIN entities e ON e.id = n.entity",
            "SELECT a.path, t.dates, t.quotes, f.quotes FROM facts f JOIN articles a ON a.id = f.article JOIN found t ON t.id = f.found",
            "SELECT a.path, t.tag, t.start, t.end, t.value, t.script FROM tags t JOIN articles a ON a.id = t.article",
            "SELECT (SELECT count(*) FROM found) - (SELECT count(*) FROM facts)",
            "SELECT a.path FROM articles a WHERE a.id IN (SELECT rowid FROM text WHERE text MATCH 'lind OR hull OR der OR i')",
        ]
        return [sorted(self.rows(sql), key=repr) for sql in facts] + [self.speakers(), self.lists()]

    def speakers(self):
        """Who is mentioned and speaks in each article, in the order that its quotations point into."""
        names = dict(self.rows("SELECT id, key FROM entities"))
        rows = self.rows("SELECT a.path, f.entities FROM facts f JOIN articles a ON a.id = f.article")
        return sorted((path, [(names[n[0]], n[1], n[2]) for n in threes(numbers(packed or b""))]) for path, packed in rows)

    def lists(self):
        """Every entry of every list: what it is of, the article, the bytes (core/index/postings.h)."""
        paths, names = dict(self.rows("SELECT id, path FROM articles")), dict(self.rows("SELECT id, key FROM entities"))
        found = []
        for name, article, left in self.rows("SELECT list, article, entries FROM postings"):
            while left:
                further, left = number(left)
                size, left = number(left)
                article += further
                what = names[name] if name < 1 << 40 else name
                found.append((str(what), paths[article], left[:size]))
                left = left[size:]
        equal(len(found), len({entry[:2] for entry in found}), "entries of the lists, each once")
        return sorted(found)

    def expect_as_fresh(self):
        """The index equals one made from nothing."""
        old = self.content()
        other = Place()
        try:
            shutil.rmtree(other.dir)
            os.rename(self.dir, other.dir)
            other.run("index", other.dir)
            new = other.content()
        finally:
            os.rename(other.dir, self.dir)
            other.close()
        for a, b in zip(old, new):
            if a != b:
                here, there = set(a), set(b)
                raise AssertionError("not as a fresh index: only here %r, only there %r" %
                                     ([r for r in a if r not in there][:3], [r for r in b if r not in here][:3]))

    def expect_sound(self):
        db = sqlite3.connect(self.db(), timeout=20)
        try:
            equal(db.execute("PRAGMA integrity_check").fetchone()[0], "ok", "integrity")
        finally:
            db.close()


# A script that tags one word.
STONES = ('return require("newsmark").tagger { api = 1, name = "stones", tags = { stone = {} },\n'
          '  lists = { { tag = "stone", words = { "%s" }, value = "S" } } }\n')

# --- what is indexed -------------------------------------------------------------------------------------------------


@test
def kinds_of_files(place):
    for name in ("a.txt", "b.md", "c.html", "D.TXT", "e.htm"):
        place.write(name)
    for name in ("f.pdf", "g", ".hidden.txt", ".git/h.txt", "i.txt.bak"):
        place.write(name)
    place.index()
    equal(place.paths(), {b"a.txt", b"b.md", b"c.html", b"D.TXT", b"e.htm"}, "articles")


@test
def unchanged_costs_no_reading(place):
    for i in range(20):
        place.write("n%d.txt" % i)
    expect("20 new or changed" in place.index(), "first run")
    before = place.rows("SELECT id, path FROM articles ORDER BY id")
    err = place.index()
    expect("20 files, 0 new or changed, 0 gone" in err, "second run says: " + err)
    os.utime(os.path.join(place.dir, "n3.txt"), (1e9, 1e9))  # another time, the same bytes
    place.index()
    equal(place.rows("SELECT id, path FROM articles ORDER BY id"), before, "articles after a touch")


@test
def changes_and_removals(place):
    for name in ("stays.txt", "changes.txt", "goes.txt", "sub/goes.txt"):
        place.write(name)
    place.index()
    place.write("changes.txt", "Berta Strand spoke in Leeds.\n", age=5)
    os.remove(os.path.join(place.dir, "goes.txt"))
    shutil.rmtree(os.path.join(place.dir, "sub"))
    err = place.index()
    expect("1 new or changed, 2 gone" in err, err)
    equal(place.paths(), {b"stays.txt", b"changes.txt"}, "articles")
    equal([row["path"] for row in place.ask("search", "Strand")], ["changes.txt"], "found")
    place.expect_as_fresh()


@test
def same_size_and_time(place):
    """A file changed within the clock's grain, to the same size: found, as what is young is read again."""
    path = place.write("a.txt", "one one one\n", age=0)
    stamp = os.stat(path)
    place.index()
    place.write("a.txt", "two two two\n", age=0)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    place.index()
    equal(len(place.ask("search", "two")), 1, "articles with the new word")


@test
def clock_that_went_back(place):
    """Times only say that something is another; what is later or earlier does not matter."""
    place.write("a.txt", "one one one\n", age=-3600)  # of an hour to come
    place.write("b.txt", "one one one\n")
    place.write("c.txt", "Anna Lind spoke in Hull.\n")
    place.index()
    place.write("a.txt", "two two two\n", age=10)
    place.write("b.txt", "two two two\n", age=86400)
    place.index()
    equal(sorted(row["path"] for row in place.ask("search", "two")), ["a.txt", "b.txt"], "articles with the new word")
    # As if people's decisions had been looked through tomorrow.
    place.alter("UPDATE meta SET value = value + 86400000000000 WHERE key = 'people_ns'")
    decide(place, "c.txt", "Anna Lind spoke in ", "Hull", ".\n")
    place.index()
    equal(place.ask("mentions", "hull"), [], "mentions of a place that people rejected")
    place.expect_as_fresh()


@test
def links_are_not_followed(place):
    place.write("real/a.txt")
    outside = os.path.join(place.top, "outside")
    os.mkdir(outside)
    with open(os.path.join(outside, "secret.txt"), "w") as out:
        out.write("secret\n")
    os.symlink(".", os.path.join(place.dir, "real", "loop"))
    os.symlink("..", os.path.join(place.dir, "real", "up"))
    os.symlink(outside, os.path.join(place.dir, "out"))
    os.symlink(os.path.join(outside, "secret.txt"), os.path.join(place.dir, "link.txt"))
    os.symlink("nowhere", os.path.join(place.dir, "dangling.txt"))
    place.index()
    equal(place.paths(), {b"real/a.txt"}, "articles")


@test
def odd_names(place):
    names = [b"two words.txt", b"new\nline.txt", b"quote\".txt", b"semi;'.txt", b"\xff\xfe.txt", b"%s%n.txt", b"-rf.txt", b"*.txt",
             "\u65b0\u805e.txt".encode(), b"a" * 250 + b".txt", b"\xff dir/in.txt", b"[x]/in.txt", b"tab\t.txt", b"\x1b[31m.txt"]
    for name in names:
        place.write(name)
    place.index()
    equal(place.paths(), set(names), "articles")
    expect("0 new or changed" in place.index(), "second run")
    equal(len(place.ask("search", "Lind")), len(names), "found")
    status, out, _ = place.run("search", place.dir, "Lind", "--format", "table")
    expect("\x1b" not in out, "a control character reached the terminal")


@test
def what_cannot_be_used(place):
    place.write("good.txt")
    place.write("binary.txt", b"\x00\x01\x02" * 100)
    place.write("huge.txt", b"word " * (4 << 20))
    place.write("empty.txt", b"")
    place.write("bad-utf8.txt", b"Anna Lind \xff\xfe\xc3 spoke in Hull.\n")
    os.mkfifo(os.path.join(place.dir, "fifo.txt"))
    os.mkdir(os.path.join(place.dir, "folder.txt"))
    err = place.index(status=1)
    expect("binary.txt: not a text" in err, err)
    expect("huge.txt: larger than 16 MB" in err, err)
    equal(place.paths(), {b"good.txt", b"empty.txt", b"bad-utf8.txt"}, "articles")


@test
def unreadable(place):
    if os.getuid() != 0:
        raise Skip("needs root, to be somebody else")
    place.write("good.txt")
    os.chmod(place.write("secret.txt"), 0)
    place.write("closed/in.txt")
    os.chmod(os.path.join(place.dir, "closed"), 0)
    os.chmod(place.cache, 0o777)
    os.chmod(place.home, 0o777)
    err = place.index(status=1, user=True)
    expect("secret.txt: " in err and "closed/: " in err and "denied" in err, err)
    equal(place.paths(), {b"good.txt"}, "articles")


@test
def a_folder_that_cannot_be_read_keeps_its_rows(place):
    if os.getuid() != 0:
        raise Skip("needs root, to be somebody else")
    place.write("sub/a.txt")
    os.chmod(place.cache, 0o777)
    place.index(user=True)
    os.chmod(os.path.join(place.dir, "sub"), 0)
    place.index(status=1, user=True)
    equal(place.paths(), {b"sub/a.txt"}, "articles")


@test
def read_only_folder_and_cache(place):
    if os.getuid() != 0:
        raise Skip("needs root, to be somebody else")
    place.write("a.txt")
    os.chmod(place.dir, 0o555)
    os.chmod(place.cache, 0o777)
    place.index(user=True)
    equal(place.paths(), {b"a.txt"}, "articles")
    shutil.rmtree(os.path.join(place.cache, "newsmark"))
    os.chmod(place.cache, 0o555)
    err = place.index(status=1, user=True)
    expect("ermission denied" in err, err)


@test
def home_and_root_are_refused(place):
    place.write("a.txt")
    place.env["HOME"] = place.dir
    for folder in (place.dir, "/", place.top):
        status, _, err = place.run("index", folder)
        equal(status, 1, "exit status for " + folder)
        expect("is not indexed" in err, err)
    status, _, err = place.run("index", os.path.join(place.dir, "a.txt"))
    expect(status == 1 and "not a folder" in err, err)
    status, _, err = place.run("index", os.path.join(place.dir, "nowhere"))
    expect(status == 1 and "No such file" in err, err)
    equal(place.db(), None, "index")


@test
def gitignore_as_git_has_it(place):
    """Random rules and files: what git leaves out, so does newsmark."""
    if not shutil.which("git"):
        raise Skip("no git")
    rng = random.Random(7)
    parts = ["a", "b", "ab", "ba", "x1", "x2"]
    globs = ["a", "*a", "a*", "?", "[ab]", "x[0-9]", "*", "b.txt", "*.txt", "x?.md", "**"]
    subprocess.run(["git", "init", "-q", place.dir], check=True, env=place.env)
    for round_ in range(6 if not LONG else 100):
        for name in os.listdir(place.dir):
            if name != ".git":
                path = os.path.join(place.dir, name)
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
        for _ in range(60):
            depth = rng.randint(0, 3)
            place.write("/".join(rng.choice(parts) + ".d" for _ in range(depth)) + ("/" if depth else "") + rng.choice(parts) +
                        rng.choice([".txt", ".md"]))
        folders = [root for root, _, _ in os.walk(place.dir) if "/.git" not in root]
        for folder in rng.sample(folders, min(4, len(folders))):
            lines = []
            for _ in range(rng.randint(1, 4)):
                glob = "/".join(rng.choice(globs + ["a.d", "*.d", "b.d"]) for _ in range(rng.choice([1, 1, 2, 3])))
                lines.append(rng.choice(["", "", "!"]) + rng.choice(["", "", "/"]) + glob + rng.choice(["", "", "/"]))
            with open(os.path.join(folder, ".gitignore"), "w") as out:
                out.write("\n".join(lines) + "\n")
        listed = subprocess.run(["git", "-C", place.dir, "ls-files", "-z", "--others", "--exclude-standard"], check=True,
                                stdout=subprocess.PIPE, env=place.env).stdout.split(b"\0")
        want = {path for path in listed if path.endswith((b".txt", b".md"))}
        place.index()
        got = place.paths()
        expect(got == want, "round %d: git keeps %r, newsmark keeps %r" % (round_, sorted(want - got), sorted(got - want)))


@test
def gitignore_above_the_folder(place):
    os.mkdir(os.path.join(place.top, ".git"))
    with open(os.path.join(place.top, ".gitignore"), "w") as out:
        out.write("articles/out.txt\n*.md\n")
    for name in ("in.txt", "out.txt", "no.md"):
        place.write(name)
    place.index()
    equal(place.paths(), {b"in.txt"}, "articles")


@test
def settings_of_the_folder(place):
    place.write(".newsmark.toml", '[index]\nextensions = ["txt", "text"]\nexclude = ["drafts/", "*.tmp.txt"]\nmax_mb = 1\n')
    for name in ("a.txt", "b.text", "c.md", "drafts/d.txt", "e.tmp.txt"):
        place.write(name)
    place.write("large.txt", "word " * 300000)
    err = place.index(status=1)
    expect("large.txt: larger than 1 MB" in err, err)
    equal(place.paths(), {b"a.txt", b"b.text"}, "articles")


@test
def spellings_of_one_name(place):
    place.write("en.txt", "2023-01-02\n\n“We must rebuild the port,” said Volodymyr Kovalenko in Leeds on Monday.\n")
    place.write("de.txt", "2023-01-03\n\n„Wir bauen den Hafen wieder auf“, sagte Wolodymyr Kowalenko am Dienstag in Kassel.\n")
    place.write("other.txt", "2023-01-04\n\n“Not so fast,” said Pavlo Kovalenko in Leeds.\n")
    place.index()
    keys = {row["entity"] for row in place.ask("mentions", "Volodymyr Kovalenko")}
    equal(len(keys), 1, "entities")
    equal([row["path"] for row in place.ask("mentions", "Wolodymyr Kowalenko")], ["en.txt", "de.txt"], "mentions under all spellings")
    equal([row["path"] for row in place.ask("quotes", "-s", "name:wolodymyr kowalenko")], ["en.txt", "de.txt"], "quotations by id")
    equal(len(place.ask("mentions", "kovalenko")), 3, "mentions of everybody of that surname")


@test
def what_files_say_of_themselves(place):
    """Title, author, date and language from front matter and HTML; what is not prose is not read."""
    place.write("a.md", '---\ntitle: "The harbour: sold"\nauthor: Karin Ekdahl\ndate: 2023-02-14\n---\n\n# Sold\n\nÅsa Lindqvist left Hull.\n')
    place.write("b.html", '<!DOCTYPE html><html lang="sv"><head><title>Hamnen &amp; kajen | Posten</title><meta name="author" content="Karin'
                ' Ekdahl"><meta property="article:published_time" content="2023-02-15T09:00:00Z"><script>"Anna Lind was in Hull"</script>'
                '</head><body><nav>Berta Strand</nav><p>Åsa Lindqvist for till Hull.</p></body></html>')
    place.write("c.md", "## Nobody signed this ##\n\nÅsa Lindqvist left Hull.\n")
    place.index()
    rows = {row["path"]: (row["title"], row["author"] or None, row["date"]) for row in place.ask("mentions", "lindqvist")}
    equal(rows["a.md"], ("The harbour: sold", "Karin Ekdahl", "2023-02-14"), "front matter")
    equal(rows["b.html"], ("Hamnen & kajen | Posten", "Karin Ekdahl", "2023-02-15"), "HTML")
    equal(rows["c.md"][1:], (None, None), "what is not said")
    expect(rows["c.md"][0].startswith("Nobody signed"), rows["c.md"][0])
    equal(place.value("SELECT lang FROM articles WHERE path = 'b.html'"), b"sv", "language")
    for name in ("strand", "anna lind"):
        equal(place.ask("mentions", name), [], "mentions of " + name)
    row = [row for row in place.ask("mentions", "lindqvist") if row["path"] == "b.html"][0]
    with open(os.path.join(place.dir, "b.html"), "rb") as file:
        equal(file.read()[row["start"]:row["end"]].decode(), "Åsa Lindqvist", "bytes of the file")


@test
def settings_of_an_article(place):
    """Language, date and whether anything is to be found: by the settings of its folder and its front matter, as in the editor."""
    text = "Åsa Lindqvist left Hull on Monday.\n"
    place.write(".newsmark.toml", 'date = "2023-05-03"\n')
    place.write("a.txt", text)
    place.write("b.md", "---\nnewsmark-date: 2021-02-03\nnewsmark-language: de\n---\n\n" + text)
    place.write("c.md", "---\nnewsmark: off\n---\n\n" + text)
    place.write("sub/.newsmark.toml", 'date = "2020-06-03"\n')
    place.write("sub/d.txt", text)
    place.index()
    equal(sorted((row["path"], row["date"]) for row in place.ask("mentions", "lindqvist")),
          [("a.txt", "2023-05-03"), ("b.md", "2021-02-03"), ("sub/d.txt", "2020-06-03")], "mentions")
    equal(place.value("SELECT lang FROM articles WHERE path = 'b.md'"), b"de", "language")
    equal(len(place.ask("search", "hull")), 4, "articles with a word: one where nothing is marked is still searched")
    place.write(".newsmark.toml", 'date = "2024-05-03"\n')
    place.index()
    equal([row["path"] for row in place.ask("mentions", "lindqvist", "--from", "2024")], ["a.txt"], "mentions under other settings")


def people(place, *lines):
    place.write(".newsmark/entities.jsonl", "".join(json.dumps(dict(line, id="x%d" % i, kind=line.get("kind", "entity"))) + "\n"
                                                    for i, line in enumerate(lines)), age=0)


def decide(place, name, before, words, after):
    """Somebody says that `words` are no place."""
    decision = {"id": "q1", "kind": "entity", "type": "LOC", "verdict": "rejected", "start": len(before), "end": len(before) + len(words),
                "text": words, "before": before, "after": after, "enough": [0, 0, 0], "article": "", "time": "2026-01-01T00:00:00.000Z"}
    place.write(".newsmark/annotations/%s.jsonl" % name, json.dumps(decision) + "\n", age=0)


@test
def people_say_who_is_who(place):
    place.write("a.txt", "Anna Lind spoke in Hull on Monday. “No,” said Anna Lind.\n")
    place.write("b.txt", "Anna Berg spoke in Hull on Tuesday.\n")
    place.write("c.txt", "Robert Marsh was in Leeds.\n")
    place.index()
    equal(len(place.ask("entities", "Anna Berg")), 1, "entities before")
    people(place, {"entity": "name:anna lind", "name": "Anna Lind-Berg", "same": ["name:anna berg"], "aliases": ["The Chair"]})
    expect("2 new or changed" in place.index(), "not just the articles it is about were read again")
    rows = place.ask("entities", "anna berg")
    equal([(row["name"], row["mentions"], row["articles"]) for row in rows], [("Anna Lind-Berg", 3, 2)], "one of two")
    equal([row["path"] for row in place.ask("mentions", "name:anna lind")], ["a.txt", "a.txt", "b.txt"], "mentions")
    people(place)
    expect("2 new or changed" in place.index(), "what was taken back is still so")
    equal(len(place.ask("mentions", "anna lind")), 2, "mentions of one of them")
    place.expect_as_fresh()


@test
def people_win_while_watched(place):
    place.write(".newsmark.toml", "")
    place.write("a.txt", "Anna Lind spoke in Hull on Monday.\n")
    place.write("sub/b.txt", "Anna Berg spoke in Hull on Tuesday.\n")
    place.watch()
    people(place, {"entity": "name:anna lind", "same": ["name:anna berg"]})
    place.until(lambda: place.value("SELECT articles FROM entities WHERE key = 'name:anna lind'") == 2, "two to be one")
    place.write("sub/c.txt", "Anna Berg spoke again.\n", age=0)
    place.until(lambda: place.value("SELECT articles FROM entities WHERE key = 'name:anna lind'") == 3, "a new article after that")
    equal(place.value("SELECT articles FROM entities WHERE name = 'Hull'"), 2, "articles that mention a place")
    decide(place, "a.txt", "Anna Lind spoke in ", "Hull", " on Monday.\n")
    place.until(lambda: place.value("SELECT articles FROM entities WHERE name = 'Hull'") == 1, "a place that people rejected to go")


# --- what is survived ------------------------------------------------------------------------------------------------


def corpus(place, count, seed=1):
    subprocess.run([sys.executable, GENERATOR, place.dir, str(count), "1500", str(seed)], check=True)
    then = time.time() - 10
    for root, _, files in os.walk(place.dir):
        for name in files:
            os.utime(os.path.join(root, name), (then, then))


@test
def killed_at_any_moment(place):
    corpus(place, 1200)
    rng = random.Random(3)
    begun = time.monotonic()
    process = place.start("index", place.dir, "--quiet")
    process.wait()
    whole = time.monotonic() - begun
    shutil.rmtree(os.path.join(place.cache, "newsmark"))
    for kill in range(300 if LONG else 30):
        if kill % 10 == 9:  # from nothing again, and with changes in between
            shutil.rmtree(os.path.join(place.cache, "newsmark"), ignore_errors=True)
        place.write("0000/%07d.txt" % rng.randint(0, 999), "Berta Strand spoke in Leeds, %d.\n" % kill, age=5)
        process = place.start("index", place.dir, "--quiet")
        time.sleep(rng.random() * whole * 1.1)
        process.kill()
        process.wait()
        if place.db() and os.path.exists(place.db()):
            place.expect_sound()
    place.index()
    place.expect_sound()
    place.expect_as_fresh()


@test
def files_that_vanish_and_grow_meanwhile(place):
    corpus(place, 400)
    over = threading.Event()

    def churn():
        rng = random.Random(5)
        while not over.is_set():
            name = "0000/%07d.txt" % rng.randint(0, 399)
            path = os.path.join(place.dir, name)
            what = rng.random()
            try:
                if what < 0.3:
                    os.remove(path)
                elif what < 0.6:
                    with open(path, "a") as out:
                        out.write("Anna Lind was there, too. " * rng.randint(1, 200))
                else:
                    place.write(name, "Anna Lind spoke. " * rng.randint(1, 500), age=0)
            except FileNotFoundError:
                pass

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(5):
            place.index()
    finally:
        over.set()
        thread.join()
    place.index()
    place.expect_sound()
    place.expect_as_fresh()


@test
def damaged_index_is_set_aside(place):
    corpus(place, 100)
    place.index()
    for damage in ("head", "middle", "cut"):
        db = place.db()
        size = os.path.getsize(db)
        with open(db, "r+b") as out:
            if damage == "cut":
                out.truncate(size // 2)
            else:
                out.seek(0 if damage == "head" else 4096)
                out.write(random.Random(1).randbytes(4096 if damage == "head" else size - 8192))
        place.write("0000/0000001.txt", "Berta Strand spoke in Leeds: %s.\n" % damage)
        err = place.index(status=1)
        expect("built anew" in err, damage + ": " + err)
        expect(os.path.exists(db + ".damaged"), "nothing was set aside: " + damage)
        place.expect_sound()
        equal(len(place.paths()), 100, "articles after damage: " + damage)


@test
def index_of_another_version(place):
    place.write("a.txt")
    place.index()
    place.alter("PRAGMA user_version = 0", "DROP TABLE postings")
    status, _, err = place.run("quotes", place.dir)
    expect(status == 1 and "newsmark index" in err, err)
    place.index()
    equal(place.paths(), {b"a.txt"}, "articles")
    place.ask("quotes")


@test
def more_articles_of_one_day_than_numbers(place):
    """Numbers of articles begin with their day: where a day has more than there is room for, the index widens itself."""
    for i in range(4100):
        place.write("d/%d.txt" % i, "2023-05-04\n\nAnna Lind spoke in Hull, %d.\n" % i)
    place.write("other.txt", "2024-05-04\n\nBerta Strand spoke in Hull.\n")
    place.write("undated.txt", "Carla Wood spoke in Hull.\n")
    place.index()
    equal(len(place.paths()), 4102, "articles")
    equal([row["path"] for row in place.ask("search", "spoke", "--from", "2024")], ["other.txt"], "articles since 2024")
    expect("0 new or changed" in place.index(), "second run")
    equal(len(place.ask("search", "hull", "--until", "2023")), 4101, "articles until 2023 or without a day")


@test
def tags_of_scripts(place):
    """A folder's scripts tag what is indexed once they are trusted; another script, and all is annotated again."""
    place.write("a.txt", "A millstone lay in the road.\n")
    place.write("b.txt", "The road was long.\n")
    place.write(".newsmark/taggers/stones.lua", STONES % "millstone")
    place.env["XDG_STATE_HOME"] = os.path.join(place.top, "state")
    place.index()
    equal(place.run("mentions", place.dir, "--type", "stone")[0], 1, "status before the script is trusted")
    equal(place.run("trust", place.dir)[0], 0, "status of trust")
    expect("2 new or changed" in place.index(), "the index is not made again")
    equal([(row["path"], row["text"], row["type"], row["name"]) for row in place.ask("mentions", "--type", "stone")],
          [("a.txt", "millstone", "stone", "S")], "mentions")
    expect("0 new or changed" in place.index(), "made again for nothing")
    place.write(".newsmark/taggers/stones.lua", STONES % "road")
    place.run("trust", place.dir)
    place.index()
    equal([row["path"] for row in place.ask("mentions", "--type", "stone")], ["a.txt", "b.txt"], "mentions of the new script")


@test
def full_disk(place):
    small = os.path.join(place.top, "small")
    os.mkdir(small)
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "none", small], stderr=subprocess.DEVNULL).returncode:
        raise Skip("no small disk to be had")
    try:
        corpus(place, 400)
        place.env["XDG_CACHE_HOME"] = small
        status, _, err = place.run("index", place.dir)
        equal(status, 1, "exit status")
        expect("full" in err, err)
        status, _, err = place.run("entities", place.dir, "--format", "json")
        equal(status, 0, "exit status of a question afterwards (%s)" % err)
    finally:
        subprocess.run(["umount", small])


# --- several at once -------------------------------------------------------------------------------------------------


@test
def a_second_process_waits_or_reads(place):
    corpus(place, 50)
    first = place.watch()
    err = place.index()
    expect("process %d" % first.pid in err and "keeps the index up to date" in err, err)
    expect(place.ask("entities", "--limit", "1") is not None, "no answer beside the writer")
    second = place.start("index", place.dir, "--watch", "--quiet")
    first.kill()
    first.wait()
    place.write("new.txt", "Berta Strand spoke in Leeds.\n", age=0)
    place.until(lambda: b"new.txt" in place.paths(), "the second process to take over")
    expect(second.poll() is None, "the second process ended")


@test
def two_first_runs_at_once(place):
    corpus(place, 300)
    processes = [place.start("index", place.dir) for _ in range(3)]
    for process in processes:
        _, err = process.communicate(timeout=PATIENCE)
        equal(process.returncode, 0, "exit status (%s)" % err.decode())
    place.expect_sound()
    equal(len(place.paths()), 300, "articles")


# --- watching --------------------------------------------------------------------------------------------------------


@test
def watched(place):
    place.write("a.txt")
    place.write("sub/b.txt")
    place.watch()
    begun = time.monotonic()
    place.write("sub/new.txt", "Berta Strand.\n", age=0)
    place.until(lambda: b"sub/new.txt" in place.paths(), "a new file")
    took = time.monotonic() - begun
    expect(took < (0.5 if "san" not in BUILD else 5), "a new file took %.3f s" % took)
    place.write("x/y/z/deep.txt", age=0)
    place.until(lambda: b"x/y/z/deep.txt" in place.paths(), "a file in new folders")
    os.rename(os.path.join(place.dir, "x"), os.path.join(place.dir, "w"))
    place.until(lambda: b"w/y/z/deep.txt" in place.paths() and b"x/y/z/deep.txt" not in place.paths(), "a renamed folder")
    place.write("w/y/z/later.txt", age=0)
    place.until(lambda: b"w/y/z/later.txt" in place.paths(), "a file in a renamed folder")
    place.write(".a.swp.tmp", "Saved by rename: Carla Wood.\n", age=0)
    os.rename(os.path.join(place.dir, ".a.swp.tmp"), os.path.join(place.dir, "a.txt"))
    place.until(lambda: place.value("SELECT count(*) FROM text WHERE text MATCH 'carla'") == 1, "a save by rename")
    os.remove(os.path.join(place.dir, "a.txt"))
    shutil.rmtree(os.path.join(place.dir, "sub"))
    place.until(lambda: place.paths() == {b"w/y/z/deep.txt", b"w/y/z/later.txt"}, "removals")
    place.expect_as_fresh()


@test
def many_renames(place):
    for i in range(100):
        place.write("d0/n%d.txt" % i)
    place.watch()
    rng = random.Random(2)
    for i in range(1000):
        name = "d0/n%d.txt" % rng.randint(0, 99) if rng.random() < 0.5 else "d1/n%d.txt" % rng.randint(0, 99)
        path = os.path.join(place.dir, name)
        if os.path.exists(path):
            other = os.path.join(place.dir, rng.choice(["d0", "d1"]), "n%d.txt" % rng.randint(0, 99))
            os.makedirs(os.path.dirname(other), exist_ok=True)
            os.rename(path, other)
    left = {os.path.relpath(os.path.join(root, name), place.dir).encode() for root, _, files in os.walk(place.dir) for name in files}
    place.until(lambda: place.paths() == left, "the index to follow 1,000 renames")
    place.expect_as_fresh()


@test
def lost_events(place):
    """60,000 events while the process sleeps, more than the kernel's queue holds: everything is scanned again."""
    place.write("sub/a.txt")
    process = place.watch()
    with open("/proc/sys/fs/inotify/max_queued_events") as limit:
        events = max(60000, int(limit.read()) + 2000)
    process.send_signal(signal.SIGSTOP)
    one, two = (os.path.join(place.dir, "sub", name) for name in ("one.tmp", "two.tmp"))
    open(one, "w").close()
    for _ in range(events // 4 + 1):  # two renames, two events each
        os.rename(one, two)
        os.rename(two, one)
    place.write("sub/b.txt", age=0)
    place.write("new/c.txt", age=0)
    os.remove(os.path.join(place.dir, "sub", "a.txt"))
    process.send_signal(signal.SIGCONT)
    place.until(lambda: place.paths() == {b"sub/b.txt", b"new/c.txt"}, "what happened behind lost events")


@test
def settings_that_change_meanwhile(place):
    """A folder's settings hold for its index soon after they are saved, for what is there already, too."""
    for name in ("a.txt", "b.text", "drafts/c.txt"):
        place.write(name)
    place.watch()
    equal(place.paths(), {b"a.txt", b"drafts/c.txt"}, "articles before")
    place.write(".newsmark.toml", '[index]\nexclude = ["drafts/"]\nextensions = ["txt", "text"]\n', age=0)
    place.until(lambda: place.paths() == {b"a.txt", b"b.text"}, "the settings to hold")
    place.write("drafts/d.txt", age=0)
    place.write("e.text", age=0)
    place.until(lambda: place.paths() == {b"a.txt", b"b.text", b"e.text"}, "a new file under the new settings")
    os.remove(os.path.join(place.dir, ".newsmark.toml"))
    place.until(lambda: place.paths() == {b"a.txt", b"drafts/c.txt", b"drafts/d.txt"}, "the settings to be gone")
    place.expect_as_fresh()


@test
def settings_of_a_subfolder_that_change_meanwhile(place):
    """Those of a folder inside hold for what is below it, soon after they are saved and after newsmark was away."""
    text = "Åsa Lindqvist left Hull on Monday.\n"
    for name in ("a.txt", "sub/b.txt", "sub/deep/c.txt", "sub/drafts/d.txt", "sub/e.text", "other/f.txt"):
        place.write(name, text)
    place.write(".newsmark.toml", 'date = "2023-05-03"\n')
    dates = lambda: sorted((row["path"], row["date"]) for row in place.ask("mentions", "lindqvist"))
    watching = place.watch()
    usual = [("a.txt", "2023-05-03"), ("other/f.txt", "2023-05-03"), ("sub/b.txt", "2023-05-03"),
             ("sub/deep/c.txt", "2023-05-03"), ("sub/drafts/d.txt", "2023-05-03")]
    equal(dates(), sorted(usual), "before")
    place.write("sub/.newsmark.toml", 'date = "2020-06-03"\n', age=0)
    place.until(lambda: dates() == sorted([("a.txt", "2023-05-03"), ("other/f.txt", "2023-05-03"), ("sub/b.txt", "2020-06-03"),
                                           ("sub/deep/c.txt", "2020-06-03"), ("sub/drafts/d.txt", "2020-06-03")]), "a date of the subfolder")
    place.write("sub/.newsmark.toml", '[index]\nexclude = ["/drafts/"]\nextensions = ["text", "txt"]\n', age=0)
    place.until(lambda: place.paths() == {b"a.txt", b"other/f.txt", b"sub/b.txt", b"sub/deep/c.txt", b"sub/e.text"}, "what is left out there")
    place.write("sub/deep/.newsmark.toml", "enabled = false\n", age=0)
    place.until(lambda: [row[0] for row in dates()] == ["a.txt", "other/f.txt", "sub/b.txt", "sub/e.text"], "nothing is found deeper down")
    watching.terminate()
    watching.wait()
    os.remove(os.path.join(place.dir, "sub/.newsmark.toml"))
    place.index()
    equal(dates(), sorted(row for row in usual if row[0] != "sub/deep/c.txt"), "without the settings, after a pause")
    os.remove(os.path.join(place.dir, "sub/deep/.newsmark.toml"))
    place.index()
    equal(dates(), sorted(usual), "without all of them")
    place.expect_as_fresh()


# --- questions -------------------------------------------------------------------------------------------------------


@test
def csv_as_rfc_4180(place):
    place.write("a, \"b\".txt", "“One, two” said nobody.\n\nThree: “four\nfive”, he said.\n")
    place.index()
    status, out, _ = place.run("search", place.dir, "two", "--format", "csv")
    equal(status, 0, "exit status")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    equal(len(rows), 1, "rows")
    equal(rows[0]["path"], "a, \"b\".txt", "path")
    equal(rows[0]["text"], "two", "text")
    expect(out.endswith("\r\n") and "\r\n" in out[:-2], "line ends")


@test
def words_in_context(place):
    text = "Första stycket är här.\n\nDet var i Tromsø som båten sjönk, sade hon. Sedan kom natten.\n"
    place.write("a.txt", text)
    place.index()
    row = place.ask("search", "tromso")[0]
    at = text.encode().index("Tromsø".encode())
    equal((row["start"], row["line"], row["text"]), (at, 3, "Tromsø"), "place")
    equal(row["left"], "Det var i ", "words before")
    expect(row["right"].startswith(" som båten"), row["right"])
    place.write("a.txt", "Nu står här Tromsø på en annan plats.\n", age=5)
    row = place.ask("search", "tromso")[0]
    equal((row["line"], row["left"]), (0, None), "place in a file that changed since")


@test
def quotations_by_speaker(place):
    place.write("en.txt", "“We will not sell the harbour,” said Åsa Lindqvist. The council met on Monday.\n")
    place.write("de.txt", "„Wir verkaufen nichts“, sagte Åsa Lindqvist am Montag im Rathaus.\n")
    place.write("other.txt", "“Nobody asked us,” said Robert Marsh after the meeting in the town hall.\n")
    place.index()
    everything = place.ask("quotes")
    equal(len(everything), 3, "quotations")
    for name in ("Åsa Lindqvist", "asa lindqvist", "LINDQVIST"):
        rows = place.ask("quotes", "--speaker", name)
        equal(sorted(row["path"] for row in rows), ["de.txt", "en.txt"], "articles that quote " + name)
    equal([row["path"] for row in place.ask("quotes", "sell")], ["en.txt"], "quotations with a word")
    equal(place.ask("quotes", "--speaker", "Lind"), [], "quotations by nobody")


@test
def reported_speech_on_request(place):
    """"X said that …" is in the index with its type, is asked for by itself or beside quotations, and counts as none."""
    place.write("a.txt", "Anna Lindqvist spoke in Hull on 3 May 2023.\n\nAnna Lindqvist said that the harbour would be closed next week.\n\n"
                "\"We are ready,\" said Anna Lindqvist.\n", age=100)
    place.write("b.md", "# Report\n\nPer Ekman said that **the bridge** is safe.\n", age=100)
    place.index()
    said = lambda *args: [(row["path"], row["type"], row["speaker"], row["text"]) for row in place.ask("quotes", *args)]
    quoted = ("a.txt", "direct", "Anna Lindqvist", '"We are ready,"')
    equal(said(), [quoted], "quotations alone")
    equal(said("harbour"), [], "a word of reported speech alone")
    with_all = said("--indirect")
    equal([row[:3] for row in with_all if row[0] == "a.txt"], [("a.txt", "indirect", "Anna Lindqvist"), quoted[:3]], "both, in their order")
    expect("harbour would be closed" in with_all[[row[1] for row in with_all].index("indirect")][3], "its words: %s" % with_all)
    equal([row[:2] for row in said("--type", "indirect", "--speaker", "ekman")], [("b.md", "indirect")], "by its type and a speaker")
    equal([row[0] for row in said("harbour", "--indirect")], ["a.txt"], "by its words")
    equal([row[0] for row in said("bridge", "--indirect", "--speaker", "ekman")], ["b.md"], "by words and speaker")
    equal(said("ready", "--indirect"), [quoted], "a quotation's words")
    equal([(row["name"], row["quotes"]) for row in place.ask("entities", "lindqvist")], [("Anna Lindqvist", 1)], "quotations are counted")
    place.write("a.txt", "Nothing.\n")
    equal([row[3] for row in said("--type", "indirect") if row[0] == "a.txt"], [None], "no words of a file that is another by now")
    place.index()
    equal([row[0] for row in said("--indirect")], ["b.md"], "gone with its article")
    place.expect_as_fresh()


@test
def a_page_of_a_timeline_is_the_whole_one_cut_short(place):
    """A page stops reading where no day can be on it any more: it has the days that all of them begin with."""
    chance = random.Random(5)
    for n in range(40):
        told = ["Anna Lindqvist spoke in Hull on %d May %d." % (chance.randint(1, 28), chance.randint(1990, 2023)) for _ in range(6)]
        told.append("Anna Lindqvist led the port from %d to %d." % (1980 + n % 9, 2001 + n % 20))
        place.write("%d.txt" % n, "\n\n".join(" ".join(told[i:i + 2]) for i in range(0, 7, 2)) + "\n")
    place.index()
    for given in ([], ["--from", "2005"], ["--from", "2001", "--until", "2003-06"]):
        every = place.ask("timeline", "lindqvist", *given)
        expect(len(every) > 10, "days (%s)" % given)
        for page in (1, 7, 30):
            equal(place.ask("timeline", "lindqvist", "-n", str(page), *given), every[:page], "a page of %d, %s" % (page, given))


@test
def dates_that_are_open(place):
    """A deadline and a beginning have their place on the timeline, and say which end is not known."""
    place.write("a.txt", "2023-02-15\n\nThe sale must be complete by May 1. The yard has been empty since June 2021.\n")
    place.index()
    rows = [(row["text"], row["begin"], row["until"]) for row in place.ask("timeline")]
    equal(rows, [("June 2021", "2021-06-01", None), ("2023-02-15", "2023-02-15", "2023-02-15"), ("May 1", None, "2023-05-01")],
          "timeline")
    equal([row["text"] for row in place.ask("timeline", "--from", "2023-03")], ["May 1"], "from a month on")


@test
def entities_of_a_time(place):
    """Who is named in the articles of a time, and how often there; the same for one day, a month and half a year."""
    place.write("a.txt", "2023-02-01\n\nÅsa Lindqvist came to Hull. Lindqvist left Hull. Hull waited.\n")
    place.write("b.txt", "2023-03-01\n\nRobert Marsh spoke in Leeds. “No,” said Åsa Lindqvist.\n")
    place.write("c.txt", "2024-03-01\n\nRobert Marsh spoke in Hull.\n")
    place.index()

    def asked(*args):
        return [(row["name"], row["mentions"], row["articles"], row["quotes"]) for row in place.ask("entities", *args)]
    hull, marsh, leeds = ("Hull", 3, 1, 0), ("Robert Marsh", 1, 1, 0), ("Leeds", 1, 1, 0)
    equal(sorted(asked("--from", "2023-02-01", "--until", "2023-02-01")), [hull, ("Åsa Lindqvist", 2, 1, 0)], "of a day")
    equal(sorted(asked("--from", "2023-02", "--until", "2023-06")), [hull, leeds, marsh, ("Åsa Lindqvist", 3, 2, 1)], "of some months")
    equal(sorted(asked("--from", "2024")), [("Hull", 1, 1, 0), marsh], "since a year")
    equal(asked("lindqvist", "--from", "2023-03"), [("Åsa Lindqvist", 1, 1, 1)], "of one name")


@test
def usage(place):
    for args in (["index"], ["index", "--nonsense", "."], ["entities"], ["mentions", place.dir], ["quotes", place.dir, "--type", "PER"],
                 ["entities", place.dir, "--from", "yesterday"], ["search", place.dir], ["entities", place.dir, "--limit", "x"],
                 ["entities", place.dir, "--format", "xml"]):
        status, out, err = place.run(*args)
        equal((status, out), (2, ""), "status and output of %r" % args)
        expect("newsmark" in err, "no message")
    status, _, err = place.run("entities", place.dir)
    expect(status == 1 and "newsmark index" in err, err)


# --- in the server ---------------------------------------------------------------------------------------------------


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
    with Server(place, capabilities=wants) as server:
        token = server.client.wait(lambda m: m.get("method") == "window/workDoneProgress/create", "a token")["params"]["token"]

        def kind(value):
            return server.client.notification("$/progress", lambda p: p["token"] == token and p["value"]["kind"] == value)
        expect(kind("begin")["value"]["cancellable"], "not to be cancelled")
        report = kind("report")["value"]
        expect("of 4001 articles" in report["message"] and report["percentage"] < 90, "progress is of all there is: %s" % report)
        server.client.notify("window/workDoneProgress/cancel", {"token": token})
        kind("end")
        equal(server.client.finish(), 0, "exit status")
    expect(len(place.paths()) < 4001, "the whole folder was read")


@test
def typing_is_answered_while_indexing(place):
    """Keys come first: while somebody types without a pause the index hardly grows, however busy the machine is; between keys it
    goes on."""
    corpus(place, 6000)
    place.write(".newsmark.toml", "")
    uri = "untitled:typed"
    with Server(place) as server:
        version = 1
        server.client.open(uri, "Anna Lind spoke in Hull on 3 May 2023. “We will not sell,” said Robert Marsh.\n\n" * 120)
        server.client.published(uri, version)

        def key():
            nonlocal version
            version += 1
            begun, at = time.monotonic(), {"line": 60, "character": 4}
            server.client.change(uri, version, [{"range": {"start": at, "end": at}, "text": "x"}])
            server.client.published(uri, version)
            return time.monotonic() - begun

        def stored():
            return place.value("SELECT count(*) FROM articles") or 0

        def type_for(seconds):
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                key()
        place.until(stored, "the first articles to be stored")
        took = []
        for _ in range(50):
            took.append(key())
            time.sleep(0.08)
        took.sort()
        print("keys while indexing, 10 KB: p50 %.1f ms, p99 %.1f ms" % (took[25] * 1e3, took[49] * 1e3))
        type_for(0.5)  # what has begun is finished
        before = stored()
        type_for(1)
        typed = stored() - before
        expect(stored() < 6000, "indexing ended before the typing did")
        place.until(lambda: stored() - before - typed > 2 * typed, "more to be stored in a rest than while typing (%d)" % typed)
        equal(server.client.finish(), 0, "exit status")


def main():
    wanted = sys.argv[2:]
    passed = failed = skipped = 0
    for one in TESTS:
        if wanted and one.__name__ not in wanted:
            continue
        place = Place()
        begun = time.monotonic()
        try:
            one(place)
            passed += 1
            if wanted:
                print("%s: ok, %.1f s" % (one.__name__, time.monotonic() - begun))
        except Skip as why:
            skipped += 1
            print("%s: skipped: %s" % (one.__name__, why))
        except Exception as why:  # one test's trouble is not the next one's
            failed += 1
            print("FAILED %s: %s: %s" % (one.__name__, type(why).__name__, why))
        finally:
            place.close()
    print("%d passed, %d failed" % (passed, failed) + (", %d skipped" % skipped if skipped else ""))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
