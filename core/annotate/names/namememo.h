// namememo: what names_find() found out about words, kept for the texts that come after: what the tables
// know, and sums of weights. News repeats its words, so this saves most of the reading from files of many
// megabytes. A memo never changes a result. One thread at a time uses a memo; a NameMemos is for any thread.
#pragma once

#include "annotate/lanes.h"
#include "annotate/names/namefacts.h"

enum { MEMO_FACTS = 1 << 14, MEMO_SUMS = 1 << 15 }; // places; a newcomer takes the place of who was there

typedef struct NameMemo { // zeroed: empty
  struct {
    uint64_t key; // 0: nothing
    NameFact fact;
  } facts[MEMO_FACTS];
  struct {
    uint64_t key;
    Lanes16 sum;
  } sums[MEMO_SUMS];
  Arena scratch; // for the work at hand; emptied when the memo is given back
} NameMemo;

typedef struct NameMemos NameMemos; // those nobody uses now

NameMemos *namememos_new(void);
void namememos_free(NameMemos *self); // NULL is fine
// A memo to use alone until it is given back.
NameMemo *namememos_take(NameMemos *self);
void namememos_give(NameMemos *self, NameMemo *memo);

// What is kept for a key (not 0); NULL: nothing. Borrowed until the next keep.
static inline const NameFact *namememo_fact(const NameMemo *self, uint64_t key)
{
  return self->facts[key % MEMO_FACTS].key == key ? &self->facts[key % MEMO_FACTS].fact : NULL;
}
static inline void namememo_prefetch_fact(const NameMemo *self, uint64_t key)
{
  __builtin_prefetch(&self->facts[key % MEMO_FACTS]);
}
static inline void namememo_keep_fact(NameMemo *self, uint64_t key, const NameFact *fact)
{
  self->facts[key % MEMO_FACTS].key = key;
  self->facts[key % MEMO_FACTS].fact = *fact;
}
static inline void namememo_prefetch_sum(const NameMemo *self, uint64_t key)
{
  __builtin_prefetch(&self->sums[key % MEMO_SUMS]);
}
static inline const Lanes16 *namememo_sum(const NameMemo *self, uint64_t key)
{
  return self->sums[key % MEMO_SUMS].key == key ? &self->sums[key % MEMO_SUMS].sum : NULL;
}
static inline void namememo_keep_sum(NameMemo *self, uint64_t key, Lanes16 sum)
{
  self->sums[key % MEMO_SUMS].key = key;
  self->sums[key % MEMO_SUMS].sum = sum;
}
