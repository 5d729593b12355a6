"""Text in step with the client's, in every encoding: what is found lies where the client sees it."""
import client as lsp
from client import Failure, Text
from test_life import check, same

URI = "file:///tmp/a.txt"
ENCODINGS = ("utf-8", "utf-16", "utf-32")
ODD = ("\ufeff😀 Titel med e\u0301\n\n– Det är 👩‍👩‍👧 inte så, sa Anna Berg 😀 den 3 mars 2023.\r\n\r\n”Nej 😀😀”, sa hon.\n"
       "A \U0001F1F8\U0001F1EA flag\tand a tab. ”Ja, det är sant”, sa Per Ek den 4 mars 2023 \u0001")


def lies_where_it_says(text, annotations):
    check(annotations, "nothing found")
    for one in annotations:
        same(text.slice(one["range"]), one["text"])
        for place in lsp.PLACES:
            if one.get(place) and "range" in one[place]:
                same(text.slice(one[place]["range"]), one[place]["text"])


def test_choice_of_encoding(start):
    for offered, chosen in ((None, "utf-16"), ([], "utf-16"), (["utf-32", "utf-8"], "utf-32"), (["utf-8"], "utf-8"),
                            (["utf-7", "utf-16", "utf-8"], "utf-16"), (["x"], "utf-16"), ([3], "utf-16")):
        same(start(encodings=offered).capabilities["positionEncoding"], chosen)


def test_odd_characters(start):
    for encoding in ENCODINGS:
        client, text = start(encodings=[encoding]), Text(ODD, encoding)
        client.open(URI, ODD)
        lies_where_it_says(text, client.published(URI, 1)["added"])
        lies_where_it_says(text, client.annotations(URI)["annotations"])


def test_line_ends(start):
    for end in ("\n", "\r\n", "\r"):
        body = end.join(("Rubrik", "", "”Nej, aldrig mer”, sa Anna Berg.", "”Ja, det är sant”, sa Per Ek.", ""))
        client, text = start(), Text(body)
        client.open(URI, body)
        lies_where_it_says(text, client.published(URI, 1)["added"])
        at = body.index("Ja")
        client.change(URI, 2, [text.edit(at, at + 2, "Jaså 😀")])
        client.published(URI, 2)
        found = client.annotations(URI)["annotations"]
        lies_where_it_says(text, found)
        check(any("Jaså 😀" in one["text"] for one in found), "the new words are not in it")


def test_editors_that_show_a_lone_cr(start):
    body = "a\rb ”Nej, aldrig mer”, sa Anna Berg.\n”Ja, det är sant”, sa Per Ek.\r\nslut"
    client, text = start(options={"lineEndings": "lf"}), Text(body, lone_cr=False)
    client.open(URI, body)
    lies_where_it_says(text, client.published(URI, 1)["added"])
    at = body.index("\r\n")
    client.change(URI, 2, [text.edit(at, at + 1, "")])  # such an editor can take away the \r alone
    client.change(URI, 3, [text.edit(at + 1, at + 1, "”Jo”, sa Per Ek. ")])
    lies_where_it_says(text, client.annotations(URI)["annotations"])


def test_several_changes_in_one_message(start):
    client, text = start(), Text("Rubrik\n\n”Nej, aldrig mer”, sa Anna Berg.\n")
    client.open(URI, text.text)
    changes = [text.edit(0, 6, "😀"), text.edit(1, 1, " och\nmer"), text.edit(0, 0, "å"), text.edit(len(text.text), len(text.text), "\n”Ja, det är sant”, sa hon.")]
    client.change(URI, 2, changes)
    found = client.annotations(URI)
    same(found["version"], 2)
    lies_where_it_says(text, found["annotations"])
    check(any("Ja" in one["text"] for one in found["annotations"]), "the last change is missing")


def test_whole_text_changes(start):
    client, text = start(), Text("Rubrik\n\n”Nej, aldrig mer”, sa Anna Berg den 3 mars 2023.\n\nMer text står här.\n")
    client.open(URI, text.text)
    before = {one["id"] for one in client.published(URI, 1)["added"]}
    text.set(text.text.replace("Mer text", "Mera text 😀"))
    client.change(URI, 2, [{"text": text.text}])
    same(client.published(URI, 2)["added"], [])  # nothing that is marked was touched
    same({one["id"] for one in client.annotations(URI)["annotations"]}, before)
    for whole in ("", "”Ja, det är sant”, sa Per Ek.", "å", "ä", "😀", "😁", ""):
        text.set(whole)
        client.change(URI, 3, [{"text": whole}])
    same(client.annotations(URI)["annotations"], [])


def test_html_is_read_as_prose(start):
    """After every edit the annotations are those of the same text opened anew, also where markup hid or showed what
    lies far from the edit."""
    body = ("<html lang=sv><head><title>Anna Lind</title></head><body title='Per Ek'>\n<h1>Rubrik</h1>\n"
            "<p>”Nej, aldrig mer”, sa <b>Anna</b> Berg.</p>\n<p>Per Ek bor i Stockholm 😀.</p>\n"
            "<p>”Ja, det är sant”, sa Eva Ström den 3 mars 2023.</p>\n</body></html>\n")
    client, text = start(), Text(body)
    parts = ("kind", "range", "text", "name", "value")
    for uri, language in (("file:///tmp/a.html", "text"), ("untitled:1", "html")):
        text.set(body)
        client.open(uri, body, language=language)

        def found(where):
            return [{part: one.get(part) for part in parts} for one in client.annotations(where)["annotations"]]

        same(sorted(one["text"] for one in found(uri) if one["kind"] == "quote"), ["”Ja, det är sant”", "”Nej, aldrig mer”"])
        check(not any(one["text"] == "Anna Lind" for one in found(uri)), "a name of the head")
        edits = (("Rubrik", "<!-- Rubrik"), ("Stockholm", "Stockholm --> Lund"), ("<!-- ", ""), ("<h1>", "<script>"),
                 ("</b> Berg", "</b></script> Berg"), ("<script>", "<p>"), ("<b>Anna", "<a title=\"Anna"), ("sa Eva", "sa\" Eva"))
        for version, (old, new) in enumerate(edits, 2):
            at = text.text.index(old)
            client.change(uri, version, [text.edit(at, at + len(old), new)])
            fresh = "file:///tmp/fresh%d.html" % version
            client.open(fresh, text.text)
            same(found(uri), found(fresh))
            hidden = version == 2  # by a comment that does not end
            same(found(uri) == [], hidden)
            if not hidden:
                lies_where_it_says(text, client.annotations(uri)["annotations"])
            client.close(fresh)


def test_positions_out_of_bounds(start):
    client = start()
    client.open(URI, "ab\ncd")
    for line, character in ((0, 99), (99, 0), (1, 2), (0, 4294967296), (1e300, 1e300), (-1, -1), (0.5, 0.5)):
        place = {"textDocument": {"uri": URI}, "position": {"line": line, "character": character}}
        same(client.request("textDocument/hover", place), None)
    far = {"line": 9, "character": 9}
    client.change(URI, 2, [{"range": {"start": far, "end": far}, "text": "\n”Ja, det är sant”, sa Per Ek."}])
    lies_where_it_says(Text("ab\ncd\n”Ja, det är sant”, sa Per Ek."), client.annotations(URI)["annotations"])


def test_open_twice_and_two_documents(start):
    client = start()
    client.open(URI, "”Ja, det är sant”, sa Per Ek.")
    client.published(URI, 1)
    client.open(URI, "x ”Ja, det är sant”, sa Per Ek.", version=5)
    check(client.published(URI, 5)["full"], "opened anew, so it is full")
    client.open("file:///b.txt", "inget här")
    same(client.published("file:///b.txt", 1)["added"], [])
    client.close("file:///b.txt")
    lies_where_it_says(Text("x ”Ja, det är sant”, sa Per Ek."), client.annotations(URI)["annotations"])


def test_too_long_for_live_work(start):
    client = start()
    client.open(URI, "”Ja, det är sant”, sa Per Ek. " * 400000)
    client.notification("window/showMessage", lambda p: "8 MB" in p["message"])
    same(client.error("newsmark/annotations", {"textDocument": {"uri": URI}}), -32803)
    same(client.request("textDocument/documentSymbol", {"textDocument": {"uri": URI}}), None)
    client.change(URI, 2, [{"text": "”Ja, det är sant”, sa Per Ek."}])  # short again
    lies_where_it_says(Text("”Ja, det är sant”, sa Per Ek."), client.published(URI, 2)["added"])


def test_empty(start):
    client = start()
    client.open(URI, "")
    same(client.published(URI, 1)["added"], [])
    for method in ("documentSymbol", "semanticTokens/full"):
        check(client.request("textDocument/" + method, {"textDocument": {"uri": URI}}) is not None, method)


def test_grows_too_long(start):
    client = start()
    client.open(URI, "”Ja, det är sant”, sa Per Ek.")
    check(client.published(URI, 1)["added"], "nothing found")
    client.change(URI, 2, [{"text": "”Ja, det är sant”, sa Per Ek. " * 400000}])
    gone = client.published(URI, 2)
    same((gone["full"], gone["added"]), (True, []))
    client.change(URI, 3, [{"text": "”Ja, det är sant”, sa Per Ek."}])
    back = client.published(URI, 3)
    same((back["full"], len(back["added"]) > 0), (True, True))
