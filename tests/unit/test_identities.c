#include "annotate/entities/identities.h"
#include "unit/test.h"

static Identities *read(const char *text)
{
  return identities_new(str_of(text));
}

static void assert_same(const Identities *self, const char *entity, const char *want)
{
  Str got = identities_same(self, str_of(entity));
  if (!str_is(got, want)) fail_msg("%s is " STR_FMT ", not %s", entity, STR_ARG(got), want);
}

static void test_merges_follow_each_other(void **state)
{
  (void)state;
  Identities *self =
      read("{\"id\":\"1\",\"kind\":\"entity\",\"entity\":\"name:b\",\"same\":[\"name:a\",\"name:a a\"]}\n\n"
           "{\"id\":\"2\",\"kind\":\"entity\",\"entity\":\"wd:Q1\",\"same\":[\"name:b\",7]}\n"
           "{\"id\":\"3\",\"kind\":\"entity\",\"entity\":\"name:x\",\"same\":[\"name:y\"]}\n"
           "{\"id\":\"4\",\"kind\":\"entity\",\"entity\":\"name:y\",\"same\":[\"name:x\"]}\n"
           "{\"id\":\"5\",\"kind\":\"rule\",\"entity\":\"name:c\",\"same\":[\"name:d\"]}\n");
  assert_same(self, "name:a", "wd:Q1");
  assert_same(self, "name:a a", "wd:Q1");
  assert_same(self, "wd:Q1", "wd:Q1");
  assert_same(self, "name:d", "name:d");
  identities_same(self, STR("name:x")); // a circle ends
  assert_true(identities_knows(self, STR("name:b")));
  assert_false(identities_knows(self, STR("name:d")));
  identities_free(self);
}

static void test_the_later_line_of_an_id_holds(void **state)
{
  (void)state;
  static const char merged[] =
      "{\"id\":\"1\",\"kind\":\"entity\",\"entity\":\"wd:Q1\",\"name\":\"Old\",\"time\":\"2026-01-01\"}\n"
      "{\"id\":\"1\",\"kind\":\"entity\",\"entity\":\"wd:Q1\",\"name\":\"New\",\"time\":\"2026-01-02\"}\n"
      "{\"id\":\"1\",\"kind\":\"entity\",\"entity\":\"wd:Q1\",\"name\":\"Older\",\"time\":\"2025-01-02\"}\n"
      "{\"id\":\"2\",\"kind\":\"entity\",\"entity\":\"wd:Q2\",\"name\":\"Two\",\"time\":\"2026-01-01\"}\n"
      "{\"id\":\"2\",\"gone\":\"2026-01-03\"}\n";
  Identities *self = read(merged);
  assert_true(str_is(identities_name(self, STR("wd:Q1")), "New"));
  assert_int_equal(identities_name(self, STR("wd:Q2")).len, 0);
  identities_free(self);
}

static void test_names_and_what_is_apart(void **state)
{
  (void)state;
  Identities *self =
      read("nonsense\r\n{}\n[]\n"
           "{\"kind\":\"entity\",\"entity\":\"wd:Q1\",\"name\":\"One\",\"aliases\":[\"I\",\"II\"]}\n"
           "{\"kind\":\"entity\",\"entity\":\"name:a\",\"apart\":[\"name:b\"]}");
  assert_true(str_is(identities_name(self, STR("wd:Q1")), "One"));
  assert_true(identities_apart(self, STR("name:a"), STR("name:b")));
  assert_true(identities_apart(self, STR("name:b"), STR("name:a")));
  assert_false(identities_apart(self, STR("name:a"), STR("name:c")));
  Arena arena = {0};
  IdentityNames names = {0};
  identities_aliases(self, STR("wd:Q1"), &arena, &names);
  assert_int_equal(names.len, 2);
  arena_release(&arena);
  identities_free(self);
}

static void test_nothing(void **state)
{
  (void)state;
  Identities *self = read("");
  assert_true(identities_empty(self));
  assert_same(self, "name:a", "name:a");
  identities_free(self);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_merges_follow_each_other),
      cmocka_unit_test(test_the_later_line_of_an_id_holds),
      cmocka_unit_test(test_names_and_what_is_apart),
      cmocka_unit_test(test_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
