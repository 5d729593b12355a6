// Memory that runs out at every possible moment: a failure like any other, and the next article is as if
// nothing had been.
#include "harness.h"

#include "script/search.h"
#include "script/tagger.h"

// Uses every way in: lists, patterns with functions, scan over all fields of the article, tables of fields, a
// filter.
static const char g_members[] =
    "lists = { { tag = 'w', words = { 'ab' }, value = function(m) return m[0]:upper() end } },\n"
    "patterns = { { tag = 'w', re = '(c)(d)', check = function(m) return m[1] end, value = function(m) "
    "return m[2] end } },\n"
    "scan = function(doc, emit)\n"
    "  local n = #doc.text + #doc.blocks + #doc.sentences + #doc.tokens + #doc.entities + #doc.dates + "
    "#doc.quotes\n"
    "  for word in doc.text:gmatch('%a+') do n = n + #word:gsub('.', { a = 'b' }) end\n"
    "  local ok = pcall(function() return ('x'):rep(1000) .. newsmark.lower('ÅÄÖ') end)\n"
    "  local first, last = newsmark.find(doc.text, [[\\bef\\b]])\n"
    "  emit('v', first, last, { value = ok and n, fields = { a = 'b', c = 'd' } })\n"
    "end,\n"
    "filter = function(s) if s.tag == 'v' then s.fields.e = 'f' return s end end";

typedef struct Result {
  bool ok;
  FaultKind kind;
  char spans[256];
} Result;

static Result run_once(Tagger *tagger, const Annotations *found, Str text)
{
  Arena arena = {0}, scratch = {0};
  Run run = {.text = text, .found = found, .needles = tagger->needles, .arena = &arena, .scratch = &scratch};
  Fault fault = {0};
  Result out = {0};
  Early early = {0};
  search_early(tagger, &run, &early);
  out.ok = tagger_tag_article(tagger, &run, &early, &fault) && tagger_filter_article(tagger, &run, &fault);
  out.kind = fault.kind;
  for (size_t i = 0, at = 0; i < run.spans.len && out.ok; i++) {
    const Span *s = &run.spans.items[i];
    at += (size_t)snprintf(out.spans + at, sizeof out.spans - at, "%zu-%zu=" STR_FMT STR_FMT " ", s->start,
                           s->end, STR_ARG(s->tag->value), STR_ARG(s->tag->fields));
  }
  arena_release(&arena);
  arena_release(&scratch);
  return out;
}

static void test_every_allocation_of_a_run(void **state)
{
  World *w = *state;
  Fault fault;
  world_tagger(w, "t.lua", "", g_members);
  char *path = path_join(w->dir, "t.lua");
  TaggerSource source = {STR("t"), path, "lua/newsmark/host/prelude.lua", {0}, budget_default(), false};
  source.budget.document_ms = 10000;
  Tagger *tagger = tagger_new(&source, &fault);
  assert_non_null(tagger);
  Str text = STR("ab cd. ef");
  Annotations *found = plain_article(text);
  Result good = run_once(tagger, found, text);
  assert_true(good.ok);
  assert_non_null(strstr(good.spans, "0-2=AB "));
  assert_non_null(strstr(good.spans, "3-5=d "));
  assert_non_null(strstr(good.spans, "{\"a\":\"b\",\"c\":\"d\",\"e\":\"f\"}"));
  size_t failed = 0;
  for (int64_t n = 0;; n++) {
    tagger->box->fail_after = n;
    Result result = run_once(tagger, found, text);
    bool unused = tagger->box->fail_after > 0; // more room than the run needs: all moments were tried
    tagger->box->fail_after = -1;
    if (unused) break;
    if (!result.ok) assert_int_equal(result.kind, FAULT_MEMORY);
    failed += !result.ok;
    result = run_once(tagger, found, text);
    assert_true(result.ok);
    assert_string_equal(result.spans, good.spans);
  }
  assert_true(failed > 50);
  print_message("%zu runs failed for memory\n", failed);
  annotations_unref(found);
  tagger_free(tagger);
  free(path);
}

static void test_a_state_of_any_size(void **state)
{
  (void)state;
  size_t built = 0, refused = 0;
  for (size_t cap = 1000; cap < 60000; cap += 100) {
    Sandbox *box = sandbox_new(cap, "t");
    built += box != NULL;
    refused += box == NULL;
    if (box) assert_true(box->mem_used <= cap);
    sandbox_free(box);
  }
  assert_true(built > 10 && refused > 10);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_every_allocation_of_a_run, world_begin, world_end),
      cmocka_unit_test(test_a_state_of_any_size),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
