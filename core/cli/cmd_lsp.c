// newsmark lsp: the language server on standard input and output.
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/setup.h"
#include "server/desk.h"
#include "server/lsp.h"
#include "server/scripts.h"
#include "server/workspace.h"

#include <malloc.h>
#include <stdlib.h>

// A key is worked on by whichever thread of the pool is free. With a heap for each of them, as glibc has it,
// every heap grows to the size of the largest article: 80 MB instead of 52 at 1 MB.
static void share_one_heap(void)
{
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 1);
#endif
}

static Host *make_host(void *ctx, const Pipeline *pipeline)
{
  return setup_host(&(SetupHost){.manifest = ctx, .pipeline = pipeline, .live = true});
}

int cmd_lsp(int argc, char **argv)
{
  bool stdio = false; // what many clients pass; there is no other way to talk
  const Option table[] = {
      {"stdio", 0, OPTION_FLAG, &stdio, NULL, NULL,
       "accepted for editors that pass it; standard input and output are always used"},
      {0},
  };
  int status = EXIT_DONE, first = options_read("lsp", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first < argc) return options_refuse("lsp", "there is nothing to do with '%s'", argv[first]);
  share_one_heap();
  Manifest *manifest = setup_manifest();
  char *user_file = setup_user_settings();
  const LspOptions options = {.in = 0,
                              .out = 1,
                              .data_dir = setup_data_dir(),
                              .make_host = make_host,
                              .ctx = manifest,
                              .manifest = manifest,
                              .user_file = user_file};
  const IndexTagger tagger = setup_index_tagger(manifest);
  const IndexRules rules = setup_index_rules(manifest);
  const WorkspaceIndex index = {.tagger = &tagger, .rules = &rules};
  Lsp *lsp = lsp_new(&options);
  Workspace *workspace = workspace_new(lsp, &index);
  char *taggers = setup_user_taggers();
  Scripts *scripts = scripts_new(lsp, taggers, setup_data_dir());
  Desks *desks = desks_new(lsp);
  free(taggers);
  status = lsp_run(lsp);
  desks_free(desks);
  scripts_free(scripts);
  workspace_free(workspace);
  lsp_free(lsp);
  manifest_free(manifest);
  free(user_file);
  return status;
}
