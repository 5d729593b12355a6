// A job carries the edits since the last one, a snapshot and what is needed to tell what changed for the
// client since the findings it knows; it gives fresh findings and the ready notification, so that the loop
// thread has only to send it. A job that ends late (the text went on) or was cancelled leaves no trace but
// the work the Analysis keeps of it.
#include "server/docs.h"

#include "base/alloc.h"
#include "server/desk.h"
#include "server/poscodec.h"
#include "server/publish.h"
#include "server/uri.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

// Scripts that were quick of late are asked before the names of a key are told, others afterwards.
#define QUICK_NS 3000000u

struct Docs {
  uv_loop_t *loop;
  DocsEvents events;
  const Pipeline *pipeline; // NULL: not there yet
  Host *host;               // the scripts; NULL: none
  Encoding enc;
  EolRule eol;
  bool publish, reported;
  uint64_t serial;
  SettingsFrom settings;
  cJSON *editor;    // its settings; NULL: none
  DocJob *tags_job; // the one there is: the scripts see one article at a time; NULL: none
  VEC_OF(Document *) open;
};

struct DocJob {
  uv_work_t req;
  Docs *docs;
  Document *doc; // waits for us, even when closed
  uint64_t serial;
  int64_t version;
  const Snapshot *text; // counted
  EditVec edits;
  SettingsFrom settings;
  cJSON *editor;            // owned; where the document has not seen these settings
  const Findings *old;      // counted: what the client knows; NULL: nothing
  const Annotations *base;  // counted: what the scripts are asked about; NULL when annotating
  const Annotations *under; // counted: what the layer is laid over; NULL: what this job finds
  const HumanLayer *layer;  // counted; NULL: nothing
  uint64_t layer_serial;
  Changes changes; // since `old`
  bool publish, full;
  bool hints;        // what the settings say of them
  bool asked, quick; // the scripts were before; and may be at once
  uint64_t tags_ns;  // what that took; 0: they were not asked
  atomic_bool cancel;
  Findings *fresh; // NULL: cancelled
  StrBuf message;
};

Docs *docs_new(uv_loop_t *loop, DocsEvents events)
{
  Docs *self = xcalloc(1, sizeof *self);
  self->loop = loop;
  self->events = events;
  self->enc = ENC_UTF16;
  return self;
}

void docs_configure(Docs *self, Encoding enc, EolRule eol, bool publish, bool reported)
{
  self->enc = enc;
  self->eol = eol;
  self->publish = publish;
  self->reported = reported;
}

Encoding docs_encoding(const Docs *self)
{
  return self->enc;
}

void docs_free(Docs *self)
{
  if (!self) return;
  assert(!self->open.len);
  vec_release(&self->open);
  cJSON_Delete(self->editor);
  free(self);
}

bool docs_is_current(const Document *doc)
{
  return doc->found && doc->found->serial == doc->serial;
}

bool docs_is_complete(const Document *doc)
{
  return docs_is_current(doc) && !doc->found->base && doc->found->layer == doc->layer_serial;
}

// --- on the pool

// What scripts make of `found`, whose reference is taken; NULL, and it is not, where they are at work for
// others and `wait` is not set. A script that breaks its budget is out from then on.
static Annotations *add_tags(DocJob *job, Annotations *found, bool wait)
{
  HostLive live = {.typed = job->asked, .wait = wait};
  Annotations *tagged =
      host_annotate_live(job->docs->host, found->prose, found, str_of(job->doc->path), &live);
  job->tags_ns = live.spent_ns;
  if (tagged) annotations_unref(found);
  return tagged;
}

// Another Annotations with the same spans, as the ids of each are its own. Takes the reference.
static Annotations *apart(Annotations *found)
{
  Annotations *copy = xcalloc(1, sizeof *copy);
  *copy = (Annotations){.blocks = found->blocks,
                        .block_count = found->block_count,
                        .lang = found->lang,
                        .dct = found->dct,
                        .title = found->title,
                        .prose = snapshot_ref(found->prose),
                        .human = found->human,
                        .base = found,
                        .refs = 1};
  size_t count = found->spans.len;
  copy->spans = (SpanVec){arena_copy(&copy->arena, found->spans.items, count * sizeof(Span)), count, count};
  return copy;
}

// What people decided over `under`; the caller holds a reference.
static Annotations *lay_people(const DocJob *job, const Annotations *under)
{
  if (layer_empty(job->layer)) return annotations_ref(under);
  return overlay_lay(under, job->layer, under->prose);
}

// Takes the references. Of the document only analysis, uri, path and markup are read here: they stay while
// there is a job.
static void conclude(DocJob *job, Annotations *under, const Annotations *base)
{
  Delta delta = {0};
  Annotations *laid = lay_people(job, under);
  if (laid == under && job->under) laid = apart(laid); // older findings have it too
  job->fresh = findings_new(job->text, laid, (Annotations *)(uintptr_t)base, under, job->serial);
  job->fresh->layer = job->layer_serial;
  findings_follow(job->fresh, job->old, &job->changes, &delta);
  if (job->publish)
    publish_write_delta(&job->message, job->doc->uri, job->version, job->full, job->fresh, &delta,
                        job->docs->enc);
  delta_release(&delta);
}

static void layer_work(uv_work_t *req)
{
  DocJob *job = container_of(req, DocJob, req);
  conclude(job, annotations_ref(job->under), job->base ? annotations_ref(job->base) : NULL);
}

// Tags come in the same notification as the names they lie beside where scripts are quick. Else names go
// ahead, with the tags there were before, so that nothing flickers; tags_work() comes after.
static void conclude_with_tags(DocJob *job, Annotations *found)
{
  Annotations *tagged = job->quick && !job->cancel ? add_tags(job, found, false) : NULL;
  if (tagged)
    conclude(job, tagged, NULL);
  else
    conclude(job, findings_carry_tags(found, job->old, &job->changes), found);
}

static void annotate_work(uv_work_t *req)
{
  DocJob *job = container_of(req, DocJob, req);
  Analysis *analysis = job->doc->analysis;
  Host *host = job->docs->host;
  for (size_t i = 0; i < job->edits.len; i++) analysis_edit(analysis, job->edits.items[i]);
  ArticleInfo info = {
      .path = str_of(job->doc->path), .markup = job->doc->markup, .no_reported = !job->docs->reported};
  docsettings_read(&job->doc->settings, &job->settings, job->editor, job->doc->path, job->text);
  job->editor = NULL;
  docsettings_apply(&job->doc->settings, &info);
  job->hints = docsettings_hints(&job->doc->settings);
  Annotations *found = analysis_run(analysis, job->text, &info, &job->cancel);
  if (!found) return;
  if (!docsettings_enabled(&job->doc->settings)) {
    Annotations *nothing = apart(found);
    nothing->spans.len = 0;
    conclude(job, nothing, NULL);
    return;
  }
  if (!host || !host_has_taggers(host))
    conclude(job, found, NULL);
  else
    conclude_with_tags(job, found);
}

static void tags_work(uv_work_t *req)
{
  DocJob *job = container_of(req, DocJob, req);
  Annotations *base = annotations_ref(job->base);
  conclude(job, add_tags(job, base, true), NULL);
}

// --- jobs on the loop thread

static DocJob *job_new(Docs *self, Document *doc)
{
  DocJob *job = xcalloc(1, sizeof *job);
  job->docs = self;
  job->doc = doc;
  job->serial = doc->serial;
  job->version = doc->version;
  job->text = buffer_snapshot(doc->buffer);
  job->old = findings_ref(doc->found);
  changes_copy(&job->changes, &doc->since);
  job->publish = self->publish;
  job->full = !doc->published;
  job->asked = doc->tags_ns > 0;
  job->quick = job->asked && doc->tags_ns < QUICK_NS;
  job->layer = margin_layer(doc->margin, doc->registry);
  job->layer_serial = doc->layer_serial;
  return job;
}

static void job_free(DocJob *job)
{
  snapshot_unref(job->text);
  findings_unref(job->old);
  annotations_unref(job->base);
  annotations_unref(job->under);
  layer_unref(job->layer);
  findings_unref(job->fresh);
  vec_release(&job->edits);
  cJSON_Delete(job->editor);
  changes_release(&job->changes);
  strbuf_release(&job->message);
  free(job);
}

static void queue(DocJob *job, uv_work_cb work, uv_after_work_cb done)
{
  int status = uv_queue_work(job->docs->loop, &job->req, work, done);
  assert(status == 0);
  (void)status;
}

static void document_free(Document *doc)
{
  buffer_free(doc->buffer);
  findings_unref(doc->found);
  changes_release(&doc->since);
  analysis_free(doc->analysis);
  vec_release(&doc->untold);
  margin_free(doc->margin);
  registry_unref(doc->registry);
  docsettings_release(&doc->settings);
  free(doc->uri);
  free(doc->path);
  free(doc);
}

static void start_job(Docs *self, Document *doc);
static void start_tags(Docs *self, Document *doc);
static void start_layer(Docs *self, Document *doc);

static bool has_job(const Document *doc)
{
  return doc->job || doc->tags_job || doc->layer_job;
}

// The dearest of late: one that was slow is forgotten over some twenty keys.
static void learn_tags_ns(Document *doc, uint64_t ns)
{
  uint64_t fading = doc->tags_ns - doc->tags_ns / 8;
  if (ns) doc->tags_ns = ns > fading ? ns : fading;
}

// A job of `doc` is over, and doc's pointer to it NULL again. What it found counts where the text is still
// the same.
static void job_over(DocJob *job)
{
  Docs *self = job->docs;
  Document *doc = job->doc;
  learn_tags_ns(doc, job->tags_ns);
  if (!doc->closed && job->fresh && job->serial == doc->serial && job->old == doc->found) {
    findings_unref(doc->found);
    doc->found = job->fresh;
    job->fresh = NULL;
    changes_reset(&doc->since);
    doc->published = job->publish;
    self->events.found(self->events.ctx, doc, &job->message);
  }
  job_free(job);
  if (doc->closed && !has_job(doc))
    document_free(doc);
  else if (!doc->closed) {
    start_job(self, doc);
    start_layer(self, doc);
    start_tags(self, doc);
  }
}

// Between two jobs the settings are the loop's.
static void tell_settings(const Docs *self, Document *doc)
{
  if (doc->closed || doc->settings.told == doc->settings.reads) return;
  doc->settings.told = doc->settings.reads;
  self->events.settings(self->events.ctx, doc, doc->settings.settings);
}

static void annotate_done(uv_work_t *req, int status)
{
  DocJob *job = container_of(req, DocJob, req);
  assert(status == 0); // nobody cancels the request itself
  (void)status;
  job->doc->job = NULL;
  job->doc->hints = job->hints;
  tell_settings(job->docs, job->doc);
  job_over(job);
}

static void tags_done(uv_work_t *req, int status)
{
  DocJob *job = container_of(req, DocJob, req);
  Docs *self = job->docs;
  (void)status;
  job->doc->tags_job = self->tags_job = NULL;
  for (size_t i = 0; i < self->open.len; i++) // the others first, so that all have their turn
    if (self->open.items[i] != job->doc) start_tags(self, self->open.items[i]);
  job_over(job);
}

static void layer_done(uv_work_t *req, int status)
{
  DocJob *job = container_of(req, DocJob, req);
  (void)status;
  job->doc->layer_job = NULL;
  job_over(job);
}

// Lay over what people decided since the findings were made. Short: what is found is not looked for again.
static void start_layer(Docs *self, Document *doc)
{
  if (doc->layer_job || doc->closed || !docs_is_current(doc) || doc->found->layer == doc->layer_serial)
    return;
  DocJob *job = doc->layer_job = job_new(self, doc);
  job->under = annotations_ref(doc->found->under);
  job->base = doc->found->base ? annotations_ref(doc->found->base) : NULL;
  queue(job, layer_work, layer_done);
}

// Ask the scripts about findings they have not seen, unless they are still at work on others; that job's end
// comes back here.
static void start_tags(Docs *self, Document *doc)
{
  if (self->tags_job || doc->closed || !docs_is_current(doc) || !doc->found->base) return;
  if (self->events.busy(self->events.ctx)) return;
  DocJob *job = doc->tags_job = self->tags_job = job_new(self, doc);
  job->base = annotations_ref(doc->found->base);
  queue(job, tags_work, tags_done);
}

// A text too long to be annotated may shrink again; then it starts afresh.
static void forget_analysis(Document *doc)
{
  analysis_free(doc->analysis);
  doc->analysis = NULL;
}

static void begin_analysis(Document *doc, const Pipeline *pipeline)
{
  doc->analysis = analysis_new(pipeline);
  doc->untold.len = 0;
}

// Start on the newest text, unless that is done or there is a job, whose end comes back here.
static void start_job(Docs *self, Document *doc)
{
  if (doc->job || doc->closed || doc->hold || !self->pipeline || docs_is_current(doc)) return;
  if (doc->too_long) forget_analysis(doc);
  if (doc->too_long || self->events.busy(self->events.ctx)) return;
  if (!doc->analysis) begin_analysis(doc, self->pipeline);
  DocJob *job = doc->job = job_new(self, doc);
  job->edits = doc->untold;
  doc->untold = (EditVec){0};
  job->settings = self->settings;
  if (doc->settings.serial != self->settings.serial)
    job->editor = self->editor ? cJSON_Duplicate(self->editor, true) : cJSON_CreateObject();
  queue(job, annotate_work, annotate_done);
}

void docs_set_pipeline(Docs *self, const Pipeline *pipeline, Host *host)
{
  self->pipeline = pipeline;
  self->host = host;
  docs_resume(self);
}

void docs_resume(Docs *self)
{
  for (size_t i = 0; i < self->open.len; i++) {
    start_job(self, self->open.items[i]);
    start_tags(self, self->open.items[i]);
  }
}

void docs_release_hold(Docs *self, Document *doc)
{
  doc->hold = false;
  start_job(self, doc);
}

void docs_relay(Docs *self, Document *doc)
{
  doc->layer_serial++;
  start_layer(self, doc);
}

void docs_set_settings(Docs *self, const Manifest *manifest, const char *user_file)
{
  self->settings = (SettingsFrom){manifest, user_file, 1};
}

void docs_reread_settings(Docs *self)
{
  self->settings.serial++;
  docs_refresh(self);
}

void docs_set_editor(Docs *self, const cJSON *editor)
{
  cJSON_Delete(self->editor);
  self->editor = editor ? cJSON_Duplicate(editor, true) : NULL;
  docs_reread_settings(self);
}

void docs_refresh(Docs *self)
{
  for (size_t i = 0; i < self->open.len; i++) {
    Document *doc = self->open.items[i];
    doc->serial = ++self->serial; // what was found before is not of these scripts
    doc->tags_ns = 0;
    if (doc->job)
      doc->job->cancel = true;
    else
      start_job(self, doc);
  }
}

// --- documents

Document *docs_find(Docs *self, Str uri)
{
  for (size_t i = 0; i < self->open.len; i++)
    if (str_is(uri, self->open.items[i]->uri)) return self->open.items[i];
  return NULL;
}

size_t docs_count(const Docs *self)
{
  return self->open.len;
}

Document *docs_at(Docs *self, size_t index)
{
  return self->open.items[index];
}

Document *docs_open(Docs *self, Str uri, Str language, int64_t version, Str text)
{
  Document *doc = docs_find(self, uri);
  if (doc) docs_close(self, doc);
  doc = xcalloc(1, sizeof *doc);
  doc->uri = str_dup(uri);
  doc->path = uri_to_path(uri);
  doc->markup = markup_of(uri, language);
  doc->version = version;
  doc->serial = ++self->serial;
  doc->buffer = buffer_new(text, self->eol);
  vec_push(&self->open, doc);
  doc->too_long = text.len > DOCS_MOST_LIVE;
  doc->margin = margin_new();
  self->events.opened(self->events.ctx, doc);
  start_job(self, doc);
  return doc;
}

void docs_close(Docs *self, Document *doc)
{
  self->events.closing(self->events.ctx, doc);
  size_t i = 0;
  while (self->open.items[i] != doc) i++;
  self->open.len--;
  memmove(self->open.items + i, self->open.items + i + 1, (self->open.len - i) * sizeof(Document *));
  doc->closed = true;
  if (doc->job) doc->job->cancel = true;
  if (!has_job(doc)) document_free(doc); // else the last job's end does
}

void docs_close_all(Docs *self)
{
  while (self->open.len) docs_close(self, self->open.items[self->open.len - 1]);
}

// --- changes

static bool is_continuation(char byte)
{
  return ((unsigned char)byte & 0xC0) == 0x80;
}

// The part of `fresh` that differs from `old`: the bytes that stay at the front and at the back, whole
// characters.
static void common_ends(Str old, Str fresh, size_t *front, size_t *back)
{
  size_t least = old.len < fresh.len ? old.len : fresh.len, f = 0, b = 0;
  while (f < least && old.ptr[f] == fresh.ptr[f]) f++;
  while (f &&
         ((f < old.len && is_continuation(old.ptr[f])) || (f < fresh.len && is_continuation(fresh.ptr[f]))))
    f--;
  while (b < least - f && old.ptr[old.len - 1 - b] == fresh.ptr[fresh.len - 1 - b]) b++;
  while (b && is_continuation(old.ptr[old.len - b])) b--;
  *front = f;
  *back = b;
}

// Marks may be back with the words that an edit brought.
static void settle(Document *doc, TextEdit edit)
{
  if (edit.new_end == edit.start || !margin_has_loose(doc->margin)) return;
  Snapshot *now = buffer_snapshot(doc->buffer);
  if (margin_settle(doc->margin, now, edit.start, edit.new_end)) doc->layer_serial++;
  snapshot_unref(now);
}

static bool replace(Document *doc, size_t start, size_t end, Str text, Error *err)
{
  Snapshot *before = margin_swallows(doc->margin, start, end) ? buffer_snapshot(doc->buffer) : NULL;
  bool ok = buffer_replace(doc->buffer, start, end, text, err);
  if (ok) {
    TextEdit edit = {start, end, start + text.len};
    vec_push(&doc->untold, edit);
    changes_add(&doc->since, edit);
    margin_edit(doc->margin, edit, before);
    if (doc->desk) desk_edited(doc->desk, edit);
    settle(doc, edit);
  }
  snapshot_unref(before);
  return ok;
}

static bool replace_all(Document *doc, const Snapshot *now, Str text, Error *err)
{
  Arena arena = {0};
  Str old = snapshot_read(now, 0, snapshot_len(now), &arena);
  size_t front, back;
  common_ends(old, text, &front, &back);
  bool ok = replace(doc, front, old.len - back, str_slice(text, front, text.len - back), err);
  arena_release(&arena);
  return ok;
}

bool docs_change(Docs *self, Document *doc, const cJSON *change, Error *err)
{
  const cJSON *text = json_get(change, "text"), *range = json_get(change, "range");
  if (!cJSON_IsString(text)) return error_set(err, ERR_USAGE, "a change without text");
  Str fresh = str_of(text->valuestring);
  Snapshot *now = buffer_snapshot(doc->buffer);
  size_t start = 0, end = 0;
  bool ok = false, whole = !range || cJSON_IsNull(range);
  if (!whole && !poscodec_range(range, now, self->enc, &start, &end)) {
    error_set(err, ERR_USAGE, "a change whose range is none");
  } else if (whole) {
    ok = replace_all(doc, now, fresh, err);
  } else {
    snapshot_unref(now); // so that the buffer may work in place
    now = NULL;
    ok = replace(doc, start, end, fresh, err);
  }
  snapshot_unref(now);
  return ok;
}

// What is found next, if the text shrinks again, is new to the client.
static void forget_findings(Document *doc)
{
  findings_unref(doc->found);
  doc->found = NULL;
  doc->published = false;
  changes_reset(&doc->since);
}

void docs_changed(Docs *self, Document *doc, int64_t version)
{
  doc->version = version;
  doc->serial = ++self->serial;
  doc->too_long = buffer_len(doc->buffer) > DOCS_MOST_LIVE;
  if (doc->too_long) forget_findings(doc);
  if (doc->job)
    doc->job->cancel = true;
  else
    start_job(self, doc);
}
