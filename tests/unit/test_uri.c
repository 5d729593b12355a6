#include "test.h"

#include "base/alloc.h"
#include "server/uri.h"

#include <stdlib.h>

static void test_paths(void **state)
{
  (void)state;
  static const struct {
    const char *uri, *path;
  } cases[] = {
      {"file:///tmp/a.txt", "/tmp/a.txt"}, {"file://localhost/tmp/a", "/tmp/a"},
      {"file:/tmp/a", "/tmp/a"},           {"file:///tmp/a%20b%C3%A5%2f%zz%", "/tmp/a bå/%zz%"},
      {"file:///a%00b", "/a%00b"}, // no path may hold NUL
      {"file://server/share/a", ""},       {"file:", ""},
      {"untitled:Untitled-1", ""},         {"", ""},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    char *path = uri_to_path(str_of(cases[i].uri));
    assert_string_equal(path, cases[i].path);
    free(path);
  }
}

static void test_there_and_back(void **state)
{
  (void)state;
  static const char *const paths[] = {"/tmp/a.txt", "/tmp/med mellanslag/å 100 %.txt", "/a#b?c&d+e"};
  for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
    StrBuf uri = {0};
    uri_write(&uri, str_of(paths[i]));
    assert_null(strpbrk(uri.ptr, " #?\xC3"));
    char *path = uri_to_path(strbuf_str(&uri));
    assert_string_equal(path, paths[i]);
    free(path);
    strbuf_release(&uri);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_paths), cmocka_unit_test(test_there_and_back)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
