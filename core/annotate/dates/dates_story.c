// The years that an article tells of. "In 1862 …. Am 3. Juli …" is July 1862, not the one before the
// article's own day. In news such a year holds for its paragraph, and only where a sentence opens with it:
// after "founded in 1862", a bare July is this year's. So many past years in a row that no "today" or "on
// Monday" parts are a history: there months, seasons and "the end of the year" go on in the year last named.
// Without an article's date nothing else could be meant, unless a "today", "on Monday" or "last year" told
// that the article is of a day, known or not.
#include "annotate/dates/dates_p.h"

enum { STORY_RUN = 4 };

static bool is_history(const Resolver *r)
{
  int least = r->now.grain == GRAIN_NONE && !r->memory.news ? 1 : STORY_RUN;
  return r->memory.told.grain != GRAIN_NONE && r->memory.told_run >= least;
}

static bool has_any(const DateFrame *f, const DateField *fields, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (frame_has(f, fields[i])) return true;
  }
  return false;
}

bool date_is_told(const Resolver *r, const DateFrame *f)
{
  static const DateField more[] = {FIELD_YEAR, FIELD_YY, FIELD_REL, FIELD_DIR, FIELD_WEEKDAY};
  const DateMemory *memory = &r->memory;
  if (memory->told.grain == GRAIN_NONE || !frame_has(f, FIELD_MONTH) || has_any(f, more, ARRAY_LEN(more)))
    return false;
  bool dated = r->now.grain != GRAIN_NONE;
  if (!dated && !memory->news) return true;
  if (dated && memory->told.year >= r->now.year - 1) return false; // as near as the article's own day
  return (memory->told_here || is_history(r)) && frame_get(f, FIELD_TENSE, 0) <= 0;
}

int date_told_year(const Resolver *r, int month)
{
  const Timex *told = &r->memory.told;
  if (told->grain < GRAIN_MONTH || told->month <= 0) return told->year;
  return told->year + (month < told->month - 6); // "in November 1862 … in January"
}

// "Yesterday", "last autumn": what not even a history says of its own days, as it does "last year".
static bool is_surely_of_now(const DateFrame *f)
{
  return frame_get(f, FIELD_DAYREF, 0) != 0 || (frame_has(f, FIELD_SEASON) && frame_has(f, FIELD_DIR));
}

Timex date_story_now(const Resolver *r, const DateFrame *f)
{
  static const DateField own[] = {FIELD_YEAR,   FIELD_YY,     FIELD_ANAPHOR,
                                  FIELD_DAYREF, FIELD_AMOUNT, FIELD_MONTH};
  int rel = frame_get(f, FIELD_REL, 1);
  bool related = frame_has(f, FIELD_UNIT) && (rel == 0 || (rel < 0 && !r->memory.news));
  bool part = frame_has(f, FIELD_SEASON) || frame_has(f, FIELD_HALF) || frame_has(f, FIELD_QUARTER);
  if (is_surely_of_now(f) || (r->memory.news && part && frame_has(f, FIELD_REL))) return (Timex){0};
  if (!is_history(r) || has_any(f, own, ARRAY_LEN(own)) || !(related || part)) return (Timex){0};
  if (frame_get(f, FIELD_TENSE, 0) > 0) return (Timex){0};
  return part ? timex_at(&r->memory.told, GRAIN_YEAR) : r->memory.told;
}

// "Today", "on Monday", "last year": of the article's own day.
static bool is_of_now(const DateFrame *f)
{
  if (frame_has(f, FIELD_ANAPHOR) || frame_has(f, FIELD_MONTH)) return false;
  return frame_has(f, FIELD_DAYREF) || frame_has(f, FIELD_WEEKDAY) ||
         (frame_has(f, FIELD_UNIT) && (frame_get(f, FIELD_REL, 0) != 0 || frame_has(f, FIELD_DIR)));
}

void date_story_of_now(Resolver *r, const DateFrame *f)
{
  DateMemory *memory = &r->memory;
  memory->news = memory->news || is_surely_of_now(f);
  if (r->now.grain != GRAIN_NONE || !is_of_now(f)) return;
  memory->told = (Timex){0}, memory->told_run = 0, memory->told_here = false, memory->news = true;
}

void date_story_goes_on(Resolver *r, const DateFrame *f, const Timex *t, bool from_now)
{
  DateMemory *memory = &r->memory;
  bool whole = frame_get(f, FIELD_REL, 1) == 0 && frame_has(f, FIELD_MOD); // "the end of the year": of any
  bool unit = frame_has(f, FIELD_UNIT) && (frame_has(f, FIELD_REL) || frame_has(f, FIELD_DIR)) && !whole;
  bool edge = frame_has(f, FIELD_OPEN) || (t->grain == GRAIN_YEAR && frame_has(f, FIELD_MOD)); // "since 1862"
  bool year = frame_has(f, FIELD_YEAR) && !frame_has(f, FIELD_YY) && !edge && t->year > 0;
  if (from_now && (frame_has(f, FIELD_DAYREF) || frame_has(f, FIELD_WEEKDAY) || unit)) {
    memory->told = (Timex){0}, memory->told_run = 0, memory->told_here = false;
  } else if (frame_has(f, FIELD_ANAPHOR) && memory->told.grain != GRAIN_NONE && t->year > 0) {
    memory->told = *t; // "two years later"
  } else if (year || date_is_told(r, f)) {
    bool past = r->now.grain == GRAIN_NONE || t->year < r->now.year;
    if (year) memory->told_here = frame_has(f, FIELD_OPENS);
    memory->told = *t;
    memory->told_run = !past ? 0 : memory->told_run < STORY_RUN ? memory->told_run + 1 : STORY_RUN;
  }
}

void date_story_paragraph(DateMemory *memory)
{
  memory->told_here = false;
  if (memory->told.grain != GRAIN_NONE) memory->told = timex_at(&memory->told, GRAIN_YEAR);
}
