#define _GNU_SOURCE // memmem
// Why an anchor is certain. When it was written it was found out how many of the characters in front of it,
// and behind it, stood nowhere else in the article. A place that has so many of them later, on one side, is
// therefore the place itself, or one that was written since with the same words in it. Against the second
// stand two rules: what fits must be long enough not to come about by chance, and no second place may come
// near. Where one of them fails the anchor is an orphan.
//
// Context is counted in characters, outwards from the words; an end of the article that both reach is as good
// as all characters.
#include "human/anchor.h"

#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "human/finder.h"

enum {
  LEAST_EVIDENCE = 16, // characters of context that fit, both sides together
  OTHERS_MOST = 256,   // other places that are compared when an anchor is made
  FEW = 8,             // words are looked for one by one
  FIRST_TRY = 8,       // characters
  RIVAL_MOST = 8,      // a second place may fit in so many,
  RIVAL_WORST = 34,    // and in so many where another did when the anchor was made
  SPARE = 8,           // of them beyond those that were enough,
  SPARE_ALONE = 14,    // and where one side alone fits: its words may have been used again elsewhere
  OWN_WORDS = 24,      // words longer than this speak for themselves
  WHOLE = 1 << 16,     // to the article's end
};

typedef VEC_OF(size_t) PlaceVec;

typedef struct Words { // those of all anchors, each once, with their places
  Map index;           // words to number
  VEC_OF(Str) items;
  PlaceVec *places; // [number]
} Words;

static bool starts_char(char byte)
{
  return ((unsigned char)byte & 0xC0) != 0x80;
}

static size_t chars_in(Str s)
{
  size_t chars = 0;
  for (size_t i = 0; i < s.len; i++) chars += starts_char(s.ptr[i]);
  return chars;
}

// Characters in which the ends of `a` and `b` agree.
static uint32_t common_back(Str a, Str b)
{
  size_t least = a.len < b.len ? a.len : b.len, n = 0;
  while (n < least && a.ptr[a.len - 1 - n] == b.ptr[b.len - 1 - n]) n++;
  while (n && n < a.len && !starts_char(a.ptr[a.len - n])) n--; // whole ones
  return (uint32_t)chars_in((Str){a.ptr + a.len - n, n});
}

static uint32_t common_front(Str a, Str b)
{
  size_t least = a.len < b.len ? a.len : b.len, n = 0;
  while (n < least && a.ptr[n] == b.ptr[n]) n++;
  while (n && n < a.len && !starts_char(a.ptr[n])) n--;
  return (uint32_t)chars_in((Str){a.ptr, n});
}

static Str before_of(Str text, size_t at, size_t chars)
{
  size_t from = at;
  while (from && chars) chars -= starts_char(text.ptr[--from]);
  return str_slice(text, from, at);
}

static Str after_of(Str text, size_t at, size_t chars)
{
  size_t to = at;
  for (; to < text.len; to++)
    if (starts_char(text.ptr[to]) && !chars--) break;
  return str_slice(text, at, to);
}

// --- all places of all words

static size_t words_add(Words *self, Str words)
{
  bool fresh;
  uint64_t *number = map_slot(&self->index, words, &fresh);
  if (fresh) {
    *number = self->items.len;
    vec_push(&self->items, words);
  }
  return *number;
}

static void on_hit(void *ctx, size_t word, size_t at)
{
  Words *self = ctx;
  vec_push(&self->places[word], at);
}

static void words_find(Words *self, Str text)
{
  Finder *finder = finder_new(self->items.items, self->items.len);
  self->places = xcalloc(self->items.len ? self->items.len : 1, sizeof *self->places);
  finder_run(finder, text, on_hit, self);
  finder_free(finder);
}

static const PlaceVec *words_places(const Words *self, Str words)
{
  uint64_t number = 0;
  map_get(&self->index, words, &number);
  return &self->places[number];
}

static void words_release(Words *self)
{
  for (size_t i = 0; i < self->items.len; i++) vec_release(&self->places[i]);
  free(self->places);
  vec_release(&self->items);
  map_release(&self->index);
}

static uint32_t more(uint32_t a, uint32_t b)
{
  return a > b ? a : b;
}

// --- how well a place fits

typedef struct Fit {              // how much of an anchor's context a place has
  uint32_t left, right;           // characters; WHOLE: all up to the article's end
  uint32_t near_left, near_right; // those of them in the same paragraph, ANCHOR_CHARS at most
} Fit;

// The part of `context`, next to the words, that is of their paragraph.
static Str same_paragraph(Str context, bool behind)
{
  const char *gap = NULL;
  for (size_t i = 0; i + 1 < context.len && !(behind && gap); i++)
    if (context.ptr[i] == '\n' && context.ptr[i + 1] == '\n') gap = context.ptr + i;
  if (!gap) return context;
  size_t at = (size_t)(gap - context.ptr);
  return behind ? str_slice(context, 0, at) : str_slice(context, at + 2, context.len);
}

static uint32_t least_of(size_t a, size_t b)
{
  return (uint32_t)(a < b ? a : b);
}

typedef struct Context { // of an anchor, measured once for all places
  const Anchor *anchor;
  uint32_t left, right;           // characters kept
  uint32_t near_left, near_right; // those of them in the words' paragraph, ANCHOR_CHARS at most
} Context;

static Context context_of(const Anchor *anchor)
{
  return (Context){anchor, (uint32_t)chars_in(anchor->before), (uint32_t)chars_in(anchor->after),
                   least_of(chars_in(same_paragraph(anchor->before, false)), ANCHOR_CHARS),
                   least_of(chars_in(same_paragraph(anchor->after, true)), ANCHOR_CHARS)};
}

static Fit fit_at(Str text, const Context *context, size_t at)
{
  const Anchor *anchor = context->anchor;
  size_t end = at + anchor->words.len;
  Fit fit = {common_back(str_slice(text, 0, at), anchor->before),
             common_front(str_slice(text, end, text.len), anchor->after), 0, 0};
  fit.near_left = least_of(fit.left, context->near_left);
  fit.near_right = least_of(fit.right, context->near_right);
  // Less than the usual width was kept: the article ended there.
  if (at == anchor->before.len && fit.left == context->left && fit.left < ANCHOR_CHARS) fit.left = WHOLE;
  if (text.len - end == anchor->after.len && fit.right == context->right && fit.right < ANCHOR_CHARS)
    fit.right = WHOLE;
  return fit;
}

// Whether all that is kept as a rule fits.
static bool fits_whole(Fit fit)
{
  return fit.left >= ANCHOR_CHARS && fit.right >= ANCHOR_CHARS;
}

static uint32_t evidence(Fit fit)
{
  return least_of(fit.left, ANCHOR_CHARS) + least_of(fit.right, ANCHOR_CHARS);
}

// --- making

typedef struct Side { // of an anchor that is being made
  size_t at;
  bool behind;
  uint32_t low, high; // characters: so many stand elsewhere too; so many do not
} Side;

static Str side_text(Str text, const Side *side, uint32_t chars)
{
  return side->behind ? after_of(text, side->at, chars) : before_of(text, side->at, chars);
}

static bool stands_twice(Str text, Str words)
{
  if (!words.len) return true;
  const char *first = memmem(text.ptr, text.len, words.ptr, words.len);
  if (!first) return false;
  size_t rest = (size_t)(text.ptr + text.len - first) - 1;
  return memmem(first + 1, rest, words.ptr, words.len) != NULL;
}

// Which of `words` stand in the text twice. A few are looked for one by one, many in one walk.
static void find_repeated(Str text, const Str *words, size_t count, bool *repeated)
{
  if (count <= FEW) {
    for (size_t i = 0; i < count; i++) repeated[i] = stands_twice(text, words[i]);
    return;
  }
  Words all = {0};
  for (size_t i = 0; i < count; i++) words_add(&all, words[i]);
  words_find(&all, text);
  for (size_t i = 0; i < count; i++) repeated[i] = !words[i].len || words_places(&all, words[i])->len > 1;
  words_release(&all);
}

static uint32_t next_try(const Side *side)
{
  if (side->high > ANCHOR_CHARS_MAX) return side->low ? 2 * side->low : FIRST_TRY;
  return side->low + (side->high - side->low) / 2;
}

// All sides are halved together, so that a round costs one walk over the text.
static void measure_sides(Str text, Side *sides, size_t count)
{
  Str *words = xcalloc(count, sizeof *words);
  bool *repeated = xcalloc(count, sizeof *repeated);
  Side **open = xcalloc(count, sizeof *open);
  for (;;) {
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
      Side *side = &sides[i];
      if (side->low + 1 >= side->high || side->low == ANCHOR_CHARS_MAX) continue;
      open[left] = side;
      words[left++] = side_text(text, side, next_try(side));
    }
    if (!left) break;
    find_repeated(text, words, left, repeated);
    for (size_t i = 0; i < left; i++) {
      uint32_t tried = next_try(open[i]);
      if (repeated[i] && chars_in(words[i]) < tried)
        open[i]->low = ANCHOR_CHARS_MAX; // the article ends first
      else if (repeated[i])
        open[i]->low = tried;
      else
        open[i]->high = tried;
    }
  }
  free(words);
  free(repeated);
  free(open);
}

static uint32_t enough(const Side *side)
{
  return side->low == ANCHOR_CHARS_MAX ? ANCHOR_CHARS_MAX + 1 : side->high;
}

// What the best of the other places with the same words has in common with each anchor.
static void measure_others(Str text, Anchor *items, size_t count)
{
  Words words = {0};
  for (size_t i = 0; i < count; i++) words_add(&words, items[i].words);
  words_find(&words, text);
  for (size_t i = 0; i < count; i++) {
    const PlaceVec *places = words_places(&words, items[i].words);
    Context context = context_of(&items[i]);
    size_t step =
        places->len / OTHERS_MOST + 1; // fewer are looked at: then a doubt comes sooner, never a mistake
    items[i].enough[2] = 0;
    for (size_t k = 0; k < places->len; k += step)
      if (places->items[k] != items[i].start)
        items[i].enough[2] = more(items[i].enough[2], evidence(fit_at(text, &context, places->items[k])) + 1);
  }
  words_release(&words);
}

void anchor_make(const Plain *text, Anchor *items, size_t count, Arena *arena)
{
  Str all = text->text;
  Side *sides = xcalloc(2 * count + 1, sizeof *sides);
  for (size_t i = 0; i < count; i++) {
    sides[2 * i] = (Side){.at = items[i].start, .high = ANCHOR_CHARS_MAX + 1};
    sides[2 * i + 1] = (Side){.at = items[i].end, .behind = true, .high = ANCHOR_CHARS_MAX + 1};
  }
  measure_sides(all, sides, 2 * count);
  for (size_t i = 0; i < count; i++) {
    Anchor *item = &items[i];
    for (int side = 0; side < 2; side++) item->enough[side] = enough(&sides[2 * i + (size_t)side]);
    uint32_t least = item->enough[0] < item->enough[1] ? item->enough[0] : item->enough[1];
    uint32_t keep = least > ANCHOR_CHARS && least <= ANCHOR_CHARS_MAX ? least : ANCHOR_CHARS;
    item->words = arena_dup(arena, str_slice(all, item->start, item->end));
    item->before = arena_dup(arena, before_of(all, item->start, keep));
    item->after = arena_dup(arena, after_of(all, item->end, keep));
    item->article = text->hash;
  }
  free(sides);
  measure_others(all, items, count);
}

// --- finding

// Whether the place is none of those that had these words before. Paragraphs come and go whole, so what lies
// in another one counts only where all fits.
static bool told_from_others(const Anchor *anchor, Fit fit)
{
  if (fits_whole(fit)) return fit.left >= anchor->enough[0] || fit.right >= anchor->enough[1];
  if (!fit.left || !fit.right) return false; // perhaps a part of another word now
  return fit.near_left >= anchor->enough[0] || fit.near_right >= anchor->enough[1];
}

// Characters that fit beyond those that were enough.
static uint32_t spare(const Anchor *anchor, Fit fit)
{
  if (fits_whole(fit)) return 2 * ANCHOR_CHARS;
  uint32_t left = fit.near_left, right = fit.near_right;
  return (left > anchor->enough[0] ? left - anchor->enough[0] : 0) +
         (right > anchor->enough[1] ? right - anchor->enough[1] : 0);
}

static uint32_t spare_needed(Fit fit)
{
  uint32_t less = fit.near_left < fit.near_right ? fit.near_left : fit.near_right;
  return less > 2 ? SPARE : SPARE_ALONE;
}

typedef struct Ranking {
  size_t at; // the best place that is told from the others
  Fit fit;
  bool any;
  uint32_t best, told, other; // evidence: of it, of the next such place, of the best of the others
} Ranking;

static Ranking rank_places(Str text, const Anchor *anchor, const PlaceVec *places)
{
  Ranking self = {0};
  Context context = context_of(anchor);
  for (size_t i = 0; i < places->len; i++) {
    Fit fit = fit_at(text, &context, places->items[i]);
    uint32_t here = evidence(fit) + 1;
    if (!told_from_others(anchor, fit)) {
      self.other = more(self.other, here);
    } else if (here > self.best) {
      self.told = self.best;
      self.best = here;
      self.at = places->items[i];
      self.fit = fit;
      self.any = true;
    } else {
      self.told = more(self.told, here);
    }
  }
  return self;
}

// The evidence that words need: long ones speak for themselves.
static uint32_t needed(Str words)
{
  size_t own = chars_in(words);
  if (own <= OWN_WORDS) return LEAST_EVIDENCE;
  return own < OWN_WORDS + LEAST_EVIDENCE ? (uint32_t)(OWN_WORDS + LEAST_EVIDENCE - own) : 0;
}

static AnchorPlace find_one(Str text, const Anchor *anchor, const PlaceVec *places)
{
  AnchorPlace place = {ANCHOR_GONE, 0, 0};
  if (!places->len) return place;
  Ranking rank = rank_places(text, anchor, places);
  uint32_t least = needed(anchor->words);
  place.state = ANCHOR_CHANGED;
  if (!rank.any || rank.best < least || (least && spare(anchor, rank.fit) < spare_needed(rank.fit)))
    return place;
  place.state = ANCHOR_REPEATED;
  uint32_t most = anchor->enough[2] < RIVAL_WORST ? anchor->enough[2] : RIVAL_WORST;
  if (rank.told > RIVAL_MOST || rank.other > more(most, RIVAL_MOST)) return place;
  return (AnchorPlace){ANCHOR_FOUND, rank.at, rank.at + anchor->words.len};
}

static bool stays(const Plain *text, const Anchor *anchor)
{
  return anchor->article == text->hash && anchor->end <= text->text.len && anchor->start < anchor->end &&
         str_eq(str_slice(text->text, anchor->start, anchor->end), anchor->words);
}

void anchor_find(const Plain *text, const Anchor *const *items, size_t count, AnchorPlace *out)
{
  Words words = {0};
  for (size_t i = 0; i < count; i++) {
    out[i] = (AnchorPlace){ANCHOR_FOUND, items[i]->start, items[i]->end};
    if (stays(text, items[i])) continue;
    out[i].state = ANCHOR_GONE; // to be looked for
    words_add(&words, items[i]->words);
  }
  words_find(&words, text->text);
  for (size_t i = 0; i < count; i++)
    if (out[i].state != ANCHOR_FOUND)
      out[i] = find_one(text->text, items[i], words_places(&words, items[i]->words));
  words_release(&words);
}

const char *anchor_state_text(AnchorState state)
{
  static const char *const texts[] = {"in its place", "its words are no longer in the article",
                                      "its words are there, but not what stood around them",
                                      "its words stand in several places that cannot be told apart"};
  return texts[state];
}
