// Verbs and phrases of saying where they stand: of one word or several, with a part that stands apart, in a
// group with auxiliaries, and behind a comma in a line of dash speech.
#include "annotate/quotes/quotes_p.h"

#define SUBJECT_MOST 4u // words

uint32_t cue_group(const Scene *scene, uint32_t token)
{
  while (token > 0 &&
         (scene->words[token - 1]->small == SMALL_AUX || scene->words[token - 1]->small == SMALL_ADV ||
          scene->words[token - 1]->small == SMALL_REFL))
    token--;
  return token;
}

uint32_t cue_skip_light(const Scene *scene, uint32_t token, uint32_t end)
{
  while (token < end && (scene_is(scene, token, ",") || scene_is_dash(scene, token) ||
                         scene->words[token]->small == SMALL_AUX || scene->words[token]->small == SMALL_ADV ||
                         scene->words[token]->small == SMALL_REFL))
    token++;
  return token;
}

static bool matches_rest(const Scene *scene, uint32_t token, Str rest, uint32_t *last)
{
  for (; rest.len; token++) {
    Str word = str_cut(&rest, ' ');
    if (token >= scene->len || !str_eq(scene->in[token].lower, word)) return false;
  }
  *last = token;
  return true;
}

// "teilte … mit": the second part at the end of the clause.
static bool particle_later(const Scene *scene, uint32_t token, Str particle, uint32_t end)
{
  if (memchr(particle.ptr, ' ', particle.len)) return false;
  for (uint32_t i = token; i < end && i < token + 14; i++) {
    if (!scene->inside[i] && str_eq(scene->in[i].lower, particle)) return true;
  }
  return false;
}

bool cue_at(const Scene *scene, uint32_t token, uint32_t end, Cue *cue)
{
  const Word *word = scene->words[token];
  if (!word->cue && !word->phrase) return false;
  *cue = (Cue){.first = token, .last = token + 1, .class = word->cue, .gerund = word->gerund};
  for (const Phrase *p = lexicon_phrase(scene->lexicon, word->phrase); p;
       p = lexicon_phrase(scene->lexicon, p->next)) {
    uint32_t last;
    if (matches_rest(scene, token + 1, p->rest, &last)) {
      cue->last = last;
      cue->class = p->cue;
      return true;
    }
    if (!cue->class && p->cue < CUE_NOUN && particle_later(scene, token + 1, p->rest, end))
      cue->class = p->cue;
  }
  // "secondo quanto riporta X", "as reported by X": a source, not a speaker.
  if (token && !cue->gerund && cue->class && cue->class < CUE_NOUN && scene->words[token - 1]->relays)
    cue->class = CUE_PREP;
  return cue->class != CUE_NONE;
}

// Whether a subject that can speak stands at `token`; *last: its end.
static bool subject_at(const Scene *scene, uint32_t token)
{
  if (token >= scene->len || !scene_is_word(scene, token)) return false;
  const Word *word = scene->words[token];
  if (!(scene->in[token].flags & TOKEN_WORD)) return word->role != 0;
  bool article = word->small == SMALL_DET && token + 1 < scene->len && scene_is_word(scene, token + 1) &&
                 !scene->words[token + 1]->small;
  bool ends = token + 1 == scene->len || (scene->in[token + 1].flags & TOKEN_PUNCT);
  if (word->pronoun == 'w') return ends; // "– Da vi kom, sa jeg det var sent"
  if (word->pronoun && !article) return word->pronoun != 'n' && word->pronoun != '1';
  if (word->role || word->small == SMALL_DET) return true;
  if (scene->in[token].flags & TOKEN_CAPITAL) return true;
  return !word->small && !word->cue;
}

// Finnish may have the subject in front: ", Orpo sanoi tilaisuudessa."
static bool subject_and_cue(const Scene *scene, uint32_t token)
{
  if (scene->lexicon->lang != LANG_FI || token >= scene->len) return false;
  const Word *word = scene->words[token];
  if (!(scene->in[token].flags & TOKEN_CAPITAL) && !word->pronoun && !word->role) return false;
  for (uint32_t i = token + 1; i < scene->len && i <= token + SUBJECT_MOST && scene_is_word(scene, i); i++) {
    Cue cue;
    if (cue_at(scene, i, scene->len, &cue)) return cue_is_verb(&cue);
    if (scene->words[i]->small) return false;
  }
  return false;
}

uint32_t cue_breaks_in(const Scene *scene, uint32_t from)
{
  for (uint32_t i = from; i + 2 < scene->len; i++) {
    bool comma = scene_is(scene, i, ","), mark = scene_is(scene, i, "?!") ||
                                                 str_is(scene_text(scene, i), "…") ||
                                                 str_starts(scene_text(scene, i), STR(".."));
    if (!comma && !mark) continue;
    if (comma && subject_and_cue(scene, i + 1)) return i;
    if (mark && (scene->in[i + 1].flags & TOKEN_CAPITAL)) continue;
    uint32_t verb = cue_skip_light(scene, i + 1, i + 4 < scene->len ? i + 4 : scene->len); // ", a dit Lee"
    Cue cue;
    if (verb >= scene->len || !cue_at(scene, verb, scene->len, &cue) || !cue_is_verb(&cue)) continue;
    uint32_t subject = cue.last;
    while (subject < scene->len && scene->words[subject]->small == SMALL_ADV) subject++;
    if (!subject_at(scene, subject)) continue;
    return comma ? i : i + 1;
  }
  return scene->len;
}
