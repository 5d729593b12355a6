// A transformer as it was published, in floating point: vectors of pieces and places, then layers, each of
// attention among the pieces of a text and of two matrices a piece, both added to what came in and scaled
// (norm). All texts of a batch lie in one matrix, a row a piece. The taught layers keep what they reckoned,
// so that the slope of the loss can be followed back through them.
#define utf8_decode e5_utf8_decode // the package has functions of the same names
#define utf8_encode e5_utf8_encode
#include <e5.c>
#undef utf8_decode
#undef utf8_encode

#include "encoder.h"
#include "product.h"

enum { SIZE = ENCODER_SIZE, ROWS = ENCODER_ROWS, LAYERS = 12, HEADS = 12, HEAD = 32, INNER = 1536 };
enum { QKV = 3 * SIZE, LONGEST = ENCODER_LONGEST + 6, TAG_LANES = 8 };
#define TAGGER_RATE 10 // of our own layer, which begins from nothing, to that of the others
#define HIDDEN 0.1f    // share of a vector that our own layer does not see while learning
#define STEEPEST 1.0f  // length of all slopes together at most
#define SHRINK 0.01f

typedef struct Weights {
  float *at, *slopes, *means, *squares; // all but the first NULL: does not learn
  size_t count;
  bool shrinks;
} Weights;

typedef struct Layer {
  Weights qkv, join, widen, narrow; // [in][out]
  Weights qkv_bias, join_bias, widen_bias, narrow_bias, norm, norm_bias, last_norm, last_norm_bias;
} Layer;
enum { LAYER_WEIGHTS = sizeof(Layer) / sizeof(Weights) };

typedef struct Kept { // of a layer and a batch, [row][...]
  const float *in;
  float *qkv, *shares, *seen; // attention: shares[head][row][row of the same text]
  float *scaled, *middle, *wide, *bent, *last_scaled, *out;
  float *scale, *last_scale;
} Kept;

struct Encoder {
  e5_model *model;
  size_t kept, taught;
  Layer layers[LAYERS];
  Weights tags, tags_bias; // [SIZE][TAG_LANES]
  Kept spare, keeps[LAYERS];
  float *joined; // [row][SIZE]
  float *slopes, *wide_slopes, *qkv_slopes, *seen_slopes, *norm_slopes, *middle_slopes;
  size_t steps;
  uint64_t seed;
};

static float *floats(size_t count)
{
  return xcalloc(count, sizeof(float));
}

static double chance(Encoder *self)
{
  self->seed = self->seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(self->seed >> 33) / 2147483648.0;
}

// --- opening

static Weights weights_of(size_t count, const float *from, bool shrinks)
{
  Weights self = {.at = floats(count), .count = count, .shrinks = shrinks};
  if (from) memcpy(self.at, from, count * sizeof *from);
  return self;
}

static void let_learn(Weights *self)
{
  self->slopes = floats(self->count);
  self->means = floats(self->count);
  self->squares = floats(self->count);
}

// A packed matrix [out][in] into the columns from `column` on.
static void unpack(const block_q4_0 *rows, size_t in, size_t out, Weights *to, size_t column)
{
  float row[INNER];
  size_t columns = to->count / in;
  for (size_t o = 0; o < out; o++) {
    deq_row(rows + o * (in / QK), (int)in, row);
    for (size_t i = 0; i < in; i++) to->at[i * columns + column + o] = row[i];
  }
}

static void open_layer(const layer_t *from, Layer *to)
{
  *to = (Layer){weights_of(SIZE * QKV, NULL, true),   weights_of(SIZE * SIZE, NULL, true),
                weights_of(SIZE * INNER, NULL, true), weights_of(INNER * SIZE, NULL, true),
                weights_of(QKV, NULL, false),         weights_of(SIZE, from->aob, false),
                weights_of(INNER, from->fib, false),  weights_of(SIZE, from->fob, false),
                weights_of(SIZE, from->aln_w, false), weights_of(SIZE, from->aln_b, false),
                weights_of(SIZE, from->oln_w, false), weights_of(SIZE, from->oln_b, false)};
  unpack(from->qw, SIZE, SIZE, &to->qkv, 0);
  unpack(from->kw, SIZE, SIZE, &to->qkv, SIZE);
  unpack(from->vw, SIZE, SIZE, &to->qkv, 2 * SIZE);
  memcpy(to->qkv_bias.at, from->qb, SIZE * sizeof(float));
  memcpy(to->qkv_bias.at + SIZE, from->kb, SIZE * sizeof(float));
  memcpy(to->qkv_bias.at + 2 * SIZE, from->vb, SIZE * sizeof(float));
  unpack(from->aow, SIZE, SIZE, &to->join, 0);
  unpack(from->fiw, SIZE, INNER, &to->widen, 0);
  unpack(from->fow, INNER, SIZE, &to->narrow, 0);
}

static Kept kept_new(void)
{
  return (Kept){NULL,
                floats(ROWS * QKV),
                floats(ROWS * HEADS * LONGEST),
                floats(ROWS * SIZE),
                floats(ROWS * SIZE),
                floats(ROWS * SIZE),
                floats(ROWS * INNER),
                floats(ROWS * INNER),
                floats(ROWS * SIZE),
                floats(ROWS * SIZE),
                floats(ROWS),
                floats(ROWS)};
}

Encoder *encoder_open(const char *path, size_t kept, size_t taught)
{
  e5_model *model = e5_load(path);
  if (!model) return NULL;
  Encoder *self = xcalloc(1, sizeof *self);
  *self = (Encoder){.model = model, .kept = kept, .taught = taught, .seed = 20180930, .spare = kept_new()};
  for (size_t i = 0; i < kept + taught; i++) open_layer(&model->layers[i], &self->layers[i]);
  for (size_t i = kept; i < kept + taught; i++) {
    Weights *weights = (Weights *)&self->layers[i];
    for (size_t n = 0; n < LAYER_WEIGHTS; n++) let_learn(&weights[n]);
    self->keeps[i] = kept_new();
  }
  self->tags = weights_of(SIZE * TAG_LANES, NULL, true);
  self->tags_bias = weights_of(TAG_LANES, NULL, false);
  for (size_t i = 0; i < self->tags.count; i++) self->tags.at[i] = (float)(chance(self) - 0.5) * 0.1f;
  let_learn(&self->tags);
  let_learn(&self->tags_bias);
  self->joined = floats(ROWS * SIZE);
  self->slopes = floats(ROWS * SIZE);
  self->wide_slopes = floats(ROWS * INNER);
  self->qkv_slopes = floats(ROWS * QKV);
  self->seen_slopes = floats(ROWS * SIZE);
  self->norm_slopes = floats(ROWS * SIZE);
  self->middle_slopes = floats(ROWS * SIZE);
  return self;
}

// The tokenizer takes words with white space before them; a glued one is cut off an x that it knows.
size_t encoder_pieces(Encoder *self, Str word, bool glued, int *pieces, size_t most)
{
  char text[256] = "x";
  int own[64], x[4];
  size_t len = word.len < sizeof text - 2 ? word.len : sizeof text - 2;
  memcpy(text + 1, word.ptr, len);
  text[len + 1] = '\0';
  const tokenizer *tokenizer = &self->model->tok;
  int count = tok_content(tokenizer, text + !glued, own, ARRAY_LEN(own)), from = 0;
  if (glued) {
    bool cut = tok_content(tokenizer, "x", x, ARRAY_LEN(x)) == 1 && count > 1 && own[0] == x[0];
    if (cut)
      from = 1;
    else
      count = tok_content(tokenizer, text + 1, own, ARRAY_LEN(own));
  }
  size_t kept = 0;
  for (int i = from; i < count && kept < most; i++) pieces[kept++] = own[i];
  if (!kept) pieces[kept++] = tokenizer->unk;
  return kept;
}

// --- forward

static void add_bias(float *rows, const float *bias, size_t count, size_t columns)
{
  for (size_t row = 0; row < count; row++)
    for (size_t i = 0; i < columns; i++) rows[row * columns + i] += bias[i];
}

// Rows (with `more` added, if not NULL) to mean 0 and length 1 a place: `scaled`, by `scale`; then weighed.
static void norm(const float *rows, const float *more, size_t count, const float *weights, const float *bias,
                 float *scaled, float *scale, float *out)
{
  for (size_t row = 0; row < count; row++) {
    float sum[SIZE], mean = 0, square = 0;
    size_t at = row * SIZE;
    for (size_t i = 0; i < SIZE; i++) {
      sum[i] = rows[at + i] + (more ? more[at + i] : 0);
      mean += sum[i] / SIZE;
    }
    for (size_t i = 0; i < SIZE; i++) square += (sum[i] - mean) * (sum[i] - mean) / SIZE;
    scale[row] = 1 / sqrtf(square + 1e-12f);
    for (size_t i = 0; i < SIZE; i++) {
      scaled[at + i] = (sum[i] - mean) * scale[row];
      out[at + i] = scaled[at + i] * weights[i] + bias[i];
    }
  }
}

// The share of x that bend() lets through: near 0 below zero, near 1 above. Exponents stay in range.
static inline float gate(float x)
{
  float twice = 1.59576912f * (x + 0.044715f * x * x * x);
  twice = twice < -40 ? -40 : twice > 40 ? 40 : twice;
  return 1 / (1 + expf(-twice));
}

static void bend(const float *wide, float *bent, size_t count)
{
  for (size_t i = 0; i < count; i++) bent[i] = wide[i] * gate(wide[i]);
}

// Columns of one part of a head's queries, keys or values: turned[place][row].
static void turn(const float *from, size_t rows, float turned[HEAD][LONGEST])
{
  for (size_t row = 0; row < rows; row++)
    for (size_t d = 0; d < HEAD; d++) turned[d][row] = from[row * QKV + d];
}

static void to_shares(float *shares, size_t count)
{
  float top = shares[0], sum = 0;
  for (size_t i = 1; i < count; i++) top = shares[i] > top ? shares[i] : top;
  for (size_t i = 0; i < count; i++) sum += shares[i] = expf(shares[i] - top);
  for (size_t i = 0; i < count; i++) shares[i] /= sum;
}

// One head of one text: every row looks at all.
static void look(const float *queries, size_t rows, float *shares, float *seen)
{
  static float keys[HEAD][LONGEST];
  const float scale = 0.17677670f; // 1 / sqrt(HEAD)
  turn(queries + SIZE, rows, keys);
  for (size_t row = 0; row < rows; row++, shares += rows) {
    const float *query = queries + row * QKV, *values = queries + 2 * SIZE;
    float sum[HEAD] = {0};
    memset(shares, 0, rows * sizeof *shares);
    for (size_t d = 0; d < HEAD; d++)
      for (size_t by = 0; by < rows; by++) shares[by] += query[d] * scale * keys[d][by];
    to_shares(shares, rows);
    for (size_t by = 0; by < rows; by++)
      for (size_t d = 0; d < HEAD; d++) sum[d] += shares[by] * values[by * QKV + d];
    memcpy(seen + row * SIZE, sum, sizeof sum);
  }
}

static void attend(Kept *keep, const EncoderText *texts, size_t count)
{
  float *shares = keep->shares;
  for (size_t i = 0, first = 0; i < count; first += encoder_rows(texts[i++])) {
    size_t rows = encoder_rows(texts[i]);
    for (size_t head = 0; head < HEADS; head++, shares += rows * rows)
      look(keep->qkv + first * QKV + head * HEAD, rows, shares, keep->seen + first * SIZE + head * HEAD);
  }
}

static size_t rows_of(const EncoderText *texts, size_t count)
{
  size_t rows = 0;
  for (size_t i = 0; i < count; i++) rows += encoder_rows(texts[i]);
  return rows;
}

// rows[in] * weights + bias
static void apply(const float *rows, size_t in, const Weights *weights, const Weights *bias, size_t count,
                  float *out)
{
  product((Factor){rows, in, 1}, (Factor){weights->at, bias->count, 1}, count, bias->count, in, out, false);
  add_bias(out, bias->at, count, bias->count);
}

static void pass(Encoder *self, const Layer *layer, const float *in, const EncoderText *texts, size_t count,
                 Kept *keep)
{
  size_t rows = rows_of(texts, count);
  keep->in = in;
  apply(in, SIZE, &layer->qkv, &layer->qkv_bias, rows, keep->qkv);
  attend(keep, texts, count);
  apply(keep->seen, SIZE, &layer->join, &layer->join_bias, rows, self->joined);
  norm(in, self->joined, rows, layer->norm.at, layer->norm_bias.at, keep->scaled, keep->scale, keep->middle);
  apply(keep->middle, SIZE, &layer->widen, &layer->widen_bias, rows, keep->wide);
  bend(keep->wide, keep->bent, rows * INNER);
  apply(keep->bent, INNER, &layer->narrow, &layer->narrow_bias, rows, self->joined);
  norm(keep->middle, self->joined, rows, layer->last_norm.at, layer->last_norm_bias.at, keep->last_scaled,
       keep->last_scale, keep->out);
}

// Vectors of the pieces themselves, of their places and of texts as such.
static void begin(Encoder *self, const EncoderText *texts, size_t count, float *rows)
{
  const e5_model *model = self->model;
  float *to = rows;
  for (size_t i = 0; i < count; i++) {
    for (size_t at = 0; at < encoder_rows(texts[i]); at++, to += SIZE) {
      int piece = at == 0 ? model->tok.bos : at > texts[i].count ? model->tok.eos : texts[i].pieces[at - 1];
      deq_row(model->word + (size_t)piece * (size_t)model->nb_word, SIZE, to);
      for (size_t d = 0; d < SIZE; d++) to[d] += model->pos[at * SIZE + d] + model->type[d];
    }
  }
  norm(rows, NULL, rows_of(texts, count), model->eln_w, model->eln_b, self->spare.scaled, self->spare.scale,
       rows);
}

void encoder_read(Encoder *self, const EncoderText *texts, size_t count, float *rows)
{
  begin(self, texts, count, rows);
  for (size_t i = 0; i < self->kept; i++) {
    pass(self, &self->layers[i], rows, texts, count, &self->spare);
    memcpy(rows, self->spare.out, rows_of(texts, count) * SIZE * sizeof *rows);
  }
}

const float *encoder_go_on(Encoder *self, const EncoderText *texts, size_t count, const float *rows)
{
  for (size_t i = self->kept; i < self->kept + self->taught; i++) {
    pass(self, &self->layers[i], rows, texts, count, &self->keeps[i]);
    rows = self->keeps[i].out;
  }
  return rows;
}

void encoder_tags(const Encoder *self, const float *vector, float tags[TAGS])
{
  float top = -INFINITY, sum = 0;
  memcpy(tags, self->tags_bias.at, TAGS * sizeof *tags);
  for (size_t d = 0; d < SIZE; d++)
    for (size_t tag = 0; tag < TAGS; tag++) tags[tag] += vector[d] * self->tags.at[d * TAG_LANES + tag];
  for (size_t tag = 0; tag < TAGS; tag++) top = tags[tag] > top ? tags[tag] : top;
  for (size_t tag = 0; tag < TAGS; tag++) sum += expf(tags[tag] - top);
  for (size_t tag = 0; tag < TAGS; tag++) tags[tag] -= top + logf(sum);
}

// --- backward: slopes of the loss

double encoder_learn(Encoder *self, size_t row, Tag tag, float weight)
{
  const float *vector = self->keeps[self->kept + self->taught - 1].out + row * SIZE;
  float shown[SIZE], p[TAGS], *slopes = self->slopes + row * SIZE;
  for (size_t d = 0; d < SIZE; d++) shown[d] = chance(self) < (double)HIDDEN ? 0 : 1 / (1 - HIDDEN);
  float seen[SIZE];
  for (size_t d = 0; d < SIZE; d++) seen[d] = vector[d] * shown[d];
  encoder_tags(self, seen, p);
  for (size_t t = 0; t < TAGS; t++) {
    float slope = weight * (expf(p[t]) - (t == tag));
    self->tags_bias.slopes[t] += slope;
    for (size_t d = 0; d < SIZE; d++) {
      self->tags.slopes[d * TAG_LANES + t] += slope * seen[d];
      slopes[d] += slope * shown[d] * self->tags.at[d * TAG_LANES + t];
    }
  }
  return (double)(-weight * p[tag]);
}

static void unbias(const float *slopes, Weights *bias, size_t rows)
{
  for (size_t row = 0; row < rows; row++)
    for (size_t i = 0; i < bias->count; i++) bias->slopes[i] += slopes[row * bias->count + i];
}

// apply(), backwards: slopes of what came out [rows][out] into those of weights and bias, and, if `back` is
// not NULL, into those of what came in [rows][in], set or added.
static void unapply(const float *slopes, const float *in_rows, size_t in, Weights *weights, Weights *bias,
                    size_t rows, float *back, bool add)
{
  size_t out = bias->count;
  product((Factor){in_rows, 1, in}, (Factor){slopes, out, 1}, in, out, rows, weights->slopes, true);
  unbias(slopes, bias, rows);
  if (back) product((Factor){slopes, out, 1}, (Factor){weights->at, 1, out}, rows, in, out, back, add);
}

static void unnorm(const float *slopes, const float *scaled, const float *scale, Weights *weights,
                   Weights *bias, size_t rows, float *back)
{
  for (size_t row = 0; row < rows; row++) {
    const float *z = scaled + row * SIZE, *slope = slopes + row * SIZE;
    float own[SIZE], mean = 0, along = 0;
    for (size_t i = 0; i < SIZE; i++) {
      weights->slopes[i] += slope[i] * z[i];
      bias->slopes[i] += slope[i];
      own[i] = slope[i] * weights->at[i];
      mean += own[i] / SIZE;
      along += own[i] * z[i] / SIZE;
    }
    for (size_t i = 0; i < SIZE; i++) back[row * SIZE + i] = scale[row] * (own[i] - mean - z[i] * along);
  }
}

static void unbend(const float *wide, float *slopes, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    float x = wide[i], g = gate(x);
    slopes[i] *= g + x * g * (1 - g) * 1.59576912f * (1 + 0.134145f * x * x);
  }
}

// look(), backwards.
static void unlook(const float *queries, size_t rows, const float *shares, const float *slopes, float *back)
{
  static float values[HEAD][LONGEST], of_shares[LONGEST];
  const float scale = 0.17677670f;
  turn(queries + 2 * SIZE, rows, values);
  for (size_t row = 0; row < rows; row++, shares += rows) {
    const float *slope = slopes + row * SIZE, *query = queries + row * QKV;
    float along = 0, of_query[HEAD] = {0};
    memset(of_shares, 0, rows * sizeof *of_shares);
    for (size_t d = 0; d < HEAD; d++)
      for (size_t by = 0; by < rows; by++) of_shares[by] += slope[d] * values[d][by];
    for (size_t by = 0; by < rows; by++) along += of_shares[by] * shares[by];
    for (size_t by = 0; by < rows; by++) {
      const float *key = queries + by * QKV + SIZE;
      float *of_key = back + by * QKV + SIZE, *of_value = of_key + SIZE;
      float of_dot = shares[by] * (of_shares[by] - along) * scale;
      for (size_t d = 0; d < HEAD; d++) {
        of_query[d] += of_dot * key[d];
        of_key[d] += of_dot * query[d];
        of_value[d] += shares[by] * slope[d];
      }
    }
    memcpy(back + row * QKV, of_query, sizeof of_query);
  }
}

static void unattend(const Kept *keep, const EncoderText *texts, size_t count, const float *slopes,
                     float *back)
{
  const float *shares = keep->shares;
  memset(back, 0, rows_of(texts, count) * QKV * sizeof *back);
  for (size_t i = 0, first = 0; i < count; first += encoder_rows(texts[i++])) {
    size_t rows = encoder_rows(texts[i]);
    for (size_t head = 0; head < HEADS; head++, shares += rows * rows) {
      size_t at = first * QKV + head * HEAD;
      unlook(keep->qkv + at, rows, shares, slopes + first * SIZE + head * HEAD, back + at);
    }
  }
}

// pass(), backwards: self->slopes of what came out become those of what came in.
static void unpass(Encoder *self, Layer *layer, const Kept *keep, const EncoderText *texts, size_t count)
{
  size_t rows = rows_of(texts, count);
  float *sum = self->norm_slopes, *middle = self->middle_slopes;
  unnorm(self->slopes, keep->last_scaled, keep->last_scale, &layer->last_norm, &layer->last_norm_bias, rows,
         sum);
  unapply(sum, keep->bent, INNER, &layer->narrow, &layer->narrow_bias, rows, self->wide_slopes, false);
  unbend(keep->wide, self->wide_slopes, rows * INNER);
  memcpy(middle, sum, rows * SIZE * sizeof *sum);
  unapply(self->wide_slopes, keep->middle, SIZE, &layer->widen, &layer->widen_bias, rows, middle, true);
  unnorm(middle, keep->scaled, keep->scale, &layer->norm, &layer->norm_bias, rows, sum);
  unapply(sum, keep->seen, SIZE, &layer->join, &layer->join_bias, rows, self->seen_slopes, false);
  unattend(keep, texts, count, self->seen_slopes, self->qkv_slopes);
  memcpy(self->slopes, sum, rows * SIZE * sizeof *sum);
  unapply(self->qkv_slopes, keep->in, SIZE, &layer->qkv, &layer->qkv_bias, rows, self->slopes, true);
}

// --- Adam

static double square_of(const Weights *self)
{
  double sum = 0;
  for (size_t i = 0; i < self->count; i++) sum += (double)(self->slopes[i] * self->slopes[i]);
  return sum;
}

static void move(Weights *self, float rate, float short_of, size_t steps)
{
  float means = 1 - powf(0.9f, (float)steps), squares = 1 - powf(0.98f, (float)steps);
  for (size_t i = 0; i < self->count; i++) {
    float slope = self->slopes[i] * short_of;
    self->means[i] = 0.9f * self->means[i] + 0.1f * slope;
    self->squares[i] = 0.98f * self->squares[i] + 0.02f * slope * slope;
    float pull = self->shrinks ? SHRINK * self->at[i] : 0;
    self->at[i] -= rate * (self->means[i] / means / (sqrtf(self->squares[i] / squares) + 1e-7f) + pull);
    self->slopes[i] = 0;
  }
}

void encoder_step(Encoder *self, const EncoderText *texts, size_t count, float rate)
{
  double square = square_of(&self->tags) + square_of(&self->tags_bias);
  for (size_t i = self->kept + self->taught; i-- > self->kept;) {
    unpass(self, &self->layers[i], &self->keeps[i], texts, count);
    const Weights *weights = (const Weights *)&self->layers[i];
    for (size_t n = 0; n < LAYER_WEIGHTS; n++) square += square_of(&weights[n]);
  }
  memset(self->slopes, 0, rows_of(texts, count) * SIZE * sizeof *self->slopes);
  float short_of = square > (double)(STEEPEST * STEEPEST) ? STEEPEST / (float)sqrt(square) : 1;
  self->steps++;
  for (size_t i = self->kept; i < self->kept + self->taught; i++) {
    Weights *weights = (Weights *)&self->layers[i];
    for (size_t n = 0; n < LAYER_WEIGHTS; n++) move(&weights[n], rate, short_of, self->steps);
  }
  move(&self->tags, TAGGER_RATE * rate, short_of, self->steps);
  move(&self->tags_bias, TAGGER_RATE * rate, short_of, self->steps);
}
