#include "base/table.h"

extern const Table g_tables[];
extern const uint16_t g_table_places[TABLE_PLACES];

const Table *table_find(const char *name, const char *lang)
{
  size_t at = table_place(str_of(name), str_of(lang));
  for (; g_table_places[at]; at = (at + 1) % TABLE_PLACES) {
    const Table *table = &g_tables[g_table_places[at] - 1];
    if (!strcmp(table->name, name) && !strcmp(table->lang, lang)) return table;
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
