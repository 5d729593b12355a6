// timex: a point or stretch of the calendar at some grain: TIMEX3 values, their bounds, and moving about.
// A field that is not known is TIMEX_X and is written as X. Pure; any thread.
#pragma once

#include "annotate/dates/calendar.h"
#include "base/arena.h"

enum { TIMEX_X = -1 };

typedef enum Grain { // from coarse to fine
  GRAIN_NONE,
  GRAIN_CENTURY,
  GRAIN_DECADE,
  GRAIN_YEAR,
  GRAIN_HALF,
  GRAIN_QUARTER,
  GRAIN_SEASON,
  GRAIN_MONTH,
  GRAIN_WEEK,
  GRAIN_WEEKEND,
  GRAIN_DAY,
  GRAIN_PART,
  GRAIN_MINUTE
} Grain;

typedef enum DayPart { PART_NONE, PART_MO, PART_MI, PART_AF, PART_EV, PART_NI, PART_DT } DayPart;

typedef struct Timex {
  Grain grain;
  int year; // of the ISO week for weeks and weekends; the first one for decades and centuries (1980, 1800)
  int month, day; // from 1
  int n;          // quarter, half (from 1), season (1 spring to 4 winter), ISO week
  int weekday;    // where the day is not known but its weekday is; else 0
  int hour, minute;
  DayPart part;
} Timex;

Timex timex_of_day(int32_t day);
uint64_t timex_digest(const Timex *t); // see base/digest.h
// "2023-04-17", "2023-04", "2023", "2023-04-17T09:12"; GRAIN_NONE where it is none of them.
Timex timex_parse(Str text);
// A day that is fully known, as a day number.
bool timex_day(const Timex *t, int32_t *day);
// The first and last day of `t`. False where not known.
bool timex_bounds(const Timex *t, int32_t *first, int32_t *last);
// The days of its `third` (0 to 2), for grains from a century to a week; weeks end on Friday. False where not
// known.
bool timex_third(const Timex *t, int third, int32_t *first, int32_t *last);
// `t` seen at a coarser (or the same) grain; unknown fields stay unknown.
Timex timex_at(const Timex *t, Grain grain);
// `by` steps of `t`'s own grain later. Unknown stays unknown; past the years 0 to 9999: GRAIN_NONE.
Timex timex_step(const Timex *t, int by);
Timex timex_add_minutes(const Timex *t, int by);
Str timex_value(const Timex *t, Arena *arena); // "2018-W40-WE", "XXXX-02-24", "198X", "2018-10-01TEV"
Str timex_iso_day(int32_t day, Arena *arena);  // "2018-10-01"
const char *timex_weekday_name(int weekday);   // "Monday"
// Whether `value` is a well-formed TIMEX3 value of any type.
bool timex_valid(Str value);
