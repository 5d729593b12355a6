// namefeatures: what the tagger (tagger.c) and its trainer (core/train/train_names.c) see of a word, as row
// numbers of a table of weights: one code path for both. Pure; any thread.
#pragma once

#include "annotate/names/namefacts.h"

#define FEATURES_MOST 100u // of a word

// Features by how much of the text they look at. What a part but the last one says of a word is the same
// wherever its key is, so its sum of weights can be kept (namememo.h).
typedef enum FeaturePart {
  PART_WORD,   // the word alone
  PART_BEFORE, // the word before it, and its own shape
  PART_BEHIND, // likewise
  PART_AROUND, // more than that
  FEATURE_PARTS
} FeaturePart;

typedef enum FeatureFamily { // features by what they tell: for the trainer, which can leave one out
  FAMILY_WORDS,              // the word and its neighbours, their beginnings and ends
  FAMILY_SHAPES,             // capitals, digits, lengths; kind of block, head of a sentence
  FAMILY_FACTS,              // gazetteer, letter case, titles, words of organisations
  FAMILY_GROUPS,             // clusters_of(), way 0
  FAMILY_MEANINGS,           // ways 1 and 2
  FAMILY_ROWS,               // the row of capitalised words it stands in, and what stands around that
  FAMILIES
} FeatureFamily;

typedef struct NameView { // a word between its neighbours; borrowed from the notes and facts
  const struct Notes *notes;
  size_t at;
  const NameFact *fact;               // its own, among those of the block
  const Token *own, *before, *behind; // where the text has ended an empty one
} NameView;

NameView nameview_at(const struct Notes *notes, const NameFact *facts, size_t at);
// What to keep the sums of the parts but the last one by; none is 0.
void nameview_keys(const NameView *self, uint64_t keys[PART_AROUND]);
// Rows of the features of one part in a table of 1 << bits rows. Returns how many; those of all parts
// together are FEATURES_MOST at most.
size_t nameview_rows(const NameView *self, FeaturePart part, unsigned bits, uint32_t *rows);
// Likewise, with the family of each.
size_t nameview_families(const NameView *self, FeaturePart part, unsigned bits, uint32_t *rows,
                         FeatureFamily *families);
