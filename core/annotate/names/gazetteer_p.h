// gazetteer_p: the file's layout, for gazetteer.c and core/tools/gen_gazetteer.c. Mapped read-only: any
// thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define GAZETTEER_MAGIC "NMGZ"
#define GAZETTEER_VERSION 2u

// Numbers are little-endian. Behind the head stand, in this order:
//   entities            uint64_t  check << 40 | flags << 32 | id   (24 bits of the hash; flags: types,
//   strength << 3 | shared << 5; of gazetteer_bearer_key(): the level alone)
//                                  words               uint32_t  check << 16 | WordFacts          (16 bits)
//                                  buckets of
//   entities, of words, of cases  uint32_t: where a bucket's facts begin, and one more for the last one's end
//   cases               uint16_t  check << 3 | case                (13 bits)
//   begins              bits: names of several words begin so
// Facts are sorted by hash, so those of a bucket stand together.
typedef struct GazetteerTable {
  uint32_t buckets, facts;
} GazetteerTable;

typedef struct GazetteerHead {
  char magic[4];
  uint32_t version;
  uint64_t size;     // of the file, bytes
  uint64_t checksum; // these as in MappedHead
  GazetteerTable entities, words, cases;
  uint32_t begins; // bits
  uint32_t unused;
} GazetteerHead;

// The high half of a hash chooses the bucket, low bits are kept to know it again.
static inline uint32_t gazetteer_bucket(uint64_t hash, uint32_t buckets)
{
  return (uint32_t)((hash >> 32) * buckets >> 32);
}
static inline uint64_t gazetteer_check(uint64_t hash, unsigned bits)
{
  return hash & ((1ull << bits) - 1);
}
// The `n`th place that bears the name of `key`: its level and id; and next to it its country.
static inline uint64_t gazetteer_bearer_key(uint64_t key, unsigned n, bool country)
{
  return ((key ^ 0xa0761d6478bd642full) + 2 * n + country) * 0xd6e8feb86659fd93u;
}
// The country of a town: its id as a key.
static inline uint64_t gazetteer_home_key(uint32_t id)
{
  return (id ^ 0x8ebc6af09c88c6e3ull) * 0xd6e8feb86659fd93u;
}
static inline uint64_t gazetteer_case_key(unsigned lang, uint64_t word)
{
  uint64_t key = (word ^ lang) * 0xd6e8feb86659fd93u;
  return key ^ key >> 32;
}
