// Each folder is listed and laid beside what the tree knows of it: files with another stamp are told as
// changed, names that are in the tree alone as gone. Folders are walked by an explicit stack: their depth is
// not ours to choose. .gitignore lists are kept for the folders on the way down; those above the root count
// where the root lies in a git repository.
#define _GNU_SOURCE // PATH_MAX
#include "index/crawl.h"

#include "config/paths.h"
#include "index/ignore.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <uv.h>

enum { MAX_BYTES = 16 << 20, SMALL_FILE_MAX = 1 << 20 };

typedef struct Step {
  TreeDir *dir;
  const Ignore *ignore; // of the folder above
  bool deep;            // all below is scanned as well
} Step;

struct Crawl {
  const char *root;
  const CrawlRules *rules;
  const CrawlEvents *events;
  TreeDir *tree;
  char *prefix; // the root's path inside its git repository, ending in '/'; "" where it is the top or none
  VEC_OF(Ignore *) lists; // all that this scan made; the first `base_lists` last as long as the Crawl
  size_t base_lists;
  const Ignore *base; // innermost list above the root, settings' globs innermost
  VEC_OF(Step) stack;
  StrBuf path, full,
      inside; // of the folder at hand: relative to the root, absolute, and inside the repository
  size_t seen;
};

static const char *const g_extensions[] = {"txt", "md", "markdown", "html", "htm", NULL};

// --- what is left out ---

static const Ignore *add_list(Crawl *self, const Ignore *above, Str base, Str text)
{
  Ignore *list = ignore_new(above, base, text);
  vec_push(&self->lists, list);
  return list;
}

// The bytes of a small file in `folder` ("…/"). False where there is none; of a larger one, its first part.
static bool read_small(Str folder, const char *name, StrBuf *text)
{
  StrBuf path = {0};
  strbuf_addf(&path, STR_FMT "%s", STR_ARG(folder), name);
  Error err = {0};
  bool ok = file_read(path.ptr, SMALL_FILE_MAX, text, &err) || err.code == ERR_LIMIT;
  strbuf_release(&path);
  return ok;
}

// The list of the .gitignore in `folder` ("…/"), below `above`; `above` where there is none. *hash: of its
// bytes.
static const Ignore *read_list(Crawl *self, const Ignore *above, Str folder, Str base, uint64_t *hash)
{
  StrBuf text = {0};
  read_small(folder, ".gitignore", &text);
  *hash = str_hash(strbuf_str(&text));
  if (text.len) above = add_list(self, above, base, strbuf_str(&text));
  strbuf_release(&text);
  return above;
}

static const Ignore *add_globs(Crawl *self, const Ignore *above, Str base, const char *const *glob)
{
  StrBuf globs = {0};
  for (; glob && *glob; glob++) strbuf_addf(&globs, "%s\n", *glob);
  if (globs.len) above = add_list(self, above, base, strbuf_str(&globs));
  strbuf_release(&globs);
  return above;
}

static bool same_globs(const char *const *a, const char *const *b)
{
  for (; a && b && *a && *b; a++, b++)
    if (strcmp(*a, *b) != 0) return false;
  return !(a && *a) && !(b && *b);
}

// What is left out in `dir`, whose paths are set, beside what is left out above: by its .gitignore, of which
// *hash tells, and by its own settings.
static const Ignore *lists_in(Crawl *self, const TreeDir *dir, const Ignore *above, uint64_t *hash)
{
  Str inside = strbuf_str(&self->inside);
  above = read_list(self, above, strbuf_str(&self->full), inside, hash);
  const CrawlRules *upper = dir->parent ? dir->parent->rules : NULL;
  if (!upper || !dir->rules || same_globs(dir->rules->exclude, upper->exclude)) return above;
  return add_globs(self, above, inside, dir->rules->exclude);
}

// The length of the path of the git repository that holds the root; 0 where there is none.
static size_t repository_len(const char *root)
{
  StrBuf probe = {0};
  size_t found = 0;
  for (size_t len = strlen(root); len > 0 && !found; len--) {
    if (root[len] != '\0' && root[len] != '/') continue;
    struct stat info;
    strbuf_reset(&probe);
    strbuf_addf(&probe, "%.*s/.git", (int)len, root);
    if (stat(probe.ptr, &info) == 0) found = len;
  }
  strbuf_release(&probe);
  return found;
}

static void read_base_lists(Crawl *self)
{
  size_t top = repository_len(self->root), len = strlen(self->root);
  StrBuf prefix = {0};
  if (top && top < len) strbuf_addf(&prefix, "%s/", self->root + top + 1);
  self->prefix = strbuf_detach(&prefix);
  // The folders from the repository's top down to the one above the root; the root's own list is read by the
  // scan.
  for (size_t at = top; top && at < len; at++) {
    if (self->root[at] != '/') continue;
    Str base = at > top ? str_slice(str_of(self->prefix), 0, at - top) : (Str){0};
    uint64_t hash;
    self->base = read_list(self, self->base, (Str){self->root, at + 1}, base, &hash);
  }
  self->base = add_globs(self, self->base, str_of(self->prefix), self->rules->exclude);
  self->base_lists = self->lists.len;
}

static bool wanted_extension(const TreeDir *dir, Str name)
{
  const char *const *list = dir->rules->extensions ? dir->rules->extensions : g_extensions;
  size_t dot = name.len;
  while (dot && name.ptr[dot - 1] != '.') dot--;
  if (!dot) return false;
  for (; *list; list++) {
    size_t i = 0, len = strlen(*list);
    if (len != name.len - dot) continue;
    for (; i < len; i++) {
      char c = name.ptr[dot + i];
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != (*list)[i]) break;
    }
    if (i == len) return true;
  }
  return false;
}

// --- one folder ---

// A Str of `dir path + name`, in buf, which is cut back to `keep` first.
static Str with_name(StrBuf *buf, size_t keep, const char *name)
{
  buf->len = keep;
  strbuf_add(buf, str_of(name));
  return strbuf_str(buf);
}

static void tell_problem(const Crawl *self, Str path, int uv_error)
{
  self->events->problem(self->events->ud, path, uv_strerror(uv_error));
}

static FileStamp stamp_of(const uv_stat_t *info)
{
  return (FileStamp){.mtime_ns = (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec,
                     .size = info->st_size,
                     .inode = info->st_ino};
}

static void see_file(Crawl *self, TreeDir *dir, const char *name, Str path, const uv_stat_t *info)
{
  size_t max = dir->rules->max_bytes ? dir->rules->max_bytes : MAX_BYTES;
  FileStamp stamp = crawl_stamp(stamp_of(info), dir->settings);
  bool is_new;
  TreeFile *file = tree_file(dir, str_of(name), &is_new);
  file->seen = true;
  self->seen++;
  if (stamp_eq(file->stamp, stamp)) return;
  file->stamp = stamp;
  if (stamp.size > max) {
    char why[80];
    snprintf(why, sizeof why, "larger than %zu MB, left out", max >> 20);
    self->events->problem(self->events->ud, path, why);
    if (!is_new) self->events->gone(self->events->ud, path);
    return;
  }
  self->events->changed(self->events->ud, dir, path, stamp, file->hash);
  file->hash = 0; // read anew by whoever was told; after that only the index knows
}

// Another folder under a known name, moved or made there, is listed like a new one, and so is all below it:
// what is known of the files stays until then.
static void see_folder(TreeDir *dir, const char *name, uint64_t inode)
{
  bool is_new;
  TreeDir *child = tree_child(dir, str_of(name), &is_new);
  child->seen = true;
  if (child->inode != inode) child->listed = false;
  child->inode = inode;
}

// What cannot be looked at stays what it was. Of a folder its own listing will tell.
static void keep_entry(Crawl *self, TreeDir *dir, const char *name, Str path, bool is_dir, int why)
{
  bool is_new;
  if (is_dir)
    tree_child(dir, str_of(name), &is_new)->seen = true;
  else
    tree_file(dir, str_of(name), &is_new)->seen = true;
  if (!is_dir) tell_problem(self, path, why);
}

// An entry of the folder at hand. Its kind is the listing's where that knows it.
static void see_entry(Crawl *self, TreeDir *dir, const Ignore *ignore, const uv_dirent_t *entry)
{
  if (entry->name[0] == '.') return;
  bool may_be_file = entry->type == UV_DIRENT_FILE || entry->type == UV_DIRENT_UNKNOWN;
  bool may_be_dir = entry->type == UV_DIRENT_DIR || entry->type == UV_DIRENT_UNKNOWN;
  if (!may_be_dir && !(may_be_file && wanted_extension(dir, str_of(entry->name)))) return;
  size_t path_len = self->path.len, full_len = self->full.len, inside_len = self->inside.len;
  Str path = with_name(&self->path, path_len, entry->name);
  Str inside = with_name(&self->inside, inside_len, entry->name);
  with_name(&self->full, full_len, entry->name);
  bool is_dir = entry->type == UV_DIRENT_DIR;
  if (!ignore_match(ignore, inside, is_dir)) {
    uv_fs_t req;
    int status = uv_fs_lstat(NULL, &req, self->full.ptr, NULL);
    if (status == 0) {
      const uv_stat_t *info = &req.statbuf;
      if (S_ISREG(info->st_mode) && wanted_extension(dir, str_of(entry->name)))
        see_file(self, dir, entry->name, path, info);
      else if (S_ISDIR(info->st_mode) && (is_dir || !ignore_match(ignore, inside, true)))
        see_folder(dir, entry->name, info->st_ino);
    } else if (status != UV_ENOENT) {
      keep_entry(self, dir, entry->name, path, is_dir, status);
    }
    uv_fs_req_cleanup(&req);
  }
  self->path.len = path_len;
  self->full.len = full_len;
  self->inside.len = inside_len;
}

// Tell of every file of `dir` and below as gone.
static void tell_gone(Crawl *self, const TreeDir *dir)
{
  StrBuf path = {0};
  tree_path(dir, &path);
  size_t len = path.len;
  for (size_t i = 0; i < dir->files.len; i++)
    self->events->gone(self->events->ud, with_name(&path, len, dir->files.items[i].name));
  strbuf_release(&path);
  for (size_t i = 0; i < dir->dirs.len; i++) tell_gone(self, dir->dirs.items[i]);
}

static void drop_unseen(Crawl *self, TreeDir *dir)
{
  size_t len = self->path.len;
  for (size_t i = dir->files.len; i-- > 0;) {
    if (dir->files.items[i].seen) continue;
    self->events->gone(self->events->ud, with_name(&self->path, len, dir->files.items[i].name));
    tree_drop_file(dir, i);
  }
  self->path.len = len;
  for (size_t i = dir->dirs.len; i-- > 0;) {
    TreeDir *child = dir->dirs.items[i];
    if (child->seen) continue;
    tell_gone(self, child);
    if (self->events->folder_gone) self->events->folder_gone(self->events->ud, child);
    tree_drop_child(dir, i);
  }
}

static bool stopped(const Crawl *self)
{
  return self->events->stopped && self->events->stopped(self->events->ud);
}

static void set_paths(Crawl *self, const TreeDir *dir)
{
  strbuf_reset(&self->path);
  tree_path(dir, &self->path);
  Str path = strbuf_str(&self->path);
  strbuf_reset(&self->full);
  strbuf_addf(&self->full, "%s/", self->root);
  strbuf_add(&self->full, path);
  strbuf_reset(&self->inside);
  strbuf_add(&self->inside, str_of(self->prefix));
  strbuf_add(&self->inside, path);
}

// Read what the settings say in `dir`, whose paths are set. True: it is something else than before.
static bool read_settings(Crawl *self, TreeDir *dir)
{
  uint64_t before = dir->settings;
  bool known = dir->rules;
  StrBuf text = {0};
  if (!dir->parent) {
    dir->rules = self->rules;
    return false;
  }
  const CrawlRules *upper = dir->parent->rules ? dir->parent->rules : self->rules;
  dir->settings = dir->parent->settings;
  if (!read_small(strbuf_str(&self->full), ".newsmark.toml", &text)) {
    dir->rules = upper;
  } else {
    dir->settings = (dir->settings * 31 + str_hash(strbuf_str(&text))) | 1;
    if (!known || dir->settings != before)
      dir->rules = self->events->rules ? self->events->rules(self->events->ud, self->full.ptr) : upper;
  }
  strbuf_release(&text);
  return known && dir->settings != before;
}

// List the folder of `step`, whose paths are set; step->ignore becomes the list that holds inside it, and
// step->deep is set where that is another one than before. 0, or libuv's error.
static int scan_one(Crawl *self, Step *step)
{
  TreeDir *dir = step->dir;
  if (self->events->folder) self->events->folder(self->events->ud, dir, self->full.ptr);
  uv_fs_t req;
  int count = uv_fs_scandir(NULL, &req, self->full.ptr, 0, NULL);
  if (count >= 0) {
    uint64_t before = dir->ignore;
    step->ignore = lists_in(self, dir, step->ignore, &dir->ignore);
    step->deep |= dir->listed && dir->ignore != before;
    dir->listed = true;
    for (size_t i = 0; i < dir->files.len; i++) dir->files.items[i].seen = false;
    for (size_t i = 0; i < dir->dirs.len; i++) dir->dirs.items[i]->seen = false;
    uv_dirent_t entry;
    while (uv_fs_scandir_next(&req, &entry) != UV_EOF && !stopped(self))
      see_entry(self, dir, step->ignore, &entry);
    if (!stopped(self)) drop_unseen(self, dir);
  }
  uv_fs_req_cleanup(&req);
  return count < 0 ? count : 0;
}

// --- all of it ---

Crawl *crawl_new(const char *root, const CrawlRules *rules, const CrawlEvents *events, TreeDir *tree)
{
  Crawl *self = xcalloc(1, sizeof *self);
  *self = (Crawl){.root = root, .rules = rules, .events = events, .tree = tree};
  read_base_lists(self);
  return self;
}

static void drop_lists(Crawl *self, size_t keep)
{
  while (self->lists.len > keep) ignore_free(self->lists.items[--self->lists.len]);
}

void crawl_free(Crawl *self)
{
  if (!self) return;
  drop_lists(self, 0);
  vec_release(&self->lists);
  vec_release(&self->stack);
  strbuf_release(&self->path);
  strbuf_release(&self->full);
  strbuf_release(&self->inside);
  free(self->prefix);
  free(self);
}

// The lists from the root down to the folder above `dir`.
static const Ignore *lists_above(Crawl *self, const TreeDir *dir)
{
  if (!dir->parent) return self->base;
  const Ignore *above = lists_above(self, dir->parent);
  uint64_t hash;
  set_paths(self, dir->parent);
  return lists_in(self, dir->parent, above, &hash);
}

bool crawl_scan(Crawl *self, TreeDir *dir, bool deep, Error *err)
{
  self->stack.len = 0;
  vec_push(&self->stack, (Step){dir, lists_above(self, dir), deep});
  bool ok = true;
  while (self->stack.len && !stopped(self)) {
    Step step = self->stack.items[--self->stack.len];
    set_paths(self, step.dir);
    step.deep |= read_settings(self, step.dir);
    int status = scan_one(self, &step);
    if (status < 0 && !step.dir->parent)
      ok = error_set(err, ERR_IO, "%s", uv_strerror(status));
    else if (status < 0 && status != UV_ENOENT)
      tell_problem(self, strbuf_str(&self->path), status);
    if (status < 0) continue;
    for (size_t i = step.dir->dirs.len; i-- > 0;) {
      TreeDir *child = step.dir->dirs.items[i];
      if (step.deep || !child->listed) vec_push(&self->stack, (Step){child, step.ignore, step.deep});
    }
  }
  drop_lists(self, self->base_lists);
  return ok;
}

size_t crawl_seen(const Crawl *self)
{
  return self->seen;
}
