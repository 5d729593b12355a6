// memo: what a tagger's lists and patterns found in the paragraphs of late, so that a key in a long article
// costs one paragraph's search. One thread at a time.
#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>

typedef struct MemoSpan {
  uint32_t start, end; // bytes in the paragraph
  uint32_t tag, order; // as bind_add_span() has them
  Str value;           // empty: none
} MemoSpan;

typedef struct MemoEntry { // of one paragraph
  bool triggered;          // a word of `triggers` is in it
  uint32_t count;
  const MemoSpan *spans; // in order, apart
} MemoEntry;

typedef struct Memo Memo;

Memo *memo_new(void);
void memo_free(Memo *self); // NULL is fine
// An article begins: what is not asked for during many of them is forgotten when room is needed.
void memo_begin(Memo *self);
// NULL: not known. Borrowed until the next memo_put() or memo_begin().
const MemoEntry *memo_get(Memo *self, uint64_t key);
void memo_put(Memo *self, uint64_t key, const MemoEntry *entry); // copies
