// A feature is a number, hashed together with its place in the list, so that equal numbers of different
// features have rows of their own. Features that tell languages apart are there twice: for all languages and
// for the block's alone.
#include "annotate/names/namefeatures.h"

#include "annotate/notes.h"

enum { ROW = 3 };        // words of a row of capitalised ones that are looked at, to each side
enum { SIGHT = 4 };      // tokens among which a leading word or a mark is looked for
enum { PART_ROOM = 64 }; // places in the list of a part
static const uint64_t PLACE_STEP = 0xd1342543de82ef95u; // between the numbers of two places

typedef struct Features { // of one part, being listed
  uint32_t *rows;
  size_t count;
  uint64_t place, lang;
  unsigned shift;          // of a hash, for as many bits as a row's number has
  FeatureFamily family;    // of what is added now
  FeatureFamily *families; // of all rows; NULL: nobody asks
} Features;

static inline uint64_t mix(uint64_t a, uint64_t b)
{
  uint64_t h = (a ^ b * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u;
  return h ^ h >> 32;
}

// What is added from here on is of `family`.
static inline void begin(Features *out, FeatureFamily family)
{
  out->family = family;
}

static inline void add(Features *out, uint64_t value)
{
  out->rows[out->count] = (uint32_t)((value + out->place) * 0x9e3779b97f4a7c15u >> out->shift);
  if (out->families) out->families[out->count] = out->family;
  out->place += PLACE_STEP;
  out->count++;
}

// The value for all languages together, and for this one.
static inline void add_both(Features *out, uint64_t value)
{
  add(out, value);
  add(out, mix(value, out->lang));
}

// For this language alone.
static inline void add_own(Features *out, uint64_t value)
{
  add(out, mix(value, out->lang));
}

// The first bytes of a word and the last ones, eight at most; of `head` the lowest is the first, of `tail`
// the highest the last.
typedef struct Ends {
  uint64_t head, tail;
  size_t len; // of the word
} Ends;

static inline Ends ends_of(const Token *word)
{
  Str lower = word->lower;
  Ends ends = {.len = lower.len};
  if (lower.len >= 8) {
    memcpy(&ends.head, lower.ptr, 8);
    memcpy(&ends.tail, lower.ptr + lower.len - 8, 8);
  } else if (lower.len) {
    ends.head = str_bytes(lower);
    ends.tail = ends.head << 8 * (8 - lower.len);
  }
  return ends;
}

// The first `len` bytes, 7 at most; 1: the word has fewer.
static inline uint64_t head_of(const Ends *ends, size_t len)
{
  return ends->len < len ? 1 : (ends->head & ((1ull << 8 * len) - 1)) + 2;
}

static inline uint64_t tail_of(const Ends *ends, size_t len)
{
  return ends->len < len ? 1 : (ends->tail >> 8 * (8 - len)) + 2;
}

static uint64_t begins_sentence(const NameView *view)
{
  return (view->own->flags & TOKEN_FIRST) != 0;
}

// How it is mostly written, and how here.
static uint64_t casing_of(const NameView *view)
{
  return view->fact->casing | begins_sentence(view) << 3 | (uint64_t)view->fact->lower_here << 4;
}

static uint64_t person_of(const NameFact *fact)
{
  return fact->word & (WORD_GIVEN | WORD_SURNAME);
}

static uint64_t match_of(const NameFact *fact)
{
  return fact->match | (uint64_t)fact->types << 3 | (uint64_t)fact->strength << 6;
}

// --- the word alone
// ------------------------------------------------------------------------------------------------------

static void spell_word(Features *out, const NameView *view)
{
  Ends ends = ends_of(view->own);
  begin(out, FAMILY_WORDS);
  add_both(out, view->fact->hash);
  for (size_t len = 2; len <= 5; len++) add(out, head_of(&ends, len));
  add_both(out, tail_of(&ends, 3));
  add_both(out, tail_of(&ends, 4));
  add(out, tail_of(&ends, 6));
}

static void judge_word(Features *out, const NameView *view)
{
  const NameFact *fact = view->fact;
  uint64_t kind = view->notes->kind, loud = kind == BLOCK_HEADLINE, shape = fact->shape,
           first = begins_sentence(view), casing = casing_of(view), known = fact->word;
  begin(out, FAMILY_SHAPES);
  add_own(out, shape | first << 5 | loud << 6);
  add_own(out, kind << 8 | shape | first << 5);
  begin(out, FAMILY_FACTS);
  add_both(out, casing);
  add(out, casing << 8 | person_of(fact));
  add(out, known);
  add(out, person_of(fact) << 8 | shape | first << 5);
  add(out, known << 8 | casing);
}

static void group_word(Features *out, const NameView *view)
{
  uint64_t shape = view->fact->shape, casing = casing_of(view);
  const uint16_t *groups = view->fact->groups;
  begin(out, FAMILY_GROUPS);
  add_both(out, groups[0]);
  add(out, (uint64_t)groups[0] << 8 | casing);
  add(out, mix(view->fact->word, groups[0]));
  begin(out, FAMILY_MEANINGS);
  add(out, groups[1]);
  add(out, (uint64_t)groups[1] << 5 | shape);
  add(out, (uint64_t)groups[2] << 5 | shape);
  add(out, (uint64_t)groups[2] << 8 | casing);
}

// --- a neighbour
// ---------------------------------------------------------------------------------------------------------

// What the tables know of a neighbour.
static void judge_neighbour(Features *out, const NameFact *fact, uint64_t shape)
{
  begin(out, FAMILY_FACTS);
  add(out, (uint64_t)fact->word << 5 | shape);
  add(out, fact->casing | (uint64_t)fact->title << 3 | shape << 4);
}

static void see_before(Features *out, const NameView *view)
{
  const NameFact *before = &view->fact[-1];
  uint64_t shape = view->fact->shape;
  Ends ends = ends_of(view->before);
  begin(out, FAMILY_WORDS);
  add_both(out, before->hash);
  add_both(out, mix(tail_of(&ends, 3), shape));
  add(out, mix(tail_of(&ends, 5), shape));
  begin(out, FAMILY_GROUPS);
  add_both(out, (uint64_t)before->groups[0] << 5 | shape);
  begin(out, FAMILY_MEANINGS);
  add(out, (uint64_t)before->groups[1] << 5 | shape);
  judge_neighbour(out, before, shape);
}

static void see_behind(Features *out, const NameView *view)
{
  const NameFact *behind = &view->fact[1];
  uint64_t shape = view->fact->shape;
  Ends ends = ends_of(view->behind);
  begin(out, FAMILY_WORDS);
  add(out, behind->hash);
  add(out, mix(behind->hash, shape));
  add_both(out, mix(tail_of(&ends, 3), shape));
  begin(out, FAMILY_GROUPS);
  add_both(out, (uint64_t)behind->groups[0] << 5 | shape);
  judge_neighbour(out, behind, shape);
}

// --- what stands around
// --------------------------------------------------------------------------------------------------

// Where the word stands in the row of capitalised words around it.
typedef struct Row {
  uint64_t before, behind;      // capitalised words next to it, ROW at most
  bool orgword;                 // one behind it is a word of organisations
  const NameFact *first, *last; // of the row, as far as it was looked at
} Row;

static Row row_of(const NameView *view)
{
  const Token *tokens = view->notes->tokens.items;
  size_t at = view->at, most_behind = view->notes->tokens.len - 1 - at;
  size_t most_before = at < ROW ? at : ROW;
  Row row = {0};
  if (most_behind > ROW) most_behind = ROW;
  while (row.before < most_before && (tokens[at - row.before - 1].flags & TOKEN_CAPITAL)) row.before++;
  while (row.behind < most_behind && (tokens[at + row.behind + 1].flags & TOKEN_CAPITAL)) {
    row.behind++;
    row.orgword = row.orgword || view->fact[row.behind].orgword;
  }
  row.first = view->fact - row.before;
  row.last = view->fact + row.behind;
  return row;
}

static void pair_words(Features *out, const NameView *view, const Row *row)
{
  const NameFact *f = view->fact;
  uint64_t shape = f->shape, before = f[-1].shape, behind = f[1].shape;
  Ends ends = ends_of(view->own);
  begin(out, FAMILY_WORDS);
  add(out, mix(f[-1].hash, f->hash));
  add(out, mix(f->hash, f[1].hash));
  add(out, mix(f[-2].hash, f[-1].hash));
  begin(out, FAMILY_SHAPES);
  add(out, mix(tail_of(&ends, 3), behind));
  add(out, before | shape << 5 | behind << 10);
  add(out, shape | behind << 5 | (uint64_t)f[2].shape << 10);
  add(out, f[-2].shape | before << 5 | shape << 10);
  add_own(out, row->before | row->behind << 2 | (uint64_t)row->orgword << 4 | shape << 5);
  add(out, row->before | row->behind << 2 | f[-1].hash << 4);
}

static void pair_facts(Features *out, const NameView *view, const Row *row)
{
  const NameFact *f = view->fact, *before = f - 1, *behind = f + 1;
  begin(out, FAMILY_FACTS);
  add_own(out, person_of(f) | person_of(behind) << 4 | (uint64_t)behind->shape << 8);
  add(out, person_of(before) | person_of(f) << 4 | (uint64_t)before->shape << 8);
  add(out, mix(before->word, f->word));
  add(out, mix(f->word, behind->word));
  uint64_t match = match_of(f);
  add_own(out, match);
  add(out, match << 8 | casing_of(view));
  add(out, match << 16 | (f->word & 0xFFF));
  add(out, match_of(before) << 20 | match << 10 | match_of(behind));
  add(out, mix(before->hash, match));
  add(out, mix(before->hash, match_of(&f[-2]) << 5 | f->shape));
  add(out, mix(behind->hash, match_of(&f[2]) << 5 | f->shape));
  uint64_t title =
      before->title | (uint64_t)f[-2].title << 1 | (uint64_t)f->title << 2 | (uint64_t)behind->title << 3;
  add(out, title << 5 | row->behind);
  uint64_t org = f->orgword | (uint64_t)before->orgword << 1 | (uint64_t)behind->orgword << 2;
  uint64_t particle = f->particle | (uint64_t)before->particle << 1 | (uint64_t)behind->particle << 2;
  add(out, org << 16 | particle << 8 | f->shape);
  uint64_t own = (uint64_t)f->casing << 8 | (uint64_t)f->shape << 11;
  add(out, before->casing | (uint64_t)before->shape << 3 | own);
  add(out, behind->casing | (uint64_t)behind->shape << 3 | own);
}

static void pair_groups(Features *out, const NameFact *f)
{
  begin(out, FAMILY_GROUPS);
  add(out, f[-2].groups[0]);
  add(out, (uint64_t)f[-1].groups[0] << 16 | f->groups[0]);
  begin(out, FAMILY_MEANINGS);
  add(out, (uint64_t)f[-1].groups[1] << 16 | f->groups[1]);
  add(out, (uint64_t)f->groups[1] << 16 | f[1].groups[1]);
  add(out, (uint64_t)f->groups[2] << 16 | f[1].groups[2]);
}

// The word in lower case that leads to this one: "der" of "der erste Konzern", whose noun has a capital, too.
static void see_lead(Features *out, const NameView *view)
{
  const Token *token = view->own;
  uint64_t steps = 0;
  bool led = false;
  while (steps < SIGHT && token > view->notes->tokens.items && !(token->flags & TOKEN_FIRST) && !led) {
    token--;
    steps++;
    led = (token->flags & TOKEN_WORD) && !(token->flags & TOKEN_CAPITAL);
  }
  begin(out, FAMILY_WORDS);
  add_own(out,
          mix(steps && !(token->flags & TOKEN_CAPITAL) ? token->hash : 0, casing_of(view) | steps << 12));
}

// Quotation marks, and dashes and the like, which begin with the same bytes.
static bool is_mark(const Token *token)
{
  unsigned char byte = (unsigned char)token->lower.ptr[0];
  return (token->flags & TOKEN_PUNCT) && (byte == '"' || byte == 0xC2 || byte == 0xE2);
}

// How far the next marks to both sides are: names of films and ships stand between them.
static void see_marks(Features *out, const NameView *view)
{
  const Token *tokens = view->notes->tokens.items;
  size_t at = view->at, before = 1, behind = 1;
  while (before <= SIGHT && before <= at && !is_mark(&tokens[at - before])) before++;
  while (behind <= SIGHT && at + behind < view->notes->tokens.len && !is_mark(&tokens[at + behind])) behind++;
  bool opened = before <= SIGHT && before <= at,
       closed = behind <= SIGHT && at + behind < view->notes->tokens.len;
  begin(out, FAMILY_SHAPES);
  add(out, (opened ? before : 0) | (closed ? behind : 0) << 4 | (uint64_t)view->fact->shape << 8);
}

static void see_row(Features *out, const NameFact *fact, const Row *row)
{
  uint64_t place = row->before | row->behind << 2, shape = fact->shape;
  begin(out, FAMILY_ROWS);
  add(out, mix(row->last->hash, place));
  add(out, mix(row->first->hash, place));
  add(out, mix(row->first[-1].hash, place | shape << 4));
  add(out, mix(row->last[1].hash, place | shape << 4));
  add(out, (uint64_t)row->last->groups[1] << 4 | place);
  add(out, (uint64_t)row->last->groups[2] << 20 | (uint64_t)row->first->groups[2] << 4 | place);
  add(out, (uint64_t)row->first[-1].groups[2] << 4 | place);
  add(out, mix(row->first[-1].hash, fact->groups[2]));
  add(out, mix(row->last[1].hash, fact->groups[2]));
  add(out, person_of(row->first) | person_of(row->last) << 8 | place << 16 | shape << 24);
  add(out, match_of(row->first) | match_of(row->last) << 10 | place << 20);
}

// --- the view
// ------------------------------------------------------------------------------------------------------------

NameView nameview_at(const Notes *notes, const NameFact *facts, size_t at)
{
  static const Token edge = {.lower = {"", 0}};
  const Token *own = &notes->tokens.items[at];
  return (NameView){.notes = notes,
                    .at = at,
                    .fact = &facts[at],
                    .own = own,
                    .before = at ? own - 1 : &edge,
                    .behind = at + 1 < notes->tokens.len ? own + 1 : &edge};
}

// Of all that the features of a part are made of; what the tables know follows from the word and the
// language.
static inline uint64_t key_of(uint64_t hash, const Token *token, uint64_t rest)
{
  uint64_t key = mix(mix(hash, token->hash), rest);
  return key ? key : 1;
}

void nameview_keys(const NameView *self, uint64_t keys[PART_AROUND])
{
  const NameFact *fact = self->fact;
  uint64_t rest = (uint64_t)self->notes->lang << 2 | (uint64_t)fact->shape << 8;
  uint64_t place =
      begins_sentence(self) << 16 | (uint64_t)fact->lower_here << 17 | (uint64_t)self->notes->kind << 18;
  keys[PART_WORD] = key_of(fact->hash, self->own, rest | PART_WORD | place);
  keys[PART_BEFORE] = key_of(fact[-1].hash, self->before, rest | PART_BEFORE);
  keys[PART_BEHIND] = key_of(fact[1].hash, self->behind, rest | PART_BEHIND);
}

static inline size_t add_part(Features out, const NameView *self, FeaturePart part)
{
  out.place = (part * PART_ROOM + 1) * PLACE_STEP;
  if (part == PART_WORD) {
    spell_word(&out, self);
    judge_word(&out, self);
    group_word(&out, self);
  } else if (part == PART_BEFORE) {
    see_before(&out, self);
  } else if (part == PART_BEHIND) {
    see_behind(&out, self);
  } else {
    Row row = row_of(self);
    pair_words(&out, self, &row);
    pair_facts(&out, self, &row);
    pair_groups(&out, self->fact);
    see_lead(&out, self);
    see_marks(&out, self);
    see_row(&out, self->fact, &row);
  }
  return out.count;
}

static Features features_for(const NameView *self, unsigned bits, uint32_t *rows, FeatureFamily *families)
{
  return (Features){
      .rows = rows, .lang = (uint64_t)self->notes->lang + 1, .shift = 64 - bits, .families = families};
}

// Flat, and with its places as constants, a feature takes five instructions, and some four for its value.
__attribute__((flatten)) size_t nameview_rows(const NameView *self, FeaturePart part, unsigned bits,
                                              uint32_t *rows)
{
  Features out = features_for(self, bits, rows, NULL);
  switch (part) {
  case PART_WORD:
    return add_part(out, self, PART_WORD);
  case PART_BEFORE:
    return add_part(out, self, PART_BEFORE);
  case PART_BEHIND:
    return add_part(out, self, PART_BEHIND);
  default:
    return add_part(out, self, PART_AROUND);
  }
}

size_t nameview_families(const NameView *self, FeaturePart part, unsigned bits, uint32_t *rows,
                         FeatureFamily *families)
{
  return add_part(features_for(self, bits, rows, families), self, part);
}
