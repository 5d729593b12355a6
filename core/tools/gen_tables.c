// gen_tables FILE.tsv...: checks the word tables and writes them as C, to standard output.
// Refuses, naming file and line: invalid UTF-8, a carriage return, an unsorted or repeated line, more cells
// than the first row has, a table without `#` lines at its head (they hold source and licence), a file's name
// that is not as table.h has it.
#include "base/alloc.h"
#include "base/str.h"
#include "base/table.h"
#include "base/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void refuse(const char *path, size_t line, const char *why)
{
  fprintf(stderr, "%s:%zu: %s\n", path, line, why);
  exit(1);
}

static Str read_file(const char *path)
{
  FILE *file = fopen(path, "rb");
  if (!file) refuse(path, 0, "cannot be read");
  StrBuf text = {0};
  char part[65536];
  for (size_t n; (n = fread(part, 1, sizeof part, file));) strbuf_add(&text, (Str){part, n});
  fclose(file);
  return strbuf_str(&text);
}

static size_t count_cells(Str line)
{
  size_t cells = 1;
  for (size_t i = 0; i < line.len; i++) cells += line.ptr[i] == '\t';
  return cells;
}

static void print_cell(Str cell)
{
  putchar('"');
  for (size_t i = 0; i < cell.len; i++) {
    unsigned char c = (unsigned char)cell.ptr[i];
    if (c == '"' || c == '\\' || c == '?')
      printf("\\%c", c);
    else if (c < 0x20 || c >= 0x7F)
      printf("\\%03o", c);
    else
      putchar(c);
  }
  fputs("\",", stdout);
}

typedef struct Shape {
  size_t rows, cols;
  unsigned index_bits;
} Shape;

static Shape check(const char *path, Str text)
{
  Shape shape = {0};
  Str before = {NULL, 0};
  for (size_t line_no = 1; text.len; line_no++) {
    Str line = str_cut(&text, '\n');
    if (!utf8_valid(line)) refuse(path, line_no, "not UTF-8");
    if (line.len && memchr(line.ptr, '\r', line.len)) refuse(path, line_no, "carriage return");
    if (line_no == 1 && !str_starts(line, STR("#")))
      refuse(path, line_no, "no head with columns, source and licence");
    if (!line.len || (!shape.rows && line.ptr[0] == '#')) continue;
    size_t cells = count_cells(line);
    if (!shape.rows) shape.cols = cells;
    if (cells > shape.cols) refuse(path, line_no, "more cells than the first row");
    if (shape.rows && str_cmp(before, line) >= 0)
      refuse(path, line_no,
             str_eq(before, line) ? "the same line twice" : "not sorted by bytes (LC_ALL=C sort)");
    before = line;
    shape.rows++;
  }
  if (shape.rows > UINT16_MAX - 1) refuse(path, shape.rows, "more rows than the index can tell apart");
  while (3u << shape.index_bits <= 4 * shape.rows) shape.index_bits++; // three places in four filled at most
  return shape;
}

static void print_rows(Str text, Shape shape)
{
  bool head = true;
  while (text.len) {
    Str line = str_cut(&text, '\n');
    if (!line.len || (head && line.ptr[0] == '#')) continue;
    head = false;
    for (size_t col = 0; col < shape.cols; col++) print_cell(str_cut(&line, '\t'));
    putchar('\n');
  }
}

// table_seek()'s index of first cells. Rows that share one stand in a row.
static void print_index(Str text, Shape shape)
{
  uint32_t *index = xcalloc((size_t)1 << shape.index_bits, sizeof *index);
  size_t mask = ((size_t)1 << shape.index_bits) - 1, row = 0;
  Str before = {NULL, 0};
  while (text.len) {
    Str line = str_cut(&text, '\n');
    if (!line.len || (!row && line.ptr[0] == '#')) continue;
    Str cell = str_cut(&line, '\t');
    bool again = row && str_eq(cell, before);
    uint32_t hash = (uint32_t)str_hash(cell);
    size_t at = hash & mask;
    while (!again && index[at]) at = (at + 1) & mask;
    if (!again) index[at] = table_entry(hash, row);
    before = cell;
    row++;
  }
  for (size_t i = 0; i <= mask; i++) printf("%u,%c", index[i], i % 16 == 15 || i == mask ? '\n' : ' ');
  free(index);
}

// "sv", "da-nb-nn-sv".
static bool is_langs(Str langs)
{
  while (langs.len) {
    Str code = str_cut(&langs, '-');
    if (code.len != 2 || !islower((unsigned char)code.ptr[0]) || !islower((unsigned char)code.ptr[1]))
      return false;
  }
  return true;
}

// "…/name.lang.tsv" or "…/name.tsv", which is of no language.
static void split_path(const char *path, Str *name, Str *lang)
{
  const char *slash = strrchr(path, '/');
  Str rest = str_of(slash ? slash + 1 : path);
  *name = str_cut(&rest, '.');
  *lang = str_cut(&rest, '.');
  if (!rest.len) *lang = STR("");
  if (!is_langs(*lang)) refuse(path, 0, "named after no language");
}

// table_find()'s index of the tables.
static void print_places(char **argv, int argc)
{
  uint16_t places[TABLE_PLACES] = {0};
  if (2 * argc > TABLE_PLACES) refuse("TABLE_PLACES", 0, "too few for so many tables");
  for (int i = 1; i < argc; i++) {
    Str name, lang;
    split_path(argv[i], &name, &lang);
    size_t at = table_place(name, lang);
    while (places[at]) at = (at + 1) % TABLE_PLACES;
    places[at] = (uint16_t)i;
  }
  puts(
      "extern const uint16_t g_table_places[TABLE_PLACES];\nconst uint16_t g_table_places[TABLE_PLACES] = {");
  for (int i = 0; i < TABLE_PLACES; i++) printf("%u,%c", places[i], i % 16 == 15 ? '\n' : ' ');
  puts("};");
}

int main(int argc, char **argv)
{
  Shape *shapes = xcalloc((size_t)argc, sizeof *shapes);
  puts("// Generated by core/tools/gen_tables.c from core/annotate/data/*.tsv; do not edit.\n#include "
       "\"base/table.h\"");
  for (int i = 1; i < argc; i++) {
    Str text = read_file(argv[i]);
    shapes[i] = check(argv[i], text);
    printf("static const char *const cells_%d[] = {\n", i);
    print_rows(text, shapes[i]);
    puts("\"\"};");
    printf("static const uint32_t index_%d[] = {\n", i);
    print_index(text, shapes[i]);
    puts("};");
    free((void *)(uintptr_t)text.ptr);
  }
  puts("extern const Table g_tables[];\nextern const size_t g_table_count;\nconst Table g_tables[] = {");
  for (int i = 1; i < argc; i++) {
    Str name, lang;
    split_path(argv[i], &name, &lang);
    printf("  {\"" STR_FMT "\", \"" STR_FMT "\", %zu, %zu, cells_%d, index_%d, %u},\n", STR_ARG(name),
           STR_ARG(lang), shapes[i].rows, shapes[i].cols, i, i, shapes[i].index_bits);
  }
  printf("  {\"\", \"\", 0, 0, NULL, NULL, 0}};\nconst size_t g_table_count = %d;\n", argc - 1);
  print_places(argv, argc);
  free(shapes);
  return 0;
}
