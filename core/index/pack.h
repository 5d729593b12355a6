// pack: lists of small facts as bytes, for columns that are read whole: places, days, dates. Each list is
// written in order, as differences, and read back one by one. Pure.
#pragma once

#include "annotate/span.h"
#include "base/vec.h"

void pack_number(StrBuf *out, uint64_t n);
bool unpack_long(Str *from, uint64_t *n); // unpack_number() of more than a byte
// False at the end, or where the bytes make no sense. A question may read a million of them: most are a byte.
static inline bool unpack_number(Str *from, uint64_t *n)
{
  if (!from->len || (unsigned char)*from->ptr >= 0x80) return unpack_long(from, n);
  *n = (unsigned char)*from->ptr++;
  from->len--;
  return true;
}
void pack_signed(StrBuf *out, int64_t n);
bool unpack_signed(Str *from, int64_t *n);

// --- days

// A calendar day as a number that sorts: "2023-04-17T09:12" is 20230417, "2023-04" 20230400, "2023" 20230000;
// 0 where there is none.
int day_of(Str iso);
// The last day that `iso` can mean: "2023-04" is 20230499.
int day_until(Str iso);
// A day as an index without great gaps: what is one day after another is mostly 1 more. A month without a day
// is before its days, a year without a month before its months; 99 is the last of them.
int day_index(int day);
// Back; 99 is not told from the last day any more.
int day_of_index(int index);

// --- places of mentions: bytes in the file

typedef struct Spot {
  size_t start, end;
} Spot;
typedef struct Spots { // = {.left = bytes} to begin
  Str left;
  Spot last;
} Spots;
void pack_spot(StrBuf *out, Spot *last, Spot spot); // *last = {0} to begin
bool unpack_spot(Spots *spots, Spot *spot);

// --- entities of an article

typedef struct PackedEntity {
  int64_t id; // of its row
  EntityType type;
  size_t mentions, quotes;
} PackedEntity;
void pack_entity(StrBuf *out, const PackedEntity *entity);
bool unpack_entity(Str *from, PackedEntity *entity);

// --- what an article has of an entity

typedef struct Mentions {
  EntityType type;
  size_t count, said; // mentions, and quotations of it
  bool reported;      // reported speech of it, too
  Str spots, near;    // where the mentions are, and the days told in the same blocks
} Mentions;
void pack_mentions(StrBuf *out, const Mentions *mentions);
bool unpack_mentions(Str from, Mentions *mentions);

// --- days told beside an entity, in the order of their beginnings

typedef struct Near {
  int begin, until; // day_index()
  DateType type;
  size_t nth; // among the article's dates
} Near;
typedef struct Nears { // = {.left = bytes} to begin
  Str left;
  int last;
} Nears;
void pack_near(StrBuf *out, int *last, const Near *near);
bool unpack_near(Nears *nears, Near *near);

// --- dates of an article

typedef enum DateOpen { // "since May": until is not known; "by 1 June": begin is not
  OPEN_NEITHER,
  OPEN_BEGIN,
  OPEN_UNTIL,
} DateOpen;

typedef struct PackedDate {
  size_t start, end;
  DateType type;
  Str value;        // empty: as `begin` says
  int begin, until; // day_of(), day_until(); of an open end as the other one
  DateOpen open;
} PackedDate;
typedef struct PackedDates { // = {.left = bytes} to begin
  Str left;
  size_t last;
} PackedDates;
void pack_date(StrBuf *out, size_t *last, const PackedDate *date);
bool unpack_date(PackedDates *dates, PackedDate *date); // `value` is borrowed from the bytes

// --- the dates of an article that are of one day, or begin with one

typedef struct Told {
  DateType type;
  size_t nth; // among the article's dates
  int length; // until - begin, as day_index()
} Told;
void pack_told(StrBuf *out, int span, const Told *told); // without a length where span is 0
bool unpack_told(Str *from, int span, Told *told);

// --- quotations of an article

typedef struct PackedQuote {
  QuoteType type;
  uint32_t group;
  size_t speaker; // among the article's entities; SIZE_MAX: none
  size_t start, end;
  Str speaker_name, source, text;
} PackedQuote;
typedef struct Quotes { // both ways; = {.arena = …} to begin, and .left to read
  Str left;
  size_t last;
  Arena *arena;
  VEC_OF(Str) names; // those told until now
} Quotes;
// `text` is as long as the span; that of reported speech is not packed, and empty when it is read: it stands
// in the file, and is as long as all quotations together.
void pack_quote(StrBuf *out, Quotes *quotes, const PackedQuote *quote);
bool unpack_quote(Quotes *quotes, PackedQuote *quote); // strings are borrowed
