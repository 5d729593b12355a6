// langid: the language of a block, among those of lang.h. A block's scores depend on its words alone; the
// choice also looks at the article, as a headline of three words says little by itself. Pure; any thread.
#pragma once

#include "annotate/token.h"

typedef struct LangScores {
  float log_p[LANG_COUNT]; // natural logarithms, up to a constant; all 0 where the block says nothing
  float weight;            // how much there was to read: letters
} LangScores;

LangScores langid_score(Str text, const TokenVec *tokens);
// Choose a language for each of `count` blocks: langs[i]. `given` (LANG_UNKNOWN: none) is the caller's word
// for the article: blocks that are plainly in another language keep theirs. Returns the article's main
// language.
Lang langid_choose(const LangScores *const *scores, size_t count, Lang given, Lang *langs);
