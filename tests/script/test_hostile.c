// Scripts that mean harm, or are as careless as if they did: each is stopped within its budget, the tagger
// beside it does its work, and its memory comes back.
#include "harness.h"

#include "script/runner.h"

#include <lauxlib.h>
#include <malloc.h>
#include <time.h>

#ifdef __SANITIZE_ADDRESS__
#define SLOWER 6
#else
#define SLOWER 1
#endif
#define HEAP_SLACK ((size_t)256 << 10) // what malloc keeps for the thread counts as used
#define BUDGET_MS 100                  // document_ms of a user's script

// What stops it: the start of the message; "": it may end by itself, or be stopped.
static const struct {
  const char *body, *says;
} g_bodies[] = {
    // Loops.
    {"while true do end", "stopped: its time"},
    {"for i = 1, math.huge do end", "stopped: its time"},
    {"::again:: goto again", "stopped: its time"},
    {"repeat until false", "stopped: its time"},
    {"while true do pcall(function() while true do end end) end", "stopped: its time"},
    {"while true do pcall(error) end", "stopped: its time"},
    {"local function f() return pcall(f) and f() end while true do f() end", "stopped: its time"},
    {"while true do xpcall(function() while true do end end, function() while true do end end) end",
     "stopped: its time"},
    {"xpcall(function() while true do end end, function(m) while true do end end) while true do end",
     "stopped: its time"},
    {"coroutine.wrap(function() while true do end end)()", "stopped: its time"},
    {"while true do pcall(coroutine.wrap(function() while true do end end)) end", "stopped: its time"},
    {"while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) end",
     "stopped: its time"},
    {"local t = setmetatable({}, { __index = function(t, k) while true do end end }) local _ = t.x",
     "stopped: its time"},
    {"local t = setmetatable({}, { __newindex = function() while true do end end }) t.x = 1",
     "stopped: its time"},
    {"local t = setmetatable({}, { __eq = function() while true do end end }) local _ = t == "
     "setmetatable({}, getmetatable(t))",
     "stopped: its time"},
    {"local t = setmetatable({}, { __lt = function() while true do end end }) local _ = t < t",
     "stopped: its time"},
    {"local t = setmetatable({}, { __concat = function() while true do end end }) local _ = t .. 'x'",
     "stopped: its time"},
    {"local t = setmetatable({}, { __call = function() while true do end end }) t()", "stopped: its time"},
    {"local t = setmetatable({}, { __len = function() while true do end end }) local _ = #t",
     "stopped: its time"},
    {"while true do pcall(coroutine.wrap(function() local t <close> = setmetatable({}, { __close = "
     "function() while true do end "
     "end }) while true do end end)) end",
     "stopped: its time"},
    {"while true do local c = coroutine.create(function() local t <close> = setmetatable({}, { __close = "
     "function() while true "
     "do end end }) pcall(function() while true do end end) end) coroutine.resume(c) end",
     "stopped: its time"},
    {"local t <close> = setmetatable({}, { __close = function() while true do end end })",
     "stopped: its time"},
    {"local t = setmetatable({}, { __tostring = function() while true do end end }) tostring(t)",
     "stopped: its time"},
    {"local t = setmetatable({}, { __pairs = function() while true do end end }) for _ in pairs(t) do end",
     "stopped: its time"},
    {"for _ in function() return 1 end do end", "stopped: its time"},
    {"table.sort({ 1, 2, 3, 4 }, function() while true do end end)", "stopped: its time"},
    {"local t = {} for i = 1, 900000 do t[i] = -i end while true do table.sort(t) end", ""},
    // Finalizers.
    {"setmetatable({}, { __gc = function() while true do end end })", "__gc is not allowed"},
    {"local m = {} m.__gc = function() end setmetatable({}, m)", "__gc is not allowed"},
    {"setmetatable({}, setmetatable({}, { __index = { __gc = 1 } })) while true do end", "stopped: its time"},
    // Recursion.
    {"local function f() return 1 + f() end f()", "stopped: its memory"},
    {"local function f() f() end f()", "stopped: its memory"},
    {"local function f() return f() end f()", "stopped: its time"},
    {"local function f() pcall(f) f() end f()", ""},
    {"local t = {} for i = 1, 300 do t = setmetatable({}, { __index = t }) end while true do local _ = t.x "
     "end",
     ""},
    {"local function f() coroutine.wrap(f)() end f()", ""},
    {"local s = '' for i = 1, 250 do s = s .. '(' end (''):find(s)", "too many captures"},
    {"string.gsub('x', '.', function() string.gsub('x', '.', function() error('deep') end) end)", "deep"},
    {"local function f(s) return (s:gsub('.', f)) end f('x')", "overflow"},
    // Patterns.
    {"local s = ('a'):rep(40) s:find(('a-'):rep(25) .. 'b')", "stopped: its time"},
    {"local s = ('a'):rep(60) s:find(('a*'):rep(7) .. 'b')", "stopped: its time"},
    {"local s = ('a'):rep(1000) s:find('.-.-.-b')", "stopped: its time"},
    {"local s = ('a'):rep(400) s:find('.-.-.-.-b')", "stopped: its time"},
    {"local s = ('a'):rep(50000) s:find('.-b')", "stopped: its time"},
    {"local s = ('a'):rep(50000) s:gsub('.-b', '')", "stopped: its time"},
    {"local s = ('a'):rep(50000) for _ in s:gmatch('.-b') do end", "stopped: its time"},
    {"local s = ('a'):rep(50000) s:match('.-b')", "stopped: its time"},
    {"local s = ('('):rep(100000) s:find('%b()')", "stopped: its time"},
    {"local s = ('ab'):rep(50000) while true do s:find('(a)(b)%1%2c') end", "stopped: its time"},
    {"local s = ('a'):rep(1000000) while true do s:find('b', 1, true) end", "stopped: its time"},
    {"local s, n = ('a'):rep(900000), ('a'):rep(1000) .. 'b' while true do s:find(n, 1, true) end",
     "stopped: its time"},
    {"pcall(string.find, ('a'):rep(1000), '.-.-.-b') while true do end", "stopped: its time"},
    {"while true do pcall(string.find, ('a'):rep(1000), '.-.-.-b') end", "stopped: its time"},
    {"local s = ('a'):rep(100000) while true do s:gsub('a', 'bbbbbbbbbb') end", ""},
    {"newsmark.find(('a'):rep(5000) .. '!', '^(a|aa)+$')", "too many steps"},
    {"local s = ('a'):rep(500000) while true do newsmark.find(s, 'a.*b.*c') end", ""},
    {"local s = ('a'):rep(500000) while true do pcall(newsmark.find, s, '(a|aa)+$') end",
     "stopped: its time"},
    {"local i = 0 while true do i = i + 1 newsmark.find('x', 'x{' .. i % 1000 .. ',}y*' .. i) end", ""},
    {"newsmark.find('x', ('('):rep(100000))", "find:"},
    {"newsmark.find('x', ('(a|b)'):rep(60000))", "find:"},
    {"newsmark.find('x', '\\\\C')", "find:"},
    // Strings.
    {"local _ = ('x'):rep(1e9)", "over 1 MB"},
    {"local _ = (''):rep(1 << 31)", "over 1 MB"},
    {"local _ = (''):rep(math.maxinteger, 'x')", "over 1 MB"},
    {"while true do local _ = ('x'):rep(1000000) end", "stopped: its"},
    {"local s = 'x' while true do s = s .. s end", "stopped: its memory"},
    {"local s = 'x' while true do pcall(function() s = s .. s end) end", "stopped: its"},
    {"local a, b = ('x'):rep(1000000) .. 'a', ('x'):rep(1000000) .. 'b' while true do local _ = a < b end",
     "stopped: its time"},
    {"local s = ('x'):rep(1000000) while true do local _ = s:lower() end", "stopped: its time"},
    {"local s = ('x'):rep(1000000) while true do local _ = s:reverse() end", "stopped: its time"},
    {"local s = ('x'):rep(1000000) while true do local _ = utf8.len(s) end", "stopped: its time"},
    {"while true do string.format('%99.99f', 1e300) end", "stopped: its time"},
    {"string.format('%99999d', 1)", "invalid conversion"},
    {"local _ = { ('x'):rep(1000000):byte(1, -1) }", "string slice too long"},
    {"local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end", "stopped: its"},
    {"local s = ('x'):rep(1000) local t = {} for i = 1, 16000 do t[i] = s end table.concat(t)",
     "stopped: its"},
    {"local s = ('x'):rep(1000000) while true do local _ = s:sub(2) end", "stopped: its"},
    {"local s = ('x'):rep(1000000) while true do local _ = s:sub(5, 8) .. s:byte(-1) end",
     "stopped: its time"},
    {"local _ = ('x'):sub(math.mininteger, math.maxinteger); _ = ('x'):byte(math.maxinteger, "
     "math.mininteger) while true do "
     "end",
     "stopped: its time"},
    // Queries.
    {"doc:query(('('):rep(2000))", "more than 20 levels"},
    {"doc:query('((_)* @a)* @b')", "repetition in a repetition"},
    {"doc:query('(_ (_)* (_)* (_)* (_)* (_)* (_)* (_)* (_)*) @a')", ""},
    {"doc:query(('(_ '):rep(400) .. (')'):rep(400))", "more than 20 levels"},
    {"while true do doc:query('(_) @a (_) @b (_) @c') end", "stopped: its"},
    {"local i = 0 while true do i = i + 1 doc:query('(_) @a' .. i) end", "stopped: its"},
    {"while true do pcall(doc.query, doc, '(((_)* (_)*)* @a)* @b') end", "stopped: its time"},
    {"local q = doc.query doc = nil q(nil, '(_) @a')", "Doc expected"},
    {"while true do newsmark.around(doc, { first = 1, last = 1 }, 'w') end", "stopped: its time"},
    {"newsmark.around(doc, { first = 0/0, last = 1 }, 'w')", "number"},
    {"newsmark.around(doc, setmetatable({}, { __index = function() while true do end end }), 'w')",
     "stopped: its time"},
    {"for i = 1, 300 do newsmark.index.entity('Li') end while true do end", "stopped: its time"},
    // Tables.
    {"local t = {} for i = 1, 1e9 do t[i] = i end", "stopped: its"},
    {"local t = {} while true do t = { t } end", "stopped: its"},
    {"table.move({}, 1, 1e9, 2)", "more than"},
    {"table.move({}, math.mininteger, math.maxinteger, 2)", "more than"},
    {"local p = setmetatable({}, { __index = rawlen, __newindex = rawequal }) table.move(p, 1, 2^50, 1)",
     "more than"},
    {"table.concat(setmetatable({}, { __index = rawlen }), '', 1, 2^40)", "more than"},
    {"table.unpack({}, 1, 1e8)", "more than"},
    {"table.unpack({}, 1, 999999)", "too many results"},
    {"table.insert(setmetatable({}, { __len = function() return 1e15 end }), 1, 'x')",
     "__len is not allowed"},
    {"table.remove(setmetatable({}, { __len = function() return 1e15 end }), 1)", "__len is not allowed"},
    {"table.sort(setmetatable({}, { __len = function() return 1e9 end }))", "__len is not allowed"},
    {"local t = {} for i = 1, 100000 do table.insert(t, 1, i) end", "stopped: its time"},
    {"local t = {} for i = 0, 18 do t[i * ((1 << 40) - 1)] = i end local k = {} for i = 1, 8000 do k[i * "
     "65535] = i end "
     "while true do local _ = k[1] end",
     "stopped: its time"},
    {"local t = {} for i = 1, 1e7 do t['k' .. i] = i end", "stopped: its"},
    {"select(-1)", "bad argument"},
    {"select(math.mininteger, 1)", "bad argument"},
    {"print(('x'):rep(1000)) for i = 1, 1e5 do print() end while true do print('x') end",
     "stopped: its time"},
    // The doors.
    {"io.open('/etc/passwd')", "nil value (global 'io')"},
    {"os.execute('true')", "nil value (global 'os')"},
    {"debug.sethook()", "nil value (global 'debug')"},
    {"package.loadlib('x', 'y')", "nil value (global 'package')"},
    {"load('return 1')()", "nil value (global 'load')"},
    {"dofile('/etc/passwd')", "nil value (global 'dofile')"},
    {"collectgarbage('stop')", "nil value (global 'collectgarbage')"},
    {"string.dump(function() end)", "nil value (field 'dump')"},
    {"math.random()", "nil value (field 'random')"},
    {"require('io')", "there is no module"},
    {"require(setmetatable({}, { __tostring = function() return 'newsmark' end }))", "there is no module"},
    {"getmetatable('').__index.find = nil", "boolean value"},
    {"setmetatable(doc, {})", "table expected"},
    {"getmetatable(doc).__index = nil", "boolean value"},
    {"rawset(doc, 'text', 'x')", "table expected"},
    {"newsmark.tagger { api = 1, name = 'x', tags = { w = {} } }", "called twice"},
    {"for k in pairs(string) do string[k] = nil end newsmark.spans(doc, 'w') doc.text:find('x')",
     "nil value (method 'find')"},
    {"newsmark.spans = nil newsmark.find = nil for k in pairs(_G) do if k ~= 'nothing' then _G[k] = nil end "
     "end",
     ""},
    // The article and emit.
    {"while true do emit('w', 1, 1) end", "stopped: more than 5000 spans"},
    {"for i = 1, 4999 do emit('w', 1, i % #doc.text + 1) end while true do end", "stopped: its time"},
    {"while true do local _ = doc.text end", "stopped: its time"},
    {"local keep = {} while true do keep[#keep + 1] = newsmark.spans(doc, 'entity') end", "stopped: its"},
    {"while true do for s in newsmark.sentences(doc) do s.text = nil end end", "stopped: its time"},
    {"emit('w', 1, 1, setmetatable({}, { __index = function() while true do end end }))",
     "stopped: its time"},
    {"emit('w', 1, 1, setmetatable({}, { __index = function() emit('w', 2, 2) return nil end }))", ""},
    {"local f = {} for i = 1, 100 do f['k' .. i] = 'v' end emit('w', 1, 1, { fields = f })", "more than 16"},
    {"emit('w', 1, 1, { value = ('x'):rep(1000000) })", ""},
    {"emit('w', 2^53, 2^53)", "outside the article"},
    {"emit('w', '1', '1')", ""},
    {"emit(nil, 1, 1)", "bad argument #1"},
    {"emit('w', -1, -1)", "outside the article"},
    {"error(string.rep('x', 100000))", "xxxx"},
    {"error('a\\0b')", "a"},
    {"error(doc)", "the error is a userdata"},
    {"error(coroutine.create(function() end))", "the error is a thread"},
};

static uint64_t cpu_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static size_t heap_bytes(void)
{
#ifdef __SANITIZE_ADDRESS__
  return 0; // LeakSanitizer looks
#else
  return mallinfo2().uordblks;
#endif
}

static const char *issue_of(World *w, const char *tagger, Arena *arena)
{
  ScriptIssueVec issues = {0};
  host_issues(w->host, arena, &issues);
  for (size_t i = 0; i < issues.len; i++)
    if (str_is(issues.items[i].tagger, tagger)) return issues.items[i].text.ptr;
  return "";
}

// `members` of the hostile tagger; the other one gives "1..2 v".
static void expect_stopped(World *w, const char *members, const char *says, size_t number)
{
  Arena arena = {0};
  world_tagger(w, "hostile.lua", "", members);
  world_tagger(w, "other.lua", "", "lists = { { tag = 'v', words = { 'ab' } } }");
  size_t heap = heap_bytes();
  world_load(w, NULL);
  uint64_t begin = cpu_ms();
  char *tags = world_tags(w, "ab cd. Ef gh. Ij kl.");
  uint64_t took = cpu_ms() - begin;
  const char *issue = issue_of(w, "hostile", &arena);
  if (!strstr(issue, says) || !strstr(tags, "1..2 v") || took > (BUDGET_MS * 2 + 50) * SLOWER)
    print_error("case %zu: %s\n  %s\n  tags %s, %d ms\n", number, members, issue, tags, (int)took);
  assert_non_null(strstr(issue, says));
  assert_non_null(strstr(tags, "1..2 v"));
  assert_true(took <= (BUDGET_MS * 2 + 50) * SLOWER);
  free(tags);
  host_free(w->host);
  w->host = NULL;
  arena_release(&arena);
  assert_true(heap_bytes() <= heap + HEAP_SLACK);
}

static void test_in_scan(void **state)
{
  size_t heap = heap_bytes();
  for (size_t i = 0; i < ARRAY_LEN(g_bodies); i++) {
    StrBuf members = {0};
    strbuf_addf(&members, "scan = function(doc, emit) %s end", g_bodies[i].body);
    expect_stopped(*state, members.ptr, g_bodies[i].says, i);
    strbuf_release(&members);
  }
  assert_true(heap_bytes() <= heap + HEAP_SLACK); // of all together
}

// The other places where a script's code runs.
static void test_everywhere_else(void **state)
{
  static const char *const members[] = {
      "lists = { { tag = 'w', words = { 'cd' }, value = function() while true do end end } }",
      "patterns = { { tag = 'w', re = 'c', value = function() while true do end end } }",
      "patterns = { { tag = 'w', re = 'c', check = function() while true do end end } }",
      "filter = function() while true do end end",
      "filter = function(s) return setmetatable({}, { __index = function() while true do end end }) end",
  };
  for (size_t i = 0; i < ARRAY_LEN(members); i++) expect_stopped(*state, members[i], "stopped: its time", i);
  expect_stopped(*state, "lists = { { tag = 'w', words = { 'cd' }, value = function() error('x') end } }",
                 "x", 0);
  expect_stopped(*state, "patterns = { { tag = 'w', re = '(a|aa)+$|(.+)+\\\\d' } }", "", 1);
}

static void test_while_loading(void **state)
{
  World *w = *state;
  static const struct {
    const char *head, *says;
  } cases[] = {
      {"while true do end", "stopped: its time is spent (1000 ms)"},
      {"local s = 'x' while true do s = s .. s end", "stopped: its memory is spent (16 MB)"},
      {"do return newsmark.tagger(setmetatable({}, { __index = function() while true do end end })) end",
       "stopped: its time"},
      {"do return newsmark.tagger(setmetatable({}, { __pairs = function() while true do end end })) end",
       "stopped: its time"},
      {"do return newsmark.tagger { api = 1, name = 'x', tags = { w = {} }, lists = { { tag = 'w', words = "
       "setmetatable({}, "
       "{ __len = function() return 1e15 end }) } } } end",
       ""},
      {"error(setmetatable({}, { __tostring = error }))", "the error is a table"},
      {"\033Lua", "attempt to load"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    if (cases[i].head[0] == '\033')
      world_write(w, "hostile.lua", cases[i].head); // bytecode
    else
      world_tagger(w, "hostile.lua", cases[i].head, "");
    world_load(w, NULL);
    expect_issue(w, cases[i].says, 0);
    expect_tags(w, "ab", "");
  }
}

// Nothing of one script is seen by another.
static void test_scripts_are_apart(void **state)
{
  World *w = *state;
  world_tagger(w, "a.lua", "",
               "scan = function() LEAK = 'x' string.leak = 'x' newsmark.leak = 'x' getmetatable = nil end");
  world_tagger(
      w, "b.lua", "",
      "scan = function(doc, emit)\n"
      "  if not LEAK and not string.leak and not newsmark.leak and getmetatable then emit('w', 1, 1) end\n"
      "end");
  world_load(w, NULL);
  free(world_tags(w, "ab"));
  expect_tags(w, "ab", "1..1 w");
}

static _Atomic(bool) g_let_go, g_returned;

static int l_stuck(lua_State *L) // C code that looks at no clock
{
  (void)L;
  while (!g_let_go) continue;
  g_returned = true;
  return 0;
}

// A thread that does not come back is given up, and cleans up after itself when it does.
static void test_given_up(void **state)
{
  World *w = *state;
  Fault fault;
  world_tagger(w, "first.lua", "", "scan = function(doc, emit) emit('w', 1, 1) end");
  world_tagger(w, "stuck.lua", "", "scan = function() stuck() end");
  char *paths[] = {path_join(w->dir, "first.lua"), path_join(w->dir, "stuck.lua")};
  Tagger *taggers[2];
  for (size_t i = 0; i < 2; i++) {
    TaggerSource source = {STR("x"), paths[i], "lua/newsmark/host/prelude.lua", {0}, budget_default()};
    taggers[i] = tagger_new(&source, &fault);
    assert_non_null(taggers[i]);
    free(paths[i]);
  }
  lua_register(taggers[1]->box->L, "stuck", l_stuck);
  Snapshot *text = snapshot_new(STR("ab"));
  Annotations *found = plain_article(STR("ab"));
  Runner *runner = runner_new();
  Job *job = job_new(text, found, STR("a.txt"), false, taggers, 2);
  assert_int_equal(runner_run(runner, job), 1); // the second
  job_unref(job);

  runner = runner_new();
  job = job_new(text, found, STR("a.txt"), false, taggers, 1); // the first goes on without it
  assert_int_equal(runner_run(runner, job), SIZE_MAX);
  assert_true(job->outcomes[0].ok);
  assert_int_equal(job->run.spans.len, 1);
  job_unref(job);
  runner_free(runner);
  tagger_free(taggers[0]);
  annotations_unref(found);
  snapshot_unref(text);
  g_let_go = true;
  struct timespec pause = {.tv_nsec = 50000000};
  while (!g_returned) nanosleep(&pause, NULL);
  nanosleep(&pause, NULL); // it frees its tagger and job; the leak check of a sanitizer run would tell
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)
  const struct CMUnitTest tests[] = {
      TEST(test_in_scan),           TEST(test_everywhere_else), TEST(test_while_loading),
      TEST(test_scripts_are_apart), TEST(test_given_up),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
