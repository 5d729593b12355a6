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

// The tense of the nearest verb that shows one, in the same sentence: -1 past, 1 to come, 0 unknown. Of a
// past one behind a mark `asides` tells whether it counts: "the fair opens in October, she said".
static int32_t tense_near(const DateFinder *f, uint32_t begin, uint32_t end, uint32_t first, uint32_t last,
                          bool asides)
{
  bool crossed = false;
  uint32_t at = end, wait = 0; // a mark keeps what is behind it some steps further off
  for (uint32_t step = 1; step <= TENSE_REACH; step++) {
    int32_t left = begin >= first + step ? dates_tense_of(f, begin - step) : 0;
    if (left) return left < 0 ? leading_tense(f, begin - step, first) : left;
    if (at >= last) continue;
    if (wait && wait--) continue;
    bool mark = atom_token(f, at)->flags & TOKEN_PUNCT;
    if (mark && begin > first + 2) wait = MARK_STEPS;
    crossed = crossed || (!asides && begin > first + 2 && mark);
    int32_t right = dates_tense_of(f, at++);
    if (right < 0 && crossed)
      last = at;
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
    int32_t tense = dates_tense_of(f, at);
    if (tense) return tense < 0 ? leading_tense(f, at, first) : tense;
  }
  return end < last && begin <= first + 1 ? dates_tense_of(f, end) : 0;
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

bool dates_lasted(DateFinder *f, DateMatch *m)
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
