// search: articles of a folder that hold certain words, best first.
#include "cli/asking.h"
#include "cli/cmd.h"

static const Column g_columns[] = {
    {"date", COLUMN_BOTH, LOOK_PLAIN},   {"where", COLUMN_TABLE, LOOK_FAINT},
    {"path", COLUMN_DATA, LOOK_PLAIN},   {"title", COLUMN_DATA, LOOK_PLAIN},
    {"line", COLUMN_DATA, LOOK_NUMBER},  {"column", COLUMN_DATA, LOOK_NUMBER},
    {"start", COLUMN_DATA, LOOK_NUMBER}, {"end", COLUMN_DATA, LOOK_NUMBER},
    {"left", COLUMN_BOTH, LOOK_BEFORE},  {"text", COLUMN_BOTH, LOOK_BOLD},
    {"right", COLUMN_BOTH, LOOK_PLAIN},  {0},
};

int cmd_search(int argc, char **argv)
{
  static const AskingVerb verb = {
      .name = "search", .usage = "search DIR WORDS [options]", .operand_needed = true, .words = true};
  Asking ask;
  SearchRows rows = {0};
  int status;
  if (!asking_begin(&ask, &verb, argc, argv, &status)) return status;
  bool ok = query_search(ask.query, &ask.filter, &ask.arena, &rows, &ask.err);
  RowsOut *out = rows_new(stdout, ask.format, g_columns);
  for (size_t i = 0; i < rows.len; i++) {
    const Place *at = &rows.items[i].at;
    rows_text(out, at->date);
    rows_text(out, asking_where(&ask, at));
    rows_text(out, at->path);
    rows_text(out, at->title);
    rows_number(out, at->line);
    rows_number(out, at->column);
    rows_number(out, at->start);
    rows_number(out, at->end);
    rows_text(out, at->left);
    rows_text(out, at->text);
    rows_text(out, at->right);
  }
  rows_end(out, "such articles");
  return asking_end(&ask, ok);
}
