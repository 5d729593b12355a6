// A block's score is a sum of learnt weights, one row of twelve small numbers for each letter group and word
// (see langid_p.h), scaled so that it reads as a log-probability. The article's main language is what all
// blocks say together, each with a limited voice; a block leaves it only when its own words outweigh a prior,
// which is stronger between close relatives (Bokmål, Nynorsk, Danish), whose short texts often fit all of
// them.
#include "annotate/langid.h"

#include "annotate/lanes.h"
#include "annotate/langid_p.h"

// Generated from core/annotate/data/langid.dat, which `make langid DATA=...` writes: [bucket][language - 1],
// in steps of 1/32.
static const int8_t g_langid_weights[LANGID_BUCKETS * LANGID_LANES + 4] = {
// rows are read sixteen at a time
#include "gen/langid.inc"
};
#define STEP (1.0f / 32)
#define LOOK 4u         // words between two looks at how clear it is
#define CLEAR (26 * 32) // steps of lead over the second that no rest of a block took back in 43 000

#define VOTE_PARTS 1024.0f // of a natural logarithm
#define VOICE 25.0f        // most that one block adds to a language's lead in the article
#define PRIOR 6.0f         // natural logarithm: the main language is e^6 times as likely as another
#define PRIOR_KIN 14.0f    // as another one of its family
#define PRIOR_GIVEN 40.0f  // what the caller's word adds to a language in the article

_Static_assert(LANGID_LANES == LANG_COUNT - 1, "one lane a language");

typedef union Sums {
  int32_t of[LANGID_LANES]; // [language - 1]
  Lanes32 four[LANGID_LANES / 4];
} Sums;

static size_t next_word(const TokenVec *tokens, size_t at)
{
  while (at < tokens->len && !langid_reads(&tokens->items[at])) at++;
  return at;
}

typedef struct WordSums { // of one word: they hold LANGID_MOST * 127
  Lanes16 low, high;
} WordSums;

static inline void add_row(void *context, uint32_t bucket)
{
  WordSums *sums = context;
  Lanes16 both[2];
  lanes_widen_both(&g_langid_weights[(size_t)bucket * LANGID_LANES], both);
  sums->low += both[0];
  sums->high += both[1];
}

static void add_word(const Token *token, Sums *sums)
{
  WordSums word = {{0}, {0}};
  langid_features(token, add_row, &word);
  Lanes32 first[2], rest[2];
  lanes_widen(word.low, first);
  lanes_widen(word.high, rest);
  sums->four[0] += first[0];
  sums->four[1] += first[1];
  sums->four[2] += rest[0];
}

// Whether the first language is far enough ahead of the second.
static bool is_clear(const Sums *sums)
{
  int32_t first = INT32_MIN, second = INT32_MIN;
  for (size_t l = 0; l < LANGID_LANES; l++) {
    int32_t sum = sums->of[l], low = sum < first ? sum : first;
    if (low > second) second = low;
    if (sum > first) first = sum;
  }
  return first - second >= CLEAR;
}

// Letters in the words that are read.
static float weigh(const TokenVec *tokens)
{
  size_t letters = 0, words = 0;
  for (size_t i = next_word(tokens, 0); i < tokens->len && words < LANGID_WORDS; words++) {
    letters += tokens->items[i].end - tokens->items[i].start;
    i = next_word(tokens, i + 1);
  }
  return (float)letters;
}

LangScores langid_score(Str text, const TokenVec *tokens)
{
  (void)text;
  LangScores scores = {.weight = weigh(tokens)};
  Sums sums = {{0}};
  size_t words = 0;
  for (size_t at = next_word(tokens, 0); at < tokens->len && words < LANGID_WORDS;
       at = next_word(tokens, at + 1)) {
    add_word(&tokens->items[at], &sums);
    if (++words % LOOK == 0 && is_clear(&sums)) break;
  }
  for (size_t l = 0; l < LANGID_LANES; l++) scores.log_p[l + 1] = (float)sums.of[l] * STEP;
  return scores;
}

static bool is_norse(Lang lang)
{
  return lang == LANG_NB || lang == LANG_NN || lang == LANG_DA;
}

static Lang best_of(const float log_p[LANG_COUNT])
{
  Lang best = LANG_SV;
  for (Lang lang = LANG_NB; lang < LANG_COUNT; lang++) best = log_p[lang] > log_p[best] ? lang : best;
  return best;
}

// --- the article

// In whole numbers, whose sum is the same in whatever order blocks come and go.
static int64_t vote_for(const LangScores *scores, float top, Lang lang)
{
  float behind = top - scores->log_p[lang], voice = VOICE * scores->weight / (scores->weight + 100);
  return -(int64_t)((behind < voice ? behind : voice) * VOTE_PARTS + 0.5f);
}

void langid_vote(LangVotes *votes, const LangScores *scores, int sign)
{
  votes->blocks += (size_t)sign;
  if (scores->weight <= 0) return;
  votes->speaking += (size_t)sign;
  float top = scores->log_p[best_of(scores->log_p)];
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++)
    votes->sums[lang] += sign * vote_for(scores, top, lang);
}

Lang langid_main(const LangVotes *votes, Lang given)
{
  if (given == LANG_UNKNOWN && !votes->speaking) return LANG_UNKNOWN;
  Lang best = LANG_SV;
  int64_t most = INT64_MIN;
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++) {
    int64_t sum = votes->sums[lang];
    if (lang == given) sum += (int64_t)(PRIOR_GIVEN * VOTE_PARTS) * (int64_t)(votes->blocks + 1);
    if (sum > most) best = lang;
    if (sum > most) most = sum;
  }
  return best;
}

Lang langid_of(const LangScores *scores, Lang main)
{
  if (scores->weight <= 0) return main;
  Lang best = best_of(scores->log_p);
  float prior = is_norse(best) && is_norse(main) ? PRIOR_KIN : PRIOR;
  return scores->log_p[best] - scores->log_p[main] > prior ? best : main;
}
