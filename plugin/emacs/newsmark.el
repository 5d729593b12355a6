;;; newsmark.el --- Names, dates and quotations in news articles  -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1") (eglot "1.9"))
;; License: MIT

;;; Commentary:

;; Marks people, organisations, places, dates and quotations in articles as you read and type, by Eglot and the
;; language server of newsmark:
;;
;;   (add-to-list 'load-path "/path/to/newsmark/plugin/emacs")
;;   (require 'newsmark)
;;   (add-hook 'text-mode-hook #'newsmark-mode)
;;
;; Eglot has one server a buffer; newsmark is for modes without another one.  Hover, outline, references and the
;; like are Eglot's own (`eldoc', `imenu', `xref-find-references').  `newsmark-next', `newsmark-previous' and
;; `newsmark-toggle' are bound to no key.
;;
;; Overlays are moved by Emacs with the very edits that Eglot sends, so the server's messages need only say what
;; changed.  A message about a version gone by is not drawn; once the server has caught up everything is asked for
;; again.

;;; Code:

(require 'cl-lib)
(require 'eglot)

(defgroup newsmark nil "Names, dates and quotations in news articles." :group 'text)

(defcustom newsmark-command nil
  "The server, such as (\"/opt/newsmark\" \"lsp\").
nil: build/newsmark in the plugin's folder, then newsmark on `exec-path'."
  :type '(repeat string))

(defcustom newsmark-uncertain-below 0.5
  "Marks less certain than this, from 0 to 1, are drawn as doubtful."
  :type 'number)

(defconst newsmark--root
  (expand-file-name "../.." (file-name-directory (or load-file-name buffer-file-name))))

;; Emacs 30 has the shapes that tell the kinds apart; earlier ones have a line and a wave.
(defun newsmark--underline (style)
  "The face attribute of an underline in STYLE, as far as this Emacs has it."
  (if (< emacs-major-version 30)
      (if (eq style 'wave) '(:style wave) t)
    `(:style ,style)))

(defmacro newsmark--defface (name style light dark doc)
  "Define face NAME with DOC: underline STYLE, colours LIGHT and DARK."
  `(defface ,name
     (list (list '((background light)) :foreground ,light :underline (newsmark--underline ',style))
           (list '((background dark)) :foreground ,dark :underline (newsmark--underline ',style)))
     ,doc))

(newsmark--defface newsmark-person line "#0B5CAD" "#7FB3FF" "A person.")
(newsmark--defface newsmark-org double-line "#8A4B00" "#E8B26A" "An organisation.")
(newsmark--defface newsmark-place dots "#1B7A3D" "#86D6A0" "A place.")
(newsmark--defface newsmark-date dashes "#8B2F8F" "#DDA0E0" "A date.")
(newsmark--defface newsmark-tag line "#A3262A" "#FF9A8F" "A tag that a script declares.")
(newsmark--defface newsmark-uncertain wave "#A36A00" "#E0B050" "A doubtful name or date.")
(defface newsmark-quote
  '((((background light)) :background "#F3F0E2" :extend nil) (((background dark)) :background "#2A2A22" :extend nil))
  "A quotation.")
(defface newsmark-unattributed
  '((((background light)) :background "#F6E9E4") (((background dark)) :background "#33261F"))
  "A quotation without a known speaker.")
(defface newsmark-speaker '((t :weight bold)) "The speaker of a quotation.")
(defface newsmark-source '((t :weight bold)) "Who reports what was said.")
(defface newsmark-cue '((t :slant italic)) "The words that say who speaks.")

(defvar-local newsmark--marks nil "Overlays by the annotation's id: a hash table of lists, the span's first.")
(defvar-local newsmark--stale nil "Non-nil: a message of the server could not be drawn.")
(defvar-local newsmark--hidden nil "Non-nil: marks have no face.")

;;; Drawing

(defun newsmark--face (annotation)
  "The face of the span of ANNOTATION."
  (let ((type (plist-get annotation :type)))
    (pcase (plist-get annotation :kind)
      ("quote" (if (plist-get annotation :speaker) 'newsmark-quote 'newsmark-unattributed))
      ("tag" 'newsmark-tag)
      ((guard (< (or (plist-get annotation :confidence) 1) newsmark-uncertain-below)) 'newsmark-uncertain)
      ("date" 'newsmark-date)
      (_ (pcase type ("PER" 'newsmark-person) ("ORG" 'newsmark-org) (_ 'newsmark-place))))))

(defun newsmark--region (range)
  "The start and end of RANGE of the protocol, as a cons."
  (cons (eglot--lsp-position-to-point (plist-get range :start))
        (eglot--lsp-position-to-point (plist-get range :end))))

(defun newsmark--overlay (range face priority &optional annotation)
  "Draw RANGE in FACE; the overlay of a span knows its ANNOTATION."
  (let* ((region (newsmark--region range))
         (overlay (make-overlay (car region) (cdr region) nil t nil)))
    (overlay-put overlay 'newsmark-face face)
    (overlay-put overlay 'face (unless newsmark--hidden face))
    (overlay-put overlay 'priority priority)
    (overlay-put overlay 'newsmark annotation)
    overlay))

(defun newsmark--erase (id)
  "Remove the overlays of the annotation ID."
  (mapc #'delete-overlay (gethash id newsmark--marks))
  (remhash id newsmark--marks))

(defun newsmark--draw (annotation)
  "Draw ANNOTATION, a quotation below what is in it."
  (let ((id (plist-get annotation :id)))
    (newsmark--erase id)
    (puthash id
             (cons (newsmark--overlay (plist-get annotation :range) (newsmark--face annotation)
                                      (if (equal (plist-get annotation :kind) "quote") 10 30) annotation)
                   (cl-loop for (key face) in '((:speaker newsmark-speaker) (:source newsmark-source)
                                                (:cue newsmark-cue))
                            for range = (plist-get (plist-get annotation key) :range)
                            when range collect (newsmark--overlay range face 20)))
             newsmark--marks)))

(defun newsmark--clear ()
  "Remove all marks from the buffer."
  (when newsmark--marks
    (mapc #'newsmark--erase (hash-table-keys newsmark--marks))))

;;; The server

(defun newsmark--version ()
  "The version of the buffer that the server was told of last."
  (symbol-value (if (boundp 'eglot--docver) 'eglot--docver 'eglot--versioned-identifier)))

(defun newsmark--refresh (server)
  "Ask SERVER for all annotations of the buffer, and draw them in place of what is there."
  (let ((buffer (current-buffer)))
    (jsonrpc-async-request
     server :newsmark/annotations (list :textDocument (eglot--TextDocumentIdentifier))
     :success-fn
     (lambda (answer)
       (when (buffer-live-p buffer)
         (with-current-buffer buffer
           (when (eql (plist-get answer :version) (newsmark--version))
             (newsmark--clear)
             (mapc #'newsmark--draw (plist-get answer :annotations))
             (setq newsmark--stale nil))))))))

(cl-defmethod eglot-handle-notification
  (server (_method (eql newsmark/publishAnnotations)) &key uri version full removed added &allow-other-keys)
  "Draw what has changed."
  (let ((buffer (find-buffer-visiting (eglot--uri-to-path uri))))
    (when buffer
      (with-current-buffer buffer
        (unless newsmark--marks (setq newsmark--marks (make-hash-table :test #'equal)))
        (when (eq full t) (newsmark--clear))
        (mapc #'newsmark--erase removed)
        (cond ((not (eql version (newsmark--version))) (setq newsmark--stale t))
              (newsmark--stale (newsmark--refresh server))
              (t (mapc #'newsmark--draw added)))))))

(defun newsmark--command ()
  "The command of the server; an error that says what to do where there is none."
  (let ((built (expand-file-name "build/newsmark" newsmark--root)))
    (cond (newsmark-command)
          ((file-executable-p built) (list built "lsp"))
          ((executable-find "newsmark") '("newsmark" "lsp"))
          (t (user-error "Newsmark: the program is not built; run `make' in %s" newsmark--root)))))

;;;###autoload
(define-minor-mode newsmark-mode
  "Mark names, dates and quotations in this article."
  :lighter " News"
  (if newsmark-mode
      (eglot (list major-mode) (or (project-current) `(transient . ,default-directory)) 'eglot-lsp-server
             (append (newsmark--command)
                     '(:initializationOptions (:newsmark (:annotations t :lineEndings "lf"))))
             "plaintext")
    (newsmark--clear)
    (when (eglot-managed-p) (eglot--managed-mode -1))))

;;; Commands

(defun newsmark--starts ()
  "Starts of all spans in the buffer, in order."
  (sort (delete-dups (cl-loop for overlays being the hash-values of (or newsmark--marks (make-hash-table))
                              collect (overlay-start (car overlays))))
        #'<))

(defun newsmark-next (&optional count)
  "Go to the start of the COUNTth mark after point; negative: before it."
  (interactive "p")
  (let* ((count (or count 1))
         (starts (newsmark--starts))
         (ahead (if (> count 0)
                    (cl-remove-if-not (lambda (start) (> start (point))) starts)
                  (nreverse (cl-remove-if-not (lambda (start) (< start (point))) starts))))
         (target (nth (1- (abs count)) ahead)))
    (if target (progn (push-mark nil t) (goto-char target)) (message "Newsmark: no mark there"))))

(defun newsmark-previous (&optional count)
  "Go to the start of the COUNTth mark before point."
  (interactive "p")
  (newsmark-next (- (or count 1))))

(defun newsmark-toggle ()
  "Hide or show the marks of the buffer."
  (interactive)
  (setq newsmark--hidden (not newsmark--hidden))
  (dolist (overlay (apply #'append (hash-table-values (or newsmark--marks (make-hash-table)))))
    (overlay-put overlay 'face (unless newsmark--hidden (overlay-get overlay 'newsmark-face)))))

(provide 'newsmark)
;;; newsmark.el ends here
