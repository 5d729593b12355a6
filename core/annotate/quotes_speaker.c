// Every verb of saying in the quotation's sentence is weighed with every candidate in it, and the best pair
// wins. A verb weighs by its place: right behind the quotation, right before it, further off. A candidate
// weighs by its kind and by the toll between it and the verb (clauses and prepositions cost much, adverbs and
// articles little), and by the side that the language and the verb want. The windows are bounded, so the cost
// of a quotation is constant.
#include "annotate/quotes_p.h"

#define BEFORE 70 // tokens
#define AFTER 50
#define REPORTER_WITHIN 2.2F // toll from the verb of saying
#define PHRASE_MOST 8u       // tokens that describe somebody
#define MARKS_MOST 4u        // that close together
#define RELATIVE_MOST 14u    // tokens between "who" and its verb
#define THAT_WITHIN 12u      // tokens from the verb of saying to "that"

typedef struct Frame { // the sentence around a quotation
  const Scene *scene;
  const CandidateVec *candidates;
  Marked stretch;
  uint32_t lo, hi;                        // [lo, stretch.first) before, [stretch.last, hi) behind
  size_t first_candidate, last_candidate; // within the window
  bool colon;                             // right before the quotation
  bool new_sentence;                      // what is behind is another one
  size_t tagger;                          // likewise behind the quotation
  size_t subject; // the first candidate in front of the quotation that no preposition holds; SIZE_MAX: none
  Saying best;
  Saying best_verb; // the best with a verb
} Frame;

static float toll(const Scene *scene, uint32_t from, uint32_t to)
{
  return to > from ? scene->toll[to] - scene->toll[from] : 0;
}

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

// Whether [first, last) leads on to a quotation of its own: "Lee said: “…".
static bool leads_on(const Scene *scene, uint32_t first, uint32_t last)
{
  for (uint32_t i = first + 1; i < last; i++) {
    if (scene->inside[i]) return scene_is(scene, i - 1, ":,");
  }
  return false;
}

static void set_windows(Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first, last = self->stretch.last;
  self->lo = first;
  while (self->lo > 0 && first - self->lo < BEFORE && !boundary(scene, self->lo - 1)) self->lo--;
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
  if (self->new_sentence && (self->colon || other)) self->hi = last;
}

static void candidate_window(Frame *self)
{
  const CandidateVec *all = self->candidates;
  size_t a = 0, b = all->len;
  while (a < b) {
    size_t mid = (a + b) / 2;
    if (all->items[mid].first < self->lo)
      a = mid + 1;
    else
      b = mid;
  }
  self->first_candidate = a;
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
  uint32_t last = self->stretch.last;
  cue->behind = true;
  cue->score = class_weight(cue->class) - (self->new_sentence ? 2.2F : 0);
  if (cue_skip_light(scene, last, cue->first + 1) >= cue->first)
    cue->score += 4.2F;
  else
    cue->score += 3.4F - 0.45F * toll(scene, last, cue->first) + (sentence_tag(scene, cue) ? 0.8F : 0);
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
  float between = toll(scene, cue->last, first);
  if (self->colon) between = between > 1.5F ? between - 1.5F : 0;
  cue->score = 3.6F + class_weight(cue->class) - 0.35F * between + (self->colon ? 0.6F : 0);
  if (first - cue->last <= 1) cue->score += 0.5F;
  if (cue->class == CUE_NOUN && first - cue->last > 4) cue->score -= 1.5F;
}

// A noun that looks like the verb: "a call", "the report".
static bool is_noun(const Scene *scene, uint32_t token)
{
  if (!token || scene->inside[token - 1]) return false;
  const Word *before = scene->words[token - 1];
  if ((scene->in[token].flags & TOKEN_CAPITAL) && !(scene->in[token].flags & TOKEN_FIRST)) return true;
  if (scene->lexicon->lang == LANG_DE && (scene->in[token].flags & TOKEN_CAPITAL)) return true;
  return before->small == SMALL_DET && !before->pronoun;
}

// "heißt es", "lyder det", "si legge": with the subject that means nobody.
static bool impersonal(const Scene *scene, Cue *cue)
{
  if (cue->last - cue->first > 1) return true;
  if (cue->last >= scene->len || scene->words[cue->last]->pronoun != 'n') return false;
  cue->last++;
  return true;
}

// --- pairs of cue and candidate

static float base_weight(const Candidate *c)
{
  switch (c->party.kind) {
  case PARTY_NAME:
    return c->type == ENTITY_PER ? 0.6F : c->type == ENTITY_ORG ? 0 : -0.9F;
  case PARTY_PRONOUN:
    return c->party.gender == 'n' ? -0.8F : c->party.gender == 'p' ? 0.1F : 0.5F;
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

static float weigh_right(const Frame *self, const Cue *cue, const Candidate *c)
{
  const Scene *scene = self->scene;
  float between = toll(scene, cue->last, c->first);
  float score = 3 + base_weight(c) - 2.0F * between;
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
  if (cue->behind) {
    if (english && cue_skip_light(scene, self->stretch.last, cue->first) < cue->first)
      score -= 2.5F; // "X said"
  } else if (c->first < self->stretch.first) {
    if (cue->class == CUE_CALL) score -= 2.2F;
    if (told_of(scene, cue, c)) score -= 2;
    // "La Cina, ha scritto Branstad, …": in English a subject may come before its verb and a comma, too.
    bool ends = !english || scene_is(scene, c->last, ",") ||
                (c->last < scene->len && scene->words[c->last]->small == SMALL_PREP);
    bool tag = behind_comma(scene, cue) && between < 0.3F && ends;
    if (tag) return score + (scene->lexicon->lang == LANG_IT ? 0.4F : 0.8F);
    bool led = self->subject < SIZE_MAX && self->candidates->items[self->subject].first <= self->lo + 1;
    if (led && &self->candidates->items[self->subject] != c)
      score -= 1.2F; // subject first: this is the object
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

static float weigh_left(const Frame *self, const Cue *cue, const Candidate *c)
{
  const Scene *scene = self->scene;
  float between = toll(scene, c->last, cue->first);
  size_t index = (size_t)(c - self->candidates->items);
  bool subject = index == (cue->behind ? self->tagger : self->subject);
  bool clause = cue_is_verb(cue) && cue->class != CUE_READ && relative(self, cue, c->last);
  if (clause) return 3 + base_weight(c) + 1.2F;
  float most = cue->gerund || cue->joined ? 1.5F : subject ? 1.8F : 3.5F;
  if (between > most) between = most;
  float score = 3 + base_weight(c) - (cue->class == CUE_POST ? 2.0F : 1.0F) * between;
  if (cue->class == CUE_PREP || cue->class == CUE_SO) return score - 4;
  if (cue->class == CUE_POST) return score + 0.5F;
  if (cue->class == CUE_READ) return score + (c->after_prep ? 0.6F : -1);
  if (subject) score += 0.9F + (cue->joined ? 0.6F : 0);
  if (parenthetical(scene, cue)) score -= 2.5F;
  bool bare = scene_drops_subjects(scene) && !subject; // the subject may be in the verb
  if (c->after_prep) score -= c->loosely ? 0.8F : bare ? 2.5F : 1.8F;
  if (c->after_to) score -= bare ? 3.0F : 2.4F;
  if (c->owner) score -= 1;
  if (cue->behind && c->first < self->stretch.first) score -= 2.6F;
  if (cue->behind && c->first >= self->stretch.last) score += 0.7F;
  return score;
}

static void offer(Frame *self, const Cue *cue, const Party *party, float score)
{
  QuoteReason reason = cue->class >= CUE_PREP ? REASON_ACCORDING
                       : cue->score >= 4      ? REASON_CUE
                                              : REASON_SENTENCE;
  Saying saying = {*party, {0}, cue->first, cue->last, cue->class, reason, score};
  if (score > self->best.score) self->best = saying;
  bool bare = scene_drops_subjects(self->scene) && cue->score > 4; // its subject need not be named
  if (cue_is_verb(cue) && (party->kind || bare) && score > self->best_verb.score) self->best_verb = saying;
}

static void offer_phrases(Frame *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  Party party;
  uint32_t first = self->stretch.first, last = self->stretch.last;
  if (cue->class == CUE_ADJUNCT || cue->class == CUE_NOUN) return;
  if (cue_is_verb(cue) && !cue->behind && cue->class != CUE_READ &&
      phrase_first(scene, self->lo, cue->first, &party)) {
    float far = toll(scene, self->lo, cue->first);
    offer(self, cue, &party, cue->score + (cue->gerund ? 2.6F : 1.8F) - 0.25F * (far > 4 ? 4 : far));
  }
  if (cue->gerund) return;
  if (cue->class == CUE_POST) {
    if (phrase_before(scene, cue->behind ? last : self->lo, cue->first, &party))
      offer(self, cue, &party, cue->score + 1.5F);
    return;
  }
  bool adjacent =
      cue->behind && cue->class != CUE_TELL && cue_skip_light(scene, last, cue->first + 1) >= cue->first;
  if ((adjacent || cue->class >= CUE_PREP) &&
      phrase_behind(scene, cue->last, cue->behind ? self->hi : first, &party))
    offer(self, cue, &party, cue->score + 1.6F);
  bool writes =
      cue->class == CUE_WRITE || cue->class == CUE_REPORT || cue->class == CUE_SAY || cue->class == CUE_PREP;
  if (cue->behind && writes && phrase_marked(scene, cue->last, self->hi, &party))
    offer(self, cue, &party, cue->score + 3);
  if (cue->class == CUE_READ && cue->last < self->hi && scene->words[cue->last]->small == SMALL_PREP &&
      phrase_behind(scene, cue->last + 1, self->hi, &party))
    offer(self, cue, &party, cue->score + 1.8F);
  if (cue->class >= CUE_READ) return;
  Lang lang = scene->lexicon->lang;
  bool inverted = !cue->behind && cue->last < first && lang != LANG_EN && lang != LANG_IT &&
                  ((scene->words[cue->last]->small == SMALL_DET && !scene->words[cue->last]->object) ||
                   (scene->in[cue->last].flags & TOKEN_CAPITAL));
  if (inverted && phrase_behind(scene, cue->last, first, &party)) offer(self, cue, &party, cue->score + 1.3F);
  uint32_t from = cue->behind ? last : self->lo;
  if (cue->behind && from < cue->first && scene_is(scene, from, ",")) from++;
  if (phrase_before(scene, from, cue->first, &party))
    offer(self, cue, &party, cue->score + (cue->behind ? 1.7F : 1.2F));
}

// "a-t-elle dit", "répond-il"
static void offer_clitic(Frame *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  for (uint32_t i = cue_group(scene, cue->first); i < cue->last; i++) {
    uint32_t start;
    const Word *word = lexicon_clitic(scene->lexicon, &scene->in[i], &start);
    if (!word) continue;
    Party party = {start, scene->in[i].end, PARTY_PRONOUN, word->pronoun, {0}};
    offer(self, cue, &party, cue->score + 3.6F);
  }
}

// How likely a verb keeps its subject to itself: "Ha aggiunto che …", "In un messaggio a Lee ha scritto: …".
static float unnamed_weight(const Frame *self, const Cue *cue)
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

static void try_cue(Frame *self, Cue *cue)
{
  const Scene *scene = self->scene;
  if (cue->class < CUE_NOUN && cue->class != CUE_CITE && is_noun(scene, cue->first)) return;
  if (cue->class == CUE_READ && !impersonal(scene, cue)) return;
  cue->behind = cue->first >= self->stretch.last;
  uint32_t group = cue_group(scene, cue->first);
  cue->joined = group > 0 && scene->words[group - 1]->small == SMALL_CONJ;
  if (cue->behind)
    weigh_behind(self, cue);
  else
    weigh_before(self, cue);
  if (cue->behind && cue->class == CUE_NOUN) return;
  if (cue_is_verb(cue)) {
    static const Party nobody = {0};
    offer(self, cue, &nobody, cue->score + unnamed_weight(self, cue));
  }
  if (cue->class == CUE_ADJUNCT) return;
  offer_clitic(self, cue);
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool is_cue = c->first < cue->last && c->last > cue->first;
    bool is_said = c->first < self->stretch.last && c->last > self->stretch.first;
    if (is_cue || is_said) continue;
    float score = c->first >= cue->last ? weigh_right(self, cue, c) : weigh_left(self, cue, c);
    if (score > 0) offer(self, cue, &c->party, cue->score + score);
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
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    if (c->first >= cue.last && toll(scene, cue.last, c->first) < 0.5F)
      offer(self, &cue, &c->party, cue.score + weigh_right(self, &cue, c));
  }
  Party party;
  bool article = cue.last < self->hi && scene->words[cue.last]->small == SMALL_DET;
  if (comma && article && phrase_behind(scene, cue.last, self->hi, &party))
    offer(self, &cue, &party, cue.score + 0.6F);
}

// "Rogers: …", and the one candidate of a sentence without a cue.
static void try_alone(Frame *self)
{
  const Scene *scene = self->scene;
  uint32_t first = self->stretch.first, last = self->stretch.last;
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool before = c->last <= first;
    if (!before && self->new_sentence) continue;
    float between = before ? toll(scene, c->last, first) : toll(scene, last, c->first);
    if (before && self->colon) between -= 1.5F;
    float score = 1.6F + base_weight(c) - 0.3F * (between > 4 ? 4 : between);
    if (c->after_prep) score -= 0.7F;
    if (c->after_to) score -= 0.7F;
    if (c->owner) score -= 0.5F;
    bool object = c->party.kind == PARTY_PRONOUN && c->first > 0 && scene->words[c->first - 1]->that;
    if (object) score -= 1; // "that she …"
    if (!before) score -= 0.8F;
    bool colon = before && self->colon && c->last + 1 == first && !c->after_to && !c->after_prep &&
                 (self->best.cue == CUE_NONE || c->first <= self->lo + 1);
    if (colon) score += 3;
    if (before && self->colon && i == self->subject) score += 0.8F;
    if (score <= self->best.score || score < 0.6F) continue;
    self->best = (Saying){c->party, {0}, 0, 0, CUE_NONE, colon ? REASON_COLON : REASON_ONLY, score};
  }
}

// The token that ends at byte `end`.
static uint32_t token_ending(const Scene *scene, uint32_t end)
{
  uint32_t a = 0, b = scene->len;
  while (a < b) {
    uint32_t mid = (a + b) / 2;
    if (scene->in[mid].end < end)
      a = mid + 1;
    else
      b = mid;
  }
  return a;
}

// A source without a name that ends the clause has all of its words: "secondo una lettura dei media statali".
static uint32_t source_end(const Frame *self, uint32_t end)
{
  const Scene *scene = self->scene;
  uint32_t i = token_ending(scene, end) + 1, most = i + PHRASE_MOST;
  if (i >= self->hi || scene->words[i]->small != SMALL_OF) return end;
  while (i < self->hi && i < most && scene_is_word(scene, i) && !scene->inside[i]) {
    const Word *word = scene->words[i];
    if ((word->small && word->small != SMALL_OF && word->small != SMALL_DET) || word->cue || word->pronoun)
      return end;
    i++;
  }
  bool closed = i == scene->len || i == most ? false : (scene->in[i].flags & TOKEN_PUNCT) != 0;
  return closed ? scene->in[i - 1].end : end;
}

// "… enligt ryska medier" beside another speaker: who reports it.
static void find_source(Frame *self)
{
  const Scene *scene = self->scene;
  bool reporter = self->best.cue == CUE_PREP || (self->best.cue == CUE_SO && self->colon);
  bool reported = reporter && self->best.cue_first >= self->stretch.last;
  if (reported && self->best_verb.score > 3.2F) self->best = self->best_verb; // "X said …, according to Y"
  if (self->best.cue >= CUE_PREP || (self->best.speaker.kind == PARTY_NONE && !reported)) return;
  for (uint32_t i = self->lo; i < self->hi; i++) {
    Cue cue;
    bool said = i >= self->stretch.first && i < self->stretch.last;
    if (said || scene->inside[i] || !cue_at(scene, i, self->hi, &cue) || cue.class != CUE_PREP) continue;
    Party party;
    if (!phrase_behind(scene, cue.last, self->hi, &party)) continue;
    for (size_t k = self->first_candidate; k < self->last_candidate; k++) {
      const Candidate *c = &self->candidates->items[k];
      if (c->first >= cue.last && c->party.start <= party.end && c->party.kind != PARTY_PRONOUN) {
        if (c->party.kind == PARTY_NAME) party = c->party;
        break;
      }
    }
    if (party.kind == PARTY_NOUN) party.end = source_end(self, party.end);
    if (party.start != self->best.speaker.start) self->best.source = party;
    return;
  }
}

// "… told Reuters", "… sagte sie der BBC", "in an interview with CNN": the outlet in the cue's clause reports
// it.
static void find_outlet(Frame *self)
{
  const Scene *scene = self->scene;
  const Saying *best = &self->best;
  if (best->source.kind || !best->cue || best->cue >= CUE_PREP || !best->speaker.kind) return;
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool ahead =
        c->first < self->stretch.last && best->cue_first >= self->stretch.last; // the quotation lies between
    if (!c->outlet || c->first < best->cue_last || c->party.start == best->speaker.start || ahead) continue;
    if (toll(scene, best->cue_last, c->first) > REPORTER_WITHIN) return;
    bool name = c->party.kind == PARTY_NAME;
    bool called = c->first > 0 && scene->words[c->first - 1]->role == 'o'; // "der Nachrichtenagentur Reuters"
    bool told = name && (best->cue == CUE_TELL || called) &&
                toll(scene, best->cue_last, c->first) < (called ? 1.0F : 0.3F);
    if (!(c->after_to || (name && c->after_prep) || told)) continue;
    self->best.source = c->party;
    return;
  }
}

// Somebody without a name is known by the whole phrase: "a farmer from Manitoba", "ein Sprecher des
// Ministeriums". In front of its verb all up to it belongs to the phrase, behind it only what "of" joins.
static void describe(Frame *self)
{
  const Scene *scene = self->scene;
  Party *party = &self->best.speaker;
  if (party->kind != PARTY_ROLE && party->kind != PARTY_NOUN) return;
  uint32_t i = token_ending(scene, party->end) + 1, last = i - 1;
  bool before = self->best.cue && i <= self->best.cue_first;
  uint32_t end = before ? cue_group(scene, self->best.cue_first) : self->hi, most = i + PHRASE_MOST;
  if (end > most && !before) end = most;
  if (i >= end || end > most + 2) return;
  SmallClass joint = scene->words[i]->small;
  if (!(joint == SMALL_OF || (before && (joint == SMALL_PREP || joint == SMALL_DET)))) return;
  for (; i < end && scene_is_word(scene, i) && !scene->inside[i]; i++) {
    const Word *word = scene->words[i];
    bool small = word->small == SMALL_DET || word->small == SMALL_OF || (before && word->small == SMALL_PREP);
    if ((word->small && !small) || word->pronoun == '1' || (word->cue && word->cue < CUE_NOUN)) break;
    if (phrase_date_end(scene, i) != i) break;
    if (!word->small) last = i;
    if (!before && !word->small && !(scene->in[i].flags & TOKEN_CAPITAL) && i + 1 < end &&
        scene->words[i + 1]->small != SMALL_OF)
      break; // one noun behind "of"
  }
  if (before && i < end && !scene_is(scene, i, ",")) return;
  party->end = scene->in[last].end;
}

// Whether the name stands behind the noun and its own phrase: "talsmann for organet, Ann Lee".
static bool follows_noun(const Scene *scene, const Candidate *name, const Party *noun)
{
  uint32_t i = name->first;
  if (noun->end > name->party.start || i < 2 || !scene_is(scene, i - 1, ",")) return false;
  bool closed = name->last >= scene->len || scene_is(scene, name->last, ",.;:") ||
                scene->words[name->last]->small != SMALL_NONE || scene->inside[name->last];
  for (i--; closed && i > 0 && name->first - i < 9; i--) {
    if (scene->in[i - 1].end <= noun->end) return true;
    if (!scene_is_word(scene, i - 1) || scene->words[i - 1]->cue || scene->words[i - 1]->small == SMALL_SUB)
      return false;
  }
  return false;
}

// "the coach, Ann Lee," and "Ann Lee, the coach," are Ann Lee.
static void prefer_name(Frame *self)
{
  const Scene *scene = self->scene;
  Party *party = &self->best.speaker;
  if (party->kind != PARTY_ROLE && party->kind != PARTY_NOUN) return;
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    if (c->party.kind != PARTY_NAME || c->type != ENTITY_PER || c->owner) continue;
    bool before = c->party.end < party->start && c->last + 1 < scene->len && scene_is(scene, c->last, ",") &&
                  scene->in[c->last + 1].start == party->start;
    if (before || follows_noun(scene, c, party)) {
      *party = c->party;
      return;
    }
  }
}

static Frame frame_of(const Scene *scene, const CandidateVec *candidates, Marked stretch)
{
  Frame self = {.scene = scene, .candidates = candidates, .stretch = stretch};
  set_windows(&self);
  candidate_window(&self);
  return self;
}

Saying speaker_find(const Scene *scene, const CandidateVec *candidates, Marked stretch)
{
  Frame self = frame_of(scene, candidates, stretch);
  for (uint32_t i = self.lo; i < self.hi; i++) {
    if (i == stretch.first) i = stretch.last;
    if (i >= self.hi) break;
    Cue cue;
    if (!scene->inside[i] && cue_at(scene, i, i < stretch.first ? stretch.first : self.hi, &cue))
      try_cue(&self, &cue);
  }
  if (stretch.form != QUOTE_REPORTED) {
    try_unknown(&self);
    try_alone(&self);
  }
  find_source(&self);
  find_outlet(&self);
  prefer_name(&self);
  describe(&self);
  return self.best;
}

Saying speaker_lead(const Scene *scene, const CandidateVec *candidates, uint32_t end)
{
  return speaker_find(scene, candidates, (Marked){end, end, QUOTE_MARKS, false});
}

Party speaker_topic(const Scene *scene, const CandidateVec *candidates, uint32_t end)
{
  uint32_t last = end; // over the full stop, to the start of its sentence
  while (last > 0 && end - last < 3 && (scene->in[last - 1].flags & TOKEN_PUNCT)) last--;
  Frame self = {
      .scene = scene, .candidates = candidates, .stretch = {last, last, QUOTE_MARKS, false}, .lo = last};
  while (self.lo > 0 && last - self.lo < BEFORE && !boundary(scene, self.lo - 1)) self.lo--;
  self.hi = last;
  candidate_window(&self);
  static const Party nobody = {0};
  return self.subject == SIZE_MAX ? nobody : candidates->items[self.subject].party;
}
