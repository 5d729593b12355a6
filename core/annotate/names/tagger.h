// tagger: a linear-chain conditional random field over the active words of a block. Its features are
// those of namefeatures.h; the weights are a file that the trainer (core/train/train_names.c) writes, mapped
// read-only. Any thread.
#pragma once

#include "annotate/names/namefeatures.h"
#include "annotate/names/namememo.h"
#include "annotate/names/names.h"

typedef enum Tag { TAG_O, TAG_B_PER, TAG_I_PER, TAG_B_ORG, TAG_I_ORG, TAG_B_LOC, TAG_I_LOC, TAGS } Tag;

// A probability p of the field is right as often as 1 / (1 + exp(-(sure * log(p) - doubt * log(1 - p) +
// lean))) says.
typedef struct TaggerTrust {
  float sure, doubt, lean;
} TaggerTrust;
#define TAGGER_SURE 1e-4f // p is held this far from 0 and 1

#define TAGGER_MAGIC "NMTG"
#define TAGGER_VERSION 5u
typedef struct TaggerHead { // of the file; then a row for each feature's number: uint32_t[1 << bits],
                            // lanes_unpack() makes TAGS weights of it
  char magic[4];
  uint32_t version;
  uint64_t size, checksum;  // of the file, bytes; str_hash() of what follows the head
  uint32_t bits;            // of a feature's row number
  float step;               // what one unit of a weight is worth
  float change[TAGS][TAGS]; // [tag before][tag]
  TaggerTrust trust[ENTITY_TYPES];
} TaggerHead;
static inline size_t tagger_weights_size(unsigned bits)
{
  return sizeof(uint32_t) << bits;
}

typedef struct Tagger Tagger;

// NULL with *err as mapped_open().
Tagger *tagger_open(const char *path, Error *err);
void tagger_close(Tagger *self); // NULL is fine

// Whether `tag` may follow `before` (an inside tag wants its own kind before it).
bool tagger_may_follow(Tag before, Tag tag);
// The field's probabilities of the tags of every word of a block: shares[notes->tokens.len][TAGS]. For those
// who weigh it against another judge (core/train/teach_names.c).
void tagger_shares(const Tagger *self, Arena *scratch, const struct Notes *notes, const NameFact *facts,
                   float shares[][TAGS]);
// Append the names of a block to notes->names, and capitalised words that are names with a small probability
// to notes->weak, both in order. `memo` may be NULL; `scratch` is where it reckons. Linear.
void tagger_find(const Tagger *self, NameMemo *memo, Arena *scratch, struct Notes *notes,
                 const NameFact *facts);
