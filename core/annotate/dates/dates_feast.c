// Feasts by code, as date_words.*.tsv gives them.
#include "annotate/dates/dates_p.h"

// Codes: 1224 (month and day), EAST, EA-2, EA39 (days from Easter; EA-f: 46 before, EA-g 47), OE+0
// (Orthodox), kw44 (letter of the month, nth, weekday; 9th: the last), MIDS, MIDA (Nordic midsummer), ALLH
// (Nordic All Saints' Day), ADV1 to ADV4.
int32_t date_feast_day(int32_t code, int year)
{
  if (code < 10000) return calendar_day(year, code / 100, code % 100);
  char c[4] = {(char)(code >> 24), (char)(code >> 16), (char)(code >> 8), (char)code};
  if (!memcmp(c, "EAST", 4)) return calendar_easter(year);
  if (!memcmp(c, "MID", 3)) { // the Saturday of 20 to 26 June, its eve the day before
    int32_t first = calendar_day(year, 6, 20);
    return first + (6 - calendar_weekday(first) + 7) % 7 - (c[3] == 'A');
  }
  if (!memcmp(c, "ALLH", 4)) {
    int32_t first = calendar_day(year, 10, 31);
    return first + (6 - calendar_weekday(first) + 7) % 7;
  }
  if (!memcmp(c, "ADV", 3)) { // the fourth is the last Sunday before Christmas Day
    int32_t eve = calendar_day(year, 12, 24);
    return eve - calendar_weekday(eve) % 7 - 7 * ('4' - c[3]);
  }
  if (!memcmp(c, "BLKF", 4)) return calendar_nth_weekday(year, 11, 4, 4) + 1; // the day after Thanksgiving
  if (!memcmp(c, "CYBM", 4)) return calendar_nth_weekday(year, 11, 4, 4) + 4; // the Monday after it
  if (!memcmp(c, "BUSS", 4)) { // the Wednesday before 23 November
    int32_t last = calendar_day(year, 11, 22);
    return last - (calendar_weekday(last) - 3 + 7) % 7;
  }
  if (!memcmp(c, "EA-", 3) && c[3] >= 'a')
    return calendar_easter(year) - 41 - (c[3] - 'a'); // carnival: f is 46 days before
  if ((c[0] == 'E' && c[1] == 'A') || (c[0] == 'O' && c[1] == 'E')) {
    int sign = c[2] == '-' ? -1 : 1, tens = c[2] >= '0' && c[2] <= '9' ? c[2] - '0' : 0;
    int32_t sunday = c[0] == 'E' ? calendar_easter(year) : calendar_orthodox_easter(year);
    return sunday + sign * (tens * 10 + (c[3] - '0'));
  }
  return calendar_nth_weekday(year, c[0] - 'a' + 1, c[2] == '9' ? -1 : c[2] - '0', c[3] - '0');
}
