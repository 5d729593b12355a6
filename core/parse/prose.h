// prose: the words of an article without the markup of its file, byte for byte where they stand: markup is
// white space, so that every offset in the prose is one in the file. Pure; any thread.
#pragma once

#include "parse/htmltext.h"
#include "text/buffer.h"

typedef enum Markup { MARKUP_NONE, MARKUP_HTML, MARKUP_MARKDOWN } Markup;

// By the file's name (".md"); where that says nothing, by LSP's id of the language ("markdown"), if any.
Markup markup_of(Str path, Str language);
// The prose of a whole file: in `arena`, or `file` itself. Facts are for HTML only, and empty else.
Str prose_of(Markup markup, Str file, Arena *arena, HtmlFacts *facts);

// The reading of an article, kept from run to run. Every byte is in its place, so an edit of the file is one
// of its prose; but a "<!--", a quote or a fence left open shows or hides text far from where it was typed,
// and who follows the edits has to be told of that too. One thread at a time.
typedef struct Prose {
  Snapshot *text;    // the last reading; NULL: none yet
  StrBuf bytes;      // the same in one piece
  size_t start, end; // bytes of the text by now: all edits since the last reading lie in between
  size_t edits;      // how many
  size_t len;        // bytes of the text by now
  const struct Grammars *grammars; // borrowed, set by who begins; NULL: none
  struct MarkupTree *tree;         // NULL: the last reading was a plain one
} Prose;                           // = {0} to begin

void prose_release(Prose *self);
void prose_edit(Prose *self, TextEdit edit); // an edit of the file, in order
// Read `file` into self->text. True: the prose changed outside the edits as well, and *also is the edit that
// covers it all; it comes after those told of. What `facts` point to lives in `arena`.
bool prose_read(Prose *self, Markup markup, const Snapshot *file, Arena *arena, HtmlFacts *facts,
                TextEdit *also);
