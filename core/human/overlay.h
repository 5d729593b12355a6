// overlay: the human layer laid over what machine and scripts found: the one place where people win. Used by
// the server, the command line, the exports and the index. Pure; any thread.
#pragma once

#include "annotate/pipeline.h"
#include "human/decision.h"
#include "human/registry.h"

typedef struct Placed {     // a decision where it stands in the text
  size_t start, end;        // bytes in the article
  const Decision *decision; // counted
} Placed;
typedef VEC_OF(Placed) PlacedVec;

typedef struct HumanLayer { // immutable and counted
  PlacedVec places;         // sorted by start; without tombstones and orphans
  const Registry *registry; // counted; NULL: nothing said for the folder
  int refs;                 // atomic
} HumanLayer;

// Takes the array `places` with the references in it, sorts it, and refers to `registry`.
const HumanLayer *layer_new(PlacedVec *places, const Registry *registry);
const HumanLayer *layer_ref(const HumanLayer *self); // NULL is fine
void layer_unref(const HumanLayer *self);            // NULL is fine
bool layer_empty(const HumanLayer *self);            // NULL is fine

// `found` with `layer` over it. `prose`: the text in which names stand; of an HTML article without its
// markup. The caller holds a reference, which keeps one to `found`; where people said nothing it is `found`
// itself.
//   made, accepted  the person's annotation stands, and nothing of the machine's that it contradicts: names
//   and
//                   dates that share a character with it, quotations that are mostly the same, a tag of its
//                   name
//   rejected        the machine's annotation of this type, or of any type, is left out
//   noted           the machine's stands, with the note
//   rules           hold wherever no decision stands; inside a longer name of the machine's they do not
//   who is who      names and ids as people gave them, in mentions and quotations
Annotations *overlay_lay(const Annotations *found, const HumanLayer *layer, const Snapshot *prose);
