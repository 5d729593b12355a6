// rows: tables on standard output: for people (columns fitted to the terminal), as JSON (an array of
// objects), as CSV (base/csv.h). What the articles hold cannot steer the terminal. One thread.
#pragma once

#include "base/vec.h"

#include <stdio.h>

typedef enum RowsFormat { ROWS_TABLE, ROWS_JSON, ROWS_CSV } RowsFormat;

typedef enum ColumnUse {
  COLUMN_BOTH,
  COLUMN_TABLE, // for people alone, who see no column that is empty
  COLUMN_DATA,  // JSON and CSV alone
} ColumnUse;

typedef enum ColumnLook {
  LOOK_PLAIN,
  LOOK_NUMBER, // to the right; a number in JSON
  LOOK_BOLD,
  LOOK_FAINT,
  LOOK_BEFORE, // to the right, and what does not fit is cut at its beginning: words before others
  LOOK_PLACE,  // faint, and cut at its beginning, too: "…/a.txt:3:14"
  LOOK_WRAP,   // over several lines, as wide as there is room; the last column
} ColumnLook;

typedef struct Column {
  const char *name; // the key in JSON, the head elsewhere
  ColumnUse use;
  ColumnLook look;
} Column;

typedef struct RowsOut RowsOut;

// `columns` ends with a row without a name; borrowed.
RowsOut *rows_new(FILE *to, RowsFormat format, const Column *columns);
// One cell after the other, row by row; the text is copied. An empty one is null in JSON.
void rows_text(RowsOut *self, Str text);
void rows_number(RowsOut *self, size_t number);
// Write what was given and free it. `what` ("quotations") names what there is none of, for people.
void rows_end(RowsOut *self, const char *what);
// "table", "json" or "csv"; NULL: table on a terminal, JSON elsewhere.
RowsFormat rows_format(const char *name);
