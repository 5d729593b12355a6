// timeline: the days that a folder's articles tell of, in their order; those told beside a name.
#include "cli/asking.h"
#include "cli/cmd.h"

static const Column g_columns[] = {
    {"begin", COLUMN_BOTH, LOOK_PLAIN},  {"until", COLUMN_BOTH, LOOK_PLAIN},
    {"value", COLUMN_DATA, LOOK_PLAIN},  {"type", COLUMN_DATA, LOOK_PLAIN},
    {"where", COLUMN_TABLE, LOOK_FAINT}, {"path", COLUMN_DATA, LOOK_PLAIN},
    {"title", COLUMN_DATA, LOOK_PLAIN},  {"date", COLUMN_DATA, LOOK_PLAIN},
    {"line", COLUMN_DATA, LOOK_NUMBER},  {"column", COLUMN_DATA, LOOK_NUMBER},
    {"start", COLUMN_DATA, LOOK_NUMBER}, {"end", COLUMN_DATA, LOOK_NUMBER},
    {"left", COLUMN_BOTH, LOOK_BEFORE},  {"text", COLUMN_BOTH, LOOK_BOLD},
    {"right", COLUMN_BOTH, LOOK_PLAIN},  {0},
};

int cmd_timeline(int argc, char **argv)
{
  static const AskingVerb verb = {
      .name = "timeline", .usage = "timeline DIR [NAME] [options]", .types = "DATE TIME DURATION SET"};
  static const char *const types[] = {"DATE", "TIME", "DURATION", "SET"};
  Asking ask;
  DateRows rows = {0};
  int status;
  if (!asking_begin(&ask, &verb, argc, argv, &status)) return status;
  bool ok = query_timeline(ask.query, &ask.filter, &ask.arena, &rows, &ask.err);
  RowsOut *out = rows_new(stdout, ask.format, g_columns);
  for (size_t i = 0; i < rows.len; i++) {
    const DateRow *row = &rows.items[i];
    rows_text(out, row->begin);
    rows_text(out, row->until);
    rows_text(out, row->value);
    rows_text(out, str_of(types[row->type]));
    rows_text(out, asking_where(&ask, &row->at));
    rows_text(out, row->at.path);
    rows_text(out, row->at.title);
    rows_text(out, row->at.date);
    rows_number(out, row->at.line);
    rows_number(out, row->at.column);
    rows_number(out, row->at.start);
    rows_number(out, row->at.end);
    rows_text(out, row->at.left);
    rows_text(out, row->at.text);
    rows_text(out, row->at.right);
  }
  rows_end(out, "such dates");
  return asking_end(&ask, ok);
}
