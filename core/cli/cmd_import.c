// import: marks made elsewhere become decisions about the articles of a folder, as if its reader had made
// them. What is there already is not made twice; what a decision cannot hold is said.
#define _XOPEN_SOURCE 700 // realpath
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "export/importer.h"
#include "human/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 256 << 20 };

typedef struct Importing {
  const char *folder, *format;
  size_t made, known, lost, misplaced;
} Importing;

// Whether a decision says this already.
static bool is_known(const Kept *kept, const Import *import)
{
  for (size_t i = 0; i < kept->places.len; i++) {
    const Placed *place = &kept->places.items[i];
    if (place->start == import->start && place->end == import->end &&
        place->decision->kind == import->draft.kind && str_eq(place->decision->type, import->draft.type))
      return true;
  }
  return false;
}

// Whether the article stands in the folder or below: a file of marks names what it likes, "../x.txt" too.
static bool lies_in(const char *article, const char *folder)
{
  char *dir = path_dir(article), *real = realpath(dir, NULL), *root = realpath(folder, NULL);
  bool in = real && root && path_within(real, root);
  free(dir);
  free(real);
  free(root);
  return in;
}

typedef VEC_OF(const Import *) FreshImports;
typedef VEC_OF(Anchor) Anchors; // [fresh import]

// Those of `imports` that have words, and that no decision says yet; their places in `anchors`.
static void choose_fresh(Importing *self, const Kept *kept, const Plain *plain, const ImportVec *imports,
                         FreshImports *fresh, Anchors *anchors)
{
  for (size_t i = 0; i < imports->len; i++) {
    const Import *import = &imports->items[i];
    Anchor anchor = {.start = plain_from_byte(plain, import->start),
                     .end = plain_from_byte(plain, import->end)};
    if (is_known(kept, import) || anchor.start >= anchor.end) {
      self->known++;
      continue;
    }
    vec_push(fresh, import);
    vec_push(anchors, anchor);
  }
}

// The line of the ledger, in `arena`.
static Str write_decision(const Import *import, const Anchor *anchor, Arena *arena)
{
  Decision full = import->draft;
  StrBuf line = {0};
  full.id = decision_fresh_id(arena);
  full.time = decision_time(arena, (Str){0});
  full.anchor = *anchor;
  decision_write(&line, &full);
  Str copy = arena_dup(arena, strbuf_str(&line));
  strbuf_release(&line);
  return copy;
}

// A line for each of `imports` that is new.
static void write_fresh(Importing *self, const Kept *kept, const Snapshot *text, const ImportVec *imports,
                        Arena *arena, LedgerTexts *lines)
{
  FreshImports fresh = {0};
  Anchors anchors = {0};
  Plain plain;
  plain_init(&plain, text);
  choose_fresh(self, kept, &plain, imports, &fresh, &anchors);
  anchor_make(&plain, anchors.items, anchors.len, arena);
  for (size_t i = 0; i < fresh.len; i++)
    vec_push(lines, write_decision(fresh.items[i], &anchors.items[i], arena));
  plain_release(&plain);
  vec_release(&anchors);
  vec_release(&fresh);
}

static bool put_all(Importing *self, const char *article, const Snapshot *text, const ImportVec *imports,
                    Error *err)
{
  KeptPaths paths = {0};
  if (!lies_in(article, self->folder) || !kept_paths(&paths, article, self->folder))
    return error_set(err, ERR_USAGE, "it is not in %s", self->folder);
  Ledger *ledger = ledger_new(paths.marks, paths.root);
  LedgerTexts news = {0}, puts = {0};
  Kept kept = {0};
  Arena arena = {0};
  bool ok = ledger_read(ledger, &news, err);
  kept_place(&kept, &news, text);
  write_fresh(self, &kept, text, imports, &arena, &puts);
  news.len = 0;
  if (ok && puts.len) ok = ledger_put(ledger, puts.items, puts.len, &news, err);
  if (ok) self->made += puts.len;
  vec_release(&news);
  vec_release(&puts);
  kept_release(&kept);
  arena_release(&arena);
  ledger_free(ledger);
  kept_paths_release(&paths);
  return ok;
}

static bool import_into(Importing *self, const char *article, const cJSON *root, Str ann, Error *err)
{
  char *path = *article == '/' ? xstrdup(article) : path_join(self->folder, article);
  Snapshot *text = setup_read_file(path, err);
  bool ok = text != NULL;
  if (text) {
    Arena arena = {0};
    ImportVec imports = {0};
    ImportReport report = {0};
    if (!root)
      import_brat(ann, text, &arena, &imports, &report);
    else if (json_get(root, "annotations"))
      import_json(root, text, &arena, &imports, &report);
    else
      import_webannotation(root, text, &arena, &imports, &report);
    self->lost += report.lost;
    self->misplaced += report.misplaced;
    ok = put_all(self, path, text, &imports, err);
    vec_release(&imports);
    arena_release(&arena);
  }
  if (!ok) error_prefix(err, "%s", article);
  snapshot_unref(text);
  free(path);
  return ok;
}

// a.ann is about a.txt, or about a.md, a.html beside it in the folder.
static bool import_ann(Importing *self, const char *file, Str ann, Error *err)
{
  static const char *const ends[] = {".txt", ".md", ".html", ".htm", ".text", ".markdown"};
  const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
  int stem = (int)(strlen(name) - strlen(".ann"));
  for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
    char article[4096];
    snprintf(article, sizeof article, "%.*s%s", stem, name, ends[i]);
    char *path = path_join(self->folder, article);
    bool there = path_exists(path);
    free(path);
    if (there) return import_into(self, article, NULL, ann, err);
  }
  return error_set(err, ERR_NOT_FOUND, "%s: no article %.*s.txt in %s", file, stem, name, self->folder);
}

// The article that a page of Web Annotations is about: the source of its first target, percent-decoded.
static char *source_of(const cJSON *page)
{
  const cJSON *first = cJSON_GetArrayItem(json_get(page, "items") ? json_get(page, "items") : page, 0);
  const cJSON *target = json_get(first, "target");
  if (cJSON_IsArray(target)) target = cJSON_GetArrayItem(target, 0);
  Str source = cJSON_IsString(target) ? str_of(target->valuestring) : json_get_str(target, "source");
  StrBuf out = {0};
  for (size_t i = 0; i < source.len; i++) {
    unsigned byte;
    if (source.ptr[i] == '%' && i + 2 < source.len && sscanf(source.ptr + i + 1, "%2x", &byte) == 1) {
      strbuf_byte(&out, (char)byte);
      i += 2;
    } else {
      strbuf_byte(&out, source.ptr[i]);
    }
  }
  return out.len ? strbuf_detach(&out) : NULL;
}

static bool import_object(Importing *self, const cJSON *root, Error *err)
{
  Str path = json_get_str(root, "path");
  if (json_get(root, "annotations") && path.len) {
    char *article = str_dup(path);
    bool ok = import_into(self, article, root, (Str){0}, err);
    free(article);
    return ok;
  }
  char *article = source_of(root);
  if (!article) {
    bool empty = cJSON_IsArray(json_get(root, "items")) && !cJSON_GetArraySize(json_get(root, "items"));
    return empty || error_set(err, ERR_FORMAT, "neither an article's line nor a page of Web Annotations");
  }
  bool ok = import_into(self, article, root, (Str){0}, err);
  free(article);
  return ok;
}

// One JSON value, or one a line.
static bool import_values(Importing *self, Str text, Error *err)
{
  cJSON *whole = json_parse(text, NULL);
  bool ok = true;
  if (whole) {
    ok = import_object(self, whole, err);
    cJSON_Delete(whole);
    return ok;
  }
  for (size_t number = 1; text.len && ok; number++) {
    Str line = str_trim(str_cut(&text, '\n'));
    if (!line.len) continue;
    cJSON *root = json_parse(line, err);
    ok = root && import_object(self, root, err);
    if (!ok) error_prefix(err, "line %zu", number);
    cJSON_Delete(root);
  }
  return ok;
}

static bool import_file(Importing *self, const char *file)
{
  StrBuf bytes = {0};
  Error err = {0};
  bool ok = file_read(file, MOST_BYTES, &bytes, &err);
  if (ok)
    ok = str_ends(str_of(file), STR(".ann")) ? import_ann(self, file, strbuf_str(&bytes), &err)
                                             : import_values(self, strbuf_str(&bytes), &err);
  if (!ok) say("%s", err.text);
  strbuf_release(&bytes);
  return ok;
}

int cmd_import(int argc, char **argv)
{
  const Option table[] = {{0}};
  int status,
      first = options_read("import DIR FILE.ann|FILE.jsonl|FILE.jsonld...", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (argc - first < 2) return options_refuse("import", "it wants a folder of articles and files of marks");
  Importing self = {.folder = argv[first]};
  for (int i = first + 1; i < argc; i++)
    if (!import_file(&self, argv[i])) status = EXIT_PARTLY;
  printf("%zu marks made, %zu known already\n", self.made, self.known);
  if (self.misplaced) say("%zu marks are not where they say: left out", self.misplaced);
  if (self.lost) say("%zu relations, events or attributes have no place in our marks: left out", self.lost);
  return self.misplaced || self.lost ? EXIT_PARTLY : status;
}
