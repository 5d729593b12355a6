// check: what is open in articles: quotations nobody is named for, people with one name, days that cannot be
// told. One line a question, as compilers and linters write them, so that editors go there.
#include "annotate/doubts.h"
#include "base/display.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/rows.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "text/position.h"

#include <string.h>

typedef struct Check {
  RowsOut *rows; // NULL: lines
  Encoding columns;
  unsigned kinds; // the questions that are wanted, a bit each by DoubtKind
  Reading how;
} Check;

static const Column g_columns[] = {
    {"path", COLUMN_BOTH, LOOK_PLACE},
    {"line", COLUMN_BOTH, LOOK_NUMBER},
    {"column", COLUMN_DATA, LOOK_NUMBER},
    {"start", COLUMN_DATA, LOOK_NUMBER},
    {"end", COLUMN_DATA, LOOK_NUMBER},
    {"code", COLUMN_DATA, LOOK_PLAIN},
    {"question", COLUMN_BOTH, LOOK_BOLD},
    {"text", COLUMN_BOTH, LOOK_WRAP},
    {0},
};

static void write_line(Arena *arena, const char *path, Position at, const Doubt *doubt, Str text)
{
  Str shown = display_in(arena, text), where = display_in(arena, str_of(path));
  printf(STR_FMT ":%zu:%zu: " STR_FMT " " STR_FMT "\n", STR_ARG(where), at.line + 1, at.column + 1,
         STR_ARG(doubt->question), STR_ARG(shown));
}

static void write_row(RowsOut *rows, const char *path, Position at, const Doubt *doubt, Str text)
{
  rows_text(rows, str_of(path));
  rows_number(rows, at.line + 1);
  rows_number(rows, at.column + 1);
  rows_number(rows, doubt->span->start);
  rows_number(rows, doubt->span->end);
  rows_text(rows, str_of(doubt_code(doubt->kind)));
  rows_text(rows, doubt->question);
  rows_text(rows, text);
}

static bool check_one(const Check *self, const char *path)
{
  Loaded article;
  Error err = {0};
  Arena arena = {0};
  DoubtVec doubts = {0};
  if (!setup_load(&article, &self->how, path, &err)) {
    say("%s: %s", path, err.text);
    return false;
  }
  doubts_find(article.found, &arena, &doubts);
  PositionWalk walk = position_walk(article.text, self->columns);
  for (size_t i = 0; i < doubts.len; i++) {
    const Doubt *doubt = &doubts.items[i];
    if (!(self->kinds & 1u << doubt->kind)) continue;
    Position at = position_walk_to(&walk, doubt->span->start);
    Str text = snapshot_read(article.text, doubt->span->start, doubt->span->end, &arena);
    if (self->rows)
      write_row(self->rows, path, at, doubt, text);
    else
      write_line(&arena, path, at, doubt, text);
  }
  arena_release(&arena);
  setup_unload(&article);
  return true;
}

#define CODES "no-speaker speaker who name written date"

// "who,date" to bits; false after a message.
static bool read_codes(const char *only, unsigned *kinds)
{
  *kinds = only ? 0 : ~0u;
  for (Str rest = str_of(only); rest.len;) {
    Str word = str_cut(&rest, ',');
    int kind = 0;
    while (kind < DOUBT_KINDS && !str_is(word, doubt_code((DoubtKind)kind))) kind++;
    if (kind == DOUBT_KINDS) {
      options_refuse("check", "--only cannot be '" STR_FMT "'; there are: " CODES, STR_ARG(word));
      return false;
    }
    *kinds |= 1u << kind;
  }
  return true;
}

static int check_all(const char *format, Encoding columns, unsigned kinds, int count, char **paths)
{
  int status = EXIT_DONE;
  Manifest *manifest = setup_manifest();
  Pipeline *pipeline = setup_pipeline();
  Host *host =
      setup_host(&(SetupHost){.manifest = manifest, .articles = paths, .count = (size_t)count, .loud = true});
  Check self = {
      .columns = columns, .kinds = kinds, .how = {.manifest = manifest, .pipeline = pipeline, .host = host}};
  if (strcmp(format, "lines") != 0) self.rows = rows_new(stdout, rows_format(format), g_columns);
  for (int i = 0; i < count; i++) {
    ArticlePaths articles = {0};
    if (!setup_articles(paths[i], &articles)) status = EXIT_PARTLY;
    for (size_t k = 0; k < articles.len; k++)
      if (!check_one(&self, articles.items[k])) status = EXIT_PARTLY;
    articles_release(&articles);
  }
  if (self.rows) rows_end(self.rows, "open questions");
  host_free(host);
  pipeline_free(pipeline);
  manifest_free(manifest);
  return status;
}

int cmd_check(int argc, char **argv)
{
  const char *format = "lines", *columns = "utf8", *only = NULL;
  unsigned kinds;
  const Option table[] = {{"format", 'f', OPTION_TEXT, &format, "FMT", "lines table json csv",
                           "lines where none is named: PATH:LINE:COLUMN: QUESTION WORDS"},
                          {"only", 'o', OPTION_TEXT, &only, "CODE,...", NULL, "only these questions: " CODES},
                          {"columns", 0, OPTION_TEXT, &columns, "UNIT", "utf8 utf16 codepoint",
                           "what columns count; utf8 (bytes) where none is named"},
                          {0}};
  int status, first = options_read("check [options] DIR|FILE...", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first == argc) return options_refuse("check", "it wants folders or articles");
  if (!read_codes(only, &kinds)) return EXIT_USAGE;
  return check_all(format, setup_unit(columns), kinds, argc - first, argv + first);
}
