// Each open article that is a file of a marked folder has a desk. An action changes the margin and the
// folder's registry at once, is laid over and told to the client, and then, not to slow that, a job on the
// pool writes it: it makes the anchors in the text as it was when the job began, puts the lines into the
// ledger and brings back what others wrote. One job a desk; what is done meanwhile is written by the next. An
// answer goes out when its action is on disk.
#include "server/desk_p.h"

#include "base/alloc.h"
#include "base/log.h"
#include "config/paths.h"
#include "server/folderreview.h"

#include <stdio.h>
#include <stdlib.h>

enum { PASTS_MAX = 32 };

typedef struct PutItem {
  const Decision *decision; // counted
  const Decision *written;  // counted: with its anchor; NULL: not written
  size_t start, end;
  bool loose;
  const Decision *was; // the margin's, where `decision` is not that itself; borrowed
} PutItem;

struct SyncJob {
  uv_work_t req;
  Desk *desk;
  const Snapshot *text; // counted
  VEC_OF(PutItem) puts;
  VEC_OF(PutItem) checks; // the others, whose lines may have to be made anew
  VEC_OF(RegistryLine) folder;
  uint64_t sync;
  Kept news;
  LedgerTexts lines; // of the folder, all of them, in `arena`, where they are others than before
  bool lines_changed;
  Arena arena;
  Error err;
};

static void start_sync(Desk *desk);
static void on_found(void *ctx, Lsp *lsp, const Document *doc);

// --- on the pool

static void write_anchored(SyncJob *job, Plain *plain, LedgerTexts *texts)
{
  VEC_OF(Anchor) anchors = {0};
  for (size_t i = 0; i < job->puts.len; i++) {
    const PutItem *put = &job->puts.items[i];
    Anchor anchor = {.start = plain_from_byte(plain, put->start), .end = plain_from_byte(plain, put->end)};
    if (!put->loose && !put->decision->gone) vec_push(&anchors, anchor);
  }
  anchor_make(plain, anchors.items, anchors.len, &job->arena);
  size_t next = 0;
  for (size_t i = 0; i < job->puts.len; i++) {
    PutItem *put = &job->puts.items[i];
    Decision copy = decision_value(put->decision);
    if (!put->loose && !copy.gone) copy.anchor = anchors.items[next++];
    StrBuf line = {0};
    put->written = decision_new(&copy);
    decision_write(&line, put->written);
    vec_push(texts, arena_dup(&job->arena, strbuf_str(&line)));
    strbuf_release(&line);
  }
  vec_release(&anchors);
}

// What the file says of a mark must find it in the text that was saved: where it does not any more, the line
// is made anew.
static void check_anchors(SyncJob *job, Plain *plain)
{
  size_t count = job->checks.len;
  const Anchor **anchors = xcalloc(count + 1, sizeof *anchors);
  AnchorPlace *places = xcalloc(count + 1, sizeof *places);
  for (size_t i = 0; i < count; i++) anchors[i] = &job->checks.items[i].decision->anchor;
  anchor_find(plain, anchors, count, places);
  for (size_t i = 0; i < count; i++) {
    PutItem item = job->checks.items[i];
    bool same = places[i].state == ANCHOR_FOUND && plain_to_byte(plain, places[i].start) == item.start &&
                plain_to_byte(plain, places[i].end) == item.end;
    if (same) continue;
    Decision copy = decision_value(item.decision);
    copy.time = decision_time(&job->arena, copy.time);
    item.was = item.decision;
    item.decision = decision_new(&copy);
    vec_push(&job->puts, item);
  }
  free((void *)anchors);
  free(places);
}

static bool sync_folder(SyncJob *job)
{
  DeskRoot *root = job->desk->root;
  LedgerTexts puts = {0}, news = {0};
  for (size_t i = 0; i < job->folder.len; i++) vec_push(&puts, str_of(job->folder.items[i].text));
  uv_mutex_lock(&root->lock);
  bool ok = puts.len ? ledger_put(root->ledger, puts.items, puts.len, &news, &job->err)
                     : ledger_read(root->ledger, &news, &job->err);
  job->lines_changed = ok && (news.len || puts.len);
  const LedgerLines *lines = ledger_lines(root->ledger);
  for (size_t i = 0; job->lines_changed && i < lines->len; i++)
    vec_push(&job->lines, arena_dup(&job->arena, lines->items[i].text));
  uv_mutex_unlock(&root->lock);
  vec_release(&puts);
  vec_release(&news);
  return ok;
}

static void sync_work(uv_work_t *req)
{
  SyncJob *job = container_of(req, SyncJob, req);
  Plain plain;
  LedgerTexts texts = {0}, news = {0};
  plain_init(&plain, job->text);
  check_anchors(job, &plain);
  write_anchored(job, &plain, &texts);
  bool ok = texts.len ? ledger_put(job->desk->ledger, texts.items, texts.len, &news, &job->err)
                      : ledger_read(job->desk->ledger, &news, &job->err);
  if (ok) kept_place(&job->news, &news, job->text);
  if (ok) sync_folder(job);
  vec_release(&texts);
  vec_release(&news);
  plain_release(&plain);
}

// --- jobs

static void line_release(RegistryLine *line)
{
  free(line->id);
  free(line->text);
}

static bool is_dirty(const Desk *desk, Str id)
{
  uint64_t there;
  return map_get(&desk->is_dirty, id, &there);
}

static void mark_dirty(Desk *desk, Str id)
{
  if (is_dirty(desk, id)) return;
  char *own = str_dup(id);
  vec_push(&desk->dirty, own);
  map_put(&desk->is_dirty, str_of(own), 1);
}

static void add_article_state(SyncJob *job, const Desk *desk)
{
  Decision state = {
      .id = DECISION_ARTICLE, .time = decision_time(&job->arena, (Str){0}), .state = str_of(desk->state)};
  vec_push(&job->puts, (PutItem){.decision = decision_new(&state), .loose = true});
}

static SyncJob *job_new(Desk *desk)
{
  SyncJob *job = xcalloc(1, sizeof *job);
  job->desk = desk;
  job->text = buffer_snapshot(desk->doc->buffer);
  job->sync = desk->syncs;
  for (size_t i = 0; i < desk->dirty.len; i++) {
    Str id = str_of(desk->dirty.items[i]);
    const MarginNote *note = margin_find(desk->doc->margin, id);
    if (note)
      vec_push(&job->puts,
               (PutItem){decision_ref(note->decision), NULL, note->start, note->end, note->loose, NULL});
    else if (str_eq(id, DECISION_ARTICLE))
      add_article_state(job, desk);
  }
  size_t count = 0;
  const MarginNote *notes = margin_notes(desk->doc->margin, &count);
  for (size_t i = 0; desk->checking && i < count; i++)
    if (!notes[i].loose && !notes[i].decision->gone && !is_dirty(desk, notes[i].decision->id))
      vec_push(&job->checks, (PutItem){notes[i].decision, NULL, notes[i].start, notes[i].end, false, NULL});
  for (size_t i = 0; i < job->checks.len; i++) decision_ref(job->checks.items[i].decision);
  for (size_t i = 0; i < desk->dirty.len; i++) free(desk->dirty.items[i]);
  desk->dirty.len = 0;
  map_reset(&desk->is_dirty);
  desk->checking = false;
  memcpy(&job->folder, &desk->folder, sizeof job->folder);
  memset(&desk->folder, 0, sizeof desk->folder);
  changes_reset(&desk->since);
  return job;
}

static void job_free(SyncJob *job)
{
  snapshot_unref(job->text);
  for (size_t i = 0; i < job->puts.len; i++) {
    decision_unref(job->puts.items[i].decision);
    decision_unref(job->puts.items[i].written);
  }
  for (size_t i = 0; i < job->checks.len; i++) decision_unref(job->checks.items[i].decision);
  for (size_t i = 0; i < job->folder.len; i++) line_release(&job->folder.items[i]);
  vec_release(&job->puts);
  vec_release(&job->checks);
  vec_release(&job->folder);
  vec_release(&job->lines);
  kept_release(&job->news);
  arena_release(&job->arena);
  free(job);
}

static void steps_release(Steps *self)
{
  for (size_t i = 0; i < self->len; i++) step_release(&self->items[i]);
  vec_release(self);
}

static void desk_free(Desk *desk)
{
  kept_paths_release(&desk->paths);
  ledger_free(desk->ledger);
  for (size_t i = 0; i < desk->dirty.len; i++) free(desk->dirty.items[i]);
  for (size_t i = 0; i < desk->folder.len; i++) line_release(&desk->folder.items[i]);
  for (size_t i = 0; i < desk->promises.len; i++) {
    free(desk->promises.items[i].id);
    strbuf_release(&desk->promises.items[i].result);
  }
  steps_release(&desk->undo);
  steps_release(&desk->redo);
  vec_release(&desk->dirty);
  map_release(&desk->is_dirty);
  vec_release(&desk->folder);
  vec_release(&desk->promises);
  changes_release(&desk->since);
  free(desk);
}

static void answer_promises(Desk *desk, const SyncJob *job)
{
  size_t kept = 0;
  for (size_t i = 0; i < desk->promises.len; i++) {
    Promise promise = desk->promises.items[i];
    if (promise.sync > job->sync) {
      desk->promises.items[kept++] = promise;
      continue;
    }
    if (desk->desks->stopped)
      strbuf_release(&promise.result);
    else if (job->err.code)
      lsp_fail(desk->desks->lsp, promise.id, RPC_REQUEST_FAILED, "not kept: %s", job->err.text);
    else
      lsp_reply(desk->desks->lsp, promise.id, &promise.result);
    strbuf_release(&promise.result);
    free(promise.id);
  }
  desk->promises.len = kept;
}

static void set_state(Desk *desk, Str state)
{
  if (!state.len) state = STR("unread"); // a tombstone
  snprintf(desk->state, sizeof desk->state, STR_FMT, STR_ARG(state));
}

// Others' records, which the job placed in its text, to where they are by now.
static bool take_news(Desk *desk, SyncJob *job)
{
  Margin *margin = desk->doc->margin;
  size_t hint = 0;
  bool any = job->news.places.len || job->news.orphans.len || job->news.tombstones.len;
  for (size_t i = 0; i < job->news.places.len; i++) {
    Placed *place = &job->news.places.items[i];
    if (is_dirty(desk, place->decision->id)) continue;
    if (changes_map(&desk->since, &place->start, &place->end, &hint))
      margin_put(margin, place->decision, place->start, place->end);
    else
      margin_put_loose(margin, place->decision, ANCHOR_CHANGED);
  }
  for (size_t i = 0; i < job->news.orphans.len; i++)
    if (!is_dirty(desk, job->news.orphans.items[i].decision->id))
      margin_put_loose(margin, job->news.orphans.items[i].decision, job->news.orphans.items[i].why);
  for (size_t i = 0; i < job->news.tombstones.len; i++)
    if (!is_dirty(desk, job->news.tombstones.items[i]->id))
      margin_remove(margin, job->news.tombstones.items[i]->id);
  if (job->news.state.ptr && !is_dirty(desk, DECISION_ARTICLE)) set_state(desk, job->news.state);
  return any;
}

static void set_registry(DeskRoot *root)
{
  LedgerLines lines = {0};
  for (size_t i = 0; i < root->lines.len; i++)
    vec_push(&lines, (LedgerLine){.text = str_of(root->lines.items[i].text)});
  registry_unref(root->registry);
  root->registry = registry_new(&lines);
  vec_release(&lines);
}

// All open articles of the folder see its registry.
static void show_registry(Desks *self, const DeskRoot *root)
{
  for (size_t i = 0; i < self->desks.len; i++) {
    Document *doc = self->desks.items[i]->doc;
    if (!doc || self->desks.items[i]->root != root) continue;
    registry_unref(doc->registry);
    doc->registry = registry_ref(root->registry);
    docs_relay(lsp_docs(self->lsp), doc);
  }
}

static Str line_id(Str text, Arena *arena)
{
  cJSON *root = json_parse(text, NULL);
  Str id = arena_dup(arena, json_get_str(root, "id"));
  cJSON_Delete(root);
  return id;
}

static bool is_pending(const Desk *desk, Str id)
{
  for (size_t i = 0; i < desk->folder.len; i++)
    if (str_is(id, desk->folder.items[i].id)) return true;
  return false;
}

static void set_line(DeskRoot *root, Str id, Str text)
{
  uint64_t at;
  if (map_get(&root->by_id, id, &at)) {
    free(root->lines.items[at].text);
    root->lines.items[at].text = str_dup(text);
    return;
  }
  RegistryLine line = {str_dup(id), str_dup(text)};
  map_put(&root->by_id, str_of(line.id), root->lines.len);
  vec_push(&root->lines, line);
}

static void take_lines(Desk *desk, SyncJob *job)
{
  DeskRoot *root = desk->root;
  Arena arena = {0};
  VEC_OF(RegistryLine) old = {.items = root->lines.items, .len = root->lines.len, .cap = root->lines.cap};
  memset(&root->lines, 0, sizeof root->lines);
  map_reset(&root->by_id);
  for (size_t i = 0; i < job->lines.len; i++)
    set_line(root, line_id(job->lines.items[i], &arena), job->lines.items[i]);
  for (size_t i = 0; i < old.len; i++) { // what is not on disk yet
    if (is_pending(desk, str_of(old.items[i].id)))
      set_line(root, str_of(old.items[i].id), str_of(old.items[i].text));
    line_release(&old.items[i]);
  }
  vec_release(&old);
  arena_release(&arena);
  set_registry(root);
  show_registry(desk->desks, root);
}

static void watch_file(Desk *desk);

static void first_load(Desk *desk, SyncJob *job)
{
  desk->loaded = true;
  if (!desk->since.hunks.len) margin_fill(desk->doc->margin, &job->news);
}

static void job_to_open(Desk *desk, SyncJob *job)
{
  Document *doc = desk->doc;
  bool first = !desk->loaded;
  if (job->err.code) {
    lsp_log(desk->desks->lsp, LSP_LOG_ERROR, "%s", job->err.text);
    for (size_t i = 0; i < job->puts.len; i++) mark_dirty(desk, job->puts.items[i].decision->id);
  }
  for (size_t i = 0; i < job->puts.len && !job->err.code; i++) {
    const PutItem *put = &job->puts.items[i];
    if (put->written) margin_refresh(doc->margin, put->was ? put->was : put->decision, put->written);
  }
  if (first) first_load(desk, job);
  bool changed = take_news(desk, job);
  if (job->lines_changed) take_lines(desk, job);
  watch_file(desk);
  if (first) {
    registry_unref(doc->registry);
    doc->registry = registry_ref(desk->root->registry);
  }
  if (changed || first) docs_relay(lsp_docs(desk->desks->lsp), doc);
  if (first) docs_release_hold(lsp_docs(desk->desks->lsp), doc);
}

static void sync_done(uv_work_t *req, int status)
{
  SyncJob *job = container_of(req, SyncJob, req);
  Desk *desk = job->desk;
  (void)status;
  desk->job = NULL;
  if (desk->doc) job_to_open(desk, job);
  bool failed = job->err.code != ERR_NONE;
  answer_promises(desk, job);
  job_free(job);
  if (desk->doc) {
    if ((desk->again || desk->dirty.len || desk->folder.len) && !failed) start_sync(desk);
    return;
  }
  if (desk->last) {
    desk->job = desk->last;
    desk->last = NULL;
    uv_queue_work(lsp_loop(desk->desks->lsp), &desk->job->req, sync_work, sync_done);
    return;
  }
  desk_free(desk);
}

static void start_sync(Desk *desk)
{
  if (desk->job) {
    desk->again = true;
    return;
  }
  desk->again = desk->due = false;
  desk->job = job_new(desk);
  uv_queue_work(lsp_loop(desk->desks->lsp), &desk->job->req, sync_work, sync_done);
}

// --- other processes

static void on_watch_closed(uv_handle_t *handle)
{
  free(handle);
}

static void unwatch(Desk *desk)
{
  if (desk->watch) uv_close((uv_handle_t *)desk->watch, on_watch_closed);
  desk->watch = NULL;
}

static void on_file_event(uv_fs_event_t *watch, const char *name, int events, int status)
{
  Desk *desk = watch->data;
  const char *own = strrchr(desk->paths.marks, '/') + 1;
  (void)events;
  if (status < 0 || (name && strcmp(name, own) != 0) || !desk->doc) return;
  start_sync(desk);
}

// Hear of what others write, once there is a folder to hear of.
static void watch_file(Desk *desk)
{
  if (desk->watch || desk->desks->stopped) return;
  char *folder = path_dir(desk->paths.marks);
  if (path_exists(folder)) {
    desk->watch = xcalloc(1, sizeof *desk->watch);
    desk->watch->data = desk;
    uv_fs_event_init(lsp_loop(desk->desks->lsp), desk->watch);
    if (uv_fs_event_start(desk->watch, on_file_event, folder, 0) != 0) unwatch(desk);
  }
  free(folder);
}

// --- steps

void step_release(Step *step)
{
  for (size_t i = 0; i < step->items.len; i++) {
    StepItem *item = &step->items.items[i];
    decision_unref(item->before);
    decision_unref(item->after);
    free(item->line_id);
    free(item->line_before);
    free(item->line_after);
  }
  vec_release(&step->items);
}

void desk_put(Desk *desk, Step *step, const Decision *draft, size_t start, size_t end)
{
  Arena arena = {0};
  Decision full = *draft;
  Margin *margin = desk->doc->margin;
  if (!full.id.len) full.id = decision_fresh_id(&arena);
  const MarginNote *old = margin_find(margin, full.id);
  const Decision *before = old ? decision_ref(old->decision) : NULL;
  full.time = decision_time(&arena, before ? before->time : (Str){0});
  full.refs = 0;
  const Decision *made = decision_new(&full);
  margin_put(margin, made, start, end);
  mark_dirty(desk, made->id);
  vec_push(&step->items, (StepItem){.before = before, .after = made});
  arena_release(&arena);
}

void desk_take_back(Desk *desk, Step *step, const MarginNote *note)
{
  Decision gone = decision_value(note->decision);
  gone.gone = true;
  if (note->loose) {
    Arena arena = {0};
    gone.time = decision_time(&arena, gone.time);
    const Decision *made = decision_new(&gone);
    vec_push(&step->items, (StepItem){.before = decision_ref(note->decision), .after = made});
    margin_put_loose(desk->doc->margin, made, note->why);
    mark_dirty(desk, made->id);
    arena_release(&arena);
  } else {
    desk_put(desk, step, &gone, note->start, note->end);
  }
}

const char *root_line(const DeskRoot *root, Str id)
{
  uint64_t at;
  return map_get(&root->by_id, id, &at) ? root->lines.items[at].text : NULL;
}

void desk_put_line(Desk *desk, Step *step, Str id, const char *text)
{
  const char *before = root_line(desk->root, id);
  StrBuf gone = {0};
  if (!text) {
    Arena arena = {0};
    strbuf_byte(&gone, '{');
    json_write_member(&gone, "id", id);
    json_write_member(&gone, "gone", decision_time(&arena, (Str){0}));
    strbuf_byte(&gone, '}');
    arena_release(&arena);
    text = gone.ptr;
  }
  vec_push(&step->items, (StepItem){.line_id = str_dup(id),
                                    .line_before = before ? xstrdup(before) : NULL,
                                    .line_after = xstrdup(text)});
  vec_push(&desk->folder, (RegistryLine){str_dup(id), xstrdup(text)});
  set_line(desk->root, id, str_of(text));
  set_registry(desk->root);
  strbuf_release(&gone);
}

void desk_promise(Desk *desk, const char *id, StrBuf *result)
{
  vec_push(&desk->promises, (Promise){xstrdup(id), *result, desk->syncs});
  *result = (StrBuf){0};
}

const char *desk_state_named(Str name)
{
  static const char *const states[] = {"unread", "work", "done"};
  for (size_t i = 0; i < ARRAY_LEN(states); i++)
    if (str_is(name, states[i])) return states[i];
  return NULL;
}

void desk_set_state(Desk *desk, const char *state)
{
  set_state(desk, str_of(state));
  mark_dirty(desk, DECISION_ARTICLE);
  on_found(NULL, desk->desks->lsp, desk->doc);
}

static void show_step(Desk *desk, const Step *step)
{
  bool folder = false;
  for (size_t i = 0; i < step->items.len; i++) folder |= step->items.items[i].line_id != NULL;
  if (folder)
    show_registry(desk->desks, desk->root);
  else
    docs_relay(lsp_docs(desk->desks->lsp), desk->doc);
}

void desk_commit(Desk *desk, Step *step)
{
  desk->syncs++;
  desk->due = step->items.len && docs_is_current(desk->doc); // shown first; on_found() goes on
  if (step->items.len) {
    vec_push(&desk->undo, *step);
    show_step(desk, step);
    steps_release(&desk->redo);
    *step = (Step){0};
  }
  if (!desk->due) start_sync(desk);
}

// Make the article and the folder what they were before (or after) the item.
static void apply_item(Desk *desk, const StepItem *item, bool redo, Step *done)
{
  if (item->line_id) {
    const char *line = redo ? item->line_after : item->line_before;
    char *fresh = NULL;
    if (line) { // with a time of now, so that it holds
      cJSON *root = json_parse(str_of(line), NULL);
      Arena arena = {0};
      const char *member = json_get(root, "gone") ? "gone" : "time";
      cJSON_DeleteItemFromObject(root, member);
      cJSON_AddStringToObject(root, member, decision_time(&arena, (Str){0}).ptr);
      char *printed = cJSON_PrintUnformatted(root);
      fresh = xstrdup(printed);
      cJSON_free(printed);
      cJSON_Delete(root);
      arena_release(&arena);
    }
    desk_put_line(desk, done, str_of(item->line_id), fresh);
    free(fresh);
    return;
  }
  const MarginNote *now = margin_find(desk->doc->margin, item->after->id);
  if (!now) return; // somebody else took it away
  const Decision *want = redo ? item->after : item->before;
  if (!want) {
    desk_take_back(desk, done, now);
  } else if (!now->loose) {
    Decision draft = *want;
    draft.time = now->decision->time;
    desk_put(desk, done, &draft, now->start, now->end);
  }
}

bool desk_undo(Desk *desk, bool redo, Step *done)
{
  Step step;
  if (redo ? !desk->redo.len : !desk->undo.len) return false;
  step = redo ? desk->redo.items[--desk->redo.len] : desk->undo.items[--desk->undo.len];
  for (size_t i = step.items.len; i-- > 0;)
    apply_item(desk, &step.items.items[redo ? step.items.len - 1 - i : i], redo, done);
  if (redo)
    vec_push(&desk->undo, step);
  else
    vec_push(&desk->redo, step);
  show_step(desk, done);
  return true;
}

// --- documents

static DeskRoot *root_for(Desks *self, const KeptPaths *paths)
{
  for (size_t i = 0; i < self->roots.len; i++)
    if (!strcmp(self->roots.items[i]->path, paths->root)) return self->roots.items[i];
  DeskRoot *root = xcalloc(1, sizeof *root);
  static const LedgerLines none = {0};
  root->path = xstrdup(paths->root);
  root->entities = xstrdup(paths->entities);
  root->ledger = ledger_new(paths->entities);
  root->registry = registry_new(&none);
  uv_mutex_init(&root->lock);
  vec_push(&self->roots, root);
  return root;
}

// The client's folder that holds the article, or the article's own: where marks go that nobody made a place
// for.
static char *default_root(const Lsp *lsp, const char *path)
{
  for (size_t i = 0; i < lsp_folder_count(lsp); i++) {
    Str folder = str_of(lsp_folder(lsp, i));
    if (str_starts(str_of(path), folder) && path[folder.len] == '/') return str_dup(folder);
  }
  return path_dir(path);
}

static void past_release(Past *self)
{
  free(self->marks);
  steps_release(&self->undo);
  steps_release(&self->redo);
}

// An editor that reads a file again closes and opens it: what was done may still be taken back.
static void keep_past(Desk *desk)
{
  Desks *self = desk->desks;
  if (!desk->undo.len && !desk->redo.len) return;
  if (self->pasts.len == PASTS_MAX) {
    past_release(&self->pasts.items[0]);
    memmove(self->pasts.items, self->pasts.items + 1, --self->pasts.len * sizeof(Past));
  }
  vec_push(&self->pasts, (Past){xstrdup(desk->paths.marks), desk->undo, desk->redo});
  desk->undo = desk->redo = (Steps){0};
}

static void take_past(Desk *desk)
{
  Desks *self = desk->desks;
  size_t i = self->pasts.len;
  while (i > 0 && strcmp(self->pasts.items[i - 1].marks, desk->paths.marks) != 0) i--;
  if (!i) return;
  Past *past = &self->pasts.items[i - 1];
  desk->undo = past->undo;
  desk->redo = past->redo;
  free(past->marks);
  memmove(past, past + 1, (self->pasts.len-- - i) * sizeof *past);
}

static void on_opened(void *ctx, Lsp *lsp, Document *doc)
{
  Desks *self = ctx;
  if (*doc->path != '/') return;
  KeptPaths paths = {0};
  char *otherwise = default_root(lsp, doc->path);
  bool ok = kept_paths(&paths, doc->path, otherwise);
  free(otherwise);
  if (!ok) return;
  Desk *desk = xcalloc(1, sizeof *desk);
  *desk =
      (Desk){.desks = self, .doc = doc, .paths = paths, .root = root_for(self, &paths), .state = "unread"};
  desk->ledger = ledger_new(paths.marks);
  doc->desk = desk;
  doc->hold = true;
  vec_push(&self->desks, desk);
  take_past(desk);
  start_sync(desk);
}

static void on_closing(void *ctx, Lsp *lsp, Document *doc)
{
  Desks *self = ctx;
  Desk *desk = doc->desk;
  (void)lsp;
  if (!desk) return;
  if (desk->dirty.len || desk->folder.len) {
    desk->last = job_new(desk);
    if (!desk->job) {
      desk->job = desk->last;
      desk->last = NULL;
      uv_queue_work(lsp_loop(self->lsp), &desk->job->req, sync_work, sync_done);
    }
  }
  size_t i = 0;
  while (self->desks.items[i] != desk) i++;
  self->desks.items[i] = self->desks.items[--self->desks.len];
  unwatch(desk);
  keep_past(desk);
  desk->doc = NULL;
  doc->desk = NULL;
  if (!desk->job) desk_free(desk);
}

static void on_saved(void *ctx, Lsp *lsp, const Document *doc)
{
  (void)ctx, (void)lsp;
  if (!doc->desk) return;
  doc->desk->checking = true;
  start_sync(doc->desk);
}

void desk_edited(Desk *desk, TextEdit edit)
{
  changes_add(&desk->since, edit);
}

// --- newsmark/reviewStatus

ReviewCounts desk_counts(const Document *doc)
{
  MarginCounts kept = margin_counts(doc->margin);
  ReviewCounts counts = {.rejected = kept.rejected, .orphans = kept.loose, .notes = kept.notes};
  const SpanVec none = {0}, *spans = doc->found ? &doc->found->found->spans : &none;
  for (size_t i = 0; i < spans->len; i++) {
    bool reviewed = spans->items[i].by == BY_HUMAN;
    counts.reviewed += reviewed;
    counts.unreviewed += !reviewed;
    counts.doubtful += !reviewed && spans->items[i].confidence < DOUBTFUL_BELOW;
  }
  return counts;
}

static void on_found(void *ctx, Lsp *lsp, const Document *doc)
{
  Desk *desk = doc->desk;
  (void)ctx;
  if (!desk) return;
  if (desk->due) start_sync(desk);
  if (!lsp_wants_annotations(lsp)) return;
  ReviewCounts counts = desk_counts(doc);
  StrBuf params = {0};
  strbuf_byte(&params, '{');
  json_write_member(&params, "uri", str_of(doc->uri));
  json_write_member(&params, "state", str_of(desk->state));
  json_write_uint(&params, "reviewed", counts.reviewed);
  json_write_uint(&params, "unreviewed", counts.unreviewed);
  json_write_uint(&params, "doubtful", counts.doubtful);
  json_write_uint(&params, "rejected", counts.rejected);
  json_write_uint(&params, "orphans", counts.orphans);
  json_write_uint(&params, "undo", desk->undo.len);
  json_write_uint(&params, "redo", desk->redo.len);
  strbuf_byte(&params, '}');
  uint64_t hash = str_hash(strbuf_str(&params));
  if (hash != desk->told) lsp_notify(lsp, "newsmark/reviewStatus", &params);
  desk->told = hash;
  strbuf_release(&params);
}

// --- life

static void on_stop(void *ctx, Lsp *lsp)
{
  Desks *self = ctx;
  (void)lsp;
  self->stopped = true;
}

Desks *desks_new(Lsp *lsp)
{
  Desks *self = xcalloc(1, sizeof *self);
  self->lsp = lsp;
  lsp_add_part(lsp, (LspPart){.opened = on_opened,
                              .closing = on_closing,
                              .saved = on_saved,
                              .found = on_found,
                              .stop = on_stop,
                              .ctx = self});
  lsp_register(lsp, "newsmark/articles", folderreview_ask, NULL);
  return self;
}

void desks_free(Desks *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->roots.len; i++) {
    DeskRoot *root = self->roots.items[i];
    ledger_free(root->ledger);
    registry_unref(root->registry);
    for (size_t k = 0; k < root->lines.len; k++) line_release(&root->lines.items[k]);
    vec_release(&root->lines);
    map_release(&root->by_id);
    uv_mutex_destroy(&root->lock);
    free(root->path);
    free(root->entities);
    free(root);
  }
  vec_release(&self->roots);
  vec_release(&self->desks);
  for (size_t i = 0; i < self->pasts.len; i++) past_release(&self->pasts.items[i]);
  vec_release(&self->pasts);
  free(self);
}
