// utf8: decoding after Unicode's table 3-7, invalid bytes by maximal subparts, classes and folding.
#include "unit/test.h"

#include "base/alloc.h"
#include "base/utf8.h"

// Each character's length in bytes, `!` behind an invalid one: "1 2! 1".
static void describe(Str s, char *out)
{
  *out = '\0';
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    uint32_t cp;
    bool valid;
    size_t len = utf8_decode_slow(p, end, &cp, &valid);
    out += sprintf(out, "%s%zu%s", p == s.ptr ? "" : " ", len, valid ? "" : "!");
    p += len;
  }
}

static void invalid_bytes_count_by_maximal_subparts(void **state)
{
  (void)state;
  static const struct {
    Str bytes;
    const char *lengths;
  } cases[] = {
      {STR("a\xC3\xA5"), "1 2"},         {STR("\xE2\x82"), "2!"}, // cut at the end
      {STR("\xE2\x82z"), "2! 1"},                                 // cut by a letter
      {STR("\xF0\x9F\x98\x80"), "4"},    {STR("\xF0\x9F\x98"), "3!"},
      {STR("\xED\xA0\x80"), "1! 1! 1!"},                                           // a surrogate
      {STR("\xC0\xAF"), "1! 1!"},                                                  // overlong
      {STR("\xE0\x80\x80"), "1! 1! 1!"}, {STR("\xF4\x90\x80\x80"), "1! 1! 1! 1!"}, // above U+10FFFF
      {STR("\xFF\xFE\x80"), "1! 1! 1!"}, {STR("\0\x7F"), "1 1"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    char got[64];
    describe(cases[i].bytes, got);
    assert_string_equal(got, cases[i].lengths);
  }
}

static void every_code_point_comes_back(void **state)
{
  (void)state;
  for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
    if (cp >= 0xD800 && cp <= 0xDFFF) continue;
    char bytes[4];
    uint32_t back;
    size_t len = utf8_encode(cp, bytes);
    assert_int_equal(utf8_decode(bytes, bytes + len, &back), len);
    assert_int_equal(back, cp);
    assert_int_equal(utf8_decode_back(bytes, bytes + len, &back), len);
    assert_int_equal(back, cp);
  }
}

static void lengths_in_three_units(void **state)
{
  (void)state;
  Str s = STR("a\xC3\xA5\xE2\x82\xAC\xF0\x9F\x98\x80 and a long ascii tail");
  assert_int_equal(utf8_length(s), 4 + 22);
  assert_int_equal(utf8_utf16_length(s), 5 + 22);
  assert_true(utf8_valid(s));
  assert_true(utf8_valid((Str){NULL, 0}));
  assert_int_equal(utf8_first_invalid(STR("12345678\xC3")), 8);
}

static void classes_of_the_characters_that_matter(void **state)
{
  (void)state;
  static const struct {
    uint32_t cp;
    CharClass want;
  } cases[] = {{'a', CHAR_LOWER},    {0xC5, CHAR_UPPER},    {0x1C5, CHAR_UPPER},  {'7', CHAR_DIGIT},
               {0xA0, CHAR_SPACE},   {'\r', CHAR_SPACE},    {0x2028, CHAR_SPACE}, {0x201D, CHAR_PUNCT},
               {0x2013, CHAR_PUNCT}, {0x20AC, CHAR_SYMBOL}, {0x301, CHAR_MARK},   {0xAD, CHAR_MARK},
               {0x200D, CHAR_MARK},  {0x4E2D, CHAR_LETTER}, {0x0416, CHAR_UPPER}, {0, CHAR_OTHER},
               {0x1B, CHAR_OTHER},   {0x202A, CHAR_OTHER},  {0x200B, CHAR_MARK},  {0x200F, CHAR_MARK}};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) assert_int_equal(utf8_class(cases[i].cp), cases[i].want);
  for (uint32_t cp = 0x80; cp < 0x3000; cp++) { // the table is the function
    if (cp != 0x85) assert_int_equal(utf8_class(cp), utf8_class_slow(cp));
  }
}

// Runs of 0 to 20 small letters, each ended by every other byte, or by the end of the text.
static void small_letters_are_counted_up_to_any_other_byte(void **state)
{
  (void)state;
  for (size_t run = 0; run <= 20; run++) {
    char text[32];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)('a' + i * 7 % 26);
    assert_int_equal(utf8_small_ahead(text, text + run), run);
    for (int byte = 0; byte < 256; byte++) {
      if (byte >= 'a' && byte <= 'z') continue;
      text[run] = (char)byte;
      assert_int_equal(utf8_small_ahead(text, text + sizeof text), run);
      assert_int_equal(utf8_small_ahead(text, text + run + 1), run);
    }
  }
}

static void lower_and_fold(void **state)
{
  (void)state;
  Arena arena = {0};
  static const struct {
    const char *in, *lower, *fold;
  } cases[] = {{"ÅNGSTRÖM", "ångström", "angstrom"},
               {"Straße", "straße", "strasse"},
               {"Æbelø", "æbelø", "aebelo"},
               {"Łódź", "łódź", "lodz"},
               {"e\xCC\x81t\xC3\xA9", "e\xCC\x81t\xC3\xA9", "ete"},
               {"İ", "i", "i"},
               {"", "", ""},
               {"a\xFF"
                "B",
                "a\xFF"
                "b",
                NULL}};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Str in = str_of(cases[i].in);
    if (strcmp(cases[i].in, "İ"))
      assert_str(utf8_lower_in(&arena, in), cases[i].lower); // U+0130 has no simple lower case of its own
    if (cases[i].fold) assert_str(utf8_fold_in(&arena, in), cases[i].fold);
  }
  Str already = STR("redan små");
  assert_ptr_equal(utf8_lower_in(&arena, already).ptr, already.ptr);
  arena_release(&arena);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(invalid_bytes_count_by_maximal_subparts),
      cmocka_unit_test(every_code_point_comes_back),
      cmocka_unit_test(lengths_in_three_units),
      cmocka_unit_test(classes_of_the_characters_that_matter),
      cmocka_unit_test(small_letters_are_counted_up_to_any_other_byte),
      cmocka_unit_test(lower_and_fold),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
