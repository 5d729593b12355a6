// The facts of every word, then the tagger, or the patterns where there is no model; then the gazetteer's
// ids.
#include "annotate/names.h"

#include "annotate/names_p.h"
#include "annotate/notes.h"
#include "base/utf8.h"

#include <stdio.h>

Names *names_new(const char *dir, Error *err)
{
  Names *self = xcalloc(1, sizeof *self);
  char path[4096];
  Error trouble = {0};
  namefacts_lists(&self->known.lists);
  snprintf(path, sizeof path, "%s/gazetteer.bin", dir);
  self->known.gazetteer = gazetteer_open(path, &trouble);
  snprintf(path, sizeof path, "%s/clusters.bin", dir);
  self->known.clusters = clusters_open(path, &trouble);
  snprintf(path, sizeof path, "%s/names.bin", dir);
  if (self->known.gazetteer && self->known.clusters) self->tagger = tagger_open(path, &trouble);
  if (trouble.code != ERR_NONE) {
    error_prefix(&trouble, "names are found by patterns alone");
    if (err) *err = trouble;
  }
  return self;
}

void names_free(Names *self)
{
  if (!self) return;
  gazetteer_close(self->known.gazetteer);
  clusters_close(self->known.clusters);
  tagger_close(self->tagger);
  namefacts_lists_release(&self->known.lists);
  free(self);
}

// What the tagger cut short or took for a place, and everybody knows: "De forente [nasjoner]", "EU". `limit`
// is the token where the next name begins.
static void complete(const Names *self, const Notes *notes, const NameFact *facts, Name *name, size_t limit)
{
  GazetteerEntity entity;
  if (name->type == ENTITY_PER) return;
  size_t end = namefacts_match(self->known.gazetteer, notes, facts, name->first,
                               GAZETTEER_ORG | GAZETTEER_LOC, &entity);
  if (end < name->last || end > limit || end == name->first || entity.strength < 3) return;
  if (end > name->last) {
    name->last = (uint32_t)end;
    name->end = notes->tokens.items[end - 1].end;
  }
  if (entity.types == GAZETTEER_ORG) name->type = ENTITY_ORG;
}

// The number of a place or organisation that is known by exactly these words.
static uint32_t known_id(const Names *self, const Notes *notes, const NameFact *facts, const Name *name)
{
  GazetteerEntity entity = {0};
  uint32_t types = name->type == ENTITY_LOC ? GAZETTEER_LOC : GAZETTEER_ORG;
  if (name->type == ENTITY_PER) return 0; // coref knows the full name
  size_t end = namefacts_match(self->known.gazetteer, notes, facts, name->first, types, &entity);
  bool place_too = name->type == ENTITY_ORG && (entity.types & GAZETTEER_LOC); // then the id is the place's
  return end == name->last && !place_too ? entity.id : 0;
}

void names_find(const Names *self, struct Notes *notes)
{
  Arena scratch = {0};
  NameFact *facts = namefacts_of(&self->known, notes, &scratch);
  if (notes->kind == BLOCK_METADATA) goto out;
  if (self->tagger)
    tagger_find(self->tagger, notes, facts);
  else
    namerules_find(notes, facts, &notes->arena, &notes->names);
  for (size_t i = 0; i < notes->names.len; i++) {
    Name *name = &notes->names.items[i];
    complete(self, notes, facts, name, i + 1 < notes->names.len ? name[1].first : notes->tokens.len);
    name->entity = known_id(self, notes, facts, name);
  }
out:
  arena_release(&scratch);
}

char names_gender(const Names *self, Str given)
{
  static const char genders[] = {0, 'm', 'f', 'u'};
  Arena scratch = {0};
  uint32_t facts = gazetteer_word(self->known.gazetteer, gazetteer_word_hash(utf8_lower_in(&scratch, given)));
  arena_release(&scratch);
  return genders[facts >> WORD_GENDER_SHIFT & 3];
}

bool names_is_title(const Names *self, Lang lang, Str lower)
{
  return namefacts_is_title(&self->known.lists, lang, lower);
}
