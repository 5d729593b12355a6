// quotes: what was said, in all articles of a folder; by one speaker, or with certain words.
#include "cli/asking.h"
#include "cli/cmd.h"

static const Column g_columns[] = {
    {"date", COLUMN_BOTH, LOOK_PLAIN},
    {"speaker", COLUMN_BOTH, LOOK_BOLD},
    {"entity", COLUMN_DATA, LOOK_PLAIN},
    {"source", COLUMN_DATA, LOOK_PLAIN},
    {"where", COLUMN_TABLE, LOOK_FAINT},
    {"path", COLUMN_DATA, LOOK_PLAIN},
    {"title", COLUMN_DATA, LOOK_PLAIN},
    {"line", COLUMN_DATA, LOOK_NUMBER},
    {"column", COLUMN_DATA, LOOK_NUMBER},
    {"start", COLUMN_DATA, LOOK_NUMBER},
    {"end", COLUMN_DATA, LOOK_NUMBER},
    {"type", COLUMN_DATA, LOOK_PLAIN},
    {"group", COLUMN_DATA, LOOK_NUMBER},
    {"text", COLUMN_BOTH, LOOK_WRAP},
    {0},
};

int cmd_quotes(int argc, char **argv)
{
  static const AskingVerb verb = {.name = "quotes",
                                  .usage = "quotes DIR [WORDS] [--speaker NAME] [options]",
                                  .types = "direct mixed indirect",
                                  .speaker = true,
                                  .words = true};
  static const char *const types[] = {"direct", "mixed", "indirect"};
  Asking ask;
  QuoteRows rows = {0};
  int status;
  if (!asking_begin(&ask, &verb, argc, argv, &status)) return status;
  bool ok = query_quotes(ask.query, &ask.filter, &ask.arena, &rows, &ask.err);
  RowsOut *out = rows_new(stdout, ask.format, g_columns);
  for (size_t i = 0; i < rows.len; i++) {
    const QuoteRow *row = &rows.items[i];
    rows_text(out, row->at.date);
    rows_text(out, row->speaker);
    rows_text(out, row->entity);
    rows_text(out, row->source);
    rows_text(out, asking_where(&ask, &row->at));
    rows_text(out, row->at.path);
    rows_text(out, row->at.title);
    rows_number(out, row->at.line);
    rows_number(out, row->at.column);
    rows_number(out, row->at.start);
    rows_number(out, row->at.end);
    rows_text(out, str_of(types[row->type]));
    rows_number(out, row->group);
    rows_text(out, row->at.text);
  }
  rows_end(out, "such quotations");
  return asking_end(&ask, ok);
}
