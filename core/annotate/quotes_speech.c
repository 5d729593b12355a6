// Speech or not: signs in and around the marks, weighed by logistic regression. The weights were fitted on
// the open sets of quotations (NTREX-128 news in six languages and the Universal Dependencies treebanks of
// news whose licence allows it), with the speakers that quotes_speaker.c finds; on news kept out of the fit
// F1 at an overlap of 0.3 is 93 to 95.
#include "annotate/quotes_p.h"

#include <math.h>

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
  SIGN_COUNT
} Sign;

static const float g_weights[SIGN_COUNT] = {
    [SIGN_BIAS] = -1.38F,       [SIGN_ONE] = -1.99F,        [SIGN_TWO] = -1.54F,
    [SIGN_THREE] = -0.91F,      [SIGN_FIVE] = -0.39F,       [SIGN_NINE] = 0.40F,
    [SIGN_MORE] = 0.74F,        [SIGN_STARTS] = 0.07F,      [SIGN_WHOLE] = 2.25F,
    [SIGN_INNER_COMMA] = 1.56F, [SIGN_INNER_STOP] = 0.33F,  [SIGN_CUE] = -0.61F,
    [SIGN_SENTENCE] = -0.27F,   [SIGN_ACCORDING] = 0.08F,   [SIGN_COLON] = 0.61F,
    [SIGN_NO_CUE] = -1.73F,     [SIGN_SCORE] = 2.16F,       [SIGN_CALL] = 0.28F,
    [SIGN_CAPITALS] = -2.72F,   [SIGN_LOWER] = 1.83F,       [SIGN_SMALL] = -0.20F,
    [SIGN_AFTER_DET] = -1.25F,  [SIGN_AFTER_NOUN] = -1.36F, [SIGN_AFTER_SUB] = -0.39F,
    [SIGN_AFTER_PREP] = -0.95F, [SIGN_BEFORE_WORD] = 1.74F, [SIGN_BEFORE_STOP] = 1.91F,
    [SIGN_SINGLE] = -0.75F,     [SIGN_CLAUSE] = 0.35F,      [SIGN_SPEAKER] = 0.59F,
    [SIGN_AFTER_NAME] = -0.54F, [SIGN_AFTER_CUE] = -0.90F,
};

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
    f[SIGN_AFTER_CUE] = word->cue && word->cue < CUE_NOUN;
    f[SIGN_AFTER_NAME] = (flags & TOKEN_WORD) && (flags & TOKEN_CAPITAL);
    f[SIGN_AFTER_NOUN] = (flags & TOKEN_WORD) && !(flags & TOKEN_CAPITAL) && !word->small && !word->cue;
    f[SIGN_COLON] = scene_is(scene, first - 1, ":");
  }
  f[SIGN_BEFORE_WORD] = last < scene->len && scene_is_word(scene, last);
  f[SIGN_BEFORE_STOP] = last >= scene->len || scene_is(scene, last, ".,;!?");
  uint32_t inner = last > 1 ? last - 2 : 0;
  f[SIGN_INNER_COMMA] = scene_is(scene, inner, ",");
  f[SIGN_INNER_STOP] = scene_is(scene, inner, ".!?");
  f[SIGN_SINGLE] = marks_single(scene->notes, first);
}

float speech_likeness(const Scene *scene, const Marked *marked, const Saying *saying, const QuoteDraft *draft)
{
  float f[SIGN_COUNT] = {[SIGN_BIAS] = 1, [SIGN_STARTS] = draft->starts, [SIGN_WHOLE] = draft->whole};
  count_inside(scene, marked, f);
  look_around(scene, marked, f);
  f[SIGN_CUE] = saying->reason == REASON_CUE;
  f[SIGN_SENTENCE] = saying->reason == REASON_SENTENCE;
  f[SIGN_ACCORDING] = saying->reason == REASON_ACCORDING;
  f[SIGN_NO_CUE] = saying->cue == CUE_NONE;
  f[SIGN_CALL] = saying->cue == CUE_CALL;
  f[SIGN_SCORE] = saying->cue ? saying->score / 10 : 0;
  f[SIGN_SPEAKER] = saying->speaker.kind == PARTY_NAME || saying->speaker.kind == PARTY_PRONOUN;
  float sum = 0;
  for (int i = 0; i < SIGN_COUNT; i++) sum += g_weights[i] * f[i];
  return 1 / (1 + expf(-sum));
}
