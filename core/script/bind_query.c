// doc:query(): tree-sitter queries over the article's trees, which are made when first asked for. A query is
// compiled once a script and kept in the state, owned by Lua. What it captures is copied into the run's
// scratch first: the calls of tree-sitter must not be left by an error.
#include "parse/treequery.h"
#include "script/bind.h"

#include <lauxlib.h>

#define QUERY "newsmark.Query"
#define SOURCE_MAX 2000    // bytes of a query
#define DEPTH_MAX 20       // brackets in brackets
#define CAPTURES_MAX 20000 // of one run
#define KEPT 32            // queries

typedef struct QueryBox { // Lua owns it
  TreeQuery *query;
} QueryBox;

static int l_query_gc(lua_State *L)
{
  QueryBox *box = lua_touserdata(L, 1);
  treequery_free(box->query);
  box->query = NULL;
  return 0;
}

// The table of compiled queries, source -> QueryBox; [1] is their number.
static void push_kept(lua_State *L)
{
  static const char key = 0;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushinteger(L, 0);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

// Whether something repeated holds something repeated, which takes tree-sitter's analysis of a query out of
// bounds.
static bool repeats_repeated(Str source)
{
  bool repeated[DEPTH_MAX + 1] = {false}; // [depth] whether the group that is open there holds a repetition
  bool closed = false;                    // the same of the group or node just closed
  size_t depth = 0;
  for (size_t i = 0; i < source.len; i++) {
    char c = source.ptr[i];
    if (c == '"') {
      closed = false;
      while (++i < source.len && source.ptr[i] != '"')
        if (source.ptr[i] == '\\') i++;
    } else if (c == '(' || c == '[') {
      if (++depth > DEPTH_MAX) return true;
      repeated[depth] = closed = false;
    } else if (c == ')' || c == ']') {
      closed = repeated[depth];
      if (depth) depth--;
      repeated[depth] |= closed;
    } else if (c == '*' || c == '+') {
      if (closed) return true;
      repeated[depth] = closed = true;
    }
  }
  return false;
}

// The compiled query of the string at `arg`; its box is left on the stack.
static const TreeQuery *compile(lua_State *L, int arg)
{
  size_t len;
  const char *source = luaL_checklstring(L, arg, &len);
  if (len > SOURCE_MAX) luaL_error(L, "query: longer than %d bytes", SOURCE_MAX);
  if (repeats_repeated((Str){source, len}))
    luaL_error(L, "query: a repetition in a repetition, or more than %d levels", DEPTH_MAX);
  push_kept(L);
  lua_pushvalue(L, arg);
  if (lua_rawget(L, -2) == LUA_TUSERDATA) return ((QueryBox *)lua_touserdata(L, -1))->query;
  lua_pop(L, 1); // [kept]
  QueryBox *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->query = NULL;
  if (luaL_newmetatable(L, QUERY)) {
    lua_pushcfunction(L, l_query_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  Error err;
  sandbox_charge(L, 20000 + len * 100);
  box->query = treequery_new((Str){source, len}, &err);
  if (!box->query) luaL_error(L, "%s", err.text);
  lua_rawgeti(L, -2, 1);
  lua_Integer count = lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (count >= KEPT) return box->query;
  lua_pushvalue(L, arg);
  lua_pushvalue(L, -2);
  lua_rawset(L, -4);
  lua_pushinteger(L, count + 1);
  lua_rawseti(L, -3, 1);
  return box->query;
}

typedef struct Captures {
  Arena *arena;
  VEC_OF(Capture) items;
} Captures;

static bool keep(void *context, const Capture *capture)
{
  Captures *all = context;
  vec_push_in(all->arena, &all->items, *capture);
  return all->items.len < CAPTURES_MAX;
}

static Article *article_of(Run *run)
{
  if (run->article) return run->article;
  run->article = article_new();
  article_parse(run->article, run->snapshot);
  return run->article;
}

static void push_capture(lua_State *L, const Run *run, const Capture *capture)
{
  bind_push_stretch(L, run, capture->start, capture->end);
  lua_pushlstring(L, capture->name.ptr, capture->name.len);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, capture->node);
  lua_setfield(L, -2, "node");
}

// A match: its captures in order, and the first of each name under that name.
static void add_to_match(lua_State *L, const Run *run, const Capture *capture) // [match]
{
  push_capture(L, run, capture);
  lua_pushlstring(L, capture->name.ptr, capture->name.len);
  if (lua_rawget(L, -3) == LUA_TNIL) {
    lua_pushlstring(L, capture->name.ptr, capture->name.len);
    lua_pushvalue(L, -3);
    lua_rawset(L, -5);
  }
  lua_pop(L, 1);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

int bind_query(lua_State *L) // doc:query(S-expression) -> matches
{
  Run *run = bind_check_doc(L, 1);
  luaL_checktype(L, 2, LUA_TSTRING);
  const TreeQuery *query = compile(L, 2);
  Captures found = {.arena = run->scratch};
  sandbox_charge(L, 1000 + run->text.len / 4);
  treequery_run(query, article_of(run), keep, &found);
  sandbox_charge(L, found.items.len * 16);
  luaL_checkstack(L, 12, "query");
  lua_newtable(L); // [matches]
  uint32_t match = UINT32_MAX;
  for (size_t i = 0; i < found.items.len; i++) {
    const Capture *capture = &found.items.items[i];
    if (capture->end <= capture->start || capture->end > run->text.len) continue;
    if (capture->match != match) {
      lua_newtable(L); // [matches, match]
      lua_pushvalue(L, -1);
      lua_rawseti(L, -3, (lua_Integer)lua_rawlen(L, -3) + 1);
      match = capture->match;
    } else {
      lua_rawgeti(L, -1, (lua_Integer)lua_rawlen(L, -1));
    }
    add_to_match(L, run, capture);
    lua_pop(L, 1);
  }
  return 1;
}
