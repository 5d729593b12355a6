// nameknown: companies, papers, offices and the like that go by one name which hardly means anything else:
// "Peab", "Rädda Barnen", "Deutsche Bank". Those of orgs.tsv are known everywhere and in any letters; by
// their exact letters those of orgs.<lang>.tsv in one language, or in all that share the table
// (orgs.da-nb-nn-sv.tsv). Pure; any thread.
#pragma once

#include "annotate/names/namefacts.h"

struct Notes;

typedef enum OrgKnown {
  ORG_UNKNOWN,
  ORG_DOUBT, // the words mean other things, too
  ORG_SURE
} OrgKnown;

// The longest known name that begins at token `at`, a genitive s aside; *end: the token behind it, untouched
// where there is none.
OrgKnown nameknown_find(const NameLists *lists, const struct Notes *notes, const NameFact *facts, size_t at,
                        size_t *end);
// Whether the tokens [first, last) are a name that hardly means anything else; that name's genitive.
bool nameknown_is(const NameLists *lists, const struct Notes *notes, size_t first, size_t last);
bool nameknown_owns(const NameLists *lists, const struct Notes *notes, size_t first, size_t last);
// As nameknown_is(), of exactly these letters.
bool nameknown_spelt(const NameLists *lists, Lang lang, Str name);
