// Beta calibration (Kull, Silva Filho and Flach 2017): a logistic regression on log p and -log(1 - p), so
// that what is sure and what is doubtful may be bent by different degrees. Newton's method on the log loss.
// The error is the expected calibration error over ten bins of equal width.
#include "confidence.h"

#include <math.h>
#include <stdio.h>

enum { NO_FOLD = CONFIDENCE_FOLDS, BINS = 10, ROUNDS = 50, TERMS = 3 };

// What the three numbers of a TaggerTrust are multiplied by.
static void terms_of(float p, double terms[TERMS])
{
  double clipped = fmin(1 - TAGGER_SURE, fmax(TAGGER_SURE, (double)p));
  terms[0] = log(clipped), terms[1] = -log(1 - clipped), terms[2] = 1;
}

static double trusted(const double by[TERMS], float p)
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

static double calibration_error(const ConfidenceGuessVec *guesses, EntityType type,
                                double by[CONFIDENCE_FOLDS][TERMS])
{
  double sum[BINS] = {0}, right[BINS] = {0}, all = 0, error = 0;
  for (size_t g = 0; g < guesses->len; g++) {
    const ConfidenceGuess *guess = &guesses->items[g];
    if (guess->type != type) continue;
    double q = trusted(by[guess->fold], guess->p);
    size_t bin = (size_t)(q * BINS) < BINS ? (size_t)(q * BINS) : BINS - 1;
    sum[bin] += q, right[bin] += guess->right, all++;
  }
  for (size_t bin = 0; bin < BINS; bin++) error += fabs(sum[bin] - right[bin]);
  return all > 0 ? error / all : 0;
}

void confidence_fit(const ConfidenceGuessVec *guesses, TaggerTrust out[ENTITY_TYPES])
{
  static const char *const names[] = {"PER", "ORG", "LOC"};
  for (EntityType type = 0; type < ENTITY_TYPES; type++) {
    double all[TERMS], plain[CONFIDENCE_FOLDS][TERMS], others[CONFIDENCE_FOLDS][TERMS];
    fit(guesses, type, NO_FOLD, all);
    for (size_t fold = 0; fold < CONFIDENCE_FOLDS; fold++) {
      plain[fold][0] = plain[fold][1] = 1, plain[fold][2] = 0;
      fit(guesses, type, fold, others[fold]);
    }
    out[type] = (TaggerTrust){(float)all[0], (float)all[1], (float)all[2]};
    printf("confidence of %s: sure %.2f doubt %.2f lean %+.2f; calibration error %.3f before, %.3f after "
           "(%u folds)\n",
           names[type], all[0], all[1], all[2], calibration_error(guesses, type, plain),
           calibration_error(guesses, type, others), CONFIDENCE_FOLDS);
  }
}
