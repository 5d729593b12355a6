// mdtext: the prose of a Markdown file, byte for byte where it stands: code, rulers, addresses and other
// markup become white space, so that every offset in the result is one in the file. A plain reading of
// CommonMark with tables and footnotes: no tree. Front matter stays as it is, for the grammar of articles
// reads it. Pure; any thread; linear.
#pragma once

#include "base/arena.h"
#include "base/str.h"

// As many bytes as `markdown` has, in `arena`. Headings, block quotations and cells are parted from what is
// beside them by line ends where their marks have room for them.
Str mdtext_of(Str markdown, Arena *arena);

// For who knows the blocks by other means; `out` is where the bytes of the first argument stand in a copy of
// the file.
#define MDTEXT_FRONT_MOST 4096u // bytes of front matter: what the grammar of articles reads (its DATA_MAX)
size_t mdtext_front(Str file);  // the end of the line that ends front matter; 0: there is none
void mdtext_heading(Str heading, char *out);       // "## A title ##": the title stays
void mdtext_definition(Str definition, char *out); // "[a]: address" goes; of "[^1]: a note" the note stays
void mdtext_row(Str row, char *out); // of a table: cells apart; nothing of one that holds but links
// Whether nothing but links is in the line, two of them or more: it leads about, and says nothing.
bool mdtext_is_links(Str line);
// `blocks`, in which whatever is no prose is white space by now, without what marks up its words: links,
// code, emphasis, tags. As many bytes, in `arena`. Front matter stays.
Str mdtext_clean(Str blocks, Arena *arena);
