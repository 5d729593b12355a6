// Active words come in runs; the words around a run are no names, so each run is decoded by itself, from O to
// O: forward and backward sums give every word's probability of every tag, Viterbi the best sequence. A
// name's confidence is that of its least probable word, put right by what the trainer saw of such names.
#include "annotate/tagger.h"

#include "annotate/lanes.h"
#include "annotate/mapped.h"
#include "annotate/notes.h"

#include <math.h>
#include <stdlib.h>

enum { ROW = 3 }; // words of a row that are looked at, to each side
#define LANES 8   // TAGS and one more, for the processor's sake: it does four at a time
#define WEAK 0.1f // a word that is a name with more than this probability may become one in coref

struct Tagger {
  Mapped file;
  TaggerHead head;
  const int8_t *weights;        // [row][lane]
  float change[TAGS][LANES];    // [tag before][tag]; -INFINITY where one may not follow the other
  float grow[TAGS][LANES];      // exp(change)
  float grow_back[TAGS][LANES]; // likewise, [tag][tag before]
};

// --- the file

Tagger *tagger_open(const char *path, Error *err)
{
  Mapped file;
  if (!mapped_open(&file, path, TAGGER_MAGIC, TAGGER_VERSION, sizeof(TaggerHead), err)) return NULL;
  Tagger *self = xcalloc(1, sizeof *self);
  self->file = file;
  memcpy(&self->head, file.head, sizeof self->head);
  if (self->head.bits > 24 || file.size != sizeof self->head + tagger_weights_size(self->head.bits)) {
    error_set(err, ERR_FORMAT, "%s: damaged (sizes)", path);
    tagger_close(self);
    return NULL;
  }
  self->weights = (const int8_t *)file.head + sizeof self->head;
  for (Tag a = TAG_O; a < TAGS; a++) {
    self->change[a][TAGS] = -INFINITY;
    for (Tag b = TAG_O; b < TAGS; b++) {
      self->change[a][b] = tagger_may_follow(a, b) ? self->head.change[a][b] : -INFINITY;
      self->grow[a][b] = self->grow_back[b][a] = expf(self->change[a][b]);
    }
  }
  return self;
}

void tagger_close(Tagger *self)
{
  if (!self) return;
  mapped_close(&self->file);
  free(self);
}

bool tagger_may_follow(Tag before, Tag tag)
{
  return tag == TAG_O || (tag & 1) || before == tag || before + 1 == tag;
}

// --- features

typedef struct Features { // values now, rows later: the constant positions fold away
  uint64_t *values;
  size_t count;
  uint64_t lang;
} Features;

static inline uint64_t mix(uint64_t a, uint64_t b)
{
  uint64_t h = (a ^ b * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u;
  return h ^ h >> 32;
}

static inline void add(Features *out, uint64_t value)
{
  out->values[out->count++] = value;
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

static uint64_t affix(Str word, size_t len, bool tail)
{
  if (word.len < len) return 1;
  uint64_t value = 0;
  memcpy(&value, tail ? word.ptr + word.len - len : word.ptr, len);
  return value + 2;
}

typedef struct Word { // a word and what stands there where the text has ended
  const NameFact *fact;
  const Token *token;
} Word;

static Word word_at(const Notes *notes, const NameFact *facts, size_t at, ptrdiff_t by)
{
  static const NameFact none = {.hash = 7, .shape = 15 + 1};
  static const Token edge = {.lower = {"", 0}};
  if (by < 0 ? at < (size_t)-by : at + (size_t)by >= notes->tokens.len) return (Word){&none, &edge};
  size_t i = (size_t)((ptrdiff_t)at + by);
  return (Word){&facts[i], &notes->tokens.items[i]};
}

static uint64_t match_value(const NameFact *fact)
{
  return fact->match | (uint64_t)fact->types << 3 | (uint64_t)fact->strength << 6;
}

// Where the word stands in the row of capitalised words around it.
typedef struct Row {
  uint32_t before, behind; // capitalised words next to it, 3 at most
  bool orgword;            // one behind it is a word of organisations
  Word first, last;        // of the row, as far as it was looked at
  Word ahead, after;       // what stands around it
} Row;

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

static void word_features(Features *out, const Word w[5])
{
  const NameFact *f = w[2].fact;
  Str lower = w[2].token->lower;
  add_both(out, f->hash);
  add_both(out, w[1].fact->hash);
  add_both(out, w[3].fact->hash);
  add(out, w[0].fact->hash);
  add(out, mix(w[1].fact->hash, f->hash));
  add(out, mix(f->hash, w[3].fact->hash));
  add(out, mix(w[1].fact->hash, f->shape));
  add(out, mix(w[3].fact->hash, f->shape));
  add(out, affix(lower, 2, false));
  add(out, affix(lower, 3, false));
  add(out, affix(lower, 4, false));
  add(out, affix(lower, 5, false));
  add(out, affix(lower, 2, true));
  add_both(out, affix(lower, 3, true));
  add_both(out, affix(lower, 4, true));
  add(out, affix(lower, 6, true));
  add_both(out, mix(affix(w[1].token->lower, 3, true), f->shape));
  add_both(out, mix(affix(w[3].token->lower, 3, true), f->shape));
  add(out, mix(affix(w[1].token->lower, 5, true), f->shape));
  add(out, mix(affix(lower, 3, true), w[3].fact->shape));
}

static void shape_features(Features *out, const Word w[5], const Notes *notes, Row row)
{
  uint64_t s0 = w[0].fact->shape, s1 = w[1].fact->shape, s2 = w[2].fact->shape, s3 = w[3].fact->shape,
           s4 = w[4].fact->shape;
  uint32_t flags = w[2].token->flags;
  uint64_t first = (flags & TOKEN_FIRST) != 0, loud = notes->kind == BLOCK_HEADLINE;
  add_own(out, s2 | first << 5 | loud << 6);
  add(out, s1 | s2 << 5 | s3 << 10);
  add(out, s2 | s3 << 5 | s4 << 10);
  add(out, s0 | s1 << 5 | s2 << 10);
  add_both(out, row.before | row.behind << 2 | (uint64_t)row.orgword << 4 | s2 << 5);
  add(out, row.before | row.behind << 2 | w[1].fact->hash << 4);
  add_own(out, (uint64_t)notes->kind << 8 | s2 | first << 5);
  add(out, w[2].token->end - w[2].token->start < 20 ? w[2].token->end - w[2].token->start : 20);
}

static void fact_features(Features *out, const Word w[5], Row row)
{
  const NameFact *before = w[1].fact, *f = w[2].fact, *behind = w[3].fact;
  uint64_t first = (w[2].token->flags & TOKEN_FIRST) != 0, names = WORD_GIVEN | WORD_SURNAME;
  uint64_t casing = f->casing | first << 3 | (uint64_t)f->lower_here << 4;
  add_both(out, casing);
  add(out, casing << 8 | f->shape);
  add(out, casing << 8 | (f->word & names));
  add_both(out, f->word);
  add(out, (f->word & names) << 8 | f->shape | first << 5);
  add(out, f->word << 8 | casing);
  add_own(out, (f->word & names) | (behind->word & names) << 4 | (uint64_t)behind->shape << 8);
  add_both(out, (before->word & names) | (f->word & names) << 4 | (uint64_t)before->shape << 8);
  add(out, mix(before->word, f->word));
  add(out, mix(f->word, behind->word));
  add_own(out, match_value(f));
  add(out, match_value(f) << 8 | casing);
  add(out, match_value(f) << 16 | (f->word & 0xFFF));
  add(out, match_value(before) << 8 | match_value(f));
  add(out, mix(before->hash, match_value(f)));
  uint64_t title = before->title | (uint64_t)w[0].fact->title << 1 | (uint64_t)f->title << 2 |
                   (uint64_t)behind->title << 3;
  add(out, title << 5 | f->shape);
  add(out, title << 5 | row.behind);
  add(out, title << 8 | (f->word & names));
  uint64_t org = f->orgword | (uint64_t)before->orgword << 1 | (uint64_t)behind->orgword << 2;
  add(out, org << 16 | (uint64_t)f->particle | (uint64_t)before->particle << 1 |
               (uint64_t)behind->particle << 2 | (uint64_t)f->shape << 3);
  add(out,
      before->casing | (uint64_t)before->shape << 3 | (uint64_t)f->casing << 8 | (uint64_t)f->shape << 11);
  add(out,
      behind->casing | (uint64_t)behind->shape << 3 | (uint64_t)f->casing << 8 | (uint64_t)f->shape << 11);
}

static void cluster_features(Features *out, const Word w[5])
{
  uint64_t before = w[1].fact->groups[0], own = w[2].fact->groups[0], behind = w[3].fact->groups[0];
  add_both(out, own);
  add(out, own << 5 | w[2].fact->shape);
  add_both(out, before << 5 | w[2].fact->shape);
  add_both(out, behind << 5 | w[2].fact->shape);
  add(out, w[0].fact->groups[0]);
  add(out, before << 9 | own);
  add(out, own << 9 | behind);
}

static void meaning_features(Features *out, const Word w[5])
{
  uint64_t before = w[1].fact->groups[1], own = w[2].fact->groups[1], behind = w[3].fact->groups[1];
  add_both(out, own);
  add(out, own << 5 | w[2].fact->shape);
  add(out, before << 5 | w[2].fact->shape);
  add(out, behind << 5 | w[2].fact->shape);
  add(out, before << 12 | own);
  add(out, own << 12 | behind);
  uint64_t p0 = w[1].fact->groups[2], p1 = w[2].fact->groups[2], p2 = w[3].fact->groups[2];
  add_own(out, p1);
  add(out, p1 << 5 | w[2].fact->shape);
  add(out, p0 << 8 | p1);
  add(out, p1 << 8 | p2);
  add(out, p0 << 16 | p1 << 8 | p2);
}

static bool same(const Word *a, const Word *b)
{
  return a->fact->hash == b->fact->hash;
}

static void row_features(Features *out, const Word w[5], Row row)
{
  uint64_t place = row.before | row.behind << 2, shape = w[2].fact->shape;
  add(out, mix(row.last.fact->hash, place));
  add(out, mix(row.first.fact->hash, place));
  add(out, mix(row.ahead.fact->hash, place | shape << 4));
  add(out, mix(row.after.fact->hash, place | shape << 4));
  add(out, (uint64_t)row.last.fact->groups[1] << 4 | place);
  add(out, (uint64_t)row.ahead.fact->groups[1] << 4 | place);
  add(out, (uint64_t)row.after.fact->groups[1] << 4 | place);
  add(out, (uint64_t)row.last.fact->groups[2] << 12 | row.first.fact->groups[2] << 4 | place);
}

// Where lines and sentences end, and names that stand there twice ("Best, Ann | Ann Smith").
static uint64_t breaks_at(const Word *word)
{
  return ((word->token->flags & TOKEN_FIRST) != 0) | (uint64_t)word->fact->line << 1;
}

static void break_features(Features *out, const Word w[5])
{
  uint64_t breaks = breaks_at(&w[2]) | breaks_at(&w[3]) << 2;
  add(out, breaks << 5 | w[2].fact->shape);
  uint64_t again =
      same(&w[2], &w[1]) | same(&w[2], &w[3]) << 1 | same(&w[2], &w[0]) << 2 | same(&w[2], &w[4]) << 3;
  add(out, again << 5 | w[2].fact->shape);
  add(out, mix(w[1].fact->hash, match_value(w[0].fact) << 5 | w[2].fact->shape));
  add(out, mix(w[3].fact->hash, match_value(w[4].fact) << 5 | w[2].fact->shape));
}

size_t tagger_features(const Notes *notes, const NameFact *facts, size_t at, unsigned bits,
                       uint32_t rows[TAGGER_FEATURES], uint8_t ends[FAMILIES])
{
  uint64_t values[TAGGER_FEATURES];
  uint8_t counts[FAMILIES];
  Features out = {.values = values, .lang = (uint64_t)notes->lang + 1};
  Word w[5];
  for (ptrdiff_t by = -2; by <= 2; by++) w[by + 2] = word_at(notes, facts, at, by);
  Row row = row_of(notes, facts, at);
  word_features(&out, w);
  counts[FAMILY_WORDS] = (uint8_t)out.count;
  shape_features(&out, w, notes, row);
  counts[FAMILY_SHAPES] = (uint8_t)out.count;
  fact_features(&out, w, row);
  counts[FAMILY_FACTS] = (uint8_t)out.count;
  cluster_features(&out, w);
  counts[FAMILY_GROUPS] = (uint8_t)out.count;
  meaning_features(&out, w);
  counts[FAMILY_MEANINGS] = (uint8_t)out.count;
  row_features(&out, w, row);
  counts[FAMILY_ROWS] = (uint8_t)out.count;
  break_features(&out, w);
  counts[FAMILY_BREAKS] = (uint8_t)out.count;
  if (ends) memcpy(ends, counts, sizeof counts);
  for (size_t n = 0; n < out.count; n++) // every position is another kind of feature
    rows[n] = (uint32_t)(mix(values[n], n + 1) >> 8) & ((1u << bits) - 1);
  return out.count;
}

// --- decoding

typedef struct Cell {
  float score[LANES];   // sum of the weights
  float grown[LANES];   // exp(score), up to a factor
  float forward[LANES]; // scaled to sum to 1
  float backward[LANES];
  float best[LANES]; // sum of the best sequence up to here
} Cell;

typedef Lanes16 Sums; // holds TAGGER_FEATURES * 127; the last lane is unread

static Sums add_rows(const Tagger *self, const uint32_t *rows, size_t count)
{
  Sums sums = {0};
  for (size_t n = 0; n < count; n++) sums += lanes_widen(&self->weights[(size_t)rows[n] * TAGGER_LANES]);
  return sums;
}

// The summed weights of every active word of the block. The rows of a word lie all over the memory, so they
// are called for one word ahead.
static const Sums *sum_words(const Tagger *self, const Notes *notes, const NameFact *facts, Arena *arena)
{
  Sums *sums = arena_alloc(arena, size_mul(notes->tokens.len + 1, sizeof *sums));
  uint32_t rows[2][TAGGER_FEATURES];
  size_t counts[2] = {0}, last = 0, turn = 0;
  for (size_t at = 0; at < notes->tokens.len; at++) {
    if (!facts[at].active) continue;
    counts[turn] = tagger_features(notes, facts, at, self->head.bits, rows[turn], NULL);
    for (size_t n = 0; n < counts[turn]; n++)
      __builtin_prefetch(&self->weights[(size_t)rows[turn][n] * TAGGER_LANES]);
    turn = !turn;
    sums[last] = add_rows(self, rows[turn], counts[turn]);
    last = at;
  }
  sums[last] = add_rows(self, rows[!turn], counts[!turn]);
  return sums;
}

static void score_word(const Tagger *self, Sums sums, Cell *cell)
{
  float top = -1e30f;
  for (size_t tag = 0; tag < TAGS; tag++) {
    cell->score[tag] = (float)sums[tag] * self->head.step;
    top = cell->score[tag] > top ? cell->score[tag] : top;
  }
  cell->score[TAGS] = cell->grown[TAGS] = 0;
  for (size_t tag = 0; tag < TAGS; tag++) cell->grown[tag] = expf(cell->score[tag] - top);
}

static void scale_to_one(float values[LANES])
{
  float sum = 0;
  for (size_t tag = 0; tag < TAGS; tag++) sum += values[tag];
  if (sum < 1e-30f) sum = 1e-30f;
  for (size_t tag = 0; tag < LANES; tag++) values[tag] /= sum;
}

static void forward_word(const Tagger *self, const Cell *before, Cell *cell)
{
  float sum[LANES] = {0}, best[LANES];
  for (size_t tag = 0; tag < LANES; tag++) best[tag] = -1e30f;
  for (size_t from = 0; from < TAGS; from++) {
    for (size_t tag = 0; tag < LANES; tag++) {
      float score = before->best[from] + self->change[from][tag];
      best[tag] = score > best[tag] ? score : best[tag];
      sum[tag] += before->forward[from] * self->grow[from][tag];
    }
  }
  for (size_t tag = 0; tag < LANES; tag++) {
    cell->forward[tag] = sum[tag] * cell->grown[tag];
    cell->best[tag] = best[tag] + cell->score[tag];
  }
  scale_to_one(cell->forward);
}

static void forward(const Tagger *self, Cell *cells, size_t count)
{
  Cell start = {.forward = {[TAG_O] = 1}};
  for (size_t tag = TAG_O + 1; tag < LANES; tag++) start.best[tag] = -INFINITY;
  for (size_t i = 0; i < count; i++) forward_word(self, i ? &cells[i - 1] : &start, &cells[i]);
}

static void backward(const Tagger *self, Cell *cells, size_t count)
{
  memcpy(cells[count - 1].backward, self->grow_back[TAG_O], sizeof cells->backward);
  scale_to_one(cells[count - 1].backward);
  for (size_t i = count - 1; i-- > 0;) {
    const Cell *behind = &cells[i + 1];
    float sum[LANES] = {0};
    for (size_t to = 0; to < TAGS; to++) {
      for (size_t tag = 0; tag < LANES; tag++)
        sum[tag] += self->grow_back[to][tag] * behind->grown[to] * behind->backward[to];
    }
    memcpy(cells[i].backward, sum, sizeof sum);
    scale_to_one(cells[i].backward);
  }
}

static float probability(const Cell *cell, Tag tag)
{
  float sum = 0;
  for (size_t t = 0; t < TAGS; t++) sum += cell->forward[t] * cell->backward[t];
  return sum > 0 ? cell->forward[tag] * cell->backward[tag] / sum : 0;
}

// The tag before `tag` in the best sequence to it.
static Tag best_before(const Tagger *self, const Cell *before, Tag tag)
{
  Tag best = TAG_O;
  float top = -1e30f;
  for (Tag from = TAG_O; from < TAGS; from++) {
    float score = before->best[from] + self->change[from][tag];
    if (score > top) top = score, best = from;
  }
  return best;
}

// Best tags of the run; tags[i] for its word i.
static void viterbi(const Tagger *self, const Cell *cells, size_t count, Tag *tags)
{
  tags[count - 1] = best_before(self, &cells[count - 1], TAG_O);
  for (size_t i = count - 1; i > 0; i--) tags[i - 1] = best_before(self, &cells[i - 1], tags[i]);
}

static float confidence_of(const Tagger *self, EntityType type, float p)
{
  p = p < 1e-4f ? 1e-4f : p > 1 - 1e-4f ? 1 - 1e-4f : p;
  return 1 / (1 + expf(-(self->head.steep[type] * logf(p / (1 - p)) + self->head.lean[type])));
}

static Name name_of(const Notes *notes, size_t first, size_t last, EntityType type, float confidence)
{
  return (Name){.start = notes->tokens.items[first].start,
                .end = notes->tokens.items[last - 1].end,
                .first = (uint32_t)first,
                .last = (uint32_t)last,
                .type = type,
                .by = BY_MODEL,
                .confidence = confidence,
                .entity = 0};
}

static void take_names(const Tagger *self, Notes *notes, const Cell *cells, const Tag *tags, size_t first,
                       size_t count)
{
  for (size_t i = 0, end; i < count; i = end) {
    end = i + 1;
    if (!(tags[i] & 1)) continue;
    float least = probability(&cells[i], tags[i]);
    for (; end < count && tags[end] == tags[i] + 1; end++) {
      float p = probability(&cells[end], tags[end]);
      least = p < least ? p : least;
    }
    EntityType type = (EntityType)((tags[i] - 1) / 2);
    float confidence = confidence_of_probability(confidence_of(self, type, least));
    vec_push_in(&notes->arena, &notes->names, name_of(notes, first + i, first + end, type, confidence));
  }
}

static bool is_weak(const Notes *notes, const Cell *cells, const Tag *tags, size_t first, size_t i)
{
  bool capital = notes->tokens.items[first + i].flags & TOKEN_CAPITAL;
  return capital && tags[i] == TAG_O && 1 - probability(&cells[i], TAG_O) > WEAK;
}

static void take_weak(Notes *notes, const Cell *cells, const Tag *tags, size_t first, size_t count)
{
  for (size_t i = 0, end; i < count; i = end) {
    float sums[ENTITY_TYPES] = {0};
    for (end = i; end < count && is_weak(notes, cells, tags, first, end); end++) {
      for (Tag tag = TAG_B_PER; tag < TAGS; tag++) sums[(tag - 1) / 2] += probability(&cells[end], tag);
    }
    if (end == i) {
      end++;
      continue;
    }
    EntityType type = ENTITY_PER;
    for (EntityType t = ENTITY_ORG; t < ENTITY_TYPES; t++) type = sums[t] > sums[type] ? t : type;
    float confidence = confidence_of_probability(sums[type] / (float)(end - i));
    vec_push_in(&notes->arena, &notes->weak, name_of(notes, first + i, first + end, type, confidence));
  }
}

void tagger_find(const Tagger *self, Notes *notes, const NameFact *facts)
{
  Arena scratch = {0}, of_run = {0};
  const Sums *sums = sum_words(self, notes, facts, &scratch);
  for (size_t first = 0, last; first < notes->tokens.len; first = last + 1) {
    for (last = first; last < notes->tokens.len && facts[last].active; last++) {
    }
    size_t count = last - first;
    if (!count) continue;
    Cell *cells = arena_alloc(&of_run, size_mul(count, sizeof *cells));
    Tag *tags = arena_alloc(&of_run, size_mul(count, sizeof *tags));
    for (size_t i = 0; i < count; i++) score_word(self, sums[first + i], &cells[i]);
    forward(self, cells, count);
    backward(self, cells, count);
    viterbi(self, cells, count, tags);
    take_names(self, notes, cells, tags, first, count);
    take_weak(notes, cells, tags, first, count);
    arena_reset(&of_run);
  }
  arena_release(&of_run);
  arena_release(&scratch);
}
