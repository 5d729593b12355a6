// prose: the reading of an HTML article, kept from run to run. htmltext keeps every byte in its place, so an
// edit of the file is one of its prose; but a "<!--" or a quote left open shows or hides text far from where
// it was typed, and who follows the edits has to be told of that too. One thread at a time.
#pragma once

#include "parse/htmltext.h"
#include "text/buffer.h"

typedef struct Prose {
  Snapshot *text;    // the last reading; NULL: none yet
  StrBuf bytes;      // the same in one piece
  size_t start, end; // bytes of the text by now: all edits since the last reading lie in between
  size_t edits;      // how many
  size_t len;        // bytes of the text by now
} Prose;             // = {0} to begin

void prose_release(Prose *self);
void prose_edit(Prose *self, TextEdit edit); // an edit of the file, in order
// Read `file` into self->text. True: the prose changed outside the edits as well, and *also is the edit that
// covers it all; it comes after those told of. What `facts` point to lives in `arena`.
bool prose_read(Prose *self, const Snapshot *file, Arena *arena, HtmlFacts *facts, TextEdit *also);
