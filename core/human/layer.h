// layer: what people decided about one article, placed in one text: to be laid over what is found there.
// Immutable and counted: any thread.
#pragma once

#include "human/decision.h"
#include "human/registry.h"

typedef struct Shelved {    // a decision, with what laying over asks of it again and again
  const Decision *decision; // counted
  Verdict verdict;
  SpanKind kind;
  int number; // of its type in its kind; -1: none of the kind's
} Shelved;
typedef struct Shelf { // holds decisions for many layers, as they stay the same while places move
  VEC_OF(Shelved) items;
  int refs; // atomic
} Shelf;

typedef struct Placed { // a decision where it stands in the text
  size_t start, end;    // bytes in the article
  const Decision *decision;
  size_t shelved; // of a layer: its number on the shelf
} Placed;
typedef VEC_OF(Placed) PlacedVec;

typedef struct HumanLayer {
  PlacedVec places;         // sorted by start, then longest first; without tombstones and orphans
  const Shelf *shelf;       // counted: holds the decisions
  const Registry *registry; // counted; NULL: nothing said for the folder
  int refs;                 // atomic
} HumanLayer;

Shelf *shelf_new(void);
void shelf_add(Shelf *self,
               const Decision *decision); // takes the reference; before anybody else has the shelf
void shelf_unref(const Shelf *self);      // NULL is fine

// Takes the array `places`, sorts it, and refers to `registry`. `shelf`, which is referred to, holds the
// decisions; NULL: the references of `places` are taken too.
const HumanLayer *layer_new(PlacedVec *places, const Shelf *shelf, const Registry *registry);
const HumanLayer *layer_ref(const HumanLayer *self); // NULL is fine
void layer_unref(const HumanLayer *self);            // NULL is fine
bool layer_empty(const HumanLayer *self);            // NULL is fine

// Sort what is not in order yet, as it mostly is.
void layer_sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *));
