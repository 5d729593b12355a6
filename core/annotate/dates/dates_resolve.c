// Resolving: a frame and the article's date give a Timex, a duration, a set or a reference; what becomes of
// them is dates_spans.c's. What is not known stays X.
#include "annotate/dates/dates_p.h"

Grain date_unit_grain(int32_t unit)
{
  switch (unit) {
  case UNIT_YEAR:
    return GRAIN_YEAR;
  case UNIT_HALF:
    return GRAIN_HALF;
  case UNIT_QUARTER:
    return GRAIN_QUARTER;
  case UNIT_MONTH:
    return GRAIN_MONTH;
  case UNIT_WEEK:
  case UNIT_FORTNIGHT:
    return GRAIN_WEEK;
  case UNIT_WEEKEND:
    return GRAIN_WEEKEND;
  case UNIT_DECADE:
  case UNIT_TEN_YEARS:
    return GRAIN_DECADE;
  case UNIT_CENTURY:
  case UNIT_HUNDRED_YEARS:
    return GRAIN_CENTURY;
  case UNIT_SEASON:
    return GRAIN_SEASON;
  case UNIT_HOUR:
  case UNIT_MINUTE:
  case UNIT_SECOND:
    return GRAIN_MINUTE;
  default:
    return GRAIN_DAY;
  }
}

static Timex unknown_at(Grain grain)
{
  Timex t = {.grain = grain,
             .year = TIMEX_X,
             .month = TIMEX_X,
             .day = TIMEX_X,
             .n = TIMEX_X,
             .hour = TIMEX_X,
             .minute = TIMEX_X};
  if (grain < GRAIN_DAY && grain != GRAIN_MONTH) t.month = t.day = 0;
  if (grain == GRAIN_MONTH) t.day = 0, t.n = 0;
  return t;
}

// `t` at `grain`, unknown where `t` says too little.
static Timex seen_at(const Timex *t, Grain grain)
{
  if (t->grain == GRAIN_NONE) return unknown_at(grain);
  if (grain <= t->grain) return timex_at(t, grain);
  Timex to = unknown_at(grain);
  to.year = t->year;
  if (t->grain >= GRAIN_DAY || t->grain == GRAIN_MONTH) to.month = t->month;
  if (t->grain >= GRAIN_DAY) to.day = t->day;
  if (grain == GRAIN_WEEK || grain == GRAIN_WEEKEND || grain == GRAIN_QUARTER || grain == GRAIN_HALF ||
      grain == GRAIN_SEASON)
    to = unknown_at(grain), to.year = t->year;
  return to;
}

Timex date_today(const Resolver *r)
{
  return seen_at(&r->now, GRAIN_DAY);
}

// --- days

// The day of `weekday` next to `from`: dir -1 before it, 1 after it; `same`: it may be `from` itself.
static Timex weekday_near(const Timex *from, int weekday, int dir, bool same)
{
  int32_t day;
  if (!timex_day(from, &day)) {
    Timex t = unknown_at(GRAIN_DAY);
    t.weekday = weekday;
    return t;
  }
  int gap = dir < 0 ? (calendar_weekday(day) - weekday + 7) % 7 : (weekday - calendar_weekday(day) + 7) % 7;
  if (!gap && !same) gap = 7;
  return timex_of_day(day + (dir < 0 ? -gap : gap));
}

bool date_is_weekday_alone(const DateFrame *f)
{
  static const DateField more[] = {FIELD_REL, FIELD_AMOUNT, FIELD_ANAPHOR, FIELD_UNIT,   FIELD_MONTH,
                                   FIELD_DAY, FIELD_NTH,    FIELD_YEAR,    FIELD_HOLIDAY};
  uint64_t said = 0;
  for (size_t i = 0; i < ARRAY_LEN(more); i++) said |= (uint64_t)1 << more[i];
  return frame_has(f, FIELD_WEEKDAY) && !(f->has & said);
}

// A weekday without a word about which one: by tense; but the same as before in the article, and in a list
// ("Monday and Tuesday") the one behind it.
static Timex bare_weekday(const Resolver *r, const DateFrame *f, const Timex *now)
{
  enum { LIST_DAYS = 3 };
  int weekday = f->field[FIELD_WEEKDAY];
  int32_t day, before = r->memory.weekday[weekday];
  int tense =
      frame_get(f, FIELD_TENSE, frame_has(f, FIELD_HOUR) ? 1 : -1); // a clock without a verb: a programme
  if (frame_get(f, FIELD_OPEN, 0) == OPEN_SINCE_PAST) tense = -1;
  Timex t = weekday_near(now, weekday, tense > 0 ? 1 : -1, true);
  if (frame_has(f, FIELD_LISTED) && timex_day(&r->memory.last, &day)) {
    int gap = (weekday - calendar_weekday(day) + 7) % 7;
    if (gap > 0 && gap <= LIST_DAYS) return timex_of_day(day + gap);
  }
  if (!before || !timex_day(&t, &day)) return t;
  bool was = day == before + 7 && tense != TENSE_COMING,
       comes = day == before - 7 && !frame_has(f, FIELD_TENSE);
  return was || comes ? timex_of_day(before) : t;
}

static Timex resolve_weekday(const Resolver *r, const DateFrame *f)
{
  int weekday = f->field[FIELD_WEEKDAY];
  bool anaphor = frame_has(f, FIELD_ANAPHOR); // "the following Friday", "that Friday"
  Timex now = seen_at(anaphor ? &r->memory.last : &r->now, GRAIN_DAY);
  if (anaphor && frame_get(f, FIELD_REL, 0)) return weekday_near(&now, weekday, f->field[FIELD_REL], false);
  if (frame_get(f, FIELD_AMOUNT, 0) >= 100 && frame_has(f, FIELD_DIR)) { // "three Fridays from now"
    int count = f->field[FIELD_AMOUNT] / 100, dir = f->field[FIELD_DIR];
    Timex t = weekday_near(&now, weekday, dir, false);
    return timex_step(&t, (count - 1) * 7 * dir);
  }
  if (frame_get(f, FIELD_UNIT, 0) == UNIT_WEEK) { // "Wednesday of next week"
    int32_t day;
    if (!timex_day(&now, &day)) return weekday_near(&now, weekday, -1, true);
    return timex_of_day(day - calendar_weekday(day) + weekday + 7 * frame_get(f, FIELD_REL, 0));
  }
  if (frame_has(f, FIELD_REL) && f->field[FIELD_REL] == 0) {
    int32_t day;
    if (!timex_day(&now, &day)) return weekday_near(&now, weekday, -1, true);
    return timex_of_day(day - calendar_weekday(day) + weekday);
  }
  int32_t day;
  if (frame_get(f, FIELD_REL, 0) > 0 && frame_has(f, FIELD_DIR))
    return weekday_near(&now, weekday, 1, false);              // "coming"
  if (frame_get(f, FIELD_REL, 0) > 0 && timex_day(&now, &day)) // "next Friday": the one of next week
    return timex_of_day(day - calendar_weekday(day) + weekday + 7 * f->field[FIELD_REL]);
  if (frame_has(f, FIELD_REL)) return weekday_near(&now, weekday, f->field[FIELD_REL], false);
  if (frame_has(f, FIELD_DIR)) return weekday_near(&now, weekday, f->field[FIELD_DIR], false);
  return bare_weekday(r, f, &now);
}

// The year for a month and day (or a season, a feast: by its first day) that has none: the nearest, by tense.
static int open_year(const Resolver *r, const DateFrame *f, int month, int day)
{
  const Timex *now = &r->now;
  if (date_is_told(r, f)) return date_told_year(r, month);
  if (now->grain == GRAIN_NONE || now->year == TIMEX_X) return TIMEX_X;
  int year = now->year;
  if (frame_has(f, FIELD_REL)) {
    int rel = f->field[FIELD_REL];
    bool before = now->grain >= GRAIN_MONTH && month < now->month,
         behind = now->grain >= GRAIN_MONTH && month > now->month;
    if (day && month == now->month && now->grain >= GRAIN_DAY) // "lo scorso 3 marzo" on the 30th
      before = day<now->day, behind = day> now->day;
    if (rel < 0) return before ? year + rel + 1 : year + rel;
    if (rel > 0) return behind ? year + rel - 1 : year + rel;
    return year;
  }
  if (now->grain < GRAIN_MONTH) return year;
  bool past = frame_get(f, FIELD_OPEN, 0) == OPEN_SINCE_PAST;
  int dir = frame_get(f, FIELD_DIR, 0), tense = frame_get(f, FIELD_TENSE, 0);
  int gap = (month - now->month) * 31 + (day && now->grain >= GRAIN_DAY ? day - now->day : 0); // days, about
  if (past) return gap > 0 ? year - 1 : year;
  if (dir < 0) return gap >= 0 ? year - 1 : year;
  if (dir > 0) return gap < 0 ? year + 1 : year;
  if (tense < 0) return gap > (frame_has(f, FIELD_HOLIDAY) ? 31 : 120) ? year - 1 : year;
  if (tense > 0) return gap < -31 ? year + 1 : year;
  return gap > 300 ? year - 1 : gap < -300 ? year + 1 : year;
}

// The year near `t`'s in which its day falls on `weekday`: "Sat, 20 Sep" was in 2014.
static int year_with_weekday(const Timex *t, int weekday)
{
  static const int order[] = {0, 1, -1, 2, -2};
  for (size_t i = 0; t->year != TIMEX_X && i < ARRAY_LEN(order); i++) {
    int year = t->year + order[i];
    if (calendar_valid(year, t->month, t->day) &&
        calendar_weekday(calendar_day(year, t->month, t->day)) == weekday)
      return year;
  }
  return t->year;
}

enum { NTH_LAST = 99 };

// "the last day of October", "the first week of May": weeks are the whole ones inside the month.
static Timex nth_unit_of(const Timex *month, int nth, int32_t unit)
{
  if (month->year <= 0 || (unit != UNIT_DAY && unit != UNIT_WEEK && unit != UNIT_WEEKEND)) return *month;
  int days = calendar_month_days(month->year, month->month);
  if (unit == UNIT_DAY) return timex_of_day(calendar_day(month->year, month->month, nth > days ? days : nth));
  int inside = unit == UNIT_WEEKEND ? 6 : 4; // a week is of the month of its Thursday
  int32_t day = nth > 4 ? calendar_nth_weekday(month->year, month->month, -1, unit == UNIT_WEEKEND ? 7 : 4)
                        : calendar_nth_weekday(month->year, month->month, nth, inside);
  IsoWeek week = calendar_iso_week(day);
  return (Timex){
      .grain = unit == UNIT_WEEKEND ? GRAIN_WEEKEND : GRAIN_WEEK, .year = week.year, .n = week.week};
}

// "the second week of 2018", "the third month of next year"; what cannot be counted in `whole` leaves it as
// it is.
static Timex nth_part_of(const Timex *whole, int nth, int32_t unit)
{
  int32_t first, last;
  if (whole->grain == GRAIN_MONTH) return nth_unit_of(whole, nth, unit);
  if (!timex_bounds(whole, &first, &last)) return *whole;
  if (unit == UNIT_DAY) return timex_of_day(nth > last - first ? last : first + nth - 1);
  if (whole->grain != GRAIN_YEAR) return *whole;
  if (unit == UNIT_MONTH && nth <= 12)
    return (Timex){.grain = GRAIN_MONTH, .year = whole->year, .month = nth};
  if (unit == UNIT_QUARTER && nth <= 4) // "årets tredje kvartal"
    return (Timex){.grain = GRAIN_QUARTER, .year = whole->year, .n = nth};
  if (unit == UNIT_WEEKEND && nth == NTH_LAST) {
    Timex december = {.grain = GRAIN_MONTH, .year = whole->year, .month = 12};
    return nth_unit_of(&december, nth, unit);
  }
  if (unit != UNIT_WEEK) return *whole;
  int weeks = calendar_iso_week(calendar_day(whole->year, 12, 28)).week;
  return (Timex){.grain = GRAIN_WEEK, .year = whole->year, .n = nth > weeks ? weeks : nth};
}

// "That summer", "the following March", "in May of the same year": the year of the season or month that
// begins in `month`, counted from the date before.
static int anaphoric_year(const Timex *last, const DateFrame *f, int month)
{
  int rel = frame_get(f, FIELD_REL, 0), then = last->grain >= GRAIN_MONTH ? last->month : 0;
  if (last->grain == GRAIN_SEASON) then = last->n * 3;
  if (last->year <= 0) return TIMEX_X;
  if (!rel || then <= 0 || frame_has(f, FIELD_UNIT)) return last->year + rel;
  return rel > 0 ? last->year + rel - (month > then) : last->year + rel + (month < then);
}

static Timex resolve_month(const Resolver *r, const DateFrame *f, Anchor *anchor)
{
  Timex t = {.grain = frame_has(f, FIELD_DAY) ? GRAIN_DAY : GRAIN_MONTH,
             .month = frame_get(f, FIELD_MONTH, 0),
             .day = frame_get(f, FIELD_DAY, 0)};
  *anchor = ANCHOR_WORDS;
  if (frame_has(f, FIELD_YEAR)) {
    t.year = f->field[FIELD_YEAR];
  } else if (frame_has(f, FIELD_YY)) {
    t.year = date_full_year(f->field[FIELD_YY], r->now.year);
  } else if (frame_has(f, FIELD_ANAPHOR)) {
    t.year = anaphoric_year(&r->memory.last, f, t.month);
    *anchor = ANCHOR_REFERENCE;
  } else if (frame_get(f, FIELD_UNIT, 0) == UNIT_YEAR) {
    t.year = r->now.grain == GRAIN_NONE ? TIMEX_X : r->now.year + f->field[FIELD_REL];
    *anchor = ANCHOR_DCT;
  } else {
    t.year = open_year(r, f, t.month, t.day);
    if (t.month == 2 && t.day == 29 && t.year > 4 && !calendar_valid(t.year, 2, 29)) t.year -= t.year % 4;
    *anchor = date_is_told(r, f) ? ANCHOR_REFERENCE : ANCHOR_DCT;
    if (frame_has(f, FIELD_WEEKDAY) && t.day) t.year = year_with_weekday(&t, f->field[FIELD_WEEKDAY]);
  }
  if (t.day && frame_has(f, FIELD_UNIT) && !frame_has(f, FIELD_REL) && !frame_has(f, FIELD_NTH))
    return timex_at(&t, date_unit_grain(f->field[FIELD_UNIT])); // "the week of 6 October"
  if (frame_has(f, FIELD_NTH) && !frame_has(f, FIELD_WEEKDAY) && !t.day)
    return nth_unit_of(&t, f->field[FIELD_NTH], frame_get(f, FIELD_UNIT, 0));
  if (t.year > 0 && frame_has(f, FIELD_NTH) && frame_has(f, FIELD_WEEKDAY) &&
      !t.day) // "the first Sunday in March"
    t = timex_of_day(calendar_nth_weekday(t.year, t.month, f->field[FIELD_NTH] > 5 ? -1 : f->field[FIELD_NTH],
                                          f->field[FIELD_WEEKDAY]));
  return t;
}

static Timex resolve_day_alone(const Resolver *r, const DateFrame *f)
{
  Timex t = seen_at(&r->now, GRAIN_MONTH);
  if (frame_get(f, FIELD_UNIT, 0) == UNIT_MONTH) { // "the 20th of next month"
    t = timex_step(&t, frame_get(f, FIELD_REL, 0));
    t.grain = GRAIN_DAY, t.day = f->field[FIELD_DAY];
    return t;
  }
  enum { SOON = 10 }; // days: "on the 15th" without a verb, on the 12th
  int day = f->field[FIELD_DAY], ahead = day - r->now.day;
  int tense = frame_get(f, FIELD_TENSE, ahead > 0 && ahead <= SOON ? 1 : -1);
  if (r->now.grain >= GRAIN_DAY && tense < 0 && day > r->now.day) t = timex_step(&t, -1);
  if (r->now.grain >= GRAIN_DAY && tense > 0 && day < r->now.day) t = timex_step(&t, 1);
  t.grain = GRAIN_DAY, t.day = day;
  for (int i = 0; frame_has(f, FIELD_WEEKDAY) && t.year > 0 && i < 13;
       i++) { // "Tuesday the 25th": a month where it is one
    static const int order[] = {0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6};
    Timex month = {.grain = GRAIN_MONTH, .year = t.year, .month = t.month};
    month = timex_step(&month, order[i]);
    if (!calendar_valid(month.year, month.month, day)) continue;
    int32_t number = calendar_day(month.year, month.month, day);
    if (calendar_weekday(number) == f->field[FIELD_WEEKDAY]) return timex_of_day(number);
  }
  return t;
}

// --- feasts

// A feast of no known year.
static Timex unknown_feast(int32_t code)
{
  Timex t = unknown_at(GRAIN_DAY);
  if (code < 10000) t.month = code / 100, t.day = code % 100;
  return t;
}

static Timex resolve_feast(const Resolver *r, const DateFrame *f, Anchor *anchor)
{
  int32_t code = f->field[FIELD_HOLIDAY];
  int year = TIMEX_X;
  *anchor = ANCHOR_WORDS;
  if (frame_has(f, FIELD_YEAR)) {
    year = f->field[FIELD_YEAR];
  } else if (r->now.grain != GRAIN_NONE) {
    *anchor = ANCHOR_DCT;
    Ymd d = calendar_ymd(date_feast_day(code, r->now.year));
    year = frame_get(f, FIELD_UNIT, 0) == UNIT_YEAR ? r->now.year + f->field[FIELD_REL]
                                                    : open_year(r, f, d.month, d.day);
  }
  if (year != TIMEX_X) {
    Timex day = timex_of_day(date_feast_day(code, year));
    bool around = frame_has(f, FIELD_UNIT) && !frame_has(f, FIELD_REL); // "the week of Christmas"
    return around ? timex_at(&day, date_unit_grain(f->field[FIELD_UNIT])) : day;
  }
  return unknown_feast(code);
}

// --- stretches

// Which weekend, from that of this week.
static int weekend_step(const Resolver *r, const DateFrame *f)
{
  int rel = frame_get(f, FIELD_REL, 0);
  int32_t day;
  Timex now = date_today(r);
  if (!timex_day(&now, &day) || calendar_weekday(day) >= 6) return rel;
  if (!frame_has(f, FIELD_REL)) // the last one that has begun; early in the week also without a verb
    return frame_get(f, FIELD_TENSE, calendar_weekday(day) <= 2 ? -1 : 1) < 0 ? -1 : 0;
  if (rel == 1 && frame_get(f, FIELD_DIR, 0) > 0) return 0;       // "the coming weekend"
  return rel == 0 && frame_get(f, FIELD_TENSE, 0) < 0 ? -1 : rel; // "this weekend he won"
}

static Timex resolve_unit(Resolver *r, const DateFrame *f, Anchor *anchor)
{
  Grain grain = date_unit_grain(f->field[FIELD_UNIT]);
  bool next_day = f->field[FIELD_UNIT] == UNIT_DAY && frame_get(f, FIELD_REL, 0) > 0;
  bool anaphor = frame_has(f, FIELD_ANAPHOR) || next_day;
  *anchor = anaphor ? ANCHOR_REFERENCE : ANCHOR_DCT;
  Timex t = seen_at(anaphor ? &r->memory.last : &r->now, grain);
  int rel = grain == GRAIN_WEEKEND ? weekend_step(r, f) : frame_get(f, FIELD_REL, 0);
  if (!rel && grain == GRAIN_DECADE && r->memory.last.grain == GRAIN_DECADE && frame_has(f, FIELD_MOD))
    t = r->memory.last, *anchor = ANCHOR_REFERENCE; // "in the 1920s … by the end of the decade"
  return timex_step(&t, rel);
}

// The year of the season `n`, which begins in `month`, of a verb's or a word's direction, seen from the month
// `now`: -1, 0 or 1. Winters have the year of their December.
static int season_turn(const DateFrame *f, int n, int month, int now)
{
  if (n == 4 && now <= 2) return -1;
  if (frame_get(f, FIELD_OPEN, 0) == OPEN_SINCE_PAST) return month > now ? -1 : 0;
  int dir = frame_get(f, FIELD_DIR, 0), tense = frame_get(f, FIELD_TENSE, 0);
  if (dir < 0) return month > now ? -1 : 0;
  bool early = now <= 2 && (n == 1 || n == 4); // then tense says little about the next season
  if (!dir && tense < 0) return month > now + 1 && !early ? -1 : 0;
  if (n == 4 && !dir && !tense && now < (frame_has(f, FIELD_REL) ? 6 : 10))
    return -1; // "i vinter" in April, "vintern" in August
  return !dir && tense > 0 && month + 2 < now ? 1 : 0;
}

// "Last spring" in April: the one before this.
static int is_last_of_now(const Resolver *r, const DateFrame *f, int month)
{
  int behind = (r->now.month - month + 12) % 12;
  return f->field[FIELD_REL] < 0 && r->now.grain >= GRAIN_MONTH && behind < 3 && r->now.month != month;
}

static Timex resolve_season(const Resolver *r, const DateFrame *f, Anchor *anchor)
{
  static const int month[] = {0, 3, 6, 9, 12};
  int n = f->field[FIELD_SEASON];
  Timex t = {.grain = GRAIN_SEASON, .n = n};
  *anchor = frame_has(f, FIELD_YEAR) ? ANCHOR_WORDS : ANCHOR_DCT;
  if (frame_has(f, FIELD_YEAR))
    t.year = f->field[FIELD_YEAR];
  else if (frame_has(f, FIELD_ANAPHOR)) {
    t.year = anaphoric_year(&r->memory.last, f, month[n]);
    *anchor = ANCHOR_REFERENCE;
  } else if (r->now.grain == GRAIN_NONE)
    t.year = TIMEX_X;
  else if (frame_get(f, FIELD_UNIT, 0) == UNIT_YEAR)
    t.year = r->now.year + f->field[FIELD_REL];
  else if (frame_get(f, FIELD_REL, 0))
    t.year = open_year(r, f, month[n], 0) - is_last_of_now(r, f, month[n]);
  else {
    t.year = r->now.year;
    if (r->now.grain >= GRAIN_MONTH) t.year += season_turn(f, n, month[n], r->now.month);
  }
  return t;
}

static int related_year(const Resolver *r, const DateFrame *f, Anchor *anchor)
{
  *anchor = ANCHOR_WORDS;
  if (frame_has(f, FIELD_YEAR)) return f->field[FIELD_YEAR];
  if (frame_has(f, FIELD_YY)) return date_full_year(f->field[FIELD_YY], r->now.year);
  *anchor = ANCHOR_DCT;
  if (r->now.grain == GRAIN_NONE) return TIMEX_X;
  if (frame_get(f, FIELD_UNIT, 0) == UNIT_YEAR) return r->now.year + frame_get(f, FIELD_REL, 0);
  int first =
      frame_has(f, FIELD_QUARTER) ? f->field[FIELD_QUARTER] * 3 - 2 : frame_get(f, FIELD_HALF, 0) * 6 - 5;
  bool ahead =
      r->now.grain >= GRAIN_MONTH && first > r->now.month; // profits "of the fourth quarter", in spring
  return r->now.year - (ahead && frame_get(f, FIELD_TENSE, 0) < 0);
}

static Timex resolve_decade(const DateFrame *f)
{
  int decade = f->field[FIELD_DECADE];
  return (Timex){.grain = GRAIN_DECADE, .year = decade < 100 ? 1900 + decade : decade};
}

// --- counted

// A day moved by whole units; the 31st becomes the last day of a shorter month.
static Timex move_day(const Timex *day, int32_t unit, int32_t count)
{
  if (unit != UNIT_YEAR && unit != UNIT_MONTH) return timex_step(day, unit == UNIT_WEEK ? count * 7 : count);
  if (day->year < 0 || day->month < 0 || day->day < 0 || count > 100000 || count < -100000) return *day;
  Timex month = {.grain = GRAIN_MONTH, .year = day->year, .month = day->month};
  month = timex_step(&month, unit == UNIT_YEAR ? count * 12 : count);
  if (month.grain == GRAIN_NONE) return month;
  int last = calendar_month_days(month.year, month.month);
  return (Timex){
      .grain = GRAIN_DAY, .year = month.year, .month = month.month, .day = day->day < last ? day->day : last};
}

// What days are counted from: "two days earlier" behind "she has lived there since 2011" goes on from the
// last day.
static const Timex *reference_of(const DateMemory *memory, Grain grain)
{
  bool aside = memory->last.grain != GRAIN_NONE && memory->last.grain <= GRAIN_YEAR && grain >= GRAIN_WEEK;
  return aside && memory->day.grain != GRAIN_NONE ? &memory->day : &memory->last;
}

// "two years and 21 days ago", "1 year, 2 months and 3 days ago"
static Timex resolve_counts(Resolver *r, const DateFrame *f)
{
  static const struct {
    DateField unit, amount;
  } parts[] = {{FIELD_UNIT3, FIELD_AMOUNT3}, {FIELD_UNIT2, FIELD_AMOUNT2}, {FIELD_UNIT, FIELD_AMOUNT}};
  const Timex from = frame_has(f, FIELD_ANAPHOR) ? r->memory.last : r->now;
  Timex t = seen_at(&from, GRAIN_DAY);
  int seconds = 0, dir = f->field[FIELD_DIR];
  bool clock = false;
  for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
    int32_t unit = frame_get(f, parts[i].unit, 0), amount = frame_get(f, parts[i].amount, 0) / 100;
    if (!frame_has(f, parts[i].unit)) continue;
    if (amount < 0 || amount > 100000) return (Timex){0};
    if (is_clock_unit(unit))
      clock = true, seconds += amount * (unit == UNIT_HOUR ? 3600 : unit == UNIT_MINUTE ? 60 : 1);
    else
      t = move_day(&t, unit, amount * dir);
  }
  if (!clock) return t;
  const Timex exact = seen_at(&from, GRAIN_MINUTE);
  t.grain = t.grain == GRAIN_DAY ? GRAIN_MINUTE : t.grain, t.hour = exact.hour, t.minute = exact.minute;
  return t.hour == TIMEX_X ? t : timex_add_minutes(&t, seconds / 60 * dir);
}

// Whole minutes of `amount` hundredths of a clock's unit.
static int minutes_of(int32_t unit, int32_t amount)
{
  return (int)((int64_t)amount * (unit == UNIT_HOUR ? 60 : 1) / (unit == UNIT_SECOND ? 6000 : 100));
}

static Timex resolve_counted(Resolver *r, const DateFrame *f, Anchor *anchor)
{
  bool anaphor = frame_has(f, FIELD_ANAPHOR);
  int32_t unit = f->field[FIELD_UNIT], amount = date_amount(f), dir = f->field[FIELD_DIR];
  Grain grain = date_unit_grain(unit);
  if (unit == UNIT_YEAR && amount == 100 && dir < 0 && r->memory.quarter.grain == GRAIN_QUARTER) {
    *anchor = ANCHOR_QUARTER; // profit of a quarter, and of "a year earlier"
    return timex_step(&r->memory.quarter, -4);
  }
  if (unit == UNIT_CENTURY && amount > 0 && amount % 100) grain = GRAIN_YEAR, unit = UNIT_YEAR, amount *= 100;
  if ((unit == UNIT_DECADE || unit == UNIT_TEN_YEARS) && amount != AMOUNT_VAGUE && amount < 10000)
    grain = GRAIN_YEAR, unit = UNIT_YEAR, amount *= 10;
  Timex t = seen_at(anaphor ? reference_of(&r->memory, grain) : &r->now, grain);
  *anchor = anaphor ? ANCHOR_REFERENCE : ANCHOR_DCT;
  if (amount == AMOUNT_VAGUE) return (Timex){0};
  if (grain == GRAIN_MINUTE) {
    if (amount > 10000000) return (Timex){0};
    int minutes = minutes_of(unit, amount) * dir;
    if (t.hour != TIMEX_X) return timex_add_minutes(&t, minutes);
    Timex day = seen_at(&t, GRAIN_DAY); // "48 hours later": whole days, if the hour is not known
    if (minutes % 1440 == 0)
      day = timex_step(&day, minutes / 1440), t.year = day.year, t.month = day.month, t.day = day.day;
    return t;
  }
  int steps = amount / 100 * dir * (unit == UNIT_FORTNIGHT ? 2 : 1);
  if (amount % 100 && unit == UNIT_YEAR) { // "one and a half years ago"
    Timex month = seen_at(anaphor ? &r->memory.last : &r->now, GRAIN_MONTH);
    return timex_step(&month, amount * 12 / 100 * dir);
  }
  return timex_step(&t, steps);
}

// --- clock

static void put_clock(const DateFrame *f, Timex *t)
{
  int hour = frame_get(f, FIELD_HOUR, TIMEX_X), minute = frame_get(f, FIELD_MINUTE, 0);
  int part = frame_get(f, FIELD_PART, 0);
  if (hour == TIMEX_X) {
    static const char *const names[] = {"MO", "MI", "AF", "EV", "NI", "DT"};
    t->grain = GRAIN_PART;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
      if (part == (names[i][0] << 8 | names[i][1])) t->part = (DayPart)(i + 1);
    }
    return;
  }
  int off = frame_get(f, FIELD_MINOFF, 0);
  bool half = frame_get(f, FIELD_HALVES, 0) == 1; // "halv nio": 8.30; "fem över halv nio"
  if (frame_has(f, FIELD_MINOFF) || half) {
    int total = hour * 60 + minute - half * 30 + off * (off > 0 ? frame_get(f, FIELD_DIR, 1) : 1);
    hour = (total + 1440) / 60 % 24, minute = (total + 1440) % 60;
  }
  bool evening =
      part == ('A' << 8 | 'F') || part == ('E' << 8 | 'V') || (part == ('N' << 8 | 'I') && hour >= 6);
  if (evening && hour < 12) hour += 12;
  if (hour == 12 && (part == ('E' << 8 | 'V') || part == ('N' << 8 | 'I'))) hour = 0; // "12 at night"
  if (frame_has(f, FIELD_AMPM)) hour = hour % 12 + f->field[FIELD_AMPM];
  t->grain = GRAIN_MINUTE, t->hour = hour, t->minute = minute;
}

static bool clocked(const DateFrame *f)
{
  return frame_has(f, FIELD_HOUR) || frame_has(f, FIELD_PART);
}

// --- a date

// "two days after Christmas", "five weeks before 3 May": in the grain of the unit.
static Timex resolve_shifted(Resolver *r, const DateFrame *f, Anchor *anchor)
{
  static const DateField counts[] = {FIELD_SHIFT, FIELD_AMOUNT, FIELD_UNIT, FIELD_HALVES, FIELD_MOD};
  DateFrame from = *f;
  for (size_t i = 0; i < ARRAY_LEN(counts); i++) from.has &= ~((uint64_t)1 << counts[i]);
  int32_t unit = frame_get(f, FIELD_UNIT, UNIT_DAY), amount = date_amount(f), shift = f->field[FIELD_SHIFT];
  Timex t = date_resolve(r, &from, anchor);
  if (amount < 0 || amount > 10000000) return (Timex){0};
  if (is_clock_unit(unit) && t.grain == GRAIN_MINUTE)
    return timex_add_minutes(&t, minutes_of(unit, amount) * shift);
  if (t.grain != GRAIN_DAY) return (Timex){0};
  t = timex_at(&t, date_unit_grain(unit));
  return timex_step(&t, amount / 100 * shift * (unit == UNIT_FORTNIGHT ? 2 : 1));
}

// "AD 79", "3 May 88 AD": a year that the era says to be one.
static Timex resolve_anno(Resolver *r, const DateFrame *f, Anchor *anchor)
{
  DateFrame dated = *f;
  dated.has &= ~((uint64_t)1 << FIELD_ANNO);
  frame_set(&dated, FIELD_YEAR, f->field[FIELD_ANNO]);
  return date_resolve(r, &dated, anchor);
}

// Fields that name a stretch of the calendar: "week 12", "in March", "Easter", "2023". False: there is none.
static bool resolve_calendar(Resolver *r, const DateFrame *f, Anchor *anchor, Timex *t)
{
  if (frame_has(f, FIELD_WEEK))
    *t = (Timex){.grain = GRAIN_WEEK, .year = related_year(r, f, anchor), .n = f->field[FIELD_WEEK]};
  else if (frame_has(f, FIELD_MONTH))
    *t = resolve_month(r, f, anchor);
  else if (frame_has(f, FIELD_QUARTER))
    *t = (Timex){.grain = GRAIN_QUARTER, .year = related_year(r, f, anchor), .n = f->field[FIELD_QUARTER]};
  else if (frame_has(f, FIELD_HALF))
    *t = (Timex){.grain = GRAIN_HALF, .year = related_year(r, f, anchor), .n = f->field[FIELD_HALF]};
  else if (frame_has(f, FIELD_SEASON))
    *t = resolve_season(r, f, anchor);
  else if (frame_has(f, FIELD_HOLIDAY))
    *t = resolve_feast(r, f, anchor);
  else if (frame_has(f, FIELD_YEAR) || frame_has(f, FIELD_YY))
    *t = (Timex){.grain = GRAIN_YEAR, .year = related_year(r, f, anchor)};
  else
    return false;
  return true;
}

// "tomorrow"; with an amount "136 years ago today"
static Timex resolve_dayref(const Resolver *r, const DateFrame *f)
{
  Timex now = date_today(r), t = timex_step(&now, f->field[FIELD_DAYREF]);
  if (frame_has(f, FIELD_DIR) && frame_get(f, FIELD_AMOUNT, 0) >= 100)
    t = move_day(&t, frame_get(f, FIELD_UNIT, UNIT_DAY), f->field[FIELD_AMOUNT] / 100 * f->field[FIELD_DIR]);
  return t;
}

// "the first Friday of next month"
static Timex resolve_nth_weekday(const Resolver *r, const DateFrame *f)
{
  Timex month = seen_at(&r->now, GRAIN_MONTH), t = timex_step(&month, frame_get(f, FIELD_REL, 0));
  int nth = f->field[FIELD_NTH];
  if (t.year > 0 && t.month > 0)
    t = timex_of_day(calendar_nth_weekday(t.year, t.month, nth > 5 ? -1 : nth, f->field[FIELD_WEEKDAY]));
  return t;
}

// Fields that name a day: "the 5th", "tomorrow", "on Friday". False: there is none.
static bool resolve_named_day(Resolver *r, const DateFrame *f, Anchor *anchor, Timex *t)
{
  bool weekday = frame_has(f, FIELD_WEEKDAY);
  if (frame_has(f, FIELD_DAY)) {
    *t = resolve_day_alone(r, f);
  } else if (frame_has(f, FIELD_DAYREF)) {
    *t = resolve_dayref(r, f);
  } else if (weekday && frame_has(f, FIELD_NTH) && frame_get(f, FIELD_UNIT, 0) == UNIT_MONTH) {
    *t = resolve_nth_weekday(r, f);
  } else if (weekday) {
    if (frame_has(f, FIELD_ANAPHOR)) *anchor = ANCHOR_REFERENCE;
    *t = resolve_weekday(r, f);
  } else {
    return false;
  }
  return true;
}

// "in the nineties", "the 1800s", "the 19th century". False: no such field.
static bool resolve_age(const DateFrame *f, Anchor *anchor, Timex *t)
{
  if (frame_has(f, FIELD_DECADE))
    *t = resolve_decade(f);
  else if (frame_has(f, FIELD_HUNDREDS))
    *t = (Timex){.grain = GRAIN_CENTURY, .year = f->field[FIELD_HUNDREDS]};
  else if (frame_has(f, FIELD_CENTURY))
    *t = (Timex){.grain = GRAIN_CENTURY, .year = f->field[FIELD_CENTURY] * 100 - 100};
  else
    return false;
  *anchor = ANCHOR_WORDS;
  return true;
}

// "three days ago", "half a year later"
static bool is_counted(const DateFrame *f)
{
  return frame_has(f, FIELD_UNIT) && frame_has(f, FIELD_DIR) &&
         (frame_has(f, FIELD_AMOUNT) || frame_get(f, FIELD_HALVES, 0) == 1);
}

// A day that only other words tell: "that day", "this morning", a clock alone.
static Timex resolve_told_day(const Resolver *r, const DateFrame *f, Anchor *anchor)
{
  bool anaphor = frame_has(f, FIELD_ANAPHOR);
  bool near = !anaphor && (frame_has(f, FIELD_REL) || (r->memory.last.grain < GRAIN_DAY && !r->often));
  const Timex *last =
      r->memory.last.grain < GRAIN_DAY && r->memory.day.grain ? &r->memory.day : &r->memory.last;
  Timex day = seen_at(near ? &r->now : last, GRAIN_DAY);
  *anchor = near ? ANCHOR_DCT : ANCHOR_REFERENCE;
  return r->often && !near && !anaphor ? unknown_at(GRAIN_DAY) : timex_step(&day, frame_get(f, FIELD_REL, 0));
}

// With its clock; and no day that the calendar lacks.
static Timex complete(const DateFrame *f, Timex t)
{
  if (clocked(f) && t.grain >= GRAIN_DAY) put_clock(f, &t);
  if (t.grain == GRAIN_DAY && !clocked(f) && frame_has(f, FIELD_REL) &&
      frame_get(f, FIELD_UNIT, 0) == UNIT_NIGHT)
    t.grain = GRAIN_PART, t.part = PART_NI; // "this night"
  if (t.grain >= GRAIN_DAY && t.year > 0 && t.month > 0 && t.day > 0 && !t.weekday &&
      !calendar_valid(t.year, t.month, t.day))
    t.year = TIMEX_X; // "30 February"
  return t;
}

Timex date_resolve(Resolver *r, const DateFrame *f, Anchor *anchor)
{
  Timex t;
  *anchor = ANCHOR_DCT;
  if (frame_has(f, FIELD_SHIFT)) return resolve_shifted(r, f, anchor);
  if (frame_has(f, FIELD_ANNO)) return resolve_anno(r, f, anchor);
  if (frame_has(f, FIELD_NTH) && frame_has(f, FIELD_UNIT2)) {
    DateFrame whole = *f;
    whole.has &= ~((uint64_t)1 << FIELD_NTH | (uint64_t)1 << FIELD_UNIT2);
    t = date_resolve(r, &whole, anchor);
    return nth_part_of(&t, f->field[FIELD_NTH], f->field[FIELD_UNIT2]);
  }
  if (resolve_calendar(r, f, anchor, &t) || resolve_named_day(r, f, anchor, &t) || resolve_age(f, anchor, &t))
    return complete(f, t);
  if (is_counted(f)) return frame_has(f, FIELD_UNIT2) ? resolve_counts(r, f) : resolve_counted(r, f, anchor);
  if (frame_has(f, FIELD_UNIT)) return complete(f, resolve_unit(r, f, anchor));
  return complete(f, resolve_told_day(r, f, anchor));
}

// --- durations and sets

Str date_set_value(const DateFrame *f, Arena *arena)
{
  bool daily = frame_get(f, FIELD_UNIT, 0) == UNIT_DAY && clocked(f); // "every day at seven"
  if (frame_has(f, FIELD_UNIT) && !daily) {
    DateFrame period = *f;
    if (frame_has(f, FIELD_FREQ)) period.has &= ~((uint64_t)1 << FIELD_AMOUNT); // "three times a week"
    if (frame_has(f, FIELD_NTH)) frame_set(&period, FIELD_AMOUNT, f->field[FIELD_NTH] * 100); // "every third"
    return date_duration(&period, arena);
  }
  Timex t = unknown_at(GRAIN_DAY);
  if (frame_has(f, FIELD_WEEKDAY))
    t.weekday = f->field[FIELD_WEEKDAY];
  else if (frame_has(f, FIELD_MONTH)) {
    t = unknown_at(frame_has(f, FIELD_DAY) ? GRAIN_DAY : GRAIN_MONTH);
    t.month = f->field[FIELD_MONTH], t.day = frame_get(f, FIELD_DAY, 0);
  } else if (frame_has(f, FIELD_SEASON)) {
    t = (Timex){.grain = GRAIN_SEASON, .year = TIMEX_X, .n = f->field[FIELD_SEASON]};
  } else if (frame_has(f, FIELD_HOLIDAY)) {
    t = unknown_feast(f->field[FIELD_HOLIDAY]);
  }
  if (clocked(f)) put_clock(f, &t);
  return timex_value(&t, arena);
}

// "2X": how often in each of them.
Str date_set_freq(const DateFrame *f, Arena *arena)
{
  int32_t amount = frame_get(f, FIELD_AMOUNT, 100);
  if (!frame_has(f, FIELD_FREQ) || amount < 100) return (Str){"", 0};
  return arena_printf(arena, "%dX", amount / 100 * f->field[FIELD_FREQ]);
}

Str date_ref_value(const DateFrame *f)
{
  int32_t ref = frame_get(f, FIELD_REF, 0);
  int32_t past = 'P' << 24 | 'A' << 16 | 'S' << 8 | 'T', future = 'F' << 16 | 'U' << 8 | 'T';
  return ref == past ? STR("PAST_REF") : ref == future ? STR("FUTURE_REF") : STR("PRESENT_REF");
}

Str date_mod_value(int32_t mod)
{
  switch (mod) {
  case MOD_START:
    return STR("START");
  case MOD_MID:
    return STR("MID");
  case MOD_END:
    return STR("END");
  case MOD_APPROX:
    return STR("APPROX");
  case MOD_MORE:
    return STR("MORE_THAN");
  case MOD_LESS:
    return STR("LESS_THAN");
  default:
    return (Str){"", 0};
  }
}
