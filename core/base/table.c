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

// Byte by byte, as most cells differ in one of the first.
static bool comes_before(const char *cell, Str key)
{
  size_t at = 0;
  while (at < key.len && cell[at] && cell[at] == key.ptr[at]) at++;
  return at < key.len && (unsigned char)cell[at] < (unsigned char)key.ptr[at];
}

// Lines are sorted by bytes and a tab is less than any character of a cell, so first cells are in order too.
size_t table_seek(const Table *table, Str key)
{
  size_t low = 0, high = table ? table->rows : 0;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (comes_before(table->cells[mid * table->cols], key))
      low = mid + 1;
    else
      high = mid;
  }
  return table && low < table->rows && str_eq(table_cell(table, low, 0), key) ? low : SIZE_MAX;
}
