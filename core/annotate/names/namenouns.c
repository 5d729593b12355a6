#include "annotate/names/namenouns.h"

enum {
  END = 3,
  HEAD_LEAST = 4,
  COMPOUND_LEAST = 7
}; // bytes: of an end; of a compound's last part; of all of it

static uint32_t end_bit(Str word)
{
  const unsigned char *end = (const unsigned char *)word.ptr + word.len - END;
  return (end[0] * 31u * 31u + end[1] * 31u + end[2]) % 1024;
}

NameNouns namenouns_of(const char *table, const char *lang)
{
  NameNouns self = {.nouns = table_find(table, lang)};
  for (size_t row = 0; self.nouns && row < self.nouns->rows; row++) {
    uint32_t bit = end_bit(table_cell(self.nouns, row, 0));
    self.may_end[bit / 64] |= (uint64_t)1 << bit % 64;
  }
  return self;
}

size_t namenouns_row(const NameNouns *self, Str lower)
{
  uint32_t bit = lower.len < END ? 0 : end_bit(lower);
  if (lower.len < END || !(self->may_end[bit / 64] >> bit % 64 & 1)) return SIZE_MAX;
  size_t row = table_seek(self->nouns, lower);
  char head[64] = "-";
  for (size_t at = 1; row == SIZE_MAX && lower.len >= COMPOUND_LEAST && at + HEAD_LEAST <= lower.len; at++) {
    size_t len = lower.len - at;
    if (len >= sizeof head) continue;
    memcpy(head + 1, lower.ptr + at, len);
    row = table_seek(self->nouns, (Str){head, len + 1});
  }
  return row;
}
