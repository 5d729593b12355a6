// record: an article as the index keeps it: what the pipeline found, gathered by entity and ready to be
// stored. Built by the worker that annotated the article and handed whole to the writer. Offsets are bytes in
// the file.
#pragma once

#include "annotate/pipeline.h"

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

// Where the mentions of one entity stand, as varints: for each, the bytes from the last one's start, its
// length, and the blocks from the last one's block.
typedef struct Spot {
  size_t start, end, block;
} Spot;
typedef struct SpotReader { // = {.left = blob} to begin
  Str left;
  Spot last;
} SpotReader;
bool spot_next(SpotReader *reader, Spot *spot); // false at the end, or where the bytes make no sense

typedef struct RecordEntity {
  Str key;  // its id: "iso:CN", "name:li shangfu"
  Str name; // for display
  EntityType type;
  uint32_t mentions, quotes; // here
  StrBuf spots;
  VEC_OF(Str) forms; // folded names it goes by here (fold.h), the full one first
} RecordEntity;

typedef struct RecordQuote {
  size_t start, end, block;
  QuoteType type;
  uint32_t group;
  size_t speaker; // in Record.entities; SIZE_MAX: none
  Str speaker_name, source, text;
} RecordQuote;

typedef struct RecordDate {
  size_t start, end, block;
  DateType type;
  Str value;
  int begin, until; // day numbers (day_of)
} RecordDate;

typedef struct RecordTag {
  size_t start, end;
  Str tag, value, script;
} RecordTag;

typedef struct Record {
  Str path; // relative to the folder
  FileStamp stamp;
  uint64_t hash; // of the file's bytes
  Str lang, title, dct;
  int day;      // of dct
  StrBuf words; // the text folded, for the full-text index
  VEC_OF(RecordEntity) entities;
  VEC_OF(RecordQuote) quotes;
  VEC_OF(RecordDate) dates;
  VEC_OF(RecordTag) tags;
  Arena arena; // owns every Str
} Record;

// `notes` are those of `text`, the file's prose. Nothing is borrowed afterwards. Never NULL.
Record *record_new(Str path, Str text, const Annotations *notes);
void record_free(Record *self);

// A calendar day as a number that sorts: "2023-04-17T09:12" is 20230417, "2023-04" 20230400, "2023" 20230000;
// 0 where there is none.
int day_of(Str iso);
// The last day that `iso` can mean: "2023-04" is 20230499.
int day_until(Str iso);
