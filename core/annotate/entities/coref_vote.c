// The sure mentions vote for what they are taken for, each with its confidence; the longer names say besides
// which words begin and end names of persons, companies and clubs. Then every form is judged once, when its
// first use comes: is it a name, of which type, and what of its last word is a genitive or a case. A weak
// form needs votes, a doubtful one may be outvoted.
#include "annotate/entities/coref_p.h"

#define ACCEPTED_RIGHT 0.78f // so often is a weak mention right that is accepted for its words
#define THING ENTITY_TYPES   // VOTES: neither person nor organisation nor place
#define NOUN_WEIGHT 1000     // of one behind an article, in thousandths
#define THING_WEIGHT 3       // of one that the gazetteer does not know as something else
#define TEAM 300             // votes that make a town's name its team's, where that may be
#define NATIONAL_TEAM 800    // likewise a country's
#define ENOUGH 700           // votes that make a weak mention of the same words a name

static void vote_for(Coref *self, const CorefMention *mention, uint32_t times)
{
  uint64_t once = (uint64_t)(1000 * mention->confidence) + 1;
  if (mention->flags & COREF_THING) {
    *slot(self, VOTES, type_key(mention->key, THING)) += times * 1000 * (mention->entity ? 1 : THING_WEIGHT);
    return;
  }
  *slot(self, VOTES, type_key(mention->key, mention->type)) += times * once;
  if (mention->flags & COREF_TITLED) *slot(self, FAMILY, mention->last) = 1;
  if (mention->words < 2) return;
  if (mention->flags & COREF_MADE) *slot(self, MADE, mention->first) = 1;
  if (mention->type == ENTITY_PER) {
    *slot(self, FAMILY, mention->last) = 1;
    *slot(self, GIVEN, mention->first) = 1;
    if (mention->words > 2) *slot(self, TAIL, tail_of(mention)) = 1;
  }
  if (mention->flags & COREF_FIRM) {
    *slot(self, FIRM, mention->first) = 1;
    *slot(self, FIRM, mention->head) = 1;
  }
  if (mention->flags & COREF_HOUSE) *slot(self, FIRM, mention->last) = 1;
  if (mention->flags & COREF_CLUB) {
    *slot(self, CLUB, mention->first) = 1;
    *slot(self, CLUB, mention->last) = 1;
  }
}

// "Ola Nordmann Oslo" is a person of the article, or in a signature any, and a known place.
static void part(Coref *self, uint32_t whole)
{
  const RosterName *names = &self->roster->names.items[whole];
  const CorefMention *person = self->forms[names[1].form].mention,
                     *place = self->forms[names[2].form].mention;
  bool known = get(self, VOTES, type_key(person->key, ENTITY_PER));
  if (!known && !(self->forms[names[0].form].mention->flags & COREF_SIGNED)) return;
  self->use[whole] = NO_FORM;
  self->use[whole + 1] = names[1].form;
  self->use[whole + 2] = names[2].form;
  vote_for(self, person, 1);
  vote_for(self, place, 1);
}

void coref_vote(Coref *self)
{
  for (size_t i = 0; i < self->roster->forms.len; i++) {
    const Form *f = &self->forms[i];
    if (f->sure) vote_for(self, f->mention, f->sure);
    if (f->met && f->mention->flags & COREF_NOUN) *slot(self, NOUN_VOTES, f->mention->key) += NOUN_WEIGHT;
  }
  for (size_t i = 0; i < self->wholes.len; i++) part(self, self->wholes.items[i]);
}

// --- which forms are names, and of what

// Whether the article has a name of these words, of whatever type.
static bool has_votes(const Coref *self, uint64_t key)
{
  for (EntityType type = ENTITY_PER; type < ENTITY_TYPES; type++)
    if (get(self, VOTES, type_key(key, type))) return true;
  return false;
}

// "Tammin" is "Tamm" where the article has that, or where the gazetteer knows it and not "Tammin".
static void cut_case(const Coref *self, Form *f)
{
  const CorefMention *mention = f->mention;
  bool person = f->type == ENTITY_PER && mention->words > 1;
  uint32_t found = mention->flags & COREF_BARE ? mention->bases[0] : 0;
  for (size_t i = 0; i < COREF_BASES && mention->bases[i]; i++) {
    uint32_t base = mention->bases[i];
    bool here = has_votes(self, gazetteer_key_add(mention->head, base)) || get(self, FAMILY, base);
    if (!here && !(person && get(self, VOTES, type_key(gazetteer_key_add(0, base), ENTITY_PER)))) continue;
    found = base;
    break;
  }
  if (!found) return;
  f->declined = true;
  f->key = gazetteer_key_add(mention->head, found);
  if (mention->words == 1 && f->first) f->first = found;
  f->last = found;
}

// "Kinas" is a genitive where the article or the gazetteer knows "Kina" and not "Kinas".
static void cut_genitive(const Coref *self, Form *f)
{
  const CorefMention *mention = f->mention;
  if (mention->bases[0]) cut_case(self, f);
  if (!mention->ending) return;
  bool here = get(self, VOTES, type_key(mention->bare_key, f->type)) || get(self, FAMILY, mention->bare_last);
  if (!here && !(mention->flags & COREF_BARE)) return;
  f->genitive_len = mention->ending;
  f->key = mention->bare_key;
  if (mention->words == 1 && f->first) f->first = mention->bare_last;
  f->last = mention->bare_last;
}

// A weak form is a name where the same words are one elsewhere, or where it is a person's family name.
static bool is_name(const Coref *self, Form *f)
{
  uint64_t most = 0;
  for (uint8_t type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = get(self, VOTES, type_key(f->key, type));
    if (sum <= most) continue;
    most = sum;
    f->type = type;
  }
  f->confidence = ACCEPTED_RIGHT;
  if (most >= ENOUGH && f->mention->confidence >= COREF_FAINT) return true;
  if (f->mention->words > 1 || !get(self, FAMILY, f->last)) return false;
  f->type = ENTITY_PER;
  return true;
}

// What the longer names of the article say of words that begin or end them; the form's own type where they
// say nothing: "Acme" of "Acme Steel plc" is no person if nobody bears that name, "Gahr Støre" no place.
static uint8_t type_of_part(const Coref *self, const Form *f)
{
  const CorefMention *mention = f->mention;
  if (mention->words == 2 && f->type != ENTITY_PER && !f->entity && get(self, TAIL, tail_of(mention)))
    return ENTITY_PER;
  if (mention->words != 1) return get(self, FIRM, f->key) ? ENTITY_ORG : f->type;
  bool where = mention->flags & COREF_WHERE && f->confidence >= DOUBTFUL; // somebody is in it
  bool open = f->type == ENTITY_PER || (!f->entity && !where) || mention->flags & COREF_TEAM;
  bool somebodys = get(self, FAMILY, f->last) || get(self, GIVEN, f->last);
  if (open && get(self, FIRM, f->last) && !somebodys) return ENTITY_ORG;
  bool made = get(self, MADE, f->last) || get(self, CLUB, f->last); // "Wigan" of "Wigan Athletic"
  if (f->type == ENTITY_PER && made && !somebodys) return ENTITY_ORG;
  bool town = mention->flags & COREF_TEAM && gazetteer_is_town(mention->entity);
  return town && get(self, CLUB, f->last) ? ENTITY_ORG : f->type;
}

static void repair_type(const Coref *self, Form *f)
{
  uint8_t part = type_of_part(self, f);
  if (part != f->type) {
    f->type = part;
    return;
  }
  uint64_t team = f->mention->flags & COREF_TEAM ? get(self, VOTES, type_key(f->key, ENTITY_ORG)) : 0;
  if (team >= (gazetteer_is_town(f->mention->entity) ? TEAM : NATIONAL_TEAM) &&
      team > get(self, VOTES, type_key(f->key, ENTITY_PER))) {
    f->type = ENTITY_ORG;
    return;
  }
  if (f->confidence >= DOUBTFUL) return;
  uint64_t most = 3 * get(self, VOTES, type_key(f->key, f->type)) / 2;
  uint8_t own = f->type;
  for (uint8_t type = ENTITY_PER; type < ENTITY_TYPES; type++) {
    uint64_t sum = type == own ? 0 : get(self, VOTES, type_key(f->key, type));
    if (sum <= most) continue;
    most = sum;
    f->type = type;
  }
}

// Whether the word stands as a noun does and nobody of the article has a name with it: no "Winter" speaks
// here.
static bool is_noun(const Coref *self, const Form *f)
{
  uint64_t noun = f->type == ENTITY_PER ? get(self, NOUN_VOTES, f->key) : 0;
  return noun && noun >= get(self, VOTES, type_key(f->key, ENTITY_PER)) && !get(self, FAMILY, f->last) &&
         !get(self, GIVEN, f->last);
}

// Whether the article rather takes these words for the name of a thing.
static bool is_thing(const Coref *self, const Form *f)
{
  uint64_t thing = get(self, VOTES, type_key(f->key, THING));
  for (EntityType type = ENTITY_PER; thing && type < ENTITY_TYPES; type++)
    if (get(self, VOTES, type_key(f->key, type)) >= thing) thing = 0;
  return thing;
}

static bool is_accepted(const Coref *self, Form *f)
{
  const CorefMention *mention = f->mention;
  f->key = mention->key;
  f->first = mention->first;
  f->last = mention->last;
  f->type = mention->type;
  f->confidence = mention->confidence;
  cut_genitive(self, f);
  bool none = mention->flags & (COREF_THING | COREF_HINT);
  if (none || is_thing(self, f) || is_noun(self, f)) return false;
  if ((mention->flags & COREF_WEAK) && !is_name(self, f)) return false;
  repair_type(self, f);
  return true;
}

static void accept_use(Coref *self, uint32_t i, uint32_t block)
{
  Form *f = &self->forms[self->use[i]];
  if (!f->judged) {
    f->judged = true;
    f->accepted = is_accepted(self, f);
  }
  if (!f->accepted) {
    self->use[i] = NO_FORM;
  } else if (!f->uses++) {
    f->first_use = i;
    f->first_block = block;
    vec_push_in(&self->scratch, &self->order, self->use[i]);
  }
}

void coref_accept(Coref *self)
{
  const RosterBlock *blocks = self->roster->blocks.items;
  for (uint32_t p = 0; p < self->article->len; p++)
    for (uint32_t i = blocks[p].first; i < blocks[p + 1].first; i++)
      if (self->use[i] != NO_FORM) accept_use(self, i, p);
}
