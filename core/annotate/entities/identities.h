// identities: who is who by the word of people: a workspace's .newsmark/entities.jsonl, one fact a line. It
// wins over what newsmark takes names for. Immutable once made; any thread.
// doc/human.md has the file; read here are the lines of kind "entity":
//
//   {"id": "k2", "kind": "entity", "entity": "wd:Q3874799", "name": "Volodymyr Zelenskyj", "aliases": ["VZ"],
//    "same": ["name:wolodymyr selenskyj"], "apart": ["name:v zelensky"], "time": "2026-03-02T10:15:00.123Z"}
//
// `same`: these ids mean `entity`. `apart`: these are not it, however alike they look. A line with `gone`
// took back the one of its id; of two lines with one id the later `time` holds.
#pragma once

#include "base/str.h"
#include "base/vec.h"

typedef struct Identities Identities;
typedef VEC_OF(Str) IdentityNames;

// From the bytes of the file. Never NULL: what makes no sense is passed over.
Identities *identities_new(Str jsonl);
void identities_free(Identities *self); // NULL is fine
bool identities_empty(const Identities *self);

// In the questions below `self` may be NULL: nobody said anything.

// The entity that people take `entity` for: `entity` itself where nobody said otherwise. Borrowed from `self`
// or the argument, as are all results here.
Str identities_same(const Identities *self, Str entity);
// Whether people said that these two are not one.
bool identities_apart(const Identities *self, Str a, Str b);
// Whether people said of anybody that it is not this one: then no likeness counts.
bool identities_alone(const Identities *self, Str entity);
// What people call it; empty: nothing said.
Str identities_name(const Identities *self, Str entity);
// Append its other names to `out`, in `arena`.
void identities_aliases(const Identities *self, Str entity, Arena *arena, IdentityNames *out);
// Whether any line names this entity, to either side.
bool identities_knows(const Identities *self, Str entity);
