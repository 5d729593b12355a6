// identities: who is who by the word of people: a workspace's .newsmark/entities.jsonl, one fact a line. It
// wins over what newsmark takes names for. Immutable once made; any thread.
//
//   {"entity": "name:wolodymyr selenskyj", "same": "wd:Q3874799"}            one person: the second id is
//   meant
//   {"entity": "name:anna lind", "same": "name:anna lind 2", "path": "2021/"} another one, in that article or
//                                                                            folder (ending in '/')
//   {"entity": "name:anna lind", "apart": "name:anne lind"}                  not one, however alike they look
//   {"entity": "wd:Q3874799", "name": "Volodymyr Zelenskyj"}                 what to call them
//   {"entity": "wd:Q7747", "alias": "VVP"}                                   another name they go by
//
// Members not named here are kept for others (who wrote it, when) and mean nothing. The order of lines means
// nothing but where two contradict each other: the later one holds.
#pragma once

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct Identities Identities;
typedef VEC_OF(Str) IdentityNames;

// From the bytes of the file. Never NULL. A line that says nothing of the above is left out; *err then names
// the first such line (ERR_FORMAT), else its code is ERR_NONE.
Identities *identities_new(Str jsonl, Error *err);
void identities_free(Identities *self); // NULL is fine
bool identities_empty(const Identities *self);

// The entity that `entity` is in the article at `path` (relative to the workspace): `entity` itself where
// nobody said otherwise. Borrowed from `self` or the argument, as are all results here.
Str identities_same(const Identities *self, Str entity, Str path);
// Whether people said that these two are not one.
bool identities_apart(const Identities *self, Str a, Str b);
// What people call it; empty: nothing said.
Str identities_name(const Identities *self, Str entity);
// Append its other names to `out`, in `arena`.
void identities_aliases(const Identities *self, Str entity, Arena *arena, IdentityNames *out);
// Whether any line names this entity, to either side.
bool identities_knows(const Identities *self, Str entity);
