#!/usr/bin/env python3
"""A picture of newsmark in Neovim, drawn from the cells of its real screen: shot.py BUILD OUT.svg [ARTICLE] [--light]
[--nvim PATH] [--size 100x34] [--keys KEYS]. The picture in the README is made by it."""
import argparse
import sys
import tempfile
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from nvim import Nvim  # noqa: E402
from run import ROOT, new_neovim, system_neovim  # noqa: E402

CELL_W, CELL_H, FONT = 8.4, 20, 14
# Distance from the top of a cell to the underline.
LINE_Y = 16.5


def hexadecimal(color):
    return f"#{color:06x}"


def runs(row):
    """Stretches of a row that look the same: (first column, text, highlight)."""
    start, text, look = 0, "", None
    for col, (cell, highlight) in enumerate(row):
        if highlight != look and text:
            yield start, text, look
            start, text = col, ""
        look = highlight
        text += cell
    yield start, text, look


def underline(attributes, x, y, width, color):
    """The line under a run, in the shape that the highlight asks for."""
    y += LINE_Y
    line = f'<path d="M{x:.1f} {y:.1f}h{width:.1f}" stroke="{color}" stroke-width="1.2" fill="none"%s/>'
    if attributes.get("underdouble") or attributes.get("underlineline"):
        return line % "" + line.replace(f"{y:.1f}", f"{y + 2.4:.1f}", 1) % ""
    if attributes.get("underdotted") or attributes.get("underdot"):
        return line % ' stroke-dasharray="1.4 2.2"'
    if attributes.get("underdashed") or attributes.get("underdash"):
        return line % ' stroke-dasharray="5 3"'
    if attributes.get("undercurl"):
        waves = int(width / 6)
        return f'<path d="M{x:.1f} {y:.1f}{"q1.5 -3 3 0t3 0" * waves}" stroke="{color}" fill="none"/>'
    return line % "" if attributes.get("underline") else ""


def draw_row(screen, number):
    """The shapes of one row of the screen."""
    colors, out, y = screen.colors, [], 12 + number * CELL_H
    for start, text, look in runs(screen.cells[number]):
        attributes = screen.attributes[look]
        front = attributes.get("foreground", colors["foreground"])
        back = attributes.get("background", colors["background"])
        if attributes.get("reverse"):
            front, back = back, front
        x, span = 12 + start * CELL_W, len(text) * CELL_W
        if back != colors["background"]:
            out.append(f'<rect x="{x:.1f}" y="{y}" width="{span:.1f}" height="{CELL_H}" fill="{hexadecimal(back)}"/>')
        if text.strip():
            style = ' font-weight="bold"' if attributes.get("bold") else ""
            style += ' font-style="italic"' if attributes.get("italic") else ""
            out.append(f'<text x="{x:.1f}" y="{y + 14}" fill="{hexadecimal(front)}"{style} xml:space="preserve" '
                       f'textLength="{span:.1f}">{escape(text)}</text>')
        out.append(underline(attributes, x, y, span, hexadecimal(attributes.get("special", front))))
    return "\n".join(filter(None, out))


def frame(screen, shapes, below=0):
    """An SVG of the size of the screen, with room for `below` rows more."""
    width, height = len(screen.cells[0]) * CELL_W + 24, (len(screen.cells) + below) * CELL_H + 24
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
        f'font-size="{FONT}">',
        f'<rect width="100%" height="100%" rx="8" fill="{hexadecimal(screen.colors["background"])}"/>',
        *filter(None, shapes), "</svg>", ""])


def draw(screen):
    return frame(screen, [draw_row(screen, number) for number in range(len(screen.cells))])


def init_of(light=False, settings="{}"):
    """An init.vim with true colours and nothing on the screen but the text; `settings`: g:newsmark, as JSON."""
    return "\n".join([
        "set termguicolors noswapfile linebreak laststatus=0 noruler noshowcmd noshowmode shortmess+=F",
        "set background=" + ("light" if light else "dark"), "filetype plugin on",
        "highlight Normal " + ("guifg=#24292f guibg=#ffffff" if light else "guifg=#d0d4da guibg=#16181d"),
        "highlight NonText guifg=bg", "set runtimepath^=" + str(ROOT), "let g:newsmark = json_decode('%s')" % settings])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("out")
    parser.add_argument("article", nargs="?", default=str(ROOT / "tests/data/articles/sv-en-sjomatningen.txt"))
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--nvim")
    parser.add_argument("--size", default="100x34")
    parser.add_argument("--keys", default="", help="typed before the picture is taken; end in Normal mode")
    parser.add_argument("--until", default="", help="words to wait for on the screen, behind the keys")
    parser.add_argument("--settings", default="{}", help="g:newsmark, as JSON")
    options = parser.parse_args()
    build = Path(options.build).resolve()
    binary = options.nvim or new_neovim(ROOT / "build") or system_neovim()
    size = tuple(int(part) for part in options.size.split("x"))
    init = init_of(options.light, options.settings)
    with tempfile.TemporaryDirectory(prefix="newsmark-", ignore_cleanup_errors=True) as folder:
        nvim = Nvim(binary, Path(folder), init + "\n", [Path(options.article).resolve()], size)
        try:
            nvim.wait("marks", lambda: nvim.lua("""
              local status = vim.b.newsmark_status_dict
              return status ~= nil and status.quotes > 0"""))
            if options.keys:
                nvim.type(options.keys)
            nvim.wait("the words", lambda: not options.until or nvim.screen.find(options.until))
            nvim.command("redraw! | echo ''")
            nvim.pump(0.3)
            Path(options.out).write_text(draw(nvim.screen), encoding="utf-8")
        finally:
            nvim.close()


if __name__ == "__main__":
    main()
