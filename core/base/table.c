#include "base/table.h"

extern const Table g_tables[];
extern const size_t g_table_count;

const Table *table_find(const char *name, const char *lang)
{
  for (size_t i = 0; i < g_table_count; i++) {
    if (!strcmp(g_tables[i].name, name) && !strcmp(g_tables[i].lang, lang)) return &g_tables[i];
  }
  return NULL;
}
