// Conditional random field, stochastic gradient with AdaGrad. A course goes through the runs of words from
// nothing in an order of its own, a fixed one of pseudo-random numbers, and averages the weights of its
// second half; where one course ends is partly chance, the middle of several is less so. Courses know nothing
// of each other and have a thread each; their averages are added up in order, so that the same data give the
// same weights. A word hides some of its features whenever it is seen.
#include "field.h"

#include "base/clock.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE 0.04f
#define DECAY 1e-4f // pull of a weight towards 0 whenever its feature is seen
enum { COURSES = 5 };

typedef struct Learnt { // of a row, in one line of the processor's cache
  _Alignas(2 * sizeof(FieldLanes)) FieldLanes weights;
  FieldLanes squares; // sums of those of the slopes
} Learnt;

typedef struct Course {
  const FieldSamples *samples;
  Learnt *rows;
  size_t row_count;
  FieldLanes *sums; // [row]: of the weights that are averaged
  FieldLanes change[TAGS];
  FieldLanes change_squares[TAGS], change_sums[TAGS];
  FieldRun *runs; // shuffled
  size_t number, epochs;
  uint64_t seed;
} Course;

typedef struct State {
  float grown[TAGS], forward[TAGS], backward[TAGS];
  uint64_t shown[2]; // bits of features
} State;

static uint32_t random_below(Course *self, uint32_t n)
{
  self->seed = self->seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(((self->seed >> 32) * n) >> 32);
}

// Choose the features that the word shows this time.
static void hide_features(Course *self, State *state, size_t count)
{
  state->shown[0] = state->shown[1] = 0;
  for (size_t n = 0; n < count; n++) {
    if (random_below(self, 1000) < (uint32_t)(1000 * FIELD_KEEP)) state->shown[n / 64] |= 1ull << n % 64;
  }
}

static bool shown(const State *state, size_t n)
{
  return state->shown[n / 64] >> n % 64 & 1;
}

static void prefetch_rows(const Course *self, const FieldWord *word)
{
  const uint32_t *rows = self->samples->rows.items + word->rows;
  for (size_t n = 0; n < word->count; n++) __builtin_prefetch(&self->rows[rows[n]], 1);
}

static void grow_word(Course *self, const FieldWord *word, State *state)
{
  FieldLanes sums = {0};
  hide_features(self, state, word->count);
  for (size_t n = 0; n < word->count; n++) {
    if (!shown(state, n)) continue;
    const float *row = self->rows[self->samples->rows.items[word->rows + n]].weights;
    for (size_t lane = 0; lane < TAGS + 1; lane++) sums[lane] += row[lane];
  }
  float top = sums[0];
  for (size_t tag = 1; tag < TAGS; tag++) top = sums[tag] > top ? sums[tag] : top;
  for (size_t tag = 0; tag < TAGS; tag++) state->grown[tag] = expf(sums[tag] - top);
}

static void to_one(float values[TAGS])
{
  float sum = 1e-30f;
  for (size_t tag = 0; tag < TAGS; tag++) sum += values[tag];
  for (size_t tag = 0; tag < TAGS; tag++) values[tag] /= sum;
}

static void sums_of_run(Course *self, const FieldRun *run, State *states, FieldLanes grow[TAGS])
{
  const FieldWord *words = &self->samples->words.items[run->first];
  prefetch_rows(self, words);
  for (size_t i = 0; i < run->count; i++) {
    if (i + 1 < run->count) prefetch_rows(self, words + i + 1);
    grow_word(self, &words[i], &states[i]);
    for (size_t tag = 0; tag < TAGS; tag++) {
      float sum = i ? 0 : grow[TAG_O][tag];
      for (size_t from = 0; i && from < TAGS; from++) sum += states[i - 1].forward[from] * grow[from][tag];
      states[i].forward[tag] = sum * states[i].grown[tag];
    }
    to_one(states[i].forward);
  }
  for (size_t i = run->count; i-- > 0;) {
    for (size_t tag = 0; tag < TAGS; tag++) {
      float sum = i + 1 == run->count ? grow[tag][TAG_O] : 0;
      for (size_t to = 0; i + 1 < run->count && to < TAGS; to++)
        sum += grow[tag][to] * states[i + 1].grown[to] * states[i + 1].backward[to];
      states[i].backward[tag] = sum;
    }
    to_one(states[i].backward);
  }
}

static void step(float *weight, float *square, float slope, float rate)
{
  *square += slope * slope;
  *weight += rate * slope / (1e-3f + sqrtf(*square));
}

// Truth less expectation of the word's tags, into all its features.
static void learn_word(Course *self, const FieldWord *word, const State *state, float weight, float rate)
{
  float p[TAGS];
  for (size_t tag = 0; tag < TAGS; tag++) p[tag] = state->forward[tag] * state->backward[tag];
  to_one(p);
  for (size_t tag = 0; tag < TAGS; tag++) p[tag] = weight * ((tag == word->tag) - p[tag]);
  for (size_t n = 0; n < word->count; n++) {
    if (!shown(state, n)) continue;
    Learnt *row = &self->rows[self->samples->rows.items[word->rows + n]];
    for (size_t tag = 0; tag < TAGS; tag++) {
      if (fabsf(p[tag]) < 1e-4f) continue;
      step(&row->weights[tag], &row->squares[tag], p[tag] - DECAY * row->weights[tag], rate);
    }
  }
}

static void learn_change(Course *self, size_t from, size_t to, float slope, float rate)
{
  if (tagger_may_follow((Tag)from, (Tag)to))
    step(&self->change[from][to], &self->change_squares[from][to], slope, rate);
}

static void learn_changes(Course *self, const FieldRun *run, const State *states, FieldLanes grow[TAGS],
                          float rate)
{
  for (size_t i = 0; i <= run->count; i++) {
    float p[TAGS][TAGS], sum = 1e-30f;
    for (size_t from = 0; from < TAGS; from++) {
      for (size_t to = 0; to < TAGS; to++) {
        float before = i ? states[i - 1].forward[from] : from == TAG_O;
        float behind = i < run->count ? states[i].grown[to] * states[i].backward[to] : to == TAG_O;
        sum += p[from][to] = before * grow[from][to] * behind;
      }
    }
    size_t true_from = i ? self->samples->words.items[run->first + i - 1].tag : TAG_O;
    size_t true_to = i < run->count ? self->samples->words.items[run->first + i].tag : TAG_O;
    for (size_t from = 0; from < TAGS; from++) {
      for (size_t to = 0; to < TAGS; to++)
        learn_change(self, from, to, run->weight * ((from == true_from && to == true_to) - p[from][to] / sum),
                     rate);
    }
  }
}

static void learn_run(Course *self, const FieldRun *run, float rate, Arena *scratch)
{
  arena_reset(scratch);
  State *states = arena_alloc(scratch, size_mul(run->count, sizeof *states));
  FieldLanes grow[TAGS];
  for (size_t from = 0; from < TAGS; from++) {
    for (size_t to = 0; to < TAGS; to++)
      grow[from][to] = tagger_may_follow((Tag)from, (Tag)to) ? expf(self->change[from][to]) : 0;
  }
  sums_of_run(self, run, states, grow);
  learn_changes(self, run, states, grow, rate * 0.5f);
  for (size_t i = 0; i < run->count; i++)
    learn_word(self, &self->samples->words.items[run->first + i], &states[i], run->weight, rate);
}

static void learn_round(Course *self, float rate, Arena *scratch)
{
  size_t count = self->samples->runs.len;
  for (size_t i = count; i > 1; i--) {
    size_t other = random_below(self, (uint32_t)i);
    FieldRun run = self->runs[i - 1];
    self->runs[i - 1] = self->runs[other];
    self->runs[other] = run;
  }
  for (size_t i = 0; i < count; i++) learn_run(self, &self->runs[i], rate, scratch);
}

static void add_lanes(float *sums, const float *lanes, float share)
{
  for (size_t tag = 0; tag < TAGS; tag++) sums[tag] += share * lanes[tag];
}

static void add_to_averages(Course *self, float share)
{
  for (size_t row = 0; row < self->row_count; row++)
    add_lanes(self->sums[row], self->rows[row].weights, share);
  for (size_t tag = 0; tag < TAGS; tag++) add_lanes(self->change_sums[tag], self->change[tag], share);
}

static void *take_course(void *course)
{
  Course *self = course;
  Arena scratch = {0};
  size_t averaged = self->epochs - self->epochs / 2;
  for (size_t epoch = 0; epoch < self->epochs; epoch++) {
    uint64_t begin = clock_ns();
    learn_round(self, RATE * (1 - 0.9f * (float)epoch / (float)self->epochs), &scratch);
    if (epoch >= self->epochs / 2) add_to_averages(self, 1.0f / (float)(COURSES * averaged));
    printf("course %zu, round %zu of %zu: %.1f s\n", self->number, epoch + 1, self->epochs,
           (double)(clock_ns() - begin) / 1e9);
    fflush(stdout);
  }
  arena_release(&scratch);
  return NULL;
}

static Course *course_new(const FieldSamples *samples, size_t row_count, size_t epochs, size_t number)
{
  Course *self = xcalloc(1, sizeof *self);
  *self = (Course){.samples = samples,
                   .row_count = row_count,
                   .number = number,
                   .epochs = epochs,
                   .seed = 19450508 + number};
  self->rows = aligned_alloc(sizeof *self->rows, size_mul(row_count, sizeof *self->rows));
  if (!self->rows) abort();
  memset(self->rows, 0, row_count * sizeof *self->rows);
  self->sums = xcalloc(row_count, sizeof(FieldLanes));
  self->runs = xcalloc(samples->runs.len, sizeof *self->runs);
  memcpy(self->runs, samples->runs.items, samples->runs.len * sizeof *self->runs);
  return self;
}

static void course_free(Course *self)
{
  free(self->rows);
  free(self->sums);
  free(self->runs);
  free(self);
}

Field *field_learn(const FieldSamples *samples, unsigned bits, size_t epochs)
{
  size_t row_count = (size_t)1 << bits;
  Field *self = xcalloc(1, sizeof *self);
  self->weights = xcalloc(row_count, sizeof *self->weights);
  Course *courses[COURSES];
  pthread_t threads[COURSES];
  for (size_t n = 0; n < COURSES; n++) {
    courses[n] = course_new(samples, row_count, epochs, n);
    if (pthread_create(&threads[n], NULL, take_course, courses[n])) abort();
  }
  for (size_t n = 0; n < COURSES; n++) {
    pthread_join(threads[n], NULL);
    for (size_t row = 0; row < row_count; row++) add_lanes(self->weights[row], courses[n]->sums[row], 1);
    for (size_t tag = 0; tag < TAGS; tag++) add_lanes(self->change[tag], courses[n]->change_sums[tag], 1);
    course_free(courses[n]);
  }
  return self;
}

void field_free(Field *self)
{
  if (!self) return;
  free(self->weights);
  free(self);
}
