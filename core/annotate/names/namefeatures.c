// A feature is a number, hashed together with its place in the list, so that equal numbers of different
// features have rows of their own. Features that tell languages apart are there twice: for all languages and
// for the block's alone.
#include "annotate/names/namefeatures.h"

#include "annotate/notes.h"

enum { ROW = 3 };        // words of a row of capitalised ones that are looked at, to each side
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

static inline uint64_t load(const char *bytes, size_t len)
{
  uint64_t value = 0;
  memcpy(&value, bytes, len);
  return value;
}

static inline Ends ends_of(const WordSight *word)
{
  Str lower = word->token->lower;
  size_t len = lower.len, mid = len / 2;
  if (len >= 8) return (Ends){load(lower.ptr, 8), load(lower.ptr + len - 8, 8), len};
  if (!len) return (Ends){0};
  uint64_t all = len >= 4 ? load(lower.ptr, 4) | load(lower.ptr + len - 4, 4) << 8 * (len - 4)
                          : load(lower.ptr, 1) | load(lower.ptr + mid, 1) << 8 * mid |
                                load(lower.ptr + len - 1, 1) << 8 * (len - 1);
  return (Ends){all, all << 8 * (8 - len), len};
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

static bool begins_sentence(const WordSight *word)
{
  return word->token->flags & TOKEN_FIRST;
}

// How it is mostly written, and how here.
static uint64_t casing_of(const WordSight *word)
{
  return word->fact->casing | (uint64_t)begins_sentence(word) << 3 | (uint64_t)word->fact->lower_here << 4;
}

static uint64_t person_of(const WordSight *word)
{
  return word->fact->word & (WORD_GIVEN | WORD_SURNAME);
}

static uint64_t match_of(const WordSight *word)
{
  const NameFact *fact = word->fact;
  return fact->match | (uint64_t)fact->types << 3 | (uint64_t)fact->strength << 6;
}

// --- the word alone
// ------------------------------------------------------------------------------------------------------

static void spell_word(Features *out, const WordSight *word)
{
  Ends ends = ends_of(word);
  begin(out, FAMILY_WORDS);
  add_both(out, word->fact->hash);
  for (size_t len = 2; len <= 5; len++) add(out, head_of(&ends, len));
  add_both(out, tail_of(&ends, 3));
  add_both(out, tail_of(&ends, 4));
  add(out, tail_of(&ends, 6));
}

static void judge_word(Features *out, const WordSight *word, BlockKind kind)
{
  uint64_t shape = word->fact->shape, first = begins_sentence(word), loud = kind == BLOCK_HEADLINE;
  uint64_t casing = casing_of(word), known = word->fact->word;
  begin(out, FAMILY_SHAPES);
  add_own(out, shape | first << 5 | loud << 6);
  add_own(out, (uint64_t)kind << 8 | shape | first << 5);
  begin(out, FAMILY_FACTS);
  add_both(out, casing);
  add(out, casing << 8 | person_of(word));
  add(out, known);
  add(out, person_of(word) << 8 | shape | first << 5);
  add(out, known << 8 | casing);
}

static void group_word(Features *out, const WordSight *word)
{
  uint64_t shape = word->fact->shape;
  const uint16_t *groups = word->fact->groups;
  begin(out, FAMILY_GROUPS);
  add_both(out, groups[0]);
  begin(out, FAMILY_MEANINGS);
  add(out, groups[1]);
  add(out, (uint64_t)groups[1] << 5 | shape);
  add(out, (uint64_t)groups[2] << 5 | shape);
}

// --- a neighbour
// ---------------------------------------------------------------------------------------------------------

static void see_before(Features *out, const WordSight *word, uint64_t shape)
{
  Ends ends = ends_of(word);
  begin(out, FAMILY_WORDS);
  add_both(out, word->fact->hash);
  add_both(out, mix(tail_of(&ends, 3), shape));
  add(out, mix(tail_of(&ends, 5), shape));
  begin(out, FAMILY_GROUPS);
  add_both(out, (uint64_t)word->fact->groups[0] << 5 | shape);
  begin(out, FAMILY_MEANINGS);
  add(out, (uint64_t)word->fact->groups[1] << 5 | shape);
}

static void see_behind(Features *out, const WordSight *word, uint64_t shape)
{
  Ends ends = ends_of(word);
  begin(out, FAMILY_WORDS);
  add(out, word->fact->hash);
  add(out, mix(word->fact->hash, shape));
  add_both(out, mix(tail_of(&ends, 3), shape));
  begin(out, FAMILY_GROUPS);
  add_both(out, (uint64_t)word->fact->groups[0] << 5 | shape);
}

// --- what stands around
// --------------------------------------------------------------------------------------------------

// Where the word stands in the row of capitalised words around it.
typedef struct Row {
  uint32_t before, behind; // capitalised words next to it, 3 at most
  bool orgword;            // one behind it is a word of organisations
  WordSight first, last;   // of the row, as far as it was looked at
  WordSight ahead, after;  // what stands around it
} Row;

static WordSight word_at(const Notes *notes, const NameFact *facts, size_t at, ptrdiff_t by)
{
  static const NameFact none = {.hash = 7, .shape = 15 + 1};
  static const Token edge = {.lower = {"", 0}};
  if (by < 0 ? at < (size_t)-by : at + (size_t)by >= notes->tokens.len) return (WordSight){&none, &edge};
  size_t i = (size_t)((ptrdiff_t)at + by);
  return (WordSight){&facts[i], &notes->tokens.items[i]};
}

static bool in_row(const Notes *notes, size_t at)
{
  return notes->tokens.items[at].flags & TOKEN_CAPITAL;
}

static Row row_of(const Notes *notes, const NameFact *facts, size_t at)
{
  Row row = {0};
  size_t first = at, last = at;
  while (first > 0 && row.before < ROW && in_row(notes, first - 1)) first--, row.before++;
  while (last + 1 < notes->tokens.len && row.behind < ROW && in_row(notes, last + 1)) {
    last++, row.behind++;
    row.orgword = row.orgword || facts[last].orgword;
  }
  row.first = word_at(notes, facts, first, 0);
  row.last = word_at(notes, facts, last, 0);
  row.ahead = word_at(notes, facts, first, -1);
  row.after = word_at(notes, facts, last, 1);
  return row;
}

static void pair_words(Features *out, const WordSight w[5], const Row *row)
{
  uint64_t shapes[5];
  Ends ends = ends_of(&w[2]);
  for (size_t i = 0; i < 5; i++) shapes[i] = w[i].fact->shape;
  begin(out, FAMILY_WORDS);
  add(out, mix(w[1].fact->hash, w[2].fact->hash));
  add(out, mix(w[2].fact->hash, w[3].fact->hash));
  begin(out, FAMILY_SHAPES);
  add(out, mix(tail_of(&ends, 3), shapes[3]));
  add(out, shapes[1] | shapes[2] << 5 | shapes[3] << 10);
  add(out, shapes[2] | shapes[3] << 5 | shapes[4] << 10);
  add(out, shapes[0] | shapes[1] << 5 | shapes[2] << 10);
  add_own(out, row->before | row->behind << 2 | (uint64_t)row->orgword << 4 | shapes[2] << 5);
  add(out, row->before | row->behind << 2 | w[1].fact->hash << 4);
}

static void pair_facts(Features *out, const WordSight w[5], const Row *row)
{
  const NameFact *before = w[1].fact, *f = w[2].fact, *behind = w[3].fact;
  begin(out, FAMILY_FACTS);
  add_own(out, person_of(&w[2]) | person_of(&w[3]) << 4 | (uint64_t)behind->shape << 8);
  add(out, person_of(&w[1]) | person_of(&w[2]) << 4 | (uint64_t)before->shape << 8);
  add(out, mix(before->word, f->word));
  add(out, mix(f->word, behind->word));
  uint64_t match = match_of(&w[2]);
  add_own(out, match);
  add(out, match << 8 | casing_of(&w[2]));
  add(out, match << 16 | (f->word & 0xFFF));
  add(out, mix(before->hash, match));
  add(out, mix(before->hash, match_of(&w[0]) << 5 | f->shape));
  add(out, mix(behind->hash, match_of(&w[4]) << 5 | f->shape));
  uint64_t title = before->title | (uint64_t)w[0].fact->title << 1 | (uint64_t)f->title << 2 |
                   (uint64_t)behind->title << 3;
  add(out, title << 5 | row->behind);
  uint64_t org = f->orgword | (uint64_t)before->orgword << 1 | (uint64_t)behind->orgword << 2;
  uint64_t particle = f->particle | (uint64_t)before->particle << 1 | (uint64_t)behind->particle << 2;
  add(out, org << 16 | particle << 8 | f->shape);
  uint64_t own = (uint64_t)f->casing << 8 | (uint64_t)f->shape << 11;
  add(out, before->casing | (uint64_t)before->shape << 3 | own);
  add(out, behind->casing | (uint64_t)behind->shape << 3 | own);
}

static void pair_groups(Features *out, const WordSight w[5])
{
  begin(out, FAMILY_GROUPS);
  add(out, w[0].fact->groups[0]);
  add(out, (uint64_t)w[1].fact->groups[0] << 16 | w[2].fact->groups[0]);
  begin(out, FAMILY_MEANINGS);
  add(out, (uint64_t)w[1].fact->groups[1] << 16 | w[2].fact->groups[1]);
  add(out, (uint64_t)w[2].fact->groups[1] << 16 | w[3].fact->groups[1]);
}

static void see_row(Features *out, const WordSight *word, const Row *row)
{
  uint64_t place = row->before | row->behind << 2, shape = word->fact->shape;
  begin(out, FAMILY_ROWS);
  add(out, mix(row->last.fact->hash, place));
  add(out, mix(row->first.fact->hash, place));
  add(out, mix(row->ahead.fact->hash, place | shape << 4));
  add(out, mix(row->after.fact->hash, place | shape << 4));
  add(out, (uint64_t)row->last.fact->groups[1] << 4 | place);
  add(out, (uint64_t)row->last.fact->groups[2] << 20 | (uint64_t)row->first.fact->groups[2] << 4 | place);
}

// --- the view
// ------------------------------------------------------------------------------------------------------------

NameView nameview_at(const Notes *notes, const NameFact *facts, size_t at)
{
  NameView self = {.notes = notes, .facts = facts, .at = at};
  bool inside = at >= 2 && at + 2 < notes->tokens.len;
  for (size_t n = 0; n < ARRAY_LEN(self.words); n++)
    self.words[n] = inside ? (WordSight){&facts[at + n - 2], &notes->tokens.items[at + n - 2]}
                           : word_at(notes, facts, at, (ptrdiff_t)n - 2);
  return self;
}

// All that the features of the part are made of; what the tables know follows from the word and the language.
uint64_t nameview_key(const NameView *self, FeaturePart part)
{
  const WordSight *own = &self->words[2], *word = part == PART_WORD     ? own
                                                  : part == PART_BEFORE ? &self->words[1]
                                                                        : &self->words[3];
  uint64_t rest = (uint64_t)part | (uint64_t)self->notes->lang << 2 | (uint64_t)own->fact->shape << 8;
  if (part == PART_WORD)
    rest |= (uint64_t)begins_sentence(own) << 16 | (uint64_t)own->fact->lower_here << 17 |
            (uint64_t)self->notes->kind << 18;
  uint64_t key = mix(mix(word->fact->hash, word->token->hash), rest);
  return key ? key : 1;
}

static inline size_t add_part(Features out, const NameView *self, FeaturePart part)
{
  const WordSight *w = self->words;
  out.place = (part * PART_ROOM + 1) * PLACE_STEP;
  if (part == PART_WORD) {
    spell_word(&out, &w[2]);
    judge_word(&out, &w[2], self->notes->kind);
    group_word(&out, &w[2]);
  } else if (part == PART_BEFORE) {
    see_before(&out, &w[1], w[2].fact->shape);
  } else if (part == PART_BEHIND) {
    see_behind(&out, &w[3], w[2].fact->shape);
  } else {
    Row row = row_of(self->notes, self->facts, self->at);
    pair_words(&out, w, &row);
    pair_facts(&out, w, &row);
    pair_groups(&out, w);
    see_row(&out, &w[2], &row);
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
