// namekey: one key for the spellings of a person's name in several languages and scripts: "volodymyr
// zelenskyj", "wolodymyr selenskyj", "vladimir zelensky" and "володимир зеленський" are one; "anna lind" is
// itself. Only names that are written so differently are changed: those with the endings or the given names
// of data/namekey.tsv. Pure; any thread.
#pragma once

#include "base/arena.h"

// The key of `name`, which is folded as in an entity's id: lower case, no diacritics, one space. A single
// word is its own key. In `arena`, or `name` itself.
Str namekey_of(Arena *arena, Str name);
