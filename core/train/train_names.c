// train_names DATA DIR OUT [BITS [EPOCHS]]: learns the weights of annotate/tagger.c from the open corpora
// under DATA/ner and DATA/news (train parts; never nc/ or restricted/), with the gazetteer of DIR, writes
// DIR/OUT and prints F1 on the dev parts.
//
// Conditional random field, stochastic gradient with AdaGrad, one thread, a fixed order of pseudo-random
// numbers: the same data give the same file. Texts go through the product's own blocks, tokens, facts and
// features. All features are hashed into 1 << BITS rows while learning already, so what is learnt is what is
// shipped, collisions included; weights are then rounded to eight bits. With EPOCHS 0 nothing is learnt and
// DIR's own model is measured.
#include "annotate/mapped.h"
#include "annotate/names_p.h"
#include "annotate/notes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 0.04f
#define DECAY 1e-4f // pull of a weight towards 0 whenever its feature is seen
#define OPENNESS                                                                                             \
  1.1f            // taken from every word's score of being no name: missing names cost as much as false ones
#define KEEP 0.6f // share of the features that a word shows at a time, so that none is relied on alone

typedef struct Corpus {
  const char *path; // %s.jsonl below DATA
  float weight;     // of a word of it
} Corpus;

static const Corpus g_train[] = {
    {"ner/sv/swedish_ner_corpus.train", 1},
    {"ner/sv/uner_talbanken.train", 0.7f},
    {"ner/nb/norne.train", 1},
    {"ner/nn/norne.train", 1},
    {"ner/da/danplus_ddt.train", 1},
    {"ner/de/europarl.train", 0.5f},
    {"ner/de/germeval14.train", 1},
    {"ner/de/smartdata_news.train", 0.5f},
    {"ner/it/europarl.train", 0.5f},
    {"ner/en/crossner_politics.train", 1},
    {"ner/en/europarl.train", 0.5f},
    {"ner/en/uner_ewt.train", 1},
    {"ner/en/wikigold.train", 1},
    {"ner/en/wnut17.train", 0.2f},
    {"ner/es/europarl.train", 0.5f},
    {"ner/fr/europeana.train", 0.2f},
    {"ner/nl/europeana.train", 0.2f},
    {"ner/pt/uner_bosque.train", 1},
    {"ner/fi/turku_ner.train", 1},
    {"news/ntrex.sv.train", 3},
    {"news/ntrex.nb.train", 3},
    {"news/ntrex.da.train", 3},
    {"news/ntrex.de.train", 3},
    {"news/ntrex.it.train", 3},
    {"news/ntrex.en.train", 3},
};

static const char *const g_dev[] = {
    "ner/sv/swedish_ner_corpus.dev",
    "ner/nb/norne.dev",
    "ner/nn/norne.dev",
    "ner/da/danplus_ddt.dev",
    "ner/de/germeval14.dev",
    "ner/de/smartdata_news.dev",
    "ner/en/uner_ewt.dev",
    "ner/pt/uner_bosque.dev",
    "ner/fi/turku_ner.dev",
    "ner/fr/europeana.dev",
    "ner/nl/europeana.dev",
    "news/ntrex.sv.dev",
    "news/ntrex.nb.dev",
    "news/ntrex.da.dev",
    "news/ntrex.de.dev",
    "news/ntrex.it.dev",
    "news/ntrex.en.dev",
    "ner/nc/it/kind_wikinews.dev",
    "ner/restricted/en/worldwide_newswire.dev",
};

// --- documents
// ------------------------------------------------------------------------------------------------------------

typedef struct Gold {
  size_t start, end; // bytes in the text
  int type;          // EntityType; ENTITY_TYPES: a name of another kind
} Gold;
typedef VEC_OF(Gold) GoldVec;

typedef struct Doc {
  Str text;
  Lang lang;
  GoldVec gold;
} Doc;

static int type_of(Str name)
{
  return str_is(name, "PER")   ? ENTITY_PER
         : str_is(name, "ORG") ? ENTITY_ORG
         : str_is(name, "LOC") ? ENTITY_LOC
                               : ENTITY_TYPES;
}

static void read_gold(const cJSON *object, Doc *doc)
{
  size_t chars = 0, *byte_at = xcalloc(doc->text.len + 2, sizeof *byte_at);
  for (size_t at = 0; at < doc->text.len;) {
    uint32_t cp;
    byte_at[chars++] = at;
    at += utf8_decode(doc->text.ptr + at, doc->text.ptr + doc->text.len, &cp);
  }
  byte_at[chars] = doc->text.len;
  const cJSON *list = json_get(object, "entities"), *item;
  cJSON_ArrayForEach(item, list)
  {
    size_t start = (size_t)json_get_number(item, "start", 0), end = (size_t)json_get_number(item, "end", 0);
    int type = json_get_bool(item, "opt", false) ? ENTITY_TYPES : type_of(json_get_str(item, "type"));
    if (start < end && end <= chars) vec_push(&doc->gold, (Gold){byte_at[start], byte_at[end], type});
  }
  free(byte_at);
}

static void each_doc(const char *data, const char *corpus, void (*take)(const Doc *, void *), void *with)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.jsonl", data, corpus);
  FILE *file = fopen(path, "r");
  if (!file) {
    fprintf(stderr, "%s: not there, left out\n", path);
    return;
  }
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; (len = getline(&line, &cap, file)) > 0;) {
    cJSON *object = json_parse((Str){line, (size_t)len}, NULL);
    Doc doc = {.text = json_get_str(object, "text"), .lang = lang_of(json_get_str(object, "lang"))};
    read_gold(object, &doc);
    take(&doc, with);
    vec_release(&doc.gold);
    cJSON_Delete(object);
  }
  free(line);
  fclose(file);
}

// The blocks of a document as the pipeline makes them.
static void each_block(const Doc *doc, void (*take)(const Doc *, Notes *, size_t, void *), void *with)
{
  Snapshot *text = snapshot_new(doc->text);
  Article *article = article_new();
  article_parse(article, text);
  const BlockVec *blocks = article_blocks(article);
  for (size_t i = 0; i < blocks->len; i++) {
    const Block *block = &blocks->items[i];
    Notes notes = {.kind = block->kind, .lang = doc->lang};
    notes.text = arena_dup(&notes.arena, str_slice(doc->text, block->start, block->end));
    tokens_split(notes.text, &notes.arena, &notes.tokens);
    sentences_split(notes.text, notes.lang, &notes.tokens, &notes.arena, &notes.sentences);
    take(doc, &notes, block->start, with);
    arena_release(&notes.arena);
  }
  article_free(article);
  snapshot_unref(text);
}

// --- what is learnt from
// --------------------------------------------------------------------------------------------------

typedef struct Sample { // a word
  size_t rows;          // where its features begin in g_rows
  uint8_t count;        // of features
  uint8_t tag;
} Sample;
typedef struct Run {   // active words that stand together
  size_t first, count; // of g_samples
  float weight;
} Run;

static VEC_OF(uint32_t) g_rows;
static VEC_OF(Sample) g_samples;
static VEC_OF(Run) g_runs;
static unsigned g_bits = 19;
static Names *g_names;
static size_t g_gold_names, g_reached_names;

// The tag of a token; names that cover only a part of a token are none.
static Tag tag_of(const Doc *doc, const Token *token, size_t block_start, const Token *before)
{
  size_t start = block_start + token->start, end = block_start + token->end;
  for (size_t i = 0; i < doc->gold.len; i++) {
    const Gold *gold = &doc->gold.items[i];
    if (gold->type == ENTITY_TYPES || start < gold->start || end > gold->end) continue;
    bool begins = !before || block_start + before->start < gold->start;
    return (Tag)(1 + 2 * gold->type + !begins);
  }
  return TAG_O;
}

static void take_block(const Doc *doc, Notes *notes, size_t block_start, void *with)
{
  float weight = *(float *)with;
  const TokenVec *tokens = &notes->tokens;
  NameFact *facts = namefacts_of(&g_names->known, notes, &notes->arena);
  Run run = {.weight = weight};
  for (size_t i = 0; i < tokens->len; i++) {
    Tag tag = tag_of(doc, &tokens->items[i], block_start, i ? &tokens->items[i - 1] : NULL);
    g_gold_names += tag & 1;
    g_reached_names += (tag & 1) && facts[i].active;
    if (!facts[i].active) {
      if (run.count) vec_push(&g_runs, run);
      run.count = 0;
      continue;
    }
    if (!run.count) run.first = g_samples.len;
    Tag last = run.count ? (Tag)g_samples.items[g_samples.len - 1].tag : TAG_O;
    if (!tagger_may_follow(last, tag)) tag = (Tag)(tag - 1);
    uint32_t rows[TAGGER_FEATURES];
    size_t count = tagger_features(notes, facts, i, g_bits, rows);
    vec_push(&g_samples, (Sample){g_rows.len, (uint8_t)count, (uint8_t)tag});
    for (size_t n = 0; n < count; n++) vec_push(&g_rows, rows[n]);
    run.count++;
  }
  if (run.count) vec_push(&g_runs, run);
}

static void take_doc(const Doc *doc, void *with)
{
  each_block(doc, take_block, with);
}

// --- learning
// -------------------------------------------------------------------------------------------------------------

typedef float Lanes[TAGS + 1];       // eight, for the processor's sake
static Lanes *g_weights, *g_squares; // [row]
static Lanes g_change[TAGS], g_change_squares[TAGS];

typedef struct State {
  float grown[TAGS], forward[TAGS], backward[TAGS];
  uint64_t shown[2]; // bits of features
} State;

static uint64_t g_seed = 19450508;
static uint32_t random_below(uint32_t n)
{
  g_seed = g_seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(((g_seed >> 32) * n) >> 32);
}

// Choose the features that the word shows this time.
static void hide_features(State *state, size_t count)
{
  state->shown[0] = state->shown[1] = 0;
  for (size_t n = 0; n < count; n++) {
    if (random_below(1000) < (uint32_t)(1000 * KEEP)) state->shown[n / 64] |= 1ull << n % 64;
  }
}

static bool shown(const State *state, size_t n)
{
  return state->shown[n / 64] >> n % 64 & 1;
}

static void grow_word(const Sample *sample, State *state)
{
  Lanes sums = {0};
  hide_features(state, sample->count);
  for (size_t n = 0; n < sample->count; n++) {
    if (!shown(state, n)) continue;
    const float *row = g_weights[g_rows.items[sample->rows + n]];
    for (size_t lane = 0; lane < TAGS + 1; lane++) sums[lane] += row[lane];
  }
  float top = sums[0];
  for (size_t tag = 1; tag < TAGS; tag++) top = sums[tag] > top ? sums[tag] : top;
  for (size_t tag = 0; tag < TAGS; tag++) state->grown[tag] = expf(sums[tag] - top);
}

static void to_one(float values[TAGS])
{
  float sum = 1e-30f;
  for (size_t tag = 0; tag < TAGS; tag++) sum += values[tag];
  for (size_t tag = 0; tag < TAGS; tag++) values[tag] /= sum;
}

static void sums_of_run(const Run *run, State *states, Lanes grow[TAGS])
{
  for (size_t i = 0; i < run->count; i++) {
    grow_word(&g_samples.items[run->first + i], &states[i]);
    for (size_t tag = 0; tag < TAGS; tag++) {
      float sum = i ? 0 : grow[TAG_O][tag];
      for (size_t from = 0; i && from < TAGS; from++) sum += states[i - 1].forward[from] * grow[from][tag];
      states[i].forward[tag] = sum * states[i].grown[tag];
    }
    to_one(states[i].forward);
  }
  for (size_t i = run->count; i-- > 0;) {
    for (size_t tag = 0; tag < TAGS; tag++) {
      float sum = i + 1 == run->count ? grow[tag][TAG_O] : 0;
      for (size_t to = 0; i + 1 < run->count && to < TAGS; to++)
        sum += grow[tag][to] * states[i + 1].grown[to] * states[i + 1].backward[to];
      states[i].backward[tag] = sum;
    }
    to_one(states[i].backward);
  }
}

static void step(float *weight, float *square, float slope, float rate)
{
  *square += slope * slope;
  *weight += rate * slope / (1e-3f + sqrtf(*square));
}

// Truth less expectation of the word's tags, into all its features.
static void learn_word(const Sample *sample, const State *state, float weight, float rate)
{
  float p[TAGS];
  for (size_t tag = 0; tag < TAGS; tag++) p[tag] = state->forward[tag] * state->backward[tag];
  to_one(p);
  for (size_t tag = 0; tag < TAGS; tag++) p[tag] = weight * ((tag == sample->tag) - p[tag]);
  for (size_t n = 0; n < sample->count; n++) {
    if (!shown(state, n)) continue;
    size_t row = g_rows.items[sample->rows + n];
    for (size_t tag = 0; tag < TAGS; tag++) {
      if (fabsf(p[tag]) < 1e-4f) continue;
      step(&g_weights[row][tag], &g_squares[row][tag], p[tag] - DECAY * g_weights[row][tag], rate);
    }
  }
}

static void learn_change(size_t from, size_t to, float slope, float rate)
{
  if (tagger_may_follow((Tag)from, (Tag)to))
    step(&g_change[from][to], &g_change_squares[from][to], slope, rate);
}

static void learn_changes(const Run *run, const State *states, Lanes grow[TAGS], float rate)
{
  for (size_t i = 0; i <= run->count; i++) {
    float p[TAGS][TAGS], sum = 1e-30f;
    for (size_t from = 0; from < TAGS; from++) {
      for (size_t to = 0; to < TAGS; to++) {
        float before = i ? states[i - 1].forward[from] : from == TAG_O;
        float behind = i < run->count ? states[i].grown[to] * states[i].backward[to] : to == TAG_O;
        sum += p[from][to] = before * grow[from][to] * behind;
      }
    }
    size_t true_from = i ? g_samples.items[run->first + i - 1].tag : TAG_O;
    size_t true_to = i < run->count ? g_samples.items[run->first + i].tag : TAG_O;
    for (size_t from = 0; from < TAGS; from++) {
      for (size_t to = 0; to < TAGS; to++)
        learn_change(from, to, run->weight * ((from == true_from && to == true_to) - p[from][to] / sum),
                     rate);
    }
  }
}

static void learn_run(const Run *run, float rate, Arena *scratch)
{
  arena_reset(scratch);
  State *states = arena_alloc(scratch, size_mul(run->count, sizeof *states));
  Lanes grow[TAGS];
  for (size_t from = 0; from < TAGS; from++) {
    for (size_t to = 0; to < TAGS; to++)
      grow[from][to] = tagger_may_follow((Tag)from, (Tag)to) ? expf(g_change[from][to]) : 0;
  }
  sums_of_run(run, states, grow);
  learn_changes(run, states, grow, rate * 0.5f);
  for (size_t i = 0; i < run->count; i++)
    learn_word(&g_samples.items[run->first + i], &states[i], run->weight, rate);
}

static void learn(size_t epochs)
{
  Arena scratch = {0};
  for (size_t epoch = 0; epoch < epochs; epoch++) {
    uint64_t begin = clock_ns();
    for (size_t i = g_runs.len; i > 1; i--) {
      size_t other = random_below((uint32_t)i);
      Run run = g_runs.items[i - 1];
      g_runs.items[i - 1] = g_runs.items[other];
      g_runs.items[other] = run;
    }
    float rate = RATE * (1 - 0.9f * (float)epoch / (float)epochs);
    for (size_t i = 0; i < g_runs.len; i++) learn_run(&g_runs.items[i], rate, &scratch);
    printf("round %zu of %zu: %.1f s\n", epoch + 1, epochs, (double)(clock_ns() - begin) / 1e9);
    fflush(stdout);
  }
  arena_release(&scratch);
}

static void write_model(const char *path)
{
  size_t weights = (size_t)TAGGER_LANES << g_bits, size = sizeof(TaggerHead) + tagger_weights_size(g_bits),
         zeros = 0;
  TaggerHead *head = xcalloc(1, size);
  head->bits = g_bits;
  head->step = 1.0f / 36;
  for (size_t from = 0; from < TAGS; from++) {
    for (size_t to = 0; to < TAGS; to++)
      head->change[from][to] = g_change[from][to] - (to == TAG_O ? OPENNESS : 0);
  }
  int8_t *rounded = (int8_t *)(head + 1);
  for (size_t i = 0; i < weights; i++) { // KEEP: all features are shown in use
    float units = roundf(KEEP * g_weights[i / TAGGER_LANES][i % TAGGER_LANES] / head->step);
    rounded[i] = (int8_t)(units > 127 ? 127 : units < -127 ? -127 : units);
    zeros += rounded[i] == 0;
  }
  Error err = {0};
  if (!mapped_write(path, (MappedHead *)(void *)head, TAGGER_MAGIC, TAGGER_VERSION, size, &err)) {
    fprintf(stderr, "%s\n", err.text);
    exit(1);
  }
  printf("%s: %zu bytes, %.0f %% of the weights are 0\n", path, size,
         100.0 * (double)zeros / (double)weights);
  free(head);
}

// --- measuring
// ------------------------------------------------------------------------------------------------------------

typedef struct Score {
  size_t right[ENTITY_TYPES], found[ENTITY_TYPES], gold[ENTITY_TYPES];
  double confidence;
} Score;

static void score_block(const Doc *doc, Notes *notes, size_t block_start, void *with)
{
  Score *score = with;
  names_find(g_names, notes);
  for (size_t i = 0; i < notes->names.len; i++) {
    const Name *name = &notes->names.items[i];
    size_t start = block_start + name->start, end = block_start + name->end;
    bool right = false, other = false;
    for (size_t g = 0; g < doc->gold.len; g++) {
      const Gold *gold = &doc->gold.items[g];
      right = right || (gold->start == start && gold->end == end && gold->type == (int)name->type);
      other = other || (gold->type == ENTITY_TYPES && gold->start < end && start < gold->end);
    }
    score->right[name->type] += right;
    score->found[name->type] += right || !other;
  }
}

static void score_doc(const Doc *doc, void *with)
{
  Score *score = with;
  for (size_t g = 0; g < doc->gold.len; g++) {
    if (doc->gold.items[g].type < ENTITY_TYPES) score->gold[doc->gold.items[g].type]++;
  }
  each_block(doc, score_block, with);
}

static double f1(size_t right, size_t found, size_t gold)
{
  return found + gold ? 200.0 * (double)right / (double)(found + gold) : 0;
}

static void measure(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_dev); i++) {
    Score s = {0};
    each_doc(data, g_dev[i], score_doc, &s);
    size_t right = 0, found = 0, gold = 0;
    for (size_t t = 0; t < ENTITY_TYPES; t++) right += s.right[t], found += s.found[t], gold += s.gold[t];
    printf("%-44s F1 %5.2f  P %5.2f R %5.2f  PER %5.2f ORG %5.2f LOC %5.2f\n", g_dev[i],
           f1(right, found, gold), found ? 100.0 * (double)right / (double)found : 0,
           gold ? 100.0 * (double)right / (double)gold : 0, f1(s.right[0], s.found[0], s.gold[0]),
           f1(s.right[1], s.found[1], s.gold[1]), f1(s.right[2], s.found[2], s.gold[2]));
  }
}

int main(int argc, char **argv)
{
  if (argc < 4) {
    fputs("usage: train_names DATA DIR OUT [BITS [EPOCHS]]\n", stderr);
    return 2;
  }
  if (argc > 4) g_bits = (unsigned)strtoul(argv[4], NULL, 10);
  size_t epochs = argc > 5 ? (size_t)strtoul(argv[5], NULL, 10) : 9;
  g_names = names_new(argv[2], NULL);
  for (size_t i = 0; i < ARRAY_LEN(g_train) && epochs; i++) {
    float weight = g_train[i].weight;
    each_doc(argv[1], g_train[i].path, take_doc, &weight);
  }
  printf("%zu words in %zu runs, %zu features; %zu of %zu names reached\n", g_samples.len, g_runs.len,
         g_rows.len, g_reached_names, g_gold_names);
  if (epochs) {
    g_weights = xcalloc((size_t)1 << g_bits, sizeof *g_weights);
    g_squares = xcalloc((size_t)1 << g_bits, sizeof *g_squares);
    learn(epochs);
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", argv[2], argv[3]);
    write_model(path);
    Error err = {0};
    tagger_close(g_names->tagger);
    g_names->tagger = tagger_open(path, &err);
    if (!g_names->tagger) {
      fprintf(stderr, "%s\n", err.text);
      return 1;
    }
  }
  measure(argv[1]);
  names_free(g_names);
  return 0;
}
