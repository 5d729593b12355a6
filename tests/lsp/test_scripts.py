"""The author of a tagger in his editor: tags of his own, faults as diagnostics in his file, saved is loaded."""
import os
import shutil
import tempfile

from client import Failure, Text
from test_life import check, same

ARTICLE = "file:///tmp/a.txt"
TEXT = "Rubrik\n\nEn kvarnsten låg vid vägen. ”Den är tung”, sa Anna Berg.\n"
GOOD = 'local newsmark = require("newsmark")\nreturn newsmark.tagger { api = 1, name = "stones", tags = { stone = { label = "Stone" } }, lists = { { tag = "stone", words = { "kvarnsten" } } } }\n'
BROKEN = 'local newsmark = require("newsmark")\nreturn newsmark.tagger {\n  api = 1,\n  name = "stones" tags\n'


def tags(client):
    return [(one["type"], one["text"]) for one in client.annotations(ARTICLE)["annotations"] if one["kind"] == "tag"]


def test_a_script_of_ones_own(start):
    home = tempfile.mkdtemp()
    try:
        folder = os.path.join(home, "newsmark", "taggers")
        os.makedirs(folder)
        path = os.path.join(folder, "stones.lua")
        uri = "file://" + path

        def save(text, version):
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            client.change(uri, version, [{"text": text}])
            client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})

        with open(path, "w", encoding="utf-8") as out:
            out.write(GOOD)
        client = start(env={"XDG_CONFIG_HOME": home})
        client.open(ARTICLE, TEXT)
        same(tags(client), [("stone", "kvarnsten")])
        client.open(uri, GOOD, language="lua")
        save(BROKEN, 2)
        told = client.notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri)["diagnostics"]
        check(told and told[0]["range"]["start"]["line"] >= 2 and told[0]["message"], told)
        same(tags(client), [("stone", "kvarnsten")])  # the last good one stays
        save(GOOD.replace("kvarnsten", "vägen"), 3)
        same(client.notification("textDocument/publishDiagnostics", lambda p: p["uri"] == uri)["diagnostics"], [])
        same(tags(client), [("stone", "vägen")])
    finally:
        shutil.rmtree(home)
