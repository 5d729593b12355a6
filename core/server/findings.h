// findings: all that is known of one version of an open document: its text and its annotations, with the tags
// that scripts gave laid over them. Ids are steady: a span that an edit only moved keeps its id, so that a
// client is told of changes alone. Made by a pool job, then immutable; read on the loop thread and by the
// next job.
#pragma once

#include "annotate/pipeline.h"
#include "text/changes.h"

typedef VEC_OF(uint32_t) IdVec;
typedef VEC_OF(size_t) IndexVec;

typedef struct Findings {
  const Snapshot *text;     // counted
  const Annotations *found; // counted; its spans have the lasting ids
  // Counted: what scripts have still to see. `found` has their tags of the text before meanwhile, moved to
  // where they are now, and borrows from it. NULL: all is done.
  const Annotations *base;
  const Annotations *under; // counted: what people's marks were laid over to give `found`; perhaps the same
  uint64_t layer;           // Document.layer_serial of these marks
  uint32_t next_id;
  uint64_t serial; // of the document's text
  int refs;        // atomic
} Findings;

// What a client that knows the old findings, and moves its marks with the edits, must be told. A span whose
// facts changed is in both, under its id.
typedef struct Delta {
  IdVec removed;
  IndexVec added; // of fresh's spans
} Delta;          // = {0} to begin

// Takes the counted references `found`, `base` (may be NULL) and `under`, refers to `text`. Spans have no
// lasting ids yet: findings_follow() comes next. The caller holds the one reference.
Findings *findings_new(const Snapshot *text, Annotations *found, Annotations *base, const Annotations *under,
                       uint64_t serial);
const Findings *findings_ref(const Findings *self);
void findings_unref(const Findings *self); // NULL is fine
// `found` with the scripts' tags of `old` (NULL: none) that the changes did not touch. The caller holds a
// reference, and keeps one to `found`, from which the result borrows.
Annotations *findings_carry_tags(const Annotations *found, const Findings *old, const Changes *changes);
// Give `fresh` the ids of `old` (NULL: there was nothing) where its spans are old ones moved by `changes`,
// new ones elsewhere, and say in `delta` what differs.
void findings_follow(Findings *fresh, const Findings *old, const Changes *changes, Delta *delta);
void delta_release(Delta *delta);

// The first span that starts at or behind `at`.
size_t findings_first_from(const Findings *self, size_t at);
