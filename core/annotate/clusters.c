// As in the gazetteer, words are kept as a few bits of their hash, sorted into buckets.
#include "annotate/clusters.h"

#include "annotate/mapped.h"
#include "base/alloc.h"

#include <stdlib.h>

struct Clusters {
  Mapped file;
  const ClustersHead *head;
  const uint32_t *at; // [bucket]
  const uint8_t *words;
};

Clusters *clusters_open(const char *path, Error *err)
{
  Mapped file;
  if (!mapped_open(&file, path, CLUSTERS_MAGIC, CLUSTERS_VERSION, sizeof(ClustersHead), err)) return NULL;
  const ClustersHead *head = (const ClustersHead *)(const void *)file.head;
  if (!head->buckets || head->size != sizeof *head + 4 * ((uint64_t)head->buckets + 1) + 3ull * head->words) {
    error_set(err, ERR_FORMAT, "%s: damaged (sizes)", path);
    mapped_close(&file);
    return NULL;
  }
  Clusters *self = xcalloc(1, sizeof *self);
  const uint32_t *at = (const uint32_t *)(const void *)(head + 1);
  *self = (Clusters){file, head, at, (const uint8_t *)(at + head->buckets + 1)};
  return self;
}

void clusters_close(Clusters *self)
{
  if (!self) return;
  mapped_close(&self->file);
  free(self);
}

uint32_t clusters_of(const Clusters *self, uint64_t word)
{
  if (!self) return 0;
  uint32_t bucket = clusters_bucket(word, self->head->buckets), check = clusters_check(word);
  for (uint32_t i = self->at[bucket]; i < self->at[bucket + 1]; i++) {
    const uint8_t *fact = &self->words[3 * (size_t)i];
    uint32_t value = fact[0] | (uint32_t)fact[1] << 8 | (uint32_t)fact[2] << 16;
    if (value >> CLUSTERS_BITS == check) return 1 + (value & ((1u << CLUSTERS_BITS) - 1));
  }
  return 0;
}
