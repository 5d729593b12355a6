// snapshot_p: how a snapshot is made, for text/'s own files. A snapshot is an array of slots: shared
// chunks and what lies before each. Chunks end where a reader may stop: never inside a \r\n and never
// inside what utf8_decode() takes as one code point, so that counts simply add up. Made by one thread,
// never changed afterwards: any thread reads.
#pragma once

#include "base/vec.h"
#include "text/buffer.h"

#include <stdatomic.h>

#ifndef BUFFER_CHUNK
#define BUFFER_CHUNK 4096u // bytes, about; at least 4
#endif

typedef struct Counts {
  size_t bytes, lines, chars, utf16; // lines: line ends
} Counts;

typedef struct Chunk {
  atomic_int refs;
  Counts size;
  char data[];
} Chunk;

typedef struct Slot {
  Chunk *chunk; // counted
  Counts before;
} Slot;
typedef VEC_OF(Slot) SlotVec;

struct Snapshot {
  atomic_int refs;
  EolRule eol;
  Counts total;
  SlotVec slots; // on the heap
};

Snapshot *snapshot_empty(EolRule eol); // the caller holds the one reference
Chunk *chunk_ref(Chunk *chunk);
void chunk_unref(Chunk *chunk);
// Cut `text` into new chunks, appended to `slots`; their `before` is not set yet. `text` begins and ends
// where a chunk may.
void slots_cut(Str text, EolRule eol, SlotVec *slots);
// Set `before` of the slots from `first` on, and the total.
void snapshot_count(Snapshot *self, size_t first);
// The slot that holds byte `at`; the last one at the end of the text. There must be one.
const Slot *snapshot_slot(const Snapshot *self, size_t at);
// `at`, or the start of the character it lies in. The character may not begin in an earlier chunk.
size_t snapshot_char_start(const Snapshot *self, size_t at);
// The next line end in `text` from `from` on: where it starts, and where the next line does. False: there is
// none. A \r\n that only begins in `text` counts as a \r.
bool next_eol(Str text, size_t from, EolRule eol, size_t *start, size_t *next);
