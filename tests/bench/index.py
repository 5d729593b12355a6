#!/usr/bin/env python3
"""tests/bench/index.py BUILD [COUNT [BYTES]]: the index on COUNT (10,000) generated articles of BYTES (4096): speed of the first run and of
one with nothing changed, memory, size, the time of questions, how soon a changed file is found, and how soon a key is answered while
the folder is read. Prints a Markdown table. `make bench-index COUNT=…` runs it."""
import glob
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(HERE, "..", "data", "articles")
BUILD = os.path.abspath(sys.argv[1])
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
BYTES = int(sys.argv[3]) if len(sys.argv) > 3 else 4096
QUESTIONS = [
    ("entities, first page", ["entities", "-n", "50"]),
    ("entities, type-ahead", ["entities", "ha", "-p", "-n", "20"]),
    ("mentions of a name in most articles", ["mentions", "Tromsø", "-n", "50"]),
    ("quotations by a surname", ["quotes", "-s", "Hartqvist", "-n", "50"]),
    ("quotations with a word", ["quotes", "Karlshamn", "-n", "50"]),
    ("timeline, first page", ["timeline", "-n", "50"]),
    ("timeline of a name in most articles", ["timeline", "Tromsø", "-n", "50"]),
    ("search, one word", ["search", "harbour", "-n", "50"]),
    ("search, type-ahead", ["search", "haf", "-p", "-n", "20"]),
]


def newsmark(*args):
    begun = time.monotonic()
    subprocess.run([os.path.join(BUILD, "newsmark"), *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begun


def processor_time():
    """Seconds that the programs which were run have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def size_of(top):
    return sum(os.path.getsize(os.path.join(root, name)) for root, _, files in os.walk(top) for name in files)


def wait_until(true, limit=60):
    """Seconds until `true()` is; an error after `limit` of them."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > limit:
            raise TimeoutError("nothing after %d s" % limit)
        time.sleep(0.002)
    return time.monotonic() - begun


def seen_after(folder, times=100):
    """Seconds from writing a file, or taking it away, to its being in the index of a watching process, or no more: each of `times`."""
    watcher = subprocess.Popen([os.path.join(BUILD, "newsmark"), "index", folder, "--watch", "--quiet"], stderr=subprocess.DEVNULL)
    path = glob.glob(os.path.join(os.environ["XDG_CACHE_HOME"], "newsmark", os.path.basename(folder) + "-*", "index.db"))[0]
    new = os.path.join(folder, "0000", "new.txt")
    gaps = random.Random(1)
    took = []
    try:
        db = sqlite3.connect(path, timeout=20)

        def is_ready():
            return db.execute("SELECT value FROM meta WHERE key = 'ready'").fetchone() == (1,)

        def is_there():
            return db.execute("SELECT 1 FROM articles WHERE path = '0000/new.txt'").fetchone() is not None

        wait_until(lambda: not is_ready())  # the watching process begins: until then it is what the one before it said
        wait_until(is_ready)
        for i in range(times):
            time.sleep(0.2 + 0.6 * gaps.random())
            if i % 2:
                os.unlink(new)
            else:
                with open(new, "w") as out:
                    out.write("Carla Wood spoke in Leeds on day %d.\n" % i)
            took.append(wait_until(lambda: is_there() == (i % 2 == 0)))
        return took
    finally:
        watcher.terminate()
        watcher.wait()


def keys_meanwhile(folder, size):
    """How long from a key in an article of `size` bytes to its marks, in words, while a language server reads the folder for the
    first time; without a folder: with nothing else to do. What the stages before wrote is on the disk by then."""
    os.sync()
    if folder:
        open(os.path.join(folder, ".newsmark.toml"), "w").close()
    env = dict(os.environ, XDG_CACHE_HOME=tempfile.mkdtemp(dir=os.environ["XDG_CACHE_HOME"]))
    args = [os.path.join(BUILD, "tests", "bench", "keys"), os.path.join(BUILD, "newsmark"), SAMPLES, str(size)]
    return subprocess.run(args + ([folder] if folder else []), env=env, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def main():
    top = tempfile.mkdtemp(prefix="newsmark-bench-")
    folder = os.path.join(top, "articles")
    os.environ["XDG_CACHE_HOME"] = os.path.join(top, "cache")
    try:
        subprocess.run([sys.executable, os.path.join(HERE, "gen_corpus.py"), folder, str(COUNT), str(BYTES)], check=True)
        time.sleep(2.1)  # what is younger is read again next time
        rows = []
        text = size_of(folder)
        before = processor_time()
        took = newsmark("index", folder)
        cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
        rows.append(("first index", "%.0f articles/s (%.2f ms of processor time each)" %
                     (COUNT / took, (processor_time() - before) * 1e3 / COUNT)))
        rows.append(("memory", "%.0f MB" % (cpu.ru_maxrss / 1024)))
        rows.append(("size of the index", "%.2f × the text" % (size_of(os.environ["XDG_CACHE_HOME"]) / text)))
        rows.append(("again, nothing changed", "%.0f articles/s, the start of the program included" %
                     (COUNT / min(newsmark("index", folder) for _ in range(3)))))
        start = min(newsmark("--version") for _ in range(5))
        for name, question in QUESTIONS:
            best = min(newsmark(question[0], folder, *question[1:], "-f", "json") for _ in range(5))
            rows.append((name, "%.0f ms" % ((best - start) * 1e3)))
        seen = sorted(seen_after(folder))
        rows.append(("%d changed files can be found after" % len(seen), "%.0f ms, the slowest %.0f ms" %
                     (seen[len(seen) // 2] * 1e3, seen[-1] * 1e3)))
        for size in (10000, 1000000):
            rows.append(("a key while the folder is read, article of %d KB" % (size // 1000),
                         "%s; else %s" % (keys_meanwhile(folder, size), keys_meanwhile(None, size))))
        print("| index, %d articles of %d bytes | |\n| --- | --- |" % (COUNT, BYTES))
        for row in rows:
            print("| %s | %s |" % row)
    finally:
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
