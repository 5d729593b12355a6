// answers: rows of an index as the results of newsmark/entities, mentions, quotes, timeline and search. Any
// thread.
#pragma once

#include "index/query.h"

typedef enum AnswerKind {
  ANSWER_ENTITIES,
  ANSWER_MENTIONS,
  ANSWER_QUOTES,
  ANSWER_TIMELINE,
  ANSWER_SEARCH,
  ANSWER_SYMBOLS, // workspace/symbol: entities, each where it is first mentioned
} AnswerKind;

// Write {"folder", "ready", "rows"} to `out`, or the SymbolInformation[] of ANSWER_SYMBOLS. `root` is the
// folder's path. False with *err as the query gives it.
bool answers_write(Query *query, AnswerKind kind, const QueryFilter *filter, const char *root, StrBuf *out,
                   Error *err);
