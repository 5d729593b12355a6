// words: thousands of words and phrases found in one walk over a text (Aho and Corasick, 1975).
// Built once, read by one thread after another. Linear in the text, whatever it holds.
#pragma once

#include "base/str.h"
#include "base/vec.h"

#include <stdint.h>

// A run is ASCII letters and digits with none beside them. Its hash takes no notice of case.
#define WORDS_RUN_SEED 0x811c9dc5u

static inline uint32_t words_run_step(uint32_t hash, uint8_t lower)
{
  return (hash ^ lower) * 0x01000193u;
}

typedef struct Words Words;

typedef struct WordHit {
  size_t start, end; // bytes in the text
  uint32_t id;       // as given to words_add()
} WordHit;

// `fold`: letters match in either case (simple Unicode case mapping); words and texts are UTF-8.
Words *words_new(bool fold);
void words_free(Words *self); // NULL is fine
// Empty words are left out. A word may be added under several ids.
void words_add(Words *self, Str word, uint32_t id);
void words_build(Words *self); // after the last word, before the first search
// Before the first search: hits that are not whole words, as words_is_whole() has it, may be left out.
void words_whole_only(Words *self);
size_t words_count(const Words *self);

typedef struct WordsWalk { // where a search stands
  const Words *words;
  Str text;
  size_t at;
  uint32_t state;          // of the automaton
  uint32_t out, out_state; // the next hit that ends here, and the state it belongs to
} WordsWalk;

// Every occurrence, by its end, nested and overlapping ones included. `text` is borrowed.
WordsWalk words_walk(const Words *self, Str text);
bool words_next(WordsWalk *walk, WordHit *hit);
// No letter, digit or combining mark touches [start, end) where it has one itself.
bool words_is_whole(Str text, size_t start, size_t end);
