// newsmark test SCRIPT.lua...: the tests that taggers carry with them, run as in the editor: over the
// annotations that newsmark makes, in the same sandbox. A line for each script, what differs below it.
#include "base/log.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "script/tagger.h"

#include <stdlib.h>

static void print_failures(const char *path, const TestOutcomeVec *outcomes)
{
  for (size_t i = 0; i < outcomes->len; i++) {
    const TestOutcome *outcome = &outcomes->items[i];
    if (outcome->passed) continue;
    say_result("%s: test %zu: " STR_FMT, path, outcome->number, STR_ARG(outcome->text));
    for (Str rest = outcome->diff; rest.len;) {
      Str line = str_cut(&rest, '\n');
      say_result("    " STR_FMT, STR_ARG(line));
    }
  }
}

static void print_fault(const char *path, const Fault *fault)
{
  say_result("%s:%zu: %s", path, fault->line, fault->text);
  for (Str rest = str_of(fault->trace); rest.len;) {
    Str line = str_cut(&rest, '\n');
    say_result(STR_FMT, STR_ARG(line));
  }
}

static bool run_script(const char *path, const char *prelude, const Pipeline *pipeline)
{
  Arena arena = {0};
  Fault fault;
  TestOutcomeVec outcomes = {0};
  TaggerSource source = {.id = str_of(path), .path = path, .prelude = prelude, .budget = budget_default()};
  Tagger *tagger = tagger_new(&source, &fault);
  if (!tagger) {
    print_fault(path, &fault);
    return false;
  }
  size_t failed = tagger_run_tests(tagger, pipeline, SIZE_MAX, &arena, &outcomes);
  print_failures(path, &outcomes);
  if (outcomes.len)
    say_result("%s: %zu of %zu tests passed", path, outcomes.len - failed, outcomes.len);
  else
    say_result("%s: it loads, but has no tests", path);
  tagger_free(tagger);
  arena_release(&arena);
  return failed == 0;
}

int cmd_test(int argc, char **argv)
{
  static const Option options[] = {{0}};
  int status;
  int first = options_read("test SCRIPT.lua...", options, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first >= argc) return options_refuse("test", "name a script");
  char *prelude = path_join(setup_data_dir(), "host/prelude.lua");
  Pipeline *pipeline = setup_pipeline();
  log_setup(LOG_INFO, NULL); // what scripts print is what their author looks for
  status = EXIT_DONE;
  for (int i = first; i < argc; i++)
    if (!run_script(argv[i], prelude, pipeline)) status = EXIT_PARTLY;
  pipeline_free(pipeline);
  free(prelude);
  return status;
}
