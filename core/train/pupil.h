// pupil: the network (encoder.h) learns names from texts, and finds them in others together with the
// product's own field. A word is judged by the vector of its first piece. For teach_names.c. One thread.
#pragma once

#include "corpus.h"
#include "encoder.h"

typedef struct PupilWord {
  uint32_t start, end; // bytes in the document
  uint32_t row;        // of its first piece among the text's vectors
  uint8_t tag;         // the true one; then the one that was found
  float field[TAGS];   // what the field says, logarithms; only if it was asked
  float sure;          // probability of what was found
} PupilWord;

typedef struct PupilText {                       // what is read at a time: some sentences of a block
  size_t words, word_count, pieces, piece_count; // in Pupil.words, Pupil.pieces
  size_t cached;                                 // in Pupil.cache
  float weight;
} PupilText;

typedef struct Pupil {
  Encoder *encoder; // borrowed, as `names`
  Names *names;     // with the field
  uint64_t seed;
  VEC_OF(PupilWord) words;
  VEC_OF(int) pieces;
  VEC_OF(PupilText) texts;
  _Float16 *cache; // while it learns: what the layers that stay make of the texts
} Pupil;

typedef struct PupilTaking { // how blocks are taken, `with` of pupil_take_block()
  Pupil *pupil;
  double nameless; // share of the texts without names that are left out
  float weight;
  bool asks;  // the field
  bool doubt; // set: it was in doubt
} PupilTaking;

double pupil_chance(Pupil *self); // 0 to 1, the next of a fixed row
// A CorpusTakeBlock: append the block's texts.
void pupil_take_block(const CorpusDoc *doc, Notes *notes, size_t block_start, void *with);
void pupil_forget(Pupil *self); // all texts
// Learn the tags of all words; prints how it goes.
void pupil_learn(Pupil *self);
// Find tags: the words' own are replaced. The field has to have been asked.
void pupil_judge(Pupil *self);
// The word behind the name that begins with word `at` of the text.
size_t pupil_name_end(const Pupil *self, const PupilText *text, size_t at);
