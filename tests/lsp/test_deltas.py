"""The law: after any edits, what the server tells is what it would tell of the same text opened anew; and what a client has
from the deltas alone is the same again. Ids are steady. SEED=n repeats a run."""
import glob
import os
import random
import shutil
import tempfile

import client as lsp
from client import Failure, Marks, Text
from test_life import check, same

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = [os.path.join(HERE, "../data/articles")] + os.environ.get("NEWSMARK_TEST_ARTICLES", "").split(":")
SEED = int(os.environ.get("SEED", 1795337901))  # one that broke the law once; others: SEED=n
ROUNDS = int(os.environ.get("ROUNDS", "12"))  # edits an article and encoding
PIECES = ("a", " ", "\n", "\n\n", "\r\n", "\r", "”", "“", "„", "»", "«", "\"", "– ", "-", "😀", "e\u0301", "ß", ".", ", sa Anna Berg",
          "den 3 mars 2023", "i går", "Maria Holm", "\n\nText: Per Ek\n\n", "(", ":", "\u0001", "\ufeff", "sagt", "”Ja”, sa hon. ")


def articles():
    for folder in filter(None, FOLDERS):
        for path in sorted(glob.glob(os.path.join(folder, "*"))):
            with open(path, encoding="utf-8", errors="replace", newline="") as file:
                yield os.path.basename(path), file.read()


def place(dice, text):
    while True:
        at = dice.randrange(len(text.text) + 1)
        if text.may_edit_at(at):
            return at


def random_edit(dice, text, marks):
    """One edit: mostly small, sometimes a move of a whole stretch. Answers with the change."""
    start = place(dice, text)
    end = start
    if dice.random() < 0.5:
        end = min(len(text.text), start + dice.choice((1, 1, 2, 5, 40, 400)))
        if not text.may_edit_at(end):
            end += 1
    fresh = dice.choice(PIECES) if dice.random() < 0.7 else ""
    if dice.random() < 0.1:
        copied = place(dice, text)
        fresh = text.text[copied:copied + dice.choice((10, 100, 1000))]
    if text.text[start - 1:start] == "\r" and fresh[:1] == "\n" or fresh[-1:] == "\r" and text.text[end:end + 1] == "\n" \
            or not fresh and text.text[start - 1:start] == "\r" and text.text[end:end + 1] == "\n":
        fresh = "x"  # a \r\n that comes together shifts nothing, but marks inside it are nobody's
    marks.edit(start, end, len(fresh))
    return text.edit(start, end, fresh)


def whole(client, uri, text):
    return sorted((lsp.with_offsets(one, text) for one in client.annotations(uri)["annotations"]), key=lsp.order)


def compare(what, have, want):
    if have != want:
        lost = [one for one in want if one not in have]
        extra = [one for one in have if one not in want]
        raise Failure("%s (SEED=%d)\n  missing: %s\n  too much: %s" % (what, SEED, lost[:3], extra[:3]))


def play(client, name, encoding, text, dice):
    uri = "file:///tmp/%s" % name
    marks, version = Marks(), 1
    client.open(uri, text.text)
    marks.apply(client.published(uri, 1), text)
    for _ in range(ROUNDS):
        version += 1
        changes = [random_edit(dice, text, marks) for _ in range(dice.choice((1, 1, 1, 2, 6)))]
        client.change(uri, version, changes)
        marks.apply(client.published(uri, version), text)
        where = "%s in %s at version %d" % (name, encoding, version)
        found = whole(client, uri, text)
        compare("deltas and the whole differ: " + where, marks.sorted(), found)
        fresh_uri = "file:///tmp/fresh/%s" % name  # the same name: it may hold the date
        client.open(fresh_uri, text.text)
        compare("edited and opened anew differ: " + where, lsp.without_id(found),
                lsp.without_id(whole(client, fresh_uri, text)))
        client.close(fresh_uri)
    client.close(uri)
    client.seen.clear()


def law(start, encoding):
    dice = random.Random("%d %s" % (SEED, encoding))
    client = start(encodings=[encoding])
    for name, text in articles():
        play(client, name, encoding, Text(text, encoding), dice)


def test_the_law_in_utf_8(start):
    law(start, "utf-8")


def test_the_law_in_utf_16(start):
    law(start, "utf-16")


def test_the_law_in_utf_32(start):
    law(start, "utf-32")


def test_the_law_while_typing(start):
    """Edits that do not wait for an answer: results in between are dropped, the last one is right."""
    dice = random.Random(SEED)
    client = start()
    for name, body in articles():
        uri, text, nobody = "file:///tmp/" + name, Text(body), Marks()
        client.open(uri, body)
        marks, version, edits = Marks(), 1, []
        for version in range(2, 40):
            before = text.text
            change = random_edit(dice, text, nobody)
            edits.append((before, text.text))
            client.change(uri, version, [change])
        last = client.published(uri, version)
        found = whole(client, uri, text)
        if last["full"]:
            marks.apply(last, text)
            compare("deltas and the whole differ: " + name, marks.sorted(), found)
        client.open("file:///tmp/fresh/" + name, text.text)
        compare("edited and opened anew differ: " + name, lsp.without_id(found),
                lsp.without_id(whole(client, "file:///tmp/fresh/" + name, text)))
        client.seen.clear()


def test_the_law_in_a_long_text(start):
    """Where names go ahead and the tags of scripts follow: what is told in two goes adds up to the same."""
    dice = random.Random(SEED)
    body = "".join("Stycke %d. ”Vi har HIMARS och en stridsvagn”, sa Anna Berg i går.\n\n" % i for i in range(1500))
    text, marks, uri = Text(body), Marks(), "file:///tmp/long.txt"
    home = tempfile.mkdtemp()
    os.mkdir(home + "/newsmark")
    with open(home + "/newsmark/config.toml", "w", encoding="utf-8") as out:
        out.write("[taggers.weapons]\nenabled = true\nlive_ms = 5000\ndocument_ms = 5000\n")
    client = start(env={"XDG_CONFIG_HOME": home})
    client.open(uri, body)
    for version in range(1, 12):
        if version > 1:
            client.change(uri, version, [random_edit(dice, text, marks) for _ in range(3)])
        found = whole(client, uri, text)
        told = [m["params"] for m in client.seen if m.get("method") == "newsmark/publishAnnotations"]
        check(told and all(p["version"] == version for p in told), "told of other versions")
        for params in told:
            marks.apply(params, text)
        client.seen.clear()
        compare("deltas and the whole differ at version %d" % version, marks.sorted(), found)
    check(any(one["kind"] == "tag" for one in found), "no script has tagged anything")
    client.open("file:///tmp/fresh/long.txt", text.text)
    compare("edited and opened anew differ", lsp.without_id(found), lsp.without_id(whole(client, "file:///tmp/fresh/long.txt", text)))
    shutil.rmtree(home)


def test_ids_stay(start):
    body = "Rubrik\n\n”Det är inte sant”, sa Anna Berg.\n\n”Jo, det är det”, sa Per Ek. ”Vi har sett det själva.”\n"
    client, text, uri = start(), Text(body), "file:///tmp/a.txt"
    client.open(uri, body)
    first = client.published(uri, 1)["added"]
    check(len(first) >= 3, "nothing found")
    ids = {one["text"]: one["id"] for one in first if one["kind"] == "quote"}
    client.change(uri, 2, [text.edit(0, 0, "En längre ")])  # in front of all
    moved = client.published(uri, 2)
    same((moved["full"], moved["removed"], moved["added"]), (False, [], []))
    at = text.text.index("inte")
    client.change(uri, 3, [text.edit(at, at, "alls ")])  # inside the first quotation
    inside = client.published(uri, 3)
    same(inside["removed"], [ids["”Det är inte sant”"]])
    same([(one["id"], one["text"]) for one in inside["added"]], [(ids["”Det är inte sant”"], "”Det är alls inte sant”")])
    at = text.text.index("”Jo")
    end = text.text.index(", sa Per")
    client.change(uri, 4, [text.edit(at, end, "")])
    check(ids["”Jo, det är det”"] in client.published(uri, 4)["removed"], "it is still there")
    client.change(uri, 5, [text.edit(at, at, "”Jo, det är det”")])
    back = [one["id"] for one in client.published(uri, 5)["added"] if one["text"] == "”Jo, det är det”"]
    check(back and back[0] != ids["”Jo, det är det”"], "an id was used again")
