// ledger: a file of the human layer: records, one a line, each with an id and the time of its last change
// (doc/human.md). Whoever writes takes a lock, reads what others wrote meanwhile, merges by id (the later
// time wins) and puts a whole new file in the old one's place. So any number of processes lose nothing, and
// the file is whole at every moment. One thread at a time.
#pragma once

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

enum { LEDGER_BYTES_MAX = 256 << 20 }; // a larger file is not read

typedef struct LedgerLine {
  Str id;   // empty: a line that makes no sense, kept as it is
  Str time; // of its last change
  bool has_place;
  size_t start; // its place, by which the file is sorted
  Str text;     // the whole line, without its end
} LedgerLine;
typedef VEC_OF(LedgerLine) LedgerLines;
typedef VEC_OF(Str) LedgerTexts;

typedef struct Ledger Ledger;

// The ledger in the file at `path`; nothing is read yet. It is written only where its real path is below
// `root`, the folder that it belongs to; NULL: it is only read.
Ledger *ledger_new(const char *path, const char *root);
void ledger_free(Ledger *self); // NULL is fine
const char *ledger_path(const Ledger *self);
// Read the file anew where it changed, and append to `news` the lines that are other than before, borrowed
// until the next call. No file: no lines. False with ERR_IO, ERR_LIMIT.
bool ledger_read(Ledger *self, LedgerTexts *news, Error *err);
// The same under the lock, with `puts` merged in; the file is written only if that changed it. A line in
// `puts` that is older than the file's is dropped, and the file's is among the news. False with ERR_IO (also:
// a link leads out of the root), ERR_LIMIT.
bool ledger_put(Ledger *self, const Str *puts, size_t count, LedgerTexts *news, Error *err);
// All lines as they are, sorted; borrowed until the next call.
const LedgerLines *ledger_lines(const Ledger *self);

// Merge texts of ledgers by id into `out`: for the merge driver. Marks of a conflict are left out.
void ledger_merge(const Str *texts, size_t count, StrBuf *out);
