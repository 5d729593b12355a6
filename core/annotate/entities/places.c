// Every bearer of the name has a level, three for every digit of its inhabitants' number. To that are added
// some for its country: as much as a place ten or fifty times as large would have where the article names it,
// somewhat where it names towns there, or where its language is at home. What stands beside it decides.
#include "annotate/entities/places.h"

#include "base/table.h"

enum { NAMED_ONCE = 4, NAMED_OFTEN = 5, TOWNS = 2, HOME = 2, WITHIN = 15 };

static PlacesCountry *find(Places *self, uint32_t id)
{
  for (size_t i = 0; i < self->len; i++)
    if (self->countries[i].id == id) return &self->countries[i];
  if (!id || self->len == PLACES_COUNTRIES) return NULL;
  self->countries[self->len] = (PlacesCountry){.id = id};
  return &self->countries[self->len++];
}

void places_count(Places *self, uint32_t id, uint32_t uses)
{
  PlacesCountry *country = find(self, gazetteer_country(self->known, id));
  if (!country) return;
  if (id == country->id)
    country->named += uses;
  else
    country->towns += uses;
}

static uint32_t home_of(const Places *self, uint32_t country)
{
  const Table *homes = table_find("homes", "");
  for (size_t row = 0; homes && row < homes->rows; row++) {
    if (lang_of(table_cell(homes, row, 0)) == self->lang &&
        gazetteer_id_of(table_cell(homes, row, 1)) == country)
      return HOME;
  }
  return 0;
}

static uint32_t told_of(const Places *self, uint32_t country)
{
  for (size_t i = 0; i < self->len; i++) {
    const PlacesCountry *told = &self->countries[i];
    if (told->id != country) continue;
    return (told->named > 1 ? NAMED_OFTEN : told->named ? NAMED_ONCE : 0) + (told->towns ? TOWNS : 0);
  }
  return 0;
}

uint32_t places_choose(const Places *self, uint64_t shared, uint32_t within, uint32_t usual)
{
  GazetteerBearer bearers[GAZETTEER_BEARERS];
  size_t count = gazetteer_bearers(self->known, shared, bearers);
  uint32_t best = 0, chosen = usual;
  for (size_t i = 0; i < count; i++) {
    uint32_t country = bearers[i].country;
    uint32_t score =
        bearers[i].level + told_of(self, country) + home_of(self, country) + (country == within ? WITHIN : 0);
    if (score <= best) continue;
    best = score;
    chosen = bearers[i].id;
  }
  return chosen;
}
