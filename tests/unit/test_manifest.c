#include "config/manifest.h"

#include "config/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void test_the_real_file_is_whole(void **state)
{
  (void)state;
  Error err;
  Manifest *m = manifest_new("plugin.toml", &err);
  assert_int_equal(err.code, ERR_NONE);
  for (size_t i = 0; i < m->issues.len; i++)
    print_error("plugin.toml:%zu: " STR_FMT "\n", m->issues.items[i].line, STR_ARG(m->issues.items[i].text));
  assert_int_equal(m->issues.len, 0);
  assert_true(str_is(m->version, NEWSMARK_VERSION));
  assert_true(str_is(m->id, "newsmark"));
  assert_true(str_is(m->core_binary, "newsmark"));
  assert_true(str_is(m->core_args.items[0], "lsp"));
  assert_int_equal(m->protocol, 1);
  assert_int_equal(m->grammars.items[0].abi, 14);
  assert_true(m->extensions.len && m->roots.len && m->languages.len);
  manifest_free(m);
}

// Every type of annotation has a tag type, with a colour for each ground and a group.
static void test_every_annotation_has_a_tag_type(void **state)
{
  (void)state;
  static const struct {
    const char *kind, *type, *id;
  } cases[] = {
      {"entity", "PER", "person"},   {"entity", "ORG", "org"},     {"entity", "LOC", "place"},
      {"date", "DATE", "date"},      {"date", "TIME", "time"},     {"date", "DURATION", "duration"},
      {"date", "SET", "set"},        {"quote", "direct", "quote"}, {"quote", "indirect", "quote"},
      {"tag", "anything", "custom"},
  };
  Manifest *m = manifest_new("plugin.toml", NULL);
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    const TagType *tag = manifest_tag_of(m, str_of(cases[i].kind), str_of(cases[i].type));
    assert_non_null(tag);
    assert_true(str_is(tag->id, cases[i].id));
    assert_ptr_equal(tag, manifest_tag(m, tag->id));
    assert_true(tag->token_standard.len && tag->token_native.len);
  }
  assert_null(manifest_tag_of(m, STR("entity"), STR("EVENT")));
  for (size_t i = 0; i < m->tags.len; i++) {
    const TagType *tag = &m->tags.items[i];
    assert_true(str_starts(tag->link, STR("Newsmark")));
    assert_true(tag_colour_ok(tag->light) && tag_colour_ok(tag->dark) && tag_colour_ok(tag->cvd));
    assert_true(!tag->parent.len || str_is(tag->parent, "entity") || manifest_tag(m, tag->parent));
  }
  manifest_free(m);
}

static void test_kinds_of_entity_differ_in_shape(void **state)
{
  (void)state;
  Manifest *m = manifest_new("plugin.toml", NULL);
  static const char *const ids[] = {"person", "org", "place", "date", "quote", "uncertain"};
  for (size_t i = 0; i < ARRAY_LEN(ids); i++)
    for (size_t j = 0; j < i; j++)
      assert_false(str_eq(manifest_tag(m, str_of(ids[i]))->style, manifest_tag(m, str_of(ids[j]))->style));
  manifest_free(m);
}

static void test_settings_are_declared(void **state)
{
  (void)state;
  Manifest *m = manifest_new("plugin.toml", NULL);
  for (size_t i = 0; i < m->settings.len; i++) assert_true(m->settings.items[i].description.len > 10);
  assert_int_equal(manifest_setting(m, STR("language"))->otherwise.type, SETTING_STRING);
  assert_true(manifest_setting(m, STR("taggers.ships.document_ms"))->user_only);
  assert_null(manifest_setting(m, STR("taggers.ships")));
  assert_null(manifest_setting(m, STR("taggers.ships.document_ms.more")));
  assert_null(manifest_setting(m, STR("highlight")));
  manifest_free(m);
}

static void test_taggers_are_shipped(void **state)
{
  (void)state;
  Manifest *m = manifest_new("plugin.toml", NULL);
  assert_non_null(manifest_tagger(m, STR("weapons")));
  for (size_t i = 0; i < m->taggers.len; i++) {
    char *path = path_join("lua/newsmark", m->taggers.items[i].script.ptr);
    assert_true(path_exists(path));
    free(path);
  }
  manifest_free(m);
}

static void test_a_lost_or_broken_file_costs_its_message(void **state)
{
  (void)state;
  Error err;
  Manifest *m = manifest_new("/nonexistent/plugin.toml", &err);
  assert_int_equal(err.code, ERR_NOT_FOUND);
  assert_non_null(manifest_tag(m, STR("person"))); // from the copy compiled in
  assert_true(str_is(m->version, NEWSMARK_VERSION));
  assert_int_equal(m->path.len, 0);
  manifest_free(m);

  char path[] = "/tmp/newsmark-test-XXXXXX";
  FILE *file = fdopen(mkstemp(path), "w");
  fputs("schema = 1\n[plugin\n", file);
  fclose(file);
  m = manifest_new(path, &err);
  unlink(path);
  assert_int_equal(err.code, ERR_FORMAT);
  assert_non_null(strstr(err.text, ":2:"));
  assert_non_null(manifest_tag(m, STR("person")));
  manifest_free(m);
}

static void test_what_must_be_there(void **state)
{
  (void)state;
  Error err;
  assert_null(manifest_parse(STR("[plugin]\nversion = \"1\"\n"), "p", &err));
  assert_non_null(strstr(err.text, "schema"));
  assert_null(manifest_parse(STR("schema = 2\n[plugin]\nversion = \"1\"\n"), "p", &err));
  assert_null(manifest_parse(STR("schema = 1\n"), "p", &err));
  assert_non_null(strstr(err.text, "version"));
}

// Each bad entry is one issue at its line, and the rest stays.
static void test_bad_entries(void **state)
{
  (void)state;
  static const struct {
    const char *text, *says;
    size_t line;
  } cases[] = {
      {"colour = 1", "unknown name \"colour\"", 4},
      {"[tags.a]\nlabel = 3", "label should be a string, not a whole number", 5},
      {"[tags.a]\nhighlight = { dark = \"red\" }", "#RRGGBB", 5},
      {"[tags.a]\nhighlight = { style = \"wavy\" }", "unknown style", 5},
      {"[tags.a]\ncolour = \"#123456\"", "unknown name", 5},
      {"[settings.x]\ndescription = \"d\"", "needs a default", 4},
      {"[settings.x]\ndefault = 1.5", "needs a default", 4},
      {"[settings.x]\ndefault = [1]", "needs a default", 4},
      {"[[taggers]]\nid = \"x\"", "needs id and script", 4},
      {"[[taggers]]\nid = \"x\"\nscript = \"y\"\nbudget = { spans = 0 }", "above 0", 7},
      {"[activation]\nroots = \".git\"", "should be a list", 5},
      {"tags = 7", "tags should be a table", 4},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    StrBuf text = {0};
    bool top = !strchr(cases[i].text, '['); // a member of the root comes before the tables
    strbuf_addf(&text, "schema = 1\n%s%s%s[plugin]\nversion = \"1\"\n%s\n", top ? "\n\n" : "",
                top ? cases[i].text : "", top ? "\n" : "", top ? "" : cases[i].text);
    Error err = {0};
    Manifest *m = manifest_parse(strbuf_str(&text), "p.toml", &err);
    assert_non_null(m);
    if (m->issues.len != 1 || !strstr(m->issues.items[0].text.ptr, cases[i].says))
      print_error("case %zu: %zu issues, first: %s\n", i, m->issues.len,
                  m->issues.len ? m->issues.items[0].text.ptr : "");
    assert_int_equal(m->issues.len, 1);
    assert_non_null(strstr(m->issues.items[0].text.ptr, cases[i].says));
    assert_int_equal(m->issues.items[0].line, cases[i].line);
    assert_true(str_is(m->version, "1"));
    manifest_free(m);
    strbuf_release(&text);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_the_real_file_is_whole),
      cmocka_unit_test(test_every_annotation_has_a_tag_type),
      cmocka_unit_test(test_kinds_of_entity_differ_in_shape),
      cmocka_unit_test(test_settings_are_declared),
      cmocka_unit_test(test_taggers_are_shipped),
      cmocka_unit_test(test_a_lost_or_broken_file_costs_its_message),
      cmocka_unit_test(test_what_must_be_there),
      cmocka_unit_test(test_bad_entries),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
