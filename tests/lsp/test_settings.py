"""Settings of open documents: the editor's, a folder's, the article's own; and tokens that are asked for again."""
import os
import tempfile

from test_life import check

TEXT = "Hamnen\n\nAnna Berg talade i Stockholm i lördags.\n"


def dates(client, uri):
    return [one["value"] for one in client.annotations(uri)["annotations"] if one["kind"] == "date"]


def folder_with(settings):
    folder = tempfile.mkdtemp(prefix="newsmark-")
    with open(os.path.join(folder, ".newsmark.toml"), "w", encoding="utf-8") as file:
        file.write(settings)
    return folder


def test_the_date_of_the_folder_the_editor_and_the_article(start):
    folder = folder_with('date = "2024-03-14"\n')
    uri = "file://" + folder + "/a.txt"
    client = start()
    client.open(uri, TEXT)
    check(dates(client, uri) == ["2024-03-09"], "the folder's date: %s" % dates(client, uri))
    client.notify("workspace/didChangeConfiguration", {"settings": {"newsmark": {"date": "2023-03-14"}}})
    check(dates(client, uri) == ["2023-03-11"], "the editor's date: %s" % dates(client, uri))
    client.change(uri, 2, [{"text": "---\nnewsmark-date: 2022-03-14\n---\n" + TEXT}])
    check(dates(client, uri)[-1] == "2022-03-12", "the article's own date: %s" % dates(client, uri))
    client.notify("workspace/didChangeConfiguration", {"settings": {"newsmark": {}}})
    client.change(uri, 3, [{"text": TEXT}])
    check(dates(client, uri) == ["2024-03-09"], "the folder's again: %s" % dates(client, uri))
    with open(os.path.join(folder, ".newsmark.toml"), "w", encoding="utf-8") as file:
        file.write('date = "2020-03-14"\n')
    client.notify("workspace/didChangeWatchedFiles",
                  {"changes": [{"uri": "file://" + folder + "/.newsmark.toml", "type": 2}]})
    check(dates(client, uri) == ["2020-03-07"], "the folder's new date: %s" % dates(client, uri))


def test_off(start):
    folder = folder_with("enabled = false\n")
    client = start()
    uri = "file://" + folder + "/a.txt"
    client.open(uri, TEXT)
    check(client.annotations(uri)["annotations"] == [], "a folder that is off")
    other = "file:///tmp/b.txt"
    client.open(other, TEXT)
    check(client.annotations(other)["annotations"], "another is on")
    client.change(other, 2, [{"text": "---\nnewsmark: off\n---\n" + TEXT}])
    check(client.annotations(other)["annotations"] == [], "an article that is off")


def test_language(start):
    client = start(options={"language": "de"})
    uri = "file:///tmp/c.txt"
    client.open(uri, "Am 3. Mai kam Anna.\n")
    check(client.annotations(uri)["lang"] == "de", client.annotations(uri)["lang"])


def test_tokens_are_asked_for_again(start):
    """When settings change what is found in the very text that a client has tokens of, it is told, once."""
    client = start(annotations=False, capabilities={"workspace": {"semanticTokens": {"refreshSupport": True}}})
    uri = "file:///tmp/d.txt"
    document = {"textDocument": {"uri": uri}}
    client.open(uri, TEXT)
    first = client.request("textDocument/semanticTokens/full", document)["data"]
    client.notify("workspace/didChangeConfiguration", {"settings": {"newsmark": {"enabled": False}}})
    asked = client.wait(lambda m: m.get("method") == "workspace/semanticTokens/refresh", "a refresh")
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": None})
    check(first and client.request("textDocument/semanticTokens/full", document)["data"] == [], "tokens of an article that is off")
    client.change(uri, 2, [{"text": TEXT + "Mer.\n"}])
    client.request("textDocument/semanticTokens/full", document)
    check(not [m for m in client.seen if m.get("method") == "workspace/semanticTokens/refresh"], "a refresh for a key")


def test_what_is_wrong_is_a_diagnostic(start):
    """In the file where it is: told once, told again when it changes, and taken back when it is mended, gone or closed."""
    folder = folder_with('date = "2024-03-14"\nlanguag = "sv"\n')
    toml, uri = "file://" + folder + "/.newsmark.toml", "file://" + folder + "/a.txt"
    client = start()
    shown = lambda file, holds: client.notification("textDocument/publishDiagnostics", lambda p: p["uri"] == file and holds(p["diagnostics"]))
    client.open(uri, TEXT)
    wrong, = shown(toml, bool)["diagnostics"]
    check(wrong["range"]["start"]["line"] == 1 and "languag" in wrong["message"] and wrong["severity"] == 2, wrong)
    client.change(uri, 2, [{"text": "---\nnewsmark-dat: 2022-03-14\n---\n" + TEXT}])
    wrong, = shown(uri, bool)["diagnostics"]
    check(wrong["range"]["start"]["line"] == 1 and "dat" in wrong["message"], wrong)
    client.published(uri, 2)
    check(not [m for m in client.seen if m.get("method") == "textDocument/publishDiagnostics"], "told once: %s" % client.seen)

    def save(text):
        with open(os.path.join(folder, ".newsmark.toml"), "w", encoding="utf-8") as file:
            file.write(text)
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": toml, "type": 2}]})

    save('colour = 1\nlanguag = "sv"\n')
    check(len(shown(toml, bool)["diagnostics"]) == 2, "another one")
    save('date = "2024-03-14"\n')
    shown(toml, lambda told: not told)
    client.close(uri)
    shown(uri, lambda told: not told)
