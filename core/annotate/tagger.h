// tagger: a linear-chain conditional random field over the active words of a block. The features are here, in
// one code path for the tagger and its trainer (core/train/train_names.c); the weights are a file that the
// trainer writes, mapped read-only. Any thread.
#pragma once

#include "annotate/namefacts.h"
#include "annotate/names.h"

typedef enum Tag { TAG_O, TAG_B_PER, TAG_I_PER, TAG_B_ORG, TAG_I_ORG, TAG_B_LOC, TAG_I_LOC, TAGS } Tag;
#define TAGGER_LANES 7u     // weights of a feature: one a tag
#define TAGGER_FEATURES 127 // of a word, at most

#define TAGGER_MAGIC "NMTG"
#define TAGGER_VERSION 3u
typedef struct TaggerHead { // of the file; then [1 << bits][TAGGER_LANES] int8_t, and eight bytes more to
                            // read over
  char magic[4];
  uint32_t version;
  uint64_t size, checksum;  // of the file, bytes; str_hash() of what follows the head
  uint32_t bits;            // of a feature's row number
  float step;               // what one unit of a weight is worth
  float change[TAGS][TAGS]; // [tag before][tag]
  // A probability p of the field is right as often as 1 / (1 + exp(-(steep * log(p / (1 - p)) + lean))) says.
  float steep[ENTITY_TYPES], lean[ENTITY_TYPES];
  uint32_t unused;
} TaggerHead;
static inline size_t tagger_weights_size(unsigned bits)
{
  return ((size_t)TAGGER_LANES << bits) + 8;
}

typedef struct Tagger Tagger;

// NULL with *err as mapped_open().
Tagger *tagger_open(const char *path, Error *err);
void tagger_close(Tagger *self); // NULL is fine

typedef enum FeatureFamily { // in this order
  FAMILY_WORDS,              // the word and its neighbours, their beginnings and ends
  FAMILY_SHAPES,             // capitals, digits, lengths; kind of block, head of a sentence
  FAMILY_FACTS,              // gazetteer, letter case, titles, words of organisations
  FAMILY_GROUPS,             // clusters_of(), way 0
  FAMILY_MEANINGS,           // ways 1 and 2
  FAMILY_ROWS,               // the row of capitalised words it stands in, and what stands around that
  FAMILY_BREAKS,             // ends of lines and sentences, repetition
  FAMILIES
} FeatureFamily;

// Rows of the weights of word `at`, for a table of 1 << bits rows. Returns how many; ends[family] of them
// belong to that family and those before it (`ends` may be NULL).
size_t tagger_features(const struct Notes *notes, const NameFact *facts, size_t at, unsigned bits,
                       uint32_t rows[TAGGER_FEATURES], uint8_t ends[FAMILIES]);
// Whether `tag` may follow `before` (an inside tag wants its own kind before it).
bool tagger_may_follow(Tag before, Tag tag);
// Append the names of a block to notes->names, and capitalised words that are names with a small probability
// to notes->weak, both in order. Linear.
void tagger_find(const Tagger *self, struct Notes *notes, const NameFact *facts);
