// A script's own tests: "An [[asset freeze|sanction]] under [[Regulation 833|list=EU-833]]." The marks are
// taken out, the tagger runs over what is left, and the spans it finds are compared with the marks. A mark
// without `=value` says nothing of the value.
#include "script/search.h"
#include "script/tagger.h"

typedef struct Mark {
  size_t start, end;
  Str tag, value; // value.ptr NULL: any
  bool found;
} Mark;
typedef VEC_OF(Mark) MarkVec;

static size_t find_pair(Str text, size_t from, char c) // "[[" or "]]"; text.len: there is none
{
  for (size_t i = from; i + 1 < text.len; i++)
    if (text.ptr[i] == c && text.ptr[i + 1] == c) return i;
  return text.len;
}

static void add_mark(Str inside, StrBuf *plain, MarkVec *marks, Arena *arena)
{
  size_t bar = inside.len;
  while (bar > 0 && inside.ptr[bar - 1] != '|') bar--;
  Str text = str_slice(inside, 0, bar ? bar - 1 : inside.len),
      spec = str_slice(inside, bar ? bar : inside.len, inside.len);
  Mark mark = {.start = plain->len, .end = plain->len + text.len};
  mark.tag = spec;
  for (size_t i = 0; i < spec.len && !mark.value.ptr; i++) {
    if (spec.ptr[i] != '=') continue;
    mark.tag = str_slice(spec, 0, i);
    mark.value = str_slice(spec, i + 1, spec.len);
  }
  strbuf_add(plain, text);
  vec_push_in(arena, marks, mark);
}

static Str take_out_marks(Str text, MarkVec *marks, Arena *arena)
{
  StrBuf plain = {0};
  for (size_t at = 0; at < text.len;) {
    size_t open = find_pair(text, at, '['), close = find_pair(text, open, ']');
    if (close == text.len) open = text.len;
    strbuf_add(&plain, str_slice(text, at, open));
    if (open < text.len) add_mark(str_slice(text, open + 2, close), &plain, marks, arena);
    at = open < text.len ? close + 2 : text.len;
  }
  Str out = arena_dup(arena, strbuf_str(&plain));
  strbuf_release(&plain);
  return out;
}

static Annotations *bare(Str text, Lang lang)
{
  Annotations *out = xcalloc(1, sizeof *out);
  BlockSpan *block = arena_zalloc(&out->arena, sizeof *block);
  *block = (BlockSpan){0, text.len, BLOCK_PARAGRAPH, lang, str_hash(text)};
  out->blocks = block;
  out->block_count = text.len ? 1 : 0;
  out->lang = lang;
  out->refs = 1;
  return out;
}

static Annotations *annotate(const Pipeline *pipeline, const Snapshot *snapshot, Str text, Lang lang)
{
  if (!pipeline) return bare(text, lang);
  Analysis *analysis = analysis_new(pipeline);
  ArticleInfo info = {.lang = lang};
  Annotations *found = analysis_run(analysis, snapshot, &info, NULL);
  analysis_free(analysis);
  return found;
}

static Lang test_lang(const Tagger *self, const TaggerTest *test)
{
  if (test->lang.len) return lang_of(test->lang);
  for (Lang lang = LANG_UNKNOWN + 1; lang < LANG_COUNT; lang++)
    if (self->langs >> lang & 1) return self->langs >> LANG_EN & 1 ? LANG_EN : lang;
  return LANG_EN;
}

static void compare(const Run *run, MarkVec *marks, StrBuf *diff)
{
  for (size_t i = run->machine; i < run->spans.len; i++) {
    const Span *span = &run->spans.items[i];
    bool expected = span->start == span->end;
    for (size_t j = 0; j < marks->len && !expected; j++) {
      Mark *mark = &marks->items[j];
      expected = mark->start == span->start && mark->end == span->end && str_eq(mark->tag, span->tag->tag) &&
                 (!mark->value.ptr || str_eq(mark->value, span->tag->value));
      mark->found |= expected;
    }
    if (!expected)
      strbuf_addf(diff, "unexpected [[" STR_FMT "|" STR_FMT "%s" STR_FMT "]]\n",
                  STR_ARG(str_slice(run->text, span->start, span->end)), STR_ARG(span->tag->tag),
                  span->tag->value.len ? "=" : "", STR_ARG(span->tag->value));
  }
  for (size_t j = 0; j < marks->len; j++) {
    const Mark *mark = &marks->items[j];
    if (!mark->found)
      strbuf_addf(diff, "missing    [[" STR_FMT "|" STR_FMT "%s" STR_FMT "]]\n",
                  STR_ARG(str_slice(run->text, mark->start, mark->end)), STR_ARG(mark->tag),
                  mark->value.ptr ? "=" : "", STR_ARG(mark->value));
  }
}

static void run_test(Tagger *self, const Pipeline *pipeline, const TaggerTest *test, StrBuf *diff)
{
  Arena arena = {0}, scratch = {0};
  MarkVec marks = {0};
  Fault fault = {0};
  Str text = test->none ? test->text : take_out_marks(test->text, &marks, &arena);
  Snapshot *snapshot = snapshot_new(text);
  Annotations *found = annotate(pipeline, snapshot, text, test_lang(self, test));
  Run run = {.text = text,
             .path = STR("test"),
             .found = found,
             .snapshot = snapshot,
             .needles = self->needles,
             .arena = &arena,
             .scratch = &scratch};
  for (size_t i = 0; i < found->spans.len; i++) vec_push_in(&arena, &run.spans, found->spans.items[i]);
  run.machine = run.spans.len;
  Early early = {0};
  search_early(self, &run, &early);
  if (tagger_tag_article(self, &run, &early, &fault) && tagger_filter_article(self, &run, &fault))
    compare(&run, &marks, diff);
  else
    strbuf_addf(diff, "line %zu: %s\n", fault.line, fault.text);
  article_free(run.article);
  annotations_unref(found);
  snapshot_unref(snapshot);
  arena_release(&scratch);
  arena_release(&arena);
}

size_t tagger_run_tests(Tagger *self, const Pipeline *pipeline, size_t most, Arena *arena,
                        TestOutcomeVec *out)
{
  size_t failed = 0;
  StrBuf diff = {0};
  for (size_t i = 0; i < self->tests.len && i < most; i++) {
    strbuf_reset(&diff);
    run_test(self, pipeline, &self->tests.items[i], &diff);
    failed += diff.len > 0;
    vec_push_in(
        arena, out,
        (TestOutcome){i + 1, diff.len == 0, self->tests.items[i].text, arena_dup(arena, strbuf_str(&diff))});
  }
  strbuf_release(&diff);
  return failed;
}
