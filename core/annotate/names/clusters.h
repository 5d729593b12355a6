// clusters: words of all languages in some hundred groups of like meaning and use: towns, family names,
// offices, tools. A file made by core/train/cluster_words.c, mapped read-only. Any thread.
#pragma once

#include "base/error.h"
#include "base/str.h"

typedef struct Clusters Clusters;

// NULL with *err as mapped_open().
Clusters *clusters_open(const char *path, Error *err);
void clusters_close(Clusters *self); // NULL is fine
// The groups of a word, by gazetteer_word_hash(), from 1, one a way of grouping; all 0 where it is unknown
// (or `self` NULL).
#define CLUSTERS_WAYS 3
bool clusters_of(const Clusters *self, uint64_t word, uint16_t groups[CLUSTERS_WAYS]);

// Prefetch what clusters_of() reads of a word: first the place that leads to its groups, then (`groups`)
// these.
void clusters_prefetch(const Clusters *self, uint64_t word, bool groups);

#define CLUSTERS_MAGIC "NMCL"
#define CLUSTERS_VERSION 2u
typedef struct ClustersWord {
  uint16_t check, groups[CLUSTERS_WAYS];
} ClustersWord;
typedef struct ClustersHead {
  char magic[4];
  uint32_t version;
  uint64_t size, checksum;
  uint32_t buckets,
      words; // then [words] ClustersWord; [buckets + 1] uint32_t: where a bucket's words begin
} ClustersHead;
static inline uint32_t clusters_bucket(uint64_t hash, uint32_t buckets)
{
  return (uint32_t)((hash >> 32) * buckets >> 32);
}
static inline uint16_t clusters_check(uint64_t hash)
{
  return (uint16_t)hash;
}
