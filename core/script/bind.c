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
#define MAX_FIELDS 16 // of one span
#define CACHED 64     // patterns of newsmark.find

typedef struct Field {
  Str name, value;
} Field;

typedef struct Doc {
  uint64_t run_id;
} Doc;

static Tagger *tagger_of(lua_State *L)
{
  return sandbox_of(L)->owner;
}

static Run *run_of(lua_State *L)
{
  Run *run = tagger_of(L)->run;
  if (!run) luaL_error(L, "there is no article now: ask in scan, filter, check or value");
  return run;
}

Run *bind_check_doc(lua_State *L, int arg)
{
  const Doc *doc = luaL_checkudata(L, arg, DOC);
  if (!tagger_of(L)->run || doc->run_id != tagger_of(L)->run_id)
    luaL_error(L, "this article is closed: do not keep doc between calls");
  return tagger_of(L)->run;
}

static void set_str(lua_State *L, const char *key, Str value) // [table]; an empty value is nil
{
  if (!value.len) return;
  lua_pushlstring(L, value.ptr, value.len);
  lua_setfield(L, -2, key);
}

void bind_push_stretch(lua_State *L, const Run *run, size_t start, size_t end) // {first, last, text}
{
  lua_createtable(L, 0, 8);
  lua_pushinteger(L, (lua_Integer)start + 1);
  lua_setfield(L, -2, "first");
  lua_pushinteger(L, (lua_Integer)end);
  lua_setfield(L, -2, "last");
  lua_pushlstring(L, run->text.ptr + start, end - start);
  lua_setfield(L, -2, "text");
}

// --- spans

Str span_script_tag(const Span *span)
{
  static const char *const entities[] = {
      [ENTITY_PER] = "person", [ENTITY_ORG] = "org", [ENTITY_LOC] = "place"};
  static const char *const dates[] = {"date", "time", "duration", "set"};
  switch (span->kind) {
  case SPAN_ENTITY:
    return str_of(entities[span->type]);
  case SPAN_DATE:
    return str_of(dates[span->type]);
  case SPAN_QUOTE:
    return STR("quote");
  default:
    return span->tag->tag;
  }
}

static void set_mention(lua_State *L, const Run *run, const char *key, const Mention *mention) // [span]
{
  if (mention->start == mention->end) return;
  bind_push_stretch(L, run, mention->start, mention->end);
  set_str(L, "name", mention->name);
  set_str(L, "entity", mention->entity);
  lua_setfield(L, -2, key);
}

// The object that read_fields() wrote. Copied out of cJSON first: what follows may raise.
static void push_fields(lua_State *L, const Run *run, Str json)
{
  Field fields[MAX_FIELDS];
  size_t count = 0;
  cJSON *object = json_parse(json, NULL);
  for (const cJSON *member = object ? object->child : NULL; member && count < MAX_FIELDS;
       member = member->next)
    if (cJSON_IsString(member))
      fields[count++] = (Field){arena_dup(run->scratch, str_of(member->string)),
                                arena_dup(run->scratch, str_of(member->valuestring))};
  cJSON_Delete(object);
  lua_createtable(L, 0, (int)count);
  for (size_t i = 0; i < count; i++) {
    lua_pushlstring(L, fields[i].value.ptr, fields[i].value.len);
    lua_setfield(L, -2, fields[i].name.ptr);
  }
}

void bind_push_span(lua_State *L, const Run *run, const Span *span)
{
  luaL_checkstack(L, 6, "spans");
  bind_push_stretch(L, run, span->start, span->end);
  set_str(L, "tag", span_script_tag(span));
  lua_pushnumber(L, (lua_Number)span->confidence);
  lua_setfield(L, -2, "conf");
  switch (span->kind) {
  case SPAN_ENTITY:
    set_str(L, "name", span->entity->name);
    set_str(L, "entity", span->entity->entity);
    break;
  case SPAN_DATE:
    set_str(L, "value", span->date->value);
    set_str(L, "from", span->date->begin);
    set_str(L, "till", span->date->until);
    break;
  case SPAN_QUOTE:
    set_str(L, "type", span_type_name(span));
    set_mention(L, run, "cue", &span->quote->cue);
    set_mention(L, run, "speaker", &span->quote->speaker);
    set_mention(L, run, "source", &span->quote->source);
    break;
  default:
    set_str(L, "value", span->tag->value);
    if (!span->tag->fields.len) break;
    push_fields(L, run, span->tag->fields);
    lua_setfield(L, -2, "fields");
  }
}

static void check_range(lua_State *L, const Run *run, lua_Integer first, lua_Integer last)
{
  if (first < 1 || last < first || (lua_Unsigned)last > run->text.len)
    luaL_error(L, "range %I..%I lies outside the article (1..%I)", (LUAI_UACINT)first, (LUAI_UACINT)last,
               (LUAI_UACINT)run->text.len);
  const char *text = run->text.ptr;
  if (((unsigned char)text[first - 1] & 0xC0) == 0x80 ||
      ((size_t)last < run->text.len && ((unsigned char)text[last] & 0xC0) == 0x80))
    luaL_error(L, "range %I..%I cuts a character in two", (LUAI_UACINT)first, (LUAI_UACINT)last);
}

Str bind_read_text(lua_State *L, Run *run, const char *what)
{
  size_t len;
  if (!lua_toboolean(L, -1)) return (Str){0};
  if (!lua_isstring(L, -1)) luaL_error(L, "%s should be a string, not a %s", what, luaL_typename(L, -1));
  const char *text = lua_tolstring(L, -1, &len);
  return arena_dup(run->arena, (Str){text, len});
}

static int field_cmp(const void *a, const void *b)
{
  return str_cmp(((const Field *)a)->name, ((const Field *)b)->name);
}

// The table of strings on top of the stack as a JSON object, members sorted.
static Str read_fields(lua_State *L, Run *run)
{
  Field fields[MAX_FIELDS];
  size_t count = 0;
  if (!lua_istable(L, -1)) luaL_error(L, "fields should be a table of strings");
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) { // [fields, name, value]
    if (count == MAX_FIELDS) luaL_error(L, "fields: more than %d", MAX_FIELDS);
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "fields: names are strings");
    fields[count].value = bind_read_text(L, run, "fields: a value");
    lua_pushvalue(L, -2);
    fields[count++].name = bind_read_text(L, run, "fields: a name");
    lua_pop(L, 1);
  }
  qsort(fields, count, sizeof *fields, field_cmp);
  StrBuf out = {0}; // from here no Lua
  strbuf_byte(&out, '{');
  for (size_t i = 0; i < count; i++) {
    if (i) strbuf_byte(&out, ',');
    json_write_str(&out, fields[i].name);
    strbuf_byte(&out, ':');
    json_write_str(&out, fields[i].value);
  }
  strbuf_byte(&out, '}');
  Str json = count ? arena_dup(run->arena, strbuf_str(&out)) : (Str){0};
  strbuf_release(&out);
  return json;
}

static void read_more(lua_State *L, Run *run, Span *span) // [table]: value, conf, fields
{
  if (lua_getfield(L, -1, "conf") != LUA_TNIL) {
    lua_Number conf = lua_tonumber(L, -1);
    if (!lua_isnumber(L, -1) || !(conf >= 0 && conf <= 1)) luaL_error(L, "conf should be between 0 and 1");
    span->confidence = (float)conf;
  }
  lua_pop(L, 1);
  if (span->kind != SPAN_TAG) return;
  lua_getfield(L, -1, "value");
  Str value = bind_read_text(L, run, "value");
  if (!str_eq(value, span->tag->value)) span_own_tag(span, run->arena)->value = value;
  lua_pop(L, 1);
  if (lua_getfield(L, -1, "fields") != LUA_TNIL) {
    Str fields = read_fields(L, run);
    span_own_tag(span, run->arena)->fields = fields;
  }
  lua_pop(L, 1);
}

static void change_tag(lua_State *L, Run *run, Span *span, Str tag)
{
  static const struct {
    const char *tag;
    EntityType type;
  } entities[] = {{"person", ENTITY_PER}, {"org", ENTITY_ORG}, {"place", ENTITY_LOC}};
  if (str_eq(span_script_tag(span), tag)) return;
  if (span->kind == SPAN_TAG && tagger_tag(tagger_of(L), tag)) {
    Str own = arena_dup(run->arena, tag);
    span_own_tag(span, run->arena)->tag = own;
    return;
  }
  for (size_t i = 0; span->kind == SPAN_ENTITY && i < ARRAY_LEN(entities); i++) {
    if (!str_is(tag, entities[i].tag)) continue;
    span->type = (uint8_t)entities[i].type;
    return;
  }
  luaL_error(L, "filter: a %s cannot become \"%s\"", span_script_tag(span).ptr, tag.ptr);
}

static lua_Integer read_position(lua_State *L, const char *key) // [table]
{
  int whole;
  lua_getfield(L, -1, key);
  lua_Integer value = lua_tointegerx(L, -1, &whole);
  if (!whole) luaL_error(L, "filter: %s should be a whole number", key);
  lua_pop(L, 1);
  return value;
}

void bind_read_span(lua_State *L, Run *run, Span *span)
{
  lua_Integer first = read_position(L, "first"), last = read_position(L, "last");
  check_range(L, run, first, last);
  if (lua_getfield(L, -1, "tag") != LUA_TSTRING) luaL_error(L, "filter: tag should be a string");
  change_tag(L, run, span, str_of(lua_tostring(L, -1)));
  lua_pop(L, 1);
  span->start = (size_t)first - 1;
  span->end = (size_t)last;
  read_more(L, run, span);
}

// The facts of a tag without a value, one for all its spans; a value makes them the span's own.
static const TagFacts *plain_facts(const Tagger *tagger, Run *run, uint32_t tag)
{
  if (!run->plain[tag]) {
    const TagFacts facts = {.tag = arena_dup(run->arena, tagger->tags.items[tag].id),
                            .script = arena_dup(run->arena, tagger->name)};
    run->plain[tag] = arena_copy(run->arena, &facts, sizeof facts);
  }
  return run->plain[tag];
}

Span *bind_add_span(lua_State *L, uint32_t tag, size_t start, size_t end, uint32_t order)
{
  Tagger *tagger = tagger_of(L);
  Run *run = run_of(L);
  if (run->own >= tagger->budget.spans)
    luaL_error(L, "stopped: more than %d spans", (int)tagger->budget.spans);
  run->own++;
  vec_push_in(run->arena, &run->spans,
              (Span){.start = start,
                     .end = end,
                     .kind = SPAN_TAG,
                     .by = BY_SCRIPT,
                     .confidence = 1,
                     .id = order,
                     .tag = plain_facts(tagger, run, tag)});
  return &run->spans.items[run->spans.len - 1];
}

static int l_emit(lua_State *L) // emit(tag, first, last [, more])
{
  Tagger *tagger = tagger_of(L);
  Run *run = run_of(L);
  if (!run->scanning) return luaL_error(L, "emit: only scan may call it, while it runs");
  const char *name = luaL_checkstring(L, 1);
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
  bool more = !lua_isnoneornil(L, 4);
  if (more) luaL_checktype(L, 4, LUA_TTABLE);
  const TagType *tag = tagger_tag(tagger, str_of(name));
  if (!tag) return luaL_error(L, "emit: tag \"%s\" is not declared in tags", name);
  check_range(L, run, first, last);
  lua_settop(L, 4);
  Span *span =
      bind_add_span(L, (uint32_t)(tag - tagger->tags.items), (size_t)first - 1, (size_t)last, UINT32_MAX);
  if (more) {
    Span filled = *span; // `more` may have methods that emit, too
    size_t at = run->spans.len - 1;
    read_more(L, run, &filled);
    run->spans.items[at] = filled;
  }
  return 0;
}

void bind_push_emit(lua_State *L)
{
  lua_pushcfunction(L, l_emit);
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
    set_str(L, "kind", str_of(block_kind_name(block->kind)));
    set_str(L, "lang", str_of(lang_code(block->lang)));
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
  doc->run_id = tagger_of(L)->run_id;
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
  Str tag = str_of(luaL_checkstring(L, 2));
  lua_Integer count = 0;
  lua_newtable(L);
  for (size_t i = 0; i < run->spans.len; i++) {
    const Span *span = &run->spans.items[i];
    bool wanted = str_eq(span_script_tag(span), tag) || (span->kind == SPAN_DATE && str_is(tag, "date")) ||
                  (span->kind == SPAN_ENTITY && str_is(tag, "entity"));
    if (!wanted || is_gone(span)) continue;
    sandbox_charge(L, 16);
    bind_push_span(L, run, span);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

// Spans of one tag, in order of their starts, in the run's scratch; made when first asked for, and again
// where spans came since.
static const Within *within_of(Run *run, Str tag)
{
  Within *within = NULL;
  for (size_t i = 0; i < run->within.len && !within; i++)
    if (str_eq(run->within.items[i].tag, tag)) within = &run->within.items[i];
  if (within && within->seen == run->spans.len) return within;
  if (!within) {
    vec_push_in(run->scratch, &run->within, (Within){.tag = arena_dup(run->scratch, tag)});
    within = &run->within.items[run->within.len - 1];
  }
  within->seen = run->spans.len;
  within->spans.len = 0;
  size_t reach = 0;
  for (size_t i = 0; i < run->spans.len; i++) {
    const Span *span = &run->spans.items[i];
    if (is_gone(span) || !str_eq(span_script_tag(span), tag)) continue;
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
  check_range(L, run, first, last);
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

typedef struct RegexBox { // Lua owns it
  Regex *regex;
} RegexBox;

static int l_regex_gc(lua_State *L)
{
  RegexBox *box = lua_touserdata(L, 1);
  regex_free(box->regex);
  box->regex = NULL;
  return 0;
}

static Regex *compile(lua_State *L,
                      int arg) // through the cache, upvalue 1: pattern -> RegexBox; [1] is their number
{
  size_t len;
  const char *pattern = luaL_checklstring(L, arg, &len);
  lua_pushvalue(L, arg);
  if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TUSERDATA) return ((RegexBox *)lua_touserdata(L, -1))->regex;
  RegexBox *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->regex = NULL;
  if (luaL_newmetatable(L, "newsmark.Regex")) {
    lua_pushcfunction(L, l_regex_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  Error err;
  sandbox_charge(L, 1000 + len * 16);
  box->regex = regex_new((Str){pattern, len}, &err);
  if (!box->regex) luaL_error(L, "find: %s", err.text);
  lua_rawgeti(L, lua_upvalueindex(1), 1);
  lua_Integer count = lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (count >= CACHED) return box->regex; // on the stack, so alive for this call
  lua_pushvalue(L, arg);
  lua_pushvalue(L, -2);
  lua_rawset(L, lua_upvalueindex(1));
  lua_pushinteger(L, count + 1);
  lua_rawseti(L, lua_upvalueindex(1), 1);
  return box->regex;
}

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
  Regex *regex = compile(L, 2);
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
  lua_newtable(L); // the cache of compiled patterns
  lua_pushinteger(L, 0);
  lua_rawseti(L, -2, 1);
  lua_pushcclosure(L, l_find, 1);
  lua_setfield(L, -2, "find");
}
