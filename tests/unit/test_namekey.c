#include "annotate/names/namekey.h"
#include "base/alloc.h"
#include "unit/test.h"

static void test_spellings_of_one_name(void **state)
{
  (void)state;
  static const char *const groups[][6] = {
      {"volodymyr zelenskyj", "wolodymyr selenskyj", "vladimir zelensky", "володимир зеленськии", NULL},
      {"petro porosjenko", "petro poroschenko", "petro poroshenko", NULL},
      {"sergei lavrov", "sergej lawrow", "сергеи лавров", NULL},
      {"vitalij klitschko", "vitali klytsjko", NULL},
      {"iryna kovalenko", "irina kowalenko", NULL},
      {"aleksej navalnyj", "alexei nawalny", "alexey navalny", NULL},
      {"mohammed al rashid", "muhammad al rashid", NULL},
  };
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
    Str first = namekey_of(&arena, str_of(groups[i][0]));
    for (size_t k = 1; groups[i][k]; k++) {
      Str other = namekey_of(&arena, str_of(groups[i][k]));
      if (!str_eq(first, other))
        fail_msg("%s is " STR_FMT ", %s is " STR_FMT, groups[i][0], STR_ARG(first), groups[i][k],
                 STR_ARG(other));
    }
  }
  arena_release(&arena);
}

static void test_other_names_stay(void **state)
{
  (void)state;
  static const char *const names[] = {"anna lind", "hans meyer", "jan schulz", "li shangfu",
                                      "zelensky",  "",           "a b",        "ursula wagner w",
                                      "\xFF \xFF", "o",          "susan wood"};
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(names); i++) {
    Str key = namekey_of(&arena, str_of(names[i]));
    if (!str_is(key, names[i])) fail_msg("%s became " STR_FMT, names[i], STR_ARG(key));
  }
  arena_release(&arena);
}

static void test_different_people_stay_apart(void **state)
{
  (void)state;
  static const char *const pairs[][2] = {{"anna petrova", "anna ivanova"},
                                         {"sergei lavrov", "sergei larov"},
                                         {"petro poroshenko", "pavel poroshenko"},
                                         {"ivan kozlov", "ivan koslovski"}};
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
    assert_false(str_eq(namekey_of(&arena, str_of(pairs[i][0])), namekey_of(&arena, str_of(pairs[i][1]))));
  arena_release(&arena);
}

// A key is its own key.
static void test_keys_are_steady(void **state)
{
  (void)state;
  static const char *const names[] = {"volodymyr zelenskyj", "petro poroschenko", "irina kowalenko",
                                      "vitali klytsjko",     "alexey navalny",    "jurij vynnytschuk"};
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(names); i++) {
    Str once = namekey_of(&arena, str_of(names[i])), twice = namekey_of(&arena, once);
    if (!str_eq(once, twice)) fail_msg("%s: " STR_FMT ", " STR_FMT, names[i], STR_ARG(once), STR_ARG(twice));
  }
  arena_release(&arena);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_spellings_of_one_name),
      cmocka_unit_test(test_other_names_stay),
      cmocka_unit_test(test_different_people_stay_apart),
      cmocka_unit_test(test_keys_are_steady),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
