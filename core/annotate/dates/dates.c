// Finding: the block's tokens become atoms with readings (dateatom), patterns are tried at every atom that
// can open one (datenet), the longest match wins and the search goes on behind it. What a match says is kept
// as a frame; its value waits for the article's date (dates_resolve.c). What needs the words around a match
// is done with it, so that a draft depends on nothing but its block: what speaks against it (dates_fits.c),
// the tense of its clause (dates_tense.c), ranges and lists (dates_ranges.c).
#include "annotate/dates/dates_p.h"

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

bool dates_check(const Dates *self, Lang lang, Error *err)
{
  return dates_tables(self, lang, err) != NULL;
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

static float confidence_of(const DateMatch *m)
{
  const DateFrame *f = &m->frame;
  if (frame_get(f, FIELD_BARE, 0) && frame_get(f, FIELD_BARE, 0) < 3)
    return frame_get(f, FIELD_BARE, 0) == 2 ? 0.95f : 0.85f;
  if (m->pattern->family == FAMILY_REF) return 0.8f;
  if (frame_has(f, FIELD_DAY) && frame_has(f, FIELD_YEAR)) return 0.99f;
  return frame_has(f, FIELD_ANAPHOR) ? 0.8f : 0.95f;
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
  while (at > 0 && !(atom_token(f, at)->flags & TOKEN_FIRST) && dates_led_on(f, at)) at--;
  if (atom_token(f, at)->flags & TOKEN_FIRST) frame_set(&m->frame, FIELD_OPENS, 1);
}

// "08:40 Uhr: …" at the head of a paragraph: a live report is of the article's day, whatever the paragraph
// before spoke of.
static void mark_ticker(const DateFinder *f, DateMatch *m)
{
  const uint64_t days = (uint64_t)1 << FIELD_DAY | (uint64_t)1 << FIELD_WEEKDAY |
                        (uint64_t)1 << FIELD_DAYREF | (uint64_t)1 << FIELD_HOLIDAY;
  if (m->begin || !frame_has(&m->frame, FIELD_HOUR) || m->frame.has & days || m->end >= f->atoms->len) return;
  const Token *mark = atom_token(f, m->end);
  if (str_is(mark->lower, ":") || str_is(mark->lower, "–")) frame_set(&m->frame, FIELD_REL, 0);
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
  if (dates_lasted(f, m)) type = DATE_DURATION;
  dates_mark_tense(f, &m->frame, m->begin, m->end);
  *floor = dates_join(f, m, *floor);
  if (type <= DATE_TIME && repeats(f, m)) type = DATE_SET;
  if (!frame_has(&m->frame, FIELD_RANGE)) mark_open(f, m);
  mark_opening(f, m);
  mark_ticker(f, m);
  dates_add_draft(f, m->begin, m->end, type, confidence_of(m), &m->frame);
  return *floor = dates_add_right(f, m);
}

// An expression is made of atoms that may be of one, side by side, and one of them at least can carry it. So
// matches are looked for from the first of such a row up to the last heavy one of it.
static void find_all(DateFinder *f, const DateNet *net)
{
  const Atom *atoms = f->atoms->items;
  uint32_t floor = 0, len = (uint32_t)f->atoms->len;
  for (uint32_t at = 0, heavy = 0;; heavy = at) {
    while (heavy < len && !(atoms[heavy].marks & WORD_HEAVY)) heavy++;
    if (heavy == len) break;
    uint32_t first = heavy;
    while (first > at && atoms[first - 1].marks & WORD_KNOWN) first--;
    for (at = first; at <= heavy;) {
      DateMatch m;
      at = datenet_match(net, f->reader, at, dates_match_fits, f, &m) ? add_match(f, &m, &floor) : at + 1;
    }
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
