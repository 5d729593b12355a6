// What the ranker of speakers sees of an offer: each field one of a few values, in the order of their names
// in quotes_rank.c. Those of the stretch are set once, those of a cue for all that it is offered with.
#include "annotate/quotes/quotes_frame_p.h"

// --- of the stretch

static uint8_t size_of(const Frame *self)
{
  uint32_t words = 0;
  for (uint32_t i = self->stretch.first; i < self->stretch.last && words < 9; i++)
    words += scene_is_word(self->scene, i);
  return words < 2 ? 0 : words < 4 ? 1 : words < 9 ? 2 : 3;
}

static uint8_t mark_of(const Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first;
  if (self->stretch.form == QUOTE_DASH) return 5;
  if (!first || first == self->lo) return 3;
  if (self->colon) return 1;
  if (scene_is(scene, first - 1, ",")) return 2;
  return scene->words[first - 1]->that ? 4 : 0;
}

static bool says_first(const Frame *self)
{
  for (uint32_t i = self->stretch.first; i < self->stretch.last && i < self->stretch.first + 30; i++)
    if (word_is_ours(self->scene->words[i])) return true;
  return false;
}

void fields_stretch(Frame *self)
{
  memset(self->fields, 0, sizeof self->fields);
  self->fields[RANK_SIZE] = size_of(self);
  self->fields[RANK_MARK] = mark_of(self);
  self->fields[RANK_VOICE] = says_first(self);
}

// --- of a cue

static uint8_t place_of(const Frame *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first, last = self->behind;
  if (!cue->behind) {
    if (first - cue->last <= 1) return 1;
    return frame_toll(scene, cue->last, first) < 1.5F ? 2 : 3;
  }
  if (self->new_sentence) return 7;
  if (cue_skip_light(scene, last, cue->first + 1) >= cue->first) return 4;
  return frame_toll(scene, last, cue->first) < 1.5F ? 5 : 6;
}

static bool has_that(const Frame *self, const Cue *cue)
{
  uint32_t end = cue->behind ? self->hi : self->stretch.first;
  for (uint32_t i = cue->last; i < end && i < cue->last + 4; i++)
    if (self->scene->words[i]->that) return true;
  return false;
}

static uint8_t joint_of(const Scene *scene, const Cue *cue)
{
  if (cue->gerund) return 2;
  if (cue->joined) return 1;
  uint32_t group = cue_group(scene, cue->first);
  if (!group) return 0;
  return scene->words[group - 1]->as ? 4 : scene_is(scene, group - 1, ",") ? 3 : 0;
}

void fields_cue(Frame *self, const Cue *cue)
{
  if (frame_by_hand(self)) return;
  self->fields[RANK_CLASS] = cue ? (uint8_t)cue->class : 0;
  self->fields[RANK_PLACE] = cue ? place_of(self, cue) : 0;
  self->fields[RANK_THAT] = cue && has_that(self, cue);
  self->fields[RANK_JOINT] = cue ? joint_of(self->scene, cue) : 0;
}

// --- of who is offered

static uint8_t kind_of(const Party *party, const Candidate *c)
{
  switch (party->kind) {
  case PARTY_NONE:
    return 0;
  case PARTY_NAME:
    if (c && c->outlet) return 5;
    return !c || c->type == ENTITY_PER ? 1 : c->type == ENTITY_ORG ? 2 : c->type == ENTITY_LOC ? 3 : 4;
  case PARTY_PRONOUN:
    return party->gender == 'n' ? 7 : party->gender == 'p' ? 8 : party->gender == 'w' ? 13 : 6;
  case PARTY_ROLE:
    return party->gender == 'o' ? 11 : party->gender == 'g' ? 10 : 9;
  default:
    return 12;
  }
}

void fields_phrase(Frame *self, const Party *party, RankWay way)
{
  if (frame_by_hand(self)) return;
  uint8_t *fields = self->fields;
  fields[RANK_KIND] = kind_of(party, NULL);
  fields[RANK_WAY] = (uint8_t)way;
  fields[RANK_FAR] = fields[RANK_HELD] = fields[RANK_BETWEEN] = fields[RANK_COMMA] = fields[RANK_FRONT] = 0;
  fields[RANK_SUBJECT] = self->subject == SIZE_MAX ? 2 : 1;
}

static uint8_t far_of(float toll)
{
  static const float steps[] = {0.05F, 0.3F, 0.7F, 1.3F, 2.5F};
  uint8_t far = 0;
  while (far < ARRAY_LEN(steps) && toll > steps[far]) far++;
  return far;
}

static uint8_t held_of(const Scene *scene, const Candidate *c)
{
  if (c->after_prep && !c->loosely && c->first > 0 && scene->words[c->first - 1]->by) return 5;
  return c->owner ? 4 : c->after_to ? 3 : c->loosely ? 2 : c->after_prep;
}

static RankWay way_of(const Frame *self, const Candidate *c, const Cue *cue)
{
  if (!cue) return c->last <= self->stretch.first ? WAY_ALONE : WAY_TAIL;
  if (c->first >= cue->last) return !cue->behind && c->first >= self->stretch.last ? WAY_PAST : WAY_RIGHT;
  return cue->behind && c->first < self->stretch.first ? WAY_OVER : WAY_LEFT;
}

void fields_candidate(Frame *self, const Candidate *c, const Cue *cue, size_t split, RankWay way)
{
  if (frame_by_hand(self)) return;
  const Scene *scene = self->scene;
  uint8_t *fields = self->fields;
  size_t index = (size_t)(c - self->candidates->items),
         many = index < split ? split - 1 - index : index - split;
  uint32_t first = cue ? cue->first : self->stretch.first, last = cue ? cue->last : self->stretch.last;
  size_t subject = c->first >= self->stretch.last ? self->tagger : self->subject;
  fields[RANK_KIND] = kind_of(&c->party, c);
  fields[RANK_WAY] = (uint8_t)(way ? way : way_of(self, c, cue));
  fields[RANK_FAR] =
      far_of(c->first < first ? frame_toll(scene, c->last, first) : frame_toll(scene, last, c->first));
  fields[RANK_HELD] = held_of(scene, c);
  fields[RANK_SUBJECT] = subject == index ? 0 : subject == SIZE_MAX ? 2 : 1;
  fields[RANK_BETWEEN] = many < 3 ? (uint8_t)many : 3;
  bool comma = scene_is(scene, c->last, ",");
  fields[RANK_COMMA] = (uint8_t)(comma + 2 * (c->first > 0 && scene_is(scene, c->first - 1, ",")));
  if (c->last + comma < scene->len && scene->words[c->last + comma]->who) fields[RANK_COMMA] = 4;
  fields[RANK_FRONT] = c->first <= self->lo + 1                                         ? 0
                       : c->first > 0 && scene->words[c->first - 1]->small == SMALL_SUB ? 1
                                                                                        : 2;
}
