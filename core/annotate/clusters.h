// clusters: words of all languages in some hundred groups of like meaning and use: towns, family names,
// offices, tools. A file made by core/train/cluster_words.c, mapped read-only. Any thread.
#pragma once

#include "base/error.h"
#include "base/str.h"

typedef struct Clusters Clusters;

// NULL with *err as mapped_open().
Clusters *clusters_open(const char *path, Error *err);
void clusters_close(Clusters *self); // NULL is fine
// The group of a word, by gazetteer_word_hash(): from 1; 0 where it is unknown (or `self` NULL).
uint32_t clusters_of(const Clusters *self, uint64_t word);

#define CLUSTERS_MAGIC "NMCL"
#define CLUSTERS_VERSION 1u
#define CLUSTERS_BITS 9 // of a group's number; the other 15 of a fact tell words apart
typedef struct ClustersHead {
  char magic[4];
  uint32_t version;
  uint64_t size, checksum;
  uint32_t buckets,
      words; // then [buckets + 1] uint32_t: where a bucket's words begin; [words] of three bytes, low first
} ClustersHead;
static inline uint32_t clusters_bucket(uint64_t hash, uint32_t buckets)
{
  return (uint32_t)((hash >> 32) * buckets >> 32);
}
static inline uint32_t clusters_check(uint64_t hash)
{
  return (uint32_t)hash & 0x7FFF;
}
