// eval: the machine beside the reader: for each type, how much of what it marks is right, and how much it
// misses, by what the reader decided. In an article that is done, what the reader left alone counts as right;
// in others only what was decided counts. Or beside marks of gold (gold.h).
#include "cli/cmd.h"
#include "cli/gold.h"
#include "cli/options.h"
#include "cli/say.h"
#include "cli/setup.h"
#include "human/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The span of `found` with this place, kind and type; NULL.
static const Span *find_span(const Annotations *found, const Span *like)
{
  const SpanVec *spans = &found->spans;
  for (size_t i = spans_from(spans, like->start); i < spans->len && spans->items[i].start == like->start;
       i++) {
    const Span *span = &spans->items[i];
    if (span->end == like->end && span->kind == like->kind &&
        str_eq(span_type_name(span), span_type_name(like)))
      return span;
  }
  return NULL;
}

static bool decided(const Annotations *found, const Span *span)
{
  Verdict verdict = span->human ? found->human[span->human - 1]->verdict : VERDICT_NONE;
  return verdict == VERDICT_MADE || verdict == VERDICT_ACCEPTED;
}

static void judge_speaker(Tallies *self, const Span *machine, const Span *truth)
{
  if (machine->kind != SPAN_QUOTE || !truth->quote->speaker.name.len) return;
  self->speakers++;
  self->speakers_right += str_eq(machine->quote->speaker.entity, truth->quote->speaker.entity) ||
                          str_eq(machine->quote->speaker.name, truth->quote->speaker.name);
}

// The machine's spans: right where they stand in what the reader left, wrong where they do not.
static void judge(Tallies *self, const Loaded *article, bool done)
{
  const SpanVec *machine = &article->machine->spans, *truth = &article->found->spans;
  for (size_t i = 0; i < machine->len; i++) {
    const Span *span = &machine->items[i], *same = find_span(article->found, span);
    if (same && !done && !decided(article->found, same)) continue; // nobody looked
    tally_span(self, span, same != NULL);
    if (same) judge_speaker(self, span, same);
  }
  for (size_t i = 0; i < truth->len; i++)
    if (decided(article->found, &truth->items[i]) && !find_span(article->machine, &truth->items[i]))
      tally_of(self, str_of(span_kind_name(truth->items[i].kind)), span_type_name(&truth->items[i]))
          ->missed++;
}

static bool eval_article(Tallies *self, const Reading *how, const char *path)
{
  KeptPaths paths = {0};
  Error err = {0};
  if (!kept_paths(&paths, path, NULL)) return true;
  Ledger *ledger = ledger_new(paths.marks, NULL);
  LedgerTexts news = {0};
  bool ok = ledger_read(ledger, &news, &err);
  if (ok && news.len) {
    Loaded article;
    Kept kept = {0};
    ok = setup_load(&article, how, path, &err);
    if (ok) {
      kept_place(&kept, &news, article.text);
      bool done = str_is(kept.state, "done");
      judge(self, &article, done);
      self->articles++;
      self->done += done;
      kept_release(&kept);
      setup_unload(&article);
    }
  }
  if (!ok) say("%s: %s", path, err.text);
  vec_release(&news);
  ledger_free(ledger);
  kept_paths_release(&paths);
  return ok;
}

static bool eval_folder(Tallies *self, const Pipeline *pipeline, const char *path)
{
  Manifest *manifest = setup_manifest();
  Reading how = {.manifest = manifest, .pipeline = pipeline};
  ArticlePaths articles = {0};
  bool ok = setup_articles(path, &articles);
  for (size_t i = 0; i < articles.len; i++) ok &= eval_article(self, &how, articles.items[i]);
  articles_release(&articles);
  manifest_free(manifest);
  return ok;
}

int cmd_eval(int argc, char **argv)
{
  const char *format = "table";
  const Option table[] = {
      {"format", 'f', OPTION_TEXT, &format, "FMT", "table json", "table where none is named"}, {0}};
  int status, first = options_read("eval [options] DIR|FILE|GOLD.jsonl", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first + 1 != argc) return options_refuse("eval", "it wants one folder, article or file of gold");
  bool gold = str_ends(str_of(argv[first]), STR(".jsonl"));
  Pipeline *pipeline = setup_pipeline();
  Tallies tallies = {0};
  bool ok = gold ? gold_eval(&tallies, pipeline, argv[first]) : eval_folder(&tallies, pipeline, argv[first]);
  if (!strcmp(format, "json"))
    tallies_print_json(&tallies);
  else
    tallies_print(&tallies, gold ? "articles of gold" : "articles with decisions");
  tallies_release(&tallies);
  pipeline_free(pipeline);
  return ok ? status : EXIT_PARTLY;
}
