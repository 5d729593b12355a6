// articles: the articles below a folder, by the names of files. Links and what begins with a point are left
// out. Any thread.
#pragma once

#include "base/vec.h"

typedef VEC_OF(char *) ArticlePaths; // owned

// Append the paths, from `folder`, of all .txt, .md and .html files below it, each folder's by name. What
// cannot be read has none.
void articles_below(const char *folder, ArticlePaths *out);
void articles_release(ArticlePaths *paths);
