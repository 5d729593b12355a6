// coref: the mentions of an article become entities: one cluster, one display name, one type, one id.
// Cheap: over names only, linear in their number. Pure; any thread.
#pragma once

#include "annotate/names.h"

struct Passages;
// Append an entity span for every name of the article to `out`, in order, with facts filled:
//   cluster  "Putin" and "Xi" join "Vladimir Putin" and "Xi Jinping" wherever those stand, "Kinas" joins
//   "Kina",
//            "HRW" the "Human Rights Watch" whose initials it has or behind whose name it stands in brackets,
//            "Acme" the only "Acme Steel Group"; what the gazetteer gives one id is one ("Kina" and "China")
//   name     a person's or organisation's form with most words, a place's most frequent one, without a
//   genitive;
//            in the article's language where there is one
//   entity   the gazetteer's id, or "name:" and the folded name
//   bounds   "Ola Nordmann Oslo" in a signature, or where the article knows "Ola Nordmann", is a person and a
//   place type     a doubtful mention takes the type that the same words have elsewhere in the article
// Strings live in `arena`.
void coref_link(const Names *names, const struct Passages *article, Arena *arena, SpanVec *out);
