// names: persons, organisations and places in one block.
// Pure; any thread, an arena of its own.
#pragma once

#include "annotate/span.h"
#include "annotate/token.h"
#include "base/error.h"

struct Notes;
typedef struct Names Names; // opaque: gazetteers, word lists (and later the model)

typedef struct Name {
  uint32_t start, end; // bytes in the block
  uint32_t first, last; // tokens, half-open
  EntityType type;
  Maker by;
  float confidence;
  Str entity; // gazetteer id, borrowed from Names; empty: none
} Name;
typedef VEC_OF(Name) NameVec;

// `dir` holds the gazetteer file. Never NULL: where the file is missing, cut or of another version, *err says so and names are
// found by patterns and tables alone.
Names *names_new(const char *dir, Error *err);
void names_free(Names *self);
// Fill notes->names from its text, tokens, sentences, kind and lang.
void names_find(const Names *self, struct Notes *notes);
