#include "annotate/coref.h"
void coref_link(const Names *names, const struct Passages *article, Arena *arena, SpanVec *out)
{
  (void)names, (void)article, (void)arena, (void)out;
}
