// Reading a block leaves ten times its bytes behind: tokens, vectors that grew, facts about words. What is
// kept is copied out, into an arena whose one chunk is as large as the copy.
#include "annotate/notes.h"

#include "annotate/dates_p.h"
#include "base/alloc.h"

#include <stdlib.h>

// --- how much

static size_t tokens_room(const Notes *read, size_t first, size_t last)
{
  size_t room = (last - first) * sizeof(Token);
  for (size_t i = first; i < last; i++) room += arena_room(read->tokens.items[i].lower.len + 1);
  return room;
}

static size_t names_room(const Notes *read, const NameVec *names, bool tokens)
{
  size_t room = arena_room(names->len * sizeof *names->items);
  for (size_t i = 0; i < names->len; i++) {
    const Name *name = &names->items[i];
    room += arena_room(name->entity.len + 1);
    if (tokens) room += tokens_room(read, name->first, name->last);
  }
  return room;
}

static size_t notes_room(const Notes *read, bool all_tokens)
{
  return arena_room(read->text.len + 1) + names_room(read, &read->names, !all_tokens) +
         names_room(read, &read->weak, !all_tokens) + arena_room(0) +
         (all_tokens ? tokens_room(read, 0, read->tokens.len) : 0) +
         arena_room(read->dates.len * sizeof(DateDraft)) +
         read->dates.len * (arena_room(sizeof(DateFrame)) + arena_room(sizeof(DateMemo))) +
         arena_room(read->quotes.len * sizeof(QuoteDraft));
}

// --- copies

// Tokens [first, last) of `read` behind those that `kept` has. Returns where they begin.
static uint32_t keep_tokens(const Notes *read, size_t first, size_t last, Notes *kept)
{
  size_t at = kept->tokens.len;
  for (size_t i = first; i < last; i++) {
    Token token = read->tokens.items[i];
    token.lower = arena_dup(&kept->arena, token.lower);
    kept->tokens.items[kept->tokens.len++] = token;
  }
  return (uint32_t)at;
}

static NameVec keep_names(const Notes *read, const NameVec *names, bool tokens, Notes *kept)
{
  size_t len = names->len;
  NameVec copy = {arena_copy(&kept->arena, names->items, len * sizeof *names->items), len, len};
  for (size_t i = 0; i < len; i++) {
    Name *name = &copy.items[i];
    if (name->entity.len) name->entity = arena_dup(&kept->arena, name->entity);
    if (!tokens) continue;
    uint32_t count = name->last - name->first;
    name->first = keep_tokens(read, name->first, name->last, kept);
    name->last = name->first + count;
  }
  return copy;
}

static size_t tokens_of(const NameVec *names)
{
  size_t count = 0;
  for (size_t i = 0; i < names->len; i++) count += names->items[i].last - names->items[i].first;
  return count;
}

static DateVec keep_dates(const DateVec *dates, Arena *arena)
{
  size_t len = dates->len;
  DateVec copy = {arena_copy(arena, dates->items, len * sizeof *dates->items), len, len};
  for (size_t i = 0; i < len; i++) {
    DateDraft *draft = &copy.items[i];
    draft->frame = arena_copy(arena, draft->frame, sizeof *draft->frame);
    draft->memo = arena_copy(arena, draft->memo, sizeof *draft->memo);
  }
  return copy;
}

Notes *notes_keep(const Notes *read)
{
  bool all_tokens = read->kind == BLOCK_SIGNATURE;
  Notes *kept = xcalloc(1, sizeof *kept);
  Arena *arena = &kept->arena;
  arena_reserve(arena, notes_room(read, all_tokens));
  kept->kind = read->kind;
  kept->lang = read->lang;
  kept->text = arena_dup(arena, read->text);
  size_t tokens = all_tokens ? read->tokens.len : tokens_of(&read->names) + tokens_of(&read->weak);
  kept->tokens.items = arena_alloc(arena, tokens * sizeof(Token));
  kept->tokens.cap = tokens;
  if (all_tokens) keep_tokens(read, 0, tokens, kept);
  kept->names = keep_names(read, &read->names, !all_tokens, kept);
  kept->weak = keep_names(read, &read->weak, !all_tokens, kept);
  kept->dates = keep_dates(&read->dates, arena);
  size_t quotes = read->quotes.len;
  kept->quotes =
      (QuoteVec){arena_copy(arena, read->quotes.items, quotes * sizeof *read->quotes.items), quotes, quotes};
  return kept;
}

void notes_free(Notes *self)
{
  if (!self) return;
  arena_release(&self->arena);
  free(self);
}
