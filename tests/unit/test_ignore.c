// .gitignore as gitignore(5) has it: one table of rules, paths and verdicts.
#include "test.h"

#include "base/alloc.h"
#include "index/ignore.h"

typedef struct Case {
  const char *rules, *path;
  bool is_dir, ignored;
} Case;

static const Case g_cases[] = {
    {"", "a.txt", false, false},
    {"# a.txt\n", "a.txt", false, false},
    {"\\#a.txt\n", "#a.txt", false, true},
    {"a.txt", "a.txt", false, true},
    {"a.txt\n", "b/c/a.txt", false, true},
    {"/a.txt\n", "a.txt", false, true},
    {"/a.txt\n", "b/a.txt", false, false},
    {"b/a.txt\n", "b/a.txt", false, true},
    {"b/a.txt\n", "c/b/a.txt", false, false},
    {"*.txt\n!keep.txt\n", "x.txt", false, true},
    {"*.txt\n!keep.txt\n", "keep.txt", false, false},
    {"!keep.txt\n*.txt\n", "keep.txt", false, true},
    {"\\!odd.txt\n", "!odd.txt", false, true},
    {"drafts/\n", "drafts", true, true},
    {"drafts/\n", "drafts", false, false},
    {"drafts/\n", "2023/drafts", true, true},
    {"/drafts/\n", "2023/drafts", true, false},
    {"*\n", "anything", false, true},
    {"*/x\n", "a/x", false, true},
    {"*/x\n", "a/b/x", false, false},
    {"**/x\n", "x", false, true},
    {"**/x\n", "a/b/x", false, true},
    {"a/**\n", "a", true, false},
    {"a/**\n", "a/b", false, true},
    {"a/**\n", "a/b/c", false, true},
    {"a/**/z\n", "a/z", false, true},
    {"a/**/z\n", "a/b/c/z", false, true},
    {"a/**/z\n", "a/b/c/y", false, false},
    {"a/**/b/**/c\n", "a/x/b/y/b/c", false, true},
    {"a**b\n", "a/b", false, false},
    {"a**b\n", "axxb", false, true},
    {"a?c\n", "abc", false, true},
    {"a?c\n", "a/c", false, false},
    {"[a-c].md\n", "b.md", false, true},
    {"[!a-c].md\n", "b.md", false, false},
    {"[^a-c].md\n", "d.md", false, true},
    {"[]x].md\n", "].md", false, true},
    {"[[:digit:]]*.md\n", "7 days.md", false, true},
    {"[[:digit:]]*.md\n", "x7.md", false, false},
    {"a[[:space:]]b\n", "a b", false, true},
    {"a[[:space:]]b\n", "a\tb", false, true},
    {"a[[:space:]]b\n", "a_b", false, false},
    {"a[[:punct:]]b\n", "a_b", false, true},
    {"a[[:punct:]]b\n", "acb", false, false},
    {"a[[:xdigit:]]b\n", "aFb", false, true},
    {"a[[:xdigit:]]b\n", "aGb", false, false},
    {"[a\n", "[a", false, false},
    {"tail   \n", "tail", false, true},
    {"tail\\ \n", "tail ", false, true},
    {"crlf.txt\r\n", "crlf.txt", false, true},
    {"\xEF\xBB\xBF"
     "bom.txt\n",
     "bom.txt", false, true},
    {"a*b*c*d*e\n", "a1b2c3d4e", false, true},
    {"a*b*c*d*e\n", "a1b2c3d4f", false, false},
    {"\xC3\xA5r/*.txt\n", "\xC3\xA5r/x.txt", false, true},
    {"/\n", "a", true, false},
};

static void test_table(void **state)
{
  (void)state;
  for (size_t i = 0; i < ARRAY_LEN(g_cases); i++) {
    const Case *c = &g_cases[i];
    Ignore *list = ignore_new(NULL, (Str){0}, str_of(c->rules));
    if (ignore_match(list, str_of(c->path), c->is_dir) != c->ignored)
      fail_msg("rules \"%s\", path \"%s\"%s: not %s", c->rules, c->path, c->is_dir ? "/" : "",
               c->ignored ? "ignored" : "kept");
    ignore_free(list);
  }
}

static void test_inner_list_decides(void **state)
{
  (void)state;
  Ignore *top = ignore_new(NULL, (Str){0}, STR("*.md\n/only-top.txt\n"));
  Ignore *inner = ignore_new(top, STR("sub/"), STR("!read.md\n/here.txt\n"));
  assert_true(ignore_match(inner, STR("sub/a.md"), false));
  assert_false(ignore_match(inner, STR("sub/read.md"), false));
  assert_true(ignore_match(inner, STR("sub/here.txt"), false));
  assert_false(ignore_match(inner, STR("sub/deep/here.txt"), false));
  assert_false(ignore_match(inner, STR("sub/only-top.txt"), false));
  ignore_free(inner);
  ignore_free(top);
}

// The cost of many stars is pattern times path, not a power of it.
static void test_stars_are_cheap(void **state)
{
  (void)state;
  char pattern[401], path[20001];
  for (size_t i = 0; i < 400; i += 2) memcpy(pattern + i, "*a", 2);
  pattern[400] = '\0';
  memset(path, 'a', 20000);
  path[20000] = '\0';
  path[19999] = 'b';
  assert_false(ignore_glob(str_of(pattern), str_of(path)));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_inner_list_decides),
      cmocka_unit_test(test_stars_are_cheap),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
