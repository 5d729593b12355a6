// overlay_p: for overlay*.c: one laying over under way. One thread.
#pragma once

#include "base/map.h"
#include "human/overlay.h"

typedef struct Claim {         // a stretch about which people said something
  size_t start, end, furthest; // furthest: the greatest end up to here
  Verdict verdict;
  SpanKind kind;
  int number;               // of the type in its kind; -1: none of the kind's
  const Decision *decision; // NULL: of a rule
  const Rule *rule;
  const Span *over; // the machine's span that it takes the place of; NULL: none
} Claim;
typedef VEC_OF(Claim) ClaimVec;

enum { CLASS_NAMES, CLASS_QUOTES, CLASS_TAGS, CLASSES };

typedef struct Touched { // a machine's span that does not stand as it is
  size_t index;
  uint32_t human; // facts of a note on it
  bool stays;
} Touched;

typedef struct Overlay {
  const Annotations *found;
  const HumanLayer *layer;
  const Identities *identities; // NULL: nothing said
  const Snapshot *prose;
  size_t prose_len;
  Annotations *out;
  ClaimVec claims[CLASSES]; // heap
  size_t first[CLASSES];    // of a walk over these: claims before it end in front of all that is to come
  VEC_OF(Touched) touched;  // heap
  SpanVec mine[CLASSES];    // heap: the person's spans
  const HumanFacts **human; // in out's arena
  uint32_t human_len;
  bool quotes_changed;   // speakers' numbers are to be given anew
  Map facts;             // of a machine's mention to those that people made of it
  Map clusters;          // entity to cluster
  Map names;             // names to the machine's EntityFacts
  uint32_t clusters_len; // 0: not counted yet
} Overlay;

Str claim_type(const Claim *self); // empty: any of the kind
// The facts of the span that a claim makes, in out's arena.
const EntityFacts *overlay_entity(Overlay *self, const Claim *claim, uint8_t type);
const DateFacts *overlay_date(Overlay *self, const Claim *claim, uint8_t type);
const QuoteFacts *overlay_quote(Overlay *self, const Claim *claim);
const TagFacts *overlay_tag(Overlay *self, const Claim *claim);
// What people say of all entities, and of the mentions that they made themselves, put into the spans of
// `out`.
void overlay_relight(Overlay *self);
