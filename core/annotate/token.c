#include "annotate/token.h"
void tokens_split(Str text, Arena *arena, TokenVec *tokens) { (void)text, (void)arena, (void)tokens; }
void sentences_split(Str text, Lang lang, TokenVec *tokens, Arena *arena, SentenceVec *sentences)
{
  (void)text, (void)lang, (void)tokens, (void)arena, (void)sentences;
}
