// review_p: for review.c and offers.c: who may have said it. Loop thread.
#pragma once

#include "server/review.h"

typedef struct Person {
  const Span *span; // the mention nearest in front of the place, else the first
  size_t mentions;
  size_t distance;
} Person;
typedef VEC_OF(Person) Persons;

// The article's persons and organisations; likeliest for the quotation at `at` first (SIZE_MAX: by mentions).
// On the heap.
void review_list_people(const Document *doc, size_t at, Persons *people);
