// answers: rows of an index as the results of newsmark/entities, mentions, quotes, timeline and search. Any
// thread.
#pragma once

#include "config/manifest.h"
#include "index/query.h"

typedef enum AnswerKind {
  ANSWER_ENTITIES,
  ANSWER_MENTIONS,
  ANSWER_QUOTES,
  ANSWER_TIMELINE,
  ANSWER_SEARCH,
  ANSWER_SYMBOLS, // workspace/symbol: entities, each where it is first mentioned
} AnswerKind;

// Append the places of an entity's mentions, or of its quotations, to a list that is open and has items where
// `more`: those of articles that are none of `skip` (paths in the folder). False with *err as the query gives
// it.
bool answers_list(Query *query, Str entity, bool quotes, Encoding enc, const char *root, const StrVec *skip,
                  bool more, StrBuf *out, Error *err);
// "12 mentions in 4 articles of this folder, 3 quotations" in `arena`, with who it may be where the article
// gives but one name (query_namesake()); empty where the folder has none.
Str answers_counts(Query *query, Str entity, Arena *arena, Error *err);
// Write {"folder", "ready", "rows", "more"} to `out`, or the SymbolInformation[] of ANSWER_SYMBOLS. `root` is
// the folder's path. False with *err as the query gives it.
bool answers_write(Query *query, AnswerKind kind, const QueryFilter *filter, const char *root, StrBuf *out,
                   Error *err);
