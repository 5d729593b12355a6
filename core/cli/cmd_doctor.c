// doctor: what newsmark found on this machine, for people who wonder and for bug reports.
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "index/query.h"

#include <stdio.h>
#include <sys/stat.h>
#include <utf8proc.h>
#include <uv.h>

static void row(const char *what, const char *value)
{
  say_result("  %-14s %s", what, value);
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
static bool script_rows(char *dir)
{
  Manifest *manifest = setup_manifest();
  Host *host = setup_host(&(SetupHost){.manifest = manifest, .articles = &dir, .count = 1});
  Arena arena = {0};
  ScriptStateVec states = {0};
  ScriptIssueVec issues = {0};
  host_states(host, &arena, &states);
  host_issues(host, &arena, &issues);
  for (size_t i = 0; i < states.len; i++)
    say_result("  %-14s " STR_FMT " (%s)", i ? "" : "taggers", STR_ARG(states.items[i].path),
               script_condition_name(states.items[i].condition));
  for (size_t i = 0; i < issues.len; i++)
    say_result("  %-14s " STR_FMT ":%zu: " STR_FMT, "", STR_ARG(issues.items[i].path), issues.items[i].line,
               STR_ARG(issues.items[i].text));
  bool ok = issues.len == 0;
  arena_release(&arena);
  host_free(host);
  manifest_free(manifest);
  return ok;
}

// The settings files that hold in `dir`, in their order, and what is wrong in them.
static bool settings_rows(const char *dir)
{
  Manifest *manifest = setup_manifest();
  char *inside = path_join(dir, "x"); // settings are looked up for an article
  Settings *settings = setup_settings(manifest, inside, (Str){0});
  const StrVec *files = settings_files(settings);
  const ConfigIssueVec *issues = settings_issues(settings);
  if (!files->len) row("settings", "none; the defaults hold");
  for (size_t i = 0; i < files->len; i++)
    say_result("  %-14s " STR_FMT, i ? "" : "settings", STR_ARG(files->items[i]));
  for (size_t i = 0; i < issues->len; i++)
    say_result("  %-14s " STR_FMT ":%zu: " STR_FMT, "", STR_ARG(issues->items[i].file), issues->items[i].line,
               STR_ARG(issues->items[i].text));
  bool ok = issues->len == 0;
  settings_free(settings);
  free(inside);
  manifest_free(manifest);
  return ok;
}

// Whether `dir` has an index, and where.
static void index_row(const char *dir)
{
  Error err = {0};
  Folder folder = {0};
  char line[4352];
  if (!folder_find(&folder, dir, &err)) {
    row("index", err.text);
    return;
  }
  Query *query = query_new(&folder, &err);
  if (query)
    snprintf(line, sizeof line, "%s (%s)", folder.db, query_ready(query) ? "complete" : "not complete yet");
  else if (err.code == ERR_NOT_FOUND)
    snprintf(line, sizeof line, "none for %s; 'newsmark index %s' builds it", dir, dir);
  else
    snprintf(line, sizeof line, "%s", err.text);
  row("index", line);
  query_free(query);
  folder_release(&folder);
}

// What reads Markdown and HTML; false where a grammar is there and cannot be used.
static bool grammar_rows(const Grammars *grammars)
{
  static const struct {
    Markup markup;
    const char *name, *file;
    unsigned most;
  } markups[] = {{MARKUP_MARKDOWN, "Markdown", "markdown.so", GRAMMARS_MARKDOWN_MOST},
                 {MARKUP_HTML, "HTML", "html.so", GRAMMARS_HTML_MOST}};
  bool ok = true;
  row("articles", "read by the grammar that is compiled in");
  for (size_t i = 0; i < ARRAY_LEN(markups); i++) {
    Str trouble = grammars_trouble(grammars, markups[i].markup);
    if (grammars_have(grammars, markups[i].markup))
      say_result("  %-14s read by %s/grammars/%s (tree-sitter, version %u) up to %u KB, longer ones plainly",
                 markups[i].name, setup_data_dir(), markups[i].file,
                 grammars_abi(grammars, markups[i].markup), markups[i].most >> 10);
    else if (trouble.len)
      say_result("  %-14s read plainly: " STR_FMT, markups[i].name, STR_ARG(trouble));
    else
      row(markups[i].name, "read plainly, without its tree-sitter grammar ('make grammars' adds it)");
    ok &= !trouble.len;
  }
  return ok;
}

int cmd_doctor(int argc, char **argv)
{
  const Option table[] = {{0}};
  int status;
  int first = options_read("doctor [DIR]", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  const char *dir = first < argc ? argv[first] : ".";

  puts("newsmark " NEWSMARK_VERSION "\n");
  say_result("  %-14s libuv %s, SQLite %s, %s, utf8proc %s", "libraries", uv_version_string(),
             query_sqlite_version(), host_lua_version(), utf8proc_version());
  row("data", setup_data_dir());
  file_row("manifest", setup_data_dir(), "plugin.toml");
  file_row("gazetteer", setup_data_dir(), "gazetteer.bin");
  file_row("word groups", setup_data_dir(), "clusters.bin");
  file_row("names", setup_data_dir(), "names.bin");
  file_row("script host", setup_data_dir(), "host/prelude.lua");

  Error err = {0};
  Pipeline *pipeline = pipeline_new(setup_data_dir(), &err);
  if (!err.code && pipeline) pipeline_check(pipeline, &err);
  row("annotators", err.code ? err.text : "ready");
  if (err.code) status = EXIT_PARTLY;
  if (!grammar_rows(pipeline_grammars(pipeline))) status = EXIT_PARTLY;
  if (!settings_rows(dir)) status = EXIT_PARTLY;
  if (!script_rows((char *)(uintptr_t)dir)) status = EXIT_PARTLY;
  index_row(dir);
  pipeline_free(pipeline);
  return status;
}
