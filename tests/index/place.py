"""The harness of tests/index: a folder of articles, a cache, and the program run on them."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build"))
NEWSMARK = os.path.join(BUILD, "newsmark")
GENERATOR = os.path.join(ROOT, "tests", "bench", "gen_corpus.py")
LONG = bool(os.environ.get("NEWSMARK_LONG"))
NOBODY = 65534
TESTS = []
sys.path[:0] = [os.path.join(ROOT, "tests"), os.path.join(ROOT, "tests", "lsp")]
from again import PATIENCE, until  # noqa: E402


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
        return self.write_at(os.path.join(os.fsencode(self.dir), os.fsencode(name)), text, age)

    def write_at(self, path, text="Anna Lind spoke in Hull on 3 May 2023.\n", age=10):
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
        return until(done, what, patience)

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


def people(place, *lines):
    place.write(".newsmark/entities.jsonl", "".join(json.dumps(dict(line, id="x%d" % i, kind=line.get("kind", "entity"))) + "\n"
                                                    for i, line in enumerate(lines)), age=0)


def decide(place, name, before, words, after):
    """Somebody says that `words` are no place."""
    decision = {"id": "q1", "kind": "entity", "type": "LOC", "verdict": "rejected", "start": len(before), "end": len(before) + len(words),
                "text": words, "before": before, "after": after, "enough": [0, 0, 0], "article": "", "time": "2026-01-01T00:00:00.000Z"}
    place.write(".newsmark/annotations/%s.jsonl" % name, json.dumps(decision) + "\n", age=0)


def corpus(place, count, seed=1):
    subprocess.run([sys.executable, GENERATOR, place.dir, str(count), "1500", str(seed)], check=True)
    then = time.time() - 10
    for root, _, files in os.walk(place.dir):
        for name in files:
            os.utime(os.path.join(root, name), (then, then))
