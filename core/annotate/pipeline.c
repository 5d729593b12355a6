// An Analysis holds a slot for every block of the last run: the block and its notes. A run parses what the
// edits touched, then lines the new blocks up with the old slots: those in front of the change and behind it
// are the same and keep their notes at the cost of a comparison, the few between are matched by hash. New
// blocks are split into tokens and scored for language; once the languages of all blocks are chosen, blocks
// without notes in their language get names, dates and quotations, some blocks at a time, in an arena that
// all share, and of that the slot keeps what the passes read. Then the passes over the article (passes.h).
// They are left out where they would read what they read last time (moved.h), and what they found then is
// moved; the notes that they read then are kept (Edited).
//
// What a run has to know of every block lies side by side, a few bytes a block, as a long article has ten
// thousand; the rest of a slot is looked at only in the stretch of slots that may miss something.
//
// Notes depend on a block's bytes, kind and language only, and the passes on the notes in order, so a run
// after edits and a run from scratch give the same spans.
#include "annotate/pipeline.h"

#include "annotate/entities/coref.h"
#include "annotate/langid.h"
#include "annotate/moved.h"
#include "annotate/notes.h"
#include "annotate/passes.h"
#include "base/clock.h"
#include "base/map.h"
#include "config/paths.h"

#define DRAFTS_MOST (2u << 20)  // bytes
#define SCRATCH_KEPT (1u << 20) // bytes, from run to run

struct Pipeline {
  Names *names;
  Dates *dates;
  Quotes *quotes;
  Grammars *grammars;
};

typedef struct Slot {
  Notes *notes;      // owned; NULL: not yet worked on
  Lang lang;         // of the notes
  bool scored;       // has `scores`, which have voted
  LangScores scores; // of the block's language
} Slot;
typedef VEC_OF(Slot) SlotVec;

typedef struct Edited { // a block that was edited since `full`
  size_t slot;
  Notes *read; // owned: what the passes of `full` read of it
  bool moved;  // they would read the same in the slot's notes, moved by `shift`
  Shift shift;
} Edited;
typedef VEC_OF(Edited) EditedVec;

struct Analysis {
  const Pipeline *pipeline;
  Article *article;
  Prose prose; // of a file with markup
  SlotVec slots;
  BlockSpan *blocks;       // [slot] the article's block, in the language that was chosen
  Passage *passages;       // [slot]
  size_t first, last;      // only slots [first, last) may miss scores or notes
  LangVotes votes;         // of the slots that are scored
  Lang main_lang;          // the languages of all other slots were chosen by it
  uint64_t made;           // notes so far
  const Annotations *full; // counted: the result of the last run of the passes, at these slots; NULL: nothing
  EditedVec edited;        // since then; empty without it
  Arena scratch;           // of one run
  Arena work;              // of one block, or some: see Batch
  Passes *passes;
  StageCosts costs;
  bool timed; // costs are wanted: the clock is asked several times a block
};

// --- tables and models

Pipeline *pipeline_new(const char *data_dir, Error *err)
{
  Error trouble = {0};
  Pipeline *self = xcalloc(1, sizeof *self);
  if (!(self->dates = dates_new(err)) || !(self->quotes = quotes_new(err))) {
    pipeline_free(self);
    return NULL;
  }
  self->names = names_new(data_dir, &trouble);
  char *grammars = path_join(data_dir, "grammars");
  self->grammars = grammars_load(grammars);
  free(grammars);
  if (err) *err = trouble;
  return self;
}

void pipeline_free(Pipeline *self)
{
  if (!self) return;
  names_free(self->names);
  dates_free(self->dates);
  quotes_free(self->quotes);
  grammars_free(self->grammars);
  free(self);
}

bool pipeline_check(const Pipeline *self, Error *err)
{
  for (Lang lang = LANG_SV; lang < LANG_COUNT; lang++)
    if (!dates_check(self->dates, lang, err) || !quotes_check(self->quotes, lang, err)) return false;
  return true;
}

const Grammars *pipeline_grammars(const Pipeline *self)
{
  return self->grammars;
}

// --- results

Annotations *annotations_ref(const Annotations *self)
{
  Annotations *counted = (Annotations *)(uintptr_t)self; // the count is the only part that changes
  __atomic_add_fetch(&counted->refs, 1, __ATOMIC_RELAXED);
  return counted;
}

void annotations_unref(const Annotations *self)
{
  Annotations *counted = (Annotations *)(uintptr_t)self;
  if (!counted || __atomic_sub_fetch(&counted->refs, 1, __ATOMIC_ACQ_REL)) return;
  annotations_unref(counted->base);
  snapshot_unref(counted->prose);
  if (counted->let_go) counted->let_go(counted->held);
  arena_release(&counted->arena);
  free(counted);
}

// --- slots

static void forget_full(Analysis *self)
{
  annotations_unref(self->full);
  self->full = NULL;
  for (size_t i = 0; i < self->edited.len; i++) notes_free(self->edited.items[i].read);
  self->edited.len = 0;
}

static void slots_release(Analysis *self)
{
  for (size_t i = 0; i < self->slots.len; i++) notes_free(self->slots.items[i].notes);
  vec_release(&self->slots);
  free(self->blocks);
  free(self->passages);
  self->blocks = NULL;
  self->passages = NULL;
  self->first = self->last = 0;
  self->votes = (LangVotes){0};
}

static void begin_article(Analysis *self)
{
  const Pipeline *pipeline = self->pipeline;
  self->article = article_new();
  self->prose = (Prose){.grammars = pipeline->grammars};
  self->passes = passes_new(pipeline->names, pipeline->dates, pipeline->quotes);
}

static void end_article(Analysis *self)
{
  forget_full(self);
  vec_release(&self->edited);
  slots_release(self);
  article_free(self->article);
  prose_release(&self->prose);
  passes_free(self->passes);
}

Analysis *analysis_new(const Pipeline *pipeline)
{
  Analysis *self = xcalloc(1, sizeof *self);
  self->pipeline = pipeline;
  begin_article(self);
  return self;
}

void analysis_restart(Analysis *self)
{
  end_article(self);
  begin_article(self);
}

void analysis_free(Analysis *self)
{
  if (!self) return;
  end_article(self);
  arena_release(&self->scratch);
  arena_release(&self->work);
  free(self);
}

void analysis_edit(Analysis *self, TextEdit edit)
{
  article_edit(self->article, edit);
  prose_edit(&self->prose, edit);
}

const Article *analysis_article(const Analysis *self)
{
  return self->article;
}

void analysis_time(Analysis *self)
{
  self->timed = true;
}

StageCosts analysis_costs(const Analysis *self)
{
  return self->costs;
}

static bool same_block(const BlockSpan *a, const Block *b)
{
  return a->hash == b->hash && a->end - a->start == b->end - b->start && a->kind == b->kind;
}

static BlockSpan block_span(const Block *block)
{
  return (BlockSpan){block->start, block->end, block->kind, LANG_UNKNOWN, block->hash};
}

static void miss(Analysis *self, size_t first, size_t last)
{
  bool none = self->first == self->last;
  if (none || first < self->first) self->first = first;
  if (none || last > self->last) self->last = last;
}

static void slot_clear(Analysis *self, Slot *slot)
{
  if (slot->scored) langid_vote(&self->votes, &slot->scores, -1);
  *slot = (Slot){0};
}

// The block was edited: the passes have read its notes, or those of an edit before.
static void edit_slot(Analysis *self, size_t at)
{
  Slot *slot = &self->slots.items[at];
  size_t i = 0;
  while (i < self->edited.len && self->edited.items[i].slot != at) i++;
  if (i == self->edited.len && self->full)
    vec_push(&self->edited, (Edited){.slot = at, .read = slot->notes});
  else
    notes_free(slot->notes);
  if (i < self->edited.len) self->edited.items[i].moved = false;
  slot_clear(self, slot);
  miss(self, at, at + 1);
}

// Whether all blocks are as they were, but perhaps one: *at, else their number.
static bool one_differs(const Analysis *self, const BlockVec *blocks, size_t *at)
{
  size_t front = 0, back = self->slots.len;
  if (back != blocks->len) return false;
  while (front < back && same_block(&self->blocks[front], &blocks->items[front])) front++;
  while (back > front && same_block(&self->blocks[back - 1], &blocks->items[back - 1])) back--;
  *at = front;
  return back - front <= 1;
}

static void move_blocks(Analysis *self, const BlockVec *blocks)
{
  for (size_t i = 0; i < blocks->len; i++) {
    self->passages[i].start = self->blocks[i].start = blocks->items[i].start;
    self->blocks[i].end = blocks->items[i].end;
  }
}

typedef struct Slots { // side by side, as in an Analysis
  SlotVec slots;
  BlockSpan *blocks;
  Passage *passages;
} Slots;

// Slot `to` of the Analysis gets what old slot `from` has, at its own place.
static void take_slot(Analysis *self, size_t to, Slots *old, size_t from)
{
  self->slots.items[to] = old->slots.items[from];
  self->blocks[to].lang = old->blocks[from].lang;
  self->passages[to].notes = old->passages[from].notes;
  self->passages[to].made = old->passages[from].made;
  old->slots.items[from] = (Slot){0};
}

static Str hash_key(const BlockSpan *block)
{
  return (Str){(const char *)&block->hash, sizeof block->hash};
}

// Give the blocks [first, last) the notes of old slots [old_first, old_last) with the same content.
static void match_between(Analysis *self, size_t first, size_t last, Slots *old, size_t old_first,
                          size_t old_last, const BlockVec *blocks)
{
  Map by_hash = {0};
  for (size_t i = old_last; i-- > old_first;) map_put(&by_hash, hash_key(&old->blocks[i]), i);
  for (size_t i = first; i < last; i++) {
    uint64_t at;
    if (!map_get(&by_hash, hash_key(&self->blocks[i]), &at)) continue;
    bool there = old->slots.items[at].notes != NULL; // each serves once
    if (there && same_block(&old->blocks[at], &blocks->items[i])) take_slot(self, i, old, at);
  }
  map_release(&by_hash);
}

static void set_slots(Analysis *self, const BlockVec *blocks)
{
  size_t count = blocks->len;
  self->slots = (SlotVec){xcalloc(count, sizeof(Slot)), count, count};
  self->blocks = xmalloc(size_mul(count, sizeof *self->blocks));
  self->passages = xcalloc(count, sizeof *self->passages);
  for (size_t i = 0; i < count; i++) {
    self->blocks[i] = block_span(&blocks->items[i]);
    self->passages[i].start = blocks->items[i].start;
  }
}

// Line the slots up with the article's blocks.
static void update_slots(Analysis *self)
{
  const BlockVec *blocks = article_blocks(self->article);
  size_t front = 0, back = 0, at;
  if (one_differs(self, blocks, &at)) {
    if (at < blocks->len) {
      edit_slot(self, at);
      self->blocks[at] = block_span(&blocks->items[at]);
    }
    move_blocks(self, blocks);
    return;
  }
  forget_full(self);
  Slots old = {self->slots, self->blocks, self->passages};
  size_t old_len = old.slots.len, least = old_len < blocks->len ? old_len : blocks->len;
  bool missed = self->first < self->last;
  set_slots(self, blocks);
  for (; front < least && same_block(&old.blocks[front], &blocks->items[front]); front++)
    take_slot(self, front, &old, front);
  for (; back < least - front; back++) {
    size_t was = old_len - 1 - back, is = blocks->len - 1 - back;
    if (!same_block(&old.blocks[was], &blocks->items[is])) break;
    take_slot(self, is, &old, was);
  }
  match_between(self, front, blocks->len - back, &old, front, old_len - back, blocks);
  for (size_t i = front; i < old_len - back; i++) {
    notes_free(old.slots.items[i].notes);
    slot_clear(self, &old.slots.items[i]);
  }
  vec_release(&old.slots);
  free(old.blocks);
  free(old.passages);
  self->first = missed ? 0 : front;
  self->last = missed ? blocks->len : blocks->len - back;
}

// --- blocks

static uint64_t now(const Analysis *self)
{
  return self->timed ? clock_ns() : 0;
}

static uint64_t lap(const Analysis *self, uint64_t *since)
{
  uint64_t began = *since;
  *since = now(self);
  return *since - began;
}

static bool cancelled(const _Atomic(bool) *cancel)
{
  return cancel && *cancel;
}

// A block's text and tokens, in `arena`.
static void read_block(Analysis *self, const BlockSpan *block, const Snapshot *text, Arena *arena,
                       Notes *notes)
{
  uint64_t clock = now(self);
  *notes = (Notes){.text = snapshot_read(text, block->start, block->end, arena), .kind = block->kind};
  tokens_split(notes->text, arena, &notes->tokens);
  self->costs.tokens += lap(self, &clock);
}

// Score the language of the blocks that are new. What was read of them waits in `drafts` (from self->first
// on) for annotate_blocks(), as far as there is room: a long article is rather read twice than held as tokens
// all at once.
static bool score_blocks(Analysis *self, const Snapshot *text, Notes **drafts, const _Atomic(bool) *cancel)
{
  for (size_t i = self->first; i < self->last && arena_bytes(&self->scratch) < DRAFTS_MOST; i++) {
    if (self->slots.items[i].scored) continue;
    if (cancelled(cancel)) return false;
    Notes **draft = &drafts[i - self->first];
    *draft = arena_alloc(&self->scratch, sizeof **draft);
    read_block(self, &self->blocks[i], text, &self->scratch, *draft);
  }
  for (size_t i = self->first; i < self->last; i++) {
    Slot *slot = &self->slots.items[i];
    Notes again, *draft = drafts[i - self->first] ? drafts[i - self->first] : &again;
    if (slot->scored) continue;
    if (cancelled(cancel)) return false;
    if (draft == &again) {
      arena_reset(&self->work);
      read_block(self, &self->blocks[i], text, &self->work, draft);
    }
    uint64_t clock = now(self);
    slot->scores = langid_score(draft->text, &draft->tokens);
    slot->scored = true;
    langid_vote(&self->votes, &slot->scores, 1);
    self->costs.langid += lap(self, &clock);
  }
  return true;
}

// The languages of the blocks, by what all of them say together. Another main language may be another one for
// any block.
static void choose_langs(Analysis *self, Lang given)
{
  uint64_t clock = now(self);
  Lang main = langid_main(&self->votes, given);
  if (main != self->main_lang) miss(self, 0, self->slots.len);
  self->main_lang = main;
  for (size_t i = self->first; i < self->last; i++)
    self->blocks[i].lang = langid_of(&self->slots.items[i].scores, main);
  self->costs.langid += lap(self, &clock);
}

// Some blocks at a time: each annotator goes through them all before the next one does, so that its code and
// its tables come into the processor's nearest cache once a batch.
enum { BATCH_BLOCKS = 32, BATCH_BYTES = 4096 };
typedef struct Batch {
  size_t slots[BATCH_BLOCKS];
  Notes notes[BATCH_BLOCKS];
  size_t len, bytes;
} Batch;
typedef void (*Find)(const Pipeline *pipeline, Notes *notes);

static void add_block(Analysis *self, Batch *batch, size_t slot, const Notes *draft, const Snapshot *text)
{
  Notes *notes = &batch->notes[batch->len];
  if (draft)
    *notes = *draft;
  else
    read_block(self, &self->blocks[slot], text, &self->work, notes);
  notes->lang = self->blocks[slot].lang;
  batch->slots[batch->len++] = slot;
  batch->bytes += notes->text.len;
}

static void split_sentences(const Pipeline *pipeline, Notes *notes)
{
  (void)pipeline; // it has no tables
  sentences_split(notes->text, notes->lang, &notes->tokens, &notes->arena, &notes->sentences);
}

static void tag_names(const Pipeline *pipeline, Notes *notes)
{
  names_tag(pipeline->names, notes);
}

static void mend_names(const Pipeline *pipeline, Notes *notes)
{
  names_mend(pipeline->names, notes);
}

static void read_names(const Pipeline *pipeline, Notes *notes)
{
  coref_read(pipeline->names, notes);
}

static void find_dates(const Pipeline *pipeline, Notes *notes)
{
  dates_find(pipeline->dates, notes);
}

static void find_quotes(const Pipeline *pipeline, Notes *notes)
{
  quotes_find(pipeline->quotes, notes);
}

// Adds what it took to *cost.
static void annotate_by(Analysis *self, Batch *batch, Find find, uint64_t *cost)
{
  uint64_t clock = now(self);
  for (size_t i = 0; i < batch->len; i++) {
    Notes *notes = &batch->notes[i];
    notes->arena = self->work; // lent
    find(self->pipeline, notes);
    self->work = notes->arena;
  }
  *cost += lap(self, &clock);
}

static void annotate_batch(Analysis *self, Batch *batch)
{
  StageCosts *costs = &self->costs;
  annotate_by(self, batch, split_sentences, &costs->tokens);
  annotate_by(self, batch, tag_names, &costs->names);
  annotate_by(self, batch, mend_names, &costs->names);
  annotate_by(self, batch, read_names, &costs->names);
  annotate_by(self, batch, find_dates, &costs->dates);
  annotate_by(self, batch, find_quotes, &costs->quotes);
  for (size_t i = 0; i < batch->len; i++) {
    Slot *slot = &self->slots.items[batch->slots[i]];
    Passage *passage = &self->passages[batch->slots[i]];
    notes_free(slot->notes);
    slot->notes = notes_keep(&batch->notes[i]);
    slot->lang = batch->notes[i].lang;
    passage->notes = slot->notes;
    passage->made = ++self->made;
  }
  batch->len = batch->bytes = 0;
  arena_reset(&self->work);
}

// Notes for every block that has none in its language. `drafts` are those of the blocks from `begin` on, up
// to `end`.
static bool annotate_blocks(Analysis *self, const Snapshot *text, Notes **drafts, size_t begin, size_t end,
                            const _Atomic(bool) *cancel)
{
  Batch batch;
  batch.len = batch.bytes = 0;
  arena_reset(&self->work);
  for (size_t i = self->first; i < self->last; i++) {
    const Slot *slot = &self->slots.items[i];
    if (slot->notes && slot->lang == self->blocks[i].lang) continue;
    if (cancelled(cancel)) return false;
    add_block(self, &batch, i, begin <= i && i < end ? drafts[i - begin] : NULL, text);
    if (batch.len == BATCH_BLOCKS || batch.bytes >= BATCH_BYTES) annotate_batch(self, &batch);
  }
  annotate_batch(self, &batch);
  self->first = self->last = 0;
  return true;
}

// --- the article

static Str find_title(const Analysis *self, Arena *arena)
{
  for (size_t i = 0; i < self->slots.len; i++) {
    const Notes *notes = self->passages[i].notes;
    if (notes->kind == BLOCK_HEADLINE) return arena_dup(arena, notes->text);
    if (notes->kind == BLOCK_PARAGRAPH || notes->kind == BLOCK_SPEECH) break;
  }
  return (Str){"", 0};
}

// The first ids; `reported`: with reported speech, which displays leave out unless it is asked for.
static void settle_spans(SpanVec *spans, bool reported)
{
  size_t kept = 0;
  for (size_t i = 0; i < spans->len; i++) {
    Span *span = &spans->items[i];
    if (!reported && span->kind == SPAN_QUOTE && span->type == QUOTE_INDIRECT) continue;
    if (kept < i) spans->items[kept] = *span;
    spans->items[kept].id = (uint32_t)kept + 1;
    kept++;
  }
  spans->len = kept;
}

static Annotations *result_new(Lang lang, const Snapshot *prose)
{
  Annotations *result = xcalloc(1, sizeof *result);
  result->refs = 1;
  result->lang = lang;
  result->prose = snapshot_ref(prose);
  return result;
}

// Whether the passes would read in the blocks that were edited what they read for `full`.
static bool read_same(Analysis *self)
{
  for (size_t i = 0; i < self->edited.len; i++) {
    Edited *edited = &self->edited.items[i];
    const Notes *notes = self->slots.items[edited->slot].notes;
    if (!edited->moved) edited->moved = notes_same(edited->read, notes, &edited->shift);
    if (!edited->moved) return false;
  }
  return true;
}

// The blocks as they were for `full` and are now; NULL where the passes would not find the same.
static const MovedBlock *list_moved(Analysis *self, const Annotations *result)
{
  const Annotations *full = self->full;
  if (!full || full->lang != result->lang || !str_eq(full->dct.value, result->dct.value)) return NULL;
  if (!read_same(self)) return NULL;
  size_t count = self->slots.len;
  MovedBlock *moved = arena_alloc(&self->scratch, size_mul(count, sizeof *moved));
  for (size_t i = 0; i < count; i++) {
    const BlockSpan *was = &full->blocks[i], *is = &result->blocks[i];
    if (is->lang != was->lang) return NULL;
    moved[i] = (MovedBlock){was->start, was->end, is->start, is->end, NULL};
  }
  for (size_t i = 0; i < self->edited.len; i++)
    moved[self->edited.items[i].slot].shift = &self->edited.items[i].shift;
  return blocks_keep_order(moved, count) ? moved : NULL;
}

static Annotations *annotate_article(Analysis *self, const Snapshot *prose, const ArticleInfo *info,
                                     const Dct *dct)
{
  uint64_t clock = now(self);
  size_t count = self->slots.len;
  Annotations *result = result_new(self->main_lang, prose);
  Passages article = {self->passages, count, self->main_lang};
  result->blocks = arena_copy(&result->arena, self->blocks, size_mul(count, sizeof *self->blocks));
  result->block_count = count;
  result->title = find_title(self, &result->arena);
  result->dct = dates_dct(self->pipeline->dates, &article, dct, info->path, &result->arena);
  const MovedBlock *moved = list_moved(self, result);
  if (moved) {
    result->base = annotations_ref(self->full);
    result->spans = spans_move(&self->full->spans, moved, article.len, &result->arena);
  } else {
    forget_full(self);
    passes_run(self->passes, &article, result);
    settle_spans(&result->spans, !info->no_reported);
    self->full = annotations_ref(result);
  }
  self->costs.article += lap(self, &clock);
  return result;
}

// The prose of a file with markup instead of the file, and what the file says where the caller does not.
static const Snapshot *read_prose(Analysis *self, const Snapshot *file, ArticleInfo *info, Dct *dct)
{
  HtmlFacts facts;
  TextEdit also;
  if (prose_read(&self->prose, info->markup, file, &self->scratch, &facts, &also))
    article_edit(self->article, also);
  if (info->lang == LANG_UNKNOWN) info->lang = lang_of(facts.lang);
  if (!dct->value.len && facts.date.len) *dct = (Dct){facts.date, "metadata"};
  return self->prose.text;
}

Annotations *analysis_run(Analysis *self, const Snapshot *text, const ArticleInfo *info,
                          const _Atomic(bool) *cancel)
{
  ArticleInfo known = info ? *info : (ArticleInfo){0};
  Dct dct = {known.dct, "caller"};
  if (arena_bytes(&self->scratch) > SCRATCH_KEPT) arena_release(&self->scratch); // all blocks were new
  arena_reset(&self->scratch);
  uint64_t clock = now(self);
  if (known.markup) text = read_prose(self, text, &known, &dct);
  article_parse(self->article, text);
  update_slots(self);
  self->costs.parse += lap(self, &clock);

  size_t begin = self->first, end = self->last;
  Notes **drafts = arena_zalloc(&self->scratch, size_mul(end - begin, sizeof *drafts));
  if (!score_blocks(self, text, drafts, cancel)) return NULL;
  choose_langs(self, known.lang);
  if (!annotate_blocks(self, text, drafts, begin, end, cancel)) return NULL;
  return annotate_article(self, text, &known, &dct);
}
