// Beta calibration (Kull, Silva Filho and Flach 2017): a logistic regression on log p and -log(1 - p), so
// that what is sure and what is doubtful may be bent by different degrees. Newton's method on the log loss.
// The error is the expected calibration error over ten bins of equal width.
#include "confidence.h"

#include <math.h>
#include <stdio.h>

enum { NO_FOLD = CONFIDENCE_FOLDS, BINS = 10, ROUNDS = 50, TERMS = 3 };
#define PULL 60.0       // of a knot, in guesses
#define LINE_ROUNDS 500 // of coordinate descent; a few dozen do
#define LINE_MOST 0.99  // no knot is surer
static const char *const g_types[] = {"PER", "ORG", "LOC"};

// What the three numbers of a TaggerTrust are multiplied by.
static void terms_of(float p, double terms[TERMS])
{
  double clipped = fmin(1 - TAGGER_SURE, fmax(TAGGER_SURE, (double)p));
  terms[0] = log(clipped), terms[1] = -log(1 - clipped), terms[2] = 1;
}

static double trusted(const double *by, float p)
{
  double terms[TERMS], sum = 0;
  terms_of(p, terms);
  for (size_t i = 0; i < TERMS; i++) sum += by[i] * terms[i];
  return 1 / (1 + exp(-sum));
}

// x with bend * x = slope, by elimination; `bend` is positive definite.
static void solve(double bend[TERMS][TERMS], double slope[TERMS])
{
  for (size_t i = 0; i < TERMS; i++) {
    for (size_t row = i + 1; row < TERMS; row++) {
      double share = bend[row][i] / bend[i][i];
      for (size_t col = i; col < TERMS; col++) bend[row][col] -= share * bend[i][col];
      slope[row] -= share * slope[i];
    }
  }
  for (size_t i = TERMS; i-- > 0;) {
    for (size_t col = i + 1; col < TERMS; col++) slope[i] -= bend[i][col] * slope[col];
    slope[i] /= bend[i][i];
  }
}

// To the guesses of `type` outside of one fold.
static void fit(const ConfidenceGuessVec *guesses, EntityType type, size_t fold, double by[TERMS])
{
  by[0] = by[1] = 1, by[2] = 0;
  for (size_t round = 0; round < ROUNDS; round++) {
    double slope[TERMS] = {0}, bend[TERMS][TERMS] = {{1e-1, 0, 0}, {0, 1e-1, 0}, {0, 0, 1e-3}};
    slope[0] = 1e-1 * (1 - by[0]), slope[1] = 1e-1 * (1 - by[1]); // a weak pull towards leaving p alone
    for (size_t g = 0; g < guesses->len; g++) {
      const ConfidenceGuess *guess = &guesses->items[g];
      if (guess->type != type || guess->fold == fold) continue;
      double terms[TERMS], q = trusted(by, guess->p);
      terms_of(guess->p, terms);
      for (size_t i = 0; i < TERMS; i++) {
        slope[i] += (guess->right - q) * terms[i];
        for (size_t k = 0; k < TERMS; k++) bend[i][k] += q * (1 - q) * terms[i] * terms[k];
      }
    }
    solve(bend, slope);
    for (size_t i = 0; i < TERMS; i++) by[i] += fmax(-0.2, fmin(0.2, slope[i])); // far out the loss is flat
    for (size_t i = 0; i < 2; i++) by[i] = fmax(0, by[i]);                       // surer is never less sure
  }
}

typedef double Shown(const double *by, float p);

static double calibration_error(const ConfidenceGuessVec *guesses, EntityType type, Shown *shown,
                                double *const by[CONFIDENCE_FOLDS])
{
  double sum[BINS] = {0}, right[BINS] = {0}, all = 0, error = 0;
  for (size_t g = 0; g < guesses->len; g++) {
    const ConfidenceGuess *guess = &guesses->items[g];
    if (guess->type != type) continue;
    double q = shown(by[guess->fold], guess->p);
    size_t bin = (size_t)(q * BINS) < BINS ? (size_t)(q * BINS) : BINS - 1;
    sum[bin] += q, right[bin] += guess->right, all++;
  }
  for (size_t bin = 0; bin < BINS; bin++) error += fabs(sum[bin] - right[bin]);
  return all > 0 ? error / all : 0;
}

static void same(double *by[CONFIDENCE_FOLDS], double *one)
{
  for (size_t fold = 0; fold < CONFIDENCE_FOLDS; fold++) by[fold] = one;
}

void confidence_fit(const ConfidenceGuessVec *guesses, TaggerTrust out[ENTITY_TYPES])
{
  for (EntityType type = 0; type < ENTITY_TYPES; type++) {
    double all[TERMS], plain[TERMS] = {1, 1, 0}, others[CONFIDENCE_FOLDS][TERMS];
    double *before[CONFIDENCE_FOLDS], *after[CONFIDENCE_FOLDS];
    fit(guesses, type, NO_FOLD, all);
    same(before, plain);
    for (size_t fold = 0; fold < CONFIDENCE_FOLDS; fold++) {
      fit(guesses, type, fold, others[fold]);
      after[fold] = others[fold];
    }
    out[type] = (TaggerTrust){(float)all[0], (float)all[1], (float)all[2]};
    printf("confidence of %s: sure %.2f doubt %.2f lean %+.2f; calibration error %.3f before, %.3f after "
           "(%u folds)\n",
           g_types[type], all[0], all[1], all[2], calibration_error(guesses, type, trusted, before),
           calibration_error(guesses, type, trusted, after), CONFIDENCE_FOLDS);
  }
}

// --- what is shown

static double knot_of(const double line[TAGGER_KNOTS], size_t n) // 0: the line's beginning
{
  return n == 0 ? 0 : n > TAGGER_KNOTS ? 1 : line[n - 1];
}

static double line_at(const double *line, float held)
{
  size_t n;
  double way = (double)tagger_way(held, &n);
  return knot_of(line, n) * (1 - way) + knot_of(line, n + 1) * way;
}

// Least squares over the guesses of `type` outside of one fold: a guess between two knots is one row.
static void fit_line(const ConfidenceGuessVec *guesses, EntityType type, size_t fold,
                     double line[TAGGER_KNOTS])
{
  double own[TAGGER_KNOTS + 2] = {0}, next[TAGGER_KNOTS + 1] = {0}, right[TAGGER_KNOTS + 2] = {0};
  for (size_t g = 0; g < guesses->len; g++) {
    const ConfidenceGuess *guess = &guesses->items[g];
    if (guess->type != type || guess->fold == fold) continue;
    size_t n;
    double way = (double)tagger_way(guess->p, &n), rest = 1 - way;
    own[n] += rest * rest, own[n + 1] += way * way, next[n] += way * rest;
    right[n] += rest * guess->right, right[n + 1] += way * guess->right;
  }
  for (size_t n = 0; n < TAGGER_KNOTS; n++) line[n] = (double)TAGGER_KNOT(n);
  for (size_t round = 0; round < LINE_ROUNDS; round++) {
    for (size_t n = 1; n <= TAGGER_KNOTS; n++) {
      double low = knot_of(line, n - 1), high = n < TAGGER_KNOTS ? knot_of(line, n + 1) : LINE_MOST;
      double pull = right[n] - next[n - 1] * low - next[n] * knot_of(line, n + 1);
      double best = (pull + PULL * (double)TAGGER_KNOT(n - 1)) / (own[n] + PULL);
      line[n - 1] = fmax(low, fmin(high, best)); // surer is never less sure
    }
  }
}

void confidence_fit_shown(const ConfidenceGuessVec *guesses, float out[ENTITY_TYPES][TAGGER_KNOTS])
{
  for (EntityType type = 0; type < ENTITY_TYPES; type++) {
    double all[TAGGER_KNOTS], plain[TAGGER_KNOTS], others[CONFIDENCE_FOLDS][TAGGER_KNOTS];
    double *before[CONFIDENCE_FOLDS], *fitted[CONFIDENCE_FOLDS], *after[CONFIDENCE_FOLDS];
    for (size_t n = 0; n < TAGGER_KNOTS; n++) plain[n] = (double)TAGGER_KNOT(n);
    fit_line(guesses, type, NO_FOLD, all);
    same(before, plain);
    same(fitted, all);
    for (size_t fold = 0; fold < CONFIDENCE_FOLDS; fold++) {
      fit_line(guesses, type, fold, others[fold]);
      after[fold] = others[fold];
    }
    printf("%s as shown:", g_types[type]);
    for (size_t n = 0; n < TAGGER_KNOTS; n++) {
      out[type][n] = (float)all[n];
      printf(" %.2f/%.2f", (double)TAGGER_KNOT(n), all[n]);
    }
    printf("; calibration error %.3f before, %.3f fitted, %.3f (%u folds)\n",
           calibration_error(guesses, type, line_at, before),
           calibration_error(guesses, type, line_at, fitted),
           calibration_error(guesses, type, line_at, after), CONFIDENCE_FOLDS);
  }
}
