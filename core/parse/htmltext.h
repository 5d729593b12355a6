// htmltext: the prose of an HTML file, byte for byte where it stands: markup becomes white space, so that
// every offset in the result is one in the file. A plain reading: no tree, no scripts run, character
// references kept unless they are a space or a mark. Pure; any thread; linear.
#pragma once

#include "base/arena.h"
#include "base/str.h"

typedef struct HtmlFacts { // what the file says of itself, borrowed from it; empty where it does not
  Str lang;                // <html lang="…">
  Str date;                // article:published_time and its kin, <time datetime="…">: "2023-04-17…"
  Str title;               // og:title, else <title>: as it is written
  Str author;              // of the meta tags
} HtmlFacts;

// As many bytes as `html` has, in `arena`. Block elements are parted by blank lines where their tags have
// room for them.
Str htmltext_of(Str html, Arena *arena, HtmlFacts *facts);
// By an element's name: whether it is a block of its own; whether nothing in it is read.
bool htmltext_is_block(Str name);
bool htmltext_is_hidden(Str name);
// At '&': write what it refers to, a space or a mark ("&nbsp;", "&ldquo;"), over `out`, filled up with
// spaces: opening marks go to the word behind, others to the one before. How many bytes that were; 1, and the
// '&' itself, where it is no such reference.
size_t htmltext_reference(Str text, char *out);
