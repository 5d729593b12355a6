// field: learns the weights of annotate/names/tagger.c from words whose tags are known. It starts threads of
// its own, and has ended them when it returns.
#pragma once

#include "annotate/names/tagger.h"

typedef struct FieldWord {
  size_t rows;   // where its features begin in FieldSamples.rows
  uint8_t count; // of features
  uint8_t tag;
} FieldWord;

typedef struct FieldRun { // active words that stand together
  size_t first, count;    // of FieldSamples.words
  float weight;
} FieldRun;

typedef struct FieldSamples { // what is learnt from
  VEC_OF(uint32_t) rows;      // of features
  VEC_OF(FieldWord) words;
  VEC_OF(FieldRun) runs;
} FieldSamples;

#define FIELD_KEEP 0.7f // share of the features that a word shows at a time, so that none is relied on alone

typedef float FieldLanes[TAGS + 1]; // a weight a tag, and one for the processor's sake

typedef struct Field {
  FieldLanes
      *weights; // [1 << bits], as learnt: in use, when all features are shown, FIELD_KEEP of them count
  FieldLanes change[TAGS]; // [tag before][tag]
} Field;

// Learn in `epochs` rounds. The same samples give the same weights. Says how far it is on stdout.
Field *field_learn(const FieldSamples *samples, unsigned bits, size_t epochs);
void field_free(Field *self); // NULL is fine
