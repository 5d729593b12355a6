// train_speech DATA DIR OUT: learns the weights of annotate/quotes/quotes_speech.c from the open sets of
// quotations under DATA/news and DATA/quotes, with the names of DIR, writes the table OUT and prints how well
// it tells speech from other marks, by source.
//
// Logistic regression with an L2 penalty, by Newton's steps (iteratively reweighted least squares): the loss
// is convex and all examples are read at once, so there is one answer and no order or chance in it. Texts go
// through the product's own blocks, names, marks and signs. An example is a stretch between marks; it is
// speech where a gold quotation has its start or overlaps it well, is none where no gold is near, and is left
// out where the gold is unsure or cut otherwise.
#include "quotedocs.h"

#include <math.h>

#define PENALTY 3.0       // on the square of every weight but the bias
#define OVERLAP 0.3       // intersection over union at which a stretch is the gold's quotation
#define SPEECH_LEAST 0.46 // as quotes_attribute.c has it, for the scores
#define STEPS_MOST 50

typedef enum Label { NOT_SAID, SAID, UNSURE } Label;

static Label verdict_on(const Doc *doc, size_t start, size_t end)
{
  Label verdict = NOT_SAID;
  for (size_t i = 0; i < doc->gold.len; i++) {
    const Gold *gold = &doc->gold.items[i];
    if (end <= gold->start || gold->end <= start) continue;
    size_t first = start < gold->start ? start : gold->start, last = end > gold->end ? end : gold->end;
    size_t both = (end - start) + (gold->end - gold->start) - (last - first);
    bool same = start == gold->start || (double)both >= OVERLAP * (double)(last - first);
    if (gold->sure && same) return SAID;
    verdict = UNSURE;
  }
  return verdict;
}

// --- examples

typedef struct Example {
  float signs[SPEECH_SIGNS];
  bool said;
} Example;

typedef struct Part { // what a corpus gave
  size_t first, count;
  size_t said;
} Part;

static VEC_OF(Example) g_examples;

static void read_stretch(const Doc *doc, size_t block_start, const Layout *layout, const Marked *marked)
{
  if (marked->form != QUOTE_MARKS && marked->form != QUOTE_OPENER) return; // the others are not weighed
  Saying saying;
  QuoteDraft draft = layout_draft(layout, marked, &saying);
  Label verdict = verdict_on(doc, block_start + draft.start, block_start + draft.end);
  if (verdict == UNSURE) return;
  Example example = {.said = verdict == SAID};
  speech_signs(&layout->scene, marked, &saying, &draft, example.signs);
  vec_push(&g_examples, example);
}

static void read_layout(const Doc *doc, size_t block_start, Layout *layout)
{
  for (size_t i = 0; i < layout->marked.len; i++)
    read_stretch(doc, block_start, layout, &layout->marked.items[i]);
}

static bool read_part(const char *data, const char *corpus, Part *part)
{
  *part = (Part){.first = g_examples.len};
  if (!read_corpus(data, corpus, read_layout)) return false;
  part->count = g_examples.len - part->first;
  for (size_t i = part->first; i < g_examples.len; i++) part->said += g_examples.items[i].said;
  return true;
}

// --- learning

typedef double Column[SPEECH_SIGNS];

// Add the loss's slope and curvature at `weights`, over the examples of a corpus.
static void add_slopes(const Part *part, const Column weights, Column slope, Column curve[SPEECH_SIGNS])
{
  for (size_t i = part->first; i < part->first + part->count; i++) {
    const Example *example = &g_examples.items[i];
    double sum = 0;
    for (size_t a = 0; a < SPEECH_SIGNS; a++) sum += weights[a] * (double)example->signs[a];
    double p = 1 / (1 + exp(-sum));
    for (size_t a = 0; a < SPEECH_SIGNS; a++) {
      double sign = (double)example->signs[a];
      if (sign == 0) continue;
      slope[a] += sign * (p - example->said);
      for (size_t b = 0; b <= a; b++) curve[a][b] += sign * (double)example->signs[b] * p * (1 - p);
    }
  }
}

// Solve curve * x = slope in place by Cholesky's way: curve's lower half is positive definite thanks to the
// penalty.
static void solve(Column curve[SPEECH_SIGNS], Column slope)
{
  for (size_t a = 0; a < SPEECH_SIGNS; a++) {
    for (size_t b = 0; b <= a; b++) {
      double sum = curve[a][b];
      for (size_t k = 0; k < b; k++) sum -= curve[a][k] * curve[b][k];
      curve[a][b] = a == b ? sqrt(sum) : sum / curve[b][b];
    }
    for (size_t k = 0; k < a; k++) slope[a] -= curve[a][k] * slope[k];
    slope[a] /= curve[a][a];
  }
  for (size_t a = SPEECH_SIGNS; a-- > 0;) {
    for (size_t k = a + 1; k < SPEECH_SIGNS; k++) slope[a] -= curve[k][a] * slope[k];
    slope[a] /= curve[a][a];
  }
}

// One of Newton's steps; how far it went.
static double step(const Part *parts, Column weights)
{
  Column slope = {0}, curve[SPEECH_SIGNS] = {{0}};
  for (size_t a = 0; a < SPEECH_SIGNS; a++) {
    double penalty = a ? PENALTY : 1e-6; // sign 0 is the bias
    slope[a] = penalty * weights[a];
    curve[a][a] = penalty;
  }
  for (size_t i = 0; i < ARRAY_LEN(g_corpora); i++) {
    if (g_corpora[i].learnt) add_slopes(&parts[i], weights, slope, curve);
  }
  solve(curve, slope);
  double far = 0;
  for (size_t a = 0; a < SPEECH_SIGNS; a++) {
    weights[a] -= slope[a];
    far = fmax(far, fabs(slope[a]));
  }
  return far;
}

static bool learn(const Part *parts, Column weights)
{
  for (size_t i = 0; i < STEPS_MOST; i++) {
    if (step(parts, weights) < 1e-9) return true;
  }
  fputs("train_speech: no answer was reached\n", stderr);
  return false;
}

// --- out

static int compare_lines(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool write_table(const char *path, const Column weights)
{
  FILE *file = fopen(path, "w");
  if (!file) {
    fprintf(stderr, "%s: cannot be written\n", path);
    return false;
  }
  fputs("# sign, weight: how much each sign of quotes_speech.c tells for speech. Learnt by "
        "core/train/train_speech.c:\n"
        "# `make speech` writes it again; do not edit.\n"
        "# Source: NTREX-128 news, Universal Dependencies, own cases; see MODEL.md. Licence: CC BY-SA 4.0.\n",
        file);
  char *lines[SPEECH_SIGNS];
  for (size_t i = 0; i < SPEECH_SIGNS; i++) {
    StrBuf line = {0};
    strbuf_addf(&line, "%s\t%.3f", g_speech_signs[i], weights[i]);
    lines[i] = strbuf_detach(&line);
  }
  qsort(lines, SPEECH_SIGNS, sizeof *lines, compare_lines);
  for (size_t i = 0; i < SPEECH_SIGNS; i++) {
    fprintf(file, "%s\n", lines[i]);
    free(lines[i]);
  }
  return !fclose(file);
}

static void print_score(const char *name, const Part *parts, size_t first, size_t last, const Column weights)
{
  float rounded[SPEECH_SIGNS];
  size_t count = 0, said = 0, found = 0, right = 0;
  for (size_t a = 0; a < SPEECH_SIGNS; a++) rounded[a] = (float)weights[a];
  for (size_t n = first; n < last; n++) {
    for (size_t i = parts[n].first; i < parts[n].first + parts[n].count; i++) {
      const Example *example = &g_examples.items[i];
      bool taken = (double)speech_likeness(rounded, example->signs) >= SPEECH_LEAST;
      found += taken;
      right += taken && example->said;
    }
    count += parts[n].count;
    said += parts[n].said;
  }
  double f1 = found + said ? 200.0 * (double)right / (double)(found + said) : 0;
  printf("%-34s %6zu %6zu  P %5.1f  R %5.1f  F1 %5.1f\n", name, count, said,
         found ? 100.0 * (double)right / (double)found : 0, said ? 100.0 * (double)right / (double)said : 0,
         f1);
}

static void print_scores(const Part *parts, const Column weights)
{
  size_t measured = 0;
  while (g_corpora[measured].learnt) measured++;
  puts("source                           stretches   said");
  for (size_t i = 0; i < ARRAY_LEN(g_corpora); i++) print_score(g_corpora[i].path, parts, i, i + 1, weights);
  print_score("all that was learnt from", parts, 0, measured, weights);
  print_score("all that was only measured", parts, measured, ARRAY_LEN(g_corpora), weights);
}

int main(int argc, char **argv)
{
  if (argc != 4) {
    fputs("usage: train_speech DATA DIR OUT\n", stderr);
    return 2;
  }
  Error err = {0};
  g_names = names_new(argv[2], &err);
  g_quotes = quotes_new(&err);
  if (err.code != ERR_NONE) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  Part parts[ARRAY_LEN(g_corpora)];
  Column weights = {0};
  bool ok = true;
  for (size_t i = 0; ok && i < ARRAY_LEN(g_corpora); i++)
    ok = read_part(argv[1], g_corpora[i].path, &parts[i]);
  ok = ok && learn(parts, weights) && write_table(argv[3], weights);
  if (ok) print_scores(parts, weights);
  vec_release(&g_examples);
  quotes_free(g_quotes);
  names_free(g_names);
  return !ok;
}
