"""Drive a real Neovim: `nvim --embed` spoken to in msgpack-RPC over pipes, with its screen kept as a grid of cells."""
import os
import select
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from again import PATIENCE, least  # noqa: E402, F401


def pack(value):
    """The msgpack of None, bool, int, str, list and dict."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return b"\xd3" + struct.pack(">q", value)
    if isinstance(value, str):
        data = value.encode()
        return b"\xdb" + struct.pack(">I", len(data)) + data
    if isinstance(value, (list, tuple)):
        return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
    if isinstance(value, dict):
        return b"\xdf" + struct.pack(">I", len(value)) + b"".join(pack(k) + pack(v) for k, v in value.items())
    raise TypeError(type(value))


class Skip(Exception):
    """Raised by a test that needs what is not here."""


class NeedMore(Exception):
    pass


class Unpacker:
    """Values out of a stream that arrives in pieces."""

    def __init__(self):
        self.data, self.at = b"", 0

    def feed(self, data):
        self.data = self.data[self.at:] + data
        self.at = 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise NeedMore
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, form):
        return struct.unpack(">" + form, self.take(struct.calcsize(form)))[0]

    def text(self, count):
        return self.take(count).decode("utf-8", "replace")

    def items(self, count):
        return [self.value() for _ in range(count)]

    def pairs(self, count):
        return {self.value(): self.value() for _ in range(count)}

    def value(self):
        tag = self.number("B")
        if tag < 0x80:
            return tag
        if tag < 0x90:
            return self.pairs(tag & 15)
        if tag < 0xA0:
            return self.items(tag & 15)
        if tag < 0xC0:
            return self.text(tag & 31)
        if tag >= 0xE0:
            return tag - 256
        if tag in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[tag]
        if tag in (0xC4, 0xC5, 0xC6):
            return self.text(self.number("BHI"[tag - 0xC4]))
        if tag in (0xC7, 0xC8, 0xC9):
            return self.extension(self.number("BHI"[tag - 0xC7]))
        if tag in (0xCA, 0xCB):
            return self.number("fd"[tag - 0xCA])
        if tag < 0xD4:
            return self.number("BHIQbhiq"[tag - 0xCC])
        if tag < 0xD9:
            return self.extension(1 << (tag - 0xD4))
        if tag < 0xDC:
            return self.text(self.number("BHI"[tag - 0xD9]))
        if tag < 0xDE:
            return self.items(self.number("HI"[tag - 0xDC]))
        return self.pairs(self.number("HI"[tag - 0xDE]))

    def extension(self, count):
        """A handle of a buffer, window or tab: its number."""
        self.take(1)
        inner = Unpacker()
        inner.feed(self.take(count))
        return inner.value()

    def next(self):
        """The next whole value; NeedMore if it has not all come."""
        start = self.at
        try:
            return self.value()
        except NeedMore:
            self.at = start
            raise


class Screen:
    """The cells of the global grid, each a text and the number of its highlight, and what those numbers mean."""

    def __init__(self, width, height):
        self.cells = [[(" ", 0)] * width for _ in range(height)]
        self.attributes, self.colors, self.cursor = {0: {}}, {}, (0, 0)

    def apply(self, event, args):
        handler = getattr(self, "on_" + event, None)
        if handler:
            handler(*args)

    def on_grid_resize(self, _grid, width, height):
        self.cells = [[(" ", 0)] * width for _ in range(height)]

    def on_grid_clear(self, _grid):
        self.cells = [[(" ", 0)] * len(row) for row in self.cells]

    def on_grid_line(self, _grid, row, col, cells, *_):
        highlight = 0
        for cell in cells:
            if len(cell) > 1:
                highlight = cell[1]
            for _ in range(cell[2] if len(cell) > 2 else 1):
                self.cells[row][col] = (cell[0], highlight)
                col += 1

    def on_grid_scroll(self, _grid, top, bottom, left, right, rows, _cols):
        order = range(top, bottom - rows) if rows > 0 else range(bottom - 1, top - rows - 1, -1)
        for row in order:
            self.cells[row][left:right] = self.cells[row + rows][left:right]

    def on_grid_cursor_goto(self, _grid, row, col):
        self.cursor = (row, col)

    def on_hl_attr_define(self, number, rgb, _cterm, _info):
        self.attributes[number] = rgb

    def on_default_colors_set(self, foreground, background, special, *_):
        self.colors = {"foreground": foreground, "background": background, "special": special}

    def line(self, row):
        return "".join(text for text, _ in self.cells[row])

    def find(self, word):
        """The attributes of every cell of the first place on the screen where `word` stands."""
        for row in self.cells:
            texts = [text for text, _ in row]
            for col in range(len(row) - len(word) + 1):
                if texts[col:col + len(word)] == list(word):
                    return [self.attributes[highlight] for _, highlight in row[col:col + len(word)]]
        return None


class Nvim:
    """One Neovim, as a user has it: `init` is the text of the init.vim, `folder` stands for $HOME."""

    def __init__(self, binary, folder, init, files=(), size=(100, 30)):
        (folder / "init.vim").write_text(init)
        env = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
            env[f"XDG_{kind}_HOME"] = str(folder / kind.lower())
        command = [binary, "--embed", "-n", "-i", "NONE", "-u", str(folder / "init.vim"), *map(str, files)]
        self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
        self.unpacker, self.last_id, self.answers, self.typed = Unpacker(), 0, {}, 0
        self.screen = Screen(*size)
        self.call("nvim_ui_attach", size[0], size[1], {"rgb": True, "ext_linegrid": True})

    def pump(self, timeout):
        """Take in what Neovim has said, waiting at most `timeout` seconds for it."""
        if not select.select([self.process.stdout], [], [], timeout)[0]:
            return
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        if not data:
            raise EOFError("Neovim ended")
        self.unpacker.feed(data)
        while True:
            try:
                self.dispatch(self.unpacker.next())
            except NeedMore:
                return

    def dispatch(self, message):
        if message[0] == 1:
            self.answers[message[1]] = message[2:]
        elif message[0] == 2 and message[1] == "redraw":
            for event, *calls in message[2]:
                for args in calls:
                    self.screen.apply(event, args)

    def call(self, method, *args, timeout=PATIENCE):
        """Call an API function; its error is raised."""
        self.last_id += 1
        self.process.stdin.write(pack([0, self.last_id, method, list(args)]))
        self.process.stdin.flush()
        deadline = time.monotonic() + timeout
        while self.last_id not in self.answers:
            if time.monotonic() > deadline:
                raise TimeoutError(method)
            self.pump(0.1)
        error, result = self.answers.pop(self.last_id)
        if error:
            raise RuntimeError(error[1] if isinstance(error, list) else error)
        return result

    def lua(self, code, *args):
        return self.call("nvim_exec_lua", code, list(args))

    def command(self, line):
        self.call("nvim_command", line)

    def type(self, keys):
        """Keys as from the keyboard, worked through when this returns; they must end in Normal mode."""
        self.typed += 1
        self.call("nvim_input", f"{keys}:let g:typed = {self.typed}<CR>")
        self.wait("the keys " + keys, lambda: self.call("nvim_eval", "get(g:, 'typed')") == self.typed)

    def lines(self):
        return self.call("nvim_buf_get_lines", 0, 0, -1, True)

    def wait(self, what, condition, timeout=PATIENCE):
        """Until condition() is true; what it is about goes into the error."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                result = condition()
            except (IndexError, KeyError):  # what it looks at is not there yet
                result = None
            if result:
                return result
            if time.monotonic() > deadline:
                raise TimeoutError("waited in vain for " + what)
            self.pump(0.02)

    def close(self):
        try:
            self.process.stdin.write(pack([2, "nvim_command", ["qa!"]]))
            self.process.stdin.flush()
            self.process.communicate(timeout=5)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
