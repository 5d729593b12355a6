"""What Emacs must do with newsmark: each test is Emacs Lisp in a real Emacs, in batch mode, with Eglot."""
import os
import subprocess

from test_nvim import FAKE, TEXT

PRELUDE = r"""
(require 'package)
(package-initialize)
(require 'newsmark)
(require 'subr-x)
(setq eglot-send-changes-idle-time 0 eglot-autoshutdown t)
(defun words ()
  (mapcar (lambda (o) (buffer-substring-no-properties (overlay-start o) (overlay-end o)))
          (sort (apply #'append (hash-table-values (or newsmark--marks (make-hash-table))))
                (lambda (a b) (or (< (overlay-start a) (overlay-start b))
                                  (and (= (overlay-start a) (overlay-start b))
                                       (> (overlay-get a 'priority) (overlay-get b 'priority))))))))
(defun wait-words (&rest wanted)
  (let ((end (+ (float-time) 10)))
    (while (not (equal (words) wanted))
      (when (> (float-time) end) (error "marks are %S, not %S" (words) wanted))
      (eglot--signal-textDocument/didChange)
      (accept-process-output nil 0.02))))
(defun check (wanted got) (unless (equal wanted got) (error "%S, not %S" got wanted)))
(defvar all '("Anna" "Volvo" "2024-03-14" "Oslo" "”Det är 🙂 bra”" "sa" "Anna" "Anna" "”två\nrader här”" "Oslo"))
"""


class Context:
    """A folder and the editor's binary."""

    def __init__(self, binary, root, build, folder):
        self.binary, self.root, self.build, self.folder = binary, root, build, folder

    def run(self, script, command=None):
        (self.folder / "article.txt").write_text(TEXT)
        quoted = " ".join('"%s"' % part for part in command or FAKE)
        (self.folder / "test.el").write_text(
            PRELUDE + f"(setq newsmark-command '({quoted}))\n(find-file \"article.txt\")\n{script}\n")
        done = subprocess.run([self.binary, "--batch", "-L", str(self.root / "plugin" / "emacs"), "-l", "test.el"],
                              cwd=self.folder, env={**os.environ, "HOME": str(self.folder), "LC_ALL": "C.UTF-8"},
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr[-2000:]

    def close(self):
        pass


def test_marks_and_edits(context):
    context.run(r"""
(newsmark-mode)
(apply #'wait-words all)
(check 'newsmark-person (overlay-get (car (overlays-at 1)) 'face))
(goto-char (point-max))
(insert "Oslo 2025-01-01\n")
(apply #'wait-words (append all '("Oslo" "2025-01-01")))
(goto-char 1)
(insert "Oslo ")
(apply #'wait-words (append '("Oslo") all '("Oslo" "2025-01-01")))
(delete-region (point-min) (point-max))
(wait-words)
(insert "Anna\n")
(wait-words "Anna")""")


def test_commands(context):
    context.run(r"""
(newsmark-mode)
(apply #'wait-words all)
(goto-char 1)
(newsmark-next)
(check 9 (point))
(newsmark-next 2)
(newsmark-previous)
(check 15 (point))
(newsmark-toggle)
(check nil (overlay-get (car (overlays-at 1)) 'face))
(newsmark-toggle)
(check 'newsmark-person (overlay-get (car (overlays-at 1)) 'face))
(newsmark-mode -1)
(wait-words)""")


def test_missing_program(context):
    context.run(r"""
(setq newsmark-command nil newsmark--root "/nowhere/" exec-path nil)
(check "Newsmark: the program is not built; run ‘make’ in /nowhere/"
       (condition-case err (newsmark--command) (user-error (cadr err))))""")


def test_the_real_server(context):
    context.run(r"""
(erase-buffer)
(insert "Oslo, 22 maj 2024\n\n– Vi måste vänta, sa Karin Ekdahl i går.\n")
(save-buffer)
(newsmark-mode)
(let ((end (+ (float-time) 10)))
  (while (and (not (member "– Vi måste vänta" (words))) (< (float-time) end)) (accept-process-output nil 0.02)))
(check t (and (member "– Vi måste vänta" (words)) (member "i går" (words)) t))""",
                [str(context.build / "newsmark"), "lsp"])
