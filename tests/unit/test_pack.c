#include "index/pack.h"
#include "unit/test.h"

#include <stdlib.h>

static void test_days(void **state)
{
  (void)state;
  assert_int_equal(day_of(STR("2023-04-17T09:12")), 20230417);
  assert_int_equal(day_of(STR("2023-04")), 20230400);
  assert_int_equal(day_of(STR("2023")), 20230000);
  assert_int_equal(day_of(STR("XXXX-02-24")), 0);
  assert_int_equal(day_of(STR("")), 0);
  assert_int_equal(day_until(STR("2023-04")), 20230499);
  assert_int_equal(day_until(STR("2023")), 20239999);
}

static void test_day_indexes_keep_the_order(void **state)
{
  (void)state;
  static const int days[] = {10101,    19000000, 19000100, 19000101, 19000131, 19000200,
                             19991231, 20000000, 20240229, 20240301, 99991231};
  for (size_t i = 0; i < ARRAY_LEN(days); i++) {
    assert_int_equal(day_of_index(day_index(days[i])), days[i]);
    if (i) assert_true(day_index(days[i - 1]) < day_index(days[i]));
  }
  assert_int_equal(day_index(20230499), day_index(20230431));
  assert_true(day_index(20239999) < day_index(20240000));
}

static void test_numbers_of_any_size(void **state)
{
  (void)state;
  static const int64_t numbers[] = {0, 1, -1, 63, 64, -64, -65, 127, 128, INT32_MAX, INT64_MAX, INT64_MIN};
  StrBuf buf = {0};
  for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
    pack_signed(&buf, numbers[i]);
    pack_number(&buf, (uint64_t)numbers[i]);
  }
  Str left = strbuf_str(&buf);
  for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
    int64_t n;
    uint64_t u;
    assert_true(unpack_signed(&left, &n));
    assert_true(n == numbers[i]);
    assert_true(unpack_number(&left, &u));
    assert_true(u == (uint64_t)numbers[i]);
  }
  assert_int_equal(left.len, 0);
  strbuf_release(&buf);
}

static void test_lists_come_back(void **state)
{
  (void)state;
  static const PackedDate dates[] = {
      {.start = 5, .end = 15, .type = DATE_DATE, .begin = 20230503, .until = 20230503},
      {.start = 5,
       .end = 9,
       .type = DATE_SET,
       .value = STR("XXXX-WXX-1"),
       .begin = 20230000,
       .until = 20239999},
      {.start = 900,
       .end = 1200,
       .type = DATE_DURATION,
       .value = STR("P3D"),
       .begin = 20230501,
       .until = 20230503,
       .open = OPEN_UNTIL},
      {.start = 1201,
       .end = 1202,
       .type = DATE_DATE,
       .begin = 20230501,
       .until = 20230599,
       .open = OPEN_BEGIN},
  };
  StrBuf buf = {0}, nears = {0}, entities = {0};
  size_t last = 0;
  int last_day = 0;
  for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
    pack_date(&buf, &last, &dates[i]);
    pack_near(&nears, &last_day, &(Near){(int)(7 - i), (int)(7 + i), (DateType)(i % DATE_TYPES), i});
    pack_entity(&entities, &(PackedEntity){(int64_t)(i * 300), (EntityType)(i % ENTITY_TYPES), i + 1, i});
  }
  PackedDates reader = {.left = strbuf_str(&buf)};
  Nears near_reader = {.left = strbuf_str(&nears)};
  Str entity_reader = strbuf_str(&entities);
  PackedDate date;
  Near near;
  PackedEntity entity;
  for (size_t i = 0; i < ARRAY_LEN(dates); i++) {
    assert_true(unpack_date(&reader, &date));
    assert_int_equal(date.start, dates[i].start);
    assert_int_equal(date.end, dates[i].end);
    assert_int_equal(date.type, dates[i].type);
    assert_int_equal(date.begin, dates[i].begin);
    assert_int_equal(date.until, dates[i].until);
    assert_int_equal(date.open, dates[i].open);
    assert_true(str_eq(date.value, dates[i].value));
    assert_true(unpack_near(&near_reader, &near));
    assert_true(near.begin == (int)(7 - i) && near.until == (int)(7 + i) && near.nth == i &&
                near.type == (DateType)(i % DATE_TYPES));
    assert_true(unpack_entity(&entity_reader, &entity));
    assert_true(entity.id == (int64_t)(i * 300) && entity.type == (EntityType)(i % ENTITY_TYPES) &&
                entity.mentions == i + 1 && entity.quotes == i);
  }
  assert_false(unpack_date(&reader, &date));
  assert_false(unpack_near(&near_reader, &near));
  assert_false(unpack_entity(&entity_reader, &entity));
  strbuf_release(&buf);
  strbuf_release(&nears);
  strbuf_release(&entities);
}

static void test_quotes(void **state)
{
  (void)state;
  static const PackedQuote quotes[] = {
      {QUOTE_DIRECT, 1, 0, 4, 8, {"Anna", 4}, {0}, {"text", 4}},
      {QUOTE_MIXED, 1, SIZE_MAX, 6, 7, {0}, {"NTB", 3}, {"t", 1}},
      {QUOTE_INDIRECT, 70000, 3, 300, 302, {"Anna", 4}, {"NTB", 3}, {"ab", 2}},
  };
  StrBuf buf = {0};
  Arena arena = {0};
  Quotes out = {.arena = &arena};
  for (size_t i = 0; i < ARRAY_LEN(quotes); i++) pack_quote(&buf, &out, &quotes[i]);
  Quotes in = {.left = strbuf_str(&buf), .arena = &arena};
  PackedQuote quote;
  for (size_t i = 0; i < ARRAY_LEN(quotes); i++) {
    assert_true(unpack_quote(&in, &quote));
    assert_true(quote.type == quotes[i].type && quote.group == quotes[i].group &&
                quote.speaker == quotes[i].speaker && quote.start == quotes[i].start &&
                quote.end == quotes[i].end);
    assert_true(str_eq(quote.speaker_name, quotes[i].speaker_name) && str_eq(quote.source, quotes[i].source));
    assert_str(quote.text, quotes[i].type == QUOTE_INDIRECT ? "" : quotes[i].text.ptr);
  }
  assert_false(unpack_quote(&in, &quote));
  strbuf_release(&buf);
  arena_release(&arena);
}

static void test_mentions(void **state)
{
  (void)state;
  StrBuf buf = {0};
  Mentions mentions = {ENTITY_LOC, 3, 2, true, STR("spots"), STR("near")}, found;
  pack_mentions(&buf, &mentions);
  assert_true(unpack_mentions(strbuf_str(&buf), &found));
  assert_true(found.type == ENTITY_LOC && found.count == 3 && found.said == 2 && found.reported);
  assert_true(str_is(found.spots, "spots") && str_is(found.near, "near"));
  strbuf_release(&buf);
}

static void test_spots(void **state)
{
  (void)state;
  Spots spots = {.left = {"\x05\x02\x01\x03", 4}};
  Spot spot;
  assert_true(unpack_spot(&spots, &spot));
  assert_true(spot.start == 5 && spot.end == 7);
  assert_true(unpack_spot(&spots, &spot));
  assert_true(spot.start == 6 && spot.end == 9);
  assert_false(unpack_spot(&spots, &spot));
}

// Whatever the bytes: readers end, and read nothing behind them.
static void test_nonsense(void **state)
{
  (void)state;
  srand(11);
  for (int round = 0; round < 20000; round++) {
    size_t len = (size_t)(rand() % 24);
    char *bytes = xmalloc(len + 1);
    for (size_t i = 0; i < len; i++) bytes[i] = (char)(rand() % 5 ? rand() : 0xFF);
    Spots spots = {.left = {bytes, len}};
    Nears nears = {.left = {bytes, len}};
    PackedDates dates = {.left = {bytes, len}};
    Arena arena = {0};
    Quotes quotes = {.left = {bytes, len}, .arena = &arena};
    PackedQuote quote;
    while (unpack_quote(&quotes, &quote))
      assert_true(quote.text.ptr >= bytes && quote.text.ptr + quote.text.len <= bytes + len);
    arena_release(&arena);
    Mentions mentions;
    if (unpack_mentions((Str){bytes, len}, &mentions))
      assert_true(mentions.spots.len + mentions.near.len < len);
    Str entities = {bytes, len};
    Spot spot;
    Near near;
    PackedDate date;
    PackedEntity entity;
    size_t found = 0;
    while (unpack_spot(&spots, &spot)) found++;
    while (unpack_near(&nears, &near)) found++;
    while (unpack_date(&dates, &date)) found++;
    while (unpack_entity(&entities, &entity)) found++;
    assert_true(found <= 4 * len);
    free(bytes);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_days),
      cmocka_unit_test(test_day_indexes_keep_the_order),
      cmocka_unit_test(test_numbers_of_any_size),
      cmocka_unit_test(test_lists_come_back),
      cmocka_unit_test(test_spots),
      cmocka_unit_test(test_quotes),
      cmocka_unit_test(test_mentions),
      cmocka_unit_test(test_nonsense),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
