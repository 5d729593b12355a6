// train_names DATA DIR OUT [BITS [EPOCHS [WITHOUT]]]: learns the weights of annotate/tagger.c from the open
// corpora under DATA/ner and DATA/news (train parts; never nc/ or restricted/) and from our own annotation of
// sentences of DATA/text (core/train/annotation.*.tsv), with the gazetteer of DIR, writes DIR/OUT and prints
// F1 on the dev parts, what the rounding of weights costs, and how well confidence is calibrated.
//
// Conditional random field, stochastic gradient with AdaGrad, one thread, a fixed order of pseudo-random
// numbers: the same data give the same file. Texts go through the product's own blocks, tokens, facts and
// features. All features are hashed into 1 << BITS rows while learning already, so what is learnt is what is
// shipped, collisions included; the weights of the second half of all rounds, three times over, are averaged
// and packed into four bits (annotate/lanes.h). Confidence is fitted to the dev parts, two numbers a type.
// With EPOCHS 0 nothing is learnt and DIR's own model is measured.
#include "annotate/mapped.h"
#include "annotate/names_p.h"
#include "annotate/notes.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/map.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define RATE 0.04f
#define TIMES 3     // the field is learnt, and averaged
#define DECAY 1e-4f // pull of a weight towards 0 whenever its feature is seen
#define OPENNESS                                                                                             \
  1.1f            // taken from every word's score of being no name: missing names cost as much as false ones
#define KEEP 0.7f // share of the features that a word shows at a time, so that none is relied on alone

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

// Sentences of DATA/text that were annotated for newsmark, as a file of hashes and places, without the text.
static const char *const g_annotated[] = {"de", "en", "it"};
#define ANNOTATED_WEIGHT 2

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

// A row of core/train/annotation.*.tsv: the hash of a sentence, then "PER 4 11, LOC 20 24" (bytes).
static void read_annotation(const char *lang, Map *names)
{
  char path[256];
  snprintf(path, sizeof path, "core/train/annotation.%s.tsv", lang);
  FILE *file = fopen(path, "r");
  if (!file) fprintf(stderr, "%s: not there, left out\n", path);
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; file && (len = getline(&line, &cap, file)) > 0;) {
    if (*line == '#') continue;
    Str rest = {str_dup((Str){line, (size_t)len}), (size_t)len}; // kept to the end
    Str hash = str_cut(&rest, '\t');
    *map_slot(names, hash, NULL) = (uint64_t)(uintptr_t)rest.ptr;
  }
  free(line);
  if (file) fclose(file);
}

static void read_places(const char *places, GoldVec *gold)
{
  char type[4];
  size_t start, end;
  for (int used; sscanf(places, "%3s %zu %zu%n", type, &start, &end, &used) == 3; places += used) {
    vec_push(gold, (Gold){start, end, type_of(str_of(type))});
    if (places[used] == ',') used++;
  }
}

// The annotated sentences of DATA/text, each a document.
static void each_annotated(const char *data, const char *lang, void (*take)(const Doc *, void *), void *with)
{
  Map names = {0};
  read_annotation(lang, &names);
  char command[4096];
  snprintf(command, sizeof command, "xz -dc '%s/text/%s.txt.xz'", data, lang);
  FILE *pipe = popen(command, "r");
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; pipe && (len = getline(&line, &cap, pipe)) > 0;) {
    Doc doc = {.text = {line, (size_t)len - (line[len - 1] == '\n')}, .lang = lang_of(str_of(lang))};
    char hash[17];
    uint64_t places;
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)str_hash(doc.text));
    if (!map_get(&names, str_of(hash), &places)) continue;
    read_places((const char *)(uintptr_t)places, &doc.gold);
    take(&doc, with);
    vec_release(&doc.gold);
  }
  free(line);
  if (pipe) pclose(pipe);
  map_release(&names);
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
static unsigned g_bits = 20;
static size_t g_without = FAMILIES; // the family of features that is left out
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

// Rows of the word's features but those of the family that is left out.
static size_t rows_of(const Notes *notes, const NameFact *facts, size_t at, uint32_t *rows)
{
  NameView view = nameview_at(notes, facts, at);
  size_t kept = 0;
  for (FeaturePart part = PART_WORD; part < FEATURE_PARTS; part++) {
    uint32_t some[FEATURES_MOST];
    FeatureFamily families[FEATURES_MOST];
    size_t count = nameview_rows(&view, part, g_bits, some, families);
    for (size_t n = 0; n < count; n++) {
      if (families[n] != g_without) rows[kept++] = some[n];
    }
  }
  return kept;
}

static void take_block(const Doc *doc, Notes *notes, size_t block_start, void *with)
{
  float weight = *(float *)with;
  const TokenVec *tokens = &notes->tokens;
  NameFact *facts = namefacts_of(&g_names->known, NULL, notes, &notes->arena);
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
    uint32_t rows[FEATURES_MOST];
    size_t count = rows_of(notes, facts, i, rows);
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

typedef float Lanes[TAGS + 1];                // eight, for the processor's sake
static Lanes *g_weights, *g_squares, *g_sums; // [row]
static Lanes g_change[TAGS], g_change_squares[TAGS], g_change_sums[TAGS];

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

static void add_to_average(float share)
{
  for (size_t row = 0; row < (size_t)1 << g_bits; row++) {
    for (size_t tag = 0; tag < TAGS; tag++) g_sums[row][tag] += share * g_weights[row][tag];
  }
  for (size_t from = 0; from < TAGS; from++) {
    for (size_t to = 0; to < TAGS; to++) g_change_sums[from][to] += share * g_change[from][to];
  }
}

static void learn_round(float rate, Arena *scratch)
{
  for (size_t i = g_runs.len; i > 1; i--) {
    size_t other = random_below((uint32_t)i);
    Run run = g_runs.items[i - 1];
    g_runs.items[i - 1] = g_runs.items[other];
    g_runs.items[other] = run;
  }
  for (size_t i = 0; i < g_runs.len; i++) learn_run(&g_runs.items[i], rate, scratch);
}

static void forget(void)
{
  memset(g_weights, 0, sizeof *g_weights << g_bits);
  memset(g_squares, 0, sizeof *g_squares << g_bits);
  memset(g_change, 0, sizeof g_change);
  memset(g_change_squares, 0, sizeof g_change_squares);
}

// From nothing, TIMES over: where one way through the data ends is partly chance, the middle of several is
// less so.
static void learn(size_t epochs)
{
  Arena scratch = {0};
  size_t averaged = epochs - epochs / 2;
  for (size_t n = 0; n < TIMES * epochs; n++) {
    uint64_t begin = clock_ns();
    size_t epoch = n % epochs;
    if (!epoch) forget();
    learn_round(RATE * (1 - 0.9f * (float)epoch / (float)epochs), &scratch);
    if (epoch >= epochs / 2) add_to_average(1.0f / (float)(TIMES * averaged));
    printf("round %zu of %zu: %.1f s\n", n + 1, TIMES * epochs, (double)(clock_ns() - begin) / 1e9);
    fflush(stdout);
  }
  memcpy(g_weights, g_sums, sizeof *g_weights << g_bits);
  memcpy(g_change, g_change_sums, sizeof g_change);
  arena_release(&scratch);
}

typedef struct Calibration { // of the confidence of a type
  float steep, lean;
} Calibration;

#define STEP (1.0f / 112) // what a unit of a packed weight is worth

static uint32_t *g_packed; // [row]

static uint32_t pack_by(const float units[TAGS], size_t scale, float *error)
{
  uint32_t row = (uint32_t)scale << 28;
  *error = 0;
  for (size_t tag = 0; tag < TAGS; tag++) {
    float step = (float)LANES_SCALES[scale][0], times = fmaxf(-7, fminf(7, roundf(units[tag] / step)));
    *error += (units[tag] - times * step) * (units[tag] - times * step);
    row |= ((uint32_t)(int32_t)times & 15) << 4 * tag;
  }
  return row;
}

// The row that is nearest to the weights. What all tags have in common decides nothing, so they are moved to
// stand around zero. KEEP: all features are shown in use.
static uint32_t pack_row(const float *weights)
{
  float units[TAGS], low = INFINITY, high = -INFINITY, least = INFINITY;
  uint32_t best = 0;
  for (size_t tag = 0; tag < TAGS; tag++) {
    units[tag] = KEEP * weights[tag] / STEP;
    low = fminf(low, units[tag]), high = fmaxf(high, units[tag]);
  }
  for (size_t tag = 0; tag < TAGS; tag++) units[tag] -= (low + high) / 2;
  for (size_t scale = 0; scale < ARRAY_LEN(LANES_SCALES); scale++) {
    float error;
    uint32_t row = pack_by(units, scale, &error);
    if (error < least) least = error, best = row;
  }
  return best;
}

static float change_of(Tag from, Tag to)
{
  return g_change[from][to] - (to == TAG_O ? OPENNESS : 0);
}

static void write_model(const char *path, const Calibration calibration[ENTITY_TYPES])
{
  size_t size = sizeof(TaggerHead) + tagger_weights_size(g_bits);
  TaggerHead *head = xcalloc(1, size);
  head->bits = g_bits;
  head->step = STEP;
  for (Tag from = TAG_O; from < TAGS; from++) {
    for (Tag to = TAG_O; to < TAGS; to++) head->change[from][to] = change_of(from, to);
  }
  for (size_t type = 0; type < ENTITY_TYPES; type++) {
    head->steep[type] = calibration[type].steep;
    head->lean[type] = calibration[type].lean;
  }
  memcpy(head + 1, g_packed, sizeof *g_packed << g_bits);
  Error err = {0};
  if (!mapped_write(path, (MappedHead *)(void *)head, TAGGER_MAGIC, TAGGER_VERSION, size, &err)) {
    fprintf(stderr, "%s\n", err.text);
    exit(1);
  }
  printf("%s: %zu bytes\n", path, size);
  free(head);
}

// --- measuring

typedef struct Guess { // a name that was found
  uint8_t type;
  bool right, even; // even: in a document of the first half
  float p;          // as the field sees it
} Guess;
static VEC_OF(Guess) g_guesses; // of the sets that confidence is fitted to

typedef struct Score {
  size_t right[ENTITY_TYPES], found[ENTITY_TYPES], gold[ENTITY_TYPES], docs;
  bool fits; // confidence is fitted to this set
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
    if (score->fits && (right || !other))
      vec_push(&g_guesses, (Guess){(uint8_t)name->type, right, score->docs % 2 == 0, name->confidence});
  }
}

static void score_doc(const Doc *doc, void *with)
{
  Score *score = with;
  for (size_t g = 0; g < doc->gold.len; g++) {
    if (doc->gold.items[g].type < ENTITY_TYPES) score->gold[doc->gold.items[g].type]++;
  }
  each_block(doc, score_block, with);
  score->docs++;
}

static double f1(size_t right, size_t found, size_t gold)
{
  return found + gold ? 200.0 * (double)right / (double)(found + gold) : 0;
}

// What readers open: whole articles of today, and newspapers.
static bool fits_confidence(const char *path)
{
  return strstr(path, "news/") || strstr(path, "norne") || strstr(path, "swedish_ner");
}

static void measure(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_dev); i++) {
    Score s = {.fits = fits_confidence(g_dev[i])};
    each_doc(data, g_dev[i], score_doc, &s);
    size_t right = 0, found = 0, gold = 0;
    for (size_t t = 0; t < ENTITY_TYPES; t++) right += s.right[t], found += s.found[t], gold += s.gold[t];
    printf("%-44s F1 %5.2f  P %5.2f R %5.2f  PER %5.2f ORG %5.2f LOC %5.2f\n", g_dev[i],
           f1(right, found, gold), found ? 100.0 * (double)right / (double)found : 0,
           gold ? 100.0 * (double)right / (double)gold : 0, f1(s.right[0], s.found[0], s.gold[0]),
           f1(s.right[1], s.found[1], s.gold[1]), f1(s.right[2], s.found[2], s.gold[2]));
  }
}

// --- confidence

enum { ALL_HALVES = 2, BINS = 10 };

static double logit(float p)
{
  double clipped = p < 1e-4f ? 1e-4 : p > 1 - 1e-4f ? 1 - 1e-4 : p;
  return log(clipped / (1 - clipped));
}

static double calibrated(Calibration by, float p)
{
  return 1 / (1 + exp(-(by.steep * logit(p) + by.lean)));
}

// Newton's method on the log loss of the guesses of `type` in one half of the documents (0, 1) or in all.
static Calibration fit(size_t type, size_t half)
{
  double steep = 1, lean = 0;
  for (size_t round = 0; round < 30; round++) {
    double slope[2] = {0}, bend[3] = {1e-3, 0, 1e-3};
    for (size_t i = 0; i < g_guesses.len; i++) {
      const Guess *guess = &g_guesses.items[i];
      if (guess->type != type || (half != ALL_HALVES && guess->even != half)) continue;
      double x = logit(guess->p), q = 1 / (1 + exp(-(steep * x + lean))), w = q * (1 - q);
      slope[0] += (guess->right - q) * x, slope[1] += guess->right - q;
      bend[0] += w * x * x, bend[1] += w * x, bend[2] += w;
    }
    double det = bend[0] * bend[2] - bend[1] * bend[1]; // small steps: far out the loss is flat
    steep += fmax(-0.2, fmin(0.2, (bend[2] * slope[0] - bend[1] * slope[1]) / det));
    lean += fmax(-0.2, fmin(0.2, (bend[0] * slope[1] - bend[1] * slope[0]) / det));
  }
  return (Calibration){(float)steep, (float)lean};
}

// Expected calibration error: every half judged by what the other taught.
static double calibration_error(size_t type, const Calibration by[2])
{
  double sum[BINS] = {0}, right[BINS] = {0}, all = 0, error = 0;
  for (size_t i = 0; i < g_guesses.len; i++) {
    const Guess *guess = &g_guesses.items[i];
    if (guess->type != type) continue;
    double q = calibrated(by[!guess->even], guess->p);
    size_t bin = (size_t)(q * BINS) < BINS ? (size_t)(q * BINS) : BINS - 1;
    sum[bin] += q, right[bin] += guess->right, all++;
  }
  for (size_t bin = 0; bin < BINS; bin++) error += fabs(sum[bin] - right[bin]);
  return all > 0 ? error / all : 0;
}

static void calibrate(Calibration out[ENTITY_TYPES])
{
  static const char *const names[] = {"PER", "ORG", "LOC"};
  static const Calibration plain[2] = {{1, 0}, {1, 0}};
  for (size_t type = 0; type < ENTITY_TYPES; type++) {
    Calibration halves[2] = {fit(type, 0), fit(type, 1)};
    out[type] = fit(type, ALL_HALVES);
    printf("confidence of %s: steep %.2f lean %+.2f; calibration error %.3f before, %.3f after (halves "
           "crossed)\n",
           names[type], (double)out[type].steep, (double)out[type].lean, calibration_error(type, plain),
           calibration_error(type, halves));
  }
}

// --- what rounding costs

typedef struct Tally {
  size_t right, found;
} Tally;

// The best tags of a run by the weights as learnt, or packed as they are shipped.
static void decode(const Run *run, bool rounded, Tag *tags, Arena *scratch)
{
  typedef Tag Row[TAGS];
  Row *from = arena_alloc(scratch, size_mul(run->count + 1, sizeof *from));
  double best[TAGS] = {0};
  for (size_t tag = 1; tag < TAGS; tag++) best[tag] = -1e30;
  for (size_t i = 0; i <= run->count; i++) {
    double sums[TAGS] = {0}, next[TAGS];
    const Sample *sample = &g_samples.items[run->first + i];
    for (size_t n = 0; i < run->count && n < sample->count; n++) {
      uint32_t row = g_rows.items[sample->rows + n];
      Lanes16 packed = lanes_unpack(g_packed[row]);
      for (size_t tag = 0; tag < TAGS; tag++)
        sums[tag] += (double)(rounded ? (float)packed[tag] * STEP : KEEP * g_weights[row][tag]);
    }
    for (Tag to = TAG_O; to < TAGS; to++) {
      next[to] = -1e30;
      for (Tag tag = TAG_O; tag < TAGS; tag++) {
        double score = best[tag] + (double)change_of(tag, to) + sums[to];
        if (!tagger_may_follow(tag, to) || score <= next[to]) continue;
        next[to] = score;
        from[i][to] = tag;
      }
    }
    memcpy(best, next, sizeof best);
  }
  Tag tag = TAG_O;
  for (size_t i = run->count; i > 0; i--) tags[i - 1] = tag = from[i][tag];
}

// Names among the tags, and how many of them begin and end as in the truth.
static void tally(const Run *run, const Tag *tags, Tally *sum)
{
  for (size_t i = 0; i < run->count; i++) {
    if (!(tags[i] & 1)) continue;
    bool right = true, goes_on = true;
    for (size_t at = i; goes_on; at++) {
      Tag truth = (Tag)g_samples.items[run->first + at].tag;
      right = right && truth == tags[at];
      goes_on = at + 1 < run->count && tags[at + 1] == tags[i] + 1;
      if (!goes_on && at + 1 < run->count)
        right = right && g_samples.items[run->first + at + 1].tag != tags[i] + 1;
    }
    sum->found++;
    sum->right += right;
  }
}

static void measure_rounding(const char *data, const char *which)
{
  g_rows.len = g_samples.len = g_runs.len = 0;
  g_gold_names = 0;
  float weight = 1;
  for (size_t i = 0; i < ARRAY_LEN(g_dev); i++) {
    if (str_starts(str_of(g_dev[i]), str_of(which))) each_doc(data, g_dev[i], take_doc, &weight);
  }
  Tally sums[2] = {{0}};
  Arena scratch = {0};
  for (size_t i = 0; i < g_runs.len; i++) {
    for (size_t rounded = 0; rounded < 2; rounded++) {
      arena_reset(&scratch);
      Tag *tags = arena_alloc(&scratch, size_mul(g_runs.items[i].count, sizeof *tags));
      decode(&g_runs.items[i], rounded, tags, &scratch);
      tally(&g_runs.items[i], tags, &sums[rounded]);
    }
  }
  arena_release(&scratch);
  printf("dev parts of %s: F1 %.2f with weights as learnt, %.2f packed into four bits\n", which,
         f1(sums[0].right, sums[0].found, g_gold_names), f1(sums[1].right, sums[1].found, g_gold_names));
}

static void reopen(const char *path)
{
  Error err = {0};
  tagger_close(g_names->tagger);
  g_names->tagger = tagger_open(path, &err);
  if (g_names->tagger) return;
  fprintf(stderr, "%s\n", err.text);
  exit(1);
}

int main(int argc, char **argv)
{
  if (argc < 4) {
    fputs("usage: train_names DATA DIR OUT [BITS [EPOCHS [WITHOUT]]]\n", stderr);
    return 2;
  }
  if (argc > 4) g_bits = (unsigned)strtoul(argv[4], NULL, 10);
  if (argc > 6) g_without = (size_t)strtoul(argv[6], NULL, 10);
  size_t epochs = argc > 5 ? (size_t)strtoul(argv[5], NULL, 10) : 14;
  g_names = names_new(argv[2], NULL);
  if (!g_names->known.gazetteer || !g_names->known.clusters) {
    fprintf(stderr, "%s: no gazetteer.bin or clusters.bin that can be read\n", argv[2]);
    return 1;
  }
  for (size_t i = 0; i < ARRAY_LEN(g_train) && epochs; i++) {
    float weight = g_train[i].weight;
    each_doc(argv[1], g_train[i].path, take_doc, &weight);
  }
  for (size_t i = 0; i < ARRAY_LEN(g_annotated) && epochs; i++) {
    float weight = ANNOTATED_WEIGHT;
    each_annotated(argv[1], g_annotated[i], take_doc, &weight);
  }
  printf("%zu words in %zu runs, %zu features; %zu of %zu names reached\n", g_samples.len, g_runs.len,
         g_rows.len, g_reached_names, g_gold_names);
  if (!epochs) {
    measure(argv[1]);
    names_free(g_names);
    return 0;
  }
  g_weights = xcalloc((size_t)1 << g_bits, sizeof *g_weights);
  g_squares = xcalloc((size_t)1 << g_bits, sizeof *g_squares);
  g_sums = xcalloc((size_t)1 << g_bits, sizeof *g_sums);
  learn(epochs);
  g_packed = xcalloc((size_t)1 << g_bits, sizeof *g_packed);
  for (size_t row = 0; row < (size_t)1 << g_bits; row++) g_packed[row] = pack_row(g_weights[row]);
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", argv[2], argv[3]);
  Calibration calibration[ENTITY_TYPES] = {{1, 0}, {1, 0}, {1, 0}};
  write_model(path, calibration);
  reopen(path);
  measure(argv[1]);
  calibrate(calibration);
  write_model(path, calibration);
  measure_rounding(argv[1], "ner/");
  measure_rounding(argv[1], "news/");
  names_free(g_names);
  return 0;
}
