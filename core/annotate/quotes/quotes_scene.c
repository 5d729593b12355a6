// A scene is a block seen by its words: for every token what the tables say of it, whether it is spoken, and
// a running toll, so that the cost of going from a verb to a candidate is one subtraction.
#include "annotate/quotes/quotes_p.h"

#include "base/utf8.h"

#define PREFETCHED_AHEAD 6 // tokens, while those before are looked up

bool scene_is_dash(const Scene *self, uint32_t token)
{
  if (token >= self->len || !(self->in[token].flags & TOKEN_PUNCT)) return false;
  Str s = scene_text(self, token);
  return str_is(s, "-") || str_is(s, "–") || str_is(s, "—") || str_is(s, "--");
}

static bool ends_sentence(const Scene *self, uint32_t token)
{
  Str s = scene_text(self, token);
  if (!scene_is(self, token, ".!?") && !str_is(s, "…") && !str_starts(s, STR(".."))) return false;
  if (token + 1 >= self->len) return true;
  const Token *next = &self->in[token + 1];
  if (next->flags & TOKEN_WORD) return next->flags & TOKEN_CAPITAL;
  bool bracket = scene_is(self, token + 1, ")]") && token + 2 < self->len; // "Lee (I-Vt.) said"
  if (!bracket) return true;
  return self->in[token + 2].flags & TOKEN_CAPITAL ||
         !(scene_is_word(self, token + 2) || scene_is(self, token + 2, ",;:"));
}

void scene_init(Scene *self, const Quotes *quotes, const Lexicon *lexicon, Notes *notes, Arena *arena)
{
  uint32_t len = (uint32_t)notes->tokens.len;
  *self =
      (Scene){.quotes = quotes, .lexicon = lexicon, .notes = notes, .arena = arena, .keep = &notes->arena};
  self->in = notes->tokens.items;
  self->len = len;
  self->words = arena_alloc(arena, size_mul(len, sizeof *self->words));
  self->inside = arena_zalloc(arena, len + 1);
  self->stops = arena_zalloc(arena, len + 1);
  self->toll = arena_alloc(arena, size_mul((size_t)len + 1, sizeof *self->toll));
  for (uint32_t i = 0; i < len; i++) {
    if (i + PREFETCHED_AHEAD < len) lexicon_prefetch(lexicon, &self->in[i + PREFETCHED_AHEAD]);
    uint32_t flags = self->in[i].flags;
    bool age = (flags & TOKEN_NUMBER) && (flags & TOKEN_HAS_LOWER);
    self->words[i] = flags & TOKEN_WORD ? lexicon_word(self->lexicon, &self->in[i])
                     : age              ? lexicon_age(self->lexicon, &self->in[i])
                                        : &g_unknown_word;
    if (flags & TOKEN_PUNCT)
      self->stops[i] = ends_sentence(self, i);
    else
      self->tail = i + 1;
  }
}

static float token_toll(const Scene *self, uint32_t i)
{
  if (self->inside[i]) return 0.05F;
  if (!(self->in[i].flags & TOKEN_PUNCT)) return self->words[i]->toll;
  if (scene_is(self, i, ",")) return 0.35F;
  return scene_is(self, i, ";:") ? 1.5F : self->stops[i] ? 2.5F : 0.1F;
}

void scene_mark(Scene *self, const MarkedVec *marked)
{
  for (size_t i = 0; i < marked->len; i++) {
    if (marked->items[i].doubtful) continue; // what is whole behind it counts
    memset(self->inside + marked->items[i].first, 1, marked->items[i].last - marked->items[i].first);
  }
  self->toll[0] = 0;
  for (uint32_t i = 0; i < self->len; i++) self->toll[i + 1] = self->toll[i] + token_toll(self, i);
}
