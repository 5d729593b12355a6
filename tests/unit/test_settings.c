#include "config/settings.h"

#include "base/json.h"
#include "config/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char g_manifest[] = "schema = 1\n[plugin]\nversion = \"1\"\n"
                                 "[settings.enabled]\ndefault = true\n"
                                 "[settings.language]\ndefault = \"\"\n"
                                 "[settings.\"hints.dates\"]\ndefault = false\n"
                                 "[settings.\"highlight.mode\"]\ndefault = \"auto\"\nenum = [\"auto\", "
                                 "\"tokens\", \"decorations\", \"off\"]\n"
                                 "[settings.\"index.exclude\"]\ndefault = [\".git\"]\n"
                                 "[settings.\"limits.full_bytes\"]\ndefault = 1048576\nminimum = 0\n"
                                 "[settings.\"taggers.*.enabled\"]\ndefault = true\n"
                                 "[settings.\"taggers.*.live_ms\"]\ndefault = 5\nscope = \"user\"\n";

typedef struct World { // a folder with a user's file, an outer and an inner folder
  Manifest *manifest;
  char root[32], user[64], outer[64], inner[64];
} World;

static int setup(void **state)
{
  World *w = xcalloc(1, sizeof *w);
  w->manifest = manifest_parse(str_of(g_manifest), "test.toml", NULL);
  assert_non_null(w->manifest);
  strcpy(w->root, "/tmp/newsmark-test-XXXXXX");
  assert_non_null(mkdtemp(w->root));
  snprintf(w->user, sizeof w->user, "%s/config.toml", w->root);
  snprintf(w->outer, sizeof w->outer, "%s/outer", w->root);
  snprintf(w->inner, sizeof w->inner, "%s/outer/inner", w->root);
  assert_int_equal(mkdir(w->outer, 0700), 0);
  assert_int_equal(mkdir(w->inner, 0700), 0);
  *state = w;
  return 0;
}

static void write_file(const char *dir, const char *name, const char *text)
{
  char *path = path_join(dir, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  free(path);
}

static void remove_file(const char *dir, const char *name)
{
  char *path = path_join(dir, name);
  unlink(path);
  free(path);
}

static int teardown(void **state)
{
  World *w = *state;
  remove_file(w->root, "config.toml");
  remove_file(w->root, ".newsmark.toml");
  remove_file(w->outer, ".newsmark.toml");
  remove_file(w->inner, ".newsmark.toml");
  rmdir(w->inner);
  rmdir(w->outer);
  assert_int_equal(rmdir(w->root), 0);
  manifest_free(w->manifest);
  free(w);
  return 0;
}

static Settings *load(World *w, const char *editor, const char *front_matter)
{
  cJSON *json = editor ? cJSON_Parse(editor) : NULL;
  assert_true(!editor || json);
  SettingsSources sources = {w->user, w->inner, json, str_of(front_matter), "a.txt"};
  Settings *s = settings_new(w->manifest, &sources);
  cJSON_Delete(json);
  return s;
}

static void expect_mode(Settings *s, const char *value, SettingLayer layer)
{
  assert_true(str_is(settings_str(s, "highlight.mode"), value));
  assert_int_equal(settings_find(s, STR("highlight.mode"))->layer, layer);
  settings_free(s);
}

static void test_later_layers_win(void **state)
{
  World *w = *state;
  Settings *s = load(w, NULL, NULL);
  assert_int_equal(settings_issues(s)->len, 0);
  assert_int_equal(settings_files(s)->len, 0);
  assert_int_equal(settings_int(s, "limits.full_bytes", 0), 1048576);
  expect_mode(s, "auto", LAYER_BUILT_IN);
  write_file(w->root, "config.toml", "[highlight]\nmode = \"tokens\"\n");
  expect_mode(load(w, NULL, NULL), "tokens", LAYER_USER);
  write_file(w->outer, ".newsmark.toml", "highlight.mode = \"decorations\"\n");
  expect_mode(load(w, NULL, NULL), "decorations", LAYER_FOLDER);
  write_file(w->inner, ".newsmark.toml", "\"highlight.mode\" = \"off\"\n");
  s = load(w, NULL, NULL);
  const Setting *mode = settings_find(s, STR("highlight.mode"));
  assert_true(str_ends(mode->file, STR("inner/.newsmark.toml")));
  assert_int_equal(mode->line, 1);
  assert_int_equal(settings_files(s)->len, 3);
  expect_mode(s, "off", LAYER_FOLDER);
  expect_mode(load(w, "{\"highlight\": {\"mode\": \"tokens\"}}", NULL), "tokens", LAYER_EDITOR);
  s = load(w, "{\"highlight.mode\": \"tokens\"}", "title: x\nnewsmark-highlight-mode: auto\n");
  assert_int_equal(settings_issues(s)->len, 0);
  expect_mode(s, "auto", LAYER_ARTICLE);
}

static void test_root_stops_the_way_up(void **state)
{
  World *w = *state;
  write_file(w->root, ".newsmark.toml", "hints.dates = true\n");
  write_file(w->outer, ".newsmark.toml", "language = \"sv\"\n");
  Settings *s = load(w, NULL, NULL);
  assert_true(settings_bool(s, "hints.dates", false));
  settings_free(s);
  write_file(w->outer, ".newsmark.toml", "root = true\nlanguage = \"sv\"\n");
  s = load(w, NULL, NULL);
  assert_false(settings_bool(s, "hints.dates", false));
  assert_true(str_is(settings_str(s, "language"), "sv"));
  assert_int_equal(settings_issues(s)->len, 0);
  settings_free(s);
}

static void test_front_matter(void **state)
{
  World *w = *state;
  Settings *s =
      load(w, NULL, "newsmark: off\nnewsmark-lang: \"de\"\nnewsmarket: x\nnewsmark-index-exclude: a/*\n");
  assert_false(settings_bool(s, "enabled", true));
  assert_true(str_is(settings_str(s, "language"), "de"));
  assert_int_equal(settings_list(s, "index.exclude").len, 1);
  assert_int_equal(settings_issues(s)->len, 0);
  settings_free(s);
}

// An article may come from anywhere: it sets nothing that is the user's alone, and keeps to the bounds.
static void test_front_matter_of_a_stranger(void **state)
{
  World *w = *state;
  Settings *s = load(w, NULL, "newsmark-taggers-ships-live_ms: 9\nnewsmark-limits-full_bytes: -1\n");
  assert_null(settings_find(s, STR("taggers.ships.live_ms")));
  assert_int_equal(settings_int(s, "limits.full_bytes", 0), 1048576);
  assert_int_equal(settings_issues(s)->len, 2);
  settings_free(s);
  s = load(w, NULL, "newsmark-limits-full_bytes: 0\n"); // the least is allowed
  assert_int_equal(settings_int(s, "limits.full_bytes", 1), 0);
  assert_int_equal(settings_issues(s)->len, 0);
  settings_free(s);
}

static void test_where_front_matter_is(void **state)
{
  (void)state;
  static const struct {
    const char *text, *front_matter;
  } cases[] = {
      {"---\na: b\n---\nText", "a: b\n"},
      {"\xEF\xBB\xBF---\r\na: b\r\n---\r\n", "a: b\r\n"},
      {"---\n---\n", ""},
      {"---\na: b\n", ""},
      {"Text\n---\na: b\n---\n", ""},
      {"", ""},
      {"--- \na: b\n---\n", ""},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++)
    assert_true(str_is(settings_front_matter(str_of(cases[i].text)), cases[i].front_matter));
}

static void test_patterns(void **state)
{
  World *w = *state;
  write_file(w->root, "config.toml", "[taggers.ships]\nenabled = false\nlive_ms = 9\n");
  Settings *s = load(w, NULL, NULL);
  assert_false(settings_bool(s, "taggers.ships.enabled", true));
  assert_int_equal(settings_int(s, "taggers.ships.live_ms", 5), 9);
  assert_int_equal(settings_int(s, "taggers.laws.live_ms", 5), 5); // nobody set it
  assert_null(settings_find(s, STR("taggers.laws.live_ms")));
  settings_free(s);
}

static void test_faults_have_no_effect_and_name_their_line(void **state)
{
  World *w = *state;
  static const struct {
    const char *text, *says;
    size_t line;
  } cases[] = {
      {"\nhilight = \"off\"\n", "unknown setting \"hilight\"", 2},
      {"[highlight]\nmodes = \"off\"\n", "unknown setting \"highlight.modes\"", 2},
      {"highlight = \"off\"\n", "unknown setting \"highlight\"", 1},
      {"highlight.mode = 3\n", "highlight.mode: should be a string, not a whole number", 1},
      {"\n\nhighlight.mode = \"loud\"\n", "\"loud\" is not one of \"auto\"", 3},
      {"limits.full_bytes = -1\n", "at least 0", 1},
      {"index.exclude = [1]\n", "should be a list of strings", 1},
      {"enabled = \"yes\"\n", "should be true or false", 1},
      {"taggers.ships.live_ms = 50\n", "only your own config.toml", 1},
      {"\na = = 1\n", "Error while parsing value: ", 2},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    write_file(w->inner, ".newsmark.toml", cases[i].text);
    Settings *s = load(w, NULL, NULL);
    const ConfigIssueVec *issues = settings_issues(s);
    assert_int_equal(issues->len, 1);
    if (!strstr(issues->items[0].text.ptr, cases[i].says)) print_error("%s\n", issues->items[0].text.ptr);
    assert_non_null(strstr(issues->items[0].text.ptr, cases[i].says));
    assert_int_equal(issues->items[0].line, cases[i].line);
    assert_true(str_ends(issues->items[0].file, STR(".newsmark.toml")));
    assert_null(settings_find(s, STR("taggers.ships.live_ms")));
    assert_int_equal(settings_int(s, "limits.full_bytes", 0), 1048576);
    expect_mode(s, "auto", LAYER_BUILT_IN);
  }
}

static void test_odd_editors(void **state)
{
  World *w = *state;
  static const struct {
    const char *json;
    size_t issues;
  } cases[] = {
      {"{}", 0},
      {"[1]", 0},
      {"null", 0},
      {"{\"highlight\": null}", 1},
      {"{\"limits\": {\"full_bytes\": 1.5}}", 1},
      {"{\"limits\": {\"full_bytes\": 1e300}}", 1},
      {"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}", 1},
      {"{\"index\": {\"exclude\": [\"x\", \"y\"]}}", 0},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Settings *s = load(w, cases[i].json, NULL);
    assert_int_equal(settings_issues(s)->len, cases[i].issues);
    settings_free(s);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_later_layers_win, setup, teardown),
      cmocka_unit_test_setup_teardown(test_root_stops_the_way_up, setup, teardown),
      cmocka_unit_test_setup_teardown(test_front_matter, setup, teardown),
      cmocka_unit_test_setup_teardown(test_front_matter_of_a_stranger, setup, teardown),
      cmocka_unit_test(test_where_front_matter_is),
      cmocka_unit_test_setup_teardown(test_patterns, setup, teardown),
      cmocka_unit_test_setup_teardown(test_faults_have_no_effect_and_name_their_line, setup, teardown),
      cmocka_unit_test_setup_teardown(test_odd_editors, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
