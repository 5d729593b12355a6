"""What of a folder is indexed, and as what."""
import os
import random
import shutil
import subprocess
import time

from place import LONG, Skip, decide, equal, expect, people, test


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
    place.write("wide.txt", "Anna Lind spoke in Hull.\n".encode("utf-16"))
    os.mkfifo(os.path.join(place.dir, "fifo.txt"))
    os.mkdir(os.path.join(place.dir, "folder.txt"))
    err = place.index(status=1)
    expect("binary.txt: not a text" in err, err)
    expect("huge.txt: larger than 16 MB" in err, err)
    expect("bad-utf8.txt: not UTF-8" in err and "wide.txt: UTF-16, left out" in err and "iconv" in err, err)
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
    for mode in (0, 0o444):  # not to be listed; listed, but its files are not to be looked at
        os.chmod(os.path.join(place.dir, "sub"), mode)
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
def pipes_and_devices_among_the_folders_own_files_are_passed_over(place):
    """A folder from a stranger: nothing is waited for, and nothing without an end is read."""
    place.write("a.txt")
    os.makedirs(os.path.join(place.dir, ".newsmark", "annotations"))
    for name in (".gitignore", ".newsmark.toml", ".newsmark/entities.jsonl", ".newsmark/annotations/a.txt.jsonl"):
        path = os.path.join(place.dir, name)
        for make in (os.mkfifo, lambda path: os.symlink("/dev/zero", path)):
            make(path)
            place.index()
            equal(place.paths(), {b"a.txt"}, "articles with " + name)
            os.remove(path)


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
