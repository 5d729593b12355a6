#include "cli/asking.h"

#include "cli/cmd.h"
#include "cli/options.h"

#include <stdlib.h>

typedef struct Given {
  const char *format, *type, *speaker, *from, *until, *limit;
  bool prefix;
} Given;

static int read_options(const AskingVerb *verb, Given *given, int argc, char **argv, int *status)
{
  Option table[8] = {
      {"format", 'f', OPTION_TEXT, &given->format, "FMT", "table json csv",
       "table (on a terminal), json or csv"},
      {"from", 0, OPTION_TEXT, &given->from, "DATE", NULL,
       "not before this day (YYYY, YYYY-MM or YYYY-MM-DD)"},
      {"until", 0, OPTION_TEXT, &given->until, "DATE", NULL, "not after this day"},
      {"limit", 'n', OPTION_TEXT, &given->limit, "N", NULL, "at most N rows"},
      {"prefix", 'p', OPTION_FLAG, &given->prefix, NULL, NULL, "the last word may go on"},
  };
  size_t len = 5;
  if (verb->types)
    table[len++] =
        (Option){"type", 't', OPTION_TEXT, &given->type, "TYPE", verb->types, "of this type alone"};
  if (verb->speaker)
    table[len++] = (Option){"speaker",
                            's',
                            OPTION_TEXT,
                            &given->speaker,
                            "NAME",
                            NULL,
                            "said by: a name, alias, surname or entity id"};
  return options_read(verb->usage, table, argc, argv, status);
}

static bool is_day(const char *text)
{
  size_t len = text ? strlen(text) : 10;
  for (size_t i = 0; text && i < len; i++)
    if (i == 4 || i == 7 ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
  return len == 4 || len == 7 || len == 10;
}

static Str join_operands(Asking *self, int argc, char **argv)
{
  Str all = {0};
  for (int i = 0; i < argc; i++)
    all = i ? arena_printf(&self->arena, STR_FMT " %s", STR_ARG(all), argv[i]) : str_of(argv[i]);
  return all;
}

static int refuse(Asking *self, const AskingVerb *verb, const char *what)
{
  arena_release(&self->arena);
  return options_refuse(verb->name, "%s", what);
}

static bool open_index(Asking *self, const char *dir, int *status)
{
  Folder folder = {0};
  bool ok = folder_find(&folder, dir, &self->err);
  if (ok) self->query = query_new(&folder, &self->err);
  folder_release(&folder);
  if (self->query) return true;
  if (ok)
    fprintf(stderr, "newsmark: %s: %s: run 'newsmark index %s'\n", dir, self->err.text, dir);
  else
    fprintf(stderr, "newsmark: %s\n", self->err.text);
  arena_release(&self->arena);
  *status = EXIT_PARTLY;
  return false;
}

bool asking_begin(Asking *self, const AskingVerb *verb, int argc, char **argv, int *status)
{
  *self = (Asking){.verb = verb->name};
  Given given = {0};
  int first = read_options(verb, &given, argc, argv, status);
  if (first == OPTIONS_STOP) return false;
  char *end = NULL;
  unsigned long limit = given.limit ? strtoul(given.limit, &end, 10) : 0;
  const char *wrong = NULL;
  if (first >= argc)
    wrong = "which folder?";
  else if (verb->operand_needed && first + 1 >= argc)
    wrong = verb->words ? "which words?" : "which name?";
  else if (!is_day(given.from) || !is_day(given.until))
    wrong = "a date is YYYY, YYYY-MM or YYYY-MM-DD";
  else if (given.limit && (*end || end == given.limit || given.limit[0] == '-'))
    wrong = "--limit needs a number";
  if (wrong) {
    *status = refuse(self, verb, wrong);
    return false;
  }
  Str operands = join_operands(self, argc - first - 1, argv + first + 1);
  self->format = rows_format(given.format);
  self->filter = (QueryFilter){.name = verb->words ? str_of(given.speaker) : operands,
                               .words = verb->words ? operands : (Str){0},
                               .prefix = given.prefix,
                               .type = str_of(given.type),
                               .from = str_of(given.from),
                               .until = str_of(given.until),
                               .limit = limit};
  return open_index(self, argv[first], status);
}

int asking_end(Asking *self, bool ok)
{
  if (!ok) fprintf(stderr, "newsmark: %s: %s\n", self->verb, self->err.text);
  query_free(self->query);
  arena_release(&self->arena);
  return ok ? EXIT_DONE : EXIT_PARTLY;
}

Str asking_where(Asking *self, const Place *place)
{
  if (!place->line) return place->path;
  return arena_printf(&self->arena, STR_FMT ":%zu:%zu", STR_ARG(place->path), place->line, place->column);
}
