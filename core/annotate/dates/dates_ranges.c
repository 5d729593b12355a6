// Dates that stand together: the days in front of one ("3.–5. März", "the 22nd, 23rd or 31st of March") and
// behind it ("March 3-5", "weeks 17–19"), the two ends of a range, and what the last one of a list says for
// all. Each borrows from its neighbours while the block's dates are found, so that a draft still depends on
// nothing but its block.
#include "annotate/dates/dates_p.h"

static bool is_range_mark(const DateFinder *f, uint32_t at)
{
  Str word = atom_word(f, at);
  return str_is(word, "–") || str_is(word, "-") || str_is(word, "—") || str_is(word, "/") ||
         str_is(word, ",");
}

// How many atoms right in front of `at` join two days: "–", "and the", "bis zum"; 0: none.
static uint32_t joiner_before(const DateFinder *f, uint32_t at, uint32_t floor)
{
  const Reading *two = at >= floor + 2 ? atom_reading(f, at - 2, SYM_TO) : NULL;
  const Readings *all = two ? atom_readings(f->reader, at - 2) : NULL;
  for (uint32_t i = 0; all && i < all->count; i++) {
    const Reading *r = all->items[i];
    if (r->sym == SYM_TO && r->len == 2) return 2;
  }
  return is_range_mark(f, at - 1) || atom_reading(f, at - 1, SYM_TO) || atom_reading(f, at - 1, SYM_AND) ||
         atom_reading(f, at - 1, SYM_OR) || atom_reading(f, at - 1, SYM_DET);
}

// "16 August", "the 22nd of this month"; but of "5 to 6 on 22 April" the right one is a clock.
static bool names_a_day(const DateFinder *f, const DateMatch *m)
{
  const DateFrame *frame = &m->frame;
  if (!frame_has(frame, FIELD_DAY)) return false;
  const Reading *first = atom_reading(f, m->begin, SYM_INT);
  if (first && frame_has(frame, FIELD_HOUR) && first->value == frame->field[FIELD_HOUR] &&
      first->value != frame->field[FIELD_DAY])
    return false;
  return frame_has(frame, FIELD_MONTH) || frame_get(frame, FIELD_UNIT, 0) == UNIT_MONTH;
}

// Days of the month that stand in front of a date with a month, across "–", "to", "and": they share its month
// and year. From right to left.
typedef struct LeftDays {
  uint32_t begin[8], end[8]; // atoms
  int32_t day[8];
  size_t count;
} LeftDays;

static void find_left_days(const DateFinder *f, const DateMatch *m, uint32_t floor, LeftDays *out)
{
  out->count = 0;
  if (!names_a_day(f, m)) return;
  for (uint32_t here = m->begin; out->count < ARRAY_LEN(out->begin); here = out->begin[out->count++]) {
    uint32_t i = here;
    for (int words = 0; words < 3 && i > floor; words++) { // ", and the"
      uint32_t joined = joiner_before(f, i, floor);
      if (!joined) break;
      i -= joined;
    }
    if (i == here) break;
    uint32_t end = i;
    bool suffix = i > floor && (str_is(atom_word(f, i - 1), ".") || atom_reading(f, i - 1, SYM_ORDSUF));
    if (suffix && !f->atoms->items[i - 1].spaced) i--;
    const Reading *number = i > floor ? day_reading(f, i - 1) : NULL;
    if (!number && i > floor && atom_reading(f, m->begin, SYM_NUM)) number = atom_reading(f, i - 1, SYM_NUM);
    if (!number || !date_field_fits(FIELD_DAY, number->value, number->digits)) break;
    if (f->atoms->items[i - 1].inside) break;
    out->begin[out->count] = i - 1, out->end[out->count] = end, out->day[out->count] = number->value;
  }
}

static void add_left_days(DateFinder *f, const DateMatch *m, const LeftDays *days)
{
  for (size_t i = days->count; i-- > 0;) {
    DateFrame frame = m->frame;
    frame_set(&frame, FIELD_DAY, days->day[i]);
    frame.has &= ~((uint64_t)1 << FIELD_WEEKDAY | (uint64_t)1 << FIELD_PART | (uint64_t)1 << FIELD_HOUR);
    dates_mark_tense(f, &frame, days->begin[i], days->end[i]);
    dates_add_draft(f, days->begin[i], days->end[i], DATE_DATE, 0.95f, &frame);
  }
}

static void mark_range(DateFrame *frame, int end)
{
  frame_set(frame, FIELD_RANGE, frame_get(frame, FIELD_RANGE, 0) | end);
}

// "from 9.30 to 11 on Friday": both clocks are of that day, whichever of them names it.
static void share_day(DateFrame *left, DateFrame *right)
{
  static const DateField fields[] = {FIELD_YEAR, FIELD_MONTH, FIELD_DAY, FIELD_WEEKDAY, FIELD_DAYREF,
                                     FIELD_REL,  FIELD_UNIT,  FIELD_DIR, FIELD_TENSE};
  uint64_t days = 0;
  for (size_t i = 0; i < ARRAY_LEN(fields); i++) days |= (uint64_t)1 << fields[i];
  bool left_clock = frame_has(left, FIELD_HOUR), right_clock = frame_has(right, FIELD_HOUR);
  if (!left_clock || !right_clock || !(left->has & days) == !(right->has & days)) return;
  DateFrame *from = left->has & days ? left : right, *to = left->has & days ? right : left;
  for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
    if (frame_has(from, fields[i])) frame_set(to, fields[i], from->field[fields[i]]);
  }
  frame_set(to, FIELD_RANGE, frame_get(to, FIELD_RANGE, 0) | RANGE_BORROWED);
}

// "from 3.30 to 6 pm": the afternoon is that of both, as far as the order allows.
static void share_afternoon(DateFrame *left, const DateFrame *right)
{
  if (!frame_has(left, FIELD_HOUR) || frame_has(left, FIELD_AMPM) || frame_has(left, FIELD_PART)) return;
  int32_t from = left->field[FIELD_HOUR], to = frame_get(right, FIELD_HOUR, 0);
  if (frame_has(right, FIELD_AMPM) && from <= 12)
    frame_set(left, FIELD_AMPM,
              from % 12 <= to % 12 ? right->field[FIELD_AMPM] : 12 - right->field[FIELD_AMPM]);
  if (frame_has(right, FIELD_PART) && from < to && !frame_has(left, FIELD_AMPM))
    frame_set(left, FIELD_PART, right->field[FIELD_PART]);
}

// "Monday, Wednesday and Friday next week", "March or April last year": what relates the last one relates
// all.
static bool take_relation(DateFrame *left, const DateFrame *frame, bool range)
{
  const uint64_t own = (uint64_t)1 << FIELD_YEAR | (uint64_t)1 << FIELD_UNIT | (uint64_t)1 << FIELD_REL |
                       (uint64_t)1 << FIELD_DIR | (uint64_t)1 << FIELD_DAY | (uint64_t)1 << FIELD_HOUR;
  int32_t unit = frame_get(frame, FIELD_UNIT, 0), rel = frame_get(frame, FIELD_REL, 0);
  DateField what = unit == UNIT_WEEK ? FIELD_WEEKDAY : FIELD_MONTH;
  bool related =
      (unit == UNIT_WEEK || unit == UNIT_YEAR) && frame_has(frame, FIELD_REL) && frame_has(frame, what);
  bool against = !range && frame_get(left, FIELD_TENSE, rel) * rel < 0;
  if (!related || !frame_has(left, what) || left->has & own || against) return false;
  frame_set(left, FIELD_UNIT, unit);
  frame_set(left, FIELD_REL, rel);
  return true;
}

// "1973–1980", "from 9.30 to 11", "zwischen Mai und Juli": the draft before and this match are one interval.
static void join_range(DateFinder *f, DateMatch *m, uint32_t before_end)
{
  DateVec *dates = &f->notes->dates;
  if (!dates->len || m->begin <= before_end || m->begin > before_end + 3 || m->pattern->family != FAMILY_DATE)
    return;
  bool dash = is_range_mark(f, before_end) && !str_is(atom_word(f, before_end), ",") &&
              !str_is(atom_word(f, before_end), "/");
  bool joins = dash || atom_reading(f, before_end, SYM_TO);
  if (!joins && atom_reading(f, before_end, SYM_AND)) {
    uint32_t begin = f->last_begin;
    for (uint32_t i = 1; i <= 3 && i <= begin; i++) joins = joins || atom_reading(f, begin - i, SYM_BETWEEN);
  }
  if (!joins || dates->items[dates->len - 1].type > DATE_TIME) return;
  DateFrame *left = (DateFrame *)(uintptr_t)dates->items[dates->len - 1].frame;
  bool day_first = !atom_reading(f, m->begin, SYM_INT) && !atom_reading(f, m->begin, SYM_NUM) &&
                   !atom_reading(f, m->begin, SYM_CLOCK) && !atom_reading(f, m->begin, SYM_CLOCKDOT);
  if (!day_first || frame_has(left, FIELD_DAY) || frame_has(left, FIELD_WEEKDAY) ||
      frame_has(left, FIELD_DAYREF))
    share_day(left, &m->frame); // not "from 2 pm till tomorrow 4 pm"
  share_afternoon(left, &m->frame);
  take_relation(left, &m->frame, true);
  mark_range(left, RANGE_LEFT);
  mark_range(&m->frame, RANGE_RIGHT);
}

static DateFrame *last_frame(DateFinder *f) // our own, from dates_add_draft()
{
  return (DateFrame *)(uintptr_t)f->notes->dates.items[f->notes->dates.len - 1].frame;
}

// The week behind "weeks 17–19", "uke 17 og 18". Returns where the search goes on.
static uint32_t add_right_week(DateFinder *f, const DateMatch *m)
{
  uint32_t at = m->end;
  const Reading *last = atom_reading(f, m->end - 1, SYM_INT), *number = atom_reading(f, at + 1, SYM_INT);
  bool range = (is_range_mark(f, at) && !str_is(atom_word(f, at), ",")) || atom_reading(f, at, SYM_TO);
  bool joins = range || atom_reading(f, at, SYM_AND) || atom_reading(f, at, SYM_OR);
  if (!joins || !last || !number || number->digits > 2 || number->value <= last->value ||
      last->value != m->frame.field[FIELD_WEEK] || !date_field_fits(FIELD_WEEK, number->value, 2) ||
      dates_counts(f, at + 2))
    return m->end;
  DateFrame frame = m->frame;
  frame_set(&frame, FIELD_WEEK, number->value);
  if (range) {
    mark_range(last_frame(f), RANGE_LEFT);
    mark_range(&frame, RANGE_RIGHT);
  }
  dates_add_draft(f, at + 1, at + 2, DATE_DATE, 0.95f, &frame);
  return at + 2;
}

// Where the day of the month at `at` ends; `at`: there is none.
static uint32_t day_end(const DateFinder *f, uint32_t at)
{
  const Reading *number = day_reading(f, at);
  if (!number || number->digits > 2 || !date_field_fits(FIELD_DAY, number->value, number->digits)) return at;
  uint32_t end = at + number->len;
  return atom_reading(f, end, SYM_ORDSUF) && !f->atoms->items[end].spaced ? end + 1 : end;
}

static bool is_and(const DateFinder *f, uint32_t at)
{
  return atom_reading(f, at, SYM_AND) || atom_reading(f, at, SYM_OR);
}

// The days behind a date that names its month first: "March 3-5", "April 24 and 25", "May 3, 5 and 7".
typedef struct RightDays {
  uint32_t begin[8], end[8]; // atoms
  size_t count;
  bool range;
} RightDays;

static void find_right_days(const DateFinder *f, const DateMatch *m, RightDays *out)
{
  *out = (RightDays){.count = 0};
  bool comma = str_is(atom_word(f, m->end), ","), last = false;
  for (uint32_t at = m->end; !last && out->count < ARRAY_LEN(out->begin); at = out->end[out->count++]) {
    bool listed = str_is(atom_word(f, at), ",");
    if (listed && is_and(f, at + 1)) at++; // ", and"
    bool range = !listed && (is_range_mark(f, at) || atom_reading(f, at, SYM_TO));
    last = is_and(f, at) || range;
    if ((!listed && !last) || (range && comma)) break;
    uint32_t end = day_end(f, at + 1);
    if (end == at + 1 || (!range && dates_counts(f, end))) break; // "Nov. 3 and 20 people"
    out->range = range, out->begin[out->count] = at + 1, out->end[out->count] = end;
  }
  if (!last) out->count = 0; // "May 3, 5 people"
}

uint32_t dates_add_right(DateFinder *f, const DateMatch *m)
{
  if (frame_has(&m->frame, FIELD_WEEK)) return add_right_week(f, m);
  bool month_first = f->lex->month_first && frame_has(&m->frame, FIELD_DAY) &&
                     frame_has(&m->frame, FIELD_MONTH) &&
                     (day_reading(f, m->end - 1) || atom_reading(f, m->end - 1, SYM_ORDSUF));
  if (!month_first || frame_has(&m->frame, FIELD_YEAR) || frame_has_clock(&m->frame)) return m->end;
  RightDays days;
  find_right_days(f, m, &days);
  if (!days.count) return m->end;
  DateFrame frame = m->frame;
  frame.has &= ~((uint64_t)1 << FIELD_WEEKDAY);
  uint32_t end = days.end[days.count - 1];
  const Reading *year = str_is(atom_word(f, end), ",") ? atom_reading(f, end + 1, SYM_INT) : NULL;
  if (year && date_field_fits(FIELD_YEAR, year->value, year->digits)) {
    frame_set(&frame, FIELD_YEAR, year->value);
    frame_set(last_frame(f), FIELD_YEAR, year->value);
    end = days.end[days.count - 1] += 2;
  }
  if (days.range) mark_range(last_frame(f), RANGE_LEFT), mark_range(&frame, RANGE_RIGHT);
  for (size_t i = 0; i < days.count; i++) {
    frame_set(&frame, FIELD_DAY, day_reading(f, days.begin[i])->value);
    dates_mark_tense(f, &frame, days.begin[i], days.end[i]);
    dates_add_draft(f, days.begin[i], days.end[i], DATE_DATE, 0.95f, &frame);
  }
  return end;
}

// "januari–mars 2019", "5 June to 8 June 2012": the left one takes the year of the right one.
static void share_year(DateFinder *f, const DateMatch *m, uint32_t before_end)
{
  DateVec *dates = &f->notes->dates;
  if (!dates->len || !frame_has(&m->frame, FIELD_YEAR) || !frame_has(&m->frame, FIELD_MONTH)) return;
  DateFrame *left =
      (DateFrame *)(uintptr_t)dates->items[dates->len - 1].frame; // our own, from dates_add_draft()
  if (!frame_has(left, FIELD_MONTH) || frame_has(left, FIELD_YEAR) || m->begin > before_end + 3) return;
  bool range = false;
  for (uint32_t i = before_end; i < m->begin; i++) {
    bool to = (is_range_mark(f, i) && !str_is(atom_word(f, i), ",")) || atom_reading(f, i, SYM_TO);
    bool joins = to || is_range_mark(f, i) || atom_reading(f, i, SYM_AND);
    bool leads = atom_reading(f, i, SYM_DET) || atom_reading(f, i, SYM_PREP) || atom_reading(f, i, SYM_OF);
    if (!joins && (i == before_end || !leads)) return;
    range = range || to;
  }
  bool before =
      range && left->field[FIELD_MONTH] > m->frame.field[FIELD_MONTH]; // "November to February 2017"
  frame_set(left, FIELD_YEAR, m->frame.field[FIELD_YEAR] - before);
}

// Whether nothing but a comma, "and", "or" and an article stands between two dates.
static bool is_listed(const DateFinder *f, uint32_t from, uint32_t to)
{
  if (to <= from || to > from + 3) return false;
  for (uint32_t i = from; i < to; i++) {
    bool joins = str_is(atom_word(f, i), ",") || atom_reading(f, i, SYM_AND) || atom_reading(f, i, SYM_OR);
    if (!joins && (i == from || !atom_reading(f, i, SYM_DET))) return false;
  }
  return true;
}

// "the 3rd, 4th and 5th of May": a day that was found by itself ("the 3rd") is of the last one's month.
static bool take_month(DateFrame *left, const DateFrame *frame)
{
  static const DateField fields[] = {FIELD_YEAR, FIELD_YY, FIELD_MONTH, FIELD_UNIT, FIELD_REL};
  bool day = frame_has(left, FIELD_DAY) && frame_has(frame, FIELD_DAY) && frame_has(frame, FIELD_MONTH);
  if (!day || frame_has(left, FIELD_MONTH) || frame_has(left, FIELD_UNIT) || frame_has(left, FIELD_HOUR))
    return false;
  for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
    if (frame_has(frame, fields[i])) frame_set(left, fields[i], frame->field[fields[i]]);
  }
  return true;
}

// `first`: the first atom of this match or of the days before it.
static void share_list(DateFinder *f, DateMatch *m, uint32_t before_end, uint32_t first)
{
  DateVec *dates = &f->notes->dates;
  f->listed = dates->len && is_listed(f, before_end, first) ? f->listed + 1 : 0;
  for (size_t i = 1; i <= f->listed && i <= dates->len; i++) {
    DateFrame *left = (DateFrame *)(uintptr_t)dates->items[dates->len - i].frame;
    if (!take_relation(left, &m->frame, false) && !take_month(left, &m->frame)) break;
  }
  if (f->listed) frame_set(&m->frame, FIELD_LISTED, 1);
}

uint32_t dates_join(DateFinder *f, DateMatch *m, uint32_t floor)
{
  LeftDays days;
  find_left_days(f, m, floor, &days);
  share_list(f, m, floor, days.count ? days.begin[days.count - 1] : m->begin);
  f->listed += (uint32_t)days.count;
  add_left_days(f, m, &days);
  if (days.count) floor = days.end[0];
  share_year(f, m, floor);
  join_range(f, m, floor);
  return floor;
}
