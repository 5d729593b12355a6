"""What the index answers on the command line."""
import csv
import fcntl
import io
import os
import pty
import random
import re
import struct
import subprocess
import termios
import time

from place import NEWSMARK, equal, expect, test


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
def words_that_go_on(place):
    """A word is itself, and is shown where it stands; with a star it is any that begins so."""
    place.write("a.txt", "Hamnaffären växer, säger hon. Här är en hamn till.\n")
    place.write("b.txt", "Hamnen är stor och ligger vid vatten.\n")
    place.index()
    found = lambda *words: sorted((row["path"], row["text"]) for row in place.ask("search", *words))
    equal(found("hamn"), [("a.txt", "hamn")], "the word")
    equal(found("hamn*"), [("a.txt", "Hamnaffären"), ("b.txt", "Hamnen")], "what begins so")
    equal(found("hamn* vatt*"), [("b.txt", "Hamnen")], "two that go on")
    equal(found("stor hamn*"), [("b.txt", "stor")], "the last of two")
    equal(found("hamn* stor"), [("b.txt", "Hamnen")], "the first of two")
    equal(found("hamn", "--prefix"), found("hamn*"), "as it is typed")


@test
def quotations_with_words(place):
    """As in a search: words, beginnings of words, and words side by side, all within the quotation."""
    place.write("a.txt", "– Hamnen ska inte säljas. Vi säljer inget, sa Åsa Lindqvist.\n\n– Vi har inget att säga om hamnar, sa Per Ekman.\n")
    place.write("b.txt", "Hamnen säljs. – Det är bra, sa Åsa Lindqvist.\n")
    place.index()
    said = lambda *words: [row["speaker"] for row in place.ask("quotes", *words)]
    both = ["Åsa Lindqvist", "Per Ekman"]
    equal(said("hamn"), [], "a word that nobody said")
    equal(said("hamn*"), both, "what begins so")
    equal(said("hamn* sälj*"), both[:1], "two that begin so")
    equal(said("hamn* inget"), both, "a beginning and a word")
    equal(said("inget hamn", "--prefix"), both, "as it is typed")
    equal(said("vi inget"), both, "two words, wherever they stand")
    equal(said('"inget att säga"'), both[1:], "side by side")
    equal(said('"vi inget"'), [], "not side by side")
    equal(said('"säljer inge"'), [], "a phrase ends with a word")
    equal(said('"vi har" hamn*', "--speaker", "ekman"), both[1:], "a phrase, a beginning and a speaker")


def on_a_terminal(place, columns, *args):
    """What the program shows there, without its colours."""
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([NEWSMARK, *args], stdin=its, stdout=its, stderr=its, env=place.env)
    os.close(its)
    out = b""
    try:
        while chunk := os.read(ours, 65536):
            out += chunk
    except OSError:  # that is how the end of a terminal looks
        pass
    os.close(ours)
    equal(process.wait(), 0, "exit status")
    return [line.rstrip() for line in re.sub(r"\x1b\[\d*m", "", out.decode()).replace("\r", "").split("\n") if line]


@test
def a_byte_order_mark_is_no_column(place):
    """Offsets are those of the file, columns those of an editor, which does not show the mark."""
    place.write("a.txt", "\ufeffÅsa Lindqvist spoke.\nÅsa Lindqvist left.\n")
    place.index()
    rows = place.ask("mentions", "lindqvist")
    equal([(row["line"], row["column"], row["start"]) for row in rows], [(1, 1, 3), (2, 1, 25)], "places")
    equal(rows[0]["left"], None, "what stands before the first")


@test
def tables_fit_the_terminal(place):
    """A place keeps its line where there is no room for its path, and a column that says nothing is left out."""
    name = "2024/a-folder-with-a-long-name/an-article-with-a-long-name.txt"
    place.write(name, "Hull, 3 May 2023\n\n“We sold the harbour because nobody wanted it any more,” said Anna Lind.\n")
    place.index()
    said = on_a_terminal(place, 76, "quotes", place.dir)
    equal(said[0].split(), ["date", "speaker", "where", "text"], "columns")
    expect(re.match(r"2023-05-03  Anna Lind  ….*long-name\.txt:3:1  “We sold", said[1]), said)
    expect(max(map(len, said)) <= 76, said)
    place.write("b.txt", "Hull, 4 May 2023\n\n“We sold the harbour,” Anna Lind told Reuters.\n")
    place.index()
    said = on_a_terminal(place, 200, "quotes", place.dir)
    equal(said[0].split(), ["date", "speaker", "source", "where", "text"], "columns with a source")
    expect(re.match(r"2023-05-03  Anna Lind           2024/a-folder", said[1]), said)
    expect(re.match(r"2023-05-04  Anna Lind  Reuters  b.txt:3:1 ", said[2]), said)


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
