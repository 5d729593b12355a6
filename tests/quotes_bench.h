// quotes_bench: a small article made by hand for the tests of quotes: a block a line, names given, without
// the parser and the tagger. Include cmocka first.
#pragma once

#include "annotate/notes.h"

#include <stdio.h>

typedef struct HandArticle {
  Quotes *quotes;
  StrBuf text;
  Passage passages[64];
  size_t len;
  Arena arena;
  SpanVec entities, found;
} HandArticle;

// Words and sentences of a text, without its names; the text is borrowed. The caller releases the arena.
static Notes hand_notes(Str text, BlockKind kind, Lang lang)
{
  Notes notes = {.text = text, .kind = kind, .lang = lang};
  tokens_split(text, &notes.arena, &notes.tokens);
  sentences_split(text, lang, &notes.tokens, &notes.arena, &notes.sentences);
  return notes;
}

static void hand_name(HandArticle *self, Notes *notes, size_t block_start, Str name, EntityType type,
                      uint32_t cluster, Str full)
{
  const TokenVec *tokens = &notes->tokens;
  for (size_t at = 0; at + name.len <= notes->text.len; at++) {
    if (memcmp(notes->text.ptr + at, name.ptr, name.len)) continue;
    Name found = {.start = (uint32_t)at, .end = (uint32_t)(at + name.len), .type = type};
    size_t first = 0;
    while (first < tokens->len && tokens->items[first].start < at) first++;
    size_t last = first;
    while (last < tokens->len && tokens->items[last].end <= at + name.len) last++;
    if (first == last || tokens->items[first].start != at || tokens->items[last - 1].end != at + name.len)
      continue;
    found.first = (uint32_t)first;
    found.last = (uint32_t)last;
    bool taken = false;
    for (size_t i = 0; i < notes->names.len; i++)
      taken |= notes->names.items[i].start < found.end && found.start < notes->names.items[i].end;
    if (taken) continue;
    vec_push_in(&notes->arena, &notes->names, found);
    Span span = {.start = block_start + at,
                 .end = block_start + at + name.len,
                 .kind = SPAN_ENTITY,
                 .type = (uint8_t)type};
    span.entity =
        arena_copy(&self->arena, &(EntityFacts){.name = full, .cluster = cluster}, sizeof(EntityFacts));
    vec_push_in(&self->arena, &self->entities, span);
  }
}

static int hand_name_order(const void *a, const void *b)
{
  const Name *x = a, *y = b;
  return (x->start > y->start) - (x->start < y->start);
}

// Names: "Eva Holt=Holt;NATO*;Oslo+": forms of one entity by =, * an organisation, + a place, else a person.
static void hand_names(HandArticle *self, Notes *notes, size_t start, const char *names)
{
  Str rest = str_of(names);
  for (uint32_t cluster = 0; rest.len; cluster++) {
    Str one = str_cut(&rest, ';'), full = {0};
    EntityType type = str_ends(one, STR("*"))   ? ENTITY_ORG
                      : str_ends(one, STR("+")) ? ENTITY_LOC
                                                : ENTITY_PER;
    if (type != ENTITY_PER) one.len--;
    while (one.len) {
      Str form = str_cut(&one, '=');
      if (!full.len) full = form;
      hand_name(self, notes, start, form, type, cluster, full);
    }
  }
  if (notes->names.len) qsort(notes->names.items, notes->names.len, sizeof(Name), hand_name_order);
}

static BlockKind hand_kind(Str line)
{
  if (str_starts(line, STR("– ")) || str_starts(line, STR("- "))) return BLOCK_SPEECH;
  if (str_starts(line, STR("–")) || str_starts(line, STR("-"))) return BLOCK_SIGNATURE;
  return BLOCK_PARAGRAPH;
}

static inline void hand_open(HandArticle *self, const char *text, Lang lang, const char *names)
{
  static Quotes *shared; // the tables are the same for all
  if (!shared) shared = quotes_new(NULL);
  *self = (HandArticle){.quotes = shared};
  strbuf_add(&self->text, str_of(text));
  Str all = strbuf_str(&self->text), rest = all;
  while (rest.len && self->len < ARRAY_LEN(self->passages)) {
    Str line = str_cut(&rest, '\n');
    if (!line.len) continue;
    Notes *notes = xcalloc(1, sizeof *notes);
    size_t start = (size_t)(line.ptr - all.ptr);
    *notes = hand_notes(line, hand_kind(line), lang);
    hand_names(self, notes, start, names);
    quotes_find(self->quotes, notes);
    self->passages[self->len++] = (Passage){.start = start, .notes = notes};
  }
  if (self->entities.len) qsort(self->entities.items, self->entities.len, sizeof(Span), span_order);
  Passages article = {self->passages, self->len, lang};
  quotes_attribute(self->quotes, &article, &self->entities, &self->arena, &self->found);
}

static inline void hand_close(HandArticle *self)
{
  for (size_t i = 0; i < self->len; i++) {
    Notes *notes = (Notes *)(uintptr_t)self->passages[i].notes;
    arena_release(&notes->arena);
    free(notes);
  }
  arena_release(&self->arena);
  strbuf_release(&self->text);
}
