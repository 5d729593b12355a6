// treequery: tree-sitter queries (S-expressions) over an article: "(speech (quotation) @said)".
// Predicates such as #eq? are not evaluated. A query may be used by several threads, each with its own
// Article.
#pragma once

#include "base/error.h"
#include "parse/article.h"

typedef struct TreeQuery TreeQuery;

typedef struct Capture {
  Str name;          // "said"; borrowed from the query
  const char *node;  // its type: "quotation"
  size_t start, end; // bytes in the text
  uint32_t match;    // captures of one match share it; counted from 0 in a run
} Capture;
typedef bool (*CaptureFn)(void *context, const Capture *capture); // false: enough

// NULL with ERR_FORMAT: what is wrong, and at which byte of `source`.
TreeQuery *treequery_new(Str source, Error *err);
void treequery_free(TreeQuery *self); // NULL is fine
// Give every match in the article, its captures one after another, by place. Builds the trees that are
// missing.
void treequery_run(const TreeQuery *self, Article *article, CaptureFn give, void *context);
