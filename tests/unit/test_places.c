#include "annotate/entities/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static Gazetteer *g_known;

static int setup(void **state)
{
  (void)state;
  Error err = {0};
  g_known = gazetteer_open("core/annotate/data/gazetteer.bin", &err);
  return g_known ? 0 : -1;
}

static int teardown(void **state)
{
  (void)state;
  gazetteer_close(g_known);
  return 0;
}

// The key of a name of one word; it is one that several places share.
static uint64_t shared_key(const char *lower)
{
  GazetteerEntity entity;
  assert_true(gazetteer_entity(g_known, gazetteer_key_add(0, gazetteer_word_hash(str_of(lower))), &entity));
  assert_true(entity.shared);
  return entity.key;
}

// Which place is meant in an article of that language that names these ids, with `within` beside it.
static void check(Lang lang, const char *lower, const char *named, const char *within, const char *want)
{
  Arena arena = {0};
  Places places = {.known = g_known, .lang = lang};
  Str rest = str_of(named);
  while (rest.len) places_count(&places, gazetteer_id_of(str_cut(&rest, ' ')), 1);
  uint32_t id = places_choose(&places, shared_key(lower), gazetteer_id_of(str_of(within)), 0);
  Str got = gazetteer_id(id, &arena);
  if (!str_is(got, want)) print_error("%s: " STR_FMT "\n", lower, STR_ARG(got));
  assert_true(str_is(got, want));
  arena_release(&arena);
}

static void test_choice(void **state)
{
  (void)state;
  check(LANG_SV, "valencia", "", "", "gn:2509954");           // in Spain
  check(LANG_SV, "valencia", "iso:VE", "", "gn:3625549");     // in Venezuela
  check(LANG_SV, "valencia", "gn:3117735", "", "gn:2509954"); // with Madrid
  check(LANG_ES, "córdoba", "", "", "gn:2519240");
  check(LANG_ES, "córdoba", "iso:AR", "", "gn:3860259");
  check(LANG_EN, "birmingham", "", "", "gn:2655603");
  check(LANG_EN, "birmingham", "iso:GB", "iso:US", "gn:4049979"); // "Birmingham, Alabama"
  check(LANG_EN, "paris", "iso:US iso:US", "", "gn:2988507");     // a large city needs more than that
  check(LANG_EN, "paris", "", "iso:US", "gn:4717560");
  check(LANG_EN, "georgia", "iso:US iso:US", "", "iso:GE");
  check(LANG_EN, "georgia", "", "iso:US", "iso:US-GA");
  check(LANG_DA, "viborg", "", "", "gn:2610319");
  check(LANG_SV, "viborg", "iso:RU", "", "gn:470546");
}

// More countries than are counted do no harm.
static void test_many_countries(void **state)
{
  (void)state;
  Places places = {.known = g_known, .lang = LANG_SV};
  for (char a = 'A'; a <= 'Z'; a++) {
    for (char b = 'A'; b <= 'Z'; b++) {
      char id[] = {'i', 's', 'o', ':', a, b, 0};
      places_count(&places, gazetteer_id_of(str_of(id)), 1);
    }
  }
  assert_int_equal(places.len, PLACES_COUNTRIES);
  places_count(&places, 0, 1);
  assert_int_equal(places_choose(&places, 0, 0, 7), 7); // nobody bears that name
}

static void test_country(void **state)
{
  (void)state;
  uint32_t sweden = gazetteer_id_of(STR("iso:SE"));
  assert_true(gazetteer_is_country(sweden));
  assert_false(gazetteer_is_country(gazetteer_id_of(STR("iso:SE-AB"))));
  assert_false(gazetteer_is_country(gazetteer_id_of(STR("iso:150"))));
  assert_false(gazetteer_is_country(0));
  assert_int_equal(gazetteer_country(g_known, sweden), sweden);
  assert_int_equal(gazetteer_country(g_known, gazetteer_id_of(STR("iso:SE-AB"))), sweden);
  assert_int_equal(gazetteer_country(g_known, gazetteer_id_of(STR("gn:2673730"))), sweden);
  assert_int_equal(gazetteer_country(g_known, 0), 0);
  assert_int_equal(gazetteer_country(NULL, gazetteer_id_of(STR("gn:2673730"))), 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_choice),
      cmocka_unit_test(test_many_countries),
      cmocka_unit_test(test_country),
  };
  return cmocka_run_group_tests(tests, setup, teardown);
}
