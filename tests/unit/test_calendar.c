#include "annotate/dates/calendar.h"
#include "annotate/dates/timex.h"
#include "base/alloc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// Against a model that counts days one by one through two Gregorian cycles.
static void test_days_one_by_one(void **state)
{
  (void)state;
  int year = 1599, month = 12, day = 31, weekday = 5; // 1600-01-01 was a Saturday
  int32_t number = calendar_day(year, month, day);
  while (year < 2401) {
    assert_int_equal(calendar_day(year, month, day), number);
    Ymd back = calendar_ymd(number);
    assert_true(back.year == year && back.month == month && back.day == day);
    assert_int_equal(calendar_weekday(number), weekday);
    IsoWeek week = calendar_iso_week(number);
    assert_int_equal(calendar_week_start(week.year, week.week) + week.weekday - 1, number);
    assert_in_range(week.week, 1, calendar_weeks_in(week.year));
    number++, weekday = weekday % 7 + 1;
    if (++day > calendar_month_days(year, month)) day = 1, month++;
    if (month > 12) month = 1, year++;
  }
}

static void test_iso_weeks(void **state)
{
  (void)state;
  static const struct {
    int year, month, day, iso_year, week;
  } cases[] = {{2018, 12, 31, 2019, 1},
               {2021, 1, 3, 2020, 53},
               {2023, 1, 1, 2022, 52},
               {2018, 10, 1, 2018, 40},
               {2016, 1, 3, 2015, 53}};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    IsoWeek week = calendar_iso_week(calendar_day(cases[i].year, cases[i].month, cases[i].day));
    assert_int_equal(week.year, cases[i].iso_year);
    assert_int_equal(week.week, cases[i].week);
  }
}

static void test_easter(void **state)
{
  (void)state;
  static const struct {
    int year, month, day, orthodox_month, orthodox_day;
  } cases[] = {{2018, 4, 1, 4, 8},  {2019, 4, 21, 4, 28}, {2023, 4, 9, 4, 16},
               {2024, 3, 31, 5, 5}, {2025, 4, 20, 4, 20}, {2000, 4, 23, 4, 30}};
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    assert_int_equal(calendar_easter(cases[i].year),
                     calendar_day(cases[i].year, cases[i].month, cases[i].day));
    assert_int_equal(calendar_orthodox_easter(cases[i].year),
                     calendar_day(cases[i].year, cases[i].orthodox_month, cases[i].orthodox_day));
  }
}

static void test_nth_weekday(void **state)
{
  (void)state;
  assert_int_equal(calendar_nth_weekday(2018, 11, 4, 4), calendar_day(2018, 11, 22)); // Thanksgiving
  assert_int_equal(calendar_nth_weekday(2018, 5, -1, 1), calendar_day(2018, 5, 28));  // Memorial Day
  assert_int_equal(calendar_nth_weekday(2020, 3, -1, 7), calendar_day(2020, 3, 29));
  assert_int_equal(calendar_nth_weekday(2021, 2, 1, 1), calendar_day(2021, 2, 1));
}

static void test_timex_values(void **state)
{
  (void)state;
  Arena arena = {0};
  static const struct {
    Timex t;
    int step;
    const char *want;
  } cases[] = {
      {{.grain = GRAIN_MONTH, .year = 2018, .month = 1}, -1, "2017-12"},
      {{.grain = GRAIN_QUARTER, .year = 2018, .n = 4}, 1, "2019-Q1"},
      {{.grain = GRAIN_HALF, .year = 2018, .n = 1}, -1, "2017-H2"},
      {{.grain = GRAIN_WEEK, .year = 2018, .n = 52}, 1, "2019-W01"},
      {{.grain = GRAIN_WEEKEND, .year = 2020, .n = 53}, 1, "2021-W01-WE"},
      {{.grain = GRAIN_DAY, .year = 2020, .month = 2, .day = 28}, 2, "2020-03-01"},
      {{.grain = GRAIN_DECADE, .year = 1980}, 1, "199X"},
      {{.grain = GRAIN_CENTURY, .year = 1800}, -1, "17XX"},
      {{.grain = GRAIN_SEASON, .year = 2018, .n = 2}, 1, "2019-SU"},
      {{.grain = GRAIN_DAY, .year = TIMEX_X, .month = 2, .day = 24}, 0, "XXXX-02-24"},
      {{.grain = GRAIN_DAY, .year = TIMEX_X, .month = 2, .day = 24}, 1, "XXXX-XX-XX"},
      {{.grain = GRAIN_PART, .year = 2018, .month = 10, .day = 1, .part = PART_EV}, 1, "2018-10-02TEV"},
      {{.grain = GRAIN_YEAR, .year = 9999}, 1, ""},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Timex t = timex_step(&cases[i].t, cases[i].step);
    Str value = timex_value(&t, &arena);
    assert_string_equal(value.ptr ? value.ptr : "", cases[i].want);
    assert_true(!value.len || timex_valid(value));
  }
  arena_release(&arena);
}

static void test_timex_bounds(void **state)
{
  (void)state;
  Arena arena = {0};
  static const struct {
    Timex t;
    const char *first, *last;
  } cases[] = {
      {{.grain = GRAIN_YEAR, .year = 2020}, "2020-01-01", "2020-12-31"},
      {{.grain = GRAIN_MONTH, .year = 2020, .month = 2}, "2020-02-01", "2020-02-29"},
      {{.grain = GRAIN_SEASON, .year = 2018, .n = 4}, "2018-12-01", "2019-02-28"},
      {{.grain = GRAIN_WEEKEND, .year = 2018, .n = 40}, "2018-10-06", "2018-10-07"},
      {{.grain = GRAIN_CENTURY, .year = 1800}, "1800-01-01", "1899-12-31"},
      {{.grain = GRAIN_QUARTER, .year = 2018, .n = 2}, "2018-04-01", "2018-06-30"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    int32_t first, last;
    assert_true(timex_bounds(&cases[i].t, &first, &last));
    assert_string_equal(timex_iso_day(first, &arena).ptr, cases[i].first);
    assert_string_equal(timex_iso_day(last, &arena).ptr, cases[i].last);
  }
  arena_release(&arena);
}

static void test_days_as_people_give_them(void **state)
{
  (void)state;
  static const char *const good[] = {"2024", "2024-02", "2024-02-29", "0000-01-01", "9999-12-31"};
  static const char *const bad[] = {"",           "24",         "2024-",       "2024-2-1",
                                    "2024-13",    "2024-00",    "2023-02-29",  "2024-99-99",
                                    "2024-04-31", "2024/04/30", "20240430x",   "2024-04-3x",
                                    "-024-04-01", "2024-04-00", "2024-04-010", "yesterday"};
  static const char *const bad_clocks[] = {"2024-02-29T24:00", "2024-02-29T23:60", "2024-02-30T12:00",
                                           "2024-02-29 12:00"};
  for (size_t i = 0; i < ARRAY_LEN(good); i++) assert_true(calendar_valid_iso(good[i], false));
  for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
    assert_false(calendar_valid_iso(bad[i], false));
    assert_false(calendar_valid_iso(bad[i], true));
  }
  for (size_t i = 0; i < ARRAY_LEN(bad_clocks); i++) assert_false(calendar_valid_iso(bad_clocks[i], true));
  assert_true(calendar_valid_iso("2024-02-29T23:59", true));
  assert_false(calendar_valid_iso("2024-02-29T23:59", false));
}

static void test_timex_valid(void **state)
{
  (void)state;
  static const char *const good[] = {"2018",
                                     "198X",
                                     "18XX",
                                     "2018-10",
                                     "XXXX-10-01",
                                     "2018-W40",
                                     "2018-W40-WE",
                                     "XXXX-WXX-6",
                                     "XXXX-WXX-6T17:30",
                                     "2018-Q2",
                                     "2018-H1",
                                     "2018-SU",
                                     "2018-10-01TEV",
                                     "2018-10-01T09:12",
                                     "P3D",
                                     "PXM",
                                     "PT1.5H",
                                     "P2DE",
                                     "P1Y6M",
                                     "PT37M",
                                     "PAST_REF",
                                     "P1WE",
                                     "PT1NI"};
  static const char *const bad[] = {
      "",       "18",     "2018-1",        "2018-10-1", "2018-W4", "P", "PT", "P3", "3D", "2018-10-01T9:12",
      "2018-Q", "FUTURE", "2018-10-01TXX", "PT3D"};
  for (size_t i = 0; i < ARRAY_LEN(good); i++) assert_true(timex_valid(str_of(good[i])));
  for (size_t i = 0; i < ARRAY_LEN(bad); i++) assert_false(timex_valid(str_of(bad[i])));
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_days_one_by_one), cmocka_unit_test(test_iso_weeks),
      cmocka_unit_test(test_easter),          cmocka_unit_test(test_nth_weekday),
      cmocka_unit_test(test_timex_values),    cmocka_unit_test(test_timex_bounds),
      cmocka_unit_test(test_timex_valid),     cmocka_unit_test(test_days_as_people_give_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
