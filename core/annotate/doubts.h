// doubts: what somebody who checks an article should look at: quotations that nobody is named for or whose
// speaker is guessed, people of whom only one name is given, days that cannot be told, marks that are hardly
// certain. What a person decided is no doubt any more. Pure; any thread; linear.
#pragma once

#include "annotate/pipeline.h"

#define DOUBTFUL_BELOW 0.6f // what is less certain should be looked at

typedef enum DoubtKind {
  DOUBT_NO_SPEAKER, // a quotation
  DOUBT_SPEAKER,    // who said it is hardly certain
  DOUBT_WHO,        // a person with one name, that no catalogue knows; at the first mention
  DOUBT_NAME,       // it is hardly certain that this is a name, or of what; at the first such mention
  DOUBT_WRITTEN,    // a day that hangs on the article's own, which is not known; the first of them
  DOUBT_DATE,       // a day of which not all is known, or hardly certain
  DOUBT_KINDS
} DoubtKind;

typedef struct Doubt {
  const Span *span; // borrowed from the annotations
  DoubtKind kind;
  Str question; // "who said it?", in the arena: the words at the span answer to it
} Doubt;
typedef VEC_OF(Doubt) DoubtVec;

const char *doubt_code(DoubtKind kind); // for programs: "no-speaker"
// Append what is doubtful in the article, in its order; `out` grows in `arena`.
void doubts_find(const Annotations *found, Arena *arena, DoubtVec *out);
