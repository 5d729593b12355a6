// What a script compiles out of strings (patterns, queries) is compiled once: it hangs in a box that Lua
// owns, in a table of the state, until there are enough of its kind; then a box lasts as long as the call
// that needs it.
#include "script/bind.h"

#include <lauxlib.h>

#define BOX "newsmark.Compiled"

typedef struct Box {
  void *made;
  const Compiler *by;
} Box;

static int l_box_gc(lua_State *L)
{
  Box *box = lua_touserdata(L, 1);
  if (box->made) box->by->free(box->made);
  box->made = NULL;
  return 0;
}

static Box *push_box(lua_State *L, const Compiler *by)
{
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = (Box){NULL, by};
  if (luaL_newmetatable(L, BOX)) {
    lua_pushcfunction(L, l_box_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return box;
}

// The table of the compiler's boxes, source -> Box; [1] is their number.
static void push_kept(lua_State *L, const Compiler *by)
{
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, by) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushinteger(L, 0);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, by);
}

void *bind_compile(lua_State *L, int arg, const Compiler *by)
{
  size_t len;
  const char *source = luaL_checklstring(L, arg, &len);
  luaL_checkstack(L, 6, "compiled");
  push_kept(L, by);
  lua_pushvalue(L, arg);
  if (lua_rawget(L, -2) == LUA_TUSERDATA) return ((Box *)lua_touserdata(L, -1))->made;
  lua_pop(L, 1); // [kept]
  Box *box = push_box(L, by);
  Error err;
  sandbox_charge(L, by->cost + len * by->cost_byte);
  box->made = by->make((Str){source, len}, &err);
  if (!box->made) luaL_error(L, "%s", err.text);
  lua_rawgeti(L, -2, 1);
  lua_Integer count = lua_tointeger(L, -1);
  lua_pop(L, 1); // [kept, box]
  if (count >= by->most) return box->made;
  lua_pushvalue(L, arg);
  lua_pushvalue(L, -2);
  lua_rawset(L, -4);
  lua_pushinteger(L, count + 1);
  lua_rawseti(L, -3, 1);
  return box->made;
}
