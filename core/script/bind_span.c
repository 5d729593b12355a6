// Spans on their way to scripts and back: plain tables. Positions are Lua's: bytes, from 1, the last one
// included; a half-open [start, end) is first = start + 1, last = end.
#include "script/bind.h"

#include "base/json.h"
#include "script/search.h"

#include <lauxlib.h>
#include <stdlib.h>

#define MAX_FIELDS 16 // of one span

typedef struct Field {
  Str name, value;
} Field;

Tagger *bind_tagger(lua_State *L)
{
  return sandbox_of(L)->owner;
}

Run *bind_run(lua_State *L)
{
  Run *run = bind_tagger(L)->run;
  if (!run) luaL_error(L, "there is no article now: ask in scan, filter, check or value");
  return run;
}

void bind_set_str(lua_State *L, const char *key, Str value)
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

static void set_mention(lua_State *L, const Run *run, const char *key, const Mention *mention) // [span]
{
  if (mention->start == mention->end) return;
  bind_push_stretch(L, run, mention->start, mention->end);
  bind_set_str(L, "name", mention->name);
  bind_set_str(L, "entity", mention->entity);
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
  bind_set_str(L, "tag", span_script_tag(span));
  lua_pushnumber(L, (lua_Number)span->confidence);
  lua_setfield(L, -2, "conf");
  switch (span->kind) {
  case SPAN_ENTITY:
    bind_set_str(L, "name", span->entity->name);
    bind_set_str(L, "entity", span->entity->entity);
    break;
  case SPAN_DATE:
    bind_set_str(L, "value", span->date->value);
    bind_set_str(L, "from", span->date->begin);
    bind_set_str(L, "till", span->date->until);
    break;
  case SPAN_QUOTE:
    bind_set_str(L, "type", span_type_name(span));
    set_mention(L, run, "cue", &span->quote->cue);
    set_mention(L, run, "speaker", &span->quote->speaker);
    set_mention(L, run, "source", &span->quote->source);
    break;
  default:
    bind_set_str(L, "value", span->tag->value);
    if (!span->tag->fields.len) break;
    push_fields(L, run, span->tag->fields);
    lua_setfield(L, -2, "fields");
  }
}

void bind_check_range(lua_State *L, const Run *run, lua_Integer first, lua_Integer last)
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
  if (span->kind == SPAN_TAG && tagger_tag(bind_tagger(L), tag)) {
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
  bind_check_range(L, run, first, last);
  if (lua_getfield(L, -1, "tag") != LUA_TSTRING) luaL_error(L, "filter: tag should be a string");
  change_tag(L, run, span, str_of(lua_tostring(L, -1)));
  lua_pop(L, 1);
  span->start = (size_t)first - 1;
  span->end = (size_t)last;
  read_more(L, run, span);
}

void bind_count_span(lua_State *L)
{
  uint32_t most = bind_tagger(L)->budget.spans;
  if (bind_run(L)->own++ >= most) luaL_error(L, "stopped: more than %d spans", (int)most);
}

Span *bind_add_span(lua_State *L, uint32_t tag, size_t start, size_t end, uint32_t order)
{
  Run *run = bind_run(L);
  bind_count_span(L);
  return search_add(bind_tagger(L), run, &run->spans, run->arena, tag, start, end, order);
}

static int l_emit(lua_State *L) // emit(tag, first, last [, more])
{
  Tagger *tagger = bind_tagger(L);
  Run *run = bind_run(L);
  if (!run->scanning) return luaL_error(L, "emit: only scan may call it, while it runs");
  const char *name = luaL_checkstring(L, 1);
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
  bool more = !lua_isnoneornil(L, 4);
  if (more) luaL_checktype(L, 4, LUA_TTABLE);
  const TagType *tag = tagger_tag(tagger, str_of(name));
  if (!tag) return luaL_error(L, "emit: tag \"%s\" is not declared in tags", name);
  bind_check_range(L, run, first, last);
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
