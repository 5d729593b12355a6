// How it works: one article at a time goes to the runner (runner.c), under `running`; what the slots say of
// themselves (issues, counts) is guarded by `lock` and changes only while `running` is held. A tagger whose
// time or memory is spent three times in a row is stopped until its script is loaded again, one that is given
// up at once.
#define _XOPEN_SOURCE 700
#include "script/host_p.h"

#include "base/clock.h"
#include "config/paths.h"

#include <stdio.h>

#define MAX_OVERRUNS 3

// --- beginning and end

const char *host_lua_version(void)
{
  return LUA_RELEASE;
}

static char *dup_or_null(const char *text)
{
  return text ? xstrdup(text) : NULL;
}

Host *host_new(const HostOptions *options, Error *err)
{
  Host *self = xcalloc(1, sizeof *self);
  self->manifest = options->manifest;
  self->pipeline = options->pipeline;
  self->settings = options->settings;
  self->data_dir = xstrdup(options->data_dir);
  self->user_dir = dup_or_null(options->user_dir);
  self->trust_list = dup_or_null(options->trust_list);
  self->prelude = path_join(options->data_dir, "host/prelude.lua");
  self->folder = options->folder;
  self->test = options->test;
  self->remember = options->remember;
  self->background = options->background;
  pthread_mutex_init(&self->running, NULL);
  pthread_mutex_init(&self->lock, NULL);
  for (size_t i = 0; i < options->project_count; i++)
    vec_push(&self->projects, xstrdup(options->projects[i]));
  if (err) *err = (Error){0};
  if (!path_exists(self->prelude))
    error_set(err, ERR_NOT_FOUND, "%s is missing: script taggers are off; install newsmark again",
              self->prelude);
  host_reload(self);
  return self;
}

void host_free(Host *self)
{
  if (!self) return;
  pthread_mutex_lock(&self->running); // the article at work
  pthread_mutex_unlock(&self->running);
  runner_free(self->runner);
  needles_unref(self->needles);
  for (size_t i = 0; i < self->slots.len; i++) slot_free(self->slots.items[i]);
  for (size_t i = 0; i < self->projects.len; i++) free(self->projects.items[i]);
  vec_release(&self->slots);
  vec_release(&self->projects);
  pthread_mutex_destroy(&self->running);
  pthread_mutex_destroy(&self->lock);
  settings_free(self->settings);
  if (self->folder.free) self->folder.free(self->folder.ctx);
  free(self->data_dir);
  free(self->user_dir);
  free(self->trust_list);
  free(self->prelude);
  free(self);
}

// --- an article

typedef struct Crew { // the taggers that run, and their slots
  Tagger **taggers;
  Slot **slots;
  size_t count;
} Crew;

// Whether slot `i` tags the article at the real path `path`: a project's does below its folder, and stands in
// place of others of its name there.
static bool is_of_crew(const Host *self, size_t i, const char *path)
{
  const Slot *slot = self->slots.items[i];
  if (!slot_runs(slot) || (slot->root && !path_within(path, slot->root))) return false;
  for (size_t k = i + 1; k < self->slots.len; k++) {
    const Slot *later = self->slots.items[k];
    if (later->root && slot_runs(later) && !strcmp(later->id, slot->id) && path_within(path, later->root))
      return false;
  }
  return true;
}

static Crew crew_of(const Host *self, Str path, Arena *arena) // while `running` is held
{
  Crew crew = {arena_alloc(arena, (self->slots.len + 1) * sizeof(Tagger *)),
               arena_alloc(arena, (self->slots.len + 1) * sizeof(Slot *)), 0};
  char *given = str_dup(path), *real = self->projects.len ? realpath(given, NULL) : NULL;
  for (size_t i = 0; i < self->slots.len; i++) {
    if (!is_of_crew(self, i, real ? real : given)) continue;
    crew.taggers[crew.count] = self->slots.items[i]->tagger;
    crew.slots[crew.count++] = self->slots.items[i];
  }
  free(real);
  free(given);
  return crew;
}

static void slot_note(Host *self, Slot *slot, const Outcome *outcome, const char *article)
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
  self->generation++;
}

static void slot_give_up(Host *self, Slot *slot, const char *article)
{
  Fault fault = {.kind = FAULT_TIME};
  snprintf(fault.text, sizeof fault.text, "given up: it ran past its hard limit and could not be stopped");
  slot->tagger = NULL; // the runner's now
  slot->stopped = true;
  slot->failures++;
  slot_set_issue(slot, &fault, article);
  self->generation++;
}

// Order the spans [from, to) and leave out what was dropped. Returns how many stay, at the front.
static size_t tidy(SpanVec *spans, size_t from, size_t to)
{
  Span *items = spans->items + from;
  size_t count = 0;
  bool in_order = true;
  for (size_t i = from; i < to; i++) {
    if (spans->items[i].start == spans->items[i].end) continue;
    in_order = in_order && (!count || span_order(&items[count - 1], &spans->items[i]) <= 0);
    items[count++] = spans->items[i];
  }
  if (!in_order) qsort(items, count, sizeof *items, span_order);
  return count;
}

// How many of the first `count` spans come before `span`, or beside it.
static size_t count_before(const Span *items, size_t count, const Span *span)
{
  size_t low = 0;
  while (low < count) {
    size_t middle = (low + count) / 2;
    if (span_order(&items[middle], span) <= 0)
      low = middle + 1;
    else
      count = middle;
  }
  return low;
}

// The machine's spans are many, and mostly as they were; the tags behind them are few. So these are taken
// out, and what comes behind each is moved up, from the back.
static void merge_tags(SpanVec *spans, size_t machine, Arena *scratch)
{
  Span *items = spans->items;
  size_t tags = spans->len - machine;
  if (!tags) return;
  const Span *tag = arena_copy(scratch, items + machine, tags * sizeof *tag);
  while (tags) {
    size_t before = count_before(items, machine, &tag[tags - 1]);
    memmove(items + before + tags, items + before, (machine - before) * sizeof *items);
    tags--;
    items[before + tags] = tag[tags];
    machine = before;
  }
}

static Annotations *take_result(Job *job)
{
  Annotations *result = annotations_ref(job->result);
  SpanVec *spans = &job->run.spans;
  size_t machine = job->run.machine, all = spans->len, kept = machine;
  if (job->run.machine_changed) kept = tidy(spans, 0, machine);
  size_t tags = tidy(spans, machine, all);
  if (kept < machine) memmove(spans->items + kept, spans->items + machine, tags * sizeof(Span));
  spans->len = kept + tags;
  merge_tags(spans, kept, &job->scratch);
  for (size_t i = 0; i < spans->len; i++) spans->items[i].id = (uint32_t)i + 1;
  result->spans = *spans;
  return result;
}

static size_t run_on_thread(Host *self, Job *job) // as runner_run()
{
  if (!self->runner) self->runner = runner_new();
  return runner_run(self->runner, job);
}

// One attempt. NULL: a tagger was given up, and it is to be tried again without it.
static Annotations *attempt(Host *self, const Snapshot *text, const Annotations *found, Str path,
                            HostLive *live)
{
  Arena arena = {0};
  Crew crew = crew_of(self, path, &arena);
  Annotations *result = NULL;
  if (!crew.count) {
    result = annotations_ref(found);
  } else {
    Job *job = job_new(text, found, path, live->typed, self->needles, crew.taggers, crew.count);
    job->run.folder = &self->folder;
    const char *article = path.len ? arena_dup(&arena, path).ptr : "an article";
    size_t stuck = job_begin(job) ? SIZE_MAX : run_on_thread(self, job);
    pthread_mutex_lock(&self->lock);
    if (stuck != SIZE_MAX) {
      self->runner = NULL;
      slot_give_up(self, crew.slots[stuck], article);
    } else {
      for (size_t i = 0; i < crew.count; i++) slot_note(self, crew.slots[i], &job->outcomes[i], article);
      result = take_result(job);
    }
    pthread_mutex_unlock(&self->lock);
    live->spent_ns += job->spent_ns;
    job_unref(job);
  }
  arena_release(&arena);
  return result;
}

bool host_has_taggers(Host *self)
{
  bool any = false;
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len && !any; i++) any = slot_runs(self->slots.items[i]);
  pthread_mutex_unlock(&self->lock);
  return any;
}

Annotations *host_annotate_live(Host *self, const Snapshot *text, const Annotations *found, Str path,
                                HostLive *live)
{
  uint64_t began = clock_thread_ns();
  Annotations *result = NULL;
  if (live->wait)
    pthread_mutex_lock(&self->running);
  else if (pthread_mutex_trylock(&self->running))
    return NULL;
  live->spent_ns = 0;
  while (!result) result = attempt(self, text, found, path, live);
  pthread_mutex_unlock(&self->running);
  live->spent_ns += clock_thread_ns() - began;
  return result;
}

Annotations *host_annotate(Host *self, const Snapshot *text, const Annotations *found, Str path)
{
  return host_annotate_live(self, text, found, path, &(HostLive){.wait = true});
}

// --- reports

static Str dup_text(Arena *arena, const char *text)
{
  return text ? arena_dup(arena, str_of(text)) : (Str){"", 0};
}

const char *script_origin_name(ScriptOrigin origin)
{
  static const char *const names[] = {"shipped", "user", "project"};
  return names[origin];
}

const char *script_condition_name(ScriptCondition condition)
{
  static const char *const names[] = {"running", "broken", "stopped", "untrusted"};
  return names[condition];
}

static ScriptIssue issue_of(const Slot *slot, Arena *arena)
{
  return (ScriptIssue){dup_text(arena, slot->id),    dup_text(arena, slot->path),  slot->issue_line,
                       dup_text(arena, slot->issue), dup_text(arena, slot->trace), slot->waits};
}

void host_issues(Host *self, Arena *arena, ScriptIssueVec *out)
{
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len; i++)
    if (self->slots.items[i]->issue) vec_push_in(arena, out, issue_of(self->slots.items[i], arena));
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

static ScriptCondition condition_of(const Slot *slot)
{
  if (slot->stopped) return SCRIPT_STOPPED;
  if (slot->tagger) return SCRIPT_RUNNING;
  return slot->waits ? SCRIPT_UNTRUSTED : SCRIPT_BROKEN;
}

void host_states(Host *self, Arena *arena, ScriptStateVec *out)
{
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len; i++) {
    const Slot *slot = self->slots.items[i];
    vec_push_in(arena, out,
                (ScriptState){.tagger = dup_text(arena, slot->id),
                              .path = dup_text(arena, slot->path),
                              .origin = slot->origin,
                              .condition = condition_of(slot),
                              .budget = slot->budget,
                              .articles = slot->articles,
                              .failures = slot->failures,
                              .p50_us = percentile(slot, 50),
                              .p99_us = percentile(slot, 99),
                              .spans = slot->spans,
                              .issue = issue_of(slot, arena)});
  }
  pthread_mutex_unlock(&self->lock);
}

static TagType dup_tag(const TagType *tag, Arena *arena)
{
  TagType copy = {.sensitive = tag->sensitive};
  const Str *from[] = {&tag->id,    &tag->label, &tag->parent, &tag->kind, &tag->type,  &tag->style,
                       &tag->light, &tag->dark,  &tag->cvd,    &tag->key,  &tag->symbol};
  Str *to[] = {&copy.id,    &copy.label, &copy.parent, &copy.kind, &copy.type,  &copy.style,
               &copy.light, &copy.dark,  &copy.cvd,    &copy.key,  &copy.symbol};
  for (size_t i = 0; i < ARRAY_LEN(to); i++) *to[i] = from[i]->len ? arena_dup(arena, *from[i]) : STR("");
  for (size_t i = 0; i < tag->fields.len; i++)
    vec_push_in(arena, &copy.fields, arena_dup(arena, tag->fields.items[i]));
  return copy;
}

void host_tags(Host *self, Arena *arena, ScriptTagVec *out)
{
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len; i++) {
    const Slot *slot = self->slots.items[i];
    for (size_t j = 0; slot_runs(slot) && j < slot->tagger->tags.len; j++)
      vec_push_in(arena, out,
                  (ScriptTag){dup_tag(&slot->tagger->tags.items[j], arena), dup_text(arena, slot->id)});
  }
  pthread_mutex_unlock(&self->lock);
}

bool host_tag(Host *self, Str id, Arena *arena, ScriptTag *out)
{
  bool found = false;
  pthread_mutex_lock(&self->lock);
  for (size_t i = 0; i < self->slots.len && !found; i++) {
    const Slot *slot = self->slots.items[i];
    const TagType *tag = slot_runs(slot) ? tagger_tag(slot->tagger, id) : NULL;
    found = tag != NULL;
    if (found) *out = (ScriptTag){dup_tag(tag, arena), dup_text(arena, slot->id)};
  }
  pthread_mutex_unlock(&self->lock);
  return found;
}

uint64_t host_generation(Host *self)
{
  pthread_mutex_lock(&self->lock);
  uint64_t generation = self->generation;
  pthread_mutex_unlock(&self->lock);
  return generation;
}
