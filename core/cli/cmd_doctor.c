// doctor: what newsmark found on this machine, for people who wonder and for bug reports.
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/setup.h"

#include <stdio.h>
#include <sys/stat.h>
#include <uv.h>

static void row(const char *what, const char *value)
{
  printf("  %-14s %s\n", what, value);
}

static void file_row(const char *what, const char *dir, const char *name)
{
  char path[4096], line[4352];
  struct stat info;
  snprintf(path, sizeof path, "%s/%s", dir, name);
  if (stat(path, &info) == 0)
    snprintf(line, sizeof line, "%s (%.1f MB)", path, (double)info.st_size / 1e6);
  else
    snprintf(line, sizeof line, "%s: not there; run 'make' or set NEWSMARK_DATA", path);
  row(what, line);
}

// Each tagger with what is wrong in it; false where something is.
static bool script_rows(void)
{
  Manifest *manifest = setup_manifest();
  Host *host = setup_host(manifest, true);
  Arena arena = {0};
  ScriptStateVec states = {0};
  ScriptIssueVec issues = {0};
  host_states(host, &arena, &states);
  host_issues(host, &arena, &issues);
  for (size_t i = 0; i < states.len; i++)
    printf("  %-14s " STR_FMT " (%s)\n", i ? "" : "taggers", STR_ARG(states.items[i].path),
           states.items[i].running ? "runs" : "off");
  for (size_t i = 0; i < issues.len; i++)
    printf("  %-14s " STR_FMT ":%zu: " STR_FMT "\n", "", STR_ARG(issues.items[i].path), issues.items[i].line,
           STR_ARG(issues.items[i].text));
  bool ok = issues.len == 0;
  arena_release(&arena);
  host_free(host);
  manifest_free(manifest);
  return ok;
}

int cmd_doctor(int argc, char **argv)
{
  const Option table[] = {{0}};
  int status;
  int first = options_read("doctor [DIR]", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;

  printf("newsmark %s\n\n", NEWSMARK_VERSION);
  row("libuv", uv_version_string());
  row("data", setup_data_dir());
  file_row("gazetteer", setup_data_dir(), "gazetteer.bin");
  file_row("manifest", setup_data_dir(), "plugin.toml");

  Error err = {0};
  Pipeline *pipeline = pipeline_new(setup_data_dir(), &err);
  row("annotators", err.code ? err.text : "ready");
  if (err.code || !script_rows()) status = EXIT_PARTLY;
  pipeline_free(pipeline);
  return status;
}
