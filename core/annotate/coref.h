// coref: the mentions of an article become entities: one cluster, one display name, one type, one id.
// Cheap: over names only, linear in their number. Pure; any thread.
#pragma once

#include "annotate/names.h"

struct Passages;
// Append an entity span for every name of the article to `out`, in order, with facts filled. Strings live in `arena`.
void coref_link(const Names *names, const struct Passages *article, Arena *arena, SpanVec *out);
