// Reported speech, a sentence at a time: a verb of saying with "that" behind it, a verb of saying behind a
// comma at the end, "according to" at either end, and the German sentences that go on in the subjunctive. The
// clause is found first; who says it is found as for quotations (quotes_speaker.c).
#include "annotate/quotes/quotes_p.h"

#define THAT_WITHIN 12u   // tokens, from the verb of saying to "that"
#define CUE_WITHIN 7u     // tokens, behind a comma
#define TAIL_MOST 16u     // tokens of ", said the minister of finance on Friday"
#define TITLE_MOST 3u     // of a title in front of a name
#define FRONT_MOST 9u     // tokens of "according to the minister of finance"
#define RELATIVE_MOST 14u // tokens of "who asked not to be named"
#define VERB_WITHIN 10u   // tokens, to the verb of a clause
#define CLAUSE_LEAST 3u   // words
#define BRACKET_MOST 6u   // tokens of "(Sp)" behind a name
#define LEAD_IN_MOST 12u  // tokens of "in those days"
#define DATELINE_MOST 14u // tokens of "LONDON, June 3 (AP) —"
#define BYTES_BEHIND 24u  // that may stand behind the speaker in "…, according to the police on Friday"

typedef struct Reporter {
  const Layout *layout;
  const Scene *scene;
  QuoteVec *out;
  uint32_t first, last; // the sentence without its full stop
  VEC_OF(Cue) cues;     // of the sentence
} Reporter;

static bool says(const Cue *cue)
{
  return cue->class >= CUE_SAY && cue->class <= CUE_TELL && cue->class != CUE_THINK && !cue->gerund;
}

static uint32_t count_words(const Scene *scene, uint32_t first, uint32_t last)
{
  uint32_t words = 0;
  for (uint32_t i = first; i < last && words < CLAUSE_LEAST; i++) words += scene_is_word(scene, i);
  return words;
}

// Note the clause, where somebody says it. `least`: score.
static bool report(Reporter *self, uint32_t first, uint32_t last, float least, float confidence)
{
  const Scene *scene = self->scene;
  while (first < last && scene_is(scene, first, ",")) first++;
  while (first < last && scene_is(scene, last - 1, ",")) last--;
  if (count_words(scene, first, last) < CLAUSE_LEAST) return false;
  Saying saying;
  Marked clause = {first, last, QUOTE_REPORTED, false};
  QuoteDraft draft = layout_draft(self->layout, &clause, &saying);
  bool outside = saying.cue && (saying.cue_last <= first || saying.cue_first >= last);
  if (!outside || !saying.speaker.kind || saying.score < least) return false;
  draft.type = QUOTE_INDIRECT;
  draft.confidence = confidence;
  vec_push_in(scene->arena, self->out, draft);
  return true;
}

// "about that", "without that": the clause hangs on a preposition, not on the verb.
static bool hung(const Scene *scene, uint32_t that)
{
  if (scene->lexicon->lang == LANG_DE) return false; // "gab an, dass": the preposition is the verb's
  uint32_t before = that > 1 && scene_is(scene, that - 1, ",") ? that - 2 : that - 1;
  SmallClass small = scene->words[before]->small;
  return small == SMALL_PREP || small == SMALL_OF || small == SMALL_TO;
}

// Where the clause begins that the verb of saying introduces; `last` where there is none.
static uint32_t clause_behind(const Reporter *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  uint32_t end = cue->last + THAT_WITHIN < self->last ? cue->last + THAT_WITHIN : self->last, comma = 0;
  for (uint32_t i = cue->last; i < end; i++) {
    if (scene->words[i]->that) return hung(scene, i) ? self->last : i;
    if (scene_is(scene, i, ":;") || scene->words[i]->small == SMALL_SUB) break;
    if (scene_is(scene, i, ",") && !comma) comma = i;
    if (comma && i > comma && scene->words[i]->reports) return comma + 1; // "…, er habe"
    if (i > cue->last && scene->words[i]->cue && scene->words[i]->cue < CUE_CITE) break;
  }
  return self->last;
}

// The token behind what stands in front of a comma and brackets: "Kari Bakken (Sp),".
static uint32_t before_insertion(const Reporter *self, uint32_t end)
{
  const Scene *scene = self->scene;
  if (end > self->first + 1 && scene_is(scene, end - 1, ",")) end--;
  if (end <= self->first + 3 || !scene_is(scene, end - 1, ")")) return end;
  uint32_t open = end - 1, least = end - self->first > BRACKET_MOST ? end - BRACKET_MOST : self->first + 1;
  while (open > least && !scene_is(scene, open, "(")) open--;
  return scene_is(scene, open, "(") ? open : end;
}

// Whether a subject stands right in front of the cue: "she claims", not "today says she".
static bool subject_leads(const Reporter *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  uint32_t group = before_insertion(self, cue_group(scene, cue->first));
  if (group <= self->first) return false;
  const Word *before = scene->words[group - 1];
  return before->pronoun || before->role || (scene->in[group - 1].flags & TOKEN_CAPITAL);
}

// "said he knew", "mener de bør": a pronoun, which cannot be an object, with a verb behind it.
static bool bare_pronoun(const Reporter *self, const Cue *cue, uint32_t i)
{
  const Scene *scene = self->scene;
  const Word *word = scene->words[i], *next = i + 1 < self->last ? scene->words[i + 1] : &g_unknown_word;
  if (!word->pronoun || !subject_leads(self, cue) || i + 1 >= self->last || !scene_is_word(scene, i + 1))
    return false;
  return next->small == SMALL_AUX || (word->pronoun != 'n' && !next->small && !word->small);
}

// "said the road was closed": no "that", but a subject and a verb.
static bool bare_clause(const Reporter *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  Lang lang = scene->lexicon->lang;
  uint32_t i = cue->last;
  bool north = lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA;
  if ((lang != LANG_EN && !north) || cue->first == self->first || cue->class == CUE_TELL) return false;
  if (north && i < self->last && scene_is(scene, i, ",")) i++; // "hun mener, de bør"
  if (i >= self->last) return false;
  if (bare_pronoun(self, cue, i)) return true;
  const Word *word = scene->words[i];
  bool subject = word->small == SMALL_DET || word->pronoun || (scene->in[i].flags & TOKEN_CAPITAL);
  if (north || !subject) return false;
  if (i + 1 < self->last && scene->words[i + 1]->small == SMALL_SUB) return false; // "asked Lee why"
  uint32_t end = i + VERB_WITHIN < self->last ? i + VERB_WITHIN : self->last;
  for (i++; i < end && !(scene->in[i].flags & TOKEN_PUNCT); i++) {
    if (scene->words[i]->small == SMALL_AUX) return true;
  }
  return false;
}

static void list_cues(Reporter *self)
{
  const Scene *scene = self->scene;
  for (uint32_t i = self->first; i < self->last; i++) {
    Cue cue;
    bool may = scene->words[i]->cue || scene->words[i]->phrase;
    if (may && cue_at(scene, i, self->last, &cue)) vec_push_in(scene->arena, &self->cues, cue);
  }
}

// "X said that …"
static bool introduced(Reporter *self)
{
  for (size_t i = 0; i < self->cues.len; i++) {
    const Cue *cue = &self->cues.items[i];
    if (!says(cue) && cue->class != CUE_READ) continue;
    uint32_t from = clause_behind(self, cue);
    if (from == self->last && bare_clause(self, cue)) from = cue->last;
    if (from < self->last && report(self, from, self->last, 4, 0.85F)) return true;
  }
  return false;
}

// Take back what was just reported.
static bool take_back(Reporter *self)
{
  self->out->len--;
  return false;
}

// Whether nothing but articles and titles parts the speaker of what was just reported from token `from`, else
// it is taken back: "so machte es sein Vater".
static bool stands_behind(Reporter *self, uint32_t from)
{
  const Scene *scene = self->scene;
  uint32_t start = self->out->items[self->out->len - 1].speaker.start;
  for (uint32_t i = from; i < self->last && scene->in[i].start < start; i++) {
    const Word *word = scene->words[i];
    if (word->small != SMALL_DET && !word->role && !(scene->in[i].flags & TOKEN_CAPITAL))
      return take_back(self);
  }
  return true;
}

// Whether the speaker of what was just reported ends the sentence; else it is taken back.
static bool ends_with_speaker(Reporter *self)
{
  const QuoteDraft *draft = &self->out->items[self->out->len - 1];
  bool ends = self->scene->in[self->last - 1].end <= draft->speaker.end + BYTES_BEHIND;
  return ends || take_back(self);
}

// "In those days, nobody asked": what stands in front of the comma is no clause, but a phrase with a
// preposition.
static bool only_leads_in(const Scene *scene, uint32_t first, uint32_t comma)
{
  SmallClass small = scene->words[first]->small;
  if (first < comma && phrase_date_end(scene, first) == comma) return true; // "Next week, said Lee, it …"
  if ((small != SMALL_PREP && small != SMALL_OF && small != SMALL_TO) || comma - first >= LEAD_IN_MOST)
    return false;
  for (uint32_t i = first + 1; i < comma; i++) {
    const Word *word = scene->words[i];
    if (word->small == SMALL_AUX || word->pronoun || word->reports || (word->cue && word->cue < CUE_NOUN))
      return false;
  }
  return true;
}

// "Interrogé hier, il a annoncé un plan": where the verb comes first in such a clause, as in Romance
// languages, a subject in front of it has a clause of its own.
static bool leads_its_clause(const Scene *scene, const Cue *cue, uint32_t comma)
{
  Lang lang = scene->lexicon->lang;
  bool romance = scene_drops_subjects(scene) || lang == LANG_FR;
  return romance && cue_group(scene, cue->first) > comma + 1;
}

// Whether the comma at `comma` ends a clause about the subject that the sentence begins with, whose verb then
// follows: "Lee, who leads the council, said …".
static bool ends_aside(const Reporter *self, uint32_t comma)
{
  enum { SUBJECT = 5 }; // tokens
  uint32_t before = comma;
  while (before > self->first && !scene_is(self->scene, before - 1, ",")) before--;
  return before > self->first && before - self->first <= SUBJECT && self->scene->words[before]->who;
}

// "…, said X". Where the verb stands first its subject must follow it: "Khan, the mayor, blamed the
// government" is none.
static bool concluded(Reporter *self)
{
  const Scene *scene = self->scene;
  uint32_t from = self->last - self->first > TAIL_MOST ? self->last - TAIL_MOST : self->first;
  if (scene->words[self->first]->small == SMALL_SUB) return false;
  for (uint32_t i = self->last; i-- > from;) {
    if (!scene_is(scene, i, ",")) continue;
    if (scene->words[i + 1]->small == SMALL_SUB && !scene->words[i + 1]->as) continue; // "…, which he said …"
    if (ends_aside(self, i)) continue;
    for (size_t c = 0; c < self->cues.len && self->cues.items[c].first < i + CUE_WITHIN; c++) {
      const Cue *cue = &self->cues.items[c];
      bool so = cue->class == CUE_SO && cue->first == i + 1; // ", so der Minister"
      if (cue->first <= i || !(so || says(cue)) || leads_its_clause(scene, cue, i)) continue;
      if (only_leads_in(scene, self->first, i)) return false;
      if (!report(self, self->first, i, so ? 3 : 5.9F, 0.85F)) return false;
      if (so) return stands_behind(self, cue->last) && ends_with_speaker(self);
      uint32_t speaker = self->out->items[self->out->len - 1].speaker.start, next = cue->last + 1;
      bool apart = cue->first == i + 1 && next < scene->len && speaker > scene->in[next].start;
      return !apart || take_back(self);
    }
  }
  return false;
}

// Whether the verb comes second, right behind whatever the sentence begins with.
static bool verb_second(const Scene *scene)
{
  return scene->lexicon->compounds && scene->lexicon->lang != LANG_FI;
}

// Where the sentence goes on behind a clause about the one just named: "…, who asked not to be named, it
// was".
static uint32_t behind_relative(const Reporter *self, uint32_t who)
{
  uint32_t end = who + RELATIVE_MOST < self->last ? who + RELATIVE_MOST : self->last;
  for (uint32_t i = who; i < end; i++)
    if (scene_is(self->scene, i, ",")) return i + 1;
  return self->last;
}

// "Secondo la polizia la strada …": what stands behind the source is of no phrase with it.
static bool opens_clause(const Word *word)
{
  return word->pronoun || word->small == SMALL_DET || word->small == SMALL_AUX || word->small == SMALL_ADV ||
         word->small == SMALL_REFL;
}

// Where a clause begins behind "according to X", with a comma or, where a verb or a subject follows at once,
// without one: "Enligt Lee bär isen". `self->last`: nowhere.
static uint32_t clause_after(const Reporter *self, const Cue *cue)
{
  const Scene *scene = self->scene;
  const CandidateVec *candidates = &self->layout->candidates;
  uint32_t end = cue->last + FRONT_MOST < self->last ? cue->last + FRONT_MOST : self->last, k = cue->last;
  bool verb = verb_second(scene); // a verb begins the clause, its subject behind it
  Party oblique;
  if (verb && cue->last + 1 < self->last && phrase_oblique(scene, cue->last, &oblique)) return cue->last + 1;
  while (k < end && !scene_is(scene, k, ",") && !(verb && scene->words[k]->small == SMALL_AUX)) k++;
  uint32_t comma = k;
  size_t a = 0, b = candidates->len;
  while (a < b) { // the first behind the cue
    size_t mid = (a + b) / 2;
    if (candidates->items[mid].first < cue->last)
      a = mid + 1;
    else
      b = mid;
  }
  const Candidate *c = a < candidates->len ? &candidates->items[a] : NULL;
  bool near = c && c->first <= cue->last + TITLE_MOST && c->last < self->last;
  if (near && scene_is(scene, c->last, ",") && scene->words[c->last + 1]->who)
    return behind_relative(self, c->last + 1);
  bool verb_next =
      near && (c->party.kind == PARTY_NAME ||
               (c->party.kind == PARTY_ROLE && (verb_second(scene) || opens_clause(scene->words[c->last]))));
  if (verb_next && c->last < comma) {
    const Word *next = scene->words[c->last];
    const Candidate *paper = a + 1 < candidates->len ? c + 1 : NULL; // "Enligt källor till Aftonposten …"
    if (next->small == SMALL_TO && paper && paper->outlet && paper->first == c->last + 1 &&
        paper->last < comma)
      return paper->last;
    bool on = next->small == SMALL_PREP || next->small == SMALL_OF || next->small == SMALL_CONJ || c->owner;
    if (!on) return c->last;
  }
  return comma < end && comma > cue->last ? comma : self->last;
}

// What was just reported is the word of whoever "according to" names, not of the subject of a verb in it:
// "According to a note the council has approved the plan".
static bool give_to_source(Reporter *self)
{
  QuoteDraft *draft = &self->out->items[self->out->len - 1];
  if (!draft->source.kind) return true;
  draft->speaker = draft->source;
  draft->source = (Party){0};
  draft->cue_start = draft->cue_end = 0;
  draft->reason = REASON_ACCORDING;
  return true;
}

// "According to X …", "…, according to X" and "X zufolge …"
static bool according(Reporter *self)
{
  for (size_t c = 0; c < self->cues.len; c++) {
    const Cue *cue = &self->cues.items[c];
    uint32_t i = cue->first;
    if (cue->class != CUE_PREP && cue->class != CUE_POST) continue;
    bool front = i <= self->first + 2;
    if (cue->class == CUE_POST) {
      bool early = i > self->first && i <= self->first + FRONT_MOST;
      return early && report(self, cue->last, self->last, 3, 0.8F);
    }
    if (!front) return report(self, self->first, i, 3, 0.8F) && ends_with_speaker(self);
    uint32_t from = clause_after(self, cue);
    return from < self->last && report(self, from, self->last, 3, 0.8F) && give_to_source(self);
  }
  return false;
}

// A sentence in the subjunctive goes on with what was said in the one before. `fresh`: that was not reported
// here, but between marks or in another block; the article knows whose it was.
static bool goes_on(Reporter *self, bool fresh)
{
  const Scene *scene = self->scene;
  const QuoteDraft *before = self->out->len ? &self->out->items[self->out->len - 1] : NULL;
  if (before && before->end + 3 < scene->in[self->first].start) before = NULL;
  if (!before && !fresh) return false;
  uint32_t end = self->first + VERB_WITHIN < self->last ? self->first + VERB_WITHIN : self->last,
           i = self->first;
  while (i < end && !scene->words[i]->reports) i++;
  if (i == end || count_words(scene, self->first, self->last) < CLAUSE_LEAST) return false;
  QuoteDraft draft = {
      .form = QUOTE_REPORTED, .type = QUOTE_INDIRECT, .confidence = 0.7F, .reason = REASON_SAME};
  draft.start = scene->in[self->first].start;
  draft.end = scene->in[self->last - 1].end;
  draft.seed = scene->in[self->first].hash;
  if (before) draft.speaker = before->speaker;
  vec_push_in(scene->arena, self->out, draft);
  return true;
}

// Where a sentence begins behind the place and agency in front of a paragraph: "LONDON (AP) — The …".
static uint32_t behind_dateline(const Scene *scene, uint32_t first, uint32_t last)
{
  uint32_t end = first + DATELINE_MOST < last ? first + DATELINE_MOST : last;
  bool bracket = false;
  for (uint32_t i = first; i + 1 < end; i++) {
    const Token *token = &scene->in[i];
    if (i > first && scene_is_dash(scene, i) && token->flags & TOKEN_SPACE_BEFORE)
      return scene->in[i + 1].flags & TOKEN_CAPITAL ? i + 1 : first;
    bracket = scene_is(scene, i, "(") || (bracket && !scene_is(scene, i, ")"));
    bool name = token->flags & TOKEN_CAPITAL || token->flags & TOKEN_NUMBER || scene_is(scene, i, "(),./");
    if (!name && !bracket && phrase_date_end(scene, i) == i) break;
  }
  return first;
}

static bool has_quotation(const Scene *scene, uint32_t first, uint32_t last)
{
  return first < last && memchr(scene->inside + first, 1, last - first);
}

void reported_find(const Layout *layout, QuoteVec *out)
{
  const Scene *scene = &layout->scene;
  const SentenceVec *sentences = &scene->notes->sentences;
  Reporter self = {.layout = layout, .scene = scene, .out = out};
  bool fresh = true;
  for (size_t i = 0; i < sentences->len; i++) {
    self.first = sentences->items[i].first;
    self.last = sentences->items[i].last;
    if (!i) self.first = behind_dateline(scene, self.first, self.last);
    while (self.last > self.first && (scene->in[self.last - 1].flags & TOKEN_PUNCT)) self.last--;
    if (has_quotation(scene, self.first, self.last)) {
      fresh = true;
      continue;
    }
    self.cues.len = 0;
    if (self.last - self.first >= CLAUSE_LEAST + 2) list_cues(&self);
    if (!self.cues.len || (!introduced(&self) && !concluded(&self) && !according(&self)))
      fresh = goes_on(&self, fresh);
  }
}
