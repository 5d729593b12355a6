// confidence: how a probability of the field becomes one that is right as often as it says, and what rules
// and passes make of it once more. Pure.
#pragma once

#include "annotate/names/tagger.h"

#define CONFIDENCE_FOLDS 10u

typedef struct ConfidenceGuess { // a name that was found
  EntityType type;
  bool right;
  uint8_t fold; // of CONFIDENCE_FOLDS, that of its document
  float p;      // as the field sees it, or as rules and passes do
} ConfidenceGuess;
typedef VEC_OF(ConfidenceGuess) ConfidenceGuessVec;

// Fit every type to its guesses. Prints calibration errors, every fold judged by what the others taught.
void confidence_fit(const ConfidenceGuessVec *guesses, TaggerTrust out[ENTITY_TYPES]);
// Likewise the lines that tagger_shown() follows.
void confidence_fit_shown(const ConfidenceGuessVec *guesses, float out[ENTITY_TYPES][TAGGER_KNOTS]);
