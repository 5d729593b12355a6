// doc:query(): tree-sitter queries over the article's trees, which are made when first asked for. What one
// captures is copied into the run's scratch first: the calls of tree-sitter must not be left by an error.
#include "parse/treequery.h"
#include "script/bind.h"

#include <lauxlib.h>

#define SOURCE_MAX 2000    // bytes of a query
#define DEPTH_MAX 20       // brackets in brackets
#define CAPTURES_MAX 20000 // of one run

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

static void *make(Str source, Error *err)
{
  if (source.len > SOURCE_MAX) {
    error_set(err, ERR_FORMAT, "query: longer than %d bytes", SOURCE_MAX);
    return NULL;
  }
  if (repeats_repeated(source)) {
    error_set(err, ERR_FORMAT, "query: a repetition in a repetition, or more than %d levels", DEPTH_MAX);
    return NULL;
  }
  return treequery_new(source, err);
}

static void unmake(void *query)
{
  treequery_free(query);
}

static const Compiler g_queries = {.make = make, .free = unmake, .most = 32, .cost = 20000, .cost_byte = 100};

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
  const TreeQuery *query = bind_compile(L, 2, &g_queries);
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
