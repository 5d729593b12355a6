// train_speakers DATA DIR OUT: learns the weights of annotate/quotes/quotes_rank.c from the open sets of
// quotations under DATA/news and DATA/quotes, with the names of DIR, writes the table OUT and prints how
// often the best offer is right, by the rules alone and with what was learnt, by source.
//
// An example is a quotation of the gold with all offers of who said it. An offer is right where it shares a
// byte with the gold's speaker or has its name; where none is, as the speaker stands in another sentence,
// nobody is. Several may be right, so what is made likely is one of them: the log of the right ones' share,
// with an L2 penalty, by Rprop (steps by sign, one a weight). All examples are read in every step, so there
// is no chance in it: the same data and names.bin give the same table.
#include "quotedocs.h"

#include <math.h>

#define PENALTY 80.0 // on the square of every weight, of the score by hand on how far it is from 1
#define OVERLAP 0.8  // intersection over union at which a stretch is the gold's quotation
#define STEPS 300
#define WEIGHT_LEAST 0.02 // of what is written

typedef struct Stretch { // bytes of a text
  size_t start, end;
} Stretch;

typedef struct Choice { // an offer
  float score;
  bool right, nobody;
  uint16_t signs[RANK_TEMPLATES];
} Choice;

typedef struct Example {
  size_t first, count; // of g_choices
} Example;

typedef struct Part { // what a corpus gave
  size_t first, count;
} Part;

static VEC_OF(Choice) g_choices;
static VEC_OF(Example) g_examples;

// --- examples

static const Gold *gold_of(const Doc *doc, size_t start, size_t end)
{
  for (size_t i = 0; i < doc->gold.len; i++) {
    const Gold *gold = &doc->gold.items[i];
    if (!gold->sure || end <= gold->start || gold->end <= start) continue;
    size_t first = start < gold->start ? start : gold->start, last = end > gold->end ? end : gold->end;
    size_t both = (end - start) + (gold->end - gold->start) - (last - first);
    if ((double)both >= OVERLAP * (double)(last - first)) return gold;
  }
  return NULL;
}

static Str last_word(Str name)
{
  while (name.len && !str_is(name, "")) {
    Str rest = name, word = str_cut(&rest, ' ');
    if (!rest.len) return word;
    name = rest;
  }
  return name;
}

// Whether two names end in the same word.
static bool same_name(Str a, Str b)
{
  Arena scratch = {0};
  bool same =
      a.len && b.len && str_eq(utf8_lower_in(&scratch, last_word(a)), utf8_lower_in(&scratch, last_word(b)));
  arena_release(&scratch);
  return same;
}

// Whether it is the mention that the gold has, or where that stands in another block, has its name.
static bool is_right(const Doc *doc, const Gold *gold, const Stretch *block, const Party *party)
{
  size_t start = block->start + party->start, end = block->start + party->end;
  if (party->kind == PARTY_NONE) return false;
  if (start < gold->speaker_end && gold->speaker_start < end) return true;
  bool here = gold->speaker_end > block->start && gold->speaker_start < block->end;
  return !here && party->kind == PARTY_NAME &&
         same_name(str_slice(doc->text, start, end), gold->speaker_name);
}

static void read_offers(const Doc *doc, const Gold *gold, const Stretch *block, const OfferVec *offers)
{
  Example example = {g_choices.len, offers->len};
  bool some = false;
  for (size_t i = 0; i < offers->len; i++) {
    const Offer *offer = &offers->items[i];
    Choice choice = {.score = offer->score, .nobody = offer->party.kind == PARTY_NONE};
    choice.right = is_right(doc, gold, block, &offer->party);
    rank_signs_of(&g_quotes->ranker, offer->fields, choice.signs);
    some |= choice.right;
    vec_push(&g_choices, choice);
  }
  for (size_t i = example.first; !some && i < g_choices.len; i++)
    g_choices.items[i].right = g_choices.items[i].nobody;
  vec_push(&g_examples, example);
}

static void read_layout(const Doc *doc, size_t block_start, Layout *layout)
{
  static OfferVec offers;
  offers = (OfferVec){0};
  layout->scene.offers = &offers;
  Stretch block = {block_start, block_start + layout->scene.notes->text.len};
  for (size_t i = 0; i < layout->marked.len; i++) {
    const Marked *marked = &layout->marked.items[i];
    Saying saying;
    offers.len = 0;
    QuoteDraft draft = layout_draft(layout, marked, &saying);
    const Gold *gold = gold_of(doc, block_start + draft.start, block_start + draft.end);
    bool told = gold && (gold->speaker_end || gold->speaker_name.len);
    if (told && offers.len) read_offers(doc, gold, &block, &offers);
  }
}

// --- learning

static double rank(const Choice *choice, const double *weights)
{
  double sum = weights[0] * (double)choice->score;
  for (size_t i = 0; i < RANK_TEMPLATES; i++) sum += weights[choice->signs[i]];
  return sum;
}

static void add_slope(const Choice *choice, double share, double *slope)
{
  slope[0] += share * (double)choice->score;
  for (size_t i = 0; i < RANK_TEMPLATES; i++) slope[choice->signs[i]] += share;
}

// Add the slope of an example's loss, and give the loss.
static double add_example(const Example *example, const double *weights, double *slope)
{
  const Choice *choices = g_choices.items + example->first;
  double most = -INFINITY, all = 0, right = 0;
  for (size_t i = 0; i < example->count; i++) most = fmax(most, rank(&choices[i], weights));
  for (size_t i = 0; i < example->count; i++) {
    double share = exp(rank(&choices[i], weights) - most);
    all += share;
    right += choices[i].right ? share : 0;
  }
  if (right <= 0) return 0; // nothing to be learnt
  for (size_t i = 0; i < example->count; i++) {
    double share = exp(rank(&choices[i], weights) - most);
    add_slope(&choices[i], share / all - (choices[i].right ? share / right : 0), slope);
  }
  return log(all) - log(right);
}

static double add_examples(const Part *parts, const double *weights, double *slope)
{
  double loss = 0;
  for (size_t n = 0; n < ARRAY_LEN(g_corpora); n++) {
    if (!g_corpora[n].learnt) continue;
    for (size_t i = 0; i < parts[n].count; i++)
      loss += add_example(&g_examples.items[parts[n].first + i], weights, slope);
  }
  return loss;
}

static void learn(const Part *parts, double *weights, size_t signs)
{
  double *slope = xcalloc(signs, sizeof *slope), *before = xcalloc(signs, sizeof *before),
         *width = xcalloc(signs, sizeof *width);
  for (size_t i = 0; i < signs; i++) width[i] = 0.01;
  weights[0] = 1;
  for (size_t step = 0; step < STEPS; step++) {
    memset(slope, 0, signs * sizeof *slope);
    double loss = add_examples(parts, weights, slope);
    if (step % 50 == 0) fprintf(stderr, "step %zu: loss %.1f\n", step, loss);
    for (size_t i = 0; i < signs; i++) {
      slope[i] += PENALTY * (weights[i] - (i ? 0 : 1));
      double turn = slope[i] * before[i];
      if (turn > 0) width[i] = fmin(width[i] * 1.2, 0.5);
      if (turn < 0) width[i] *= 0.5;
      before[i] = turn < 0 ? 0 : slope[i];
      if (before[i] != 0) weights[i] -= copysign(width[i], before[i]);
    }
  }
  free(slope);
  free(before);
  free(width);
}

// --- out

static int compare_lines(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool write_table(const char *path, const double *weights, size_t signs)
{
  FILE *file = fopen(path, "w");
  if (!file) {
    fprintf(stderr, "%s: cannot be written\n", path);
    return false;
  }
  fputs("# sign, weight: how much each sign of quotes_rank.c tells for a speaker; those left out tell "
        "nothing. Learnt by\n"
        "# core/train/train_speakers.c: `make speakers` writes it again; do not edit.\n"
        "# Source: NTREX-128 news, Universal Dependencies, own cases; see MODEL.md. Licence: CC BY-SA 4.0.\n",
        file);
  char **lines = xcalloc(signs, sizeof *lines);
  size_t count = 0;
  for (size_t i = 0; i < signs; i++) {
    if (fabs(weights[i]) < WEIGHT_LEAST) continue;
    StrBuf line = {0};
    rank_sign_name(&g_quotes->ranker, i, &line);
    strbuf_addf(&line, "\t%.2f", weights[i]);
    lines[count++] = strbuf_detach(&line);
  }
  qsort(lines, count, sizeof *lines, compare_lines);
  for (size_t i = 0; i < count; i++) {
    fprintf(file, "%s\n", lines[i]);
    free(lines[i]);
  }
  free(lines);
  return !fclose(file);
}

static size_t count_right(const Part *part, const double *weights)
{
  size_t right = 0;
  for (size_t n = 0; n < part->count; n++) {
    const Example *example = &g_examples.items[part->first + n];
    const Choice *choices = g_choices.items + example->first, *best = NULL;
    for (size_t i = 0; i < example->count; i++)
      if (!best || rank(&choices[i], weights) > rank(best, weights)) best = &choices[i];
    right += best && best->right;
  }
  return right;
}

static void print_score(const char *name, const Part *part, const double *weights, size_t signs)
{
  double *rules = xcalloc(signs, sizeof *rules);
  rules[0] = 1;
  size_t count = part->count ? part->count : 1;
  printf("%-34s %6zu  rules %5.1f  learnt %5.1f\n", name, part->count,
         100.0 * (double)count_right(part, rules) / (double)count,
         100.0 * (double)count_right(part, weights) / (double)count);
  free(rules);
}

static void print_scores(const Part *parts, const double *weights, size_t signs)
{
  puts("source                             quotations      right");
  size_t measured = 0;
  while (g_corpora[measured].learnt) measured++;
  for (size_t i = 0; i < ARRAY_LEN(g_corpora); i++) print_score(g_corpora[i].path, &parts[i], weights, signs);
  Part learnt = {0, parts[measured].first}, rest = {learnt.count, g_examples.len - learnt.count};
  print_score("all that was learnt from", &learnt, weights, signs);
  print_score("all that was only measured", &rest, weights, signs);
}

int main(int argc, char **argv)
{
  if (argc != 4) {
    fputs("usage: train_speakers DATA DIR OUT\n", stderr);
    return 2;
  }
  Error err = {0};
  g_names = names_new(argv[2], &err);
  g_quotes = quotes_new(&err);
  if (err.code != ERR_NONE) {
    fprintf(stderr, "%s\n", err.text);
    return 1;
  }
  Part parts[ARRAY_LEN(g_corpora)] = {{0}};
  size_t signs = g_quotes->ranker.signs;
  double *weights = xcalloc(signs, sizeof *weights);
  bool ok = true;
  for (size_t i = 0; ok && i < ARRAY_LEN(g_corpora); i++) {
    parts[i].first = g_examples.len;
    ok = read_corpus(argv[1], g_corpora[i].path, read_layout);
    parts[i].count = g_examples.len - parts[i].first;
  }
  if (ok) learn(parts, weights, signs);
  ok = ok && write_table(argv[3], weights, signs);
  if (ok) print_scores(parts, weights, signs);
  free(weights);
  vec_release(&g_choices);
  vec_release(&g_examples);
  quotes_free(g_quotes);
  names_free(g_names);
  return !ok;
}
