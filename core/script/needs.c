// What a pattern's matches cannot do without. The pattern is read by a small parser that knows the common
// part of PCRE2's syntax and gives up on the rest. A sequence needs what its best part needs, an alternation
// one of what its branches need, something optional nothing. Case does not count here: a needle is in lower
// case, and so is the text it is looked for in; what PCRE2 holds for equal but that fold does not is
// needles.c's to watch for.
#include "script/needles.h"

#include "base/utf8.h"

#include <stdlib.h>

#define MANY 160 // needles of one pattern; more say too little
#define DEPTH 50 // of brackets

typedef struct Needs { // of a part of the pattern
  NeedleVec needles;   // every match holds one of them
  bool exact;          // and is one of them: they are all that the part matches, but for case
} Needs;

typedef struct Parser {
  Str rest;
  int depth;
  bool gave_up;
} Parser;

static void drop(NeedleVec *needles)
{
  for (size_t i = 0; i < needles->len; i++) free(needles->items[i]);
  needles->len = 0;
}

void needles_release(NeedleVec *needles)
{
  drop(needles);
  vec_release(needles);
}

// --- the better of two

static size_t shortest(const NeedleVec *needles)
{
  size_t least = SIZE_MAX;
  for (size_t i = 0; i < needles->len; i++) {
    size_t len = 0;
    for (const char *c = needles->items[i]; *c; c++) len += *c != NEEDLE_EDGE;
    if (len < least) least = len;
  }
  return needles->len ? least : 0;
}

// Put the better of `best` and `other` into `best`; `other` is empty then. Longer needles are seldomer.
static void take_better(NeedleVec *best, NeedleVec *other)
{
  size_t have = shortest(best), new = shortest(other);
  if (new > have || (new == have && other->len < best->len)) {
    NeedleVec swap = *best;
    *best = *other;
    *other = swap;
  }
  drop(other);
}

// Every text of `ends` behind every one of `runs`, which is not empty. False where they are too many: `runs`
// stays.
static bool multiply(NeedleVec *runs, const NeedleVec *ends)
{
  if (runs->len * ends->len > MANY) return false;
  NeedleVec product = {0};
  for (size_t i = 0; i < runs->len; i++)
    for (size_t k = 0; k < ends->len; k++) {
      StrBuf text = {0};
      strbuf_addf(&text, "%s%s", runs->items[i], ends->items[k]);
      vec_push(&product, strbuf_detach(&text));
    }
  drop(runs);
  vec_release(runs);
  *runs = product;
  return true;
}

// --- reading

static char peek(const Parser *p)
{
  return p->rest.len ? p->rest.ptr[0] : '\0';
}

static void skip(Parser *p, size_t count)
{
  if (count > p->rest.len) count = p->rest.len;
  p->rest = str_slice(p->rest, count, p->rest.len);
}

static bool take(Parser *p, const char *text)
{
  if (!str_starts(p->rest, str_of(text))) return false;
  skip(p, strlen(text));
  return true;
}

static void give_up(Parser *p)
{
  p->gave_up = true;
  p->rest.len = 0;
}

static void skip_past(Parser *p, char c)
{
  while (p->rest.len && peek(p) != c) skip(p, 1);
  if (p->rest.len)
    skip(p, 1);
  else
    give_up(p);
}

static void add_char(NeedleVec *out, uint32_t cp) // unless it is there
{
  char bytes[5] = {0};
  utf8_encode(utf8_lower(cp), bytes);
  for (size_t i = 0; i < out->len; i++)
    if (!strcmp(out->items[i], bytes)) return;
  vec_push(out, xstrdup(bytes));
}

// Behind "[": past the class. Its members, where they are few, plain and without ranges, into `own`.
static void read_class(Parser *p, NeedleVec *own)
{
  bool few = !take(p, "^");
  if (take(p, "]")) few = false; // first it stands for itself
  while (p->rest.len && peek(p) != ']') {
    uint32_t cp;
    if (take(p, "\\Q") || take(p, "[.") || take(p, "[=")) {
      give_up(p);
    } else if (take(p, "[:")) {
      skip_past(p, ']');
      few = false;
    } else if (take(p, "\\")) {
      skip(p, 1);
      few = false;
    } else {
      skip(p, utf8_decode(p->rest.ptr, p->rest.ptr + p->rest.len, &cp));
      few = few && cp > NEEDLE_EDGE && needle_is_plain(cp) && peek(p) != '-' && cp != '-' && own->len < MANY;
      if (few) add_char(own, cp);
    }
  }
  if (!few) drop(own);
  if (p->rest.len)
    skip(p, 1);
  else
    give_up(p);
}

typedef enum Atom { ATOM_CHAR, ATOM_WIDE, ATOM_EMPTY, ATOM_EDGE, ATOM_GROUP, ATOM_END } Atom;

static Atom read_escape(Parser *p, uint32_t *cp) // behind "\"
{
  char c = peek(p);
  skip(p, 1);
  if (!c || c == 'Q' || c == 'E' || c == 'c' || c == 'g' || c == 'k' || c == 'o' || c == 'N') {
    give_up(p);
    return ATOM_END;
  }
  if (c == 'b') return ATOM_EDGE;
  if (strchr("BAzZGK", c)) return ATOM_EMPTY;
  if (c == 'p' || c == 'P') {
    if (peek(p) == '{')
      skip_past(p, '}');
    else
      skip(p, 1);
    return ATOM_WIDE;
  }
  if (c == 'x') {
    if (peek(p) == '{')
      skip_past(p, '}');
    else
      while (p->rest.len && strchr("0123456789abcdefABCDEF", peek(p))) skip(p, 1);
    return ATOM_WIDE;
  }
  if (c >= '0' && c <= '9') { // a group's text again, perhaps none, or a character by number
    while (peek(p) >= '0' && peek(p) <= '9') skip(p, 1);
    return ATOM_WIDE;
  }
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80) return ATOM_WIDE;
  *cp = (unsigned char)c;
  return ATOM_CHAR;
}

static void read_branches(Parser *p, Needs *out);

// Behind "(": what a group needs into `own`.
static Atom read_group(Parser *p, Needs *own)
{
  bool beside = false; // a look around: nothing of it is in the match
  if (peek(p) == '*') give_up(p);
  if (take(p, "?")) {
    if (take(p, "=") || take(p, "!") || take(p, "<=") || take(p, "<!"))
      beside = true;
    else if (take(p, "<") || take(p, "P<"))
      skip_past(p, '>');
    else if (take(p, "'"))
      skip_past(p, '\'');
    else if (!take(p, ":") && !take(p, ">") && !take(p, "|")) {
      while (peek(p) && strchr("imsn-", peek(p))) skip(p, 1); // x: blanks mean nothing; others: not known
      if (take(p, ")")) return ATOM_EMPTY;
      if (!take(p, ":")) give_up(p);
    }
  }
  if (++p->depth > DEPTH) give_up(p);
  read_branches(p, own);
  p->depth--;
  if (!take(p, ")")) give_up(p);
  if (beside) drop(&own->needles);
  return beside ? ATOM_EMPTY : ATOM_GROUP;
}

static Atom read_plain_atom(Parser *p, uint32_t *cp, Needs *own)
{
  char c = peek(p);
  if (!p->rest.len || c == '|' || c == ')') return ATOM_END;
  if (take(p, "(")) return read_group(p, own);
  if (take(p, "\\")) return read_escape(p, cp);
  if (take(p, "^") || take(p, "$")) return ATOM_EMPTY;
  if (take(p, ".")) return ATOM_WIDE;
  if (take(p, "[")) {
    read_class(p, &own->needles);
    own->exact = own->needles.len > 0;
    return own->exact ? ATOM_GROUP : ATOM_WIDE;
  }
  if (!c) {
    give_up(p);
    return ATOM_END;
  }
  skip(p, utf8_decode(p->rest.ptr, p->rest.ptr + p->rest.len, cp));
  return ATOM_CHAR;
}

// One atom, without its quantifier. What it matches, or needs, into `own`, which is empty.
static Atom read_atom(Parser *p, Needs *own)
{
  uint32_t cp = 0;
  Atom atom = read_plain_atom(p, &cp, own);
  if (atom == ATOM_EDGE) cp = NEEDLE_EDGE;
  if (atom == ATOM_CHAR && (!needle_is_plain(cp) || cp == NEEDLE_EDGE)) return ATOM_WIDE;
  if (atom != ATOM_CHAR && atom != ATOM_EDGE) return atom;
  add_char(&own->needles, cp);
  own->exact = true;
  return ATOM_GROUP;
}

static bool is_count(Str rest) // "{2}", "{2,}", "{2,3}": anything else stands for itself
{
  size_t i = 1;
  while (i < rest.len && ((rest.ptr[i] >= '0' && rest.ptr[i] <= '9') || rest.ptr[i] == ',')) i++;
  return i > 1 && rest.ptr[1] != ',' && i < rest.len && rest.ptr[i] == '}';
}

typedef enum Count {
  COUNT_ONE,
  COUNT_MAYBE,
  COUNT_MANY,
  COUNT_ANY
} Count; // once, 0 or 1, 1 or more, 0 or more

static Count read_quantifier(Parser *p)
{
  Count count = COUNT_MANY;
  if (take(p, "?")) {
    count = COUNT_MAYBE;
  } else if (take(p, "*")) {
    count = COUNT_ANY;
  } else if (peek(p) == '{' && is_count(p->rest)) {
    count = p->rest.ptr[1] == '0' ? COUNT_ANY : COUNT_MANY;
    skip_past(p, '}');
  } else if (!take(p, "+")) {
    if (peek(p) == '{' && p->rest.len > 1 && strchr("0123456789, ", p->rest.ptr[1]))
      give_up(p); // to some versions it is a count
    return COUNT_ONE;
  }
  if (!take(p, "?")) take(p, "+");
  return count;
}

// What the texts read so far are followed by.
typedef struct Sequence {
  NeedleVec best;
  NeedleVec runs; // texts, one of which ends where we are in every match; never empty
  bool exact;     // they are all that was read
} Sequence;

static void end_runs(Sequence *self)
{
  take_better(&self->best, &self->runs);
  vec_push(&self->runs, xstrdup(""));
  self->exact = false;
}

static void add_exact(Sequence *self, NeedleVec *own, Count count)
{
  if (count == COUNT_MAYBE) vec_push(own, xstrdup(""));
  if (multiply(&self->runs, own)) {
    if (count == COUNT_MANY) end_runs(self);
    return;
  }
  end_runs(self);
  if (!multiply(&self->runs, own) || count == COUNT_MANY) end_runs(self);
}

static void add_atom(Sequence *self, Atom atom, Needs *own, Count count)
{
  if (atom == ATOM_GROUP && own->exact && count != COUNT_ANY) {
    add_exact(self, &own->needles, count);
    return;
  }
  end_runs(self);
  if (atom == ATOM_GROUP && (count == COUNT_ONE || count == COUNT_MANY))
    take_better(&self->best, &own->needles);
}

// One branch of an alternation, into `out`, which is empty.
static void read_sequence(Parser *p, Needs *out)
{
  Sequence self = {.exact = true};
  Needs own = {0};
  vec_push(&self.runs, xstrdup(""));
  for (;;) {
    own.exact = false;
    Atom atom = read_atom(p, &own);
    if (atom == ATOM_END || p->gave_up) break;
    Count count = read_quantifier(p);
    if (atom != ATOM_EMPTY) add_atom(&self, atom, &own, count);
    drop(&own.needles);
  }
  drop(&own.needles);
  out->exact = self.exact;
  if (!self.exact) take_better(&self.best, &self.runs);
  NeedleVec *from = self.exact ? &self.runs : &self.best;
  for (size_t i = 0; i < from->len; i++) vec_push(&out->needles, from->items[i]);
  from->len = 0;
  drop(&self.best);
  vec_release(&own.needles);
  vec_release(&self.best);
  vec_release(&self.runs);
}

static void read_branches(Parser *p, Needs *out)
{
  bool all = true, exact = true;
  Needs branch = {0};
  do {
    read_sequence(p, &branch);
    exact = exact && branch.exact;
    all = all && branch.needles.len && (exact || shortest(&branch.needles) > 0) &&
          out->needles.len + branch.needles.len <= MANY;
    for (size_t i = 0; i < branch.needles.len && all; i++) vec_push(&out->needles, branch.needles.items[i]);
    if (all)
      branch.needles.len = 0;
    else
      drop(&branch.needles);
  } while (take(p, "|"));
  out->exact = exact && all;
  if (!all || p->gave_up || (!exact && shortest(&out->needles) == 0)) drop(&out->needles);
  vec_release(&branch.needles);
}

// Where one needle is part of another, that one says nothing more.
static void leave_out_longer(NeedleVec *needles)
{
  size_t kept = 0;
  for (size_t i = 0; i < needles->len; i++) {
    bool longer = false;
    for (size_t k = 0; k < needles->len && !longer; k++)
      longer = k != i && needles->items[k] && strstr(needles->items[i], needles->items[k]) &&
               (k < i || strcmp(needles->items[i], needles->items[k]));
    if (!longer) continue;
    free(needles->items[i]);
    needles->items[i] = NULL;
  }
  for (size_t i = 0; i < needles->len; i++)
    if (needles->items[i]) needles->items[kept++] = needles->items[i];
  needles->len = kept;
}

void needles_of(Str pattern, NeedleVec *out)
{
  Parser p = {.rest = pattern};
  Needs all = {*out, false};
  read_branches(&p, &all);
  if (p.rest.len || p.gave_up || shortest(&all.needles) == 0) drop(&all.needles);
  leave_out_longer(&all.needles);
  *out = all.needles;
}
