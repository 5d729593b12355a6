#define _XOPEN_SOURCE 700 // realpath
// newsmark new-tagger NAME: a commented start for a tagger of one's own.
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "config/trust.h"
#include "script/newtagger.h"

#include <stdio.h>
#include <stdlib.h>

// A script made here is the reader's own: it need not be looked at first.
static void trust_own(const char *path)
{
  StrBuf bytes = {0};
  Error err = {0};
  char *list = setup_trust_list(), *real = realpath(path, NULL);
  if (!real || !file_read(real, (size_t)1 << 20, &bytes, &err) ||
      !trust_add(list, real, strbuf_str(&bytes), &err))
    say("%s is not trusted yet: %s", path, err.text);
  strbuf_release(&bytes);
  free(real);
  free(list);
}

int cmd_new_tagger(int argc, char **argv)
{
  const char *project = NULL;
  const Option table[] = {{"project", 'p', OPTION_TEXT, &project, "DIR", NULL,
                           "only for the articles in DIR: write it to DIR/.newsmark/taggers/"},
                          {0}};
  int status;
  int first = options_read("new-tagger [--project DIR] NAME", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first + 1 != argc) return options_refuse("new-tagger", "give it one name");
  Error err = {0};
  char *dir = project ? path_join(project, ".newsmark/taggers") : setup_user_taggers();
  char *path = dir ? newtagger_write(setup_data_dir(), dir, argv[first], &err) : NULL;
  if (!dir) error_set(&err, ERR_NOT_FOUND, "there is no folder for taggers: HOME is not set");
  if (path && project) trust_own(path);
  if (path)
    printf("%s\ntry it: newsmark test %s\n", path, path);
  else
    say("%s", err.text);
  status = path ? EXIT_DONE : err.code == ERR_USAGE ? EXIT_USAGE : EXIT_PARTLY;
  free(path);
  free(dir);
  return status;
}
