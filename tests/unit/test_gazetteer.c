#include "annotate/names/gazetteer.h"
#include "annotate/names/gazetteer_p.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define GAZETTEER "core/annotate/data/gazetteer.bin"

static Gazetteer *open_it(void)
{
  Error err = {0};
  Gazetteer *gazetteer = gazetteer_open(GAZETTEER, &err);
  if (!gazetteer) fail_msg("%s", err.text);
  return gazetteer;
}

static uint64_t key_of(const char *name)
{
  Arena arena = {0};
  TokenVec tokens = {0};
  uint64_t key = 0;
  tokens_split(str_of(name), &arena, &tokens);
  for (size_t i = 0; i < tokens.len; i++) {
    uint64_t word = gazetteer_word_hash(tokens.items[i].lower);
    if (word) key = gazetteer_key_add(key, word);
  }
  arena_release(&arena);
  return key;
}

static void test_ids_are_shared(void **state)
{
  (void)state;
  static const char *const same[][4] = {{"Kina", "Cina", "China", "iso:CN"},
                                        {"Peking", "Pechino", "Beijing", "gn:1816670"},
                                        {"Tyskland", "Germania", "Germany", "iso:DE"},
                                        {"Moskva", "Mosca", "Moscow", "gn:524901"},
                                        {"New York", "New York", "New York", "gn:5128581"}};
  Gazetteer *gazetteer = open_it();
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(same); i++) {
    for (size_t n = 0; n < 3; n++) {
      GazetteerEntity entity;
      assert_true(gazetteer_entity(gazetteer, key_of(same[i][n]), &entity));
      assert_true(entity.types & GAZETTEER_LOC);
      Str id = gazetteer_id(entity.id, &arena);
      if (!str_is(id, same[i][3])) fail_msg("%s is " STR_FMT, same[i][n], STR_ARG(id));
    }
  }
  arena_release(&arena);
  gazetteer_close(gazetteer);
}

static void test_words(void **state)
{
  (void)state;
  Gazetteer *gazetteer = open_it();
  uint32_t anna = gazetteer_word(gazetteer, gazetteer_word_hash(STR("anna")));
  assert_int_equal(anna & WORD_GIVEN, 3);
  assert_int_equal(anna >> WORD_GENDER_SHIFT & 2, 2);
  uint32_t andersson = gazetteer_word(gazetteer, gazetteer_word_hash(STR("andersson")));
  assert_int_equal(andersson >> WORD_SURNAME_SHIFT & 3, 3);
  assert_int_equal(gazetteer_word(gazetteer, gazetteer_word_hash(STR("xqzvbn"))), 0);
  assert_int_equal(gazetteer_case(gazetteer, LANG_SV, gazetteer_word_hash(STR("och"))), 7);
  assert_true(gazetteer_case(gazetteer, LANG_SV, gazetteer_word_hash(STR("stockholm"))) <= 1);
  assert_true(gazetteer_goes_on(gazetteer, gazetteer_key_add(0, gazetteer_word_hash(STR("new")))));
  gazetteer_close(gazetteer);
  assert_int_equal(gazetteer_word(NULL, 1), 0);
}

static void test_id_numbers(void **state)
{
  (void)state;
  static const char *const ids[] = {"iso:SE", "iso:CN-BJ", "iso:150", "iso:US-NY", "gn:2673730", "wd:Q567"};
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
    Str back = gazetteer_id(gazetteer_id_of(str_of(ids[i])), &arena);
    if (!str_is(back, ids[i])) fail_msg("%s came back as " STR_FMT, ids[i], STR_ARG(back));
  }
  static const char *const none[] = {
      "", "gn:", "gn:-1", "wof:12", "wd:12", "iso:Åland", "gn:99999999999999999999"};
  for (size_t i = 0; i < ARRAY_LEN(none); i++) assert_int_equal(gazetteer_id_of(str_of(none[i])), 0);
  arena_release(&arena);
}

static void test_rough_spelling(void **state)
{
  (void)state;
  static const char *const same[][3] = {
      {"Volodymyr Zelensky", "Volodymyr Zelenskyj", "Wolodymyr Selenskyj"},
      {"Petro Poroshenko", "Petro Porosjenko", "Petro Poroschenko"},
      {"José Müller", "Jose Muller", "JOSÉ MÜLLER"},
      {"Boris Yeltsin", "Boris Jelzin", "Boris Jeltsin"},
  };
  for (size_t i = 0; i < ARRAY_LEN(same); i++) {
    assert_true(gazetteer_rough_hash(str_of(same[i][0])) == gazetteer_rough_hash(str_of(same[i][1])));
    assert_true(gazetteer_rough_hash(str_of(same[i][0])) == gazetteer_rough_hash(str_of(same[i][2])));
  }
  assert_true(gazetteer_rough_hash(STR("Anna Lind")) != gazetteer_rough_hash(STR("Anna Lund")));
}

// Cut at any length, or with any byte changed, it is refused with words.
static void test_broken_files(void **state)
{
  (void)state;
  static char bytes[8000000];
  FILE *file = fopen(GAZETTEER, "rb");
  assert_non_null(file);
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  char path[] = "/tmp/newsmark-gazetteer-XXXXXX";
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  size_t cuts[] = {0, 3, sizeof(GazetteerHead) - 1, sizeof(GazetteerHead), size / 2, size - 1, size};
  for (size_t i = 0; i < ARRAY_LEN(cuts); i++) {
    if (cuts[i] == size) bytes[size / 3] ^= 1;
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, bytes, cuts[i], 0), (ssize_t)cuts[i]);
    Error err = {0};
    assert_null(gazetteer_open(path, &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(err.text, path));
  }
  close(fd);
  unlink(path);
  Error err = {0};
  assert_null(gazetteer_open(path, &err));
  assert_int_equal(err.code, ERR_IO);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ids_are_shared), cmocka_unit_test(test_words),
      cmocka_unit_test(test_id_numbers),     cmocka_unit_test(test_rough_spelling),
      cmocka_unit_test(test_broken_files),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
