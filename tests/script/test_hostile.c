// Scripts that mean harm, or are as careless as if they did: each is stopped within its budget, the tagger
// beside it does its work, and its memory comes back.
#include "again.h"
#include "harness.h"

#include "script/runner.h"
#include "script/search.h"
#include "script/tagger.h"

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

// Run the hostile tagger and the other one, which gives "1..2 v". Whether it was stopped in time, with these
// words, and its memory came back: a thread that was given up, as it seemed to be stuck, gives it back when
// it ends.
static bool is_stopped_in_time(World *w, const char *members, const char *says, size_t number)
{
  Arena arena = {0};
  size_t heap = heap_bytes();
  world_load(w, NULL);
  uint64_t begin = cpu_ms();
  char *tags = world_tags(w, "ab cd. Ef gh. Ij kl.");
  uint64_t took = cpu_ms() - begin;
  const char *issue = issue_of(w, "hostile", &arena);
  bool fine = took <= (BUDGET_MS * 2 + 50) * SLOWER && strstr(issue, says) && strstr(tags, "1..2 v");
  if (!fine) print_error("line %zu: %s\n  %s\n  tags %s, %d ms\n", number, members, issue, tags, (int)took);
  free(tags);
  host_free(w->host);
  w->host = NULL;
  arena_release(&arena);
  if (heap_bytes() <= heap + HEAP_SLACK) return fine;
  print_error("line %zu: %zu bytes are not given back\n", number, heap_bytes() - heap);
  return false;
}

// `members` of the hostile tagger.
static void expect_stopped(World *w, const char *members, const char *says, size_t number)
{
  world_tagger(w, "hostile.lua", "", members);
  world_tagger(w, "other.lua", "", "lists = { { tag = 'v', words = { 'ab' } } }");
  for (int tries = 0; again(&tries);)
    if (is_stopped_in_time(w, members, says, number)) return;
  fail_msg("line %zu was never stopped in time", number);
}

// Those of hostile.tsv.
static void test_in_scan(void **state)
{
  StrBuf table = {0}, members = {0};
  assert_true(file_read("tests/script/hostile.tsv", 1 << 20, &table, NULL));
  size_t heap = heap_bytes(), number = 0, count = 0;
  for (Str rest = strbuf_str(&table); rest.len;) {
    Str body = str_cut(&rest, '\n');
    number++;
    if (!body.len || body.ptr[0] == '#') continue;
    char *says = str_dup(str_cut(&body, '\t'));
    strbuf_reset(&members);
    strbuf_addf(&members, "scan = function(doc, emit) " STR_FMT " end", STR_ARG(body));
    expect_stopped(*state, members.ptr, says, number);
    free(says);
    count++;
  }
  assert_true(count >= 140);
  strbuf_release(&members);
  strbuf_release(&table);
  for (int tries = 0; heap_bytes() > heap + HEAP_SLACK && again(&tries);) continue;
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
    TaggerSource source = {STR("x"), paths[i], "lua/newsmark/host/prelude.lua", {0}, budget_default(), false};
    taggers[i] = tagger_new(&source, &fault);
    assert_non_null(taggers[i]);
    free(paths[i]);
  }
  lua_register(taggers[1]->box->L, "stuck", l_stuck);
  Snapshot *text = snapshot_new(STR("ab"));
  Annotations *found = plain_article(STR("ab"));
  Runner *runner = runner_new();
  Job *job = job_new(text, found, STR("a.txt"), false, taggers[0]->needles, taggers, 2);
  assert_false(job_begin(job));
  assert_int_equal(runner_run(runner, job), 1); // the second
  job_unref(job);

  runner = runner_new();
  job = job_new(text, found, STR("a.txt"), false, taggers[0]->needles, taggers,
                1); // the first goes on without it
  assert_false(job_begin(job));
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

enum {
  EARLY_BLOCKS = 64,
  EARLY_BLOCK = 4000
}; // an article of 256 KB, each block as long as is looked at early

// Blocks of one letter, which end in another that tells them apart.
static Annotations *long_words(StrBuf *text)
{
  Annotations *out = xcalloc(1, sizeof *out);
  BlockSpan *blocks = arena_zalloc(&out->arena, EARLY_BLOCKS * sizeof *blocks);
  for (size_t b = 0; b < EARLY_BLOCKS; b++) {
    size_t start = text->len;
    for (size_t i = 0; i < EARLY_BLOCK; i++) strbuf_byte(text, 'a');
    strbuf_byte(text, (char)('A' + b));
    Str block = {text->ptr + start, text->len - start};
    blocks[b] = (BlockSpan){start, text->len, BLOCK_PARAGRAPH, LANG_EN, str_hash(block)};
    strbuf_byte(text, '\n');
  }
  *out = (Annotations){
      .arena = out->arena, .blocks = blocks, .block_count = EARLY_BLOCKS, .lang = LANG_EN, .refs = 1};
  return out;
}

// Patterns that need no Lua are tried by who annotates, not by the script's thread: also those that run away
// cost that one little, and what they leave is the thread's, with its clock.
static void test_patterns_without_a_clock(void **state)
{
  World *w = *state;
  static const char *const patterns[] = {
      "(a|aa)+$",
      "(a+)+b",
      "(?:a?){30}a{30}!",
      "(.*a){12}!",
      "(?:a|b|ab)*c!",
      "a*a*a*a*a*!",
      "(?=(a+))\\1{3}z",
      "a{0,28}a{0,28}[0-9]",
      "(?:a{0,20}){2}[^a-zA-Z]",
      "\\w{0,40}\\w{0,20}[0-9]",
  };
  for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
    char members[160];
    snprintf(members, sizeof members, "patterns = { { tag = 'w', re = [=[%s]=] } }", patterns[i]);
    world_tagger(w, "t.lua", "", members);
    char *path = path_join(w->dir, "t.lua");
    TaggerSource source = {STR("t"), path, "lua/newsmark/host/prelude.lua", {0}, budget_default(), false};
    Fault fault;
    Tagger *tagger = tagger_new(&source, &fault);
    assert_non_null(tagger);
    StrBuf text = {0};
    Annotations *found = long_words(&text);
    Arena arena = {0}, scratch = {0};
    Run run = {.text = strbuf_str(&text),
               .found = found,
               .needles = tagger->needles,
               .arena = &arena,
               .scratch = &scratch};
    uint64_t took = UINT64_MAX;
    for (int tries = 0; took > BUDGET_MS / 2 * SLOWER && again(&tries);) {
      Early early = {0};
      uint64_t before = cpu_ms();
      search_early(tagger, &run, &early);
      took = cpu_ms() - before;
    }
    if (took > BUDGET_MS / 2 * SLOWER) fail_msg("%s took %u ms", patterns[i], (unsigned)took);
    arena_release(&arena);
    arena_release(&scratch);
    annotations_unref(found);
    strbuf_release(&text);
    tagger_free(tagger);
    free(path);
  }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)
  const struct CMUnitTest tests[] = {
      TEST(test_in_scan),           TEST(test_everywhere_else), TEST(test_while_loading),
      TEST(test_scripts_are_apart), TEST(test_given_up),        TEST(test_patterns_without_a_clock),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
