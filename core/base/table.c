#include "base/table.h"

extern const Table g_tables[];
extern const size_t g_table_count;
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

static bool is_shared_with(Str langs, const char *lang)
{
  bool shared = str_has(langs, '-'), with = false;
  while (langs.len) with |= str_is(str_cut(&langs, '-'), lang);
  return shared && with;
}

size_t table_find_shared(const char *name, const char *lang, const Table **out, size_t most)
{
  size_t count = 0;
  for (size_t i = 0; i < g_table_count && count < most; i++)
    if (!strcmp(g_tables[i].name, name) && is_shared_with(str_of(g_tables[i].lang), lang))
      out[count++] = &g_tables[i];
  return count;
}

size_t table_seek(const Table *table, Str key)
{
  return table ? table_seek_hash(table, key, (uint32_t)str_hash(key)) : SIZE_MAX;
}

// Most words that are sought are not there, which a place of the index says by itself.
size_t table_seek_hash(const Table *table, Str key, uint32_t hash)
{
  if (!table) return SIZE_MAX;
  uint32_t mask = (1u << table->index_bits) - 1;
  for (uint32_t at = hash & mask; table->index[at]; at = (at + 1) & mask) {
    size_t row = (table->index[at] & 0xFFFF) - 1;
    if (table->index[at] == table_entry(hash, row) && str_eq(table_cell(table, row, 0), key)) return row;
  }
  return SIZE_MAX;
}
