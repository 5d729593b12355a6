// How it works: Lua's libraries are opened, and what is allowed is copied out of them into a fresh table of
// globals; the rest can not be reached. Four things keep a script in its budget:
// - an instruction hook looks at the clock; once the time is spent it fires at every instruction, so that no
//   pcall of the script outlives it;
// - C functions whose work depends on their arguments charge it, before or while they do it;
// - the allocator has a ceiling, and refuses large blocks once the time is spent;
// - a hard limit outside (host.c) gives up the thread, for what none of these sees.
// A hook is off while it raises its error, and what runs before the stack is unwound runs without it: message
// handlers (xpcall), and the closing of a dead coroutine (coroutine.wrap, coroutine.close). So the prelude
// has its own xpcall and wrap. Time is the thread's own: a busy machine does not make a script fail. Its
// clock is dear, so it is read only when the wall clock says that the budget may be spent.
#include "script/sandbox.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "script/pattern.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOOK_EVERY 250            // instructions; each may compare or hash a string of megabytes
#define CHECK_EVERY 32768         // steps of string work between two looks at the clock
#define MAX_ITEMS 1000000         // that one call of a table function may move
#define MAX_REP ((size_t)1 << 20) // bytes that string.rep may make
#define LARGE_BLOCK 65536         // an allocation that looks at the clock
#define PRINTS 100                // lines a call may print

Sandbox *sandbox_of(lua_State *L)
{
  return *(Sandbox **)lua_getextraspace(L);
}

uint64_t sandbox_spent_ns(const Sandbox *self)
{
  return clock_thread_ns() - self->began_cpu_ns;
}

// --- time

static bool time_is_up(Sandbox *self)
{
  if (self->over) return true;
  uint64_t wall = clock_ns();
  if (wall < self->wall_deadline_ns) return false;
  uint64_t cpu = clock_thread_ns();
  if (cpu < self->cpu_deadline_ns) { // the thread was waiting: look again when it may have used the rest
    self->wall_deadline_ns = wall + (self->cpu_deadline_ns - cpu);
    return false;
  }
  return self->over = true;
}

static void on_tick(lua_State *L, lua_Debug *ar);

static void stop(lua_State *L, int level) // of the Lua function that is told of
{
  Sandbox *self = sandbox_of(L);
  lua_sethook(L, on_tick, LUA_MASKCOUNT, 1); // stays armed, here and in the main thread
  lua_sethook(self->L, on_tick, LUA_MASKCOUNT, 1);
  luaL_where(L, level);
  lua_pushfstring(L, "stopped: its time is spent (%d ms)", (int)self->budget_ms);
  lua_concat(L, 2);
  lua_error(L);
}

static void on_tick(lua_State *L, lua_Debug *ar)
{
  (void)ar;
  if (time_is_up(sandbox_of(L))) stop(L, 0);
}

void sandbox_check_time(lua_State *L)
{
  if (time_is_up(sandbox_of(L))) stop(L, 1);
}

void sandbox_charge(lua_State *L, size_t steps)
{
  Sandbox *self = sandbox_of(L);
  if (steps > self->steps_left) {
    self->steps_left = 0;
    self->over = true;
    sandbox_check_time(L);
  }
  self->steps_left -= steps;
  self->unchecked += (uint32_t)(steps < CHECK_EVERY ? steps : CHECK_EVERY);
  if (self->unchecked < CHECK_EVERY) return;
  self->unchecked = 0;
  sandbox_check_time(L);
}

// --- memory

static void *box_alloc(void *ud, void *ptr, size_t osize, size_t nsize)
{
  Sandbox *self = ud;
  size_t old = ptr ? osize : 0; // for a new block, osize is a type tag
  if (nsize == 0) {
    free(ptr);
    self->mem_used -= old;
    return NULL;
  }
  if (nsize > old) {
    if (nsize - old > self->mem_cap - self->mem_used) return NULL; // Lua raises LUA_ERRMEM
    if (self->fail_after == 0) return NULL;
    if (self->fail_after > 0) self->fail_after--;
    if (nsize > LARGE_BLOCK && self->budget_ms && time_is_up(self)) return NULL;
  }
  void *moved = realloc(ptr, nsize);
  if (moved) self->mem_used = self->mem_used - old + nsize;
  return moved;
}

// --- bounded functions

static int l_rep(lua_State *L) // string.rep(s, n [, sep])
{
  size_t len, sep_len;
  const char *s = luaL_checklstring(L, 1, &len);
  lua_Integer n = luaL_checkinteger(L, 2);
  const char *sep = luaL_optlstring(L, 3, "", &sep_len);
  if (n <= 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  if (n > MAX_ITEMS || (len + sep_len) > MAX_REP / (size_t)n)
    return luaL_error(L, "rep: the result is over 1 MB");
  sandbox_charge(L, (size_t)n + (len + sep_len) * (size_t)n / 16);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  while (n-- > 1) {
    luaL_addlstring(&out, s, len);
    luaL_addlstring(&out, sep, sep_len);
  }
  luaL_addlstring(&out, s, len);
  luaL_pushresult(&out);
  return 1;
}

static int l_setmetatable(lua_State *L) // setmetatable(t, mt): without finalizers, which no hook can stop
{
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
    return luaL_error(L, "cannot change a protected metatable");
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "setmetatable: __gc is not allowed in a tagger");
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

static int l_print(lua_State *L) // print(...): to the log
{
  Sandbox *self = sandbox_of(L);
  if (self->quiet || !self->prints_left) return 0;
  self->prints_left--;
  int count = lua_gettop(L);
  luaL_Buffer line;
  luaL_buffinit(L, &line);
  for (int i = 1; i <= count && i <= 20; i++) {
    if (i > 1) luaL_addchar(&line, '\t');
    luaL_tolstring(L, i, NULL);
    luaL_addvalue(&line);
  }
  luaL_pushresult(&line);
  log_line(LOG_INFO, "%s: %.1000s", self->name, lua_tostring(L, -1));
  return 0;
}

// What a call of a library's function costs, from its arguments; raises where they are out of bounds.
// Raw tables only: a __len that answers anew each time would slip past the count.
static int count_items(lua_State *L)
{
  luaL_checktype(L, 1, LUA_TTABLE);
  if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) luaL_error(L, "a table with __len is not allowed here");
  return (int)lua_rawlen(L, 1);
}

static int cost_sort(lua_State *L)
{
  int count = count_items(L), depth = 1;
  if (count > MAX_ITEMS) luaL_error(L, "more than %d items at once", MAX_ITEMS);
  for (int n = count; n > 1; n >>= 1) depth++;
  return 1 + count * depth;
}

static int cost_range(lua_State *L, int from, int to)
{
  lua_Integer first = luaL_optinteger(L, from, 1),
              last = luaL_optinteger(L, to, (lua_Integer)lua_rawlen(L, 1));
  if (last < first) return 1;
  lua_Unsigned gap = (lua_Unsigned)last - (lua_Unsigned)first; // one less than the items: cannot overflow
  if (gap >= MAX_ITEMS) luaL_error(L, "more than %d items at once", MAX_ITEMS);
  return (int)gap + 1;
}

static int cost_concat(lua_State *L)
{
  return count_items(L), cost_range(L, 3, 4);
}
static int cost_unpack(lua_State *L)
{
  return count_items(L), cost_range(L, 2, 3);
}

static int cost_move(lua_State *L)
{
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkinteger(L, 2);
  luaL_checkinteger(L, 3);
  return cost_range(L, 2, 3);
}

static int cost_strings(lua_State *L)
{
  size_t bytes = 0;
  for (int i = lua_gettop(L); i > 0; i--)
    if (lua_type(L, i) == LUA_TSTRING) bytes += (size_t)lua_rawlen(L, i);
  return 1 + (int)(bytes / 16);
}

// A part of a string costs what it holds, not what it is cut from.
static int cost_part(lua_State *L, lua_Integer otherwise)
{
  size_t len;
  luaL_checklstring(L, 1, &len);
  lua_Integer from = luaL_optinteger(L, 2, 1), to = luaL_optinteger(L, 3, otherwise ? otherwise : from);
  lua_Integer most = (lua_Integer)len;
  if (from < 0) from = from < -most ? 1 : most + from + 1;
  if (to < 0) to = to < -most ? 0 : most + to + 1;
  if (from < 1) from = 1;
  if (to > most) to = most;
  return from > to ? 1 : 1 + (int)((to - from) / 16);
}

static int cost_sub(lua_State *L)
{
  return cost_part(L, -1);
}
static int cost_byte(lua_State *L)
{
  return cost_part(L, 0);
}

static int l_charged(lua_State *L) // upvalues: the library's function, its cost
{
  sandbox_charge(L, (size_t)lua_tocfunction(L, lua_upvalueindex(2))(L));
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1); // [function, arguments]
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

// --- globals

typedef struct Allowed {
  const char *library; // "_G" for plain globals
  const char *names;   // as they are
} Allowed;

static const Allowed g_allowed[] = {
    {"_G", "assert error getmetatable ipairs next pairs pcall rawequal rawget rawlen rawset select tonumber "
           "tostring "
           "type _VERSION"},
    {"string", "char len"},
    {"table", "pack"},
    {"math",
     "abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad sin "
     "sqrt tan tointeger type ult"},
    {"utf8", "char charpattern codes"},
    {"coroutine", "create isyieldable resume running status yield"},
};

static const struct {
  const char *library, *name;
  lua_CFunction cost;
} g_charged[] = {
    {"string", "byte", cost_byte},       {"string", "format", cost_strings},
    {"string", "lower", cost_strings},   {"string", "sub", cost_sub},
    {"string", "reverse", cost_strings}, {"string", "upper", cost_strings},
    {"utf8", "codepoint", cost_strings}, {"utf8", "len", cost_strings},
    {"utf8", "offset", cost_strings},    {"table", "concat", cost_concat},
    {"table", "insert", count_items},    {"table", "move", cost_move},
    {"table", "remove", count_items},    {"table", "sort", cost_sort},
    {"table", "unpack", cost_unpack},
};

static const luaL_Reg g_own_string[] = {{"rep", l_rep},           {"find", pattern_find},
                                        {"match", pattern_match}, {"gmatch", pattern_gmatch},
                                        {"gsub", pattern_gsub},   {NULL, NULL}};

static void copy_names(lua_State *L, const char *names) // [library, target]
{
  Str rest = str_of(names);
  while (rest.len) {
    Str name = str_cut(&rest, ' ');
    lua_pushlstring(L, name.ptr, name.len);
    lua_pushvalue(L, -1);
    lua_rawget(L, -4); // [library, target, name, value]
    lua_rawset(L, -3);
  }
}

static void copy_charged(lua_State *L, const char *library) // [library, target]
{
  for (size_t i = 0; i < ARRAY_LEN(g_charged); i++) {
    if (strcmp(g_charged[i].library, library)) continue;
    lua_getfield(L, -2, g_charged[i].name);
    lua_pushcfunction(L, g_charged[i].cost);
    lua_pushcclosure(L, l_charged, 2);
    lua_setfield(L, -2, g_charged[i].name);
  }
}

static void open_library(lua_State *L, const char *name, lua_CFunction open,
                         const Allowed *allowed) // [globals]
{
  luaL_requiref(L, name, open, 0); // [globals, library]
  bool plain = !strcmp(name, "_G");
  if (plain)
    lua_pushvalue(L, -2);
  else
    lua_newtable(L);
  copy_names(L, allowed->names);
  copy_charged(L, name);
  if (!strcmp(name, "string")) luaL_setfuncs(L, g_own_string, 0);
  if (!plain) {
    lua_pushvalue(L, -1);
    lua_setfield(L, -4, name); // [globals, library, target]
  }
  lua_pop(L, 2);
}

static void guard_strings(lua_State *L) // [globals]: methods of strings are ours too
{
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_getfield(L, -3, "string");
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

static int open_all(lua_State *L)
{
  static const lua_CFunction opens[] = {luaopen_base, luaopen_string, luaopen_table,
                                        luaopen_math, luaopen_utf8,   luaopen_coroutine};
  lua_newtable(L);
  for (size_t i = 0; i < ARRAY_LEN(opens); i++)
    open_library(L, g_allowed[i].library, opens[i], &g_allowed[i]);
  guard_strings(L);
  lua_pushcfunction(L, l_setmetatable);
  lua_setfield(L, -2, "setmetatable");
  lua_pushcfunction(L, l_print);
  lua_setfield(L, -2, "print");
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "_G");
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  return 0;
}

// --- calls

static int on_panic(lua_State *L)
{
  log_line(LOG_ERROR, "script host: unprotected error: %s", lua_tostring(L, -1));
  abort();
}

static int on_error(lua_State *L) // message handler: no method of the error object is called
{
  if (lua_type(L, 1) != LUA_TSTRING)
    lua_pushfstring(L, "the error is a %s, not a message", luaL_typename(L, 1));
  luaL_traceback(L, L, lua_tostring(L, -1), 1);
  return 1;
}

// The line in "weapons.lua:12: …", and where it goes on behind that; 0: `text` does not begin with a place in
// the script.
static size_t read_place(const char *text, const char **rest)
{
  const char *at = strstr(text, ".lua:");
  if (!at || memchr(text, '\n', (size_t)(at - text)) || memchr(text, ' ', (size_t)(at - text))) return 0;
  char *end;
  unsigned long line = strtoul(at + 5, &end, 10);
  if (!line || end[0] != ':' || end[1] != ' ') return 0;
  *rest = end + 2;
  return strncmp(text, "prelude.lua:", 12) ? line : 0;
}

// Of a traceback the frames that are the script's; those of the host say nothing to its author.
static void keep_own_frames(const char *trace, char *out, size_t size)
{
  size_t used = 0;
  out[0] = '\0';
  for (const char *at = trace; at && used < size && (at = strstr(at, "\n\t"));) {
    const char *frame = at += 2, *ignored;
    if (read_place(frame, &ignored))
      used += (size_t)snprintf(out + used, size - used, "%s\n\t%.*s",
                               used ? "" : "stack traceback:", (int)strcspn(frame, "\n"), frame);
  }
}

// "weapons.lua:12: message\nstack traceback:\n\t…" into its parts. Where the message has no place, the
// innermost function of the script has.
static void fault_read(Fault *fault, const char *message)
{
  const char *trace = strstr(message, "\nstack traceback:"), *end = trace ? trace : message + strlen(message);
  fault->line = read_place(message, &message);
  for (const char *at = trace; at && !fault->line && (at = strstr(at, "\n\t"));) {
    const char *ignored;
    fault->line = read_place(at += 2, &ignored);
  }
  snprintf(fault->text, sizeof fault->text, "%.*s", end > message ? (int)(end - message) : 0, message);
  keep_own_frames(trace, fault->trace, sizeof fault->trace);
}

static void arm(Sandbox *self, uint32_t budget_ms)
{
  self->over = false;
  self->budget_ms = budget_ms;
  self->steps_left = SANDBOX_STEPS;
  self->unchecked = 0;
  self->prints_left = PRINTS;
  self->began_cpu_ns = clock_thread_ns();
  self->cpu_deadline_ns = self->began_cpu_ns + (uint64_t)budget_ms * 1000000u;
  self->wall_deadline_ns = clock_ns() + (uint64_t)budget_ms * 1000000u;
  lua_sethook(self->L, on_tick, LUA_MASKCOUNT, HOOK_EVERY);
}

bool sandbox_call(Sandbox *self, lua_CFunction body, void *arg, uint32_t budget_ms, Fault *fault)
{
  lua_State *L = self->L;
  *fault = (Fault){0};
  arm(self, budget_ms);
  lua_settop(L, 0);
  lua_pushcfunction(L, on_error); // none of the three can raise
  lua_pushcfunction(L, body);
  lua_pushlightuserdata(L, arg);
  int status = lua_pcall(L, 1, 0, 1);
  lua_sethook(L, NULL, 0, 0);
  if (status != LUA_OK) {
    fault->kind = self->over ? FAULT_TIME : status == LUA_ERRMEM ? FAULT_MEMORY : FAULT_ERROR;
    fault_read(fault, lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "error in error handling");
    lua_settop(L, 0);
    if (status == LUA_ERRMEM) {
      if (self->over) // the allocator refused because of the time
        snprintf(fault->text, sizeof fault->text, "stopped: its time is spent (%u ms)", budget_ms);
      else
        snprintf(fault->text, sizeof fault->text, "stopped: its memory is spent (%zu MB)",
                 self->mem_cap >> 20);
      lua_gc(L, LUA_GCCOLLECT);
    }
  }
  self->budget_ms = 0;
  return status == LUA_OK;
}

Sandbox *sandbox_new(size_t mem_cap, const char *name)
{
  Sandbox *self = xcalloc(1, sizeof *self);
  Fault fault;
  self->name = name;
  self->mem_cap = mem_cap;
  self->fail_after = -1;
  self->L = lua_newstate(box_alloc, self);
  if (!self->L) {
    free(self);
    return NULL;
  }
  lua_atpanic(self->L, on_panic);
  *(Sandbox **)lua_getextraspace(self->L) = self;
  if (sandbox_call(self, open_all, NULL, 1000, &fault)) return self;
  sandbox_free(self);
  return NULL;
}

void sandbox_free(Sandbox *self)
{
  if (!self) return;
  lua_close(self->L);
  free(self);
}
