// entities, mentions, quotes, timeline, search: the questions to a folder's index. Each is a table of columns
// and a function that fills them.
#include "cli/asking.h"
#include "cli/cmd.h"

// Where a row comes from, and the words there.
#define PLACE                                                                                                \
  {"where", COLUMN_TABLE, LOOK_PLACE}, {"path", COLUMN_DATA, LOOK_PLAIN},                                    \
      {"title", COLUMN_DATA, LOOK_PLAIN}, {"author", COLUMN_DATA, LOOK_PLAIN},                               \
      {"line", COLUMN_DATA, LOOK_NUMBER}, {"column", COLUMN_DATA, LOOK_NUMBER},                              \
      {"start", COLUMN_DATA, LOOK_NUMBER},                                                                   \
  {                                                                                                          \
    "end", COLUMN_DATA, LOOK_NUMBER                                                                          \
  }
#define WORDS                                                                                                \
  {"left", COLUMN_BOTH, LOOK_BEFORE}, {"text", COLUMN_BOTH, LOOK_BOLD},                                      \
  {                                                                                                          \
    "right", COLUMN_BOTH, LOOK_PLAIN                                                                         \
  }

static void write_place(Asking *self, RowsOut *out, const Place *at)
{
  Str where = at->path;
  if (at->line)
    where = arena_printf(&self->arena, STR_FMT ":%zu:%zu", STR_ARG(at->path), at->line, at->column);
  rows_text(out, where);
  rows_text(out, at->path);
  rows_text(out, at->title);
  rows_text(out, at->author);
  rows_number(out, at->line);
  rows_number(out, at->column);
  rows_number(out, at->start);
  rows_number(out, at->end);
}

static void write_words(RowsOut *out, const Place *at)
{
  rows_text(out, at->left);
  rows_text(out, at->text);
  rows_text(out, at->right);
}

static Str type_name(SpanKind kind, int type)
{
  Span span = {.kind = kind, .type = (uint8_t)type};
  return span_type_name(&span);
}

// --- entities: who and what the articles name, most mentioned first

static bool ask_entities(Asking *self, RowsOut *out)
{
  EntityRows rows = {0};
  bool ok = query_entities(self->query, &self->filter, &self->arena, &rows, &self->err);
  for (size_t i = 0; i < rows.len; i++) {
    const EntityRow *row = &rows.items[i];
    rows_text(out, type_name(SPAN_ENTITY, row->type));
    rows_text(out, row->name);
    rows_number(out, row->mentions);
    rows_number(out, row->articles);
    rows_number(out, row->quotes);
    rows_text(out, row->first);
    rows_text(out, row->last);
    rows_text(out, row->entity);
  }
  return ok;
}

int cmd_entities(int argc, char **argv)
{
  static const Column columns[] = {
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
  static const AskingVerb verb = {.name = "entities",
                                  .usage = "entities DIR [NAME] [options]",
                                  .types = "PER ORG LOC",
                                  .columns = columns,
                                  .nothing = "such names",
                                  .ask = ask_entities};
  return asking_run(&verb, argc, argv);
}

// --- mentions: where a name stands, under all its spellings, or what scripts tagged

static bool ask_mentions(Asking *self, RowsOut *out)
{
  MentionRows rows = {0};
  bool ok = query_mentions(self->query, &self->filter, &self->arena, &rows, &self->err);
  for (size_t i = 0; i < rows.len; i++) {
    const MentionRow *row = &rows.items[i];
    rows_text(out, row->at.date);
    write_place(self, out, &row->at);
    write_words(out, &row->at);
    rows_text(out, row->type);
    rows_text(out, row->name);
    rows_text(out, row->entity);
  }
  return ok;
}

int cmd_mentions(int argc, char **argv)
{
  static const Column columns[] = {
      {"date", COLUMN_BOTH, LOOK_PLAIN},
      PLACE,
      WORDS,
      {"type", COLUMN_DATA, LOOK_PLAIN},
      {"name", COLUMN_DATA, LOOK_PLAIN},
      {"entity", COLUMN_DATA, LOOK_PLAIN},
      {0},
  };
  static const AskingVerb verb = {
      .name = "mentions",
      .usage = "mentions DIR [NAME] [options]",
      .types = "",
      .type_help = "only this type: PER, ORG, LOC, or a script's tag (then NAME may be left out)",
      .operand_needed = true,
      .columns = columns,
      .nothing = "such mentions",
      .ask = ask_mentions};
  return asking_run(&verb, argc, argv);
}

// --- quotes: what was said; by one speaker, or with certain words

static bool ask_quotes(Asking *self, RowsOut *out)
{
  QuoteRows rows = {0};
  bool ok = query_quotes(self->query, &self->filter, &self->arena, &rows, &self->err);
  for (size_t i = 0; i < rows.len; i++) {
    const QuoteRow *row = &rows.items[i];
    rows_text(out, row->at.date);
    rows_text(out, row->speaker);
    rows_text(out, row->entity);
    rows_text(out, row->source);
    write_place(self, out, &row->at);
    rows_text(out, type_name(SPAN_QUOTE, row->type));
    rows_number(out, row->group);
    rows_text(out, row->at.text);
  }
  return ok;
}

int cmd_quotes(int argc, char **argv)
{
  static const Column columns[] = {
      {"date", COLUMN_BOTH, LOOK_PLAIN},
      {"speaker", COLUMN_BOTH, LOOK_BOLD},
      {"entity", COLUMN_DATA, LOOK_PLAIN},
      {"source", COLUMN_BOTH, LOOK_PLAIN},
      PLACE,
      {"type", COLUMN_DATA, LOOK_PLAIN},
      {"group", COLUMN_DATA, LOOK_NUMBER},
      {"text", COLUMN_BOTH, LOOK_WRAP},
      {0},
  };
  static const AskingVerb verb = {.name = "quotes",
                                  .usage = "quotes DIR [WORDS] [--speaker NAME] [options]",
                                  .types = "direct mixed indirect",
                                  .speaker = true,
                                  .words = true,
                                  .columns = columns,
                                  .nothing = "such quotations",
                                  .ask = ask_quotes};
  return asking_run(&verb, argc, argv);
}

// --- timeline: the days that articles tell of, in their order; those told beside a name

static bool ask_timeline(Asking *self, RowsOut *out)
{
  DateRows rows = {0};
  bool ok = query_timeline(self->query, &self->filter, &self->arena, &rows, &self->err);
  for (size_t i = 0; i < rows.len; i++) {
    const DateRow *row = &rows.items[i];
    rows_text(out, row->begin);
    rows_text(out, row->until);
    rows_text(out, row->value);
    rows_text(out, type_name(SPAN_DATE, row->type));
    rows_text(out, row->at.date);
    write_place(self, out, &row->at);
    write_words(out, &row->at);
  }
  return ok;
}

int cmd_timeline(int argc, char **argv)
{
  static const Column columns[] = {
      {"begin", COLUMN_BOTH, LOOK_PLAIN},
      {"until", COLUMN_BOTH, LOOK_PLAIN},
      {"value", COLUMN_DATA, LOOK_PLAIN},
      {"type", COLUMN_DATA, LOOK_PLAIN},
      {"date", COLUMN_DATA, LOOK_PLAIN},
      PLACE,
      WORDS,
      {0},
  };
  static const AskingVerb verb = {.name = "timeline",
                                  .usage = "timeline DIR [NAME] [options]",
                                  .types = "DATE TIME DURATION SET",
                                  .columns = columns,
                                  .nothing = "such dates",
                                  .ask = ask_timeline};
  return asking_run(&verb, argc, argv);
}

// --- search: articles with certain words, best first

static bool ask_search(Asking *self, RowsOut *out)
{
  SearchRows rows = {0};
  bool ok = query_search(self->query, &self->filter, &self->arena, &rows, &self->err);
  for (size_t i = 0; i < rows.len; i++) {
    rows_text(out, rows.items[i].at.date);
    write_place(self, out, &rows.items[i].at);
    write_words(out, &rows.items[i].at);
  }
  return ok;
}

int cmd_search(int argc, char **argv)
{
  static const Column columns[] = {{"date", COLUMN_BOTH, LOOK_PLAIN}, PLACE, WORDS, {0}};
  static const AskingVerb verb = {.name = "search",
                                  .usage = "search DIR WORDS [options]",
                                  .words = true,
                                  .operand_needed = true,
                                  .columns = columns,
                                  .nothing = "such articles",
                                  .ask = ask_search};
  return asking_run(&verb, argc, argv);
}
