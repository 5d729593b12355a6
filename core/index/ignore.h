// ignore: what .gitignore files and `exclude` settings leave out, by git's rules (gitignore(5)).
// A list holds the rules of one file and points to the list of the folder above it: the last rule that
// matches in the innermost list decides. A folder that is left out is not entered, so nothing below it can be
// asked for again. Pure.
#pragma once

#include "base/str.h"

typedef struct Ignore Ignore;

// The rules in `text` (the bytes of a .gitignore), which lies in folder `base`: relative to the top of the
// chain, "" or ending in '/'. `above` (NULL: none) is borrowed and must outlive the result.
Ignore *ignore_new(const Ignore *above, Str base, Str text);
void ignore_free(Ignore *self); // this list alone; NULL is fine
// Whether `path` (relative to the top of the chain, no '/' at its end) is left out. `self` may be NULL.
bool ignore_match(const Ignore *self, Str path, bool is_dir);
// One glob against one path, both cut at '/': `*`, `?`, `[a-z]`, `\` inside a name, `**` for any number of
// folders.
bool ignore_glob(Str pattern, Str path);
