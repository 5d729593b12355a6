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
  float confidence; // among names; readers see names_confidence()
  uint32_t entity;  // gazetteer_id()'s number; 0: none
  uint64_t shared;  // the gazetteer's key of a name that places of several countries bear; 0: it is no such
} Name;
typedef VEC_OF(Name) NameVec;

// `dir` holds gazetteer.bin and names.bin. Never NULL: where a file is missing, cut or of another version,
// *err says so and names are found by patterns and tables alone.
Names *names_new(const char *dir, Error *err);
void names_free(Names *self);
// Fill notes->names from its text, tokens, sentences, kind and lang.
void names_find(const Names *self, struct Notes *notes);
// The two halves of that, for many blocks in turn, whose names are of use after both: what the model sees,
// with notes->facts, and what rules and lists make of it.
void names_tag(const Names *self, struct Notes *notes);
void names_mend(const Names *self, struct Notes *notes);
// How often a name of the article is right that rules and passes hold for as sure as `held`
// (Name.confidence): what is shown to readers.
float names_confidence(const Names *self, EntityType type, float held);
// 'm', 'f', 'u' (both) for a given name, 0 where it is none or unknown.
char names_gender(const Names *self, Str given);
// Whether a word in lower case is a title, office or role that stands before names: "försvarsminister", "Dr".
bool names_is_title(const Names *self, Lang lang, Str lower);
