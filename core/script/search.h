// search: what the lists and patterns of a tagger find in an article, paragraph by paragraph, so that a match
// never runs over the bounds of one. Most of it needs no Lua, and no clock either: it is done early, in any
// thread. What needs Lua (check, value), or may take long, is left for a protected call.
#pragma once

#include "script/tagger.h"

// Look at every block; what is found there goes into `early`, which is empty. Nothing else changes but the
// memo. Bounded work, whatever the tagger and the article.
void search_early(Tagger *self, Run *run, Early *early);
// Append to run->spans what was found early, and what is found now in the blocks that were left. With `L`
// NULL none may be left. True where a trigger is in one of them. Raises, with `L`, where a budget is spent.
bool search_rest(lua_State *L, Tagger *self, Run *run, const Early *early);

// Append a span of the tagger to `out`, in the arena that it is in.
Span *search_add(const Tagger *self, Run *run, SpanVec *out, Arena *arena, uint32_t tag, size_t start,
                 size_t end, uint32_t order);
// Of the spans from `first` on: sorted by place, and apart: the longest stays, then the one of the lowest
// order.
void search_resolve(SpanVec *spans, size_t first, Arena *scratch);
