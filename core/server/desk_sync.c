// What an article's reader decided goes to disk by a job on the pool, not to slow the showing of it: the job
// makes the anchors in the text as it was when it began, puts the lines into the ledger and brings back what
// others wrote. One job a desk; what is done meanwhile is written by the next. An answer goes out when its
// action is on disk.
#include "server/desk_p.h"

#include "base/alloc.h"
#include "config/paths.h"

#include <stdlib.h>

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

bool desk_is_dirty(const Desk *desk, Str id)
{
  uint64_t there;
  return map_get(&desk->is_dirty, id, &there);
}

void desk_mark_dirty(Desk *desk, Str id)
{
  if (desk_is_dirty(desk, id)) return;
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
    if (!notes[i].loose && !notes[i].decision->gone && !desk_is_dirty(desk, notes[i].decision->id))
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
  for (size_t i = 0; i < job->folder.len; i++) registry_line_release(&job->folder.items[i]);
  vec_release(&job->puts);
  vec_release(&job->checks);
  vec_release(&job->folder);
  vec_release(&job->lines);
  kept_release(&job->news);
  arena_release(&job->arena);
  free(job);
}

// --- what a job brings back

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

// Others' records, which the job placed in its text, to where they are by now.
static bool take_news(Desk *desk, SyncJob *job)
{
  Margin *margin = desk->doc->margin;
  size_t hint = 0;
  bool any = job->news.places.len || job->news.orphans.len || job->news.tombstones.len;
  for (size_t i = 0; i < job->news.places.len; i++) {
    Placed *place = &job->news.places.items[i];
    if (desk_is_dirty(desk, place->decision->id)) continue;
    if (changes_map(&desk->since, &place->start, &place->end, &hint))
      margin_put(margin, place->decision, place->start, place->end);
    else
      margin_put_loose(margin, place->decision, ANCHOR_CHANGED);
  }
  for (size_t i = 0; i < job->news.orphans.len; i++)
    if (!desk_is_dirty(desk, job->news.orphans.items[i].decision->id))
      margin_put_loose(margin, job->news.orphans.items[i].decision, job->news.orphans.items[i].why);
  for (size_t i = 0; i < job->news.tombstones.len; i++)
    if (!desk_is_dirty(desk, job->news.tombstones.items[i]->id))
      margin_remove(margin, job->news.tombstones.items[i]->id);
  if (job->news.state.ptr && !desk_is_dirty(desk, DECISION_ARTICLE)) desk_take_state(desk, job->news.state);
  return any;
}

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
    for (size_t i = 0; i < job->puts.len; i++) desk_mark_dirty(desk, job->puts.items[i].decision->id);
  }
  for (size_t i = 0; i < job->puts.len && !job->err.code; i++) {
    const PutItem *put = &job->puts.items[i];
    if (put->written) margin_refresh(doc->margin, put->was ? put->was : put->decision, put->written);
  }
  if (first) first_load(desk, job);
  bool changed = take_news(desk, job);
  if (job->lines_changed) root_take_lines(desk, &job->lines);
  desk_watch(desk);
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
    if ((desk->again || desk->dirty.len || desk->folder.len) && !failed) desk_sync(desk);
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

void desk_sync(Desk *desk)
{
  if (desk->job) {
    desk->again = true;
    return;
  }
  desk->again = desk->due = false;
  desk->job = job_new(desk);
  uv_queue_work(lsp_loop(desk->desks->lsp), &desk->job->req, sync_work, sync_done);
}

void desk_sync_last(Desk *desk)
{
  if (!desk->dirty.len && !desk->folder.len) return;
  desk->last = job_new(desk);
  if (desk->job) return;
  desk->job = desk->last;
  desk->last = NULL;
  uv_queue_work(lsp_loop(desk->desks->lsp), &desk->job->req, sync_work, sync_done);
}

// --- other processes

static void on_watch_closed(uv_handle_t *handle)
{
  free(handle);
}

void desk_unwatch(Desk *desk)
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
  desk_sync(desk);
}

// Hear of what others write, once there is a folder to hear of.
void desk_watch(Desk *desk)
{
  if (desk->watch || desk->desks->stopped) return;
  char *folder = path_dir(desk->paths.marks);
  if (path_exists(folder)) {
    desk->watch = xcalloc(1, sizeof *desk->watch);
    desk->watch->data = desk;
    uv_fs_event_init(lsp_loop(desk->desks->lsp), desk->watch);
    if (uv_fs_event_start(desk->watch, on_file_event, folder, 0) != 0) desk_unwatch(desk);
  }
  free(folder);
}
