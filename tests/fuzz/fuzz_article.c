// An article of any bytes, edited by what the bytes say: nothing crashes, every span lies in the text and
// between characters, and the law holds: after the edits the annotations equal those of a fresh Analysis.
#include "annotate/pipeline.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const Pipeline *shared_pipeline(void)
{
  static Pipeline *pipeline;
  if (!pipeline) {
    const char *dir = getenv("NEWSMARK_DATA");
    pipeline = pipeline_new(dir ? dir : "build/share/newsmark", NULL);
  }
  return pipeline;
}

static void require(bool holds)
{
  if (!holds) abort();
}

static void check_mention(const Mention *mention, size_t len)
{
  require(mention->start <= mention->end && mention->end <= len);
}

static void check_spans(const Annotations *found, size_t len)
{
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    require(span->start < span->end && span->end <= len);
    require(span->confidence >= 0 && span->confidence <= 1);
    if (i) require(span_order(span - 1, span) <= 0);
    if (span->kind == SPAN_QUOTE) {
      check_mention(&span->quote->cue, len);
      check_mention(&span->quote->speaker, len);
      check_mention(&span->quote->source, len);
    }
  }
}

static void check_equal(const Annotations *a, const Annotations *b)
{
  require(a->spans.len == b->spans.len && a->lang == b->lang && str_eq(a->dct.value, b->dct.value));
  for (size_t i = 0; i < a->spans.len; i++) {
    const Span *x = &a->spans.items[i], *y = &b->spans.items[i];
    require(span_order(x, y) == 0);
    if (x->kind == SPAN_DATE) require(str_eq(x->date->value, y->date->value));
    if (x->kind == SPAN_ENTITY) require(str_eq(x->entity->entity, y->entity->entity));
    if (x->kind == SPAN_QUOTE) require(str_eq(x->quote->speaker.name, y->quote->speaker.name));
  }
}

static Annotations *run(Analysis *analysis, Buffer *buffer)
{
  Snapshot *text = buffer_snapshot(buffer);
  Annotations *found = analysis_run(analysis, text, NULL, NULL);
  check_spans(found, snapshot_len(text));
  snapshot_unref(text);
  return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  if (size < 8) return 0;
  size_t edits = data[0] % 4;
  Str text = {(const char *)data + 8, size - 8};
  Buffer *buffer = buffer_new(text, EOL_LSP);
  Analysis *analysis = analysis_new(shared_pipeline());
  annotations_unref(run(analysis, buffer));
  for (size_t i = 0; i < edits; i++) {
    size_t len = buffer_len(buffer), start = len ? data[1 + i] * 7919u % (len + 1) : 0;
    size_t removed = data[4 + i] % 16 < len - start ? data[4 + i] % 16 : len - start;
    Str added = str_slice(text, 0, data[5 - i % 2] % 32 < text.len ? data[5 - i % 2] % 32 : text.len);
    require(buffer_replace(buffer, start, start + removed, added, NULL));
    analysis_edit(analysis, (TextEdit){start, start + removed, start + added.len});
  }
  Annotations *edited = run(analysis, buffer);
  Analysis *again = analysis_new(shared_pipeline());
  Annotations *fresh = run(again, buffer);
  check_equal(edited, fresh);
  annotations_unref(edited);
  annotations_unref(fresh);
  analysis_free(analysis);
  analysis_free(again);
  buffer_free(buffer);
  return 0;
}
