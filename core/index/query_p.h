// query_p: what the questions share. For core/index/ alone.
//   query.c            the connection, names, ranges, articles with their files
//   query_entities.c   query_entities()
//   query_places.c     query_mentions(), query_timeline()
//   query_words.c      query_quotes(), query_search(): where words are looked for
//   query_both.c       the questions of query.h: to the folder's index and to what is laid over it
//   source.c           words around a place, read from the file
#pragma once

#include "index/drafts.h"
#include "index/pack.h"
#include "index/postings.h"
#include "index/query.h"
#include "index/record.h"
#include "index/schema.h"

struct Query {
  sqlite3 *db;
  char *root;
  int bits;         // below the day in an article's number
  Drafts *drafts;   // laid over it; NULL: none
  const Drafts *of; // whose own query it is: texts are there; NULL: it is the folder's
};

// The questions of query.h without what is laid over.
bool query_entities_in(Query *self, const QueryFilter *filter, Arena *arena, EntityRows *rows, Error *err);
bool query_mentions_in(Query *self, const QueryFilter *filter, Arena *arena, MentionRows *rows, Error *err);
bool query_quotes_in(Query *self, const QueryFilter *filter, Arena *arena, QuoteRows *rows, Error *err);
bool query_timeline_in(Query *self, const QueryFilter *filter, Arena *arena, DateRows *rows, Error *err);
bool query_search_in(Query *self, const QueryFilter *filter, Arena *arena, SearchRows *rows, Error *err);

// Of drafts that are laid over a query (drafts.c).
Query *drafts_query(Drafts *self);
bool drafts_have(const Drafts *self, Str path);
bool drafts_text(const Drafts *self, Str path, StrBuf *out); // its prose; false: there is none
const char *drafts_path(const Drafts *self, size_t nth);     // NULL behind the last
void drafts_lift(Drafts *self);                              // let another query have them

// A file of the folder as it was indexed, read once for many places.
typedef struct Source {
  StrBuf text;
  size_t bom; // bytes of its byte order mark, which no editor shows or counts
  bool valid; // it has the stamp that the index knows
} Source;

void source_take(Source *self, const Drafts *from, Str path); // its text as it is in the editor
void source_read(Source *self, const char *root, Str path, FileStamp stamp);
void source_release(Source *self);
// The words there; empty where the file is not what was indexed.
Str source_text(const Source *self, size_t start, size_t end);
// Fill lines, columns, left, text and right of `place` from its start and end.
void source_place(const Source *self, Place *place, Encoding enc, Arena *arena);
// The first place where the words of `folded` (see fold.h) stand in the text, or words that begin so where it
// `goes_on`: of one of them where they do not stand together.
bool source_find(const Source *self, Str folded, bool goes_on, size_t *start, size_t *end);
// White space made single, at most `max` bytes and then "…".
Str source_line(Arena *arena, Str text, size_t max);

typedef VEC_OF(int64_t) IdVec;

typedef struct Asked { // one question while it runs
  Query *query;
  const QueryFilter *filter;
  Arena *arena;
  Error *err;
  int64_t first, last; // numbers of articles that count, both included; first > last: none
  int type;            // -1: any
  IdVec ids;           // heap: entities that the name means, rising
  IdVec runs;          // heap: of postings.c, those that live
  const int *latest;   // of entities' lists only rows that tell of a day beginning by then; NULL: all
  bool snapshot;       // all is of one commit: a transaction is open
  sqlite3_stmt *list_stmt;
  sqlite3_stmt *article_stmt;
  Source source;
  int64_t source_of; // the article that `source` and `article` hold; INT64_MIN: none
  Place article;
} Asked;

// Read the filter; `types` has the names that filter->type may be. False with *err: ERR_USAGE, or as the
// database says. asked_end() in any case.
bool asked_begin(Asked *self, const char *const *types, int type_count);
void asked_end(Asked *self);
// What the list has of articles that count, in their order in each run, none of the runs before another.
// `each` says whether it took the entry; where `limit` of a run were, the next one comes (-1: all are
// wanted).
typedef bool (*PostingFn)(void *ud, int64_t article, Str facts); // `facts` is borrowed for the call
bool asked_postings(Asked *self, int64_t list, int64_t limit, PostingFn each, void *ud);
// Find the entities that filter->name means: its id, or a name of theirs, in full or the end of it, which
// goes on where filter->prefix.
bool asked_names(Asked *self);
// The bounds of folded names that mean `name`.
void asked_forms(const Asked *self, Str *form, Str *high);
// A statement for one question: finalize it. NULL with *err.
sqlite3_stmt *asked_prepare(Asked *self, const char *sql);
// The next row; false at the end and on failure, which *ok tells apart.
bool asked_step(Asked *self, sqlite3_stmt *stmt, bool *ok);
Str asked_column(Asked *self, sqlite3_stmt *stmt, int column); // a copy in the arena
// Make `article` the one that `place` is filled from. False where it is gone, or on failure (*ok).
bool asked_article(Asked *self, int64_t id, Place *place, bool *ok);
// Fill `place`, of the article at hand, for these bytes.
void asked_locate(Asked *self, Place *place, size_t start, size_t end);
// LIMIT for SQL: the filter's, -1 for none.
int64_t asked_limit(const Asked *self);
bool asked_full(const Asked *self, size_t rows);

Str query_day_text(Arena *arena, int day); // day_of() back; empty for 0
// Whether every word of `words` (folded) is a word of `text`; the last may go on where `prefix`.
bool query_holds_words(Str text, Str words, bool prefix, Arena *scratch);
extern const char *const query_entity_types[ENTITY_TYPES];
extern const char *const query_quote_types[QUOTE_TYPES];
extern const char *const query_date_types[DATE_TYPES];
