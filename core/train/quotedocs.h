// quotedocs: the gold sets of quotations, for train_speech.c and train_speakers.c only: which may be
// learnt from, and their texts through the product's own blocks, names, marks and candidates. One thread.
#pragma once

#include "annotate/names/names.h"
#include "annotate/quotes/quotes_p.h"
#include "base/json.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Corpus {
  const char *path; // below DATA
  bool learnt;      // else measured only
} Corpus;

// Licences that let weights be passed on: CC BY-SA and our own text. The other sets of DATA/quotes are
// non-commercial (wikinews, redewiedergabe, lines, vit, isdt), have no licence (polnear), are no news
// (litbank) or have one that does not go with CC BY-SA (sequoia).
static const Corpus g_corpora[] = {
    {"news/ntrex.da.train", true},
    {"news/ntrex.de.train", true},
    {"news/ntrex.en.train", true},
    {"news/ntrex.it.train", true},
    {"news/ntrex.nb.train", true},
    {"news/ntrex.sv.train", true},
    {"quotes/challenge.da", true},
    {"quotes/challenge.de", true},
    {"quotes/challenge.en", true},
    {"quotes/challenge.fi", true},
    {"quotes/challenge.it", true},
    {"quotes/challenge.nb", true},
    {"quotes/challenge.nl", true},
    {"quotes/challenge.nn", true},
    {"quotes/challenge.sv", true},
    {"quotes/ud-danish-ddt.da", true},
    {"quotes/ud-english-pud.en", true},
    {"quotes/ud-finnish-pud.fi", true},
    {"quotes/ud-finnish-tdt.fi", true},
    {"quotes/ud-french-pud.fr", true},
    {"quotes/ud-german-pud.de", true},
    {"quotes/ud-italian-pud.it", true},
    {"quotes/ud-norwegian-bokmaal.nb", true},
    {"quotes/ud-norwegian-nynorsk.nn", true},
    {"quotes/ud-portuguese-bosque.pt", true},
    {"quotes/ud-portuguese-pud.pt", true},
    {"quotes/ud-spanish-pud.es", true},
    {"quotes/ud-swedish-pud.sv", true},
    {"quotes/ud-swedish-talbanken.sv", true},
    {"news/ntrex.da.dev", false},
    {"news/ntrex.de.dev", false},
    {"news/ntrex.en.dev", false},
    {"news/ntrex.it.dev", false},
    {"news/ntrex.nb.dev", false},
    {"news/ntrex.sv.dev", false},
    {"quotes/ud-french-sequoia.fr", false},
    {"quotes/polnear.en", false},
    {"quotes/wikinews-de.de", false},
};

static Names *g_names;
static Quotes *g_quotes;

// --- the gold

typedef struct Gold {
  size_t start, end;                 // bytes in the text
  size_t speaker_start, speaker_end; // likewise; 0 and 0: no mention
  Str speaker_name;                  // "": unknown
  bool sure;
} Gold;

typedef struct Doc {
  Str text;
  Lang lang;
  VEC_OF(Gold) gold;
  size_t *byte_at; // [chars + 1]
  size_t chars;
} Doc;

static void index_chars(Doc *doc)
{
  doc->byte_at = xcalloc(doc->text.len + 1, sizeof *doc->byte_at);
  for (size_t at = 0; at < doc->text.len;) {
    uint32_t cp;
    doc->byte_at[doc->chars++] = at;
    at += utf8_decode(doc->text.ptr + at, doc->text.ptr + doc->text.len, &cp);
  }
  doc->byte_at[doc->chars] = doc->text.len;
}

static bool read_span(const Doc *doc, const cJSON *span, size_t *from, size_t *to)
{
  size_t start = (size_t)json_get_number(span, "start", 0), end = (size_t)json_get_number(span, "end", 0);
  if (start >= end || end > doc->chars) return false;
  *from = doc->byte_at[start];
  *to = doc->byte_at[end];
  return true;
}

// A span of `quote`, or `quote` itself.
static void add_gold(Doc *doc, const cJSON *span, const cJSON *quote, bool sure)
{
  Gold gold = {.sure = sure, .speaker_name = json_get_str(quote, "speaker_name")};
  if (!read_span(doc, span, &gold.start, &gold.end)) return;
  const cJSON *speaker = json_get(quote, "speaker");
  if (speaker) read_span(doc, speaker, &gold.speaker_start, &gold.speaker_end);
  vec_push(&doc->gold, gold);
}

// The quotation, or of one that covers a whole clause its parts between marks.
static void add_quotation(Doc *doc, const cJSON *quote)
{
  if (str_is(json_get_str(quote, "kind"), "indirect")) return;
  bool sure = !json_get_bool(quote, "optional", false);
  const cJSON *marks = json_get(quote, "marks"), *part;
  if (!cJSON_GetArraySize(marks)) add_gold(doc, quote, quote, sure);
  cJSON_ArrayForEach(part, marks) add_gold(doc, part, quote, sure);
}

static void read_doc(Doc *doc, const cJSON *object)
{
  const cJSON *item;
  *doc = (Doc){.text = json_get_str(object, "text"), .lang = lang_of(json_get_str(object, "lang"))};
  index_chars(doc);
  cJSON_ArrayForEach(item, json_get(object, "quotes")) add_quotation(doc, item);
  cJSON_ArrayForEach(item, json_get(object, "ignore")) add_gold(doc, item, NULL, false);
}

static void doc_release(Doc *doc)
{
  vec_release(&doc->gold);
  free(doc->byte_at);
}

typedef void ReadLayout(const Doc *doc, size_t block_start, Layout *layout);

static void read_block(const Doc *doc, const Block *block, ReadLayout *read)
{
  if (block->kind == BLOCK_METADATA) return;
  Notes notes = {.kind = block->kind, .lang = doc->lang};
  notes.text = arena_dup(&notes.arena, str_slice(doc->text, block->start, block->end));
  tokens_split(notes.text, &notes.arena, &notes.tokens);
  sentences_split(notes.text, notes.lang, &notes.tokens, &notes.arena, &notes.sentences);
  names_find(g_names, &notes);
  Layout layout;
  Arena scratch = {0};
  if (notes.tokens.len && layout_read(&layout, g_quotes, &notes, &scratch)) read(doc, block->start, &layout);
  arena_release(&scratch);
  arena_release(&notes.arena);
}

static void read_blocks(const Doc *doc, ReadLayout *read)
{
  Snapshot *text = snapshot_new(doc->text);
  Article *article = article_new();
  article_parse(article, text);
  const BlockVec *blocks = article_blocks(article);
  for (size_t i = 0; i < blocks->len; i++) read_block(doc, &blocks->items[i], read);
  article_free(article);
  snapshot_unref(text);
}

static bool read_corpus(const char *data, const char *corpus, ReadLayout *read)
{
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.jsonl", data, corpus);
  FILE *file = fopen(path, "r");
  if (!file) {
    fprintf(stderr, "%s: cannot be read\n", path);
    return false;
  }
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; (len = getline(&line, &cap, file)) > 0;) {
    cJSON *object = json_parse((Str){line, (size_t)len}, NULL);
    Doc doc;
    read_doc(&doc, object);
    read_blocks(&doc, read);
    doc_release(&doc);
    cJSON_Delete(object);
  }
  free(line);
  fclose(file);
  return true;
}
