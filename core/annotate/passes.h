// passes: what an article says as a whole: which names are one entity, what its dates are, who said what.
// After an edit the passes find what they would find from scratch, but look again only where something that
// they read is not as it was. One thread at a time; what a run gives may be read by any.
#pragma once

#include "annotate/notes.h"
#include "annotate/pipeline.h"

typedef struct Passes Passes;

// Borrows all three.
Passes *passes_new(const Names *names, const Dates *dates, const Quotes *quotes);
void passes_free(Passes *self); // NULL is fine
// Fill found->spans, ids aside, of an article whose blocks, lang and dct `found` has already. `found` holds
// on to what the spans refer to.
void passes_run(Passes *self, const Passages *article, Annotations *found);
