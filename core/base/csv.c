#include "base/csv.h"

void csv_add_cell(StrBuf *out, Str cell)
{
  bool quoted = str_has(cell, ',') || str_has(cell, '"') || str_has(cell, '\r') || str_has(cell, '\n');
  bool formula = cell.len > 1 && cell.ptr[0] && strchr("=+-@\t", cell.ptr[0]); // a sign alone is none
  if (!quoted && !formula) {
    strbuf_add(out, cell);
    return;
  }
  strbuf_add(out, formula ? STR("\"'") : STR("\""));
  for (size_t i = 0; i < cell.len; i++) {
    if (cell.ptr[i] == '"') strbuf_byte(out, '"');
    strbuf_byte(out, cell.ptr[i]);
  }
  strbuf_byte(out, '"');
}
