// A corpus is a file of JSON Lines, offsets in code points (data/ner, data/news), or sentences of data/text
// that core/train/annotation.*.tsv knows by their hashes.
#include "corpus.h"

#include "base/json.h"
#include "base/map.h"
#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

static int type_of(Str name)
{
  return str_is(name, "PER")   ? ENTITY_PER
         : str_is(name, "ORG") ? ENTITY_ORG
         : str_is(name, "LOC") ? ENTITY_LOC
         : str_is(name, "???") ? CORPUS_OPEN
                               : CORPUS_OTHER;
}

static void read_names(const cJSON *object, CorpusDoc *doc)
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
    int type = json_get_bool(item, "opt", false) ? CORPUS_OTHER : type_of(json_get_str(item, "type"));
    if (start < end && end <= chars) vec_push(&doc->names, (CorpusName){byte_at[start], byte_at[end], type});
  }
  free(byte_at);
}

void corpus_each(const char *data, const char *corpus, CorpusTakeDoc *take, void *with)
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
    CorpusDoc doc = {.text = json_get_str(object, "text"), .lang = lang_of(json_get_str(object, "lang"))};
    read_names(object, &doc);
    take(&doc, with);
    vec_release(&doc.names);
    cJSON_Delete(object);
  }
  free(line);
  fclose(file);
}

// A row of core/train/<kind>.<lang>.tsv: the hash of a sentence, then "PER 4 11, LOC 20 24" (bytes).
static void read_annotation(const char *kind, const char *lang, Map *places_of)
{
  char path[256];
  snprintf(path, sizeof path, "core/train/%s.%s.tsv", kind, lang);
  FILE *file = fopen(path, "r");
  if (!file) fprintf(stderr, "%s: not there, left out\n", path);
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; file && (len = getline(&line, &cap, file)) > 0;) {
    if (*line == '#') continue;
    Str rest = {str_dup((Str){line, (size_t)len}), (size_t)len}; // kept to the end
    Str hash = str_cut(&rest, '\t');
    *map_slot(places_of, hash, NULL) = (uint64_t)(uintptr_t)rest.ptr;
  }
  free(line);
  if (file) fclose(file);
}

static void read_places(const char *places, CorpusNameVec *names)
{
  char type[4];
  size_t start, end;
  for (int used; sscanf(places, "%3s %zu %zu%n", type, &start, &end, &used) == 3; places += used) {
    vec_push(names, (CorpusName){start, end, type_of(str_of(type))});
    if (places[used] == ',') used++;
  }
}

void corpus_each_line(const char *data, const char *lang, CorpusTakeDoc *take, void *with)
{
  char command[4096];
  snprintf(command, sizeof command, "xz -dc '%s/text/%s.txt.xz'", data, lang);
  FILE *pipe = popen(command, "r");
  char *line = NULL;
  size_t cap = 0;
  for (ssize_t len; pipe && (len = getline(&line, &cap, pipe)) > 0;) {
    CorpusDoc doc = {.text = {line, (size_t)len - (line[len - 1] == '\n')}, .lang = lang_of(str_of(lang))};
    take(&doc, with);
  }
  free(line);
  if (pipe) pclose(pipe);
}

typedef struct Annotated { // sentences, and whom to tell of them
  Map places_of;
  CorpusTakeDoc *take;
  void *with;
} Annotated;

static void take_line(const CorpusDoc *line, void *with)
{
  const Annotated *annotated = with;
  char hash[17];
  uint64_t places;
  snprintf(hash, sizeof hash, "%016llx", (unsigned long long)str_hash(line->text));
  if (!map_get(&annotated->places_of, str_of(hash), &places)) return;
  CorpusDoc doc = {.text = line->text, .lang = line->lang};
  read_places((const char *)(uintptr_t)places, &doc.names);
  annotated->take(&doc, annotated->with);
  vec_release(&doc.names);
}

void corpus_each_annotated(const char *data, const char *kind, const char *lang, CorpusTakeDoc *take,
                           void *with)
{
  Annotated annotated = {.take = take, .with = with};
  read_annotation(kind, lang, &annotated.places_of);
  corpus_each_line(data, lang, take_line, &annotated);
  map_release(&annotated.places_of);
}

void corpus_each_block(const CorpusDoc *doc, CorpusTakeBlock *take, void *with)
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
