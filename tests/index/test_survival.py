"""What an index survives: kills, damage, full disks, several processes at once."""
import contextlib
import json
import os
import random
import shutil
import subprocess
import threading
import time

from place import LONG, PATIENCE, STONES, Skip, corpus, equal, expect, test
from test_server import Server


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


@contextlib.contextmanager
def small_disk(place, size):
    """The place's cache on a disk of its own."""
    small = os.path.join(place.top, "small")
    os.mkdir(small)
    if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "none", small], stderr=subprocess.DEVNULL).returncode:
        raise Skip("no small disk to be had")
    try:
        place.cache = place.env["XDG_CACHE_HOME"] = small
        yield small
    finally:
        subprocess.run(["umount", small])


@test
def full_disk(place):
    corpus(place, 400)
    with small_disk(place, "700k"):
        status, _, err = place.run("index", place.dir)
        equal(status, 1, "exit status")
        expect("full" in err, err)
        status, _, err = place.run("entities", place.dir, "--format", "json")
        equal(status, 0, "exit status of a question afterwards (%s)" % err)


@test
def full_disk_that_gets_room(place):
    """The reader is told once, the editor goes on, and so does the index as soon as it can."""
    corpus(place, 800)
    place.write(".newsmark.toml", "")
    with small_disk(place, "32m") as small:
        ballast = os.path.join(small, "ballast")
        with open(ballast, "wb") as out:
            out.write(bytes((32 << 20) - (700 << 10)))
        with Server(place) as server:
            told = server.client.notification("window/showMessage")
            expect("full" in told["message"], told)
            server.client.notification("newsmark/indexStatus", lambda p: p["state"] == "failed")
            expect(isinstance(server.rows("entities"), list), "what was stored is not asked")
            uri = server.folder + "/typed.txt"
            server.client.open(uri, "Anna Lind spoke in Hull.\n")
            server.client.published(uri, 1)
            os.remove(ballast)
            server.ready()
            equal(len(place.paths()), 800, "articles")
            equal([m for m in server.client.seen if m.get("method") == "window/showMessage"], [], "further messages")
            equal(server.client.finish(), 0, "exit status")
        place.expect_sound()


@test
def index_deleted_while_it_is_kept(place):
    """It is safe to delete: what keeps it makes another one."""
    for i in range(30):
        place.write("%d.txt" % i)
    place.write(".newsmark.toml", "")
    with Server(place) as server:
        server.ready()
        for gone in (os.path.join(place.cache, "newsmark"), place.db()):
            shutil.rmtree(gone) if os.path.isdir(gone) else os.remove(gone)
            place.until(lambda: len(place.paths()) == 30, "the articles to be read again")
            place.write("new.txt", "Berta Strand.\n", age=0)
            place.until(lambda: [r["path"] for r in server.rows("search", words="strand")] == ["new.txt"], "a new file")
            os.remove(os.path.join(place.dir, "new.txt"))
            place.until(lambda: len(place.paths()) == 30, "its removal")
        server.ready()
        equal(server.client.finish(), 0, "exit status")
    place.expect_sound()
    place.expect_as_fresh()


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
