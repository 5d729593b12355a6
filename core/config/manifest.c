// How it works: each part of the file has a small reader that takes what it knows, by name and type, and adds
// an issue for what it does not: an unknown member, a value of the wrong type. An entry without what it must
// have is left out; the rest stays. The copy compiled in is plugin.toml as it was when newsmark was built.
#include "config/manifest.h"

#include "config/paths.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#define SCHEMA 1

static const char g_built_in[] =
#include "gen/plugin_toml.inc"
    ;

typedef struct Reader {
  Manifest *m;
  const char *section; // for messages: "tags.person"
} Reader;

void config_issue_add(ConfigIssueVec *issues, Arena *arena, Str file, size_t line, size_t column,
                      const char *format, ...)
{
  char text[512];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  vec_push_in(arena, issues, (ConfigIssue){file, line, column, arena_dup(arena, str_of(text))});
}

#define ISSUE(r, at, ...)                                                                                    \
  config_issue_add(&(r)->m->issues, &(r)->m->arena, (r)->m->path, (at)->line, (at)->column, __VA_ARGS__)

Budget budget_default(void)
{
  return (Budget){.live_ms = 5, .document_ms = 100, .memory_mb = 16, .spans = 5000};
}

static bool is_hex(char c)
{
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool tag_colour_ok(Str colour)
{
  if (colour.len != 7 || colour.ptr[0] != '#') return false;
  for (size_t i = 1; i < 7; i++)
    if (!is_hex(colour.ptr[i])) return false;
  return true;
}

bool tag_style_ok(Str style)
{
  static const char *const styles[] = {"underline", "underdouble", "underdotted", "underdashed",
                                       "undercurl", "background",  "bold",        "none"};
  for (size_t i = 0; i < ARRAY_LEN(styles); i++)
    if (str_is(style, styles[i])) return true;
  return false;
}

int tag_symbol(Str name)
{
  static const char *const names[] = {
      "File",       "Module",      "Namespace", "Package",   "Class",        "Method",   "Property",
      "Field",      "Constructor", "Enum",      "Interface", "Function",     "Variable", "Constant",
      "String",     "Number",      "Boolean",   "Array",     "Object",       "Key",      "Null",
      "EnumMember", "Struct",      "Event",     "Operator",  "TypeParameter"};
  for (size_t i = 0; i < ARRAY_LEN(names); i++)
    if (str_is(name, names[i])) return (int)i + 1;
  return 0;
}

const char *setting_type_name(SettingType type)
{
  static const char *const names[] = {[SETTING_BOOL] = "true or false",
                                      [SETTING_INTEGER] = "a whole number",
                                      [SETTING_STRING] = "a string",
                                      [SETTING_LIST] = "a list of strings"};
  return names[type];
}

static bool read_list(const Toml *toml, Arena *arena, StrVec *out)
{
  for (const Toml *item = toml->first; item; item = item->next) {
    if (item->type != TOML_STRING) return false;
    vec_push_in(arena, out, arena_dup(arena, item->string));
  }
  return true;
}

bool setting_value_of(const Toml *toml, SettingType type, Arena *arena, SettingValue *out)
{
  static const TomlType wanted[] = {[SETTING_BOOL] = TOML_BOOL,
                                    [SETTING_INTEGER] = TOML_INTEGER,
                                    [SETTING_STRING] = TOML_STRING,
                                    [SETTING_LIST] = TOML_ARRAY};
  *out = (SettingValue){.type = type};
  if (toml->type != wanted[type]) return false;
  out->boolean = toml->boolean;
  out->integer = toml->integer;
  if (type == SETTING_STRING) out->string = arena_dup(arena, toml->string);
  return type != SETTING_LIST || read_list(toml, arena, &out->list);
}

// --- reading members

// Each takes the member called `key` of `table` where it has the right type, and says so where it has not.
static const Toml *take(Reader *r, const Toml *table, const char *key, TomlType type)
{
  const Toml *member = toml_get(table, key);
  if (!member || member->type == type) return member;
  ISSUE(r, member, "%s: %s should be %s, not %s", r->section, key, toml_type_name(type),
        toml_type_name(member->type));
  return NULL;
}

static Str take_str(Reader *r, const Toml *table, const char *key)
{
  const Toml *member = take(r, table, key, TOML_STRING);
  return member ? member->string : (Str){"", 0};
}

static int64_t take_int(Reader *r, const Toml *table, const char *key, int64_t otherwise)
{
  const Toml *member = take(r, table, key, TOML_INTEGER);
  return member ? member->integer : otherwise;
}

static bool take_bool(Reader *r, const Toml *table, const char *key)
{
  const Toml *member = take(r, table, key, TOML_BOOL);
  return member && member->boolean;
}

static StrVec take_list(Reader *r, const Toml *table, const char *key)
{
  StrVec out = {0};
  const Toml *member = take(r, table, key, TOML_ARRAY);
  if (member && !read_list(member, &r->m->arena, &out))
    ISSUE(r, member, "%s: %s should be a list of strings", r->section, key);
  return out;
}

// Say which members of `table` nobody reads.
static void check_known(Reader *r, const Toml *table, const char *const *known, size_t count)
{
  if (!table || table->type != TOML_TABLE) return;
  for (const Toml *member = table->first; member; member = member->next) {
    size_t i = 0;
    while (i < count && !str_is(member->key, known[i])) i++;
    if (i == count)
      ISSUE(r, member, "%s: unknown name \"" STR_FMT "\"; check its spelling or take it out", r->section,
            STR_ARG(member->key));
  }
}
#define CHECK_KNOWN(r, table, ...)                                                                           \
  check_known(r, table, (const char *const[]){__VA_ARGS__},                                                  \
              sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

// --- the parts of the file

static void read_identity(Reader *r, const Toml *root)
{
  Manifest *m = r->m;
  r->section = "plugin";
  const Toml *plugin = take(r, root, "plugin", TOML_TABLE);
  CHECK_KNOWN(r, plugin, "id", "name", "version", "description", "license", "homepage", "keywords");
  m->id = take_str(r, plugin, "id");
  m->name = take_str(r, plugin, "name");
  m->version = take_str(r, plugin, "version");
  m->description = take_str(r, plugin, "description");
  m->license = take_str(r, plugin, "license");
  m->homepage = take_str(r, plugin, "homepage");
  m->keywords = take_list(r, plugin, "keywords");

  r->section = "core";
  const Toml *core = take(r, root, "core", TOML_TABLE);
  CHECK_KNOWN(r, core, "binary", "args", "build", "minimum", "protocol");
  m->core_binary = take_str(r, core, "binary");
  m->core_minimum = take_str(r, core, "minimum");
  m->core_args = take_list(r, core, "args");
  m->protocol = take_int(r, core, "protocol", 1);

  r->section = "activation";
  const Toml *activation = take(r, root, "activation", TOML_TABLE);
  CHECK_KNOWN(r, activation, "languages", "extensions", "roots");
  m->languages = take_list(r, activation, "languages");
  m->extensions = take_list(r, activation, "extensions");
  m->roots = take_list(r, activation, "roots");
}

static void read_grammars(Reader *r, const Toml *list)
{
  r->section = "grammars";
  for (const Toml *item = list ? list->first : NULL; item; item = item->next) {
    CHECK_KNOWN(r, item, "name", "path", "queries", "abi");
    GrammarDecl grammar = {take_str(r, item, "name"), take_str(r, item, "path"), take_str(r, item, "queries"),
                           take_int(r, item, "abi", 14)};
    vec_push_in(&r->m->arena, &r->m->grammars, grammar);
  }
}

static Str take_colour(Reader *r, const Toml *table, const char *key)
{
  Str colour = take_str(r, table, key);
  if (!colour.len || tag_colour_ok(colour)) return colour;
  ISSUE(r, toml_get(table, key), "%s: \"" STR_FMT "\" is no colour; write it as \"#RRGGBB\"", r->section,
        STR_ARG(colour));
  return (Str){"", 0};
}

static Str take_symbol(Reader *r, const Toml *table)
{
  Str symbol = take_str(r, table, "symbol");
  if (!symbol.len || tag_symbol(symbol)) return symbol;
  ISSUE(r, toml_get(table, "symbol"), "%s: LSP has no symbol kind \"" STR_FMT "\"", r->section,
        STR_ARG(symbol));
  return (Str){"", 0};
}

static void read_highlight(Reader *r, const Toml *table, TagType *tag)
{
  CHECK_KNOWN(r, table, "link", "style", "light", "dark", "cvd");
  tag->link = take_str(r, table, "link");
  tag->style = take_str(r, table, "style");
  tag->light = take_colour(r, table, "light");
  tag->dark = take_colour(r, table, "dark");
  tag->cvd = take_colour(r, table, "cvd");
  if (tag->style.len && !tag_style_ok(tag->style)) {
    ISSUE(r, toml_get(table, "style"), "%s: unknown style \"" STR_FMT "\"", r->section, STR_ARG(tag->style));
    tag->style = STR("none");
  }
}

static void read_tag(Reader *r, const Toml *table)
{
  CHECK_KNOWN(r, table, "label", "parent", "kind", "type", "token", "highlight", "key", "symbol", "export",
              "sensitive");
  TagType tag = {.id = table->key,
                 .label = take_str(r, table, "label"),
                 .parent = take_str(r, table, "parent"),
                 .kind = take_str(r, table, "kind"),
                 .type = take_str(r, table, "type"),
                 .key = take_str(r, table, "key"),
                 .symbol = take_symbol(r, table),
                 .sensitive = take_bool(r, table, "sensitive")};
  const Toml *token = take(r, table, "token", TOML_TABLE);
  tag.token_standard = take_str(r, token, "standard");
  tag.token_native = take_str(r, token, "native");
  read_highlight(r, take(r, table, "highlight", TOML_TABLE), &tag);
  const Toml *names = take(r, table, "export", TOML_TABLE);
  for (const Toml *name = names ? names->first : NULL; name; name = name->next)
    if (name->type == TOML_STRING)
      vec_push_in(&r->m->arena, &tag.exports, (NamedText){name->key, name->string});
  if (!tag.label.len) tag.label = tag.id;
  map_put(&r->m->tag_ids, tag.id, r->m->tags.len);
  vec_push_in(&r->m->arena, &r->m->tags, tag);
}

static void read_tags(Reader *r, const Toml *tags)
{
  for (const Toml *table = tags ? tags->first : NULL; table; table = table->next) {
    r->section = arena_printf(&r->m->arena, "tags." STR_FMT, STR_ARG(table->key)).ptr;
    if (table->type == TOML_TABLE)
      read_tag(r, table);
    else
      ISSUE(r, table, "%s should be a table", r->section);
  }
}

static bool setting_type_of(const Toml *value, SettingType *type)
{
  switch (value->type) {
  case TOML_BOOL:
    *type = SETTING_BOOL;
    return true;
  case TOML_INTEGER:
    *type = SETTING_INTEGER;
    return true;
  case TOML_STRING:
    *type = SETTING_STRING;
    return true;
  case TOML_ARRAY:
    *type = SETTING_LIST;
    return true;
  default:
    return false;
  }
}

static void read_setting(Reader *r, const Toml *table)
{
  CHECK_KNOWN(r, table, "default", "description", "enum", "minimum", "scope");
  SettingDecl decl = {.name = table->key,
                      .description = take_str(r, table, "description"),
                      .choices = take_list(r, table, "enum"),
                      .minimum = take_int(r, table, "minimum", INT64_MIN),
                      .user_only = str_is(take_str(r, table, "scope"), "user"),
                      .line = table->line};
  const Toml *value = toml_get(table, "default");
  SettingType type;
  if (!value || !setting_type_of(value, &type) ||
      !setting_value_of(value, type, &r->m->arena, &decl.otherwise)) {
    ISSUE(r, table, "%s: needs a default: true or false, a whole number, a string or a list of strings",
          r->section);
    return;
  }
  map_put(&r->m->setting_names, decl.name, r->m->settings.len);
  vec_push_in(&r->m->arena, &r->m->settings, decl);
}

static void read_settings(Reader *r, const Toml *settings)
{
  for (const Toml *table = settings ? settings->first : NULL; table; table = table->next) {
    r->section = arena_printf(&r->m->arena, "settings.\"" STR_FMT "\"", STR_ARG(table->key)).ptr;
    if (table->type == TOML_TABLE)
      read_setting(r, table);
    else
      ISSUE(r, table, "%s should be a table", r->section);
  }
}

static uint32_t take_count(Reader *r, const Toml *table, const char *key, uint32_t otherwise)
{
  int64_t n = take_int(r, table, key, otherwise);
  if (n > 0 && n <= UINT32_MAX) return (uint32_t)n;
  ISSUE(r, toml_get(table, key), "%s: %s should be above 0", r->section, key);
  return otherwise;
}

static void read_tagger(Reader *r, const Toml *table)
{
  CHECK_KNOWN(r, table, "id", "script", "api", "enabled", "languages", "tags", "permissions", "budget");
  const Toml *budget = take(r, table, "budget", TOML_TABLE);
  CHECK_KNOWN(r, budget, "live_ms", "document_ms", "memory_mb", "spans");
  Budget usual = budget_default();
  TaggerDecl decl = {.id = take_str(r, table, "id"),
                     .script = take_str(r, table, "script"),
                     .api = take_int(r, table, "api", 1),
                     .enabled = take_bool(r, table, "enabled"),
                     .languages = take_list(r, table, "languages"),
                     .tags = take_list(r, table, "tags"),
                     .data = take_list(r, take(r, table, "permissions", TOML_TABLE), "data"),
                     .budget = {take_count(r, budget, "live_ms", usual.live_ms),
                                take_count(r, budget, "document_ms", usual.document_ms),
                                take_count(r, budget, "memory_mb", usual.memory_mb),
                                take_count(r, budget, "spans", usual.spans)}};
  if (decl.id.len && decl.script.len)
    vec_push_in(&r->m->arena, &r->m->taggers, decl);
  else
    ISSUE(r, table, "taggers: an entry needs id and script");
}

static void read_taggers(Reader *r, const Toml *list)
{
  r->section = "taggers";
  for (const Toml *item = list ? list->first : NULL; item; item = item->next)
    if (item->type == TOML_TABLE) read_tagger(r, item);
}

// --- the whole

Manifest *manifest_parse(Str text, const char *path, Error *err)
{
  Manifest *m = xcalloc(1, sizeof *m);
  Reader r = {m, "plugin.toml"};
  m->path = arena_dup(&m->arena, str_of(path));
  const Toml *root = toml_parse(text, path, &m->arena, err);
  if (!root) goto fail;
  const Toml *schema = toml_get(root, "schema");
  if (!schema || schema->type != TOML_INTEGER || schema->integer != SCHEMA) {
    error_set(err, ERR_FORMAT, "%s: needs `schema = %d` in its first line", path, SCHEMA);
    goto fail;
  }
  CHECK_KNOWN(&r, root, "schema", "plugin", "core", "editors", "activation", "grammars", "tags", "settings",
              "taggers");
  read_identity(&r, root);
  read_grammars(&r, take(&r, root, "grammars", TOML_ARRAY));
  read_tags(&r, take(&r, root, "tags", TOML_TABLE));
  read_settings(&r, take(&r, root, "settings", TOML_TABLE));
  read_taggers(&r, take(&r, root, "taggers", TOML_ARRAY));
  if (m->version.len) return m;
  error_set(err, ERR_FORMAT, "%s: [plugin] needs a version", path);
fail:
  manifest_free(m);
  return NULL;
}

Manifest *manifest_new(const char *path, Error *err)
{
  if (err) *err = (Error){0};
  StrBuf text = {0};
  Manifest *m = NULL;
  if (path && file_read(path, TOML_MAX_BYTES, &text, err)) m = manifest_parse(strbuf_str(&text), path, err);
  strbuf_release(&text);
  if (m) return m;
  m = manifest_parse(str_of(g_built_in), "plugin.toml (built in)", NULL);
  assert(m && "the plugin.toml of the build is tested");
  m->path = (Str){"", 0};
  return m;
}

void manifest_free(Manifest *self)
{
  if (!self) return;
  map_release(&self->tag_ids);
  map_release(&self->setting_names);
  arena_release(&self->arena);
  free(self);
}

const TagType *manifest_tag(const Manifest *self, Str id)
{
  uint64_t at;
  return map_get(&self->tag_ids, id, &at) ? &self->tags.items[at] : NULL;
}

const TagType *manifest_tag_of(const Manifest *self, Str kind, Str type)
{
  for (size_t i = 0; i < self->tags.len; i++) {
    const TagType *tag = &self->tags.items[i];
    if (tag->kind.len && str_eq(tag->kind, kind) && (!tag->type.len || str_eq(tag->type, type))) return tag;
  }
  return NULL;
}

// Does `name` fall under `pattern`, whose `*` stands for one segment?
static bool name_falls_under(Str name, Str pattern)
{
  while (pattern.len) {
    Str want = str_cut(&pattern, '.'), have = str_cut(&name, '.');
    if (!have.len || (!str_is(want, "*") && !str_eq(want, have))) return false;
  }
  return name.len == 0;
}

const SettingDecl *manifest_setting(const Manifest *self, Str name)
{
  uint64_t at;
  if (map_get(&self->setting_names, name, &at)) return &self->settings.items[at];
  for (size_t i = 0; i < self->settings.len; i++)
    if (memchr(self->settings.items[i].name.ptr, '*', self->settings.items[i].name.len) &&
        name_falls_under(name, self->settings.items[i].name))
      return &self->settings.items[i];
  return NULL;
}

const TaggerDecl *manifest_tagger(const Manifest *self, Str id)
{
  for (size_t i = 0; i < self->taggers.len; i++)
    if (str_eq(self->taggers.items[i].id, id)) return &self->taggers.items[i];
  return NULL;
}
