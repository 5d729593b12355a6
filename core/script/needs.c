// What a pattern's matches cannot do without. The pattern is read by a small parser that knows the common
// part of PCRE2's syntax and gives up on the rest. A sequence needs what its best part needs, an alternation
// one of what its branches need, something optional nothing. Case does not count here: a needle is in lower
// case, and so is the text it is looked for in; what PCRE2 holds for equal but that fold does not is
// needles.c's to watch for.
#include "script/needles.h"

#include "base/utf8.h"

#include <stdlib.h>

#define MANY 48  // needles of one pattern; more say too little
#define DEPTH 50 // of brackets

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
    size_t len = strlen(needles->items[i]);
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

static void take_run(NeedleVec *best, StrBuf *run)
{
  NeedleVec one = {0};
  if (run->len) {
    vec_push(&one, str_dup(strbuf_str(run)));
    take_better(best, &one);
  }
  vec_release(&one);
  strbuf_reset(run);
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

static void skip_class(Parser *p) // behind "["
{
  take(p, "^");
  take(p, "]"); // first it stands for itself
  while (p->rest.len && peek(p) != ']') {
    if (take(p, "\\Q") || take(p, "[.") || take(p, "[=")) {
      give_up(p);
    } else if (take(p, "[:")) {
      skip_past(p, ']');
    } else if (take(p, "\\")) {
      skip(p, 1);
    } else {
      skip(p, 1);
    }
  }
  if (p->rest.len)
    skip(p, 1);
  else
    give_up(p);
}

typedef enum Atom { ATOM_CHAR, ATOM_WIDE, ATOM_EMPTY, ATOM_GROUP, ATOM_END } Atom;

static Atom read_escape(Parser *p, uint32_t *cp) // behind "\"
{
  char c = peek(p);
  skip(p, 1);
  if (!c || c == 'Q' || c == 'E' || c == 'c' || c == 'g' || c == 'k' || c == 'o' || c == 'N') {
    give_up(p);
    return ATOM_END;
  }
  if (strchr("bBAzZGK", c)) return ATOM_EMPTY;
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

static void read_branches(Parser *p, NeedleVec *best);

// Behind "(": what a group needs into `own`.
static Atom read_group(Parser *p, NeedleVec *own)
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
  if (beside) drop(own);
  return beside ? ATOM_EMPTY : ATOM_GROUP;
}

static Atom read_atom(Parser *p, uint32_t *cp, NeedleVec *own)
{
  char c = peek(p);
  if (!p->rest.len || c == '|' || c == ')') return ATOM_END;
  if (take(p, "(")) return read_group(p, own);
  if (take(p, "\\")) return read_escape(p, cp);
  if (take(p, "^") || take(p, "$")) return ATOM_EMPTY;
  if (take(p, ".")) return ATOM_WIDE;
  if (take(p, "[")) {
    skip_class(p);
    return ATOM_WIDE;
  }
  if (!c) {
    give_up(p);
    return ATOM_END;
  }
  skip(p, utf8_decode(p->rest.ptr, p->rest.ptr + p->rest.len, cp));
  return ATOM_CHAR;
}

static bool is_count(Str rest) // "{2}", "{2,}", "{2,3}": anything else stands for itself
{
  size_t i = 1;
  while (i < rest.len && ((rest.ptr[i] >= '0' && rest.ptr[i] <= '9') || rest.ptr[i] == ',')) i++;
  return i > 1 && rest.ptr[1] != ',' && i < rest.len && rest.ptr[i] == '}';
}

// Whether a quantifier follows; *optional: the atom may be missing.
static bool read_quantifier(Parser *p, bool *optional)
{
  *optional = false;
  if (take(p, "?") || take(p, "*"))
    *optional = true;
  else if (peek(p) == '{' && is_count(p->rest)) {
    *optional = p->rest.ptr[1] == '0';
    skip_past(p, '}');
  } else if (!take(p, "+")) {
    if (peek(p) == '{' && p->rest.len > 1 && strchr("0123456789, ", p->rest.ptr[1]))
      give_up(p); // to some versions it is a count
    return false;
  }
  if (!take(p, "?")) take(p, "+");
  return true;
}

static void add_char(StrBuf *run, uint32_t cp)
{
  char bytes[4];
  strbuf_add(run, (Str){bytes, utf8_encode(utf8_lower(cp), bytes)});
}

// One branch of an alternation.
static void read_sequence(Parser *p, NeedleVec *best)
{
  StrBuf run = {0}; // characters that follow each other in every match
  NeedleVec own = {0};
  for (;;) {
    uint32_t cp = 0;
    bool optional;
    Atom atom = read_atom(p, &cp, &own);
    if (atom == ATOM_END || p->gave_up) break;
    bool counted = read_quantifier(p, &optional);
    if (atom == ATOM_EMPTY) continue;
    bool joins = atom == ATOM_CHAR && needle_is_plain(cp);
    if (joins && !(counted && optional)) add_char(&run, cp);
    if (!joins || counted) take_run(best, &run);
    if (atom != ATOM_GROUP) continue;
    if (optional)
      drop(&own);
    else
      take_better(best, &own);
  }
  take_run(best, &run);
  drop(&own);
  vec_release(&own);
  strbuf_release(&run);
}

static void read_branches(Parser *p, NeedleVec *best)
{
  bool all = true;
  NeedleVec branch = {0};
  do {
    read_sequence(p, &branch);
    all = all && branch.len && best->len + branch.len <= MANY;
    for (size_t i = 0; i < branch.len && all; i++) vec_push(best, branch.items[i]);
    if (all)
      branch.len = 0;
    else
      drop(&branch);
  } while (take(p, "|"));
  if (!all || p->gave_up) drop(best);
  vec_release(&branch);
}

void needles_of(Str pattern, NeedleVec *out)
{
  Parser p = {.rest = pattern};
  read_branches(&p, out);
  if (p.rest.len || p.gave_up) drop(out);
}
