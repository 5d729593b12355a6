// Cells are kept until the end, as a column is as wide as its widest cell; JSON and CSV could do without, but
// one way is enough: whoever wants a million rows asks with a limit.
#define _DEFAULT_SOURCE // TIOCGWINSZ
#include "cli/rows.h"

#include "base/csv.h"
#include "base/display.h"
#include "base/json.h"
#include "base/utf8.h"

#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

enum { GAP = 2, LEAST = 8, COLUMNS_MAX = 24 };

struct RowsOut {
  FILE *to;
  RowsFormat format;
  const Column *columns;
  size_t count, shown;       // columns; those of the format
  size_t next;               // column of the next cell
  VEC_OF(Str) cells;         // [row][column], without those the format leaves out
  size_t index[COLUMNS_MAX]; // shown column → column
  bool color;
  size_t room; // of a line; SIZE_MAX: no end
  Arena arena;
};

RowsFormat rows_format(const char *name)
{
  if (!name) return isatty(STDOUT_FILENO) ? ROWS_TABLE : ROWS_JSON;
  return name[0] == 'j' ? ROWS_JSON : name[0] == 'c' ? ROWS_CSV : ROWS_TABLE;
}

static bool uses(const RowsOut *self, size_t column)
{
  ColumnUse use = self->columns[column].use;
  return use == COLUMN_BOTH || (use == COLUMN_TABLE) == (self->format == ROWS_TABLE);
}

RowsOut *rows_new(FILE *to, RowsFormat format, const Column *columns)
{
  RowsOut *self = xcalloc(1, sizeof *self);
  *self = (RowsOut){.to = to, .format = format, .columns = columns, .room = SIZE_MAX};
  for (; columns[self->count].name; self->count++)
    if (uses(self, self->count)) self->index[self->shown++] = self->count;
  struct winsize size;
  if (isatty(fileno(to)) && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 40) {
    self->room = size.ws_col;
    self->color = !getenv("NO_COLOR");
  }
  return self;
}

void rows_text(RowsOut *self, Str text)
{
  if (uses(self, self->next)) vec_push(&self->cells, arena_dup(&self->arena, text));
  self->next = (self->next + 1) % self->count;
}

void rows_number(RowsOut *self, size_t number)
{
  Arena scratch = {0};
  rows_text(self, arena_printf(&scratch, "%zu", number));
  arena_release(&scratch);
}

// --- CSV and JSON ---

static void write_csv(RowsOut *self)
{
  StrBuf out = {0};
  for (size_t i = 0; i < self->shown; i++)
    strbuf_addf(&out, "%s%s", i ? "," : "", self->columns[self->index[i]].name);
  strbuf_add(&out, STR("\r\n"));
  for (size_t i = 0; i < self->cells.len; i++) {
    csv_add_cell(&out, self->cells.items[i]);
    strbuf_add(&out, (i + 1) % self->shown ? STR(",") : STR("\r\n"));
  }
  fwrite(out.ptr, 1, out.len, self->to);
  strbuf_release(&out);
}

static void write_json(RowsOut *self)
{
  StrBuf out = {0};
  strbuf_byte(&out, '[');
  for (size_t i = 0; i < self->cells.len; i++) {
    const Column *column = &self->columns[self->index[i % self->shown]];
    Str cell = self->cells.items[i];
    if (i % self->shown == 0) strbuf_addf(&out, "%s\n{", i ? "," : "");
    if (column->look == LOOK_NUMBER && cell.len) {
      json_write_key(&out, column->name);
      strbuf_add(&out, cell);
    } else {
      json_write_member(&out, column->name, cell.len ? cell : (Str){0});
    }
    if ((i + 1) % self->shown == 0) strbuf_byte(&out, '}');
  }
  strbuf_add(&out, self->cells.len ? STR("\n]\n") : STR("]\n"));
  fwrite(out.ptr, 1, out.len, self->to);
  strbuf_release(&out);
}

// --- the table ---

static size_t char_width(uint32_t cp)
{
  int width = utf8proc_charwidth((utf8proc_int32_t)cp);
  return width > 0 ? (size_t)width : 0;
}

static size_t width_of(Str s)
{
  size_t width = 0;
  for (const char *p = s.ptr, *end = s.ptr + s.len; p < end;) {
    uint32_t cp;
    p += utf8_decode(p, end, &cp);
    width += char_width(cp);
  }
  return width;
}

// As many bytes from the start of `s` as fit in `room` columns.
static size_t fitting(Str s, size_t room)
{
  size_t at = 0;
  while (at < s.len) {
    uint32_t cp;
    size_t len = utf8_decode(s.ptr + at, s.ptr + s.len, &cp);
    if (char_width(cp) > room) break;
    room -= char_width(cp);
    at += len;
  }
  return at;
}

static Str cut_end(Arena *arena, Str s, size_t room)
{
  if (width_of(s) <= room) return s;
  return arena_printf(arena, "%.*s…", (int)fitting(s, room - 1), s.ptr);
}

static Str cut_start(Arena *arena, Str s, size_t room)
{
  size_t width = width_of(s);
  if (width <= room) return s;
  size_t from = fitting(s, width - room + 1);
  return arena_printf(arena, "…%.*s", (int)(s.len - from), s.ptr + from);
}

// Make the widest columns narrower until a line fits.
static void fit(const RowsOut *self, size_t *widths)
{
  if (self->room == SIZE_MAX) return;
  for (;;) {
    size_t total = 0, widest = SIZE_MAX;
    for (size_t i = 0; i < self->shown; i++) {
      total += widths[i] ? widths[i] + (total ? GAP : 0) : 0;
      if (self->columns[self->index[i]].look != LOOK_NUMBER &&
          (widest == SIZE_MAX || widths[i] > widths[widest]))
        widest = i;
    }
    if (total <= self->room || widest == SIZE_MAX || widths[widest] <= LEAST) return;
    widths[widest]--;
  }
}

static void put_cell(const RowsOut *self, Str cell, ColumnLook look, size_t width, bool last)
{
  size_t used = width_of(cell), pad = used < width ? width - used : 0;
  bool right = look == LOOK_NUMBER || look == LOOK_BEFORE;
  bool faint = look == LOOK_FAINT || look == LOOK_PLACE;
  const char *style = look == LOOK_BOLD ? "\33[1m" : faint ? "\33[2m" : NULL;
  if (right) fprintf(self->to, "%*s", (int)pad, "");
  if (style && self->color) fputs(style, self->to);
  fwrite(cell.ptr, 1, cell.len, self->to);
  if (style && self->color) fputs("\33[0m", self->to);
  if (!last) fprintf(self->to, "%*s", (int)((right ? 0 : pad) + GAP), "");
}

// Write `cell` in lines of `width`, from the second on behind `indent` spaces.
static void put_wrapped(const RowsOut *self, Str cell, size_t width, size_t indent)
{
  while (cell.len) {
    size_t take = fitting(cell, width);
    if (take < cell.len) {
      size_t space = take;
      while (space && cell.ptr[space] != ' ') space--;
      if (space) take = space;
    }
    fwrite(cell.ptr, 1, take, self->to);
    while (take < cell.len && cell.ptr[take] == ' ') take++;
    cell = str_slice(cell, take, cell.len);
    if (cell.len) fprintf(self->to, "\n%*s", (int)indent, "");
  }
}

// Columns without a width have nothing in any row.
static void write_row(RowsOut *self, const Str *cells, const size_t *widths, bool head)
{
  size_t indent = 0;
  for (size_t i = 0; i < self->shown; i++) {
    if (!widths[i]) continue;
    ColumnLook look = self->columns[self->index[i]].look;
    bool last = i + 1 == self->shown;
    if (look == LOOK_WRAP && !head) {
      put_wrapped(self, cells[i], widths[i], indent);
    } else {
      bool tail = look == LOOK_BEFORE || look == LOOK_PLACE;
      Str cell = (tail ? cut_start : cut_end)(&self->arena, cells[i], widths[i]);
      if (head && look != LOOK_NUMBER && look != LOOK_BEFORE) look = LOOK_FAINT;
      put_cell(self, cell, look, widths[i], last);
    }
    indent += widths[i] + GAP;
  }
  putc('\n', self->to);
}

static void write_table(RowsOut *self)
{
  size_t widths[COLUMNS_MAX] = {0};
  Str heads[COLUMNS_MAX];
  for (size_t i = 0; i < self->cells.len; i++) {
    self->cells.items[i] = display_in(&self->arena, self->cells.items[i]);
    size_t width = width_of(self->cells.items[i]);
    if (width > widths[i % self->shown]) widths[i % self->shown] = width;
  }
  for (size_t i = 0; i < self->shown; i++) {
    heads[i] = str_of(self->columns[self->index[i]].name);
    if (widths[i] && widths[i] < heads[i].len) widths[i] = heads[i].len;
  }
  fit(self, widths);
  write_row(self, heads, widths, true);
  for (size_t i = 0; i < self->cells.len; i += self->shown)
    write_row(self, self->cells.items + i, widths, false);
}

void rows_end(RowsOut *self, const char *what)
{
  if (self->format == ROWS_JSON)
    write_json(self);
  else if (self->format == ROWS_CSV)
    write_csv(self);
  else if (self->cells.len)
    write_table(self);
  else
    fprintf(self->to, "no %s\n", what);
  vec_release(&self->cells);
  arena_release(&self->arena);
  free(self);
}
