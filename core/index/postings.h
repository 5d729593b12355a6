// postings: lists of articles, each entry with the few bytes that the article has for the list: where it
// mentions an entity and what that one says there, which of its dates fall on a day. For core/index/
// alone. Writing is the writer's thread; reading is any's, by a connection of its own.
#pragma once

#include "base/error.h"
#include "base/vec.h"

#include <sqlite3.h>

typedef struct Posting {
  int64_t list, article;
  Str facts;
} Posting;
typedef VEC_OF(Posting) PostingVec;

// --- lists: that of an entity is the number of its row; days lie behind all of them, by span (schema.h)

#define POSTINGS_DAYS ((int64_t)1 << 40)
static inline int64_t postings_of_day(int span, int begin)
{
  return (span + 1) * POSTINGS_DAYS + begin;
}
static inline int postings_span_of(int64_t list)
{
  return (int)(list / POSTINGS_DAYS) - 1;
}
static inline int postings_begin_of(int64_t list)
{
  return (int)(list % POSTINGS_DAYS);
}

// --- rows: entries in the order of their articles

typedef struct Entries { // = {.left = bytes, .article = that of the row}
  Str left;
  int64_t article;
} Entries;
bool unpack_posting(Entries *entries, int64_t *article, Str *facts); // `facts` is borrowed from the bytes

// --- writing

typedef struct Postings Postings;

// Borrows the writer's connection. Whoever calls has a transaction open.
Postings *postings_new(sqlite3 *db);
void postings_free(Postings *self);   // NULL is fine
void postings_forget(Postings *self); // the transaction was rolled back

// Into the order of lists, and of articles in each.
void postings_sort(PostingVec *entries);
// The run that new entries of so many articles go to.
bool postings_run(Postings *self, size_t articles, int64_t *run, Error *err);
// Put entries, sorted, no two of one list and article, into that run.
bool postings_put(Postings *self, int64_t run, const Posting *entries, size_t count, Error *err);
// Take out the entry of an article that was put into `run`; nothing where it is gone.
bool postings_remove(Postings *self, int64_t run, int64_t list, int64_t article, Error *err);
// Where there are more than `most` runs, put a part of them together; *more: there is more to do.
bool postings_settle(Postings *self, size_t most, bool *more, Error *err);
bool postings_clear(Postings *self, Error *err);
