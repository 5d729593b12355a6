#include "test.h"

#include "../quotes_bench.h"
#include "annotate/quotes/quotes_p.h"
#include "base/table.h"

static size_t sign_of(Str name)
{
  size_t sign = 0;
  while (sign < SPEECH_SIGNS && !str_is(name, g_speech_signs[sign])) sign++;
  return sign;
}

// A sign without a weight would count for nothing, and nobody would notice.
static void test_every_sign_has_its_weight(void **state)
{
  (void)state;
  const Table *table = table_find("speech_weights", "");
  assert_non_null(table);
  assert_int_equal(table->rows, SPEECH_SIGNS);
  bool seen[SPEECH_SIGNS] = {0};
  for (size_t row = 0; row < table->rows; row++) {
    size_t sign = sign_of(table_cell(table, row, 0));
    assert_in_range(sign, 0, SPEECH_SIGNS - 1);
    assert_false(seen[sign]);
    seen[sign] = true;
  }
  float weights[SPEECH_SIGNS];
  assert_true(speech_load(weights, NULL));
  for (size_t row = 0; row < table->rows; row++)
    assert_float_equal(weights[sign_of(table_cell(table, row, 0))],
                       strtof(table_cell(table, row, 1).ptr, NULL), 1e-6f);
}

static void test_likeness_is_a_probability(void **state)
{
  (void)state;
  float weights[SPEECH_SIGNS] = {0}, signs[SPEECH_SIGNS] = {0};
  assert_float_equal(speech_likeness(weights, signs), 0.5f, 1e-6f);
  weights[3] = 2, signs[3] = 1;
  weights[7] = 4, signs[7] = -0.25f;
  assert_float_equal(speech_likeness(weights, signs), 0.731059f, 1e-5f); // 1 / (1 + exp(-1))
}

typedef struct Case {
  const char *name;
  Lang lang;
  const char *text;
  const char *signs[4]; // that the first stretch shows
  const char *lacks[4]; // and that it does not
  bool said;
} Case;

static void check_signs(const Case *one, const float *signs, int *wrong)
{
  for (size_t i = 0; i < ARRAY_LEN(one->signs); i++) {
    if (one->signs[i] && signs[sign_of(str_of(one->signs[i]))] == 0)
      print_message("%s: no %s\n", one->name, one->signs[i]), ++*wrong;
    if (one->lacks[i] && signs[sign_of(str_of(one->lacks[i]))] != 0)
      print_message("%s: %s\n", one->name, one->lacks[i]), ++*wrong;
  }
}

static void run(const Quotes *quotes, const Case *one, int *wrong)
{
  Arena scratch = {0};
  Notes notes = hand_notes(str_of(one->text), BLOCK_PARAGRAPH, one->lang);
  Layout layout;
  assert_true(layout_read(&layout, quotes, &notes, &scratch));
  assert_true(layout.marked.len > 0);
  Saying saying;
  const Marked *marked = &layout.marked.items[0];
  QuoteDraft draft = layout_draft(&layout, marked, &saying);
  float signs[SPEECH_SIGNS];
  speech_signs(&layout.scene, marked, &saying, &draft, signs);
  check_signs(one, signs, wrong);
  float likely = speech_likeness(quotes->speech, signs);
  if ((likely >= 0.5F) != one->said) print_message("%s: %.2f\n", one->name, (double)likely), ++*wrong;
  arena_release(&scratch);
  arena_release(&notes.arena);
}

static void test_signs(void **state)
{
  (void)state;
  static const Case cases[] = {
      {"a sentence and its verb",
       LANG_EN,
       "\"The ice will not hold for weeks,\" she said.",
       {"starts", "inner_comma", "clause", "speaker"},
       {"no_cue", "single", "lower", "whole"},
       true},
      {"behind a colon",
       LANG_DE,
       "Sie sagte: „Das Eis trägt noch lange nicht.“",
       {"colon", "inner_stop", "nine"},
       {"no_cue", "starts"},
       true},
      {"a title",
       LANG_SV,
       "De läste boken ”Vägen Till Sjön” i skolan.",
       {"capitals", "three", "no_cue", "after_noun"},
       {"whole", "lower", "cue", "colon"},
       false},
      {"one word behind an article",
       LANG_EN,
       "Nobody liked the 'improved' soup.",
       {"one", "single", "lower", "after_det"},
       {"capitals", "starts", "cue", "clause"},
       false},
  };
  Quotes *quotes = quotes_new(NULL);
  int wrong = 0;
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) run(quotes, &cases[i], &wrong);
  quotes_free(quotes);
  assert_int_equal(wrong, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_every_sign_has_its_weight),
      cmocka_unit_test(test_likeness_is_a_probability),
      cmocka_unit_test(test_signs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
