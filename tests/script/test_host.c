// The script interface, feature by feature; and what happens to scripts that are wrong.
#include "harness.h"

// --- features

static void test_features(void **state)
{
  World *w = *state;
  static const struct {
    const char *head, *members, *text, *tags;
  } cases[] = {
      // Lists.
      {"", "lists = { { tag = 'w', words = { 'Leopard 2', 'Leopard' } } }", "A Leopard 2 and a leopard",
       "3..11 w"},
      {"", "lists = { { tag = 'w', words = { 'ÄRA', 'straße' }, case = 'fold' } }", "ära STRAßE bära",
       "1..4 w; 6..12 w"},
      {"", "lists = { { tag = 'w', words = { 'an' } } }", "an ana än-an 1an an.",
       "1..2 w; 12..13 w; 19..20 w"},
      {"", "lists = { { tag = 'w', words = { 'an' }, whole = false } }", "ana", "1..2 w"},
      {"", "lists = { { tag = 'w', words = { 'x' }, value = 'eks' } }", "x", "1..1 w=eks"},
      {"", "lists = { { tag = 'w', words = { 'x' }, value = function(m) return m[0] .. m[0] end } }", "x",
       "1..1 w=xx"},
      {"", "lists = { { tag = 'w', words = { 'bank' }, near = { 'River' } } }", "the bank. the river bank",
       "5..8 w; 21..24 w"},
      {"", "lists = { { tag = 'w', words = { 'bank' }, near = { 'river' } } }", "the bank", ""},
      {"", "lists = { { tag = 'w', words = { 'a b' } }, { tag = 'v', words = { 'b c d' } } }", "a b c d",
       "3..7 v"}, // longest
      {"", "lists = { { tag = 'w', words = { 'a' } }, { tag = 'v', words = { 'a' } } }", "a",
       "1..1 w"}, // then first
      // Patterns.
      {"", "patterns = { { tag = 'w', re = [[\\b\\p{Lu}-\\d+]] } }", "Ö-12 a-1 B-3", "1..5 w; 11..13 w"},
      {"", "patterns = { { tag = 'w', re = 'no (\\\\d+)', group = 1 } }", "no 17", "4..5 w"},
      {"",
       "patterns = { { tag = 'w', re = '(a)|(b)', value = function(m) return tostring(m[1]) .. "
       "tostring(m[2]) end } }",
       "b", "1..1 w=nilb"},
      {"", "patterns = { { tag = 'w', re = '\\\\d+', check = function(m) return #m[0] == 3 end } }",
       "12 123 1234", "4..6 w"},
      {"", "patterns = { { tag = 'w', re = 'x*' } }", "axxb", "2..3 w"},
      {"", "patterns = { { tag = 'w', re = '^a$' } }", "a", "1..1 w"},
      {"", "patterns = { { tag = 'w', re = '(a)?b', group = 1 } }", "b ab", "3..3 w"},
      // Scan and emit.
      {"", "scan = function(doc, emit) for a, b in doc.text:gmatch('()%d+()') do emit('w', a, b - 1) end end",
       "1 22 333", "1..1 w; 3..4 w; 6..8 w"},
      {"", "scan = function(doc, emit) emit('w', 1, 2, { value = 7, fields = { z = 'q', a = 'r' } }) end",
       "abc", "1..2 w=7 {\"a\":\"r\",\"z\":\"q\"}"},
      {"", "triggers = { 'YES' }, scan = function(doc, emit) emit('w', 1, 1) end", "no", ""},
      {"", "triggers = { 'YES' }, scan = function(doc, emit) emit('w', 1, 1) end", "yes", "1..1 w"},
      {"",
       "lists = { { tag = 'w', words = { 'x' } } }, scan = function(doc, emit)\n"
       "for _, s in ipairs(newsmark.spans(doc, 'w')) do emit('v', s.first + 2, s.last + 2) end end",
       "x y", "1..1 w; 3..3 v"},
      // The article.
      {"",
       "scan = function(doc, emit) emit('w', 1, 1, { value = doc.lang .. doc.path .. tostring(doc.title) }) "
       "end",
       "x", "1..1 w=ena.txtnil"},
      {"",
       "scan = function(doc, emit) for s in newsmark.sentences(doc) do emit('w', s.first, s.last) end end",
       "One two. Three four.", "1..8 w; 10..20 w"},
      {"", "scan = function(doc, emit) for _, t in ipairs(doc.tokens) do emit('w', t.first, t.last) end end",
       "to be", "1..2 w; 4..5 w"},
      {"",
       "scan = function(doc, emit) local b = doc.blocks[1] emit('w', b.first, b.last, { value = b.kind }) "
       "end",
       "ab", "1..2 w=paragraph"},
      {"", "scan = function(doc, emit) emit('w', newsmark.find(doc.text, [[\\bc\\w+]])) end", "ab cd",
       "4..5 w"},
      {"",
       "scan = function(doc, emit) local a, b, c = newsmark.find('xay', 'x(.)y') emit('w', a, b - 2, { value "
       "= c }) end",
       "x", "1..1 w=a"},
      {"", "scan = function(doc, emit) emit('w', 1, 1, { value = newsmark.lower('ÅÄÖ') }) end", "x",
       "1..1 w=åäö"},
      // The tree.
      {"",
       "scan = function(doc, emit) for _, m in ipairs(doc:query('(paragraph) @p')) do\n"
       "emit('w', m.p.first, m.p.last, { value = m.p.node .. m.p.name .. #m }) end end",
       "One.\n\nTwo.", "1..4 w=paragraphp1; 7..10 w=paragraphp1"},
      {"",
       "scan = function(doc, emit) for _, m in ipairs(doc:query('(quotation (quote_mark) @m) @q')) do\n"
       "emit('w', m.q.first, m.q.last, { value = #m .. m[1].name .. m[2].name .. m.m.first }) end end",
       "He said \"no\" twice.", "9..12 w=2qm9"},
      {"", "scan = function(doc, emit) assert(#doc:query('(speech) @h') == 0) emit('w', 1, 1) end", "x",
       "1..1 w"},
      // What is around.
      {"",
       "lists = { { tag = 'v', words = { 'b c' } } }, scan = function(doc, emit)\n"
       "assert(not newsmark.around(doc, { first = 1, last = 1 }, 'v'))\n"
       "assert(not newsmark.around(doc, { first = 3, last = 7 }, 'v'))\n"
       "local s = newsmark.around(doc, { first = 3, last = 3 }, 'v') emit('w', s.last + 2, s.last + 2) end",
       "a b c d", "3..5 v; 7..7 w"},
      // There is no index.
      {"", "scan = function(doc, emit) assert(newsmark.index.entity('Li') == nil) emit('w', 1, 1) end", "x",
       "1..1 w"},
      // Filters.
      {"",
       "lists = { { tag = 'w', words = { 'x', 'y' } } }, filter_tags = { 'v' }, filter = function() return "
       "false end",
       "x", "1..1 w"},
      {"",
       "lists = { { tag = 'w', words = { 'x', 'y' } } }, filter = function(s) if s.text == 'x' then return "
       "false end end",
       "x y", "3..3 w"},
      {"",
       "lists = { { tag = 'w', words = { 'x' } } }, filter = function(s) s.tag = 'v' s.value = 'n' s.last = "
       "2 return s end",
       "x y", "1..2 v=n"},
      {"",
       "lists = { { tag = 'w', words = { 'x' } } },\n"
       "filter = function(s, doc) s.fields = { before = doc.text:sub(1, 1) } return s end",
       "a x", "3..3 w {\"before\":\"a\"}"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases) * 2; i++) {
    size_t at = i / 2;
    w->remember = i % 2;
    world_tagger(w, "t.lua", cases[at].head, cases[at].members);
    world_load(w, NULL);
    if (issue_count(w)) print_error("case %zu\n", at);
    for (int again = 0; again < 2; again++) expect_tags(w, cases[at].text, cases[at].tags);
    assert_int_equal(issue_count(w), 0);
  }
}

static void test_word_files(void **state)
{
  World *w = *state;
  char dir[64];
  snprintf(dir, sizeof dir, "%s/data", w->dir);
  mkdir(dir, 0700);
  world_write(w, "data/ships.tsv", "# a comment\nEagle S\t9329760\n\nÄgir\n");
  world_tagger(w, "t.lua", "", "lists = { { tag = 'w', file = 'data/ships.tsv' } }");
  world_load(w, NULL);
  expect_tags(w, "Eagle S, Ägir", "1..7 w; 10..14 w");
  static const char *const refused[] = {"../x", "data/../../x", "/etc/passwd", "ships.tsv", "data/none.tsv"};
  for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
    StrBuf members = {0};
    strbuf_addf(&members, "lists = { { tag = 'w', file = '%s' } }", refused[i]);
    world_tagger(w, "t.lua", "", members.ptr);
    world_load(w, NULL);
    expect_issue(w, refused[i], 0);
    strbuf_release(&members);
  }
}

// Filters see the machine's spans too: they may drop or change them.
static void test_filters_and_the_machine(void **state)
{
  World *w = *state;
  world_tagger(w, "t.lua", "",
               "filter = function(s)\n"
               "  if s.tag == 'person' then s.tag = 'org' s.conf = 0.5 return s end\n"
               "  if s.tag == 'quote' then return false end\n"
               "end");
  world_load(w, NULL);
  Str text = STR("Anna said: yes");
  Annotations *found = plain_article(text);
  static const EntityFacts someone = {0};
  static const QuoteFacts said = {0};
  vec_push_in(&found->arena, &found->spans,
              (Span){.start = 0,
                     .end = 4,
                     .kind = SPAN_ENTITY,
                     .entity = &someone,
                     .type = ENTITY_PER,
                     .by = BY_MODEL,
                     .confidence = 1});
  vec_push_in(&found->arena, &found->spans,
              (Span){.start = 11, .end = 14, .kind = SPAN_QUOTE, .quote = &said, .by = BY_RULE, .id = 2});
  annotations_ref(found);
  Annotations *result = world_annotate(w, text, found);
  assert_int_equal(issue_count(w), 0);
  assert_int_equal(result->spans.len, 1);
  assert_int_equal(result->spans.items[0].type, ENTITY_ORG);
  assert_true(result->spans.items[0].confidence == 0.5F);
  assert_int_equal(found->spans.len, 2); // the original is as it was
  assert_int_equal(found->spans.items[0].type, ENTITY_PER);
  annotations_unref(found);
  assert_true(str_is(str_slice(text, result->blocks[0].start, result->blocks[0].end),
                     text.ptr)); // held by the result
  annotations_unref(result);
}

// Names and tags lie in one order, whatever stands where; filters see the names they ask for, and no others.
static void test_tags_among_the_machine_s(void **state)
{
  World *w = *state;
  static const EntityFacts someone = {0};
  world_tagger(
      w, "t.lua", "",
      "lists = { { tag = 'w', words = { 'a', 'b b' }, whole = false } },\n"
      "patterns = { { tag = 'v', re = 'c a?' } },\n"
      "filter_tags = { 'place', 'v' },\n"
      "filter = function(s) assert(s.tag == 'v' or s.tag == 'place') return s.first % 3 > 0 and s end");
  world_load(w, NULL);
  unsigned seed = 1;
  for (int round = 0; round < 300; round++) {
    char text[200];
    size_t tags = 0, names = 0, stay = 0, len = 0, left = 0;
    for (; len < sizeof text - 1; len++) text[len] = "abc   "[(seed = seed * 1103515245 + 12345) >> 16 & 3];
    Str words = {text, len};
    Annotations *found = plain_article(words);
    for (size_t at = 0; at < len; at += 1 + (seed >> 16) % 9) {
      seed = seed * 1103515245 + 12345;
      size_t end = at + 1 + (seed >> 20) % 5;
      EntityType type = (seed >> 24) % ENTITY_TYPES;
      vec_push_in(&found->arena, &found->spans,
                  (Span){.start = at, .end = end < len ? end : len, .type = type, .entity = &someone});
      stay += type != ENTITY_LOC || (at + 1) % 3 > 0;
    }
    Annotations *result = world_annotate(w, words, found);
    assert_int_equal(issue_count(w), 0);
    for (size_t i = 0; i < result->spans.len; i++) {
      const Span *span = &result->spans.items[i];
      if (i) assert_true(span_order(span - 1, span) <= 0);
      assert_int_equal(span->id, i + 1);
      names += span->kind == SPAN_ENTITY;
      tags += span->kind == SPAN_TAG && str_is(span->tag->tag, "w");
      if (span->kind == SPAN_TAG && str_is(span->tag->tag, "v")) assert_true((span->start + 1) % 3 > 0);
    }
    for (size_t i = 0; i < len; i++) left += text[i] == 'a';
    assert_int_equal(names, stay);
    assert_true(tags <= left + len / 3 && tags > 0);
    annotations_unref(result);
  }
}

static void test_languages_are_those_of_blocks(void **state)
{
  World *w = *state;
  world_tagger(w, "t.lua", "", "languages = { 'sv' }, lists = { { tag = 'w', words = { 'x' } } }");
  world_load(w, NULL);
  Str text = STR("x x");
  Annotations *found = plain_article(text);
  BlockSpan *blocks = arena_zalloc(&found->arena, 2 * sizeof *blocks);
  blocks[0] = (BlockSpan){0, 1, BLOCK_PARAGRAPH, LANG_EN, 1};
  blocks[1] = (BlockSpan){2, 3, BLOCK_PARAGRAPH, LANG_SV, 2};
  found->blocks = blocks;
  found->block_count = 2;
  Annotations *result = world_annotate(w, text, found);
  assert_int_equal(result->spans.len, 1);
  assert_int_equal(result->spans.items[0].start, 2);
  annotations_unref(result);
}

// The same words in another language are another paragraph, also to a host that remembers.
static void test_functions_know_the_block_s_language(void **state)
{
  World *w = *state;
  w->remember = true;
  world_tagger(w, "t.lua", "",
               "lists = { { tag = 'w', words = { 'x' }, value = function(m) return m.lang end },\n"
               "  { tag = 'w', words = { 'q', 'z' }, languages = { 'fi' }, whole = false } },\n"
               "patterns = { { tag = 'v', re = 'y', check = function(m) return m.lang == 'sv' end },\n"
               "  { tag = 'v', re = 'z', languages = { 'en', 'da' } } }");
  world_load(w, NULL);
  for (int again = 0; again < 2; again++) {
    static const Lang langs[] = {LANG_EN, LANG_SV, LANG_UNKNOWN};
    static const char *const values[] = {"en", "sv", "und"};
    for (size_t i = 0; i < ARRAY_LEN(langs); i++) {
      Annotations *found = plain_article(STR("x y z"));
      ((BlockSpan *)(uintptr_t)found->blocks)->lang = langs[i];
      Annotations *result = world_annotate(w, STR("x y z"), found);
      assert_int_equal(result->spans.len, 2);
      assert_int_equal(result->spans.items[1].start,
                       langs[i] == LANG_SV ? 2 : 4); // any, where it is not known
      assert_true(str_is(result->spans.items[0].tag->value, values[i]));
      annotations_unref(result);
    }
  }
}

static void test_bytes_that_are_no_text(void **state)
{
  World *w = *state;
  world_tagger(
      w, "t.lua", "",
      "patterns = { { tag = 'w', re = 'b+' } }, lists = { { tag = 'v', words = { 'c' }, case = 'fold' } }");
  world_load(w, NULL);
  expect_tags(w,
              "\xff\xfe"
              "bb\xc3 c \xf0\x9f",
              "3..4 w; 7..7 v");
  expect_tags(w, "", "");
}

// --- scripts that are wrong

#define HEAD "local n = require('newsmark')\n"
#define TAGGER(more) HEAD "n.tagger { api = 1, name = 'x', tags = { w = {} }" more " }"

static void test_wrong_declarations(void **state)
{
  World *w = *state;
  static const struct {
    const char *script, *says;
    size_t line;
  } cases[] = {
      {"x = = 1", "unexpected symbol", 1},
      {"\n\nerror('no')", "no", 3},
      {"return 1", "does not call newsmark.tagger", 0},
      {HEAD "n.tagger { name = 'x', tags = { w = {} } }", "api should be 1", 2},
      {HEAD "n.tagger { api = 1, tags = { w = {} } }", "name should be a string", 2},
      {HEAD "n.tagger { api = 1, name = 'x' }", "at least one tag", 2},
      {HEAD "n.tagger { api = 1, name = 'x', tags = { ['W w'] = {} } }", "is no name for a tag", 2},
      {HEAD "n.tagger { api = 1, name = 'x', tags = { w = { lable = 'x' } } }", "did you mean \"label\"", 2},
      {HEAD "n.tagger { api = 1, name = 'x', tags = { w = { dark = 'red' } } }", "no colour", 2},
      {HEAD "n.tagger { api = 1, name = 'x', tags = { w = { style = 'wavy' } } }", "unknown style", 2},
      {TAGGER(", list = {}"), "did you mean \"lists\"", 2},
      {TAGGER(", lists = { { tag = 'v', words = {} } }"), "tag \"v\" is not declared", 2},
      {TAGGER(", lists = { { tag = 'w' } }"), "either words or file", 2},
      {TAGGER(", lists = { { tag = 'w', words = { 1 } } }"), "lists[1].words[1] should be a string", 2},
      {TAGGER(", patterns = { { tag = 'w', re = '(' } }"), "patterns[1]: missing closing parenthesis", 2},
      {TAGGER(", patterns = { { tag = 'w', re = 'a', group = 1 } }"), "there is no group 1", 2},
      {TAGGER(", languages = { 'tlh' }"), "does not know \"tlh\"", 2},
      {TAGGER(", scan = 3"), "scan should be a function", 2},
      {TAGGER(", tests = { 3 }"), "tests[1]", 2},
      {HEAD "return n.tagger { api = 1, name = 'x', tags = { w = {} }, tset = 3 }", "unknown field", 2},
      {"require('os')", "no module \"os\"", 1},
      {HEAD "n.find('a', 'a')\nn.spans(1, 'x')", "Doc expected", 3},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    world_write(w, "t.lua", cases[i].script);
    world_load(w, NULL);
    expect_issue(w, cases[i].says, cases[i].line);
    expect_tags(w, "x", "");
  }
}

static void test_errors_while_running(void **state)
{
  World *w = *state;
  static const struct {
    const char *members, *says;
  } cases[] = {
      {"scan = function(doc, emit) emit('x', 1, 1) end", "tag \"x\" is not declared"},
      {"scan = function(doc, emit) emit('w', 0, 1) end", "outside the article (1..5)"},
      {"scan = function(doc, emit) emit('w', 1, 6) end", "outside the article"},
      {"scan = function(doc, emit) emit('w', 3, 2) end", "outside the article"},
      {"scan = function(doc, emit) emit('w', 2, 2) end", "cuts a character"},
      {"scan = function(doc, emit) emit('w', 1, 0/0) end", "no integer representation"},
      {"scan = function(doc, emit) emit('w', math.mininteger, math.maxinteger) end", "outside the article"},
      {"scan = function(doc, emit) emit('w', 3, 3, { conf = 0/0 }) end", "between 0 and 1"},
      {"scan = function(doc, emit) emit('w', 3, 3, { value = {} }) end", "value should be a string"},
      {"scan = function(doc, emit) emit('w', 3, 3, { fields = { {} } }) end", "fields: names are strings"},
      {"scan = function(doc, emit) emit() end", "bad argument #1"},
      {"scan = function(doc) doc.text = 'x' end", "cannot be changed"},
      {"scan = function(doc) return doc.txet end", "no field \"txet\""},
      {"scan = function(doc) error({}) end", "the error is a table"},
      {"scan = function(doc) error(setmetatable({}, { __tostring = function() error('x') end })) end",
       "the error is a table"},
      {"scan = function(doc) error() end", "the error is a nil"},
      {"scan = function(doc) keep = keep or doc return keep.text, keep ~= doc and keep.text end", ""},
      {"lists = { { tag = 'w', words = { 'x' }, value = function() return {} end } }",
       "value's result should be a string"},
      {"lists = { { tag = 'w', words = { 'x' } } }, filter = function() return 3 end",
       "filter should return"},
      {"lists = { { tag = 'w', words = { 'x' } } }, filter = function(s) s.tag = 'person' return s end",
       "cannot become \"person\""},
      {"lists = { { tag = 'w', words = { 'x' } } }, filter = function(s) s.first = 1.5 return s end",
       "first should be a whole number"},
      {"scan = function(doc, emit) E = emit end, lists = { { tag = 'w', words = { 'x' } } }, filter = "
       "function() E('w', 1, 1) end",
       "only scan may call it"},
      {"scan = function(doc) doc:query('(nonsense) @x') end", "there is no such node"},
      {"scan = function(doc) doc:query('(paragraph @x') end", "query, byte"},
      {"scan = function(doc) doc.query({}, '(paragraph) @x') end", "Doc expected"},
      {"scan = function(doc) doc:query(('x'):rep(3000)) end", "longer than"},
      {"scan = function(doc) newsmark.around(doc, { first = 0, last = 1 }, 'w') end", "outside the article"},
      {"scan = function(doc) newsmark.find(doc.text, '(') end", "missing closing parenthesis"},
      {"scan = function(doc) newsmark.find('\\xff', 'a') end", "not UTF-8"},
      {"scan = function(doc) newsmark.find(('a'):rep(1000) .. '!', '^(a|aa)+$') end", "too many steps"},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    world_tagger(w, "t.lua", "", cases[i].members);
    world_load(w, NULL);
    assert_int_equal(issue_count(w), 0);
    free(world_tags(w, "é x."));
    if (!*cases[i].says) { // an article kept for the next
      free(world_tags(w, "é x."));
      expect_issue(w, "this article is closed", 4);
      continue;
    }
    expect_issue(w, cases[i].says,
                 strstr(cases[i].members, "emit") || strstr(cases[i].members, "doc") ? 4 : 0);
    expect_issue(w, "in a.txt", 0);
  }
}

// One broken script costs nobody else anything.
static void test_the_others_go_on(void **state)
{
  World *w = *state;
  world_write(w, "a.lua", "x = = 1");
  world_tagger(w, "b.lua", "", "scan = function() error('no') end");
  world_tagger(w, "c.lua", "", "scan = function() while true do end end");
  world_tagger(w, "d.lua", "", "lists = { { tag = 'w', words = { 'x' } } }");
  world_load(w, NULL);
  expect_tags(w, "x", "1..1 w");
  assert_int_equal(issue_count(w), 3);
}

static void test_three_overruns_stop_a_script(void **state)
{
  World *w = *state;
  world_tagger(w, "t.lua", "", "scan = function() while true do end end");
  world_load(w, NULL);
  for (int i = 0; i < 5; i++) free(world_tags(w, "x"));
  Arena arena = {0};
  ScriptStateVec states = {0};
  host_states(w->host, &arena, &states);
  assert_int_equal(states.len, 1);
  assert_int_equal(states.items[0].condition, SCRIPT_STOPPED);
  assert_int_equal(states.items[0].articles, 3);
  assert_int_equal(states.items[0].failures, 3);
  assert_true(states.items[0].p50_us >= 100000);
  assert_non_null(strstr(states.items[0].issue.text.ptr, "its time is spent (100 ms)"));
  arena_release(&arena);
}

// --- working on a script

static void test_reload(void **state)
{
  World *w = *state;
  world_tagger(w, "t.lua", "", "lists = { { tag = 'w', words = { 'x' } } }");
  world_load(w, NULL);
  expect_tags(w, "x yy", "1..1 w");
  world_tagger(w, "t.lua", "", "lists = { { tag = 'w', words = { 'yy' } } }");
  host_reload(w->host);
  expect_tags(w, "x yy", "3..4 w");
  world_write(w, "t.lua", "this is broken");
  host_reload(w->host);
  expect_tags(w, "x yy", "3..4 w"); // the last good one stays
  expect_issue(w, "syntax error", 1);
  world_tagger(w, "t.lua", "", "lists = { { tag = 'w', words = { 'x' } } }, tests = { '[[yy|w]]' }");
  host_reload(w->host);
  expect_tags(w, "x yy", "3..4 w"); // its tests fail
  expect_issue(w, "missing    [[yy|w]]", 0);
  world_tagger(w, "u.lua", "", "lists = { { tag = 'v', words = { 'x' } } }");
  world_tagger(w, "t.lua", "", "lists = { { tag = 'w', words = { 'yy' } } }, tests = { '[[yy|w]]' }");
  host_reload(w->host);
  expect_tags(w, "x yy", "1..1 v; 3..4 w");
  assert_int_equal(issue_count(w), 0);
  char *path = path_join(w->dir, "t.lua");
  unlink(path);
  free(path);
  host_reload(w->host);
  expect_tags(w, "x yy", "1..1 v");
}

static void test_tests_of_scripts(void **state)
{
  World *w = *state;
  static const struct {
    const char *tests, *says; // "": they pass
  } cases[] = {
      {"'[[x|w=1]] y'", ""},
      {"'[[x|w]] y'", ""},
      {"{ none = 'y' }", ""},
      {"{ '[[x|w]]', lang = 'sv' }", ""},
      {"'[[x|w=2]]'", "missing    [[x|w=2]]"},
      {"'[[x|v]]'", "missing    [[x|v]]"},
      {"'[[x y|w]]'", "unexpected [[x|w=1]]"},
      {"'x'", "unexpected [[x|w=1]]"},
      {"'[[y|w]]'", "missing    [[y|w]]"},
      {"'y', { none = 'x' }", "test 2 of its 2 fails: unexpected [[x|w=1]]"},
      {"'a [[ b'", ""},
  };
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    StrBuf members = {0};
    strbuf_addf(&members, "lists = { { tag = 'w', words = { 'x' }, value = '1' } }, tests = { %s }",
                cases[i].tests);
    world_tagger(w, "t.lua", "", members.ptr);
    world_load(w, NULL);
    if (*cases[i].says)
      expect_issue(w, cases[i].says, 0);
    else
      assert_int_equal(issue_count(w), 0);
    strbuf_release(&members);
  }
}

static void test_tags_are_told(void **state)
{
  World *w = *state;
  world_write(w, "t.lua",
              "return require('newsmark').tagger { api = 1, name = 't', tags = { ship = { label = 'Ship', "
              "style = 'underdotted',\n"
              "dark = '#aabbcc', key = 's', fields = { 'imo' }, sensitive = true } } }");
  world_load(w, NULL);
  Arena arena = {0};
  ScriptTagVec tags = {0};
  host_tags(w->host, &arena, &tags);
  host_free(w->host);
  w->host = NULL; // the tags are copies
  assert_int_equal(tags.len, 1);
  assert_string_equal(tags.items[0].type.id.ptr, "ship");
  assert_string_equal(tags.items[0].type.label.ptr, "Ship");
  assert_string_equal(tags.items[0].type.dark.ptr, "#aabbcc");
  assert_string_equal(tags.items[0].type.fields.items[0].ptr, "imo");
  assert_true(tags.items[0].type.sensitive);
  arena_release(&arena);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_begin, world_end)
  const struct CMUnitTest tests[] = {
      TEST(test_features),
      TEST(test_word_files),
      TEST(test_filters_and_the_machine),
      TEST(test_tags_among_the_machine_s),
      TEST(test_languages_are_those_of_blocks),
      TEST(test_functions_know_the_block_s_language),
      TEST(test_bytes_that_are_no_text),
      TEST(test_wrong_declarations),
      TEST(test_errors_while_running),
      TEST(test_the_others_go_on),
      TEST(test_three_overruns_stop_a_script),
      TEST(test_reload),
      TEST(test_tests_of_scripts),
      TEST(test_tags_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
