// A job carries the edits since the last one, a snapshot and what is needed to tell what changed for the
// client since the findings it knows; it gives fresh findings and the ready notification, so that the loop
// thread has only to send it. A job that ends late (the text went on) or was cancelled leaves no trace but
// the work the Analysis keeps of it.
#include "server/docs_p.h"

#include "base/alloc.h"
#include "server/publish.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

// Scripts that were quick of late are asked before the names of a key are told, others afterwards.
#define QUICK_NS 3000000u

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
  bool hints, doubts; // what the settings say of them
  bool asked, quick;  // the scripts were before; and may be at once
  uint64_t tags_ns;   // what that took; 0: they were not asked
  atomic_bool cancel;
  Findings *fresh; // NULL: cancelled
  StrBuf message;
};

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
  job->doubts = docsettings_doubts(&job->doc->settings);
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

bool docs_has_job(const Document *doc)
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
  if (doc->closed && !docs_has_job(doc))
    docs_document_free(doc);
  else if (!doc->closed) {
    docs_annotate(self, doc);
    docs_lay_people(self, doc);
    docs_ask_scripts(self, doc);
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
  job->doc->doubts = job->doubts;
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
    if (self->open.items[i] != job->doc) docs_ask_scripts(self, self->open.items[i]);
  job_over(job);
}

static void layer_done(uv_work_t *req, int status)
{
  DocJob *job = container_of(req, DocJob, req);
  (void)status;
  job->doc->layer_job = NULL;
  job_over(job);
}

void docs_lay_people(Docs *self, Document *doc)
{
  if (doc->layer_job || doc->closed || !docs_is_current(doc) || doc->found->layer == doc->layer_serial)
    return;
  DocJob *job = doc->layer_job = job_new(self, doc);
  job->under = annotations_ref(doc->found->under);
  job->base = doc->found->base ? annotations_ref(doc->found->base) : NULL;
  queue(job, layer_work, layer_done);
}

void docs_ask_scripts(Docs *self, Document *doc)
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

void docs_annotate(Docs *self, Document *doc)
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

void docs_annotate_anew(Docs *self, Document *doc)
{
  if (doc->job)
    doc->job->cancel = true;
  else
    docs_annotate(self, doc);
}

void docs_cancel(Document *doc)
{
  if (doc->job) doc->job->cancel = true;
}
