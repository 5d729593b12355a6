// namebounds_p: what the files of namebounds share: a name, the tokens around it, and what may be done to
// it. One thread.
#pragma once

#include "annotate/names/names_p.h"
#include "annotate/notes.h"
#include "base/table.h"

enum { KNOWN = 2, COMMON = 3, FAMOUS = 3 }; // WORD_GIVEN, WORD_SURNAME; GazetteerEntity.strength
#define RULE_CONFIDENCE 0.85f

typedef struct Bounds {
  const NameSources *known;
  Notes *notes;
  const NameFact *facts;
  const Token *tokens;
  size_t len;     // of these
  uint32_t floor; // the token behind the name before
} Bounds;

static inline bool is_capital(const Bounds *self, size_t at)
{
  return at < self->len && (self->tokens[at].flags & TOKEN_CAPITAL);
}

// `marks`: each with a \0 behind.
static inline bool is_mark(const Bounds *self, size_t at, const char *marks)
{
  if (at >= self->len || !(self->tokens[at].flags & TOKEN_PUNCT)) return false;
  Str mark = self->tokens[at].lower;
  for (const char *p = marks; *p; p += strlen(p) + 1)
    if (str_is(mark, p)) return true;
  return false;
}

static inline bool touches(const Bounds *self, size_t at) // the token before
{
  return at < self->len && !(self->tokens[at].flags & TOKEN_SPACE_BEFORE);
}

static inline bool is_joiner(const Bounds *self, size_t at) // "and"
{
  const Str *joiners = self->known->lists.joiners[self->notes->lang];
  for (size_t i = 0; at < self->len && i < NAME_JOINERS; i++)
    if (joiners[i].len && str_eq(self->tokens[at].lower, joiners[i])) return true;
  return false;
}

static inline bool is_given(const Bounds *self, size_t at, uint32_t least)
{
  return at < self->len && (self->facts[at].word & WORD_GIVEN) >= least;
}

// Whether the word is known as somebody's name.
static inline bool is_persons(const Bounds *self, size_t at)
{
  uint32_t word = self->facts[at].word;
  return (word & WORD_GIVEN) >= KNOWN || (word & WORD_SURNAME) >> WORD_SURNAME_SHIFT >= KNOWN;
}

// "greve Ericsson": somebody of that name, not his namesake's company.
static inline bool is_titled(const Bounds *self, const Name *name)
{
  size_t first = name->first;
  bool alone = name->type == ENTITY_PER && name->last == first + 1;
  return alone && first > self->floor && !(self->tokens[first].flags & TOKEN_FIRST) &&
         self->facts[first - 1].title && (self->facts[first].word & WORD_SURNAME);
}

static inline void set_tokens(const Bounds *self, Name *name, size_t first, size_t last)
{
  name->first = (uint32_t)first;
  name->last = (uint32_t)last;
  name->start = self->tokens[first].start;
  name->end = self->tokens[last - 1].end;
}

static inline void set_type(Name *name, EntityType type)
{
  if (name->type == type && name->confidence >= RULE_CONFIDENCE) return;
  name->type = type;
  name->by = BY_RULE;
  name->confidence = RULE_CONFIDENCE;
}

// The token behind the company's form that begins at `at`, in exactly these letters; `at` where there is
// none. `comma`: one stands before it, which not all forms have.
size_t namebounds_form_end(const Bounds *self, size_t at, bool comma);
// What a word beside a name that may be `of` that type says bears it (bearers.<lang>.tsv; `side`: '<' before
// the name, '>' behind it); ENTITY_TYPES: nothing.
EntityType namebounds_bearer(const Bounds *self, size_t at, char side, EntityType of);
// What the noun in front says that the tokens [first, last) are (signs.<lang>.tsv); ENTITY_TYPES: nothing.
EntityType namebounds_sign(const Bounds *self, const NameNouns *signs, size_t first, size_t last);
// Towns that are their teams (nameteams.c). `next` is the name behind, or NULL.
void nameteams_read(const Bounds *self, Name *name, Name *next);
