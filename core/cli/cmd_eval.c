// eval: the machine beside the reader: for each type, how much of what it marks is right, and how much it
// misses, by what the reader decided. In an article that is done, what the reader left alone counts as right;
// in others only what was decided counts.
#include "base/json.h"
#include "cli/cmd.h"
#include "cli/options.h"
#include "cli/setup.h"
#include "human/kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Tally {
  char name[48];
  size_t right, wrong, missed;
  double confidence; // summed over right and wrong
} Tally;
typedef VEC_OF(Tally) TallyVec;

typedef struct Eval {
  TallyVec tallies;
  size_t articles, done, speakers_right, speakers;
} Eval;

static Tally *tally_of(Eval *self, Str kind, Str type)
{
  char name[48];
  snprintf(name, sizeof name, STR_FMT " " STR_FMT, STR_ARG(kind), STR_ARG(type));
  for (size_t i = 0; i < self->tallies.len; i++)
    if (!strcmp(self->tallies.items[i].name, name)) return &self->tallies.items[i];
  Tally fresh = {0};
  memcpy(fresh.name, name, sizeof name);
  vec_push(&self->tallies, fresh);
  return &self->tallies.items[self->tallies.len - 1];
}

static Tally *tally_of_span(Eval *self, const Span *span)
{
  return tally_of(self, str_of(span_kind_name(span->kind)), span_type_name(span));
}

// The span of `found` with this place, kind and type; NULL.
static const Span *find_span(const Annotations *found, const Span *like)
{
  const SpanVec *spans = &found->spans;
  size_t low = 0, high = spans->len;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (spans->items[middle].start < like->start)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < spans->len && spans->items[low].start == like->start; low++) {
    const Span *span = &spans->items[low];
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

static void judge_speaker(Eval *self, const Span *machine, const Span *truth)
{
  if (machine->kind != SPAN_QUOTE || !truth->quote->speaker.name.len) return;
  self->speakers++;
  self->speakers_right += str_eq(machine->quote->speaker.entity, truth->quote->speaker.entity) ||
                          str_eq(machine->quote->speaker.name, truth->quote->speaker.name);
}

// The machine's spans: right where they stand in what the reader left, wrong where they do not.
static void judge(Eval *self, const Loaded *article, bool done)
{
  const SpanVec *machine = &article->machine->spans, *truth = &article->found->spans;
  for (size_t i = 0; i < machine->len; i++) {
    const Span *span = &machine->items[i], *same = find_span(article->found, span);
    if (same && !done && !decided(article->found, same)) continue; // nobody looked
    Tally *tally = tally_of_span(self, span);
    tally->confidence += (double)span->confidence;
    if (same)
      tally->right++;
    else
      tally->wrong++;
    if (same) judge_speaker(self, span, same);
  }
  for (size_t i = 0; i < truth->len; i++)
    if (decided(article->found, &truth->items[i]) && !find_span(article->machine, &truth->items[i]))
      tally_of_span(self, &truth->items[i])->missed++;
}

static bool eval_article(Eval *self, const Pipeline *pipeline, const char *path)
{
  KeptPaths paths = {0};
  Error err = {0};
  if (!kept_paths(&paths, path, NULL)) return true;
  Ledger *ledger = ledger_new(paths.marks);
  LedgerTexts news = {0};
  bool ok = ledger_read(ledger, &news, &err);
  if (ok && news.len) {
    Loaded article;
    Kept kept = {0};
    ok = setup_load(&article, pipeline, NULL, path, &err);
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
  if (!ok) fprintf(stderr, "newsmark: %s: %s\n", path, err.text);
  vec_release(&news);
  ledger_free(ledger);
  kept_paths_release(&paths);
  return ok;
}

static double percent(size_t part, size_t whole)
{
  return whole ? 100.0 * (double)part / (double)whole : 0;
}

static int by_name(const void *a, const void *b)
{
  return strcmp(((const Tally *)a)->name, ((const Tally *)b)->name);
}

static void print_table(const Eval *self)
{
  printf("%zu articles with decisions, %zu of them done\n\n", self->articles, self->done);
  printf("%-22s %6s %6s %7s %10s %8s %6s %11s\n", "", "right", "wrong", "missed", "precision", "recall", "F1",
         "confidence");
  for (size_t i = 0; i < self->tallies.len; i++) {
    const Tally *t = &self->tallies.items[i];
    printf("%-22s %6zu %6zu %7zu %9.1f%% %7.1f%% %6.1f %11.2f\n", t->name, t->right, t->wrong, t->missed,
           percent(t->right, t->right + t->wrong), percent(t->right, t->right + t->missed),
           percent(2 * t->right, 2 * t->right + t->wrong + t->missed),
           t->right + t->wrong ? t->confidence / (double)(t->right + t->wrong) : 0.0);
  }
  if (self->speakers)
    printf("\nspeakers: %zu of %zu right (%.1f%%)\n", self->speakers_right, self->speakers,
           percent(self->speakers_right, self->speakers));
}

static void print_json(const Eval *self)
{
  StrBuf out = {0};
  strbuf_byte(&out, '{');
  json_write_uint(&out, "articles", self->articles);
  json_write_uint(&out, "done", self->done);
  json_write_uint(&out, "speakers", self->speakers);
  json_write_uint(&out, "speakers_right", self->speakers_right);
  strbuf_add(&out, STR(",\"types\":["));
  for (size_t i = 0; i < self->tallies.len; i++) {
    const Tally *t = &self->tallies.items[i];
    strbuf_add(&out, i ? STR(",{") : STR("{"));
    json_write_member(&out, "type", str_of(t->name));
    json_write_uint(&out, "right", t->right);
    json_write_uint(&out, "wrong", t->wrong);
    json_write_uint(&out, "missed", t->missed);
    strbuf_byte(&out, '}');
  }
  strbuf_add(&out, STR("]}\n"));
  fwrite(out.ptr, 1, out.len, stdout);
  strbuf_release(&out);
}

int cmd_eval(int argc, char **argv)
{
  const char *format = "table";
  const Option table[] = {{"format", 'f', OPTION_TEXT, &format, "FMT", "table json", "table (default), json"},
                          {0}};
  int status, first = options_read("eval [options] DIR|FILE", table, argc, argv, &status);
  if (first == OPTIONS_STOP) return status;
  if (first + 1 != argc) return options_refuse("eval", "it wants one folder or article");
  ArticlePaths articles = {0};
  if (!setup_articles(argv[first], &articles)) return EXIT_PARTLY;
  Pipeline *pipeline = setup_pipeline();
  Eval self = {0};
  for (size_t i = 0; i < articles.len; i++)
    if (!eval_article(&self, pipeline, articles.items[i])) status = EXIT_PARTLY;
  if (self.tallies.len) qsort(self.tallies.items, self.tallies.len, sizeof(Tally), by_name);
  if (!strcmp(format, "json"))
    print_json(&self);
  else
    print_table(&self);
  vec_release(&self.tallies);
  setup_articles_release(&articles);
  pipeline_free(pipeline);
  return status;
}
