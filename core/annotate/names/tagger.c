// Active words come in runs; the words around a run are no names, so each run is decoded by itself, from O to
// O: forward and backward sums give every word's probability of every tag, Viterbi the best sequence. A
// name's confidence is that of its least probable word, put right by what the trainer saw of such names.
#include "annotate/names/tagger.h"

#include "annotate/mapped.h"
#include "annotate/notes.h"

#include <math.h>
#include <stdlib.h>

#define LANES 8     // TAGS and one more, for the processor's sake: it does four at a time
#define PLAIN -5.3f // log of a share of the probability, six of which are less than WEAK
#define WEAK 0.03f  // a word that is a name with more than this probability may become one in coref

struct Tagger {
  Mapped file;
  TaggerHead head;
  const uint32_t *rows;         // of packed weights
  float alone[TAGS];            // change from and to TAG_O, more than that of TAG_O itself
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
  self->rows = (const uint32_t *)(const void *)((const char *)file.head + sizeof self->head);
  for (Tag a = TAG_O; a < TAGS; a++) {
    self->change[a][TAGS] = -INFINITY;
    for (Tag b = TAG_O; b < TAGS; b++) {
      self->change[a][b] = tagger_may_follow(a, b) ? self->head.change[a][b] : -INFINITY;
      self->grow[a][b] = self->grow_back[b][a] = expf(self->change[a][b]);
    }
  }
  for (Tag tag = TAG_O; tag < TAGS; tag++)
    self->alone[tag] = self->change[TAG_O][tag] + self->change[tag][TAG_O] - 2 * self->change[TAG_O][TAG_O];
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

// --- decoding

typedef struct Cell {
  float score[LANES];   // sum of the weights
  float grown[LANES];   // exp(score), up to a factor
  float forward[LANES]; // scaled to sum to 1
  float backward[LANES];
  float best[LANES]; // sum of the best sequence up to here
} Cell;

typedef Lanes16 Sums; // holds FEATURES_MOST * LANES_SCALED; the last lane is unread

// A word on its way through sum_words().
typedef struct Waiting {
  NameView view;
  uint64_t keys[FEATURE_PARTS]; // to keep a part's sum by; none for PART_AROUND
  uint32_t rows[FEATURES_MOST];
  size_t ends[FEATURE_PARTS]; // of a part's rows; no rows: its sum is in `sums`
  Sums sums;
} Waiting;

static size_t row_count(const Waiting *word)
{
  return word->ends[PART_AROUND];
}

static void call_rows(const Tagger *self, const Waiting *word, size_t first)
{
  for (size_t n = first; n < row_count(word); n++) __builtin_prefetch(&self->rows[word->rows[n]]);
}

// The sum of the rows [first, end) of a word; meanwhile as many of the next word are called, as memory gives
// only a few at a time.
static Sums add_rows(const Tagger *self, const Waiting *word, size_t first, size_t end, const Waiting *next)
{
  Sums sums = {0};
  for (size_t n = first; n < end; n++) {
    sums += lanes_unpack(self->rows[word->rows[n]]);
    if (n < row_count(next)) __builtin_prefetch(&self->rows[next->rows[n]]);
  }
  return sums;
}

static void look_at_word(const NameMemo *memo, const Notes *notes, const NameFact *facts, size_t at,
                         Waiting *word)
{
  word->view = nameview_at(notes, facts, at);
  for (FeaturePart part = PART_WORD; part < PART_AROUND; part++) {
    word->keys[part] = nameview_key(&word->view, part);
    if (memo) namememo_call_sum(memo, word->keys[part]);
  }
}

static void begin_word(const Tagger *self, const NameMemo *memo, Waiting *word)
{
  size_t count = 0;
  word->sums = (Sums){0};
  for (FeaturePart part = PART_WORD; part < FEATURE_PARTS; part++) {
    const Sums *known = memo && part != PART_AROUND ? namememo_sum(memo, word->keys[part]) : NULL;
    if (known)
      word->sums += *known;
    else
      count += nameview_rows(&word->view, part, self->head.bits, word->rows + count, NULL);
    word->ends[part] = count;
  }
}

static Sums finish_word(const Tagger *self, NameMemo *memo, const Waiting *word, const Waiting *next)
{
  Sums sums = word->sums;
  for (FeaturePart part = PART_WORD; part < FEATURE_PARTS; part++) {
    size_t first = part ? word->ends[part - 1] : 0;
    if (first == word->ends[part]) continue;
    Sums own = add_rows(self, word, first, word->ends[part], next);
    if (memo && part != PART_AROUND) namememo_keep_sum(memo, word->keys[part], own);
    sums += own;
  }
  call_rows(self, next, row_count(word));
  return sums;
}

// The summed weights of every active word of the block. Kept sums and rows lie all over the memory: they are
// called for a word ahead, so three words are on their way at once.
static const Sums *sum_words(const Tagger *self, NameMemo *memo, const Notes *notes, const NameFact *facts,
                             Arena *arena)
{
  Sums *sums = arena_alloc(arena, size_mul(notes->tokens.len + 1, sizeof *sums));
  size_t *active = arena_alloc(arena, size_mul(notes->tokens.len + 1, sizeof *active)), count = 0;
  for (size_t at = 0; at < notes->tokens.len; at++)
    if (facts[at].active) active[count++] = at;
  static const Waiting none;
  Waiting words[3];
  for (size_t n = 0; count && n < count + 2; n++) {
    Waiting *looked = &words[n % 3], *begun = &words[(n + 2) % 3], *done = &words[(n + 1) % 3];
    if (n > 0 && n <= count) begin_word(self, memo, begun);
    if (n < count) look_at_word(memo, notes, facts, active[n], looked);
    if (n == 1) call_rows(self, begun, 0);
    if (n > 1) sums[active[n - 2]] = finish_word(self, memo, done, n <= count ? begun : &none);
  }
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
  const TaggerTrust *trust = &self->head.trust[type];
  p = p < TAGGER_SURE ? TAGGER_SURE : p > 1 - TAGGER_SURE ? 1 - TAGGER_SURE : p;
  return 1 / (1 + expf(-(trust->sure * logf(p) - trust->doubt * logf(1 - p) + trust->lean)));
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

// Whether a word that stands alone is no name, and not even WEAK: most are, and the sums say so at once.
static bool is_plain(const Tagger *self, Sums sums)
{
  float most = -INFINITY;
  for (size_t tag = TAG_B_PER; tag < TAGS; tag++) {
    float more = (float)(sums[tag] - sums[TAG_O]) * self->head.step + self->alone[tag];
    most = more > most ? more : most;
  }
  return most < PLAIN;
}

static void find_in_run(const Tagger *self, Arena *scratch, Notes *notes, const Sums *sums, size_t first,
                        size_t count)
{
  Cell *cells = arena_alloc(scratch, size_mul(count, sizeof *cells));
  Tag *tags = arena_alloc(scratch, size_mul(count, sizeof *tags));
  for (size_t i = 0; i < count; i++) score_word(self, sums[first + i], &cells[i]);
  forward(self, cells, count);
  backward(self, cells, count);
  viterbi(self, cells, count, tags);
  take_names(self, notes, cells, tags, first, count);
  take_weak(notes, cells, tags, first, count);
}

void tagger_find(const Tagger *self, NameMemo *memo, Arena *scratch, Notes *notes, const NameFact *facts)
{
  const Sums *sums = sum_words(self, memo, notes, facts, scratch);
  for (size_t first = 0, last; first < notes->tokens.len; first = last + 1) {
    for (last = first; last < notes->tokens.len && facts[last].active; last++) {
    }
    if (last == first || (last == first + 1 && is_plain(self, sums[first]))) continue;
    find_in_run(self, scratch, notes, sums, first, last - first);
  }
}

void tagger_shares(const Tagger *self, Arena *scratch, const Notes *notes, const NameFact *facts,
                   float shares[][TAGS])
{
  const Sums *sums = sum_words(self, NULL, notes, facts, scratch);
  Cell *cells = arena_alloc(scratch, size_mul(notes->tokens.len + 1, sizeof *cells));
  for (size_t first = 0, last; first < notes->tokens.len; first = last + 1) {
    for (last = first; last < notes->tokens.len && facts[last].active; last++)
      score_word(self, sums[last], &cells[last]);
    if (last > first) {
      forward(self, cells + first, last - first);
      backward(self, cells + first, last - first);
    }
    for (size_t i = first; i < last; i++) {
      for (Tag tag = TAG_O; tag < TAGS; tag++) shares[i][tag] = probability(&cells[i], tag);
    }
    if (last == notes->tokens.len) continue;
    for (Tag tag = TAG_O; tag < TAGS; tag++) shares[last][tag] = tag == TAG_O;
  }
}
