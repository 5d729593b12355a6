// Atoms: the tokens of a block, cut where digits, letters and marks meet, with what each may mean. The
// readings of a word come from the lexicon; numbers are read here: digits with their marks ("2023-04-17",
// "4.40", "1,5"), number words put together ("two hundred", "nineteen ninety-seven"). All atoms
// are cut first, as the readings of one may go on into the next; each is read when somebody asks for it,
// which happens only around those that can carry an expression (WORD_HEAVY): "in the" can open one, but every
// one has a month, a unit, a number or the like.
#include "annotate/dates/dates_p.h"
#include "base/utf8.h"

// --- cutting tokens

enum { ROMAN_MOST = 6 }; // letters

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}
// The length of the apostrophe at `p`: ' or ’ (0: none).
static size_t apostrophe(const char *p, const char *end)
{
  if (*p == '\'') return 1;
  return end - p >= 3 && !memcmp(p, "\xE2\x80\x99", 3) ? 3 : 0;
}

static size_t digit_run(const char *p, const char *end)
{
  size_t n = 0;
  while (p + n < end && is_digit(p[n])) n++;
  return n;
}

// Where a date with hyphens ends ("2023-04-17", "2023-04", "17-04-2023"); NULL: other hyphens part two
// numbers.
static const char *hyphen_date_end(const char *p, const char *end)
{
  size_t a = digit_run(p, end), b = 0, c = 0;
  if (p + a < end && p[a] == '-') b = digit_run(p + a + 1, end);
  const char *after = p + a + 1 + b;
  if (b && after < end && *after == '-') c = digit_run(after + 1, end);
  if (a == 4 && b == 2 && c == 2) return after + 3;
  if (a >= 1 && a <= 2 && b >= 1 && b <= 2 && c == 4) return after + 5;
  if (a == 4 && b == 2 && !c && (p[5] == '0' || (p[5] == '1' && p[6] <= '2'))) return after;
  return NULL;
}

// The end of the atom that begins at `p`: digits with marks between them, letters with the apostrophe behind,
// or one other character.
const char *dateatom_end(const char *p, const char *end)
{
  uint32_t cp;
  if (is_digit(*p)) {
    const char *date = hyphen_date_end(p, end);
    if (date) return date;
    for (p++; p < end; p++) {
      if (is_digit(*p)) continue;
      bool mark = *p == '.' || *p == ',' || *p == ':' || *p == '/';
      if (!mark || p + 1 == end || !is_digit(p[1])) break;
    }
    return p;
  }
  size_t quote = apostrophe(p, end);
  const char *q = p + quote;
  size_t letters = 0;
  while (q < end) {
    size_t n = utf8_decode(q, end, &cp);
    if (!utf8_is_letter(cp) && utf8_class(cp) != CHAR_MARK) break;
    q += n, letters++;
  }
  if (quote) return letters == 1 && q == end ? q : p + quote; // "'s", but not "'80s"
  size_t behind = letters && q < end ? apostrophe(q, end) : 0;
  if (behind && q + behind + 1 == end && q[behind] == 's') behind = 0; // "valentine", "'s"
  if (letters) return q + behind;
  return p + utf8_decode(p, end, &cp);
}

bool dateatom_has_inner_point(Str word)
{
  if (word.len < 3 || word.len > POINTED_MAX) return false;
  return memchr(word.ptr, '.', word.len - 1) && !is_digit(word.ptr[0]);
}

#define CURLY "\xE2\x80\x99"

static bool is_curly(Str word) // ‘ or ’
{
  return word.len == 3 && (!memcmp(word.ptr, "\xE2\x80\x99", 3) || !memcmp(word.ptr, "\xE2\x80\x98", 3));
}

static Str without_curly(Arena *scratch, Str word)
{
  if (!word.len || word.len < 3) return word;
  bool first = !memcmp(word.ptr, "\xE2\x80\x99", 3),
       last = !memcmp(word.ptr + word.len - 3, "\xE2\x80\x99", 3);
  if (!first && !last) return word;
  if (word.len == 3) return STR("'");
  Str part = first ? str_slice(word, 3, word.len) : str_slice(word, 0, word.len - 3);
  return first ? arena_printf(scratch, "'" STR_FMT, STR_ARG(part))
               : arena_printf(scratch, STR_FMT "'", STR_ARG(part));
}

// What a word may do by itself: see WORD_*. Numbers carry dates; Roman ones are read where they stand beside
// what does.
static inline uint8_t marks_of(const DateLex *lex, uint64_t hash, Str lower)
{
  char c = lower.ptr[0];
  uint8_t marks = datelex_marks(lex, hash);
  if (is_digit(c)) return marks | WORD_KNOWN | WORD_HEAVY;
  return (c == 'i' || c == 'v' || c == 'x') && lower.len <= ROMAN_MOST ? marks | WORD_KNOWN : marks;
}

// The caller says where it stands. It is written in place: a copy of what was written just before, piece by
// piece, has to wait for it.
static inline Atom *add_atom(AtomReader *self, Str lower, uint64_t hash)
{
  uint8_t marks = marks_of(self->lex, hash, lower);
  vec_push_in(self->scratch, &self->atoms,
              (Atom){.lower = lower,
                     .hash = hash,
                     .marks = marks,
                     .node = marks & WORD_OPENS ? NODE_UNKNOWN : 0,
                     .readings = marks ? NULL : &self->lex->nodes.items[0].readings});
  return &self->atoms.items[self->atoms.len - 1];
}

enum { CUT_FLAGS = TOKEN_HAS_DIGIT | TOKEN_HAS_HYPHEN | TOKEN_NUMBER | TOKEN_HAS_MARK | TOKEN_ABBREV };

// Split a token with marks or digits in it. Lower case may change the length of a word: then its parts share
// its place.
static void split_token(AtomReader *self, const Token *token, uint32_t index)
{
  const DateLex *lex = self->lex;
  Str lower = token->lower;
  bool spaced = token->flags & TOKEN_SPACE_BEFORE, same = lower.len == token->end - token->start;
  if (dateatom_has_inner_point(lower) && datelex_find(lex, 0, token->whole_hash)) {
    Atom *atom = add_atom(self, lower, token->whole_hash);
    atom->start = token->start;
    atom->end = token->end;
    atom->token = index;
    atom->spaced = spaced;
    return;
  }
  for (size_t at = 0; at < lower.len;) {
    size_t end = (size_t)(dateatom_end(lower.ptr + at, lower.ptr + lower.len) - lower.ptr);
    Str rest = str_slice(lower, at, lower.len); // "8p.m."
    if (at && dateatom_has_inner_point(rest) && datelex_find(lex, 0, str_hash(rest))) end = lower.len;
    Str word = without_curly(self->scratch, str_slice(lower, at, end));
    Atom *atom = add_atom(self, word, str_hash(word));
    atom->start = same ? token->start + (uint32_t)at : token->start;
    atom->end = same ? token->start + (uint32_t)end : token->end;
    atom->token = index;
    atom->inside = at > 0;
    atom->spaced = at == 0 && spaced;
    at = end;
  }
}

// --- numbers

typedef struct Digits { // "2023-04-17" is three groups and "--"
  int32_t group[4];
  uint8_t width[4];
  char mark[4]; // before the group
  size_t count;
} Digits;

static bool read_digits(Str s, Digits *d)
{
  *d = (Digits){.count = 0};
  for (size_t i = 0; i < s.len;) {
    if (d->count == 4) return false;
    size_t g = d->count++;
    if (g) d->mark[g] = s.ptr[i++];
    for (; i < s.len && is_digit(s.ptr[i]); i++) {
      if (d->width[g] == 9) return false;
      d->group[g] = d->group[g] * 10 + (s.ptr[i] - '0');
      d->width[g]++;
    }
    if (!d->width[g]) return false;
  }
  return d->count > 0;
}

static void add_reading(AtomReader *self, Reading reading)
{
  const Reading *kept = arena_copy(self->scratch, &reading, sizeof reading);
  vec_push_in(self->scratch, &self->found, kept);
}

static Reading date_reading(uint16_t sym, int32_t year, int32_t month, int32_t day)
{
  Reading r = {.sym = sym, .len = 1};
  if (year >= 0) r.set[r.sets++] = (FieldSet){FIELD_YEAR, year};
  r.set[r.sets++] = (FieldSet){FIELD_MONTH, month};
  if (day > 0) r.set[r.sets++] = (FieldSet){FIELD_DAY, day};
  return r;
}

// d/m or m/d by the language, unless only one is possible; with points the day comes first.
static bool day_month(const DateLex *lex, char mark, int32_t a, int32_t b, int32_t *day, int32_t *month)
{
  bool swap = lex->month_first ? a <= 12 : mark != '.' && b > 12;
  *day = swap ? b : a, *month = swap ? a : b;
  return *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31;
}

static Reading one_field(uint16_t sym, uint8_t field, int32_t value)
{
  Reading r = {.sym = sym, .len = 1, .sets = 1};
  r.set[0] = (FieldSet){field, value};
  return r;
}

// "2 1/2 years", "3/4 hour": quarters of a unit, behind whole ones or alone.
static void read_fraction(AtomReader *self, int32_t over, int32_t under)
{
  int32_t quarters = under == 2 || under == 4 ? over * (4 / under) : 0;
  if (quarters < 1 || quarters > 3) return;
  static const int32_t halves[] = {0, 3, 2, 5}; // as date_duration() has them
  add_reading(self, one_field(SYM_ANDHALF, FIELD_HALVES, halves[quarters]));
  add_reading(self, one_field(SYM_HALFW, FIELD_AMOUNT, quarters * 25));
}

static void read_two_groups(AtomReader *self, const Digits *d)
{
  int32_t a = d->group[0], b = d->group[1], day, month;
  char mark = d->mark[1];
  bool short_pair = d->width[0] <= 2 && d->width[1] <= 2;
  if ((mark == ':' || mark == '.') && short_pair && d->width[1] == 2 && a <= 24 && b <= 59) {
    Reading r = {.sym = mark == ':' ? SYM_CLOCK : SYM_CLOCKDOT, .len = 1, .sets = 2};
    r.set[0] = (FieldSet){FIELD_HOUR, a}, r.set[1] = (FieldSet){FIELD_MINUTE, b};
    add_reading(self, r);
  }
  if (mark == '/' && short_pair) read_fraction(self, a, b);
  if ((mark == '/' || (mark == '.' && !self->lex->month_first)) && short_pair &&
      day_month(self->lex, d->mark[1], a, b, &day, &month))
    add_reading(self, date_reading(mark == '/' ? SYM_DAYSLASH : SYM_DAYMON, -1, month, day));
  if ((mark == '-' || mark == '/') && d->width[0] == 4 && d->width[1] == 2 && b >= 1 && b <= 12)
    add_reading(self, date_reading(SYM_ISO, a, b, 0));
  bool dotted =
      mark == '.' && d->width[0] == 2 && b >= 1900 && b < 2100 && !self->lex->month_first; // "05.2016"
  if ((mark == '/' || dotted) && d->width[1] == 4 && d->width[0] <= 2 && a >= 1 && a <= 12)
    add_reading(self, date_reading(SYM_NDATE, b, a, 0));
  bool pair = d->width[1] == 2 ? b == (a + 1) % 100 : d->width[1] == 4 && b == a + 1;
  if (d->width[0] == 4 && pair) { // a season: "2022/23", "2022/2023"
    Reading r = {.sym = SYM_YEARPAIR, .len = 1, .sets = 2};
    r.set[0] = (FieldSet){FIELD_YEAR, a}, r.set[1] = (FieldSet){FIELD_YY, b % 100};
    add_reading(self, r);
    if (mark == '/') r.sym = SYM_ISO, add_reading(self, r);
  }
  if (d->width[1] == 3 && d->width[0] <= 3 && (mark == '.' || mark == ',')) { // thousands
    Reading r = {.sym = SYM_DEC, .len = 1, .sets = 1, .value = a * 1000 + b, .digits = 6};
    r.set[0] = (FieldSet){FIELD_AMOUNT, r.value * 100};
    add_reading(self, r);
  } else if ((mark == '.' || mark == ',') && d->width[1] <= 2 && a < 10000000) {
    Reading r = {.sym = SYM_DEC, .len = 1, .sets = 1, .value = a, .digits = d->width[0]};
    r.set[0] = (FieldSet){FIELD_AMOUNT, a * 100 + (d->width[1] == 1 ? b * 10 : b)};
    add_reading(self, r);
  }
}

static void read_three_groups(AtomReader *self, const Digits *d)
{
  int32_t a = d->group[0], b = d->group[1], c = d->group[2], day, month;
  if (d->mark[1] != d->mark[2]) return;
  if (d->mark[1] == ':') {
    if (a > 24 || b > 59 || c > 59 || d->width[1] != 2 || d->width[2] != 2) return;
    Reading r = {.sym = SYM_CLOCK, .len = 1, .sets = 2};
    r.set[0] = (FieldSet){FIELD_HOUR, a}, r.set[1] = (FieldSet){FIELD_MINUTE, b};
    add_reading(self, r);
  } else if (d->width[0] == 4 && d->width[1] <= 2 && d->width[2] <= 2) {
    if (calendar_valid(a, b, c)) add_reading(self, date_reading(SYM_ISO, a, b, c));
  } else if (d->width[0] <= 2 && d->width[1] <= 2 && (d->width[2] == 4 || d->width[2] == 2)) {
    bool brief = d->width[2] == 2; // "23/2/22": which century is for the article's date to say
    if (d->mark[1] == ',' || !day_month(self->lex, d->mark[1], a, b, &day, &month)) return;
    if (!calendar_valid(brief ? 2000 + c : c, month, day)) return;
    Reading r = date_reading(SYM_NDATE, brief ? -1 : c, month, day);
    if (brief) r.set[r.sets++] = (FieldSet){FIELD_YY, c};
    add_reading(self, r);
  }
}

// "20230417"
static void read_compact(AtomReader *self, const Digits *d)
{
  int32_t n = d->group[0];
  if (d->width[0] != 8 || n < 19000000 || n > 21001231) return;
  if (calendar_valid(n / 10000, n / 100 % 100, n % 100))
    add_reading(self, date_reading(SYM_ISO, n / 10000, n / 100 % 100, n % 100));
}

static void read_number(AtomReader *self, Str word)
{
  Digits d;
  if (!read_digits(word, &d)) return;
  if (d.count == 1 && d.width[0] <= 7) {
    Reading r = {.sym = SYM_INT, .len = 1, .sets = 1, .value = d.group[0], .digits = d.width[0]};
    r.set[0] = (FieldSet){FIELD_AMOUNT, d.group[0] * 100};
    add_reading(self, r);
  }
  if (d.count == 1) read_compact(self, &d);
  if (d.count == 2) read_two_groups(self, &d);
  if (d.count == 3) read_three_groups(self, &d);
}

// I, V and X up to 30: centuries; French has "XIXe".
static void read_roman(AtomReader *self, Str word)
{
  int32_t total = 0, before = 99;
  if (word.len > 1 && word.ptr[word.len - 1] == 'e') word.len--;
  if (!word.len || word.len > ROMAN_MOST) return;
  for (size_t i = 0; i < word.len; i++) {
    int32_t n = word.ptr[i] == 'x' ? 10 : word.ptr[i] == 'v' ? 5 : word.ptr[i] == 'i' ? 1 : 0;
    if (!n) return;
    total += n > before ? n - 2 * before : n;
    before = n;
  }
  Reading r = {.sym = SYM_ROMAN, .len = 1, .value = total, .digits = 2};
  add_reading(self, r);
}

// --- number words

static const LexNode *node_of(const AtomReader *self, Atom *atom)
{
  if (atom->node == NODE_UNKNOWN) atom->node = datelex_find(self->lex, 0, atom->hash);
  return &self->lex->nodes.items[atom->node];
}

// What the word by itself is.
static const Reading *single(const AtomReader *self, Atom *atom, uint16_t sym)
{
  const Readings *all = &node_of(self, atom)->readings;
  for (uint32_t i = 0; i < all->count; i++) {
    if (all->items[i]->sym == sym && all->items[i]->len == 1) return all->items[i];
  }
  return NULL;
}

static bool is_joiner(const Atom *atom)
{
  return atom->lower.len == 1 && atom->lower.ptr[0] == '-';
}

static bool is_and(const AtomReader *self, Atom *atom)
{
  return single(self, atom, SYM_AND) != NULL;
}

enum {
  NUMBER_WORDS_MOST = 6,
  NUMBER_MOST = 20000000, // what is more is no date, and would not fit when multiplied
  AFTER_MULTIPLIER = -1,  // NumberWords.last
  YEAR_TOKENS_MOST = 4    // "nineteen-ninety-seven"
};

typedef struct NumberWords { // a number in words, as far as it was read
  int32_t total;             // of its closed parts: thousands and more
  int32_t part;              // of what is below the next thousand
  int32_t last, first;       // the values of its last and first word
  uint32_t words;
  uint32_t end; // the atom behind it
} NumberWords;

static bool is_tens(int32_t value)
{
  return value >= 20 && value < 100 && value % 10 == 0;
}

// "hundred", "thousand", "million"
static void multiply(NumberWords *number, int32_t by)
{
  if (by >= 1000)
    number->total = (number->total + (number->part ? number->part : 1)) * by, number->part = 0;
  else
    number->part = (number->part ? number->part : 1) * by;
  number->last = AFTER_MULTIPLIER;
}

// Take the word `atom` into the number. False: the number ends before it.
static bool take_number_word(const AtomReader *self, Atom *atom, NumberWords *number)
{
  const Reading *num = single(self, atom, SYM_NUM),
                *mult = number->words ? single(self, atom, SYM_MULT) : NULL;
  if (mult) { // "thousand" is a number, too
    multiply(number, mult->value);
    return true;
  }
  bool fits =
      !number->words || number->last == AFTER_MULTIPLIER || (num && is_tens(number->last) && num->value < 10);
  if (!num || !fits) return false;
  number->part += num->value, number->last = num->value;
  return true;
}

// The number in words that begins at `at`. False: it is too large.
static bool spell_number(const AtomReader *self, uint32_t at, NumberWords *number)
{
  *number = (NumberWords){.end = at};
  for (uint32_t i = at; i < self->atoms.len && number->words < NUMBER_WORDS_MOST; i++) {
    Atom *atom = &self->atoms.items[i];
    if (number->words && is_joiner(atom)) continue;
    if (take_number_word(self, atom, number)) {
      bool multiplied = number->last == AFTER_MULTIPLIER;
      if (multiplied && (number->total > NUMBER_MOST || number->part > NUMBER_MOST)) return false;
      if (!number->words) number->first = number->part;
      number->words++, number->end = i + 1;
      continue;
    }
    bool two_thousand = number->last == AFTER_MULTIPLIER && number->total == 2000 && !number->part;
    if (!two_thousand || !is_and(self, atom)) break; // "two thousand and eighteen"
  }
  return true;
}

static void add_year_reading(AtomReader *self, uint32_t at, uint32_t end, int32_t year)
{
  Reading r = {.sym = SYM_YEARW, .len = (uint8_t)(end - at), .sets = 1, .value = year};
  r.set[0] = (FieldSet){FIELD_YEAR, year};
  add_reading(self, r);
}

// A year in two parts: "nineteen ninety-seven", of which `first` was read, up to `end`.
static void read_halved_year(AtomReader *self, uint32_t at, uint32_t end, int32_t first)
{
  int32_t rest = 0;
  for (uint32_t i = end; i < self->atoms.len && i < at + YEAR_TOKENS_MOST; i++) {
    if (is_joiner(&self->atoms.items[i])) continue;
    const Reading *num = single(self, &self->atoms.items[i], SYM_NUM);
    if (!num || num->value > 99 || (rest && (rest % 10 || num->value > 9))) break;
    rest += num->value;
    end = i + 1;
    if (rest < 20 || rest % 10) break;
  }
  if (rest >= 10) add_year_reading(self, at, end, first * 100 + rest);
}

// The number words from `at`: "two hundred", "twenty-three", "fem tusen". Also years in two parts, "nineteen
// ninety-seven".
static void read_number_words(AtomReader *self, uint32_t at)
{
  NumberWords number;
  if (!spell_number(self, at, &number)) return;
  int32_t value = number.total + number.part;
  uint32_t end = number.end;
  const Reading *ordinal = end < self->atoms.len ? single(self, &self->atoms.items[end], SYM_ORD) : NULL;
  if (ordinal && ordinal->value < 10 && is_tens(number.last)) { // "twenty second"
    Reading r = {.sym = SYM_ORD, .len = (uint8_t)(end + 1 - at), .value = value + ordinal->value};
    add_reading(self, r);
  }
  if (number.words > 1 && number.total == 2000 && number.part > 0 && number.part < 100)
    add_year_reading(self, at, end, value);
  if (number.words > 1 && end - at < 256) {
    Reading r = {.sym = SYM_NUM, .len = (uint8_t)(end - at), .value = value};
    add_reading(self, r);
  }
  if (number.first >= 16 && number.first <= 20 && end == at + 1) // the hundreds of a year
    read_halved_year(self, at, end, number.first);
}

// --- readings

static bool case_fits(const AtomReader *self, const Reading *r, const Atom *atom)
{
  if (r->letters == LETTERS_ANY) return true;
  const Token *token = &self->tokens->items[atom->token];
  uint32_t cp = 0;
  utf8_decode(self->text.ptr + atom->start, self->text.ptr + self->text.len, &cp);
  if (r->letters == LETTERS_CAPITAL) return utf8_is_upper(cp);
  return !utf8_is_upper(cp) || token->flags & (TOKEN_FIRST | TOKEN_ALL_CAPS | TOKEN_LINE_START);
}

static void add_lex_reading(AtomReader *self, const Reading *r, const Atom *atom)
{
  if (case_fits(self, r, atom)) {
    vec_push_in(self->scratch, &self->found, r);
  } else if (r->sym == SYM_MONTH || r->sym == SYM_WEEKDAY || r->sym == SYM_MONTHAMB) {
    Reading weak = *r;
    weak.sym = r->sym == SYM_MONTH ? SYM_MONTHAMB : r->sym == SYM_WEEKDAY ? SYM_WDAYAB : SYM_MONTHAB;
    add_reading(self, weak);
  }
}

static uint16_t child_of(const AtomReader *self, uint16_t node, size_t at)
{
  if (!node || !self->lex->nodes.items[node].has_children || at >= self->atoms.len) return 0;
  const Atom *atom = &self->atoms.items[at];
  return datelex_find(self->lex, node, atom->hash);
}

// The forms that begin at `at`, `next` being the node of the first one's second word.
static void read_lexicon(AtomReader *self, uint32_t at, uint16_t next)
{
  const Atom *atom = &self->atoms.items[at];
  for (uint16_t node = atom->node; node; at++) {
    const Readings *all = &self->lex->nodes.items[node].readings;
    for (uint32_t i = 0; i < all->count; i++) add_lex_reading(self, all->items[i], atom);
    node = next;
    next = node ? child_of(self, node, at + 2) : 0;
  }
}

typedef struct FoundReadings { // of one atom, in one piece
  Readings readings;
  SymSet syms;
  const Reading *items[];
} FoundReadings;

static const Readings *keep_found(AtomReader *self)
{
  size_t count = self->found.len;
  FoundReadings *kept = arena_alloc(self->scratch, sizeof *kept + count * sizeof kept->items[0]);
  kept->syms = (SymSet){{0}};
  for (size_t i = 0; i < count; i++) {
    kept->items[i] = self->found.items[i];
    symset_add(&kept->syms, kept->items[i]->sym);
  }
  kept->readings = (Readings){kept->items, &kept->syms, (uint32_t)count};
  return &kept->readings;
}

const Readings *dateatom_read(AtomReader *self, uint32_t at)
{
  Atom *atom = &self->atoms.items[at];
  const LexNode *node = node_of(self, atom);
  char c = atom->lower.ptr[0];
  uint16_t next = child_of(self, atom->node, at + 1);
  bool roman = (c == 'i' || c == 'v' || c == 'x') &&
               self->tokens->items[atom->token].flags & (TOKEN_ALL_CAPS | TOKEN_CAPITAL);
  if (node->simple && !next && !roman && !is_digit(c)) return atom->readings = &node->readings;
  self->found.len = 0;
  if (is_digit(c)) read_number(self, atom->lower);
  if (roman) read_roman(self, atom->lower);
  if (atom->node) read_lexicon(self, at, next);
  if (single(self, atom, SYM_NUM)) read_number_words(self, at);
  return atom->readings = keep_found(self);
}

// Whether a part of a token with marks in it is heavy.
static bool part_is_heavy(const DateLex *lex, const Token *token)
{
  if (token->flags & (TOKEN_HAS_DIGIT | TOKEN_NUMBER)) return true;
  Str lower = token->lower;
  for (size_t at = 0; at < lower.len;) {
    Str rest = str_slice(lower, at, lower.len);
    size_t len = (size_t)(dateatom_end(rest.ptr, rest.ptr + rest.len) - rest.ptr);
    Str word = str_slice(rest, 0, len);
    if (memchr(word.ptr, CURLY[0], word.len)) return true; // too rare to look at
    if (marks_of(lex, str_hash(word), word) & WORD_HEAVY) return true;
    bool points = dateatom_has_inner_point(rest);
    if (points && marks_of(lex, str_hash(rest), rest) & WORD_HEAVY) return true;
    at += len;
  }
  return false;
}

static bool is_heavy(const DateLex *lex, const Token *token)
{
  if (datelex_marks(lex, token->hash) & WORD_HEAVY) return true;
  return token->flags & CUT_FLAGS && part_is_heavy(lex, token);
}

bool dateatom_any(const DateLex *lex, const TokenVec *tokens)
{
  for (size_t i = 0; i < tokens->len; i++) {
    if (is_heavy(lex, &tokens->items[i])) return true;
  }
  return false;
}

void dateatom_cut(AtomReader *self)
{
  const TokenVec *tokens = self->tokens;
  AtomVec *out = &self->atoms;
  out->cap = tokens->len + tokens->len / 8 + 8;
  out->items = arena_alloc(self->scratch, size_mul(out->cap, sizeof *out->items));
  for (uint32_t i = 0; i < tokens->len; i++) {
    const Token *token = &tokens->items[i];
    if (!token->lower.len) continue;
    if (token->flags & CUT_FLAGS) {
      split_token(self, token, i);
      continue;
    }
    bool curly = token->flags & TOKEN_PUNCT && is_curly(token->lower);
    Str lower = curly ? STR("'") : token->lower;
    Atom *atom = add_atom(self, lower, curly ? str_hash(lower) : token->whole_hash);
    atom->start = token->start;
    atom->end = token->end;
    atom->token = i;
    atom->spaced = token->flags & TOKEN_SPACE_BEFORE;
  }
}
