// names: persons, organisations and places in one block.
// Pure; any thread, an arena of its own.
#pragma once

#include "annotate/span.h"
#include "annotate/token.h"
#include "base/error.h"

struct Notes;
typedef struct Names Names; // opaque: gazetteer, model, word lists

typedef struct Name {
  uint32_t start, end;  // bytes in the block
  uint32_t first, last; // tokens, half-open
  EntityType type;
  Maker by;
  float confidence;
  uint32_t entity; // gazetteer_id()'s number; 0: none
  uint64_t shared; // the gazetteer's key of a name that places of several countries bear; 0: it is no such
} Name;
typedef VEC_OF(Name) NameVec;

// `dir` holds gazetteer.bin and names.bin. Never NULL: where a file is missing, cut or of another version,
// *err says so and names are found by patterns and tables alone.
Names *names_new(const char *dir, Error *err);
void names_free(Names *self);
// Fill notes->names from its text, tokens, sentences, kind and lang.
void names_find(const Names *self, struct Notes *notes);
// 'm', 'f', 'u' (both) for a given name, 0 where it is none or unknown.
char names_gender(const Names *self, Str given);
// Whether a word in lower case is a title, office or role that stands before names: "försvarsminister", "Dr".
bool names_is_title(const Names *self, Lang lang, Str lower);
