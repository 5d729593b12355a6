// cutter: gives FTS5 the words of folded text (fold.h). For core/index/ alone.
#pragma once

#include "base/error.h"

#include <sqlite3.h>

// Let this connection cut what it puts into full-text tables by itself, in place of the tokenizer "ascii",
// which would find the same words. False with *err.
bool cutter_register(sqlite3 *db, Error *err);
