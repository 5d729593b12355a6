// notes_same() follows the passes: what one of them comes to read of the notes must be compared here. They
// compare positions in the article with each other only (and the few distances of same_distances()), so an
// order-keeping move changes nothing in what they do.
#include "annotate/moved.h"

#include "annotate/dates/dates_p.h"
#include "annotate/quotes/quotes_p.h"

#include <assert.h>

// --- offsets

bool shift_offset(const Shift *self, size_t was, size_t *is)
{
  if (was <= self->front)
    *is = was;
  else if (was >= self->back || was == self->was_len)
    *is = was + self->is_len - self->was_len;
  else
    return false;
  return true;
}

static Shift shift_between(Str was, Str is)
{
  size_t least = was.len < is.len ? was.len : is.len, front = 0, back = 0;
  while (front < least && was.ptr[front] == is.ptr[front]) front++;
  while (back < least - front && was.ptr[was.len - 1 - back] == is.ptr[is.len - 1 - back]) back++;
  return (Shift){front ? front - 1 : 0, was.len - back + 1, was.len, is.len};
}

// --- notes

typedef struct Pair { // notes of one block before and after
  const Notes *was, *is;
  Shift shift;
} Pair;

static bool same_offset(const Pair *self, size_t was, size_t is)
{
  size_t moved;
  return shift_offset(&self->shift, was, &moved) && moved == is;
}

// The same stretch with the same words.
static bool same_stretch(const Pair *self, size_t was_start, size_t was_end, size_t start, size_t end)
{
  return same_offset(self, was_start, start) && same_offset(self, was_end, end) &&
         str_eq(str_slice(self->was->text, was_start, was_end), str_slice(self->is->text, start, end));
}

static bool same_name(const Pair *self, const CorefMention *was, const CorefMention *is)
{
  return coref_mention_same(was, is) && !was->behind == !is->behind &&
         (!was->behind || same_offset(self, was->behind, is->behind)) &&
         same_stretch(self, was->start, was->end, is->start, is->end);
}

static bool same_names(const Pair *self)
{
  const CorefMentionVec *was = &self->was->mentions, *is = &self->is->mentions;
  bool same = was->len == is->len;
  for (size_t i = 0; same && i < was->len; i++) same = same_name(self, &was->items[i], &is->items[i]);
  return same;
}

static bool same_date(const Pair *self, const DateDraft *was, const DateDraft *is)
{
  return was->type == is->type && was->confidence == is->confidence && was->frame->has == is->frame->has &&
         memcmp(was->frame->field, is->frame->field, sizeof is->frame->field) == 0 &&
         same_offset(self, was->start, is->start) && same_offset(self, was->end, is->end);
}

static bool same_dates(const Pair *self)
{
  const DateVec *was = &self->was->dates, *is = &self->is->dates;
  bool same = was->len == is->len;
  for (size_t i = 0; same && i < was->len; i++) same = same_date(self, &was->items[i], &is->items[i]);
  return same;
}

static bool same_party(const Pair *self, const Party *was, const Party *is)
{
  if (was->kind != is->kind) return false;
  return was->kind == PARTY_NONE ||
         (was->gender == is->gender && was->of == is->of && str_eq(was->lemma, is->lemma) &&
          same_stretch(self, was->start, was->end, is->start, is->end));
}

static bool same_draft(const Pair *self, const QuoteDraft *was, const QuoteDraft *is)
{
  return was->form == is->form && was->type == is->type && was->confidence == is->confidence &&
         was->reason == is->reason && was->seed == is->seed && was->opening == is->opening &&
         was->starts == is->starts && was->whole == is->whole && was->single == is->single &&
         was->asks == is->asks && was->bare == is->bare && was->told == is->told &&
         was->closes == is->closes && was->doubtful == is->doubtful &&
         same_offset(self, was->start, is->start) && same_offset(self, was->end, is->end) &&
         same_stretch(self, was->cue_start, was->cue_end, is->cue_start, is->cue_end) &&
         same_party(self, &was->speaker, &is->speaker) && same_party(self, &was->source, &is->source) &&
         same_party(self, &was->topic, &is->topic) && same_party(self, &was->former, &is->former);
}

static bool is_quotation(const QuoteDraft *draft)
{
  return draft->form <= QUOTE_OPENER;
}

// Whether the drafts in front are as near to quotation `i`, their next one, as they were.
static bool same_distances(const QuoteVec *was, const QuoteVec *is, size_t i)
{
  for (size_t k = i; k-- > 0;) {
    if (quotes_adjoin(&was->items[k], &was->items[i]) != quotes_adjoin(&is->items[k], &is->items[i]))
      return false;
    if (is_quotation(&is->items[k])) break;
  }
  return true;
}

static bool same_quotes(const Pair *self)
{
  const QuoteVec *was = &self->was->quotes, *is = &self->is->quotes;
  if (was->len != is->len) return false;
  for (size_t i = 0; i < was->len; i++) {
    if (!same_draft(self, &was->items[i], &is->items[i]) ||
        quotes_closes_early(&was->items[i]) != quotes_closes_early(&is->items[i]))
      return false;
    if (is_quotation(&is->items[i]) && !same_distances(was, is, i)) return false;
  }
  return true;
}

// In a quotation days count from the day beside its cue. Whether the change is where that is looked for.
static bool near_cue(const Pair *self)
{
  const QuoteVec *quotes = &self->was->quotes;
  if (self->was->dates.len < 2) return false;
  for (size_t i = 0; i < quotes->len; i++) {
    const QuoteDraft *draft = &quotes->items[i];
    bool apart = self->shift.front > draft->cue_end + DATES_CUE_REACH ||
                 self->shift.back + DATES_CUE_REACH < draft->cue_start;
    if (draft->cue_start < draft->cue_end && !apart) return true;
  }
  return false;
}

bool notes_same(const Notes *was, const Notes *is, Shift *shift)
{
  if (was->kind != is->kind || was->lang != is->lang) return false;
  if (is->kind == BLOCK_SIGNATURE) return false; // its words are read
  Pair pair = {was, is, shift_between(was->text, is->text)};
  *shift = pair.shift;
  return !near_cue(&pair) && same_names(&pair) && same_dates(&pair) && same_quotes(&pair);
}

// --- spans

bool blocks_keep_order(const MovedBlock *blocks, size_t count)
{
  if (count && !blocks[0].was_start != !blocks[0].start) return false; // byte 0 stands for "none" at times
  for (size_t i = 1; i < count; i++) {
    bool touched = blocks[i - 1].was_end == blocks[i].was_start,
         touches = blocks[i - 1].end == blocks[i].start;
    if (touched != touches) return false;
  }
  return true;
}

typedef struct Mover {
  const MovedBlock *blocks;
  size_t count;
  size_t here; // the block of the last position: the next one is near
} Mover;

// Position `at` now. `end`: it is the end of a stretch, which a block that begins there has no part in.
static size_t move(Mover *self, size_t at, bool end)
{
  const MovedBlock *blocks = self->blocks;
  size_t i = self->here, key = at - end;
  while (i > 0 && blocks[i].was_start > key) i--;
  while (i + 1 < self->count && blocks[i + 1].was_start <= key) i++;
  self->here = i;
  size_t offset = at - blocks[i].was_start;
  bool placed = !blocks[i].shift || shift_offset(blocks[i].shift, offset, &offset);
  assert(placed);
  (void)placed;
  return blocks[i].start + offset;
}

static Mention move_mention(Mover *self, Mention mention)
{
  if (mention.start == mention.end) return mention;
  mention.start = move(self, mention.start, false);
  mention.end = move(self, mention.end, true);
  return mention;
}

static const QuoteFacts *move_quote(Mover *self, const QuoteFacts *was, Arena *arena)
{
  QuoteFacts is = *was;
  is.cue = move_mention(self, was->cue);
  is.speaker = move_mention(self, was->speaker);
  is.source = move_mention(self, was->source);
  bool stays = is.cue.start == was->cue.start && is.cue.end == was->cue.end &&
               is.speaker.start == was->speaker.start && is.speaker.end == was->speaker.end &&
               is.source.start == was->source.start && is.source.end == was->source.end;
  return stays ? was : arena_copy(arena, &is, sizeof is);
}

SpanVec spans_move(const SpanVec *was, const MovedBlock *blocks, size_t count, Arena *arena)
{
  Mover mover = {.blocks = blocks, .count = count};
  SpanVec out = {arena_alloc(arena, size_mul(was->len, sizeof *out.items)), was->len, was->len};
  for (size_t i = 0; i < was->len; i++) {
    Span *span = &out.items[i];
    *span = was->items[i];
    span->start = move(&mover, span->start, false);
    size_t here = mover.here;
    span->end = move(&mover, span->end, true);
    if (span->kind == SPAN_QUOTE) span->quote = move_quote(&mover, span->quote, arena);
    mover.here = here;
  }
  return out;
}
