// table: the word tables of core/annotate/data, compiled into the program by core/tools/gen_tables.c.
// A table is `<name>.<lang>.tsv`, `<name>.<lang>-<lang>.tsv` for those who share it, or `<name>.tsv`: `#`
// lines at the head (columns, source, licence), then one fact a line, columns split by a tab, sorted by
// bytes, no duplicates, UTF-8. All of this is checked when building. Any thread.
#pragma once

#include "base/str.h"

typedef struct Table {
  const char *name; // "cues"
  const char *lang; // "sv", "nb-nn", or "" for a table of no language
  size_t rows, cols;
  const char *const *cells; // [row][col]; a missing cell at the end of a line is ""
  const uint32_t *index;    // [1 << index_bits] table_entry() of a first row, 0 where none is
  unsigned index_bits;
} Table;

// What the index has for a row, at the first free place from the low bits of its first cell's hash on, which
// is the lower half of str_hash(), as tokens have it.
static inline uint32_t table_entry(uint32_t hash, size_t row)
{
  return (hash & 0xFFFF0000) | (uint32_t)(row + 1);
}

// Where table_find() begins to look, in an index of numbers of tables from 1, 0 where none is.
enum { TABLE_PLACES = 1024 };
static inline size_t table_place(Str name, Str lang)
{
  return (str_hash(name) + 31 * str_hash(lang)) % TABLE_PLACES;
}

// NULL where there is no such table: a language without one has none of its words.
const Table *table_find(const char *name, const char *lang);
static inline Str table_cell(const Table *table, size_t row, size_t col)
{
  return str_of(table->cells[row * table->cols + col]);
}
// The tables of that name that `lang` shares with other languages, `most` of them: how many. Slow.
size_t table_find_shared(const char *name, const char *lang, const Table **out, size_t most);
// The first row whose first cell is `key`; SIZE_MAX where there is none, or no table.
size_t table_seek(const Table *table, Str key);
// Likewise of a key whose (uint32_t)str_hash() is known: a token's.
size_t table_seek_hash(const Table *table, Str key, uint32_t hash);
