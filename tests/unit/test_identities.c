#include "annotate/identities.h"
#include "unit/test.h"

static Identities *read(const char *text, Error *err)
{
  return identities_new(str_of(text), err);
}

static void assert_same(const Identities *self, const char *entity, const char *path, const char *want)
{
  Str got = identities_same(self, str_of(entity), str_of(path));
  if (!str_is(got, want)) fail_msg("%s in %s is " STR_FMT ", not %s", entity, path, STR_ARG(got), want);
}

static void test_merges_follow_each_other(void **state)
{
  (void)state;
  Error err;
  Identities *self = read("{\"entity\":\"name:a\",\"same\":\"name:b\",\"by\":\"eva\"}\n\n"
                          "{\"entity\":\"name:b\",\"same\":\"wd:Q1\"}\n"
                          "{\"entity\":\"name:x\",\"same\":\"name:y\"}\n"
                          "{\"entity\":\"name:y\",\"same\":\"name:x\"}\n",
                          &err);
  assert_int_equal(err.code, ERR_NONE);
  assert_same(self, "name:a", "1.txt", "wd:Q1");
  assert_same(self, "wd:Q1", "1.txt", "wd:Q1");
  assert_same(self, "name:c", "1.txt", "name:c");
  identities_same(self, STR("name:x"), STR("")); // a circle ends
  assert_true(identities_knows(self, STR("wd:Q1")));
  assert_false(identities_knows(self, STR("name:c")));
  identities_free(self);
}

static void test_splits_hold_where_they_were_made(void **state)
{
  (void)state;
  Identities *self = read("{\"entity\":\"name:a\",\"same\":\"name:b\"}\n"
                          "{\"entity\":\"name:a\",\"same\":\"name:a 2\",\"path\":\"opera/\"}\n"
                          "{\"entity\":\"name:a\",\"same\":\"name:a 3\",\"path\":\"x.txt\"}\n",
                          NULL);
  assert_same(self, "name:a", "opera/1.txt", "name:a 2");
  assert_same(self, "name:a", "opera.txt", "name:b");
  assert_same(self, "name:a", "x.txt", "name:a 3");
  identities_free(self);
}

static void test_names_and_what_is_apart(void **state)
{
  (void)state;
  Error err;
  Identities *self = read("{\"entity\":\"wd:Q1\",\"name\":\"One\"}\r\n"
                          "nonsense\n"
                          "{\"entity\":\"wd:Q1\",\"colour\":\"red\"}\n"
                          "{\"entity\":\"wd:Q1\",\"name\":\"Uno\",\"alias\":\"I\"}\n"
                          "{\"entity\":\"wd:Q1\",\"alias\":\"II\"}\n"
                          "{\"entity\":\"name:a\",\"apart\":\"name:b\"}",
                          &err);
  assert_int_equal(err.code, ERR_FORMAT);
  assert_non_null(strstr(err.text, "line 2"));
  assert_true(str_is(identities_name(self, STR("wd:Q1")), "Uno"));
  assert_int_equal(identities_name(self, STR("wd:Q2")).len, 0);
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
  Identities *self = read("", NULL);
  assert_true(identities_empty(self));
  assert_same(self, "name:a", "", "name:a");
  identities_free(self);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_merges_follow_each_other),
      cmocka_unit_test(test_splits_hold_where_they_were_made),
      cmocka_unit_test(test_names_and_what_is_apart),
      cmocka_unit_test(test_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
