// mapped: a data file of newsmark, checked and mapped read-only: the gazetteer, the clusters, the model.
// Any thread.
#pragma once

#include "base/error.h"
#include "base/str.h"

typedef struct MappedHead { // every such file begins with it
  char magic[4];
  uint32_t version;
  uint64_t size;     // of the file, bytes
  uint64_t checksum; // mapped_checksum()
} MappedHead;

typedef struct Mapped {
  const MappedHead *head; // NULL: not open
  size_t size;
} Mapped;

// False with *err: ERR_IO (not there, not readable), ERR_FORMAT (another kind of file, another version, cut,
// damaged). `least` is the size of the file's whole head. The caller closes.
bool mapped_open(Mapped *self, const char *path, const char *magic, uint32_t version, size_t least,
                 Error *err);
void mapped_close(Mapped *self);
uint64_t mapped_checksum(const void *head, size_t size); // of what follows the MappedHead
// For the tools that make such files: fill the head in and write. False with *err ERR_IO.
bool mapped_write(const char *path, MappedHead *file, const char *magic, uint32_t version, size_t size,
                  Error *err);
