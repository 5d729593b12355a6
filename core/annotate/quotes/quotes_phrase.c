// Noun phrases around a verb of saying, for speakers that no table and no tagger knows: "sier pappaen", "one
// woman said", "schreibt die „Neue Zeitung“".
#include "annotate/quotes/quotes_p.h"

#define TITLE_MOST 4u // words of an outlet's name between marks

// Whether a noun phrase may begin so: with an article or a capital, or in a language that hangs its article
// on the noun.
static bool phrase_like(const Scene *scene, uint32_t first)
{
  Lang lang = scene->lexicon->lang;
  if (memchr(scene->in[first].lower.ptr, '.', scene->in[first].lower.len)) return true; // "weather.com"
  SmallClass before = first > 0 ? scene->words[first - 1]->small : SMALL_NONE; // with the article: "nella"
  if (scene_drops_subjects(scene) && (before == SMALL_PREP || before == SMALL_OF)) return true;
  bool hung = lang == LANG_SV || lang == LANG_NB || lang == LANG_NN || lang == LANG_DA || lang == LANG_FI;
  return hung || scene->words[first]->small == SMALL_DET || (scene->in[first].flags & TOKEN_CAPITAL);
}

uint32_t phrase_date_end(const Scene *scene, uint32_t token)
{
  const DateVec *dates = &scene->notes->dates;
  size_t a = 0, b = dates->len;
  while (a < b) { // the first that ends behind the token's start
    size_t mid = (a + b) / 2;
    if (dates->items[mid].end <= scene->in[token].start)
      a = mid + 1;
    else
      b = mid;
  }
  if (a == dates->len || dates->items[a].start > scene->in[token].start) return token;
  while (token < scene->len && scene->in[token].start < dates->items[a].end) token++;
  return token;
}

bool phrase_oblique(const Scene *scene, uint32_t token, Party *party)
{
  if (token >= scene->len || scene->inside[token] || !scene->words[token]->oblique) return false;
  const Word *word = scene->words[token];
  uint32_t next = token + 1;
  bool owns = word->small == SMALL_DET && next < scene->len && scene_is_word(scene, next) &&
              scene->words[next]->small != SMALL_AUX; // "according to her lawyer"
  if (owns) return false;
  *party = (Party){scene->in[token].start, scene->in[token].end, PARTY_PRONOUN, word->oblique, 0, {0}};
  return true;
}

bool phrase_behind(const Scene *scene, uint32_t from, uint32_t end, Party *party)
{
  uint32_t i = from;
  while (i < end && (scene->words[i]->small == SMALL_ADV || scene->words[i]->small == SMALL_REFL ||
                     scene->words[i]->small == SMALL_AUX))
    i++;
  if (i < end) i = phrase_date_end(scene, i);
  uint32_t first = i, nouns = 0;
  for (; i < end && i < first + 6 && (scene->in[i].flags & (TOKEN_WORD | TOKEN_NUMBER)) && !scene->inside[i];
       i++) {
    const Word *word = scene->words[i];
    if (word_is_ours(word)) return false;
    if ((word->small && word->small != SMALL_DET) || (nouns && word->pronoun && !word->small)) break;
    bool capital = scene->in[i].flags & TOKEN_CAPITAL;
    if (word->cue && word->cue < CUE_NOUN && !capital) break;
    if (scene->lexicon->lang == LANG_DE && nouns && !capital && i > first &&
        (scene->in[i - 1].flags & TOKEN_CAPITAL))
      break;
    nouns += !word->small;
  }
  if (!nouns || !phrase_like(scene, first)) return false;
  *party = (Party){scene->in[first].start, scene->in[i - 1].end, PARTY_NOUN, 0, 0, {0}};
  return true;
}

bool phrase_marked(const Scene *scene, uint32_t from, uint32_t end, Party *party)
{
  uint32_t i = from, words = 0;
  while (i < end && (scene->words[i]->small == SMALL_DET || scene->words[i]->role == 'o')) i++;
  if (i + 2 >= end || !scene->inside[i] || !marks_is(scene->notes->text, &scene->in[i])) return false;
  uint32_t first = ++i;
  if (!(scene->in[first].flags & TOKEN_CAPITAL)) return false;
  while (i < end && !marks_is(scene->notes->text, &scene->in[i])) words += scene_is_word(scene, i++);
  if (i == end || words != i - first || words > TITLE_MOST) return false;
  *party = (Party){scene->in[first].start, scene->in[i - 1].end, PARTY_NOUN, 0, 0, {0}};
  return true;
}

bool phrase_before(const Scene *scene, uint32_t from, uint32_t end, Party *party)
{
  uint32_t last = end;
  while (last > from &&
         (scene->words[last - 1]->small == SMALL_ADV || scene->words[last - 1]->small == SMALL_AUX ||
          scene->words[last - 1]->small == SMALL_REFL))
    last--;
  uint32_t first = last, nouns = 0;
  while (first > from && last - first < 7) {
    uint32_t i = first - 1;
    const Word *word = scene->words[i];
    if (!(scene->in[i].flags & (TOKEN_WORD | TOKEN_NUMBER)) || scene->inside[i]) break;
    if (word->small && word->small != SMALL_DET && word->small != SMALL_OF) break;
    if (word_is_ours(word)) return false;
    if (word->cue && (word->cue < CUE_NOUN || word->cue == CUE_PREP)) break;
    first--;
    nouns += !word->small;
    if (word->small == SMALL_DET) break;
  }
  if (!nouns || !(phrase_like(scene, first) || first == from) || phrase_date_end(scene, last - 1) != last - 1)
    return false;
  SmallClass before = first > 0 ? scene->words[first - 1]->small : SMALL_NONE;
  if (before == SMALL_PREP || before == SMALL_TO || before == SMALL_OF) return false;
  if (first > 0 && scene->words[first - 1]->cue == CUE_PREP) return false; // "according to a document"
  *party = (Party){scene->in[first].start, scene->in[last - 1].end, PARTY_NOUN, 0, 0, {0}};
  return true;
}

bool phrase_first(const Scene *scene, uint32_t from, uint32_t end, Party *party)
{
  uint32_t i = from, nouns = 0;
  while (i < end && (scene->in[i].flags & TOKEN_PUNCT)) i++;
  uint32_t first = i;
  for (; i < end && i < first + 5 && scene_is_word(scene, i) && !scene->inside[i]; i++) {
    const Word *word = scene->words[i];
    bool joins = nouns && word->small == SMALL_OF; // "members of the union"
    bool cue = word->cue && (word->cue < CUE_NOUN || word->cue == CUE_PREP);
    if ((word->small && word->small != SMALL_DET && !joins) || cue || word->pronoun) break;
    nouns += !word->small;
  }
  bool article = first < end && (scene->words[first]->small == SMALL_DET ||
                                 (first + 1 < end && (scene->in[first + 1].flags & TOKEN_CAPITAL)));
  if (!nouns || i == end || (!article && scene_drops_subjects(scene))) return false;
  if (phrase_date_end(scene, first) >= i) return false; // "two years ago"
  *party = (Party){scene->in[first].start, scene->in[i - 1].end, PARTY_NOUN, 0, 0, {0}};
  return true;
}
