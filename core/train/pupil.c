// Texts are learnt from in batches of about as many pieces. The layers that stay as they are read each text
// once: their vectors are kept, at half precision, and only the layers above are run again every epoch.
#include "pupil.h"

#include "annotate/names/names_p.h"
#include "base/clock.h"

#include <math.h>
#include <stdio.h>

enum { EPOCHS = 2, BATCH = 700, BATCH_TEXTS = 256, WARM = 60 }; // BATCH: pieces; WARM: steps
#define RATE 1.5e-4f
#define FIELD_SURE 0.85f // of a word: less is doubt
#define FIELD 0.6f       // weight of what the field says

double pupil_chance(Pupil *self)
{
  self->seed = self->seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(self->seed >> 33) / 2147483648.0;
}

// --- texts

// The tag of a word; `before`: where the one before it starts, or `start` if there is none.
static Tag tag_of(const CorpusDoc *doc, size_t start, size_t end, size_t before)
{
  for (size_t i = 0; i < doc->names.len; i++) {
    const CorpusName *name = &doc->names.items[i];
    if (name->type >= ENTITY_TYPES || start < name->start || end > name->end) continue;
    return (Tag)(1 + 2 * name->type + (before < start && before >= name->start));
  }
  return TAG_O;
}

static PupilText text_new(const Pupil *self, float weight)
{
  return (PupilText){.words = self->words.len, .pieces = self->pieces.len, .weight = weight};
}

static void end_text(Pupil *self, PupilText *text, double nameless)
{
  bool named = false;
  text->word_count = self->words.len - text->words;
  text->piece_count = self->pieces.len - text->pieces;
  for (size_t i = text->words; i < self->words.len; i++) named = named || self->words.items[i].tag != TAG_O;
  if (text->word_count && (named || pupil_chance(self) >= nameless)) {
    vec_push(&self->texts, *text);
  } else {
    self->words.len = text->words;
    self->pieces.len = text->pieces;
  }
  *text = text_new(self, text->weight);
}

// What the field says of the words that were added last, which are those of the block.
static void ask_field(Pupil *self, Notes *notes, size_t first_word, bool *doubt)
{
  NameFact *facts = namefacts_of(&self->names->known, NULL, notes, &notes->arena);
  float(*shares)[TAGS] = arena_alloc(&notes->arena, size_mul(notes->tokens.len + 1, sizeof *shares));
  tagger_shares(self->names->tagger, &notes->arena, notes, facts, shares);
  for (size_t i = 0; i < notes->tokens.len; i++) {
    float most = 0;
    for (size_t tag = 0; tag < TAGS; tag++) {
      most = fmaxf(most, shares[i][tag]);
      self->words.items[first_word + i].field[tag] = logf(shares[i][tag] + 6e-6f);
    }
    *doubt = *doubt || most < FIELD_SURE;
  }
}

static void add_word(Pupil *self, const CorpusDoc *doc, const Notes *notes, size_t block_start, size_t at,
                     PupilText *text, double nameless)
{
  enum { MOST = 12 };
  const Token *token = &notes->tokens.items[at];
  int pieces[MOST];
  bool glued = at && !(token->flags & (TOKEN_SPACE_BEFORE | TOKEN_LINE_START));
  Str word = str_slice(notes->text, token->start, token->end);
  size_t count = encoder_pieces(self->encoder, word, glued, pieces, MOST);
  if (self->pieces.len + count - text->pieces > ENCODER_LONGEST) end_text(self, text, nameless);
  size_t start = block_start + token->start, end = block_start + token->end;
  Tag tag = tag_of(doc, start, end, at ? block_start + token[-1].start : start);
  uint32_t row = (uint32_t)(self->pieces.len - text->pieces + 1);
  vec_push(&self->words,
           (PupilWord){.start = (uint32_t)start, .end = (uint32_t)end, .row = row, .tag = (uint8_t)tag});
  for (size_t n = 0; n < count; n++) vec_push(&self->pieces, pieces[n]);
}

// Sentences are read together until they are long enough.
void pupil_take_block(const CorpusDoc *doc, Notes *notes, size_t block_start, void *with)
{
  enum { LONG = 60 };
  PupilTaking *taking = with;
  Pupil *self = taking->pupil;
  size_t first_word = self->words.len;
  PupilText text = text_new(self, taking->weight);
  for (size_t s = 0; s < notes->sentences.len; s++) {
    const Sentence *sentence = &notes->sentences.items[s];
    for (size_t at = sentence->first; at < sentence->last; at++)
      add_word(self, doc, notes, block_start, at, &text, taking->nameless);
    if (self->pieces.len - text.pieces > LONG) end_text(self, &text, taking->nameless);
  }
  end_text(self, &text, taking->nameless);
  if (taking->asks) ask_field(self, notes, first_word, &taking->doubt);
}

// --- batches

typedef struct Batch {
  size_t texts[BATCH_TEXTS]; // in self->texts
  EncoderText given[BATCH_TEXTS];
  size_t count, rows;
} Batch;

static bool batch_add(Batch *batch, const Pupil *self, size_t text, size_t most_rows)
{
  EncoderText given = {self->pieces.items + self->texts.items[text].pieces,
                       self->texts.items[text].piece_count};
  if (batch->count == BATCH_TEXTS || batch->rows + encoder_rows(given) > most_rows) return false;
  batch->texts[batch->count] = text;
  batch->given[batch->count++] = given;
  batch->rows += encoder_rows(given);
  return true;
}

// --- learning: what the kept layers make of the texts is reckoned once

static void fill_cache(Pupil *self)
{
  size_t rows = 0;
  for (size_t i = 0; i < self->texts.len; i++) {
    self->texts.items[i].cached = rows * ENCODER_SIZE;
    rows += self->texts.items[i].piece_count + 2;
  }
  self->cache = xcalloc(size_mul(rows, ENCODER_SIZE), sizeof *self->cache);
  float *read = xcalloc(ENCODER_ROWS * ENCODER_SIZE, sizeof *read);
  for (size_t i = 0; i < self->texts.len;) {
    Batch batch = {.count = 0};
    _Float16 *to = self->cache + self->texts.items[i].cached;
    while (i < self->texts.len && batch_add(&batch, self, i, ENCODER_ROWS)) i++;
    encoder_read(self->encoder, batch.given, batch.count, read);
    for (size_t n = 0; n < batch.rows * ENCODER_SIZE; n++) to[n] = (_Float16)read[n];
  }
  free(read);
}

static double learn_batch(Pupil *self, const Batch *batch, float rate)
{
  static float rows[ENCODER_ROWS * ENCODER_SIZE];
  size_t words = 0, first = 0;
  double loss = 0;
  for (size_t i = 0, at = 0; i < batch->count; i++) {
    const PupilText *text = &self->texts.items[batch->texts[i]];
    for (size_t n = 0; n < (text->piece_count + 2) * ENCODER_SIZE; n++)
      rows[at++] = (float)self->cache[text->cached + n];
    words += text->word_count;
  }
  encoder_go_on(self->encoder, batch->given, batch->count, rows);
  for (size_t i = 0; i < batch->count; i++) {
    const PupilText *text = &self->texts.items[batch->texts[i]];
    for (size_t n = 0; n < text->word_count; n++) {
      const PupilWord *word = &self->words.items[text->words + n];
      loss += encoder_learn(self->encoder, first + word->row, (Tag)word->tag, text->weight / (float)words);
    }
    first += text->piece_count + 2;
  }
  encoder_step(self->encoder, batch->given, batch->count, rate);
  return loss;
}

static void shuffle(Pupil *self, size_t *order, size_t count)
{
  for (size_t i = count; i > 1; i--) {
    size_t other = (size_t)(pupil_chance(self) * (double)i), kept = order[i - 1];
    order[i - 1] = order[other];
    order[other] = kept;
  }
}

void pupil_learn(Pupil *self)
{
  size_t *order = xcalloc(self->texts.len, sizeof *order), rows = self->pieces.len + 2 * self->texts.len,
         done = 0;
  uint64_t begin = clock_ns();
  for (size_t i = 0; i < self->texts.len; i++) order[i] = i;
  fill_cache(self);
  printf("kept layers: %.0f s\n", (double)(clock_ns() - begin) / 1e9);
  for (size_t epoch = 0, step = 0; epoch < EPOCHS; epoch++) {
    double loss = 0;
    size_t batches = 0;
    shuffle(self, order, self->texts.len);
    for (size_t i = 0; i < self->texts.len; step++, batches++) {
      Batch batch = {.count = 0};
      while (i < self->texts.len && batch_add(&batch, self, order[i], BATCH)) i++;
      done += batch.rows;
      float left = 1 - (float)done / (float)(EPOCHS * rows), warm = fminf(1, (float)(step + 1) / WARM);
      loss += learn_batch(self, &batch, RATE * warm * fmaxf(left, 0.02f));
    }
    printf("round %zu of %d: loss %.4f, %.0f s\n", epoch + 1, EPOCHS, loss / (double)batches,
           (double)(clock_ns() - begin) / 1e9);
    fflush(stdout);
  }
  free(order);
  free(self->cache);
  self->cache = NULL;
}

// --- judging

// Logarithms of what network and field together say of a word, up to a constant.
static void ask_both(const Pupil *self, const PupilWord *word, const float *vectors, float tags[TAGS])
{
  encoder_tags(self->encoder, vectors + word->row * ENCODER_SIZE, tags);
  for (size_t tag = 0; tag < TAGS; tag++) tags[tag] += FIELD * word->field[tag];
}

static float share_of(const float tags[TAGS], size_t tag)
{
  float sum = 0;
  for (size_t other = 0; other < TAGS; other++) sum += expf(tags[other] - tags[tag]);
  return 1 / sum;
}

// The best tags that may follow each other; what has none before it follows TAG_O.
static void judge_text(Pupil *self, const PupilText *text, const float *vectors)
{
  static uint8_t from[ENCODER_LONGEST][TAGS];
  float best[TAGS] = {0}, p[ENCODER_LONGEST][TAGS];
  PupilWord *words = &self->words.items[text->words];
  for (size_t tag = 1; tag < TAGS; tag++) best[tag] = -INFINITY;
  for (size_t i = 0; i < text->word_count; i++) {
    float next[TAGS];
    ask_both(self, &words[i], vectors, p[i]);
    for (Tag to = TAG_O; to < TAGS; to++) {
      next[to] = -INFINITY;
      for (Tag tag = TAG_O; tag < TAGS; tag++) {
        if (!tagger_may_follow(tag, to) || best[tag] + p[i][to] <= next[to]) continue;
        next[to] = best[tag] + p[i][to];
        from[i][to] = (uint8_t)tag;
      }
    }
    memcpy(best, next, sizeof best);
  }
  size_t tag = TAG_O;
  for (size_t t = 1; t < TAGS; t++) tag = best[t] > best[tag] ? t : tag;
  for (size_t i = text->word_count; i > 0; i--) {
    words[i - 1].tag = (uint8_t)tag;
    words[i - 1].sure = share_of(p[i - 1], tag);
    tag = from[i - 1][tag];
  }
}

void pupil_judge(Pupil *self)
{
  static float rows[ENCODER_ROWS * ENCODER_SIZE];
  for (size_t i = 0; i < self->texts.len;) {
    Batch batch = {.count = 0};
    while (i < self->texts.len && batch_add(&batch, self, i, ENCODER_ROWS)) i++;
    encoder_read(self->encoder, batch.given, batch.count, rows);
    const float *vectors = encoder_go_on(self->encoder, batch.given, batch.count, rows);
    for (size_t n = 0; n < batch.count; n++) {
      judge_text(self, &self->texts.items[batch.texts[n]], vectors);
      vectors += encoder_rows(batch.given[n]) * ENCODER_SIZE;
    }
  }
}

size_t pupil_name_end(const Pupil *self, const PupilText *text, size_t at)
{
  const PupilWord *words = &self->words.items[text->words];
  size_t end = at + 1;
  while (end < text->word_count && words[end].tag == words[at].tag + 1) end++;
  return end;
}

void pupil_forget(Pupil *self)
{
  self->texts.len = self->words.len = self->pieces.len = 0;
}
