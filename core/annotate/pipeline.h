// pipeline: text in, annotations out: the one way for the command line, the server and the index.
//   Pipeline     tables and models, constant after pipeline_new(): shared by all threads.
//   Analysis     the state of one article between edits: parse trees and block notes. One thread at a time.
//   Annotations  a finished result: immutable, counted, readable by any thread.
// Law: after any edits an Analysis gives what a new one gives for the same text (ids apart).
#pragma once

#include "annotate/dates/dates.h"
#include "annotate/lang.h"
#include "annotate/span.h"
#include "parse/article.h"
#include "parse/grammars.h"

typedef struct Pipeline Pipeline;
typedef struct Analysis Analysis;

// `data_dir` holds gazetteer and models. NULL only where a table inside the program is broken. Where a file
// of data_dir cannot be used the pipeline works without it; `*err` then has the sentence for the user (code
// ERR_NONE: all is well).
Pipeline *pipeline_new(const char *data_dir, Error *err);
void pipeline_free(Pipeline *self);
// Read the tables of all languages, which else are read where a block needs them, and go unused if they
// cannot be. False with ERR_FORMAT: the first one that is broken. Any thread.
bool pipeline_check(const Pipeline *self, Error *err);
// The optional grammars of markup, in data_dir's grammars/. Borrowed.
const Grammars *pipeline_grammars(const Pipeline *self);

typedef struct ArticleInfo { // what the caller knows; all may be empty
  Lang lang;
  Str dct;  // "YYYY[-MM[-DD[Thh:mm]]]"
  Str path; // the file's name may hold a date
  // The same in all runs of an Analysis:
  Markup markup;    // of the text: what it says of itself is read, too
  bool no_reported; // leave out reported speech
} ArticleInfo;

typedef struct BlockSpan { // a block in a result
  size_t start, end;
  BlockKind kind;
  Lang lang;
  uint64_t hash; // as Block.hash
} BlockSpan;

typedef struct Annotations {
  SpanVec spans;         // sorted by span_order()
  const Snapshot *prose; // the text without its markup, which they are of; a reference
  const BlockSpan *blocks;
  size_t block_count;
  Lang lang;
  Dct dct;
  Str title;                      // the headline; empty: none
  const HumanFacts *const *human; // of the spans that a person has a part in
  const struct Annotations *base; // strings and blocks may be its; held by a reference; NULL: none
  const void *held; // something else that strings may be of, with what lets it go; NULL: nothing
  void (*let_go)(const void *held);
  Arena arena; // owns every string above
  int refs;    // atomic; use annotations_ref() and annotations_unref()
} Annotations;

Annotations *annotations_ref(const Annotations *self);
void annotations_unref(const Annotations *self); // NULL is fine

Analysis *analysis_new(const Pipeline *pipeline); // borrows the pipeline
void analysis_free(Analysis *self);
// Forget the article: the next run reads another one, in the memory that this one took.
void analysis_restart(Analysis *self);
// Tell of an edit before the next run, in order.
void analysis_edit(Analysis *self, TextEdit edit);
// Annotate `text`, working again only on blocks that changed. `cancel`, where given, is looked at between
// blocks: when it turns true NULL is returned, and the next run takes up the rest. The caller holds a
// reference to the result, and may give its spans other ids before anybody else sees it; the Analysis reads
// on in the rest.
Annotations *analysis_run(Analysis *self, const Snapshot *text, const ArticleInfo *info,
                          const _Atomic(bool) *cancel);
// The tree-sitter trees of the last run, for queries.
const Article *analysis_article(const Analysis *self);

// What the runs cost, for tests/bench: nanoseconds by stage, since analysis_time().
typedef struct StageCosts {
  uint64_t parse, tokens, langid, names, dates, quotes, article;
} StageCosts;
void analysis_time(Analysis *self);
StageCosts analysis_costs(const Analysis *self);
