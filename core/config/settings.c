// How it works: every layer is brought to the same shape, a Toml tree, and its leaves are put under their
// dotted names:
// `[highlight] mode = "off"`, `highlight.mode = "off"` and `"highlight.mode" = "off"` are the same setting.
// Whether a table is a step on the way or unknown is known from the manifest's declarations alone.
#define _XOPEN_SOURCE 700 // realpath()
#include "config/settings.h"

#include "config/paths.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER_FILE ".newsmark.toml"
#define MAX_FOLDERS 64 // .newsmark.toml files above one another
#define MAX_DEPTH 8    // of tables in a settings file

typedef VEC_OF(Setting) SettingVec;

struct Settings {
  const Manifest *manifest;
  SettingVec all;
  Map names; // to indices of `all`
  StrVec files;
  ConfigIssueVec issues;
  Arena arena;
};

typedef struct Layer { // where values come from just now
  Settings *s;
  SettingLayer layer;
  Str file;
} Layer;

#define ISSUE(l, at, ...)                                                                                    \
  config_issue_add(&(l)->s->issues, &(l)->s->arena, (l)->file, (at)->line, (at)->column, __VA_ARGS__)

const char *setting_layer_name(SettingLayer layer)
{
  static const char *const names[] = {"built in", "user", "folder", "editor", "article"};
  return names[layer];
}

// --- one value

static void put(Layer *l, Str name, SettingValue value, size_t line)
{
  bool is_new;
  Str own = arena_dup(&l->s->arena, name);
  uint64_t *slot = map_slot(&l->s->names, own, &is_new);
  Setting setting = {own, value, l->layer, l->file, line};
  if (is_new) {
    *slot = l->s->all.len;
    vec_push_in(&l->s->arena, &l->s->all, setting);
  } else {
    setting.name = l->s->all.items[*slot].name;
    l->s->all.items[*slot] = setting;
  }
}

static bool is_choice(const SettingDecl *decl, Str value)
{
  if (!decl->choices.len) return true;
  for (size_t i = 0; i < decl->choices.len; i++)
    if (str_eq(decl->choices.items[i], value)) return true;
  return false;
}

static Str join(Arena *arena, StrVec words)
{
  StrBuf out = {0};
  for (size_t i = 0; i < words.len; i++)
    strbuf_addf(&out, "%s\"" STR_FMT "\"", i ? ", " : "", STR_ARG(words.items[i]));
  Str joined = arena_dup(arena, strbuf_str(&out));
  strbuf_release(&out);
  return joined;
}

// May `value` stand for `decl` in this layer? Says why not.
static bool check(Layer *l, const SettingDecl *decl, const Toml *at, Str name, const SettingValue *value)
{
  if (decl->user_only && (l->layer == LAYER_FOLDER || l->layer == LAYER_ARTICLE)) {
    ISSUE(l, at, STR_FMT ": only your own config.toml or your editor may set this", STR_ARG(name));
    return false;
  }
  if (value->type == SETTING_STRING && !is_choice(decl, value->string)) {
    ISSUE(l, at, STR_FMT ": \"" STR_FMT "\" is not one of " STR_FMT, STR_ARG(name), STR_ARG(value->string),
          STR_ARG(join(&l->s->arena, decl->choices)));
    return false;
  }
  if (value->type == SETTING_INTEGER && value->integer < decl->minimum) {
    ISSUE(l, at, STR_FMT ": should be at least %lld", STR_ARG(name), (long long)decl->minimum);
    return false;
  }
  return true;
}

static void set(Layer *l, Str name, const Toml *toml)
{
  const SettingDecl *decl = manifest_setting(l->s->manifest, name);
  SettingValue value;
  if (!decl)
    ISSUE(l, toml, "unknown setting \"" STR_FMT "\"; check its spelling or take it out", STR_ARG(name));
  else if (!setting_value_of(toml, decl->otherwise.type, &l->s->arena, &value))
    ISSUE(l, toml, STR_FMT ": should be %s, not %s", STR_ARG(name), setting_type_name(decl->otherwise.type),
          toml_type_name(toml->type));
  else if (check(l, decl, toml, name, &value))
    put(l, name, value, toml->line);
}

static void set_all(Layer *l, Str prefix, const Toml *table, int depth)
{
  for (const Toml *member = table->first; member; member = member->next) {
    Str name = prefix.len
                   ? arena_printf(&l->s->arena, STR_FMT "." STR_FMT, STR_ARG(prefix), STR_ARG(member->key))
                   : member->key;
    if (member->type == TOML_TABLE && depth < MAX_DEPTH)
      set_all(l, name, member, depth + 1);
    else
      set(l, name, member);
  }
}

// --- files

// What is wrong with the file as a whole. Its text begins "path:line:column: " where it is no TOML (toml.h).
static void add_file_issue(Layer *l, const char *path, const char *why)
{
  size_t len = strlen(path);
  unsigned line = 0, column = 0;
  int read = 0;
  if (!strncmp(why, path, len) && sscanf(why + len, ":%u:%u: %n", &line, &column, &read) == 2)
    why += len + (size_t)read;
  config_issue_add(&l->s->issues, &l->s->arena, l->file, line, column, "%s", why);
}

static const Toml *load(Layer *l, const char *path)
{
  Error err;
  l->file = arena_dup(&l->s->arena, str_of(path));
  const Toml *root = toml_load(path, &l->s->arena, &err);
  if (!root && err.code == ERR_NOT_FOUND) return NULL;
  vec_push_in(&l->s->arena, &l->s->files, l->file);
  if (!root) add_file_issue(l, path, err.text);
  return root;
}

static void add_user(Settings *s, const char *path)
{
  Layer l = {s, LAYER_USER, {0}};
  const Toml *root = path ? load(&l, path) : NULL;
  if (root) set_all(&l, (Str){0}, root, 0);
}

// Take `root = true` out of the way: it steers the search and is no setting.
static bool is_root(const Toml *table)
{
  const Toml *root = toml_get(table, "root");
  return root && root->type == TOML_BOOL && root->boolean;
}

static const Toml *without_root(Arena *arena, const Toml *table)
{
  Toml *copy = arena_zalloc(arena, sizeof *copy);
  *copy = *table;
  const Toml **link = &copy->first;
  for (const Toml *member = table->first; member; member = member->next) {
    if (str_is(member->key, "root")) continue;
    Toml *kept = arena_zalloc(arena, sizeof *kept);
    *kept = *member;
    kept->next = NULL;
    *link = kept;
    link = &kept->next;
  }
  return copy;
}

// The folder above `dir`, in place; false at the top.
static bool go_up(char *dir)
{
  char *slash = strrchr(dir, '/');
  if (!slash || !strcmp(dir, "/")) return false;
  if (slash == dir)
    dir[1] = '\0';
  else
    *slash = '\0';
  return true;
}

static void add_folders(Settings *s, const char *folder)
{
  if (!folder || !*folder) return;
  struct {
    const Toml *table;
    Str file;
  } found[MAX_FOLDERS];
  size_t count = 0;
  Layer l = {s, LAYER_FOLDER, {0}};
  char *real = realpath(folder, NULL);
  char *dir = real ? real : xstrdup(folder);
  do {
    char *path = path_join(dir, FOLDER_FILE);
    const Toml *table = load(&l, path);
    free(path);
    if (!table) continue;
    found[count].table = table;
    found[count++].file = l.file;
    if (is_root(table)) break;
  } while (count < MAX_FOLDERS && go_up(dir));
  free(dir);
  while (count-- > 0) {
    l.file = found[count].file;
    set_all(&l, (Str){0}, without_root(&s->arena, found[count].table), 0);
  }
}

// --- the editor

static Toml *from_json(const cJSON *json, Arena *arena, int depth)
{
  Toml *out = arena_zalloc(arena, sizeof *out);
  if (json->string) out->key = arena_dup(arena, str_of(json->string));
  out->type = TOML_MOMENT; // null, and whatever is too deep: no setting is of this type
  if (cJSON_IsBool(json)) {
    out->type = TOML_BOOL;
    out->boolean = cJSON_IsTrue(json);
  } else if (cJSON_IsNumber(json)) {
    bool whole = floor(json->valuedouble) == json->valuedouble && fabs(json->valuedouble) < 1e15;
    out->type = whole ? TOML_INTEGER : TOML_REAL;
    out->real = json->valuedouble;
    out->integer = whole ? (int64_t)json->valuedouble : 0;
  } else if (cJSON_IsString(json)) {
    out->type = TOML_STRING;
    out->string = arena_dup(arena, str_of(json->valuestring));
  } else if ((cJSON_IsArray(json) || cJSON_IsObject(json)) && depth < MAX_DEPTH) {
    out->type = cJSON_IsArray(json) ? TOML_ARRAY : TOML_TABLE;
    const Toml **link = &out->first;
    for (const cJSON *child = json->child; child; child = child->next) {
      Toml *member = from_json(child, arena, depth + 1);
      *link = member;
      link = &member->next;
    }
  }
  return out;
}

static void add_editor(Settings *s, const cJSON *editor)
{
  Layer l = {s, LAYER_EDITOR, STR("editor settings")};
  if (cJSON_IsObject(editor)) set_all(&l, (Str){0}, from_json(editor, &s->arena, 0), 0);
}

// --- front matter

static Str unquote(Str s)
{
  s = str_trim(s);
  bool quoted = s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') && s.ptr[s.len - 1] == s.ptr[0];
  return quoted ? str_slice(s, 1, s.len - 1) : s;
}

static bool reads_as_bool(Str word, bool *value)
{
  *value = str_is(word, "on") || str_is(word, "true") || str_is(word, "yes");
  return *value || str_is(word, "off") || str_is(word, "false") || str_is(word, "no");
}

// A front matter value has no type of its own: it is read as what the setting wants.
static Toml read_plain(Str word, SettingType type, size_t line, Arena *arena)
{
  Toml out = {.type = TOML_STRING, .line = line, .column = 1, .string = arena_dup(arena, word)};
  char *end = NULL;
  if (type == SETTING_BOOL && reads_as_bool(word, &out.boolean)) out.type = TOML_BOOL;
  if (type == SETTING_INTEGER && word.len) {
    long long n = strtoll(out.string.ptr, &end, 10);
    if (!*end) out.type = TOML_INTEGER, out.integer = n;
  }
  if (type == SETTING_LIST) {
    Toml *item = arena_zalloc(arena, sizeof *item);
    *item = out;
    out = (Toml){.type = TOML_ARRAY, .line = line, .first = item};
  }
  return out;
}

// `key` is what follows "newsmark" in the line: "", "-lang", "-highlight-mode".
static Str front_matter_name(Str key, Arena *arena)
{
  if (!key.len) return STR("enabled");
  if (str_is(key, "-lang")) return STR("language");
  Str name = arena_dup(arena, str_slice(key, 1, key.len));
  for (char *p = (char *)(uintptr_t)name.ptr; *p; p++)
    if (*p == '-') *p = '.';
  return name;
}

static bool is_fence(Str line)
{
  return str_is(line, "---") || str_is(line, "---\r");
}

Str settings_front_matter(Str text)
{
  if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
  if (!is_fence(str_cut(&text, '\n'))) return (Str){"", 0};
  for (Str rest = text; rest.len;) {
    Str line = str_cut(&rest, '\n');
    if (is_fence(line)) return str_slice(text, 0, (size_t)(line.ptr - text.ptr));
  }
  return (Str){"", 0};
}

static void add_front_matter(Settings *s, Str text, const char *article)
{
  Layer l = {s, LAYER_ARTICLE, arena_dup(&s->arena, str_of(article ? article : "article"))};
  for (size_t line = 2; text.len; line++) { // behind the fence
    Str value = str_cut(&text, '\n'), key = str_trim(str_cut(&value, ':'));
    if (!str_starts(key, STR("newsmark")) || (key.len > 8 && key.ptr[8] != '-')) continue;
    Str name = front_matter_name(str_slice(key, 8, key.len), &s->arena);
    const SettingDecl *decl = manifest_setting(s->manifest, name);
    Toml toml = read_plain(unquote(value), decl ? decl->otherwise.type : SETTING_STRING, line, &s->arena);
    set(&l, name, &toml);
  }
}

// --- the whole

static void add_built_in(Settings *s)
{
  Layer l = {s, LAYER_BUILT_IN, {0}};
  for (size_t i = 0; i < s->manifest->settings.len; i++) {
    const SettingDecl *decl = &s->manifest->settings.items[i];
    if (!memchr(decl->name.ptr, '*', decl->name.len)) put(&l, decl->name, decl->otherwise, decl->line);
  }
}

Settings *settings_new(const Manifest *manifest, const SettingsSources *sources)
{
  Settings *s = xcalloc(1, sizeof *s);
  s->manifest = manifest;
  add_built_in(s);
  add_user(s, sources->user_file);
  add_folders(s, sources->folder);
  add_editor(s, sources->editor);
  add_front_matter(s, sources->front_matter, sources->article);
  return s;
}

void settings_free(Settings *self)
{
  if (!self) return;
  map_release(&self->names);
  arena_release(&self->arena);
  free(self);
}

const Setting *settings_find(const Settings *self, Str name)
{
  uint64_t at;
  return map_get(&self->names, name, &at) ? &self->all.items[at] : NULL;
}

static const Setting *find_typed(const Settings *self, const char *name, SettingType type)
{
  const Setting *found = settings_find(self, str_of(name));
  return found && found->value.type == type ? found : NULL;
}

bool settings_bool(const Settings *self, const char *name, bool otherwise)
{
  const Setting *found = find_typed(self, name, SETTING_BOOL);
  return found ? found->value.boolean : otherwise;
}

int64_t settings_int(const Settings *self, const char *name, int64_t otherwise)
{
  const Setting *found = find_typed(self, name, SETTING_INTEGER);
  return found ? found->value.integer : otherwise;
}

Str settings_str(const Settings *self, const char *name)
{
  const Setting *found = find_typed(self, name, SETTING_STRING);
  return found ? found->value.string : (Str){"", 0};
}

StrVec settings_list(const Settings *self, const char *name)
{
  const Setting *found = find_typed(self, name, SETTING_LIST);
  return found ? found->value.list : (StrVec){0};
}

const Setting *settings_all(const Settings *self, size_t *count)
{
  *count = self->all.len;
  return self->all.items;
}

const StrVec *settings_files(const Settings *self)
{
  return &self->files;
}
const ConfigIssueVec *settings_issues(const Settings *self)
{
  return &self->issues;
}
