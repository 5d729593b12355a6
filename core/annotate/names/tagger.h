// tagger: a linear-chain conditional random field over the active words of a block. Its features are
// those of namefeatures.h; the weights are a file that the trainer (core/train/train_names.c) writes, mapped
// read-only. Any thread.
#pragma once

#include "annotate/names/namefeatures.h"
#include "annotate/names/namememo.h"
#include "annotate/names/names.h"

typedef enum Tag { TAG_O, TAG_B_PER, TAG_I_PER, TAG_B_ORG, TAG_I_ORG, TAG_B_LOC, TAG_I_LOC, TAGS } Tag;

// Beta calibration (Kull, Silva Filho and Flach 2017): a probability p of the field is right as often as
// 1 / (1 + exp(-(sure * log(p) - doubt * log(1 - p) + lean))) says; in the paper a, b and c.
typedef struct TaggerTrust {
  float sure, doubt, lean;
} TaggerTrust;
#define TAGGER_SURE 1e-4f // p is held this far from 0 and 1

// A name that rules and passes hold for so sure is right as often as a line through these knots says, which
// begins at 0 and ends at 1.
#define TAGGER_KNOTS 6u
#define TAGGER_KNOT(N) (0.45f + 0.1f * (float)(N)) // where the Nth knot is
// How far the line has come at `held` from the knot before, which is *n - 1, to the one behind, *n: 0 to 1.
// *n is 0 before the first, TAGGER_KNOTS behind the last.
static inline float tagger_way(float held, size_t *n)
{
  float steps = (held - TAGGER_KNOT(0)) * 10; // no loop: each key asks it of every mention
  size_t knot = steps <= 0 ? 0 : 1 + (size_t)steps;
  *n = knot < TAGGER_KNOTS ? knot : TAGGER_KNOTS;
  float low = *n ? TAGGER_KNOT(*n - 1) : 0, high = *n < TAGGER_KNOTS ? TAGGER_KNOT(*n) : 1;
  return (held - low) / (high - low);
}

#define TAGGER_MAGIC "NMTG"
#define TAGGER_VERSION 6u
typedef struct TaggerHead { // of the file; then a row for each feature's number: uint32_t[1 << bits],
                            // lanes_unpack() makes TAGS weights of it
  char magic[4];
  uint32_t version;
  uint64_t size, checksum;  // of the file, bytes; str_hash() of what follows the head
  uint32_t bits;            // of a feature's row number
  float step;               // what one unit of a weight is worth
  float change[TAGS][TAGS]; // [tag before][tag]
  TaggerTrust trust[ENTITY_TYPES];
  float shown[ENTITY_TYPES][TAGGER_KNOTS];
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
// How often a name is right that rules and passes hold for as sure as `held`.
float tagger_shown(const Tagger *self, EntityType type, float held);
// Append the names of a block to notes->names, and capitalised words that are names with a small probability
// to notes->weak, both in order. `memo` may be NULL; `scratch` is where it reckons. Linear.
void tagger_find(const Tagger *self, NameMemo *memo, Arena *scratch, struct Notes *notes,
                 const NameFact *facts);
