#!/usr/bin/env python3
"""A tour of newsmark in Neovim as a moving picture, from the cells of its real screen: tour.py BUILD OUT.svg [--nvim PATH].
The one in the README is made by it, over the articles of tests/data/story. A row that stays is drawn once."""
import argparse
import shutil
import sys
import tempfile
import time
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from nvim import Nvim  # noqa: E402
from run import ROOT, new_neovim, system_neovim  # noqa: E402
from shot import CELL_H, CELL_W, draw_row, frame, init_of  # noqa: E402

SIZE = (96, 27)
# What is told below the screen, the keys, a word to wait for, seconds to look at it.
SCENES = [
    ("Open an article: names, dates and quotations are marked, on your machine alone.", "", "Hallberg", 4),
    (":Newsmark info   Who said it, how that is known, and what they said lately.", "9G:Newsmark info<CR>", "speaker", 4.5),
    (":Newsmark quotes   Everything she said, in every article and language of the folder.",
     ":Newsmark quotes<CR><C-w>_", "Quotations", 6),
    ("<CR>   To the place.", ":resize 12<CR>/die Deutschen<CR><CR>:nohlsearch<CR>", "Donnerstag", 4),
    (":Newsmark timeline   The days that are told of, whatever they were called.",
     ":Newsmark timeline Astrid Hallberg<CR><C-w>_", "Timeline", 5),
    (":Newsmark check   What is open: here a company may have been taken for a place.",
     "q:only | edit 2024-11-13-en-brussels.txt<CR>:Newsmark check<CR>", "is it a place?", 5),
    ("<CR>   What the machine got wrong …", "<CR>:nohlsearch<CR>", "Nordkabel", 3),
    (":Newsmark tag org   … is put right where it stands, and kept in a file that git can merge.",
     ":Newsmark! tag org<CR>", "Nordkabel", 4),
    ("And it reads along while you write.", "Go<CR><Esc>", "Monday morning", 1),
    ("And it reads along while you write.", "o\"We meet in Visby on Friday,\" said Hallberg.<Esc>", "Friday", 5),
]


def visible(numbers, times, total):
    """The animation that shows a shape in the scenes of these numbers; '' where that is always."""
    if len(numbers) == len(times):
        return ""
    values, at = [], []
    for number, start in enumerate(times):
        shown = "inline" if number in numbers else "none"
        if not values or values[-1] != shown:
            values.append(shown)
            at.append(f"{start / total:.4f}".rstrip("0").rstrip(".") or "0")
    return (f'<animate attributeName="display" calcMode="discrete" dur="{total:g}s" repeatCount="indefinite" '
            f'values="{";".join(values)}" keyTimes="{";".join(at)}"/>')


def caption(text):
    y = 12 + (SIZE[1] + 1) * CELL_H + 6
    return f'<text x="{12 + CELL_W:.1f}" y="{y}" fill="#e6c07b" xml:space="preserve">{escape(text)}</text>'


def film(nvim):
    """{(row, its shapes): the scenes that have it}; a caption is one row more."""
    shots = {}
    for number, (text, keys, until, _) in enumerate(SCENES):
        if keys:
            nvim.type(keys)
        nvim.wait(until or text, lambda: not until or nvim.screen.find(until))
        time.sleep(0.5)
        nvim.command("redraw! | echo ''")
        nvim.pump(0.5)
        for row in range(SIZE[1]):
            shots.setdefault((row, draw_row(nvim.screen, row)), []).append(number)
        shots.setdefault((SIZE[1], caption(text)), []).append(number)
    return shots


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("out")
    parser.add_argument("--nvim")
    options = parser.parse_args()
    binary = options.nvim or new_neovim(ROOT / "build") or system_neovim()
    times, total = [], 0
    for *_, seconds in SCENES:
        times.append(total)
        total += seconds
    with tempfile.TemporaryDirectory(prefix="newsmark-", ignore_cleanup_errors=True) as folder:
        articles = Path(folder) / "story"
        shutil.copytree(ROOT / "tests/data/story", articles)
        (articles / ".newsmark.toml").touch()
        init = init_of() + "\nset autochdir\n"
        nvim = Nvim(binary, Path(folder), init, [articles / "2024-11-11-sv-kabeln.txt"], SIZE)
        try:
            nvim.wait("marks", lambda: nvim.lua("local s = vim.b.newsmark_status_dict return s ~= nil and s.quotes > 0"))
            time.sleep(2)  # the folder is indexed
            shots = film(nvim)
            shapes = [f'<g{"" if 0 in scenes else " display=" + chr(34) + "none" + chr(34)}>{shape}'
                      f"{visible(scenes, times, total)}</g>" for (_, shape), scenes in shots.items() if shape]
            Path(options.out).write_text(frame(nvim.screen, shapes, below=2), encoding="utf-8")
        finally:
            nvim.close()


if __name__ == "__main__":
    main()
