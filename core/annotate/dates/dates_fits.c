// What speaks against a match: a pattern says what can be, the words around it and the fields it came to say
// whether it is. Names ("April Jones", "Mario Maggio", "Dagens Nyheter"), counts ("1900 runners"), parts that
// a whole does not have, and bare numbers, for which the tables give a code each (FIELD_BARE).
#include "annotate/dates/dates_p.h"

// "The 20th of next month" is a day, of next year none; weekdays are counted in months. Hours are counted
// from clocks, days from days.
static bool part_fits(const DateFrame *f)
{
  bool clock = frame_has(f, FIELD_HOUR) || frame_has(f, FIELD_MINUTE);
  if (frame_has(f, FIELD_SHIFT) && clock != is_clock_unit(frame_get(f, FIELD_UNIT, UNIT_DAY))) return false;
  bool related = frame_has(f, FIELD_DAY) && frame_has(f, FIELD_MONTH) && frame_has(f, FIELD_REL);
  if (related && frame_has(f, FIELD_UNIT) && !frame_has(f, FIELD_SHIFT)) // "8 May last year", no week
    return f->field[FIELD_UNIT] == UNIT_YEAR && !frame_has(f, FIELD_YEAR);
  if (frame_has(f, FIELD_HALF) && frame_get(f, FIELD_UNIT, UNIT_YEAR) != UNIT_YEAR) return false;
  if (frame_has(f, FIELD_SEASON) && frame_has(f, FIELD_QUANT)) // "the winter of 2010–2011"
    return f->field[FIELD_QUANT] == frame_get(f, FIELD_YEAR, 0) + 1;
  bool day = frame_has(f, FIELD_DAY) && !frame_has(f, FIELD_MONTH) && !frame_has(f, FIELD_HOLIDAY);
  bool counted = frame_has(f, FIELD_NTH) && frame_has(f, FIELD_WEEKDAY) && !frame_has(f, FIELD_MONTH);
  if (!frame_has(f, FIELD_UNIT) || frame_has(f, FIELD_SHIFT) || !(day || counted)) return true;
  return f->field[FIELD_UNIT] == UNIT_MONTH;
}

// "The last minute" and "the last day" of something are no dates; "the next day" is.
static bool last_day_fits(const DateMatch *m)
{
  const DateFrame *f = &m->frame;
  if (m->pattern->family != FAMILY_DATE || !frame_has(f, FIELD_UNIT) || !frame_has(f, FIELD_REL)) return true;
  if (frame_has(f, FIELD_AMOUNT) || frame_has(f, FIELD_ANAPHOR) || frame_has(f, FIELD_WEEKDAY)) return true;
  if (frame_get(f, FIELD_OPEN, 0) == OPEN_STILL) return true; // "the rest of the day"
  int32_t unit = f->field[FIELD_UNIT], rel = f->field[FIELD_REL];
  if (unit == UNIT_HOUR || unit == UNIT_MINUTE || unit == UNIT_SECOND) return false;
  return unit != UNIT_DAY || rel > 0;
}

bool dates_led_on(const DateFinder *f, uint32_t at)
{
  static const uint16_t leads[] = {SYM_PREP, SYM_OF,  SYM_YPREP, SYM_DET, SYM_TO,    SYM_AND,
                                   SYM_OPEN, SYM_ADV, SYM_EDGE,  SYM_REL, SYM_FROMW, SYM_BETWEEN};
  for (size_t i = 0; at > 0 && i < ARRAY_LEN(leads); i++) {
    if (symset_has(atom_readings(f->reader, at - 1)->syms, leads[i])) return true;
  }
  return false;
}

static bool sentence_begins(const SentenceVec *sentences, uint32_t token)
{
  size_t a = 0, b = sentences->len;
  while (a < b) {
    size_t mid = (a + b) / 2;
    if (sentences->items[mid].first < token)
      a = mid + 1;
    else
      b = mid;
  }
  return a < sentences->len && sentences->items[a].first == token;
}

static bool is_nordic(Lang lang)
{
  return lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA;
}

static bool has_small_weekdays(Lang lang)
{
  return lang == LANG_IT || lang == LANG_FR || lang == LANG_ES || lang == LANG_PT;
}

// "April Jones said", "Domenica Bianchi", "17 Summer Lane": a capital before another one. That tells most
// where it opens the sentence (unless all nouns have capitals) or where nothing leads on to a date.
static bool is_first_name(const DateFinder *f, const DateMatch *m)
{
  const DateFrame *frame = &m->frame;
  const Token *here = atom_token(f, m->begin), *next = atom_token(f, m->end);
  if (m->end != m->begin + 1 || !next || next == here || here->flags & TOKEN_ALL_CAPS) return false;
  bool capitals = here->flags & TOKEN_CAPITAL && next->flags & TOKEN_CAPITAL && next->flags & TOKEN_HAS_LOWER;
  bool season = frame_has(frame, FIELD_SEASON), month = frame_has(frame, FIELD_MONTH);
  if (!capitals || !(month || season || frame_has(frame, FIELD_WEEKDAY))) return false;
  bool named = month || season || atom_reading(f, m->begin, SYM_FIRSTNAME); // not "Mercoledì Rossi ha detto"
  if (here->flags & TOKEN_FIRST) return named && f->notes->lang != LANG_DE;
  if (season) return f->notes->lang != LANG_DE;
  if (has_small_weekdays(f->notes->lang) && atom_reading(f, m->begin, SYM_FIRSTNAME)) return true;
  bool small = f->notes->lang != LANG_EN && f->notes->lang != LANG_DE; // months have small letters
  return month && (small || !dates_led_on(f, m->begin));
}

// "Mario Maggio", "Robinson e Vendredi Dupont": where months and weekdays have small letters, a capital
// behind another one.
static bool is_last_name(const DateFinder *f, const DateMatch *m)
{
  if (m->end != m->begin + 1 || !m->begin || dates_led_on(f, m->begin)) return false;
  if (!has_small_weekdays(f->notes->lang)) return false;
  const Token *here = atom_token(f, m->begin), *before = atom_token(f, m->begin - 1);
  if (!frame_has(&m->frame, FIELD_MONTH) && !frame_has(&m->frame, FIELD_WEEKDAY)) return false;
  return here->flags & TOKEN_CAPITAL && !(here->flags & (TOKEN_FIRST | TOKEN_ALL_CAPS)) &&
         before->flags & TOKEN_CAPITAL && before->flags & TOKEN_HAS_LOWER;
}

// "Dagens Nyheter", "i Dagens Næringsliv".
static bool is_newspaper(const DateFinder *f, const DateMatch *m)
{
  if (!is_nordic(f->notes->lang) || !(frame_has(&m->frame, FIELD_DAYREF) || frame_has(&m->frame, FIELD_REF)))
    return false;
  const Token *last = atom_token(f, m->end - 1), *next = atom_token(f, m->end);
  return last->flags & TOKEN_CAPITAL && next && next->flags & TOKEN_CAPITAL &&
         next->flags & TOKEN_HAS_LOWER &&
         !sentence_begins(&f->notes->sentences, f->atoms->items[m->end].token);
}

// "Corriere della Sera", "Le Soir", "Nice-Matin": where parts of the day have small letters, one with a
// capital inside its sentence is of a name.
static bool is_evening_paper(const DateFinder *f, const DateMatch *m)
{
  const Token *last = atom_token(f, m->end - 1);
  return has_small_weekdays(f->notes->lang) && frame_has(&m->frame, FIELD_PART) && m->end <= m->begin + 2 &&
         last->flags & TOKEN_CAPITAL && !(last->flags & (TOKEN_FIRST | TOKEN_ALL_CAPS)) &&
         !(frame_has(&m->frame, FIELD_WEEKDAY) || frame_has(&m->frame, FIELD_HOUR));
}

// "1900 runners": a number that counts what follows.
static bool counts_next(const DateFinder *f, uint32_t end)
{
  const Token *next = atom_token(f, end);
  if (!next || !(next->flags & TOKEN_WORD) || next->flags & TOKEN_CAPITAL) return false;
  const Atom *atom = &f->atoms->items[end];
  if (!atom->spaced || atom_reading(f, end, SYM_FN) || atom_reading(f, end, SYM_TENSE)) return false;
  for (size_t i = 0; i < f->lex->plurals.len; i++) {
    if (str_ends(atom->lower, f->lex->plurals.items[i])) return true;
  }
  return false;
}

// As counts_next(), of a number that might as well be a day: any word that the tables do not know.
bool dates_counts(const DateFinder *f, uint32_t end)
{
  const Token *next = atom_token(f, end);
  if (!next || !(next->flags & TOKEN_WORD) || next->flags & TOKEN_CAPITAL || !f->atoms->items[end].spaced)
    return false;
  return counts_next(f, end) || atom_reading(f, end, SYM_COUNTED) ||
         (!atom_readings(f->reader, end)->count && !dates_tense_of(f, end));
}

// Whether a phrase ends at `at`: a mark or nothing follows, and no digits behind the mark.
static bool ends_phrase(const DateFinder *f, uint32_t at)
{
  const Token *next = atom_token(f, at);
  if (!next) return true;
  Str word = atom_word(f, at);
  if (str_is(word, ".") && !atom_token(f, at + 1)) return true;
  if (!str_is(word, ".") && !str_is(word, ",") && !str_is(word, "!") && !str_is(word, "?") &&
      !str_is(word, ";"))
    return false;
  const Token *behind = atom_token(f, at + 1);
  bool stop = str_is(word, ".") || str_is(word, "!") || str_is(word, "?"); // not "den 25. paragraf"
  if (behind && stop && !sentence_begins(&f->notes->sentences, f->atoms->items[at + 1].token)) return false;
  return !behind || (f->atoms->items[at + 1].spaced && !(behind->flags & TOKEN_NUMBER));
}

// Whether a sentence ends behind what looks like a month: "before jul. I fjor …" is no July of last year.
static bool runs_on(const DateFinder *f, const DateMatch *m)
{
  for (uint32_t i = m->begin + 2; i < m->end; i++) {
    if (!str_is(atom_word(f, i - 1), ".") || !atom_reading(f, i - 2, SYM_MONTHAB)) continue;
    uint32_t token = f->atoms->items[i].token;
    bool capital = f->notes->tokens.items[token].flags & TOKEN_CAPITAL;
    if (capital && sentence_begins(&f->notes->sentences, token)) return true;
  }
  return false;
}

// "I mai 12 personer": where days stand before months, a number behind one counts the next word.
static bool day_counts_next(const DateFinder *f, const DateMatch *m)
{
  const DateFrame *frame = &m->frame;
  const Reading *last = m->end > m->begin + 1 ? atom_reading(f, m->end - 1, SYM_INT) : NULL;
  bool day = last && frame_has(frame, FIELD_MONTH) && frame_get(frame, FIELD_DAY, 0) == last->value;
  return day && !f->lex->month_first && dates_counts(f, m->end);
}

// "22/4" is a date, "3/4" a part, "24/7" always.
static bool slash_fits(const DateFinder *f, const DateMatch *m)
{
  int32_t day = m->frame.field[FIELD_DAY], month = m->frame.field[FIELD_MONTH];
  bool glued = m->end < f->atoms->len && !f->atoms->items[m->end].spaced;
  return day > 12 && !(day == 24 && month == 7) && !(glued && str_is(atom_word(f, m->end), "%"));
}

// Whether the draft before ends right in front of the match's first word and has `field`.
static bool follows(const DateFinder *f, const DateMatch *m, DateField field)
{
  const DateVec *dates = &f->notes->dates;
  return dates->len && f->last_end == m->begin - 1 && frame_has(dates->items[dates->len - 1].frame, field);
}

// "I vår" is not "i vår stad".
static bool stands_alone(const DateFinder *f, uint32_t end)
{
  const Token *next = atom_token(f, end);
  return !next || !(next->flags & TOKEN_WORD) || atom_reading(f, end, SYM_FN) || dates_tense_of(f, end);
}

// "Am 15. Loch": the ordinal of a noun.
static bool is_no_ordinal(const DateFinder *f, uint32_t end)
{
  const Token *next = atom_token(f, end);
  return !next || !(next->flags & TOKEN_CAPITAL) ||
         sentence_begins(&f->notes->sentences, f->atoms->items[end].token);
}

// Whether marks around a number say that it is none of the calendar: "$2015", "2015 %", "2015/3".
static bool is_marked(const DateFinder *f, const DateMatch *m, bool ties)
{
  static const char *const money[] = {"$", "€", "£", "#"}, *const units[] = {"%", "€", "$", "°", "£"};
  Str before = m->begin ? atom_word(f, m->begin - 1) : (Str){NULL, 0}, after = atom_word(f, m->end);
  bool marked = false, glued = m->end < f->atoms->len && !f->atoms->items[m->end].spaced;
  for (size_t i = 0; i < ARRAY_LEN(money); i++) marked = marked || str_is(before, money[i]);
  for (size_t i = 0; i < ARRAY_LEN(units); i++) marked = marked || str_is(after, units[i]);
  bool heading = str_is(after, ":") && (m->end + 1 == f->atoms->len || f->atoms->items[m->end + 1].spaced);
  bool tied = str_is(after, "/") || str_is(after, "-") || (str_is(after, ":") && !heading);
  if (!marked && !(ties && glued && tied)) return false;
  return !(str_is(after, "-") && frame_has(&m->frame, FIELD_YEAR)); // "1950-53"
}

// "3.45" or "2015" by themselves are dates only where nothing speaks against it; `bare` as the tables say it.
static bool bare_fits(const DateFinder *f, const DateMatch *m, int32_t bare)
{
  const DateFrame *frame = &m->frame;
  int32_t unit = frame_get(frame, FIELD_UNIT, 0), year = frame_get(frame, FIELD_YEAR, 0);
  switch (bare) {
  case 3:
    return stands_alone(f, m->end);
  case 4: // "per hour" is a speed or a wage
    return !is_clock_unit(unit);
  case 5: // "the last day", "the last minute" of a match
    return unit != UNIT_DAY && !is_clock_unit(unit);
  case 6: // "im Jahr": a year each
    return unit == UNIT_YEAR;
  case 7:
    return slash_fits(f, m);
  case 8: // "Sep to Nov": an abbreviation behind a date
    return follows(f, m, FIELD_MONTH);
  case 9: // "1950-53"
    return frame->field[FIELD_YY] > year % 100;
  case 10: // "from 9 to 11": a bare number behind a clock
    return follows(f, m, FIELD_HOUR) && !counts_next(f, m->end);
  case 11: // "den 27."
    return ends_phrase(f, m->end);
  case 13: // "3 Feb 82."
    return frame->field[FIELD_YY] > 31 && ends_phrase(f, m->end);
  case 14: // "+15 min", and nothing else
    return m->begin == 0 && m->end == f->atoms->len;
  case 15:
    return is_no_ordinal(f, m->end);
  default:
    break;
  }
  if (is_marked(f, m, bare == 1)) return false;
  if (frame_has(frame, FIELD_DAY)) return bare != 1;
  if (!frame_has(frame, FIELD_YEAR)) return true;
  if (bare == 2) return year >= 1100 && year < 2200;
  return year >= 1800 && year < 2060 && !counts_next(f, m->end);
}

bool dates_match_fits(const void *context, const DateMatch *m)
{
  const DateFinder *f = context;
  int32_t bare = frame_get(&m->frame, FIELD_BARE, 0);
  if (m->pattern->family == FAMILY_NONE) return true;
  if (!last_day_fits(m) || !part_fits(&m->frame) || !date_units_fit(&m->frame) || is_first_name(f, m) ||
      is_last_name(f, m) || is_newspaper(f, m) || is_evening_paper(f, m) || runs_on(f, m) ||
      day_counts_next(f, m))
    return false;
  return !bare || bare_fits(f, m, bare);
}
