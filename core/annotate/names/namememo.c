// Memos that nobody uses lie in a few places, from which they are taken, and to which they are given back, by
// one atomic exchange; so there are never more of them than threads at work.
#include "annotate/names/namememo.h"

#include "base/alloc.h"

#include <stdlib.h>

enum { PLACES = 8 };

struct NameMemos {
  NameMemo *spare[PLACES]; // atomic; NULL: free
};

NameMemos *namememos_new(void)
{
  return xcalloc(1, sizeof(NameMemos));
}

static void memo_free(NameMemo *memo)
{
  if (memo) arena_release(&memo->scratch);
  free(memo);
}

void namememos_free(NameMemos *self)
{
  for (size_t i = 0; self && i < PLACES; i++) memo_free(self->spare[i]);
  free(self);
}

NameMemo *namememos_take(NameMemos *self)
{
  for (size_t i = 0; i < PLACES; i++) {
    if (!__atomic_load_n(&self->spare[i], __ATOMIC_RELAXED)) continue;
    NameMemo *memo = __atomic_exchange_n(&self->spare[i], NULL, __ATOMIC_ACQ_REL);
    if (memo) return memo;
  }
  return xcalloc(1, sizeof(NameMemo));
}

void namememos_give(NameMemos *self, NameMemo *memo)
{
  arena_reset(&memo->scratch);
  for (size_t i = 0; memo && i < PLACES; i++) // swaps: what lay there goes on to the next place
    memo = __atomic_exchange_n(&self->spare[i], memo, __ATOMIC_ACQ_REL);
  memo_free(memo);
}
