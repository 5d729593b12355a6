// names_p: what the files of names share. Tables and models never change and are shared by all threads; a
// block under way is one thread's.
#pragma once

#include "annotate/names/namefacts.h"
#include "annotate/names/nameknown.h"
#include "annotate/names/namenouns.h"
#include "annotate/names/tagger.h"

struct Names {
  NameSources known;
  Tagger *tagger; // NULL: none, patterns do the work
  NameMemos *memos;
  NameNouns things[LANG_COUNT]; // things.<lang>.tsv
  NameNouns ends;               // nameends.tsv
  NameNouns signs[LANG_COUNT];  // signs.<lang>.tsv
};

// Words that only a heading gives a capital lose TOKEN_CAPITAL; false: none does (namecase.c). Facts are to
// be read anew where true.
bool namecase_lower(const Names *self, struct Notes *notes, const NameFact *facts);
// Names by lists and patterns alone: what is left when there is no model.
void namerules_find(const struct Notes *notes, const NameFact *facts, Arena *arena, NameVec *out);

// Names that the tagger missed or took for something else, by the words beside them and by what they end in
// (namenordic.c).
void namenordic_find(const Names *self, struct Notes *notes, const NameFact *facts);
// Likewise by the lists of companies and places, and by more words beside names (namesigns.c).
void namesigns_read(const Names *self, struct Notes *notes, const NameFact *facts);
// Names that "and" has joined are two again (namejoin.c).
void namejoin_part(const NameSources *known, struct Notes *notes, const NameFact *facts);
// "Helse- og omsorgsdepartementet" is one, and so is what initials spell out, whatever was found in them.
void namejoin_offices(const NameSources *known, struct Notes *notes, const NameFact *facts);
// Append to `out`, in the block's arena, the names that initials in brackets spell out, and these
// (nameinitials.c).
void nameinitials_find(struct Notes *notes, const NameFact *facts, NameVec *out);
// Institutes' names go on over what they are for (namefields.c).
void namefields_join(const NameSources *known, struct Notes *notes);
// Names end where the signs at their edges say (namebounds.c).
void namebounds_mend(const NameSources *known, struct Notes *notes, const NameFact *facts);

// Whether the name stands behind a noun that says it is a ship's, a storm's, a film's (namethings.c).
bool namethings_bears(const Names *self, const struct Notes *notes, const Name *name);
