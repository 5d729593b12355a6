// roster: the names of an article in the order of its text, each as the number of its form, which is all that
// it says but for its place. What was read of a block stays from run to run, as long as the block does, so
// that coref_link() need not go through the notes of a megabyte, which lie far apart in memory, to find that
// one of them changed. It holds nothing that the notes do not say. One thread at a time.
#pragma once

#include "annotate/entities/coref.h"
#include "annotate/lang.h"
#include "base/digestmap.h"

typedef enum RosterRole { ROSTER_ALONE, ROSTER_WHOLE, ROSTER_PART } RosterRole;

typedef struct RosterName {
  uint32_t form;       // of Roster.forms
  uint32_t start, len; // bytes in the block
  uint8_t role;        // RosterRole: a WHOLE is perhaps the two PARTs that are next
} RosterName;

typedef struct RosterForm {
  CorefMention mention; // its place is that of whoever came first
  Lang lang;            // of the block
} RosterForm;

typedef struct RosterBlock {
  uint64_t made; // as Passage.made
  uint32_t first;
} RosterBlock;
typedef VEC_OF(RosterName) RosterNameVec;
typedef VEC_OF(RosterBlock) RosterBlockVec;

typedef struct Roster {
  VEC_OF(RosterForm) forms; // of this article and of those before
  RosterNameVec names;
  RosterBlockVec blocks; // [passage]: the first of its names; and one behind the last
  DigestMap by_record;   // digest of a form -> its number + 1
  uint32_t used;         // forms that the article had when coref_link() saw it last
} Roster;                // = {0} to begin

void roster_release(Roster *self);
void roster_read(Roster *self, const struct Passages *article);
