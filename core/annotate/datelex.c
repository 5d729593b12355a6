// The lexicon is a trie over words in one hash table keyed by (parent node, word): the root's children are
// looked up once per atom, and only words that begin a longer form are followed further. Numbers are read
// here too: digits with their marks ("2023-04-17", "4.40", "1,5"), number words put together ("two hundred",
// "nineteen ninety-seven").
#include "annotate/dates_p.h"
#include "base/table.h"
#include "base/utf8.h"

struct LexNode {
  Str word;
  uint32_t parent, hash;
  uint32_t first; // reading + 1; 0: none
  bool has_children;
};

// --- table cells
// -------------------------------------------------------------------------------------------------------

bool date_field_of(Str name, uint8_t *field)
{
  static const char *const names[FIELD_COUNT] = {
      "year",   "yy",      "month",   "day",      "weekday", "week",   "quarter", "half",
      "season", "decade",  "century", "hundreds", "dayref",  "rel",    "unit",    "amount",
      "dir",    "anaphor", "part",    "hour",     "minute",  "minoff", "ampm",    "mod",
      "quant",  "freq",    "ref",     "holiday",  "nth",     "bare",   "tense",   "era",
      "plural", "halves",  "option",  "amount2",  "unit2",   "range"};
  for (uint8_t i = 0; i < FIELD_COUNT; i++) {
    if (str_is(name, names[i])) return *field = i, true;
  }
  return false;
}

bool date_field_fits(uint8_t field, int32_t value, uint8_t digits)
{
  switch (field) {
  case FIELD_DAY:
    return value >= 1 && value <= 31 && digits <= 2;
  case FIELD_MONTH:
    return value >= 1 && value <= 12 && digits <= 2;
  case FIELD_HOUR:
    return value >= 0 && value <= 24 && digits <= 2;
  case FIELD_MINUTE:
    return value >= 0 && value <= 59 && digits != 1;
  case FIELD_MINOFF:
    return value > 0 && value < 60;
  case FIELD_YEAR:
    return (digits == 4 || digits == 0) && value >= 1000 && value < 3000;
  case FIELD_YY:
    return digits == 2;
  case FIELD_WEEK:
    return value >= 1 && value <= 53;
  case FIELD_QUARTER:
    return value >= 1 && value <= 4;
  case FIELD_HALF:
    return value == 1 || value == 2;
  case FIELD_CENTURY:
    return value >= 1 && value <= 30;
  case FIELD_DECADE:
    return value % 10 == 0 && (value % 100 || value == 2000) &&
           (value < 100 || (value >= 1000 && value < 3000));
  case FIELD_HUNDREDS:
    return value % 100 == 0 && value >= 100 && value < 3000;
  default:
    return true;
  }
}

bool date_value_of(Str cell, int32_t *value)
{
  if (!cell.len) return false;
  bool minus = cell.ptr[0] == '-', sign = minus || cell.ptr[0] == '+';
  int32_t n = 0;
  if (sign || (cell.ptr[0] >= '0' && cell.ptr[0] <= '9')) {
    for (size_t i = sign; i < cell.len; i++) {
      if (cell.ptr[i] < '0' || cell.ptr[i] > '9' || n > 10000000) return false;
      n = n * 10 + (cell.ptr[i] - '0');
    }
    *value = minus ? -n : n;
    return true;
  }
  if (cell.len > 4) return false;
  for (size_t i = 0; i < cell.len; i++) n = n << 8 | (unsigned char)cell.ptr[i];
  *value = n;
  return true;
}

bool date_sets_of(Str cell, uint8_t only, FieldSet *set, uint8_t *sets)
{
  *sets = 0;
  while (cell.len) {
    Str value = str_cut(&cell, ' ');
    if (*sets == 4) return false;
    FieldSet *to = &set[*sets];
    if (memchr(value.ptr, '=', value.len)) {
      Str name = str_cut(&value, '=');
      if (!date_field_of(name, &to->field)) return false;
    } else if (only == FIELD_COUNT) {
      return false;
    } else {
      to->field = only;
    }
    if (!date_value_of(value, &to->value)) return false;
    if (to->field == FIELD_AMOUNT && str_is(value, "X")) to->value = AMOUNT_VAGUE;
    ++*sets;
  }
  return true;
}

// --- building
// ----------------------------------------------------------------------------------------------------------

static uint32_t node_hash(uint32_t parent, uint32_t word)
{
  return (word ^ parent * 2654435761u) * 2246822519u;
}

// The index of the child, or of the free slot for it.
static uint32_t node_slot(const DateLex *lex, uint32_t parent, uint32_t hash, Str word)
{
  uint32_t at = node_hash(parent, hash) >> 7 & (lex->cap - 1);
  for (;; at = (at + 1) & (lex->cap - 1)) {
    const LexNode *node = &lex->nodes[at];
    if (at == 0) continue; // 0 is the root
    if (!node->word.ptr) return at;
    if (node->hash == hash && node->parent == parent && str_eq(node->word, word)) return at;
  }
}

static uint32_t node_find(const DateLex *lex, uint32_t parent, uint32_t hash, Str word)
{
  uint32_t at = node_slot(lex, parent, hash, word);
  return lex->nodes[at].word.ptr ? at : 0;
}

static uint32_t node_add(DateLex *lex, uint32_t parent, Str word)
{
  uint32_t hash = (uint32_t)str_hash(word);
  uint32_t at = node_slot(lex, parent, hash, word);
  if (!lex->nodes[at].word.ptr) {
    lex->nodes[at] = (LexNode){arena_dup(&lex->arena, word), parent, hash, 0, false};
    lex->nodes[parent].has_children = true;
    lex->len++;
  }
  return at;
}

uint16_t datelex_symbol(DateLex *lex, Str name)
{
  static const char *const fixed[SYM_FIRST_FREE] = {
      "",         "int",     "dec",     "num",    "ord",    "mult",    "clock",
      "clockdot", "iso",     "ndate",   "daymon", "roman",  "yearw",   "tense",
      "month",    "monthab", "weekday", "wdayab", "option", "ordsuf",  "dayslash",
      "monthamb", "andhalf", "to",      "and",    "det",    "between", "fn"};
  if (!lex->symbols.len) {
    for (size_t i = 0; i < SYM_FIRST_FREE; i++) {
      vec_push(&lex->symbols, str_of(fixed[i]));
      map_put(&lex->symbol_ids, str_of(fixed[i]), i);
    }
  }
  uint64_t known;
  if (map_get(&lex->symbol_ids, name, &known)) return (uint16_t)known;
  if (lex->symbols.len == SYM_MAX) return SYM_NONE;
  Str kept = arena_dup(&lex->arena, name);
  map_put(&lex->symbol_ids, kept, lex->symbols.len);
  vec_push(&lex->symbols, kept);
  return (uint16_t)(lex->symbols.len - 1);
}

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
static const char *atom_end(const char *p, const char *end)
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
  if (letters) return q < end ? q + apostrophe(q, end) : q;
  return p + utf8_decode(p, end, &cp);
}

// Inner points belong to a word ("a.m.", "f.kr."); one at the end is a mark of its own unless the word has
// inner ones.
static bool has_inner_point(Str form)
{
  return form.len > 2 && memchr(form.ptr, '.', form.len - 1) && !is_digit(form.ptr[0]);
}

bool datelex_word(DateLex *lex, Str form, Reading reading)
{
  uint32_t node = 0, atoms = 0;
  while (form.len) {
    Str word = str_cut(&form, ' ');
    if (!word.len) return false;
    bool whole = has_inner_point(word);
    while (word.len) {
      const char *end = whole ? word.ptr + word.len : atom_end(word.ptr, word.ptr + word.len);
      node = node_add(lex, node, (Str){word.ptr, (size_t)(end - word.ptr)});
      word = str_slice(word, (size_t)(end - word.ptr), word.len);
      atoms++;
    }
  }
  if (!node || atoms > 12) return false;
  reading.len = (uint8_t)atoms;
  vec_push(&lex->readings, reading);
  vec_push(&lex->next, lex->nodes[node].first);
  lex->nodes[node].first = (uint32_t)lex->readings.len;
  return true;
}

// Abbreviations are months only with a day or a year beside them; so are full names in the wrong case.
static uint8_t letters_of(Str flag)
{
  return str_is(flag, "cap") ? LETTERS_CAPITAL : str_is(flag, "low") ? LETTERS_LOWER : LETTERS_ANY;
}

static bool load_row(DateLex *lex, const Table *table, size_t row, Error *err)
{
  Str form = table_cell(table, row, 0), name = table_cell(table, row, 1), cell = table_cell(table, row, 2);
  Reading reading = {.letters = table->cols > 3 ? letters_of(table_cell(table, row, 3)) : LETTERS_ANY};
  uint8_t field = FIELD_COUNT;
  date_field_of(name, &field);
  if (str_is(name, "monthab") || str_is(name, "monthamb")) field = FIELD_MONTH;
  if (str_is(name, "wdayab") || str_is(name, "wdays") || str_is(name, "wdaydef") || str_is(name, "wdayrel"))
    field = FIELD_WEEKDAY;
  if (str_is(name, "partdef") || str_is(name, "setpart")) field = FIELD_PART;
  if (str_is(name, "art1")) field = FIELD_AMOUNT;
  reading.sym = datelex_symbol(lex, name);
  bool number = reading.sym == SYM_NUM || reading.sym == SYM_ORD || reading.sym == SYM_MULT;
  bool fine =
      number ? date_value_of(cell, &reading.value) : date_sets_of(cell, field, reading.set, &reading.sets);
  if (!fine || reading.sym == SYM_NONE)
    return error_set(err, ERR_FORMAT, "%s.%s.tsv: \"" STR_FMT "\": cannot read \"" STR_FMT "\"", table->name,
                     table->lang, STR_ARG(form), STR_ARG(cell));
  if (reading.sets) reading.value = reading.set[0].value;
  if (reading.sym == SYM_OPTION) {
    lex->month_first |= str_is(form, "month first");
    return true;
  }
  if (reading.sym == SYM_TENSE && form.len && form.ptr[0] == '-') {
    vec_push(&lex->suffixes, str_slice(form, 1, form.len));
    vec_push(&lex->suffix_tense, reading.value);
    return true;
  }
  if (str_is(name, "counted") && form.len && form.ptr[0] == '-') {
    vec_push(&lex->plurals, str_slice(form, 1, form.len));
    return true;
  }
  if (!datelex_word(lex, form, reading))
    return error_set(err, ERR_FORMAT, "%s.%s.tsv: \"" STR_FMT "\" is no form", table->name, table->lang,
                     STR_ARG(form));
  return true;
}

// Nynorsk is read with the words of Bokmål beside its own.
bool datelex_load(DateLex *lex, Lang lang, Error *err)
{
  static const char *const names[] = {"date_cldr", "date_words", "date_numbers"};
  const char *codes[] = {lang_code(lang), lang == LANG_NN ? "nb" : ""};
  lex->cap = 8192;
  lex->nodes = xcalloc(lex->cap, sizeof *lex->nodes);
  for (size_t c = 0; c < ARRAY_LEN(codes); c++) {
    for (size_t n = 0; n < ARRAY_LEN(names); n++) {
      const Table *table = *codes[c] ? table_find(names[n], codes[c]) : NULL;
      for (size_t row = 0; table && row < table->rows; row++) {
        if (lex->len > lex->cap / 2) return error_set(err, ERR_FORMAT, "%s: too many words", lang_code(lang));
        if (!load_row(lex, table, row, err)) return false;
      }
    }
  }
  datelex_symbol(lex, STR("int")); // the fixed ones, also where a language has no table
  return true;
}

void datelex_release(DateLex *lex)
{
  free(lex->nodes);
  vec_release(&lex->readings);
  vec_release(&lex->next);
  vec_release(&lex->symbols);
  map_release(&lex->symbol_ids);
  vec_release(&lex->suffixes);
  vec_release(&lex->suffix_tense);
  vec_release(&lex->plurals);
  arena_release(&lex->arena);
}

// --- atoms
// -------------------------------------------------------------------------------------------------------------

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

static void add_atom(const DateLex *lex, Atom atom, uint32_t hash, Arena *scratch, AtomList *out)
{
  atom.node = node_find(lex, 0, hash, atom.lower);
  if (atom.node || is_digit(atom.lower.ptr[0])) out->any = true;
  vec_push_in(scratch, &out->atoms, atom);
}

static bool is_plain(Str lower, uint32_t flags)
{
  if (flags & (TOKEN_HAS_DIGIT | TOKEN_HAS_HYPHEN | TOKEN_NUMBER)) return false;
  if (flags & TOKEN_PUNCT) return true;
  for (size_t i = 0; i < lower.len; i++) {
    char c = lower.ptr[i];
    if (c == '.' || c == '\'' || c == '\xE2' || c == '-' || c == '/') return false;
  }
  return true;
}

// Split a token with marks or digits in it. Lower case may change the length of a word: then its parts share
// its place.
static void split_token(const DateLex *lex, const Token *token, uint32_t index, Arena *scratch, AtomList *out)
{
  Str lower = token->lower;
  bool spaced = token->flags & TOKEN_SPACE_BEFORE, same = lower.len == token->end - token->start;
  Str bare = has_inner_point(lower) && str_ends(lower, STR(".")) ? lower : str_slice(lower, 0, lower.len);
  if (has_inner_point(bare) && node_find(lex, 0, token->hash, bare)) {
    add_atom(
        lex,
        (Atom){.start = token->start, .end = token->end, .lower = lower, .token = index, .spaced = spaced},
        token->hash, scratch, out);
    return;
  }
  for (size_t at = 0; at < lower.len;) {
    size_t end = (size_t)(atom_end(lower.ptr + at, lower.ptr + lower.len) - lower.ptr);
    Str rest = str_slice(lower, at, lower.len); // "8p.m."
    if (at && has_inner_point(rest) && node_find(lex, 0, (uint32_t)str_hash(rest), rest)) end = lower.len;
    Str word = without_curly(scratch, str_slice(lower, at, end));
    Atom atom = {.start = same ? token->start + (uint32_t)at : token->start,
                 .end = same ? token->start + (uint32_t)end : token->end,
                 .lower = word,
                 .token = index,
                 .inside = at > 0,
                 .spaced = at == 0 && spaced};
    add_atom(lex, atom, (uint32_t)str_hash(word), scratch, out);
    at = end;
  }
}

// --- numbers
// -----------------------------------------------------------------------------------------------------------

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

static Reading *add_reading(Arena *scratch, AtomList *out, Reading reading)
{
  Reading *kept = arena_alloc(scratch, sizeof *kept);
  *kept = reading;
  vec_push_in(scratch, &out->readings, kept);
  return kept;
}

static Reading date_reading(uint16_t sym, int32_t year, int32_t month, int32_t day)
{
  Reading r = {.sym = sym, .len = 1};
  if (year >= 0) r.set[r.sets++] = (FieldSet){FIELD_YEAR, year};
  r.set[r.sets++] = (FieldSet){FIELD_MONTH, month};
  if (day > 0) r.set[r.sets++] = (FieldSet){FIELD_DAY, day};
  return r;
}

static int32_t full_year(int32_t year, uint8_t width)
{
  return width == 4 ? year : year < 50 ? 2000 + year : 1900 + year;
}

// d/m or m/d by the language, unless only one is possible.
static bool day_month(const DateLex *lex, int32_t a, int32_t b, int32_t *day, int32_t *month)
{
  bool swap = lex->month_first ? a <= 12 : b > 12;
  *day = swap ? b : a, *month = swap ? a : b;
  return *month >= 1 && *month <= 12 && *day >= 1 && *day <= 31;
}

static void read_two_groups(const DateLex *lex, const Digits *d, Arena *scratch, AtomList *out)
{
  int32_t a = d->group[0], b = d->group[1], day, month;
  char mark = d->mark[1];
  bool short_pair = d->width[0] <= 2 && d->width[1] <= 2;
  if ((mark == ':' || mark == '.') && short_pair && d->width[1] == 2 && a <= 24 && b <= 59) {
    Reading r = {.sym = mark == ':' ? SYM_CLOCK : SYM_CLOCKDOT, .len = 1, .sets = 2};
    r.set[0] = (FieldSet){FIELD_HOUR, a}, r.set[1] = (FieldSet){FIELD_MINUTE, b};
    add_reading(scratch, out, r);
  }
  bool halves = mark == '/' && a == 1 && b == 2;
  if (halves) { // "2 1/2 years"
    Reading r = {.sym = SYM_ANDHALF, .len = 1, .sets = 1};
    r.set[0] = (FieldSet){FIELD_HALVES, 2};
    add_reading(scratch, out, r);
  }
  if ((mark == '/' || (mark == '.' && !lex->month_first)) && short_pair && day_month(lex, a, b, &day, &month))
    add_reading(scratch, out, date_reading(mark == '/' ? SYM_DAYSLASH : SYM_DAYMON, -1, month, day));
  if ((mark == '-' || mark == '/') && d->width[0] == 4 && d->width[1] == 2 && b >= 1 && b <= 12)
    add_reading(scratch, out, date_reading(SYM_ISO, a, b, 0));
  if (mark == '/' && d->width[1] == 4 && d->width[0] <= 2 && a >= 1 && a <= 12)
    add_reading(scratch, out, date_reading(SYM_NDATE, b, a, 0));
  if (d->width[1] == 3 && d->width[0] <= 3 && (mark == '.' || mark == ',')) { // thousands
    Reading r = {.sym = SYM_DEC, .len = 1, .sets = 1, .value = a * 1000 + b, .digits = 6};
    r.set[0] = (FieldSet){FIELD_AMOUNT, r.value * 100};
    add_reading(scratch, out, r);
  } else if ((mark == '.' || mark == ',') && d->width[1] <= 2 && a < 10000000) {
    Reading r = {.sym = SYM_DEC, .len = 1, .sets = 1, .value = a, .digits = d->width[0]};
    r.set[0] = (FieldSet){FIELD_AMOUNT, a * 100 + (d->width[1] == 1 ? b * 10 : b)};
    add_reading(scratch, out, r);
  }
}

static void read_three_groups(const DateLex *lex, const Digits *d, Arena *scratch, AtomList *out)
{
  int32_t a = d->group[0], b = d->group[1], c = d->group[2], day, month;
  if (d->mark[1] != d->mark[2]) return;
  if (d->mark[1] == ':') {
    if (a > 24 || b > 59 || c > 59 || d->width[1] != 2 || d->width[2] != 2) return;
    Reading r = {.sym = SYM_CLOCK, .len = 1, .sets = 2};
    r.set[0] = (FieldSet){FIELD_HOUR, a}, r.set[1] = (FieldSet){FIELD_MINUTE, b};
    add_reading(scratch, out, r);
  } else if (d->width[0] == 4 && d->width[1] <= 2 && d->width[2] <= 2) {
    if (calendar_valid(a, b, c)) add_reading(scratch, out, date_reading(SYM_ISO, a, b, c));
  } else if (d->width[0] <= 2 && d->width[1] <= 2 && (d->width[2] == 4 || d->width[2] == 2)) {
    int32_t year = full_year(c, d->width[2]);
    if (d->mark[1] != ',' && day_month(lex, a, b, &day, &month) && calendar_valid(year, month, day))
      add_reading(scratch, out, date_reading(SYM_NDATE, year, month, day));
  }
}

// "20230417"
static void read_compact(const Digits *d, Arena *scratch, AtomList *out)
{
  int32_t n = d->group[0];
  if (d->width[0] != 8 || n < 19000000 || n > 21001231) return;
  if (calendar_valid(n / 10000, n / 100 % 100, n % 100))
    add_reading(scratch, out, date_reading(SYM_ISO, n / 10000, n / 100 % 100, n % 100));
}

static void read_number(const DateLex *lex, Str word, Arena *scratch, AtomList *out)
{
  Digits d;
  if (!read_digits(word, &d)) return;
  if (d.count == 1 && d.width[0] <= 7) {
    Reading r = {.sym = SYM_INT, .len = 1, .sets = 1, .value = d.group[0], .digits = d.width[0]};
    r.set[0] = (FieldSet){FIELD_AMOUNT, d.group[0] * 100};
    add_reading(scratch, out, r);
  }
  if (d.count == 1) read_compact(&d, scratch, out);
  if (d.count == 2) read_two_groups(lex, &d, scratch, out);
  if (d.count == 3) read_three_groups(lex, &d, scratch, out);
}

// I, V and X up to 30: centuries.
static void read_roman(Str word, Arena *scratch, AtomList *out)
{
  int32_t total = 0, before = 99;
  if (!word.len || word.len > 6) return;
  for (size_t i = 0; i < word.len; i++) {
    int32_t n = word.ptr[i] == 'x' ? 10 : word.ptr[i] == 'v' ? 5 : word.ptr[i] == 'i' ? 1 : 0;
    if (!n) return;
    total += n > before ? n - 2 * before : n;
    before = n;
  }
  Reading r = {.sym = SYM_ROMAN, .len = 1, .value = total, .digits = 2};
  add_reading(scratch, out, r);
}

// --- number words
// ------------------------------------------------------------------------------------------------------

static const Reading *single(const DateLex *lex, const Atom *atom, uint16_t sym)
{
  for (uint32_t r = atom->node ? lex->nodes[atom->node].first : 0; r; r = lex->next.items[r - 1]) {
    const Reading *reading = &lex->readings.items[r - 1];
    if (reading->sym == sym && reading->len == 1) return reading;
  }
  return NULL;
}

static bool is_joiner(const Atom *atom)
{
  return atom->lower.len == 1 && atom->lower.ptr[0] == '-';
}

// The number words from `at`: "two hundred", "twenty-three", "fem tusen". Also years in two parts, "nineteen
// ninety-seven".
static void read_number_words(const DateLex *lex, uint32_t at, Arena *scratch, AtomList *out)
{
  const Atom *atoms = out->atoms.items;
  int32_t total = 0, part = 0, last = 0, first = 0;
  uint32_t i = at, words = 0, end = at;
  for (; i < out->atoms.len && words < 6; i++) {
    if (words && is_joiner(&atoms[i])) continue;
    const Reading *num = single(lex, &atoms[i], SYM_NUM),
                  *mult = words ? single(lex, &atoms[i], SYM_MULT) : NULL;
    if (num) {
      bool tens = last >= 20 && last < 100 && last % 10 == 0 && num->value < 10;
      if (words && !tens && last != -1) break;
      part += num->value, last = num->value;
    } else if (mult) {
      if (mult->value >= 1000)
        total = (total + (part ? part : 1)) * mult->value, part = 0;
      else
        part = (part ? part : 1) * mult->value;
      if (total > 20000000 || part > 20000000) return;
      last = -1;
    } else {
      break;
    }
    if (!words) first = part;
    words++, end = i + 1;
  }
  const Reading *ordinal = end < out->atoms.len ? single(lex, &atoms[end], SYM_ORD) : NULL;
  if (ordinal && ordinal->value < 10 && last >= 20 && last < 100 && last % 10 == 0) { // "twenty second"
    Reading r = {.sym = SYM_ORD, .len = (uint8_t)(end + 1 - at), .value = total + part + ordinal->value};
    add_reading(scratch, out, r);
  }
  if (words > 1 && end - at < 256) {
    Reading r = {.sym = SYM_NUM, .len = (uint8_t)(end - at), .value = total + part};
    add_reading(scratch, out, r);
  }
  if (first >= 16 && first <= 20 && end == at + 1) { // the hundreds of a year
    int32_t rest = 0;
    for (i = end; i < out->atoms.len && i < at + 4; i++) {
      if (is_joiner(&atoms[i])) continue;
      const Reading *num = single(lex, &atoms[i], SYM_NUM);
      if (!num || num->value > 99 || (rest && (rest % 10 || num->value > 9))) break;
      rest += num->value;
      end = i + 1;
      if (rest < 20 || rest % 10) break;
    }
    if (rest < 10) return;
    Reading r = {.sym = SYM_YEARW, .len = (uint8_t)(end - at), .sets = 1, .value = first * 100 + rest};
    r.set[0] = (FieldSet){FIELD_YEAR, r.value};
    add_reading(scratch, out, r);
  }
}

// --- readings
// ----------------------------------------------------------------------------------------------------------

static bool case_fits(const Reading *r, Str text, const TokenVec *tokens, const Atom *atom)
{
  if (r->letters == LETTERS_ANY) return true;
  const Token *token = &tokens->items[atom->token];
  uint32_t cp = 0;
  utf8_decode(text.ptr + atom->start, text.ptr + text.len, &cp);
  if (r->letters == LETTERS_CAPITAL) return utf8_is_upper(cp);
  return !utf8_is_upper(cp) || token->flags & (TOKEN_FIRST | TOKEN_ALL_CAPS | TOKEN_LINE_START);
}

static void push_lex_reading(const Reading *r, Str text, const TokenVec *tokens, const Atom *atom,
                             Arena *scratch, AtomList *out)
{
  if (case_fits(r, text, tokens, atom)) {
    vec_push_in(scratch, &out->readings, r);
  } else if (r->sym == SYM_MONTH || r->sym == SYM_WEEKDAY || r->sym == SYM_MONTHAMB) {
    Reading weak = *r;
    weak.sym = r->sym == SYM_MONTH ? SYM_MONTHAMB : r->sym == SYM_WEEKDAY ? SYM_WDAYAB : SYM_MONTHAB;
    add_reading(scratch, out, weak);
  }
}

static void read_lexicon(const DateLex *lex, uint32_t at, Str text, const TokenVec *tokens, Arena *scratch,
                         AtomList *out)
{
  const Atom *atoms = out->atoms.items;
  uint32_t node = atoms[at].node;
  for (uint32_t i = at; node;) {
    for (uint32_t r = lex->nodes[node].first; r; r = lex->next.items[r - 1])
      push_lex_reading(&lex->readings.items[r - 1], text, tokens, &atoms[at], scratch, out);
    if (!lex->nodes[node].has_children || ++i >= out->atoms.len) break;
    node = node_find(lex, node, (uint32_t)str_hash(atoms[i].lower), atoms[i].lower);
  }
}

void datelex_read(const DateLex *lex, Str text, const TokenVec *tokens, Arena *scratch, AtomList *out)
{
  for (uint32_t i = 0; i < tokens->len; i++) {
    const Token *token = &tokens->items[i];
    if (!token->lower.len) continue;
    if (is_plain(token->lower, token->flags)) {
      bool spaced = token->flags & TOKEN_SPACE_BEFORE;
      add_atom(
          lex,
          (Atom){
              .start = token->start, .end = token->end, .lower = token->lower, .token = i, .spaced = spaced},
          token->hash, scratch, out);
    } else {
      split_token(lex, token, i, scratch, out);
    }
  }
  if (!out->any) return;
  for (uint32_t at = 0; at < out->atoms.len; at++) {
    Atom *atom = &out->atoms.items[at];
    atom->first = (uint32_t)out->readings.len;
    bool number = is_digit(atom->lower.ptr[0]);
    if (number) read_number(lex, atom->lower, scratch, out);
    if (tokens->items[atom->token].flags & (TOKEN_ALL_CAPS | TOKEN_CAPITAL))
      read_roman(atom->lower, scratch, out);
    if (atom->node) {
      read_lexicon(lex, at, text, tokens, scratch, out);
      if (single(lex, atom, SYM_NUM)) read_number_words(lex, at, scratch, out);
    }
    atom->count = (uint32_t)out->readings.len - atom->first;
    for (uint32_t i = 0; i < atom->count; i++)
      symset_add(&atom->syms, out->readings.items[atom->first + i]->sym);
  }
}
