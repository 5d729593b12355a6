// How it works: a slot for every script, found again by its path when the folders are read anew. One article
// at a time goes to the runner (runner.c), under `running`; what the slots say of themselves (issues, counts)
// is guarded by `lock` and changes only while `running` is held. A tagger whose time or memory is spent three
// times in a row is stopped for the session, one that is given up at once. host_submit() has a queue and a
// thread of its own to wait for the runner.
#define _XOPEN_SOURCE 700
#include "script/host.h"

#include "base/log.h"
#include "config/paths.h"
#include "script/runner.h"
#include "script/sandbox.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>

#define MAX_OVERRUNS 3
#define LOAD_TESTS 20 // of a script, when it is loaded
#define SAMPLES 256   // articles whose times are kept

typedef struct Slot {
  char *id, *path;
  Budget budget;
  struct timespec changed; // of the file, when it was last looked at
  off_t size;
  Tagger *tagger;    // NULL: it failed to load, or was given up
  bool stopped;      // for the session
  unsigned overruns; // in a row
  uint64_t articles, failures, spans;
  uint32_t took_us[SAMPLES];
  char *issue, *trace; // the last; NULL: none
  size_t issue_line;
} Slot;
typedef VEC_OF(Slot) SlotVec;

typedef struct Task { // of the queue
  struct Task *next;
  uint64_t ticket;
  Snapshot *text;
  Annotations *found;
  char *path;
  HostDone done;
  void *ctx;
} Task;

struct Host {
  const Manifest *manifest;
  const Pipeline *pipeline;
  char *data_dir, *user_dir, *project_dir, *prelude;
  bool test;
  Budget *budgets;         // [manifest's tagger], with the settings over them
  bool *enabled;           // likewise
  pthread_mutex_t running; // one article, or a reload
  Runner *runner;          // guarded by `running`
  pthread_mutex_t lock;    // guards what follows
  SlotVec slots;
  bool reload;
  pthread_cond_t wake;
  Task *first, **last;
  pthread_t thread;
  bool has_thread, stop;
};

// --- slots
// --------------------------------------------------------------------------------------------------------

static void slot_clear_issue(Slot *slot)
{
  free(slot->issue);
  free(slot->trace);
  slot->issue = slot->trace = NULL;
  slot->issue_line = 0;
}

static void slot_set_issue(Slot *slot, const Fault *fault, const char *about)
{
  StrBuf text = {0};
  strbuf_addf(&text, "%s%s%s", fault->text, about ? ", in " : "", about ? about : "");
  slot_clear_issue(slot);
  slot->issue = strbuf_detach(&text);
  slot->trace = xstrdup(fault->trace);
  slot->issue_line = fault->line;
  log_line(LOG_INFO, "%s:%zu: %s", slot->path, slot->issue_line, slot->issue);
}

static void slot_release(Slot *slot)
{
  tagger_free(slot->tagger);
  slot_clear_issue(slot);
  free(slot->id);
  free(slot->path);
}

static bool slot_runs(const Slot *slot)
{
  return slot->tagger && !slot->stopped;
}

// --- loading
// ------------------------------------------------------------------------------------------------------

// False where the script's own tests fail; the first difference is the fault.
static bool passes_tests(const Host *self, Tagger *tagger, Fault *fault)
{
  Arena arena = {0};
  TestOutcomeVec outcomes = {0};
  size_t failed = self->test ? tagger_run_tests(tagger, self->pipeline, LOAD_TESTS, &arena, &outcomes) : 0;
  for (size_t i = 0; i < outcomes.len && failed; i++) {
    if (outcomes.items[i].passed) continue;
    *fault = (Fault){.kind = FAULT_ERROR};
    snprintf(fault->text, sizeof fault->text, "test %zu of its %zu fails: " STR_FMT, outcomes.items[i].number,
             outcomes.len, STR_ARG(str_trim(outcomes.items[i].diff)));
    break;
  }
  arena_release(&arena);
  return failed == 0;
}

// Load the slot's script. A version that fails, or whose tests fail, does not replace one that works; the
// first version runs in spite of its tests, which the issue tells.
static void slot_load(const Host *self, Slot *slot)
{
  Fault fault = {0};
  TaggerSource source = {str_of(slot->id), slot->path, self->prelude, slot->budget};
  Tagger *fresh = tagger_new(&source, &fault);
  bool good = fresh && passes_tests(self, fresh, &fault);
  slot_clear_issue(slot);
  if (!good) slot_set_issue(slot, &fault, NULL);
  if (good || (fresh && !slot->tagger)) {
    tagger_free(slot->tagger);
    slot->tagger = fresh;
    slot->stopped = false;
    slot->overruns = 0;
  } else {
    tagger_free(fresh);
  }
}

// Take the slot of `path` out of `old`, or make a new one; load it where the file changed.
static void add_slot(Host *self, SlotVec *old, const char *id, const char *path, Budget budget)
{
  Slot slot = {0};
  for (size_t i = 0; i < old->len && !slot.path; i++) {
    if (!old->items[i].path || strcmp(old->items[i].path, path)) continue;
    slot = old->items[i];
    old->items[i] = (Slot){0};
  }
  for (size_t i = 0; i < self->slots.len; i++) { // a user's script in place of the shipped one of its name
    if (strcmp(self->slots.items[i].id, id)) continue;
    slot_release(&self->slots.items[i]);
    memmove(self->slots.items + i, self->slots.items + i + 1, (--self->slots.len - i) * sizeof slot);
    break;
  }
  struct stat info = {0};
  bool there = stat(path, &info) == 0;
  bool same = slot.path && there && slot.size == info.st_size && slot.changed.tv_sec == info.st_mtim.tv_sec &&
              slot.changed.tv_nsec == info.st_mtim.tv_nsec;
  if (!slot.path) {
    slot.id = xstrdup(id);
    slot.path = xstrdup(path);
    slot.budget = budget;
  }
  slot.size = info.st_size;
  slot.changed = info.st_mtim;
  if (!same) slot_load(self, &slot);
  vec_push(&self->slots, slot);
}

static int by_name(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_folder(Host *self, SlotVec *old, const char *dir)
{
  DIR *stream = dir ? opendir(dir) : NULL;
  if (!stream) return;
  VEC_OF(char *) names = {0};
  for (struct dirent *entry; (entry = readdir(stream));)
    if (entry->d_name[0] != '.' && str_ends(str_of(entry->d_name), STR(".lua")))
      vec_push(&names, xstrdup(entry->d_name));
  closedir(stream);
  qsort(names.items, names.len, sizeof *names.items, by_name);
  for (size_t i = 0; i < names.len; i++) {
    char *path = path_join(dir, names.items[i]);
    names.items[i][strlen(names.items[i]) - 4] = '\0'; // the stem is its id
    add_slot(self, old, names.items[i], path, budget_default());
    free(path);
    free(names.items[i]);
  }
  vec_release(&names);
}

static void load_all(Host *self)
{
  SlotVec old = self->slots;
  self->slots = (SlotVec){0};
  for (size_t i = 0; i < self->manifest->taggers.len; i++) {
    const TaggerDecl *decl = &self->manifest->taggers.items[i];
    if (!self->enabled[i]) continue;
    char *path = path_join(self->data_dir, decl->script.ptr);
    add_slot(self, &old, decl->id.ptr, path, self->budgets[i]);
    free(path);
  }
  add_folder(self, &old, self->user_dir);
  add_folder(self, &old, self->project_dir);
  for (size_t i = 0; i < old.len; i++)
    if (old.items[i].path) slot_release(&old.items[i]);
  vec_release(&old);
}

// --- beginning and end
// ----------------------------------------------------------------------------------------------

static uint32_t budget_of(const Settings *settings, Str id, const char *what, uint32_t otherwise)
{
  if (!settings) return otherwise;
  char name[256];
  snprintf(name, sizeof name, "taggers." STR_FMT ".%s", STR_ARG(id), what);
  int64_t value = settings_int(settings, name, otherwise);
  return value > 0 && value <= UINT32_MAX ? (uint32_t)value : otherwise;
}

static void read_settings(Host *self, const Settings *settings)
{
  size_t count = self->manifest->taggers.len;
  self->budgets = xcalloc(count + 1, sizeof *self->budgets);
  self->enabled = xcalloc(count + 1, sizeof *self->enabled);
  for (size_t i = 0; i < count; i++) {
    const TaggerDecl *decl = &self->manifest->taggers.items[i];
    char name[256];
    snprintf(name, sizeof name, "taggers." STR_FMT ".enabled", STR_ARG(decl->id));
    self->enabled[i] = settings ? settings_bool(settings, name, decl->enabled) : decl->enabled;
    self->budgets[i] = (Budget){budget_of(settings, decl->id, "live_ms", decl->budget.live_ms),
                                budget_of(settings, decl->id, "document_ms", decl->budget.document_ms),
                                budget_of(settings, decl->id, "memory_mb", decl->budget.memory_mb),
                                budget_of(settings, decl->id, "spans", decl->budget.spans)};
  }
}

static char *dup_or_null(const char *text)
{
  return text ? xstrdup(text) : NULL;
}

const char *host_lua_version(void)
{
  return LUA_RELEASE;
}

Host *host_new(const HostOptions *options, Error *err)
{
  Host *self = xcalloc(1, sizeof *self);
  self->manifest = options->manifest;
  self->pipeline = options->pipeline;
  self->data_dir = xstrdup(options->data_dir);
  self->user_dir = dup_or_null(options->user_dir);
  self->project_dir = dup_or_null(options->project_dir);
  self->prelude = path_join(options->data_dir, "host/prelude.lua");
  self->test = options->test;
  self->last = &self->first;
  pthread_mutex_init(&self->running, NULL);
  pthread_mutex_init(&self->lock, NULL);
  pthread_cond_init(&self->wake, NULL);
  read_settings(self, options->settings);
  if (err) *err = (Error){0};
  if (path_exists(self->prelude))
    load_all(self);
  else
    error_set(err, ERR_NOT_FOUND, "%s is missing: script taggers are off; install newsmark again",
              self->prelude);
  return self;
}

static Task *pop(Host *self) // under the lock
{
  Task *task = self->first;
  if (task && !(self->first = task->next)) self->last = &self->first;
  return task;
}

static void finish(Task *task, Annotations *result)
{
  task->done(task->ctx, task->ticket, result);
  snapshot_unref(task->text);
  annotations_unref(task->found);
  free(task->path);
  free(task);
}

void host_free(Host *self)
{
  if (!self) return;
  pthread_mutex_lock(&self->lock);
  self->stop = true;
  pthread_cond_signal(&self->wake);
  pthread_mutex_unlock(&self->lock);
  if (self->has_thread) pthread_join(self->thread, NULL);
  for (Task *task; (task = pop(self));) finish(task, NULL);
  runner_free(self->runner);
  for (size_t i = 0; i < self->slots.len; i++) slot_release(&self->slots.items[i]);
  vec_release(&self->slots);
  pthread_mutex_destroy(&self->running);
  pthread_mutex_destroy(&self->lock);
  pthread_cond_destroy(&self->wake);
  free(self->budgets);
  free(self->enabled);
  free(self->data_dir);
  free(self->user_dir);
  free(self->project_dir);
  free(self->prelude);
  free(self);
}

void host_reload(Host *self)
{
  pthread_mutex_lock(&self->lock);
  self->reload = true;
  pthread_mutex_unlock(&self->lock);
}

// --- an article
// -------------------------------------------------------------------------------------------------------

typedef struct Crew { // the taggers that run, and their slots
  Tagger **taggers;
  size_t *slots;
  size_t count;
} Crew;

static Crew crew_of(Host *self, Arena *arena) // under the lock
{
  Crew crew = {arena_alloc(arena, (self->slots.len + 1) * sizeof(Tagger *)),
               arena_alloc(arena, (self->slots.len + 1) * sizeof(size_t)), 0};
  for (size_t i = 0; i < self->slots.len; i++) {
    if (!slot_runs(&self->slots.items[i])) continue;
    crew.taggers[crew.count] = self->slots.items[i].tagger;
    crew.slots[crew.count++] = i;
  }
  return crew;
}

static void slot_note(Slot *slot, const Outcome *outcome, const char *article)
{
  slot->took_us[slot->articles++ % SAMPLES] = (uint32_t)(outcome->spent_ns / 1000);
  slot->spans += outcome->spans;
  if (outcome->ok) {
    slot->overruns = 0;
    return;
  }
  slot->failures++;
  slot_set_issue(slot, &outcome->fault, article);
  slot->overruns = outcome->fault.kind == FAULT_ERROR ? 0 : slot->overruns + 1;
  slot->stopped = slot->overruns >= MAX_OVERRUNS;
}

static void slot_give_up(Slot *slot, const char *article)
{
  Fault fault = {.kind = FAULT_TIME};
  snprintf(fault.text, sizeof fault.text, "given up: it ran past its hard limit and could not be stopped");
  slot->tagger = NULL; // the runner's now
  slot->stopped = true;
  slot->failures++;
  slot_set_issue(slot, &fault, article);
}

static Annotations *take_result(Job *job)
{
  Annotations *result = annotations_ref(job->result);
  SpanVec *spans = &job->run.spans;
  size_t kept = 0;
  for (size_t i = 0; i < spans->len; i++)
    if (spans->items[i].start < spans->items[i].end) spans->items[kept++] = spans->items[i];
  spans->len = kept;
  if (kept) qsort(spans->items, kept, sizeof *spans->items, span_order);
  for (size_t i = 0; i < kept; i++) spans->items[i].id = (uint32_t)i + 1;
  result->spans = *spans;
  return result;
}

// One attempt. NULL: a tagger was given up, and it is to be tried again without it.
static Annotations *attempt(Host *self, const Snapshot *text, const Annotations *found, Str path)
{
  Arena arena = {0};
  pthread_mutex_lock(&self->lock);
  Crew crew = crew_of(self, &arena);
  pthread_mutex_unlock(&self->lock);
  Annotations *result = NULL;
  if (!crew.count) {
    result = annotations_ref(found);
  } else {
    Job *job = job_new(text, found, path, crew.taggers, crew.count);
    const char *article = path.len ? arena_dup(&arena, path).ptr : "an article";
    if (!self->runner) self->runner = runner_new();
    size_t stuck = runner_run(self->runner, job);
    pthread_mutex_lock(&self->lock);
    if (stuck != SIZE_MAX) {
      self->runner = NULL;
      slot_give_up(&self->slots.items[crew.slots[stuck]], article);
    } else {
      for (size_t i = 0; i < crew.count; i++)
        slot_note(&self->slots.items[crew.slots[i]], &job->outcomes[i], article);
      result = take_result(job);
    }
    pthread_mutex_unlock(&self->lock);
    job_unref(job);
  }
  arena_release(&arena);
  return result;
}

Annotations *host_annotate(Host *self, const Snapshot *text, const Annotations *found, Str path)
{
  Annotations *result = NULL;
  pthread_mutex_lock(&self->running);
  pthread_mutex_lock(&self->lock);
  if (self->reload) load_all(self);
  self->reload = false;
  pthread_mutex_unlock(&self->lock);
  while (!result) result = attempt(self, text, found, path);
  pthread_mutex_unlock(&self->running);
  return result;
}

// --- without waiting
// ----------------------------------------------------------------------------------------------------

static void *host_main(void *arg)
{
  Host *self = arg;
  pthread_mutex_lock(&self->lock);
  while (!self->stop) {
    Task *task = pop(self);
    if (!task) {
      pthread_cond_wait(&self->wake, &self->lock);
      continue;
    }
    pthread_mutex_unlock(&self->lock);
    finish(task, host_annotate(self, task->text, task->found, str_of(task->path)));
    pthread_mutex_lock(&self->lock);
  }
  pthread_mutex_unlock(&self->lock);
  return NULL;
}

void host_submit(Host *self, uint64_t ticket, const Snapshot *text, const Annotations *found, Str path,
                 HostDone done, void *ctx)
{
  Task *task = xcalloc(1, sizeof *task);
  *task = (Task){NULL, ticket, snapshot_ref(text), annotations_ref(found), str_dup(path), done, ctx};
  pthread_mutex_lock(&self->lock);
  *self->last = task;
  self->last = &task->next;
  if (!self->has_thread) self->has_thread = pthread_create(&self->thread, NULL, host_main, self) == 0;
  pthread_cond_signal(&self->wake);
  pthread_mutex_unlock(&self->lock);
}

// --- reports
// --------------------------------------------------------------------------------------------------------------

static Str dup_text(Arena *arena, const char *text)
{
  return text ? arena_dup(arena, str_of(text)) : (Str){"", 0};
}

void host_issues(Host *self, Arena *arena, ScriptIssueVec *out)
{
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len; i++) {
    const Slot *slot = &self->slots.items[i];
    if (!slot->issue) continue;
    vec_push_in(arena, out,
                (ScriptIssue){dup_text(arena, slot->id), dup_text(arena, slot->path), slot->issue_line,
                              dup_text(arena, slot->issue), dup_text(arena, slot->trace)});
  }
  pthread_mutex_unlock(&self->lock);
}

static int by_time(const void *a, const void *b)
{
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static uint32_t percentile(const Slot *slot, unsigned percent)
{
  uint32_t sorted[SAMPLES];
  size_t count = slot->articles < SAMPLES ? (size_t)slot->articles : SAMPLES;
  if (!count) return 0;
  memcpy(sorted, slot->took_us, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, by_time);
  return sorted[(count - 1) * percent / 100];
}

void host_states(Host *self, Arena *arena, ScriptStateVec *out)
{
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len; i++) {
    const Slot *slot = &self->slots.items[i];
    vec_push_in(arena, out,
                (ScriptState){dup_text(arena, slot->id), dup_text(arena, slot->path), slot_runs(slot),
                              slot->articles, slot->failures, percentile(slot, 50), percentile(slot, 99),
                              slot->spans, dup_text(arena, slot->issue)});
  }
  pthread_mutex_unlock(&self->lock);
}

static Str dup_str(Arena *arena, Str s)
{
  return s.len ? arena_dup(arena, s) : (Str){"", 0};
}

void host_tags(Host *self, Arena *arena, TagTypeVec *out)
{
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len; i++) {
    const Tagger *tagger = slot_runs(&self->slots.items[i]) ? self->slots.items[i].tagger : NULL;
    for (size_t j = 0; tagger && j < tagger->tags.len; j++) {
      TagType tag = tagger->tags.items[j], copy = {.sensitive = tag.sensitive};
      copy.id = dup_str(arena, tag.id);
      copy.label = dup_str(arena, tag.label);
      copy.parent = dup_str(arena, tag.parent);
      copy.kind = dup_str(arena, tag.kind);
      copy.type = dup_str(arena, tag.type);
      copy.style = dup_str(arena, tag.style);
      copy.light = dup_str(arena, tag.light);
      copy.dark = dup_str(arena, tag.dark);
      copy.cvd = dup_str(arena, tag.cvd);
      copy.key = dup_str(arena, tag.key);
      copy.symbol = dup_str(arena, tag.symbol);
      for (size_t k = 0; k < tag.fields.len; k++)
        vec_push_in(arena, &copy.fields, dup_str(arena, tag.fields.items[k]));
      vec_push_in(arena, out, copy);
    }
  }
  pthread_mutex_unlock(&self->lock);
}
