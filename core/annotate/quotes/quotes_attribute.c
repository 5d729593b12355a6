// One walk over the article in reading order. It keeps who was named lately (outside quotations), who carries
// which title, and who spoke last; with these it turns the drafts of the blocks into spans: marks that run
// over blocks are joined, pronouns and nouns get names, and a quotation without a cue gets the speaker that a
// reader would think of. What it looks at behind or ahead is bounded, so the walk is linear.
//
// This is the walk over one block; quotes_walk.c leads it through the article.
#include "annotate/quotes/quotes_p.h"

#include "base/utf8.h"

#define SPEECH_LEAST 0.46F // probability
#define SURELY 0.80F

static const char *const g_reasons[] = {
    [REASON_NONE] = "",
    [REASON_CUE] = "A verb of saying stands beside it, with this speaker.",
    [REASON_SENTENCE] = "A verb of saying in its sentence has this speaker.",
    [REASON_ACCORDING] = "The sentence gives this source.",
    [REASON_COLON] = "A colon after the name introduces it.",
    [REASON_ONLY] = "Its sentence names nobody nearer.",
    [REASON_SAME] = "It goes on from the quotation before.",
    [REASON_TOPIC] = "The text just before is about this speaker.",
    [REASON_LEAD] = "The line before ends in a colon after this speaker.",
    [REASON_SIGNED] = "This name is signed below.",
    [REASON_NEXT] = "The quotation that follows has this speaker.",
    [REASON_ANSWER] = "It answers a question, as this speaker does here.",
};

// --- who is who

static bool is_person(const QuoteWalk *self, size_t entity)
{
  return self->entities->items[entity].type == ENTITY_PER;
}

static void remember(QuoteWalk *self, size_t entity)
{
  QuoteState *now = &self->now;
  const Span *span = &self->entities->items[entity];
  bool leads = !now->recent_len || now->recent[0].block != self->block;
  Person person = {span->entity, span->start, span->end, self->block, leads};
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

// Take in the entities up to byte `pos`; `heard`: they stand outside quotations.
static void advance(QuoteWalk *self, size_t pos, bool heard)
{
  const SpanVec *all = self->entities;
  for (; self->now.next_entity < all->len && all->items[self->now.next_entity].start < pos;
       self->now.next_entity++) {
    size_t i = self->now.next_entity;
    if (!heard) continue;
    if (is_person(self, i)) remember(self, i);
    if (all->items[i].type == ENTITY_ORG) hear_organisation(self, i);
  }
}

static void take_name(QuoteWalk *self, Speaker *speaker, const EntityFacts *facts, bool person)
{
  speaker->mention.name = facts->name;
  speaker->mention.entity = facts->entity;
  speaker->facts = facts;
  speaker->gender = person ? quotes_gender_of(self, facts) : 'n';
}

// A person, or what a person's noun or pronoun means.
static bool may_speak(const Speaker *speaker)
{
  if (!has_speaker(speaker)) return false;
  return speaker->gender != 'n' && speaker->gender != 'g' && speaker->gender != 'o';
}

// --- pronouns and nouns

static bool agrees(char known, char wanted)
{
  return known == wanted || known == '?' || !known || wanted == 'c';
}

static bool same_cluster(const Speaker *speaker, const EntityFacts *facts)
{
  return speaker->facts && facts && speaker->facts->cluster == facts->cluster;
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
    else if (!agrees(known, gender))
      score -= 6;
    bool meant = subject && same_cluster(subject, person->facts);
    bool passed = subject && subject->facts && !meant && person->block == self->now.topic_block;
    if (person->leads && !passed) score += self->block - person->block <= 1 ? 1.1F : 0.5F;
    if (meant) score += 1.0F;
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
  bool subject_person = subject && !subject->facts && may_speak(subject) && subject->mention.name.len;
  if (subject_person && agrees(subject->gender, gender)) return subject;
  bool spoke = self->now.last_cued && has_speaker(last) && !last->facts && agrees(last->gender, gender) &&
               self->block - self->now.last_block <= 3;
  return spoke && (!self->now.recent_len || self->now.recent[0].block < self->now.last_block) ? last : NULL;
}

static void resolve_pronoun(QuoteWalk *self, const Party *party, Speaker *speaker)
{
  if (party->gender == 'w') { // the one who writes
    speaker->gender = 'w';
    return;
  }
  if (party->gender == 'p' || party->gender == 'n') {
    bool near = self->now.last.mention.name.len && self->block - self->now.last_block <= 2;
    if (near && (self->now.last.gender == 'n' || self->now.last.gender == 'p')) {
      speaker->mention.name = self->now.last.mention.name;
      speaker->mention.entity = self->now.last.mention.entity;
      speaker->facts = self->now.last.facts;
      speaker->gender = self->now.last.gender;
    } else if (self->now.organisation) {
      take_name(self, speaker, self->now.organisation, false);
    }
    return;
  }
  const Speaker *description = unnamed(self, party->gender);
  if (description) {
    speaker->mention.name = description->mention.name;
    return;
  }
  const EntityFacts *person = antecedent(self, party->gender);
  if (!person) return;
  take_name(self, speaker, person, true);
  quotes_learn_gender(self, person, party->gender);
}

// Whom a noun for one person means that is nobody's title here: the one with a name, and no other title, who
// spoke just before, or whom the sentence before is about, as writers do not like to say "he" again.
static const EntityFacts *varied(QuoteWalk *self, const Party *party)
{
  const QuoteState *now = &self->now;
  if (!party->lemma.len || !strchr("mfc", party->gender ? party->gender : 'c')) return NULL;
  const Speaker *subject = about(self);
  bool spoke = now->last_cued && self->block - now->last_block <= 1;
  const Speaker *one = subject ? subject : spoke ? &now->last : NULL;
  if (!one || !one->facts || !may_speak(one) || !now->recent_len || !same_cluster(one, now->recent[0].facts))
    return NULL;
  bool fits = agrees(one->gender, party->gender ? party->gender : 'c');
  return fits && !quotes_is_titled(self, one->facts) ? one->facts : NULL;
}

static void resolve_noun(QuoteWalk *self, const Party *party, Speaker *speaker)
{
  bool aged = party->gender == 'a'; // somebody by age: whoever "she" would mean
  uint64_t bearer = party->lemma.len && !aged ? quotes_bearer_of(self, party->lemma) : 0;
  const EntityFacts *same = bearer ? NULL : aged ? antecedent(self, 'c') : varied(self, party);
  if (bearer) {
    take_name(self, speaker, bearer_facts(bearer), bearer & 1);
  } else if (same) {
    take_name(self, speaker, same, true);
  } else if (party->gender == 'o' && (self->now.outlet || self->now.organisation)) {
    take_name(self, speaker, self->now.outlet ? self->now.outlet : self->now.organisation, false);
  } else {
    speaker->gender = party->gender;
  }
}

static Speaker resolve(QuoteWalk *self, const Passage *passage, const Party *party)
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
      take_name(self, &speaker, self->entities->items[entity].entity, is_person(self, entity));
  }
  return speaker;
}

// --- quotations

typedef struct Reading { // one quotation on its way out
  const QuoteDraft *draft;
  size_t start, end;
  Speaker speaker;
  Mention cue, source;
  QuoteReason reason;
  bool same_group;
} Reading;

static Mention mention_of(const Passage *passage, uint32_t start, uint32_t end)
{
  if (end <= start) return (Mention){0};
  return (Mention){
      passage->start + start, passage->start + end, str_slice(passage->notes->text, start, end), {0}};
}

// The name signed below the quotation.
static bool signed_below(QuoteWalk *self, Speaker *speaker)
{
  const Passages *article = self->article;
  if (self->block + 1 >= article->len) return false;
  const Passage *next = &article->items[self->block + 1];
  if (next->notes->kind != BLOCK_SIGNATURE) return false;
  const TokenVec *tokens = &next->notes->tokens;
  size_t first = 0;
  while (first < tokens->len && !(tokens->items[first].flags & TOKEN_WORD)) first++;
  if (first == tokens->len) return false;
  size_t last = first;
  while (last < tokens->len && !(tokens->items[last].flags & TOKEN_PUNCT)) last++;
  Party party = {tokens->items[first].start, tokens->items[last - 1].end, PARTY_NAME, 0, {0}};
  *speaker = resolve(self, next, &party);
  return true;
}

static const QuoteDraft *next_quotation(const QuoteVec *drafts, size_t i)
{
  for (i++; i < drafts->len; i++) {
    if (drafts->items[i].form <= QUOTE_OPENER) return &drafts->items[i];
  }
  return NULL;
}

static bool topic(QuoteWalk *self, Speaker *speaker)
{
  for (size_t i = 0; i < self->now.recent_len; i++) {
    const Person *person = &self->now.recent[i];
    if (self->block - person->block > 2) break;
    bool other = i + 1 < self->now.recent_len && self->now.recent[i + 1].block == person->block;
    if (!person->leads && other) continue; // rather the one its block begins with
    *speaker = (Speaker){.mention = {person->start, person->end, {0}, {0}}};
    take_name(self, speaker, person->facts, true);
    return true;
  }
  return false;
}

static bool speaks_by_dash(const QuoteWalk *self, size_t block)
{
  if (block >= self->article->len) return false;
  const QuoteVec *drafts = &self->article->items[block].notes->quotes;
  for (size_t i = 0; i < drafts->len; i++) {
    if (drafts->items[i].form <= QUOTE_OPENER) return drafts->items[i].form == QUOTE_DASH;
  }
  return false;
}

// A line of dash speech without a cue, as in an interview: the questions are the paper's, the answers are of
// the one who is said to speak. False where it is none of these.
static bool converse(QuoteWalk *self, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  if (draft->asks && speaks_by_dash(self, self->block + 1)) {
    self->now.asked_block = self->block;
    return true; // nobody is named
  }
  bool answers = self->now.asked_block + 1 == self->block;
  if (answers && has_speaker(&self->now.answerer) && self->block - self->now.answer_block <= ANSWER_BLOCKS) {
    reading->speaker = self->now.answerer;
    reading->reason = REASON_ANSWER;
    self->now.answer_block = self->block;
  }
  return answers || draft->bare; // "– Oi!" does not say whose it is
}

// A quotation that its block gives no speaker.
static void guess(QuoteWalk *self, const QuoteVec *drafts, size_t i, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  bool cue = draft->cue_end > draft->cue_start;
  bool spoken = has_speaker(&self->now.last);
  bool same_block = spoken && self->now.last_block == self->block;
  if (self->now.lead_block == self->block && draft->starts) {
    reading->speaker = self->now.lead;
    reading->cue = self->now.lead_cue;
    reading->reason = REASON_LEAD;
    return;
  }
  if (!cue && signed_below(self, &reading->speaker)) {
    reading->reason = REASON_SIGNED;
    return;
  }
  if (!cue && draft->type == QUOTE_MIXED && !draft->told)
    return; // in a sentence that is about something else
  if (draft->form == QUOTE_DASH && !cue && !same_block && converse(self, reading)) return;
  const QuoteDraft *next = next_quotation(drafts, i);
  if (!same_block && !cue && draft->whole && next && next->speaker.kind && quotes_adjoin(draft, next)) {
    reading->speaker = resolve(self, &self->article->items[self->block], &next->speaker);
    reading->reason = REASON_NEXT;
    return;
  }
  Speaker subject = resolve(self, &self->article->items[self->block], &draft->topic);
  bool first_here = !draft->topic.kind && draft->starts && !same_block;
  if (first_here && self->now.topic_block + 1 == self->block) subject = self->now.topic;
  bool named = self->now.recent_len && self->block - self->now.recent[0].block <= 2;
  bool vague = !subject.facts && named && !same_block; // a noun, where somebody has a name
  bool bare = cue && !same_block;                      // ", ha detto.": the verb holds the subject
  if ((!cue || bare) && draft->starts && may_speak(&subject) && !vague) {
    reading->speaker = subject;
    reading->reason = REASON_TOPIC;
    return;
  }
  bool close = spoken && (same_block || self->now.last_block + 1 == self->block);
  if (close || (spoken && cue && self->block - self->now.last_block <= 3)) {
    reading->speaker = self->now.last;
    reading->reason = REASON_SAME;
    return;
  }
  if ((draft->starts || cue) && topic(self, &reading->speaker)) {
    reading->reason = REASON_TOPIC;
    return;
  }
  if (spoken && self->block - self->now.last_block <= (cue ? SPEAKER_BLOCKS : draft->starts ? 3 : 0)) {
    reading->speaker = self->now.last;
    reading->reason = REASON_SAME;
  }
}

static bool in_headline(const QuoteWalk *self)
{
  BlockKind kind = self->article->items[self->block].notes->kind;
  return kind == BLOCK_HEADLINE || kind == BLOCK_SUBHEAD;
}

static void emit(QuoteWalk *self, const Reading *reading)
{
  QuoteState *now = &self->now;
  bool same_cue = reading->cue.end && reading->cue.start == now->last_cue && now->last_cue;
  QuoteSeed seed = {.words = reading->draft->seed,
                    .goes_on = now->begun && (reading->same_group || same_cue)};
  vec_push_in(self->arena, &self->stretch->seeds, seed);
  now->begun = true;
  now->last_cue = reading->cue.end ? reading->cue.start : 0;
  Span span = {.start = reading->start,
               .end = reading->end,
               .kind = SPAN_QUOTE,
               .type = (uint8_t)reading->draft->type};
  span.by = BY_RULE;
  span.confidence = reading->draft->confidence;
  if (!has_speaker(&reading->speaker)) span.confidence *= 0.8F;
  QuoteFacts facts = {.cue = reading->cue, .speaker = reading->speaker.mention, .source = reading->source};
  // Names may be the words of a block, whose notes go with its next edit; results outlive them.
  Mention *named[] = {&facts.cue, &facts.speaker, &facts.source};
  for (size_t i = 0; i < ARRAY_LEN(named); i++)
    if (!named[i]->entity.len) named[i]->name = arena_dup(self->arena, named[i]->name);
  facts.why = str_of(g_reasons[has_speaker(&reading->speaker) ? reading->reason : REASON_NONE]);
  span.quote = arena_copy(self->arena, &facts, sizeof facts);
  vec_push_in(self->arena, self->out, span);
}

static void take_topic(QuoteWalk *self, const Passage *passage, const Party *party)
{
  self->now.topic = resolve(self, passage, party);
  self->now.topic_block = self->block;
}

// What the draft has, with names.
static void name_parties(QuoteWalk *self, const Passage *passage, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  reading->reason = (QuoteReason)draft->reason;
  reading->cue = mention_of(passage, draft->cue_start, draft->cue_end);
  if (draft->topic.kind) take_topic(self, passage, &draft->topic);
  reading->speaker = resolve(self, passage, &draft->speaker);
  reading->source = resolve(self, passage, &draft->source).mention;
}

static void attribute(QuoteWalk *self, const QuoteVec *drafts, size_t i, Reading *reading)
{
  name_parties(self, &self->article->items[self->block], reading);
  if (!has_speaker(&reading->speaker)) guess(self, drafts, i, reading);
}

// A headline without a speaker quotes the first one with a name who is quoted below it: this quotation waits
// for such a speaker, or names those that wait. quotes_place() puts it through.
static void head(QuoteWalk *self, const Reading *reading, QuoteSeed *seed)
{
  QuoteState *now = &self->now;
  if (now->heads && self->block - now->head_block > HEADS_OVER) now->heads = 0;
  if (!has_speaker(&reading->speaker)) {
    if (!in_headline(self) || now->heads == HEADS) return;
    seed->waits = (uint8_t)++now->heads;
    now->head_block = self->block;
  } else if (now->heads && reading->cue.end && reading->speaker.facts &&
             reading->draft->confidence >= SURELY) {
    seed->names = true;
    now->heads = 0;
  }
}

// Whether a paper's or a country's word, reported beside what a person said, leaves that person the speaker
// that goes on: "– …, sa han. Ifølge USA … – …, sa han videre."
static bool passes_by(const QuoteWalk *self, const Reading *reading)
{
  const QuoteState *now = &self->now;
  return reading->draft->form == QUOTE_REPORTED && !may_speak(&reading->speaker) && now->last_cued &&
         may_speak(&now->last) && self->block - now->last_block <= 1;
}

// Who speaks is as good as named, whatever the mention.
static void keep_near(QuoteWalk *self, const EntityFacts *facts)
{
  Person *recent = self->now.recent;
  size_t at = 0;
  while (facts && at < self->now.recent_len && recent[at].facts->cluster != facts->cluster) at++;
  if (!facts || at == self->now.recent_len) return;
  Person person = recent[at];
  person.block = self->block;
  memmove(recent + 1, recent, at * sizeof *recent);
  recent[0] = person;
}

static bool same_speaker(const Speaker *a, const Speaker *b)
{
  return a->facts || b->facts ? b->facts && same_cluster(a, b->facts)
                              : str_eq(a->mention.name, b->mention.name);
}

// Who just spoke by a verb of saying answers the next question; who asked one does not.
static void hear_turn(QuoteWalk *self, const QuoteDraft *draft)
{
  QuoteState *now = &self->now;
  if (draft->form != QUOTE_DASH &&
      (draft->form == QUOTE_REPORTED || !now->last.facts || !may_speak(&now->last)))
    return;
  if (draft->asks) {
    now->asked_block = self->block;
    if (same_speaker(&now->answerer, &now->last)) now->answerer = (Speaker){0};
    return;
  }
  now->answerer = now->last;
  now->answer_block = self->block;
}

static void finish(QuoteWalk *self, const Reading *reading)
{
  emit(self, reading);
  head(self, reading, &self->stretch->seeds.items[self->stretch->seeds.len - 1]);
  if (!has_speaker(&reading->speaker) || passes_by(self, reading)) return;
  self->now.last = reading->speaker;
  self->now.last_block = self->block;
  keep_near(self, reading->speaker.facts);
  self->now.last_cued = reading->cue.end > 0;
  if (self->now.last_cued) hear_turn(self, reading->draft);
}

// Whether a block's first quotation lies within one that is open: between marks of the other kind, or behind
// "I said".
static bool is_inner(const QuoteDraft *first, bool single)
{
  if (first->speaker.gender == 'w' && first->cue_end > first->cue_start) return true;
  if (first->form == QUOTE_MARKS) return first->single || !first->starts;
  return first->single && !single;
}

// The mark of a block that closes what was opened, with `single` marks or not, in a block before. *on: there
// is none, but the quotation may go on over the block.
static const QuoteDraft *closer_in(const QuoteVec *drafts, bool single, bool *on)
{
  const QuoteDraft *first = NULL, *last = NULL;
  for (size_t k = 0; k < drafts->len; k++) {
    if (drafts->items[k].form > QUOTE_CLOSER) continue;
    last = &drafts->items[k];
    if (!first) first = last;
  }
  *on = !first || is_inner(first, single);
  if (first && first->form == QUOTE_CLOSER && first->single == single) return first;
  return last && last->form == QUOTE_CLOSER && last->single == single ? last : NULL;
}

// How far an unclosed quotation of the walk's block runs: the block with its closing mark, or the block
// itself.
static size_t joined_block(const QuoteWalk *self, bool single, const QuoteDraft **closer)
{
  const Passages *article = self->article;
  bool on = true;
  *closer = NULL;
  for (size_t i = self->block + 1; on && i < article->len && i <= self->block + QUOTES_AHEAD; i++) {
    *closer = closer_in(&article->items[i].notes->quotes, single, &on);
    if (*closer) return i;
  }
  return self->block;
}

static void take_lead(QuoteWalk *self, const Passage *passage, const QuoteDraft *draft)
{
  self->now.lead = resolve(self, passage, &draft->speaker);
  self->now.lead_cue = mention_of(passage, draft->cue_start, draft->cue_end);
  self->now.lead_block = self->block + 1;
}

static bool emitted(const QuoteDraft *draft)
{
  return draft->confidence >= SPEECH_LEAST;
}

// Whether a quotation whose first mark is missing is one all the same, from its block's start on: a cue
// follows it, or it is all of its block and the block before has one.
static bool stands_unopened(const QuoteWalk *self, const Passage *passage, const QuoteDraft *draft)
{
  if (draft->start || !quotes_closes_early(draft)) return false;
  bool cued = draft->reason == REASON_CUE || draft->reason == REASON_SENTENCE;
  if ((cued && draft->cue_start >= draft->end) || (draft->reason == REASON_ACCORDING && draft->speaker.kind))
    return true;
  return draft->closes && self->block && self->now.quoted > passage[-1].start;
}

// What a quotation over several blocks took in is said, and says nothing about who says it.
static void drop_inner(Reading *reading)
{
  const Mention *speaker = &reading->speaker.mention, *cue = &reading->cue;
  if (speaker->end > reading->start && speaker->start < reading->end)
    reading->speaker = (Speaker){.facts = NULL};
  if (cue->end > reading->start && cue->start < reading->end) reading->cue = (Mention){0};
}

static void walk_reported(QuoteWalk *self, const Passage *passage, const QuoteDraft *draft)
{
  Reading reading = {
      .draft = draft, .start = passage->start + draft->start, .end = passage->start + draft->end};
  advance(self, reading.start, true);
  name_parties(self, passage, &reading);
  if (!draft->speaker.kind && self->block - self->now.last_block <= 1) reading.speaker = self->now.last;
  advance(self, reading.end, true);
  if (has_speaker(&reading.speaker)) finish(self, &reading);
}

// The quotation goes on to `closer` in the block `last`, which may say who spoke.
static void join_closer(QuoteWalk *self, const Passage *last, const QuoteDraft *closer, Reading *reading)
{
  bool according = closer->reason == REASON_ACCORDING;
  bool introduced = reading->reason == REASON_COLON || reading->reason == REASON_CUE ||
                    (reading->reason == REASON_SENTENCE && according);
  reading->end = last->start + closer->end;
  if (introduced && according && !reading->source.end) {
    reading->source = resolve(self, last, &closer->speaker).mention;
  } else if (closer->speaker.kind && !introduced) {
    reading->speaker = resolve(self, last, &closer->speaker);
    reading->cue = mention_of(last, closer->cue_start, closer->cue_end);
    reading->reason = (QuoteReason)closer->reason;
  }
}

static void walk_quotation(QuoteWalk *self, const Passage *passage, const QuoteVec *drafts, size_t i)
{
  const QuoteDraft *draft = &drafts->items[i], *closer = NULL;
  Reading reading = {
      .draft = draft, .start = passage->start + draft->start, .end = passage->start + draft->end};
  bool opener = draft->form == QUOTE_OPENER;
  bool unopened = draft->form == QUOTE_CLOSER && stands_unopened(self, passage, draft);
  if ((draft->form > QUOTE_OPENER && !unopened) || reading.start < self->now.quoted) return;
  size_t to = opener ? joined_block(self, draft->single, &closer) : self->block;
  if (draft->doubtful && !closer) return;
  advance(self, reading.start, true);
  reading.same_group = draft->start == 0 && self->now.open_block + 1 == self->block;
  attribute(self, drafts, i, &reading);
  if (opener && !closer) self->now.open_block = self->block;
  if (closer) {
    join_closer(self, &self->article->items[to], closer, &reading);
    drop_inner(&reading);
  }
  advance(self, reading.end, false);
  self->now.quoted = reading.end;
  if (emitted(draft)) finish(self, &reading);
}

void quotes_walk_block(QuoteWalk *self)
{
  const Passage *passage = &self->article->items[self->block];
  const QuoteVec *drafts = &passage->notes->quotes;
  for (size_t i = 0; i < drafts->len; i++) {
    const QuoteDraft *draft = &drafts->items[i];
    if (draft->form == QUOTE_TOPIC) {
      advance(self, passage->start + draft->speaker.end, true);
      take_topic(self, passage, &draft->speaker);
    } else if (draft->form == QUOTE_LEAD) {
      advance(self, passage->start + draft->end, true);
      take_lead(self, passage, draft);
    } else if (draft->form != QUOTE_REPORTED) {
      walk_quotation(self, passage, drafts, i);
    } else if (passage->start + draft->start >= self->now.quoted) {
      walk_reported(self, passage, draft);
    }
  }
  advance(self, passage->start + passage->notes->text.len, true);
}
