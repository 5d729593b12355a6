// That the passes go past what an edit leaves as it was: facts that were kept are the same pointers.
// tests/prop/prop_law.c says that it is right to keep them.
#include "unit/test.h"

#include "annotate/entities/cast.h"
#include "annotate/pipeline.h"
#include "base/digest.h"
#include "text/buffer.h"

enum { PARAGRAPHS = 400 };

typedef struct Live {
  Pipeline *pipeline;
  Buffer *buffer;
  Analysis *analysis;
} Live;

static Live open_long_text(void)
{
  StrBuf text = {0};
  for (int i = 0; i < PARAGRAPHS; i++)
    strbuf_addf(&text,
                "Paragraph %d: Ada Lind met the council of Oslo on 3 May %d. “It is done,” she said.\n\n", i,
                1900 + i % 120);
  Live live = {pipeline_new("core/annotate/data", NULL), buffer_new(strbuf_str(&text), EOL_LSP), NULL};
  live.analysis = analysis_new(live.pipeline);
  strbuf_release(&text);
  return live;
}

static void close_text(Live *live)
{
  analysis_free(live->analysis);
  buffer_free(live->buffer);
  pipeline_free(live->pipeline);
}

static Annotations *run(const Live *live)
{
  Snapshot *text = buffer_snapshot(live->buffer);
  Annotations *found = analysis_run(live->analysis, text, NULL, NULL);
  snapshot_unref(text);
  return found;
}

static Annotations *type(const Live *live, size_t at, const char *words)
{
  assert_true(buffer_replace(live->buffer, at, at, str_of(words), NULL));
  analysis_edit(live->analysis, (TextEdit){at, at, at + strlen(words)});
  return run(live);
}

// How many spans of a kind in `is` have facts that `was` has too; *all: of how many.
static size_t kept(const Annotations *was, const Annotations *is, SpanKind kind, size_t *all)
{
  size_t count = 0, k = 0;
  *all = 0;
  for (size_t i = 0; i < is->spans.len; i++) {
    const Span *span = &is->spans.items[i];
    if (span->kind != kind) continue;
    (*all)++;
    for (size_t at = k; at < was->spans.len; at++) { // both are in the order of the text
      if (was->spans.items[at].kind != kind || was->spans.items[at].date != span->date) continue;
      count++;
      k = at + 1;
      break;
    }
  }
  return count;
}

static void a_name_costs_its_stretch(void **state)
{
  (void)state;
  Live live = open_long_text();
  Annotations *before = run(&live);
  size_t at = before->blocks[PARAGRAPHS / 2].start, dates, quotes, entities;
  Annotations *after = type(&live, at, "Nora Qvist came. ");
  size_t kept_dates = kept(before, after, SPAN_DATE, &dates);
  size_t kept_quotes = kept(before, after, SPAN_QUOTE, &quotes);
  assert_int_equal(dates, PARAGRAPHS);
  assert_int_equal(quotes, PARAGRAPHS);
  assert_true(kept_dates >= PARAGRAPHS - 2 * 96); // a stretch has 96 blocks at most, and one reads ahead
  assert_true(kept_quotes >= PARAGRAPHS / 2 - 2 * 96 && kept_quotes < PARAGRAPHS); // those behind have moved
  size_t same = kept(before, after, SPAN_ENTITY, &entities);
  assert_true(same == entities - 1); // but the one that is new
  annotations_unref(before);
  annotations_unref(after);
  close_text(&live);
}

static void a_result_outlives_its_analysis(void **state)
{
  (void)state;
  Live live = open_long_text();
  annotations_unref(run(&live));
  Annotations *found = type(&live, 0, "Oslo. ");
  close_text(&live);
  const Span *last = &found->spans.items[found->spans.len - 1];
  assert_int_equal(last->kind, SPAN_QUOTE);
  assert_true(str_is(last->quote->speaker.name, "Ada Lind"));
  annotations_unref(found);
}

static void equal_facts_are_one(void **state)
{
  (void)state;
  Cast *cast = cast_new();
  const EntityFacts *first = NULL;
  for (uint64_t n = 1; n < 1000; n++) {
    uint64_t key = digest_pair(n, 0);
    assert_null(cast_find(cast, key));
    const EntityFacts *facts = cast_add(cast, key, STR("Oslo"), STR("name:oslo"));
    if (n == 1) first = facts;
  }
  assert_ptr_equal(cast_find(cast, digest_pair(1, 0)), first);
  assert_int_equal(first->cluster, 1);
  assert_int_equal(cast_find(cast, digest_pair(999, 0))->cluster, 999);
  cast_unref(cast);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_name_costs_its_stretch),
      cmocka_unit_test(a_result_outlives_its_analysis),
      cmocka_unit_test(equal_facts_are_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
