// One struct for all grains: year, then what the grain needs. Steps go through month numbers, week starts or
// day numbers, so that "the month before January" is right by arithmetic.
#include "annotate/dates/timex.h"

#include "base/alloc.h"
#include "base/digest.h"

static const char *const g_parts[] = {"", "MO", "MI", "AF", "EV", "NI", "DT"};
static const char *const g_seasons[] = {"XX", "SP", "SU", "FA", "WI"};

Timex timex_of_day(int32_t day)
{
  Ymd d = calendar_ymd(day);
  return (Timex){.grain = GRAIN_DAY, .year = d.year, .month = d.month, .day = d.day};
}

uint64_t timex_digest(const Timex *t)
{
  const int fields[] = {t->grain, t->year, t->month, t->day, t->n, t->weekday, t->hour, t->minute, t->part};
  uint64_t digest = DIGEST_EMPTY;
  for (size_t i = 0; i < ARRAY_LEN(fields); i++) digest = digest_add(digest, (uint64_t)fields[i]);
  return digest;
}

static bool digits(Str text, size_t at, size_t count, int *out)
{
  if (at + count > text.len) return false;
  *out = 0;
  for (size_t i = at; i < at + count; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
    *out = *out * 10 + (text.ptr[i] - '0');
  }
  return true;
}

Timex timex_parse(Str text)
{
  Timex t = {0};
  const Timex none = {0};
  if (!digits(text, 0, 4, &t.year)) return none;
  t.grain = GRAIN_YEAR;
  if (text.len == 4) return t;
  if (text.ptr[4] != '-' || !digits(text, 5, 2, &t.month) || t.month < 1 || t.month > 12) return none;
  t.grain = GRAIN_MONTH;
  if (text.len == 7) return t;
  if (text.ptr[7] != '-' || !digits(text, 8, 2, &t.day) || !calendar_valid(t.year, t.month, t.day))
    return none;
  t.grain = GRAIN_DAY;
  if (text.len == 10) return t;
  if (text.ptr[10] != 'T' && text.ptr[10] != ' ') return none;
  if (text.len < 16 || !digits(text, 11, 2, &t.hour) || text.ptr[13] != ':' ||
      !digits(text, 14, 2, &t.minute))
    return none;
  if (t.hour > 24 || t.minute > 59) return none;
  t.grain = GRAIN_MINUTE;
  return t;
}

bool timex_day(const Timex *t, int32_t *day)
{
  if (t->grain < GRAIN_DAY || t->weekday || !calendar_valid(t->year, t->month, t->day)) return false;
  *day = calendar_day(t->year, t->month, t->day);
  return true;
}

// The first month (from 0) and the number of months of a grain made of months.
static bool months_of(const Timex *t, int *first, int *count)
{
  static const int season_start[] = {0, 2, 5, 8, 11};
  switch (t->grain) {
  case GRAIN_CENTURY:
    *first = 0, *count = 1200;
    return true;
  case GRAIN_DECADE:
    *first = 0, *count = 120;
    return true;
  case GRAIN_YEAR:
    *first = 0, *count = 12;
    return true;
  case GRAIN_HALF:
    *first = (t->n - 1) * 6, *count = 6;
    return true;
  case GRAIN_QUARTER:
    *first = (t->n - 1) * 3, *count = 3;
    return t->n > 0;
  case GRAIN_SEASON:
    *first = season_start[t->n], *count = 3;
    return true;
  case GRAIN_MONTH:
    *first = t->month - 1, *count = 1;
    return true;
  default:
    return false;
  }
}

static bool find_bounds(const Timex *t, int32_t *first, int32_t *last)
{
  int month, count;
  if (t->year == TIMEX_X || t->grain == GRAIN_NONE || t->month == TIMEX_X || t->n == TIMEX_X) return false;
  if (months_of(t, &month, &count)) {
    int end = t->year * 12 + month + count;
    *first = calendar_day(t->year + month / 12, month % 12 + 1, 1);
    *last = calendar_day(end / 12, end % 12 + 1, 1) - 1;
    return true;
  }
  if (t->grain == GRAIN_WEEK || t->grain == GRAIN_WEEKEND) {
    *first = calendar_week_start(t->year, t->n);
    *last = *first + 6;
    if (t->grain == GRAIN_WEEKEND) *first += 5;
    return true;
  }
  if (!timex_day(t, first)) return false;
  *last = *first;
  return true;
}

bool timex_bounds(const Timex *t, int32_t *first, int32_t *last)
{
  return find_bounds(t, first, last) && *first >= calendar_day(0, 1, 1) &&
         *last <= calendar_day(9999, 12, 31);
}

bool timex_third(const Timex *t, int third, int32_t *first, int32_t *last)
{
  int month, count;
  if (!timex_bounds(t, first, last)) return false;
  if (t->grain == GRAIN_WEEK) {
    static const int from[] = {0, 2, 4, 7};
    *last = *first + from[third + 1] - 1, *first += from[third];
  } else if (t->grain == GRAIN_MONTH) {
    if (third < 2) *last = *first + third * 10 + 9;
    *first += third * 10;
  } else if (months_of(t, &month, &count)) { // whole years of a decade or a century, else whole months
    int step = count >= 120 ? 12 : 1, parts = count / step;
    int from = (parts * third + 2) / 3 * step, to = (parts * (third + 1) + 2) / 3 * step;
    Timex begin = {
        .grain = GRAIN_MONTH, .year = t->year + (month + from) / 12, .month = (month + from) % 12 + 1};
    Timex end = timex_step(&begin, to - from);
    *first = calendar_day(begin.year, begin.month, 1), *last = calendar_day(end.year, end.month, 1) - 1;
  } else {
    return false;
  }
  return true;
}

static void set_week(Timex *t, int32_t day)
{
  IsoWeek week = calendar_iso_week(day);
  t->year = week.year, t->n = week.week;
}

Timex timex_at(const Timex *t, Grain grain)
{
  int32_t day;
  if (grain >= t->grain) return *t;
  Timex to = {.grain = grain, .year = t->year};
  int month = t->grain >= GRAIN_DAY || t->grain == GRAIN_MONTH ? t->month : TIMEX_X;
  if (t->grain == GRAIN_QUARTER && t->n > 0) month = t->n * 3 - 2;
  switch (grain) {
  case GRAIN_CENTURY:
    to.year = t->year == TIMEX_X ? TIMEX_X : t->year / 100 * 100;
    break;
  case GRAIN_DECADE:
    to.year = t->year == TIMEX_X ? TIMEX_X : t->year / 10 * 10;
    break;
  case GRAIN_HALF:
    to.n = month > 0 ? (month + 5) / 6 : TIMEX_X;
    break;
  case GRAIN_QUARTER:
    to.n = month > 0 ? (month + 2) / 3 : TIMEX_X;
    break;
  case GRAIN_SEASON:
    to.n = month > 0 ? (month + 9) % 12 / 3 + 1 : TIMEX_X;
    break;
  case GRAIN_MONTH:
    to.month = month;
    break;
  case GRAIN_WEEK:
  case GRAIN_WEEKEND:
    if (t->grain == GRAIN_WEEK || t->grain == GRAIN_WEEKEND)
      to.n = t->n;
    else if (timex_day(t, &day))
      set_week(&to, day);
    else
      to.n = TIMEX_X;
    break;
  case GRAIN_DAY:
    to.month = t->month, to.day = t->day, to.weekday = t->weekday;
    break;
  default:
    break;
  }
  return to;
}

static Timex checked(Timex t)
{
  if (t.year != TIMEX_X && (t.year < 0 || t.year > 9999)) t.grain = GRAIN_NONE;
  return t;
}

// Step a counter that wraps at `size` (from 1) and carries into the year.
static void carry(int *year, int *n, int size, int by)
{
  int total = *year * size + *n - 1 + by;
  *year = total / size - (total % size < 0);
  *n = total - *year * size + 1;
}

Timex timex_step(const Timex *t, int by)
{
  Timex to = *t;
  int32_t day;
  if (by == 0) return to;
  if (by > 100000 || by < -100000) return (Timex){0};
  if (t->year == TIMEX_X || t->n == TIMEX_X || t->month == TIMEX_X) {
    to.year = TIMEX_X;
    if (t->n) to.n = TIMEX_X;
    if (t->month) to.month = TIMEX_X;
    if (t->day) to.day = TIMEX_X;
    return to;
  }
  switch (t->grain) {
  case GRAIN_CENTURY:
    to.year += by * 100;
    break;
  case GRAIN_DECADE:
    to.year += by * 10;
    break;
  case GRAIN_YEAR:
  case GRAIN_SEASON:
    to.year += by;
    break;
  case GRAIN_HALF:
    carry(&to.year, &to.n, 2, by);
    break;
  case GRAIN_QUARTER:
    carry(&to.year, &to.n, 4, by);
    break;
  case GRAIN_MONTH:
    carry(&to.year, &to.month, 12, by);
    break;
  case GRAIN_WEEK:
  case GRAIN_WEEKEND:
    set_week(&to, calendar_week_start(t->year, t->n) + 7 * by);
    break;
  default:
    if (!timex_day(t, &day)) break;
    Ymd d = calendar_ymd(day + by);
    to.year = d.year, to.month = d.month, to.day = d.day;
  }
  return checked(to);
}

Timex timex_add_minutes(const Timex *t, int by)
{
  Timex to = *t;
  int32_t day;
  if (t->grain != GRAIN_MINUTE || !timex_day(t, &day) || by > 50000000 || by < -50000000) return to;
  int total = t->hour * 60 + t->minute + by;
  int days = total / 1440 - (total % 1440 < 0);
  Ymd d = calendar_ymd(day + days);
  to.year = d.year, to.month = d.month, to.day = d.day;
  to.hour = (total - days * 1440) / 60, to.minute = (total - days * 1440) % 60;
  return checked(to);
}

// Values are written by hand: printf's share of a big article's time was the largest.
typedef struct Writer {
  char text[32];
  size_t len;
} Writer;

static void put_text(Writer *w, const char *text)
{
  while (*text) w->text[w->len++] = *text++;
}

// A number in `width` digits, or as many X.
static void put(Writer *w, int value, int width)
{
  for (int i = width - 1; i >= 0; i--) {
    w->text[w->len + (size_t)i] = value < 0 ? 'X' : "0123456789"[value % 10];
    if (value >= 0) value /= 10;
  }
  w->len += (size_t)width;
}

static void put_day(Writer *w, const Timex *t)
{
  put(w, t->year, 4);
  if (t->weekday) {
    put_text(w, "-WXX-");
    put(w, t->weekday, 1);
    return;
  }
  put_text(w, "-");
  put(w, t->month, 2);
  put_text(w, "-");
  put(w, t->day, 2);
}

static void put_year_and(Writer *w, const Timex *t, const char *mark, int n, int width)
{
  put(w, t->year, 4);
  put_text(w, mark);
  put(w, n, width);
}

Str timex_value(const Timex *t, Arena *arena)
{
  Writer w;
  w.len = 0;
  switch (t->grain) {
  case GRAIN_NONE:
    break;
  case GRAIN_CENTURY:
    put(&w, t->year < 0 ? -1 : t->year / 100, 2), put_text(&w, "XX");
    break;
  case GRAIN_DECADE:
    put(&w, t->year < 0 ? -1 : t->year / 10, 3), put_text(&w, "X");
    break;
  case GRAIN_YEAR:
    put(&w, t->year, 4);
    break;
  case GRAIN_HALF:
    put_year_and(&w, t, "-H", t->n, 1);
    break;
  case GRAIN_QUARTER:
    put_year_and(&w, t, "-Q", t->n, 1);
    break;
  case GRAIN_SEASON:
    put(&w, t->year, 4), put_text(&w, "-"), put_text(&w, g_seasons[t->n < 0 ? 0 : t->n]);
    break;
  case GRAIN_MONTH:
    put_year_and(&w, t, "-", t->month, 2);
    break;
  case GRAIN_WEEK:
    put_year_and(&w, t, "-W", t->n, 2);
    break;
  case GRAIN_WEEKEND:
    put_year_and(&w, t, "-W", t->n, 2), put_text(&w, "-WE");
    break;
  case GRAIN_DAY:
    put_day(&w, t);
    break;
  case GRAIN_PART:
    put_day(&w, t), put_text(&w, "T"), put_text(&w, g_parts[t->part]);
    break;
  case GRAIN_MINUTE:
    put_day(&w, t), put_text(&w, "T"), put(&w, t->hour, 2), put_text(&w, ":"), put(&w, t->minute, 2);
    break;
  }
  return arena_dup(arena, (Str){w.text, w.len});
}

Str timex_iso_day(int32_t day, Arena *arena)
{
  Timex t = timex_of_day(day);
  return timex_value(&t, arena);
}

const char *timex_weekday_name(int weekday)
{
  static const char *const names[] = {"",         "Monday", "Tuesday",  "Wednesday",
                                      "Thursday", "Friday", "Saturday", "Sunday"};
  return names[weekday];
}

// --- validity: a small matcher of shapes
// ------------------------------------------------------------------------------- In a shape: 9 a digit or X,
// [..] is not needed; other characters stand for themselves.

static bool shape_prefix(Str *s, const char *shape)
{
  size_t n = strlen(shape);
  if (s->len < n) return false;
  for (size_t i = 0; i < n; i++) {
    char c = s->ptr[i];
    if (shape[i] == '9' ? !((c >= '0' && c <= '9') || c == 'X') : c != shape[i]) return false;
  }
  *s = str_slice(*s, n, s->len);
  return true;
}

static bool valid_clock(Str s)
{
  if (!s.len) return true;
  if (!shape_prefix(&s, "T")) return false;
  for (size_t i = 1; i < sizeof g_parts / sizeof g_parts[0]; i++) {
    if (str_is(s, g_parts[i])) return true;
  }
  return shape_prefix(&s, "99:99") && !s.len;
}

static bool valid_amounts(Str s, const char *units)
{
  if (!s.len) return false;
  while (s.len && s.ptr[0] != 'T') {
    size_t i = 0;
    while (i < s.len && ((s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == 'X' || s.ptr[i] == '.')) i++;
    if (!i || i == s.len) return false;
    s = str_slice(s, i, s.len);
    bool two = str_starts(s, STR("DE")) || str_starts(s, STR("CE")) || str_starts(s, STR("WE")) ||
               str_starts(s, STR("SP")) || str_starts(s, STR("SU")) || str_starts(s, STR("FA")) ||
               str_starts(s, STR("WI")) || str_starts(s, STR("NI")) || str_starts(s, STR("MO")) ||
               str_starts(s, STR("AF")) || str_starts(s, STR("EV"));
    if (!two && !strchr(units, s.ptr[0])) return false;
    s = str_slice(s, two ? 2 : 1, s.len);
  }
  return !s.len || (*units == 'Y' && shape_prefix(&s, "T") && valid_amounts(s, "HMS"));
}

bool timex_valid(Str value)
{
  Str s = value;
  if (str_is(s, "PAST_REF") || str_is(s, "PRESENT_REF") || str_is(s, "FUTURE_REF")) return true;
  if (s.len > 1 && s.ptr[0] == 'P')
    return s.ptr[1] == 'T' ? valid_amounts(str_slice(s, 2, s.len), "HMS")
                           : valid_amounts(str_slice(s, 1, s.len), "YQMWD");
  if (shape_prefix(&s, "BC9999")) return !s.len;
  if (!shape_prefix(&s, "9999")) return false;
  if (!s.len || (shape_prefix(&s, "/9999") && !s.len)) return true; // two years
  for (size_t i = 0; i < 5; i++) {
    Str season = s;
    if (shape_prefix(&season, "-") && str_is(season, g_seasons[i])) return true;
  }
  if (shape_prefix(&s, "-Q") || shape_prefix(&s, "-H")) return shape_prefix(&s, "9") && !s.len;
  if (shape_prefix(&s, "-W99")) {
    if (!s.len || str_is(s, "-WE")) return true;
    return shape_prefix(&s, "-9") && valid_clock(s);
  }
  if (!shape_prefix(&s, "-99")) return false;
  if (!s.len) return true;
  return shape_prefix(&s, "-99") && valid_clock(s);
}
