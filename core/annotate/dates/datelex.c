// The lexicon is a trie over words in one hash table keyed by (parent node, word): the root's children are
// looked up once per atom, and only words that begin a longer form are followed further. Most words of an
// article are in no form at all: a byte per hash says so without a look at the table. When all words are in,
// datelex_seal() lays the readings of each node side by side, so that an atom can borrow them.
#include "annotate/dates/dates_p.h"
#include "base/table.h"
#include "base/utf8.h"

// --- table cells

bool date_field_of(Str name, uint8_t *field)
{
  static const char *const names[FIELD_COUNT] = {
      "year",    "yy",      "month",    "day",    "weekday", "week",   "quarter", "half",   "season",
      "decade",  "century", "hundreds", "dayref", "rel",     "unit",   "amount",  "dir",    "anaphor",
      "part",    "hour",    "minute",   "minoff", "ampm",    "mod",    "quant",   "freq",   "ref",
      "holiday", "nth",     "bare",     "tense",  "era",     "plural", "halves",  "option", "amount2",
      "unit2",   "amount3", "unit3",    "range",  "shift",   "open",   "anno",    "listed", "opens"};
  for (uint8_t i = 0; i < FIELD_COUNT; i++) {
    if (name.len && name.ptr[0] == names[i][0] && str_is(name, names[i])) return *field = i, true;
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
  case FIELD_ANNO:
    return value >= 1 && value <= 9999;
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

enum { NODE_SLOTS = 1 << 12, NODES_MOST = NODE_SLOTS * 3 / 4 };

static void add_marks(DateLex *lex, uint64_t hash, uint8_t marks)
{
  lex->marks[hash & (ARRAY_LEN(lex->marks) - 1)] |= marks;
  lex->marks[hash >> 14 & (ARRAY_LEN(lex->marks) - 1)] |= marks;
}

// A slot is 48 bits of the key and the node, which is not 0. A word of the text is told from all others by
// these bits and its place: its bytes and the node's lie far apart, and would have to be waited for.
static uint64_t slot_key(uint16_t parent, uint64_t hash)
{
  uint64_t key = (hash ^ parent) * 0x9e3779b97f4a7c15u;
  return key ^ key >> 32;
}

// The slot of the child, or the free one for it.
static uint64_t node_slot(const DateLex *lex, uint64_t key)
{
  uint64_t at = key & (NODE_SLOTS - 1);
  while (lex->slots[at] && (lex->slots[at] ^ key) >> 16) at = (at + 1) & (NODE_SLOTS - 1);
  return at;
}

uint16_t datelex_find(const DateLex *lex, uint16_t parent, uint64_t hash)
{
  return (uint16_t)lex->slots[node_slot(lex, slot_key(parent, hash))];
}

static uint16_t node_add(DateLex *lex, uint16_t parent, Str word)
{
  uint64_t hash = str_hash(word), key = slot_key(parent, hash), at = node_slot(lex, key);
  if (lex->slots[at]) return (uint16_t)lex->slots[at];
  lex->slots[at] = (key & ~(uint64_t)UINT16_MAX) | lex->nodes.len;
  lex->nodes.items[parent].has_children = true;
  add_marks(lex, hash, parent ? WORD_KNOWN : WORD_KNOWN | WORD_OPENS);
  vec_push(&lex->nodes, (LexNode){.word = arena_dup(&lex->arena, word), .parent = parent, .hash = hash});
  return (uint16_t)lex->slots[at];
}

uint16_t datelex_symbol(DateLex *lex, Str name)
{
  static const char *const fixed[SYM_FIRST_FREE] = {
      "",       "int",    "dec",      "num",      "ord",     "mult",  "clock",     "clockdot",   "iso",
      "ndate",  "daymon", "roman",    "yearw",    "tense",   "month", "monthab",   "weekday",    "wdayab",
      "option", "ordsuf", "dayslash", "monthamb", "andhalf", "to",    "and",       "det",        "between",
      "fn",     "open",   "prep",     "of",       "yprep",   "adv",   "edge",      "rel",        "fromw",
      "half",   "or",     "yearpair", "counted",  "sub",     "dem",   "firstname", "participle", "extreme"};
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

bool datelex_word(DateLex *lex, Str form, Reading reading)
{
  uint16_t node = 0;
  uint32_t atoms = 0;
  while (form.len) {
    Str word = str_cut(&form, ' ');
    if (!word.len) return false;
    bool whole = dateatom_has_inner_point(word);
    while (word.len) {
      const char *end = whole ? word.ptr + word.len : dateatom_end(word.ptr, word.ptr + word.len);
      node = node_add(lex, node, (Str){word.ptr, (size_t)(end - word.ptr)});
      word = str_slice(word, (size_t)(end - word.ptr), word.len);
      atoms++;
    }
  }
  if (!node || atoms > 12 || lex->readings.len == UINT16_MAX) return false;
  reading.len = (uint8_t)atoms;
  vec_push(&lex->readings, reading);
  vec_push(&lex->older, lex->nodes.items[node].newest);
  lex->nodes.items[node].newest = (uint16_t)lex->readings.len;
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
  if (reading.sym == SYM_PARTICIPLE || reading.sym == SYM_EXTREME) {
    Str tail = form, head = str_cut(&tail, '-');
    WordShapes *shapes = reading.sym == SYM_EXTREME ? &lex->extremes : &lex->participles;
    vec_push(shapes, (WordShape){head, tail, head.len == form.len});
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

// Nynorsk is read with the words of Bokmål beside its own; a few signs ("½") are every language's.
bool datelex_load(DateLex *lex, Lang lang, Error *err)
{
  static const char *const names[] = {"date_cldr", "date_words", "date_numbers"};
  const char *codes[] = {lang_code(lang), lang == LANG_NN ? "nb" : lang_code(lang), ""};
  lex->slots = xcalloc(NODE_SLOTS, sizeof *lex->slots);
  vec_push(&lex->nodes, (LexNode){.parent = 0});
  for (size_t c = 0; c < ARRAY_LEN(codes); c++) {
    if (c && codes[c] == codes[c - 1]) continue;
    for (size_t n = 0; n < ARRAY_LEN(names); n++) {
      const Table *table = table_find(names[n], codes[c]);
      for (size_t row = 0; table && row < table->rows; row++) {
        if (lex->nodes.len > NODES_MOST)
          return error_set(err, ERR_FORMAT, "%s: too many words", lang_code(lang));
        if (!load_row(lex, table, row, err)) return false;
      }
    }
  }
  datelex_symbol(lex, STR("int")); // the fixed ones, also where a language has no table
  return true;
}

static void seal_node(DateLex *lex, LexNode *node)
{
  node->simple = true;
  for (uint16_t r = node->newest; r; r = lex->older.items[r - 1]) node->readings.count++;
  const Reading **items = arena_alloc(&lex->arena, node->readings.count * sizeof *items);
  size_t count = 0;
  for (uint16_t r = node->newest; r; r = lex->older.items[r - 1]) {
    const Reading *reading = &lex->readings.items[r - 1];
    items[count++] = reading;
    symset_add(&node->syms, reading->sym);
    if (reading->letters != LETTERS_ANY || reading->sym == SYM_NUM) node->simple = false;
  }
  node->readings.items = items;
  node->readings.syms = &node->syms;
}

// "One" is an article in most languages, and no number to begin with.
static bool is_heavy(const Reading *reading, const SymSet *light)
{
  return reading->sym == SYM_NUM ? reading->value > 1 : !symset_has(light, reading->sym);
}

// How much a word tells: "fjol" more than "i", and nothing more than a word that is only light by itself.
static size_t telling(const DateLex *lex, const LexNode *node, const SymSet *light)
{
  const LexNode *alone = &lex->nodes.items[datelex_find(lex, 0, node->hash)];
  bool heavy = !alone->newest;
  for (uint16_t r = alone->newest; r && !heavy; r = lex->older.items[r - 1])
    heavy = is_heavy(&lex->readings.items[r - 1], light);
  return heavy ? node->word.len : 0;
}

// The most telling word of the form that ends at `node`.
static const LexNode *telling_word(const DateLex *lex, const LexNode *node, const SymSet *light)
{
  const LexNode *best = node;
  for (; node->parent; node = &lex->nodes.items[node->parent]) {
    const LexNode *before = &lex->nodes.items[node->parent];
    if (telling(lex, before, light) > telling(lex, best, light)) best = before;
  }
  return best;
}

void datelex_seal(DateLex *lex, const SymSet *light)
{
  for (size_t i = 0; i < lex->nodes.len; i++) {
    LexNode *node = &lex->nodes.items[i];
    seal_node(lex, node);
    for (uint32_t r = 0; r < node->readings.count; r++) {
      if (is_heavy(node->readings.items[r], light))
        add_marks(lex, telling_word(lex, node, light)->hash, WORD_HEAVY);
    }
  }
}

void datelex_release(DateLex *lex)
{
  free(lex->slots);
  vec_release(&lex->nodes);
  vec_release(&lex->readings);
  vec_release(&lex->older);
  vec_release(&lex->symbols);
  map_release(&lex->symbol_ids);
  vec_release(&lex->suffixes);
  vec_release(&lex->suffix_tense);
  vec_release(&lex->participles);
  vec_release(&lex->extremes);
  vec_release(&lex->plurals);
  arena_release(&lex->arena);
}
