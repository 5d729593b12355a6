// newsmark: the command line. Each verb has a file of its own, cmd_<verb>.c.
#include "base/alloc.h"
#include "cli/cmd.h"
#include "cli/say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct Verb {
  const char *name;
  int (*run)(int argc, char **argv);
  const char *help;
} Verb;

static const Verb g_verbs[] = {
    {"annotate", cmd_annotate, "mark names, dates and quotations in articles"},
    {"index", cmd_index, "build or refresh the index of a folder of articles"},
    {"entities", cmd_entities, "list the people, organisations and places of a folder"},
    {"mentions", cmd_mentions, "find a name, with the words around it"},
    {"quotes", cmd_quotes, "find what was said, and by whom"},
    {"timeline", cmd_timeline, "list the dates that the articles tell of"},
    {"search", cmd_search, "find articles with certain words"},
    {"check", cmd_check, "ask what is open in articles: who said it, who is it, when was it"},
    {"export", cmd_export, "write annotated articles in the formats of other tools"},
    {"import", cmd_import, "read marks made elsewhere, as your own"},
    {"eval", cmd_eval, "measure how far the machine agrees with what you decided"},
    {"merge-driver", cmd_merge_driver, "for git: merge two people's marks"},
    {"test", cmd_test, "run the tests of script taggers"},
    {"new-tagger", cmd_new_tagger, "create a script tagger of your own"},
    {"trust", cmd_trust, "allow the scripts that came with a folder to run"},
    {"doctor", cmd_doctor, "show what newsmark found here: versions, files, features"},
    {"lsp", cmd_lsp, "run the language server, for editors"},
};

static int help(FILE *to, int status)
{
  fputs("usage: newsmark VERB [options] [files]\n\nNewsmark reads news articles with you.\n\n", to);
  for (size_t i = 0; i < ARRAY_LEN(g_verbs); i++)
    fprintf(to, "  %-12s %s\n", g_verbs[i].name, g_verbs[i].help);
  fputs("\n'newsmark VERB --help' tells more; 'newsmark --version' the version.\n", to);
  return status;
}

// A full disk shows no later than here: what was printed and not written is a failure.
static int finish(int status)
{
  if (!ferror(stdout) && fflush(stdout) == 0) return status;
  say("standard output cannot be written: %s", strerror(errno));
  return status ? status : EXIT_PARTLY;
}

int main(int argc, char **argv)
{
  if (argc < 2) return help(stderr, EXIT_USAGE);
  if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
    return finish(help(stdout, EXIT_DONE));
  if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
    puts("newsmark " NEWSMARK_VERSION);
    return finish(EXIT_DONE);
  }
  for (size_t i = 0; i < ARRAY_LEN(g_verbs); i++) {
    if (!strcmp(argv[1], g_verbs[i].name)) return finish(g_verbs[i].run(argc - 1, argv + 1));
  }
  say("there is no verb '%s'", argv[1]);
  return help(stderr, EXIT_USAGE);
}
