// What people say for a folder: its rules, and where their words stand; and the finder of many words.
#include "test.h"

#include "base/vec.h"
#include "chance.h"
#include "human/finder.h"
#include "human/registry.h"

#include <stdlib.h>

static const Registry *load(const char *const *texts, size_t count)
{
  LedgerLines lines = {0};
  for (size_t i = 0; i < count; i++) vec_push(&lines, (LedgerLine){.text = str_of(texts[i])});
  const Registry *registry = registry_new(&lines);
  vec_release(&lines);
  return registry;
}

static void test_rules(void **state)
{
  (void)state;
  const char *lines[] = {
      "{\"id\":\"a\",\"kind\":\"rule\",\"words\":\"Nordbanken\",\"type\":\"ORG\",\"entity\":\"name:nb\","
      "\"name\":\"NB\"}",
      "{\"id\":\"b\",\"kind\":\"rule\",\"words\":\"May\",\"type\":\"PER\",\"verdict\":\"rejected\"}",
      "{\"id\":\"c\",\"kind\":\"rule\",\"words\":\"Sun\",\"verdict\":\"rejected\"}",
      "{\"id\":\"d\",\"kind\":\"rule\",\"words\":\"HIMARS\",\"type\":\"weapon\"}",
      "{\"id\":\"e\",\"kind\":\"rule\",\"words\":\"sa hon\",\"type\":\"direct\"}", // words are no quotation
                                                                                   // everywhere
      "{\"id\":\"f\",\"kind\":\"rule\",\"words\":\"\",\"type\":\"ORG\"}",
      "{\"id\":\"g\",\"kind\":\"rule\",\"words\":\"untyped\"}",
      "{\"id\":\"h\",\"gone\":\"2026-03-01T00:00:00.000Z\"}",
      "{\"id\":\"i\",\"kind\":\"entity\",\"entity\":\"name:berg\",\"name\":\"Anna "
      "Berg\",\"type\":\"PER\",\"aliases\":[\"A.B.\",7]}",
      "no record at all",
  };
  const Registry *registry = load(lines, ARRAY_LEN(lines));
  assert_int_equal(registry->rules.len, 5);
  const Rule *bank = registry_rule(registry, STR("Nordbanken"));
  assert_non_null(bank);
  assert_int_equal(bank->kind, SPAN_ENTITY);
  assert_int_equal(bank->type, ENTITY_ORG);
  assert_str(bank->entity, "name:nb");
  assert_true(registry_rule(registry, STR("May"))->rejected);
  assert_int_equal(registry_rule(registry, STR("Sun"))->type_name.len, 0);
  assert_int_equal(registry_rule(registry, STR("HIMARS"))->kind, SPAN_TAG);
  assert_str(registry_rule(registry, STR("A.B."))->entity, "name:berg");
  assert_null(registry_rule(registry, STR("sa hon")));
  assert_null(registry_rule(registry, STR("untyped")));
  registry_unref(registry);
}

typedef struct Case {
  const char *text;
  size_t starts[4]; // SIZE_MAX ends it
} Case;

static void test_where_words_stand(void **state)
{
  (void)state;
  const char *lines[] = {"{\"id\":\"a\",\"kind\":\"rule\",\"words\":\"Berg\",\"type\":\"PER\"}",
                         "{\"id\":\"b\",\"kind\":\"rule\",\"words\":\"Anna Berg\",\"type\":\"PER\"}",
                         "{\"id\":\"c\",\"kind\":\"rule\",\"words\":\"Å\",\"type\":\"LOC\"}"};
  const Case cases[] = {
      {"Berg kom.", {0, SIZE_MAX}},
      {"Bergen, Berg-Olsen, eBerg, Berg", {8, 27, SIZE_MAX}}, // whole words; a hyphen ends one
      {"Anna Berg och Berg", {0, 14, SIZE_MAX}},              // the longest, once
      {"i Å, på Åland", {2, SIZE_MAX}},
      {"i A\xCC\x8A", {SIZE_MAX}}, // another spelling of Å is other bytes
      {"Å\xCC\x81", {SIZE_MAX}},   // a mark belongs to its letter
      {"", {SIZE_MAX}},
  };
  const Registry *registry = load(lines, ARRAY_LEN(lines));
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    RuleHits hits = {0};
    registry_find(registry, str_of(cases[i].text), &hits);
    size_t want = 0;
    while (cases[i].starts[want] != SIZE_MAX) want++;
    if (hits.len != want) fail_msg("%s: %zu hits, not %zu", cases[i].text, hits.len, want);
    for (size_t k = 0; k < want; k++) assert_int_equal(hits.items[k].start, cases[i].starts[k]);
    vec_release(&hits);
  }
  registry_unref(registry);
}

static void test_the_last_rule_holds(void **state)
{
  (void)state;
  const char *lines[] = {"{\"id\":\"a\",\"kind\":\"rule\",\"words\":\"Kvarnen\",\"type\":\"ORG\"}",
                         "{\"id\":\"b\",\"kind\":\"rule\",\"words\":\"Kvarnen\",\"type\":\"LOC\"}"};
  const Registry *registry = load(lines, ARRAY_LEN(lines));
  RuleHits hits = {0};
  registry_find(registry, STR("i Kvarnen i dag"), &hits);
  assert_int_equal(hits.len, 1);
  assert_str(registry->rules.items[hits.items[0].rule].type_name, "LOC");
  vec_release(&hits);
  registry_unref(registry);
  registry = load(NULL, 0);
  assert_true(registry_empty(registry));
  assert_true(registry_empty(NULL));
  registry_unref(registry);
}

// --- finder, beside a search for each word

typedef struct Hits {
  VEC_OF(size_t) places; // word << 32 | at
} Hits;

static void on_hit(void *ctx, size_t word, size_t at)
{
  Hits *self = ctx;
  vec_push(&self->places, word << 32 | at);
}

static int by_size(const void *left, const void *right)
{
  const size_t *a = left, *b = right;
  return (*a > *b) - (*a < *b);
}

enum { MANY = 300 };

static void test_finder(void **state)
{
  (void)state;
  chance_begin();
  for (size_t rounds = chance_rounds(3000); rounds; rounds--) {
    char text[64], words[MANY][12];
    Str list[MANY];
    size_t len = dice(64), count = dice(10) ? dice(13) : dice(MANY), letters = 1 + dice(4); // crowds, too
    for (size_t i = 0; i < len; i++) text[i] = "ab\xC3\xA5"[dice(letters)];
    for (size_t i = 0; i < count; i++) {
      size_t own = dice(12);
      for (size_t k = 0; k < own; k++) words[i][k] = "ab\xC3\xA5"[dice(letters)];
      list[i] = (Str){words[i], own};
    }
    Hits have = {0}, want = {0};
    Finder *finder = finder_new(list, count);
    finder_run(finder, (Str){text, len}, on_hit, &have);
    for (size_t at = 0; at < len; at++)
      for (size_t i = 0; i < count; i++)
        if (list[i].len && list[i].len <= len - at && !memcmp(text + at, words[i], list[i].len))
          on_hit(&want, i, at);
    for (size_t i = 1; i < have.places.len; i++) // in order of the text
      assert_true((have.places.items[i - 1] & UINT32_MAX) <= (have.places.items[i] & UINT32_MAX));
    assert_int_equal(have.places.len, want.places.len);
    if (have.places.len) {
      qsort(have.places.items, have.places.len, sizeof(size_t), by_size);
      qsort(want.places.items, want.places.len, sizeof(size_t), by_size);
      assert_memory_equal(have.places.items, want.places.items, have.places.len * sizeof(size_t));
    }
    finder_free(finder);
    vec_release(&have.places);
    vec_release(&want.places);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_rules),
      cmocka_unit_test(test_where_words_stand),
      cmocka_unit_test(test_the_last_rule_holds),
      cmocka_unit_test(test_finder),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
