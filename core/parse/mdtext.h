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
// The second half of it, for who knows the blocks: `blocks`, in which whatever is no prose is white space by
// now, without what marks up its words: links, code, emphasis, tags. As many bytes, in `arena`.
Str mdtext_clean(Str blocks, Arena *arena);
// The same for a row of a table: cells parted; white space where it holds nothing but links.
void mdtext_row(Str row, char *out);
// Whether nothing but links is in the line, two of them or more: it leads about, and says nothing.
bool mdtext_is_links(Str line);
