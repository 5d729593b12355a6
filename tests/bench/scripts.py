#!/usr/bin/env python3
"""tests/bench/scripts.py BUILD [ARTICLES]: what script taggers cost the stream: processor time of
`newsmark annotate --stream` over ARTICLES (600) generated articles without a tagger, with one of 10,000 words and ten
patterns, and with the five shipped ones that do most. Turns follow each other, and the cost is the median of what each took over
the one without a tagger beside it, as the machine may be busy; what the start alone takes, with an empty stream, is not counted."""
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile

TURNS = 14
HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = ("weapons", "sanctions", "ships", "contacts", "hedges")
PATTERNS = [r"\bIMO (\d{7})\b", r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b", r"\b(?:Regulation|Directive) \(EU\) \d{4}/\d+\b",
            r"\b\d{1,3}(?:[ .]\d{3})+ (?:kronor|kroner|euro)\b", r"(?i)\bmillion(?:er|en|i)?\b", r"\b§ ?\d+\b",
            r"\b(?:M/[VTS]|SS|HMS) \p{Lu}\p{L}+", r"\b[\w.+-]+@[\w-]+\.\w{2,}\b", r"\bhttps?://\S+", r"\b(?:MiG|Su|Tu|F)-\d{1,3}\b"]


def words(count):
    """Made-up names of two or three syllables, a tenth of them of two words, and a few that the articles have."""
    rng = random.Random(7)
    parts = "ba be bo da do fa fjor gra ham hav holm kar kil kro lan lin mar mon nor os ran ros sal sker sol stra tor ul van vik".split()
    made = {"Karlshamn", "Hamnverket", "Stadtwerke", "Osservatorio"}
    while len(made) < count:
        word = "".join(rng.choice(parts) for _ in range(rng.randint(2, 4))).capitalize()
        made.add(word + " " + rng.choice(parts).capitalize() + "en" if rng.random() < 0.1 else word)
    return sorted(made)


def big_tagger(home):
    folder = os.path.join(home, "newsmark", "taggers")
    os.makedirs(folder + "/data")
    with open(folder + "/data/words.tsv", "w", encoding="utf-8") as out:
        out.write("\n".join(words(10000)) + "\n")
    with open(folder + "/big.lua", "w", encoding="utf-8") as out:
        out.write('local newsmark = require("newsmark")\nreturn newsmark.tagger { api = 1, name = "big", tags = { b = {} },\n'
                  '  lists = { { tag = "b", case = "fold", file = "data/words.tsv" } },\n  patterns = {\n')
        out.writelines('    { tag = "b", re = [==[%s]==] },\n' % one for one in PATTERNS)
        out.write("  } }\n")


def shipped(home):
    os.makedirs(home + "/newsmark")
    with open(home + "/newsmark/config.toml", "w", encoding="utf-8") as out:
        out.writelines("[taggers.%s]\nenabled = true\n" % one for one in SHIPPED)


def corpus(folder, count):
    subprocess.run([sys.executable, os.path.join(HERE, "gen_corpus.py"), folder, str(count)], check=True, stdout=subprocess.DEVNULL)
    path = os.path.join(folder, "all.jsonl")
    size = 0
    with open(path, "w", encoding="utf-8") as out:
        for base, _, names in sorted(os.walk(folder)):
            for name in sorted(names):
                if name.endswith((".txt", ".md")):
                    with open(os.path.join(base, name), encoding="utf-8") as article:
                        text = article.read()
                    size += len(text.encode())
                    out.write(json.dumps({"id": name, "text": text}, ensure_ascii=False) + "\n")
    return path, size


def turn(newsmark, path, home):
    """Seconds of processor time, and how many tags there were."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(path, "rb") as articles:
        out = subprocess.run([newsmark, "annotate", "--stream"], stdin=articles, stdout=subprocess.PIPE, check=True,
                             env={**os.environ, "XDG_CONFIG_HOME": home}).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out.count(b'"kind":"tag"')


def main():
    newsmark = os.path.join(sys.argv[1] if len(sys.argv) > 1 else "build", "newsmark")
    with tempfile.TemporaryDirectory() as base:
        path, size = corpus(os.path.join(base, "corpus"), int(sys.argv[2]) if len(sys.argv) > 2 else 600)
        homes = {name: os.path.join(base, name) for name in ("none", "big", "shipped")}
        big_tagger(homes["big"])
        shipped(homes["shipped"])
        took = {name: [] for name in homes}
        begin = {name: [] for name in homes}
        tags = {}
        for _ in range(TURNS):
            for name, home in homes.items():
                begin[name].append(turn(newsmark, os.devnull, home)[0])
                seconds, tags[name] = turn(newsmark, path, home)
                took[name].append(seconds)
        net = {name: [seconds - statistics.median(begin[name]) for seconds in took[name]] for name in homes}
        for name in homes:
            least, more = min(net[name]), statistics.median(one / none for one, none in zip(net[name], net["none"])) - 1
            print("%-8s %6.2f s at least for %.1f MB: %5.2f MB/s a core, %+5.1f %%, %d tags"
                  % (name, least, size / 1e6, size / 1e6 / least, more * 100, tags[name]))


main()
