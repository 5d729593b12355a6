// dates: TIMEX3 expressions (TimeML 1.2.1, ISO 24617-1): found in a block, resolved in the article.
// Tables drive it (core/annotate/data), one engine reads them. Nothing depends on the machine's clock, zone
// or locale. Pure; any thread, an arena of its own.
#pragma once

#include "annotate/dates/timex.h"
#include "annotate/lang.h"
#include "annotate/span.h"
#include "base/error.h"

struct Notes;
struct Passages;
typedef struct Dates Dates; // opaque: the compiled tables of all languages

// The article's date of publication (DCT, document creation time) and where it was found.
typedef struct Dct {
  Str value;        // "2023-04-17", "2024-04", "2024" or "2023-04-17T09:12"; empty: unknown
  const char *from; // "caller", "front matter", "metadata", "date line", "file name"; NULL: unknown
} Dct;

typedef struct DateDraft {
  uint32_t start, end; // bytes in the block
  DateType type;
  float confidence;
  const struct DateFrame *frame; // what the words say (dates_p.h); lives in the notes' arena
} DateDraft;
typedef VEC_OF(DateDraft) DateVec;

Dates *dates_new(Error *err); // never NULL: the tables of a language are compiled when it is first met
void dates_free(Dates *self);
// Whether the tables of `lang` can be read; else *err is set (ERR_FORMAT). Any thread.
bool dates_check(const Dates *self, Lang lang, Error *err);
// Fill notes->dates.
void dates_find(const Dates *self, struct Notes *notes);
// The DCT: `given` where it holds a date, else from the article's head, else from the file's
// name `path` (may be empty). Strings live in `arena`.
Dct dates_dct(const Dates *self, const struct Passages *article, const Dct *given, Str path, Arena *arena);
// What dates count from, block by block.
typedef struct DateMemory {
  Timex last;         // the date before ("two days later"); the article's own for its first
  Timex day;          // the last one that is a day or of one; GRAIN_NONE: none
  Timex quarter;      // the last one named ("a year earlier", of a company's profit); GRAIN_NONE: none near
  int blocks;         // since then
  Timex told;         // the last one named with its year; GRAIN_NONE: none since the last "today"
  int told_run;       // how many in a row are of such past years
  bool told_here;     // one that opens a sentence of this block: those behind it are of its year
  bool news;          // a "today", "on Monday" or "last year" was met: no history
  int32_t weekday[8]; // the day that "Monday" (1) was last; 0: not named
} DateMemory;
DateMemory dates_memory(const Dct *dct); // at the article's begin
uint64_t dates_memory_digest(const DateMemory *memory);
// Append a span for every date of an article, or of a stretch of it, resolved against `dct` and the date
// before; *memory is that of what stands in front of the stretch, and afterwards of its end.
void dates_resolve(const Dates *self, const struct Passages *article, const Dct *dct, DateMemory *memory,
                   Arena *arena, SpanVec *out);
