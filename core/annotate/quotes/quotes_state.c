// What a walk over quotations knows at the start of a block, of what lies before it: saved at the end of a
// stretch, compared by its digest, and taken up at the start of the next, perhaps in a later run and at
// another place. So it is kept in relation to that start (an offset from where the block begins, how many
// blocks ago; modulo, as all of it lies before), and without all that is too far away to be asked for any
// more: two states of one digest are the same to the blocks behind.
#include "annotate/quotes/quotes_p.h"

#include "base/digest.h"

const QuoteState g_quotes_start = {
    .lead_block = NOWHERE,
    .topic_block = NOWHERE,
    .asked_block = NOWHERE,
    .head_block = NOWHERE,
    .open_block = NOWHERE,
    .quoted = NOWHERE,
    .last_cue = NOWHERE,
};

// --- leaving

static Mention mention_from(Mention mention, size_t at)
{
  if (mention.start == mention.end) return mention;
  mention.start -= at;
  mention.end -= at;
  return mention;
}

// A name that is not an entity's is the words of some block, which go with its next edit.
static Speaker speaker_from(Speaker speaker, StateOrigin origin, Arena *arena)
{
  speaker.mention = mention_from(speaker.mention, origin.start);
  if (!speaker.mention.entity.len) speaker.mention.name = arena_dup(arena, speaker.mention.name);
  return speaker;
}

static void leave_persons(QuoteState *to, const QuoteState *now, StateOrigin origin)
{
  for (size_t i = 0; i < now->recent_len; i++) {
    Person person = now->recent[i];
    if (origin.block - person.block > PERSON_BLOCKS) break; // the latest come first
    person.start -= origin.start;
    person.end -= origin.start;
    person.block = origin.block - person.block;
    to->recent[to->recent_len++] = person;
  }
}

void quotes_state_leave(QuoteState *to, const QuoteState *now, StateOrigin origin, Arena *arena)
{
  *to = g_quotes_start;
  leave_persons(to, now, origin);
  to->organisation = now->organisation;
  to->outlet = now->outlet;
  to->begun = now->begun;
  if (has_speaker(&now->last) && origin.block - now->last_block <= SPEAKER_BLOCKS) {
    to->last = speaker_from(now->last, origin, arena);
    to->last_block = origin.block - now->last_block;
    to->last_cued = now->last_cued;
  }
  if (now->lead_block == origin.block) {
    to->lead = speaker_from(now->lead, origin, arena);
    to->lead_cue = mention_from(now->lead_cue, origin.start);
    to->lead_cue.name = arena_dup(arena, now->lead_cue.name);
    to->lead_block = 0;
  }
  if (now->topic_block + 1 == origin.block) {
    to->topic = speaker_from(now->topic, origin, arena);
    to->topic_block = 1;
  }
  if (now->asked_block + 1 == origin.block) to->asked_block = 1;
  if (has_speaker(&now->answerer) && origin.block - now->answer_block <= ANSWER_BLOCKS) {
    to->answerer = speaker_from(now->answerer, origin, arena);
    to->answer_block = origin.block - now->answer_block;
  }
  if (now->heads && origin.block - now->head_block <= HEADS_OVER) {
    to->heads = now->heads;
    to->head_block = origin.block - now->head_block;
  }
  if (now->open_block + 1 == origin.block) to->open_block = 1;
  if (now->quoted > origin.before) to->quoted = now->quoted - origin.start;
  if (now->last_cue && now->last_cue >= origin.before) to->last_cue = now->last_cue - origin.start;
  to->next_entity = now->next_entity - origin.entity;
}

// --- entering

static void place_speaker(Speaker *speaker, size_t at)
{
  if (!has_speaker(speaker)) return;
  speaker->mention.start += at;
  speaker->mention.end += at;
}

static size_t place_block(size_t ago, size_t block)
{
  return ago == NOWHERE ? NOWHERE : block - ago;
}

void quotes_state_enter(QuoteState *now, const QuoteState *from, StateOrigin origin)
{
  *now = *from;
  for (size_t i = 0; i < now->recent_len; i++) {
    Person *person = &now->recent[i];
    person->start += origin.start;
    person->end += origin.start;
    person->block = origin.block - person->block;
  }
  place_speaker(&now->last, origin.start);
  place_speaker(&now->lead, origin.start);
  place_speaker(&now->topic, origin.start);
  place_speaker(&now->answerer, origin.start);
  if (now->lead_cue.start != now->lead_cue.end) {
    now->lead_cue.start += origin.start;
    now->lead_cue.end += origin.start;
  }
  now->last_block = has_speaker(&now->last) ? origin.block - from->last_block : 0;
  now->answer_block = origin.block - from->answer_block;
  now->lead_block = place_block(from->lead_block, origin.block);
  now->topic_block = place_block(from->topic_block, origin.block);
  now->asked_block = place_block(from->asked_block, origin.block);
  now->head_block = place_block(from->head_block, origin.block);
  now->open_block = place_block(from->open_block, origin.block);
  now->quoted = from->quoted == NOWHERE ? 0 : from->quoted + origin.start;
  now->last_cue = from->last_cue == NOWHERE ? 0 : from->last_cue + origin.start;
  now->next_entity = from->next_entity + origin.entity;
}

// --- comparing

static uint64_t add_mention(uint64_t digest, const Mention *mention)
{
  digest = digest_add(digest, mention->start);
  digest = digest_add(digest, mention->end);
  return digest_add(digest, str_hash(mention->name));
}

static uint64_t add_speaker(uint64_t digest, const Speaker *speaker)
{
  digest = add_mention(digest, &speaker->mention);
  digest = digest_add(digest, digest_pointer(speaker->facts));
  return digest_add(digest, (uint64_t)speaker->gender);
}

uint64_t quotes_state_digest(const QuoteState *self)
{
  uint64_t digest = digest_add(DIGEST_EMPTY, self->recent_len);
  for (size_t i = 0; i < self->recent_len; i++) {
    const Person *person = &self->recent[i];
    digest = digest_add(digest, digest_pointer(person->facts));
    digest = digest_add(digest, person->start);
    digest = digest_add(digest, person->end);
    digest = digest_add(digest, person->block << 1 | person->leads);
  }
  digest = digest_add(digest, digest_pointer(self->organisation));
  digest = digest_add(digest, digest_pointer(self->outlet));
  digest = add_speaker(digest, &self->last);
  digest = add_speaker(digest, &self->lead);
  digest = add_mention(digest, &self->lead_cue);
  digest = add_speaker(digest, &self->topic);
  digest = add_speaker(digest, &self->answerer);
  const size_t rest[] = {self->last_block,  self->last_cued,    self->lead_block, self->topic_block,
                         self->asked_block, self->answer_block, self->open_block, self->begun,
                         self->heads,       self->head_block,   self->quoted,     self->last_cue,
                         self->next_entity};
  for (size_t i = 0; i < ARRAY_LEN(rest); i++) digest = digest_add(digest, rest[i]);
  return digest;
}
