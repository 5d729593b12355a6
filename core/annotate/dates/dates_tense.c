// Tense: days and months without a direction take that of the nearest verb. What the verbs around say is
// found with the block, so that a draft depends on nothing else.
#include "annotate/dates/dates_p.h"

enum { TENSE_REACH = 24, MARK_STEPS = 3 }; // atoms to the left; twice as many to the right

int32_t dates_tense_of(const DateFinder *f, uint32_t at)
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

// "Sold" may stand behind "will be": a past form at `at` shows the tense of what leads it on.
static int32_t leading_tense(const DateFinder *f, uint32_t at, uint32_t first)
{
  for (uint32_t back = 1; back <= 3 && at >= first + back; back++) {
    if (atom_token(f, at - back)->flags & TOKEN_PUNCT) break;
    if (dates_tense_of(f, at - back) > 0) return 1;
  }
  return -1;
}

static bool has_shape(Str word, const WordShapes *shapes)
{
  enum { STEM = 2 }; // bytes between head and tail, at least
  for (size_t i = 0; i < shapes->len; i++) {
    const WordShape *p = &shapes->items[i];
    if (p->whole ? str_eq(word, p->head)
                 : word.len >= p->head.len + STEM + p->tail.len && str_starts(word, p->head) &&
                       str_ends(word, p->tail))
      return true;
  }
  return false;
}

static bool is_participle(const DateFinder *f, uint32_t at)
{
  uint32_t flags = atom_token(f, at)->flags;
  if (!(flags & TOKEN_WORD) || (flags & TOKEN_CAPITAL && !(flags & TOKEN_ALL_CAPS))) return false;
  if (has_shape(f->atoms->items[at].lower, &f->lex->participles))
    return !atom_reading(f, at, SYM_WEEKDAY) && !atom_reading(f, at, SYM_FN);
  return dates_tense_of(f, at) == -1; // "has made", where "made" is a past form as well
}

// "Has" at `at`: with a participle in its sentence a past tense, else of now and so of what comes: "wir haben
// am Samstag ein Spiel".
static int32_t perfect_tense(const DateFinder *f, uint32_t at, uint32_t first, uint32_t last)
{
  for (uint32_t i = first; i < last; i++) {
    if (i != at && is_participle(f, i)) return -1;
  }
  return f->lex->participles.len ? 1 : -1;
}

// The tense that the verb at `at` shows in its sentence: -1 past, 1 to come, 0: it is none.
static int32_t shown_tense(const DateFinder *f, uint32_t at, uint32_t first, uint32_t last)
{
  int32_t tense = dates_tense_of(f, at);
  return tense == TENSE_PERFECT ? perfect_tense(f, at, first, last) : tense;
}

// The tense of the nearest verb that shows one, in the same sentence: -1 past, 1 to come, 0 unknown. Of a
// past one behind a mark `asides` tells whether it counts: "the fair opens in October, she said". What stands
// in front of "that" counts only where its own clause shows none: "er sagte, dass die Bahn am Montag fahren
// werde".
static int32_t tense_near(const DateFinder *f, uint32_t begin, uint32_t end, uint32_t first, uint32_t last,
                          bool asides)
{
  bool crossed = false, outside = false; // behind a mark on the right; left of "that"
  int32_t main_tense = 0;                // of the clause that "that" hangs on
  const uint32_t sentence_end = last;
  uint32_t at = end, wait = 0; // a mark keeps what is behind it some steps further off
  for (uint32_t step = 1; step <= TENSE_REACH; step++) {
    int32_t left = begin >= first + step ? shown_tense(f, begin - step, first, sentence_end) : 0;
    if (left && !main_tense) main_tense = left < 0 ? leading_tense(f, begin - step, first) : left;
    if (left && !outside) return main_tense;
    outside = outside || (begin >= first + step && atom_reading(f, begin - step, SYM_SUB));
    if (at >= last) continue;
    if (wait && wait--) continue;
    bool mark = atom_token(f, at)->flags & TOKEN_PUNCT;
    if (mark && begin > first + 2) wait = MARK_STEPS;
    crossed = crossed || (!asides && begin > first + 2 && mark);
    int32_t right = shown_tense(f, at++, first, sentence_end);
    if (right < 0 && crossed)
      last = at;
    else if (right)
      return right;
  }
  return main_tense;
}

// The same of the clause alone, where the words already say "coming" and only its own verb may gainsay:
// "he went on Saturday", but "he said that he goes on Saturday". Behind a date that opens it the verb
// follows.
static int32_t clause_tense(const DateFinder *f, uint32_t begin, uint32_t end, uint32_t first, uint32_t last)
{
  for (uint32_t at = begin; at-- > first;) {
    if (atom_token(f, at)->flags & TOKEN_PUNCT || atom_reading(f, at, SYM_SUB)) return 0;
    int32_t tense = shown_tense(f, at, first, last);
    if (tense) return tense < 0 ? leading_tense(f, at, first) : tense;
  }
  return end < last && begin <= first + 1 ? shown_tense(f, end, first, last) : 0;
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

// "The worst storm in thirty years": a superlative of the same clause counts the years that have gone by.
static bool tops(const DateFinder *f, uint32_t at, uint32_t first)
{
  enum { REACH = 6 }; // atoms
  for (uint32_t back = 1; back <= REACH && at >= first + back; back++) {
    if (atom_token(f, at - back)->flags & TOKEN_PUNCT) break;
    if (has_shape(f->atoms->items[at - back].lower, &f->lex->extremes)) return true;
  }
  return false;
}

bool dates_lasted(DateFinder *f, DateMatch *m)
{
  DateFrame *frame = &m->frame;
  uint32_t first, last;
  if (!frame_has(frame, FIELD_AMOUNT) || frame_get(frame, FIELD_DIR, 0) <= 0 ||
      frame_get(frame, FIELD_TENSE, 0) != TENSE_WEAK)
    return false;
  sentence_of(f, m->begin, &first, &last);
  if (clause_tense(f, m->begin, m->end, first, last) >= 0 && !tops(f, m->begin, first)) return false;
  frame->has &= ~((uint64_t)1 << FIELD_DIR | (uint64_t)1 << FIELD_TENSE);
  return true;
}
