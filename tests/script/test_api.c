// api.meta.lua says what the host has, and no more: both ways, for functions, for fields of the article and
// of spans, and for what newsmark.tagger accepts.
#include "harness.h"

#include "script/bind.h"

static char g_meta[1 << 15];

static int read_meta(void **state)
{
  StrBuf text = {0};
  assert_true(file_read("lua/newsmark/host/api.meta.lua", sizeof g_meta - 1, &text, NULL));
  memcpy(g_meta, text.ptr, text.len);
  strbuf_release(&text);
  return world_begin(state);
}

// The names behind `prefix` in the part of the stubs that begins with `from` (NULL: all) and ends at an empty
// line, each in blanks: " text lang … ".
static void names_behind(const char *from, const char *prefix, StrBuf *out)
{
  const char *at = from ? strstr(g_meta, from) : g_meta,
             *end = from ? strstr(at, "\n\n") : g_meta + strlen(g_meta);
  assert_true(at && end);
  strbuf_byte(out, ' ');
  while ((at = strstr(at, prefix)) && at < end) {
    at += strlen(prefix);
    size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
    strbuf_addf(out, STR_FMT " ", STR_ARG(((Str){at, len})));
  }
}

static bool has_name(const StrBuf *names, const char *name)
{
  char wanted[80];
  snprintf(wanted, sizeof wanted, " %s ", name);
  return strstr(names->ptr, wanted) != NULL;
}

// Every name of `names` is in `other`.
static void expect_all(const StrBuf *names, const StrBuf *other)
{
  for (Str rest = strbuf_str(names); rest.len;) {
    Str name = str_cut(&rest, ' ');
    char text[64];
    snprintf(text, sizeof text, STR_FMT, STR_ARG(name));
    if (name.len && !has_name(other, text)) print_error("missing: %s in%s\n", text, other->ptr);
    assert_true(!name.len || has_name(other, text));
  }
}

static void expect_same(const char *from, const char *prefix, const char *there)
{
  StrBuf stubs = {0}, host = {0};
  names_behind(from, prefix, &stubs);
  strbuf_addf(&host, " %s ", there);
  expect_all(&stubs, &host);
  expect_all(&host, &stubs);
  strbuf_release(&stubs);
  strbuf_release(&host);
}

// What a script says in the value of its one span: names, in blanks.
static void ask(World *w, const char *members, char *out, size_t size)
{
  world_tagger(w, "t.lua", "", members);
  world_load(w, NULL);
  char *tags = world_tags(w, "x");
  const char *value = strchr(tags, '=');
  if (!value) expect_issue(w, "nothing", 0);
  snprintf(out, size, "%s", value + 1);
  free(tags);
}

static void test_functions(void **state)
{
  char names[256];
  ask(*state,
      "scan = function(doc, emit) local n = {} for k, f in pairs(newsmark) do n[#n + 1] = k end\n"
      "emit('w', 1, 1, { value = table.concat(n, ' ') }) end",
      names, sizeof names);
  expect_same(NULL, "function newsmark.", names);
}

static void test_fields_of_the_article(void **state)
{
  (void)state;
  size_t count;
  const char *const *fields = bind_doc_fields(&count);
  StrBuf names = {0};
  for (size_t i = 0; i < count; i++) strbuf_addf(&names, "%s%s", i ? " " : "", fields[i]);
  expect_same("---@class newsmark.Doc", "---@field ", names.ptr);
  strbuf_release(&names);
}

// The prelude's lists of fields are local to it: they are asked for by a wrong name, which it answers with
// what it knows.
static void expect_known(World *w, const char *members, const char *class)
{
  Arena arena = {0};
  ScriptIssueVec issues = {0};
  world_tagger(w, "t.lua", "", members);
  world_load(w, NULL);
  host_issues(w->host, &arena, &issues);
  assert_int_equal(issues.len, 1);
  const char *known = strstr(issues.items[0].text.ptr, "known: ");
  assert_non_null(known);
  StrBuf names = {0};
  for (const char *p = known + 7; *p; p++)
    if (*p != ',') strbuf_byte(&names, *p);
  expect_same(class, "---@field ", names.ptr);
  strbuf_release(&names);
  arena_release(&arena);
}

static void test_what_is_declared(void **state)
{
  expect_known(*state, "lists = { { qqqqqqqq = 1 } }", "---@class newsmark.List");
  expect_known(*state, "patterns = { { qqqqqqqq = 1 } }", "---@class newsmark.Pattern");
  expect_known(*state, "tags = { w = { qqqqqqqq = 1 } }", "---@class newsmark.Tag\n");
  expect_known(*state, "qqqqqqqq = 1", "---@class newsmark.Tagger\n");
}

static void test_fields_of_spans(void **state)
{
  World *w = *state;
  world_tagger(w, "t.lua", "",
               "scan = function(doc, emit)\n"
               "  local seen, names = {}, {}\n"
               "  local function note(spans) for _, s in ipairs(spans) do for k in pairs(s) do seen[k] = "
               "true end end end\n"
               "  emit('w', 1, 1, { value = '1', fields = { a = 'b' } })\n"
               "  note(doc.entities) note(doc.dates) note(doc.quotes) note(newsmark.spans(doc, 'w'))\n"
               "  for k in pairs(seen) do names[#names + 1] = k end\n"
               "  emit('v', 2, 2, { value = table.concat(names, ' ') })\n"
               "end");
  world_load(w, NULL);
  Str text = STR("abcd");
  Annotations *found = plain_article(text);
  Mention mention = {0, 1, STR("A"), STR("name:a")};
  Span spans[] = {
      {.end = 4, .kind = SPAN_ENTITY, .entity = &(EntityFacts){.name = STR("A"), .entity = STR("name:a")}},
      {.end = 4,
       .kind = SPAN_DATE,
       .date = &(DateFacts){.value = STR("2020"), .begin = STR("2020-01-01"), .until = STR("2020-12-31")}},
      {.end = 4,
       .kind = SPAN_QUOTE,
       .quote = &(QuoteFacts){.cue = mention, .speaker = mention, .source = mention}},
  };
  for (size_t i = 0; i < ARRAY_LEN(spans); i++) vec_push_in(&found->arena, &found->spans, spans[i]);
  Annotations *result = world_annotate(w, text, found);
  assert_int_equal(issue_count(w), 0);
  StrBuf host = {0}, stubs = {0};
  for (size_t i = 0; i < result->spans.len; i++)
    if (result->spans.items[i].kind == SPAN_TAG && str_is(result->spans.items[i].tag->tag, "v"))
      strbuf_addf(&host, " " STR_FMT " ", STR_ARG(result->spans.items[i].tag->value));
  names_behind("---@class newsmark.Span", "---@field ", &stubs);
  names_behind("---@class newsmark.Stretch", "---@field ", &stubs);
  expect_all(&stubs, &host);
  expect_all(&host, &stubs);
  strbuf_release(&host);
  strbuf_release(&stubs);
  annotations_unref(result);
}

// The members of the tables that scripts are given, each against its class.
static void test_fields_of_tables(void **state)
{
  World *w = *state;
  static const struct {
    const char *class, *parent, *value;
  } cases[] = {
      {"---@class newsmark.Block", "---@class newsmark.Stretch", "doc.blocks[1]"},
      {"---@class newsmark.Sentence", "---@class newsmark.Stretch", "doc.sentences[1]"},
      {"---@class newsmark.Token", "---@class newsmark.Stretch", "doc.tokens[1]"},
      {"---@class newsmark.Capture", "---@class newsmark.Stretch", "doc:query('(_) @p')[1].p"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    char members[300], names[256];
    StrBuf stubs = {0}, host = {0};
    snprintf(members, sizeof members,
             "scan = function(doc, emit) local n = {} for k in pairs(%s) do n[#n + 1] = k end\n"
             "emit('w', 1, 1, { value = table.concat(n, ' ') }) end",
             cases[i].value);
    ask(w, members, names, sizeof names);
    strbuf_addf(&host, " %s ", names);
    names_behind(cases[i].class, "---@field ", &stubs);
    names_behind(cases[i].parent, "---@field ", &stubs);
    expect_all(&stubs, &host);
    expect_all(&host, &stubs);
    strbuf_release(&stubs);
    strbuf_release(&host);
  }
}

static void test_fields_of_matches(void **state)
{
  char names[256];
  ask(*state,
      "patterns = { { tag = 'w', re = '(x)', value = function(m) local n = {}\n"
      "for k in pairs(m) do if type(k) == 'string' then n[#n + 1] = k end end\n"
      "assert(m[0] == 'x' and m[1] == 'x') return table.concat(n, ' ') end } }",
      names, sizeof names);
  expect_same("---@class newsmark.Match", "---@field ", names);
}

static bool know_all(void *ctx, Str article, Str name, Arena *arena, FolderEntity *out)
{
  (void)ctx, (void)article, (void)arena;
  *out = (FolderEntity){
      .name = name, .entity = STR("wd:Q1"), .tag = STR("person"), .first = STR("2020"), .last = STR("2021")};
  return true;
}

static void test_fields_of_the_folder_s_knowledge(void **state)
{
  World *w = *state;
  HostOptions options = {.manifest = w->manifest,
                         .data_dir = "lua/newsmark",
                         .user_dir = w->dir,
                         .folder = {.entity = know_all}};
  world_tagger(w, "t.lua", "",
               "scan = function(doc, emit) local n = {}\n"
               "for k in pairs(newsmark.index.entity('Li')) do n[#n + 1] = k end\n"
               "emit('w', 1, 1, { value = table.concat(n, ' ') }) end");
  host_free(w->host);
  w->host = host_new(&options, NULL);
  char *tags = world_tags(w, "x");
  assert_non_null(strchr(tags, '='));
  expect_same("---@class newsmark.Known", "---@field ", strchr(tags, '=') + 1);
  free(tags);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, read_meta, world_end)
  const struct CMUnitTest tests[] = {
      TEST(test_functions),
      TEST(test_fields_of_the_article),
      TEST(test_what_is_declared),
      TEST(test_fields_of_spans),
      TEST(test_fields_of_tables),
      TEST(test_fields_of_matches),
      TEST(test_fields_of_the_folder_s_knowledge),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
