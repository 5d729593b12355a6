// A line of dash speech is spoken from its dash to the words of the reporter (", sa hon"), or to its end.
// Behind those words speech goes on where another dash says so.
#include "annotate/quotes_p.h"

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

void dash_speech(const Scene *scene, bool listed, MarkedVec *out)
{
  uint32_t first = 0;
  while (first + 1 < scene->len && scene_is_dash(scene, first)) {
    uint32_t stop, last = speaker_breaks_in(scene, first + 1, &stop);
    if (!first && listed && last == scene->len) return;
    if (!first) out->len = 0;
    if (last > first + 1 && begins_speech(scene, first))
      vec_push_in(scene->arena, out, (Marked){first, last, QUOTE_DASH});
    first = next_dash(scene, last);
  }
}
