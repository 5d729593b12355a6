// newsmark trust: which scripts that came with a folder may run: those the user looked at, as they are.
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"

#include <stdlib.h>

static void print_states(Host *host)
{
  Arena arena = {0};
  ScriptStateVec states = {0};
  host_states(host, &arena, &states);
  for (size_t i = 0; i < states.len; i++) {
    const ScriptState *state = &states.items[i];
    if (state->origin != SCRIPT_PROJECT) continue;
    say_result("%-10s " STR_FMT, state->issue.waits ? "untrusted" : script_condition_name(state->condition),
               STR_ARG(state->path));
    if (state->issue.text.len && !state->issue.waits)
      say_result("           line %zu: " STR_FMT, state->issue.line, STR_ARG(state->issue.text));
  }
  arena_release(&arena);
}

int cmd_trust(int argc, char **argv)
{
  bool forget = false, list = false;
  const Option table[] = {{"forget", 0, OPTION_FLAG, &forget, NULL, NULL, "no longer trust them"},
                          {"list", 0, OPTION_FLAG, &list, NULL, NULL, "only list what is trusted"},
                          {0}};
  int status;
  int first = options_read("trust [--forget | --list] [DIR | SCRIPT.lua]...", table, argc, argv, &status);
  static char *here[] = {"."};
  if (first == OPTIONS_STOP) return status;
  char **paths = first < argc ? argv + first : here;
  int count = first < argc ? argc - first : 1;
  Manifest *manifest = setup_manifest();
  Host *host = setup_host(&(SetupHost){.manifest = manifest, .articles = paths, .count = (size_t)count});
  Error err = {0};
  status = EXIT_DONE;
  for (int i = 0; i < count && !list; i++) {
    if (host_trust(host, paths[i], !forget, &err)) continue;
    say("%s", err.text);
    status = EXIT_PARTLY;
  }
  host_reload(host);
  print_states(host);
  host_free(host);
  manifest_free(manifest);
  return status;
}
