// record: an article as the index keeps it: what the pipeline found, gathered by entity and ready to be
// stored. Built by the worker that annotated the article and handed whole to the writer. Offsets are bytes
// in the file. One thread at a time.
#pragma once

#include "annotate/entities/identities.h"
#include "annotate/pipeline.h"
#include "index/about.h"
#include "index/pack.h"

// What tells that a file did not change, short of reading it.
typedef struct FileStamp {
  int64_t mtime_ns; // STAMP_RACY where the file may still change without a later time
  uint64_t size, inode;
} FileStamp;
#define STAMP_RACY (-1)

static inline bool stamp_eq(FileStamp a, FileStamp b)
{
  return a.mtime_ns == b.mtime_ns && a.size == b.size && a.inode == b.inode;
}

typedef struct RecordEntity {
  Str key;  // its id: "iso:CN", "name:li shangfu"
  Str name; // for display
  EntityType type;
  uint32_t mentions, quotes; // here; quotes without reported speech
  bool reported;             // it has reported speech, too
  Str facts;                 // pack_mentions()
  VEC_OF(Str) forms;         // folded names it goes by here (fold.h), the full one first
} RecordEntity;

typedef struct RecordDate {
  size_t block;
  DateType type;
  int begin, until; // day_index(); of an open end as the other one
} RecordDate;

typedef struct RecordTag {
  size_t start, end;
  Str tag, value, script;
} RecordTag;

typedef struct Record {
  Str path; // relative to the folder
  FileStamp stamp;
  uint64_t hash;       // of the file's bytes
  uint64_t words_hash; // of `words` and `said`; not 0
  Str lang, title, author, dct;
  int day;   // of dct
  Str words; // the text folded, for the full-text index
  Str said;  // quotations and reported speech folded, each behind RECORD_GAP
  VEC_OF(RecordEntity) entities;
  VEC_OF(RecordDate) dates;
  VEC_OF(RecordTag) tags;
  size_t quote_count;
  Str packed_dates, packed_quotes; // pack.h; a quotation's speaker is a place in `entities`
  size_t bytes;                    // of memory: all of it lies behind the record itself
} Record;

// The key of the person whose id is `entity` ("name:…"): one for all spellings of a name (namekey.h).
Str record_key(Arena *arena, Str entity);
// A word of no text: between quotations, so that no phrase is found across two.
#define RECORD_GAP "\uE000"
// Quotations of one article that the index keeps: the first ones.
enum { RECORD_QUOTES_MAX = 1 << 16 };

// `notes` are those of `text`, the file's prose; what the file says of itself, `about`, wins over what is
// found in it; `people` says which entities are one. `scratch` is emptied. Nothing is borrowed afterwards.
// Never NULL.
Record *record_new(Str path, Str text, const Annotations *notes, const About *about, const Identities *people,
                   Arena *scratch);
void record_free(Record *self);
