// The law of the pipeline: after any edits an Analysis gives what a new one gives for the same text. Random
// edits of a kind that people make (words typed, lines cut, joined and pasted, marks opened and closed) over
// the sample articles, some of them while the run before was cancelled.
#include "unit/test.h"

#include "annotate/pipeline.h"
#include "chance.h"
#include "text/buffer.h"

#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

static Str read_file(const char *path)
{
  StrBuf text = {0};
  char part[4096];
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  for (size_t n; (n = fread(part, 1, sizeof part, file));) strbuf_add(&text, (Str){part, n});
  fclose(file);
  return strbuf_str(&text);
}

static void describe_quote(const QuoteFacts *facts, StrBuf *out)
{
  const Mention *mentions[] = {&facts->cue, &facts->speaker, &facts->source};
  strbuf_addf(out, " %u %u " STR_FMT, facts->group, facts->voice, STR_ARG(facts->why));
  for (size_t i = 0; i < ARRAY_LEN(mentions); i++)
    strbuf_addf(out, " %zu %zu " STR_FMT " " STR_FMT, mentions[i]->start, mentions[i]->end,
                STR_ARG(mentions[i]->name), STR_ARG(mentions[i]->entity));
}

// Numbers of clusters only say which mentions are one: here by the first of them.
static size_t cluster_of(const Annotations *found, const Span *span)
{
  size_t first = 0;
  while (found->spans.items[first].kind != SPAN_ENTITY ||
         found->spans.items[first].entity->cluster != span->entity->cluster)
    first++;
  return first;
}

static void describe(const Annotations *found, StrBuf *out)
{
  Arena arena = {0};
  strbuf_reset(out);
  strbuf_addf(out, "%s " STR_FMT " " STR_FMT "\n", lang_code(found->lang), STR_ARG(found->dct.value),
              STR_ARG(found->title));
  for (size_t i = 0; i < found->spans.len; i++) {
    const Span *span = &found->spans.items[i];
    strbuf_addf(out, "%s " STR_FMT " %zu %zu %.3f " STR_FMT, span_kind_name(span->kind),
                STR_ARG(span_type_name(span)), span->start, span->end, (double)span->confidence,
                STR_ARG(span_by_name(span, &arena)));
    if (span->kind == SPAN_ENTITY)
      strbuf_addf(out, " " STR_FMT " " STR_FMT " %zu", STR_ARG(span->entity->name),
                  STR_ARG(span->entity->entity), cluster_of(found, span));
    if (span->kind == SPAN_DATE)
      strbuf_addf(out, " " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT " " STR_FMT,
                  STR_ARG(span->date->value), STR_ARG(span->date->begin), STR_ARG(span->date->until),
                  STR_ARG(span->date->mod), STR_ARG(span->date->anchor));
    if (span->kind == SPAN_QUOTE) describe_quote(span->quote, out);
    strbuf_byte(out, '\n');
  }
  arena_release(&arena);
}

static void run(Analysis *analysis, Buffer *buffer, Markup markup, StrBuf *out)
{
  ArticleInfo info = {.markup = markup};
  Snapshot *text = buffer_snapshot(buffer);
  Annotations *found = analysis_run(analysis, text, &info, NULL);
  describe(found, out);
  annotations_unref(found);
  snapshot_unref(text);
}

static _Atomic(bool) g_stop;

static void stop(int number)
{
  (void)number;
  g_stop = true;
}

// Begin a run that is cancelled at once, or in its midst.
static void run_a_while(Analysis *analysis, Buffer *buffer, Markup markup)
{
  ArticleInfo info = {.markup = markup};
  Snapshot *text = buffer_snapshot(buffer);
  struct itimerval soon = {.it_value.tv_usec = 1 + (suseconds_t)dice(1000)}, never = {0};
  g_stop = !dice(3);
  signal(SIGALRM, stop);
  setitimer(ITIMER_REAL, &soon, NULL);
  annotations_unref(analysis_run(analysis, text, &info, &g_stop));
  setitimer(ITIMER_REAL, &never, NULL);
  snapshot_unref(text);
}

static void edit(Analysis *analysis, Buffer *buffer, Str pool)
{
  static const char *const pieces[] = {"\n",
                                       "\n\n",
                                       "”",
                                       "“",
                                       "\"",
                                       "«",
                                       "– ",
                                       ", sa Anna Lind.\n",
                                       "den 3 maj ",
                                       " ",
                                       ".",
                                       "\r\n",
                                       "2023-04-17\n\n",
                                       "Putin",
                                       "i går",
                                       "å",
                                       "\xF0\x9F\x98\x80",
                                       "\xFF",
                                       "The minister said on Monday that the talks in London had failed.\n\n",
                                       "---\n",
                                       "a",
                                       "e",
                                       "talks ",
                                       "och ",
                                       "<!--",
                                       "-->",
                                       "<p>",
                                       "<script>",
                                       "</script>",
                                       "<a title='",
                                       "&nbsp;",
                                       "```\n",
                                       "\n~~~ c\n",
                                       "    ",
                                       "\n# ",
                                       "\n> ",
                                       "\n- ",
                                       "](http://",
                                       "[",
                                       "`",
                                       "\n| a | b |\n|---|---|\n",
                                       "**",
                                       ">"};
  size_t len = buffer_len(buffer), start = dice(len + 1);
  size_t removed = dice(3) ? 0 : dice(dice(4) ? 12 : 400);
  if (removed > len - start) removed = len - start;
  Str added = str_of(pieces[dice(ARRAY_LEN(pieces))]);
  if (!dice(5)) { // paste
    size_t from = dice(pool.len), size = dice(300);
    added = str_slice(pool, from, from + size < pool.len ? from + size : pool.len);
  }
  if (!dice(4)) added = (Str){"", 0};
  assert_true(buffer_replace(buffer, start, start + removed, added, NULL));
  analysis_edit(analysis, (TextEdit){start, start + removed, start + added.len});
}

// Edit `text` for some rounds, and see each time that a fresh run says the same.
static void hold_to_the_law(const Pipeline *pipeline, const char *name, Str text, size_t rounds)
{
  StrBuf edited = {0}, fresh = {0};
  Buffer *buffer = buffer_new(text, EOL_LSP);
  Analysis *analysis = analysis_new(pipeline);
  Markup markup = markup_of(str_of(name), (Str){0});
  run_a_while(analysis, buffer, markup);
  run(analysis, buffer, markup, &edited);
  for (size_t round = 0; round < rounds; round++) {
    uint64_t at = g_chance;
    for (size_t k = 1 + dice(3); k--;) {
      edit(analysis, buffer, text);
      if (!dice(4)) run_a_while(analysis, buffer, markup);
    }
    run(analysis, buffer, markup, &edited);
    Analysis *again = analysis_new(pipeline);
    run(again, buffer, markup, &fresh);
    analysis_free(again);
    if (!str_eq(strbuf_str(&edited), strbuf_str(&fresh)))
      fail_msg("%s, round %zu (random state %llu):\n--- after edits\n%s--- fresh\n%s", name, round,
               (unsigned long long)at, edited.ptr, fresh.ptr);
  }
  analysis_free(analysis);
  buffer_free(buffer);
  strbuf_release(&edited);
  strbuf_release(&fresh);
}

static Pipeline *open_pipeline(size_t *rounds)
{
  const char *dir = getenv("NEWSMARK_DATA");
  chance_begin();
  *rounds = chance_rounds(60);
  Error err = {0};
  return pipeline_new(dir ? dir : "build/share/newsmark", &err);
}

static void edits_end_where_a_fresh_run_ends(void **state)
{
  (void)state;
  size_t rounds;
  Pipeline *pipeline = open_pipeline(&rounds);
  glob_t files;
  assert_int_equal(glob("tests/data/articles/*.[htm]*", 0, NULL, &files), 0);
  for (size_t f = 0; f < files.gl_pathc; f++) {
    Str text = read_file(files.gl_pathv[f]);
    hold_to_the_law(pipeline, files.gl_pathv[f], text, rounds);
    free((void *)(uintptr_t)text.ptr);
  }
  globfree(&files);
  pipeline_free(pipeline);
}

// The passes go by stretches of a long article, and over most of them they go past.
static void edits_of_a_long_article(void **state)
{
  (void)state;
  size_t rounds;
  Pipeline *pipeline = open_pipeline(&rounds);
  glob_t files;
  assert_int_equal(glob("tests/data/articles/*.txt", 0, NULL, &files), 0);
  StrBuf all = {0};
  for (size_t times = 0; times < 3; times++) {
    for (size_t f = 0; f < files.gl_pathc; f++) {
      Str text = read_file(files.gl_pathv[(f + times) % files.gl_pathc]);
      strbuf_add(&all, text);
      strbuf_add(&all, STR("\n\n"));
      free((void *)(uintptr_t)text.ptr);
    }
  }
  hold_to_the_law(pipeline, "all articles, three times", strbuf_str(&all), rounds);
  strbuf_release(&all);
  globfree(&files);
  pipeline_free(pipeline);
}

static void replace(Analysis *analysis, Buffer *buffer, size_t start, size_t end, Str added)
{
  assert_true(buffer_replace(buffer, start, end, added, NULL));
  analysis_edit(analysis, (TextEdit){start, end, start + added.len});
}

// Take out, one after another, every place that has `words`, and put it back: each time as a fresh run says.
static void without_each(const Pipeline *pipeline, Str text, Str words)
{
  StrBuf edited = {0}, fresh = {0};
  Buffer *buffer = buffer_new(text, EOL_LSP);
  Analysis *analysis = analysis_new(pipeline);
  run(analysis, buffer, MARKUP_NONE, &edited);
  for (size_t at = 0; at + words.len <= text.len; at++) {
    if (!str_starts(str_slice(text, at, text.len), words)) continue;
    replace(analysis, buffer, at, at + words.len, (Str){"", 0});
    run(analysis, buffer, MARKUP_NONE, &edited);
    Analysis *again = analysis_new(pipeline);
    run(again, buffer, MARKUP_NONE, &fresh);
    analysis_free(again);
    if (!str_eq(strbuf_str(&edited), strbuf_str(&fresh)))
      fail_msg("without byte %zu:\n--- after edits\n%s--- fresh\n%s", at, edited.ptr, fresh.ptr);
    replace(analysis, buffer, at, at, words);
    run(analysis, buffer, MARKUP_NONE, &edited);
  }
  analysis_free(analysis);
  buffer_free(buffer);
  strbuf_release(&edited);
  strbuf_release(&fresh);
}

// Wherever the borders of stretches fall, some edit is right behind one and counts for what is before it:
// quotations that close paragraphs later.
static void edits_behind_every_border(void **state)
{
  (void)state;
  size_t rounds;
  Pipeline *pipeline = open_pipeline(&rounds);
  StrBuf text = {0};
  for (int i = 0; i < 40; i++) {
    strbuf_addf(&text, "“This is how part %d begins.\n\n", i);
    for (int k = 0; k < 8; k++) strbuf_addf(&text, "In Oslo it goes on, %d times.\n\n", 100 * i + k);
    strbuf_addf(&text, "And here it ends,” said Ada Lind.\n\nNobody else spoke on day %d.\n\n", i);
  }
  without_each(pipeline, strbuf_str(&text), STR("”"));
  strbuf_release(&text);
  pipeline_free(pipeline);
}

// Blocks that say nothing themselves are in the language of the others: with these their dates change.
static void edits_that_change_the_language_far_away(void **state)
{
  (void)state;
  static const char english[] =
      "The council met and the mayor said that nothing would be decided before they had read it all.\n\n";
  size_t rounds;
  Pipeline *pipeline = open_pipeline(&rounds);
  StrBuf text = {0};
  strbuf_addf(&text, "2021-06-01\n\n%sIl consiglio si riunisce.\n\n", english);
  for (int i = 0; i < 400; i++) // mostly the same date in both: what a stretch begins with says nothing
    strbuf_addf(&text, "%d: %s.\n\n", 1000 + i, i % 4 ? "2021-06-02" : "4/5/2021");
  without_each(pipeline, strbuf_str(&text), str_of(english));
  strbuf_release(&text);
  pipeline_free(pipeline);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(edits_end_where_a_fresh_run_ends), cmocka_unit_test(edits_of_a_long_article),
      cmocka_unit_test(edits_behind_every_border), cmocka_unit_test(edits_that_change_the_language_far_away)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
