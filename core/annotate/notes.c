// Reading a block leaves ten times its bytes behind: tokens, vectors that grew, facts about words. What is
// kept is copied out, into an arena whose one chunk is as large as the copy and begins with the notes: what a
// pass reads of a block lies on the next cache lines, in the order in which the passes come.
#include "annotate/notes.h"

#include "annotate/dates/dates_p.h"

static size_t tokens_room(const TokenVec *tokens)
{
  size_t room = arena_room(tokens->len * sizeof(Token));
  for (size_t i = 0; i < tokens->len; i++) room += arena_room(tokens->items[i].lower.len + 1);
  return room;
}

static size_t notes_room(const Notes *read, bool tokens)
{
  return arena_room(sizeof(Notes)) + arena_room(read->mentions.len * sizeof(CorefMention)) +
         arena_room(read->dates.len * sizeof(DateDraft)) + read->dates.len * arena_room(sizeof(DateFrame)) +
         arena_room(read->quotes.len * sizeof(QuoteDraft)) + (tokens ? tokens_room(&read->tokens) : 0) +
         arena_room(read->text.len + 1);
}

static TokenVec keep_tokens(const TokenVec *tokens, Arena *arena)
{
  size_t len = tokens->len;
  TokenVec copy = {arena_copy(arena, tokens->items, len * sizeof *tokens->items), len, len};
  for (size_t i = 0; i < len; i++) copy.items[i].lower = arena_dup(arena, copy.items[i].lower);
  return copy;
}

static DateVec keep_dates(const DateVec *dates, Arena *arena)
{
  size_t len = dates->len;
  DateVec copy = {arena_copy(arena, dates->items, len * sizeof *dates->items), len, len};
  for (size_t i = 0; i < len; i++) {
    DateDraft *draft = &copy.items[i];
    draft->frame = arena_copy(arena, draft->frame, sizeof *draft->frame);
  }
  return copy;
}

Notes *notes_keep(const Notes *read)
{
  bool tokens = read->kind == BLOCK_SIGNATURE;
  Arena arena = {0};
  arena_reserve(&arena, notes_room(read, tokens));
  Notes *kept = arena_zalloc(&arena, sizeof *kept);
  size_t mentions = read->mentions.len, quotes = read->quotes.len;
  kept->kind = read->kind;
  kept->lang = read->lang;
  kept->mentions = (CorefMentionVec){
      arena_copy(&arena, read->mentions.items, mentions * sizeof(CorefMention)), mentions, mentions};
  kept->dates = keep_dates(&read->dates, &arena);
  kept->quotes =
      (QuoteVec){arena_copy(&arena, read->quotes.items, quotes * sizeof(QuoteDraft)), quotes, quotes};
  if (tokens) kept->tokens = keep_tokens(&read->tokens, &arena);
  kept->text = arena_dup(&arena, read->text);
  kept->arena = arena;
  return kept;
}

void notes_free(Notes *self)
{
  if (!self) return;
  Arena arena = self->arena; // the notes are in it
  arena_release(&arena);
}
