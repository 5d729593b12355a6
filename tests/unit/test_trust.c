// sha256 and trust: known hashes, and a list of trusted scripts that is one after every change.
#include "unit/test.h"

#include "base/sha256.h"
#include "base/vec.h"
#include "config/paths.h"
#include "config/trust.h"

#include <sys/stat.h>
#include <unistd.h>

static void sha256_of_the_standard(void **state)
{
  (void)state;
  static const struct {
    const char *unit;
    size_t times;
    const char *hash;
  } cases[] = {
      {"", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
       "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    StrBuf text = {0};
    char hash[SHA256_HEX];
    for (size_t n = 0; n < cases[i].times; n++) strbuf_add(&text, str_of(cases[i].unit));
    sha256_hex(strbuf_str(&text), hash);
    assert_string_equal(hash, cases[i].hash);
    strbuf_release(&text);
  }
}

static char g_dir[32], g_list[64];

static int begin(void **state)
{
  (void)state;
  strcpy(g_dir, "/tmp/newsmark-trust-XXXXXX");
  assert_non_null(mkdtemp(g_dir));
  snprintf(g_list, sizeof g_list, "%s/a/b/trusted", g_dir);
  return 0;
}

static int end(void **state)
{
  (void)state;
  char command[64];
  snprintf(command, sizeof command, "rm -r '%s'", g_dir);
  return system(command);
}

static void what_was_trusted_is_what_is_trusted(void **state)
{
  (void)state;
  Error err;
  assert_int_equal(trust_of(g_list, "/p/x.lua", STR("one")), TRUST_NONE); // there is no list
  assert_int_equal(trust_of(NULL, "/p/x.lua", STR("one")), TRUST_NONE);
  assert_true(trust_add(g_list, "/p/x.lua", STR("one"), &err));
  assert_true(trust_add(g_list, "/p/y.lua", STR("two"), &err));
  assert_int_equal(trust_of(g_list, "/p/x.lua", STR("one")), TRUST_YES);
  assert_int_equal(trust_of(g_list, "/p/x.lua", STR("two")), TRUST_OLD);
  assert_int_equal(trust_of(g_list, "/p/z.lua", STR("one")), TRUST_NONE); // the bytes alone are not enough
  assert_true(trust_add(g_list, "/p/x.lua", STR("three"), &err));
  assert_int_equal(trust_of(g_list, "/p/x.lua", STR("one")), TRUST_OLD);
  assert_int_equal(trust_of(g_list, "/p/x.lua", STR("three")), TRUST_YES);
  assert_true(trust_remove(g_list, "/p/x.lua", &err));
  assert_true(trust_remove(g_list, "/p/x.lua", &err));
  assert_int_equal(trust_of(g_list, "/p/x.lua", STR("three")), TRUST_NONE);
  assert_int_equal(trust_of(g_list, "/p/y.lua", STR("two")), TRUST_YES);
  assert_false(trust_add(g_list, "/p/\nx.lua", STR("one"), &err));
  assert_int_equal(err.code, ERR_USAGE);
  assert_false(trust_add(NULL, "/p/x.lua", STR("one"), &err));
  assert_false(trust_add("/proc/none/trusted", "/p/x.lua", STR("one"), &err));
  assert_int_equal(err.code, ERR_IO);
  struct stat info;
  assert_int_equal(stat(g_list, &info), 0);
  assert_int_equal(info.st_mode & 0077, 0); // nobody else's
}

static void a_list_that_is_none_trusts_nothing(void **state)
{
  (void)state;
  Error err;
  StrBuf junk = {0};
  strbuf_add(&junk, STR("junk\n\n/p/x.lua\n"));
  for (int i = 0; i < 64; i++) strbuf_byte(&junk, '0');
  strbuf_add(&junk, STR("  /p/x.lua\n"));
  char *path = path_join(g_dir, "junk");
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fwrite(junk.ptr, 1, junk.len, file);
  fclose(file);
  assert_int_equal(trust_of(path, "/p/x.lua", STR("one")), TRUST_OLD);
  assert_true(trust_add(path, "/p/y.lua", STR("two"), &err));
  assert_int_equal(trust_of(path, "/p/y.lua", STR("two")), TRUST_YES);
  free(path);
  strbuf_release(&junk);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sha256_of_the_standard),
      cmocka_unit_test_setup_teardown(what_was_trusted_is_what_is_trusted, begin, end),
      cmocka_unit_test_setup_teardown(a_list_that_is_none_trusts_nothing, begin, end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
