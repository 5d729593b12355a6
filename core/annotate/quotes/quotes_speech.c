// Speech or not: signs in and around the marks, weighed by logistic regression. The weights are a table,
// data/speech_weights.tsv, which core/train/train_speech.c learns from the signs that this file sees
// (`make speech`); sources and scores: data/MODEL.md.
#include "annotate/quotes/quotes_p.h"

#include "base/table.h"

#include <math.h>
#include <stdlib.h>

#define TITLE_COUNTS 3 // as it is rare and sure, and the penalty on weights would keep it small

typedef enum Sign {
  SIGN_BIAS,
  SIGN_ONE, // words inside
  SIGN_TWO,
  SIGN_THREE,
  SIGN_FIVE,
  SIGN_NINE,
  SIGN_MORE,
  SIGN_STARTS,      // a sentence of its own begins here
  SIGN_WHOLE,       // and ends
  SIGN_INNER_COMMA, // "… text,"
  SIGN_INNER_STOP,
  SIGN_CUE, // how the speaker was found
  SIGN_SENTENCE,
  SIGN_ACCORDING,
  SIGN_COLON,
  SIGN_NO_CUE,
  SIGN_SCORE,     // of the speaker, tenths
  SIGN_CALL,      // "calls it …"
  SIGN_CAPITALS,  // most words have one
  SIGN_LOWER,     // begins with a small letter
  SIGN_SMALL,     // share of small words inside
  SIGN_AFTER_DET, // the token in front
  SIGN_AFTER_NOUN,
  SIGN_AFTER_SUB,
  SIGN_AFTER_PREP,
  SIGN_BEFORE_WORD, // the token behind
  SIGN_BEFORE_STOP,
  SIGN_SINGLE,  // single marks
  SIGN_CLAUSE,  // an auxiliary, pronoun or verb of saying inside
  SIGN_SPEAKER, // a name or pronoun speaks
  SIGN_AFTER_NAME,
  SIGN_AFTER_CUE,
  SIGN_HEADLINE,   // of the article or a part of it
  SIGN_FIRST,      // "I", "you" inside
  SIGN_BEFORE_AUX, // "… „gemein“ seien"
  SIGN_REPORTED,   // the cue's "that" stands in front
  SIGN_THINK,      // the cue's class
  SIGN_NOUN,
  SIGN_TITLE, // behind "the novel", "the word"
  SIGN_TAKEN, // the cue is that of another quotation: beside one in front, or a colon behind it leads to one
  SIGN_LED,   // a colon in front, a capital inside
  SIGN_SUBJUNCTIVE, // its sentence is in the form of reported speech
  SIGN_NAME_LIKE,   // one word with a capital, where words have none
  SIGN_AFTER_AUX,   // "is “…”"
  SIGN_COUNT
} Sign;
_Static_assert(SIGN_COUNT == SPEECH_SIGNS, "quotes_p.h has their number");

const char *const g_speech_signs[SPEECH_SIGNS] = {
    [SIGN_BIAS] = "bias",
    [SIGN_ONE] = "one",
    [SIGN_TWO] = "two",
    [SIGN_THREE] = "three",
    [SIGN_FIVE] = "five",
    [SIGN_NINE] = "nine",
    [SIGN_MORE] = "more",
    [SIGN_STARTS] = "starts",
    [SIGN_WHOLE] = "whole",
    [SIGN_INNER_COMMA] = "inner_comma",
    [SIGN_INNER_STOP] = "inner_stop",
    [SIGN_CUE] = "cue",
    [SIGN_SENTENCE] = "sentence",
    [SIGN_ACCORDING] = "according",
    [SIGN_COLON] = "colon",
    [SIGN_NO_CUE] = "no_cue",
    [SIGN_SCORE] = "score",
    [SIGN_CALL] = "call",
    [SIGN_CAPITALS] = "capitals",
    [SIGN_LOWER] = "lower",
    [SIGN_SMALL] = "small",
    [SIGN_AFTER_DET] = "after_det",
    [SIGN_AFTER_NOUN] = "after_noun",
    [SIGN_AFTER_SUB] = "after_sub",
    [SIGN_AFTER_PREP] = "after_prep",
    [SIGN_BEFORE_WORD] = "before_word",
    [SIGN_BEFORE_STOP] = "before_stop",
    [SIGN_SINGLE] = "single",
    [SIGN_CLAUSE] = "clause",
    [SIGN_SPEAKER] = "speaker",
    [SIGN_AFTER_NAME] = "after_name",
    [SIGN_AFTER_CUE] = "after_cue",
    [SIGN_HEADLINE] = "headline",
    [SIGN_FIRST] = "first",
    [SIGN_BEFORE_AUX] = "before_aux",
    [SIGN_REPORTED] = "reported",
    [SIGN_THINK] = "think",
    [SIGN_NOUN] = "noun",
    [SIGN_TITLE] = "title",
    [SIGN_TAKEN] = "taken",
    [SIGN_LED] = "led",
    [SIGN_SUBJUNCTIVE] = "subjunctive",
    [SIGN_NAME_LIKE] = "name_like",
    [SIGN_AFTER_AUX] = "after_aux",
};

bool speech_load(float weights[SPEECH_SIGNS], Error *err)
{
  const Table *table = table_find("speech_weights", "");
  memset(weights, 0, SPEECH_SIGNS * sizeof *weights);
  for (size_t row = 0; table && row < table->rows; row++) {
    Str name = table_cell(table, row, 0), value = table_cell(table, row, 1);
    size_t sign = 0;
    while (sign < SPEECH_SIGNS && !str_is(name, g_speech_signs[sign])) sign++;
    char *end;
    float weight = strtof(value.ptr, &end);
    if (sign == SPEECH_SIGNS || end == value.ptr || *end)
      return error_set(err, ERR_FORMAT, "speech_weights.tsv: no weight of a sign: \"" STR_FMT "\"",
                       STR_ARG(name));
    weights[sign] = weight;
  }
  return true;
}

static void count_inside(const Scene *scene, const Marked *marked, float *f)
{
  uint32_t words = 0, capitals = 0, small = 0, clause = 0;
  for (uint32_t i = marked->first; i < marked->last && words < 12; i++) {
    if (!scene_is_word(scene, i)) continue;
    const Word *word = scene->words[i];
    f[SIGN_LOWER] += !words && (scene->in[i].flags & TOKEN_WORD) && !(scene->in[i].flags & TOKEN_CAPITAL);
    words++;
    capitals += (scene->in[i].flags & TOKEN_CAPITAL) != 0;
    small += word->small != SMALL_NONE;
    if (word_is_ours(word)) f[SIGN_FIRST] = 1;
    clause += word->small == SMALL_AUX || word->small == SMALL_SUB || word->pronoun ||
              (word->cue && word->cue < CUE_NOUN);
  }
  f[words <= 1   ? SIGN_ONE
    : words == 2 ? SIGN_TWO
    : words == 3 ? SIGN_THREE
    : words <= 5 ? SIGN_FIVE
    : words <= 9 ? SIGN_NINE
                 : SIGN_MORE] = 1;
  f[SIGN_CAPITALS] = words > 1 && capitals * 2 > words;
  f[SIGN_SMALL] = words ? (float)small / (float)words : 0;
  f[SIGN_CLAUSE] = clause > 0;
  f[SIGN_NAME_LIKE] = words == 1 && capitals == 1 && scene->lexicon->lang != LANG_DE;
}

static void look_around(const Scene *scene, const Marked *marked, float *f)
{
  uint32_t first = marked->first, last = marked->last;
  if (first && !scene->inside[first - 1]) {
    const Word *word = scene->words[first - 1];
    uint32_t flags = scene->in[first - 1].flags;
    f[SIGN_AFTER_DET] = word->small == SMALL_DET;
    f[SIGN_AFTER_SUB] = word->small == SMALL_SUB;
    f[SIGN_AFTER_PREP] = word->small == SMALL_PREP || word->small == SMALL_OF || word->small == SMALL_TO;
    bool capital = first + 1 < last && (scene->in[first + 1].flags & TOKEN_CAPITAL);
    if (first > 1 && scene_is(scene, first - 1, ",")) word = scene->words[first - 2]; // "the novel, “…”"
    f[SIGN_TITLE] = word->term || (word->work && capital) ? TITLE_COUNTS : 0;
    f[SIGN_AFTER_CUE] = word->cue && word->cue < CUE_NOUN;
    f[SIGN_AFTER_AUX] = word->small == SMALL_AUX;
    f[SIGN_AFTER_NAME] = (flags & TOKEN_WORD) && (flags & TOKEN_CAPITAL);
    f[SIGN_AFTER_NOUN] = (flags & TOKEN_WORD) && !(flags & TOKEN_CAPITAL) && !word->small && !word->cue;
    f[SIGN_COLON] = scene_is(scene, first - 1, ":");
    f[SIGN_LED] = f[SIGN_COLON] > 0 && first + 1 < last && (scene->in[first + 1].flags & TOKEN_CAPITAL);
  }
  f[SIGN_BEFORE_AUX] = last < scene->len && scene->words[last]->small == SMALL_AUX;
  f[SIGN_BEFORE_WORD] = last < scene->len && scene_is_word(scene, last);
  f[SIGN_BEFORE_STOP] = last >= scene->len || scene_is(scene, last, ".,;!?");
  uint32_t inner = last > 1 ? last - 2 : 0;
  f[SIGN_INNER_COMMA] = scene_is(scene, inner, ",");
  f[SIGN_INNER_STOP] = scene_is(scene, inner, ".!?");
  f[SIGN_SINGLE] = marks_single(scene->notes, first);
}

// "X said that it was …": right behind the cue.
static bool reports(const Scene *scene, const Marked *marked, const Saying *saying)
{
  uint32_t next = saying->cue_last;
  return saying->cue && next < marked->first && scene->words[next]->small == SMALL_SUB;
}

// Whether the cue stands beside something else that is said: behind a quotation or a comma, with this one
// further off, or in front of a colon that does not lead to this one.
static bool is_taken(const Scene *scene, const Marked *marked, const Saying *saying)
{
  uint32_t first = saying->cue_first, last = saying->cue_last;
  if (saying->cue == CUE_NONE) return false;
  uint32_t front = cue_group(scene, first);
  bool comma = front > 0 && scene_is(scene, front - 1, ",");
  if (comma) front--;
  bool led = scene_is(scene, marked->first - 1, ":,") || scene->words[last < scene->len ? last : first]->that;
  bool behind = last <= marked->first && front > 0 && marked->first - last > 2 &&
                (scene->inside[front - 1] || (comma && !led));
  bool leads = first >= marked->last && last < scene->len && scene_is(scene, last, ":");
  return behind || leads;
}

void speech_signs(const Scene *scene, const Marked *marked, const Saying *saying, const QuoteDraft *draft,
                  float signs[SPEECH_SIGNS])
{
  memset(signs, 0, SPEECH_SIGNS * sizeof *signs);
  signs[SIGN_BIAS] = 1;
  signs[SIGN_STARTS] = draft->starts;
  signs[SIGN_WHOLE] = draft->whole;
  count_inside(scene, marked, signs);
  look_around(scene, marked, signs);
  signs[SIGN_SUBJUNCTIVE] = stretch_is_reported(scene, marked->first, marked->last);
  signs[SIGN_HEADLINE] = scene->notes->kind == BLOCK_HEADLINE || scene->notes->kind == BLOCK_SUBHEAD;
  signs[SIGN_TAKEN] = is_taken(scene, marked, saying);
  signs[SIGN_NO_CUE] = saying->cue == CUE_NONE;
  signs[SIGN_CUE] = saying->reason == REASON_CUE;
  signs[SIGN_SENTENCE] = saying->reason == REASON_SENTENCE;
  signs[SIGN_ACCORDING] = saying->reason == REASON_ACCORDING;
  signs[SIGN_REPORTED] = reports(scene, marked, saying);
  signs[SIGN_THINK] = saying->cue == CUE_THINK;
  signs[SIGN_NOUN] = saying->cue == CUE_NOUN;
  signs[SIGN_CALL] = saying->cue == CUE_CALL;
  signs[SIGN_SCORE] = saying->cue ? saying->score / 10 : 0;
  signs[SIGN_SPEAKER] = saying->speaker.kind == PARTY_NAME || saying->speaker.kind == PARTY_PRONOUN;
}

float speech_likeness(const float weights[SPEECH_SIGNS], const float signs[SPEECH_SIGNS])
{
  float sum = 0;
  for (size_t i = 0; i < SPEECH_SIGNS; i++) sum += weights[i] * signs[i];
  return 1 / (1 + expf(-sum));
}
