#include "base/table.h"

extern const Table g_tables[];
extern const size_t g_table_count;

const Table *table_find(const char *name, const char *lang)
{
  size_t low = 0, high = g_table_count; // in order of name, then language
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    int order = strcmp(g_tables[mid].name, name);
    if (!order) order = strcmp(g_tables[mid].lang, lang);
    if (!order) return &g_tables[mid];
    if (order < 0)
      low = mid + 1;
    else
      high = mid;
  }
  return NULL;
}

// Most words that are sought are not there, which a place of the index says by itself.
size_t table_seek(const Table *table, Str key)
{
  if (!table) return SIZE_MAX;
  uint64_t hash = str_hash(key), mask = (1u << table->index_bits) - 1;
  for (uint64_t at = hash & mask; table->index[at]; at = (at + 1) & mask) {
    size_t row = (table->index[at] & 0xFFFF) - 1;
    if (table->index[at] == table_entry(hash, row) && str_eq(table_cell(table, row, 0), key)) return row;
  }
  return SIZE_MAX;
}
