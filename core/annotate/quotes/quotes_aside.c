// Words of the reporter within marks, as in the South: "«È finita – spiega Rossi – ma resto»", "« Si tout va
// bien, poursuit-il, nous signerons »". The stretch stays one; only who speaks is read from them.
#include "annotate/quotes/quotes_p.h"

#define ASIDE_MOST 16u // tokens
#define VERB_WITHIN 4u // tokens, from the dash to the verb of saying

static bool has_asides(Lang lang)
{
  return lang == LANG_IT || lang == LANG_FR || lang == LANG_ES || lang == LANG_PT;
}

// The verb of saying right behind the mark that opens an aside: "– ha poi aggiunto".
static bool verb_behind(const Scene *scene, uint32_t mark, uint32_t end, Cue *cue)
{
  uint32_t verb = mark + 1, most = mark + VERB_WITHIN < end ? mark + VERB_WITHIN : end;
  while (verb < most) {
    SmallClass small = scene->words[verb]->small;
    if (small != SMALL_AUX && small != SMALL_REFL && small != SMALL_ADV) break;
    verb++;
  }
  return verb < most && cue_at(scene, verb, end, cue) && cue_is_verb(cue) && cue->class <= CUE_TELL;
}

// Whether between commas a subject shows that the verb is the reporter's: one that hangs on it, or a name.
static bool has_subject(const Scene *scene, const Cue *cue, uint32_t comma)
{
  uint32_t start;
  for (uint32_t i = cue_group(scene, cue->first); i < cue->last; i++)
    if (lexicon_clitic(scene->lexicon, &scene->in[i], &start)) return true;
  return cue->last < comma && (scene->in[cue->last].flags & TOKEN_CAPITAL);
}

bool aside_within(const Scene *scene, const Marked *marked, uint32_t *first, uint32_t *last)
{
  Lang lang = scene->lexicon->lang;
  if (marked->form != QUOTE_MARKS || !has_asides(lang) || marked->last < marked->first + 5) return false;
  uint32_t end = marked->last - 1;
  for (uint32_t i = marked->first + 2; i + 1 < end; i++) {
    bool dash = scene_is_dash(scene, i) && (scene->in[i].flags & TOKEN_SPACE_BEFORE);
    bool comma = lang == LANG_FR && scene_is(scene, i, ",");
    Cue cue;
    if (!(dash || comma) || !verb_behind(scene, i, end, &cue)) continue;
    uint32_t close = cue.last, most = i + ASIDE_MOST < end ? i + ASIDE_MOST : end;
    while (close < most && !(dash ? scene_is_dash(scene, close) : scene_is(scene, close, ",")) &&
           !scene_is(scene, close, ".!?;:"))
      close++;
    bool closed = close < most && !scene_is(scene, close, ".!?;:");
    if (!closed || (comma && !has_subject(scene, &cue, close))) continue;
    *first = i, *last = close + 1;
    return true;
  }
  return false;
}
