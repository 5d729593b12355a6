// overlay: the human layer laid over what machine and scripts found: the one place where people win. Used by
// the server, the command line, the exports and the index. Pure; any thread.
#pragma once

#include "annotate/pipeline.h"
#include "human/layer.h"

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
