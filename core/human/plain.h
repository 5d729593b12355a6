// plain: an article's text as the human layer counts it: UTF-8 bytes without a byte order mark, \r\n as one
// \n. So a place kept on disk means the same to an editor that hides the mark or the \r as to one that does
// not. Constant once made: any thread.
#pragma once

#include "text/snapshot.h"

typedef struct Plain {
  Str text;       // whole
  uint64_t hash;  // of it
  size_t bom;     // bytes of the mark in the article
  size_t *breaks; // [breaks_len] where in `text` a \n lost its \r, rising; heap
  size_t breaks_len;
  Arena arena;
} Plain;

void plain_init(Plain *self, const Snapshot *text); // keeps nothing of `text`
void plain_release(Plain *self);
size_t plain_from_byte(const Plain *self, size_t byte); // of the article; inside a \r\n it is the line's end
size_t plain_to_byte(const Plain *self, size_t at);     // in front of a \r\n, not inside
