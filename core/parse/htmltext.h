// htmltext: the prose of an HTML file, byte for byte where it stands: markup becomes white space, so that
// every offset in the result is one in the file. A plain reading: no tree, no scripts run, character
// references read where they are a space, a mark or a letter. Pure; any thread; linear.
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
// At '&': write the character that the reference stands for over `out`, and fill up what is left of its
// bytes: with soft characters (utf8_is_soft()) behind a letter, a quotation mark or an apostrophe ("&ouml;",
// "&#8222;"), so that it stays close to what follows; with spaces behind a space or any other mark. Returns
// the bytes of the reference; 1, and '&' written, where it is none that we read.
size_t htmltext_reference(Str text, char *out);
