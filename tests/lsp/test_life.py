"""From initialize to exit, framing, and everything malformed."""
import json
import os
import signal
import subprocess

import client as lsp
from client import Failure

URI = "file:///tmp/a.txt"
TEXT = "Ministern svarar\n\n– Det är inte sant, sa Anna Berg den 3 mars 2023.\n"


def check(holds, what):
    if not holds:
        raise Failure(what)


def same(have, want):
    check(have == want, "have %r, want %r" % (have, want))


def test_a_whole_life(start):
    client = start(encodings=["utf-8"])
    same(client.capabilities["positionEncoding"], "utf-8")
    same(client.capabilities["textDocumentSync"]["change"], 2)
    client.open(URI, TEXT)
    check(client.published(URI, 1)["full"], "the first one is full")
    client.close(URI)
    same(client.finish(), 0)


def test_exit_without_shutdown_is_1(start):
    client = start()
    client.notify("exit")
    same(client.process.wait(lsp.PATIENCE), 1)


def test_exit_before_initialize_is_1(start):
    client = start(initialize=False)
    client.notify("exit")
    same(client.process.wait(lsp.PATIENCE), 1)


def test_end_of_input_ends_it(start):
    client = start()
    client.open(URI, TEXT * 2000)  # work under way
    client.ask("newsmark/annotations", {"textDocument": {"uri": URI}})
    same(client.finish(polite=False), 1)
    client = start()
    client.request("shutdown")
    same(client.finish(polite=False), 0)


def test_ends_with_its_editor(start):
    editor = subprocess.Popen(["sleep", "600"])
    client = start(processId=editor.pid)
    editor.send_signal(signal.SIGKILL)
    editor.wait()
    same(client.process.wait(lsp.PATIENCE), 1)


def test_before_initialize(start):
    client = start(initialize=False)
    same(client.error("textDocument/hover", {}), -32002)
    client.notify("textDocument/didOpen", {"textDocument": {"uri": URI, "version": 1, "languageId": "text", "text": TEXT}})
    client.initialize()
    same(client.error("newsmark/annotations", {"textDocument": {"uri": URI}}), -32602)  # that was not heard


def test_initialize_twice_and_without_params(start):
    client = start(initialize=False)
    same(client.error("initialize"), -32602)
    client.initialize()
    same(client.error("initialize", {"capabilities": {}}), -32600)


def test_after_shutdown(start):
    client = start()
    client.request("shutdown")
    same(client.error("textDocument/hover", {}), -32600)
    same(client.error("shutdown"), -32600)
    client.notify("exit")
    same(client.process.wait(lsp.PATIENCE), 0)


def test_unknown_methods(start):
    client = start()
    same(client.error("textDocument/flip", {}), -32601)
    same(client.error("$/flip", {}), -32601)
    client.notify("$/flip", {})
    client.notify("textDocument/flip", {})
    client.notify("$/setTrace", {"value": "verbose"})
    client.notify("workspace/didChangeConfiguration", {"settings": {"newsmark": {}}})


def test_invalid_params(start):
    client = start()
    client.open(URI, TEXT)
    client.published(URI, 1)
    for params in (None, {}, [], {"textDocument": 3}, {"textDocument": {"uri": 3}}, {"textDocument": {"uri": "file:///no"}},
                   {"textDocument": {"uri": URI}}, {"textDocument": {"uri": URI}, "position": {"line": "x"}}):
        same(client.error("textDocument/hover", params), -32602)
    same(client.error("textDocument/semanticTokens/full/delta", {"textDocument": {"uri": URI}}), -32602)
    same(client.error("newsmark/annotations", {"textDocument": {"uri": URI}, "range": {"start": 1}}), -32602)


def test_ids_of_every_kind(start):
    client = start()
    for id in (0, -7, 4503599627370497, "a", "", "ü\"\\\n", "12"):
        same(client.answer(client.ask("textDocument/flip", {}, id=id))["error"]["code"], -32601)


def test_malformed_messages(start):
    client = start(initialize=False)

    def answered(body, code, id=None):
        client.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = client.wait(lambda m: "error" in m and "method" not in m, "an error for %r" % body[:60])
        same((answer["error"]["code"], answer["id"]), (code, id))

    for body in (b"", b"{", b"nonsense", b"\xff\xfe{}", b'{"a":1}}', b'{"jsonrpc":"2.0","method":"x",', b"[" * 5000):
        answered(body, -32700)
    for body in (b"[]", b"3", b"null", b'"x"', b"{}", b'{"jsonrpc":"2.0"}', b'{"jsonrpc":"1.0","method":"shutdown"}',
                 b'{"jsonrpc":"2.0","method":3}', b'{"jsonrpc":"2.0","method":"x","id":[1]}', b'[{"jsonrpc":"2.0"}]'):
        answered(body, -32600)
    answered(b'{"jsonrpc":"2.0","id":9}', -32600, 9)
    client.initialize()


def test_bad_heads(start):
    client = start(initialize=False)
    for head in (b"\r\n", b"Content-Type: x\r\n\r\n", b"Content-Length: x\r\n\r\n", b"Content-Length: -5\r\n\r\n",
                 b"Content-Length:\r\n\r\n", b"Content-Length: 99999999999999999999999\r\n\r\n", b"\0\0\0\r\n\r\n",
                 b"x" * 40000 + b"\r\n\r\n"):
        client.write(head)
        answer = client.wait(lambda m: "error" in m, "an error for %r" % head[:40])
        same((answer["error"]["code"], answer["id"]), (-32700, None))
    client.initialize()


def test_body_longer_than_said(start):
    client = start(initialize=False)
    frame = client.frame({"jsonrpc": "2.0", "id": 1, "method": "shutdown"})
    client.write(frame.replace(b"Content-Length: ", b"Content-Length: 1\r\nX: ") + client.frame({"jsonrpc": "2.0"}))
    client.wait(lambda m: m["error"]["code"] == -32700, "a parse error")
    client.initialize()  # understood again


def test_heads_of_real_editors(start):
    client = start(initialize=False)
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}).encode()
    length = str(len(body)).encode()
    heads = (b"Content-Type: application/vim-jsonrpc; charset=utf-8\r\nContent-Length: " + length + b"\r\n\r\n",
             b"content-length:" + length + b"\r\nContent-Type: application/vscode-jsonrpc; charset=utf8\r\n\r\n",
             b"Content-Length:   " + length + b"  \nX-Other: 1\n\n")
    codes = []
    for head in heads:
        client.write(head + body)
        answer = client.answer(1)
        codes.append(answer.get("error", {}).get("code"))
    same(codes, [None, -32600, -32600])


def test_odd_slices(start):
    client = start(initialize=False)
    stream = client.frame({"jsonrpc": "2.0", "id": 1, "method": "initialize",
                           "params": {"capabilities": {}, "initializationOptions": {"newsmark": {"annotations": True}}}})
    stream += client.frame({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {
        "textDocument": {"uri": URI, "languageId": "text", "version": 1, "text": "å😀 " + TEXT}}})
    stream += client.frame({"jsonrpc": "2.0", "id": 2, "method": "newsmark/annotations",
                            "params": {"textDocument": {"uri": URI}}})
    for at in range(0, len(stream), 7):
        for byte in stream[at:at + 7]:
            os.write(client.process.stdin.fileno(), bytes([byte]))
    client.answer(1)
    check(client.answer(2)["result"]["annotations"], "nothing found")
    client.write(client.frame({"jsonrpc": "2.0", "id": 3, "method": "x"}) * 500)  # many in one
    for _ in range(500):
        client.answer(3)


def test_answers_nobody_asked_for(start):
    client = start()
    client.send({"jsonrpc": "2.0", "id": "nm-1", "result": None})
    client.send({"jsonrpc": "2.0", "id": 77, "error": {"code": 1, "message": "x"}})
    client.request("shutdown")
    client.notify("exit")
    same(client.process.wait(lsp.PATIENCE), 0)


def edit(version):
    """A letter more: what is asked behind it waits for the article to be read again."""
    at = {"line": 0, "character": 0}
    return {"method": "textDocument/didChange", "params": {"textDocument": {"uri": URI, "version": version},
                                                           "contentChanges": [{"range": {"start": at, "end": at}, "text": "x"}]}}


def test_cancellation(start):
    client = start()
    text = TEXT * 3000
    client.open(URI, text)
    many = [1001, 1002, 1003, 1004, 1005]
    client.send_together(edit(2), *({"id": id, "method": "newsmark/annotations", "params": {"textDocument": {"uri": URI}}} for id in many),
                         *({"method": "$/cancelRequest", "params": params} for params in ({"id": many[1]}, {"id": many[3]}, {"id": 12345}, {})))
    codes = [client.answer(id).get("error", {}).get("code") for id in many]
    same(codes, [None, -32800, None, -32800, None])


def test_content_modified(start):
    client = start()
    client.open(URI, TEXT * 3000)
    place = {"textDocument": {"uri": URI}, "position": {"line": 2, "character": 25}}
    client.send_together(edit(2), {"id": 1001, "method": "textDocument/hover", "params": place},
                         {"id": 1002, "method": "newsmark/annotations", "params": {"textDocument": {"uri": URI}}}, edit(3))
    same(client.answer(1001)["error"]["code"], -32801)
    same(client.answer(1002)["result"]["version"], 3)
    waiting = client.ask("newsmark/annotations", {"textDocument": {"uri": URI}})
    client.change(URI, 4, [{"text": TEXT * 3000}])
    late = client.ask("newsmark/annotations", {"textDocument": {"uri": URI}})
    client.close(URI)
    check(client.answer(waiting).get("error", {}).get("code") in (None, -32801), "closed while waiting")
    check(client.answer(late).get("error", {}).get("code") in (None, -32801), "closed while waiting")
    same(client.error("newsmark/annotations", {"textDocument": {"uri": URI}}), -32602)


def test_notifications_with_nonsense(start):
    client = start()
    for method in ("didOpen", "didChange", "didClose", "didSave"):
        for params in (None, [], {}, {"textDocument": None}, {"textDocument": {"uri": 4}}, {"textDocument": {"uri": "x:y"}}):
            client.notify("textDocument/" + method, params)
    client.open(URI, TEXT)
    for changes in (None, 3, {}, [None], [{}], [{"text": 3}], [{"range": 3, "text": "x"}], [{"range": {}, "text": "x"}],
                    [{"range": {"start": {"line": 2, "character": 0}, "end": {"line": 1, "character": 0}}, "text": "x"}]):
        client.notify("textDocument/didChange", {"textDocument": {"uri": URI, "version": 1}, "contentChanges": changes})
    client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": "file:///x"}, {}, 3], "removed": None}})
    client.open("file:///b.txt", TEXT)
    have, want = client.annotations(URI), client.annotations("file:///b.txt")
    same(len(have["annotations"]), len(want["annotations"]))  # none of it was taken for an edit


def test_no_notifications_of_ours_unasked(start):
    client = start(annotations=False)
    client.open(URI, TEXT)
    check(client.annotations(URI)["annotations"], "nothing found")
    same(client.finish(), 0)
    same([m.get("method") for m in client.seen if m.get("method", "").startswith("newsmark/")], [])


def test_input_from_a_file(start):
    """`newsmark lsp <session >answers`: neither end is a pipe."""
    client = start()  # only for its frames
    session = b"".join(client.frame(m) for m in (
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}},
        {"jsonrpc": "2.0", "id": 2, "method": "shutdown"}, {"jsonrpc": "2.0", "method": "exit"}))
    folder = os.path.join(start.build, "tests")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "session"), "wb") as out:
        out.write(session)
    with open(os.path.join(folder, "session"), "rb") as given, open(os.path.join(folder, "answers"), "wb") as taken:
        same(subprocess.run([os.path.join(start.build, "newsmark"), "lsp"], stdin=given, stdout=taken,
                            timeout=lsp.PATIENCE).returncode, 0)
    with open(os.path.join(folder, "answers"), "rb") as taken:
        same(taken.read().count(b'"result"'), 2)
