// json: what cJSON does not check or cannot hold, and the writer.
#include "unit/test.h"

#include "base/alloc.h"
#include "base/json.h"

#include <stdlib.h>

static void escapes_that_cjson_would_cut_are_mended(void **state)
{
  (void)state;
  static const struct {
    Str json;
    const char *want;
  } cases[] = {
      {STR("{\"t\":\"a\\u0000b\"}"), "a\001b"},
      {STR("{\"t\":\"\\ud83d\\ude00\"}"), "\xF0\x9F\x98\x80"},
      {STR("{\"t\":\"\\ud83d!\"}"), "\xEF\xBF\xBD!"},
      {STR("{\"t\":\"\\ude00\\ud83d\"}"), "\xEF\xBF\xBD\xEF\xBF\xBD"},
      {STR("{\"t\":\"\\\\u0000\"}"), "\\u0000"}, // a backslash, then letters
      {STR(" {\"t\":\"\\u00e5\"} \n"), "\xC3\xA5"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Error err = {0};
    cJSON *value = json_parse(cases[i].json, &err);
    assert_non_null(value);
    assert_str(json_get_str(value, "t"), cases[i].want);
    cJSON_Delete(value);
  }
}

static void huge_numbers_can_be_cast(void **state)
{
  (void)state;
  cJSON *value =
      json_parse(STR("{\"a\":1e300,\"b\":-1e999,\"c\":2.75,\"d\":\"7\",\"e\":-9007199254740991}"), NULL);
  assert_non_null(value);
  assert_int_equal(json_get_integer(value, "a", 0), INT64_C(1) << 53);
  assert_int_equal(json_get_integer(value, "b", 0), -(INT64_C(1) << 53));
  assert_int_equal(json_get_integer(value, "c", 0), 2);
  assert_int_equal(json_get_integer(value, "d", 5), 5);
  assert_int_equal(json_get_integer(value, "e", 0), -INT64_C(9007199254740991));
  cJSON_Delete(value);
}

static void bad_json_is_an_error_with_its_place(void **state)
{
  (void)state;
  static const Str cases[] = {STR(""),      STR("{"),   STR("{\"a\":}"), STR("\"\xC3\""),
                              STR("{} {}"), STR("nul"), STR("\xFF")};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Error err = {0};
    assert_null(json_parse(cases[i], &err));
    assert_int_equal(err.code, ERR_FORMAT);
    assert_non_null(strstr(err.text, "byte"));
  }
}

static void deep_nesting_is_refused(void **state)
{
  (void)state;
  StrBuf deep = {0};
  for (int i = 0; i < 100000; i++) strbuf_byte(&deep, '[');
  assert_null(json_parse(strbuf_str(&deep), NULL));
  strbuf_release(&deep);
}

static void written_strings_come_back(void **state)
{
  (void)state;
  StrBuf out = {0};
  strbuf_byte(&out, '{');
  json_write_member(&out, "a", STR("\"q\" \\ \n\t\r \x01 å"));
  json_write_member(&out, "lines",
                    STR("a\xC2\x85"
                        "b\xE2\x80\xA8"
                        "c"));
  json_write_member(&out, "none", (Str){NULL, 0});
  json_write_number(&out, "n", 12);
  json_write_number(&out, "x", 0.98);
  json_write_member(&out, "bad", STR("\xC3(\xFF"));
  strbuf_byte(&out, '}');
  cJSON *back = json_parse(strbuf_str(&out), NULL);
  assert_non_null(back);
  assert_str(json_get_str(back, "a"), "\"q\" \\ \n\t\r \x01 å");
  assert_str(json_get_str(back, "lines"), "a\xC2\x85"
                                          "b\xE2\x80\xA8"
                                          "c");
  assert_non_null(strstr(out.ptr, "a\\u0085b\\u2028c"));
  assert_true(cJSON_IsNull(json_get(back, "none")));
  assert_true(json_get_number(back, "n", 0) == 12);
  assert_str(json_get_str(back, "bad"), "\xEF\xBF\xBD(\xEF\xBF\xBD");
  assert_non_null(strstr(out.ptr, "\"n\":12,\"x\":0.98"));
  assert_null(json_get(NULL, "a"));
  assert_null(json_get_str(back, "n").ptr);
  cJSON_Delete(back);
  strbuf_release(&out);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(escapes_that_cjson_would_cut_are_mended),
      cmocka_unit_test(huge_numbers_can_be_cast),
      cmocka_unit_test(bad_json_is_an_error_with_its_place),
      cmocka_unit_test(deep_nesting_is_refused),
      cmocka_unit_test(written_strings_come_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
