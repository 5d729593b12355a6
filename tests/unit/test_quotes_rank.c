#include "test.h"

#include "../quotes_bench.h"
#include "annotate/quotes/quotes_p.h"
#include "base/table.h"

// Every weight of the table is that of one sign, under the name that the trainer writes.
static void test_weights_have_their_signs(void **state)
{
  (void)state;
  const Table *table = table_find("speaker_weights", "");
  assert_non_null(table);
  assert_true(table->rows > 50);
  Error err = {0};
  Ranker ranker = {0};
  assert_true(rank_load(&ranker, &err));
  StrBuf name = {0};
  size_t found = 0;
  for (size_t sign = 0; sign < ranker.signs; sign++) {
    name.len = 0;
    rank_sign_name(&ranker, sign, &name);
    size_t row = table_seek(table, strbuf_str(&name));
    float weight = row == SIZE_MAX ? 0 : strtof(table_cell(table, row, 1).ptr, NULL);
    assert_float_equal(ranker.weights[sign], weight, 1e-6f);
    found += row != SIZE_MAX;
  }
  assert_int_equal(found, table->rows);
  assert_true(ranker.weights[0] > 0.3f); // what the rules say counts on
  strbuf_release(&name);
  rank_release(&ranker);
}

// Signs of one offer are all different, in range, and tell other offers apart.
static void test_signs_tell_offers_apart(void **state)
{
  (void)state;
  Ranker ranker = {0};
  assert_true(rank_load(&ranker, NULL));
  uint8_t plain[RANK_FIELDS] = {0}, other[RANK_FIELDS] = {0};
  uint16_t a[RANK_TEMPLATES], b[RANK_TEMPLATES];
  size_t differ = 0;
  other[RANK_WAY] = WAY_LEFT;
  rank_signs_of(&ranker, plain, a);
  rank_signs_of(&ranker, other, b);
  for (size_t i = 0; i < RANK_TEMPLATES; i++) {
    assert_in_range(a[i], i ? a[i - 1] + 1u : 1u, ranker.signs - 1);
    differ += a[i] != b[i];
  }
  assert_true(differ > 3 && differ < RANK_TEMPLATES);
  rank_release(&ranker);
}

static void test_rank_adds_up(void **state)
{
  (void)state;
  Ranker ranker = {0};
  assert_true(rank_load(&ranker, NULL));
  memset(ranker.weights, 0, ranker.signs * sizeof *ranker.weights);
  Offer offer = {.score = 2};
  uint16_t signs[RANK_TEMPLATES];
  rank_signs_of(&ranker, offer.fields, signs);
  ranker.weights[0] = 0.5f, ranker.weights[signs[0]] = 3, ranker.weights[signs[1]] = -1.25f;
  assert_float_equal(rank_of(&ranker, offer.score, offer.fields), 2.75f, 1e-6f);
  rank_release(&ranker);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_weights_have_their_signs),
                                     cmocka_unit_test(test_signs_tell_offers_apart),
                                     cmocka_unit_test(test_rank_adds_up)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
