"""What Emacs must do with newsmark: each test is Emacs Lisp in a real Emacs, in batch mode, with Eglot."""
import os
import subprocess

from nvim import PATIENCE
from test_nvim import FAKE, TEXT

PRELUDE = r"""
(require 'package)
(package-initialize)
(require 'newsmark)
(require 'subr-x)
(setq eglot-send-changes-idle-time 0 eglot-autoshutdown t)
(defun words ()
  (mapcar (lambda (o) (buffer-substring-no-properties (overlay-start o) (overlay-end o)))
          (sort (copy-sequence (apply #'append (hash-table-values (or newsmark--marks (make-hash-table)))))
                (lambda (a b) (or (< (overlay-start a) (overlay-start b))
                                  (and (= (overlay-start a) (overlay-start b))
                                       (> (overlay-get a 'priority) (overlay-get b 'priority))))))))
(defun wait-words (&rest wanted)
  (let ((end (+ (float-time) 120)))
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
                              capture_output=True, text=True, timeout=4 * PATIENCE, check=False)
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


ACTIONS = r"""
(transient-mark-mode 1) ; as outside of batch mode
(newsmark-mode)
(apply #'wait-words all)
(define-key newsmark-mode-map (kbd "C-c n") newsmark-command-map)
(defun keys (text) (execute-kbd-macro (kbd text)))
(defun face-of (word)
  (cl-loop for o in (apply #'append (hash-table-values newsmark--marks))
           when (equal word (buffer-substring-no-properties (overlay-start o) (overlay-end o)))
           return (overlay-get o 'face)))
(defun wait-face (word face)
  (let ((end (+ (float-time) 120)))
    (while (not (or (equal (face-of word) face) (and face (consp (face-of word)) (memq face (face-of word)))))
      (when (> (float-time) end) (error "%s looks like %S, not %S" word (face-of word) face))
      (accept-process-output nil 0.02))))
(defun asked ()
  (with-temp-buffer
    (insert-file-contents "commands")
    (goto-char (point-max))
    (forward-line -1)
    (json-parse-buffer :object-type 'plist :array-type 'list)))
(defun at (word) (goto-char 1) (search-forward word) (goto-char (match-beginning 0)))
"""


def test_tagging(context):
    context.run(ACTIONS + r"""
(at "på")
(keys "C-c n t person RET")
(wait-face "på" 'newsmark-person)
(at "och")
(keys "C-SPC M-f C-c n t org RET")
(wait-face "och" 'newsmark-org)
(check '(:line 4 :character 11) (plist-get (plist-get (cadr (asked)) :range) :start))
(keys "C-c n /")
(wait-face "och" nil)
(keys "C-c n ?")
(wait-face "och" 'newsmark-org)
(at "2024")
(keys "C-c n a")
(wait-face "2024-03-14" 'newsmark-date)
(at "Volvo")
(keys "C-c n x")
(wait-face "Volvo" nil)
(check nil (buffer-modified-p))
(check t (and (string-match "News\\[3/" (newsmark--lighter)) t))""")


def test_everywhere_and_speakers(context):
    context.run(ACTIONS + r"""
(at "Anna")
(keys "C-u C-c n t org RET article RET y")
(wait-face "Anna" 'newsmark-org)
(check '("tag" 2) (list (car (asked)) (cl-count-if (lambda (w) (equal w "Anna"))
  (cl-loop for o in (apply #'append (hash-table-values newsmark--marks)) when (eq (overlay-get o 'face) 'newsmark-org)
           collect (buffer-substring-no-properties (overlay-start o) (overlay-end o))))))
(at "bra")
(keys "C-c n s Volvo RET")
(check '("setSpeaker" "Volvo" "quote") (list (car (asked)) (plist-get (cadr (asked)) :name) (plist-get (cadr (asked)) :kind)))
(keys "C-c n s - RET")
(wait-face "”Det är 🙂 bra”" 'newsmark-unattributed)
(keys "C-c n c ask SPC her RET")
(check "ask her" (plist-get (cadr (asked)) :text))
(check "Newsmark: nothing is marked here"
       (condition-case err (progn (goto-char (point-max)) (newsmark-accept)) (user-error (cadr err))))""")


def test_the_folder(context):
    press = context.folder / "press"
    press.mkdir()
    (press / "b.txt").write_text("Bron\n\n2024-05-22\n\n”Nu räcker det”, skriver Karin Ekdahl. Hon besöker Bryssel.\n")
    (press / "a.txt").write_text("Hamnen\n\n2024-03-14\n\nMinister Karin Ekdahl reste till Bryssel.\n")
    context.run(r"""
(find-file "press/a.txt")
(newsmark-mode)
(define-key newsmark-mode-map (kbd "C-c n") newsmark-command-map)
(check "Newsmark: a home folder or the whole disk is not indexed; name a folder of articles"
       (condition-case err (newsmark-index-folder "~") (user-error (cadr err))))
(newsmark-index-folder "../press/")
(let ((end (+ (float-time) 120)) (found nil))
  (while (not (and found (= (length found) 2)))
    (when (> (float-time) end) (error "the index has %S" found))
    (accept-process-output nil 0.1)
    (setq found (ignore-errors (plist-get (newsmark--request :newsmark/mentions
                                           (append (newsmark--document) '(:name "Karin Ekdahl"))) :rows)))))
(goto-char 1)
(search-forward "Karin")
(execute-kbd-macro (kbd "C-c n m RET"))
(with-current-buffer "*newsmark mentions*"
  (check t (and (string-match "^b.txt:5:[0-9]+: 2024-05-22 .*Karin Ekdahl" (buffer-string)) t))
  (check t (string-prefix-p "Mentions of Karin Ekdahl · 2 in " (buffer-string)))
  (goto-char (point-min))
  (next-error 2)
  (check "b.txt" (file-name-nondirectory (buffer-file-name (window-buffer (selected-window))))))
(switch-to-buffer "a.txt")
(with-current-buffer "*newsmark mentions*" (goto-char (point-max)) (next-error -1)) ; also in a line's midst
(check "Karin Ekdahl. Hon" (with-current-buffer "b.txt" (buffer-substring (point) (+ (point) 17))))
(switch-to-buffer "a.txt")
(execute-kbd-macro (kbd "C-c n q Karin SPC Ekdahl RET"))
(with-current-buffer "*newsmark quotes*"
  (check t (and (string-match "Karin Ekdahl: ”Nu räcker det”$" (buffer-string)) t)))
(switch-to-buffer "a.txt")
(execute-kbd-macro (kbd "C-c n E"))
(check "*newsmark entities*" (buffer-name))
(check " 2" mode-line-process)
(let ((names (lambda () (mapcar (lambda (line) (substring line 1 (min 13 (length line)))) (split-string (buffer-string) "\n" t)))))
  (check '("Bryssel     " "Karin Ekdahl") (sort (funcall names) #'string<))
  (goto-char (point-min))
  (search-forward "Karin Ekdahl")
  (check t (and (string-match "^ Karin Ekdahl +person +2 +2 +1 2024-03-14  2024-05-22" (buffer-string)) t)))
(execute-kbd-macro (kbd "'"))
(with-current-buffer "*newsmark quotes*" (check t (string-prefix-p "Quotations by Karin Ekdahl · 1 in " (buffer-string))))
(switch-to-buffer "*newsmark entities*")
(execute-kbd-macro (kbd "RET"))
(with-current-buffer "*newsmark mentions*" (check t (string-prefix-p "Mentions of Karin Ekdahl · 2 in " (buffer-string))))
(switch-to-buffer "a.txt")
(goto-char (point-max))
(insert "\n– Vi är oroliga, säger Wistrand.\n")
(execute-kbd-macro (kbd "C-c n k"))
(with-current-buffer "*newsmark check*"
  (check "Open in a.txt · 1\n\na.txt:7:24: who is it (one name only)? Wistrand\n" (substring-no-properties (buffer-string))))
(with-temp-file "c d.txt" (insert "Bron\n\n”Så här är det”, säger Ekdahl.\n"))
(newsmark-check-folder ".")
(with-current-buffer "*newsmark check folder*"
  (while (get-buffer-process (current-buffer)) (accept-process-output nil 0.1))
  (goto-char (point-min))
  (check t (and (search-forward "c d.txt:3:24: who is it (one name only)? Ekdahl") t))
  (goto-char (point-min))
  (next-error))
(check (list "c d.txt" "Ekdahl.") (with-current-buffer "c d.txt" (list (buffer-name) (buffer-substring (point) (line-end-position)))))
(newsmark-entities "LOC")
(set-buffer "*newsmark entities*")
(check " 1" mode-line-process)
(with-current-buffer "a.txt" (set-buffer-modified-p nil))
(kill-buffer "a.txt")
(goto-char (point-min))
(check "Newsmark: the article is closed; ask from another one"
       (condition-case err (newsmark-entities-mentions) (user-error (cadr err))))""",
                [str(context.build / "newsmark"), "lsp"])


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
(let ((end (+ (float-time) 120)))
  (while (and (not (member "– Vi måste vänta" (words))) (< (float-time) end)) (accept-process-output nil 0.02)))
(check t (and (member "– Vi måste vänta" (words)) (member "i går" (words)) t))""",
                [str(context.build / "newsmark"), "lsp"])


def test_colours_of_scripts(context):
    """A script's tag has the look that the script gives it, unless the reader has a face for it."""
    tagger = context.folder / "config/newsmark/taggers/stones.lua"
    tagger.parent.mkdir(parents=True)
    tagger.write_text("""local newsmark = require("newsmark")
return newsmark.tagger { api = 1, name = "stones", tags = { stone = { light = "#102030", dark = "#405060" }, plain = {}, own = {} },
  lists = { { tag = "stone", words = { "sten" } }, { tag = "plain", words = { "väg" } }, { tag = "own", words = { "skog" } } } }
""")
    context.run(r"""
(defface newsmark-tag-own '((t :weight bold)) "Mine.")
(erase-buffer)
(insert "En sten i en väg i en skog.\n")
(save-buffer)
(newsmark-mode)
(wait-words "sten" "väg" "skog")
(let ((end (+ (float-time) 120)))
  (while (and (not newsmark--tags) (< (float-time) end)) (accept-process-output nil 0.02)))
(defun face-at (word) (goto-char 1) (search-forward word)
  (overlay-get (car (overlays-at (match-beginning 0))) 'face))
(check t (and (member (plist-get (face-at "sten") :foreground) '("#102030" "#405060")) t))
(check 'newsmark-tag (face-at "väg"))
(check 'newsmark-tag-own (face-at "skog"))""",
                ["env", "XDG_CONFIG_HOME=%s/config" % context.folder, str(context.build / "newsmark"), "lsp"])


PRESS = ("Ny plan för Malmö\n\nAnna Berg från Nordbanken mötte Erik Holm i Oslo den 3 maj 2024.\n\n"
         "”Det här är bra för Nordbanken”, sa Berg till Reuters.\n\nNordbanken svarar inte. Nordbanken växer.\n")
REAL = r"""
(transient-mark-mode 1)
(find-file "press.txt")
(newsmark-mode)
(define-key newsmark-mode-map (kbd "C-c n") newsmark-command-map)
(defun keys (text) (execute-kbd-macro (kbd text)))
(defun at (word) (goto-char 1) (search-forward word) (goto-char (match-beginning 0)))
(defun wait-for (what holds)
  (let ((end (+ (float-time) 120)))
    (while (not (ignore-errors (funcall holds)))
      (when (> (float-time) end) (error "waited in vain for %s: %S; kept: %S" what (words) (kept)))
      (accept-process-output nil 0.02))))
(defun kept ()
  (with-temp-buffer
    (insert-file-contents ".newsmark/annotations/press.txt.jsonl")
    (cl-loop while (not (eobp)) collect (json-parse-buffer :object-type 'plist :array-type 'list :null-object nil)
             do (skip-chars-forward "\n"))))
(defun is-kept (text verdict type)
  (cl-some (lambda (r) (and (equal (plist-get r :text) text) (equal (plist-get r :verdict) verdict) (equal (plist-get r :type) type)))
           (kept)))
(wait-for "marks" (lambda () (member "Oslo" (words))))
"""


def real(context, script):
    (context.folder / ".newsmark").mkdir()
    (context.folder / "press.txt").write_text(PRESS)
    context.run(REAL + script, [str(context.build / "newsmark"), "lsp"])


def test_deciding_with_the_real_server(context):
    """By keys; each decision is in the file, and the text is what it was."""
    real(context, r"""
(at "Nordbanken")
(keys "C-c n t person RET")
(wait-for "a person" (lambda () (is-kept "Nordbanken" "made" "PER")))
(keys "C-c n /")
(wait-for "it is taken back" (lambda () (cl-some (lambda (r) (plist-get r :gone)) (kept))))
(keys "C-c n ?")
(wait-for "it is done again" (lambda () (is-kept "Nordbanken" "made" "PER")))
(at "Oslo")
(keys "C-c n a")
(wait-for "accepted" (lambda () (is-kept "Oslo" "accepted" "LOC")))
(at "Erik Holm")
(keys "C-c n x")
(wait-for "rejected" (lambda () (and (is-kept "Erik Holm" "rejected" "PER") (not (member "Erik Holm" (words))))))
(at "bra")
(keys "C-c n s Karin SPC Ek RET")
(wait-for "a speaker" (lambda () (cl-some (lambda (r) (equal (plist-get (plist-get r :speaker) :name) "Karin Ek")) (kept))))
(at "växer")
(keys "C-c n t growth RET")
(wait-for "a tag" (lambda () (is-kept "växer" "made" "growth")))
(keys "C-c n c ask SPC her RET")
(wait-for "a note" (lambda () (cl-some (lambda (r) (equal (plist-get r :note) "ask her")) (kept))))
(at "Reuters")
(keys "C-u C-c n t place RET folder RET y")
(wait-for "a rule" (lambda () (file-exists-p ".newsmark/entities.jsonl")))
(newsmark-state "done")
(wait-for "done" (lambda () (equal (plist-get (car (kept)) :state) "done")))
(check nil (buffer-modified-p))""")


def test_server_killed(context):
    """The real server, killed: Eglot starts another, and what was decided is there."""
    real(context, r"""
(at "Nordbanken")
(keys "C-c n t person RET")
(wait-for "a person" (lambda () (is-kept "Nordbanken" "made" "PER")))
(setq eglot-autoreconnect 0)
(let ((before (words)) (server (eglot-current-server)))
  (setf (eglot--inhibit-autoreconnect server) nil) ; as once it has lived for `eglot-autoreconnect' seconds
  (signal-process (jsonrpc--process server) 'kill)
  (wait-for "another server" (lambda () (and (eglot-current-server) (not (eq (eglot-current-server) server)))))
  (wait-for "the same marks" (lambda () (equal (words) before))))
(at "Oslo")
(keys "C-c n x")
(wait-for "it listens" (lambda () (is-kept "Oslo" "rejected" "LOC")))""")
