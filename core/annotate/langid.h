// langid: the language of a block, among those of lang.h. A block's scores depend on its words alone; the
// choice also looks at the article, as a headline of three words says little by itself. Pure; any thread.
#pragma once

#include "annotate/token.h"

typedef struct LangScores {
  float log_p[LANG_COUNT]; // natural logarithms, up to a constant; all 0 where the block says nothing
  float weight;            // how much there was to read: letters
} LangScores;

LangScores langid_score(Str text, const TokenVec *tokens);

typedef struct LangVotes { // what the blocks of an article say together
  int64_t sums[LANG_COUNT];
  size_t blocks, speaking; // all, and those that say something
} LangVotes;               // = {0} to begin: no blocks

void langid_vote(LangVotes *votes, const LangScores *scores, int sign); // 1: a block comes; -1: it goes
// The article's main language. `given` is the caller's word for it, LANG_UNKNOWN: none. LANG_UNKNOWN where
// nothing says anything.
Lang langid_main(const LangVotes *votes, Lang given);
// A block's, in an article of that main language: blocks that are plainly in another one keep theirs.
Lang langid_of(const LangScores *scores, Lang main);
