// A speaker that was found, seen again: who reports it ("… enligt ryska medier"), a name for a noun beside
// it, and all of the phrase that describes somebody without a name.
#include "annotate/quotes/quotes_frame_p.h"

#define REPORTER_WITHIN 2.2F // toll from the verb of saying
#define PHRASE_MOST 8u       // tokens that describe somebody
#define TITLE_MOST 3u        // tokens in front of a name

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
    if (i > self->stretch.last && scene->words[i - 1]->small == SMALL_CONJ) continue; // of another clause
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

// "sagte Roth der „Neuen Zeitung“", "sa hun til «Morgenavisen»": a title between marks, right behind who
// speaks.
static void find_marked_outlet(Frame *self)
{
  const Scene *scene = self->scene;
  const Party *speaker = &self->best.speaker;
  uint32_t i = self->best.cue_last;
  if (i < self->stretch.last || i >= self->hi) return;
  if (speaker->start >= scene->in[i - 1].end) i = token_ending(scene, speaker->end) + 1;
  if (i >= self->hi) return;
  SmallClass joint = scene->words[i]->small;
  Party paper;
  if (joint != SMALL_DET && joint != SMALL_TO && joint != SMALL_PREP) return;
  if (!phrase_marked(scene, i + 1, self->hi, &paper)) return;
  Str title = str_slice(scene->notes->text, paper.start, paper.end);
  bool long_title =
      memchr(title.ptr, ' ', title.len) != NULL; // a word in marks may be any: "zum „Austausch“"
  if (joint == SMALL_DET || long_title || quotes_is_outlet(scene->quotes, title, scene->arena))
    self->best.source = paper;
}

// "… told Reuters", "… sagte sie der BBC", "in an interview with CNN": the outlet in the cue's clause reports
// it.
static void find_outlet(Frame *self)
{
  const Scene *scene = self->scene;
  const Saying *best = &self->best;
  if (best->source.kind || !best->cue || best->cue >= CUE_PREP || !best->speaker.kind) return;
  uint32_t verb = cue_group(scene, best->cue_first);
  for (size_t i = self->first_candidate; best->cue == CUE_CITE && i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    if (!c->outlet || c->last != verb) continue;
    self->best.source = c->party; // "the newspaper quoted Lee as saying"
    return;
  }
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool ahead =
        c->first < self->stretch.last && best->cue_first >= self->stretch.last; // the quotation lies between
    if (!c->outlet || c->first < best->cue_last || c->party.start == best->speaker.start || ahead) continue;
    if (frame_toll(scene, best->cue_last, c->first) > REPORTER_WITHIN) return;
    bool name = c->party.kind == PARTY_NAME;
    bool called = c->first > 0 && scene->words[c->first - 1]->role == 'o'; // "der Nachrichtenagentur Reuters"
    bool told = name && (best->cue == CUE_TELL || called) &&
                frame_toll(scene, best->cue_last, c->first) < (called ? 1.0F : 0.3F);
    if (!(c->after_to || (name && c->after_prep) || told)) continue;
    self->best.source = c->party;
    return;
  }
  find_marked_outlet(self);
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
    if ((word->small && !small) || word_is_ours(word) || (word->cue && word->cue < CUE_NOUN)) break;
    if (phrase_date_end(scene, i) != i) break;
    if (!word->small) last = i;
    if (!before && !word->small && !(scene->in[i].flags & TOKEN_CAPITAL) && i + 1 < end &&
        scene->words[i + 1]->small != SMALL_OF)
      break; // one noun behind "of"
  }
  if (before && i < end && !scene_is(scene, i, ",")) return;
  party->end = scene->in[last].end;
}

// Where the phrase of a name begins, with the title in front of it: ", die Krankenschwester Eva Roth".
static uint32_t titled_start(const Scene *scene, const Candidate *name)
{
  uint32_t i = name->first;
  for (; i > 0 && name->first - i < TITLE_MOST; i--) {
    const Word *word = scene->words[i - 1];
    bool person = word->role && word->role != 'g' && word->role != 'o';
    if (!person && word->small != SMALL_DET) break;
  }
  return i;
}

// Whether the name stands behind the noun and its own phrase: "talsmann for organet, Ann Lee", "leder av
// foreningen, sykepleier Ann Lee".
static bool follows_noun(const Scene *scene, const Candidate *name, const Party *noun)
{
  uint32_t i = titled_start(scene, name);
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

void refine_name(Frame *self)
{
  const Scene *scene = self->scene;
  Party *party = &self->best.speaker;
  if (party->kind != PARTY_ROLE && party->kind != PARTY_NOUN) return;
  for (size_t i = self->first_candidate; i < self->last_candidate; i++) {
    const Candidate *c = &self->candidates->items[i];
    bool said = c->first < self->stretch.last && c->last > self->stretch.first;
    if (c->party.kind != PARTY_NAME || c->type == ENTITY_LOC || c->owner || c->outlet || said) continue;
    bool person =
        c->type == ENTITY_PER || party->kind == PARTY_ROLE; // whatever the tagger takes its name for
    bool before = c->party.end < party->start && c->last + 1 < scene->len && scene_is(scene, c->last, ",") &&
                  scene->in[c->last + 1].start == party->start;
    if ((c->type == ENTITY_PER && before) || (person && follows_noun(scene, c, party))) {
      *party = c->party;
      return;
    }
  }
}

void refine(Frame *self)
{
  find_source(self);
  find_outlet(self);
  refine_name(self);
  describe(self);
}
