// harness: what the tests of scripts share: a folder of scripts, a host over it, an article.
#pragma once

#include "config/paths.h"
#include "script/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct World {
  char dir[32];
  Manifest *manifest; // without taggers
  Host *host;
  bool remember; // see HostOptions
} World;

static inline int world_begin(void **state)
{
  World *w = xcalloc(1, sizeof *w);
  strcpy(w->dir, "/tmp/newsmark-test-XXXXXX");
  assert_non_null(mkdtemp(w->dir));
  w->manifest = manifest_parse(STR("schema = 1\n[plugin]\nversion = \"1\"\n"), "test.toml", NULL);
  *state = w;
  return 0;
}

static inline int world_end(void **state)
{
  World *w = *state;
  char command[64];
  host_free(w->host);
  manifest_free(w->manifest);
  snprintf(command, sizeof command, "rm -r '%s'", w->dir);
  assert_int_equal(system(command), 0);
  free(w);
  return 0;
}

static inline void world_write(World *w, const char *name, const char *text)
{
  char *path = path_join(w->dir, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
  free(path);
}

// A tagger called "t" with the tag "w" and these members.
static inline void world_tagger(World *w, const char *name, const char *head, const char *members)
{
  StrBuf text = {0};
  strbuf_addf(&text,
              "local newsmark = require('newsmark')\n%s\n"
              "return newsmark.tagger { api = 1, name = 't', tags = { w = {}, v = {} },\n%s\n}\n",
              head, members);
  world_write(w, name, text.ptr);
  strbuf_release(&text);
}

static inline void world_load(World *w, const Pipeline *pipeline)
{
  Error err;
  HostOptions options = {.manifest = w->manifest,
                         .data_dir = "lua/newsmark",
                         .user_dir = w->dir,
                         .pipeline = pipeline,
                         .test = true,
                         .remember = w->remember};
  host_free(w->host);
  w->host = host_new(&options, &err);
  assert_int_equal(err.code, ERR_NONE);
}

// An article of one English paragraph without annotations. The caller unrefs it.
static inline Annotations *plain_article(Str text)
{
  Annotations *out = xcalloc(1, sizeof *out);
  BlockSpan *block = arena_zalloc(&out->arena, sizeof *block);
  *block = (BlockSpan){0, text.len, BLOCK_PARAGRAPH, LANG_EN, str_hash(text)};
  out->blocks = block;
  out->block_count = 1;
  out->lang = LANG_EN;
  out->refs = 1;
  return out;
}

// What the host makes of the article `found` (taken) of `text`. The caller unrefs it.
static inline Annotations *world_annotate(World *w, Str text, Annotations *found)
{
  Snapshot *snapshot = snapshot_new(text);
  Annotations *result = host_annotate(w->host, snapshot, found, STR("a.txt"));
  annotations_unref(found);
  snapshot_unref(snapshot);
  return result;
}

// What the host makes of a text: "1..5 w=value; …", bytes from 1. The caller frees it.
static inline char *world_tags(World *w, const char *text)
{
  Annotations *result = world_annotate(w, str_of(text), plain_article(str_of(text)));
  StrBuf out = {0};
  strbuf_add(&out, STR(""));
  for (size_t i = 0; i < result->spans.len; i++) {
    const Span *span = &result->spans.items[i];
    strbuf_addf(&out, "%s%zu..%zu " STR_FMT, i ? "; " : "", span->start + 1, span->end,
                STR_ARG(span->tag->tag));
    if (span->tag->value.len) strbuf_addf(&out, "=" STR_FMT, STR_ARG(span->tag->value));
    if (span->tag->fields.len) strbuf_addf(&out, " " STR_FMT, STR_ARG(span->tag->fields));
  }
  strbuf_byte(&out, '\0');
  annotations_unref(result);
  return strbuf_detach(&out);
}

static inline void expect_tags(World *w, const char *text, const char *expected)
{
  char *got = world_tags(w, text);
  if (strcmp(got, expected)) {
    Arena arena = {0};
    ScriptIssueVec issues = {0};
    host_issues(w->host, &arena, &issues);
    for (size_t i = 0; i < issues.len; i++)
      print_error("%zu: %s\n", issues.items[i].line, issues.items[i].text.ptr);
    arena_release(&arena);
  }
  assert_string_equal(got, expected);
  free(got);
}

// The first issue holds `says`; its line is `line` where that is not 0.
static inline void expect_issue(World *w, const char *says, size_t line)
{
  Arena arena = {0};
  ScriptIssueVec issues = {0};
  host_issues(w->host, &arena, &issues);
  if (!issues.len) print_error("no issue, but wanted: %s\n", says);
  assert_true(issues.len > 0);
  if (!strstr(issues.items[0].text.ptr, says))
    print_error("got: %s\nwant: %s\n", issues.items[0].text.ptr, says);
  assert_non_null(strstr(issues.items[0].text.ptr, says));
  if (line) assert_int_equal(issues.items[0].line, line);
  arena_release(&arena);
}

static inline size_t issue_count(World *w)
{
  Arena arena = {0};
  ScriptIssueVec issues = {0};
  host_issues(w->host, &arena, &issues);
  arena_release(&arena);
  return issues.len;
}
