// The taggers that come with newsmark, and the examples of doc/taggers.md: each loads and passes its own
// tests; what the manifest says of a tagger is what its script declares.
#include "harness.h"

#include "script/tagger.h"

static Tagger *load(const char *path)
{
  Fault fault;
  TaggerSource source = {str_of(path), path, "lua/newsmark/host/prelude.lua", {0}, budget_default(), false};
  Tagger *tagger = tagger_new(&source, &fault);
  if (!tagger) print_error("%s:%zu: %s\n%s\n", path, fault.line, fault.text, fault.trace);
  assert_non_null(tagger);
  return tagger;
}

// The script has tests, and all of them pass.
static void expect_passes(Tagger *tagger, const Pipeline *pipeline)
{
  Arena arena = {0};
  TestOutcomeVec outcomes = {0};
  size_t failed = tagger_run_tests(tagger, pipeline, SIZE_MAX, &arena, &outcomes);
  for (size_t i = 0; i < outcomes.len; i++)
    if (!outcomes.items[i].passed)
      print_error("%s: test %zu: " STR_FMT "\n" STR_FMT, tagger->path, i + 1, STR_ARG(outcomes.items[i].text),
                  STR_ARG(outcomes.items[i].diff));
  assert_true(outcomes.len > 0);
  assert_int_equal(failed, 0);
  arena_release(&arena);
}

static void test_shipped_taggers(void **state)
{
  (void)state;
  Manifest *manifest = manifest_new("plugin.toml", NULL);
  Pipeline *pipeline =
      pipeline_new("core/annotate/data", NULL); // without models: the tests do not lean on them
  assert_true(manifest->taggers.len >= 7);
  for (size_t i = 0; i < manifest->taggers.len; i++) {
    const TaggerDecl *decl = &manifest->taggers.items[i];
    char *path = path_join("lua/newsmark", decl->script.ptr);
    Tagger *tagger = load(path);
    expect_passes(tagger, pipeline);
    expect_passes(tagger, NULL);
    assert_true(str_eq(tagger->name, decl->id));
    assert_int_equal(tagger->tags.len, decl->tags.len);
    for (size_t j = 0; j < decl->tags.len; j++)
      assert_true(str_eq(tagger->tags.items[j].id, decl->tags.items[j]));
    uint32_t langs = 0;
    for (size_t j = 0; j < decl->languages.len; j++)
      if (!str_is(decl->languages.items[j], "*")) langs |= 1u << lang_of(decl->languages.items[j]);
    assert_int_equal(tagger->langs, langs);
    tagger_free(tagger);
    free(path);
  }
  pipeline_free(pipeline);
  manifest_free(manifest);
}

// Every shipped tagger has its chapter, and the chapter names its tags.
static void test_shipped_taggers_are_described(void **state)
{
  (void)state;
  StrBuf page = {0};
  assert_true(file_read("doc/shipped-taggers.md", 1 << 20, &page, NULL));
  strbuf_byte(&page, '\0');
  Manifest *manifest = manifest_new("plugin.toml", NULL);
  for (size_t i = 0; i < manifest->taggers.len; i++) {
    const TaggerDecl *decl = &manifest->taggers.items[i];
    StrBuf head = {0};
    assert_false(decl->enabled);
    strbuf_addf(&head, "\n## " STR_FMT "\n", STR_ARG(decl->id));
    const char *chapter = strstr(page.ptr, head.ptr);
    assert_non_null(chapter);
    const char *end = strstr(chapter + 4, "\n## ");
    for (size_t k = 0; k < decl->tags.len; k++) {
      strbuf_reset(&head);
      strbuf_addf(&head, "`" STR_FMT "`", STR_ARG(decl->tags.items[k]));
      const char *tag = strstr(chapter, head.ptr);
      assert_true(tag && (!end || tag < end));
    }
    strbuf_release(&head);
  }
  manifest_free(manifest);
  strbuf_release(&page);
}

static void test_examples_of_the_guide(void **state)
{
  World *w = *state;
  StrBuf guide = {0};
  assert_true(file_read("doc/taggers.md", 1 << 20, &guide, NULL));
  strbuf_byte(&guide, '\0');
  size_t count = 0;
  for (char *at = guide.ptr; (at = strstr(at, "```lua\n")); count++) {
    char *end = strstr(at, "\n```\n");
    assert_non_null(end);
    *end = '\0';
    world_write(w, "example.lua", at + 7);
    char *path = path_join(w->dir, "example.lua");
    Tagger *tagger = load(path);
    expect_passes(tagger, NULL);
    tagger_free(tagger);
    free(path);
    at = end + 1;
  }
  assert_true(count >= 5);
  strbuf_release(&guide);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shipped_taggers),
      cmocka_unit_test(test_shipped_taggers_are_described),
      cmocka_unit_test_setup_teardown(test_examples_of_the_guide, world_begin, world_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
