// Every name of several words begins a cluster or joins one; then single words join them: initials and short
// names of organisations, what has the same id or the same words. Only a single word that may mean several
// persons gets none here: it goes by its place, and means who was last called by it.
#include "annotate/entities/coref_p.h"
#include "annotate/entities/places.h"

#define SEVERAL UINT64_MAX // more than one: it tells nothing

static uint32_t cluster_add(Coref *self, uint32_t at, uint64_t key)
{
  vec_push_in(&self->scratch, &self->clusters,
              (Cluster){.fullest = at, .key = key, .type = self->forms[at].type});
  return (uint32_t)self->clusters.len;
}

static void person_add(Coref *self, Question question, uint64_t word, uint32_t cluster)
{
  uint64_t *at = slot(self, question, word);
  if (*at) return;
  vec_push_in(&self->scratch, &self->persons, (Person){.ahead = cluster});
  *at = self->persons.len;
}

// "Verdens helseorganisasjon (WHO)": the form of the capitals in brackets right behind the first use, which
// are its too.
static const Form *introduced(const Coref *self, const Form *f)
{
  uint32_t block = f->first_block, end = self->roster->blocks.items[block + 1].first, i = f->first_use + 1;
  while (i < end && self->use[i] == NO_FORM) i++;
  if (i == end || self->forms[self->use[i]].type != ENTITY_ORG) return NULL;
  bool behind = mention_at(self, block, i)->behind == mention_at(self, block, f->first_use)->end;
  return behind ? &self->forms[self->use[i]] : NULL;
}

static void add_introduced(Coref *self, const Form *f, uint32_t cluster)
{
  const Form *capitals = introduced(self, f);
  if (!capitals) return;
  *slot(self, BY_INITIALS, capitals->last) = cluster;
  *slot(self, BY_SHORT, capitals->last) = cluster; // "Nupi" is not in capitals where it comes again
}

static void organisation_add(Coref *self, const Form *f, uint32_t cluster)
{
  uint64_t initials = f->mention->initials, *at = slot(self, BY_SHORT, f->first);
  *at = *at ? SEVERAL : cluster;
  if (initials) *slot(self, BY_INITIALS, initials) = cluster;
  add_introduced(self, f, cluster);
}

static uint64_t person_key(const Form *f)
{
  return type_key(gazetteer_key_add(f->first, f->last), ENTITY_PER);
}

// Two persons whose names have as many words and end alike cannot be told apart by the end.
static void tail_add(Coref *self, uint32_t i)
{
  const Form *f = &self->forms[i];
  uint64_t *at = slot(self, BY_TAIL, tail_of(f->mention));
  if (!*at) *at = i + 1;
  if (*at == SEVERAL) return;
  const Form *before = &self->forms[*at - 1];
  if (person_key(before) == person_key(f) || before->mention->words > f->mention->words) return;
  *at = before->mention->words < f->mention->words ? i + 1 : SEVERAL;
}

static void head_add(Coref *self, uint32_t i)
{
  const Form *f = &self->forms[i];
  uint64_t *at = slot(self, BY_HEAD, gazetteer_key_add(f->first, f->mention->middle));
  *at = !*at || *at == i + 1 ? i + 1 : SEVERAL;
}

static void gather_tails(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    const Form *f = &self->forms[self->order.items[n]];
    if (f->type == ENTITY_PER && f->mention->words > 2) tail_add(self, self->order.items[n]);
    if (f->type == ENTITY_PER && f->mention->words == 3) head_add(self, self->order.items[n]);
  }
}

// The form that has the person's name in full: "Jonas Gahr Støre" where `f` is "Gahr Støre"; `f` itself where
// there is none.
static const Form *in_full(const Coref *self, const Form *f)
{
  uint64_t found = f->mention->flags & COREF_FAMILY ? get(self, BY_TAIL, tail_of(f->mention)) : 0;
  if (!found && f->mention->words == 2) found = get(self, BY_HEAD, gazetteer_key_add(f->first, f->last));
  if (!found || found == SEVERAL) return f;
  const Form *full = &self->forms[found - 1];
  return full->mention->words > f->mention->words ? full : f;
}

static void person_of_words(Coref *self, const Form *f, uint32_t cluster)
{
  person_add(self, BY_LAST, f->last, cluster);
  person_add(self, BY_FIRST, f->first, cluster);
  if (f->mention->words > 2) person_add(self, BY_MIDDLE, f->mention->middle, cluster);
}

// A cluster for every name of several words; persons are one by first and last word ("Donald J. Trump").
static void gather_long_names(Coref *self)
{
  gather_tails(self);
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    Form *f = &self->forms[i];
    if (!is_long(f)) continue;
    const Form *full = f->type == ENTITY_PER ? in_full(self, f) : f;
    uint64_t key = f->type == ENTITY_PER ? person_key(full) : type_key(f->key, f->type);
    uint64_t *at = slot(self, BY_KEY, key);
    bool is_new = !*at;
    if (is_new) *at = cluster_add(self, i, key);
    f->cluster = (uint32_t)*at;
    if (f->type == ENTITY_PER)
      person_of_words(self, full, f->cluster);
    else if (is_new && f->type == ENTITY_ORG)
      organisation_add(self, f, f->cluster);
  }
}

static uint32_t person_of(const Coref *self, Question question, uint64_t word)
{
  return (uint32_t)get(self, question, word);
}

// Whether this single word stands for persons of longer names.
static bool is_person(const Coref *self, Form *f)
{
  bool person = f->type == ENTITY_PER || (f->confidence < DOUBTFUL && !f->entity);
  if (!person) return false;
  f->by_last = person_of(self, BY_LAST, f->last);
  if (!f->by_last && f->type == ENTITY_PER && f->first) f->by_first = person_of(self, BY_FIRST, f->first);
  if (!f->by_last && !f->by_first && f->type == ENTITY_PER && f->first)
    f->by_middle = person_of(self, BY_MIDDLE, f->last);
  return f->by_last || f->by_first || f->by_middle;
}

static uint32_t cluster_of_word(Coref *self, uint32_t i)
{
  const Form *f = &self->forms[i];
  bool capitals = f->mention->flags & COREF_CAPITALS;
  uint64_t found;
  if (f->type == ENTITY_ORG && capitals && (found = get(self, BY_INITIALS, f->last))) return (uint32_t)found;
  bool unknown = f->type == ENTITY_ORG && !f->entity;
  if (unknown && (found = get(self, BY_SHORT, f->last)) && found != SEVERAL) return (uint32_t)found;
  uint64_t key = type_key(f->key, f->type), *at = slot(self, BY_KEY, key);
  if (!*at) *at = cluster_add(self, i, key);
  return (uint32_t)*at;
}

// Mentions with one id of the gazetteer are one cluster, in whatever language.
static uint32_t cluster_of_id(Coref *self, const Form *f, uint32_t cluster)
{
  uint32_t id = f->entity;
  if (!id || f->type == ENTITY_PER) return cluster;
  uint64_t *at = slot(self, BY_ID, id);
  if (!*at) *at = cluster;
  Cluster *chosen = &self->clusters.items[*at - 1];
  if (!chosen->known) chosen->known = id;
  return (uint32_t)*at;
}

// Which of the places of one name are meant.
static void settle_places(Coref *self)
{
  Places places = {.known = self->names->known.gazetteer, .lang = self->article->lang};
  for (size_t n = 0; n < self->order.len; n++) {
    Form *f = &self->forms[self->order.items[n]];
    f->entity = f->type == f->mention->type ? f->mention->entity : 0; // a team is not the town
    if (f->mention->within) *slot(self, WITHIN, f->mention->shared) = f->mention->within;
    bool certain = !f->mention->shared || gazetteer_is_country(f->entity);
    if (f->type == ENTITY_LOC && certain) places_count(&places, f->entity, f->uses);
  }
  for (size_t n = 0; n < self->order.len; n++) {
    Form *f = &self->forms[self->order.items[n]];
    uint64_t shared = f->mention->shared;
    if (shared && f->type == ENTITY_LOC)
      f->entity = places_choose(&places, shared, (uint32_t)get(self, WITHIN, shared), f->entity);
  }
}

static void assign_clusters(Coref *self)
{
  for (size_t n = 0; n < self->order.len; n++) {
    uint32_t i = self->order.items[n];
    Form *f = &self->forms[i];
    if (is_long(f)) {
      f->cluster = cluster_of_id(self, f, f->cluster);
      if (f->type != ENTITY_PER) continue;
      f->by_last = person_of(self, BY_LAST, f->last);
      f->by_first = person_of(self, BY_FIRST, f->first);
      if (f->mention->words > 2) f->by_middle = person_of(self, BY_MIDDLE, f->mention->middle);
    } else if (is_person(self, f)) {
      f->type = ENTITY_PER;
    } else {
      f->cluster = cluster_of_id(self, f, cluster_of_word(self, i));
      if (f->type == ENTITY_ORG) add_introduced(self, f, f->cluster); // "Riksteatret (RT)"
    }
  }
}

void coref_cluster(Coref *self)
{
  settle_places(self);
  gather_long_names(self);
  assign_clusters(self);
}
