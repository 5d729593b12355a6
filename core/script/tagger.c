// Loading: the prelude runs in the script's state, then the script, whose newsmark.tagger{…} the prelude has
// checked and copied into a plain form. That form is trusted and read here into C: word lists into two
// automata, patterns into PCRE2, functions into the registry. All of it happens inside one protected call;
// what is built hangs on the Tagger from the start, so an error leaves nothing behind but what tagger_free()
// frees.
#define _XOPEN_SOURCE 700 // realpath
#include "script/tagger.h"

#include "config/paths.h"
#include "script/bind.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define LOAD_MS 1000
#define DATA_MAX ((size_t)4 << 20) // bytes of a word file

typedef struct Loading { // the argument of the protected call
  Tagger *tagger;
  Str prelude, script;
} Loading;

// --- reading the declared form

static Str top_str(lua_State *L) // the string on top of the stack, which is Lua's
{
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  return (Str){text, len};
}

static Str field_str(lua_State *L, Tagger *self, const char *key) // [table]
{
  bool any = lua_getfield(L, -1, key) == LUA_TSTRING;
  Str own = any ? arena_dup(&self->arena, top_str(L)) : (Str){0};
  lua_pop(L, 1);
  return own;
}

static bool field_bool(lua_State *L, const char *key)
{
  lua_getfield(L, -1, key);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

static int field_function(lua_State *L, const char *key)
{
  if (lua_getfield(L, -1, key) == LUA_TFUNCTION) return luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pop(L, 1);
  return LUA_NOREF;
}

// Call `read` for every item of the list `key`, on top of the stack.
static void each(lua_State *L, Tagger *self, const char *key, void (*read)(lua_State *L, Tagger *self))
{
  lua_getfield(L, -1, key);
  lua_Integer count = luaL_len(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, -1, i);
    read(L, self);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void read_near(lua_State *L, Words **slot) // [item]; *slot hangs on the tagger already
{
  lua_getfield(L, -1, "near");
  lua_Integer count = luaL_len(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    if (!*slot) *slot = words_new(true);
    lua_geti(L, -1, i);
    words_add(*slot, top_str(L), 0);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  if (*slot) words_build(*slot);
}

static uint32_t field_tag(lua_State *L, Tagger *self)
{
  const TagType *tag = tagger_tag(self, field_str(L, self, "tag"));
  return (uint32_t)(tag - self->tags.items); // the prelude has checked that it is there
}

static void read_tag_field(lua_State *L, Tagger *self)
{
  TagType *tag = &self->tags.items[self->tags.len - 1];
  vec_push_in(&self->arena, &tag->fields, arena_dup(&self->arena, top_str(L)));
}

static Str field_colour(lua_State *L, Tagger *self, const char *key)
{
  Str colour = field_str(L, self, key);
  if (colour.len && !tag_colour_ok(colour))
    luaL_error(L, "tags: \"%s\" is no colour; write it as \"#RRGGBB\"", colour.ptr);
  return colour;
}

static void read_tag(lua_State *L, Tagger *self)
{
  TagType tag = {.id = field_str(L, self, "id"),
                 .label = field_str(L, self, "label"),
                 .parent = field_str(L, self, "parent"),
                 .kind = STR("tag"),
                 .style = field_str(L, self, "style"),
                 .light = field_colour(L, self, "light"),
                 .dark = field_colour(L, self, "dark"),
                 .cvd = field_colour(L, self, "cvd"),
                 .key = field_str(L, self, "key"),
                 .symbol = field_str(L, self, "symbol"),
                 .sensitive = field_bool(L, "sensitive")};
  tag.type = tag.id;
  if (!tag.label.len) tag.label = tag.id;
  if (tag.style.len && !tag_style_ok(tag.style))
    luaL_error(L, "tags.%s: unknown style \"%s\"", tag.id.ptr, tag.style.ptr);
  if (tag.symbol.len && !tag_symbol(tag.symbol))
    luaL_error(L, "tags.%s: LSP has no symbol kind \"%s\"", tag.id.ptr, tag.symbol.ptr);
  vec_push_in(&self->arena, &self->tags, tag);
  each(L, self, "fields", read_tag_field);
}

// A bit set of Lang; 0: all.
static uint32_t field_langs(lua_State *L) // [table]
{
  uint32_t langs = 0;
  lua_getfield(L, -1, "languages");
  lua_Integer count = luaL_len(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, -1, i);
    const char *code = lua_tostring(L, -1);
    Lang lang = lang_of(str_of(code));
    if (lang != LANG_UNKNOWN)
      langs |= 1u << lang;
    else if (strcmp(code, "*"))
      luaL_error(L, "languages: newsmark does not know \"%s\"", code);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return langs;
}

static void read_trigger(lua_State *L, Tagger *self)
{
  if (!self->triggers) self->triggers = words_new(true);
  words_add(self->triggers, top_str(L), 0);
  needles_add_word(self->needles, top_str(L), (NeedleWord){.fold = true}, NEED_TRIGGERS);
}

static void read_filter_tag(lua_State *L, Tagger *self)
{
  wanted_add(&self->filter_tags, &self->arena, top_str(L));
}

static void read_list_words(lua_State *L, Tagger *self, uint32_t id) // [list]
{
  NeedleWord how = {field_bool(L, "fold"), self->lists.items[id].whole};
  Words *words = how.fold ? self->folded : self->exact;
  lua_getfield(L, -1, "words");
  lua_Integer count = luaL_len(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, -1, i);
    words_add(words, top_str(L), id);
    needles_add_word(self->needles, top_str(L), how, how.fold ? NEED_FOLDED : NEED_EXACT);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void read_list(lua_State *L, Tagger *self)
{
  vec_push(&self->lists, (TaggerList){.value_ref = LUA_NOREF});
  TaggerList *list = &self->lists.items[self->lists.len - 1];
  list->tag = field_tag(L, self);
  list->langs = field_langs(L);
  list->whole = field_bool(L, "whole");
  list->value = field_str(L, self, "value");
  list->value_ref = field_function(L, "value");
  read_list_words(L, self, (uint32_t)self->lists.len - 1);
  read_near(L, &list->near);
}

static void read_pattern(lua_State *L, Tagger *self)
{
  vec_push(&self->patterns, (TaggerPattern){.value_ref = LUA_NOREF, .check_ref = LUA_NOREF});
  TaggerPattern *p = &self->patterns.items[self->patterns.len - 1];
  p->number = self->patterns.len;
  p->tag = field_tag(L, self);
  p->langs = field_langs(L);
  p->value = field_str(L, self, "value");
  p->value_ref = field_function(L, "value");
  p->check_ref = field_function(L, "check");
  lua_getfield(L, -1, "group");
  p->group = (size_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  Error err;
  Str re = field_str(L, self, "re");
  p->regex = regex_new(re, &err);
  if (p->regex) needles_add_pattern(self->needles, re, NEED_PATTERNS + (uint32_t)self->patterns.len - 1);
  if (!p->regex) luaL_error(L, "patterns[%d]: %s", (int)p->number, err.text);
  if (p->group > regex_groups(p->regex))
    luaL_error(L, "patterns[%d]: there is no group %d; the last is %d", (int)p->number, (int)p->group,
               (int)regex_groups(p->regex));
  read_near(L, &p->near);
}

static void read_test(lua_State *L, Tagger *self)
{
  TaggerTest test = {field_str(L, self, "text"), field_str(L, self, "lang"), field_bool(L, "none")};
  vec_push_in(&self->arena, &self->tests, test);
}

static void read_declared(lua_State *L, Tagger *self) // [declared]
{
  self->name = field_str(L, self, "name");
  self->exact = words_new(false);
  self->folded = words_new(true);
  self->needles = needles_new(NEED_PATTERNS);
  each(L, self, "tags", read_tag);
  self->langs = field_langs(L);
  each(L, self, "triggers", read_trigger);
  each(L, self, "lists", read_list);
  each(L, self, "patterns", read_pattern);
  each(L, self, "tests", read_test);
  words_build(self->exact);
  words_build(self->folded);
  bool whole = true;
  for (size_t i = 0; i < self->lists.len; i++) whole &= self->lists.items[i].whole;
  if (whole) {
    words_whole_only(self->exact);
    words_whole_only(self->folded);
  }
  if (self->triggers) words_build(self->triggers);
  self->scan_ref = field_function(L, "scan");
  self->filter_ref = field_function(L, "filter");
  each(L, self, "filter_tags", read_filter_tag);
  self->filter_all = !self->filter_tags.tags.len;
}

// --- files of words

// Relative, downwards, and under data/.
static bool path_is_granted(const char *path)
{
  return !strncmp(path, "data/", 5) && !strstr(path, "..") && !strchr(path, '\\');
}

// The path of the file `name` in the folder data/ beside the script; NULL with *err where it is not there, or
// a link leads out of that folder. Heap.
static char *granted_path(const Tagger *self, const char *name, Error *err)
{
  char *dir = path_dir(self->path), *data = path_join(dir, "data"), *path = path_join(dir, name);
  char *real_data = realpath(data, NULL), *real = realpath(path, NULL);
  bool ok = real && real_data && path_within(real, real_data);
  if (!ok) error_set(err, ERR_NOT_FOUND, real ? "it is a link out of data/" : "there is no such file");
  free(dir);
  free(data);
  free(path);
  free(real_data);
  if (ok) return real;
  free(real);
  return NULL;
}

static int l_read_words(lua_State *L) // core.read_words("data/ships.tsv") -> the first column of each line
{
  Tagger *self = sandbox_of(L)->owner;
  const char *name = luaL_checkstring(L, 1);
  if (!path_is_granted(name))
    return luaL_error(L, "file %s: only files in data/, beside the script, can be read", name);
  StrBuf text = {0};
  Error err;
  char *path = granted_path(self, name, &err);
  bool ok = path && file_read(path, DATA_MAX, &text, &err);
  Str words = ok ? arena_dup(&self->arena, strbuf_str(&text)) : (Str){0};
  strbuf_release(&text);
  free(path);
  if (!ok) return luaL_error(L, "file %s: %s", name, err.text);
  lua_newtable(L);
  for (lua_Integer i = 1; words.len;) {
    Str line = str_cut(&words, '\n'), word = str_trim(str_cut(&line, '\t'));
    if (!word.len || word.ptr[0] == '#') continue;
    lua_pushlstring(L, word.ptr, word.len);
    lua_seti(L, -2, i++);
  }
  return 1;
}

// --- loading

static void run_prelude(lua_State *L, Str prelude) // leaves [take]
{
  if (luaL_loadbufferx(L, prelude.ptr, prelude.len, "@prelude.lua", "t") != LUA_OK) lua_error(L);
  lua_newtable(L);
  lua_pushcfunction(L, l_read_words);
  lua_setfield(L, -2, "read_words");
  bind_push_api(L);
  lua_setfield(L, -2, "api");
  lua_call(L, 1, 1);
}

static int load_body(lua_State *L)
{
  Loading *job = lua_touserdata(L, 1);
  const char *slash = strrchr(job->tagger->path, '/');
  lua_pushfstring(L, "@%s", slash ? slash + 1 : job->tagger->path);
  run_prelude(L, job->prelude); // [job, chunk name, take]
  if (luaL_loadbufferx(L, job->script.ptr, job->script.len, lua_tostring(L, 2), "t") != LUA_OK)
    return lua_error(L);
  lua_call(L, 0, 0);
  lua_call(L, 0, 1); // [job, chunk name, declared]
  if (lua_isnil(L, -1)) return luaL_error(L, "the script does not call newsmark.tagger { … }");
  read_declared(L, job->tagger);
  return 0;
}

static bool fault_set(Fault *fault, const char *text)
{
  *fault = (Fault){.kind = FAULT_ERROR};
  snprintf(fault->text, sizeof fault->text, "%s", text);
  return false;
}

// Where the script declares its tagger: the place of a fault in what it declares, as a tail call leaves no
// other.
static size_t line_of_tagger(Str script)
{
  size_t line = 1;
  for (size_t i = 0; i + 7 <= script.len; i++) {
    line += script.ptr[i] == '\n';
    if (!memcmp(script.ptr + i, ".tagger", 7)) return line;
  }
  return 0;
}

static bool load(Tagger *self, const TaggerSource *source, Fault *fault)
{
  StrBuf prelude = {0}, script = {0};
  Error err;
  bool ok = file_read(source->prelude, TAGGER_SCRIPT_MAX, &prelude, &err) &&
            (source->script.ptr || file_read(source->path, TAGGER_SCRIPT_MAX, &script, &err));
  if (!ok) {
    fault_set(fault, err.text);
  } else if (!(self->box = sandbox_new((size_t)self->budget.memory_mb << 20, self->id.ptr))) {
    ok = fault_set(fault, "its memory is too small to begin");
  } else {
    Loading job = {self, strbuf_str(&prelude), source->script.ptr ? source->script : strbuf_str(&script)};
    self->box->owner = self;
    self->box->quiet = source->quiet;
    ok = sandbox_call(self->box, load_body, &job, LOAD_MS, fault);
    self->line = line_of_tagger(job.script);
    if (!ok && !fault->line) fault->line = self->line;
  }
  strbuf_release(&prelude);
  strbuf_release(&script);
  return ok;
}

Tagger *tagger_new(const TaggerSource *source, Fault *fault)
{
  Tagger *self = xcalloc(1, sizeof *self);
  self->id = arena_dup(&self->arena, source->id);
  self->path = xstrdup(source->path);
  self->budget = source->budget;
  self->scan_ref = self->filter_ref = LUA_NOREF;
  if (load(self, source, fault)) return self;
  tagger_free(self);
  return NULL;
}

void tagger_free(Tagger *self)
{
  if (!self) return;
  sandbox_free(self->box);
  for (size_t i = 0; i < self->lists.len; i++) words_free(self->lists.items[i].near);
  for (size_t i = 0; i < self->patterns.len; i++) {
    words_free(self->patterns.items[i].near);
    regex_free(self->patterns.items[i].regex);
  }
  vec_release(&self->lists);
  vec_release(&self->patterns);
  words_free(self->exact);
  words_free(self->folded);
  words_free(self->triggers);
  needles_unref(self->needles);
  memo_free(self->memo);
  free(self->path);
  arena_release(&self->arena);
  free(self);
}

const TagType *tagger_tag(const Tagger *self, Str id)
{
  for (size_t i = 0; i < self->tags.len; i++)
    if (str_eq(self->tags.items[i].id, id)) return &self->tags.items[i];
  return NULL;
}
