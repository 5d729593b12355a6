#include "cli/asking.h"

#include "annotate/dates/calendar.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"

#include <stdlib.h>

#define DATE_SHAPE "date that exists: YYYY, YYYY-MM or YYYY-MM-DD"

typedef struct Given { // on the command line
  const char *format, *type, *speaker, *from, *until, *limit;
  bool prefix, indirect;
} Given;

static int read_options(const AskingVerb *verb, Given *given, int argc, char **argv, int *status)
{
  Option table[9] = {
      {"format", 'f', OPTION_TEXT, &given->format, "FMT", "table json csv", "table on a terminal, else json"},
      {"from", 0, OPTION_TEXT, &given->from, "DATE", NULL,
       "not before this day, month or year (YYYY-MM-DD, YYYY-MM, YYYY)"},
      {"until", 0, OPTION_TEXT, &given->until, "DATE", NULL, "not after it"},
      {"limit", 'n', OPTION_TEXT, &given->limit, "N", NULL, "show at most N rows"},
      {"prefix", 'p', OPTION_FLAG, &given->prefix, NULL, NULL, "the last word is only the beginning of one"},
  };
  size_t len = 5;
  if (verb->types)
    table[len++] = (Option){"type",
                            't',
                            OPTION_TEXT,
                            &given->type,
                            "TYPE",
                            *verb->types ? verb->types : NULL,
                            verb->type_help ? verb->type_help : "only this type"};
  if (verb->speaker)
    table[len++] = (Option){"indirect",
                            'i',
                            OPTION_FLAG,
                            &given->indirect,
                            NULL,
                            NULL,
                            "include reported speech (\"X said that …\")"};
  if (verb->speaker)
    table[len++] = (Option){"speaker",
                            's',
                            OPTION_TEXT,
                            &given->speaker,
                            "NAME",
                            NULL,
                            "only what NAME said: a name, alias, surname or entity id"};
  return options_read(verb->usage, table, argc, argv, status);
}

static Str join_operands(Asking *self, int argc, char **argv)
{
  Str all = {0};
  for (int i = 0; i < argc; i++)
    all = i ? arena_printf(&self->arena, STR_FMT " %s", STR_ARG(all), argv[i]) : str_of(argv[i]);
  return all;
}

static bool open_index(Asking *self, const char *dir)
{
  Folder folder = {0};
  bool ok = folder_find(&folder, dir, &self->err);
  if (ok) self->query = query_new(&folder, &self->err);
  folder_release(&folder);
  if (self->query) return true;
  if (ok)
    say("%s: %s: run 'newsmark index %s'", dir, self->err.text, dir);
  else
    say("%s", self->err.text);
  return false;
}

// What is wrong with the arguments; NULL: nothing. `operands` counts those behind DIR.
static const char *find_fault(const AskingVerb *verb, const Given *given, int operands, size_t *limit)
{
  if (operands < 0) return "which folder?";
  if (verb->operand_needed && !operands && !given->type) return verb->words ? "which words?" : "which name?";
  if (given->from && !calendar_valid_iso(given->from, false)) return "--from needs a " DATE_SHAPE;
  if (given->until && !calendar_valid_iso(given->until, false)) return "--until needs a " DATE_SHAPE;
  char *end = NULL;
  if (given->limit) *limit = strtoul(given->limit, &end, 10);
  if (given->limit && (*end || end == given->limit || given->limit[0] == '-'))
    return "--limit needs a number";
  return NULL;
}

static bool ask(Asking *self, const AskingVerb *verb, RowsFormat format)
{
  RowsOut *out = rows_new(stdout, format, verb->columns);
  bool ok = verb->ask(self, out);
  rows_end(out, verb->nothing);
  if (!ok) say("%s: %s", verb->name, self->err.text);
  query_free(self->query);
  return ok;
}

int asking_run(const AskingVerb *verb, int argc, char **argv)
{
  Asking self = {0};
  Given given = {0};
  size_t limit = 0;
  int status, first = read_options(verb, &given, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  const char *fault = find_fault(verb, &given, argc - first - 1, &limit);
  if (fault) return options_refuse(verb->name, "%s", fault);
  Str operands = join_operands(&self, argc - first - 1, argv + first + 1);
  self.filter = (QueryFilter){.name = verb->words ? str_of(given.speaker) : operands,
                              .words = verb->words ? operands : (Str){0},
                              .prefix = given.prefix,
                              .indirect = given.indirect,
                              .type = str_of(given.type),
                              .from = str_of(given.from),
                              .until = str_of(given.until),
                              .limit = limit};
  bool ok = open_index(&self, argv[first]) && ask(&self, verb, rows_format(given.format));
  arena_release(&self.arena);
  return ok ? EXIT_DONE : EXIT_PARTLY;
}
