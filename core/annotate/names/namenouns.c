#include "annotate/names/namenouns.h"

enum {
  END = 3,
  HEAD_LEAST = 4,
  COMPOUND_LEAST = 7
}; // bytes: of an end; of a compound's last part; of all of it

static uint32_t end_bit(Str word)
{
  uint32_t bit = 0;
  for (size_t i = word.len < END ? 0 : word.len - END; i < word.len; i++)
    bit = bit * 31 + (unsigned char)word.ptr[i];
  return bit % 1024;
}

NameNouns namenouns_of(const char *table, const char *lang)
{
  NameNouns self = {.nouns = table_find(table, lang)};
  for (size_t row = 0; self.nouns && row < self.nouns->rows; row++) {
    Str word = table_cell(self.nouns, row, 0);
    uint32_t bit = end_bit(word);
    self.may_end[bit / 64] |= (uint64_t)1 << bit % 64;
    if (word.ptr[0] == '-' && word.len > self.longest + 1) self.longest = word.len - 1;
  }
  return self;
}

size_t namenouns_row(const NameNouns *self, Str lower)
{
  uint32_t bit = end_bit(lower);
  if (!(self->may_end[bit / 64] >> bit % 64 & 1)) return SIZE_MAX;
  size_t row = table_seek(self->nouns, lower);
  if (row != SIZE_MAX || !self->longest || lower.len < COMPOUND_LEAST) return row;
  char head[64] = "-";
  size_t len = lower.len - 1, most = sizeof head - 1 < self->longest ? sizeof head - 1 : self->longest;
  for (len = len < most ? len : most; row == SIZE_MAX && len >= HEAD_LEAST; len--) {
    memcpy(head + 1, lower.ptr + lower.len - len, len);
    row = table_seek(self->nouns, (Str){head, len + 1});
  }
  return row;
}
