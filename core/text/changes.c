// Hunks that come to touch each other are joined. An edit lies in new bytes; the old ones it stands for
// follow from the hunk before it, whose ends are the same distance apart as all text up to the next hunk.
#include "text/changes.h"

void changes_release(Changes *self)
{
  vec_release(&self->hunks);
}

void changes_reset(Changes *self)
{
  self->hunks.len = 0;
}

void changes_copy(Changes *self, const Changes *from)
{
  changes_reset(self);
  for (size_t i = 0; i < from->hunks.len; i++) vec_push(&self->hunks, from->hunks.items[i]);
}

// The first hunk that ends at or behind `at` in the new text.
static size_t first_reaching(const Changes *self, size_t at)
{
  size_t low = 0, high = self->hunks.len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (self->hunks.items[middle].new_end < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// Put `hunk` in the place of hunks [first, last).
static void put(Changes *self, size_t first, size_t last, Hunk hunk)
{
  if (first == last) vec_push(&self->hunks, hunk); // room for one more
  size_t behind = self->hunks.len - last - (first == last);
  memmove(self->hunks.items + first + 1, self->hunks.items + last, behind * sizeof(Hunk));
  self->hunks.items[first] = hunk;
  self->hunks.len = first + 1 + behind;
}

void changes_add(Changes *self, TextEdit edit)
{
  size_t first = first_reaching(self, edit.start), last = first;
  const Hunk *items = self->hunks.items;
  while (last < self->hunks.len && items[last].new_start <= edit.old_end) last++;
  Hunk hunk = {.new_start = edit.start, .new_end = edit.old_end};
  if (first < last) { // it joins these
    if (items[first].new_start < hunk.new_start) hunk.new_start = items[first].new_start;
    if (items[last - 1].new_end > hunk.new_end) hunk.new_end = items[last - 1].new_end;
  }
  size_t before_new = first ? items[first - 1].new_end : 0, before_old = first ? items[first - 1].old_end : 0;
  size_t until_new = last ? items[last - 1].new_end : 0, until_old = last ? items[last - 1].old_end : 0;
  hunk.old_start = before_old + (hunk.new_start - before_new);
  hunk.old_end = until_old + (hunk.new_end - until_new);
  hunk.new_end += edit.new_end - edit.old_end; // modulo, as the text may shrink
  put(self, first, last, hunk);
  for (size_t i = first + 1; i < self->hunks.len; i++) {
    self->hunks.items[i].new_start += edit.new_end - edit.old_end;
    self->hunks.items[i].new_end += edit.new_end - edit.old_end;
  }
}

// The first hunk from `from` on that ends at or behind `at` in the old text.
static size_t first_reaching_old(const Changes *self, size_t from, size_t at)
{
  size_t low = from, high = self->hunks.len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (self->hunks.items[middle].old_end < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

// Where `at` is now, given that hunks before `hunk` end before it.
static size_t moved(const Changes *self, size_t hunk, size_t at)
{
  const Hunk *items = self->hunks.items;
  if (hunk < self->hunks.len && items[hunk].old_start < at) return items[hunk].new_end; // swallowed
  return hunk ? at + (items[hunk - 1].new_end - items[hunk - 1].old_end) : at;
}

bool changes_map(const Changes *self, size_t *start, size_t *end, size_t *hint)
{
  size_t at = first_reaching_old(self, hint ? *hint : 0, *start);
  if (hint) *hint = at;
  bool untouched = at == self->hunks.len || self->hunks.items[at].old_start > *end;
  size_t until = untouched ? at : first_reaching_old(self, at, *end);
  *start = moved(self, at, *start);
  *end = moved(self, until, *end);
  return untouched;
}
