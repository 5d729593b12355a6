// What several verbs begin with: the parts of the program, put together from the paths, the manifest and the
// settings; and articles, read with what people decided about them.
#define _XOPEN_SOURCE 700 // realpath
#include "cli/setup.h"

#include "base/alloc.h"
#include "base/utf8.h"
#include "cli/folderfacts.h"
#include "cli/say.h"
#include "human/kept.h"
#include "index/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)256 << 20)
#define MOST_FRONT_MATTER ((size_t)16 << 10)

static Paths g_paths;

static void release_paths(void)
{
  paths_release(&g_paths);
}

const Paths *setup_paths(void)
{
  if (!g_paths.data_dir) {
    paths_init(&g_paths, NULL);
    atexit(release_paths);
  }
  return &g_paths;
}

const char *setup_data_dir(void)
{
  return setup_paths()->data_dir;
}

static void say_issues(const ConfigIssueVec *issues)
{
  for (size_t i = 0; i < issues->len; i++) {
    const ConfigIssue *issue = &issues->items[i];
    say(STR_FMT ":%zu: " STR_FMT, STR_ARG(issue->file), issue->line, STR_ARG(issue->text));
  }
}

Manifest *setup_manifest(void)
{
  Error err = {0};
  char *path = path_join(setup_data_dir(), "plugin.toml");
  Manifest *manifest = manifest_new(path, &err);
  if (err.code) say("%s", err.text);
  say_issues(&manifest->issues);
  free(path);
  return manifest;
}

Pipeline *setup_pipeline(void)
{
  Error err = {0};
  Pipeline *pipeline = pipeline_new(setup_data_dir(), &err);
  if (err.code) say("%s", err.text);
  if (!pipeline) exit(1);
  return pipeline;
}

static char *under_config(const char *name)
{
  const char *dir = setup_paths()->config_dir;
  return dir ? path_join(dir, name) : NULL;
}

char *setup_user_settings(void)
{
  return under_config("config.toml");
}

Settings *setup_settings(const Manifest *manifest, const char *path, Str front_matter)
{
  char *user_file = setup_user_settings(), *folder = path_dir(path ? path : ".");
  SettingsSources sources = {
      .user_file = user_file, .folder = folder, .front_matter = front_matter, .article = path};
  Settings *settings = settings_new(manifest, &sources);
  free(user_file);
  free(folder);
  return settings;
}

char *setup_user_taggers(void)
{
  return under_config("taggers");
}

char *setup_trust_list(void)
{
  const char *dir = setup_paths()->state_dir;
  return dir ? path_join(dir, "trusted") : NULL;
}

typedef VEC_OF(char *) PathVec;

// Add the project that holds `path`, once.
static void add_project(PathVec *projects, const char *path)
{
  char *real = realpath(path, NULL), *root = real ? folder_marked_above(real) : NULL;
  for (size_t i = 0; root && i < projects->len; i++) {
    if (strcmp(projects->items[i], root)) continue;
    free(root);
    root = NULL;
  }
  if (root) vec_push(projects, root);
  free(real);
}

typedef struct HostParts { // of HostOptions, on the heap
  PathVec projects;
  char *user_dir, *trust_list;
} HostParts;

static HostOptions host_options(const SetupHost *how, HostParts *parts)
{
  char *inside = how->folder ? path_join(how->folder, "x") : NULL; // settings are looked up for an article
  *parts = (HostParts){.user_dir = setup_user_taggers(), .trust_list = setup_trust_list()};
  for (size_t i = 0; i < how->count; i++) add_project(&parts->projects, how->articles[i]);
  Settings *settings = setup_settings(how->manifest, inside, (Str){0});
  free(inside);
  return (HostOptions){.manifest = how->manifest,
                       .settings = settings,
                       .data_dir = setup_data_dir(),
                       .user_dir = parts->user_dir,
                       .trust_list = parts->trust_list,
                       .projects = (const char *const *)parts->projects.items,
                       .project_count = parts->projects.len,
                       .pipeline = how->pipeline,
                       .test = how->pipeline != NULL,
                       .remember = how->live,
                       .background = how->background};
}

static void host_parts_release(HostParts *parts)
{
  for (size_t i = 0; i < parts->projects.len; i++) free(parts->projects.items[i]);
  vec_release(&parts->projects);
  free(parts->user_dir);
  free(parts->trust_list);
}

Host *setup_host(const SetupHost *how)
{
  Error err;
  HostParts parts;
  HostOptions options = host_options(how, &parts);
  if (how->loud) say_issues(settings_issues(options.settings));
  options.folder = folderfacts_new();
  Host *host = host_new(&options, &err);
  if (err.code && how->loud) say("%s", err.text);
  host_parts_release(&parts);
  return host;
}

// --- scripts over an index

static SetupHost for_index(const Manifest *manifest, char **root)
{
  return (SetupHost){.manifest = manifest, .articles = root, .count = 1, .folder = *root, .background = true};
}

typedef struct Indexing { // one of its workers
  const Manifest *manifest;
  Host *host;
  char *folder;          // of the article before, whose settings are
  Settings *settings;    // these,
  uint64_t settings_now; // of this number
  Settings *own;         // of an article whose front matter speaks of newsmark; NULL: there was none
} Indexing;

static void *index_begin(void *ctx, const char *root)
{
  char *own = xstrdup(root);
  SetupHost how = for_index(ctx, &own);
  Indexing *self = xcalloc(1, sizeof *self);
  *self = (Indexing){.manifest = ctx, .host = setup_host(&how)};
  free(own);
  return self;
}

static bool speaks_of_newsmark(Str front)
{
  while (front.len)
    if (str_starts(str_trim(str_cut(&front, '\n')), STR("newsmark"))) return true;
  return false;
}

static bool index_inform(void *tagger, Str text, const char *path, uint64_t settings_now, ArticleInfo *info)
{
  Indexing *self = tagger;
  char *folder = path_dir(path);
  if (!self->folder || self->settings_now != settings_now || strcmp(self->folder, folder) != 0) {
    settings_free(self->settings);
    free(self->folder);
    self->settings = setup_settings(self->manifest, path, (Str){0});
    self->folder = folder;
    self->settings_now = settings_now;
  } else {
    free(folder);
  }
  const Settings *settings = self->settings;
  Str front =
      settings_front_matter(str_slice(text, 0, MOST_FRONT_MATTER < text.len ? MOST_FRONT_MATTER : text.len));
  if (speaks_of_newsmark(front)) {
    settings_free(self->own);
    settings = self->own = setup_settings(self->manifest, path, front);
  }
  info->lang = lang_of(settings_str(settings, "language"));
  info->dct = settings_str(settings, "date");
  return settings_bool(settings, "enabled", true);
}

static Annotations *index_tag(void *tagger, const Snapshot *text, Annotations *found, const char *path)
{
  Annotations *tagged = host_annotate(((Indexing *)tagger)->host, text, found, str_of(path));
  annotations_unref(found);
  return tagged;
}

static void index_end(void *tagger)
{
  Indexing *self = tagger;
  host_free(self->host);
  settings_free(self->settings);
  settings_free(self->own);
  free(self->folder);
  free(self);
}

// Which grammars of markup are there: with others the prose of a file may be another.
static uint64_t grammars_there(void)
{
  static const char *const files[] = {"grammars/html.so", "grammars/markdown.so"};
  uint64_t there = 0;
  for (size_t i = 0; i < ARRAY_LEN(files); i++) {
    char *path = path_join(setup_data_dir(), files[i]);
    there = there << 1 | path_exists(path);
    free(path);
  }
  return there;
}

static uint64_t index_stamp(void *ctx, const char *root)
{
  char *own = xstrdup(root);
  SetupHost how = for_index(ctx, &own);
  HostParts parts;
  HostOptions options = host_options(&how, &parts);
  uint64_t stamp = host_stamp(&options);
  stamp = stamp * 31 + str_hash(settings_str(options.settings, "language"));
  stamp = stamp * 31 + str_hash(settings_str(options.settings, "date"));
  stamp = stamp * 31 + settings_bool(options.settings, "enabled", true);
  stamp = stamp * 31 + grammars_there();
  settings_free(options.settings);
  host_parts_release(&parts);
  free(own);
  return stamp;
}

IndexTagger setup_index_tagger(const Manifest *manifest)
{
  return (IndexTagger){.begin = index_begin,
                       .inform = index_inform,
                       .tag = index_tag,
                       .end = index_end,
                       .stamp = index_stamp,
                       .ctx = (void *)(uintptr_t)manifest};
}

static const char *const *list_of(const Settings *settings, const char *name, Arena *arena)
{
  StrVec list = settings_list(settings, name);
  const char **out = arena_zalloc(arena, (list.len + 1) * sizeof *out);
  for (size_t i = 0; i < list.len; i++) out[i] = arena_dup(arena, list.items[i]).ptr;
  return out;
}

static void read_rules(void *manifest, const char *root, Arena *arena, CrawlRules *out)
{
  char *inside = path_join(root, "x"); // settings are looked up for an article
  Settings *settings = setup_settings(manifest, inside, (Str){0});
  *out = (CrawlRules){.extensions = list_of(settings, "index.extensions", arena),
                      .exclude = list_of(settings, "index.exclude", arena),
                      .max_bytes = (size_t)settings_int(settings, "index.max_mb", 16) << 20};
  settings_free(settings);
  free(inside);
}

IndexRules setup_index_rules(const Manifest *manifest)
{
  return (IndexRules){.read = read_rules, .ctx = (void *)(uintptr_t)manifest};
}

void setup_report_scripts(Host *host)
{
  Arena arena = {0};
  ScriptIssueVec issues = {0};
  host_issues(host, &arena, &issues);
  for (size_t i = 0; i < issues.len; i++)
    say(STR_FMT ":%zu: " STR_FMT, STR_ARG(issues.items[i].path), issues.items[i].line,
        STR_ARG(issues.items[i].text));
  arena_release(&arena);
}

Encoding setup_unit(const char *name)
{
  if (!strcmp(name, "utf8")) return ENC_UTF8;
  return !strcmp(name, "utf16") ? ENC_UTF16 : ENC_UTF32;
}

static bool read_all(int fd, StrBuf *into, Error *err)
{
  for (;;) {
    ssize_t got = read(fd, strbuf_grow(into, 65536), 65536);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_set(err, ERR_IO, "%s", strerror(errno));
    if (got == 0) return true;
    into->len += (size_t)got;
    if (into->len > MOST_BYTES) return error_set(err, ERR_LIMIT, "larger than %zu MB", MOST_BYTES >> 20);
  }
}

Snapshot *setup_read_file(const char *path, Error *err)
{
  bool standard = !path || !strcmp(path, "-");
  int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    error_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s", strerror(errno));
    return NULL;
  }
  StrBuf bytes = {0};
  struct stat info = {0};
  if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    close(fd);
    error_set(err, ERR_USAGE, "a folder, not an article ('newsmark export DIR' annotates all of a folder)");
    return NULL;
  }
  if (S_ISREG(info.st_mode) && info.st_size > 0 && (size_t)info.st_size <= MOST_BYTES)
    strbuf_grow(&bytes, (size_t)info.st_size + 65536); // one read, no copies
  bool ok = read_all(fd, &bytes, err);
  if (!standard) close(fd);
  if (!ok) {
    strbuf_release(&bytes);
    return NULL;
  }
  size_t len = bytes.len;
  return snapshot_take(strbuf_detach(&bytes), len);
}

// --- articles of a folder

bool setup_articles(const char *path, ArticlePaths *out)
{
  struct stat info;
  if (strcmp(path, "-") != 0 && stat(path, &info) != 0) {
    say("%s: %s", path, strerror(errno));
    return false;
  }
  if (strcmp(path, "-") == 0 || !S_ISDIR(info.st_mode)) {
    vec_push(out, xstrdup(path));
    return true;
  }
  size_t first = out->len;
  articles_below(path, out);
  for (size_t i = first; i < out->len; i++) {
    char *below = out->items[i];
    out->items[i] = path_join(path, below);
    free(below);
  }
  return true;
}

// `found` with what people decided about the article at `path` over it; "-" and folders without .newsmark/
// have nothing. The caller holds a reference.
static Annotations *lay_people(const char *path, const Snapshot *text, const Snapshot *prose,
                               const Annotations *found)
{
  KeptPaths kept = {0};
  if (!strcmp(path, "-") || !kept_paths(&kept, path, NULL)) return annotations_ref(found);
  const Registry *registry = kept_registry(kept.entities);
  const HumanLayer *layer = kept_layer(kept.marks, registry, text);
  Annotations *laid = overlay_lay(found, layer, prose);
  layer_unref(layer);
  registry_unref(registry);
  kept_paths_release(&kept);
  return laid;
}

static Str front_matter_of(const Snapshot *text, Arena *arena)
{
  size_t len = snapshot_len(text);
  return settings_front_matter(
      snapshot_read(text, 0, len < MOST_FRONT_MATTER ? len : MOST_FRONT_MATTER, arena));
}

// What is wrong in the article's own settings.
static void report_front_matter(const Settings *settings, const char *path)
{
  const ConfigIssueVec *issues = settings_issues(settings);
  for (size_t i = 0; i < issues->len; i++)
    if (str_is(issues->items[i].file, path))
      say("%s: front matter: " STR_FMT, path, STR_ARG(issues->items[i].text));
}

static Str either(const char *given, Str otherwise)
{
  return given ? str_of(given) : otherwise;
}

static void annotate(Loaded *self, const Reading *how, const char *path, const ArticleInfo *info)
{
  Analysis *analysis = analysis_new(how->pipeline);
  Annotations *plain = analysis_run(analysis, self->text, info, NULL);
  self->prose = snapshot_ref(plain->prose);
  self->machine =
      how->host ? host_annotate(how->host, self->prose, plain, info->path) : annotations_ref(plain);
  self->found = lay_people(path, self->text, self->prose, self->machine);
  annotations_unref(plain);
  analysis_free(analysis);
}

// Words of another encoding are read as well as they can be: what is not ASCII in them is lost.
static void report_encoding(const Snapshot *text, const char *path)
{
  Arena scratch = {0};
  Str bytes = snapshot_read(text, 0, snapshot_len(text), &scratch);
  size_t bad = utf8_first_invalid(bytes), line = 1;
  for (size_t i = 0; i < bad && bad < bytes.len; i++) line += bytes.ptr[i] == '\n';
  bool wide = str_starts(bytes, STR("\xFF\xFE")) || str_starts(bytes, STR("\xFE\xFF"));
  if (bad < bytes.len)
    say("%s:%zu: not UTF-8, so its letters beyond ASCII are lost; 'iconv -f %s -t UTF-8' may convert it",
        path, line, wide ? "UTF-16" : "WINDOWS-1252");
  arena_release(&scratch);
}

bool setup_load(Loaded *self, const Reading *how, const char *path, Error *err)
{
  *self = (Loaded){.text = setup_read_file(path, err)};
  if (!self->text) return false;
  Arena scratch = {0};
  bool is_file = strcmp(path, "-") != 0;
  Settings *settings =
      setup_settings(how->manifest, is_file ? path : NULL, front_matter_of(self->text, &scratch));
  if (is_file) report_front_matter(settings, path);
  report_encoding(self->text, is_file ? path : "standard input");
  ArticleInfo info = {.path = is_file ? str_of(path) : (Str){0},
                      .lang = lang_of(either(how->lang, settings_str(settings, "language"))),
                      .dct = either(how->dct, settings_str(settings, "date")),
                      .no_reported = how->no_reported};
  info.markup = markup_of(info.path, (Str){0});
  annotate(self, how, path, &info);
  if (!settings_bool(settings, "enabled", true)) self->machine->spans.len = self->found->spans.len = 0;
  settings_free(settings);
  arena_release(&scratch);
  return true;
}

void setup_unload(Loaded *self)
{
  snapshot_unref(self->text);
  snapshot_unref(self->prose);
  annotations_unref(self->machine);
  annotations_unref(self->found);
}
