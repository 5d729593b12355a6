// entities: who and what a folder's articles name, most mentioned first.
#include "cli/asking.h"
#include "cli/cmd.h"

static const Column g_columns[] = {
    {"type", COLUMN_BOTH, LOOK_FAINT},
    {"name", COLUMN_BOTH, LOOK_BOLD},
    {"mentions", COLUMN_BOTH, LOOK_NUMBER},
    {"articles", COLUMN_BOTH, LOOK_NUMBER},
    {"quotes", COLUMN_BOTH, LOOK_NUMBER},
    {"first", COLUMN_BOTH, LOOK_PLAIN},
    {"last", COLUMN_BOTH, LOOK_PLAIN},
    {"entity", COLUMN_BOTH, LOOK_FAINT},
    {0},
};

int cmd_entities(int argc, char **argv)
{
  static const AskingVerb verb = {
      .name = "entities", .usage = "entities DIR [NAME] [options]", .types = "PER ORG LOC"};
  static const char *const types[] = {"PER", "ORG", "LOC"};
  Asking ask;
  EntityRows rows = {0};
  int status;
  if (!asking_begin(&ask, &verb, argc, argv, &status)) return status;
  bool ok = query_entities(ask.query, &ask.filter, &ask.arena, &rows, &ask.err);
  RowsOut *out = rows_new(stdout, ask.format, g_columns);
  for (size_t i = 0; i < rows.len; i++) {
    const EntityRow *row = &rows.items[i];
    rows_text(out, str_of(types[row->type]));
    rows_text(out, row->name);
    rows_number(out, row->mentions);
    rows_number(out, row->articles);
    rows_number(out, row->quotes);
    rows_text(out, row->first);
    rows_text(out, row->last);
    rows_text(out, row->entity);
  }
  rows_end(out, "such names");
  return asking_end(&ask, ok);
}
