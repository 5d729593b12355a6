// calendar: proleptic Gregorian arithmetic: day numbers, weekdays, ISO weeks, Easter, feasts. Years 0 to
// 9999. No clock, no zone, no locale. Pure; any thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct Ymd {
  int year, month, day; // month and day from 1
} Ymd;

typedef struct IsoWeek {
  int year, week, weekday; // weekday: 1 Monday to 7 Sunday
} IsoWeek;

bool calendar_is_leap(int year);
int calendar_month_days(int year, int month); // month 1 to 12
bool calendar_valid(int year, int month, int day);
// Whether `text` is "YYYY", "YYYY-MM" or "YYYY-MM-DD", with `clock` also "YYYY-MM-DDThh:mm", and the calendar
// has it.
bool calendar_valid_iso(const char *text, bool clock);
// Days since 1970-01-01 (negative before), and back.
int32_t calendar_day(int year, int month, int day);
Ymd calendar_ymd(int32_t day);
int calendar_weekday(int32_t day); // 1 Monday to 7 Sunday
IsoWeek calendar_iso_week(int32_t day);
int32_t calendar_week_start(int iso_year, int week); // the Monday of an ISO week
int calendar_weeks_in(int iso_year);                 // 52 or 53
int32_t calendar_easter(int year);                   // Western Easter Sunday
int32_t calendar_orthodox_easter(int year);          // Orthodox Easter Sunday, as a Gregorian day
// The nth (1 to 5; -1: the last) `weekday` of a month.
int32_t calendar_nth_weekday(int year, int month, int nth, int weekday);
