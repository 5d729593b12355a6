#include "config/paths.h"
#include "config/toml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static Arena g_arena;

static int reset(void **state)
{
  (void)state;
  arena_release(&g_arena);
  return 0;
}

static const Toml *parse(const char *text)
{
  Error err = {0};
  const Toml *root = toml_parse(str_of(text), "x.toml", &g_arena, &err);
  if (!root) print_error("%s\n", err.text);
  return root;
}

static void test_values_and_their_places(void **state)
{
  (void)state;
  const Toml *root = parse("word = \"ä\"\nwhole = 7\nreal = 1.5\nyes = true\nday = 2023-04-17\n"
                           "list = [\"a\", 2]\n[z]\nb = 1\na = 2\n");
  assert_non_null(root);
  assert_int_equal(root->type, TOML_TABLE);
  assert_true(str_is(toml_get_str(root, "word"), "ä"));
  assert_int_equal(toml_get(root, "whole")->integer, 7);
  assert_true(toml_get(root, "whole")->real == 7);
  assert_true(toml_get(root, "real")->real == 1.5);
  assert_true(toml_get(root, "yes")->boolean);
  assert_int_equal(toml_get(root, "day")->type, TOML_MOMENT);
  const Toml *list = toml_get(root, "list");
  assert_true(str_is(list->first->string, "a"));
  assert_int_equal(list->first->next->integer, 2);
  assert_null(list->first->next->next);
  const Toml *z = toml_get(root, "z");
  assert_true(str_is(z->first->key, "b")); // the file's order, not the alphabet's
  assert_int_equal(z->first->line, 8);
  assert_int_equal(toml_get(z, "a")->line, 9);
  assert_null(toml_get(z, "c"));
  assert_null(toml_get(NULL, "c"));
  assert_null(toml_get_str(root, "whole").ptr);
}

static void test_faults_name_the_place(void **state)
{
  (void)state;
  static const struct {
    const char *text, *begin;
  } cases[] = {
      {"a = 1\nb = \n", "x.toml:2:"},
      {"a = 1\na = 2\n", "x.toml:2:"},
      {"[t\n", "x.toml:1:"},
      {"a = \"\xff\"\n", "x.toml:1:"},
      {"= 1\n", "x.toml:1:"},
      {"a = \"open\n", "x.toml:1:"},
      {"a = 99999999999999999999", "x.toml:1:"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Error err = {0};
    assert_null(toml_parse(str_of(cases[i].text), "x.toml", &g_arena, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_memory_equal(err.text, cases[i].begin, strlen(cases[i].begin));
    assert_true(strlen(err.text) > strlen(cases[i].begin) + 8); // and says what
  }
}

static void test_deep_and_large(void **state)
{
  (void)state;
  StrBuf text = {0};
  strbuf_add(&text, STR("a = "));
  for (int i = 0; i < 100000; i++) strbuf_byte(&text, '[');
  Error err = {0};
  assert_null(toml_parse(strbuf_str(&text), "deep.toml", &g_arena, &err));
  assert_int_equal(err.code, ERR_FORMAT);
  strbuf_reset(&text);
  for (size_t i = 0; i <= TOML_MAX_BYTES; i++) strbuf_byte(&text, '\n');
  assert_null(toml_parse(strbuf_str(&text), "large.toml", &g_arena, &err));
  assert_int_equal(err.code, ERR_LIMIT);
  strbuf_release(&text);
}

static void test_files(void **state)
{
  (void)state;
  Error err = {0};
  assert_null(toml_load("/nonexistent/a.toml", &g_arena, &err));
  assert_int_equal(err.code, ERR_NOT_FOUND);
  assert_null(toml_load("/", &g_arena, &err));
  assert_int_equal(err.code, ERR_IO);
  assert_null(toml_load("/dev/zero", &g_arena, &err)); // no end: not a regular file
  assert_int_equal(err.code, ERR_IO);
}

static void test_paths(void **state)
{
  (void)state;
  setenv("XDG_CONFIG_HOME", "/c", 1);
  setenv("XDG_CACHE_HOME", "relative", 1); // not allowed by the specification: as if unset
  setenv("HOME", "/h", 1);
  setenv("NEWSMARK_DATA", "/data", 1);
  Paths paths;
  paths_init(&paths, "/opt/bin/newsmark");
  assert_string_equal(paths.data_dir, "/data");
  assert_string_equal(paths.config_dir, "/c/newsmark");
  assert_string_equal(paths.cache_dir, "/h/.cache/newsmark");
  paths_release(&paths);
  unsetenv("NEWSMARK_DATA");
  unsetenv("HOME");
  paths_init(&paths, "/opt/bin/newsmark");
  assert_string_equal(paths.data_dir, "/opt/bin/../share/newsmark");
  assert_null(paths.cache_dir);
  paths_release(&paths);
  char *dir = path_dir("/a");
  assert_string_equal(dir, "/");
  free(dir);
  dir = path_dir("a");
  assert_string_equal(dir, ".");
  free(dir);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(test_values_and_their_places, reset),
      cmocka_unit_test_teardown(test_faults_name_the_place, reset),
      cmocka_unit_test_teardown(test_deep_and_large, reset),
      cmocka_unit_test_teardown(test_files, reset),
      cmocka_unit_test_teardown(test_paths, reset),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
