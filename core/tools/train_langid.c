// train_langid DATA OUT: learns the weights of core/annotate/langid.c from DATA (text/*.xz, open train parts
// of ner/ and news/, gazetteer/word_freq.tsv), writes them to OUT and prints how well held-back paragraphs
// and headlines are told apart. Softmax regression by stochastic gradient over hashed letter groups and
// words. The same seed and data give the same file.
#include "annotate/langid_p.h"
#include "base/alloc.h"
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 4800000, SCALE_BITS = 5 };

typedef VEC_OF(Str) StrVec;
typedef struct Corpus {
  StrVec lines;        // paragraphs or sentences
  size_t file_end[16]; // where each file's lines end
  size_t files;
  StrVec words;       // of word_freq.tsv
  double *cumulative; // how often, summed up
} Corpus;

static float g_weights[LANGID_BUCKETS][LANGID_LANES]; // [bucket][language - 1]
static uint64_t g_seed = 20230417;

static uint32_t random_below(uint32_t n)
{
  g_seed = g_seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(((g_seed >> 32) * n) >> 32);
}

static FILE *open_text(const char *path)
{
  char command[4096];
  size_t len = strlen(path);
  bool packed = len > 3 && !strcmp(path + len - 3, ".xz");
  snprintf(command, sizeof command, packed ? "xz -dc '%s'" : "cat '%s' 2>/dev/null", path);
  return popen(command, "r");
}

static void add_line(Corpus *corpus, Str line)
{
  line = str_trim(line);
  if (line.len > 8) vec_push(&corpus->lines, (Str){str_dup(line), line.len});
}

static void add_jsonl(Corpus *corpus, Str line)
{
  cJSON *object = json_parse(line, NULL);
  for (Str text = json_get_str(object, "text"); text.len;) add_line(corpus, str_cut(&text, '\n'));
  cJSON_Delete(object);
}

static void read_file(const char *path, Corpus *corpus)
{
  FILE *file = open_text(path);
  char *line = NULL;
  size_t cap = 0;
  bool json = strstr(path, ".jsonl") != NULL;
  for (ssize_t len; file && (len = getline(&line, &cap, file)) > 0;) {
    Str s = str_trim((Str){line, (size_t)len});
    if (json)
      add_jsonl(corpus, s);
    else
      add_line(corpus, s);
  }
  free(line);
  if (file) pclose(file);
  size_t before = corpus->files ? corpus->file_end[corpus->files - 1] : 0;
  if (corpus->lines.len > before) corpus->file_end[corpus->files++] = corpus->lines.len;
}

static void read_words(const char *data, Corpus corpora[LANG_COUNT])
{
  char path[4096];
  snprintf(path, sizeof path, "%s/gazetteer/word_freq.tsv", data);
  FILE *file = open_text(path);
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; file && (len = getline(&line, &cap, file)) > 0;) {
    Str rest = {line, (size_t)len};
    Lang lang = lang_of(str_cut(&rest, '\t'));
    Str word = str_cut(&rest, '\t');
    double zipf = atof(rest.ptr);
    Corpus *corpus = &corpora[lang];
    if (lang == LANG_UNKNOWN || zipf <= 0) continue;
    if (!(corpus->words.len & (corpus->words.len - 1)))
      corpus->cumulative = xrealloc(corpus->cumulative, (corpus->words.len * 2 + 2) * sizeof(double));
    double before = corpus->words.len ? corpus->cumulative[corpus->words.len - 1] : 0;
    corpus->cumulative[corpus->words.len] =
        before + pow(10, zipf * 0.75); // flatter than real text: rare words too
    vec_push(&corpus->words, (Str){str_dup(word), word.len});
  }
  free(line);
  if (file) pclose(file);
}

static Str random_word(const Corpus *corpus)
{
  double at = corpus->cumulative[corpus->words.len - 1] * random_below(1u << 30) / (1u << 30);
  size_t low = 0, high = corpus->words.len - 1;
  while (low < high) {
    size_t mid = (low + high) / 2;
    if (corpus->cumulative[mid] <= at)
      low = mid + 1;
    else
      high = mid;
  }
  return corpus->words.items[low];
}

typedef VEC_OF(uint32_t) Features;

static void add_feature(void *features, uint32_t bucket)
{
  Features *out = features;
  vec_push(out, bucket);
}

// Features of `most` words from a random place of `text` (0: all of it).
static void text_features(Str text, size_t most, Features *out)
{
  Arena arena = {0};
  TokenVec tokens = {0};
  tokens_split(text, &arena, &tokens);
  size_t from = most && tokens.len > most ? random_below((uint32_t)(tokens.len - most)) : 0, words = 0;
  for (size_t i = from; i < tokens.len && words < (most ? most : LANGID_WORDS); i++) {
    if (!langid_reads(&tokens.items[i])) continue;
    langid_features(&tokens.items[i], add_feature, out);
    words++;
  }
  arena_release(&arena);
}

static void sample(const Corpus *corpus, Features *out)
{
  out->len = 0;
  if (corpus->words.len && random_below(5) == 0) {
    for (size_t n = 2 + random_below(6); n; n--) {
      Str word = random_word(corpus);
      langid_features(&(Token){.lower = word, .hash = (uint32_t)str_hash(word)}, add_feature, out);
    }
    return;
  }
  size_t file = random_below((uint32_t)corpus->files), from = file ? corpus->file_end[file - 1] : 0;
  size_t other = random_below(
      (uint32_t)corpus->lines.len); // half by file: one big source of one kind is not the language
  size_t at = random_below(2) ? other : from + random_below((uint32_t)(corpus->file_end[file] - from));
  Str line = corpus->lines.items[at];
  text_features(line, random_below(2) ? 2 + random_below(8) : 0, out);
}

static void scores_of(const Features *features, double scores[LANGID_LANES])
{
  for (size_t l = 0; l < LANGID_LANES; l++) scores[l] = 0;
  for (size_t i = 0; i < features->len; i++) {
    for (size_t l = 0; l < LANGID_LANES; l++) scores[l] += g_weights[features->items[i]][l];
  }
}

static void learn(const Features *features, size_t truth, double rate)
{
  double p[LANGID_LANES], top = -1e30, sum = 0;
  scores_of(features, p);
  for (size_t l = 0; l < LANGID_LANES; l++) top = p[l] > top ? p[l] : top;
  for (size_t l = 0; l < LANGID_LANES; l++) sum += p[l] = exp(p[l] - top);
  double share = rate / sqrt((double)features->len + 1);
  for (size_t l = 0; l < LANGID_LANES; l++) {
    float step = (float)(share * ((l == truth) - p[l] / sum));
    if (fabsf(step) < 1e-6f) continue;
    for (size_t i = 0; i < features->len; i++) g_weights[features->items[i]][l] += step;
  }
}

static size_t best(const double scores[LANGID_LANES])
{
  size_t at = 0;
  for (size_t l = 1; l < LANGID_LANES; l++) at = scores[l] > scores[at] ? l : at;
  return at;
}

// Weights become steps of 1/32, -4 to 4: what is written is what is tested.
static void quantise(FILE *out)
{
  for (size_t b = 0; b < LANGID_BUCKETS; b++) {
    for (size_t l = 0; l < LANGID_LANES; l++) {
      double q = round(g_weights[b][l] * (1 << SCALE_BITS));
      int step = (int)(q > 127 ? 127 : q < -127 ? -127 : q);
      fputc(step & 0xFF, out);
      g_weights[b][l] = (float)step / (1 << SCALE_BITS);
    }
  }
}

static void test(const char *what, Lang lang, const Corpus *corpus, size_t words, size_t least_len)
{
  size_t right = 0, all = 0, taken_for[LANGID_LANES] = {0};
  Features features = {0};
  for (size_t i = 0; i < corpus->lines.len; i++) {
    if (corpus->lines.items[i].len < least_len) continue;
    double scores[LANGID_LANES];
    features.len = 0;
    text_features(corpus->lines.items[i], words, &features);
    scores_of(&features, scores);
    taken_for[best(scores)]++;
    right += best(scores) + 1 == (size_t)lang;
    all++;
  }
  printf("%s %s: %zu of %zu, %.2f %%;", lang_code(lang), what, right, all,
         all ? 100.0 * (double)right / (double)all : 0);
  for (size_t l = 0; l < LANGID_LANES; l++) {
    if (taken_for[l] && l + 1 != (size_t)lang) printf(" %s %zu", lang_code((Lang)(l + 1)), taken_for[l]);
  }
  putchar('\n');
  vec_release(&features);
}

int main(int argc, char **argv)
{
  static const char *const train[] = {"text/%s.txt.xz",
                                      "news/ntrex.%s.train.jsonl",
                                      "ner/%s/norne.train.jsonl",
                                      "ner/%s/danplus_ddt.train.jsonl",
                                      "ner/%s/swedish_ner_corpus.train.jsonl",
                                      "ner/%s/germeval14.train.jsonl",
                                      "ner/%s/smartdata_news.train.jsonl",
                                      "ner/%s/europarl.train.jsonl",
                                      "ner/%s/uner_bosque.train.jsonl",
                                      "ner/%s/turku_ner.train.jsonl",
                                      "ner/%s/europeana.train.jsonl"};
  static const char *const held[] = {"news/ntrex.%s.dev.jsonl",       "ner/%s/norne.dev.jsonl",
                                     "ner/%s/danplus_ddt.dev.jsonl",  "ner/%s/swedish_ner_corpus.dev.jsonl",
                                     "ner/%s/germeval14.dev.jsonl",   "ner/%s/europarl.dev.jsonl",
                                     "ner/%s/uner_bosque.dev.jsonl",  "ner/%s/turku_ner.dev.jsonl",
                                     "quotes/ud-french-pud.%s.jsonl", "quotes/ud-spanish-pud.%s.jsonl",
                                     "ner/%s/europeana.dev.jsonl"};
  if (argc != 3) {
    fputs("usage: train_langid DATA OUT\n", stderr);
    return 2;
  }
  static Corpus corpora[LANG_COUNT], tests[LANG_COUNT];
  char path[8192], form[4096];
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) {
    for (size_t i = 0; i < ARRAY_LEN(train) + ARRAY_LEN(held); i++) {
      bool test_part = i >= ARRAY_LEN(train);
      const char *name = test_part ? held[i - ARRAY_LEN(train)] : train[i], *hole = strstr(name, "%s");
      snprintf(form, sizeof form, "%.*s%s%s", (int)(hole - name), name, lang_code(lang), hole + 2);
      snprintf(path, sizeof path, "%s/%s", argv[1], form);
      read_file(path, test_part ? &tests[lang] : &corpora[lang]);
    }
  }
  read_words(argv[1], corpora);
  Features features = {0};
  for (size_t step = 0; step < STEPS; step++) {
    size_t truth = step % LANGID_LANES;
    sample(&corpora[truth + 1], &features);
    learn(&features, truth, 0.35 * (1 - 0.97 * (double)step / STEPS));
  }
  FILE *out = fopen(argv[2], "wb");
  if (!out) {
    perror(argv[2]);
    return 1;
  }
  quantise(out);
  fclose(out);
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) {
    test("paragraphs", lang, &tests[lang], 0, 60);
    test("six words", lang, &tests[lang], 6, 60);
  }
  return 0;
}
