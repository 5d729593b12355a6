// One walk over the article in reading order. It keeps who was named lately (outside quotations), who carries
// which title, and who spoke last; with these it turns the drafts of the blocks into spans: marks that run
// over blocks are joined, pronouns and nouns get names, and a quotation without a cue gets the speaker that a
// reader would think of. What it looks at behind or ahead is bounded, so the walk is linear.
#include "annotate/quotes_p.h"

#include "base/utf8.h"

#define RECENT 10          // persons kept
#define SPEECH_LEAST 0.40F // probability
#define SURELY 0.80F
#define JOIN_BLOCKS 12 // that one quotation may run over
#define HEADS_OVER 12  // blocks below a headline that it may quote

typedef struct Person {
  size_t entity; // index in entities
  size_t block;
  bool leads; // the first one named in its block
} Person;

typedef struct Speaker { // resolved
  Mention mention;
  size_t entity; // index in entities; SIZE_MAX: none
  char gender;
} Speaker;

typedef struct Walk {
  const Quotes *quotes;
  const Passages *article;
  const SpanVec *entities;
  Arena *arena, scratch;
  SpanVec *out;
  Map titles;       // lemma -> index in entities, + 1
  Map first_titles; // likewise, the first of the article
  Voices voices;
  Groups groups;
  char *genders; // [cluster], 0: not looked up; '?': unknown
  size_t clusters;
  size_t next_entity, near_entity;
  Person recent[RECENT]; // newest first
  size_t recent_len;
  size_t organisation; // index in entities of the last organisation, + 1
  size_t outlet;       // likewise of the last agency, station or paper
  Speaker last;        // who spoke last
  size_t last_block;
  bool last_cued; // found by a verb of saying
  Speaker lead;   // a colon at the end of the block before
  Mention lead_cue;
  size_t lead_block;
  Speaker topic; // whom the last sentence of a block is about
  size_t topic_block;
  size_t asked_block;    // a line of dash speech that asks, with nobody named
  Speaker answerer;      // who spoke last by a dash and a verb of saying
  size_t answer_block;   // and where, or where it answered last
  size_t head[4], heads; // spans in headlines that wait for a speaker
  size_t head_block;     // and where
  size_t open_block;     // ended inside a quotation whose mark the next block may repeat
  uint32_t group;        // the last one; 0: none
  size_t block;          // where the walk is
  size_t quoted;         // end of the last quotation
  size_t last_cue;       // byte of its cue
} Walk;

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
    [REASON_BELOW] = "This headline stands over what this speaker says.",
};

// --- who is who

static const EntityFacts *facts(const Walk *self, size_t entity)
{
  return self->entities->items[entity].entity;
}

static bool is_person(const Walk *self, size_t entity)
{
  return self->entities->items[entity].type == ENTITY_PER;
}

static char look_up_gender(Walk *self, Str name)
{
  Str rest = name, first = str_cut(&rest, ' ');
  uint64_t gender;
  if (!rest.len) return '?'; // a surname
  return map_get(&self->quotes->genders, utf8_lower_in(&self->scratch, first), &gender) ? (char)gender : '?';
}

static char *gender_slot(Walk *self, size_t entity)
{
  size_t cluster = facts(self, entity)->cluster;
  static char lost;
  if (cluster >= self->clusters) return lost = '?', &lost;
  char *slot = &self->genders[cluster];
  if (!*slot) *slot = look_up_gender(self, facts(self, entity)->name);
  return slot;
}

static void remember(Walk *self, size_t entity)
{
  uint32_t cluster = facts(self, entity)->cluster;
  Person person = {entity, self->block, !self->recent_len || self->recent[0].block != self->block};
  size_t at = self->recent_len < RECENT ? self->recent_len : RECENT - 1;
  for (size_t i = 0; i < self->recent_len; i++) {
    if (facts(self, self->recent[i].entity)->cluster != cluster) continue;
    at = i;
    if (self->recent[i].block == self->block) person.leads |= self->recent[i].leads;
    break;
  }
  if (at == self->recent_len) self->recent_len++;
  memmove(self->recent + 1, self->recent, at * sizeof *self->recent);
  self->recent[0] = person;
}

static void hear_organisation(Walk *self, size_t entity)
{
  const EntityFacts *known = facts(self, entity);
  self->organisation = entity + 1;
  if (known->cluster >= self->clusters) return;
  char *slot = &self->genders[known->cluster];
  if (!*slot) *slot = quotes_is_outlet(self->quotes, known->name, &self->scratch) ? 'o' : '?';
  if (*slot == 'o') self->outlet = entity + 1;
}

// Take in the entities up to byte `pos`; `heard`: they stand outside quotations.
static void advance(Walk *self, size_t pos, bool heard)
{
  const SpanVec *all = self->entities;
  for (; self->next_entity < all->len && all->items[self->next_entity].start < pos; self->next_entity++) {
    size_t i = self->next_entity;
    if (!heard) continue;
    if (is_person(self, i)) remember(self, i);
    if (all->items[i].type == ENTITY_ORG) hear_organisation(self, i);
  }
}

// The first entity that ends behind `start`: near the one asked for last, as the walk goes forward.
static size_t entity_behind(Walk *self, size_t start)
{
  const SpanVec *all = self->entities;
  size_t a = self->near_entity, b, step = 1;
  if (a < all->len && all->items[a].end <= start) {
    for (b = a + 1; b < all->len && all->items[b].end <= start; b += step *= 2) a = b;
    if (b > all->len) b = all->len;
  } else {
    for (b = a; a > 0 && all->items[a - 1].end > start; step *= 2) {
      b = a;
      a = a > step ? a - step : 0;
    }
  }
  while (a < b) {
    size_t mid = (a + b) / 2;
    if (all->items[mid].end <= start)
      a = mid + 1;
    else
      b = mid;
  }
  return self->near_entity = a;
}

static size_t entity_at(Walk *self, size_t start, size_t end)
{
  const SpanVec *all = self->entities;
  size_t best = SIZE_MAX;
  for (size_t a = entity_behind(self, start); a < all->len && all->items[a].start < end; a++) {
    if (best == SIZE_MAX || (is_person(self, a) && !is_person(self, best))) best = a;
  }
  return best;
}

static Speaker entity_speaker(Walk *self, size_t entity)
{
  const Span *span = &self->entities->items[entity];
  Speaker speaker = {{span->start, span->end, span->entity->name, span->entity->entity}, entity, 0};
  speaker.gender = is_person(self, entity) ? *gender_slot(self, entity) : 'n';
  return speaker;
}

static void take_name(Walk *self, Speaker *speaker, size_t entity)
{
  Speaker named = entity_speaker(self, entity);
  speaker->mention.name = named.mention.name;
  speaker->mention.entity = named.mention.entity;
  speaker->entity = entity;
  speaker->gender = named.gender;
}

static bool has_speaker(const Speaker *speaker)
{
  return speaker->mention.end > speaker->mention.start;
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

static bool same_cluster(const Walk *self, const Speaker *speaker, size_t entity)
{
  return speaker->entity != SIZE_MAX && facts(self, speaker->entity)->cluster == facts(self, entity)->cluster;
}

// Whom the sentence before is about, if that stands in this block or not far in front of it.
static const Speaker *about(const Walk *self)
{
  return has_speaker(&self->topic) && self->block - self->topic_block <= 1 ? &self->topic : NULL;
}

// The person a pronoun of `gender` means: agreement first, then the sentence before's subject, then who spoke
// last, then who was named last.
static size_t antecedent(Walk *self, char gender)
{
  const Speaker *subject = about(self);
  size_t best = SIZE_MAX;
  float best_score = -1;
  for (size_t i = 0; i < self->recent_len; i++) {
    const Person *person = &self->recent[i];
    char known = *gender_slot(self, person->entity);
    if (self->block - person->block > 8) continue;
    float score = 5 - 0.4F * (float)i - 0.5F * (float)(self->block - person->block);
    if (known == gender)
      score += 2;
    else if (!agrees(known, gender))
      score -= 4;
    if (person->leads) score += self->block - person->block <= 1 ? 1.1F : 0.5F;
    if (subject && same_cluster(self, subject, person->entity)) score += 1.0F;
    bool spoke = same_cluster(self, &self->last, person->entity);
    if (spoke && self->block - self->last_block <= 3) score += 1.2F;
    if (score > best_score) {
      best = person->entity;
      best_score = score;
    }
  }
  return best;
}

// Somebody without a name whom a pronoun may mean, since nobody was named behind: "a farmer … he said".
static const Speaker *unnamed(const Walk *self, char gender)
{
  const Speaker *subject = about(self), *last = &self->last;
  bool subject_person =
      subject && subject->entity == SIZE_MAX && may_speak(subject) && subject->mention.name.len;
  if (subject_person && agrees(subject->gender, gender)) return subject;
  bool spoke = self->last_cued && has_speaker(last) && last->entity == SIZE_MAX &&
               agrees(last->gender, gender) && self->block - self->last_block <= 3;
  return spoke && (!self->recent_len || self->recent[0].block < self->last_block) ? last : NULL;
}

static void resolve_pronoun(Walk *self, const Party *party, Speaker *speaker)
{
  if (party->gender == 'p' || party->gender == 'n') {
    bool near = self->last.mention.name.len && self->block - self->last_block <= 2;
    if (near && (self->last.gender == 'n' || self->last.gender == 'p')) {
      speaker->mention.name = self->last.mention.name;
      speaker->mention.entity = self->last.mention.entity;
      speaker->entity = self->last.entity;
      speaker->gender = self->last.gender;
    } else if (self->organisation) {
      take_name(self, speaker, self->organisation - 1);
    }
    return;
  }
  const Speaker *description = unnamed(self, party->gender);
  if (description) {
    speaker->mention.name = description->mention.name;
    return;
  }
  size_t entity = antecedent(self, party->gender);
  if (entity == SIZE_MAX) return;
  take_name(self, speaker, entity);
  char *slot = gender_slot(self, entity);
  if (*slot == '?') *slot = party->gender; // learned
}

static void resolve_noun(Walk *self, const Party *party, Speaker *speaker)
{
  uint64_t entity;
  if (party->lemma.len && (map_get(&self->titles, party->lemma, &entity) ||
                           map_get(&self->first_titles, party->lemma, &entity))) {
    take_name(self, speaker, (size_t)entity - 1);
  } else if (party->gender == 'o' && (self->outlet || self->organisation)) {
    take_name(self, speaker, (self->outlet ? self->outlet : self->organisation) - 1);
  } else {
    speaker->gender = party->gender;
  }
}

static Speaker resolve(Walk *self, const Passage *passage, const Party *party)
{
  Speaker speaker = {.entity = SIZE_MAX};
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
    entity = entity_at(self, start, end);
    if (entity != SIZE_MAX && (party->kind == PARTY_NAME || is_person(self, entity)))
      take_name(self, &speaker, entity);
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
static bool signed_below(Walk *self, Speaker *speaker)
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

static bool topic(Walk *self, Speaker *speaker)
{
  for (size_t i = 0; i < self->recent_len; i++) {
    const Person *person = &self->recent[i];
    if (self->block - person->block > 2) break;
    bool other = i + 1 < self->recent_len && self->recent[i + 1].block == person->block;
    if (!person->leads && other) continue; // rather the one its block begins with
    *speaker = entity_speaker(self, person->entity);
    return true;
  }
  return false;
}

static bool speaks_by_dash(const Walk *self, size_t block)
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
static bool converse(Walk *self, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  if (draft->asks && speaks_by_dash(self, self->block + 1)) {
    self->asked_block = self->block;
    return true; // nobody is named
  }
  bool answers = self->asked_block + 1 == self->block;
  if (answers && has_speaker(&self->answerer) && self->block - self->answer_block <= 6) {
    reading->speaker = self->answerer;
    reading->reason = REASON_ANSWER;
    self->answer_block = self->block;
  }
  return answers || draft->bare; // "– Oi!" does not say whose it is
}

// A quotation that its block gives no speaker.
static void guess(Walk *self, const QuoteVec *drafts, size_t i, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  bool cue = draft->cue_end > draft->cue_start;
  bool spoken = has_speaker(&self->last);
  bool same_block = spoken && self->last_block == self->block;
  if (self->lead_block == self->block && draft->starts) {
    reading->speaker = self->lead;
    reading->cue = self->lead_cue;
    reading->reason = REASON_LEAD;
    return;
  }
  if (!cue && signed_below(self, &reading->speaker)) {
    reading->reason = REASON_SIGNED;
    return;
  }
  if (draft->form == QUOTE_DASH && !cue && !same_block && converse(self, reading)) return;
  const QuoteDraft *next = next_quotation(drafts, i);
  if (!same_block && !cue && draft->whole && next && next->speaker.kind && quotes_adjoin(draft, next)) {
    reading->speaker = resolve(self, &self->article->items[self->block], &next->speaker);
    reading->reason = REASON_NEXT;
    return;
  }
  Speaker subject = resolve(self, &self->article->items[self->block], &draft->topic);
  bool first_here = !draft->topic.kind && draft->starts && !same_block;
  if (first_here && self->topic_block + 1 == self->block) subject = self->topic;
  bool named = self->recent_len && self->block - self->recent[0].block <= 2;
  bool vague = subject.entity == SIZE_MAX && named && !same_block; // a noun, where somebody has a name
  bool bare = cue && self->last_block < self->block; // ", ha detto.": the verb holds the subject
  if ((!cue || bare) && draft->starts && may_speak(&subject) && !vague) {
    reading->speaker = subject;
    reading->reason = REASON_TOPIC;
    return;
  }
  bool close = spoken && (same_block || self->last_block + 1 == self->block);
  if (close || (spoken && cue && self->block - self->last_block <= 3)) {
    reading->speaker = self->last;
    reading->reason = REASON_SAME;
    return;
  }
  if ((draft->starts || cue) && topic(self, &reading->speaker)) {
    reading->reason = REASON_TOPIC;
    return;
  }
  if (spoken && self->block - self->last_block <= (cue ? 8 : draft->starts ? 3 : 0)) {
    reading->speaker = self->last;
    reading->reason = REASON_SAME;
  }
}

// A headline quotes the first one with a name who is quoted below it.
static void name_headlines(Walk *self)
{
  for (size_t i = 0; i < self->heads; i++) {
    Span *span = &self->out->items[self->head[i]];
    QuoteFacts facts = *span->quote;
    facts.speaker = self->last.mention;
    facts.speaker.name = arena_dup(self->arena, facts.speaker.name);
    facts.voice = voices_of(&self->voices, &facts.speaker, self->arena);
    facts.why = str_of(g_reasons[REASON_BELOW]);
    span->quote = arena_copy(self->arena, &facts, sizeof facts);
  }
  self->heads = 0;
}

static bool in_headline(const Walk *self)
{
  BlockKind kind = self->article->items[self->block].notes->kind;
  return kind == BLOCK_HEADLINE || kind == BLOCK_SUBHEAD;
}

static void emit(Walk *self, const Reading *reading)
{
  bool same_cue = reading->cue.end && reading->cue.start == self->last_cue && self->last_cue;
  if (!(self->group && (reading->same_group || same_cue)))
    self->group = groups_next(&self->groups, reading->draft->seed);
  self->last_cue = reading->cue.end ? reading->cue.start : 0;
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
  for (size_t i = 0; i < ARRAY_LEN(named); i++) named[i]->name = arena_dup(self->arena, named[i]->name);
  facts.group = self->group;
  facts.voice = voices_of(&self->voices, &facts.speaker, self->arena);
  facts.why = str_of(g_reasons[has_speaker(&reading->speaker) ? reading->reason : REASON_NONE]);
  span.quote = arena_copy(self->arena, &facts, sizeof facts);
  vec_push_in(self->arena, self->out, span);
}

static void take_topic(Walk *self, const Passage *passage, const Party *party)
{
  self->topic = resolve(self, passage, party);
  self->topic_block = self->block;
}

// What the draft has, with names.
static void name_parties(Walk *self, const Passage *passage, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  reading->reason = (QuoteReason)draft->reason;
  reading->cue = mention_of(passage, draft->cue_start, draft->cue_end);
  if (draft->topic.kind) take_topic(self, passage, &draft->topic);
  reading->speaker = resolve(self, passage, &draft->speaker);
  reading->source = resolve(self, passage, &draft->source).mention;
}

static void attribute(Walk *self, const QuoteVec *drafts, size_t i, Reading *reading)
{
  name_parties(self, &self->article->items[self->block], reading);
  if (!has_speaker(&reading->speaker)) guess(self, drafts, i, reading);
}

static void finish(Walk *self, const Reading *reading)
{
  emit(self, reading);
  if (!has_speaker(&reading->speaker) && in_headline(self) && self->heads < ARRAY_LEN(self->head)) {
    self->head[self->heads++] = self->out->len - 1;
    self->head_block = self->block;
  }
  if (has_speaker(&reading->speaker)) {
    self->last = reading->speaker;
    self->last_block = self->block;
    self->last_cued = reading->cue.end > 0;
    if (self->heads && self->block - self->head_block > HEADS_OVER) self->heads = 0;
    bool named = self->last.entity != SIZE_MAX && reading->draft->confidence >= SURELY;
    if (self->heads && self->last_cued && named) name_headlines(self);
    if (self->last_cued && reading->draft->form == QUOTE_DASH) {
      self->answerer = self->last;
      self->answer_block = self->block;
    }
  }
}

// Whether a block's first quotation lies within one that is open, between marks of the other kind.
static bool is_inner(const QuoteDraft *first, bool single)
{
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
static size_t joined_block(const Walk *self, bool single, const QuoteDraft **closer)
{
  const Passages *article = self->article;
  bool on = true;
  *closer = NULL;
  for (size_t i = self->block + 1; on && i < article->len && i <= self->block + JOIN_BLOCKS; i++) {
    *closer = closer_in(&article->items[i].notes->quotes, single, &on);
    if (*closer) return i;
  }
  return self->block;
}

// `first`: keep the first bearer of a title, for nouns in front of their name; else the last.
static void note_titles(Walk *self, const Passage *passage, bool first)
{
  const QuoteVec *drafts = &passage->notes->quotes;
  for (size_t i = 0; i < drafts->len && drafts->items[i].form == QUOTE_TITLE; i++) {
    const QuoteDraft *draft = &drafts->items[i];
    size_t entity = entity_at(self, passage->start + draft->start, passage->start + draft->end);
    if (entity == SIZE_MAX) continue;
    bool is_new;
    uint64_t *bearer = map_slot(first ? &self->first_titles : &self->titles, draft->speaker.lemma, &is_new);
    if (is_new || !first) *bearer = entity + 1;
    char gender = draft->speaker.gender;
    if (gender == 'm' || gender == 'f') {
      char *slot = gender_slot(self, entity);
      if (*slot == '?') *slot = gender;
    }
  }
}

static void take_lead(Walk *self, const Passage *passage, const QuoteDraft *draft)
{
  self->lead = resolve(self, passage, &draft->speaker);
  self->lead_cue = mention_of(passage, draft->cue_start, draft->cue_end);
  self->lead_block = self->block + 1;
}

static bool emitted(const QuoteDraft *draft)
{
  return draft->confidence >= SPEECH_LEAST;
}

// Whether a quotation whose first mark is missing is one all the same, from its block's start on: a cue
// follows it, or it is all of its block and the block before has one.
static bool stands_unopened(const Walk *self, const Passage *passage, const QuoteDraft *draft)
{
  if (draft->start || !quotes_closes_early(draft)) return false;
  bool cued = draft->reason == REASON_CUE || draft->reason == REASON_SENTENCE;
  if ((cued && draft->cue_start >= draft->end) || (draft->reason == REASON_ACCORDING && draft->speaker.kind))
    return true;
  return draft->closes && self->block && self->quoted > passage[-1].start;
}

// What a quotation over several blocks took in is said, and says nothing about who says it.
static void drop_inner(Reading *reading)
{
  const Mention *speaker = &reading->speaker.mention, *cue = &reading->cue;
  if (speaker->end > reading->start && speaker->start < reading->end)
    reading->speaker = (Speaker){.entity = SIZE_MAX};
  if (cue->end > reading->start && cue->start < reading->end) reading->cue = (Mention){0};
}

static void walk_reported(Walk *self, const Passage *passage, const QuoteDraft *draft)
{
  Reading reading = {
      .draft = draft, .start = passage->start + draft->start, .end = passage->start + draft->end};
  advance(self, reading.start, true);
  name_parties(self, passage, &reading);
  if (!draft->speaker.kind && self->block - self->last_block <= 1) reading.speaker = self->last;
  advance(self, reading.end, true);
  if (has_speaker(&reading.speaker)) finish(self, &reading);
}

static void walk_block(Walk *self)
{
  const Passage *passage = &self->article->items[self->block];
  const QuoteVec *drafts = &passage->notes->quotes;
  note_titles(self, passage, false);
  for (size_t i = 0; i < drafts->len; i++) {
    const QuoteDraft *draft = &drafts->items[i];
    Reading reading = {
        .draft = draft, .start = passage->start + draft->start, .end = passage->start + draft->end};
    if (draft->form == QUOTE_TOPIC) {
      advance(self, passage->start + draft->speaker.end, true);
      take_topic(self, passage, &draft->speaker);
      continue;
    }
    if (draft->form == QUOTE_REPORTED) {
      if (passage->start + draft->start >= self->quoted) walk_reported(self, passage, draft);
      continue;
    }
    if (draft->form == QUOTE_LEAD) {
      advance(self, passage->start + draft->end, true);
      take_lead(self, passage, draft);
      continue;
    }
    bool unopened = draft->form == QUOTE_CLOSER && stands_unopened(self, passage, draft);
    if ((draft->form > QUOTE_OPENER && !unopened) || reading.start < self->quoted) continue;
    const QuoteDraft *closer = NULL;
    size_t to = draft->form == QUOTE_OPENER ? joined_block(self, draft->single, &closer) : self->block;
    if (draft->doubtful && !closer) continue;
    advance(self, reading.start, true);
    reading.same_group = draft->start == 0 && self->open_block + 1 == self->block;
    attribute(self, drafts, i, &reading);
    if (draft->form == QUOTE_OPENER) {
      if (!closer) self->open_block = self->block;
      if (closer) {
        const Passage *last = &self->article->items[to];
        reading.end = last->start + closer->end;
        bool introduced = reading.reason == REASON_COLON || reading.reason == REASON_CUE ||
                          (reading.reason == REASON_SENTENCE && closer->reason == REASON_ACCORDING);
        if (introduced && closer->reason == REASON_ACCORDING && !reading.source.end) {
          reading.source = resolve(self, last, &closer->speaker).mention;
        } else if (closer->speaker.kind && !introduced) {
          reading.speaker = resolve(self, last, &closer->speaker);
          reading.cue = mention_of(last, closer->cue_start, closer->cue_end);
          reading.reason = (QuoteReason)closer->reason;
        }
      }
    }
    if (closer) drop_inner(&reading);
    advance(self, reading.end, false);
    self->quoted = reading.end;
    if (emitted(draft)) finish(self, &reading);
  }
  advance(self, passage->start + passage->notes->text.len, true);
}

static size_t max_cluster(const SpanVec *entities)
{
  size_t most = 0;
  for (size_t i = 0; i < entities->len; i++) {
    if (entities->items[i].entity->cluster > most) most = entities->items[i].entity->cluster;
  }
  return most;
}

// The notes of an article's blocks lie all over the memory; a walk that waits for each is twice as long.
static void fetch_ahead(const Passages *article, size_t at)
{
  if (at + 8 < article->len) __builtin_prefetch(&article->items[at + 8].notes->quotes);
  if (at + 4 < article->len) __builtin_prefetch(article->items[at + 4].notes->quotes.items);
}

void quotes_attribute(const Quotes *self, const Passages *article, const SpanVec *entities, Arena *arena,
                      SpanVec *out)
{
  Walk walk = {.quotes = self, .article = article, .entities = entities, .arena = arena, .out = out};
  walk.last.entity = SIZE_MAX;
  walk.lead_block = SIZE_MAX;
  walk.topic_block = walk.open_block = walk.asked_block = SIZE_MAX - 1;
  walk.clusters = max_cluster(entities) + 1;
  walk.genders = arena_zalloc(&walk.scratch, walk.clusters);
  for (size_t i = 0; i < article->len; i++) {
    fetch_ahead(article, i);
    note_titles(&walk, &article->items[i], true);
  }
  for (walk.block = 0; walk.block < article->len; walk.block++) {
    fetch_ahead(article, walk.block);
    walk_block(&walk);
  }
  map_release(&walk.titles);
  map_release(&walk.first_titles);
  voices_release(&walk.voices);
  groups_release(&walk.groups);
  arena_release(&walk.scratch);
}
