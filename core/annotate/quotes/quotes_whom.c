// Whom a name, a pronoun or a noun beside a quotation means, by what the walk has heard so far: who was named
// lately outside quotations, who carries which title, whom the sentence before is about, who spoke last.
#include "annotate/quotes/quotes_p.h"

// --- who is who

static bool is_person(const QuoteWalk *self, size_t entity)
{
  return self->entities->items[entity].type == ENTITY_PER;
}

static void remember(QuoteWalk *self, const EntityFacts *facts, size_t start, size_t end)
{
  QuoteState *now = &self->now;
  bool leads = !now->recent_len || now->recent[0].block != self->block;
  Person person = {facts, start, end, self->block, leads};
  size_t at = now->recent_len < RECENT ? now->recent_len : RECENT - 1;
  for (size_t i = 0; i < now->recent_len; i++) {
    if (now->recent[i].facts->cluster != person.facts->cluster) continue;
    at = i;
    if (now->recent[i].block == self->block) person.leads |= now->recent[i].leads;
    break;
  }
  if (at == now->recent_len) now->recent_len++;
  memmove(now->recent + 1, now->recent, at * sizeof *now->recent);
  now->recent[0] = person;
}

static void hear_organisation(QuoteWalk *self, size_t entity)
{
  const EntityFacts *facts = self->entities->items[entity].entity;
  self->now.organisation = facts;
  if (facts->cluster >= self->clusters) return;
  char *known = &self->outlets[facts->cluster];
  if (!*known) *known = quotes_is_outlet(self->quotes, facts->name, &self->scratch) ? 'o' : '?';
  if (*known == 'o') self->now.outlet = facts;
}

void quotes_advance(QuoteWalk *self, size_t pos, bool heard)
{
  const SpanVec *all = self->entities;
  for (; self->now.next_entity < all->len && all->items[self->now.next_entity].start < pos;
       self->now.next_entity++) {
    size_t i = self->now.next_entity;
    if (!heard) continue;
    if (is_person(self, i)) remember(self, all->items[i].entity, all->items[i].start, all->items[i].end);
    if (all->items[i].type == ENTITY_ORG) hear_organisation(self, i);
  }
}

void quotes_take_name(QuoteWalk *self, Speaker *speaker, const EntityFacts *facts, bool person)
{
  speaker->mention.name = facts->name;
  speaker->mention.entity = facts->entity;
  speaker->facts = facts;
  speaker->gender = person ? quotes_gender_of(self, facts) : 'n';
}

bool quotes_may_speak(const Speaker *speaker)
{
  if (!has_speaker(speaker)) return false;
  return speaker->gender != 'n' && speaker->gender != 'g' && speaker->gender != 'o';
}

void quotes_remember(QuoteWalk *self, const Speaker *speaker)
{
  if (speaker->facts && quotes_may_speak(speaker))
    remember(self, speaker->facts, speaker->mention.start, speaker->mention.end);
}

// --- pronouns and nouns

bool quotes_agrees(char known, char wanted)
{
  return known == wanted || known == '?' || !known || wanted == 'c';
}

// Whom the sentence before is about, if that stands in this block or not far in front of it.
static const Speaker *about(const QuoteWalk *self)
{
  return has_speaker(&self->now.topic) && self->block - self->now.topic_block <= 1 ? &self->now.topic : NULL;
}

// The person a pronoun of `gender` means: agreement first, then the sentence before's subject, then who spoke
// last, then who was named last.
static const EntityFacts *antecedent(QuoteWalk *self, char gender)
{
  const Speaker *subject = about(self);
  const EntityFacts *best = NULL;
  float best_score = -1;
  for (size_t i = 0; i < self->now.recent_len; i++) {
    const Person *person = &self->now.recent[i];
    char known = quotes_gender_of(self, person->facts);
    if (self->block - person->block > PERSON_BLOCKS) continue;
    float score = 5 - 0.4F * (float)i - 0.5F * (float)(self->block - person->block);
    if (known == gender)
      score += 1.2F; // an unknown gender speaks little against anybody
    else if (!quotes_agrees(known, gender))
      score -= 6;
    bool meant = subject && same_cluster(subject, person->facts);
    bool passed = subject && subject->facts && !meant && person->block == self->now.topic_block;
    if (person->leads && !passed) score += self->block - person->block <= 1 ? 1.1F : 0.5F;
    if (meant) score += self->now.topic_block == self->block ? 1.6F : 1.0F;
    bool spoke = same_cluster(&self->now.last, person->facts);
    if (spoke && self->block - self->now.last_block <= 3) score += 1.2F;
    if (score > best_score) {
      best = person->facts;
      best_score = score;
    }
  }
  return best;
}

// Somebody without a name whom a pronoun may mean, since nobody was named behind: "a farmer … he said".
static const Speaker *unnamed(const QuoteWalk *self, char gender)
{
  const Speaker *subject = about(self), *last = &self->now.last;
  bool subject_person = subject && !subject->facts && quotes_may_speak(subject) && subject->mention.name.len;
  if (subject_person && quotes_agrees(subject->gender, gender)) return subject;
  bool spoke = self->now.last_cued && has_speaker(last) && !last->facts &&
               quotes_agrees(last->gender, gender) && self->block - self->now.last_block <= 3;
  return spoke && (!self->now.recent_len || self->now.recent[0].block < self->now.last_block) ? last : NULL;
}

static void resolve_pronoun(QuoteWalk *self, const Party *party, Speaker *speaker)
{
  if (party->gender == 'w') { // the one who writes
    speaker->gender = 'w';
    return;
  }
  if (party->gender == 'p' || party->gender == 'n') {
    speaker->gender = party->gender;
    bool near = self->now.last.mention.name.len && self->block - self->now.last_block <= 2;
    if (near && (self->now.last.gender == 'n' || self->now.last.gender == 'p')) {
      speaker->mention.name = self->now.last.mention.name;
      speaker->mention.entity = self->now.last.mention.entity;
      speaker->facts = self->now.last.facts;
      speaker->gender = self->now.last.gender;
    } else if (self->now.organisation) {
      quotes_take_name(self, speaker, self->now.organisation, false);
    }
    return;
  }
  const Speaker *description = unnamed(self, party->gender);
  if (description) {
    speaker->mention.name = description->mention.name;
    return;
  }
  const EntityFacts *person = antecedent(self, party->gender);
  speaker->gender = party->gender;
  if (!person) return;
  quotes_take_name(self, speaker, person, true);
  quotes_learn_gender(self, person, party->gender);
}

const Person *quotes_only_here(const QuoteWalk *self)
{
  const QuoteState *now = &self->now;
  if (!now->recent_len || now->recent[0].block != self->block) return NULL;
  for (size_t i = 1; i < now->recent_len && now->recent[i].block == self->block; i++)
    if (now->recent[i].facts->cluster != now->recent[0].facts->cluster) return NULL;
  return &now->recent[0];
}

static bool is_only_here(const QuoteWalk *self, const Speaker *one)
{
  const Person *only = quotes_only_here(self);
  return only && same_cluster(one, only->facts);
}

// Whom a noun for one person means that is nobody's title here: the one with a name who spoke just before, or
// whom the sentence before is about, as writers do not like to say "he" again. Who has another title may have
// this one too if nobody else was named nearby: "Kapitän Kimmich … so der Nationalspieler".
static const EntityFacts *varied(QuoteWalk *self, const Party *party)
{
  const QuoteState *now = &self->now;
  if (!party->lemma.len || !strchr("mfc", party->gender ? party->gender : 'c')) return NULL;
  if (party->of == PARTY_OWN) return NULL; // "her lawyer" is somebody else
  const Speaker *subject = about(self);
  bool spoke = now->last_cued && self->block - now->last_block <= 1;
  bool here = spoke && now->last_block == self->block && now->topic_block != self->block;
  const Speaker *one = subject && !here ? subject : spoke ? &now->last : NULL;
  if (!one || !one->facts || !quotes_may_speak(one) || !now->recent_len ||
      !same_cluster(one, now->recent[0].facts))
    return NULL;
  bool fits = quotes_agrees(one->gender, party->gender ? party->gender : 'c');
  return fits && (!quotes_is_titled(self, one->facts) || is_only_here(self, one)) ? one->facts : NULL;
}

static void resolve_noun(QuoteWalk *self, const Party *party, Speaker *speaker)
{
  bool aged = party->gender == 'a'; // somebody by age: whoever "she" would mean
  Bearer bearer = party->lemma.len && !aged ? quotes_bearer_of(self, party->lemma) : (Bearer){0};
  bool other = party->of && party->of != PARTY_OWN && bearer.of &&
               party->of != bearer.of; // of another company, country, party
  if (other) bearer.facts = NULL;
  const EntityFacts *same = bearer.facts ? NULL : aged ? antecedent(self, 'c') : varied(self, party);
  if (bearer.facts) {
    quotes_take_name(self, speaker, bearer.facts, bearer.person);
  } else if (same) {
    quotes_take_name(self, speaker, same, true);
  } else if (party->gender == 'o' && (self->now.outlet || self->now.organisation)) {
    quotes_take_name(self, speaker, self->now.outlet ? self->now.outlet : self->now.organisation, false);
  } else {
    speaker->gender = party->gender;
  }
}

Speaker quotes_resolve(QuoteWalk *self, const Passage *passage, const Party *party)
{
  Speaker speaker = {.facts = NULL};
  if (party->kind == PARTY_NONE) return speaker;
  size_t start = passage->start + party->start, end = passage->start + party->end;
  speaker.mention = (Mention){start, end, str_slice(passage->notes->text, party->start, party->end), {0}};
  size_t entity = SIZE_MAX;
  switch (party->kind) {
  case PARTY_PRONOUN:
    resolve_pronoun(self, party, &speaker);
    break;
  case PARTY_ROLE:
    resolve_noun(self, party, &speaker);
    break;
  default:
    speaker.gender = party->gender;
    entity = quotes_entity_at(self, start, end);
    if (entity != SIZE_MAX && (party->kind == PARTY_NAME || is_person(self, entity)))
      quotes_take_name(self, &speaker, self->entities->items[entity].entity, is_person(self, entity));
  }
  return speaker;
}
