// grammars: the optional tree-sitter grammars of HTML and Markdown, loaded when the program runs, and the
// reading of a file by them. Without them, and in files longer than theirs to read, prose is read plainly
// (htmltext.h, mdtext.h). Which way depends on nothing but the grammars that are there and the text's
// length. Loaded before other threads start; then any thread.
#pragma once

#include "parse/prose.h"

// Past these a key would take too long: tree-sitter reads an edited text of 32 KB of Markdown without
// headings, or of 256 KB of HTML, in some ten milliseconds.
#ifndef GRAMMARS_MARKDOWN_MOST
#define GRAMMARS_MARKDOWN_MOST 32768u // bytes
#define GRAMMARS_HTML_MOST 262144u
#endif

typedef struct Grammars Grammars;

// From `dir`: html.so and markdown.so, each with the hash that `make grammars` writes beside it (.so.sha256).
// Never NULL. One that is missing is no failure; one that is damaged, of another version or another language
// is told by grammars_trouble(), and not used. Before other threads start; afterwards any thread.
Grammars *grammars_load(const char *dir);
void grammars_free(Grammars *self); // NULL is fine
bool grammars_have(const Grammars *self, Markup markup);
// What is wrong with the grammar's file; empty: nothing, or there is none.
Str grammars_trouble(const Grammars *self, Markup markup);
unsigned grammars_abi(const Grammars *self, Markup markup); // 0: it is not there

// Whether a file of `len` bytes is read by its grammar.
bool grammars_read(const Grammars *self, Markup markup, size_t len);

// A file's tree, from edit to edit. One thread at a time.
typedef struct MarkupTree MarkupTree;
MarkupTree *markuptree_new(const Grammars *grammars, Markup markup); // borrows the grammars, which have it
void markuptree_free(MarkupTree *self);                              // NULL is fine
// The prose of `file`, in `arena`; as many bytes. It is the file of the last call with other bytes in
// [edit.start, edit.old_end), which are [edit.start, edit.new_end) now, and else the same.
Str markuptree_read(MarkupTree *self, Str file, TextEdit edit, Arena *arena);
