// Which mark opens and which closes is told by the space around it first, as writers mix conventions and one
// article holds several; the shape of the mark decides only where the spaces do not (“ closes in German and
// opens in English, ” does both in Swedish, » opens in Danish and closes in Norwegian). A stack holds what is
// open; a closer takes the innermost mark it fits, and what lies above that is dropped as broken. So a mark
// without its partner costs one quotation at most and flips nothing behind it. French sets spaces inside its
// guillemets, which tell nothing then: « opens and » closes in a block written so. The stack has a fixed
// depth (the oldest is forgotten), which keeps the walk linear on a million openers.
#include "annotate/quotes/quotes_p.h"

#include "base/table.h"
#include "base/utf8.h"

#define DEPTH 12

typedef enum Family { NOT_A_MARK, DOUBLE, SINGLE, GUILLEMET } Family;
typedef enum Turn { TURN_EITHER, TURN_OPENS, TURN_CLOSES } Turn;

typedef enum Way { WAY_OUT, WAY_IN, WAY_SPACED } Way; // «…» or ‹…›; »…«; « … »

typedef struct Mark {
  uint32_t first, last; // tokens: two for ''
  uint32_t cp;          // '"' for '' too
  Family family;
  bool doubled; // '' or ``
} Mark;

typedef struct Open {
  uint32_t first; // token
  uint32_t cp;
  Family family;
  bool doubled;
} Open;

typedef struct Pairing {
  const Notes *notes;
  Arena *arena;
  Open stack[DEPTH];
  size_t depth;
  Way way; // the block's
  MarkedVec *out;
  uint32_t first_closer; // token behind a closer that nothing opened, before any pair; 0: none
  uint32_t late_closer;  // likewise behind pairs, a token; 0: none
} Pairing;

static uint32_t mark_cp(Str text, const Token *token)
{
  if (!(token->flags & TOKEN_PUNCT)) return 0;
  const char *p = text.ptr + token->start;
  if (token->end - token->start == 1)
    return *p == '"' || *p == '\'' || *p == '`' ? (uint32_t)(unsigned char)*p : 0;
  if (token->end - token->start > 3) return 0;
  uint32_t cp;
  utf8_decode(p, text.ptr + token->end, &cp);
  return cp;
}

static Family mark_family(uint32_t cp)
{
  switch (cp) {
  case '"':
  case 0x201C: // “
  case 0x201D: // ”
  case 0x201E: // „
  case 0x201F: // ‟
  case 0x301D:
  case 0x301E:
  case 0xFF02:
    return DOUBLE;
  case 0xAB:
  case 0xBB:
    return GUILLEMET;
  case '\'':
  case '`':
  case 0x2018: // ‘
  case 0x2019: // ’
  case 0x201A: // ‚
  case 0x201B:
  case 0x2039: // ‹
  case 0x203A: // ›
    return SINGLE;
  default:
    return NOT_A_MARK;
  }
}

bool marks_is(Str text, const Token *token)
{
  return mark_family(mark_cp(text, token)) != NOT_A_MARK;
}

static bool touching(const Token *in, size_t len, size_t i) // no space between tokens i-1 and i
{
  return i > 0 && i < len && !(in[i].flags & TOKEN_SPACE_BEFORE);
}

static Mark mark_at(const Notes *notes, uint32_t i)
{
  const Token *in = notes->tokens.items;
  Mark mark = {.first = i, .last = i + 1, .cp = mark_cp(notes->text, &in[i])};
  mark.family = mark_family(mark.cp);
  if ((mark.cp == '\'' || mark.cp == '`') && touching(in, notes->tokens.len, i + 1) &&
      mark_cp(notes->text, &in[i + 1]) == mark.cp) {
    mark.last = i + 2;
    mark.cp = '"';
    mark.family = DOUBLE;
    mark.doubled = true;
  }
  return mark;
}

bool marks_single(const Notes *notes, uint32_t token)
{
  return mark_at(notes, token).family == SINGLE;
}

static bool is_byte(Str text, const Token *token, const char *set)
{
  return token->end - token->start == 1 && strchr(set, text.ptr[token->start]);
}

// What the shape of the mark says by itself.
static Turn shape_turn(const Pairing *self, uint32_t cp)
{
  Lang lang = self->notes->lang;
  switch (cp) {
  case 0x201E:
  case 0x201A:
  case 0x201F:
    return TURN_OPENS;
  case 0x201C:
  case 0x2018:
    return lang == LANG_DE ? TURN_EITHER : TURN_OPENS;
  case 0x201D:
  case 0x2019:
    return lang == LANG_SV || lang == LANG_FI ? TURN_EITHER : TURN_CLOSES;
  case 0xAB:
  case 0x2039:
    return self->way == WAY_IN ? TURN_CLOSES : TURN_OPENS;
  case 0xBB:
  case 0x203A:
    return self->way == WAY_IN ? TURN_OPENS : TURN_CLOSES;
  default:
    return TURN_EITHER;
  }
}

static bool opened(const Pairing *self, Family family)
{
  for (size_t i = self->depth; i-- > 0;) {
    if (self->stack[i].family == family) return true;
  }
  return false;
}

// A mark opens after a space and closes before one; `after_opener`: the token before is a mark that opens.
static Turn mark_turn(const Pairing *self, const Mark *mark, bool after_opener)
{
  const Token *in = self->notes->tokens.items;
  size_t len = self->notes->tokens.len;
  Str text = self->notes->text;
  if (mark->family == GUILLEMET && self->way == WAY_SPACED) return shape_turn(self, mark->cp);
  bool before = !touching(in, len, mark->first) || after_opener ||
                is_byte(text, &in[mark->first - 1], "([/") ||
                (text.ptr[in[mark->first].start - 1] & 0x80 && in[mark->first - 1].lower.len == 3 &&
                 !memcmp(in[mark->first - 1].lower.ptr, "\xE2\x80\x94", 3)); // —
  bool after = !touching(in, len, mark->last) || is_byte(text, &in[mark->last], ",.;:!?)]");
  if (before && !after) return TURN_OPENS;
  if (mark->last >= len || (after && !before)) return TURN_CLOSES;
  Turn shape = shape_turn(self, mark->cp);
  if (shape != TURN_EITHER) return shape;
  if (!before && mark->last < len && mark_family(mark_cp(text, &in[mark->last])) != NOT_A_MARK)
    return TURN_CLOSES;
  if (before && mark->last < len && touching(in, len, mark->last) && !after_opener &&
      !opened(self, mark->family))
    return TURN_OPENS;
  return opened(self, mark->family) ? TURN_CLOSES : TURN_OPENS;
}

// Whether `close` may end what `open` began.
static bool fits(const Open *open, const Mark *close)
{
  if (open->family != close->family) return false;
  if (open->family == SINGLE) {
    if (open->cp == '\'') return close->cp == '\'';
    if (open->cp == 0x2039 || open->cp == 0x203A) return close->cp == 0x2039 || close->cp == 0x203A;
    return close->cp != '\'' && close->cp != 0x2039 && close->cp != 0x203A;
  }
  return true;
}

static void push(Pairing *self, const Mark *mark)
{
  if (self->depth == DEPTH) {
    memmove(self->stack, self->stack + 1, (DEPTH - 1) * sizeof *self->stack);
    self->depth--;
  }
  self->stack[self->depth++] = (Open){mark->first, mark->cp, mark->family, mark->doubled};
}

// Note the pair [first, last). Pairs end in order, so those it holds are the last of `out`.
static void pair_up(Pairing *self, uint32_t first, uint32_t last)
{
  while (self->out->len && self->out->items[self->out->len - 1].first > first) self->out->len--;
  vec_push_in(self->arena, self->out, (Marked){first, last, QUOTE_MARKS, false});
}

// Whether all pairs from `from` on are between single marks.
static bool only_single(const Pairing *self, size_t from)
{
  for (size_t i = from; i < self->out->len; i++) {
    if (mark_at(self->notes, self->out->items[i].first).family != SINGLE) return false;
  }
  return true;
}

// Whether a single mark may be an apostrophe.
static bool like_apostrophe(uint32_t cp)
{
  return cp == '\'' || cp == 0x2019;
}

// A closer that nothing opened may end a quotation of a block before. What is quoted in front of it then lies
// inside; where that stands outside as likely, both are kept, and the article tells.
static void note_closer(Pairing *self, const Mark *mark)
{
  const Token *in = self->notes->tokens.items;
  Str text = self->notes->text;
  if (!mark->first || self->first_closer || (in[mark->first - 1].flags & TOKEN_NUMBER)) return; // 6"
  bool single = mark->family == SINGLE;
  bool stop = is_byte(text, &in[mark->first - 1], ".,!?");
  bool outer = marks_is(text, &in[mark->first - 1]); // …""
  bool inside = self->out->len == 0 || (!single && only_single(self, 0)) || outer;
  if (!inside && !single && stop && mark->last == self->notes->tokens.len) self->late_closer = mark->first;
  if (!inside || (single && !stop && like_apostrophe(mark->cp))) return;
  self->out->len = 0; // what was found lies inside
  self->depth = 0;
  self->first_closer = mark->last;
}

static void close_mark(Pairing *self, const Mark *mark)
{
  for (size_t i = self->depth; i-- > 0;) {
    const Open *open = &self->stack[i];
    bool mixed = open->family != SINGLE && mark->family != SINGLE && i + 1 == self->depth && !i; // «…"
    if (!fits(open, mark) && !mixed) {
      if (mark->family == SINGLE) return; // an apostrophe
      continue;
    }
    pair_up(self, open->first, mark->last);
    self->depth = i;
    return;
  }
  note_closer(self, mark);
}

// "'90s", "'n'", "'em": an apostrophe that looks like an opener.
static bool elided(const Notes *notes, const Mark *mark)
{
  if (mark->family != SINGLE || mark->last >= notes->tokens.len) return true;
  const Token *next = &notes->tokens.items[mark->last];
  if (marks_is(notes->text, next)) return false;
  if (mark->cp != '\'' && mark->cp != 0x2019)
    return !(next->flags & (TOKEN_WORD | TOKEN_NUMBER | TOKEN_PUNCT));
  if (!(next->flags & TOKEN_WORD)) return true;
  return table_seek(table_find("clipped", ""), next->lower) != SIZE_MAX;
}

// The first guillemet that stands clear shows the block's way: it touches a word on one side only, or « has a
// space behind and » one before. In Danish and German » with spaces around opens all the same.
static Way guillemets_way(const Notes *notes)
{
  bool inwards = notes->lang == LANG_DA || notes->lang == LANG_DE;
  const Token *in = notes->tokens.items;
  size_t len = notes->tokens.len;
  for (size_t i = 0; i < len; i++) {
    if (!(in[i].flags & TOKEN_PUNCT)) continue;
    uint32_t cp = mark_cp(notes->text, &in[i]);
    if (cp != 0xAB && cp != 0xBB) continue;
    bool before = !touching(in, len, i), behind = !touching(in, len, i + 1);
    bool stop = i + 1 == len || is_byte(notes->text, &in[i + 1], ",.;:!?)]");
    bool roomy = cp == 0xAB ? behind && i + 1 < len : before && i > 0;
    if (roomy && notes->lang == LANG_FR) return WAY_SPACED; // "l'« idée »" too
    if (before && (behind || stop)) {
      if (cp == 0xBB && inwards) return WAY_IN;
      if (roomy) return WAY_SPACED;
    } else if (before != (behind || stop)) {
      return (cp == 0xBB) == before ? WAY_IN : WAY_OUT;
    }
  }
  return inwards ? WAY_IN : WAY_OUT;
}

// Whether a single mark that nothing closes stands where speech begins: first of all, or behind a colon.
static bool introduced(const Pairing *self, uint32_t token)
{
  const TokenVec *tokens = &self->notes->tokens;
  bool place = !token || is_byte(self->notes->text, &tokens->items[token - 1], ":");
  return place && token + 1 < tokens->len && (tokens->items[token + 1].flags & TOKEN_CAPITAL) &&
         (!self->out->len || self->out->items[self->out->len - 1].first < token);
}

// Whether speech begins at a mark: at the block's start or behind a colon or a comma, with a capital.
static bool begins_speech(const Pairing *self, const Open *open)
{
  const TokenVec *tokens = &self->notes->tokens;
  bool place = !open->first || is_byte(self->notes->text, &tokens->items[open->first - 1], ":,");
  return place && open->first + 1 < tokens->len && (tokens->items[open->first + 1].flags & TOKEN_CAPITAL);
}

// Whether the last pair's closer ends too what `open` began, in the sentence that the pairs from `behind` on
// are parts of: "We call it "home", she said.
static bool shares_closer(const Pairing *self, const Open *open, size_t behind)
{
  const TokenVec *tokens = &self->notes->tokens;
  Str text = self->notes->text;
  if (open->family == SINGLE || behind == self->out->len || behind) return false;
  if (!begins_speech(self, open)) return false;
  for (size_t i = behind; i < self->out->len; i++) {
    if (!(tokens->items[self->out->items[i].first - 1].flags & TOKEN_WORD)) return false;
  }
  uint32_t last = self->out->items[self->out->len - 1].last;
  for (uint32_t i = open->first; i < last; i++) {
    if (is_byte(text, &tokens->items[i], ".!?")) return false;
  }
  return last == tokens->len || (is_byte(text, &tokens->items[last], ",") && tokens->len - last <= 9);
}

// Take the mark at token `i`, if it is one, on the stack or off it: the token behind it.
static uint32_t take_mark(Pairing *self, uint32_t i, bool *after_opener)
{
  const TokenVec *tokens = &self->notes->tokens;
  Mark mark = {.family = NOT_A_MARK};
  if (tokens->items[i].flags & TOKEN_PUNCT) mark = mark_at(self->notes, i);
  if (mark.family == NOT_A_MARK) {
    *after_opener = false;
    return i + 1;
  }
  bool touches = touching(tokens->items, (uint32_t)tokens->len, i);
  Turn turn = mark_turn(self, &mark, *after_opener && touches);
  bool skip = turn == TURN_OPENS && mark.family == SINGLE && elided(self->notes, &mark);
  *after_opener = turn == TURN_OPENS && !skip;
  if (*after_opener)
    push(self, &mark);
  else if (turn == TURN_CLOSES)
    close_mark(self, &mark);
  return mark.last;
}

static void put_at(Pairing *self, size_t at, Marked marked)
{
  MarkedVec *out = self->out;
  vec_push_in(self->arena, out, marked);
  memmove(out->items + at + 1, out->items + at, (out->len - 1 - at) * sizeof marked);
  out->items[at] = marked;
}

// Of the openers that found no closer, the first with nothing but inner pairs behind it goes on to the end.
static void settle_openers(Pairing *self)
{
  MarkedVec *out = self->out;
  uint32_t len = (uint32_t)self->notes->tokens.len;
  for (size_t i = 0; i < self->depth; i++) {
    const Open *open = &self->stack[i];
    size_t behind = out->len;
    while (behind && out->items[behind - 1].first > open->first) behind--;
    if (!i && shares_closer(self, open, behind)) {
      pair_up(self, open->first, out->items[out->len - 1].last);
      return;
    }
    bool nested = open->family != SINGLE && !only_single(self, behind);
    if (nested ? i || !begins_speech(self, open) : open->family == SINGLE && !introduced(self, open->first))
      continue;
    Marked opener = {open->first, len, QUOTE_OPENER, nested};
    if (nested) {
      put_at(self, behind, opener);
      return;
    }
    out->len = behind;
    vec_push_in(self->arena, out, opener);
    self->late_closer = 0;
    return;
  }
}

void marks_pair(const Notes *notes, Arena *arena, MarkedVec *out)
{
  uint32_t len = (uint32_t)notes->tokens.len, first = 0;
  while (first < len && !marks_is(notes->text, &notes->tokens.items[first])) first++;
  if (first == len) return; // most blocks have none
  Pairing self = {.notes = notes, .arena = arena, .out = out, .way = guillemets_way(notes)};
  bool after_opener = false;
  for (uint32_t i = first; i < len;) i = take_mark(&self, i, &after_opener);
  settle_openers(&self);
  if (self.late_closer) vec_push_in(arena, out, (Marked){self.late_closer, len, QUOTE_CLOSER, false});
  if (self.first_closer) put_at(&self, 0, (Marked){0, self.first_closer, QUOTE_CLOSER, false});
}
