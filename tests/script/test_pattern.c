// Lua's patterns, ours against the original's: thousands of generated patterns and texts, results and
// messages compared.
#include "script/sandbox.h"

#include "base/alloc.h"
#include "chance.h"

#include <lauxlib.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

typedef struct Case {
  const char *function;
  char subject[24], pattern[24], news[12];
  size_t subject_len, pattern_len, news_len;
  int init;
  enum { NEWS_TEXT, NEWS_FUNCTION, NEWS_TABLE } news_kind;
  StrBuf out; // what came back
} Case;

static size_t fill(char *out, size_t most, const char *const *pieces, unsigned count)
{
  size_t len = 0;
  unsigned items = dice(8);
  for (unsigned i = 0; i < items; i++) {
    const char *piece = pieces[dice(count)];
    if (len + strlen(piece) >= most) break;
    memcpy(out + len, piece, strlen(piece));
    len += strlen(piece);
  }
  if (len && dice(40) == 0) out[dice((unsigned)len)] = '\0';
  return len;
}

static void generate(Case *c)
{
  static const char *const subjects[] = {"a",  "b", "ab", "aab", " ", "1", "(", ")",
                                         "x1", "é", "A",  "%",   "]", "-", "ba"};
  static const char *const patterns[] = {
      "a",     "b",      ".",    "%a",  "%d",   "%s", "%w",  "%A", "[ab]",   "[^a]", "[a-z]",
      "[%d_]", "*",      "+",    "-",   "?",    "(",  ")",   "()", "^",      "$",    "%1",
      "%b()",  "%f[%a]", "%%",   "[]]", "[^]]", "%2", "[a-", "%f", "%b(",    "%",    "[",
      "é",     "%x",     "(a*)", "a-",  "(.)",  ".-", "%S",  "%p", "[%a-z]", "[+--]"};
  static const char *const news[] = {"x", "%0", "%1", "%2", "%%", "%", "y", "%9", "a"};
  static const char *const functions[] = {"find", "match", "gmatch", "gsub"};
  strbuf_reset(&c->out);
  c->function = functions[dice(4)];
  c->subject_len = fill(c->subject, sizeof c->subject, subjects, ARRAY_LEN(subjects));
  c->pattern_len = fill(c->pattern, sizeof c->pattern, patterns, ARRAY_LEN(patterns));
  c->news_len = fill(c->news, sizeof c->news, news, ARRAY_LEN(news));
  c->init = (int)dice(12) - 5;
  c->news_kind = dice(3);
}

static void note_values(lua_State *L, Case *c, int from)
{
  for (int i = from; i <= lua_gettop(L); i++) {
    size_t len;
    const char *text = luaL_tolstring(L, i, &len);
    strbuf_addf(&c->out, "%s:", luaL_typename(L, i));
    strbuf_add(&c->out, (Str){text, len});
    strbuf_byte(&c->out, ';');
    lua_pop(L, 1);
  }
}

static int l_news(lua_State *L) // a replacement function: sometimes nothing, sometimes a number
{
  size_t len = 0;
  luaL_tolstring(L, 1, &len);
  if (len % 3 == 0) return 0;
  if (len % 3 == 1) lua_pushinteger(L, (lua_Integer)len);
  return 1;
}

static void push_news(lua_State *L, const Case *c)
{
  if (c->news_kind == NEWS_TEXT) {
    lua_pushlstring(L, c->news, c->news_len);
  } else if (c->news_kind == NEWS_FUNCTION) {
    lua_pushcfunction(L, l_news);
  } else {
    lua_newtable(L);
    lua_pushliteral(L, "Z");
    lua_setfield(L, -2, "a");
  }
}

static int call_it(lua_State *L)
{
  Case *c = lua_touserdata(L, 1);
  lua_getglobal(L, "string");
  lua_getfield(L, -1, c->function);
  lua_pushlstring(L, c->subject, c->subject_len);
  lua_pushlstring(L, c->pattern, c->pattern_len);
  bool gsub = !strcmp(c->function, "gsub");
  if (gsub)
    push_news(L, c);
  else
    lua_pushinteger(L, c->init);
  int base = lua_gettop(L) - 3;
  lua_call(L, 3, LUA_MULTRET);
  note_values(L, c, base);
  for (int i = 0; !strcmp(c->function, "gmatch") && i < 40; i++) {
    lua_settop(L, base);
    lua_pushvalue(L, base);
    lua_call(L, 0, LUA_MULTRET);
    if (lua_gettop(L) == base || lua_isnil(L, base + 1)) break;
    note_values(L, c, base + 1);
  }
  return 0;
}

static int guarded(lua_State *L) // the message is a result, too; addresses of functions are not
{
  Case *c = lua_touserdata(L, 1);
  lua_pushcfunction(L, call_it);
  lua_pushvalue(L, 1);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) strbuf_addf(&c->out, "error: %s", lua_tostring(L, -1));
  char *at = c->out.len ? strstr(c->out.ptr, "function: ") : NULL;
  if (at) {
    size_t len = (size_t)(at - c->out.ptr) + 10, end = len;
    while (end < c->out.len && c->out.ptr[end] != ';') end++;
    memmove(c->out.ptr + len, c->out.ptr + end, c->out.len - end);
    c->out.len -= end - len;
  }
  return 0;
}

static void test_same_as_the_original(void **state)
{
  (void)state;
  chance_begin();
  lua_State *original = luaL_newstate();
  luaL_openlibs(original);
  Sandbox *box = sandbox_new(16 << 20, "test");
  Case a = {0};
  for (int i = 0; i < 60000; i++) {
    generate(&a);
    Case b = a;
    b.out = (StrBuf){0};
    lua_settop(original, 0);
    lua_pushcfunction(original, guarded);
    lua_pushlightuserdata(original, &a);
    assert_int_equal(lua_pcall(original, 1, 0, 0), LUA_OK);
    Fault fault;
    assert_true(sandbox_call(box, guarded, &b, 1000, &fault));
    if (!str_eq(strbuf_str(&a.out), strbuf_str(&b.out)))
      print_error("%d: string.%s(%.*s, %.*s, init %d, news %.*s kind %d)\n  theirs " STR_FMT
                  "\n  ours   " STR_FMT "\n",
                  i, a.function, (int)a.subject_len, a.subject, (int)a.pattern_len, a.pattern, a.init,
                  (int)a.news_len, a.news, a.news_kind, STR_ARG(a.out), STR_ARG(b.out));
    assert_true(str_eq(strbuf_str(&a.out), strbuf_str(&b.out)));
    strbuf_release(&b.out);
  }
  strbuf_release(&a.out);
  sandbox_free(box);
  lua_close(original);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_as_the_original)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
