// The scripts on disk: a slot for every file, found again by its path when the folders are read anew. A
// script of the user's takes the place of the shipped one of its name; a project's does so for the project's
// articles (host.c). All of this runs under Host.running, so that no tagger is at work; what others may read
// changes under Host.lock, which is not held while scripts load and their tests run.
#define _XOPEN_SOURCE 700
#include "script/host_p.h"

#include "base/log.h"
#include "config/paths.h"
#include "config/trust.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#define LOAD_TESTS 20 // of a script, when it is loaded
#define PROJECT_DIR ".newsmark/taggers"

// --- slots

void slot_set_issue(Slot *slot, const Fault *fault, const char *about)
{
  free(slot->issue);
  free(slot->trace);
  slot->issue = slot->trace = NULL;
  slot->issue_line = 0;
  if (!fault) return;
  StrBuf text = {0};
  strbuf_addf(&text, "%s%s%s", fault->text, about ? ", in " : "", about ? about : "");
  slot->issue = strbuf_detach(&text);
  slot->trace = xstrdup(fault->trace);
  slot->issue_line = fault->line;
  if (!slot->quiet || about) log_line(LOG_INFO, "%s:%zu: %s", slot->path, slot->issue_line, slot->issue);
}

void slot_free(Slot *slot)
{
  tagger_free(slot->tagger);
  slot_set_issue(slot, NULL, NULL);
  free(slot->id);
  free(slot->path);
  free(slot->root);
  free(slot);
}

bool slot_runs(const Slot *slot)
{
  return slot->tagger && !slot->stopped;
}

// --- loading one

static uint64_t mix(uint64_t hash, uint64_t more)
{
  return (hash ^ more) * 0x9e3779b97f4a7c15u + 1;
}

static uint64_t file_stamp(const char *path)
{
  struct stat info;
  if (stat(path, &info) != 0) return 0;
  return mix(mix(mix((uint64_t)info.st_mtim.tv_sec, (uint64_t)info.st_mtim.tv_nsec), (uint64_t)info.st_size),
             (uint64_t)info.st_ino);
}

// Of the script and of all in the folder data/ beside it, in any order; never 0.
static uint64_t slot_stamp(const Slot *slot)
{
  uint64_t stamp = file_stamp(slot->path);
  char *dir = path_dir(slot->path), *data = path_join(dir, "data");
  DIR *stream = opendir(data);
  for (struct dirent *entry; stream && (entry = readdir(stream));) {
    if (entry->d_name[0] == '.') continue;
    char *path = path_join(data, entry->d_name);
    stamp += mix(file_stamp(path), str_hash(str_of(entry->d_name)));
    free(path);
  }
  if (stream) closedir(stream);
  free(data);
  free(dir);
  return stamp ? stamp : 1;
}

// False where the script's own tests fail; the first difference is the fault.
static bool passes_tests(const Host *self, Tagger *tagger, Fault *fault)
{
  Arena arena = {0};
  TestOutcomeVec outcomes = {0};
  size_t failed = self->test ? tagger_run_tests(tagger, self->pipeline, LOAD_TESTS, &arena, &outcomes) : 0;
  for (size_t i = 0; i < outcomes.len && failed; i++) {
    if (outcomes.items[i].passed) continue;
    *fault = (Fault){.kind = FAULT_ERROR, .line = tagger->line};
    snprintf(fault->text, sizeof fault->text, "test %zu of its %zu fails: " STR_FMT, outcomes.items[i].number,
             outcomes.len, STR_ARG(str_trim(outcomes.items[i].diff)));
    break;
  }
  arena_release(&arena);
  return failed == 0;
}

// Load the slot's script. A version that fails, or whose tests fail, does not replace one that works; the
// first version runs in spite of its tests, which the issue tells.
static void slot_load(Host *self, Slot *slot, Str script)
{
  Fault fault = {0};
  TaggerSource source = {str_of(slot->id), slot->path, self->prelude, script, slot->budget, slot->quiet};
  Tagger *fresh = tagger_new(&source, &fault), *old = NULL;
  bool good = fresh && passes_tests(self, fresh, &fault);
  if (fresh && self->remember) fresh->memo = memo_new();
  pthread_mutex_lock(&self->lock);
  slot->waits = false;
  slot_set_issue(slot, good ? NULL : &fault, NULL);
  if (good || (fresh && !slot->tagger)) {
    old = slot->tagger;
    slot->tagger = fresh;
    slot->stopped = false;
    slot->overruns = 0;
  } else {
    old = fresh;
  }
  pthread_mutex_unlock(&self->lock);
  tagger_free(old);
}

// A project's script that is not trusted as it is now. What ran before goes on, unless the trust was
// withdrawn.
static void slot_wait(Host *self, Slot *slot, bool trusted_before)
{
  Fault fault = {.line = 1};
  Tagger *old = NULL;
  snprintf(fault.text, sizeof fault.text, "%s: look at it, then 'newsmark trust %s', or :Newsmark trust",
           trusted_before ? "it changed since you trusted it, and does not run as it is now"
                          : "it came with this folder, and does not run until you trust it",
           slot->path);
  pthread_mutex_lock(&self->lock);
  if (!trusted_before) {
    old = slot->tagger;
    slot->tagger = NULL;
  }
  if (!slot->waits) slot_set_issue(slot, &fault, NULL);
  slot->waits = true;
  slot->trusted = trusted_before;
  pthread_mutex_unlock(&self->lock);
  tagger_free(old);
}

// True where the slot is another than before.
static bool slot_refresh(Host *self, Slot *slot)
{
  uint64_t stamp = slot_stamp(slot);
  bool project = slot->origin == SCRIPT_PROJECT, same = slot->stamp == stamp;
  if (same && !project) return false;
  StrBuf bytes = {0};
  Error err = {0};
  bool there = file_read(slot->path, TAGGER_SCRIPT_MAX, &bytes, &err);
  Str script = bytes.len ? strbuf_str(&bytes) : STR("");
  TrustState trust = project && there ? trust_of(self->trust_list, slot->path, script) : TRUST_YES;
  bool changed = !same || (trust == TRUST_YES) == slot->waits || (trust == TRUST_NONE && slot->tagger);
  slot->stamp = stamp;
  if (!there) {
    Fault fault = {.kind = FAULT_ERROR};
    snprintf(fault.text, sizeof fault.text, "%s", err.text);
    pthread_mutex_lock(&self->lock);
    slot_set_issue(slot, &fault, NULL);
    pthread_mutex_unlock(&self->lock);
  } else if (changed && trust == TRUST_YES) {
    slot->trusted = true;
    slot_load(self, slot, script);
  } else if (changed) {
    slot_wait(self, slot, trust == TRUST_OLD);
  }
  strbuf_release(&bytes);
  return changed;
}

// --- all of them

static Budget budget_of(const Host *self, const char *id, Budget usual)
{
  uint32_t *const members[] = {&usual.live_ms, &usual.document_ms, &usual.memory_mb, &usual.spans};
  static const char *const names[] = {"live_ms", "document_ms", "memory_mb", "spans"};
  for (size_t i = 0; self->settings && i < ARRAY_LEN(names); i++) {
    char name[256];
    snprintf(name, sizeof name, "taggers.%s.%s", id, names[i]);
    int64_t value = settings_int(self->settings, name, *members[i]);
    if (value > 0 && value <= UINT32_MAX) *members[i] = (uint32_t)value;
  }
  return usual;
}

static bool is_enabled(const Host *self, const char *id, bool otherwise)
{
  char name[256];
  snprintf(name, sizeof name, "taggers.%s.enabled", id);
  return self->settings ? settings_bool(self->settings, name, otherwise) : otherwise;
}

// The slot of the script at `path`, as it was or new.
static Slot *find_slot(const Host *self, const char *path, const char *root)
{
  for (size_t i = 0; i < self->slots.len; i++) {
    Slot *slot = self->slots.items[i];
    if (!strcmp(slot->path, path) && !strcmp(slot->root ? slot->root : "", root ? root : "")) return slot;
  }
  return NULL;
}

// Put the script into `list`, where a user's takes the place of the shipped one of its name.
static void want(const Host *self, SlotVec *list, const Slot *wanted)
{
  Slot *slot = find_slot(self, wanted->path, wanted->root);
  if (!slot) {
    slot = xcalloc(1, sizeof *slot);
    *slot = *wanted;
    slot->quiet = self->background;
    slot->id = xstrdup(wanted->id);
    slot->path = xstrdup(wanted->path);
    slot->root = wanted->root ? xstrdup(wanted->root) : NULL;
  }
  for (size_t i = 0; i < list->len && slot->origin == SCRIPT_USER; i++) {
    Slot *other = list->items[i];
    if (strcmp(other->id, slot->id)) continue;
    list->items[i] = slot;
    if (!find_slot(self, other->path, other->root)) slot_free(other);
    return;
  }
  vec_push(list, slot);
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void want_folder(const Host *self, SlotVec *list, const char *dir, ScriptOrigin origin, char *root)
{
  DIR *stream = dir ? opendir(dir) : NULL;
  if (!stream) return;
  VEC_OF(char *) names = {0};
  for (struct dirent *entry; (entry = readdir(stream));)
    if (entry->d_name[0] != '.' && str_ends(str_of(entry->d_name), STR(".lua")))
      vec_push(&names, xstrdup(entry->d_name));
  closedir(stream);
  if (names.len) qsort(names.items, names.len, sizeof *names.items, by_name);
  for (size_t i = 0; i < names.len; i++) {
    char *path = path_join(dir, names.items[i]), *id = names.items[i];
    id[strlen(id) - 4] = '\0'; // the stem
    Slot slot = {.id = id,
                 .path = path,
                 .root = root,
                 .origin = origin,
                 .budget = budget_of(self, id, budget_default())};
    if (is_enabled(self, id, true)) want(self, list, &slot);
    free(path);
    free(id);
  }
  vec_release(&names);
}

static void want_shipped(const Host *self, SlotVec *list)
{
  for (size_t i = 0; i < self->manifest->taggers.len; i++) {
    const TaggerDecl *decl = &self->manifest->taggers.items[i];
    char *path = path_join(self->data_dir, decl->script.ptr), *id = str_dup(decl->id);
    Slot slot = {
        .id = id, .path = path, .origin = SCRIPT_SHIPPED, .budget = budget_of(self, id, decl->budget)};
    if (is_enabled(self, id, decl->enabled)) want(self, list, &slot);
    free(path);
    free(id);
  }
}

static SlotVec wanted_slots(Host *self)
{
  SlotVec list = {0};
  want_shipped(self, &list);
  want_folder(self, &list, self->user_dir, SCRIPT_USER, NULL);
  for (size_t i = 0; i < self->projects.len; i++) {
    char *dir = path_join(self->projects.items[i], PROJECT_DIR);
    want_folder(self, &list, dir, SCRIPT_PROJECT, self->projects.items[i]);
    free(dir);
  }
  return list;
}

uint64_t host_stamp(const HostOptions *options)
{
  Host shallow = {.manifest = options->manifest,
                  .settings = options->settings,
                  .data_dir = (char *)(uintptr_t)options->data_dir,
                  .user_dir = (char *)(uintptr_t)options->user_dir};
  for (size_t i = 0; i < options->project_count; i++)
    vec_push(&shallow.projects, (char *)(uintptr_t)options->projects[i]);
  SlotVec list = wanted_slots(&shallow);
  uint64_t stamp = 0;
  for (size_t i = 0; i < list.len; i++) {
    Slot *slot = list.items[i];
    StrBuf bytes = {0};
    bool project = slot->origin == SCRIPT_PROJECT;
    bool runs = !project || (file_read(slot->path, TAGGER_SCRIPT_MAX, &bytes, NULL) &&
                             trust_of(options->trust_list, slot->path, strbuf_str(&bytes)) == TRUST_YES);
    if (runs) stamp = mix(mix(stamp, slot_stamp(slot)), str_hash(str_of(slot->path)));
    strbuf_release(&bytes);
    slot_free(slot);
  }
  vec_release(&list);
  vec_release(&shallow.projects);
  return stamp;
}

static bool has_slot(const SlotVec *list, const Slot *slot)
{
  for (size_t i = 0; i < list->len; i++)
    if (list->items[i] == slot) return true;
  return false;
}

// One pass over a text is to tell what all taggers may find.
static void gather_needles(Host *self)
{
  needles_unref(self->needles);
  self->needles = needles_new(1);
  for (size_t i = 0; i < self->slots.len; i++) {
    Tagger *tagger = self->slots.items[i]->tagger;
    if (!tagger) continue;
    tagger->first_need = needles_ids(self->needles);
    needles_add_all(self->needles, tagger->needles, tagger->first_need);
  }
}

bool host_reload(Host *self)
{
  if (!path_exists(self->prelude)) return false;
  pthread_mutex_lock(&self->running);
  SlotVec fresh = wanted_slots(self);
  bool changed = fresh.len != self->slots.len;
  for (size_t i = 0; i < fresh.len; i++) changed |= slot_refresh(self, fresh.items[i]);
  pthread_mutex_lock(&self->lock);
  SlotVec old = self->slots;
  self->slots = fresh;
  self->generation += changed;
  pthread_mutex_unlock(&self->lock);
  for (size_t i = 0; i < old.len; i++)
    if (!has_slot(&fresh, old.items[i])) slot_free(old.items[i]);
  vec_release(&old);
  if (changed || !self->needles) gather_needles(self);
  pthread_mutex_unlock(&self->running);
  return changed;
}

void host_set_projects(Host *self, const char *const *roots, size_t count)
{
  pthread_mutex_lock(&self->running);
  for (size_t i = 0; i < self->projects.len; i++) free(self->projects.items[i]);
  self->projects.len = 0;
  for (size_t i = 0; i < count; i++) vec_push(&self->projects, xstrdup(roots[i]));
  pthread_mutex_unlock(&self->running);
}

// --- trust

static bool trust_script(const Host *self, const char *path, bool trust, Error *err)
{
  StrBuf bytes = {0};
  bool ok = trust ? file_read(path, TAGGER_SCRIPT_MAX, &bytes, err) &&
                        trust_add(self->trust_list, path, strbuf_str(&bytes), err)
                  : trust_remove(self->trust_list, path, err);
  strbuf_release(&bytes);
  return ok;
}

// Whether the project's script is the one at `path`, or one of the project at `path`.
static bool is_of(const Slot *slot, const char *path)
{
  return slot->origin == SCRIPT_PROJECT && (!strcmp(slot->path, path) || !strcmp(slot->root, path));
}

bool host_trust(Host *self, const char *path, bool trust, Error *err)
{
  bool ok = true, any = false;
  char *real = realpath(path, NULL);
  pthread_mutex_lock(&self->running);
  for (size_t i = 0; i < self->slots.len && ok; i++) {
    const Slot *slot = self->slots.items[i];
    if (!is_of(slot, path) && !(real && is_of(slot, real))) continue;
    ok = trust_script(self, slot->path, trust, err);
    any = true;
  }
  pthread_mutex_unlock(&self->running);
  free(real);
  return ok &&
         (any || error_set(err, ERR_NOT_FOUND, "%s is no script of a project, nor a project with any", path));
}

void host_saved(Host *self, const char *path)
{
  char *real = realpath(path, NULL);
  pthread_mutex_lock(&self->running);
  const Slot *slot = NULL;
  for (size_t i = 0; i < self->slots.len && !slot; i++) {
    const Slot *one = self->slots.items[i];
    if (one->origin == SCRIPT_PROJECT && one->trusted &&
        (!strcmp(one->path, path) || (real && !strcmp(one->path, real))))
      slot = one;
  }
  Error err;
  if (slot && !trust_script(self, slot->path, true, &err)) log_line(LOG_WARN, "%s", err.text);
  pthread_mutex_unlock(&self->running);
  free(real);
}
