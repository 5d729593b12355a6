// The walk over an article's dates: what each comes to, where it begins and ends, and on what it hangs. The
// last day that was named is kept as the anchor of anaphoric ones ("två dagar senare", "samma dag"); inside a
// quotation days count from when it was said.
#include "annotate/dates/dates_p.h"
#include "annotate/quotes/quotes.h"
#include "base/digest.h"

// --- what a draft comes to

static Str anchor_text(const Resolver *r, Anchor anchor)
{
  if (anchor == ANCHOR_WORDS) return (Str){"", 0};
  if (anchor == ANCHOR_QUARTER) {
    Str value = timex_value(&r->memory.quarter, r->arena);
    return arena_printf(r->arena, "the quarter before, " STR_FMT, STR_ARG(value));
  }
  if (anchor == ANCHOR_REFERENCE && r->memory.last.grain != GRAIN_NONE) {
    Str value = timex_value(&r->memory.last, r->arena);
    return arena_printf(r->arena, "the date before, " STR_FMT, STR_ARG(value));
  }
  if (r->now.grain == GRAIN_NONE) return STR("nothing: the article's date is not known");
  return r->dct_text;
}

// What a draft comes to: everything of its facts but the strings' place.
typedef struct Outcome {
  Str value;
  Timex t; // GRAIN_NONE: no anchor for those behind
  int32_t first, last;
  bool begins, ends;          // whether `first`, `last` are known
  int begin_clock, end_clock; // minutes of their day; -1: the whole day
  Anchor anchor;
} Outcome;

static void find_bounds(const Timex *t, Outcome *out)
{
  out->begins = out->ends = timex_bounds(t, &out->first, &out->last);
  bool clock = t->grain == GRAIN_MINUTE && t->hour != TIMEX_X;
  out->begin_clock = out->end_clock = clock ? t->hour * 60 + t->minute : -1;
}

// "early March", "the end of 2012": a third of it.
static void find_third(const Timex *t, int32_t mod, Outcome *out)
{
  int third = mod == MOD_START ? 0 : mod == MOD_MID ? 1 : mod == MOD_END ? 2 : -1;
  int32_t first, last;
  if (third >= 0 && timex_third(t, third, &first, &last)) out->first = first, out->last = last;
}

// What is said of a date's ends: none of them before or behind the article's own day, or one of them open.
static void open_ends(const Resolver *r, int32_t open, Outcome *out)
{
  int32_t today;
  if (!open) return;
  Timex now = date_today(r);
  bool inside = timex_day(&now, &today) && today >= out->first && today <= out->last;
  if (open == OPEN_SO_FAR && inside) out->last = today;
  if (open == OPEN_STILL && inside) out->first = today;
  if (open == OPEN_BEFORE) out->last = out->first - (out->begin_clock < 0);
  if (open == OPEN_AFTER) out->first = out->last + (out->end_clock < 0);
  if (open == OPEN_BEFORE || open == OPEN_UNTIL) out->begins = false;
  if (open == OPEN_AFTER || open == OPEN_SINCE || open == OPEN_SINCE_PAST) out->ends = false;
}

// Sets an end that lies `minutes` from the midnight of `day`.
static void set_end(int32_t day, int64_t minutes, int32_t *end, int *clock)
{
  int64_t days = minutes / 1440 - (minutes % 1440 < 0);
  *end = day + (int32_t)days, *clock = (int)(minutes - days * 1440);
}

// "the last two hours": whole ones up to now; "the next 30 minutes": whole ones from the next minute on.
static void find_clock_span(const Resolver *r, const DateFrame *f, Outcome *out)
{
  int32_t today, unit = f->field[FIELD_UNIT];
  int64_t step = unit == UNIT_HOUR ? 3600 : unit == UNIT_MINUTE ? 60 : 1;
  int64_t length = frame_get(f, FIELD_AMOUNT, 100) * step / 100;
  if (r->now.grain != GRAIN_MINUTE || !timex_day(&r->now, &today) || length <= 0 || length > 100000000)
    return;
  int64_t minute = r->now.hour * 60 + r->now.minute, whole = minute * 60 - minute * 60 % step;
  bool past = f->field[FIELD_DIR] < 0;
  int64_t begin = past ? whole - length : whole + step, until = past ? minute * 60 : begin + length;
  set_end(today, begin / 60 - (begin % 60 < 0), &out->first, &out->begin_clock);
  set_end(today, until / 60, &out->last, &out->end_clock);
  out->begins = out->ends = true;
}

// "the last two weeks": whole weeks up to the article's day; "the next two": whole ones from the next week
// on.
static void find_span_bounds(const Resolver *r, const DateFrame *f, Outcome *out)
{
  int32_t today, ignored, unit = frame_get(f, FIELD_UNIT, UNIT_DAY), dir = f->field[FIELD_DIR];
  int32_t count = frame_get(f, FIELD_AMOUNT, 100) / 100;
  Timex now = date_today(r);
  if (unit == UNIT_DECADE || unit == UNIT_TEN_YEARS) unit = UNIT_YEAR, count *= 10; // "the past decade"
  if (is_clock_unit(unit)) find_clock_span(r, f, out);
  if (!timex_day(&now, &today) || frame_get(f, FIELD_AMOUNT, 100) < 100 || is_clock_unit(unit) ||
      count > 10000)
    return;
  Timex here = timex_at(&now, date_unit_grain(unit));
  Timex from = timex_step(&here, dir < 0 ? -count : 1), to = timex_step(&here, dir < 0 ? 0 : count);
  out->begins = out->ends =
      timex_bounds(&from, &out->first, &ignored) && timex_bounds(&to, &ignored, &out->last);
  if (dir < 0) out->last = today;
}

// "1950-53": from the first year to the end of the last; "2018/19": a season, from summer to summer.
static void find_two_years(const Resolver *r, const DateFrame *f, Outcome *out)
{
  int year = f->field[FIELD_YEAR], last = year / 100 * 100 + f->field[FIELD_YY];
  if (last <= year) last += 100;
  bool season = frame_get(f, FIELD_BARE, 0) == 0 && last == year + 1;
  out->first = calendar_day(year, season ? 7 : 1, 1);
  out->last = calendar_day(last, season ? 6 : 12, season ? 30 : 31);
  out->value = arena_printf(r->arena, "%04d/%04d", year, last);
}

// "44 BC", "the third century BC": BC0044, BC02XX, which no calendar of ours reaches.
static void resolve_before_christ(const Resolver *r, const DateFrame *f, Outcome *out)
{
  int year = frame_get(f, FIELD_ANNO, frame_get(f, FIELD_YEAR, 0));
  int hundreds = frame_get(f, FIELD_HUNDREDS, frame_get(f, FIELD_CENTURY, 0) * 100 - 100) / 100;
  out->value =
      hundreds >= 0 ? arena_printf(r->arena, "BC%02dXX", hundreds) : arena_printf(r->arena, "BC%04d", year);
}

// "Sixty years later" that would be years ahead of the article, from a day before it: what it counts from was
// not named, and only its length is known.
static bool is_adrift(const Resolver *r, const DateFrame *f, const Outcome *out)
{
  int32_t today, last, ignored;
  if (!frame_has(f, FIELD_ANAPHOR) || frame_get(f, FIELD_AMOUNT, 0) <= 0 || frame_get(f, FIELD_DIR, 0) <= 0 ||
      frame_get(f, FIELD_TENSE, 0) >= 0)
    return false;
  const Timex now = date_today(r);
  return out->begins && timex_day(&now, &today) && out->first > today &&
         timex_bounds(&r->memory.last, &last, &ignored) && last <= today;
}

static void resolve_point(Resolver *r, const DateFrame *f, Outcome *out)
{
  if (frame_get(f, FIELD_ERA, 1) < 0) {
    resolve_before_christ(r, f, out);
    return;
  }
  out->t = date_resolve(r, f, &out->anchor);
  out->value = timex_value(&out->t, r->arena);
  find_bounds(&out->t, out);
  if (out->t.grain == GRAIN_YEAR && frame_has(f, FIELD_YEAR) && frame_has(f, FIELD_YY))
    find_two_years(r, f, out);
  if (is_adrift(r, f, out)) {
    out->value = date_duration(f, r->arena);
    out->t.grain = GRAIN_NONE, out->begins = out->ends = false;
    return;
  }
  if (out->begins) {
    int32_t open = frame_get(f, FIELD_OPEN, 0);
    if (open != OPEN_SO_FAR && open != OPEN_STILL) find_third(&out->t, frame_get(f, FIELD_MOD, 0), out);
    open_ends(r, open, out);
  } else {
    out->t.grain = GRAIN_NONE;
  }
  if (!out->value.len) out->value = frame_get(f, FIELD_DIR, -1) > 0 ? STR("FUTURE_REF") : STR("PAST_REF");
}

static Outcome resolve(Resolver *r, const DateDraft *draft)
{
  const DateFrame *f = draft->frame;
  Outcome out = {.begin_clock = -1, .end_clock = -1, .anchor = ANCHOR_WORDS};
  if (frame_has(f, FIELD_REF)) {
    out.value = date_ref_value(f);
    if (str_is(out.value, "PRESENT_REF")) find_bounds(&r->now, &out), out.anchor = ANCHOR_DCT;
  } else if (draft->type == DATE_SET) {
    out.value = date_set_value(f, r->arena);
  } else if (draft->type == DATE_DURATION) {
    out.value = date_duration(f, r->arena);
    bool calendar = !frame_has(f, FIELD_OPTION); // which days are worked, no calendar says
    if (frame_has(f, FIELD_DIR) && calendar) find_span_bounds(r, f, &out), out.anchor = ANCHOR_DCT;
  } else {
    resolve_point(r, f, &out);
  }
  return out;
}

static Str end_text(const Resolver *r, int32_t day, int clock)
{
  Timex t = timex_of_day(day);
  if (clock >= 0) t.grain = GRAIN_MINUTE, t.hour = clock / 60, t.minute = clock % 60;
  return timex_value(&t, r->arena);
}

// What dates behind this one count from.
static void remember(Resolver *r, const DateFrame *f, const Outcome *out)
{
  DateMemory *memory = &r->memory;
  int32_t day;
  date_story_of_now(r, f);
  if (out->t.grain == GRAIN_NONE || (r->often && out->t.day == TIMEX_X)) return;
  memory->last = out->t;
  if (timex_day(&out->t, &day))
    memory->day = out->t;
  else if (frame_has(f, FIELD_ANAPHOR))
    memory->day = (Timex){0}; // "two years later"
  if (out->t.grain == GRAIN_QUARTER && out->anchor != ANCHOR_QUARTER)
    memory->quarter = out->t, memory->blocks = 0;
  if (date_is_weekday_alone(f) && timex_day(&out->t, &day)) memory->weekday[f->field[FIELD_WEEKDAY]] = day;
  date_story_goes_on(r, f, &out->t, out->anchor == ANCHOR_DCT);
}

static DateFacts *facts_of(Resolver *r, const DateDraft *draft)
{
  const Str none = {"", 0};
  bool set = draft->type == DATE_SET;
  Outcome out = resolve(r, draft);
  bool one_end = out.begins && out.first == out.last && out.begin_clock == out.end_clock;
  Str begin = out.begins ? end_text(r, out.first, out.begin_clock) : none;
  DateFacts facts = {.value = out.value,
                     .begin = begin,
                     .until = !out.ends ? none
                              : one_end ? begin
                                        : end_text(r, out.last, out.end_clock),
                     .mod = date_mod_value(frame_get(draft->frame, FIELD_MOD, 0)),
                     .quant = set && !frame_has(draft->frame, FIELD_REF) ? STR("EVERY") : none,
                     .freq = set ? date_set_freq(draft->frame, r->arena) : none,
                     .anchor = anchor_text(r, out.anchor)};
  remember(r, draft->frame, &out);
  return arena_copy(r->arena, &facts, sizeof facts);
}

static void put_year(Str *text, int year)
{
  char *digits = (char *)(uintptr_t)text->ptr; // our own, from the arena
  for (int i = 3; i >= 0 && text->len >= 4; i--, year /= 10) digits[i] = (char)('0' + year % 10);
}

// "from May to September": the months are of one year, or the left one's is the one before.
static void align_left(const DateFrame *from, DateFacts *left, const DateFrame *to, const DateFacts *right)
{
  const uint64_t said = (uint64_t)1 << FIELD_YEAR | (uint64_t)1 << FIELD_YY | (uint64_t)1 << FIELD_REL;
  int month = frame_get(from, FIELD_MONTH, 0), other = frame_get(to, FIELD_MONTH, 0);
  Timex t = timex_parse(str_slice(right->value, 0, right->value.len < 7 ? right->value.len : 7));
  if (!month || !other || (from->has | to->has) & said || t.grain == GRAIN_NONE || !left->begin.len ||
      !left->until.len || (month == 2 && frame_get(from, FIELD_DAY, 0) == 29))
    return;
  int year = t.year - (month > other);
  if (year < 0 || frame_get(from, FIELD_RANGE, 0) & RANGE_RIGHT) return; // of a chain only the first
  put_year(&left->value, year), put_year(&left->begin, year), put_year(&left->until, year);
}

// "Sales rose between July and September", written in June: of the year before, as nothing to come is told in
// the past tense.
static void align_past(const Resolver *r, const DateFrame *from, const DateFrame *to, DateFacts *right)
{
  const uint64_t said = (uint64_t)1 << FIELD_YEAR | (uint64_t)1 << FIELD_YY | (uint64_t)1 << FIELD_REL;
  int32_t today, first, last;
  Timex now = date_today(r),
        t = timex_parse(str_slice(right->value, 0, right->value.len < 7 ? right->value.len : 7));
  bool months = frame_has(from, FIELD_MONTH) && frame_has(to, FIELD_MONTH) && !frame_has(to, FIELD_DAY);
  if (!months || (from->has | to->has) & said || frame_get(from, FIELD_TENSE, 0) >= 0 ||
      frame_get(to, FIELD_TENSE, 0) >= 0 || !right->begin.len || !right->until.len ||
      !timex_day(&now, &today) || !timex_bounds(&t, &first, &last) || first <= today || t.year < 2)
    return;
  put_year(&right->value, t.year - 1), put_year(&right->begin, t.year - 1),
      put_year(&right->until, t.year - 1);
}

// "from Monday to Friday": the Friday behind that Monday.
static void align_right(const Resolver *r, const DateFrame *from, const DateFacts *left, const DateFrame *to,
                        DateFacts *right)
{
  const uint64_t more = (uint64_t)1 << FIELD_MONTH | (uint64_t)1 << FIELD_DAY | (uint64_t)1 << FIELD_HOUR;
  int32_t day;
  Timex t = timex_parse(right->value);
  if (!frame_has(from, FIELD_WEEKDAY) || !frame_has(to, FIELD_WEEKDAY) || (from->has | to->has) & more ||
      !left->begin.len || str_cmp(left->begin, right->begin) <= 0 || !timex_day(&t, &day))
    return;
  if (day + 7 > calendar_day(9999, 12, 31)) return;
  right->value = right->begin = right->until = timex_iso_day(day + 7, r->arena);
}

// "from 11 p.m. to 3 a.m.": over midnight, so one of them is of another day than its words say.
static void align_midnight(const Resolver *r, const DateFrame *from, DateFacts *left, const DateFrame *to,
                           DateFacts *right)
{
  int32_t day;
  bool early = frame_get(from, FIELD_RANGE, 0) & RANGE_BORROWED;
  DateFacts *moved = early ? left : right;
  Timex t = timex_parse(moved->value);
  if (!frame_has(from, FIELD_HOUR) || !frame_has(to, FIELD_HOUR) || !left->begin.len ||
      str_cmp(left->begin, right->begin) <= 0 || t.grain != GRAIN_MINUTE || !timex_day(&t, &day))
    return;
  t = timex_add_minutes(&t, early ? -24 * 60 : 24 * 60);
  if (t.grain == GRAIN_NONE) return;
  Str value = timex_value(&t, r->arena);
  if (early ? str_cmp(value, right->begin) > 0 : str_cmp(left->begin, value) > 0) return; // days apart
  moved->value = moved->begin = moved->until = value;
}

// Two expressions, one interval: both ends of "15–16 August" have its bounds.
static void merge_range(DateFacts *left, DateFacts *right)
{
  if (!left->begin.len || !right->until.len || str_cmp(left->begin, right->until) > 0) return;
  left->until = right->until;
  right->begin = left->begin;
}

// --- said on another day

enum { CUE_REACH = DATES_CUE_REACH / 3 }; // bytes

// Nothing may be between a quotation's cue and the day but a few words of the same clause.
static bool stands_beside(const Notes *notes, const QuoteDraft *quote, const DateDraft *draft)
{
  bool behind = draft->start >= quote->cue_end;
  uint32_t from = behind ? quote->cue_end : draft->end, to = behind ? draft->start : quote->cue_start;
  if (from > to || to - from > CUE_REACH) return false;
  for (uint32_t i = from; i < to; i++) {
    if (strchr(".;:!?\n\"", notes->text.ptr[i]) || notes->text.ptr[i] == '\xE2' ||
        notes->text.ptr[i] == '\xC2')
      return false;
  }
  return true;
}

static bool holds(const QuoteDraft *quote, const DateDraft *draft)
{
  return quote->type != QUOTE_INDIRECT && draft->start >= quote->start && draft->end <= quote->end;
}

// A day that is named by itself: "on Monday", "yesterday", "on 3 March"; no part of a range.
static bool names_a_day(const DateDraft *draft)
{
  const DateFrame *f = draft->frame;
  bool counted = frame_has(f, FIELD_AMOUNT) || frame_has(f, FIELD_ANAPHOR) || frame_has(f, FIELD_RANGE);
  bool day = frame_has(f, FIELD_WEEKDAY) || frame_has(f, FIELD_DAYREF) ||
             (frame_has(f, FIELD_DAY) && frame_has(f, FIELD_MONTH));
  return draft->type <= DATE_TIME && day && !counted;
}

// The first draft that begins at `at` or behind it.
static size_t draft_from(const DateVec *drafts, uint32_t at)
{
  size_t low = 0, high = drafts->len;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (drafts->items[middle].start < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// The day on which it was said, where its sentence names it: "… tomorrow”, she said on Monday"; GRAIN_NONE:
// the article's own will do.
static Timex said_on(Resolver *r, const Notes *notes, const QuoteDraft *quote)
{
  const DateVec *drafts = &notes->dates;
  uint32_t reach = 2 * CUE_REACH, from = quote->cue_start > reach ? quote->cue_start - reach : 0;
  if (quote->cue_start == quote->cue_end) return (Timex){0};
  Timex now = date_today(r);
  for (size_t i = draft_from(drafts, from); i < drafts->len; i++) {
    const DateDraft *draft = &drafts->items[i];
    Anchor anchor;
    int32_t day, today;
    if (draft->start > quote->cue_end + CUE_REACH) break;
    if (holds(quote, draft) || !names_a_day(draft) || !stands_beside(notes, quote, draft)) continue;
    Timex t = date_resolve(r, draft->frame, &anchor);
    if (timex_day(&t, &day) && (!timex_day(&now, &today) || day <= today)) return timex_of_day(day);
  }
  return (Timex){0};
}

// As facts_of(), but with `when` for the article's date.
static DateFacts *facts_when(Resolver *r, const Timex *when, const char *what, const DateDraft *draft)
{
  const Timex now = r->now;
  const Str text = r->dct_text;
  Str value = timex_value(when, r->arena);
  r->now = *when;
  r->dct_text = arena_printf(r->arena, "%s, " STR_FMT, what, STR_ARG(value));
  DateFacts *facts = facts_of(r, draft);
  r->now = now, r->dct_text = text;
  return facts;
}

static DateFacts *facts_told(Resolver *r, const DateDraft *draft)
{
  Timex story = date_story_now(r, draft->frame);
  if (story.grain == GRAIN_NONE) return facts_of(r, draft);
  DateMemory memory = r->memory;
  DateFacts *facts = facts_when(r, &story, "the year told of", draft);
  r->memory.told = memory.told, r->memory.told_run = memory.told_run;
  return facts;
}

// --- the article

// Whether a clock at `draft` goes with the "daily" or "on Fridays" before it, in the same breath.
static bool comes_often(Str text, const DateDraft *before, const DateDraft *draft, bool chained)
{
  enum { BREATH = 60 }; // bytes
  if (draft->start < before->end || draft->start - before->end > BREATH) return false;
  for (uint32_t i = before->end; i + 1 < draft->start; i++) {
    if (strchr(".!?", text.ptr[i]) && strchr(" \n", text.ptr[i + 1])) return false; // another sentence
  }
  const DateFrame *f = before->frame;
  int32_t unit = frame_get(f, FIELD_UNIT, 0);
  bool often = before->type == DATE_SET && !frame_has(f, FIELD_FREQ) &&
               (frame_has(f, FIELD_WEEKDAY) || unit == UNIT_DAY || unit == UNIT_WEEK);
  bool clock = before->type == DATE_TIME && chained;
  return (often || clock) && draft->type == DATE_TIME;
}

static void resolve_passage(Resolver *r, const Passage *passage, SpanVec *out)
{
  const DateVec *drafts = &passage->notes->dates;
  const QuoteVec *quotes = &passage->notes->quotes;
  bool open_range = false;
  DateFacts *before = NULL;        // of the date in front
  size_t at = 0, asked = SIZE_MAX; // quotations: the one that may hold the draft at hand, the one of `said`
  Timex said = {0};
  for (size_t i = 0; i < drafts->len; i++) {
    const DateDraft *draft = &drafts->items[i];
    Span span = {.start = passage->start + draft->start,
                 .end = passage->start + draft->end,
                 .kind = SPAN_DATE,
                 .type = (uint8_t)draft->type,
                 .by = BY_RULE,
                 .confidence = draft->confidence};
    r->often = i > 0 && comes_often(passage->notes->text, &drafts->items[i - 1], draft, r->often);
    while (at < quotes->len && quotes->items[at].end <= draft->start) at++;
    bool quoted = at < quotes->len && drafts->len > 1 && holds(&quotes->items[at], draft);
    if (quoted && asked != at) said = said_on(r, passage->notes, &quotes->items[asked = at]);
    DateFacts *facts = quoted && said.grain != GRAIN_NONE ? facts_when(r, &said, "the day it was said", draft)
                                                          : facts_told(r, draft);
    span.date = facts;
    int range = frame_get(draft->frame, FIELD_RANGE, 0);
    if (range & RANGE_RIGHT && open_range) {
      const DateFrame *left = drafts->items[i - 1].frame;
      align_past(r, left, draft->frame, facts);
      align_left(left, before, draft->frame, facts);
      align_right(r, left, before, draft->frame, facts);
      align_midnight(r, left, before, draft->frame, facts);
      merge_range(before, facts);
    }
    before = facts;
    open_range = range & RANGE_LEFT;
    vec_push_in(r->arena, out, span);
  }
  r->often = false;
}

DateMemory dates_memory(const Dct *dct)
{
  return (DateMemory){.last = timex_parse(dct->value)};
}

uint64_t dates_memory_digest(const DateMemory *memory)
{
  uint64_t digest = digest_pair(timex_digest(&memory->last), timex_digest(&memory->quarter));
  digest = digest_pair(digest, timex_digest(&memory->day));
  digest = digest_pair(digest_add(digest, (uint64_t)memory->blocks), timex_digest(&memory->told));
  for (size_t i = 0; i < ARRAY_LEN(memory->weekday); i++)
    digest = digest_add(digest, (uint64_t)(uint32_t)memory->weekday[i]);
  return digest_add(digest, (uint64_t)(memory->told_run * 4 + memory->told_here * 2 + memory->news));
}

// A quarter is what is talked about for a few blocks.
static void pass_block(DateMemory *memory)
{
  enum { QUARTER_REACH = 4 };
  if (memory->quarter.grain != GRAIN_NONE && ++memory->blocks >= QUARTER_REACH)
    memory->quarter = (Timex){0}, memory->blocks = 0;
  date_story_paragraph(memory);
}

void dates_resolve(const Dates *self, const struct Passages *article, const Dct *dct, DateMemory *memory,
                   Arena *arena, SpanVec *out)
{
  (void)self;
  Resolver r = {.now = timex_parse(dct->value), .memory = *memory, .arena = arena};
  r.dct_text = arena_printf(arena, "the article's date, " STR_FMT, STR_ARG(dct->value));
  for (size_t p = 0; p < article->len; p++) {
    resolve_passage(&r, &article->items[p], out);
    pass_block(&r.memory);
  }
  *memory = r.memory;
}
