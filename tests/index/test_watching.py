"""What changes meanwhile: watching."""
import os
import random
import shutil
import signal
import sys
import time

from place import BUILD, corpus, equal, expect, test
from again import least


@test
def watched(place):
    place.write("a.txt")
    place.write("sub/b.txt")
    place.watch()
    count = 0

    def seconds():
        nonlocal count
        count += 1
        name = "sub/new%d.txt" % count
        begun = time.monotonic()
        place.write(name, "Berta Strand.\n", age=0)
        place.until(lambda: name.encode() in place.paths(), "a new file")
        return time.monotonic() - begun

    limit = 0.5 if "san" not in BUILD else 5
    expect(least(seconds, limit) < limit, "a new file takes more than %s s" % limit)
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
def folders_under_the_same_name(place):
    """Another folder takes the place of a known one at once: what is in it is found, now and later, at every depth."""
    for name in ("moved/a.txt", "moved/in/b.txt", "made/a.txt", "made/in/b.txt"):
        place.write(name)
    place.watch()
    new = os.path.join(place.top, "new")
    for name in ("c.txt", "in/d.txt"):
        place.write_at(os.path.join(new, name))
    os.rename(os.path.join(place.dir, "moved"), os.path.join(place.top, "old"))
    os.rename(new, os.path.join(place.dir, "moved"))
    shutil.rmtree(os.path.join(place.dir, "made"))
    place.write("made/c.txt", age=0)
    place.write("made/in/d.txt", age=0)
    want = {b"moved/c.txt", b"moved/in/d.txt", b"made/c.txt", b"made/in/d.txt"}
    place.until(lambda: place.paths() == want, "what is in the other folders")
    for name in ("moved/e.txt", "moved/in/f.txt", "made/e.txt", "made/in/f.txt"):
        place.write(name, age=0)
        want.add(name.encode())
        place.until(lambda: place.paths() == want, "what is put into them later")
    place.write_at(os.path.join(place.top, "old", "in", "g.txt"))  # none of ours any more
    os.remove(os.path.join(place.dir, "made", "c.txt"))
    place.until(lambda: place.paths() == want - {b"made/c.txt"}, "a removal")
    place.expect_as_fresh()


def says(process, words):
    """A function that tells whether the process said the words since they were heard last."""
    os.set_blocking(process.stderr.fileno(), False)
    said = []

    def heard():
        said.append(process.stderr.read() or b"")
        found = words in b"".join(said)
        if found:
            said.clear()
        return found
    return heard


@test
def folders_that_are_away_while_they_are_read(place):
    """A folder, and then the one around all of them, is renamed and back during the first scan: nothing is missing in the end."""
    corpus(place, 1500)
    process = place.start("index", place.dir, "--watch", "--quiet")
    is_missed = says(process, b"no such file")
    inner, away = os.path.join(place.dir, "0001"), place.dir + "-away"
    place.until(lambda: place.value("SELECT value FROM meta WHERE key = 'maker'"), "the scan to begin")
    os.rename(inner, inner + "-away")
    os.rename(inner + "-away", inner)
    os.rename(place.dir, away)
    place.until(is_missed, "the folder to be missed")
    os.rename(away, place.dir)
    place.until(lambda: len(place.paths()) == 1500, "all articles")
    place.expect_as_fresh()


@test
def the_folder_itself_goes_and_comes_back(place):
    place.write(".newsmark.toml", '[index]\nexclude = ["out/"]\n')
    place.write("a.txt")
    place.write("sub/b.txt")
    place.write("out/c.txt")
    process = place.watch()
    is_missed = says(process, b"no such file")
    away = place.dir + "-away"
    os.rename(place.dir, away)
    place.until(is_missed, "the folder to be missed")
    place.write_at(os.path.join(away, "sub", "d.txt"))
    status, _, err = place.run("search", place.dir, "lind")
    expect(status == 1 and "No such file" in err, err)
    os.rename(away, place.dir)
    place.until(lambda: place.paths() == {b"a.txt", b"sub/b.txt", b"sub/d.txt"}, "what was written while it was away")
    place.write("sub/e.txt", age=0)
    place.until(lambda: b"sub/e.txt" in place.paths(), "a new file in it")
    shutil.rmtree(place.dir)
    place.until(is_missed, "the folder to be missed again")
    place.write("sub/f.txt", age=0)
    place.until(lambda: place.paths() == {b"sub/f.txt"}, "another folder in its place")
    place.write("g.txt", age=0)
    place.until(lambda: place.paths() == {b"sub/f.txt", b"g.txt"}, "a new file in that")
    expect(process.poll() is None, "the process ended")
    place.expect_as_fresh()


@test
def gitignore_that_changes_meanwhile(place):
    for name in ("a.txt", "sub/a.txt", "sub/in/a.txt", "sub/b.txt", "drafts/c.txt"):
        place.write(name)
    every = {b"a.txt", b"sub/a.txt", b"sub/in/a.txt", b"sub/b.txt", b"drafts/c.txt"}
    place.watch()
    for rules, left in (("a.txt\n", {b"sub/b.txt", b"drafts/c.txt"}), ("/a.txt\ndrafts\n", {b"sub/a.txt", b"sub/in/a.txt", b"sub/b.txt"}),
                        ("", every)):
        place.write(".gitignore", rules, age=0)
        place.until(lambda: place.paths() == left, "the rules %r to hold" % rules)
    place.write("sub/.gitignore", "a.txt\n", age=0)
    place.until(lambda: place.paths() == every - {b"sub/a.txt", b"sub/in/a.txt"}, "the rules of a subfolder to hold")
    os.remove(os.path.join(place.dir, "sub", ".gitignore"))
    place.until(lambda: place.paths() == every, "the rules to be gone")
    place.expect_as_fresh()


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
