// quotes_frame_p: the sentence around a quotation, for the files that find its speaker. One thread.
#pragma once

#include "annotate/quotes/quotes_p.h"

typedef struct Frame {
  const Scene *scene;
  const CandidateVec *candidates;
  Marked stretch;
  uint32_t lo, hi;                        // [lo, stretch.first) before, [stretch.last, hi) behind
  size_t first_candidate, last_candidate; // within the window
  bool colon;                             // right before the quotation
  bool new_sentence;                      // what is behind is another one
  uint32_t
      behind; // where what is said about the quotation begins behind it: there, or in a sentence of its own
  size_t tagger;  // likewise behind the quotation
  size_t subject; // the first candidate in front of the quotation that no preposition holds; SIZE_MAX: none
  uint8_t fields[RANK_FIELDS]; // what the ranker sees of the offer at hand
  Saying best;
  Saying best_verb;      // the best with a verb
  float rank, rank_verb; // theirs
} Frame;

// The cost of going from one token to another; 0 if that is in front.
static inline float frame_toll(const Scene *scene, uint32_t from, uint32_t to)
{
  return to > from ? scene->toll[to] - scene->toll[from] : 0;
}

// Whether the sentence begins with its subject, so that what stands behind the verb is none.
static inline bool frame_is_led(const Frame *self)
{
  return self->subject < SIZE_MAX && self->candidates->items[self->subject].first <= self->lo + 1;
}

// Reported speech is ranked by hand alone, as there is nothing to learn it from.
static inline bool frame_by_hand(const Frame *self)
{
  return self->stretch.form == QUOTE_REPORTED;
}

Frame frame_of(const Scene *scene, const CandidateVec *candidates, Marked stretch);
// Of the sentence that ends in front of token `end`, with nothing behind it.
Frame frame_of_sentence(const Scene *scene, const CandidateVec *candidates, uint32_t end);

// --- weights by hand: quotes_weigh.c

// Of a verb of saying, in cue->score, by its place.
void weigh_cue(const Frame *self, Cue *cue);
// Of a candidate by itself, in front of a cue, and behind one.
float weigh_candidate(const Candidate *c);
float weigh_left(const Frame *self, const Cue *cue, const Candidate *c);
float weigh_right(const Frame *self, const Cue *cue, const Candidate *c);
// How likely a verb keeps its subject to itself: "Ha aggiunto che …", "In un messaggio a Lee ha scritto: …".
float weigh_unnamed(const Frame *self, const Cue *cue);

// --- what the ranker sees: quotes_fields.c

// Of the stretch; of a cue, or of none (NULL).
void fields_stretch(Frame *self);
void fields_cue(Frame *self, const Cue *cue);
// Of somebody only a phrase names, or nobody.
void fields_phrase(Frame *self, const Party *party, RankWay way);
// Of a candidate beside the cue, or the stretch if `cue` is NULL. `split`: the first candidate behind it.
void fields_candidate(Frame *self, const Candidate *c, const Cue *cue, size_t split, RankWay way);

// --- afterwards: quotes_refine.c

// Who reports what the best saying's speaker said, a better name for that one, all of a description.
void refine(Frame *self);
// "the coach, Ann Lee," and "Ann Lee, the coach," are Ann Lee.
void refine_name(Frame *self);
