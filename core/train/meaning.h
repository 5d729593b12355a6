// meaning: what a word means to multilingual-e5-small, read alone, and what that says about names. For
// cluster_words.c only, behind the package's e5.c, whose model it reads: the same network, in floating
// point and for many words at once, which is three times as fast as the package's own for such short
// texts. One thread.
#pragma once

enum {
  MEANING = 384,
  HEADS = 12,
  HEAD = 32,
  INNER = 1536,
  LONGEST_WORD = 16
}; // the model's sizes; pieces of a word
typedef float Lane16 __attribute__((vector_size(64), aligned(4)));

typedef struct Matrix { // [in][out], to be multiplied from the left
  float *at;
  const float *bias;
  size_t in, out;
} Matrix;
typedef struct Layer {
  Matrix query, key, value, join, widen, narrow;
  const layer_t *norms;
} Layer;

static Matrix matrix_of(const block_q4_0 *rows, const float *bias, size_t out, size_t in)
{
  Matrix self = {xcalloc(in * out, sizeof(float)), bias, in, out};
  float *row = xcalloc(in, sizeof *row);
  for (size_t o = 0; o < out; o++) {
    deq_row(rows + o * (in / QK), (int)in, row);
    for (size_t i = 0; i < in; i++) self.at[i * out + o] = row[i];
  }
  free(row);
  return self;
}

// to[rows][out] = from[rows][in] * m + bias, six rows by 32 columns at a time.
static void multiply(const Matrix *m, const float *from, size_t rows, float *to)
{
  for (size_t column = 0; column < m->out; column += 32) {
    for (size_t row = 0; row < rows; row += 6) {
      size_t high = rows - row < 6 ? rows - row : 6;
      Lane16 sums[6][2];
      for (size_t r = 0; r < 6; r++) memcpy(sums[r], m->bias + column, sizeof sums[r]);
      for (size_t i = 0; i < m->in; i++) {
        const Lane16 *weights = (const Lane16 *)(const void *)&m->at[i * m->out + column];
        for (size_t r = 0; r < 6; r++) {
          float x = from[(row + (r < high ? r : 0)) * m->in + i];
          sums[r][0] += x * weights[0];
          sums[r][1] += x * weights[1];
        }
      }
      for (size_t r = 0; r < high; r++) memcpy(&to[(row + r) * m->out + column], sums[r], sizeof sums[r]);
    }
  }
}

static void attend(const float *query, const float *key, const float *value, size_t first, size_t last,
                   float *to)
{
  for (size_t head = 0; head < HEADS; head++) {
    for (size_t at = first; at < last; at++) {
      const float *q = query + at * MEANING + head * HEAD;
      float share[LONGEST_WORD + 2], sum = 0, top = -1e30f, *out = to + at * MEANING + head * HEAD;
      for (size_t by = first; by < last; by++) {
        const float *k = key + by * MEANING + head * HEAD;
        float dot = 0;
        for (size_t d = 0; d < HEAD; d++) dot += q[d] * k[d];
        share[by - first] = dot / sqrtf(HEAD);
        top = fmaxf(top, share[by - first]);
      }
      for (size_t by = first; by < last; by++) sum += share[by - first] = expf(share[by - first] - top);
      memset(out, 0, HEAD * sizeof *out);
      for (size_t by = first; by < last; by++) {
        const float *v = value + by * MEANING + head * HEAD;
        for (size_t d = 0; d < HEAD; d++) out[d] += share[by - first] / sum * v[d];
      }
    }
  }
}

static Layer *g_layers;

static void open_layers(const e5_model *model)
{
  g_layers = xcalloc((size_t)model->NL, sizeof *g_layers);
  for (int i = 0; i < model->NL; i++) {
    const layer_t *l = &model->layers[i];
    g_layers[i] = (Layer){matrix_of(l->qw, l->qb, MEANING, MEANING),
                          matrix_of(l->kw, l->kb, MEANING, MEANING),
                          matrix_of(l->vw, l->vb, MEANING, MEANING),
                          matrix_of(l->aow, l->aob, MEANING, MEANING),
                          matrix_of(l->fiw, l->fib, INNER, MEANING),
                          matrix_of(l->fow, l->fob, MEANING, INNER),
                          l};
  }
}

// The mean of the last layer over the pieces of each of `count` words, starts[count] being the end of the
// last.
static void read_meanings(const e5_model *model, const int *ids, const size_t *starts, size_t count,
                          float *out[])
{
  size_t rows = starts[count];
  float *x = xcalloc(rows * (5 * MEANING + INNER), sizeof *x), *q = x + rows * MEANING,
        *k = q + rows * MEANING, *v = k + rows * MEANING, *y = v + rows * MEANING, *wide = y + rows * MEANING;
  for (size_t word = 0; word < count; word++) {
    for (size_t at = starts[word]; at < starts[word + 1]; at++) {
      deq_row(model->word + (size_t)ids[at] * (size_t)model->nb_word, MEANING, x + at * MEANING);
      const float *place = model->pos + (at - starts[word]) * MEANING;
      for (size_t d = 0; d < MEANING; d++) x[at * MEANING + d] += place[d] + model->type[d];
    }
  }
  add_layernorm(x, NULL, model->eln_w, model->eln_b, (int)rows, MEANING, model->eps);
  for (int i = 0; i < model->NL; i++) {
    const Layer *l = &g_layers[i];
    multiply(&l->query, x, rows, q);
    multiply(&l->key, x, rows, k);
    multiply(&l->value, x, rows, v);
    for (size_t word = 0; word < count; word++) attend(q, k, v, starts[word], starts[word + 1], y);
    multiply(&l->join, y, rows, q);
    add_layernorm(x, q, l->norms->aln_w, l->norms->aln_b, (int)rows, MEANING, model->eps);
    multiply(&l->widen, x, rows, wide);
    for (size_t n = 0; n < rows * INNER; n++) wide[n] = gelu(wide[n]);
    multiply(&l->narrow, wide, rows, y);
    add_layernorm(x, y, l->norms->oln_w, l->norms->oln_b, (int)rows, MEANING, model->eps);
  }
  for (size_t word = 0; word < count; word++) {
    memset(out[word], 0, MEANING * sizeof *out[word]);
    for (size_t at = starts[word]; at < starts[word + 1]; at++) {
      for (size_t d = 0; d < MEANING; d++)
        out[word][d] += x[at * MEANING + d] / (float)(starts[word + 1] - starts[word]);
    }
  }
  free(x);
}

// --- a small network from a meaning to what the word is taken for

enum { HIDDEN = 128, KINDS = 4, NET_ROUNDS = 10 }; // no name, PER, ORG, LOC
#define NET_RATE 0.05f

typedef struct Lesson {
  const float *meaning; // [MEANING], length 1
  float truth[KINDS], weight;
} Lesson;
typedef struct Net {
  float in[MEANING][HIDDEN], hidden_bias[HIDDEN], out[HIDDEN][KINDS], out_bias[KINDS];
  float in_squares[MEANING][HIDDEN], hidden_squares[HIDDEN], out_squares[HIDDEN][KINDS], bias_squares[KINDS];
} Net;

// hidden[HIDDEN], kinds[KINDS]: shares that sum to one.
static void net_ask(const Net *net, const float *meaning, float *hidden, float *kinds)
{
  float sum = 0, top = -1e30f;
  memcpy(hidden, net->hidden_bias, sizeof net->hidden_bias);
  for (size_t d = 0; d < MEANING; d++) {
    for (size_t h = 0; h < HIDDEN; h++) hidden[h] += meaning[d] * net->in[d][h];
  }
  memcpy(kinds, net->out_bias, sizeof net->out_bias);
  for (size_t h = 0; h < HIDDEN; h++) {
    hidden[h] = fmaxf(hidden[h], 0);
    for (size_t kind = 0; kind < KINDS; kind++) kinds[kind] += hidden[h] * net->out[h][kind];
  }
  for (size_t kind = 0; kind < KINDS; kind++) top = fmaxf(top, kinds[kind]);
  for (size_t kind = 0; kind < KINDS; kind++) sum += kinds[kind] = expf(kinds[kind] - top);
  for (size_t kind = 0; kind < KINDS; kind++) kinds[kind] /= sum;
}

static void net_step(float *weight, float *square, float slope)
{
  *square += slope * slope;
  *weight -= NET_RATE * slope / (1e-3f + sqrtf(*square));
}

static void net_learn(Net *net, const Lesson *lesson)
{
  float hidden[HIDDEN], kinds[KINDS], back[HIDDEN] = {0};
  net_ask(net, lesson->meaning, hidden, kinds);
  for (size_t kind = 0; kind < KINDS; kind++) {
    float slope = lesson->weight * (kinds[kind] - lesson->truth[kind]);
    for (size_t h = 0; h < HIDDEN; h++) {
      if (hidden[h] <= 0) continue;
      back[h] += slope * net->out[h][kind];
      net_step(&net->out[h][kind], &net->out_squares[h][kind], slope * hidden[h]);
    }
    net_step(&net->out_bias[kind], &net->bias_squares[kind], slope);
  }
  for (size_t h = 0; h < HIDDEN; h++) {
    if (back[h] != 0) net_step(&net->hidden_bias[h], &net->hidden_squares[h], back[h]);
  }
  for (size_t d = 0; d < MEANING; d++) {
    for (size_t h = 0; h < HIDDEN; h++)
      net_step(&net->in[d][h], &net->in_squares[d][h], back[h] * lesson->meaning[d]);
  }
}
