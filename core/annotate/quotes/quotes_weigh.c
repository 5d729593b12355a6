// What a verb of saying and somebody beside it weigh. A verb weighs by its place: right behind the quotation,
// right before it, further off. A candidate weighs by its kind and by the toll between it and the verb
// (clauses and prepositions cost much, adverbs and articles little), and by the side that the language and
// the verb want.
#include "annotate/quotes/quotes_frame_p.h"

#define RELATIVE_MOST 14u // tokens between "who" and its verb
#define THAT_WITHIN 12u   // tokens from the verb of saying to "that"

static float class_weight(CueClass class)
{
  switch (class) {
  case CUE_REPORT:
  case CUE_WRITE:
    return -0.2F;
  case CUE_CLAIM:
    return -0.3F;
  case CUE_THINK:
    return -0.9F;
  case CUE_NOUN:
    return -1.4F;
  default:
    return 0;
  }
}

// ", said X" after the sentence that holds the quotation.
static bool sentence_tag(const Scene *scene, const Cue *cue)
{
  if (!cue->first || !scene_is(scene, cue->first - 1, ",") || cue->last >= scene->len) return false;
  return cue->class <= CUE_WRITE && !cue->gerund && !(scene->words[cue->last]->small == SMALL_SUB);
}

static void weigh_behind(const Frame *self, Cue *cue)
{
  const Scene *scene = self->scene;
  uint32_t last = self->behind;
  cue->behind = true;
  cue->score = class_weight(cue->class) - (self->new_sentence ? 2.2F : 0);
  if (cue_skip_light(scene, last, cue->first + 1) >= cue->first)
    cue->score += 4.2F;
  else
    cue->score += 3.4F - 0.45F * frame_toll(scene, last, cue->first) + (sentence_tag(scene, cue) ? 0.8F : 0);
  bool joined = cue->class == CUE_PREP && scene->words[cue->first - 1]->small == SMALL_CONJ;
  if (joined) cue->score -= 2; // "…, and according to X it rains": another clause
  for (uint32_t i = last; i < cue->first; i++) {
    bool clause = scene->words[i]->small == SMALL_SUB && !sentence_tag(scene, cue); // "while X promised"
    if (!scene->inside[i] && !clause) continue;
    cue->score -= 1.2F; // another quotation or verb stands nearer
    break;
  }
}

static void weigh_before(const Frame *self, Cue *cue)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first;
  float between = frame_toll(scene, cue->last, first);
  if (self->colon) between = between > 1.5F ? between - 1.5F : 0;
  cue->score = 3.6F + class_weight(cue->class) - 0.35F * between + (self->colon ? 0.6F : 0);
  if (first - cue->last <= 1) cue->score += 0.5F;
  if (cue->class == CUE_NOUN && first - cue->last > 4) cue->score -= 1.5F;
}

void weigh_cue(const Frame *self, Cue *cue)
{
  if (cue->behind)
    weigh_behind(self, cue);
  else
    weigh_before(self, cue);
}

// --- pairs of cue and candidate

float weigh_candidate(const Candidate *c)
{
  switch (c->party.kind) {
  case PARTY_NAME:
    return c->type == ENTITY_PER ? 0.6F : c->type == ENTITY_ORG ? 0 : -0.9F;
  case PARTY_PRONOUN:
    return c->party.gender == 'n' ? -0.8F : c->party.gender == 'p' || c->party.gender == 'w' ? 0.1F : 0.5F;
  default:
    return 0.2F;
  }
}

// Whether the verb group of the cue stands behind a comma.
static bool behind_comma(const Scene *scene, const Cue *cue)
{
  uint32_t first = cue_group(scene, cue->first);
  return first > 0 && scene_is(scene, first - 1, ",");
}

// Whether a clause about what stands in front of `token` has the verb group of the cue as its own: "Lee, who
// last week said". Another candidate in between is the subject instead: "the plan that Lee called".
static bool relative(const Frame *self, const Cue *cue, uint32_t token)
{
  const Scene *scene = self->scene;
  uint32_t verb = cue_group(scene, cue->first), who = token + (token < verb && scene_is(scene, token, ","));
  bool german = scene->lexicon->lang == LANG_DE; // "der" is an article as well
  if (who >= verb || !scene->words[who]->who || (german && who == token) || verb - who > RELATIVE_MOST)
    return false;
  for (uint32_t i = who + 1; i < verb; i++) {
    if (scene->inside[i] && !german) return false;
    if (!scene->inside[i] && (scene_is(scene, i, ",;:") || scene->words[i]->small == SMALL_SUB)) return false;
  }
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    if (c->first > who && c->last <= verb && !c->after_prep && !c->after_to && !c->owner) return false;
  }
  return true;
}

// Whether "that" parts the cue from a candidate behind it: who is told of is not who tells.
static bool told_of(const Scene *scene, const Cue *cue, const Candidate *c)
{
  uint32_t end = c->first < cue->last + THAT_WITHIN ? c->first : cue->last + THAT_WITHIN;
  for (uint32_t i = cue->last; i < end; i++) {
    if (scene->words[i]->that) return true;
  }
  return false;
}

float weigh_right(const Frame *self, const Cue *cue, const Candidate *c)
{
  const Scene *scene = self->scene;
  float between = frame_toll(scene, cue->last, c->first);
  float score = 3 + weigh_candidate(c) - 2.0F * between;
  if (c->party.kind == PARTY_PRONOUN && c->party.gender == 'p' && between > 0.15F)
    score -= 1.2F; // rather an article
  if (c->owner) score -= 1.6F;
  if (cue->class == CUE_PREP || cue->class == CUE_SO) score -= 0.5F * (float)(c->first - cue->last);
  if (!cue_is_verb(cue)) return cue->class == CUE_POST || cue->class == CUE_NOUN ? score - 1.5F : score;
  if (cue->class == CUE_READ) return score + (c->after_prep ? 0.6F : 0);
  if (c->after_to) score -= 4;
  if (c->after_prep) score -= c->loosely ? 0.8F : 2;
  if (cue->class == CUE_CITE) return score + 0.8F;
  if (cue->gerund) score -= 3;
  if (cue->class == CUE_TELL) score -= 4;
  bool english = scene->lexicon->lang == LANG_EN;
  bool subject = !english && c->party.kind == PARTY_PRONOUN && between < 0.1F; // "tillade han: “…”"
  if (subject) score += 0.6F;
  if (cue->behind) {
    if (english && cue_skip_light(scene, self->stretch.last, cue->first) < cue->first)
      score -= 2.5F; // "X said"
  } else if (c->first < self->stretch.first) {
    if (cue->class == CUE_CALL) score -= 2.2F;
    if (told_of(scene, cue, c)) score -= 2;
    // "La Cina, ha scritto Branstad, …": in English a subject may come before its verb and a comma, too.
    bool ends = !english || scene_is(scene, c->last, ",") ||
                (c->last < scene->len && scene->words[c->last]->small == SMALL_PREP);
    bool leads = frame_is_led(self) && scene_is(scene, c->last, ":"); // "Lee, a mother, told Reuters: “…”"
    bool tag = behind_comma(scene, cue) && between < 0.3F && ends && !leads;
    if (tag) return score + (scene->lexicon->lang == LANG_IT ? 0.4F : 0.8F);
    if (frame_is_led(self) && !subject && &self->candidates->items[self->subject] != c)
      score -= c->outlet ? 3 : 1.2F; // subject first: this is the object
    if (english) score -= 3;
    if (scene->lexicon->lang == LANG_IT) score -= 1.6F;
  }
  return score;
}

// ", ha affermato, …": a verb between commas, after which nobody is named.
static bool parenthetical(const Scene *scene, const Cue *cue)
{
  return scene_drops_subjects(scene) && behind_comma(scene, cue) && scene_is(scene, cue->last, ",.");
}

// Whether a candidate ends a clause about the subject: "Lee, who leads the council, said".
static bool ends_aside(const Frame *self, const Candidate *c)
{
  if (self->subject == SIZE_MAX || !scene_is(self->scene, c->last, ",")) return false;
  uint32_t comma = self->candidates->items[self->subject].last;
  return c->first > comma + 1 && scene_is(self->scene, comma, ",") && self->scene->words[comma + 1]->who;
}

float weigh_left(const Frame *self, const Cue *cue, const Candidate *c)
{
  const Scene *scene = self->scene;
  float between = frame_toll(scene, c->last, cue->first);
  size_t index = (size_t)(c - self->candidates->items);
  bool subject = index == (cue->behind ? self->tagger : self->subject);
  bool clause = cue_is_verb(cue) && cue->class != CUE_READ && relative(self, cue, c->last);
  if (clause) return 3 + weigh_candidate(c) + 1.2F;
  float most = cue->gerund || cue->joined ? 1.5F : subject ? 1.8F : 3.5F;
  if (between > most) between = most;
  float score = 3 + weigh_candidate(c) - (cue->class == CUE_POST ? 2.0F : 1.0F) * between;
  if (cue->class == CUE_PREP || cue->class == CUE_SO) return score - 4;
  if (cue->class == CUE_POST) return score + 0.5F;
  if (cue->class == CUE_CITE) return score - 1.5F; // "X quoted Y as saying"
  if (cue->class == CUE_READ) return score + (c->after_prep ? 0.6F : -1);
  if (subject) score += 0.9F + (cue->joined ? 0.6F : 0);
  if (parenthetical(scene, cue)) score -= 2.5F;
  bool bare = scene_drops_subjects(scene) && !subject; // the subject may be in the verb
  if (c->after_prep) score -= c->loosely ? 0.8F : bare ? 2.5F : 1.8F;
  if (c->after_to) score -= bare ? 3.0F : 2.4F;
  if (c->owner) score -= 1;
  if (ends_aside(self, c)) score -= 2;
  if (cue->behind && c->first < self->stretch.first) score -= 2.6F;
  if (cue->behind && c->first >= self->stretch.last) score += 0.7F;
  return score;
}

// How likely a verb keeps its subject to itself: "Ha aggiunto che …", "In un messaggio a Lee ha scritto: …".
float weigh_unnamed(const Frame *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  if (!scene_drops_subjects(scene)) return -0.3F;
  if (cue->gerund) return 1.2F;
  if (cue->behind) return -0.3F;
  if (parenthetical(scene, cue)) return 1.2F;
  uint32_t verb = cue_group(scene, cue->first), next = cue->last;
  bool said = next == self->stretch.first || scene->words[next]->that || scene_is(scene, next, ":");
  if (said && verb == self->lo) return 2.4F;
  return said && self->subject == SIZE_MAX ? 1.1F : -0.3F; // rather a noun phrase than nobody
}
