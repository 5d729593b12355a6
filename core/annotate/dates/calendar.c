// Day numbers by counting in eras of 400 years from 1 March, so that the leap day ends a year (Howard
// Hinnant, "chrono-Compatible Low-Level Date Algorithms"). Easter: the anonymous Gregorian algorithm and
// Meeus' Julian one.
#include "annotate/dates/calendar.h"

#include <string.h>

bool calendar_is_leap(int year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int calendar_month_days(int year, int month)
{
  if (month == 2) return calendar_is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool calendar_valid(int year, int month, int day)
{
  return year >= 0 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
         day <= calendar_month_days(year, month);
}

bool calendar_valid_iso(const char *text, bool clock)
{
  static const char shape[] = "dddd-dd-ddTdd:dd";
  int fields[5] = {0, 1, 1, 0, 0}, field = 0; // year, month, day, hour, minute
  size_t len = strlen(text);
  if (len != 4 && len != 7 && len != 10 && (len != 16 || !clock)) return false;
  for (size_t i = 0; i < len; i++) {
    bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return false;
    if (digit)
      fields[field] = 10 * fields[field] + (text[i] - '0');
    else
      fields[++field] = 0;
  }
  return calendar_valid(fields[0], fields[1], fields[2]) && fields[3] < 24 && fields[4] < 60;
}

static int floor_div(int a, int b)
{
  return a / b - (a % b < 0);
}

int32_t calendar_day(int year, int month, int day)
{
  int y = year - (month <= 2);
  int era = floor_div(y, 400);
  int of_era = y - era * 400;
  int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

Ymd calendar_ymd(int32_t day)
{
  int since = day + 719468;
  int era = floor_div(since, 146097);
  int of_era = since - era * 146097;
  int year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int shifted = (5 * of_year + 2) / 153; // 0: March
  int month = shifted + (shifted < 10 ? 3 : -9);
  return (Ymd){year_of_era + era * 400 + (month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1};
}

int calendar_weekday(int32_t day)
{
  int since_monday = (day + 3) % 7; // 1970-01-01 was a Thursday
  return (since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

int32_t calendar_week_start(int iso_year, int week)
{
  int32_t fourth = calendar_day(iso_year, 1, 4); // always in week 1
  return fourth - (calendar_weekday(fourth) - 1) + 7 * (week - 1);
}

IsoWeek calendar_iso_week(int32_t day)
{
  int weekday = calendar_weekday(day);
  int year = calendar_ymd(day - weekday + 4).year; // the year of the week's Thursday
  return (IsoWeek){year, (day - calendar_week_start(year, 1)) / 7 + 1, weekday};
}

int calendar_weeks_in(int iso_year)
{
  return (calendar_week_start(iso_year + 1, 1) - calendar_week_start(iso_year, 1)) / 7;
}

int32_t calendar_easter(int year)
{
  int a = year % 19, b = year / 100, c = year % 100;
  int d = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  int e = (32 + 2 * (b % 4) + 2 * (c / 4) - d - c % 4) % 7;
  int f = d + e - 7 * ((a + 11 * d + 22 * e) / 451) + 114;
  return calendar_day(year, f / 31, f % 31 + 1);
}

int32_t calendar_orthodox_easter(int year)
{
  int d = (19 * (year % 19) + 15) % 30;
  int e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
  int f = d + e + 114;
  return calendar_day(year, f / 31, f % 31 + 1) + year / 100 - year / 400 - 2; // Julian to Gregorian
}

int32_t calendar_nth_weekday(int year, int month, int nth, int weekday)
{
  if (nth < 0) {
    int32_t last = calendar_day(year, month, calendar_month_days(year, month));
    return last - (calendar_weekday(last) - weekday + 7) % 7;
  }
  int32_t first = calendar_day(year, month, 1);
  return first + (weekday - calendar_weekday(first) + 7) % 7 + 7 * (nth - 1);
}
