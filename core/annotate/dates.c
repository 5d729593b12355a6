// Finding: the block's tokens become atoms with readings (dateatom), patterns are tried at every atom that
// can open one (datenet), the longest match wins and the search goes on behind it. What a match says is kept
// as a frame; its value waits for the article's date (dates_resolve.c). What needs the words around a match
// is done here too, so that a draft depends on nothing but its block: the tense of the clause, for days and
// months without a direction; and ranges and lists (dates_ranges.c).
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

// --- what a match is

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
    return frame_has_clock(f) || fine ? DATE_TIME : DATE_DATE;
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
  if (frame_has(f, FIELD_HALF) && frame_get(f, FIELD_UNIT, UNIT_YEAR) != UNIT_YEAR) return false;
  if (frame_has(f, FIELD_SEASON) && frame_has(f, FIELD_QUANT)) // "the winter of 2010–2011"
    return f->field[FIELD_QUANT] == frame_get(f, FIELD_YEAR, 0) + 1;
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

// Whether the words before `at` lead on to a date: "in", "of", "early", "and".
static bool is_led_on(const DateFinder *f, uint32_t at)
{
  static const uint16_t leads[] = {SYM_PREP, SYM_OF,  SYM_YPREP, SYM_DET, SYM_TO,    SYM_AND,
                                   SYM_OPEN, SYM_ADV, SYM_EDGE,  SYM_REL, SYM_FROMW, SYM_BETWEEN};
  for (size_t i = 0; at > 0 && i < ARRAY_LEN(leads); i++) {
    if (symset_has(atom_readings(f->reader, at - 1)->syms, leads[i])) return true;
  }
  return false;
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

static bool is_nordic(Lang lang)
{
  return lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA;
}

static bool has_small_weekdays(Lang lang)
{
  return lang == LANG_IT || lang == LANG_FR || lang == LANG_ES || lang == LANG_PT;
}

// "April Jones said", "Domenica Bianchi", "17 Summer Lane": a capital before another one. That tells most
// where it opens the sentence (unless all nouns have capitals) or where nothing leads on to a date.
static bool is_first_name(const DateFinder *f, const DateMatch *m)
{
  const DateFrame *frame = &m->frame;
  const Token *here = atom_token(f, m->begin), *next = atom_token(f, m->end);
  if (m->end != m->begin + 1 || !next || next == here || here->flags & TOKEN_ALL_CAPS) return false;
  bool capitals = here->flags & TOKEN_CAPITAL && next->flags & TOKEN_CAPITAL && next->flags & TOKEN_HAS_LOWER;
  bool season = frame_has(frame, FIELD_SEASON), month = frame_has(frame, FIELD_MONTH);
  if (!capitals || !(month || season || frame_has(frame, FIELD_WEEKDAY))) return false;
  bool named = month || season || atom_reading(f, m->begin, SYM_FIRSTNAME); // not "Mercoledì Rossi ha detto"
  if (here->flags & TOKEN_FIRST) return named && f->notes->lang != LANG_DE;
  if (season) return f->notes->lang != LANG_DE;
  if (has_small_weekdays(f->notes->lang) && atom_reading(f, m->begin, SYM_FIRSTNAME)) return true;
  bool small = f->notes->lang != LANG_EN && f->notes->lang != LANG_DE; // months have small letters
  return month && (small || !is_led_on(f, m->begin));
}

// "Mario Maggio", "Robinson e Vendredi Dupont": where months and weekdays have small letters, a capital
// behind another one.
static bool is_last_name(const DateFinder *f, const DateMatch *m)
{
  if (m->end != m->begin + 1 || !m->begin || is_led_on(f, m->begin)) return false;
  if (!has_small_weekdays(f->notes->lang)) return false;
  const Token *here = atom_token(f, m->begin), *before = atom_token(f, m->begin - 1);
  if (!frame_has(&m->frame, FIELD_MONTH) && !frame_has(&m->frame, FIELD_WEEKDAY)) return false;
  return here->flags & TOKEN_CAPITAL && !(here->flags & (TOKEN_FIRST | TOKEN_ALL_CAPS)) &&
         before->flags & TOKEN_CAPITAL && before->flags & TOKEN_HAS_LOWER;
}

// "Dagens Nyheter", "i Dagens Næringsliv".
static bool is_newspaper(const DateFinder *f, const DateMatch *m)
{
  if (!is_nordic(f->notes->lang) || !(frame_has(&m->frame, FIELD_DAYREF) || frame_has(&m->frame, FIELD_REF)))
    return false;
  const Token *last = atom_token(f, m->end - 1), *next = atom_token(f, m->end);
  return last->flags & TOKEN_CAPITAL && next && next->flags & TOKEN_CAPITAL &&
         next->flags & TOKEN_HAS_LOWER &&
         !sentence_begins(&f->notes->sentences, f->atoms->items[m->end].token);
}

// "1900 runners": a number that counts what follows.
static bool counts_next(const DateFinder *f, uint32_t end)
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

// Whether the word shows a tense: -1 past, 1 to come, 0 none. "Will" inside a sentence is a man.
static int32_t atom_tense(const DateFinder *f, uint32_t at)
{
  uint32_t flags = atom_token(f, at)->flags;
  if (flags & TOKEN_CAPITAL && !(flags & (TOKEN_FIRST | TOKEN_ALL_CAPS))) return 0;
  const Atom *atom = &f->atoms->items[at];
  const Readings *all = atom_readings(f->reader, at);
  const Reading *best = NULL; // the longest: "have to", not "have"
  for (uint32_t i = 0; symset_has(all->syms, SYM_TENSE) && i < all->count; i++) {
    const Reading *r = all->items[i];
    if (r->sym == SYM_TENSE && (!best || r->len > best->len)) best = r;
  }
  if (best) return best->value;
  for (size_t i = 0; i < f->lex->suffixes.len; i++) {
    if (atom->lower.len > f->lex->suffixes.items[i].len + 2 &&
        str_ends(atom->lower, f->lex->suffixes.items[i]))
      return f->lex->suffix_tense.items[i];
  }
  return 0;
}

// As counts_next(), of a number that might as well be a day: any word that the tables do not know.
bool dates_counts(const DateFinder *f, uint32_t end)
{
  const Token *next = atom_token(f, end);
  if (!next || !(next->flags & TOKEN_WORD) || next->flags & TOKEN_CAPITAL || !f->atoms->items[end].spaced)
    return false;
  return counts_next(f, end) || atom_reading(f, end, SYM_COUNTED) ||
         (!atom_readings(f->reader, end)->count && !atom_tense(f, end));
}

// Whether a phrase ends at `at`: a mark or nothing follows, and no digits behind the mark.
static bool ends_phrase(const DateFinder *f, uint32_t at)
{
  const Token *next = atom_token(f, at);
  if (!next) return true;
  Str word = atom_word(f, at);
  if (str_is(word, ".") && !atom_token(f, at + 1)) return true;
  if (!str_is(word, ".") && !str_is(word, ",") && !str_is(word, "!") && !str_is(word, "?") &&
      !str_is(word, ";"))
    return false;
  const Token *behind = atom_token(f, at + 1);
  bool stop = str_is(word, ".") || str_is(word, "!") || str_is(word, "?"); // not "den 25. paragraf"
  if (behind && stop && !sentence_begins(&f->notes->sentences, f->atoms->items[at + 1].token)) return false;
  return !behind || (f->atoms->items[at + 1].spaced && !(behind->flags & TOKEN_NUMBER));
}

// Whether a sentence ends behind what looks like a month: "before jul. I fjor …" is no July of last year.
static bool runs_on(const DateFinder *f, const DateMatch *m)
{
  for (uint32_t i = m->begin + 2; i < m->end; i++) {
    if (!str_is(atom_word(f, i - 1), ".") || !atom_reading(f, i - 2, SYM_MONTHAB)) continue;
    uint32_t token = f->atoms->items[i].token;
    bool capital = f->notes->tokens.items[token].flags & TOKEN_CAPITAL;
    if (capital && sentence_begins(&f->notes->sentences, token)) return true;
  }
  return false;
}

// "I mai 12 personer": where days stand before months, a number behind one counts the next word.
static bool day_counts_next(const DateFinder *f, const DateMatch *m)
{
  const DateFrame *frame = &m->frame;
  const Reading *last = m->end > m->begin + 1 ? atom_reading(f, m->end - 1, SYM_INT) : NULL;
  bool day = last && frame_has(frame, FIELD_MONTH) && frame_get(frame, FIELD_DAY, 0) == last->value;
  return day && !f->lex->month_first && dates_counts(f, m->end);
}

// "3.45" or "2015" by themselves are dates only where nothing speaks against it.
static bool bare_fits(const void *context, const DateMatch *m)
{
  const DateFinder *f = context;
  const DateFrame *frame = &m->frame;
  int32_t bare = frame_get(frame, FIELD_BARE, 0);
  if (m->pattern->family == FAMILY_NONE) return true;
  if (!last_day_fits(m) || !part_fits(frame) || !date_units_fit(frame) || is_first_name(f, m) ||
      is_last_name(f, m) || is_newspaper(f, m) || runs_on(f, m) || day_counts_next(f, m))
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
  if (bare == 15) { // "am 15. Loch": the ordinal of a noun
    const Token *next = atom_token(f, m->end);
    return !next || !(next->flags & TOKEN_CAPITAL) ||
           sentence_begins(&f->notes->sentences, f->atoms->items[m->end].token);
  }
  if (bare == 14) return m->begin == 0 && m->end == f->atoms->len;              // "+15 min", and nothing else
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
  bool heading = str_is(after, ":") && (m->end + 1 == f->atoms->len || f->atoms->items[m->end + 1].spaced);
  bool tied = str_is(after, "/") || str_is(after, "-") || (str_is(after, ":") && !heading);
  if (money || unit || (glued && tied && bare == 1)) {
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
static int32_t leading_tense(const DateFinder *f, uint32_t at, uint32_t first)
{
  for (uint32_t back = 1; back <= 3 && at >= first + back; back++) {
    if (atom_token(f, at - back)->flags & TOKEN_PUNCT) break;
    if (atom_tense(f, at - back) > 0) return 1;
  }
  return -1;
}

// The tense of the nearest verb that shows one, in the same sentence: -1 past, 1 to come, 0 unknown. Of a
// past one behind a mark `asides` tells whether it counts: "the fair opens in October, she said".
static int32_t tense_near(const DateFinder *f, uint32_t begin, uint32_t end, uint32_t first, uint32_t last,
                          bool asides)
{
  bool crossed = false;
  for (uint32_t step = 1; step <= TENSE_REACH; step++) {
    int32_t left = begin >= first + step ? atom_tense(f, begin - step) : 0;
    if (left) return left < 0 ? leading_tense(f, begin - step, first) : left;
    if (end + step > last) continue;
    crossed = crossed || (!asides && begin > first + 2 && atom_token(f, end + step - 1)->flags & TOKEN_PUNCT);
    int32_t right = atom_tense(f, end + step - 1);
    if (right < 0 && crossed)
      last = end;
    else if (right)
      return right;
  }
  return 0;
}

// The same of the clause alone, where the words already say "coming" and only its own verb may gainsay:
// "he went on Saturday", but "he said that he goes on Saturday". Behind a date that opens it the verb
// follows.
static int32_t clause_tense(const DateFinder *f, uint32_t begin, uint32_t end, uint32_t first, uint32_t last)
{
  for (uint32_t at = begin; at-- > first;) {
    if (atom_token(f, at)->flags & TOKEN_PUNCT || atom_reading(f, at, SYM_SUB)) return 0;
    int32_t tense = atom_tense(f, at);
    if (tense) return tense < 0 ? leading_tense(f, at, first) : tense;
  }
  return end < last && begin <= first + 1 ? atom_tense(f, end) : 0;
}

// The atoms of the sentence that holds atom `at`.
static void sentence_of(DateFinder *f, uint32_t at, uint32_t *first, uint32_t *last)
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

void dates_mark_tense(DateFinder *f, DateFrame *frame, uint32_t begin, uint32_t end)
{
  uint32_t first, last;
  bool weekend = frame_get(frame, FIELD_UNIT, 0) == UNIT_WEEKEND || frame_has(frame, FIELD_SEASON);
  weekend = weekend && frame_get(frame, FIELD_REL, 1) == 0; // "this"
  bool later = frame_has(frame, FIELD_ANAPHOR) && frame_get(frame, FIELD_DIR, 0) > 0;
  if ((frame_has(frame, FIELD_DIR) && !later) || (frame_has(frame, FIELD_REL) && !weekend) ||
      frame_has(frame, FIELD_YEAR) || frame_get(frame, FIELD_TENSE, 0) == TENSE_SURE)
    return;
  bool open = frame_has(frame, FIELD_MONTH) || frame_has(frame, FIELD_WEEKDAY) ||
              frame_has(frame, FIELD_SEASON) || frame_has(frame, FIELD_HOLIDAY) ||
              frame_has(frame, FIELD_DAY) || frame_has(frame, FIELD_QUARTER) || frame_has(frame, FIELD_HALF);
  open = open || frame_get(frame, FIELD_UNIT, 0) == UNIT_WEEKEND;
  if (!open && !later) return;
  sentence_of(f, begin, &first, &last);
  bool coming = frame_get(frame, FIELD_TENSE, 0) == TENSE_COMING;
  bool weekday = frame_has(frame, FIELD_WEEKDAY);
  int32_t tense =
      coming ? clause_tense(f, begin, end, first, last) : tense_near(f, begin, end, first, last, weekday);
  if (tense) frame_set(frame, FIELD_TENSE, tense);
}

// --- drafts

void dates_add_draft(DateFinder *f, uint32_t begin, uint32_t end, DateType type, float confidence,
                     const DateFrame *frame)
{
  const Atom *atoms = f->atoms->items;
  DateFrame *kept = arena_alloc(&f->notes->arena, sizeof *kept);
  *kept = *frame;
  f->last_begin = begin, f->last_end = end;
  DateDraft draft = {atoms[begin].start, atoms[end - 1].end, type, confidence, kept};
  vec_push_in(&f->notes->arena, &f->notes->dates, draft);
}

// The words `back` atoms in front of `at` that leave an end open and reach up to it, or to its article.
static const Reading *open_before(const DateFinder *f, uint32_t at, uint32_t back)
{
  const Readings *all = atom_readings(f->reader, at - back);
  for (uint32_t i = 0; i < all->count; i++) {
    const Reading *r = all->items[i];
    if (r->sym != SYM_OPEN || r->len > back) continue;
    if (r->len == back || (r->len + 1u == back && atom_reading(f, at - 1, SYM_DET))) return r;
  }
  return NULL;
}

// "since 2015", "bis zum 3. März", "before Friday": the words in front leave one end open.
static void mark_open(const DateFinder *f, DateMatch *m)
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

static Run run_from(const DateFinder *f, uint32_t at)
{
  Run run = {at, at};
  const Atom *atoms = f->atoms->items;
  for (; run.end < f->atoms->len && atoms[run.end].marks & WORD_KNOWN; run.end++) {
    if (atoms[run.end].marks & WORD_HEAVY) run.heavy = run.end + 1;
  }
  return run;
}

// "In two weeks" is ahead, but "it was done in two weeks": a length. Takes the direction from the frame.
static bool lasted(DateFinder *f, DateMatch *m)
{
  DateFrame *frame = &m->frame;
  uint32_t first, last;
  if (!frame_has(frame, FIELD_AMOUNT) || frame_get(frame, FIELD_DIR, 0) <= 0 ||
      frame_get(frame, FIELD_TENSE, 0) != TENSE_WEAK)
    return false;
  sentence_of(f, m->begin, &first, &last);
  if (clause_tense(f, m->begin, m->end, first, last) >= 0) return false;
  frame->has &= ~((uint64_t)1 << FIELD_DIR | (uint64_t)1 << FIELD_TENSE);
  return true;
}

// "Every Tuesday and Thursday": the second one is not a day either.
static bool repeats(const DateFinder *f, const DateMatch *m)
{
  const DateVec *dates = &f->notes->dates;
  if (!frame_has(&m->frame, FIELD_LISTED) || !date_is_weekday_alone(&m->frame) || !dates->len) return false;
  const DateDraft *before = &dates->items[dates->len - 1];
  return before->type == DATE_SET && frame_has(before->frame, FIELD_WEEKDAY);
}

// "In the year 1862 …": nothing but words that lead on to the date stands before it in its sentence.
static void mark_opening(const DateFinder *f, DateMatch *m)
{
  uint32_t at = m->begin;
  while (at > 0 && !(atom_token(f, at)->flags & TOKEN_FIRST) && is_led_on(f, at)) at--;
  if (atom_token(f, at)->flags & TOKEN_FIRST) frame_set(&m->frame, FIELD_OPENS, 1);
}

// Returns where the search goes on.
static uint32_t add_match(DateFinder *f, DateMatch *m, uint32_t *floor)
{
  if (m->pattern->family == FAMILY_NONE) return m->end;
  if (m->end > m->begin + 1 && m->begin > *floor && atom_reading(f, m->begin, SYM_TO) &&
      day_reading(f, m->begin - 1))
    m->begin++; // "13 a 15 de julho": no article
  if (m->end > m->begin + 1 && atom_reading(f, m->begin, SYM_DET) && atom_reading(f, m->begin + 1, SYM_DEM))
    m->begin++; // "Fragen, die diese Woche gestellt wurden": a pronoun
  DateType type = type_of(m);
  if (lasted(f, m)) type = DATE_DURATION;
  dates_mark_tense(f, &m->frame, m->begin, m->end);
  *floor = dates_join(f, m, *floor);
  if (type <= DATE_TIME && repeats(f, m)) type = DATE_SET;
  if (!frame_has(&m->frame, FIELD_RANGE)) mark_open(f, m);
  mark_opening(f, m);
  dates_add_draft(f, m->begin, m->end, type, confidence_of(m), &m->frame);
  return *floor = dates_add_right(f, m);
}

static void find_all(DateFinder *f, const DateNet *net)
{
  uint32_t floor = 0;
  Run run = {0, 0};
  for (uint32_t at = 0; at < f->atoms->len;) {
    DateMatch m;
    if (at >= run.end) run = run_from(f, at);
    if (at >= run.heavy)
      at = run.end > at ? run.end : at + 1;
    else if (datenet_match(net, f->reader, at, bare_fits, f, &m))
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
  AtomReader reader = {
      .lex = &tables->lex, .text = notes->text, .tokens = &notes->tokens, .scratch = &notes->arena};
  dateatom_cut(&reader);
  DateFinder finder = {.lex = &tables->lex, .atoms = &reader.atoms, .reader = &reader, .notes = notes};
  find_all(&finder, &tables->net);
}
