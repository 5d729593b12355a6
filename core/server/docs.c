// The documents and their texts. An edit goes to the buffer, to the list of what the analysis was not told
// of, to the changes since the newest findings and to what people decided; then the work on the new text is
// asked for (docs_job.c).
#include "server/docs_p.h"

#include "base/alloc.h"
#include "server/desk.h"
#include "server/poscodec.h"
#include "server/uri.h"

#include <assert.h>
#include <stdlib.h>

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

// --- what they are annotated with

void docs_set_pipeline(Docs *self, const Pipeline *pipeline, Host *host)
{
  self->pipeline = pipeline;
  self->host = host;
  docs_resume(self);
}

void docs_resume(Docs *self)
{
  for (size_t i = 0; i < self->open.len; i++) {
    docs_annotate(self, self->open.items[i]);
    docs_ask_scripts(self, self->open.items[i]);
  }
}

void docs_release_hold(Docs *self, Document *doc)
{
  doc->hold = false;
  docs_annotate(self, doc);
}

void docs_relay(Docs *self, Document *doc)
{
  doc->layer_serial++;
  docs_lay_people(self, doc);
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
    docs_annotate_anew(self, doc);
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

void docs_document_free(Document *doc)
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
  docs_annotate(self, doc);
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
  docs_cancel(doc);
  if (!docs_has_job(doc)) docs_document_free(doc); // else the last job's end does
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
  docs_annotate_anew(self, doc);
}
