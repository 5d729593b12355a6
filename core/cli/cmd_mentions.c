// mentions: where a name stands in a folder's articles, under all its spellings, with the words around it.
#include "cli/asking.h"
#include "cli/cmd.h"

static const Column g_columns[] = {
    {"date", COLUMN_BOTH, LOOK_PLAIN},
    {"where", COLUMN_TABLE, LOOK_FAINT},
    {"path", COLUMN_DATA, LOOK_PLAIN},
    {"title", COLUMN_DATA, LOOK_PLAIN},
    {"line", COLUMN_DATA, LOOK_NUMBER},
    {"column", COLUMN_DATA, LOOK_NUMBER},
    {"start", COLUMN_DATA, LOOK_NUMBER},
    {"end", COLUMN_DATA, LOOK_NUMBER},
    {"left", COLUMN_BOTH, LOOK_BEFORE},
    {"text", COLUMN_BOTH, LOOK_BOLD},
    {"right", COLUMN_BOTH, LOOK_PLAIN},
    {"type", COLUMN_DATA, LOOK_PLAIN},
    {"name", COLUMN_DATA, LOOK_PLAIN},
    {"entity", COLUMN_DATA, LOOK_PLAIN},
    {0},
};

int cmd_mentions(int argc, char **argv)
{
  static const AskingVerb verb = {.name = "mentions",
                                  .usage = "mentions DIR NAME [options]",
                                  .types = "PER ORG LOC",
                                  .operand_needed = true};
  static const char *const types[] = {"PER", "ORG", "LOC"};
  Asking ask;
  MentionRows rows = {0};
  int status;
  if (!asking_begin(&ask, &verb, argc, argv, &status)) return status;
  bool ok = query_mentions(ask.query, &ask.filter, &ask.arena, &rows, &ask.err);
  RowsOut *out = rows_new(stdout, ask.format, g_columns);
  for (size_t i = 0; i < rows.len; i++) {
    const MentionRow *row = &rows.items[i];
    rows_text(out, row->at.date);
    rows_text(out, asking_where(&ask, &row->at));
    rows_text(out, row->at.path);
    rows_text(out, row->at.title);
    rows_number(out, row->at.line);
    rows_number(out, row->at.column);
    rows_number(out, row->at.start);
    rows_number(out, row->at.end);
    rows_text(out, row->at.left);
    rows_text(out, row->at.text);
    rows_text(out, row->at.right);
    rows_text(out, str_of(types[row->type]));
    rows_text(out, row->name);
    rows_text(out, row->entity);
  }
  rows_end(out, "mentions of that name");
  return asking_end(&ask, ok);
}
