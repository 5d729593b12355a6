// The algorithm is that of lstrlib.c of Lua 5.4 (MIT licence, copyright 1994-2022 Lua.org, PUC-Rio): a
// backtracking matcher over bytes. Ours counts its steps: each pattern item tried, and each byte that a
// repetition eats. tests/script/test_pattern.c compares the two on generated patterns.
#include "script/pattern.h"

#include "script/sandbox.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#define MAX_CAPTURES 32
#define MAX_DEPTH 200 // of the matcher's recursion, as Lua's MAXCCALLS
#define ESCAPE '%'

enum { CAP_UNFINISHED = -1, CAP_POSITION = -2 };

typedef struct Matcher {
  const char *src, *src_end, *pat_end;
  lua_State *L;
  int depth; // left
  int level; // captures, finished or not
  struct {
    const char *init;
    ptrdiff_t len;
  } capture[MAX_CAPTURES];
} Matcher;

typedef struct GMatch { // the state of an iterator
  const char *src, *pat, *last;
  Matcher m;
} GMatch;

static const char *match(Matcher *m, const char *s, const char *p);

static inline void step(Matcher *m, size_t count)
{
  sandbox_charge(m->L, count);
}
static inline int byte_at(const char *p)
{
  return (unsigned char)*p;
}

// --- single characters

static const char *class_end(Matcher *m, const char *p)
{
  int c = byte_at(p++);
  if (c == ESCAPE) {
    if (p == m->pat_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (c != '[') return p;
  if (*p == '^') p++;
  do { // a ']' at the beginning is itself
    if (p == m->pat_end) luaL_error(m->L, "malformed pattern (missing ']')");
    if (*(p++) == ESCAPE && p < m->pat_end) p++;
  } while (*p != ']');
  return p + 1;
}

static bool in_class(int c, int class)
{
  int found;
  switch (tolower(class)) {
  case 'a':
    found = isalpha(c);
    break;
  case 'c':
    found = iscntrl(c);
    break;
  case 'd':
    found = isdigit(c);
    break;
  case 'g':
    found = isgraph(c);
    break;
  case 'l':
    found = islower(c);
    break;
  case 'p':
    found = ispunct(c);
    break;
  case 's':
    found = isspace(c);
    break;
  case 'u':
    found = isupper(c);
    break;
  case 'w':
    found = isalnum(c);
    break;
  case 'x':
    found = isxdigit(c);
    break;
  default:
    return class == c;
  }
  return (found != 0) != (isupper(class) != 0);
}

static bool in_set(int c, const char *p, const char *set_end) // p at '[', set_end at ']'
{
  bool sign = true;
  if (p[1] == '^') {
    sign = false;
    p++;
  }
  while (++p < set_end) {
    if (*p == ESCAPE) {
      p++;
      if (in_class(c, byte_at(p))) return sign;
    } else if (p[1] == '-' && p + 2 < set_end) {
      p += 2;
      if (byte_at(p - 2) <= c && c <= byte_at(p)) return sign;
    } else if (byte_at(p) == c) {
      return sign;
    }
  }
  return !sign;
}

static bool matches_one(Matcher *m, const char *s, const char *p, const char *item_end)
{
  if (s >= m->src_end) return false;
  int c = byte_at(s);
  switch (*p) {
  case '.':
    return true;
  case ESCAPE:
    return in_class(c, byte_at(p + 1));
  case '[':
    step(m, (size_t)(item_end - p) / 8);
    return in_set(c, p, item_end - 1);
  default:
    return byte_at(p) == c;
  }
}

// --- the items of a pattern

static const char *match_balance(Matcher *m, const char *s, const char *p) // %bxy
{
  if (p >= m->pat_end - 1) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->src_end || *s != *p) return NULL;
  int open = *p, close = p[1], depth = 1;
  while (++s < m->src_end) {
    step(m, 1);
    if (*s == close) {
      if (--depth == 0) return s + 1;
    } else if (*s == open) {
      depth++;
    }
  }
  return NULL;
}

static const char *expand_most(Matcher *m, const char *s, const char *p, const char *item_end) // * and +
{
  ptrdiff_t count = 0;
  while (matches_one(m, s + count, p, item_end)) {
    step(m, 1);
    count++;
  }
  for (; count >= 0; count--) {
    const char *found = match(m, s + count, item_end + 1);
    if (found) return found;
  }
  return NULL;
}

static const char *expand_least(Matcher *m, const char *s, const char *p, const char *item_end) // -
{
  for (;;) {
    const char *found = match(m, s, item_end + 1);
    if (found) return found;
    if (!matches_one(m, s, p, item_end)) return NULL;
    s++;
  }
}

static const char *open_capture(Matcher *m, const char *s, const char *p, ptrdiff_t kind)
{
  if (m->level >= MAX_CAPTURES) luaL_error(m->L, "too many captures");
  m->capture[m->level].init = s;
  m->capture[m->level].len = kind;
  m->level++;
  const char *found = match(m, s, p);
  if (!found) m->level--;
  return found;
}

static const char *close_capture(Matcher *m, const char *s, const char *p)
{
  int level = m->level - 1;
  while (level >= 0 && m->capture[level].len != CAP_UNFINISHED) level--;
  if (level < 0) luaL_error(m->L, "invalid pattern capture");
  m->capture[level].len = s - m->capture[level].init;
  const char *found = match(m, s, p);
  if (!found) m->capture[level].len = CAP_UNFINISHED;
  return found;
}

static const char *match_back(Matcher *m, const char *s, int digit) // %1
{
  int level = digit - '1';
  if (level < 0 || level >= m->level || m->capture[level].len == CAP_UNFINISHED)
    luaL_error(m->L, "invalid capture index %%%d", level + 1);
  // A position capture has length -2, which is no length that could match.
  size_t len = (size_t)m->capture[level].len;
  if ((size_t)(m->src_end - s) < len) return NULL;
  step(m, len);
  return memcmp(m->capture[level].init, s, len) == 0 ? s + len : NULL;
}

static bool at_frontier(Matcher *m, const char *s, const char *p, const char *set_end) // %f[set]
{
  int before = s == m->src ? '\0' : byte_at(s - 1);
  int after = s < m->src_end ? byte_at(s) : '\0';
  return !in_set(before, p, set_end - 1) && in_set(after, p, set_end - 1);
}

// One item with its suffix. Returns true where the match goes on at *s and *p, else *s is the answer.
static bool match_item(Matcher *m, const char **s, const char **p)
{
  const char *item = *p, *item_end = class_end(m, item);
  int suffix = item_end < m->pat_end ? *item_end : '\0';
  bool one = matches_one(m, *s, item, item_end);
  if (!one && suffix && strchr("*?-", suffix)) { // none of them: no recursion
    *p = item_end + 1;
    return true;
  }
  switch (suffix) {
  case '?': {
    const char *found = one ? match(m, *s + 1, item_end + 1) : NULL;
    if (!found) {
      *p = item_end + 1;
      return true;
    }
    *s = found;
    return false;
  }
  case '+':
    *s = one ? expand_most(m, *s + 1, item, item_end) : NULL;
    return false;
  case '*':
    *s = expand_most(m, *s, item, item_end);
    return false;
  case '-':
    *s = expand_least(m, *s, item, item_end);
    return false;
  default:
    if (!one) {
      *s = NULL;
      return false;
    }
    (*s)++;
    *p = item_end;
    return true;
  }
}

// The items that begin with '%' and are no character class. As match_item(); *handled tells whether it was
// one.
static bool match_escape(Matcher *m, const char **s, const char **p, bool *handled)
{
  const char *at = *p;
  *handled = true;
  switch (at + 1 < m->pat_end ? at[1] : '\0') {
  case 'b':
    *s = match_balance(m, *s, at + 2);
    *p = at + 4;
    return *s != NULL;
  case 'f': {
    if (at + 2 >= m->pat_end || at[2] != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
    const char *set_end = class_end(m, at + 2);
    if (!at_frontier(m, *s, at + 2, set_end)) *s = NULL;
    *p = set_end;
    return *s != NULL;
  }
  case '0':
  case '1':
  case '2':
  case '3':
  case '4':
  case '5':
  case '6':
  case '7':
  case '8':
  case '9':
    *s = match_back(m, *s, byte_at(at + 1));
    *p = at + 2;
    return *s != NULL;
  default:
    *handled = false;
    return false;
  }
}

// Where a match of [p, pat_end) that begins at `s` ends; NULL: there is none.
static const char *match(Matcher *m, const char *s, const char *p)
{
  if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
  bool go_on = true;
  while (go_on && p < m->pat_end) {
    step(m, 1);
    bool handled = false;
    if (*p == '(') {
      s = p[1] == ')' ? open_capture(m, s, p + 2, CAP_POSITION) : open_capture(m, s, p + 1, CAP_UNFINISHED);
      go_on = false;
    } else if (*p == ')') {
      s = close_capture(m, s, p + 1);
      go_on = false;
    } else if (*p == '$' && p + 1 == m->pat_end) {
      if (s != m->src_end) s = NULL;
      go_on = false;
    } else {
      if (*p == ESCAPE) go_on = match_escape(m, &s, &p, &handled);
      if (!handled) go_on = match_item(m, &s, &p);
    }
  }
  m->depth++;
  return s;
}

// --- captures

static void matcher_begin(Matcher *m, lua_State *L, const char *s, size_t s_len, const char *p, size_t p_len)
{
  m->L = L;
  m->src = s;
  m->src_end = s + s_len;
  m->pat_end = p + p_len;
  m->depth = MAX_DEPTH;
}

static const char *matcher_try(Matcher *m, const char *s, const char *p)
{
  m->level = 0;
  m->depth = MAX_DEPTH;
  return match(m, s, p);
}

static void push_capture(Matcher *m, int i, const char *s, const char *e)
{
  if (i >= m->level) {
    if (i != 0) luaL_error(m->L, "invalid capture index %%%d", i + 1);
    lua_pushlstring(m->L, s, (size_t)(e - s)); // no captures: the whole match
  } else if (m->capture[i].len == CAP_POSITION) {
    lua_pushinteger(m->L, m->capture[i].init - m->src + 1);
  } else {
    if (m->capture[i].len == CAP_UNFINISHED) luaL_error(m->L, "unfinished capture");
    lua_pushlstring(m->L, m->capture[i].init, (size_t)m->capture[i].len);
  }
}

static int push_captures(Matcher *m, const char *s, const char *e) // s NULL: none where the pattern has none
{
  int count = m->level == 0 && s ? 1 : m->level;
  luaL_checkstack(m->L, count, "too many captures");
  for (int i = 0; i < count; i++) push_capture(m, i, s, e);
  return count;
}

// --- find and match

static size_t start_of(lua_Integer pos, size_t len) // a Lua position, from 1
{
  if (pos > 0) return (size_t)pos;
  if (pos == 0 || pos < -(lua_Integer)len) return 1;
  return len + (size_t)pos + 1;
}

static bool has_specials(const char *p, size_t len)
{
  for (size_t i = 0; i < len; i++)
    if (p[i] && strchr("^$*+?.([%-", p[i])) return true;
  return false;
}

static const char *find_plain(lua_State *L, const char *s, size_t s_len, const char *p, size_t p_len)
{
  if (p_len == 0) return s;
  while (s_len >= p_len) {
    const char *at = memchr(s, *p, s_len - p_len + 1);
    if (!at) break;
    sandbox_charge(L, 1 + (size_t)(at - s) / 16 + p_len / 16);
    if (!memcmp(at, p, p_len)) return at;
    s_len -= (size_t)(at + 1 - s);
    s = at + 1;
  }
  return NULL;
}

static int find_pattern(lua_State *L, bool find, const char *s, size_t len, size_t init, const char *p,
                        size_t p_len)
{
  Matcher m;
  bool anchor = p_len && *p == '^';
  matcher_begin(&m, L, s, len, p, p_len);
  const char *at = s + init;
  do {
    const char *end = matcher_try(&m, at, p + anchor);
    if (!end) continue;
    if (!find) return push_captures(&m, at, end);
    lua_pushinteger(L, at - s + 1);
    lua_pushinteger(L, end - s);
    return push_captures(&m, NULL, NULL) + 2;
  } while (at++ < m.src_end && !anchor);
  luaL_pushfail(L);
  return 1;
}

static int find_or_match(lua_State *L, bool find)
{
  size_t len, p_len;
  const char *s = luaL_checklstring(L, 1, &len), *p = luaL_checklstring(L, 2, &p_len);
  size_t init = start_of(luaL_optinteger(L, 3, 1), len) - 1;
  if (init > len) {
    luaL_pushfail(L);
    return 1;
  }
  if (!find || (!lua_toboolean(L, 4) && has_specials(p, p_len)))
    return find_pattern(L, find, s, len, init, p, p_len);
  const char *at = find_plain(L, s + init, len - init, p, p_len);
  if (!at) {
    luaL_pushfail(L);
    return 1;
  }
  lua_pushinteger(L, at - s + 1);
  lua_pushinteger(L, at - s + (lua_Integer)p_len);
  return 2;
}

int pattern_find(lua_State *L)
{
  return find_or_match(L, true);
}
int pattern_match(lua_State *L)
{
  return find_or_match(L, false);
}

// --- gmatch

static int gmatch_next(lua_State *L) // upvalues: subject, pattern, GMatch
{
  GMatch *g = lua_touserdata(L, lua_upvalueindex(3));
  g->m.L = L;
  for (const char *at = g->src; at <= g->m.src_end; at++) {
    const char *end = matcher_try(&g->m, at, g->pat);
    if (!end || end == g->last) continue;
    g->src = g->last = end;
    return push_captures(&g->m, at, end);
  }
  return 0;
}

int pattern_gmatch(lua_State *L)
{
  size_t len, p_len;
  const char *s = luaL_checklstring(L, 1, &len), *p = luaL_checklstring(L, 2, &p_len);
  size_t init = start_of(luaL_optinteger(L, 3, 1), len) - 1;
  lua_settop(L, 2);
  GMatch *g = lua_newuserdatauv(L, sizeof *g, 0);
  if (init > len) init = len + 1; // finds nothing
  matcher_begin(&g->m, L, s, len, p, p_len);
  g->src = s + init;
  g->pat = p;
  g->last = NULL;
  lua_pushcclosure(L, gmatch_next, 3);
  return 1;
}

// --- gsub

static void add_text(Matcher *m, luaL_Buffer *out, const char *s,
                     const char *e) // a replacement string: %0 to %9, %%
{
  size_t len;
  const char *news = lua_tolstring(m->L, 3, &len), *end = news + len;
  for (const char *p; (p = memchr(news, ESCAPE, (size_t)(end - news))); news = p + 1) {
    luaL_addlstring(out, news, (size_t)(p - news));
    p++;
    if (*p == ESCAPE) {
      luaL_addchar(out, *p);
    } else if (*p == '0') {
      luaL_addlstring(out, s, (size_t)(e - s));
    } else if (isdigit(byte_at(p))) {
      push_capture(m, *p - '1', s, e);
      luaL_tolstring(m->L, -1, NULL); // a position is a number
      lua_remove(m->L, -2);
      luaL_addvalue(out);
    } else {
      luaL_error(m->L, "invalid use of '%c' in replacement string", ESCAPE);
    }
  }
  luaL_addlstring(out, news, (size_t)(end - news));
}

// Append what the match [s, e) becomes; false where it stays.
static bool add_value(Matcher *m, luaL_Buffer *out, const char *s, const char *e, int type)
{
  lua_State *L = m->L;
  switch (type) {
  case LUA_TFUNCTION:
    lua_pushvalue(L, 3);
    lua_call(L, push_captures(m, s, e), 1);
    break;
  case LUA_TTABLE:
    push_capture(m, 0, s, e);
    lua_gettable(L, 3);
    break;
  default:
    add_text(m, out, s, e);
    return true;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(out, s, (size_t)(e - s));
    return false;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  luaL_addvalue(out);
  return true;
}

int pattern_gsub(lua_State *L)
{
  size_t len, p_len;
  const char *at = luaL_checklstring(L, 1, &len), *p = luaL_checklstring(L, 2, &p_len), *last = NULL;
  int type = lua_type(L, 3);
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)len + 1), count = 0;
  bool anchor = p_len && *p == '^', changed = false;
  luaL_argexpected(L,
                   type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE,
                   3, "string/function/table");
  Matcher m;
  luaL_Buffer out;
  matcher_begin(&m, L, at, len, p, p_len);
  luaL_buffinit(L, &out);
  while (count < most) {
    const char *end = matcher_try(&m, at, p + anchor);
    if (end && end != last) {
      count++;
      changed = add_value(&m, &out, at, end, type) | changed;
      at = last = end;
    } else if (at < m.src_end) {
      luaL_addchar(&out, *at++);
    } else {
      break;
    }
    if (anchor) break;
  }
  if (changed) {
    luaL_addlstring(&out, at, (size_t)(m.src_end - at));
    luaL_pushresult(&out);
  } else {
    lua_pushvalue(L, 1); // the original
  }
  lua_pushinteger(L, count);
  return 2;
}
