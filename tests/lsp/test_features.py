"""Plain LSP over what is found: semantic tokens, hover, outline, highlights, definition, references."""
import glob
import os

import client as lsp
from client import Failure, Text, UNITS
from test_life import check, same

URI = "file:///tmp/a.txt"
DOC = {"textDocument": {"uri": URI}}
ARTICLES = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../data/articles/*")))
TEXT = ("Hamnen stängs\n\nStatsminister Anna Berg talade i Stockholm den 3 mars 2023.\n\n"
        "”Vi öppnar hamnen i maj och\ndet lovade jag i Stockholm den 3 mars 2023”, sa Anna Berg.\n\n"
        "Berg reste sedan till Paris.\n")


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def decode(data, text, legend):
    """The five numbers a token, made (start, end, type, modifiers) in code points, checked on the way."""
    unit, line, column, tokens = UNITS[text.encoding], 0, 0, []
    check(len(data) % 5 == 0, "not in fives")
    last_end = 0
    for i in range(0, len(data), 5):
        down, right, length, type, modifiers = data[i:i + 5]
        line, column = line + down, right + (0 if down else column)
        check(length > 0, "an empty token")
        start = end = text.offset({"line": line, "character": column})
        while length > 0:
            check(text.text[end] not in "\r\n", "over a line's end")
            length -= unit(text.text[end])
            end += 1
        check(length == 0, "ends inside a character")
        check(start >= last_end, "overlapping or unsorted")
        last_end = end
        tokens.append((start, end, legend["tokenTypes"][type],
                       [m for b, m in enumerate(legend["tokenModifiers"]) if modifiers >> b & 1]))
    return tokens


def place(text, at):
    return dict(DOC, position=text.position(at))


def test_tokens_of_every_article(start):
    for encoding in ("utf-8", "utf-16", "utf-32"):
        client = start(encodings=[encoding], annotations=False)
        legend = client.capabilities["semanticTokensProvider"]["legend"]
        for path in ARTICLES:
            text = Text(read(path), encoding)
            client.open(URI, text.text)
            tokens = decode(client.request("textDocument/semanticTokens/full", DOC)["data"], text, legend)
            found = [lsp.with_offsets(one, text) for one in client.annotations(URI)["annotations"]]
            check(tokens and found, "nothing found in " + path)
            covered = set()
            for from_, to, _, _ in tokens:
                covered.update(range(from_, to))
            for one in found:  # every letter of every annotation has a colour
                for at in range(one["from"], one["to"]):
                    check(at in covered or text.text[at] in "\r\n", "%s at %d has no token" % (one, at))


def test_inner_wins_and_says_so(start):
    client, text = start(), Text(TEXT)
    client.open(URI, TEXT)
    legend = client.capabilities["semanticTokensProvider"]["legend"]
    tokens = decode(client.request("textDocument/semanticTokens/full", DOC)["data"], text, legend)
    dates = [t for t in tokens if t[2] == "number"]
    same([text.text[t[0]:t[1]] for t in dates], ["den 3 mars 2023", "maj", "den 3 mars 2023"])
    same(["inQuote" in t[3] for t in dates], [False, True, True])
    strings = [text.text[t[0]:t[1]] for t in tokens if t[2] == "string"]
    check(strings[0] == "”Vi öppnar hamnen i " and any(s.startswith("det lovade") for s in strings), strings)
    same([text.text[t[0]:t[1]] for t in tokens if t[2] == "keyword"], ["sa"])


def test_token_legends(start):
    wanted = {"textDocument": {"semanticTokens": {"tokenTypes": ["person", "org", "class"]}}}
    for how, native in (({}, False), ({"capabilities": wanted}, True), ({"options": {"tokenLegend": "native"}}, True),
                        ({"initializationOptions": {"tokenLegend": "native"}}, True)):
        types = start(**how).capabilities["semanticTokensProvider"]["legend"]["tokenTypes"]
        same("person" in types, native)
        same("class" in types, not native)


def test_token_deltas(start):
    client, text = start(), Text(TEXT)
    client.open(URI, TEXT)
    known = client.request("textDocument/semanticTokens/full", DOC)
    at = TEXT.index("Berg reste")
    for version, (from_, to, fresh) in enumerate([(0, 0, "Ny "), (at, at, "\nDen 5 maj 2024 "), (0, 3, ""), (5, 5, "x")], 2):
        client.change(URI, version, [text.edit(from_, to, fresh)])
        delta = client.request("textDocument/semanticTokens/full/delta", dict(DOC, previousResultId=known["resultId"]))
        data = list(known["data"])
        for edit in delta["edits"]:
            data[edit["start"]:edit["start"] + edit["deleteCount"]] = edit["data"]
        client.open("file:///b.txt", text.text)
        fresh = client.request("textDocument/semanticTokens/full", {"textDocument": {"uri": "file:///b.txt"}})
        same(data, fresh["data"])
        known = {"resultId": delta["resultId"], "data": data}
    again = client.request("textDocument/semanticTokens/full/delta", dict(DOC, previousResultId=known["resultId"]))
    same(again["edits"], [])
    check("data" in client.request("textDocument/semanticTokens/full/delta", dict(DOC, previousResultId="?")), "not in full")


def test_token_range(start):
    client, text = start(), Text(TEXT)
    client.open(URI, TEXT)
    legend = client.capabilities["semanticTokensProvider"]["legend"]
    whole = decode(client.request("textDocument/semanticTokens/full", DOC)["data"], text, legend)
    from_, to = TEXT.index("”Vi"), TEXT.index("det lovade")
    part = client.request("textDocument/semanticTokens/range", dict(DOC, range=text.range(from_, to)))["data"]
    part = decode(part, text, legend)
    same([t for t in part if from_ <= t[0] < to], [t for t in whole if from_ <= t[0] < to])
    check(len(part) < len(whole), "all of it came")


def test_hover(start):
    for format, kind in ((["markdown", "plaintext"], "markdown"), (["plaintext", "markdown"], "plaintext"), (None, "plaintext")):
        wanted = {"textDocument": {"hover": {"contentFormat": format} if format else {}}}
        client, text = start(capabilities=wanted), Text(TEXT)
        client.open(URI, TEXT)
        hover = client.request("textDocument/hover", place(text, TEXT.index("3 mars")))
        same(hover["contents"]["kind"], kind)
        check("2023-03-03" in hover["contents"]["value"], hover)
        check("Friday" in hover["contents"]["value"], hover)
        check("from the words alone" in hover["contents"]["value"], hover)
        same("**" in hover["contents"]["value"], kind == "markdown")
        same(text.slice(hover["range"]), "den 3 mars 2023")
        hover = client.request("textDocument/hover", place(text, TEXT.index("öppnar")))
        check("Anna Berg" in hover["contents"]["value"], hover)
        same(client.request("textDocument/hover", place(text, TEXT.index("talade"))), None)


def all_symbols(symbols):
    for one in symbols:
        yield one
        yield from all_symbols(one.get("children", []))


def test_symbols(start):
    client = start(capabilities={"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}})
    flat_client = start()
    for path in ARTICLES:
        text = Text(read(path))
        client.open(URI, text.text)
        flat_client.open(URI, text.text)
        symbols = client.request("textDocument/documentSymbol", DOC)
        check(any(one["children"] for one in symbols), "no block has anything in it: " + path)

        def check_level(level, outer):
            for one in level:
                check(one["name"] and "\n" not in one["name"], one)
                from_, to = (text.offset(one["range"][end]) for end in ("start", "end"))
                check(outer is None or outer[0] <= from_ <= to <= outer[1], "outside of its parent: %s" % one)
                check_level(one["children"], (from_, to))

        check_level(symbols, None)
        flat = flat_client.request("textDocument/documentSymbol", DOC)
        same([one["name"] for one in flat], [one["name"] for one in all_symbols(symbols)])
        names = {one["name"] for one in symbols} | {one["name"] for one in symbols[-1]["children"]}
        check(all(one["location"]["uri"] == URI for one in flat), "wrong uri")
        check(all(one.get("containerName", next(iter(names))) in names for one in flat), "a container that is none")


TALK = ("Hamnen\n\nAnna Berg och Olle Lind möttes i Stockholm.\n\n”Vi öppnar hamnen i maj”, sa Anna Berg. ”Det lovar jag”, sa hon.\n\n"
        "”Det tror jag inte på”, svarade Olle Lind.\n\n”Då får vi se vem som har rätt”, sa Berg.\n\n"
        "”Hamnen är allas angelägenhet.”\n")


def test_outline_groups_by_speaker(start):
    client = start(capabilities={"textDocument": {"documentSymbol": {"hierarchicalDocumentSymbolSupport": True}}})
    client.open(URI, TALK)
    symbols = client.request("textDocument/documentSymbol", DOC)
    quotations = symbols[-1]
    same(quotations["name"], "Quotations")
    by_speaker = {one["name"]: [part["name"] for part in one["children"]] for one in quotations["children"]}
    same(by_speaker["Olle Lind"], ["”Det tror jag inte på”"])
    same(by_speaker["Anna Berg"][:3], ["”Vi öppnar hamnen i maj”", "”Det lovar jag”", "”Då får vi se vem som har rätt”"])
    inside = [one["name"] for block in symbols[:-1] for one in all_symbols(block["children"])]
    check(not any("”" in name for name in inside), inside)


def test_next_quote(start):
    client, text = start(), Text(TALK)
    client.open(URI, TALK)

    def next_from(words, **how):
        found = client.request("newsmark/nextQuote", dict(place(text, TALK.index(words)), **how))
        return found and (text.slice(found["range"]), found.get("wrapped", False))

    same(next_from("Hamnen"), ("”Vi öppnar hamnen i maj”", False))
    same(next_from("öppnar"), ("”Det lovar jag”", False))
    same(next_from("lovar", speaker=True), ("”Då får vi se vem som har rätt”", False))
    same(next_from("lovar", back=True), ("”Vi öppnar hamnen i maj”", False))
    same(next_from("öppnar", back=True, speaker=True)[1], True)
    same(next_from("tror", speaker=True), None)  # it is all that he said
    same(next_from("Olle Lind", speaker=True), ("”Det tror jag inte på”", False))
    same(next_from("möttes", speaker=True), None)  # nobody is named there


def test_voices(start):
    client = start()
    client.open(URI, TALK)
    voices = {}
    for one in client.annotations(URI)["annotations"]:
        if one["kind"] == "quote" and one["speaker"]:
            voices.setdefault(one["speaker"]["name"], set()).add(one["voice"])
    same(sorted(voices), ["Anna Berg", "Olle Lind"])
    check(all(len(one) == 1 and 0 <= min(one) < 12 for one in voices.values()), voices)
    check(voices["Anna Berg"] != voices["Olle Lind"], voices)


def test_hover_on_a_quotation(start):
    client, text = start(), Text(TALK)
    client.open(URI, TALK)
    value = client.request("textDocument/hover", place(text, TALK.index("lovar")))["contents"]["value"]
    for words in ("Anna Berg", "2 of", "in the text: hon", "verb of saying", "%"):
        check(words in value, value)


def test_highlight_definition_references(start):
    client, text = start(), Text(TEXT)
    client.open(URI, TEXT)
    first, second = TEXT.index("den 3 mars"), TEXT.rindex("den 3 mars")
    marks = client.request("textDocument/documentHighlight", place(text, second + 2))
    same(sorted(text.offset(one["range"]["start"]) for one in marks), [first, second])
    quote = client.request("textDocument/documentHighlight", place(text, TEXT.index("öppnar")))
    same([text.slice(one["range"]) for one in quote if one["kind"] == 3], ["Anna Berg"])
    to = client.request("textDocument/definition", place(text, TEXT.index("öppnar")))
    same([text.slice(one["range"]) for one in to], ["Anna Berg"])
    refs = client.request("textDocument/references", dict(place(text, second), context={"includeDeclaration": True}))
    same([text.offset(one["range"]["start"]) for one in refs], [first, second])
    refs = client.request("textDocument/references", dict(place(text, second), context={"includeDeclaration": False}))
    same([text.offset(one["range"]["start"]) for one in refs], [second])
    for method in ("documentHighlight", "definition", "references"):
        same(client.request("textDocument/" + method, place(text, TEXT.index("talade"))), [])


def test_mentions_of_one_entity(start):
    """Whatever the names are: all mentions of an entity have the same first mention and highlight each other."""
    client = start()
    for path in ARTICLES:
        text = Text(read(path))
        client.open(URI, text.text)
        for one in client.annotations(URI)["annotations"]:
            if one["kind"] != "entity":
                continue
            here = dict(DOC, position=one["range"]["start"])
            marks = [m["range"] for m in client.request("textDocument/documentHighlight", here)]
            check(one["range"] in marks, "a mention does not highlight itself")
            target = client.request("textDocument/definition", here)[0]["range"]
            check(target in marks, "the first mention is not highlighted")
            refs = client.request("textDocument/references", dict(here, context={"includeDeclaration": True}))
            same(refs[0]["range"], target)


def test_annotations_of_a_range(start):
    client, text = start(), Text(TEXT)
    client.open(URI, TEXT)
    whole = client.annotations(URI)
    same(whole["version"], 1)
    same(whole["lang"], "sv")
    from_, to = TEXT.index("det lovade"), TEXT.index("i Stockholm den 3 mars 2023”")
    part = client.annotations(URI, range=text.range(from_, to))["annotations"]
    want = [one for one in whole["annotations"] if text.offset(one["range"]["start"]) < to and text.offset(one["range"]["end"]) > from_]
    same(part, want)
    check(0 < len(part) < len(whole["annotations"]), "not a part")


def test_inlay_hints_switched_in_the_session(start):
    client = start(capabilities={"workspace": {"inlayHint": {"refreshSupport": True}}})
    same(client.capabilities["inlayHintProvider"], True)
    text = "Brand i hamnen\n\n2023-04-17\n\nÅkaren såg röken i fredags.\n"
    asked = lambda: [one["label"] for one in client.request("textDocument/inlayHint", dict(DOC, range={
        "start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 0}}))]
    client.open(URI, text)
    same(asked(), [])
    for wish, labels in (True, ["2023-04-14"]), (False, []):
        client.notify("workspace/didChangeConfiguration", {"settings": {"newsmark": {"inlay_hints": wish}}})
        refresh = client.wait(lambda m: m.get("method") == "workspace/inlayHint/refresh", "a refresh of the hints")
        client.send({"jsonrpc": "2.0", "id": refresh["id"], "result": None})
        same(asked(), labels)


def test_inlay_hints_on_wish(start):
    asked = lambda client, text: client.request("textDocument/inlayHint", dict(DOC, range={
        "start": {"line": 0, "character": 0}, "end": {"line": len(text.split("\n")), "character": 0}}))
    same(start().capabilities.get("inlayHintProvider"), None)
    client = start(options={"inlayHints": True})
    same(client.capabilities["inlayHintProvider"], True)
    text = ("Brand i hamnen\n\n2023-04-17\n\nÅkaren såg röken i fredags. Två dagar senare kom regnet, den 3 mars 2021 "
            "hade det brunnit förut.\n")
    client.open(URI, text)
    hints = asked(client, text)
    same([(one["label"], one["tooltip"]) for one in hints],
         [("2023-04-14", "the article's date, 2023-04-17"), ("2023-04-16", "the date before, 2023-04-14")])
    line = text.split("\n")[4]
    same([one["position"] for one in hints], [{"line": 4, "character": line.index("fredags") + len("fredags")},
                                              {"line": 4, "character": line.index("senare") + len("senare")}])
    same(client.request("textDocument/inlayHint", dict(DOC, range={
        "start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}})), [])
