// `doc` is a userdata that holds the number of the run, not a pointer: kept by a script for another article
// it is an error with words. Its fields are made when first asked for and kept in a table of its own, so that
// a script pays for what it reads. Spans are plain tables. Positions are Lua's: bytes, from 1, the last one
// included; a half-open [start, end) is first = start + 1, last = end.
#include "script/bind.h"

#include "annotate/token.h"
#include "base/json.h"
#include "base/utf8.h"

#include <lauxlib.h>
#include <stdlib.h>

#define DOC "newsmark.Doc"

typedef struct Doc {
  uint64_t run_id;
} Doc;

Run *bind_check_doc(lua_State *L, int arg)
{
  const Doc *doc = luaL_checkudata(L, arg, DOC);
  const Tagger *tagger = bind_tagger(L);
  if (!tagger->run || doc->run_id != tagger->run_id)
    luaL_error(L, "this article is closed: do not keep doc between calls");
  return tagger->run;
}

// --- the fields of doc

static void push_text(lua_State *L, Run *run)
{
  lua_pushlstring(L, run->text.ptr ? run->text.ptr : "", run->text.len);
}
static void push_lang(lua_State *L, Run *run)
{
  lua_pushstring(L, lang_code(run->found->lang));
}
static void push_path(lua_State *L, Run *run)
{
  lua_pushlstring(L, run->path.ptr ? run->path.ptr : "", run->path.len);
}

static void push_or_nil(lua_State *L, Str text)
{
  if (text.len)
    lua_pushlstring(L, text.ptr, text.len);
  else
    lua_pushnil(L);
}

static void push_title(lua_State *L, Run *run)
{
  push_or_nil(L, run->found->title);
}
static void push_published(lua_State *L, Run *run)
{
  push_or_nil(L, run->found->dct.value);
}

static void push_query(lua_State *L, Run *run)
{
  (void)run;
  lua_pushcfunction(L, bind_query);
}

static void push_blocks(lua_State *L, Run *run)
{
  lua_createtable(L, (int)run->found->block_count, 0);
  for (size_t i = 0; i < run->found->block_count; i++) {
    const BlockSpan *block = &run->found->blocks[i];
    bind_push_stretch(L, run, block->start, block->end);
    bind_set_str(L, "kind", str_of(block_kind_name(block->kind)));
    bind_set_str(L, "lang", str_of(lang_code(block->lang)));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

typedef struct Split { // one block, in the run's scratch
  size_t start;
  TokenVec tokens;
  SentenceVec sentences;
} Split;

static Split split_block(Run *run, const BlockSpan *block)
{
  Split out = {.start = block->start};
  Str text = str_slice(run->text, block->start, block->end);
  tokens_split(text, run->scratch, &out.tokens);
  sentences_split(text, block->lang, &out.tokens, run->scratch, &out.sentences);
  return out;
}

static void push_sentences(lua_State *L, Run *run)
{
  lua_Integer count = 0;
  lua_newtable(L);
  for (size_t i = 0; i < run->found->block_count; i++) {
    Split split = split_block(run, &run->found->blocks[i]);
    sandbox_charge(L, run->found->blocks[i].end - split.start);
    for (size_t j = 0; j < split.sentences.len; j++) {
      Sentence s = split.sentences.items[j];
      if (s.first >= s.last) continue;
      bind_push_stretch(L, run, split.start + split.tokens.items[s.first].start,
                        split.start + split.tokens.items[s.last - 1].end);
      lua_rawseti(L, -2, ++count);
    }
  }
}

static void push_tokens(lua_State *L, Run *run)
{
  lua_Integer count = 0;
  lua_newtable(L);
  for (size_t i = 0; i < run->found->block_count; i++) {
    Split split = split_block(run, &run->found->blocks[i]);
    sandbox_charge(L, run->found->blocks[i].end - split.start);
    for (size_t j = 0; j < split.tokens.len; j++) {
      const Token *token = &split.tokens.items[j];
      bind_push_stretch(L, run, split.start + token->start, split.start + token->end);
      lua_rawseti(L, -2, ++count);
    }
  }
}

static bool is_gone(const Span *span)
{
  return span->start == span->end;
}

static void push_kind(lua_State *L, Run *run, SpanKind kind)
{
  lua_Integer count = 0;
  lua_newtable(L);
  for (size_t i = 0; i < run->spans.len; i++) {
    if (run->spans.items[i].kind != kind || is_gone(&run->spans.items[i])) continue;
    bind_push_span(L, run, &run->spans.items[i]);
    lua_rawseti(L, -2, ++count);
  }
}

static void push_entities(lua_State *L, Run *run)
{
  push_kind(L, run, SPAN_ENTITY);
}
static void push_dates(lua_State *L, Run *run)
{
  push_kind(L, run, SPAN_DATE);
}
static void push_quotes(lua_State *L, Run *run)
{
  push_kind(L, run, SPAN_QUOTE);
}

static const char *const g_doc_names[] = {"text",      "lang",   "path",     "title", "published", "blocks",
                                          "sentences", "tokens", "entities", "dates", "quotes",    "query"};
static void (*const g_doc_push[])(lua_State *L, Run *run) = {
    push_text,      push_lang,   push_path,     push_title, push_published, push_blocks,
    push_sentences, push_tokens, push_entities, push_dates, push_quotes,    push_query};

const char *const *bind_doc_fields(size_t *count)
{
  *count = ARRAY_LEN(g_doc_names);
  return g_doc_names;
}

static int l_doc_index(lua_State *L) // doc.field
{
  Run *run = bind_check_doc(L, 1);
  const char *key = luaL_checkstring(L, 2);
  size_t i = 0;
  while (i < ARRAY_LEN(g_doc_names) && strcmp(key, g_doc_names[i])) i++;
  if (i == ARRAY_LEN(g_doc_names)) return luaL_error(L, "doc has no field \"%s\"", key);
  lua_settop(L, 2);
  lua_getiuservalue(L, 1, 1); // [doc, key, made]
  lua_pushvalue(L, 2);
  if (lua_rawget(L, 3) != LUA_TNIL) return 1;
  lua_pop(L, 1);
  g_doc_push[i](L, run); // [doc, key, made, value]
  lua_pushvalue(L, 2);
  lua_pushvalue(L, 4);
  lua_rawset(L, 3);
  return 1;
}

static int l_doc_newindex(lua_State *L)
{
  return luaL_error(L, "doc cannot be changed");
}

void bind_push_doc(lua_State *L)
{
  Doc *doc = lua_newuserdatauv(L, sizeof *doc, 1);
  doc->run_id = bind_tagger(L)->run_id;
  lua_newtable(L);
  lua_setiuservalue(L, -2, 1);
  if (luaL_newmetatable(L, DOC)) {
    lua_pushcfunction(L, l_doc_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, l_doc_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_setmetatable(L, -2);
}

// --- the module

static int l_spans(lua_State *L) // newsmark.spans(doc, tag) -> Span[]
{
  Run *run = bind_check_doc(L, 1);
  Wanted wanted = {0};
  lua_Integer count = 0;
  wanted_add(&wanted, run->scratch, str_of(luaL_checkstring(L, 2)));
  lua_newtable(L);
  for (size_t i = 0; i < run->spans.len; i++) {
    const Span *span = &run->spans.items[i];
    if (is_gone(span) || !wanted_has(&wanted, span)) continue;
    sandbox_charge(L, 16);
    bind_push_span(L, run, span);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

// Spans of one name, in order of their starts, in the run's scratch; made when first asked for, and again
// where spans came since.
static const Within *within_of(Run *run, Str name)
{
  Within *within = NULL;
  for (size_t i = 0; i < run->within.len && !within; i++)
    if (str_eq(run->within.items[i].name, name)) within = &run->within.items[i];
  if (within && within->seen == run->spans.len) return within;
  if (!within) {
    vec_push_in(run->scratch, &run->within, (Within){.name = arena_dup(run->scratch, name)});
    within = &run->within.items[run->within.len - 1];
  }
  Wanted wanted = {0};
  size_t reach = 0;
  wanted_add(&wanted, run->scratch, name);
  within->seen = run->spans.len;
  within->spans.len = 0;
  for (size_t i = 0; i < run->spans.len; i++) {
    const Span *span = &run->spans.items[i];
    if (is_gone(span) || !wanted_has(&wanted, span)) continue;
    if (span->end > reach) reach = span->end;
    vec_push_in(run->scratch, &within->spans, (Reach){i, reach});
  }
  return within;
}

static bool read_stretch(lua_State *L, int arg, const Run *run, size_t *start, size_t *end)
{
  luaL_checktype(L, arg, LUA_TTABLE);
  lua_getfield(L, arg, "first");
  lua_getfield(L, arg, "last");
  lua_Integer first = luaL_checkinteger(L, -2), last = luaL_checkinteger(L, -1);
  lua_pop(L, 2);
  bind_check_range(L, run, first, last);
  *start = (size_t)first - 1;
  *end = (size_t)last;
  return true;
}

static int
l_around(lua_State *L) // newsmark.around(doc, stretch, tag) -> the innermost Span that holds it, or nil
{
  Run *run = bind_check_doc(L, 1);
  size_t start, end, lo = 0;
  read_stretch(L, 2, run, &start, &end);
  Str tag = str_of(luaL_checkstring(L, 3));
  const Within *within = within_of(run, tag);
  size_t hi = within->spans.len;
  while (lo < hi) { // the first that starts behind `start`
    size_t mid = (lo + hi) / 2;
    if (run->spans.items[within->spans.items[mid].span].start <= start)
      lo = mid + 1;
    else
      hi = mid;
  }
  sandbox_charge(L, 16);
  for (; lo > 0 && within->spans.items[lo - 1].reach >= end; lo--) {
    const Span *span = &run->spans.items[within->spans.items[lo - 1].span];
    if (span->end < end || is_gone(span)) continue;
    bind_push_span(L, run, span);
    return 1;
  }
  lua_pushnil(L);
  return 1;
}

static void *make_regex(Str pattern, Error *err)
{
  Error why;
  Regex *regex = regex_new(pattern, &why);
  if (!regex) error_set(err, why.code, "find: %s", why.text);
  return regex;
}

static void unmake_regex(void *regex)
{
  regex_free(regex);
}

static const Compiler g_regexes = {
    .make = make_regex, .free = unmake_regex, .most = 64, .cost = 1000, .cost_byte = 16};

static void on_pause(void *L)
{
  sandbox_charge(L, 64);
}

static int l_find(lua_State *L) // newsmark.find(text, re [, init]) -> first, last, captures…
{
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  lua_Integer init = luaL_optinteger(L, 3, 1);
  Str subject = {text, len};
  if (init < 1) return luaL_argerror(L, 3, "should be 1 or more");
  sandbox_charge(L, 1 + len / 8);
  if (!utf8_valid(subject)) return luaL_argerror(L, 1, "not UTF-8");
  Regex *regex = bind_compile(L, 2, &g_regexes);
  size_t from = (size_t)init - 1;
  while (from < len && ((unsigned char)text[from] & 0xC0) == 0x80) from++;
  RegexMatch m;
  RegexResult result = from > len ? REGEX_NONE : regex_find(regex, subject, from, &m, on_pause, L);
  if (result == REGEX_LIMIT) return luaL_error(L, "find: the pattern takes too many steps on this text");
  if (result == REGEX_NONE) {
    luaL_pushfail(L);
    return 1;
  }
  luaL_checkstack(L, REGEX_GROUPS + 2, "captures");
  lua_pushinteger(L, (lua_Integer)m.group[0].start + 1);
  lua_pushinteger(L, (lua_Integer)m.group[0].end);
  for (size_t i = 1; i < m.count; i++)
    push_or_nil(L, m.group[i].start == SIZE_MAX ? (Str){0}
                                                : str_slice(subject, m.group[i].start, m.group[i].end));
  return (int)m.count + 1;
}

static int l_lower(lua_State *L) // newsmark.lower(text): of all letters, not of ASCII's alone
{
  size_t len;
  const char *text = luaL_checklstring(L, 1, &len);
  luaL_Buffer out;
  sandbox_charge(L, 1 + len / 4);
  luaL_buffinit(L, &out);
  for (size_t at = 0; at < len;) {
    uint32_t cp;
    bool valid;
    size_t n = utf8_decode_slow(text + at, text + len, &cp, &valid);
    char bytes[4];
    if (valid)
      luaL_addlstring(&out, bytes, utf8_encode(utf8_lower(cp), bytes));
    else
      luaL_addlstring(&out, text + at, n);
    at += n;
  }
  luaL_pushresult(&out);
  return 1;
}

void bind_push_api(lua_State *L)
{
  lua_newtable(L);
  lua_pushcfunction(L, l_spans);
  lua_setfield(L, -2, "spans");
  lua_pushcfunction(L, l_lower);
  lua_setfield(L, -2, "lower");
  lua_pushcfunction(L, l_around);
  lua_setfield(L, -2, "around");
  bind_push_index(L);
  lua_setfield(L, -2, "index");
  lua_pushcfunction(L, l_find);
  lua_setfield(L, -2, "find");
}
