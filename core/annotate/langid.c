#include "annotate/langid.h"
LangScores langid_score(Str text, const TokenVec *tokens) { (void)text, (void)tokens; return (LangScores){.weight = 0}; }
Lang langid_choose(const LangScores *const *scores, size_t count, Lang given, Lang *langs)
{
  (void)scores;
  for (size_t i = 0; i < count; i++) langs[i] = given;
  return given;
}
