#include "base/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

extern const Table g_tables[];
extern const size_t g_table_count;

// The slow way.
static size_t first_row(const Table *table, Str key)
{
  for (size_t row = 0; row < table->rows; row++)
    if (str_eq(table_cell(table, row, 0), key)) return row;
  return SIZE_MAX;
}

static void test_every_row_is_found(void **state)
{
  (void)state;
  for (size_t i = 0; i < g_table_count; i++) {
    const Table *table = &g_tables[i];
    assert_ptr_equal(table_find(table->name, table->lang), table);
    for (size_t row = 0, first = 0; row < table->rows; row++) {
      Str cell = table_cell(table, row, 0);
      if (!str_eq(cell, table_cell(table, first, 0))) first = row;
      assert_int_equal(table_seek(table, cell), first);
    }
  }
}

static void test_what_is_not_there(void **state)
{
  (void)state;
  static const char *const words[] = {"", "-", "xqzvbn", "och", "the", "a", "Berlin"};
  for (size_t i = 0; i < g_table_count; i++)
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
      assert_int_equal(table_seek(&g_tables[i], str_of(words[w])), first_row(&g_tables[i], str_of(words[w])));
  assert_int_equal(table_seek(NULL, STR("och")), SIZE_MAX);
  assert_null(table_find("starters", "xx"));
}

static void test_shared(void **state)
{
  (void)state;
  const Table *found[4];
  assert_int_equal(table_find_shared("orgs", "nn", found, 4), 2);
  assert_string_equal(found[0]->lang, "da-nb-nn-sv");
  assert_string_equal(found[1]->lang, "nb-nn");
  assert_int_equal(table_find_shared("orgs", "nn", found, 1), 1);
  assert_int_equal(table_find_shared("orgs", "fi", found, 4), 0); // only its own
  assert_int_equal(table_find_shared("orgs", "n", found, 4), 0);
  assert_int_equal(table_find_shared("org", "nn", found, 4), 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_row_is_found),
      cmocka_unit_test(test_what_is_not_there),
      cmocka_unit_test(test_shared),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
