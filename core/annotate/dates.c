// Finding: the block's tokens become atoms with readings (dateatom), patterns are tried at every atom that
// can open one (datenet), the longest match wins and the search goes on behind it. What a match says is kept
// as a frame; its value waits for the article's date (dates_resolve.c). Two things need the words around a
// match and are done here, so that a draft depends on nothing but its block: the tense of the clause, for
// days and months without a direction, and the parts of ranges ("3.–5. März"), where the left one borrows
// what the right one says.
#include "annotate/dates_p.h"

// A language takes a millisecond to compile and most readers have two or three: each is compiled when a block
// of it comes up first. That the shipped tables can be read is for the tests to know.
Dates *dates_new(Error *err)
{
  (void)err;
  return xcalloc(1, sizeof(Dates));
}

static void tables_free(DateTables *tables)
{
  if (!tables) return;
  datelex_release(&tables->lex);
  datenet_release(&tables->net);
  free(tables);
}

void dates_free(Dates *self)
{
  if (!self) return;
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) tables_free(atomic_load(&self->langs[lang]));
  free(self);
}

// Two threads may compile the same language at once; the first one's tables are kept.
const DateTables *dates_tables(const Dates *self, Lang lang, Error *err)
{
  _Atomic(DateTables *) *place = (_Atomic(DateTables *) *)(uintptr_t)&self->langs[lang];
  DateTables *tables = atomic_load_explicit(place, memory_order_acquire), *none = NULL;
  if (tables) return tables;
  tables = xcalloc(1, sizeof *tables);
  if (!datelex_load(&tables->lex, lang, err) || !datepat_load(&tables->net, &tables->lex, lang, err)) {
    tables_free(tables);
    return NULL;
  }
  datelex_seal(&tables->lex, &tables->net.light);
  if (atomic_compare_exchange_strong(place, &none, tables)) return tables;
  tables_free(tables);
  return none;
}

typedef struct Finder {
  const DateLex *lex;
  const AtomVec *atoms;
  AtomReader *reader;
  Notes *notes;
  uint32_t sentence;             // the one looked at last
  uint32_t last_begin, last_end; // atoms of the last draft
  uint32_t listed;               // drafts in a row that only commas, "and", "or" part, up to the last
} Finder;

static Str atom_word(const Finder *f, uint32_t at)
{
  return at < f->atoms->len ? f->atoms->items[at].lower : (Str){NULL, 0};
}

static const Reading *atom_reading(const Finder *f, uint32_t at, uint16_t sym)
{
  if (at >= f->atoms->len) return NULL;
  const Atom *atom = &f->atoms->items[at];
  for (uint32_t i = 0; i < atom->readings->count; i++) {
    const Reading *r = atom->readings->items[i];
    if (r->sym == sym) return r;
  }
  return NULL;
}

// --- what a match is

static bool has_clock(const DateFrame *f)
{
  return frame_has(f, FIELD_HOUR) || frame_has(f, FIELD_PART) || frame_has(f, FIELD_MINUTE);
}

static DateType type_of(const DateMatch *m)
{
  const DateFrame *f = &m->frame;
  switch (m->pattern->family) {
  case FAMILY_SET:
    return DATE_SET;
  case FAMILY_DURATION:
    return DATE_DURATION;
  case FAMILY_DATE: {
    if (frame_get(f, FIELD_AMOUNT, 0) == AMOUNT_VAGUE) return DATE_DURATION; // "some weeks ago": PXW
    int32_t unit = frame_get(f, FIELD_UNIT, 0);
    bool fine = unit == UNIT_HOUR || unit == UNIT_MINUTE || unit == UNIT_SECOND || unit == UNIT_NIGHT;
    return has_clock(f) || fine ? DATE_TIME : DATE_DATE;
  }
  default:
    return DATE_DATE;
  }
}

// "The 20th of next month" is a day, of next year none; weekdays are counted in months. Hours are counted
// from clocks, days from days.
static bool part_fits(const DateFrame *f)
{
  bool clock = frame_has(f, FIELD_HOUR) || frame_has(f, FIELD_MINUTE);
  if (frame_has(f, FIELD_SHIFT) && clock != is_clock_unit(frame_get(f, FIELD_UNIT, UNIT_DAY))) return false;
  bool related = frame_has(f, FIELD_DAY) && frame_has(f, FIELD_MONTH) && frame_has(f, FIELD_REL);
  if (related && frame_has(f, FIELD_UNIT) && !frame_has(f, FIELD_SHIFT)) // "8 May last year", no week
    return f->field[FIELD_UNIT] == UNIT_YEAR && !frame_has(f, FIELD_YEAR);
  bool day = frame_has(f, FIELD_DAY) && !frame_has(f, FIELD_MONTH) && !frame_has(f, FIELD_HOLIDAY);
  bool counted = frame_has(f, FIELD_NTH) && frame_has(f, FIELD_WEEKDAY) && !frame_has(f, FIELD_MONTH);
  if (!frame_has(f, FIELD_UNIT) || frame_has(f, FIELD_SHIFT) || !(day || counted)) return true;
  return f->field[FIELD_UNIT] == UNIT_MONTH;
}

// "The last minute" and "the last day" of something are no dates; "the next day" is.
static bool last_day_fits(const DateMatch *m)
{
  const DateFrame *f = &m->frame;
  if (m->pattern->family != FAMILY_DATE || !frame_has(f, FIELD_UNIT) || !frame_has(f, FIELD_REL)) return true;
  if (frame_has(f, FIELD_AMOUNT) || frame_has(f, FIELD_ANAPHOR) || frame_has(f, FIELD_WEEKDAY)) return true;
  if (frame_get(f, FIELD_OPEN, 0) == OPEN_STILL) return true; // "the rest of the day"
  int32_t unit = f->field[FIELD_UNIT], rel = f->field[FIELD_REL];
  if (unit == UNIT_HOUR || unit == UNIT_MINUTE || unit == UNIT_SECOND) return false;
  return unit != UNIT_DAY || rel > 0;
}

static const Token *atom_token(const Finder *f, uint32_t at)
{
  return at < f->atoms->len ? &f->notes->tokens.items[f->atoms->items[at].token] : NULL;
}

// Whether the words before `at` lead on to a date: "in", "of", "early", "and".
static bool is_led_on(const Finder *f, uint32_t at)
{
  static const uint16_t leads[] = {SYM_PREP, SYM_OF,  SYM_YPREP, SYM_DET, SYM_TO,    SYM_AND,
                                   SYM_OPEN, SYM_ADV, SYM_EDGE,  SYM_REL, SYM_FROMW, SYM_BETWEEN};
  for (size_t i = 0; at > 0 && i < ARRAY_LEN(leads); i++) {
    if (symset_has(f->atoms->items[at - 1].readings->syms, leads[i])) return true;
  }
  return false;
}

// "April Jones said", "Domenica Bianchi", "17 Summer Lane": a capital before another one. That tells most
// where it opens the sentence (unless all nouns have capitals) or where nothing leads on to a date.
static bool is_first_name(const Finder *f, const DateMatch *m)
{
  const DateFrame *frame = &m->frame;
  const Token *here = atom_token(f, m->begin), *next = atom_token(f, m->end);
  if (m->end != m->begin + 1 || !next || next == here || here->flags & TOKEN_ALL_CAPS) return false;
  bool capitals = here->flags & TOKEN_CAPITAL && next->flags & TOKEN_CAPITAL && next->flags & TOKEN_HAS_LOWER;
  bool season = frame_has(frame, FIELD_SEASON), month = frame_has(frame, FIELD_MONTH);
  if (!capitals || !(month || season || frame_has(frame, FIELD_WEEKDAY))) return false;
  if (here->flags & TOKEN_FIRST) return f->notes->lang != LANG_DE;
  if (season) return f->notes->lang != LANG_DE;
  return month && !is_led_on(f, m->begin);
}

// "1900 runners": a number that counts what follows.
static bool counts_next(const Finder *f, uint32_t end)
{
  const Token *next = atom_token(f, end);
  if (!next || !(next->flags & TOKEN_WORD) || next->flags & TOKEN_CAPITAL) return false;
  const Atom *atom = &f->atoms->items[end];
  if (!atom->spaced || atom_reading(f, end, SYM_FN) || atom_reading(f, end, SYM_TENSE)) return false;
  for (size_t i = 0; i < f->lex->plurals.len; i++) {
    if (str_ends(atom->lower, f->lex->plurals.items[i])) return true;
  }
  return false;
}

// Whether the word shows a tense: -1 past, 1 to come, 0 none.
static int32_t atom_tense(const Finder *f, uint32_t at)
{
  const Reading *r = atom_reading(f, at, SYM_TENSE);
  if (r) return r->value;
  const Atom *atom = &f->atoms->items[at];
  for (size_t i = 0; i < f->lex->suffixes.len; i++) {
    if (atom->lower.len > f->lex->suffixes.items[i].len + 2 &&
        str_ends(atom->lower, f->lex->suffixes.items[i]))
      return f->lex->suffix_tense.items[i];
  }
  return 0;
}

// As counts_next(), of a number that might as well be a day: any word that the tables do not know.
static bool counts_something(const Finder *f, uint32_t end)
{
  const Token *next = atom_token(f, end);
  if (!next || !(next->flags & TOKEN_WORD) || next->flags & TOKEN_CAPITAL || !f->atoms->items[end].spaced)
    return false;
  return counts_next(f, end) || atom_reading(f, end, SYM_COUNTED) ||
         (!f->atoms->items[end].readings->count && !atom_tense(f, end));
}

// Whether a phrase ends at `at`: a mark or nothing follows, and no digits behind the mark.
static bool ends_phrase(const Finder *f, uint32_t at)
{
  const Token *next = atom_token(f, at);
  if (!next) return true;
  Str word = atom_word(f, at);
  if (str_is(word, ".") && !atom_token(f, at + 1)) return true;
  if (!str_is(word, ".") && !str_is(word, ",") && !str_is(word, "!") && !str_is(word, "?") &&
      !str_is(word, ";"))
    return false;
  const Token *behind = atom_token(f, at + 1);
  return !behind || (f->atoms->items[at + 1].spaced && !(behind->flags & TOKEN_NUMBER));
}

static bool sentence_begins(const SentenceVec *sentences, uint32_t token)
{
  size_t a = 0, b = sentences->len;
  while (a < b) {
    size_t mid = (a + b) / 2;
    if (sentences->items[mid].first < token)
      a = mid + 1;
    else
      b = mid;
  }
  return a < sentences->len && sentences->items[a].first == token;
}

// Whether a sentence ends behind what looks like a month: "before jul. I fjor …" is no July of last year.
static bool runs_on(const Finder *f, const DateMatch *m)
{
  for (uint32_t i = m->begin + 2; i < m->end; i++) {
    if (!str_is(atom_word(f, i - 1), ".") || !atom_reading(f, i - 2, SYM_MONTHAB)) continue;
    uint32_t token = f->atoms->items[i].token;
    bool capital = f->notes->tokens.items[token].flags & TOKEN_CAPITAL;
    if (capital && sentence_begins(&f->notes->sentences, token)) return true;
  }
  return false;
}

// "3.45" or "2015" by themselves are dates only where nothing speaks against it.
static bool bare_fits(const void *context, const DateMatch *m)
{
  const Finder *f = context;
  const DateFrame *frame = &m->frame;
  int32_t bare = frame_get(frame, FIELD_BARE, 0);
  if (m->pattern->family == FAMILY_NONE) return true;
  if (!last_day_fits(m) || !part_fits(frame) || !date_units_fit(frame) || is_first_name(f, m) ||
      runs_on(f, m))
    return false;
  if (!bare) return true;
  if (bare == 7) { // "22/4" is a date, "3/4" a part, "24/7" always
    int32_t day = frame->field[FIELD_DAY], month = frame->field[FIELD_MONTH];
    bool glued_after =
        m->end < f->atoms->len && !f->atoms->items[m->end].spaced && str_is(atom_word(f, m->end), "%");
    return (day > 12 && !(day == 24 && month == 7) && !glued_after);
  }
  if (bare == 6) return frame_get(frame, FIELD_UNIT, 0) == UNIT_YEAR; // "im Jahr": a year each
  if (bare == 5) { // "the last day", "the last minute" of a match
    int32_t unit = frame_get(frame, FIELD_UNIT, 0);
    return unit != UNIT_DAY && unit != UNIT_HOUR && unit != UNIT_MINUTE && unit != UNIT_SECOND;
  }
  if (bare == 4) { // "per hour" is a speed or a wage
    int32_t each = frame_get(frame, FIELD_UNIT, 0);
    return each != UNIT_HOUR && each != UNIT_MINUTE && each != UNIT_SECOND;
  }
  if (bare == 13) return frame->field[FIELD_YY] > 31 && ends_phrase(f, m->end); // "3 Feb 82."
  if (bare == 11) return ends_phrase(f, m->end);                                // "den 27."
  if (bare == 10) // "from 9 to 11": a bare number behind a clock
    return f->notes->dates.len && f->last_end == m->begin - 1 && !counts_next(f, m->end) &&
           frame_has(f->notes->dates.items[f->notes->dates.len - 1].frame, FIELD_HOUR);
  if (bare == 9) return frame->field[FIELD_YY] > frame->field[FIELD_YEAR] % 100; // "1950-53"
  if (bare == 8) // "Sep to Nov": an abbreviation behind a date
    return f->notes->dates.len && f->last_end == m->begin - 1 &&
           frame_has(f->notes->dates.items[f->notes->dates.len - 1].frame, FIELD_MONTH);
  if (bare == 3) { // "i vår" is not "i vår stad"
    bool word =
        m->end < f->atoms->len && f->notes->tokens.items[f->atoms->items[m->end].token].flags & TOKEN_WORD;
    return !word || atom_reading(f, m->end, SYM_FN) || atom_tense(f, m->end);
  }
  Str before = m->begin ? atom_word(f, m->begin - 1) : (Str){NULL, 0}, after = atom_word(f, m->end);
  bool glued = m->end < f->atoms->len && !f->atoms->items[m->end].spaced;
  bool money = str_is(before, "$") || str_is(before, "€") || str_is(before, "£") || str_is(before, "#");
  bool unit = str_is(after, "%") || str_is(after, "€") || str_is(after, "$") || str_is(after, "°") ||
              str_is(after, "£");
  if (money || unit ||
      (glued && (str_is(after, "/") || str_is(after, ":") || str_is(after, "-")) && bare == 1)) {
    bool range = str_is(after, "-") && frame_has(frame, FIELD_YEAR);
    if (!range) return false;
  }
  if (frame_has(frame, FIELD_DAY)) return bare != 1;
  if (!frame_has(frame, FIELD_YEAR)) return true;
  int32_t year = frame->field[FIELD_YEAR];
  if (bare == 2) return year >= 1100 && year < 2200;
  return year >= 1800 && year < 2060 && !counts_next(f, m->end);
}

static float confidence_of(const DateMatch *m)
{
  const DateFrame *f = &m->frame;
  if (frame_get(f, FIELD_BARE, 0) && frame_get(f, FIELD_BARE, 0) < 3)
    return frame_get(f, FIELD_BARE, 0) == 2 ? 0.95f : 0.85f;
  if (m->pattern->family == FAMILY_REF) return 0.8f;
  if (frame_has(f, FIELD_DAY) && frame_has(f, FIELD_YEAR)) return 0.99f;
  return frame_has(f, FIELD_ANAPHOR) ? 0.8f : 0.95f;
}

// --- tense

enum { TENSE_REACH = 24 };

// "Sold" may stand behind "will be": a past form at `at` shows the tense of what leads it on.
static int32_t leading_tense(const Finder *f, uint32_t at, uint32_t first)
{
  for (uint32_t back = 1; back <= 3 && at >= first + back; back++) {
    if (atom_token(f, at - back)->flags & TOKEN_PUNCT) break;
    if (atom_tense(f, at - back) > 0) return 1;
  }
  return -1;
}

// The tense of the nearest verb that shows one, in the same sentence: -1 past, 1 to come, 0 unknown.
static int32_t tense_near(const Finder *f, uint32_t begin, uint32_t end, uint32_t first, uint32_t last)
{
  for (uint32_t step = 1; step <= TENSE_REACH; step++) {
    int32_t left = begin >= first + step ? atom_tense(f, begin - step) : 0;
    if (left) return left < 0 ? leading_tense(f, begin - step, first) : left;
    int32_t right = end + step - 1 < last ? atom_tense(f, end + step - 1) : 0;
    if (right) return right;
  }
  return 0;
}

// The same of the clause alone, where the words already say "coming" and only its own verb may gainsay:
// "he went on Saturday", but "he said that he goes on Saturday". Behind a date that opens it the verb
// follows.
static int32_t clause_tense(const Finder *f, uint32_t begin, uint32_t end, uint32_t first, uint32_t last)
{
  for (uint32_t at = begin; at-- > first;) {
    if (atom_token(f, at)->flags & TOKEN_PUNCT || atom_reading(f, at, SYM_SUB)) return 0;
    int32_t tense = atom_tense(f, at);
    if (tense) return tense;
  }
  return end < last && begin <= first + 1 ? atom_tense(f, end) : 0;
}

// The atoms of the sentence that holds atom `at`.
static void sentence_of(Finder *f, uint32_t at, uint32_t *first, uint32_t *last)
{
  const SentenceVec *sentences = &f->notes->sentences;
  uint32_t token = f->atoms->items[at].token;
  *first = 0, *last = (uint32_t)f->atoms->len;
  while (f->sentence < sentences->len && sentences->items[f->sentence].last <= token) f->sentence++;
  if (f->sentence == sentences->len) return;
  const Sentence *s = &sentences->items[f->sentence];
  uint32_t from = at, to = at;
  while (from > 0 && at - from < TENSE_REACH && f->atoms->items[from - 1].token >= s->first) from--;
  while (to < *last && to - at < 2 * TENSE_REACH && f->atoms->items[to].token < s->last) to++;
  *first = from, *last = to;
}

static void mark_tense(Finder *f, DateFrame *frame, uint32_t begin, uint32_t end)
{
  uint32_t first, last;
  bool weekend =
      frame_get(frame, FIELD_UNIT, 0) == UNIT_WEEKEND && frame_get(frame, FIELD_REL, 1) == 0; // "this"
  if (frame_has(frame, FIELD_DIR) || (frame_has(frame, FIELD_REL) && !weekend) ||
      frame_has(frame, FIELD_YEAR) || frame_get(frame, FIELD_TENSE, 0) == TENSE_SURE)
    return;
  bool open = frame_has(frame, FIELD_MONTH) || frame_has(frame, FIELD_WEEKDAY) ||
              frame_has(frame, FIELD_SEASON) || frame_has(frame, FIELD_HOLIDAY) ||
              frame_has(frame, FIELD_DAY);
  open = open || frame_get(frame, FIELD_UNIT, 0) == UNIT_WEEKEND;
  if (!open) return;
  sentence_of(f, begin, &first, &last);
  bool coming = frame_get(frame, FIELD_TENSE, 0) == TENSE_COMING;
  int32_t tense = coming ? clause_tense(f, begin, end, first, last) : tense_near(f, begin, end, first, last);
  if (tense) frame_set(frame, FIELD_TENSE, tense);
}

// --- drafts

static void add_draft(Finder *f, uint32_t begin, uint32_t end, DateType type, float confidence,
                      const DateFrame *frame)
{
  const Atom *atoms = f->atoms->items;
  DateFrame *kept = arena_alloc(&f->notes->arena, sizeof *kept);
  *kept = *frame;
  f->last_begin = begin, f->last_end = end;
  DateDraft draft = {atoms[begin].start, atoms[end - 1].end, type, confidence, kept};
  vec_push_in(&f->notes->arena, &f->notes->dates, draft);
}

static bool is_range_mark(const Finder *f, uint32_t at)
{
  Str word = atom_word(f, at);
  return str_is(word, "–") || str_is(word, "-") || str_is(word, "—") || str_is(word, "/") ||
         str_is(word, ",");
}

// How many atoms right in front of `at` join two days: "–", "and the", "bis zum"; 0: none.
static uint32_t joiner_before(const Finder *f, uint32_t at, uint32_t floor)
{
  const Reading *two = at >= floor + 2 ? atom_reading(f, at - 2, SYM_TO) : NULL;
  for (uint32_t i = 0; two && i < f->atoms->items[at - 2].readings->count; i++) {
    const Reading *r = f->atoms->items[at - 2].readings->items[i];
    if (r->sym == SYM_TO && r->len == 2) return 2;
  }
  return is_range_mark(f, at - 1) || atom_reading(f, at - 1, SYM_TO) || atom_reading(f, at - 1, SYM_AND) ||
         atom_reading(f, at - 1, SYM_OR) || atom_reading(f, at - 1, SYM_DET);
}

static const Reading *day_reading(const Finder *f, uint32_t at)
{
  const Reading *number = atom_reading(f, at, SYM_INT);
  return number ? number : atom_reading(f, at, SYM_ORD);
}

// "16 August", "the 22nd of this month"; but of "5 to 6 on 22 April" the right one is a clock.
static bool names_a_day(const Finder *f, const DateMatch *m)
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

static void find_left_days(const Finder *f, const DateMatch *m, uint32_t floor, LeftDays *out)
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

static void add_left_days(Finder *f, const DateMatch *m, const LeftDays *days)
{
  for (size_t i = days->count; i-- > 0;) {
    DateFrame frame = m->frame;
    frame_set(&frame, FIELD_DAY, days->day[i]);
    frame.has &= ~((uint64_t)1 << FIELD_WEEKDAY | (uint64_t)1 << FIELD_PART | (uint64_t)1 << FIELD_HOUR);
    mark_tense(f, &frame, days->begin[i], days->end[i]);
    add_draft(f, days->begin[i], days->end[i], DATE_DATE, 0.95f, &frame);
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
static void join_range(Finder *f, DateMatch *m, uint32_t before_end)
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

// The week behind "weeks 17–19", "uke 17 og 18". Returns where the search goes on.
static uint32_t add_right_week(Finder *f, const DateMatch *m)
{
  uint32_t at = m->end;
  const Reading *last = atom_reading(f, m->end - 1, SYM_INT), *number = atom_reading(f, at + 1, SYM_INT);
  bool range = (is_range_mark(f, at) && !str_is(atom_word(f, at), ",")) || atom_reading(f, at, SYM_TO);
  bool joins = range || atom_reading(f, at, SYM_AND) || atom_reading(f, at, SYM_OR);
  if (!joins || !last || !number || number->digits > 2 || number->value <= last->value ||
      last->value != m->frame.field[FIELD_WEEK] || !date_field_fits(FIELD_WEEK, number->value, 2) ||
      counts_something(f, at + 2))
    return m->end;
  DateFrame frame = m->frame;
  frame_set(&frame, FIELD_WEEK, number->value);
  if (range) {
    mark_range((DateFrame *)(uintptr_t)f->notes->dates.items[f->notes->dates.len - 1].frame, RANGE_LEFT);
    mark_range(&frame, RANGE_RIGHT);
  }
  add_draft(f, at + 1, at + 2, DATE_DATE, 0.95f, &frame);
  return at + 2;
}

// The day behind "March 3-5", "April 24 and 25". Returns where the search goes on.
static uint32_t add_right_days(Finder *f, const DateMatch *m)
{
  uint32_t at = m->end;
  if (frame_has(&m->frame, FIELD_WEEK)) return add_right_week(f, m);
  bool month_first = f->lex->month_first && frame_has(&m->frame, FIELD_DAY) &&
                     frame_has(&m->frame, FIELD_MONTH) &&
                     (day_reading(f, m->end - 1) || atom_reading(f, m->end - 1, SYM_ORDSUF));
  if (!month_first || frame_has(&m->frame, FIELD_YEAR) || has_clock(&m->frame)) return m->end;
  if (!(is_range_mark(f, at) && !str_is(atom_word(f, at), ",")) && !atom_reading(f, at, SYM_TO) &&
      !atom_reading(f, at, SYM_AND))
    return m->end;
  const Reading *number = day_reading(f, at + 1);
  if (!number || number->digits > 2 || !date_field_fits(FIELD_DAY, number->value, number->digits))
    return m->end;
  DateFrame frame = m->frame;
  frame_set(&frame, FIELD_DAY, number->value);
  frame.has &= ~((uint64_t)1 << FIELD_WEEKDAY);
  uint32_t end = at + 1 + number->len;
  if (atom_reading(f, end, SYM_ORDSUF) && !f->atoms->items[end].spaced) end++;
  const Reading *year = str_is(atom_word(f, end), ",") ? atom_reading(f, end + 1, SYM_INT) : NULL;
  if (year && date_field_fits(FIELD_YEAR, year->value, year->digits)) {
    frame_set(&frame, FIELD_YEAR, year->value);
    end += 2;
    DateFrame *left = (DateFrame *)(uintptr_t)f->notes->dates.items[f->notes->dates.len - 1].frame;
    frame_set(left, FIELD_YEAR, year->value);
  }
  if (atom_reading(f, at, SYM_AND) && counts_something(f, end)) return m->end; // "Nov. 3 and 20 people"
  mark_tense(f, &frame, at + 1, end);
  if (!atom_reading(f, at, SYM_AND)) {
    mark_range((DateFrame *)(uintptr_t)f->notes->dates.items[f->notes->dates.len - 1].frame, RANGE_LEFT);
    mark_range(&frame, RANGE_RIGHT);
  }
  add_draft(f, at + 1, end, DATE_DATE, 0.95f, &frame);
  return end;
}

// "januari–mars 2019", "5 June to 8 June 2012": the left one takes the year of the right one.
static void share_year(Finder *f, const DateMatch *m, uint32_t before_end)
{
  DateVec *dates = &f->notes->dates;
  if (!dates->len || !frame_has(&m->frame, FIELD_YEAR) || !frame_has(&m->frame, FIELD_MONTH)) return;
  DateFrame *left = (DateFrame *)(uintptr_t)dates->items[dates->len - 1].frame; // our own, from add_draft()
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
static bool is_listed(const Finder *f, uint32_t from, uint32_t to)
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
static void share_list(Finder *f, const DateMatch *m, uint32_t before_end, uint32_t first)
{
  DateVec *dates = &f->notes->dates;
  f->listed = dates->len && is_listed(f, before_end, first) ? f->listed + 1 : 0;
  for (size_t i = 1; i <= f->listed && i <= dates->len; i++) {
    DateFrame *left = (DateFrame *)(uintptr_t)dates->items[dates->len - i].frame;
    if (!take_relation(left, &m->frame, false) && !take_month(left, &m->frame)) break;
  }
}

// The words `back` atoms in front of `at` that leave an end open and reach up to it, or to its article.
static const Reading *open_before(const Finder *f, uint32_t at, uint32_t back)
{
  const Readings *all = f->atoms->items[at - back].readings;
  for (uint32_t i = 0; i < all->count; i++) {
    const Reading *r = all->items[i];
    if (r->sym != SYM_OPEN || r->len > back) continue;
    if (r->len == back || (r->len + 1u == back && atom_reading(f, at - 1, SYM_DET))) return r;
  }
  return NULL;
}

// "since 2015", "bis zum 3. März", "before Friday": the words in front leave one end open.
static void mark_open(const Finder *f, DateMatch *m)
{
  if (m->pattern->family != FAMILY_DATE || frame_has(&m->frame, FIELD_OPEN) ||
      frame_has(&m->frame, FIELD_AMOUNT) || frame_has(&m->frame, FIELD_SHIFT))
    return;
  for (uint32_t back = 1; back <= 4 && back <= m->begin; back++) {
    const Reading *open = open_before(f, m->begin, back);
    if (!open) continue;
    frame_set(&m->frame, FIELD_OPEN, open->value);
    return;
  }
}

// Atoms that may be of one expression, up to `end`; `heavy`: behind the last that can carry one.
typedef struct Run {
  uint32_t end, heavy;
} Run;

static Run run_from(const Finder *f, uint32_t at)
{
  Run run = {at, at};
  const Atom *atoms = f->atoms->items;
  for (; run.end < f->atoms->len && atoms[run.end].marks & WORD_KNOWN; run.end++) {
    if (atoms[run.end].marks & WORD_HEAVY) run.heavy = run.end + 1;
  }
  return run;
}

// Read the run that begins at `at`, and as far around it as mark_tense() looks.
static void read_run(Finder *f, uint32_t at, uint32_t end)
{
  uint32_t first = at > TENSE_REACH ? at - TENSE_REACH : 0;
  if (f->reader->at < first) f->reader->at = first;
  dateatom_read(f->reader, end + 2 * TENSE_REACH);
}

// Returns where the search goes on.
static uint32_t add_match(Finder *f, DateMatch *m, uint32_t *floor)
{
  if (m->pattern->family == FAMILY_NONE) return m->end;
  if (m->end > m->begin + 1 && m->begin > *floor && atom_reading(f, m->begin, SYM_TO) &&
      day_reading(f, m->begin - 1))
    m->begin++; // "13 a 15 de julho": no article
  mark_tense(f, &m->frame, m->begin, m->end);
  LeftDays days;
  find_left_days(f, m, *floor, &days);
  share_list(f, m, *floor, days.count ? days.begin[days.count - 1] : m->begin);
  f->listed += (uint32_t)days.count;
  add_left_days(f, m, &days);
  if (days.count) *floor = days.end[0];
  share_year(f, m, *floor);
  join_range(f, m, *floor);
  if (!frame_has(&m->frame, FIELD_RANGE)) mark_open(f, m);
  add_draft(f, m->begin, m->end, type_of(m), confidence_of(m), &m->frame);
  return *floor = add_right_days(f, m);
}

static void find_all(Finder *f, const DateNet *net)
{
  uint32_t floor = 0;
  Run run = {0, 0};
  for (uint32_t at = 0; at < f->atoms->len;) {
    DateMatch m;
    if (at >= run.end) {
      run = run_from(f, at);
      if (run.heavy > at) read_run(f, at, run.end);
    }
    if (at >= run.heavy)
      at = run.end > at ? run.end : at + 1;
    else if (datenet_match(net, f->atoms, at, bare_fits, f, &m))
      at = add_match(f, &m, &floor);
    else
      at++;
  }
}

void dates_find(const Dates *self, struct Notes *notes)
{
  if (notes->lang == LANG_UNKNOWN || notes->lang >= LANG_COUNT) return;
  const DateTables *tables = dates_tables(self, notes->lang, NULL);
  if (!tables || !dateatom_any(&tables->lex, &notes->tokens)) return;
  Arena *scratch = &notes->arena;
  AtomVec atoms = {0};
  AtomReader reader = {.lex = &tables->lex,
                       .text = notes->text,
                       .tokens = &notes->tokens,
                       .scratch = scratch,
                       .atoms = &atoms};
  Finder finder = {.lex = &tables->lex, .atoms = &atoms, .reader = &reader, .notes = notes};
  dateatom_cut(&tables->lex, &notes->tokens, scratch, &atoms);
  find_all(&finder, &tables->net);
}
