#!/usr/bin/env python3
"""run.py BUILD [WORD...]: drive BUILD/newsmark lsp by pipes. Every test_*.py beside this file, every function test_* in it;
with WORDs only those whose names hold one. A test gets start(), which gives a client, initialized unless told otherwise; all
that it started must end cleanly. The last line is `N passed, N failed`."""
import glob
import importlib
import os
import sys
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import client as lsp  # noqa: E402


class Starter:
    def __init__(self, build):
        self.build = build
        self.clients = []

    def __call__(self, initialize=True, args=(), env=None, **how):
        client = lsp.Client(self.build, args, env)
        client.ended = False
        self.clients.append(client)
        if initialize:
            client.capabilities = client.initialize(**how)["capabilities"]
        return client

    def finish(self):
        """Those a test did not end itself end politely, with status 0 and nothing wrong on standard error."""
        for client in self.clients:
            if client.process.poll() is None and not client.process.stdin.closed:
                status = client.finish()
                if status != 0:
                    raise lsp.Failure("ended with %d: %s" % (status, client.stderr()))
            errors = client.stderr()
            if "Sanitizer" in errors or "runtime error" in errors or "Assertion" in errors:
                raise lsp.Failure(errors)

    def clear(self):
        for client in self.clients:
            lsp.kill(client)


def run(build, name, test):
    began = time.monotonic()
    start = Starter(build)
    try:
        test(start)
        start.finish()
        trouble = None
    except Exception:  # a test's failure is its line
        trouble = traceback.format_exc()
    finally:
        start.clear()
    print("%-6s %s (%.2f s)" % ("ok" if trouble is None else "FAILED", name, time.monotonic() - began), flush=True)
    if trouble:
        print("    " + trouble.strip().replace("\n", "\n    "), flush=True)
    return trouble is None


def main(arguments):
    if not arguments:
        print(__doc__)
        return 2
    build, words = os.path.abspath(arguments[0]), arguments[1:]
    passed = failed = 0
    for path in sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "test_*.py"))):
        stem = os.path.basename(path)[:-3]
        module = importlib.import_module(stem)
        for name in [n for n in vars(module) if n.startswith("test_")]:
            full = stem[5:] + "." + name[5:]
            if words and not any(word in full for word in words):
                continue
            if run(build, full, getattr(module, name)):
                passed += 1
            else:
                failed += 1
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
