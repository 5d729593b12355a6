// pattern: Lua's own patterns, find, match, gmatch and gsub with the semantics and messages of Lua 5.4,
// but every step of the matcher is charged to the sandbox, so that no pattern can run on for ever. Only
// inside a sandbox_call(), on its thread.
#pragma once

#include <lua.h>

int pattern_find(lua_State *L);   // string.find(s, pattern [, init [, plain]])
int pattern_match(lua_State *L);  // string.match(s, pattern [, init])
int pattern_gmatch(lua_State *L); // string.gmatch(s, pattern [, init])
int pattern_gsub(lua_State *L);   // string.gsub(s, pattern, repl [, n])
