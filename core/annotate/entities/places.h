// places: which of the places that share a name an article means: Valencia in Spain or in Venezuela. The
// countries that it names, the towns in it that are in no doubt and its language say where it is about.
// Pure; any thread.
#pragma once

#include "annotate/names/gazetteer.h"

enum { PLACES_COUNTRIES = 32 }; // that are counted; the first

typedef struct PlacesCountry {
  uint32_t id;
  uint32_t named, towns; // how often by its name, by a place in it
} PlacesCountry;

typedef struct Places {   // = {.known, .lang} to begin; nothing to release
  const Gazetteer *known; // borrowed
  Lang lang;              // the article's
  PlacesCountry countries[PLACES_COUNTRIES];
  size_t len;
} Places;

// The article names the place `id` so often. Not for towns whose names are shared.
void places_count(Places *self, uint32_t id, uint32_t uses);
// The id of the place that the article means by the shared name of gazetteer key `shared`; `within` is the
// country of what stands beside it somewhere ("Paris, Texas"), or 0; `usual` is taken where nothing is known.
uint32_t places_choose(const Places *self, uint64_t shared, uint32_t within, uint32_t usual);
