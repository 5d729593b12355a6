// The sentence around a quotation: how far it reaches to both sides, in bounded windows, so that the cost of
// a quotation is constant, and who in it may speak.
#include "annotate/quotes/quotes_frame_p.h"

#include <math.h>

#define BEFORE 70 // tokens
#define AFTER 50
#define MARKS_MOST 4u      // that close together
#define REPORTS_WITHIN 16u // tokens from a stretch to a verb that shows that all is reported
#define SUBJECT_MOST 14u   // tokens behind "thus"
#define OUTLET_WITHIN 4u   // tokens behind the verb

// The last token within the quotation that ends in the mark at `mark`, over "''" and nested marks.
static uint32_t last_within(const Scene *scene, uint32_t mark)
{
  uint32_t i = mark;
  while (i > 0 && mark - i < MARKS_MOST && marks_is(scene->notes->text, &scene->in[i])) i--;
  return i;
}

static bool closes_sentence(const Scene *scene, uint32_t mark) // a closing mark behind a full stop
{
  if (!mark || !scene->inside[mark] || !marks_is(scene->notes->text, &scene->in[mark])) return false;
  uint32_t last = last_within(scene, mark);
  return scene_is(scene, last, ".!?") || str_is(scene_text(scene, last), "…");
}

static bool boundary(const Scene *scene, uint32_t token)
{
  if (scene->inside[token]) {
    bool last = token + 1 < scene->len &&
                (!scene->inside[token + 1] || marks_is(scene->notes->text, &scene->in[token + 1]));
    if (!last || !closes_sentence(scene, token)) return false;
    const Token *next = &scene->in[token + 1];
    return (next->flags & TOKEN_CAPITAL) || marks_is(scene->notes->text, next);
  }
  return scene->stops[token];
}

uint32_t sentence_start(const Scene *scene, uint32_t token)
{
  uint32_t first = token;
  while (first > 0 && token - first < BEFORE && !boundary(scene, first - 1)) first--;
  return first;
}

bool stretch_is_reported(const Scene *scene, uint32_t first, uint32_t last)
{
  if (scene->lexicon->lang != LANG_DE) return false;
  uint32_t from = sentence_start(scene, first);
  if (first > from + REPORTS_WITHIN) from = first - REPORTS_WITHIN;
  for (uint32_t i = from; i < last + REPORTS_WITHIN && i < scene->len; i++) {
    if (i >= last && scene->stops[i]) break;
    if (scene->words[i]->reports && !scene->inside[i]) return true;
  }
  return false;
}

// Whether [first, last) leads on to a quotation of its own: "Lee said: “…".
static bool leads_on(const Scene *scene, uint32_t first, uint32_t last)
{
  for (uint32_t i = first + 1; i < last; i++) {
    if (scene->inside[i]) return scene_is(scene, i - 1, ":,");
  }
  return false;
}

// The first candidate at or behind a token.
static size_t candidate_from(const CandidateVec *all, uint32_t token)
{
  size_t a = 0, b = all->len;
  while (a < b) {
    size_t mid = (a + b) / 2;
    if (all->items[mid].first < token)
      a = mid + 1;
    else
      b = mid;
  }
  return a;
}

// Whether [first, last) names a paper or an agency: who reports what was said, not who said it.
static bool names_outlet(const Frame *self, uint32_t first, uint32_t last)
{
  const CandidateVec *all = self->candidates;
  for (size_t i = candidate_from(all, first); i < all->len && all->items[i].first < last; i++)
    if (all->items[i].outlet) return true;
  return false;
}

// "«…». Così il ministro Rossi.", "Così Rossi ha risposto": a subject behind "thus", and a verb of saying or
// nothing else.
static bool behind_thus(const Frame *self, uint32_t thus)
{
  const Scene *scene = self->scene;
  const CandidateVec *all = self->candidates;
  uint32_t i = thus + 1, end = i + SUBJECT_MOST < scene->len ? i + SUBJECT_MOST : scene->len;
  bool named = false;
  for (size_t k = candidate_from(all, i); k < all->len && all->items[k].first < end; k++)
    named = named || all->items[k].party.kind == PARTY_NAME || all->items[k].party.kind == PARTY_ROLE;
  for (; named && i < end && !scene->inside[i]; i++) {
    Cue cue;
    if (scene->stops[i]) return true;
    if (cue_at(scene, i, end, &cue)) return cue_is_verb(&cue) && cue.class <= CUE_TELL;
    if (scene->words[i]->small == SMALL_SUB || scene->words[i]->small == SMALL_CONJ) return false;
  }
  return named && i == scene->len;
}

// The first token of a sentence behind the quotation that tells whose it was: "«…». Lo ha detto Rossi.", "”…”
// Det säger Lind."; 0: there is none.
static uint32_t pointing_back(const Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t last = self->stretch.last, from = last;
  if (from < scene->len && scene_is(scene, from, "."))
    from++;
  else if (!last || !closes_sentence(scene, last - 1))
    return 0;
  if (from >= scene->len || scene->inside[from] || !scene->words[from]->back) return 0;
  uint32_t verb = from + 1;
  if (scene->words[from]->thus) return behind_thus(self, from) ? from : 0;
  while (verb < scene->len && verb < from + 3 && scene->words[verb]->small == SMALL_AUX) verb++;
  Cue cue;
  uint32_t end = verb + AFTER < scene->len ? verb + AFTER : scene->len;
  if (verb >= end || !cue_at(scene, verb, end, &cue) || !cue_is_verb(&cue) || cue.class > CUE_TELL) return 0;
  return names_outlet(self, cue.last, cue.last + OUTLET_WITHIN) ? 0 : from;
}

// Whether the sentence in front ends in who said what it quotes: "“…,” said Lee. “…” Kim replied that …".
// Then the same one goes on.
static bool goes_on(const Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first;
  if (!first || scene->inside[first - 1] || !scene->stops[first - 1]) return false;
  uint32_t end = first - 1, i = sentence_start(scene, end);
  while (i < end && !scene->inside[i]) i++;
  for (; i < end; i++) {
    Cue cue;
    if (!scene->inside[i] && cue_at(scene, i, end, &cue) && cue_is_verb(&cue)) return true;
  }
  return false;
}

static void set_windows(Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first, last = self->stretch.last;
  self->lo = sentence_start(scene, first);
  self->hi = last;
  self->new_sentence = last < scene->len && last > 0 && closes_sentence(scene, last - 1) &&
                       !scene_is(scene, last, ",") && (scene->in[last].flags & TOKEN_CAPITAL) &&
                       scene_is(scene, last_within(scene, last - 1), ".");
  while (self->hi < scene->len && self->hi - last < AFTER) {
    if (!scene->inside[self->hi] && scene->stops[self->hi]) break;
    self->hi++;
  }
  self->colon = first > 0 && scene_is(scene, first - 1, ":");
  bool other = self->new_sentence && leads_on(scene, last, self->hi);
  if (self->new_sentence && (self->colon || other || goes_on(self))) self->hi = last;
  self->behind = last;
  uint32_t back = self->colon || other ? 0 : pointing_back(self);
  if (!back) return;
  self->behind = self->hi = back;
  self->new_sentence = false;
  while (self->hi < scene->len && self->hi - last < AFTER && !scene->inside[self->hi] &&
         !scene->stops[self->hi])
    self->hi++;
  if (leads_on(scene, back, self->hi + 1 < scene->len ? self->hi + 1 : self->hi))
    self->behind = self->hi = last;
}

static void candidate_window(Frame *self)
{
  const CandidateVec *all = self->candidates;
  size_t b = self->first_candidate = candidate_from(all, self->lo);
  while (b < all->len && all->items[b].last <= self->hi) b++;
  self->last_candidate = b;
  self->subject = self->tagger = SIZE_MAX;
  for (size_t i = self->first_candidate; i < b; i++) {
    const Candidate *c = &all->items[i];
    bool held = c->after_prep && !(c->loosely && c->type == ENTITY_PER);
    if (held || c->after_to || c->owner) continue;
    if (c->last <= self->stretch.first && self->subject == SIZE_MAX) self->subject = i;
    if (c->first >= self->stretch.last && self->tagger == SIZE_MAX) self->tagger = i;
  }
}

Frame frame_of(const Scene *scene, const CandidateVec *candidates, Marked stretch)
{
  Frame self = {.scene = scene,
                .candidates = candidates,
                .stretch = stretch,
                .rank = -INFINITY,
                .rank_verb = -INFINITY};
  set_windows(&self);
  candidate_window(&self);
  if (!frame_by_hand(&self)) fields_stretch(&self);
  return self;
}

Frame frame_of_sentence(const Scene *scene, const CandidateVec *candidates, uint32_t end)
{
  uint32_t last = end; // over the full stop, to the start of its sentence
  while (last > 0 && end - last < 3 && (scene->in[last - 1].flags & TOKEN_PUNCT)) last--;
  Frame self = {.scene = scene, .candidates = candidates, .stretch = {last, last, QUOTE_MARKS, false}};
  self.lo = sentence_start(scene, last);
  self.hi = last;
  candidate_window(&self);
  return self;
}
