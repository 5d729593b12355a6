// Durations as TIMEX3 writes them: amounts and units of a frame.
#include "annotate/dates/dates_p.h"

// "P3D": nearly all are whole.
static Str whole_part(const char *prefix, int32_t whole, const char *letters, Arena *arena)
{
  char digits[12], *first = digits + sizeof digits;
  do *--first = (char)('0' + whole % 10);
  while (whole /= 10);
  Str number = {first, (size_t)(digits + sizeof digits - first)};
  return arena_join(arena, arena_join(arena, str_of(prefix), number), str_of(letters));
}

// "P3D", "PT1.5H", "PXM": one amount of one unit.
static Str duration_part(int32_t unit, int32_t amount, Arena *arena)
{
  bool clock = is_clock_unit(unit);
  char letters[3] = {(char)(unit > 255 ? unit >> 8 : unit), (char)(unit > 255 ? unit : 0), 0};
  if (clock) letters[0] = (char)(letters[0] - 'a' + 'A');
  if (unit == UNIT_MILLENNIUM)
    memcpy(letters, "CE", 3), amount = amount == AMOUNT_VAGUE ? amount : amount * 10;
  const char *prefix = clock || unit == UNIT_NIGHT ? "PT" : "P";
  if (amount == AMOUNT_VAGUE) return arena_printf(arena, "%sX%s", prefix, letters);
  if (amount % 100 == 0 && amount >= 0) return whole_part(prefix, amount / 100, letters, arena);
  return arena_printf(arena, "%s%d.%0*d%s", prefix, amount / 100, amount % 10 ? 2 : 1,
                      amount % 10 ? amount % 100 : amount % 100 / 10, letters);
}

static bool is_fraction(int32_t amount)
{
  return amount > 0 && amount < 10000 && amount % 100;
}

// Units that TIMEX3 has no letter for, and fractions of those that have a smaller one.
static void normalise(int32_t *unit, int32_t *amount)
{
  bool vague = *amount == AMOUNT_VAGUE;
  if (is_fraction(*amount) && *unit == UNIT_DECADE) *unit = UNIT_TEN_YEARS;
  if (is_fraction(*amount) && *unit == UNIT_CENTURY) *unit = UNIT_HUNDRED_YEARS;
  if (*unit == UNIT_TEN_YEARS) *amount *= vague ? 1 : 10, *unit = vague ? UNIT_DECADE : UNIT_YEAR;
  if (*unit == UNIT_HUNDRED_YEARS) *amount *= vague ? 1 : 100, *unit = vague ? UNIT_CENTURY : UNIT_YEAR;
  if (*unit == UNIT_FORTNIGHT) *amount *= vague ? 1 : 2, *unit = UNIT_WEEK;
  if (*unit == UNIT_HALF) *amount *= vague ? 1 : 6, *unit = UNIT_MONTH;
  if (*unit == UNIT_YEAR && is_fraction(*amount)) *amount *= 12, *unit = UNIT_MONTH;
  if (*unit == UNIT_HOUR && is_fraction(*amount)) *amount *= 60, *unit = UNIT_MINUTE;
}

// Place among the units that may follow each other in one value: 1 for years to 7 for seconds; 0: none.
static int unit_place(int32_t unit)
{
  int32_t amount = 100;
  normalise(&unit, &amount);
  static const int32_t order[] = {UNIT_YEAR, UNIT_MONTH,  UNIT_WEEK,  UNIT_DAY,
                                  UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND};
  for (int i = 0; i < (int)ARRAY_LEN(order); i++) {
    if (order[i] == unit) return i + 1;
  }
  return 0;
}

bool date_units_fit(const DateFrame *f)
{
  if (!frame_has(f, FIELD_UNIT2) || !frame_has(f, FIELD_AMOUNT2)) return true;
  int last = unit_place(f->field[FIELD_UNIT]), middle = unit_place(f->field[FIELD_UNIT2]);
  int first = frame_has(f, FIELD_UNIT3) ? unit_place(f->field[FIELD_UNIT3]) : middle ? middle - 1 : 0;
  return middle && first < middle && middle < last && (first || !frame_has(f, FIELD_UNIT3));
}

// `value` with the count that stands before it in front: P1DT2H, but PT2H30M.
static Str join_part(const DateFrame *f, DateField unit_field, DateField amount_field, Str value,
                     Arena *arena)
{
  int32_t unit = f->field[unit_field], amount = f->field[amount_field];
  normalise(&unit, &amount);
  Str first = duration_part(unit, amount, arena);
  size_t skip = is_clock_unit(unit) ? 2 : 1;
  return arena_printf(arena, STR_FMT STR_FMT, STR_ARG(first), STR_ARG(str_slice(value, skip, value.len)));
}

int32_t date_amount(const DateFrame *f)
{
  static const int32_t more[] = {0, 0, 50, 25, 0, 75}; // "two and a half", "a quarter", "three quarters"
  int32_t amount = frame_get(f, FIELD_AMOUNT, 100), halves = frame_get(f, FIELD_HALVES, 0);
  if (halves == 1) return 50;
  return amount == AMOUNT_VAGUE ? amount : amount + more[halves];
}

Str date_duration(const DateFrame *f, Arena *arena)
{
  int32_t unit = frame_get(f, FIELD_UNIT, UNIT_DAY), amount = date_amount(f);
  normalise(&unit, &amount);
  Str value = duration_part(unit, amount, arena);
  if (frame_has(f, FIELD_UNIT2)) value = join_part(f, FIELD_UNIT2, FIELD_AMOUNT2, value, arena);
  if (frame_has(f, FIELD_UNIT3)) value = join_part(f, FIELD_UNIT3, FIELD_AMOUNT3, value, arena);
  return value;
}
