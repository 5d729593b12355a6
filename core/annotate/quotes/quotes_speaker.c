// Every verb of saying in the quotation's sentence is offered with every candidate in it, and with the
// phrases beside it. Each pair is weighed by hand (quotes_weigh.c) and ranked with what was learnt
// (quotes_rank.c), and the best one wins.
#include "annotate/quotes/quotes_frame_p.h"

#include <math.h>

// A noun that looks like the verb: "a call", "the report".
static bool is_noun(const Scene *scene, uint32_t token, bool call)
{
  if (!token || scene->inside[token - 1]) return false;
  const Word *before = scene->words[token - 1];
  if ((scene->in[token].flags & TOKEN_CAPITAL) && !(scene->in[token].flags & TOKEN_FIRST)) return true;
  if (scene->lexicon->lang == LANG_DE && (scene->in[token].flags & TOKEN_CAPITAL)) return true;
  bool clitic = call && (scene_drops_subjects(scene) || scene->lexicon->lang == LANG_FR); // "la definisce"
  return before->small == SMALL_DET && !before->pronoun && !clitic;
}

// "heißt es", "lyder det", "si legge": with the subject that means nobody.
static bool impersonal(const Scene *scene, Cue *cue)
{
  if (cue->last - cue->first > 1) return true;
  if (cue->last >= scene->len || scene->words[cue->last]->pronoun != 'n') return false;
  cue->last++;
  return true;
}

#define STANCE_WITHIN 3u // tokens from "for" to the one whose view it is
#define NOBODY 0.6F      // by hand, where no cue tells
#define OBLIQUE 3.0F     // of "according to her", which nobody else can be

// Whether an offer of this score, whatever its signs, is none, or none better than what there is.
static bool hopeless(const Frame *self, float score)
{
  if (self->scene->offers) return false; // the trainer wants them all
  const Ranker *ranker = &self->scene->quotes->ranker;
  float most = frame_by_hand(self) ? score : ranker->weights[0] * score + ranker->most;
  return score <= 0 || (most <= self->rank && most <= self->rank_verb);
}

// Whether what is offered is better than all so far; *rank: how good.
static bool outranks(Frame *self, const Party *party, float score, float *rank)
{
  const Scene *scene = self->scene;
  if (scene->offers) {
    Offer one = {.party = *party, .score = score};
    memcpy(one.fields, self->fields, sizeof one.fields);
    vec_push_in(scene->arena, scene->offers, one);
  }
  *rank = frame_by_hand(self) ? score : rank_of(&scene->quotes->ranker, score, self->fields);
  return score > 0 && *rank > self->rank;
}

static void offer(Frame *self, const Cue *cue, const Party *party, float score)
{
  QuoteReason reason = cue->class >= CUE_PREP ? REASON_ACCORDING
                       : cue->score >= 4      ? REASON_CUE
                                              : REASON_SENTENCE;
  Saying saying = {*party, {0}, cue->first, cue->last, cue->class, reason, score};
  float rank;
  if (outranks(self, party, score, &rank)) {
    self->best = saying;
    self->rank = rank;
  }
  bool bare = scene_drops_subjects(self->scene) && cue->score > 4; // its subject need not be named
  if (cue_is_verb(cue) && (party->kind || bare) && score > 0 && rank > self->rank_verb) {
    self->best_verb = saying;
    self->rank_verb = rank;
  }
}

// Somebody whom only a phrase names.
static void offer_phrase(Frame *self, const Cue *cue, RankWay way, const Party *party, float score)
{
  if (hopeless(self, score)) return;
  fields_phrase(self, party, way);
  offer(self, cue, party, score);
}

static void offer_phrases(Frame *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  Party party;
  uint32_t first = self->stretch.first, last = self->stretch.last;
  if (cue->class == CUE_ADJUNCT || cue->class == CUE_NOUN) return;
  if (cue_is_verb(cue) && !cue->behind && cue->class != CUE_READ &&
      phrase_first(scene, self->lo, cue->first, &party)) {
    float far = frame_toll(scene, self->lo, cue->first);
    offer_phrase(self, cue, WAY_FIRST, &party,
                 cue->score + (cue->gerund ? 2.6F : 1.8F) - 0.25F * (far > 4 ? 4 : far));
  }
  if (cue->gerund) return;
  if (cue->class == CUE_PREP && phrase_oblique(scene, cue->last, &party))
    offer_phrase(self, cue, WAY_BEHIND, &party, cue->score + OBLIQUE);
  if (cue->class == CUE_POST && cue->first > 0 && phrase_oblique(scene, cue->first - 1, &party))
    offer_phrase(self, cue, WAY_BEFORE, &party, cue->score + OBLIQUE);
  if (cue->class == CUE_POST) {
    if (phrase_before(scene, cue->behind ? last : self->lo, cue->first, &party))
      offer_phrase(self, cue, WAY_BEFORE, &party, cue->score + 1.5F);
    return;
  }
  bool adjacent =
      cue->behind && cue->class != CUE_TELL && cue_skip_light(scene, last, cue->first + 1) >= cue->first;
  if ((adjacent || cue->class >= CUE_PREP) &&
      phrase_behind(scene, cue->last, cue->behind ? self->hi : first, &party))
    offer_phrase(self, cue, WAY_BEHIND, &party, cue->score + 1.6F);
  bool writes =
      cue->class == CUE_WRITE || cue->class == CUE_REPORT || cue->class == CUE_SAY || cue->class == CUE_PREP;
  if (cue->behind && writes && phrase_marked(scene, cue->last, self->hi, &party))
    offer_phrase(self, cue, WAY_MARKED, &party, cue->score + 3);
  if (cue->class == CUE_READ && cue->last < self->hi && scene->words[cue->last]->small == SMALL_PREP &&
      phrase_behind(scene, cue->last + 1, self->hi, &party))
    offer_phrase(self, cue, WAY_READ, &party, cue->score + 1.8F);
  if (cue->class >= CUE_READ) return;
  Lang lang = scene->lexicon->lang;
  bool inverted = !cue->behind && cue->last < first && !frame_is_led(self) && lang != LANG_EN &&
                  lang != LANG_IT &&
                  ((scene->words[cue->last]->small == SMALL_DET && !scene->words[cue->last]->object) ||
                   (scene->in[cue->last].flags & TOKEN_CAPITAL));
  if (inverted && phrase_behind(scene, cue->last, first, &party))
    offer_phrase(self, cue, WAY_INVERTED, &party, cue->score + 1.3F);
  uint32_t from = cue->behind ? last : self->lo;
  if (cue->behind && from < cue->first && scene_is(scene, from, ",")) from++;
  if (phrase_before(scene, from, cue->first, &party))
    offer_phrase(self, cue, WAY_BEFORE, &party, cue->score + (cue->behind ? 1.7F : 1.2F));
}

// "a-t-elle dit", "répond-il"
static void offer_clitic(Frame *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  for (uint32_t i = cue_group(scene, cue->first); i < cue->last; i++) {
    uint32_t start;
    const Word *word = lexicon_clitic(scene->lexicon, &scene->in[i], &start);
    if (!word) continue;
    Party party = {start, scene->in[i].end, PARTY_PRONOUN, word->pronoun, 0, {0}};
    offer_phrase(self, cue, WAY_CLITIC, &party, cue->score + 3.6F);
  }
}

// The first candidate at or behind a token.
static size_t first_behind(const Frame *self, uint32_t token)
{
  size_t i = self->first_candidate;
  while (i < self->last_candidate && self->candidates->items[i].first < token) i++;
  return i;
}

static void try_cue(Frame *self, Cue *cue)
{
  const Scene *scene = self->scene;
  if (cue->class < CUE_NOUN && cue->class != CUE_CITE && is_noun(scene, cue->first, cue->class == CUE_CALL))
    return;
  if (cue->class == CUE_READ && !impersonal(scene, cue)) return;
  cue->behind = cue->first >= self->stretch.last;
  uint32_t group = cue_group(scene, cue->first);
  cue->joined = group > 0 && scene->words[group - 1]->small == SMALL_CONJ;
  weigh_cue(self, cue);
  fields_cue(self, cue);
  if (cue->behind && cue->class == CUE_NOUN) return;
  if (cue_is_verb(cue)) {
    static const Party nobody = {0};
    offer_phrase(self, cue, WAY_NONE, &nobody, cue->score + weigh_unnamed(self, cue));
  }
  if (cue->class == CUE_ADJUNCT) return;
  offer_clitic(self, cue);
  size_t split = first_behind(self, cue->first);
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool is_cue = c->first < cue->last && c->last > cue->first;
    bool is_said = c->first < self->stretch.last && c->last > self->stretch.first;
    if (is_cue || is_said) continue;
    float score = c->first >= cue->last ? weigh_right(self, cue, c) : weigh_left(self, cue, c);
    if (score <= 0 || hopeless(self, cue->score + score)) continue;
    fields_candidate(self, c, cue, split, WAY_NONE);
    offer(self, cue, &c->party, cue->score + score);
  }
  offer_phrases(self, cue);
}

// A verb that no table knows, in the place of one: ", grinser Bob." or ", Bob grinned."
static void try_unknown(Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t t = self->stretch.last;
  if (self->new_sentence || t >= self->hi) return;
  bool comma = scene_is(scene, t, ",");
  if (comma) t++;
  bool plain = t < self->hi && (scene->in[t].flags & TOKEN_WORD) && !(scene->in[t].flags & TOKEN_CAPITAL);
  const Word *word = t < self->hi ? scene->words[t] : &g_unknown_word;
  if (!plain || word->small || word->cue || word->pronoun || word->role) return;
  Cue cue = {t, t + 1, CUE_THINK, comma ? 2.0F : 1.2F, true, false, false};
  fields_cue(self, &cue);
  size_t split = first_behind(self, t);
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    if (c->first < cue.last || frame_toll(scene, cue.last, c->first) >= 0.5F) continue;
    fields_candidate(self, c, &cue, split, WAY_UNKNOWN);
    offer(self, &cue, &c->party, cue.score + weigh_right(self, &cue, c));
  }
  Party party;
  bool article = cue.last < self->hi && scene->words[cue.last]->small == SMALL_DET;
  if (comma && article && phrase_behind(scene, cue.last, self->hi, &party))
    offer_phrase(self, &cue, WAY_UNKNOWN, &party, cue.score + 0.6F);
}

// "Rogers: …", and the one candidate of a sentence without a cue.
static void try_alone(Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first, last = self->stretch.last;
  static const Party nobody = {0};
  bool cued = self->best.cue != CUE_NONE;
  size_t split = first_behind(self, first);
  float rank;
  fields_cue(self, NULL);
  if (!cued) {
    fields_phrase(self, &nobody, WAY_NONE);
    if (outranks(self, &nobody, NOBODY, &rank)) self->rank = rank;
  }
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool before = c->last <= first;
    if (!before && self->new_sentence) continue;
    float between = before ? frame_toll(scene, c->last, first) : frame_toll(scene, last, c->first);
    if (before && self->colon) between -= 1.5F;
    float score = 1.6F + weigh_candidate(c) - 0.3F * (between > 4 ? 4 : between);
    bool view = i == self->first_candidate && c->after_prep && scene->words[self->lo]->stance &&
                c->first <= self->lo + STANCE_WITHIN; // "Per Confindustria il tetto «è …»"
    if (c->after_prep) score += view ? 0.7F : -0.7F;
    if (c->after_to) score -= 0.7F;
    if (c->owner) score -= 0.5F;
    bool object = c->party.kind == PARTY_PRONOUN && c->first > 0 && scene->words[c->first - 1]->that;
    if (object) score -= 1; // "that she …"
    if (!before) score -= 0.8F;
    bool colon = before && self->colon && c->last + 1 == first && !c->after_to && !c->after_prep &&
                 (self->best.cue == CUE_NONE || c->first <= self->lo + 1);
    if (colon) score += 3;
    if (before && self->colon && i == self->subject) score += 0.8F;
    if (hopeless(self, score)) continue;
    fields_candidate(self, c, NULL, split, WAY_NONE);
    if (!outranks(self, &c->party, score, &rank)) continue;
    self->best = (Saying){c->party, {0}, 0, 0, CUE_NONE, colon ? REASON_COLON : REASON_ONLY, score};
    self->rank = rank;
  }
}

static void try_cues(Frame *self, uint32_t from, uint32_t to)
{
  for (uint32_t i = from; i < to; i++) {
    Cue cue;
    if (!self->scene->inside[i] && cue_at(self->scene, i, to, &cue)) try_cue(self, &cue);
  }
}

Saying speaker_find(const Scene *scene, const CandidateVec *candidates, Marked stretch)
{
  Frame self = frame_of(scene, candidates, stretch);
  try_cues(&self, self.lo, stretch.first);
  try_cues(&self, stretch.last, self.hi);
  if (stretch.form != QUOTE_REPORTED) {
    try_unknown(&self);
    try_alone(&self);
  }
  refine(&self);
  return self.best;
}

Saying speaker_lead(const Scene *scene, const CandidateVec *candidates, uint32_t end)
{
  return speaker_find(scene, candidates, (Marked){end, end, QUOTE_MARKS, false});
}

// Of the sentence that `self` is of, who is named as its subject.
static Party named_subject(const Frame *self)
{
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool person = c->party.kind == PARTY_NAME && c->type == ENTITY_PER;
    bool held = c->after_prep && !c->loosely;
    if (person && !held && !c->after_to && !c->owner) return c->party;
  }
  return (Party){0};
}

Party speaker_topic(const Scene *scene, const CandidateVec *candidates, uint32_t end, Party *former)
{
  enum { SENTENCES = 3 };
  Frame self = frame_of_sentence(scene, candidates, end);
  *former = (Party){0};
  if (self.subject == SIZE_MAX) return (Party){0};
  self.best.speaker = candidates->items[self.subject].party;
  refine_name(&self);
  const Party topic = self.best.speaker;
  bool one = topic.kind == PARTY_PRONOUN && (topic.gender == 'm' || topic.gender == 'f');
  for (int i = 0; one && i < SENTENCES && self.lo > 0 && former->kind == PARTY_NONE; i++) {
    self = frame_of_sentence(scene, candidates, self.lo);
    *former = named_subject(&self);
  }
  return topic;
}
