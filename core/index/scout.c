// The crawl tells what changed in a folder, inotify which folders to crawl. Events come on the scout's loop
// and only note what is dirty; between them, a tenth of a second after the first, all of it is scanned at
// once.
#include "index/scout.h"

#include "base/clock.h"
#include "index/people.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  SETTLE_MS = 100,      // after a change is heard of: more of them come together
  SLOW_SCAN_MS = 60000, // where folders cannot be watched
  LOOK_MS = 1000,       // for a folder that is not where it was
  RENEW_MS = 2000,      // without news of settings and scripts: people save them many times
  MANY = 64,            // files to be read: progress is of interest
  MISSED_MAX = 3,       // times that a file which cannot be found is looked for
};

// --- rules and scripts

static uint64_t hash_list(const char *const *list)
{
  uint64_t hash = 0;
  for (; list && *list; list++) hash = hash * 31 + str_hash(str_of(*list));
  return hash;
}

static uint64_t read_rules(const Indexer *indexer, Arena *arena, CrawlRules *out)
{
  const IndexRules *rules = indexer->options.rules;
  *out = (CrawlRules){0};
  if (rules) rules->read(rules->ctx, indexer->folder.root, arena, out);
  return (hash_list(out->extensions) * 31 + hash_list(out->exclude)) * 31 + out->max_bytes;
}

static uint64_t read_scripts(const Indexer *indexer)
{
  const IndexTagger *tagger = indexer->options.tagger;
  return tagger ? tagger->stamp(tagger->ctx, indexer->folder.root) : 0;
}

// Where there was news of rules or scripts, and none since for a while: whether another session is to begin.
static void hear_rules(Scout *self)
{
  Indexer *indexer = self->indexer;
  uint64_t since = atomic_load(&indexer->renew_ns);
  if (!since || clock_ns() - since < RENEW_MS * (uint64_t)1000000 ||
      !atomic_compare_exchange_strong(&indexer->renew_ns, &since, 0))
    return;
  Arena arena = {0};
  CrawlRules rules;
  self->again |= read_rules(indexer, &arena, &rules) != self->rules || read_scripts(indexer) != self->scripts;
  arena_release(&arena);
}

// --- what the crawl finds ---

static void send_job(Scout *self, Str path, Job job_is)
{
  Indexer *indexer = self->indexer;
  Job *job = xcalloc(1, sizeof *job);
  *job = job_is;
  job->path = str_dup(path);
  atomic_fetch_add(&indexer->pending, 1);
  if (!job->gone) atomic_fetch_add(&indexer->queued, 1);
  if (!queue_push(indexer->jobs, job, sizeof *job + path.len, str_hash(path) | 1)) job_free(job);
}

static void on_file_gone(void *ud, Str path)
{
  send_job(ud, path, (Job){.gone = true});
}
static void on_problem(void *ud, Str path, const char *why)
{
  indexer_problem(((Scout *)ud)->indexer, path, why);
}

static const CrawlRules *on_rules(void *ud, const char *full_path)
{
  Scout *self = ud;
  const IndexRules *rules = self->indexer->options.rules;
  if (!rules) return &self->indexer->rules;
  CrawlRules *own = arena_zalloc(&self->arena, sizeof *own);
  rules->read(rules->ctx, full_path, &self->arena, own);
  return own;
}

// --- how much there is to do: asked once there is much to read, so that workers do not wait for it

static void pass_file(void *ud, const TreeDir *dir, Str path, FileStamp stamp, uint64_t hash)
{
  (void)ud, (void)dir, (void)path, (void)stamp, (void)hash;
}
static void pass_gone(void *ud, Str path)
{
  (void)ud, (void)path;
}
static void pass_problem(void *ud, Str path, const char *why)
{
  (void)ud, (void)path, (void)why;
}
static bool on_count_stopped(void *ud)
{
  return atomic_load(&((Scout *)ud)->indexer->cancel);
}

// How many files there are, by a walk that does nothing else: the scan itself is held up by what is to be
// read.
static size_t count_files(Scout *self)
{
  TreeDir *tree = tree_new();
  CrawlEvents events = {.ud = self,
                        .changed = pass_file,
                        .gone = pass_gone,
                        .problem = pass_problem,
                        .rules = on_rules,
                        .stopped = on_count_stopped};
  Crawl *crawl = crawl_new(self->indexer->folder.root, &self->indexer->rules, &events, tree);
  crawl_scan(crawl, tree, true, NULL);
  size_t count = crawl_seen(crawl);
  crawl_free(crawl);
  tree_free(tree);
  return count;
}

static void on_file_changed(void *ud, const TreeDir *dir, Str path, FileStamp stamp, uint64_t hash)
{
  Scout *self = ud;
  if (++self->sent == MANY) atomic_store(&self->indexer->expected, count_files(self));
  send_job(
      ud, path,
      (Job){.stamp = stamp, .hash = hash, .settings = dir->settings, .max_bytes = dir->rules->max_bytes});
}

// --- in between

static bool on_stopped(void *ud)
{
  Scout *self = ud;
  atomic_store(&self->indexer->seen, crawl_seen(self->crawl));
  hear_rules(self);
  return self->again || atomic_load(&self->indexer->cancel);
}

// --- watching ---

static void on_settled(uv_timer_t *timer)
{
  uv_stop(timer->loop);
}

static void soon(Scout *self)
{
  if (!uv_is_active((uv_handle_t *)&self->settle)) uv_timer_start(&self->settle, on_settled, SETTLE_MS, 0);
}

static TreeDir *dir_of(const Scout *self, int number)
{
  return (size_t)number < self->by_number.len ? self->by_number.items[number] : NULL;
}

static void on_folder_changed(void *ud, int number)
{
  Scout *self = ud;
  if (number == self->home_number) {
    self->check_home = true;
    soon(self);
    return;
  }
  for (size_t i = 0; i < self->people_numbers.len; i++)
    self->people |= self->people_numbers.items[i] == number;
  if (self->people || number == self->tree->watch) atomic_store(&self->indexer->renew_ns, clock_ns());
  bool known = dir_of(self, number);
  if (!known && !self->people) return;
  if (known && (!self->dirty.len || self->dirty.items[self->dirty.len - 1] != number))
    vec_push(&self->dirty, number);
  soon(self);
}

// What was to be read in it meanwhile may not have been found.
static void on_folder_moved(void *ud, int number)
{
  Scout *self = ud;
  if (dir_of(self, number)) vec_push(&self->renamed, number);
  on_folder_changed(ud, number);
}

// There may be another folder under its name by now, with the same inode.
static void on_watch_ended(void *ud, int number)
{
  Scout *self = ud;
  TreeDir *dir = dir_of(self, number);
  if (number == self->home_number) on_folder_changed(ud, number);
  if (!dir) return;
  dir->watch = -1;
  dir->listed = false;
  self->by_number.items[number] = NULL;
  if (dir->parent && dir->parent->watch >= 0)
    vec_push(&self->dirty, dir->parent->watch);
  else
    self->overflow = true;
  soon(self);
}

static void on_overflow(void *ud)
{
  Scout *self = ud;
  self->overflow = true;
  soon(self);
}

static void on_slow_scan(uv_timer_t *timer)
{
  Scout *self = timer->data;
  self->overflow = true;
  uv_stop(timer->loop);
}

// Some folders are not watched: said once, then everything is scanned from time to time.
static void go_slow(Scout *self, const char *why)
{
  if (self->partial) return;
  self->partial = true;
  indexer_problem(self->indexer, (Str){0}, why);
  uv_timer_start(&self->slow, on_slow_scan, SLOW_SCAN_MS, SLOW_SCAN_MS);
}

static void stop_watching(Scout *self, TreeDir *dir)
{
  if (dir->watch < 0) return;
  self->by_number.items[dir->watch] = NULL;
  watch_remove(self->watch, dir->watch);
  dir->watch = -1;
}

// The folder of this name may be another one than was watched.
static void on_folder(void *ud, TreeDir *dir, const char *full_path)
{
  Scout *self = ud;
  if (!self->watch) return;
  Error err = {0};
  int number = watch_add(self->watch, full_path, WATCH_ALL, &err);
  if (number < 0) {
    if (err.code == ERR_LIMIT) go_slow(self, err.text);
    return;
  }
  if (number == dir->watch) return;
  stop_watching(self, dir);
  while (self->by_number.len <= (size_t)number) vec_push(&self->by_number, NULL);
  TreeDir *other =
      self->by_number.items[number]; // the same folder, met at its old place before it was moved here
  if (other) other->watch = -1;
  self->by_number.items[number] = dir;
  dir->watch = number;
}

static void on_folder_gone(void *ud, TreeDir *dir)
{
  Scout *self = ud;
  for (size_t i = 0; i < dir->dirs.len; i++) on_folder_gone(ud, dir->dirs.items[i]);
  stop_watching(self, dir);
}

// --- the human layer ---

static void on_people_folder(void *ud, const char *full_path)
{
  Scout *self = ud;
  int number = self->watch ? watch_add(self->watch, full_path, WATCH_ALL, NULL) : -1;
  bool known = number < 0;
  for (size_t i = 0; i < self->people_numbers.len; i++) known |= self->people_numbers.items[i] == number;
  if (!known) vec_push(&self->people_numbers, number);
}

static void on_decided_stored(void *ud, Str path)
{
  Scout *self = ud;
  store_read_again(self->indexer->store, path, NULL); // before the tree is loaded
}

static void read_again(Scout *self, Str path, bool missed)
{
  size_t name = path.len;
  while (name && path.ptr[name - 1] != '/') name--;
  bool is_new;
  TreeDir *dir = tree_dir(self->tree, str_slice(path, 0, name));
  TreeFile *file = tree_file(dir, str_slice(path, name, path.len), &is_new);
  if (missed && file->missed++ == MISSED_MAX) return;
  file->stamp = (FileStamp){.mtime_ns = STAMP_RACY};
  file->hash = 0;
  if (dir->watch >= 0)
    vec_push(&self->dirty, dir->watch);
  else
    self->overflow = true;
}

static void on_decided(void *ud, Str path)
{
  read_again(ud, path, false);
}

static void hear_missed(Scout *self)
{
  Indexer *indexer = self->indexer;
  uv_mutex_lock(&indexer->lock);
  char **items = indexer->missed.items;
  size_t len = indexer->missed.len;
  indexer->missed.items = NULL;
  indexer->missed.len = indexer->missed.cap = 0;
  uv_mutex_unlock(&indexer->lock);
  for (size_t i = 0; i < len; i++) {
    read_again(self, str_of(items[i]), true);
    free(items[i]);
  }
  free(items);
}

static void walk_people(Scout *self, void (*decided)(void *, Str))
{
  PeopleEvents events = {self, decided, on_people_folder};
  int64_t now_ns = people_now_ns();
  bool clock_went_back = self->people_ns > now_ns; // then times say nothing: everything may be new
  people_walk(self->indexer->folder.root, clock_went_back ? 0 : self->people_ns, &events);
  self->people_ns = now_ns;
}

// Whether people decided something, in folders that may be new, too: the articles it is about are dirty, or,
// where it is who is who, the session ends.
static void hear_people(Scout *self)
{
  StrBuf who = {0};
  self->people = false;
  people_read(self->indexer->folder.root, &who);
  self->again |= !str_eq(strbuf_str(&who), strbuf_str(&self->who));
  strbuf_release(&who);
  if (!self->again) walk_people(self, on_decided);
}

// --- scanning ---

static void on_look(uv_timer_t *timer)
{
  Scout *self = timer->data;
  if (access(self->indexer->folder.root, R_OK | X_OK) != 0) return;
  self->lost = false;
  self->overflow = true;
  atomic_store(&self->indexer->renew_ns, clock_ns());
  uv_timer_stop(timer);
  uv_stop(timer->loop);
}

// The folder was renamed or deleted, or its disk is away: what is known of it stays, until it comes back.
static void lose_folder(Scout *self, const char *why)
{
  self->dirty.len = self->renamed.len = 0;
  if (self->lost) return;
  self->lost = true;
  indexer_problem(self->indexer, (Str){0}, why);
  if (self->indexer->options.watch) uv_timer_start(&self->look, on_look, LOOK_MS, LOOK_MS);
}

static void scan(Scout *self, TreeDir *dir, bool deep)
{
  Error err = {0};
  if (!crawl_scan(self->crawl, dir, deep, &err)) lose_folder(self, err.text);
  atomic_store(&self->indexer->seen, crawl_seen(self->crawl));
}

static void begin_scan(Indexer *indexer)
{
  atomic_store(&indexer->scanning, true);
  atomic_store(&indexer->state, INDEX_SCANNING);
}

static void end_scan(Indexer *indexer)
{
  atomic_store(&indexer->scanning, false);
  Result *flush = xcalloc(1, sizeof *flush);
  flush->kind = RESULT_FLUSH;
  if (!queue_push(indexer->results, flush, result_bytes(flush), 0)) result_free(flush);
  indexer_notify(indexer);
}

static int compare_numbers(const void *a, const void *b)
{
  int x = *(const int *)a, y = *(const int *)b;
  return (x > y) - (x < y);
}

// Each folder once, whatever happened in it, and most often after the one that holds it: its number is
// greater.
static void scan_dirty(Scout *self)
{
  if (self->dirty.len) qsort(self->dirty.items, self->dirty.len, sizeof *self->dirty.items, compare_numbers);
  begin_scan(self->indexer);
  bool all = self->overflow || atomic_exchange(&self->indexer->rescan, false);
  self->overflow = false;
  if (all) scan(self, self->tree, true);
  for (size_t i = 0; !all && i < self->renamed.len; i++) {
    TreeDir *dir = self->by_number.items[self->renamed.items[i]];
    if (dir) scan(self, dir, true);
  }
  self->renamed.len = 0;
  for (size_t i = 0; !all && i < self->dirty.len; i++) {
    bool once = !i || self->dirty.items[i] != self->dirty.items[i - 1];
    TreeDir *dir = once ? self->by_number.items[self->dirty.items[i]] : NULL;
    if (dir) scan(self, dir, false);
  }
  self->dirty.len = 0;
  end_scan(self->indexer);
}

// Device and inode of the database in its place; 0, 0: there is none.
static void see_database(const Indexer *indexer, uint64_t found[2])
{
  struct stat info;
  bool there = stat(indexer->folder.db, &info) == 0;
  found[0] = there ? (uint64_t)info.st_dev : 0;
  found[1] = there ? (uint64_t)info.st_ino : 0;
}

// An index may be deleted at any time: where that happened to the one that is open, another session makes a
// new one.
static void check_home(Scout *self)
{
  uint64_t found[2];
  see_database(self->indexer, found);
  self->check_home = false;
  self->moved = !found[1] || memcmp(found, self->database, sizeof found) != 0;
  self->again |= self->moved;
}

static void watch_until_stopped(Scout *self)
{
  Indexer *indexer = self->indexer;
  check_home(self);
  while (!atomic_load(&indexer->cancel) && !self->again) {
    if (atomic_load(&indexer->renew_ns)) uv_timer_start(&self->renew, on_settled, RENEW_MS + 1, 0);
    uv_run(&indexer->scout_loop, UV_RUN_DEFAULT); // until something calls uv_stop()
    if (access(indexer->folder.root, F_OK) != 0)
      lose_folder(self, uv_strerror(uv_translate_sys_error(errno)));
    if (self->lost) continue;
    hear_missed(self);
    hear_rules(self);
    if (self->check_home) check_home(self);
    bool changed = self->overflow || self->dirty.len || atomic_load(&indexer->rescan);
    if (changed || self->people) hear_people(self);
    if (!self->again && (changed || self->overflow || self->dirty.len)) scan_dirty(self);
  }
}

// --- the length of a session ---

void scout_init(Scout *self, Indexer *indexer)
{
  *self = (Scout){.indexer = indexer, .tree = tree_new(), .home_number = -1};
  begin_scan(indexer); // before what is pending is counted anew: nobody may take that for the end
  uv_timer_init(&indexer->scout_loop, &self->settle);
  uv_timer_init(&indexer->scout_loop, &self->slow);
  uv_timer_init(&indexer->scout_loop, &self->renew);
  uv_timer_init(&indexer->scout_loop, &self->look);
  self->slow.data = self->look.data = self;
  atomic_store(&indexer->renew_ns, 0); // before they are read: what comes later is news
  self->rules = read_rules(indexer, &self->arena, &indexer->rules);
  self->scripts = read_scripts(indexer);
}

static void load_file(void *ud, Str path, FileStamp stamp, uint64_t hash)
{
  size_t name = path.len;
  while (name && path.ptr[name - 1] != '/') name--;
  bool is_new;
  TreeFile *file =
      tree_file(tree_dir(ud, str_slice(path, 0, name)), str_slice(path, name, path.len), &is_new);
  file->stamp = stamp;
  file->hash = hash;
}

bool scout_load(Scout *self, Error *err)
{
  Indexer *indexer = self->indexer;
  see_database(indexer, self->database);
  people_read(indexer->folder.root, &self->who);
  self->people_ns = store_people_ns(indexer->store);
  walk_people(self, on_decided_stored);
  return store_people(indexer->store, strbuf_str(&self->who), err) &&
         store_set_people_ns(indexer->store, self->people_ns, err) &&
         store_set_ready(indexer->store, false, err) && store_commit(indexer->store, err) &&
         store_each_file(indexer->store, load_file, self->tree, err);
}

void scout_run(Scout *self)
{
  Indexer *indexer = self->indexer;
  WatchEvents watch_events = {self, on_folder_changed, on_folder_moved, on_watch_ended, on_overflow};
  CrawlEvents events = {.ud = self,
                        .changed = on_file_changed,
                        .gone = on_file_gone,
                        .problem = on_problem,
                        .folder = on_folder,
                        .folder_gone = on_folder_gone,
                        .rules = on_rules,
                        .stopped = on_stopped};
  Error err = {0};
  if (indexer->options.watch) {
    self->watch = watch_new(&indexer->scout_loop, &watch_events, &err);
    if (!self->watch) go_slow(self, err.text);
  }
  self->crawl = crawl_new(indexer->folder.root, &indexer->rules, &events, self->tree);
  if (self->watch) {
    self->home_number = watch_add(self->watch, indexer->folder.home, WATCH_REMOVALS, NULL);
    walk_people(self, on_decided);
  }
  scan(self, self->tree, true);
  if (!self->again) end_scan(indexer);
  if (indexer->options.watch) watch_until_stopped(self);
  crawl_free(self->crawl);
  uv_timer_stop(&self->settle);
  uv_timer_stop(&self->slow);
  uv_timer_stop(&self->renew);
  uv_timer_stop(&self->look);
  watch_close(self->watch);
}

void scout_release(Scout *self)
{
  tree_free(self->tree);
  vec_release(&self->by_number);
  vec_release(&self->dirty);
  vec_release(&self->renamed);
  vec_release(&self->people_numbers);
  strbuf_release(&self->who);
  arena_release(&self->arena);
  uv_close((uv_handle_t *)&self->settle, NULL);
  uv_close((uv_handle_t *)&self->slow, NULL);
  uv_close((uv_handle_t *)&self->renew, NULL);
  uv_close((uv_handle_t *)&self->look, NULL);
}
