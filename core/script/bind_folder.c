// newsmark.index: what the folder's index knows, read-only, and so many questions an article. What is said of
// an article then depends on others: the index moves on, and the next reading may say something else.
#include "script/bind.h"

#include <lauxlib.h>

#define QUESTIONS 200 // an article
#define COST 20000    // steps of one: about what it takes

// False where there is no index, or no question is left.
static bool may_ask(lua_State *L, Run *run)
{
  sandbox_check_time(L);
  if (!run->folder || !run->folder->entity) return false;
  if (run->asked++ >= QUESTIONS)
    luaL_error(L, "newsmark.index: more than %d questions in one article", QUESTIONS);
  sandbox_charge(L, COST);
  return true;
}

static void set_count(lua_State *L, const char *key, size_t count) // [table]
{
  lua_pushinteger(L, (lua_Integer)count);
  lua_setfield(L, -2, key);
}

static int l_entity(lua_State *L) // newsmark.index.entity(name) -> table or nil
{
  Run *run = bind_run(L);
  size_t len;
  const char *name = luaL_checklstring(L, 1, &len);
  FolderEntity found = {0};
  if (!may_ask(L, run) ||
      !run->folder->entity(run->folder->ctx, run->path, (Str){name, len}, run->scratch, &found)) {
    lua_pushnil(L);
    return 1;
  }
  lua_createtable(L, 0, 8);
  bind_set_str(L, "name", found.name);
  bind_set_str(L, "entity", found.entity);
  bind_set_str(L, "tag", found.tag);
  bind_set_str(L, "first", found.first);
  bind_set_str(L, "last", found.last);
  set_count(L, "articles", found.articles);
  set_count(L, "mentions", found.mentions);
  set_count(L, "quotes", found.quotes);
  return 1;
}

void bind_push_index(lua_State *L)
{
  static const luaL_Reg functions[] = {{"entity", l_entity}, {NULL, NULL}};
  luaL_newlib(L, functions);
}
