#include "test.h"

#include "base/alloc.h"
#include "index/fold.h"

static void test_words(void **state)
{
  (void)state;
  static const char *const cases[][2] = {
      {"", ""},
      {"  ", ""},
      {"Li Shangfu", "li shangfu"},
      {"Tromsø, 3. mai!", "tromso 3 mai"},
      {"Kreml-kritikern  –  ”Åke”", "kreml kritikern ake"},
      {"Straße\nZürich", "strasse zurich"},
      {"a\xFF"
       "b",
       "a b"},
      {"e\xCC\x81t\xC3\xA9", "ete"}, // combining and composed
  };
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Str got = fold_words(&arena, str_of(cases[i][0]));
    if (!str_is(got, cases[i][1])) fail_msg("\"%s\": \"" STR_FMT "\"", cases[i][0], STR_ARG(got));
  }
  arena_release(&arena);
}

// A long text is folded in slices; where they meet no word is cut, joined or lost.
static void test_slices(void **state)
{
  (void)state;
  StrBuf text = {0}, want = {0}, got = {0};
  for (int i = 0; i < 60000; i++) {
    strbuf_add(&text, STR("Å"));
    strbuf_addf(&text, "x%d, ", i);
    strbuf_addf(&want, "%sax%d", i ? " " : "", i);
  }
  fold_words_to(&got, strbuf_str(&text));
  assert_true(str_eq(strbuf_str(&got), strbuf_str(&want)));
  strbuf_release(&text);
  strbuf_release(&want);
  strbuf_release(&got);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_words), cmocka_unit_test(test_slices)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
