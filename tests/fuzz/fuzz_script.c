// Random scripts against the sandbox and the bindings: the bytes choose among pieces of Lua that know the
// interface, so that most scripts run and reach deep. Whatever they do, they end within their budget, give
// spans that lie in the article, on characters, in order and apart, and hold no more memory than allowed;
// then the same script runs again.
#include "config/paths.h"
#include "script/search.h"
#include "script/tagger.h"

#include <stdio.h>
#include <stdlib.h>

#define PRELUDE "lua/newsmark/host/prelude.lua"
#define MOST 3000 // bytes of a script

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Dice {
  const uint8_t *data;
  size_t size, at;
  int depth;
} Dice;

static unsigned roll(Dice *dice, unsigned sides)
{
  return dice->at < dice->size ? dice->data[dice->at++] % sides : 0;
}

static const char *pick(Dice *dice, const char *const *items, unsigned count)
{
  return items[roll(dice, count)];
}
#define PICK(dice, items) pick((dice), (items), (unsigned)(sizeof(items) / sizeof *(items)))

static void expression(Dice *dice, StrBuf *out);

static void arguments(Dice *dice, StrBuf *out)
{
  for (unsigned n = roll(dice, 5); n; n--) {
    expression(dice, out);
    if (n > 1) strbuf_byte(out, ',');
  }
}

static void table(Dice *dice, StrBuf *out)
{
  static const char *const keys[] = {"first",
                                     "last",
                                     "value",
                                     "conf",
                                     "fields",
                                     "tag",
                                     "text",
                                     "[1]",
                                     "[2]",
                                     "[0.5]",
                                     "[math.maxinteger]",
                                     "name",
                                     "__index",
                                     "__len",
                                     "__lt",
                                     "__close",
                                     "__pairs"};
  strbuf_byte(out, '{');
  for (unsigned n = roll(dice, 5); n; n--) {
    strbuf_addf(out, "%s=", PICK(dice, keys));
    expression(dice, out);
    strbuf_byte(out, ',');
  }
  strbuf_byte(out, '}');
}

static void call(Dice *dice, StrBuf *out)
{
  static const char *const functions[] = {"emit",
                                          "newsmark.find",
                                          "newsmark.spans",
                                          "newsmark.lower",
                                          "newsmark.around",
                                          "newsmark.sentences",
                                          "newsmark.index.entity",
                                          "doc.query",
                                          "string.find",
                                          "string.gsub",
                                          "string.gmatch",
                                          "string.rep",
                                          "string.match",
                                          "string.format",
                                          "string.byte",
                                          "string.char",
                                          "string.sub",
                                          "table.concat",
                                          "table.insert",
                                          "table.move",
                                          "table.remove",
                                          "table.sort",
                                          "table.unpack",
                                          "table.pack",
                                          "setmetatable",
                                          "getmetatable",
                                          "rawset",
                                          "rawget",
                                          "pcall",
                                          "xpcall",
                                          "error",
                                          "next",
                                          "pairs",
                                          "select",
                                          "tostring",
                                          "tonumber",
                                          "coroutine.wrap",
                                          "coroutine.create",
                                          "coroutine.resume",
                                          "coroutine.yield",
                                          "utf8.char",
                                          "utf8.codepoint",
                                          "utf8.len",
                                          "utf8.offset",
                                          "math.floor",
                                          "math.tointeger",
                                          "assert",
                                          "require",
                                          "print",
                                          "f",
                                          "g"};
  strbuf_addf(out, "%s(", PICK(dice, functions));
  arguments(dice, out);
  strbuf_byte(out, ')');
}

static void block(Dice *dice, StrBuf *out);

static void expression(Dice *dice, StrBuf *out)
{
  static const char *const plain[] = {"doc",
                                      "doc.text",
                                      "doc.tokens",
                                      "doc.sentences",
                                      "doc.entities",
                                      "doc.quotes",
                                      "doc.blocks",
                                      "doc.lang",
                                      "doc.title",
                                      "doc.nothing",
                                      "emit",
                                      "newsmark",
                                      "'w'",
                                      "'v'",
                                      "'person'",
                                      "'entity'",
                                      "1",
                                      "2",
                                      "5",
                                      "-1",
                                      "0",
                                      "0/0",
                                      "1/0",
                                      "2^53",
                                      "math.mininteger",
                                      "math.maxinteger",
                                      "1e308",
                                      "'1'",
                                      "''",
                                      "nil",
                                      "true",
                                      "'é'",
                                      "'\\xff\\0'",
                                      "'(a|b)+'",
                                      "'%w+'",
                                      "'.-b'",
                                      "'%f[%w]'",
                                      "'%b()'",
                                      "'(paragraph) @p'",
                                      "'(quotation (_) @m) @q'",
                                      "'[[(.*)]]'",
                                      "('a'):rep(99)",
                                      "#doc.text",
                                      "x",
                                      "y",
                                      "_G",
                                      "string",
                                      "{}",
                                      "f",
                                      "g"};
  static const char *const operators[] = {"+", "..", "==", "<", "//", "%", "and", "or", "&", "~"};
  if (++dice->depth > 6) {
    strbuf_addf(out, "%s", PICK(dice, plain));
  } else
    switch (roll(dice, 8)) {
    case 0:
      call(dice, out);
      break;
    case 1:
      table(dice, out);
      break;
    case 2:
      strbuf_byte(out, '(');
      expression(dice, out);
      strbuf_addf(out, " %s ", PICK(dice, operators));
      expression(dice, out);
      strbuf_byte(out, ')');
      break;
    case 3:
      strbuf_add(out, STR("function(x, y) "));
      block(dice, out);
      strbuf_add(out, STR(" return x end"));
      break;
    default:
      strbuf_addf(out, "%s", PICK(dice, plain));
    }
  dice->depth--;
}

static void block(Dice *dice, StrBuf *out)
{
  if (++dice->depth <= 6)
    for (unsigned n = roll(dice, 4); n && out->len < MOST; n--) switch (roll(dice, 8)) {
      case 0:
        strbuf_add(out, STR("for x = 1, 20 do "));
        block(dice, out);
        strbuf_add(out, STR(" end "));
        break;
      case 1:
        strbuf_add(out, STR("for x, y in pairs("));
        expression(dice, out);
        strbuf_add(out, STR(") do "));
        block(dice, out);
        strbuf_add(out, STR(" end "));
        break;
      case 2:
        strbuf_add(out, STR("while "));
        expression(dice, out);
        strbuf_add(out, STR(" do "));
        block(dice, out);
        strbuf_add(out, STR(" end "));
        break;
      case 3:
        strbuf_addf(out, "%s = ", roll(dice, 2) ? "f" : "x");
        expression(dice, out);
        strbuf_byte(out, ' ');
        break;
      default:
        strbuf_add(out, STR("pcall(function() return "));
        call(dice, out);
        strbuf_add(out, STR(" end) "));
        if (roll(dice, 3) == 0) call(dice, out);
        strbuf_byte(out, ';');
      }
  dice->depth--;
}

static void function(Dice *dice, StrBuf *out, const char *name, const char *parameters)
{
  strbuf_addf(out, "%s = function(%s) ", name, parameters);
  block(dice, out);
  strbuf_add(out, STR(" return "));
  expression(dice, out);
  strbuf_add(out, STR(" end, "));
}

static void script(Dice *dice, StrBuf *out)
{
  strbuf_add(out, STR("local newsmark = require('newsmark') local x, y, doc, emit\n"
                      "local function f() end local function g(...) return ... end\n"
                      "return newsmark.tagger { api = 1, name = 't', tags = { w = {}, v = {} },\n"
                      "lists = { { tag = 'w', case = 'fold', words = { 'anna', 'hull', 'é' }, "));
  if (roll(dice, 2)) function(dice, out, "value", "m");
  strbuf_add(out, STR("} }, patterns = { { tag = 'v', re = [[\\b\\p{Lu}(\\w+)]], "));
  if (roll(dice, 2)) function(dice, out, "check", "m");
  strbuf_add(out, STR("} },\n"));
  function(dice, out, "scan", "doc, emit");
  if (roll(dice, 2)) function(dice, out, "filter", "x, doc");
  strbuf_byte(out, '}');
}

static void check(const Run *run, const Tagger *tagger)
{
  size_t end = 0;
  for (size_t i = run->machine; i < run->spans.len; i++) {
    const Span *span = &run->spans.items[i];
    if (span->start == span->end) continue; // dropped by the filter
    if (span->start > span->end || span->end > run->text.len) abort();
    if (((unsigned char)run->text.ptr[span->start] & 0xC0) == 0x80) abort();
    if (span->end < run->text.len && ((unsigned char)run->text.ptr[span->end] & 0xC0) == 0x80) abort();
    if (tagger->filter_ref < 0 && span->start < end) abort(); // a filter may move them onto each other
    end = span->end;
  }
  if (tagger->box->mem_used > tagger->box->mem_cap) abort();
}

static void run_over(Tagger *tagger, Str text)
{
  Arena arena = {0}, scratch = {0};
  Fault fault;
  Snapshot *snapshot = snapshot_new(text);
  BlockSpan block = {0, text.len, BLOCK_PARAGRAPH, LANG_EN};
  Annotations found = {.blocks = &block, .block_count = 1, .lang = LANG_EN};
  EntityFacts anna = {.name = STR("Anna"), .entity = STR("name:anna")};
  Run run = {.text = text,
             .path = STR("a.txt"),
             .found = &found,
             .snapshot = snapshot,
             .needles = tagger->needles,
             .arena = &arena,
             .scratch = &scratch,
             .machine = 1};
  vec_push_in(&arena, &run.spans, (Span){.start = 0, .end = 4, .kind = SPAN_ENTITY, .entity = &anna});
  Early early = {0};
  search_early(tagger, &run, &early);
  if (tagger_tag_article(tagger, &run, &early, &fault)) check(&run, tagger);
  if (tagger_filter_article(tagger, &run, &fault)) check(&run, tagger);
  article_free(run.article);
  snapshot_unref(snapshot);
  arena_release(&scratch);
  arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  Dice dice = {data, size, 0, 0};
  StrBuf text = {0};
  Fault fault;
  script(&dice, &text);
  TaggerSource source = {STR("t"),
                         "t.lua",
                         PRELUDE,
                         strbuf_str(&text),
                         {.live_ms = 5, .document_ms = 20, .memory_mb = 4, .spans = 100},
                         false};
  Tagger *tagger = tagger_new(&source, &fault);
  if (getenv("SHOW")) printf("%s\n%s\n", text.ptr, tagger ? "loads" : fault.text);
  for (int i = 0; i < 2 && tagger; i++) run_over(tagger, STR("Anna Berg saw “é” in Hull (ab). No."));
  tagger_free(tagger);
  strbuf_release(&text);
  return 0;
}
