// Active words come in runs; the words around a run are no names, so each run is decoded by itself, from O to
// O: forward and backward sums give every word's probability of every tag, Viterbi the best sequence. A
// name's confidence is that of its least probable word, put right by what the trainer saw of such names.
//
// What a word is by itself and between its neighbours, whose sums are mostly kept, settles one active word in
// four: "sa" behind a name, "Im" at the head of a sentence. A word at an end of its run that these call no
// name by more than SETTLED is none, and the rows of PART_AROUND, half of the work, are not read. In 6.8 MB
// of news and encyclopedia in twelve languages this changed 3 of 56,000 names. tagger_shares() settles
// nothing.
#include "annotate/names/tagger.h"

#include "annotate/mapped.h"
#include "annotate/notes.h"

#include <math.h>
#include <stdlib.h>

#define LANES 8     // TAGS and one more, which tag nothing
#define PLAIN -5.3f // log of a share of the probability, six of which are less than WEAK
#define WEAK 0.03f  // a word that is a name with more than this probability may become one in coref

static const float SETTLED[2] = {2.5f, 2.8f}; // [capital], in log-probability

struct Tagger {
  Mapped file;
  TaggerHead head;
  const uint32_t *rows;         // of packed weights
  float alone[TAGS];            // change from and to TAG_O, more than that of TAG_O itself
  float change[TAGS][LANES];    // [tag before][tag]; -INFINITY where one may not follow the other
  int settled[2];               // [capital]: SETTLED in units of the weights
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
  for (size_t capital = 0; capital < 2; capital++)
    self->settled[capital] = (int)(SETTLED[capital] / self->head.step);
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

typedef struct Cell {   // of a word: its numbers for each tag
  float score[LANES];   // sum of the weights
  float grown[LANES];   // exp(score), up to a factor
  float forward[LANES]; // scaled to sum to 1
  float best[LANES];    // sum of the best sequence up to here
  float share[LANES];   // the probability
} Cell;

typedef Lanes16 Sums; // holds FEATURES_MOST * LANES_SCALED; the last lane is unread

typedef struct Rows {
  uint32_t of[FEATURES_MOST];
  size_t count;
} Rows;

// A word on its way through sum_words().
enum { SUMS_AHEAD = 4, WAITING = 8 }; // SUMS_AHEAD + 3 and more, a power of two
typedef struct Waiting {
  NameView view;
  uint64_t keys[PART_AROUND]; // to keep a part's sum by
  Sums sums;                  // of what was added up to now
  Rows own, around;           // of the parts whose sums were not kept; of PART_AROUND
  size_t ends[PART_AROUND];   // in `own`, of each part's
} Waiting;

static void prefetch_rows(const Tagger *self, const Rows *rows, size_t first)
{
  for (size_t n = first; n < rows->count; n++) __builtin_prefetch(&self->rows[rows->of[n]]);
}

// The sum of the rows [first, end); meanwhile as many of the next word's are prefetched, as memory gives only
// a few at a time.
static Sums add_rows(const Tagger *self, const Rows *rows, size_t first, size_t end, const Rows *next)
{
  Sums sums = {0};
  size_t n = first, both = end < next->count ? end : next->count;
  for (; n < both; n++) {
    sums += lanes_unpack(self->rows[rows->of[n]]);
    __builtin_prefetch(&self->rows[next->of[n]]);
  }
  for (; n < end; n++) sums += lanes_unpack(self->rows[rows->of[n]]);
  return sums;
}

static void look_at_word(const NameMemo *memo, const Notes *notes, const NameFact *facts, size_t at,
                         Waiting *word)
{
  word->view = nameview_at(notes, facts, at);
  if (!memo) return;
  nameview_keys(&word->view, word->keys);
  for (FeaturePart part = PART_WORD; part < PART_AROUND; part++)
    namememo_prefetch_sum(memo, word->keys[part]);
}

// Of all parts but PART_AROUND the sums that were kept, and the rows of the others.
static void begin_word(const Tagger *self, const NameMemo *memo, Waiting *word)
{
  size_t count = 0;
  word->sums = (Sums){0};
  for (FeaturePart part = PART_WORD; part < PART_AROUND; part++) {
    const Sums *known = memo ? namememo_sum(memo, word->keys[part]) : NULL;
    if (known)
      word->sums += *known;
    else
      count += nameview_rows(&word->view, part, self->head.bits, word->own.of + count);
    word->ends[part] = count;
  }
  word->own.count = count;
}

// By how much the word is rather no name.
static int plainness(Sums sums)
{
  int most = INT16_MIN;
  for (size_t tag = TAG_B_PER; tag < TAGS; tag++) most = sums[tag] > most ? sums[tag] : most;
  return sums[TAG_O] - most;
}

// Whether what stands around the word will make no name of it any more.
static bool is_settled(const Tagger *self, const Waiting *word)
{
  const NameView *view = &word->view;
  bool at_end = !view->fact[-1].active || !view->fact[1].active, capital = view->own->flags & TOKEN_CAPITAL;
  return at_end && plainness(word->sums) > self->settled[capital];
}

// Completes the sum of the parts but PART_AROUND, and lists the rows of that if it is still needed.
static bool judge_word(const Tagger *self, NameMemo *memo, Waiting *word, const Rows *next, bool hurry)
{
  size_t first = 0;
  for (FeaturePart part = PART_WORD; part < PART_AROUND; first = word->ends[part++]) {
    if (first == word->ends[part]) continue;
    Sums own = add_rows(self, &word->own, first, word->ends[part], next);
    if (memo) namememo_keep_sum(memo, word->keys[part], own);
    word->sums += own;
  }
  prefetch_rows(self, next, first);
  bool open = !hurry || !is_settled(self, word);
  word->around.count = open ? nameview_rows(&word->view, PART_AROUND, self->head.bits, word->around.of) : 0;
  return open;
}

static Sums finish_word(const Tagger *self, const Waiting *word, const Rows *next)
{
  Sums sums = word->sums + add_rows(self, &word->around, 0, word->around.count, next);
  prefetch_rows(self, next, word->around.count);
  return sums;
}

// The summed weights of the active words of a block; open[at] for those that may be part of a name, which
// with `hurry` a settled one is not. Kept sums and rows lie all over the memory: the sums are called for
// SUMS_AHEAD words ahead, the rows one, so several words are on their way at once.
static const Sums *sum_words(const Tagger *self, NameMemo *memo, const Notes *notes, const NameFact *facts,
                             bool hurry, Arena *arena, bool *open)
{
  Sums *sums = arena_alloc(arena, size_mul(notes->tokens.len + 1, sizeof *sums));
  size_t *active = arena_alloc(arena, size_mul(notes->tokens.len + 1, sizeof *active)), count = 0;
  for (size_t at = 0; at < notes->tokens.len; at++) {
    open[at] = false;
    if (facts[at].active) active[count++] = at;
  }
  static const Rows none;
  Waiting words[WAITING];
  for (size_t n = 0; count && n < count + SUMS_AHEAD + 2; n++) {
    size_t begun = n - SUMS_AHEAD, judged = begun - 1, done = judged - 1; // below 0: not in [0, count) either
    Waiting *newer = &words[begun % WAITING], *word = &words[judged % WAITING];
    if (begun < count) begin_word(self, memo, newer);
    if (begun == 0) prefetch_rows(self, &newer->own, 0);
    if (judged < count)
      open[active[judged]] = judge_word(self, memo, word, begun < count ? &newer->own : &none, hurry);
    if (judged == 0) prefetch_rows(self, &word->around, 0);
    if (done < count)
      sums[active[done]] = finish_word(self, &words[done % WAITING], judged < count ? &word->around : &none);
    if (n < count) look_at_word(memo, notes, facts, active[n], &words[n % WAITING]);
  }
  return sums;
}

static void score_word(const Tagger *self, Sums sums, Cell *cell)
{
  sums[TAGS] = sums[TAG_O];
  Lanes8F score = lanes_multiply(lanes_from(sums), lanes_all(self->head.step));
  lanes_store(cell->score, score);
  lanes_store(cell->grown, lanes_exp(lanes_add(score, lanes_all(-lanes_most(score)))));
}

static Lanes8F scale_to_one(Lanes8F values)
{
  float sum = lanes_sum(values);
  return lanes_multiply(values, lanes_all(1 / (sum > 1e-30f ? sum : 1e-30f)));
}

static void forward_word(const Tagger *self, const Cell *before, Cell *cell)
{
  Lanes8F sum = lanes_all(0), best = lanes_all(-1e30f);
  for (size_t from = 0; from < TAGS; from++) {
    best = lanes_max(best, lanes_add(lanes_all(before->best[from]), lanes_load(self->change[from])));
    sum = lanes_add(sum, lanes_multiply(lanes_all(before->forward[from]), lanes_load(self->grow[from])));
  }
  lanes_store(cell->forward, scale_to_one(lanes_multiply(sum, lanes_load(cell->grown))));
  lanes_store(cell->best, lanes_add(best, lanes_load(cell->score)));
}

static void forward(const Tagger *self, Cell *cells, size_t count)
{
  static const Cell start = {.forward = {[TAG_O] = 1},
                             .best = {0, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY}};
  for (size_t i = 0; i < count; i++) forward_word(self, i ? &cells[i - 1] : &start, &cells[i]);
}

// From the last word to the first what may follow each tag; together with forward(), the shares.
static void backward(const Tagger *self, Cell *cells, size_t count)
{
  Lanes8F behind = lanes_load(self->grow_back[TAG_O]);
  for (size_t i = count; i-- > 0;) {
    Cell *cell = &cells[i];
    lanes_store(cell->share, scale_to_one(lanes_multiply(lanes_load(cell->forward), behind)));
    float grown[LANES];
    lanes_store(grown, lanes_multiply(scale_to_one(behind), lanes_load(cell->grown)));
    behind = lanes_all(0);
    for (size_t to = 0; to < TAGS; to++)
      behind = lanes_add(behind, lanes_multiply(lanes_all(grown[to]), lanes_load(self->grow_back[to])));
  }
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

float tagger_shown(const Tagger *self, EntityType type, float held)
{
  const float *knots = self->head.shown[type];
  size_t n;
  float way = tagger_way(held, &n), low = n ? knots[n - 1] : 0, high = n < TAGGER_KNOTS ? knots[n] : 1;
  return low + way * (high - low);
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
    float least = cells[i].share[tags[i]];
    for (; end < count && tags[end] == tags[i] + 1; end++) {
      float p = cells[end].share[tags[end]];
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
  return capital && tags[i] == TAG_O && 1 - cells[i].share[TAG_O] > WEAK;
}

static void take_weak(Notes *notes, const Cell *cells, const Tag *tags, size_t first, size_t count)
{
  for (size_t i = 0, end; i < count; i = end) {
    float sums[ENTITY_TYPES] = {0};
    for (end = i; end < count && is_weak(notes, cells, tags, first, end); end++) {
      for (Tag tag = TAG_B_PER; tag < TAGS; tag++) sums[(tag - 1) / 2] += cells[end].share[tag];
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
  bool *open = arena_alloc(scratch, notes->tokens.len + 1);
  const Sums *sums = sum_words(self, memo, notes, facts, true, scratch, open);
  for (size_t first = 0, last; first < notes->tokens.len; first = last + 1) {
    for (last = first; last < notes->tokens.len && open[last]; last++) {
    }
    if (last == first || (last == first + 1 && is_plain(self, sums[first]))) continue;
    find_in_run(self, scratch, notes, sums, first, last - first);
  }
}

void tagger_shares(const Tagger *self, Arena *scratch, const Notes *notes, const NameFact *facts,
                   float shares[][TAGS])
{
  bool *open = arena_alloc(scratch, notes->tokens.len + 1);
  const Sums *sums = sum_words(self, NULL, notes, facts, false, scratch, open);
  Cell *cells = arena_alloc(scratch, size_mul(notes->tokens.len + 1, sizeof *cells));
  for (size_t first = 0, last; first < notes->tokens.len; first = last + 1) {
    for (last = first; last < notes->tokens.len && open[last]; last++)
      score_word(self, sums[last], &cells[last]);
    if (last > first) {
      forward(self, cells + first, last - first);
      backward(self, cells + first, last - first);
    }
    for (size_t i = first; i < last; i++) memcpy(shares[i], cells[i].share, sizeof shares[i]);
    if (last == notes->tokens.len) continue;
    for (Tag tag = TAG_O; tag < TAGS; tag++) shares[last][tag] = tag == TAG_O;
  }
}
