// Active words come in runs; the words around a run are no names, so each run is decoded by itself, from O to
// O: forward and backward sums give every word's probability of every tag, Viterbi the best sequence. A
// name's confidence is the least probable of its words.
#include "annotate/tagger.h"

#include "annotate/mapped.h"
#include "annotate/notes.h"

#include <math.h>
#include <stdlib.h>

#define WEAK 0.1f // a word that is a name with more than this probability may become one in coref

struct Tagger {
  Mapped file;
  TaggerHead head;
  const int8_t *weights;  // [row][lane]
  float grow[TAGS][TAGS]; // exp(change), 0 where one may not follow the other
};

// --- the file
// -----------------------------------------------------------------------------------------------------------

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
    for (Tag b = TAG_O; b < TAGS; b++)
      self->grow[a][b] = tagger_may_follow(a, b) ? expf(self->head.change[a][b]) : 0;
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
// -----------------------------------------------------------------------------------------------------------

typedef struct Features {
  uint32_t *rows;
  size_t count;
  unsigned bits;
  uint64_t lang;
  uint64_t template; // counts up: every call of add() is another kind of feature
} Features;

static uint64_t mix(uint64_t a, uint64_t b)
{
  uint64_t h = (a ^ b * 0xd6e8feb86659fd93u) * 0x9e3779b97f4a7c15u;
  return h ^ h >> 32;
}

static void add(Features *out, uint64_t value)
{
  out->rows[out->count++] = (uint32_t)(mix(value, ++out->template) >> 8) & ((1u << out->bits) - 1);
}

// The value for all languages together, and for this one.
static void add_both(Features *out, uint64_t value)
{
  add(out, value);
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
} Row;

static Row row_of(const Notes *notes, const NameFact *facts, size_t at)
{
  Row row = {0};
  for (size_t i = at; i > 0 && row.before < 3 && (notes->tokens.items[i - 1].flags & TOKEN_CAPITAL); i--)
    row.before++;
  for (size_t i = at + 1;
       i < notes->tokens.len && row.behind < 3 && (notes->tokens.items[i].flags & TOKEN_CAPITAL); i++) {
    row.behind++;
    row.orgword = row.orgword || facts[i].orgword;
  }
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
  add(out, w[4].fact->hash);
  add(out, mix(w[1].fact->hash, f->hash));
  add(out, mix(f->hash, w[3].fact->hash));
  add(out, mix(w[1].fact->hash, f->shape));
  add(out, mix(w[3].fact->hash, f->shape));
  add(out, mix(w[0].fact->hash, w[1].fact->hash));
  add(out, mix(w[3].fact->hash, w[4].fact->hash));
  add(out, affix(lower, 2, false));
  add(out, affix(lower, 3, false));
  add(out, affix(lower, 4, false));
  add(out, affix(lower, 5, false));
  add(out, affix(lower, 2, true));
  add_both(out, affix(lower, 3, true));
  add_both(out, affix(lower, 4, true));
  add(out, affix(lower, 5, true));
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
  add_both(out, s2 | first << 5 | loud << 6);
  add(out, s1 | s2 << 5 | s3 << 10);
  add(out, s2 | s3 << 5 | s4 << 10);
  add(out, s0 | s1 << 5 | s2 << 10);
  add_both(out, row.before | row.behind << 2 | (uint64_t)row.orgword << 4 | s2 << 5);
  add(out, row.before | row.behind << 2 | w[1].fact->hash << 4);
  add_both(out, (uint64_t)notes->kind << 8 | s2 | first << 5);
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
  add_both(out, (f->word & names) | (behind->word & names) << 4 | (uint64_t)behind->shape << 8);
  add_both(out, (before->word & names) | (f->word & names) << 4 | (uint64_t)before->shape << 8);
  add(out, mix(before->word, f->word));
  add(out, mix(f->word, behind->word));
  add(out, (w[0].fact->word & names) | (before->word & names) << 4 | (f->word & names) << 8);
  add(out, (f->word & names) | (behind->word & names) << 4 | (w[4].fact->word & names) << 8);
  add_both(out, match_value(f));
  add(out, match_value(f) << 8 | casing);
  add(out, match_value(f) << 16 | (f->word & 0xFFF));
  add(out, match_value(before) << 8 | match_value(f));
  add(out, match_value(f) << 8 | match_value(behind));
  add(out, mix(before->hash, match_value(f)));
  uint64_t title = before->title | (uint64_t)w[0].fact->title << 1 | (uint64_t)f->title << 2 |
                   (uint64_t)behind->title << 3;
  add(out, title << 5 | f->shape);
  add(out, title << 5 | row.behind);
  add(out, title << 8 | (f->word & names));
  uint64_t org = f->orgword | (uint64_t)before->orgword << 1 | (uint64_t)behind->orgword << 2;
  add(out, org << 5 | f->shape);
  add(out, (uint64_t)f->particle | (uint64_t)before->particle << 1 | (uint64_t)behind->particle << 2 |
               (uint64_t)f->shape << 3);
  add(out,
      before->casing | (uint64_t)before->shape << 3 | (uint64_t)f->casing << 8 | (uint64_t)f->shape << 11);
  add(out,
      behind->casing | (uint64_t)behind->shape << 3 | (uint64_t)f->casing << 8 | (uint64_t)f->shape << 11);
}

static void cluster_features(Features *out, const Word w[5])
{
  uint64_t before = w[1].fact->cluster, own = w[2].fact->cluster, behind = w[3].fact->cluster;
  add_both(out, own);
  add(out, own << 5 | w[2].fact->shape);
  add_both(out, before << 5 | w[2].fact->shape);
  add_both(out, behind << 5 | w[2].fact->shape);
  add(out, w[0].fact->cluster);
  add(out, w[4].fact->cluster);
  add(out, before << 9 | own);
  add(out, own << 9 | behind);
}

size_t tagger_features(const Notes *notes, const NameFact *facts, size_t at, unsigned bits,
                       uint32_t rows[TAGGER_FEATURES])
{
  Features out = {.rows = rows, .bits = bits, .lang = (uint64_t)notes->lang + 1};
  Word w[5];
  for (ptrdiff_t by = -2; by <= 2; by++) w[by + 2] = word_at(notes, facts, at, by);
  Row row = row_of(notes, facts, at);
  word_features(&out, w);
  shape_features(&out, w, notes, row);
  fact_features(&out, w, row);
  cluster_features(&out, w);
  return out.count;
}

// --- decoding
// -----------------------------------------------------------------------------------------------------------

typedef struct Cell {
  float score[TAGS];   // sum of the weights
  float grown[TAGS];   // exp(score), up to a factor
  float forward[TAGS]; // scaled to sum to 1
  float backward[TAGS];
  float best[TAGS];
  uint8_t from[TAGS];
} Cell;

static void score_word(const Tagger *self, const Notes *notes, const NameFact *facts, size_t at, Cell *cell)
{
  uint32_t rows[TAGGER_FEATURES];
  int32_t sums[TAGGER_LANES + 1] = {0}; // eight at a time: the last lane is the next row's and goes unread
  for (size_t n = tagger_features(notes, facts, at, self->head.bits, rows); n; n--) {
    const int8_t *row = &self->weights[(size_t)rows[n - 1] * TAGGER_LANES];
    for (size_t lane = 0; lane < TAGGER_LANES + 1; lane++) sums[lane] += row[lane];
  }
  float top = -1e30f;
  for (size_t tag = 0; tag < TAGS; tag++) {
    cell->score[tag] = (float)sums[tag] * self->head.step;
    top = cell->score[tag] > top ? cell->score[tag] : top;
  }
  for (size_t tag = 0; tag < TAGS; tag++) cell->grown[tag] = expf(cell->score[tag] - top);
}

static void scale_to_one(float values[TAGS])
{
  float sum = 0;
  for (size_t tag = 0; tag < TAGS; tag++) sum += values[tag];
  if (sum < 1e-30f) sum = 1e-30f;
  for (size_t tag = 0; tag < TAGS; tag++) values[tag] /= sum;
}

static void forward(const Tagger *self, Cell *cells, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    for (size_t tag = 0; tag < TAGS; tag++) {
      float sum = 0, best = -1e30f;
      for (size_t from = 0; from < TAGS; from++) {
        if (i == 0 && from != TAG_O) break;
        sum += (i ? cells[i - 1].forward[from] : 1) * self->grow[from][tag];
        if (!tagger_may_follow((Tag)from, (Tag)tag)) continue;
        float score = (i ? cells[i - 1].best[from] : 0) + self->head.change[from][tag];
        if (score > best) {
          best = score;
          cells[i].from[tag] = (uint8_t)from;
        }
      }
      cells[i].forward[tag] = sum * cells[i].grown[tag];
      cells[i].best[tag] = best + cells[i].score[tag];
    }
    scale_to_one(cells[i].forward);
  }
}

static void backward(const Tagger *self, Cell *cells, size_t count)
{
  for (size_t i = count; i-- > 0;) {
    for (size_t tag = 0; tag < TAGS; tag++) {
      float sum = i + 1 == count ? self->grow[tag][TAG_O] : 0;
      for (size_t to = 0; i + 1 < count && to < TAGS; to++)
        sum += self->grow[tag][to] * cells[i + 1].grown[to] * cells[i + 1].backward[to];
      cells[i].backward[tag] = sum;
    }
    scale_to_one(cells[i].backward);
  }
}

static float probability(const Cell *cell, Tag tag)
{
  float sum = 0;
  for (size_t t = 0; t < TAGS; t++) sum += cell->forward[t] * cell->backward[t];
  return sum > 0 ? cell->forward[tag] * cell->backward[tag] / sum : 0;
}

// Best tags of the run; tags[i] for its word i.
static void viterbi(const Tagger *self, const Cell *cells, size_t count, Tag *tags)
{
  Tag tag = TAG_O;
  float best = -1e30f;
  for (Tag last = TAG_O; last < TAGS; last++) {
    float score = cells[count - 1].best[last] + self->head.change[last][TAG_O];
    if (score > best) best = score, tag = last;
  }
  for (size_t i = count; i-- > 0;) {
    tags[i] = tag;
    tag = (Tag)cells[i].from[tag];
  }
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
                .entity = {"", 0}};
}

static void take_names(Notes *notes, const Cell *cells, const Tag *tags, size_t first, size_t count)
{
  for (size_t i = 0, end; i < count; i = end) {
    end = i + 1;
    if (!(tags[i] & 1)) continue;
    float confidence = probability(&cells[i], tags[i]);
    for (; end < count && tags[end] == tags[i] + 1; end++) {
      float p = probability(&cells[end], tags[end]);
      confidence = p < confidence ? p : confidence;
    }
    EntityType type = (EntityType)((tags[i] - 1) / 2);
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
    float confidence = sums[type] / (float)(end - i);
    vec_push_in(&notes->arena, &notes->weak, name_of(notes, first + i, first + end, type, confidence));
  }
}

void tagger_find(const Tagger *self, Notes *notes, const NameFact *facts)
{
  Arena scratch = {0};
  for (size_t first = 0, last; first < notes->tokens.len; first = last + 1) {
    for (last = first; last < notes->tokens.len && facts[last].active; last++) {
    }
    size_t count = last - first;
    if (!count) continue;
    Cell *cells = arena_alloc(&scratch, size_mul(count, sizeof *cells));
    Tag *tags = arena_alloc(&scratch, size_mul(count, sizeof *tags));
    for (size_t i = 0; i < count; i++) score_word(self, notes, facts, first + i, &cells[i]);
    forward(self, cells, count);
    backward(self, cells, count);
    viterbi(self, cells, count, tags);
    take_names(notes, cells, tags, first, count);
    take_weak(notes, cells, tags, first, count);
    arena_reset(&scratch);
  }
  arena_release(&scratch);
}
