// Lines that a dash opens. In the North a line of dash speech is spoken from its dash to the words of the
// reporter (", sa hon"), or to its end. Behind those words speech goes on where another dash says so, and it
// may begin within a paragraph, behind a full stop or a colon. In the South a dash closes speech too, in
// front of the reporter's words ("– No – ha detto Rossi – mai."), and the next one opens it again.
#include "annotate/quotes/quotes_p.h"

#define LEAD_MOST 14u // tokens from a verb of saying to the colon behind it

// The next dash that speech can begin with: between spaces, behind the end of a sentence, a comma or a colon.
static uint32_t next_dash(const Scene *scene, uint32_t from)
{
  for (uint32_t i = from; i + 1 < scene->len; i++) {
    if (!scene_is_dash(scene, i) || !(scene->in[i].flags & TOKEN_SPACE_BEFORE) ||
        !(scene->in[i + 1].flags & TOKEN_SPACE_BEFORE))
      continue;
    if (i && (scene_is(scene, i - 1, ".,:!?") || (scene->in[i + 1].flags & TOKEN_CAPITAL))) return i;
  }
  return scene->len;
}

// Speech begins with a capital; "– milk" is an item of a list.
static bool begins_speech(const Scene *scene, uint32_t dash)
{
  uint32_t i = dash + 1;
  while (i < scene->len && (scene->in[i].flags & TOKEN_PUNCT)) i++;
  if (i >= scene->len) return false;
  return (scene->in[i].flags & (TOKEN_CAPITAL | TOKEN_NUMBER)) || dash > 0 || !scene_is_word(scene, i);
}

static bool closes_by_dash(Lang lang)
{
  return lang == LANG_IT || lang == LANG_FR || lang == LANG_ES || lang == LANG_PT;
}

// The dash in front of the reporter's words, from token `from` on; the line's end where there is none. *stop:
// where those words end, at a dash of their own or at the line's end.
static uint32_t closing_dash(const Scene *scene, uint32_t from, uint32_t *stop)
{
  for (uint32_t i = from; i + 1 < scene->len; i++) {
    if (!scene_is_dash(scene, i)) continue;
    uint32_t verb = i + 1, end = i + 4 < scene->len ? i + 4 : scene->len;
    while (verb < end && (scene->words[verb]->small == SMALL_AUX || scene->words[verb]->small == SMALL_REFL ||
                          scene->words[verb]->small == SMALL_ADV))
      verb++;
    Cue cue;
    if (verb == end || !cue_at(scene, verb, scene->len, &cue) || cue.class >= CUE_NOUN) continue;
    for (*stop = cue.last; *stop < scene->len && !scene_is_dash(scene, *stop);) ++*stop;
    return i;
  }
  return *stop = scene->len;
}

// Put a stretch in its place, over those between marks in it.
static void place_speech(const Scene *scene, Marked speech, MarkedVec *out)
{
  size_t at = out->len, over;
  while (at > 0 && out->items[at - 1].first > speech.first) at--;
  for (over = at; over < out->len && out->items[over].first < speech.last;) over++;
  if (over == at) vec_push_in(scene->arena, out, speech);
  memmove(out->items + at + 1, out->items + over, (out->len - over - (over == at)) * sizeof *out->items);
  out->len -= over == at ? 0 : over - at - 1;
  out->items[at] = speech;
}

// The first dash within a paragraph that opens speech, behind a full stop or a colon; the end where there is
// none.
static uint32_t opening_within(const Scene *scene, const MarkedVec *marked)
{
  size_t m = 0;
  for (uint32_t i = 1; i + 1 < scene->len; i++) {
    while (m < marked->len && marked->items[m].last <= i) m++;
    bool said = m < marked->len && marked->items[m].first <= i;
    if (said || !scene_is_dash(scene, i) || !(scene->in[i].flags & TOKEN_SPACE_BEFORE)) continue;
    bool capital = scene->in[i + 1].flags & TOKEN_CAPITAL && scene->in[i + 1].flags & TOKEN_SPACE_BEFORE;
    if (capital && (scene->stops[i - 1] || scene_is(scene, i - 1, ":"))) return i;
  }
  return scene->len;
}

// Whether a colon leads to what is said: behind a verb of saying, or in a headline.
static bool led_by_colon(const Scene *scene, uint32_t dash)
{
  if (!scene_is(scene, dash - 1, ":")) return false;
  if (scene->notes->kind == BLOCK_HEADLINE || scene->notes->kind == BLOCK_SUBHEAD) return true;
  for (uint32_t i = dash - 1; i > 0 && dash - i < LEAD_MOST && !scene->stops[i - 1]; i--) {
    Cue cue;
    if (cue_at(scene, i - 1, dash, &cue) && cue_is_verb(&cue)) return true;
  }
  return false;
}

void dash_speech_within(const Scene *scene, MarkedVec *out)
{
  if (closes_by_dash(scene->lexicon->lang)) return;
  uint32_t first = opening_within(scene, out);
  if (first == scene->len) return;
  uint32_t last = cue_breaks_in(scene, first + 1);
  if (last == scene->len && !led_by_colon(scene, first)) return; // nothing says that it is speech
  while (first + 1 < scene->len) {
    place_speech(scene, (Marked){first, last, QUOTE_DASH, false}, out);
    first = next_dash(scene, last);
    last = cue_breaks_in(scene, first + 1);
  }
}

// "- Det bliver ikke let, siger Holm til DR. Men vi skal.": Danish papers set no other dash, where the
// sentence behind the reporter's words is in the first person.
static void goes_on_without(const Scene *scene, uint32_t from, MarkedVec *out)
{
  uint32_t first = from;
  while (first < scene->len && !scene->stops[first]) first++;
  bool ours = false;
  for (uint32_t i = ++first; i < scene->len; i++) ours = ours || scene->words[i]->pronoun == 'w';
  if (!ours) return;
  uint32_t last = cue_breaks_in(scene, first);
  if (first < last) vec_push_in(scene->arena, out, (Marked){first, last, QUOTE_DASH, false});
}

// "– Jamás – dijo –. Nunca más.": behind the dash that ends the reporter's words the sentence before has its
// stop.
static uint32_t behind_stop(const Scene *scene, uint32_t dash)
{
  bool stop = dash > 0 && dash + 2 < scene->len && scene_is(scene, dash + 1, ".,;:");
  return stop ? dash + 2 : dash;
}

void dash_speech(const Scene *scene, bool listed, MarkedVec *out)
{
  bool south = closes_by_dash(scene->lexicon->lang);
  // Where the reporter breaks in next, by a comma and by a dash: looked for once, not for each line before.
  uint32_t comma = 0, dash = 0, dash_stop = 0;
  for (uint32_t first = 0; first + 1 < scene->len && scene_is_dash(scene, first);) {
    if (comma <= first) comma = cue_breaks_in(scene, first + 1);
    if (south && dash <= first) dash = closing_dash(scene, first + 1, &dash_stop);
    bool by_dash = south && dash < comma;
    uint32_t last = by_dash ? dash : comma;
    if (!first && (listed || south) && last == scene->len) return; // an item of a list, for all that it shows
    if (!first) out->len = 0;
    if (last > first + 1 && begins_speech(scene, first))
      vec_push_in(scene->arena, out, (Marked){behind_stop(scene, first), last, QUOTE_DASH, false});
    first = by_dash ? dash_stop : next_dash(scene, last);
    if (first == scene->len && scene->lexicon->lang == LANG_DA && last < scene->len)
      goes_on_without(scene, last, out);
  }
}
