// sandbox: a Lua state that can do nothing but compute, within a budget of time, memory and string work.
// No files, processes, clock, chance, bytecode, finalizers or debug library; functions of the string and
// table libraries that could run on for ever are ours and count their steps. One thread at a time.
#pragma once

#include "base/error.h"
#include "base/str.h"

#include <lua.h>

typedef struct Sandbox {
  lua_State *L;
  void *owner;              // the tagger
  const char *name;         // for print(); borrowed
  size_t mem_used, mem_cap; // bytes
  int64_t fail_after;       // tests: allocations until no more succeed; below 0: no end
  uint64_t wall_deadline_ns, cpu_deadline_ns, began_cpu_ns;
  uint64_t steps_left; // of string and table work in this call
  uint32_t unchecked;  // steps since the clock was looked at
  uint32_t budget_ms, prints_left;
  bool quiet; // what it prints goes nowhere
  bool over;  // the budget is spent: nothing more may run in this call
} Sandbox;

#define SANDBOX_STEPS 10000000u // of string work in one call

typedef enum FaultKind { FAULT_NONE, FAULT_ERROR, FAULT_TIME, FAULT_MEMORY } FaultKind;

// Why a call failed.
typedef struct Fault {
  FaultKind kind;
  size_t line;      // in the script; 0: unknown
  char text[512];   // one sentence, without file and line
  char trace[1536]; // Lua's traceback
} Fault;

// A state with the allowed globals. NULL only where even that does not fit into `mem_cap`.
Sandbox *sandbox_new(size_t mem_cap, const char *name);
void sandbox_free(Sandbox *self); // NULL is fine
Sandbox *sandbox_of(lua_State *L);

// The one door in: run `body(L)` with `arg` as its one argument (a light userdata), in protected mode, within
// `budget_ms` of this thread's time. False with *fault where it failed.
bool sandbox_call(Sandbox *self, lua_CFunction body, void *arg, uint32_t budget_ms, Fault *fault);
uint64_t sandbox_spent_ns(const Sandbox *self); // of this thread's time, since the last call began

// From C functions inside a call: count `steps` of work, and raise an error where steps or time are spent.
void sandbox_charge(lua_State *L, size_t steps);
// Raise an error where the time is spent.
void sandbox_check_time(lua_State *L);
