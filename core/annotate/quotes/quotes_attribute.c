// One walk over the article in reading order. It keeps who was named lately (outside quotations), who carries
// which title, and who spoke last; with these it turns the drafts of the blocks into spans: marks that run
// over blocks are joined, pronouns and nouns get names, and a quotation without a cue gets the speaker that a
// reader would think of. What it looks at behind or ahead is bounded, so the walk is linear.
//
// This is the walk over one block; quotes_walk.c leads it through the article, quotes_whom.c finds out whom
// names, pronouns and nouns mean.
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
  Party party = {tokens->items[first].start, tokens->items[last - 1].end, PARTY_NAME, 0, 0, {0}};
  *speaker = quotes_resolve(self, next, &party);
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
    quotes_take_name(self, speaker, person->facts, true);
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

// Whether somebody spoke last, so few blocks before this one.
static bool spoke_lately(const QuoteWalk *self, size_t blocks)
{
  return has_speaker(&self->now.last) && self->block - self->now.last_block <= blocks;
}

static void settle(Reading *reading, const Speaker *speaker, QuoteReason reason)
{
  reading->speaker = *speaker;
  reading->reason = reason;
}

// A quotation that is all of its block goes with the next one, beside it, whose sentence names who speaks.
static bool guess_next(QuoteWalk *self, const QuoteVec *drafts, size_t i, Reading *reading)
{
  const QuoteDraft *next = next_quotation(drafts, i);
  if (!reading->draft->whole || !next || !next->speaker.kind || !quotes_adjoin(reading->draft, next))
    return false;
  Speaker speaker = quotes_resolve(self, &self->article->items[self->block], &next->speaker);
  settle(reading, &speaker, REASON_NEXT);
  return true;
}

// Whom the sentence in front is about: "Rossi tace. Poi dice: «…»", "Roth widersprach. Das sei „…“."
static bool guess_subject(QuoteWalk *self, bool same_block, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  bool cue = draft->cue_end > draft->cue_start;
  bool bare = cue && !same_block; // ", ha detto.": the verb holds the subject
  bool drops = drops_subjects(self->article->items[self->block].notes->lang);
  const Person *only = bare && drops ? quotes_only_here(self) : NULL;
  Speaker subject = draft->topic.kind ? self->now.topic : (Speaker){.facts = NULL};
  bool first_here = !draft->topic.kind && draft->starts && !same_block && !only;
  if (first_here && self->now.topic_block + 1 == self->block) subject = self->now.topic;
  bool named = self->now.recent_len && self->block - self->now.recent[0].block <= 2;
  bool vague = !subject.facts && named && !same_block; // a noun, where somebody has a name
  bool alone = draft->starts || (bare && drops && draft->topic.kind) ||
               (draft->told && draft->topic.kind == PARTY_NAME);
  if ((!cue || bare) && alone && quotes_may_speak(&subject) && !vague) {
    settle(reading, &subject, REASON_TOPIC);
    return true;
  }
  if (!only) return false; // else: "Intanto Rossi pedala. Una turista gli chiede una foto. «…», confessa."
  reading->speaker.mention = (Mention){only->start, only->end, only->facts->name, {0}};
  quotes_take_name(self, &reading->speaker, only->facts, true);
  reading->reason = REASON_TOPIC;
  return true;
}

// A quotation that its block gives no speaker.
static void guess(QuoteWalk *self, const QuoteVec *drafts, size_t i, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  bool cue = draft->cue_end > draft->cue_start, same_block = spoke_lately(self, 0);
  if (self->now.lead_block == self->block && draft->starts) {
    settle(reading, &self->now.lead, REASON_LEAD);
    reading->cue = self->now.lead_cue;
    return;
  }
  if (!cue && signed_below(self, &reading->speaker)) {
    reading->reason = REASON_SIGNED;
    return;
  }
  if (!cue && draft->type == QUOTE_MIXED && !draft->told) return; // its sentence is about something else
  if (draft->form == QUOTE_DASH && !cue && !same_block && converse(self, reading)) return;
  if (!cue && !same_block && guess_next(self, drafts, i, reading)) return;
  if (guess_subject(self, same_block, reading)) return;
  if (spoke_lately(self, cue ? 3 : 1))
    settle(reading, &self->now.last, REASON_SAME);
  else if ((draft->starts || cue) && topic(self, &reading->speaker))
    reading->reason = REASON_TOPIC;
  else if (spoke_lately(self, cue ? SPEAKER_BLOCKS : draft->starts ? 3 : 0))
    settle(reading, &self->now.last, REASON_SAME);
}

// A line of dash speech that begins the article is its headline.
static bool in_headline(const QuoteWalk *self)
{
  BlockKind kind = self->article->items[self->block].notes->kind;
  return kind == BLOCK_HEADLINE || kind == BLOCK_SUBHEAD || (kind == BLOCK_SPEECH && !self->block);
}

static void emit(QuoteWalk *self, const Reading *reading)
{
  QuoteState *now = &self->now;
  bool same_cue = reading->cue.end && reading->cue.start == now->last_cue && now->last_cue;
  QuoteSeed seed = {.words = reading->draft->seed,
                    .opening = reading->draft->opening,
                    .heads = in_headline(self),
                    .sure =
                        reading->cue.end || (reading->speaker.facts && quotes_may_speak(&reading->speaker)),
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
    if (!named[i]->entity.len)
      named[i]->name = arena_dup(self->arena, utf8_without_soft(self->arena, named[i]->name));
  facts.why = str_of(g_reasons[has_speaker(&reading->speaker) ? reading->reason : REASON_NONE]);
  span.quote = arena_copy(self->arena, &facts, sizeof facts);
  vec_push_in(self->arena, self->out, span);
}

// "Lindgren nickt. Am Abend fährt er …": who is named in the sentence before, if the pronoun may mean that
// one.
static bool take_former(QuoteWalk *self, const Passage *passage, const Party *party, const Party *former)
{
  if (former->kind != PARTY_NAME) return false;
  Speaker one = quotes_resolve(self, passage, former);
  if (!one.facts || !quotes_may_speak(&one) || !quotes_agrees(one.gender, party->gender)) return false;
  quotes_learn_gender(self, one.facts, party->gender);
  self->now.topic = (Speaker){.mention = mention_of(passage, party->start, party->end)};
  quotes_take_name(self, &self->now.topic, one.facts, true);
  return true;
}

static void take_topic(QuoteWalk *self, const Passage *passage, const Party *party, const Party *former)
{
  self->now.topic_block = self->block;
  if (take_former(self, passage, party, former)) return;
  bool they = party->kind == PARTY_PRONOUN && party->gender == 'p'; // of whom "she" is perhaps one
  self->now.topic = they ? (Speaker){.facts = NULL} : quotes_resolve(self, passage, party);
  if (party->kind == PARTY_ROLE) quotes_remember(self, &self->now.topic); // as good as named
}

// What the draft has, with names.
static void name_parties(QuoteWalk *self, const Passage *passage, Reading *reading)
{
  const QuoteDraft *draft = reading->draft;
  reading->reason = (QuoteReason)draft->reason;
  reading->cue = mention_of(passage, draft->cue_start, draft->cue_end);
  if (draft->topic.kind) take_topic(self, passage, &draft->topic, &draft->former);
  reading->speaker = quotes_resolve(self, passage, &draft->speaker);
  reading->source = quotes_resolve(self, passage, &draft->source).mention;
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
  return reading->draft->form == QUOTE_REPORTED && !quotes_may_speak(&reading->speaker) && now->last_cued &&
         quotes_may_speak(&now->last) && self->block - now->last_block <= 1;
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
      (draft->form == QUOTE_REPORTED || !now->last.facts || !quotes_may_speak(&now->last)))
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
  bool within =
      reading->speaker.mention.start >= reading->start && reading->speaker.mention.end <= reading->end;
  if (within) quotes_remember(self, &reading->speaker); // named within its marks: "«… – dice Rossi – …»"
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
  self->now.lead = quotes_resolve(self, passage, &draft->speaker);
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
  quotes_advance(self, reading.start, true);
  name_parties(self, passage, &reading);
  if (!draft->speaker.kind && self->block - self->now.last_block <= 1) reading.speaker = self->now.last;
  quotes_advance(self, reading.end, true);
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
    reading->source = quotes_resolve(self, last, &closer->speaker).mention;
  } else if (closer->speaker.kind && !introduced) {
    reading->speaker = quotes_resolve(self, last, &closer->speaker);
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
  quotes_advance(self, reading.start, true);
  reading.same_group = draft->start == 0 && self->now.open_block + 1 == self->block;
  attribute(self, drafts, i, &reading);
  if (opener && !closer) self->now.open_block = self->block;
  if (closer) {
    join_closer(self, &self->article->items[to], closer, &reading);
    drop_inner(&reading);
  }
  quotes_advance(self, reading.end, false);
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
      quotes_advance(self, passage->start + draft->speaker.end, true);
      take_topic(self, passage, &draft->speaker, &draft->former);
    } else if (draft->form == QUOTE_LEAD) {
      quotes_advance(self, passage->start + draft->end, true);
      take_lead(self, passage, draft);
    } else if (draft->form != QUOTE_REPORTED) {
      walk_quotation(self, passage, drafts, i);
    } else if (passage->start + draft->start >= self->now.quoted) {
      walk_reported(self, passage, draft);
    }
  }
  quotes_advance(self, passage->start + passage->notes->text.len, true);
}
