// buffer: the text of an open article: incremental edits, a line index, snapshots.
// Text lies in chunks of about BUFFER_CHUNK bytes, each with its counts of lines, code points and UTF-16
// units; an edit touches the chunks it falls into, a snapshot shares all of them. One thread; its snapshots
// may go anywhere.
#pragma once

#include "base/error.h"
#include "text/snapshot.h"

// What ends a line. LSP 3.17 names \n, \r\n and \r; Vim, Neovim and Emacs show a lone \r inside a line.
typedef enum EolRule { EOL_LSP, EOL_LF } EolRule;

typedef struct TextEdit {
  size_t start, old_end, new_end; // bytes: [start, old_end) became [start, new_end)
} TextEdit;

typedef struct Buffer Buffer;

Buffer *buffer_new(Str text, EolRule eol);
void buffer_free(Buffer *self);
size_t buffer_len(const Buffer *self);
// Replace bytes [start, end) by `text`. False with ERR_USAGE where the range lies outside the text.
bool buffer_replace(Buffer *self, size_t start, size_t end, Str text, Error *err);
// The text as it is now; the caller holds a reference.
Snapshot *buffer_snapshot(Buffer *self);
