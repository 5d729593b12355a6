// Patterns are regular expressions over symbols, compiled to a small program and run by backtracking: there
// are no loops in them, so a match is at most as long as its pattern, and a budget of steps bounds what
// alternatives can cost.
//
//   sym           a reading with this symbol; what it sets goes into the frame
//   sym:field     likewise, but its number goes into `field`, if it can be one (a day is 1 to 31)
//   "word"        this word
//   (a | b)  x?   choice, option;  {name}  a macro;  ~  no white space here
//   !sym          no such reading here
//   <  >          the expression begins here, ends here: what is outside is context
#include "annotate/dates_p.h"
#include "base/map.h"
#include "base/table.h"

enum { OP_SYM, OP_NOT, OP_SPLIT, OP_JUMP, OP_GLUE, OP_BEGIN, OP_END, OP_ACCEPT };
struct PatOp {
  uint8_t code;
  uint8_t field; // OP_SYM: FIELD_COUNT for none
  uint16_t sym;
  uint16_t next; // set: the symbols that may come here; 0: none are needed
  uint32_t to;   // OP_SPLIT: the other way; OP_JUMP; OP_ACCEPT: the pattern
};
enum { MAX_STEPS = 4000, MAX_DEPTH = 40, MAX_NESTING = 24 };

// --- compiling

typedef struct Macro {
  Str body;
  PatOp *ops; // compiled, with places counted from its own first one; NULL: not yet
  size_t len;
} Macro;

typedef struct Compiler {
  DatePat *pat;
  DateLex *lex;
  const Table *tables[3]; // where macros are looked for, in this order
  Map macros;             // name → index in `bodies`
  VEC_OF(Macro) bodies;
  VEC_OF(Str) sources; // [pattern] as the table has it
  const char *why;     // what is wrong; NULL: nothing
  int depth;
  Arena scratch;
} Compiler;

static void emit(Compiler *c, PatOp op)
{
  vec_push(&c->pat->ops, op);
}
static void compile_choice(Compiler *c, Str *s);

static void skip_space(Str *s)
{
  while (s->len && s->ptr[0] == ' ') *s = str_slice(*s, 1, s->len);
}

static bool is_name(char ch)
{
  return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
}

static Str take_name(Str *s)
{
  size_t n = 0;
  while (n < s->len && is_name(s->ptr[n])) n++;
  Str name = str_slice(*s, 0, n);
  *s = str_slice(*s, n, s->len);
  return name;
}

// The first definition of a macro holds: a language's own comes before the shared one.
static void find_macros(Compiler *c)
{
  for (size_t t = 0; t < ARRAY_LEN(c->tables); t++) {
    const Table *table = c->tables[t];
    for (size_t row = 0; table && row < table->rows; row++) {
      Str cell = table_cell(table, row, 0);
      if (!cell.len || cell.ptr[0] != '=') break; // they stand in front: '=' sorts before letters
      bool is_new;
      uint64_t *slot = map_slot(&c->macros, str_slice(cell, 1, cell.len), &is_new);
      if (!is_new) continue;
      *slot = c->bodies.len;
      vec_push(&c->bodies, (Macro){.body = table_cell(table, row, 1)});
    }
  }
}

// Move `len` operations' places by `by`.
static void move_ops(PatOp *ops, size_t len, size_t by)
{
  for (size_t i = 0; i < len; i++) {
    if (ops[i].code == OP_SPLIT || ops[i].code == OP_JUMP) ops[i].to += (uint32_t)by;
  }
}

// A macro is compiled once and copied from then on.
static void compile_macro(Compiler *c, Str name)
{
  uint64_t known;
  size_t from = c->pat->ops.len;
  if (!map_get(&c->macros, name, &known)) {
    c->why = "no such macro";
    return;
  }
  Macro *macro = &c->bodies.items[known];
  if (!macro->ops) {
    Str body = macro->body;
    if (++c->depth > MAX_NESTING) c->why = "macros nested too deep";
    if (!c->why) compile_choice(c, &body);
    c->depth--;
    macro->len = c->pat->ops.len - from;
    macro->ops = arena_copy(&c->scratch, c->pat->ops.items + from, macro->len * sizeof *macro->ops);
    move_ops(macro->ops, macro->len, 0 - from);
    return;
  }
  for (size_t i = 0; i < macro->len; i++) vec_push(&c->pat->ops, macro->ops[i]);
  move_ops(c->pat->ops.items + from, macro->len, from);
}

static void compile_word(Compiler *c, Str *s)
{
  size_t end = 1;
  while (end < s->len && s->ptr[end] != '"') end++;
  if (end == s->len) {
    c->why = "a quotation mark is missing";
    return;
  }
  Str quoted = str_slice(*s, 0, end + 1);
  *s = str_slice(*s, end + 1, s->len);
  size_t known = c->lex->symbols.len;
  uint16_t sym = datelex_symbol(c->lex, quoted);
  bool is_new = c->lex->symbols.len > known;
  if (sym == SYM_NONE)
    c->why = "too many symbols";
  else if (is_new && !datelex_word(c->lex, str_slice(quoted, 1, end), (Reading){.sym = sym}))
    c->why = "no word in quotes";
  emit(c, (PatOp){OP_SYM, FIELD_COUNT, sym, 0, 0});
}

static void compile_symbol(Compiler *c, Str *s)
{
  Str name = take_name(s);
  PatOp op = {OP_SYM, FIELD_COUNT, datelex_symbol(c->lex, name), 0, 0};
  if (!name.len || op.sym == SYM_NONE) {
    c->why = name.len ? "too many symbols" : "cannot be read";
    *s = (Str){NULL, 0};
    return;
  }
  if (s->len && s->ptr[0] == ':') {
    *s = str_slice(*s, 1, s->len);
    if (!date_field_of(take_name(s), &op.field)) c->why = "no such field";
  }
  emit(c, op);
}

// One thing with its `?`: a split goes in front of it, which moves its own jumps by one.
static void compile_item(Compiler *c, Str *s)
{
  size_t from = c->pat->ops.len;
  char ch = s->ptr[0];
  if (ch == '(' || ch == '{' || strchr("<>~!", ch)) *s = str_slice(*s, 1, s->len);
  if (ch == '<')
    emit(c, (PatOp){OP_BEGIN, 0, 0, 0, 0});
  else if (ch == '>')
    emit(c, (PatOp){OP_END, 0, 0, 0, 0});
  else if (ch == '~')
    emit(c, (PatOp){OP_GLUE, 0, 0, 0, 0});
  else if (ch == '!')
    emit(c, (PatOp){OP_NOT, 0, datelex_symbol(c->lex, take_name(s)), 0, 0});
  else if (ch == '"')
    compile_word(c, s);
  else if (ch == '{')
    compile_macro(c, take_name(s));
  else if (ch == '(')
    compile_choice(c, s);
  else
    compile_symbol(c, s);
  if (ch == '(' || ch == '{') {
    skip_space(s);
    if (!s->len || s->ptr[0] != (ch == '(' ? ')' : '}'))
      c->why = "a bracket is missing";
    else
      *s = str_slice(*s, 1, s->len);
  }
  if (!s->len || s->ptr[0] != '?') return;
  *s = str_slice(*s, 1, s->len);
  emit(c, (PatOp){0, 0, 0, 0, 0});
  PatOp *ops = c->pat->ops.items;
  size_t len = c->pat->ops.len;
  memmove(ops + from + 1, ops + from, (len - 1 - from) * sizeof *ops);
  ops[from] = (PatOp){OP_SPLIT, 0, 0, 0, (uint32_t)len};
  move_ops(ops + from + 1, len - from - 1, 1);
}

static void compile_choice(Compiler *c, Str *s)
{
  uint32_t ends[32];
  size_t end_count = 0;
  for (;;) {
    size_t from = c->pat->ops.len;
    for (skip_space(s); s->len && !c->why && !strchr("|)}", s->ptr[0]); skip_space(s)) compile_item(c, s);
    if (c->why || !s->len || s->ptr[0] != '|') break;
    if (end_count == ARRAY_LEN(ends)) {
      c->why = "too many choices";
      return;
    }
    *s = str_slice(*s, 1, s->len);
    emit(c, (PatOp){0, 0, 0, 0, 0});
    emit(c, (PatOp){OP_JUMP, 0, 0, 0, 0});
    PatOp *ops = c->pat->ops.items;
    size_t len = c->pat->ops.len;
    memmove(ops + from + 1, ops + from, (len - 2 - from) * sizeof *ops);
    ops[from] = (PatOp){OP_SPLIT, 0, 0, 0, (uint32_t)len};
    move_ops(ops + from + 1, len - from - 2, 1);
    ends[end_count++] = (uint32_t)len - 1;
  }
  for (size_t i = 0; i < end_count; i++) c->pat->ops.items[ends[i]].to = (uint32_t)c->pat->ops.len;
}

static bool family_of(Str name, uint8_t *family)
{
  static const char *const names[] = {"NONE", "DATE", "DURATION", "SET", "REF"};
  for (uint8_t i = 0; i < ARRAY_LEN(names); i++) {
    if (str_is(name, names[i])) return *family = i, true;
  }
  return false;
}

// Columns: family, expression, what the whole sets, rank.
static bool compile_row(Compiler *c, const Table *table, size_t row, Error *err)
{
  Str family = table_cell(table, row, 0), expr = table_cell(table, row, 1);
  Pattern pattern = {.entry = (uint32_t)c->pat->ops.len};
  int32_t rank = 0;
  if (family.len && family.ptr[0] == '=') return true;
  if (str_is(family, "LIGHT")) return true;
  if (!family_of(family, &pattern.family)) c->why = "no such family";
  if (table->cols > 2 && !date_sets_of(table_cell(table, row, 2), FIELD_COUNT, pattern.set, &pattern.sets))
    c->why = "its third column cannot be read";
  if (table->cols > 3 && table_cell(table, row, 3).len && !date_value_of(table_cell(table, row, 3), &rank))
    c->why = "its rank is no number";
  pattern.rank = (int16_t)rank;
  Str rest = expr;
  compile_choice(c, &rest);
  if (rest.len && !c->why) c->why = "a bracket too many";
  if (c->why)
    return error_set(err, ERR_FORMAT, "%s.%s.tsv: \"" STR_FMT "\": %s", table->name, table->lang,
                     STR_ARG(expr), c->why);
  emit(c, (PatOp){OP_ACCEPT, 0, 0, 0, (uint32_t)c->pat->patterns.len});
  vec_push(&c->pat->patterns, pattern);
  vec_push(&c->sources, expr);
  return true;
}

// --- what is too common
// -------------------------------------------------------------------------------------------------

// Rows of the family LIGHT name symbols that an expression may hold, but never without others.
static void add_light(Compiler *c, Str names)
{
  uint64_t sym;
  while (names.len) {
    if (map_get(&c->lex->symbol_ids, str_cut(&names, ' '), &sym)) symset_add(&c->pat->light, (uint16_t)sym);
  }
}

static void find_light(Compiler *c)
{
  for (size_t t = 0; t < ARRAY_LEN(c->tables); t++) {
    for (size_t row = 0; c->tables[t] && row < c->tables[t]->rows; row++) {
      if (str_is(table_cell(c->tables[t], row, 0), "LIGHT")) add_light(c, table_cell(c->tables[t], row, 1));
    }
  }
}

// Whether a pattern can match by light symbols alone: it would be found only where something heavy is near.
// Jumps go forward only, so one pass from the end knows.
static bool check_light(const Compiler *c, Error *err)
{
  const DatePat *pat = c->pat;
  bool *light = xcalloc(pat->ops.len + 1, sizeof *light),
       ok = true; // [operation] whether light ones lead to the end
  for (size_t pc = pat->ops.len; pc-- > 0;) {
    const PatOp *op = &pat->ops.items[pc];
    switch (op->code) {
    case OP_SYM:
      light[pc] = light[pc + 1] && symset_has(&pat->light, op->sym);
      break;
    case OP_SPLIT:
      light[pc] = light[pc + 1] || light[op->to];
      break;
    case OP_JUMP:
      light[pc] = light[op->to];
      break;
    case OP_ACCEPT:
      light[pc] = pat->patterns.items[op->to].family != FAMILY_NONE;
      break;
    default:
      light[pc] = light[pc + 1];
    }
  }
  for (size_t p = 0; ok && p < pat->patterns.len; p++) {
    if (light[pat->patterns.items[p].entry])
      ok = error_set(err, ERR_FORMAT, "\"" STR_FMT "\": can be light symbols alone",
                     STR_ARG(c->sources.items[p]));
  }
  free(light);
  return ok;
}

// --- what may come next

enum { SET_SLOTS = 1 << 13 };
typedef struct SetIndex { // equal sets are kept once
  uint16_t slots[SET_SLOTS];
} SetIndex;

static uint16_t keep_set(DatePat *pat, SetIndex *index, const SymSet *set)
{
  uint32_t at = (uint32_t)str_hash((Str){(const char *)set, sizeof *set}) & (SET_SLOTS - 1);
  for (; index->slots[at]; at = (at + 1) & (SET_SLOTS - 1)) {
    if (!memcmp(&pat->sets.items[index->slots[at]], set, sizeof *set)) return index->slots[at];
  }
  if (pat->sets.len > SET_SLOTS / 2) return 0; // no filter: slower, but right
  index->slots[at] = (uint16_t)pat->sets.len;
  vec_push(&pat->sets, *set);
  return index->slots[at];
}

static void join(SymSet *to, const SymSet *from)
{
  for (size_t i = 0; i < 4; i++) to->bits[i] |= from->bits[i];
}

// Jumps go forward only, so one pass from the end knows what follows. Set 0 stands for "may end here".
static void fill_next(DatePat *pat, SetIndex *index)
{
  vec_push(&pat->sets, (SymSet){{0}});
  for (size_t pc = pat->ops.len; pc-- > 0;) {
    PatOp *ops = pat->ops.items, *op = &ops[pc];
    SymSet set = {{0}};
    switch (op->code) {
    case OP_SYM:
      symset_add(&set, op->sym);
      op->next = keep_set(pat, index, &set);
      break;
    case OP_SPLIT:
      if (!ops[pc + 1].next || !ops[op->to].next) break;
      set = pat->sets.items[ops[pc + 1].next];
      join(&set, &pat->sets.items[ops[op->to].next]);
      op->next = keep_set(pat, index, &set);
      break;
    case OP_JUMP:
      op->next = ops[op->to].next;
      break;
    case OP_ACCEPT:
      break;
    default:
      op->next = ops[pc + 1].next;
    }
  }
}

typedef struct Opening { // a symbol that a pattern may open with
  uint16_t sym, pattern;
  bool ends;     // the pattern may end behind it
  SymSet second; // else what must follow
} Opening;
typedef VEC_OF(Opening) OpeningVec;

static Opening *opening_of(OpeningVec *all, uint16_t sym, uint16_t pattern)
{
  for (size_t i = all->len; i-- > 0 && all->items[i].pattern == pattern;) {
    if (all->items[i].sym == sym) return &all->items[i];
  }
  vec_push(all, (Opening){.sym = sym, .pattern = pattern});
  return &all->items[all->len - 1];
}

static void find_openings(const DatePat *pat, uint32_t pc, uint16_t pattern, OpeningVec *all)
{
  for (;; pc++) {
    const PatOp *op = &pat->ops.items[pc];
    if (op->code == OP_ACCEPT) return;
    if (op->code == OP_SYM) {
      uint16_t next = pat->ops.items[pc + 1].next;
      Opening *opening = opening_of(all, op->sym, pattern);
      if (next)
        join(&opening->second, &pat->sets.items[next]);
      else
        opening->ends = true;
      return;
    }
    if (op->code == OP_SPLIT) find_openings(pat, op->to, pattern, all);
    if (op->code == OP_JUMP) pc = op->to - 1;
  }
}

// What may come behind `sym` in any pattern that opens with it; 0: anything.
static uint16_t all_seconds(DatePat *pat, SetIndex *index, size_t sym)
{
  SymSet all = {{0}};
  for (uint32_t s = pat->start_of[sym]; s < pat->start_of[sym + 1]; s++) {
    if (!pat->starts.items[s].second) return 0;
    join(&all, &pat->sets.items[pat->starts.items[s].second]);
  }
  return keep_set(pat, index, &all);
}

static void index_starts(DatePat *pat, SetIndex *index)
{
  OpeningVec all = {0};
  for (size_t p = 0; p < pat->patterns.len; p++)
    find_openings(pat, pat->patterns.items[p].entry, (uint16_t)p, &all);
  uint32_t at[SYM_MAX + 1] = {0};
  for (size_t i = 0; i < all.len; i++) at[all.items[i].sym + 1]++;
  for (size_t sym = 0; sym < SYM_MAX; sym++) at[sym + 1] += at[sym];
  memcpy(pat->start_of, at, sizeof at);
  for (size_t i = 0; i < all.len; i++) vec_push(&pat->starts, (PatStart){0, 0});
  for (size_t i = 0; i < all.len; i++) {
    const Opening *o = &all.items[i];
    uint16_t second = o->ends ? 0 : keep_set(pat, index, &o->second);
    pat->starts.items[at[o->sym]++] = (PatStart){o->pattern, second};
    symset_add(&pat->first, o->sym);
  }
  for (size_t sym = 0; sym < SYM_MAX; sym++) pat->second_of[sym] = all_seconds(pat, index, sym);
  vec_release(&all);
}

bool datepat_load(DatePat *pat, DateLex *lex, Lang lang, Error *err)
{
  Compiler c = {.pat = pat, .lex = lex};
  c.tables[0] = table_find("date_patterns", lang_code(lang));
  c.tables[1] = lang == LANG_NN ? table_find("date_patterns", "nb") : NULL;
  c.tables[2] = table_find("date_patterns", "");
  find_macros(&c);
  bool ok = true;
  for (size_t t = 0; ok && t < ARRAY_LEN(c.tables); t++) {
    for (size_t row = 0; ok && c.tables[t] && row < c.tables[t]->rows; row++)
      ok = compile_row(&c, c.tables[t], row, err);
  }
  if (ok) find_light(&c);
  ok = ok && check_light(&c, err);
  map_release(&c.macros);
  vec_release(&c.bodies);
  vec_release(&c.sources);
  arena_release(&c.scratch);
  if (!ok) return false;
  SetIndex *index = xcalloc(1, sizeof *index);
  fill_next(pat, index);
  index_starts(pat, index);
  free(index);
  return true;
}

void datepat_release(DatePat *pat)
{
  vec_release(&pat->ops);
  vec_release(&pat->patterns);
  vec_release(&pat->starts);
  vec_release(&pat->sets);
}

// --- matching

typedef struct Step {
  const Reading *reading;
  uint8_t field;
} Step;

typedef struct Matcher {
  const DatePat *pat;
  const AtomVec *list;
  uint32_t start;
  int budget;
  Step path[MAX_DEPTH];
  DateMatch *best;
  DateFits fits;
  const void *context; // of `fits`
  bool found;
} Matcher;

static bool opens_with(const Atom *atom, char c)
{
  return atom->lower.len && atom->lower.ptr[0] == c;
}
static bool closes_with(const Atom *atom, char c)
{
  return atom->lower.len && atom->lower.ptr[atom->lower.len - 1] == c;
}

static bool is_calendar(const Atom *atom)
{
  static const uint16_t syms[] = {SYM_INT,   SYM_MONTH,    SYM_MONTHAB, SYM_MONTHAMB, SYM_WEEKDAY, SYM_WDAYAB,
                                  SYM_CLOCK, SYM_CLOCKDOT, SYM_NDATE,   SYM_DAYMON,   SYM_DAYSLASH};
  SymSet calendar = {{0}};
  for (size_t i = 0; i < ARRAY_LEN(syms); i++) symset_add(&calendar, syms[i]);
  return symset_meets(&calendar, atom->readings->syms);
}

// The hyphen in "maj-juni", "mån-fre", "2pm-4pm" parts two dates of one token.
static bool is_range_hyphen(const AtomVec *list, uint32_t at)
{
  const Atom *atoms = list->items;
  if (!opens_with(&atoms[at], '-') || !at || at + 1 >= list->len) return false;
  uint32_t left = at - 1;
  while (left > 0 && atoms[left].inside && !is_calendar(&atoms[left])) left--; // "2pm-"
  return is_calendar(&atoms[left]) && is_calendar(&atoms[at + 1]);
}

// An extent may not cut a token, but for its apostrophe ("l'|anno", "Friday|'s"), closing marks and the
// hyphen of a range.
static bool extent_fits(const AtomVec *list, uint32_t begin, uint32_t end)
{
  const Atom *atoms = list->items;
  if (begin >= end) return false;
  if (atoms[begin].inside && !closes_with(&atoms[begin - 1], '\'') && !opens_with(&atoms[begin - 1], '/') &&
      !is_range_hyphen(list, begin - 1))
    return false;
  if (end == list->len || !atoms[end].inside) return true;
  return opens_with(&atoms[end], '.') || opens_with(&atoms[end], '\'') || opens_with(&atoms[end], '/') ||
         closes_with(&atoms[end - 1], '.') || is_range_hyphen(list, end);
}

// What the steps so far and the pattern say; what stands behind the extent is context and says nothing.
static void fill_frame(const Matcher *m, uint32_t depth, DateMatch *match)
{
  DateFrame *frame = &match->frame;
  *frame = (DateFrame){0};
  uint32_t at = m->start;
  for (uint32_t i = 0; i < depth && at < match->end; i++) {
    const Step *step = &m->path[i];
    at += step->reading->len;
    bool counts =
        step->reading->sym == SYM_NUM || step->reading->sym == SYM_INT || step->reading->sym == SYM_DEC;
    if (counts && step->field == FIELD_COUNT && frame_has(frame, FIELD_UNIT) &&
        frame_has(frame, FIELD_AMOUNT)) {
      frame_set(frame, FIELD_AMOUNT2, frame->field[FIELD_AMOUNT]);
      frame_set(frame, FIELD_UNIT2, frame->field[FIELD_UNIT]);
    }
    if (step->field < FIELD_COUNT) {
      frame_set(frame, step->field, step->reading->value);
      continue;
    }
    for (size_t s = 0; s < step->reading->sets; s++)
      frame_set(frame, step->reading->set[s].field, step->reading->set[s].value);
    if (step->reading->sym == SYM_NUM) frame_set(frame, FIELD_AMOUNT, step->reading->value * 100);
    if (step->reading->sym == SYM_ORD) frame_set(frame, FIELD_NTH, step->reading->value);
  }
  const Pattern *pattern = match->pattern;
  for (size_t s = 0; s < pattern->sets; s++) frame_set(frame, pattern->set[s].field, pattern->set[s].value);
}

static void accept(Matcher *m, const Pattern *pattern, uint32_t at, uint32_t depth, uint32_t begin,
                   uint32_t end)
{
  DateMatch *best = m->best, match;
  if (end == UINT32_MAX) end = at;
  if (m->found) {
    if (end < best->end || (end == best->end && begin > best->begin)) return;
    if (end == best->end && begin == best->begin && pattern->rank <= best->pattern->rank) return;
  }
  if (pattern->family != FAMILY_NONE && !extent_fits(m->list, begin, end)) return;
  match.pattern = pattern, match.begin = begin, match.end = end;
  fill_frame(m, depth, &match);
  if (m->fits && !m->fits(m->context, &match)) return;
  *best = match;
  m->found = true;
}

static bool may_go_on(const Matcher *m, uint32_t pc, uint32_t at)
{
  uint16_t next = m->pat->ops.items[pc].next;
  if (!next) return true;
  return at < m->list->len && symset_meets(&m->pat->sets.items[next], m->list->items[at].readings->syms);
}

static void run(Matcher *m, uint32_t pc, uint32_t at, uint32_t depth, uint32_t begin, uint32_t end)
{
  for (;; pc++) {
    if (m->budget-- <= 0) return;
    const PatOp *op = &m->pat->ops.items[pc];
    switch (op->code) {
    case OP_SYM:
      if (at >= m->list->len || depth == MAX_DEPTH) return;
      const Atom *atom = &m->list->items[at];
      for (uint32_t i = 0; i < atom->readings->count; i++) {
        const Reading *r = atom->readings->items[i];
        if (r->sym != op->sym ||
            (op->field < FIELD_COUNT && !date_field_fits(op->field, r->value, r->digits)))
          continue;
        m->path[depth] = (Step){r, op->field};
        if (may_go_on(m, pc + 1, at + r->len)) run(m, pc + 1, at + r->len, depth + 1, begin, end);
      }
      return;
    case OP_SPLIT:
      if (may_go_on(m, pc + 1, at)) run(m, pc + 1, at, depth, begin, end);
      if (!may_go_on(m, op->to, at)) return;
      pc = op->to - 1;
      break;
    case OP_JUMP:
      pc = op->to - 1;
      break;
    case OP_NOT:
      if (at < m->list->len && symset_has(m->list->items[at].readings->syms, op->sym)) return;
      break;
    case OP_GLUE:
      if (at >= m->list->len || m->list->items[at].spaced) return;
      break;
    case OP_BEGIN:
      begin = at;
      break;
    case OP_END:
      end = at;
      break;
    case OP_ACCEPT:
      accept(m, &m->pat->patterns.items[op->to], at, depth, begin, end);
      return;
    default:
      return;
    }
  }
}

static bool may_follow(const DatePat *pat, uint16_t set, const Atom *behind)
{
  return !set || (behind && symset_meets(&pat->sets.items[set], behind->readings->syms));
}

static bool match_at(Matcher *m, uint32_t at)
{
  m->start = at;
  const Atom *atom = &m->list->items[at];
  for (uint32_t i = 0; i < atom->readings->count; i++) {
    const Reading *r = atom->readings->items[i];
    const Atom *behind = at + r->len < m->list->len ? &m->list->items[at + r->len] : NULL;
    if (!may_follow(m->pat, m->pat->second_of[r->sym], behind)) continue;
    for (uint32_t s = m->pat->start_of[r->sym]; s < m->pat->start_of[r->sym + 1]; s++) {
      const PatStart *start = &m->pat->starts.items[s];
      if (may_follow(m->pat, start->second, behind))
        run(m, m->pat->patterns.items[start->pattern].entry, at, 0, at, UINT32_MAX);
    }
  }
  return m->found;
}

// A match that opens with context ("in" May) gives way to a longer one that opens further on (May 5).
bool datepat_match(const DatePat *pat, const AtomVec *list, uint32_t at, DateFits fits, const void *context,
                   DateMatch *best)
{
  if (!symset_meets(&pat->first, list->items[at].readings->syms)) return false;
  Matcher m;
  m.pat = pat, m.list = list, m.fits = fits, m.context = context;
  m.budget = MAX_STEPS, m.best = best, m.found = false;
  if (!match_at(&m, at)) return false;
  for (uint32_t inside = at + 1; inside <= best->begin; inside++) {
    DateMatch inner;
    m.budget = MAX_STEPS, m.best = &inner, m.found = false;
    if (!match_at(&m, inside) || inner.end <= best->end) continue;
    *best = inner;
    return true;
  }
  return true;
}
