// export: articles with their marks, the reader's own among them, in the formats of other tools: to standard
// output, or a file an article into a folder.
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "export/exporter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Export {
  const char *format, *out, *only;
  const Exporter *exporter;
  const char *root; // paths are told relative to it
  unsigned kinds;
  bool sensitive;
} Export;

static const char *relative(const Export *self, const char *path)
{
  size_t len = strlen(self->root);
  return !strncmp(path, self->root, len) && path[len] == '/' ? path + len + 1 : path;
}

static const char *ending(const Exporter *exporter)
{
  static const char *const endings[][2] = {{"brat", ".ann"}, {"tei", ".xml"}, {"webannotation", ".jsonld"}};
  for (size_t i = 0; i < ARRAY_LEN(endings); i++)
    if (!strcmp(exporter->name, endings[i][0])) return endings[i][1];
  return NULL;
}

// Write OUT/<path>.<ending>, its folders made; false after a message. Of an article that was asked for by its
// own name, not by its folder's, the path is its last name: "../a.txt" stays in OUT.
static bool write_file(const Export *self, const char *path, Str bytes)
{
  StrBuf name = {0};
  const char *end = ending(self->exporter), *slash = strrchr(path, '/');
  strbuf_addf(&name, "%s/%s", self->out, *self->root || !slash ? relative(self, path) : slash + 1);
  if (end) {
    if (!strcmp(end, ".ann")) { // brat pairs a.txt with a.ann
      char *dot = strrchr(name.ptr, '.');
      if (dot && dot > strrchr(name.ptr, '/')) name.len = (size_t)(dot - name.ptr);
    }
    strbuf_addf(&name, "%s", end);
  } else {
    strbuf_addf(&name, ".%s", self->exporter->name);
  }
  for (char *at = strchr(name.ptr + 1, '/'); at; at = strchr(at + 1, '/')) {
    *at = '\0';
    mkdir(name.ptr, 0777);
    *at = '/';
  }
  FILE *file = fopen(name.ptr, "wb");
  bool ok = file && fwrite(bytes.ptr ? bytes.ptr : "", 1, bytes.len, file) == bytes.len;
  if (file && fclose(file) != 0) ok = false;
  if (!ok) say("%s: %s", name.ptr, strerror(errno));
  strbuf_release(&name);
  return ok;
}

// An export is for others: what a script calls sensitive stays out, whoever tagged it.
static void drop_sensitive(Host *host, SpanVec *spans)
{
  Arena arena = {0};
  size_t kept = 0;
  for (size_t i = 0; i < spans->len; i++) {
    const Span *span = &spans->items[i];
    ScriptTag declared;
    bool known = span->kind == SPAN_TAG && host_tag(host, span->tag->tag, &arena, &declared);
    if (!known || !declared.type.sensitive) spans->items[kept++] = *span;
    arena_reset(&arena);
  }
  spans->len = kept;
  arena_release(&arena);
}

static bool export_one(const Export *self, const Reading *how, const char *path)
{
  Loaded article;
  Error err = {0};
  if (!setup_load(&article, how, path, &err)) {
    say("%s: %s", path, err.text);
    return false;
  }
  StrBuf out = {0};
  if (!self->sensitive) drop_sensitive(how->host, &article.found->spans);
  if (self->out && self->exporter->begin) self->exporter->begin(&out);
  exporter_write(self->exporter, &out, relative(self, path), article.text, article.found);
  if (self->out && self->exporter->end) self->exporter->end(&out);
  bool ok = true;
  if (self->out)
    ok = write_file(self, path, strbuf_str(&out));
  else
    fwrite(out.ptr ? out.ptr : "", 1, out.len, stdout); // main() sees whether it went well
  strbuf_release(&out);
  setup_unload(&article);
  return ok;
}

static void print_frame(void (*part)(StrBuf *out))
{
  StrBuf out = {0};
  if (part) part(&out);
  if (out.len) fwrite(out.ptr, 1, out.len, stdout);
  strbuf_release(&out);
}

static int export_all(Export *self, char *path)
{
  ArticlePaths articles = {0};
  struct stat info;
  int status = EXIT_DONE;
  if (!setup_articles(path, &articles)) return EXIT_PARTLY;
  self->root = stat(path, &info) == 0 && S_ISDIR(info.st_mode) ? path : "";
  Manifest *manifest = setup_manifest();
  Pipeline *pipeline = setup_pipeline();
  char *where[] = {path};
  Host *host = setup_host(&(SetupHost){.manifest = manifest, .articles = where, .count = 1, .loud = true});
  Reading how = {.manifest = manifest, .pipeline = pipeline, .host = host};
  if (!self->out) print_frame(self->exporter->begin);
  for (size_t i = 0; i < articles.len; i++)
    if (!export_one(self, &how, articles.items[i])) status = EXIT_PARTLY;
  if (!self->out) print_frame(self->exporter->end);
  articles_release(&articles);
  host_free(host);
  pipeline_free(pipeline);
  manifest_free(manifest);
  return status;
}

int cmd_export(int argc, char **argv)
{
  Export self = {.format = "jsonl"};
  const Option table[] = {
      {"format", 'f', OPTION_TEXT, &self.format, "FMT", "jsonl csv conll brat webannotation tei html",
       "jsonl where none is named"},
      {"out", 'o', OPTION_TEXT, &self.out, "DIR", NULL, "write one file per article into this folder"},
      {"sensitive", 0, OPTION_FLAG, &self.sensitive, NULL, NULL,
       "include what scripts call sensitive, such as telephone numbers"},
      {0}};
  int status, first = options_read("export [options] DIR|FILE", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first + 1 != argc) return options_refuse("export", "it wants one folder or article");
  self.exporter = exporter_find(self.format);
  return export_all(&self, argv[first]);
}
