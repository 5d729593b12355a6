// Patterns are regular expressions over symbols without loops. Each is compiled to a small program, and the
// programs of a language to one automaton (datenet.c).
//
//   sym           a reading with this symbol; what it sets goes into the frame
//   sym:field     likewise, but its number goes into `field`, if it can be one (a day is 1 to 31)
//   "word"        this word
//   (a | b)  x?   choice, option;  {name}  a macro;  ~  no white space here
//   !sym          no such reading here
//   <  >          the expression begins here, ends here: what is outside is context
#include "annotate/dates/dates_p.h"
#include "base/map.h"
#include "base/table.h"

enum { MAX_NESTING = 24 };

// --- compiling

typedef struct Macro {
  Str body;
  PatOp *ops; // compiled, with places counted from its own first one; NULL: not yet
  size_t len;
} Macro;

typedef struct Compiler {
  DateNet *net;
  DateLex *lex;
  VEC_OF(PatOp) ops;
  VEC_OF(uint32_t) entries; // [pattern] its first operation
  const Table *tables[3];   // where macros are looked for, in this order
  Map macros;               // name → index in `bodies`
  VEC_OF(Macro) bodies;
  VEC_OF(Str) sources; // [pattern] as the table has it
  const char *why;     // what is wrong; NULL: nothing
  int depth;
  Arena scratch;
} Compiler;

static void emit(Compiler *c, PatOp op)
{
  vec_push(&c->ops, op);
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
  size_t from = c->ops.len;
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
    macro->len = c->ops.len - from;
    macro->ops = arena_copy(&c->scratch, c->ops.items + from, macro->len * sizeof *macro->ops);
    move_ops(macro->ops, macro->len, 0 - from);
    return;
  }
  for (size_t i = 0; i < macro->len; i++) vec_push(&c->ops, macro->ops[i]);
  move_ops(c->ops.items + from, macro->len, from);
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
  emit(c, (PatOp){OP_SYM, FIELD_COUNT, sym, 0});
}

static void compile_symbol(Compiler *c, Str *s)
{
  Str name = take_name(s);
  PatOp op = {OP_SYM, FIELD_COUNT, datelex_symbol(c->lex, name), 0};
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
  size_t from = c->ops.len;
  char ch = s->ptr[0];
  if (ch == '(' || ch == '{' || strchr("<>~!", ch)) *s = str_slice(*s, 1, s->len);
  if (ch == '<')
    emit(c, (PatOp){OP_BEGIN, 0, 0, 0});
  else if (ch == '>')
    emit(c, (PatOp){OP_END, 0, 0, 0});
  else if (ch == '~')
    emit(c, (PatOp){OP_GLUE, 0, 0, 0});
  else if (ch == '!')
    emit(c, (PatOp){OP_NOT, 0, datelex_symbol(c->lex, take_name(s)), 0});
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
  emit(c, (PatOp){0, 0, 0, 0});
  PatOp *ops = c->ops.items;
  size_t len = c->ops.len;
  memmove(ops + from + 1, ops + from, (len - 1 - from) * sizeof *ops);
  ops[from] = (PatOp){OP_SPLIT, 0, 0, (uint32_t)len};
  move_ops(ops + from + 1, len - from - 1, 1);
}

static void compile_choice(Compiler *c, Str *s)
{
  uint32_t ends[32];
  size_t end_count = 0;
  for (;;) {
    size_t from = c->ops.len;
    for (skip_space(s); s->len && !c->why && !strchr("|)}", s->ptr[0]); skip_space(s)) compile_item(c, s);
    if (c->why || !s->len || s->ptr[0] != '|') break;
    if (end_count == ARRAY_LEN(ends)) {
      c->why = "too many choices";
      return;
    }
    *s = str_slice(*s, 1, s->len);
    emit(c, (PatOp){0, 0, 0, 0});
    emit(c, (PatOp){OP_JUMP, 0, 0, 0});
    PatOp *ops = c->ops.items;
    size_t len = c->ops.len;
    memmove(ops + from + 1, ops + from, (len - 2 - from) * sizeof *ops);
    ops[from] = (PatOp){OP_SPLIT, 0, 0, (uint32_t)len};
    move_ops(ops + from + 1, len - from - 2, 1);
    ends[end_count++] = (uint32_t)len - 1;
  }
  for (size_t i = 0; i < end_count; i++) c->ops.items[ends[i]].to = (uint32_t)c->ops.len;
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
  Pattern pattern = {.rank = 0};
  uint32_t entry = (uint32_t)c->ops.len;
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
  emit(c, (PatOp){OP_ACCEPT, 0, 0, (uint32_t)c->net->patterns.len});
  vec_push(&c->net->patterns, pattern);
  vec_push(&c->entries, entry);
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
    if (map_get(&c->lex->symbol_ids, str_cut(&names, ' '), &sym)) symset_add(&c->net->light, (uint16_t)sym);
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
  bool *light = xcalloc(c->ops.len + 1, sizeof *light),
       ok = true; // [operation] whether light ones lead to the end
  for (size_t pc = c->ops.len; pc-- > 0;) {
    const PatOp *op = &c->ops.items[pc];
    switch (op->code) {
    case OP_SYM:
      light[pc] = light[pc + 1] && symset_has(&c->net->light, op->sym);
      break;
    case OP_SPLIT:
      light[pc] = light[pc + 1] || light[op->to];
      break;
    case OP_JUMP:
      light[pc] = light[op->to];
      break;
    case OP_ACCEPT:
      light[pc] = c->net->patterns.items[op->to].family != FAMILY_NONE;
      break;
    default:
      light[pc] = light[pc + 1];
    }
  }
  for (size_t p = 0; ok && p < c->entries.len; p++) {
    if (light[c->entries.items[p]])
      ok = error_set(err, ERR_FORMAT, "\"" STR_FMT "\": can be light symbols alone",
                     STR_ARG(c->sources.items[p]));
  }
  free(light);
  return ok;
}

static void compiler_release(Compiler *c)
{
  map_release(&c->macros);
  vec_release(&c->bodies);
  vec_release(&c->sources);
  vec_release(&c->ops);
  vec_release(&c->entries);
  arena_release(&c->scratch);
}

bool datepat_load(DateNet *net, DateLex *lex, Lang lang, Error *err)
{
  Compiler c = {.net = net, .lex = lex};
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
  ok = ok && datenet_build(net, c.ops.items, c.ops.len, c.entries.items, c.entries.len, err);
  compiler_release(&c);
  return ok;
}
