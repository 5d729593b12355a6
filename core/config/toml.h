// toml: TOML 1.0 files as a tree of plain C values, read by toml++ behind a C door.
// The tree lives in the caller's arena and every value knows its line, so that a setting can be traced to
// where it was written. Any thread, an arena of its own.
#pragma once

#include "base/arena.h"
#include "base/error.h"

#define TOML_MAX_BYTES ((size_t)1 << 20) // of a file; more is no configuration

typedef enum TomlType {
  TOML_STRING,
  TOML_INTEGER,
  TOML_REAL,
  TOML_BOOL,
  TOML_ARRAY,
  TOML_TABLE,
  TOML_MOMENT, // dates and times: nothing here uses them
} TomlType;

typedef struct Toml Toml;
struct Toml {
  TomlType type;
  Str key;             // its name in the table around it; empty in an array
  size_t line, column; // where the value stands, from 1
  Str string;          // TOML_STRING
  int64_t integer;     // TOML_INTEGER
  double real;         // TOML_REAL, and TOML_INTEGER too
  bool boolean;        // TOML_BOOL
  const Toml *first;   // TOML_ARRAY, TOML_TABLE: members in the order of the file
  const Toml *next;    // the next member of the same table or array
};

// The table in `text`, which is called `name` in messages. NULL with *err: ERR_FORMAT, "name:line:column:
// why".
const Toml *toml_parse(Str text, const char *name, Arena *arena, Error *err);
// The table in the file `path`. NULL with *err: ERR_NOT_FOUND, ERR_IO, ERR_LIMIT, or ERR_FORMAT as above.
const Toml *toml_load(const char *path, Arena *arena, Error *err);

// The member called `key`, or NULL; also where `table` is NULL or no table.
const Toml *toml_get(const Toml *table, const char *key);
// The member's text; {NULL, 0} where there is none or it is no string.
Str toml_get_str(const Toml *table, const char *key);
const char *toml_type_name(TomlType type); // "a string", "a whole number", for messages
