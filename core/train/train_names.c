// train_names DATA DIR [BITS [EPOCHS [WITHOUT]]]: learns the weights of annotate/names/tagger.c from the
// open corpora under DATA/ner and DATA/news (train parts; never nc/ or restricted/) and from our own
// annotation of sentences of DATA/text (core/train/annotation.*.tsv), with the gazetteer of DIR, writes
// DIR/names.bin and prints F1 on the dev parts, what the rounding of weights costs, and how well confidence
// is calibrated.
//
// Texts go through the product's own blocks, tokens, facts and features (corpus.h); field.h learns. All
// features are hashed into 1 << BITS rows while learning already, so what is learnt is what is shipped,
// collisions included; the weights are packed into four bits (annotate/lanes.h). Confidence is fitted to what
// the whole pipeline finds in the dev parts (confidence.h): three numbers a type to what is left of the
// field's names, then what is shown to all names. With EPOCHS 0 nothing is learnt: DIR's own model is
// measured, and only what is shown is fitted again, and written.
#include "confidence.h"
#include "corpus.h"
#include "field.h"

#include "annotate/mapped.h"
#include "annotate/names/names_p.h"
#include "annotate/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Taken from every word's score of being no name: missing names cost as much as false ones.
#define OPENNESS 1.0f

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
    {"ner/de/germeval14.train", 1.6f},
    {"ner/de/smartdata_news.train", 0.5f},
    {"ner/it/europarl.train", 0.5f},
    {"ner/en/crossner_politics.train", 1},
    {"ner/en/europarl.train", 0.5f},
    {"ner/en/uner_ewt.train", 1},
    {"ner/en/wikigold.train", 1},
    {"ner/en/wnut17.train", 0.2f},
    {"ner/es/europarl.train", 0.5f},
    {"ner/fr/europeana.train", 0.2f},
    {"ner/nl/europeana.train", 0.05f},
    {"ner/pt/uner_bosque.train", 1},
    {"ner/fi/turku_ner.train", 1},
    {"news/ntrex.sv.train", 3},
    {"news/ntrex.nb.train", 3},
    {"news/ntrex.da.train", 3},
    {"news/ntrex.de.train", 3},
    {"news/ntrex.it.train", 3},
    {"news/ntrex.en.train", 3},
};

// Sentences of DATA/text that were annotated for newsmark, as files of hashes and places, without the text.
static const char *const g_annotated[] = {"de", "en", "es", "fi", "fr", "it", "nl", "pt"};
#define ANNOTATED_WEIGHT 2
// More of them, whose names a larger model found.
static const char *const g_taught[] = {"de", "en", "it", "nb", "sv"};
#define TAUGHT_WEIGHT 0.5f

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
    "ner/restricted/es/conll02.dev",
    "ner/restricted/nl/conll02.dev",
    "ner/nc/es/wikineural.dev",
    "ner/nc/fr/wikineural.dev",
    "ner/nc/nl/wikineural.dev",
};

// --- what is learnt from

static FieldSamples g_samples;
static unsigned g_bits = 20;
static size_t g_without = FAMILIES; // the family of features that is left out
static Names *g_names;
static size_t g_gold_names, g_reached_names;

// The tag of a token; names that cover only a part of a token are none.
static Tag tag_of(const CorpusDoc *doc, const Token *token, size_t block_start, const Token *before)
{
  size_t start = block_start + token->start, end = block_start + token->end;
  for (size_t i = 0; i < doc->names.len; i++) {
    const CorpusName *gold = &doc->names.items[i];
    if (gold->type >= ENTITY_TYPES || start < gold->start || end > gold->end) continue;
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
    size_t count = nameview_families(&view, part, g_bits, some, families);
    for (size_t n = 0; n < count; n++) {
      if (families[n] != g_without) rows[kept++] = some[n];
    }
  }
  return kept;
}

static bool is_open(const CorpusDoc *doc, const Token *token, size_t block_start)
{
  for (size_t i = 0; i < doc->names.len; i++) {
    const CorpusName *name = &doc->names.items[i];
    if (name->type == CORPUS_OPEN && block_start + token->start < name->end &&
        name->start < block_start + token->end)
      return true;
  }
  return false;
}

// A run with a word that is perhaps a name teaches nothing.
static void end_run(FieldRun *run, bool *open)
{
  if (*open) {
    g_samples.rows.len = g_samples.words.items[run->first].rows;
    g_samples.words.len = run->first;
  } else if (run->count) {
    vec_push(&g_samples.runs, *run);
  }
  run->count = 0;
  *open = false;
}

static void take_block(const CorpusDoc *doc, Notes *notes, size_t block_start, void *with)
{
  float weight = *(float *)with;
  const TokenVec *tokens = &notes->tokens;
  NameFact *facts = namefacts_of(&g_names->known, NULL, notes, &notes->arena);
  FieldRun run = {.weight = weight};
  bool open = false;
  for (size_t i = 0; i < tokens->len; i++) {
    Tag tag = tag_of(doc, &tokens->items[i], block_start, i ? &tokens->items[i - 1] : NULL);
    g_gold_names += tag & 1;
    g_reached_names += (tag & 1) && facts[i].active;
    if (!facts[i].active) {
      end_run(&run, &open);
      continue;
    }
    if (!run.count) run.first = g_samples.words.len;
    Tag last = run.count ? (Tag)g_samples.words.items[g_samples.words.len - 1].tag : TAG_O;
    if (!tagger_may_follow(last, tag)) tag = (Tag)(tag - 1);
    uint32_t rows[FEATURES_MOST];
    size_t count = rows_of(notes, facts, i, rows);
    vec_push(&g_samples.words, (FieldWord){g_samples.rows.len, (uint8_t)count, (uint8_t)tag});
    for (size_t n = 0; n < count; n++) vec_push(&g_samples.rows, rows[n]);
    run.count++;
    open = open || is_open(doc, &tokens->items[i], block_start);
  }
  end_run(&run, &open);
}

static void take_doc(const CorpusDoc *doc, void *with)
{
  corpus_each_block(doc, take_block, with);
}

static void take_all(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_train); i++) {
    float weight = g_train[i].weight;
    corpus_each(data, g_train[i].path, take_doc, &weight);
  }
  for (size_t i = 0; i < ARRAY_LEN(g_annotated); i++) {
    float weight = ANNOTATED_WEIGHT;
    corpus_each_annotated(data, "annotation", g_annotated[i], take_doc, &weight);
  }
  for (size_t i = 0; i < ARRAY_LEN(g_taught); i++) {
    float weight = TAUGHT_WEIGHT;
    corpus_each_annotated(data, "taught", g_taught[i], take_doc, &weight);
  }
  printf("%zu words in %zu runs, %zu features; %zu of %zu names reached\n", g_samples.words.len,
         g_samples.runs.len, g_samples.rows.len, g_reached_names, g_gold_names);
}

// --- what is written

static Field *g_field;
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
// stand around zero. FIELD_KEEP: all features are shown in use.
static uint32_t pack_row(const float *weights)
{
  float units[TAGS], low = INFINITY, high = -INFINITY, least = INFINITY;
  uint32_t best = 0;
  for (size_t tag = 0; tag < TAGS; tag++) {
    units[tag] = FIELD_KEEP * weights[tag] / STEP;
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
  return g_field->change[from][to] - (to == TAG_O ? OPENNESS : 0);
}

// What is learnt, as the file has it; heap.
static TaggerHead *model_made(void)
{
  TaggerHead *model = xcalloc(1, sizeof *model + tagger_weights_size(g_bits));
  model->bits = g_bits;
  model->step = STEP;
  for (Tag from = TAG_O; from < TAGS; from++) {
    for (Tag to = TAG_O; to < TAGS; to++) model->change[from][to] = change_of(from, to);
  }
  for (EntityType type = 0; type < ENTITY_TYPES; type++) model->trust[type] = (TaggerTrust){1, 1, 0};
  memcpy(model + 1, g_packed, sizeof *g_packed << g_bits);
  return model;
}

static void fail(const Error *err)
{
  fprintf(stderr, "%s\n", err->text);
  exit(1);
}

static TaggerHead *model_read(const char *path)
{
  Mapped file;
  Error err = {0};
  if (!mapped_open(&file, path, TAGGER_MAGIC, TAGGER_VERSION, sizeof(TaggerHead), &err)) fail(&err);
  TaggerHead *model = xmalloc(file.size);
  memcpy(model, file.head, file.size);
  mapped_close(&file);
  return model;
}

static void model_write(TaggerHead *model, const char *path)
{
  Error err = {0};
  size_t size = sizeof *model + tagger_weights_size(model->bits);
  if (!mapped_write(path, (MappedHead *)(void *)model, TAGGER_MAGIC, TAGGER_VERSION, size, &err)) fail(&err);
  printf("%s: %zu bytes\n", path, size);
}

// --- measuring

typedef struct Score {
  size_t right[ENTITY_TYPES], found[ENTITY_TYPES], gold[ENTITY_TYPES];
} Score;

// Whether a name from `start` to `end` is one of the truth's; *other: one that may be left out is there.
static bool is_right(const CorpusDoc *doc, size_t start, size_t end, EntityType type, bool *other)
{
  bool right = false;
  *other = false;
  for (size_t i = 0; i < doc->names.len; i++) {
    const CorpusName *gold = &doc->names.items[i];
    right = right || (gold->start == start && gold->end == end && gold->type == (int)type);
    *other = *other || (gold->type == CORPUS_OTHER && gold->start < end && start < gold->end);
  }
  return right;
}

static void score_block(const CorpusDoc *doc, Notes *notes, size_t block_start, void *with)
{
  Score *score = with;
  names_find(g_names, notes);
  for (size_t i = 0; i < notes->names.len; i++) {
    const Name *name = &notes->names.items[i];
    bool other, right = is_right(doc, block_start + name->start, block_start + name->end, name->type, &other);
    score->right[name->type] += right;
    score->found[name->type] += right || !other;
  }
}

static void score_doc(const CorpusDoc *doc, void *with)
{
  Score *score = with;
  for (size_t g = 0; g < doc->names.len; g++) {
    if (doc->names.items[g].type < ENTITY_TYPES) score->gold[doc->names.items[g].type]++;
  }
  corpus_each_block(doc, score_block, with);
}

static double f1(size_t right, size_t found, size_t gold)
{
  return found + gold ? 200.0 * (double)right / (double)(found + gold) : 0;
}

static void measure(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_dev); i++) {
    Score s = {0};
    corpus_each(data, g_dev[i], score_doc, &s);
    size_t right = 0, found = 0, gold = 0;
    for (size_t t = 0; t < ENTITY_TYPES; t++) right += s.right[t], found += s.found[t], gold += s.gold[t];
    printf("%-44s F1 %5.2f  P %5.2f R %5.2f  PER %5.2f ORG %5.2f LOC %5.2f\n", g_dev[i],
           f1(right, found, gold), found ? 100.0 * (double)right / (double)found : 0,
           gold ? 100.0 * (double)right / (double)gold : 0, f1(s.right[0], s.found[0], s.gold[0]),
           f1(s.right[1], s.found[1], s.gold[1]), f1(s.right[2], s.found[2], s.gold[2]));
  }
}

// --- confidence

typedef struct Guesser {
  Pipeline *pipeline;
  bool all; // what rules found too
  ConfidenceGuessVec guesses;
  size_t docs;
} Guesser;

static void guess_doc(const CorpusDoc *doc, void *with)
{
  Guesser *self = with;
  Snapshot *text = snapshot_new(doc->text);
  Analysis *analysis = analysis_new(self->pipeline);
  Annotations *found = analysis_run(analysis, text, &(ArticleInfo){.lang = doc->lang}, NULL);
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    if (span->kind != SPAN_ENTITY || (!self->all && span->by != BY_MODEL)) continue;
    bool other, right = is_right(doc, span->start, span->end, span->type, &other);
    if (!right && other) continue;
    vec_push(&self->guesses, (ConfidenceGuess){span->type, right, (uint8_t)(self->docs % CONFIDENCE_FOLDS),
                                               span->confidence});
  }
  self->docs++;
  annotations_unref(found);
  analysis_free(analysis);
  snapshot_unref(text);
}

// What readers open: whole articles of today, and newspapers.
static bool fits_confidence(const char *path)
{
  return strstr(path, "news/") || strstr(path, "norne") || strstr(path, "swedish_ner");
}

static ConfidenceGuessVec guess_all(const char *data, const char *dir, bool all)
{
  Guesser guesser = {.pipeline = pipeline_new(dir, NULL), .all = all};
  for (size_t i = 0; i < ARRAY_LEN(g_dev); i++) {
    if (fits_confidence(g_dev[i])) corpus_each(data, g_dev[i], guess_doc, &guesser);
  }
  pipeline_free(guesser.pipeline);
  return guesser.guesses;
}

static void show_as_held(TaggerHead *model)
{
  for (EntityType type = 0; type < ENTITY_TYPES; type++) {
    for (size_t n = 0; n < TAGGER_KNOTS; n++) model->shown[type][n] = TAGGER_KNOT(n);
  }
}

// To what the rules and passes leave of the field's names, not to the field alone: of teams, say, they make
// organisations, and the places that are left are right more often.
static void fit_trust(TaggerHead *model, const char *data, const char *dir)
{
  TaggerTrust trust[ENTITY_TYPES];
  ConfidenceGuessVec guesses = guess_all(data, dir, false);
  confidence_fit(&guesses, trust);
  for (EntityType type = 0; type < ENTITY_TYPES; type++) model->trust[type] = trust[type];
  vec_release(&guesses);
}

static void fit_shown(TaggerHead *model, const char *data, const char *dir)
{
  ConfidenceGuessVec guesses = guess_all(data, dir, true);
  confidence_fit_shown(&guesses, model->shown);
  vec_release(&guesses);
}

// --- what rounding costs

typedef struct Tally {
  size_t right, found;
} Tally;

// The best tags of a run by the weights as learnt, or packed as they are shipped.
static void decode(const FieldRun *run, bool rounded, Tag *tags, Arena *scratch)
{
  typedef Tag Row[TAGS];
  Row *from = arena_alloc(scratch, size_mul(run->count + 1, sizeof *from));
  double best[TAGS] = {0};
  for (size_t tag = 1; tag < TAGS; tag++) best[tag] = -1e30;
  for (size_t i = 0; i <= run->count; i++) {
    double sums[TAGS] = {0}, next[TAGS];
    const FieldWord *word = &g_samples.words.items[run->first + i];
    for (size_t n = 0; i < run->count && n < word->count; n++) {
      uint32_t row = g_samples.rows.items[word->rows + n];
      Lanes16 packed = lanes_unpack(g_packed[row]);
      for (size_t tag = 0; tag < TAGS; tag++)
        sums[tag] += (double)(rounded ? (float)packed[tag] * STEP : FIELD_KEEP * g_field->weights[row][tag]);
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
static void tally(const FieldRun *run, const Tag *tags, Tally *sum)
{
  for (size_t i = 0; i < run->count; i++) {
    if (!(tags[i] & 1)) continue;
    bool right = true, goes_on = true;
    for (size_t at = i; goes_on; at++) {
      Tag truth = (Tag)g_samples.words.items[run->first + at].tag;
      right = right && truth == tags[at];
      goes_on = at + 1 < run->count && tags[at + 1] == tags[i] + 1;
      if (!goes_on && at + 1 < run->count)
        right = right && g_samples.words.items[run->first + at + 1].tag != tags[i] + 1;
    }
    sum->found++;
    sum->right += right;
  }
}

static void measure_rounding(const char *data, const char *which)
{
  g_samples.rows.len = g_samples.words.len = g_samples.runs.len = 0;
  g_gold_names = 0;
  float weight = 1;
  for (size_t i = 0; i < ARRAY_LEN(g_dev); i++) {
    if (str_starts(str_of(g_dev[i]), str_of(which))) corpus_each(data, g_dev[i], take_doc, &weight);
  }
  Tally sums[2] = {{0}};
  Arena scratch = {0};
  for (size_t i = 0; i < g_samples.runs.len; i++) {
    for (size_t rounded = 0; rounded < 2; rounded++) {
      arena_reset(&scratch);
      Tag *tags = arena_alloc(&scratch, size_mul(g_samples.runs.items[i].count, sizeof *tags));
      decode(&g_samples.runs.items[i], rounded, tags, &scratch);
      tally(&g_samples.runs.items[i], tags, &sums[rounded]);
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
  if (!g_names->tagger) fail(&err);
}

// Learn, measure and write; the model as it is then.
static TaggerHead *learn(const char *data, const char *dir, const char *path, size_t epochs)
{
  take_all(data);
  g_field = field_learn(&g_samples, g_bits, epochs);
  g_packed = xcalloc((size_t)1 << g_bits, sizeof *g_packed);
  for (size_t row = 0; row < (size_t)1 << g_bits; row++) g_packed[row] = pack_row(g_field->weights[row]);
  TaggerHead *model = model_made();
  show_as_held(model);
  model_write(model, path);
  reopen(path);
  measure(data);
  fit_trust(model, data, dir);
  measure_rounding(data, "ner/");
  measure_rounding(data, "news/");
  return model;
}

int main(int argc, char **argv)
{
  if (argc < 3) {
    fputs("usage: train_names DATA DIR [BITS [EPOCHS [WITHOUT]]]\n", stderr);
    return 2;
  }
  const char *data = argv[1], *dir = argv[2];
  size_t epochs = argc > 4 ? (size_t)strtoul(argv[4], NULL, 10) : 12;
  if (argc > 3) g_bits = (unsigned)strtoul(argv[3], NULL, 10);
  if (argc > 5) g_without = (size_t)strtoul(argv[5], NULL, 10);
  g_names = names_new(dir, NULL);
  if (!g_names->known.gazetteer || !g_names->known.clusters) {
    fprintf(stderr, "%s: no gazetteer.bin or clusters.bin that can be read\n", dir);
    return 1;
  }
  char path[4096];
  snprintf(path, sizeof path, "%s/names.bin", dir);
  TaggerHead *model = epochs ? learn(data, dir, path, epochs) : model_read(path);
  if (!epochs) measure(data);
  show_as_held(model);
  model_write(model, path);
  fit_shown(model, data, dir);
  model_write(model, path);
  free(model);
  names_free(g_names);
  return 0;
}
