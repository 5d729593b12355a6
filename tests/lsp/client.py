"""A small language client: it speaks to the real binary by pipes, and keeps what an editor would keep.

Client waits for messages, never sleeps; every wait has a limit, after which it fails with what came so far.
Text is a document as an editor holds it; Marks are annotations kept up by newsmark/publishAnnotations alone.
"""
import json
import os
import select
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from again import PATIENCE  # noqa: E402


class Failure(Exception):
    pass


class Client:
    def __init__(self, build, args=(), env=None):
        self.process = subprocess.Popen([os.path.join(build, "newsmark"), "lsp", *args], stdin=subprocess.PIPE,
                                        env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.set_blocking(self.process.stderr.fileno(), False)
        self.buffer = b""
        self.seen = []  # messages not yet asked for
        self.next_id = 0
        self.errors = b""

    # --- bytes

    def write(self, data):
        """Write without ever locking up with a server that writes too."""
        fd = self.process.stdin.fileno()
        os.set_blocking(fd, False)
        while data:
            out = self.process.stdout.fileno()
            readable, writable, _ = select.select([out], [fd], [], PATIENCE)
            if readable and not self._pull():
                raise Failure("the server closed its output; " + self.stderr())
            if writable:
                try:
                    data = data[os.write(fd, data):]
                except BlockingIOError:
                    pass
            if not readable and not writable:
                raise Failure("the server reads no more")

    def frame(self, message):
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return b"Content-Length: %d\r\n\r\n" % len(body) + body

    def send(self, message):
        self.write(self.frame(message))

    def send_together(self, *messages):
        """So that the server reads all of them before it does anything else: less than a pipe takes at once."""
        data = b"".join(self.frame({"jsonrpc": "2.0", **message}) for message in messages)
        if len(data) > select.PIPE_BUF:
            raise Failure("%d bytes may be read in pieces" % len(data))
        os.set_blocking(self.process.stdin.fileno(), True)
        os.write(self.process.stdin.fileno(), data)

    def _pull(self):
        chunk = os.read(self.process.stdout.fileno(), 1 << 20)
        self.buffer += chunk
        return bool(chunk)

    def _next(self, deadline):
        while True:
            head, mark, rest = self.buffer.partition(b"\r\n\r\n")
            if mark:
                length = int(head.split(b":")[1])
                if len(rest) >= length:
                    self.buffer = rest[length:]
                    return json.loads(rest[:length].decode("utf-8"))
            left = deadline - time.monotonic()
            if not select.select([self.process.stdout], [], [], max(0, left))[0]:
                return None
            if not self._pull():
                return None

    def stderr(self):
        self.errors += self.process.stderr.read() or b""
        return self.errors.decode("utf-8", "replace")[-4000:]

    # --- messages

    def wait(self, wanted, what):
        """The first message, seen or to come, for which wanted(message) holds."""
        for index, message in enumerate(self.seen):
            if wanted(message):
                return self.seen.pop(index)
        deadline = time.monotonic() + PATIENCE
        while True:
            message = self._next(deadline)
            if message is None:
                raise Failure("waited in vain for %s; came: %s; stderr: %s"
                              % (what, json.dumps(self.seen)[-1500:], self.stderr()))
            if wanted(message):
                return message
            self.seen.append(message)

    def ask(self, method, params=None, id=None):
        """Send a request; answer with its id."""
        if id is None:
            self.next_id += 1
            id = self.next_id
        message = {"jsonrpc": "2.0", "id": id, "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)
        return id

    def answer(self, id):
        return self.wait(lambda m: "method" not in m and m.get("id") == id, "the answer to %r" % (id,))

    def request(self, method, params=None):
        answer = self.answer(self.ask(method, params))
        if "error" in answer:
            raise Failure("%s: %s" % (method, answer["error"]))
        return answer["result"]

    def error(self, method, params=None):
        answer = self.answer(self.ask(method, params))
        if "error" not in answer:
            raise Failure("%s went well: %s" % (method, answer))
        return answer["error"]["code"]

    def notify(self, method, params=None):
        message = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = params
        self.send(message)

    def notification(self, method, holds=lambda params: True):
        return self.wait(lambda m: m.get("method") == method and holds(m["params"]), method)["params"]

    # --- life

    def initialize(self, encodings=None, annotations=True, capabilities=None, options=None, **more):
        wanted = dict(capabilities or {})
        if encodings is not None:
            wanted["general"] = {"positionEncodings": encodings}
        ours = {"annotations": annotations}
        ours.update(options or {})
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": wanted,
                  "initializationOptions": {"newsmark": ours}}
        params.update(more)
        result = self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, uri, text, version=1, language="text"):
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": language,
                                                              "version": version, "text": text}})

    def change(self, uri, version, changes):
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version},
                                               "contentChanges": changes})

    def close(self, uri):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def published(self, uri, version):
        return self.notification("newsmark/publishAnnotations",
                                 lambda p: p["uri"] == uri and p["version"] == version)

    def annotations(self, uri, **more):
        return self.request("newsmark/annotations", {"textDocument": {"uri": uri}, **more})

    def finish(self, polite=True):
        """End it, and answer with the exit status."""
        if polite:
            self.request("shutdown")
            self.notify("exit")
        self.process.stdin.close()
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failure("the server does not end; " + self.stderr())
        finally:
            self.process.stdout.close()
        return status


def kill(client):
    if client.process.poll() is None:
        client.process.kill()
    client.process.wait()
    for end in (client.process.stdin, client.process.stdout, client.process.stderr):
        if end:
            end.close()


UNITS = {"utf-8": lambda c: len(c.encode("utf-8", "surrogatepass")),
         "utf-16": lambda c: 2 if ord(c) > 0xFFFF else 1,
         "utf-32": lambda c: 1}


class Text:
    """A document as an editor has it: code points, with positions in the agreed encoding."""

    def __init__(self, text, encoding="utf-16", lone_cr=True):
        self.encoding = encoding
        self.lone_cr = lone_cr  # a \r alone ends a line (LSP's rule)
        self.set(text)

    def set(self, text):
        self.text = text
        self.starts = [0]
        for i, c in enumerate(text):
            crlf = c == "\r" and text[i + 1:i + 2] == "\n"
            if c == "\n" or (c == "\r" and self.lone_cr and not crlf):
                self.starts.append(i + 1)

    def position(self, at):
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            if self.starts[middle] <= at:
                low = middle
            else:
                high = middle
        unit = UNITS[self.encoding]
        return {"line": low, "character": sum(unit(c) for c in self.text[self.starts[low]:at])}

    def offset(self, position):
        unit = UNITS[self.encoding]
        at, left = self.starts[position["line"]], position["character"]
        while left > 0:
            left -= unit(self.text[at])
            at += 1
        if left:
            raise Failure("a position inside a character: %s" % position)
        return at

    def range(self, start, end):
        return {"start": self.position(start), "end": self.position(end)}

    def slice(self, range):
        return self.text[self.offset(range["start"]):self.offset(range["end"])]

    def edit(self, start, end, fresh):
        """Replace code points [start, end); answer with the entry of contentChanges."""
        change = {"range": self.range(start, end), "text": fresh}
        self.set(self.text[:start] + fresh + self.text[end:])
        return change

    def may_edit_at(self, at):
        """Whether an editor can stand here: not between \\r and \\n."""
        return not (0 < at < len(self.text) and self.text[at - 1] == "\r" and self.text[at] == "\n")


PLACES = ("speaker", "source", "cue")


class Marks:
    """Annotations by id, as offsets: moved with the edits as marks of an editor are, told of the rest by deltas."""

    def __init__(self):
        self.by_id = {}

    def edit(self, start, end, fresh_len):
        shift = fresh_len - (end - start)

        def moved(place):
            for key in ("from", "to"):
                at = place[key]
                place[key] = at if at < start or (at == start and key == "to") else \
                    at + shift if at >= end else start + fresh_len

        for mark in self.by_id.values():
            for place in [mark] + [mark[p] for p in PLACES if mark.get(p) and "from" in mark[p]]:
                moved(place)

    def apply(self, params, text):
        if params["full"]:
            self.by_id = {}
        for id in params["removed"]:
            if id not in self.by_id:
                raise Failure("removed, but never added: %s" % id)
            del self.by_id[id]
        for annotation in params["added"]:
            if annotation["id"] in self.by_id:
                raise Failure("added twice: %s" % annotation)
            self.by_id[annotation["id"]] = with_offsets(annotation, text)

    def sorted(self):
        return sorted(self.by_id.values(), key=order)


def with_offsets(annotation, text):
    """Ranges made offsets, so that two texts' annotations can be compared."""
    mark = dict(annotation)
    for place in [mark] + [mark.__setitem__(p, dict(mark[p])) or mark[p] for p in PLACES if mark.get(p)]:
        if "range" in place:
            found = place.pop("range")
            place["from"], place["to"] = text.offset(found["start"]), text.offset(found["end"])
    return mark


def without_id(marks):
    return [{k: v for k, v in mark.items() if k != "id"} for mark in marks]


def order(mark):
    return (mark["from"], -mark["to"], mark["kind"], mark["type"], json.dumps(mark, sort_keys=True))
