#!/usr/bin/env python3
"""A language server of a few rules and many bad habits: what the editors' front-ends are tested against where the real one
behaves too well. Marks Anna, Volvo, Oslo, ISO dates and ”…” quotations (speaker: the Anna after the next "sa").

fake_server.py lsp [--encoding utf-8] [--habit HABIT] [--voices]
Habits: dies (at start), dies-later (at the word DIE), garbage (no protocol at all), silent (never answers initialize),
holds (answers a change only when the text holds GO: messages about versions gone by)."""
import argparse
import json
import re
import sys

from fake_decisions import Decisions, Refused

NAMES = {"Anna": "PER", "Volvo": "ORG", "Oslo": "LOC"}


def units(text, encoding):
    """Length of text in the units of the protocol."""
    if encoding == "utf-8":
        return len(text.encode())
    return len(text) if encoding == "utf-32" else len(text.encode("utf-16-le")) // 2


class Document:
    def __init__(self, uri, text, version, encoding, voices):
        self.uri, self.text, self.version, self.encoding, self.voices = uri, text, version, encoding, voices
        self.decisions = Decisions(self)
        self.published = {}  # id -> (start, end, facts), moved along with edits as an editor moves its marks
        self.last_id = 0

    def offset(self, position):
        lines = self.text.split("\n")
        if position["line"] >= len(lines):
            return len(self.text)
        start = sum(len(line) + 1 for line in lines[:position["line"]])
        line, used = lines[position["line"]], 0
        for i, char in enumerate(line):
            if used >= position["character"]:
                return start + i
            used += units(char, self.encoding)
        return start + len(line)

    def position(self, offset):
        before = self.text[:offset]
        row = before.count("\n")
        return {"line": row, "character": units(before[before.rfind("\n") + 1:], self.encoding)}

    def range(self, start, end):
        return {"start": self.position(start), "end": self.position(end)}

    def edit(self, change):
        if "range" not in change:
            self.text = change["text"]
            return
        start, end = self.offset(change["range"]["start"]), self.offset(change["range"]["end"])
        new = change["text"]
        self.text = self.text[:start] + new + self.text[end:]

        def moved(at, is_start):
            if at > end or (at == end and (start < end or is_start)):
                return at + len(new) - (end - start)
            return at if at <= start else start
        for key, (a, b, facts) in self.published.items():
            self.published[key] = (moved(a, True), moved(b, False), facts)

    def find(self):
        found = []
        for match in re.finditer(r"\b(?:Anna|Volvo|Oslo)\b", self.text):
            word = match.group()
            found.append((*match.span(), {"kind": "entity", "type": NAMES[word], "name": word, "confidence": 0.98,
                                          "entity": "wd:Q1" if word == "Anna" else "name:" + word.lower(),
                                          "by": "list"}))
        for match in re.finditer(r"\b\d{4}-\d\d-\d\d\b", self.text):
            found.append((*match.span(), {"kind": "date", "type": "DATE", "value": match.group(), "begin": match.group(),
                                          "until": match.group(), "mod": None, "confidence": 0.3, "by": "rule"}))
        for match in re.finditer(r"”[^”]*”", self.text):
            facts = {"kind": "quote", "type": "direct", "confidence": 0.9, "by": "rule", "speaker": None}
            said = re.compile(r",? (sa) (Anna)").match(self.text, match.end())
            if said:
                facts["cue"], facts["speaker"] = said.span(1), said.span(2)
            found.append((*match.span(), facts))
        for start, end, facts in found:
            facts["text"] = self.text[start:end]
        return self.decisions.apply(found)

    def wire(self, key, start, end, facts):
        def part(span, **more):
            return {"range": self.range(*span), "text": self.text[span[0]:span[1]], **more}
        result = {"id": key, "range": self.range(start, end), **facts}
        if facts.get("speaker") and "cue" in facts and not isinstance(facts["speaker"], dict):
            result["cue"] = part(facts["cue"])
            result["speaker"] = part(facts["speaker"], name="Anna", entity="wd:Q1")
            if self.voices:
                result["voice"] = 3
        return result

    def update(self, full):
        """The message that brings a client from what was published to what is true now."""
        def same(old, new):
            if (old[2].get("verdict"), old[2].get("note")) != (new[2].get("verdict"), new[2].get("note")):
                return False
            return old[:2] == new[:2] and {k: v for k, v in old[2].items() if k not in ("cue", "speaker")} == {
                k: v for k, v in new[2].items() if k not in ("cue", "speaker")} and bool(old[2].get("speaker")) == bool(
                new[2].get("speaker"))
        old, now, added = {} if full else dict(self.published), {}, []
        by_start = {}
        for key, span in old.items():
            by_start.setdefault((span[0], span[2]["kind"]), key)
        for span in self.find():
            key = by_start.get((span[0], span[2]["kind"]))
            if key is None or key in now or not same(old[key], span):
                self.last_id += 1
                key = format(self.last_id, "x")
                added.append(self.wire(key, *span))
            now[key] = span
        self.published = now
        return {"version": self.version, "full": full, "removed": [key for key in old if key not in now], "added": added}


class Server:
    def __init__(self, options):
        self.options, self.documents = options, {}
        self.kept = []  # messages of one that holds
        self.wants = False

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        sys.stdout.buffer.flush()

    def read(self):
        length = 0
        while True:
            line = sys.stdin.buffer.readline()
            if not line:
                sys.exit(1)
            if line == b"\r\n":
                return json.loads(sys.stdin.buffer.read(length))
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)

    def publish(self, uri, full):
        if self.wants:
            document = self.documents[uri]
            self.send({"method": "newsmark/publishAnnotations", "params": {"uri": uri, **document.update(full)}})
            status = document.decisions.status()
            if status != document.decisions.told:
                document.decisions.told = status
                self.send({"method": "newsmark/reviewStatus", "params": {"uri": uri, **status}})

    def initialize(self, params):
        options = (params.get("initializationOptions") or {}).get("newsmark") or {}
        self.wants = options.get("annotations", False)
        offered = ((params["capabilities"].get("general") or {}).get("positionEncodings")) or ["utf-16"]
        self.encoding = self.options.encoding or offered[0]
        return {"capabilities": {"positionEncoding": self.encoding, "hoverProvider": True,
                                 "textDocumentSync": {"openClose": True, "change": 2}}}

    def annotations(self, params):
        document = self.documents[params["textDocument"]["uri"]]
        rows = params.get("range") or {"start": {"line": 0}, "end": {"line": 1 << 30}}
        found = []
        for key, span in document.published.items():
            wire = document.wire(key, *span)
            if wire["range"]["end"]["line"] >= rows["start"]["line"] and wire["range"]["start"]["line"] <= rows["end"]["line"]:
                found.append(wire)
        return {"version": document.version, "lang": "sv", "dct": None, "annotations": found}

    def notified(self, method, params):
        if method == "textDocument/didOpen":
            item = params["textDocument"]
            self.documents[item["uri"]] = Document(item["uri"], item["text"], item["version"], self.encoding, self.options.voices)
            self.publish(item["uri"], True)
        elif method == "textDocument/didChange":
            document = self.documents[params["textDocument"]["uri"]]
            self.kept += self.held(params)
            for change in params["contentChanges"]:
                document.edit(change)
            document.version = params["textDocument"]["version"]
            if "DIE" in document.text:
                sys.exit(3)
            if self.options.habit == "holds" and "GO" not in document.text:
                return
            for message in self.kept:
                self.send(message)
            self.kept = []
            self.publish(params["textDocument"]["uri"], False)
        elif method == "textDocument/didClose":
            self.documents.pop(params["textDocument"]["uri"], None)
        elif method == "initialized" and self.options.scripts:
            self.send({"method": "newsmark/scriptsChanged", "params": self.scripts})
        elif method == "exit":
            sys.exit(0)

    def held(self, params):
        """What a server that lags says of the version before: the same marks, as if they were new."""
        if self.options.habit != "holds":
            return
        uri = params["textDocument"]["uri"]
        document = self.documents[uri]
        yield {"method": "newsmark/publishAnnotations", "params": {"uri": uri, **document.update(False)}}

    def command(self, message):
        """workspace/executeCommand: kept in the file `commands` too."""
        params = message["params"]
        argument = params["arguments"][0]
        with open("commands", "a", encoding="utf-8") as file:
            file.write(json.dumps([params["command"][len("newsmark."):], argument], ensure_ascii=False) + "\n")
        uri = argument["textDocument"]["uri"]
        try:
            answer = self.documents[uri].decisions.run(params["command"][len("newsmark."):], argument)
        except Refused as refused:
            return self.send({"id": message["id"], "error": {"code": -32803, "message": str(refused)}})
        self.publish(uri, False)
        return self.send({"id": message["id"], "result": answer})

    def about_document(self, method, params):
        document = self.documents[params["textDocument"]["uri"]]
        if method == "newsmark/people":
            return document.decisions.people()
        if method == "newsmark/decisions":
            return document.decisions.decisions()
        folder = document.uri.rsplit("/", 1)[0]
        return [{"uri": f"{folder}/{name}", "path": name, "state": "unread", "reviewed": 0, "orphans": 0}
                for name in ("article.txt", "second.txt")]

    scripts = {"scripts": [
        {"id": "ships", "uri": "file:///tmp/ships.lua", "origin": "shipped", "state": "running", "articles": 12, "failures": 0,
         "spans": 31, "p50Us": 310, "p99Us": 912, "budget": {"documentMs": 100}, "error": None},
        {"id": "mine", "uri": "file:///tmp/mine.lua", "origin": "project", "state": "untrusted", "articles": 0, "failures": 0,
         "spans": 0, "p50Us": 0, "p99Us": 0, "budget": {"documentMs": 100}, "error": {"line": 3, "text": "no such list"}}],
        "tags": [{"id": "ship", "label": "Ship", "style": "underdotted", "light": "#00607A", "dark": "#7FD0E8", "cvd": "#56B4E9"}]}

    def about_scripts(self, method, params):
        if method == "newsmark/log":
            return {"last": 1, "lines": [{"n": 1, "time": "2026-03-01T12:00:00Z", "level": "info", "text": "ships: hello"}]}
        if method == "newsmark/trust":
            for script in self.scripts["scripts"]:
                if script["uri"] == params["uri"]:
                    script["state"] = "running" if params["trust"] else "untrusted"
        return self.scripts

    def run(self):
        while True:
            message = self.read()
            method, params = message.get("method"), message.get("params")
            if "id" not in message:
                self.notified(method, params)
            elif method == "initialize":
                self.send({"id": message["id"], "result": self.initialize(params)})
            elif method == "newsmark/annotations":
                self.send({"id": message["id"], "result": self.annotations(params)})
            elif method == "workspace/executeCommand":
                self.command(message)
            elif method in ("newsmark/people", "newsmark/decisions", "newsmark/articles"):
                self.send({"id": message["id"], "result": self.about_document(method, params)})
            elif method in ("newsmark/scripts", "newsmark/trust", "newsmark/log"):
                self.send({"id": message["id"], "result": self.about_scripts(method, params)})
            elif method == "textDocument/hover":
                self.send({"id": message["id"], "result": {"contents": "a hover"}})
            elif method == "shutdown":
                self.send({"id": message["id"], "result": None})
            elif method:
                self.send({"id": message["id"], "error": {"code": -32601, "message": "no such method: " + method}})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--encoding")
    parser.add_argument("--habit", default="none")
    parser.add_argument("--scripts", action="store_true", help="tell of scripts")
    parser.add_argument("--voices", action="store_true", help="number the speakers")
    options = parser.parse_args()
    if options.habit == "dies":
        sys.exit("fake server: died at start")
    if options.habit == "garbage":
        sys.stdout.write("Welcome to the fake server!\n\n" * 100)
        sys.stdout.flush()
        sys.stdin.read()
        return
    if options.habit == "silent":
        sys.stdin.read()
        return
    Server(options).run()


if __name__ == "__main__":
    main()
