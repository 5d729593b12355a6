// names_p: what the files of names share.
#pragma once

#include "annotate/namefacts.h"
#include "annotate/tagger.h"

struct Names {
  NameSources known;
  Tagger *tagger; // NULL: none, patterns do the work
  NameMemos *memos;
};

// Names by lists and patterns alone: what is left when there is no model.
void namerules_find(const struct Notes *notes, const NameFact *facts, Arena *arena, NameVec *out);

// Names that "and" has joined are two again (namejoin.c).
void namejoin_part(const NameSources *known, struct Notes *notes, const NameFact *facts);
// "Helse- og omsorgsdepartementet" is one, whatever was found in it.
void namejoin_offices(const NameSources *known, struct Notes *notes);
