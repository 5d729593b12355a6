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
;; HTML comes with that, Markdown where markdown-mode is installed; `M-x newsmark-mode' works in any buffer of a file.
;;
;; Eglot has one server a buffer; newsmark is for modes without another one.  Hover, outline, references and the
;; like are Eglot's own (`eldoc', `imenu', `xref-find-references', `eglot-code-actions', `eglot-rename').  What you
;; decide (`newsmark-tag', `newsmark-accept', `newsmark-speaker' …) is kept by the server in the folder's .newsmark/;
;; the article's text is never changed.  `newsmark-mentions', `newsmark-quotes', `newsmark-timeline',
;; `newsmark-entities' and `newsmark-search' ask the folder, once `newsmark-index-folder' has had it indexed.  No key
;; is bound; `newsmark-command-map' has them all, for a prefix of yours:
;;
;;   (define-key newsmark-mode-map (kbd "C-c n") newsmark-command-map)
;;
;; Overlays are moved by Emacs with the very edits that Eglot sends, so the server's messages need only say what
;; changed.  A message about a version gone by is not drawn; once the server has caught up everything is asked for
;; again.

;;; Code:

(require 'cl-lib)
(require 'color)
(require 'compile)
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
  '((((background light)) :background "#F3EFDD" :extend nil) (((background dark)) :background "#3D3A2A" :extend nil))
  "A quotation.")
(defface newsmark-unattributed
  '((((background light)) :background "#ECECEC" :slant italic)
    (((background dark)) :background "#34363A" :slant italic))
  "A quotation without a known speaker.")
(defface newsmark-speaker '((t :weight bold)) "The speaker of a quotation.")
(defface newsmark-source '((t :weight bold)) "Who reports what was said.")
(defface newsmark-cue '((t :slant italic)) "The words that say who speaks.")

(defface newsmark-note '((t :inherit highlight)) "What has a note.")

(defcustom newsmark-speaker-colors t
  "Non-nil: each speaker of an article has a colour of their own."
  :type 'boolean)

(defconst newsmark--voices
  '(("#0B5CAD" . "#7FB3FF") ("#8A4B00" . "#E8B26A") ("#1B7A3D" . "#86D6A0") ("#7A3FB0" . "#C9A0F0")
    ("#A3262A" . "#FF9A8F") ("#006D77" . "#6FD3D9") ("#7A6A00" . "#D6D06A") ("#A8326E" . "#F0A0C8")
    ("#3F51B5" . "#A3B1FF") ("#5D6B00" . "#B5D66A") ("#8D4E85" . "#D9A0D9") ("#455A64" . "#B0BEC5"))
  "Hues of speakers, on a light and on a dark background.")

(defun newsmark--mix (under hue part)
  "So much, PART, of the colour HUE over the colour UNDER, as #RRGGBB."
  (apply #'format "#%02X%02X%02X"
         (cl-mapcar (lambda (a b) (round (* 255 (+ a (* part (- b a))))))
                    (color-name-to-rgb under) (color-name-to-rgb hue))))

(defun newsmark--ink ()
  "The face attributes of text on a ground, where nothing is known of the terminal's own: that may be light, too."
  (let ((ink (face-foreground 'default nil t)))
    (unless (and ink (color-defined-p ink))
      (list :foreground (if (eq (frame-parameter nil 'background-mode) 'light) "#1A1A1A" "#E4E4E4")))))

(defun newsmark--voice (annotation ground)
  "The face of the voice of ANNOTATION, of its GROUND or the speaker's name."
  (let ((voice (and newsmark-speaker-colors (plist-get annotation :voice))))
    (if (not voice)
        (if ground 'newsmark-quote 'newsmark-speaker)
      (let* ((light (eq (frame-parameter nil 'background-mode) 'light))
             (hues (nth (mod voice (length newsmark--voices)) newsmark--voices))
             (hue (if light (car hues) (cdr hues)))
             (under (face-background 'default nil t)))
        (unless (and under (color-defined-p under)) (setq under (if light "#FFFFFF" "#16181D")))
        (if ground (append (list :background (newsmark--mix under hue (if light 0.16 0.22))) (newsmark--ink))
          (list :foreground hue :weight 'bold))))))

(defvar-local newsmark--review nil "What the server says of the review of this buffer: a plist.")
(defvar-local newsmark--marks nil "Overlays by the annotation's id: a hash table of lists, the span's first.")
(defvar-local newsmark--stale nil "Non-nil: a message of the server could not be drawn.")
(defvar-local newsmark--hidden nil "Non-nil: marks have no face.")

;;; Drawing

(defvar newsmark--tags nil "What scripts say of their tags: plists of newsmark/scripts.")

(defun newsmark--tag-face (type)
  "The face of the tag TYPE.
That is yours if there is one called newsmark-tag-TYPE, else what its script
says, else `newsmark-tag'."
  (let* ((own (intern-soft (concat "newsmark-tag-" type)))
         (tag (cl-find type newsmark--tags :key (lambda (one) (plist-get one :id)) :test #'equal))
         (hue (plist-get tag (if (eq (frame-parameter nil 'background-mode) 'light) :light :dark)))
         (style (assoc (plist-get tag :style)
                       '(("underdouble" . double-line) ("underdotted" . dots) ("underdashed" . dashes) ("undercurl" . wave)))))
    (cond ((and own (facep own)) own)
          (hue (list :foreground hue :underline (newsmark--underline (or (cdr style) 'line))))
          (t 'newsmark-tag))))

(defun newsmark--face (annotation)
  "The face of the span of ANNOTATION."
  (let ((type (plist-get annotation :type)))
    (pcase (plist-get annotation :kind)
      ("quote" (cond ((plist-get annotation :speaker) (newsmark--voice annotation t))
                     ((newsmark--ink) (list (newsmark--ink) 'newsmark-unattributed))
                     (t 'newsmark-unattributed)))
      ("tag" (newsmark--tag-face type))
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
                            when range collect
                            (newsmark--overlay range (if (eq key :speaker) (newsmark--voice annotation nil) face) 20)))
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
  "Ask SERVER for all annotations of the buffer, and draw those alone."
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
  :lighter (:eval (newsmark--lighter))
  :keymap (make-sparse-keymap)
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

;;; What the reader decides

(cl-defmethod eglot-handle-notification
  (_server (_method (eql newsmark/reviewStatus)) &rest status &key uri &allow-other-keys)
  "Keep how far the review has come, for the mode line."
  (let ((buffer (find-buffer-visiting (eglot--uri-to-path uri))))
    (when buffer
      (with-current-buffer buffer
        (setq newsmark--review status)
        (force-mode-line-update)))))

(cl-defmethod eglot-handle-notification (_server (_method (eql newsmark/indexStatus)) &key &allow-other-keys)
  "Nothing to do: Eglot shows the progress.")

(cl-defmethod eglot-handle-notification (_server (_method (eql newsmark/scriptsChanged)) &key scripts tags &allow-other-keys)
  "Draw tags as their scripts say, and tell of scripts that wait for trust."
  (setq newsmark--tags (append tags nil))
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (dolist (overlay (apply #'append (and newsmark--marks (hash-table-values newsmark--marks))))
        (let ((annotation (overlay-get overlay 'newsmark)))
          (when (equal (plist-get annotation :kind) "tag")
            (overlay-put overlay 'newsmark-face (newsmark--face annotation))
            (unless newsmark--hidden (overlay-put overlay 'face (overlay-get overlay 'newsmark-face))))))))
  (seq-doseq (script scripts)
    (when (equal (plist-get script :state) "untrusted")
      (message "Newsmark: the script %s waits: newsmark trust" (plist-get script :id)))))

(defun newsmark--lighter ()
  "What the mode line says."
  (if newsmark--review
      (format " News[%d/%d]" (plist-get newsmark--review :reviewed)
              (+ (plist-get newsmark--review :reviewed) (plist-get newsmark--review :unreviewed)))
    " News"))

(defun newsmark--request (method params)
  "The server's result for METHOD with PARAMS; an error of its is one for the user."
  (unless (eglot-managed-p) (user-error "Newsmark: this buffer is not annotated"))
  (eglot--signal-textDocument/didChange)
  (condition-case err
      (jsonrpc-request (eglot-current-server) method params)
    (jsonrpc-error (user-error "Newsmark: %s" (alist-get 'jsonrpc-error-message (cddr err))))))

(defun newsmark--document () "Which article." (list :textDocument (eglot--TextDocumentIdentifier)))

(defun newsmark--place ()
  "The active region, or point."
  (append (newsmark--document)
          (if (use-region-p)
              (list :range (list :start (eglot--pos-to-lsp-position (region-beginning))
                                 :end (eglot--pos-to-lsp-position (region-end))))
            (list :position (eglot--pos-to-lsp-position)))))

(defun newsmark--execute (command argument)
  "Run COMMAND of the server with ARGUMENT and tell what was done.
What reaches further than one place is shown first."
  (let ((run (lambda (argument)
               (newsmark--request :workspace/executeCommand
                                  (list :command (concat "newsmark." command) :arguments (vector argument))))))
    (when (or (member (plist-get argument :scope) '(nil "here"))
              (newsmark--preview (funcall run (append argument '(:preview t)))))
      (let ((answer (funcall run argument)))
        (deactivate-mark)
        (message "Newsmark: %s" (or (plist-get answer :message) "done"))))))

(defun newsmark--preview (answer)
  "Show the places of ANSWER; whether the reader wants it."
  (let ((count (plist-get answer :count)))
    (when (eql count 0) (user-error "Newsmark: there are no such words"))
    (with-current-buffer (get-buffer-create "*newsmark preview*")
      (let ((inhibit-read-only t))
        (erase-buffer)
        (seq-doseq (row (plist-get answer :rows))
          (insert (newsmark--context row) "\n"))
        (goto-char (point-min))
        (special-mode))
      (let ((window (display-buffer (current-buffer))))
        (unwind-protect (y-or-n-p (format "%d places.  Do it? " count))
          (when (window-live-p window) (quit-window nil window)))))))

(defconst newsmark--types
  '(("person" . "PER") ("org" . "ORG") ("place" . "LOC") ("date" . "DATE") ("time" . "TIME") ("duration" . "DURATION")
    ("set" . "SET") ("quote" . "direct") ("quoted" . "mixed") ("indirect" . "indirect"))
  "What people call types, and the server's names.
Other words are tags of one's own.")

(defun newsmark--scope ()
  "With a prefix argument: ask how far an action reaches."
  (when current-prefix-arg (completing-read "Where: " '("here" "article" "folder") nil t nil nil "here")))

(defun newsmark-tag (type &optional scope)
  "Tag the region, or the word or mark at point, as TYPE.
SCOPE (asked with a prefix) is here, article or folder."
  (interactive (list (completing-read "Tag as: " newsmark--types) (newsmark--scope)))
  (newsmark--execute "tag" (append (newsmark--place)
                                   (list :type (or (cdr (assoc type newsmark--types)) type))
                                   (and scope (list :scope scope)))))

(defmacro newsmark--define-action (name command doc)
  "Define the command NAME with DOC, which runs COMMAND of the server at point."
  `(defun ,name (&optional scope)
     ,(concat doc "\nSCOPE (asked with a prefix) is here, article or folder.")
     (interactive (list (newsmark--scope)))
     (newsmark--execute ,command (append (newsmark--place) (and scope (list :scope scope))))))

(newsmark--define-action newsmark-untag "untag" "Nothing is here: take back a tag, or reject the machine's.")
(newsmark--define-action newsmark-accept "accept" "What is marked at point is right.")
(newsmark--define-action newsmark-reject "reject" "What is marked at point is wrong.")
(newsmark--define-action newsmark-forget "forget" "Take the decision at point back.")

(defun newsmark--read (&rest arguments)
  "As `completing-read' with ARGUMENTS, but a space is a space: names have them."
  (let ((minibuffer-local-completion-map (copy-keymap minibuffer-local-completion-map)))
    (define-key minibuffer-local-completion-map " " #'self-insert-command)
    (apply #'completing-read arguments)))

(defun newsmark--read-person (prompt)
  "Read with PROMPT one of the article's people, a name, or - for nobody.
The result is members for a command."
  (let* ((people (append (newsmark--request :newsmark/people (newsmark--place)) nil))
         (name (newsmark--read (format "%s (- is nobody): " prompt)
                               (mapcar (lambda (person) (plist-get person :name)) people)))
         (person (cl-find name people :key (lambda (person) (plist-get person :name)) :test #'equal)))
    (cond ((equal name "-") '(:none t))
          (person (append (list :name name)
                          (and (plist-get person :entity) (list :entity (plist-get person :entity)))
                          (and (plist-get person :range) (list :mention (plist-get person :range)))))
          (t (list :name name)))))

(defun newsmark-speaker (who)
  "Say that WHO, members for the command, said the quotation at point."
  (interactive (list (newsmark--read-person "Speaker")))
  (newsmark--execute "setSpeaker" (append (newsmark--place) '(:kind "quote") who)))

(defun newsmark-source (who)
  "Say that WHO, members for the command, reports the quotation at point."
  (interactive (list (newsmark--read-person "Source")))
  (newsmark--execute "setSource" (append (newsmark--place) '(:kind "quote") who)))

(defun newsmark-note (text)
  "Put the note TEXT on what is at point; empty: take it away."
  (interactive "sNote: ")
  (newsmark--execute "note" (append (newsmark--place) (list :text text))))

(defun newsmark-alias (alias)
  "ALIAS is another name of who is at point, found from now on."
  (interactive "sAnother name: ")
  (newsmark--execute "addAlias" (append (newsmark--place) (list :alias alias))))

(defun newsmark-join (who)
  "Who is named at point is the same as WHO."
  (interactive (list (newsmark--read-person "The same as")))
  (newsmark--execute "joinEntities" (append (newsmark--place)
                                            (list :into (or (plist-get who :entity) (plist-get who :name))))))

(defun newsmark-split (name &optional scope)
  "Who is named at point is somebody else, called NAME; SCOPE as of `newsmark-tag'."
  (interactive (list (read-string "Somebody else, called: ") (newsmark--scope)))
  (newsmark--execute "splitEntity" (append (newsmark--place) (list :name name) (and scope (list :scope scope)))))

(defun newsmark-undo ()
  "Take the last decision on this article back."
  (interactive)
  (newsmark--execute "undo" (newsmark--document)))

(defun newsmark-redo ()
  "Do again what `newsmark-undo' took back."
  (interactive)
  (newsmark--execute "redo" (newsmark--document)))

(defun newsmark-state (state)
  "The article is, by STATE, unread, in work or done."
  (interactive (list (completing-read "State: " '("unread" "work" "done") nil t)))
  (newsmark--execute "setState" (append (newsmark--document) (list :state state))))

(defun newsmark-next-unreviewed ()
  "Go to the next mark that no person has looked at."
  (interactive)
  (let* ((next (newsmark--request :newsmark/next
                                  (append (newsmark--document) (list :position (eglot--pos-to-lsp-position)))))
         (range (plist-get next :range)))
    (if range (progn (push-mark nil t) (goto-char (car (newsmark--region range))))
      (message "Newsmark: everything is reviewed"))))

(defun newsmark-next-same ()
  "Go to the next quotation by the same speaker."
  (interactive)
  (let* ((next (newsmark--request :newsmark/nextQuote (append (newsmark--document)
                                                              (list :position (eglot--pos-to-lsp-position) :speaker t))))
         (range (plist-get next :range)))
    (if range (progn (push-mark nil t) (goto-char (car (newsmark--region range))))
      (message "Newsmark: no other quotation"))))

;;; The folder

;; `grep-mode' would go to the line only.
(define-compilation-mode newsmark-list-mode "Newsmark"
  "Places in articles, one a line: PATH:LINE:COLUMN: WORDS."
  (setq-local compilation-error-regexp-alist '(("^\\(.+?\\):\\([1-9][0-9]*\\):\\([1-9][0-9]*\\): " 1 2 3))
              compilation-error-face 'compilation-info
              compilation-error-screen-columns nil))

(defun newsmark--context (row)
  "The words of ROW in their place, on a line that `newsmark-list-mode' can follow."
  (let ((start (plist-get (plist-get row :range) :start)))
    (format "%s:%s:%s: %s%s%s" (or (plist-get row :path) "") (if start (1+ (plist-get start :line)) 1)
            (if start (1+ (plist-get start :character)) 1) (or (plist-get row :left) "")
            (propertize (plist-get row :text) 'font-lock-face
                        `(:inherit ,(if (plist-get row :group) 'newsmark-quote 'match) ,@(newsmark--ink))) (or (plist-get row :right) ""))))

(defun newsmark--show (name folder title rows wrapped)
  "Show ROWS of FOLDER under TITLE, in the listing NAME; WRAPPED are lines of sentences."
  (with-current-buffer (get-buffer-create (format "*newsmark %s*" name))
    (let ((inhibit-read-only t))
      (erase-buffer)
      (setq default-directory (file-name-as-directory folder))
      (insert title "\n\n")
      (seq-doseq (row rows) (insert (newsmark--context row) "\n"))
      (goto-char (point-min))
      (newsmark-list-mode)
      (setq truncate-lines (not wrapped) word-wrap wrapped))
    (display-buffer (current-buffer))))

(defun newsmark--list (method params before title)
  "Show the rows that METHOD answers to PARAMS, under TITLE.
BEFORE makes what stands before the words of a row."
  (let* ((answer (newsmark--request method (append (newsmark--document) params)))
         (folder (eglot--uri-to-path (plist-get answer :folder)))
         (rows (plist-get answer :rows)) (quotes (eq method :newsmark/quotes)))
    (when (= (length rows) 0) (user-error "Newsmark: nothing of the kind in the folder"))
    (seq-doseq (row rows)
      (when quotes (plist-put row :left nil) (plist-put row :right nil)) ; they are the context
      (plist-put row :left (concat (or (funcall before row) "") (plist-get row :left))))
    (newsmark--show (substring (symbol-name method) 10) folder
                    (format "%s · %s%d in %s" title (if (eq (plist-get answer :more) t) "the first " "") (length rows)
                            (abbreviate-file-name folder))
                    rows quotes)))

(defun newsmark-check ()
  "List what is open in this article: who said this, who is that, which day."
  (interactive)
  (let ((rows (newsmark--request :newsmark/doubts (newsmark--document)))
        (file (file-name-nondirectory (buffer-file-name))))
    (when (= (length rows) 0) (user-error "Newsmark: nothing is open in this article"))
    (seq-doseq (row rows)
      (nconc row (list :path file :left (concat (plist-get row :question) " ")
                       :group (equal (plist-get row :kind) "quote"))))
    (newsmark--show "check" default-directory (format "Open in %s · %d" file (length rows)) rows t)))

(defun newsmark-check-folder (folder)
  "List what is open in all articles in and below FOLDER, as they are on disk."
  (interactive (list (read-directory-name "Check the articles in: "
                                          (locate-dominating-file default-directory ".newsmark.toml"))))
  (let ((default-directory (file-name-as-directory (expand-file-name folder))))
    (compilation-start (concat (shell-quote-argument (car (newsmark--command)))
                               " check --columns codepoint .")
                       #'newsmark-list-mode (lambda (_) "*newsmark check folder*"))))

(defun newsmark--read-name (prompt)
  "Read a name of the folder with PROMPT, by default who is at point."
  (let ((here (cl-some (lambda (overlay)
                         (let ((annotation (overlay-get overlay 'newsmark)))
                           (or (plist-get annotation :name) (plist-get (plist-get annotation :speaker) :name))))
                       (append (overlays-at (point)) (overlays-at (max (point-min) (1- (point))))))))
    (newsmark--read (if here (format "%s (%s): " prompt here) (concat prompt ": "))
                    (completion-table-dynamic
                     (lambda (begun)
                       (mapcar (lambda (row) (plist-get row :name))
                               (plist-get (newsmark--request :newsmark/entities
                                                             (append (newsmark--document)
                                                                     (list :name begun :prefix t :limit 40)))
                                          :rows)))
                     t) ; in the article's buffer, not in the minibuffer
                     nil nil nil nil here)))

(defun newsmark--date-of (row)
  "The day of the article of ROW."
  (let ((date (or (plist-get row :date) "no date")))
    (concat (substring date 0 (min 10 (length date))) " ")))

(defun newsmark-mentions (name &optional title)
  "List where NAME is mentioned in the folder, in any spelling.
NAME may be an id, which is told as TITLE."
  (interactive (list (newsmark--read-name "Mentions of")))
  (newsmark--list :newsmark/mentions (list :name name) #'newsmark--date-of (concat "Mentions of " (or title name))))

(defun newsmark-quotes (name &optional title)
  "List what NAME said, in all articles of the folder.
TITLE is as of `newsmark-mentions'."
  (interactive (list (newsmark--read-name "Quotations by")))
  (newsmark--list :newsmark/quotes (list :name name)
                  (lambda (row) (format "%s%s: " (newsmark--date-of row) (or (plist-get row :speaker) "nobody known")))
                  (concat "Quotations by " (or title name))))

(defun newsmark-timeline (&optional name)
  "List the dates that the folder tells of.
With a prefix argument: those in passages about NAME."
  (interactive (list (and current-prefix-arg (newsmark--read-name "Timeline of"))))
  (newsmark--list :newsmark/timeline (and name (list :name name)) (lambda (row) (format "%s  " (plist-get row :value)))
                  (if name (concat "Timeline of " name) "Timeline")))

;; Who and what the folder names: a table to sort, whose rows ask for more.

(defvar-local newsmark--article nil "The buffer of the article from which this listing was asked for.")
(defvar-local newsmark--wanted nil "The members of the question that this listing answers.")

(defconst newsmark--type-names '(("PER" . "person") ("ORG" . "organisation") ("LOC" . "place")))

(defun newsmark--by-number (column)
  "Order rows of a table by the number in COLUMN."
  (lambda (a b) (< (string-to-number (aref (cadr a) column)) (string-to-number (aref (cadr b) column)))))

(defun newsmark--entity-row (row)
  "ROW of an answer, for `tabulated-list-entries'."
  (let* ((type (plist-get row :type))
         (face (pcase type ("PER" 'newsmark-person) ("ORG" 'newsmark-org) (_ 'newsmark-place))))
    (list (cons (plist-get row :entity) (plist-get row :name))
          (vector (propertize (plist-get row :name) 'font-lock-face face)
                  (alist-get type newsmark--type-names type nil #'equal)
                  (number-to-string (plist-get row :mentions)) (number-to-string (plist-get row :articles))
                  (number-to-string (plist-get row :quotes))
                  (or (plist-get row :first) "") (or (plist-get row :last) "")))))

(defun newsmark--refresh-entities ()
  "Ask again for the rows of this listing."
  (let* ((wanted newsmark--wanted)
         (answer (with-current-buffer newsmark--article
                   (newsmark--request :newsmark/entities (append (newsmark--document) wanted))))
         (rows (plist-get answer :rows)))
    (setq mode-line-process (format " %s%d" (if (eq (plist-get answer :more) t) "the first " "") (length rows))
          tabulated-list-entries (mapcar #'newsmark--entity-row rows))))

(defun newsmark--ask-of-row (ask)
  "Call ASK with the id and the name in this row, in the article's buffer."
  (let ((entity (or (tabulated-list-get-id) (user-error "Newsmark: no name is here"))))
    (unless (buffer-live-p newsmark--article) (user-error "Newsmark: the article is closed; ask from another one"))
    (with-current-buffer newsmark--article (funcall ask (car entity) (cdr entity)))))

(defun newsmark-entities-mentions ()
  "Where the one in this row is mentioned."
  (interactive)
  (newsmark--ask-of-row #'newsmark-mentions))

(defun newsmark-entities-quotes ()
  "What the one in this row said."
  (interactive)
  (newsmark--ask-of-row #'newsmark-quotes))

(define-derived-mode newsmark-entities-mode tabulated-list-mode "Names"
  "Who and what a folder names.
\\<newsmark-entities-mode-map>\\[newsmark-entities-mentions] lists mentions, \\[newsmark-entities-quotes] quotations, \
\\[tabulated-list-sort] sorts by the column at point."
  (setq tabulated-list-format `[("Name" 32 t) ("Type" 13 t)
                                ("Mentions" 9 ,(newsmark--by-number 2) :right-align t)
                                ("Articles" 9 ,(newsmark--by-number 3) :right-align t)
                                ("Quotes" 7 ,(newsmark--by-number 4) :right-align t)
                                ("First" 11 t) ("Last" 10 t)]
        tabulated-list-padding 1)
  (add-hook 'tabulated-list-revert-hook #'newsmark--refresh-entities nil t)
  (tabulated-list-init-header))

(define-key newsmark-entities-mode-map (kbd "RET") #'newsmark-entities-mentions)
(define-key newsmark-entities-mode-map (kbd "'") #'newsmark-entities-quotes)

(defun newsmark-entities (&optional type)
  "List who and what the folder names, most named first.
With a prefix argument: only those of TYPE (PER, ORG or LOC)."
  (interactive (list (when current-prefix-arg
                       (car (rassoc (completing-read "Which: " (mapcar #'cdr newsmark--type-names) nil t)
                                    newsmark--type-names)))))
  (let ((article (current-buffer)))
    (with-current-buffer (get-buffer-create "*newsmark entities*")
      (newsmark-entities-mode)
      (setq newsmark--article article
            newsmark--wanted (append '(:limit 5000) (and type (list :type type))))
      (newsmark--refresh-entities)
      (tabulated-list-print)
      (goto-char (point-min))
      (pop-to-buffer (current-buffer)))))

(defun newsmark-search (words)
  "List the articles of the folder with all WORDS."
  (interactive "sWords: ")
  (newsmark--list :newsmark/search (list :words words) #'newsmark--date-of (concat "Search for " words)))

(defun newsmark-index-folder (folder)
  "Have the articles in and below FOLDER indexed from now on: a .newsmark.toml in it says so."
  (interactive "DIndex the articles in: ")
  (let* ((folder (directory-file-name (expand-file-name folder)))
         (marker (expand-file-name ".newsmark.toml" folder)))
    (when (string-prefix-p (file-name-as-directory folder) (file-name-as-directory (expand-file-name "~")))
      (user-error "Newsmark: a home folder or the whole disk is not indexed; name a folder of articles"))
    (unless (file-exists-p marker)
      (write-region "# newsmark indexes the articles below this folder. Its settings for them stand here.\n" nil marker
                    nil 'silent))
    (jsonrpc-notify (eglot--current-server-or-lose) :workspace/didChangeWorkspaceFolders
                    (list :event (list :added (vector (list :uri (eglot--path-to-uri folder)
                                                            :name (file-name-nondirectory folder)))
                                       :removed [])))
    (message "Newsmark: %s is indexed from now on" (abbreviate-file-name folder))))

(defvar newsmark-command-map
  (let ((map (make-sparse-keymap)))
    (pcase-dolist (`(,key . ,command)
                   '(("n" . newsmark-next) ("p" . newsmark-previous) ("t" . newsmark-tag) ("u" . newsmark-untag)
                     ("a" . newsmark-accept) ("x" . newsmark-reject) ("f" . newsmark-forget) ("s" . newsmark-speaker)
                     ("o" . newsmark-source) ("c" . newsmark-note) ("j" . newsmark-join) ("d" . newsmark-split)
                     ("r" . eglot-rename) ("+" . newsmark-alias) ("e" . newsmark-state)
                     ("/" . newsmark-undo) ("?" . newsmark-redo) ("g" . newsmark-next-unreviewed) ("k" . newsmark-check)
                     ("K" . newsmark-check-folder)
                     ("=" . newsmark-next-same) ("m" . newsmark-mentions) ("q" . newsmark-quotes)
                     ("l" . newsmark-timeline) ("w" . newsmark-search) ("E" . newsmark-entities) ("i" . newsmark-index-folder)
                     ("h" . newsmark-toggle)))
      (define-key map (kbd key) command))
    map)
  "Newsmark's commands, for a prefix key of yours.")

(provide 'newsmark)
;;; newsmark.el ends here
