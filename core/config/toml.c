// The C half of toml: reading the file and looking into the tree.
#include "config/toml.h"

#include "config/paths.h"

const Toml *toml_load(const char *path, Arena *arena, Error *err)
{
  StrBuf text = {0};
  const Toml *root = NULL;
  if (file_read(path, TOML_MAX_BYTES, &text, err)) root = toml_parse(strbuf_str(&text), path, arena, err);
  strbuf_release(&text);
  return root;
}

const Toml *toml_get(const Toml *table, const char *key)
{
  if (!table || table->type != TOML_TABLE) return NULL;
  for (const Toml *member = table->first; member; member = member->next)
    if (str_is(member->key, key)) return member;
  return NULL;
}

Str toml_get_str(const Toml *table, const char *key)
{
  const Toml *member = toml_get(table, key);
  return member && member->type == TOML_STRING ? member->string : (Str){0};
}

const char *toml_type_name(TomlType type)
{
  static const char *const names[] = {
      [TOML_STRING] = "a string",       [TOML_INTEGER] = "a whole number", [TOML_REAL] = "a number",
      [TOML_BOOL] = "true or false",    [TOML_ARRAY] = "a list",           [TOML_TABLE] = "a table",
      [TOML_MOMENT] = "a date or time",
  };
  return names[type];
}
