#define _DEFAULT_SOURCE // MAP_POPULATE, where there is one
#include "annotate/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MAP_POPULATE // Linux: all pages at once, as the checksum reads them all. A fault each took a third of
                     // the time.
#define MAP_POPULATE 0
#endif

static bool check(const Mapped *self, const char *path, const char *magic, uint32_t version, Error *err)
{
  const MappedHead *head = self->head;
  if (memcmp(head->magic, magic, sizeof head->magic))
    return error_set(err, ERR_FORMAT, "%s: not the file it should be (no %s at its head)", path, magic);
  if (head->version != version)
    return error_set(err, ERR_FORMAT, "%s: made for version %u, this program reads %u", path, head->version,
                     version);
  if (head->size != self->size)
    return error_set(err, ERR_FORMAT, "%s: cut (%zu bytes of %llu)", path, self->size,
                     (unsigned long long)head->size);
  if (head->checksum != mapped_checksum(head, self->size))
    return error_set(err, ERR_FORMAT, "%s: damaged (checksum)", path);
  return true;
}

bool mapped_open(Mapped *self, const char *path, const char *magic, uint32_t version, size_t least,
                 Error *err)
{
  *self = (Mapped){0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0) {
    error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (file >= 0) close(file);
    return false;
  }
  size_t size = (size_t)info.st_size;
  void *map = size >= least ? mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0) : NULL;
  close(file);
  if (map == MAP_FAILED) return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
  if (!map) return error_set(err, ERR_FORMAT, "%s: cut (%zu bytes)", path, size);
  *self = (Mapped){map, size};
  if (check(self, path, magic, version, err)) return true;
  mapped_close(self);
  return false;
}

void mapped_close(Mapped *self)
{
  if (self->head) munmap((void *)(uintptr_t)self->head, self->size);
  *self = (Mapped){0};
}

static uint64_t stir(uint64_t sum, const char *word)
{
  uint64_t bits;
  memcpy(&bits, word, sizeof bits);
  sum = (sum ^ bits) * 0x9e3779b97f4a7c15u;
  return sum ^ sum >> 32;
}

// Four sums side by side, which do not wait for each other: 10 MB are read in a millisecond. They are four
// variables, as of an array compilers make vectors, whose 64-bit product takes six instructions in SSE2.
uint64_t mapped_checksum(const void *head, size_t size)
{
  const char *at = (const char *)head + sizeof(MappedHead), *end = (const char *)head + size;
  uint64_t a = 1, b = 2, c = 3, d = 4;
  for (; end - at >= 32; at += 32) {
    a = stir(a, at);
    b = stir(b, at + 8);
    c = stir(c, at + 16);
    d = stir(d, at + 24);
  }
  uint64_t rest = str_hash((Str){at, (size_t)(end - at)}), sums[4] = {a, b, c, d};
  for (size_t i = 0; i < 4; i++) rest = (rest ^ sums[i]) * 0xd6e8feb86659fd93u, rest ^= rest >> 29;
  return rest;
}

bool mapped_write(const char *path, MappedHead *file, const char *magic, uint32_t version, size_t size,
                  Error *err)
{
  memcpy(file->magic, magic, sizeof file->magic);
  file->version = version;
  file->size = size;
  file->checksum = mapped_checksum(file, size);
  FILE *out = fopen(path, "wb");
  bool ok = out && fwrite(file, size, 1, out) == 1;
  if (out && fclose(out) != 0) ok = false;
  return ok || error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
}
