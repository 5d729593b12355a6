// nameknown: companies, papers, offices and the like that go by one name which hardly means anything else
// (orgnames.tsv, orgnames.<lang>.tsv), by their exact letters: "Peab", "Rädda Barnen". Constant; any thread.
#pragma once

#include "annotate/lang.h"
#include "base/table.h"

struct Notes;

enum { NAMEKNOWN_BITS = 1 << 14 }; // ten times as many as a language sets

typedef struct NameKnown {
  const Table *shared, *own;               // NULL: none
  uint64_t may_begin[NAMEKNOWN_BITS / 64]; // bits of their first tokens' hashes
} NameKnown;

NameKnown nameknown_of(Lang lang);
// The token behind the longest known name that begins at token `at`, a genitive s aside; `at`: none does.
// `inside`: no sentence begins here, so that words count that are names only then.
size_t nameknown_end(const NameKnown *self, const struct Notes *notes, size_t at, bool inside);
// Whether the name is a known one's genitive.
bool nameknown_owns(const NameKnown *self, Str name);
