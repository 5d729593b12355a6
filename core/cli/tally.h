// tally: how much of what the machine marks is right, by type: for eval. One thread.
#pragma once

#include "annotate/span.h"
#include "base/vec.h"

typedef struct Tally {
  char name[48]; // "entity PER"
  size_t right, wrong, missed;
  double confidence; // summed over right and wrong
} Tally;

typedef struct Tallies {
  VEC_OF(Tally) types;
  size_t articles, done;           // done: of those that readers decided about
  size_t speakers, speakers_right; // of quotations that were found and have one
  size_t values, values_right;     // of dates that were found
} Tallies;                         // = {0} to begin

void tallies_release(Tallies *self);
// The tally of a type, made where it is new; valid until the next call.
Tally *tally_of(Tallies *self, Str kind, Str type);
// The machine's span, right or wrong.
void tally_span(Tallies *self, const Span *span, bool right);
void tallies_print(Tallies *self, const char *what); // a table; `what` was counted: "articles with decisions"
void tallies_print_json(Tallies *self);
