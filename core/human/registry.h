// registry: what people say for all articles of a folder: `.newsmark/entities.jsonl` (doc/human.md): who is
// who, and rules: words that are always, or never, a name, date or tag. Immutable and counted: any thread.
#pragma once

#include "annotate/entities/identities.h"
#include "annotate/span.h"
#include "human/finder.h"
#include "human/ledger.h"

typedef struct Rule {
  Str id, words;
  bool rejected;
  SpanKind kind;
  uint8_t type;
  Str type_name;    // of a tag; of a rejection: the type, or empty: never anything
  Str entity, name; // empty: by the words
} Rule;

typedef struct Registry {
  VEC_OF(Rule) rules; // those of aliases too
  Identities *identities;
  Finder *finder; // of the rules' words; NULL: no rules
  Arena arena;    // owns every string
  int refs;       // atomic
} Registry;

typedef struct RuleHit {
  size_t start, end, rule;
} RuleHit;
typedef VEC_OF(RuleHit) RuleHits;

// The caller holds the one reference.
const Registry *registry_new(const LedgerLines *lines);
const Registry *registry_ref(const Registry *self);
void registry_unref(const Registry *self); // NULL is fine
bool registry_empty(const Registry *self); // NULL too
// Where the words of rules stand in `text`, as whole words, longest first where they overlap, in order; on
// the heap.
void registry_find(const Registry *self, Str text, RuleHits *hits);
// The rule of these words that would say this, to be replaced; NULL: none.
const Rule *registry_rule(const Registry *self, Str words);

// Whether the bytes [start, end) are whole words of `text`.
bool whole_words(Str text, size_t start, size_t end);
