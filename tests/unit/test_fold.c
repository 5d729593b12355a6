#include "test.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "index/fold.h"

#include <stdlib.h>

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

// What is done for ASCII by hand is what the tables of characters say.
static void test_ascii(void **state)
{
  (void)state;
  Arena arena = {0};
  for (unsigned c = 1; c < 0x80; c++) {
    char bytes[] = {'x', (char)c, 'x', '\0'};
    Str got = fold_words(&arena, str_of(bytes));
    char folded[] = {'x', (char)utf8_lower(c), 'x', '\0'};
    assert_true(str_is(got, utf8_class(c) >= CHAR_DIGIT ? folded : "x x"));
  }
  arena_release(&arena);
}

// A run of other characters longer than a slice, some of it no characters at all.
static void test_long_run(void **state)
{
  (void)state;
  StrBuf text = {0}, want = {0}, got = {0};
  for (int i = 0; i < 50000; i++) {
    strbuf_add(&text, STR("\u65b0\u3002\xBF\xBF"));
    strbuf_addf(&want, "%s\u65b0", i ? " " : "");
  }
  fold_words_to(&got, strbuf_str(&text));
  assert_true(str_eq(strbuf_str(&got), strbuf_str(&want)));
  strbuf_release(&text);
  strbuf_release(&want);
  strbuf_release(&got);
}

// Every character, twice, as the second time the table answers: what utf8_fold_in() says, without what is of
// no word.
static void test_every_character(void **state)
{
  (void)state;
  Arena arena = {0};
  for (uint32_t cp = 0x80; cp < 0x3000; cp++) {
    char bytes[8] = "x";
    size_t len = 1 + utf8_encode(cp, bytes + 1);
    bytes[len++] = 'x';
    Str folded = utf8_fold_in(&arena, (Str){bytes, len});
    StrBuf want = {0};
    bool open = false;
    for (const char *p = folded.ptr, *end = p + folded.len; p < end;) {
      uint32_t part;
      size_t size = utf8_decode(p, end, &part);
      CharClass class = utf8_class(part);
      if (class >= CHAR_DIGIT && class != CHAR_MARK)
        strbuf_add(&want, (Str){p, size});
      else if (open && class != CHAR_MARK)
        strbuf_byte(&want, ' ');
      open = class == CHAR_MARK ? open : class >= CHAR_DIGIT;
      p += size;
    }
    for (int i = 0; i < 2; i++) {
      Str got = fold_words(&arena, (Str){bytes, len});
      if (!str_eq(got, strbuf_str(&want))) fail_msg("U+%04X: \"" STR_FMT "\"", cp, STR_ARG(got));
    }
    strbuf_release(&want);
    arena_reset(&arena);
  }
  arena_release(&arena);
}

// Every length and place of a space, among bytes that differ from a space in one bit or hold its neighbours.
static void the_end_of_a_word_is_the_next_space(void **state)
{
  (void)state;
  static const char others[] = {'a', '!', '\x1f', '\xa0', '\x80', '\x20' ^ '\x01', '\xff', '\x00'};
  for (size_t len = 0; len < 30; len++)
    for (size_t other = 0; other < sizeof others; other++)
      for (size_t space = 0; space <= len; space++) {
        char *text = xmalloc(len ? len : 1); // its end is the end of what may be read
        memset(text, others[other], len);
        for (size_t i = space; i < len; i += 3) text[i] = ' ';
        assert_ptr_equal(fold_word_end(text, text + len), text + space);
        free(text);
      }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_words),    cmocka_unit_test(test_slices),
      cmocka_unit_test(test_ascii),    cmocka_unit_test(test_every_character),
      cmocka_unit_test(test_long_run), cmocka_unit_test(the_end_of_a_word_is_the_next_space)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
