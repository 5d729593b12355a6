// As in the gazetteer, words are kept as a few bits of their hash, sorted into buckets.
#include "annotate/names/clusters.h"

#include "annotate/mapped.h"
#include "base/alloc.h"

#include <stdlib.h>

struct Clusters {
  Mapped file;
  const ClustersHead *head;
  const uint32_t *at; // [bucket]
  const ClustersWord *words;
};

static uint64_t clusters_size(const ClustersHead *head)
{
  return sizeof *head + 4 * ((uint64_t)head->buckets + 1) + sizeof(ClustersWord) * (uint64_t)head->words;
}

Clusters *clusters_open(const char *path, Error *err)
{
  Mapped file;
  if (!mapped_open(&file, path, CLUSTERS_MAGIC, CLUSTERS_VERSION, sizeof(ClustersHead), err)) return NULL;
  const ClustersHead *head = (const ClustersHead *)(const void *)file.head;
  if (!head->buckets || head->size != clusters_size(head)) {
    error_set(err, ERR_FORMAT, "%s: damaged (sizes)", path);
    mapped_close(&file);
    return NULL;
  }
  Clusters *self = xcalloc(1, sizeof *self);
  const ClustersWord *words = (const ClustersWord *)(const void *)(head + 1);
  *self = (Clusters){file, head, (const uint32_t *)(const void *)(words + head->words), words};
  return self;
}

void clusters_close(Clusters *self)
{
  if (!self) return;
  mapped_close(&self->file);
  free(self);
}

void clusters_prefetch(const Clusters *self, uint64_t word, bool groups)
{
  if (!self) return;
  const uint32_t *at = &self->at[clusters_bucket(word, self->head->buckets)];
  __builtin_prefetch(groups ? (const void *)&self->words[*at] : at);
}

bool clusters_of(const Clusters *self, uint64_t word, uint16_t groups[CLUSTERS_WAYS])
{
  memset(groups, 0, sizeof(uint16_t) * CLUSTERS_WAYS);
  if (!self) return false;
  uint32_t bucket = clusters_bucket(word, self->head->buckets), end = self->at[bucket + 1];
  for (uint32_t i = self->at[bucket]; i < end; i++) {
    if (self->words[i].check != clusters_check(word)) continue;
    memcpy(groups, self->words[i].groups, sizeof self->words[i].groups);
    return true;
  }
  return false;
}
