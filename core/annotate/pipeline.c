// An Analysis holds a slot for every block of the last run: the block and its notes. A run parses what the
// edits touched, then lines the new blocks up with the old slots: those in front of the change and behind it
// are the same and keep their notes at the cost of a comparison, the few between are matched by hash. New
// blocks are split into tokens and scored for language; once the languages of all blocks are chosen, blocks
// without notes in their language get names, dates and quotations, some blocks at a time, in an arena that
// all share, and of that the slot keeps what the passes read. Then the passes over the article (passes.h).
// They are left out where they would read what they read last time (moved.h), and what they found then is
// moved; the slots keep the notes that they read then.
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
  Block block;
  LangScores scores; // once `scored`
  bool scored;
  Notes *notes;  // owned; NULL: not yet worked on
  Lang lang;     // of the notes
  uint64_t made; // the how-manieth notes they are
  Notes *read;   // owned: what the passes of `full` read; NULL: `notes`
  bool moved;    // the passes would read the same in `notes`, moved by `shift`
  Shift shift;
} Slot;
typedef VEC_OF(Slot) SlotVec;

struct Analysis {
  const Pipeline *pipeline;
  Article *article;
  Prose prose; // of a file with markup
  SlotVec slots;
  uint64_t made;     // notes so far
  Annotations *full; // counted: the result of the last run of the passes, at these slots; NULL: nothing
  Arena scratch;     // of one run
  Arena work;        // of one block, or some: see Batch
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

static void slot_release(Slot *slot)
{
  notes_free(slot->notes);
  notes_free(slot->read);
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
  annotations_unref(self->full);
  self->full = NULL;
  for (size_t i = 0; i < self->slots.len; i++) slot_release(&self->slots.items[i]);
  vec_release(&self->slots);
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

static bool same_block(const Block *a, const Block *b)
{
  return a->hash == b->hash && a->end - a->start == b->end - b->start && a->kind == b->kind;
}

static Str hash_key(const Block *block)
{
  return (Str){(const char *)&block->hash, sizeof block->hash};
}

// Give the new blocks [first, last) the notes of old slots [old_first, old_last) with the same content.
static void match_between(Slot *fresh, size_t first, size_t last, SlotVec *old, size_t old_first,
                          size_t old_last)
{
  Map by_hash = {0};
  for (size_t i = old_last; i-- > old_first;) map_put(&by_hash, hash_key(&old->items[i].block), i);
  for (size_t i = first; i < last; i++) {
    uint64_t at;
    if (!map_get(&by_hash, hash_key(&fresh[i].block), &at)) continue;
    Slot *from = &old->items[at];
    if (!from->notes || !same_block(&from->block, &fresh[i].block)) continue; // each serves once
    fresh[i].notes = from->notes;
    fresh[i].lang = from->lang;
    fresh[i].made = from->made;
    fresh[i].scores = from->scores;
    fresh[i].scored = true;
    from->notes = NULL;
  }
  map_release(&by_hash);
}

static void move_notes(Slot *to, Slot *from)
{
  Block block = to->block;
  *to = *from;
  to->block = block;
  from->notes = from->read = NULL;
}

static void forget_full(Analysis *self)
{
  annotations_unref(self->full);
  self->full = NULL;
  for (size_t i = 0; i < self->slots.len; i++) {
    notes_free(self->slots.items[i].read);
    self->slots.items[i].read = NULL;
  }
}

// Whether all blocks are as they were, but perhaps one: *at, else their number.
static bool one_differs(const SlotVec *slots, const BlockVec *blocks, size_t *at)
{
  size_t front = 0, back = slots->len;
  if (slots->len != blocks->len) return false;
  while (front < back && same_block(&slots->items[front].block, &blocks->items[front])) front++;
  while (back > front && same_block(&slots->items[back - 1].block, &blocks->items[back - 1])) back--;
  *at = front;
  return back - front <= 1;
}

// The block was edited: the passes have read its notes, or those of an edit before.
static void keep_read(Analysis *self, Slot *slot)
{
  if (self->full && !slot->read)
    slot->read = slot->notes;
  else
    notes_free(slot->notes);
  slot->notes = NULL;
  slot->scored = slot->moved = false;
}

// Line the slots up with the article's blocks.
static void update_slots(Analysis *self)
{
  const BlockVec *blocks = article_blocks(self->article);
  SlotVec old = self->slots;
  size_t least = old.len < blocks->len ? old.len : blocks->len, front = 0, back = 0, at;
  if (one_differs(&old, blocks, &at)) {
    if (at < old.len) keep_read(self, &old.items[at]);
    for (size_t i = 0; i < old.len; i++) old.items[i].block = blocks->items[i];
    return;
  }
  forget_full(self);
  SlotVec fresh = {.items = xcalloc(blocks->len, sizeof(Slot)), .len = blocks->len, .cap = blocks->len};
  for (size_t i = 0; i < blocks->len; i++) fresh.items[i].block = blocks->items[i];
  for (; front < least && same_block(&old.items[front].block, &fresh.items[front].block); front++)
    move_notes(&fresh.items[front], &old.items[front]);
  for (; back < least - front; back++) {
    Slot *was = &old.items[old.len - 1 - back], *is = &fresh.items[fresh.len - 1 - back];
    if (!same_block(&was->block, &is->block)) break;
    move_notes(is, was);
  }
  match_between(fresh.items, front, fresh.len - back, &old, front, old.len - back);
  for (size_t i = 0; i < old.len; i++) slot_release(&old.items[i]);
  vec_release(&old);
  self->slots = fresh;
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
static void read_block(Analysis *self, const Block *block, const Snapshot *text, Arena *arena, Notes *notes)
{
  uint64_t clock = now(self);
  *notes = (Notes){.text = snapshot_read(text, block->start, block->end, arena), .kind = block->kind};
  tokens_split(notes->text, arena, &notes->tokens);
  self->costs.tokens += lap(self, &clock);
}

// Score the language of the blocks that are new. What was read of them waits in `drafts` for
// annotate_blocks(), as far as there is room: a long article is rather read twice than held as tokens all at
// once.
static bool score_blocks(Analysis *self, const Snapshot *text, Notes **drafts, const _Atomic(bool) *cancel)
{
  for (size_t i = 0; i < self->slots.len && arena_bytes(&self->scratch) < DRAFTS_MOST; i++) {
    const Slot *slot = &self->slots.items[i];
    if (slot->scored) continue;
    if (cancelled(cancel)) return false;
    drafts[i] = arena_alloc(&self->scratch, sizeof *drafts[i]);
    read_block(self, &slot->block, text, &self->scratch, drafts[i]);
  }
  for (size_t i = 0; i < self->slots.len; i++) {
    Slot *slot = &self->slots.items[i];
    Notes again, *draft = drafts[i] ? drafts[i] : &again;
    if (slot->scored) continue;
    if (cancelled(cancel)) return false;
    if (draft == &again) {
      arena_reset(&self->work);
      read_block(self, &slot->block, text, &self->work, draft);
    }
    uint64_t clock = now(self);
    slot->scores = langid_score(draft->text, &draft->tokens);
    slot->scored = true;
    self->costs.langid += lap(self, &clock);
  }
  return true;
}

// Some blocks at a time: each annotator goes through them all before the next one does, so that its code and
// its tables come into the processor's nearest cache once a batch.
enum { BATCH_BLOCKS = 32, BATCH_BYTES = 4096 };
typedef struct Batch {
  Slot *slots[BATCH_BLOCKS];
  Notes notes[BATCH_BLOCKS];
  size_t len, bytes;
} Batch;
typedef void (*Find)(const Pipeline *pipeline, Notes *notes);

static void add_block(Analysis *self, Batch *batch, Slot *slot, const Notes *draft, const Snapshot *text,
                      Lang lang)
{
  Notes *notes = &batch->notes[batch->len];
  if (draft)
    *notes = *draft;
  else
    read_block(self, &slot->block, text, &self->work, notes);
  notes->lang = lang;
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
    Slot *slot = batch->slots[i];
    notes_free(slot->notes);
    slot->notes = notes_keep(&batch->notes[i]);
    slot->lang = batch->notes[i].lang;
    slot->made = ++self->made;
  }
  batch->len = batch->bytes = 0;
  arena_reset(&self->work);
}

// Notes for every block that has none in its language.
static bool annotate_blocks(Analysis *self, const Snapshot *text, const Lang *langs, Notes **drafts,
                            const _Atomic(bool) *cancel)
{
  Batch batch;
  batch.len = batch.bytes = 0;
  arena_reset(&self->work);
  for (size_t i = 0; i < self->slots.len; i++) {
    Slot *slot = &self->slots.items[i];
    if (slot->notes && slot->lang == langs[i]) continue;
    if (cancelled(cancel)) return false;
    add_block(self, &batch, slot, drafts[i], text, langs[i]);
    if (batch.len == BATCH_BLOCKS || batch.bytes >= BATCH_BYTES) annotate_batch(self, &batch);
  }
  annotate_batch(self, &batch);
  return true;
}

// --- the article

static Str find_title(const SlotVec *slots, Arena *arena)
{
  for (size_t i = 0; i < slots->len; i++) {
    const Notes *notes = slots->items[i].notes;
    if (notes->kind == BLOCK_HEADLINE) return arena_dup(arena, notes->text);
    if (notes->kind == BLOCK_PARAGRAPH || notes->kind == BLOCK_SPEECH) break;
  }
  return (Str){"", 0};
}

static void number_spans(SpanVec *spans)
{
  for (size_t i = 0; i < spans->len; i++) spans->items[i].id = (uint32_t)i + 1;
}

static Annotations *result_new(Lang lang, const Snapshot *prose)
{
  Annotations *result = xcalloc(1, sizeof *result);
  result->refs = 1;
  result->lang = lang;
  result->prose = snapshot_ref(prose);
  return result;
}

static void set_blocks(const Analysis *self, const Lang *langs, Annotations *result)
{
  size_t count = self->slots.len;
  BlockSpan *blocks = arena_alloc(&result->arena, size_mul(count, sizeof *blocks));
  for (size_t i = 0; i < count; i++) {
    const Block *block = &self->slots.items[i].block;
    blocks[i] = (BlockSpan){block->start, block->end, block->kind, langs[i], block->hash};
  }
  result->blocks = blocks;
  result->block_count = count;
}

static Passages list_passages(Analysis *self, Lang main_lang)
{
  size_t count = self->slots.len;
  Passage *passages = arena_alloc(&self->scratch, size_mul(count, sizeof *passages));
  for (size_t i = 0; i < count; i++) {
    const Slot *slot = &self->slots.items[i];
    passages[i] = (Passage){slot->block.start, slot->notes, slot->made};
  }
  return (Passages){passages, count, main_lang};
}

// Whether the passes would read in this slot what they read for `full`.
static bool reads_same(Slot *slot, Lang lang, Lang full_lang)
{
  if (lang != full_lang) return false;
  if (slot->read && !slot->moved) slot->moved = notes_same(slot->read, slot->notes, &slot->shift);
  return !slot->read || slot->moved;
}

// The blocks as they were for `full` and are now; NULL where the passes would not find the same.
static const MovedBlock *list_moved(Analysis *self, const Annotations *result)
{
  const Annotations *full = self->full;
  if (!full || full->lang != result->lang || !str_eq(full->dct.value, result->dct.value)) return NULL;
  size_t count = self->slots.len;
  MovedBlock *moved = arena_alloc(&self->scratch, size_mul(count, sizeof *moved));
  for (size_t i = 0; i < count; i++) {
    Slot *slot = &self->slots.items[i];
    const BlockSpan *was = &full->blocks[i], *is = &result->blocks[i];
    if (!reads_same(slot, is->lang, was->lang)) return NULL;
    moved[i] = (MovedBlock){was->start, was->end, is->start, is->end, slot->read ? &slot->shift : NULL};
  }
  return blocks_keep_order(moved, count) ? moved : NULL;
}

static Annotations *annotate_article(Analysis *self, const Snapshot *prose, const ArticleInfo *info,
                                     const Dct *dct, Lang main_lang, const Lang *langs)
{
  uint64_t clock = now(self);
  Annotations *result = result_new(main_lang, prose);
  Passages article = list_passages(self, main_lang);
  set_blocks(self, langs, result);
  result->title = find_title(&self->slots, &result->arena);
  result->dct = dates_dct(self->pipeline->dates, &article, dct, info->path, &result->arena);
  const MovedBlock *moved = list_moved(self, result);
  if (moved) {
    result->base = annotations_ref(self->full);
    result->spans = spans_move(&self->full->spans, moved, article.len, &result->arena);
  } else {
    forget_full(self);
    passes_run(self->passes, &article, result);
    if (info->no_reported) spans_drop_reported(&result->spans);
    number_spans(&result->spans);
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

  size_t count = self->slots.len;
  Notes **drafts = arena_zalloc(&self->scratch, size_mul(count, sizeof *drafts));
  if (!score_blocks(self, text, drafts, cancel)) return NULL;
  const LangScores **scores = arena_alloc(&self->scratch, size_mul(count, sizeof *scores));
  Lang *langs = arena_alloc(&self->scratch, size_mul(count, sizeof *langs));
  for (size_t i = 0; i < count; i++) scores[i] = &self->slots.items[i].scores;
  clock = now(self);
  Lang main_lang = langid_choose(scores, count, known.lang, langs);
  self->costs.langid += lap(self, &clock);

  if (!annotate_blocks(self, text, langs, drafts, cancel)) return NULL;
  return annotate_article(self, text, &known, &dct, main_lang, langs);
}
