// How it works. The text, without the white space at its head, is tiled by sections, each read as if it were
// a text of its own. A section starts with the line end behind the last block of the one before, by which the
// grammar knows that it is no beginning; only the first one has a headline and front matter.
//
// For the result to be that of a fresh parse, the cuts must follow from the text alone. cut_find() says where
// a section that starts at a given place ends, by the text behind that place. After an edit the cuts are made
// anew from the first section whose end could depend on the edited bytes, until a cut behind the edit is an
// old one. A section with the start it had keeps its outline and its tree, which are brought up to date if
// bytes in it changed.
//
// Blocks come from the outline at every key; a section's tree, which takes some ten times as long, is made
// when somebody asks for it, with what tree-sitter can use of the one before.
#include "parse/article.h"
#include "parse/cut.h"
#include "parse/outline.h"

#include <assert.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_article(void); // grammars/article

typedef struct Part { // a section
  size_t len;
  Outline outline;   // bytes from the section's start
  size_t outlined;   // the section's length when the outline was made
  size_t head, tail; // bytes at its start and its end that no edit touched since
  bool dirty;        // the outline is not that of the text
  TSTree *tree;      // owned; NULL: not asked for yet
  bool tree_dirty;   // likewise
} Part;
typedef VEC_OF(Part) PartVec;

struct Article {
  TSParser *parser;     // NULL: no tree was asked for yet
  const Snapshot *text; // of the last parse, a reference; NULL: none
  size_t lead;          // bytes of white space before the first section
  PartVec parts;
  size_t len;  // of the text, edits counted
  bool edited; // since the last parse, in [edit_start, edit_end)
  size_t edit_start, edit_end;
  BlockVec blocks;
};

static const char *const g_names[BLOCK_KINDS] = {"headline",  "subhead",   "dateline", "byline",
                                                 "caption",   "paragraph", "speech",   "signature",
                                                 "list_item", "metadata"};

const char *block_kind_name(BlockKind kind)
{
  return g_names[kind];
}

Article *article_new(void)
{
  return xcalloc(1, sizeof(Article));
}

static TSParser *parser_new(void)
{
  TSParser *parser = ts_parser_new();
  bool fits = ts_parser_set_language(parser, tree_sitter_article());
  assert(fits);
  (void)fits;
  return parser;
}

static void part_release(Part *part)
{
  if (part->tree) ts_tree_delete(part->tree);
  vec_release(&part->outline);
}

void article_free(Article *self)
{
  if (!self) return;
  for (size_t i = 0; i < self->parts.len; i++) part_release(&self->parts.items[i]);
  vec_release(&self->parts);
  vec_release(&self->blocks);
  snapshot_unref(self->text);
  if (self->parser) ts_parser_delete(self->parser);
  free(self);
}

// --- edits -----------------------------------------------------------------------------------------------

// Lines and columns of trees are not used and left at 0. Tree-sitter takes a character that a token looked
// ahead at for one byte long, so a change in its other bytes would go unseen; hence the edit is told from
// three bytes further left.
static void part_edit(Part *part, size_t start, size_t old_end, size_t new_end)
{
  part->len = part->len - (old_end - start) + (new_end - start);
  size_t tail = part->len - new_end;
  part->head = part->dirty && part->head < start ? part->head : start;
  part->tail = part->dirty && part->tail < tail ? part->tail : tail;
  part->dirty = part->tree_dirty = true;
  if (!part->tree) return;
  start = start > 3 ? start - 3 : 0;
  TSInputEdit edit = {
      .start_byte = (uint32_t)start, .old_end_byte = (uint32_t)old_end, .new_end_byte = (uint32_t)new_end};
  ts_tree_edit(part->tree, &edit);
}

static void widen_edited(Article *self, TextEdit edit)
{
  if (!self->edited) {
    self->edited = true;
    self->edit_start = edit.start;
    self->edit_end = edit.new_end;
    return;
  }
  if (self->edit_end > edit.old_end)
    self->edit_end = self->edit_end - edit.old_end + edit.new_end;
  else if (self->edit_end > edit.start)
    self->edit_end = edit.new_end;
  if (self->edit_end < edit.new_end) self->edit_end = edit.new_end;
  if (self->edit_start > edit.start) self->edit_start = edit.start;
}

// Drop parts [first, last) and put one unparsed part of `len` bytes in their place.
static void merge_parts(Article *self, size_t first, size_t last, size_t len)
{
  Part *parts = self->parts.items;
  for (size_t i = first; i < last; i++) part_release(&parts[i]);
  if (first == last) {
    vec_push(&self->parts, (Part){0});
    parts = self->parts.items;
    memmove(parts + first + 1, parts + first, (self->parts.len - 1 - first) * sizeof *parts);
  } else {
    memmove(parts + first + 1, parts + last, (self->parts.len - last) * sizeof *parts);
    self->parts.len -= last - first - 1;
  }
  parts[first] = (Part){.len = len, .dirty = true, .tree_dirty = true};
}

void article_edit(Article *self, TextEdit edit)
{
  assert(edit.start <= edit.old_end && edit.old_end <= self->len && edit.start <= edit.new_end);
  widen_edited(self, edit);
  self->len = self->len - edit.old_end + edit.new_end;
  if (edit.old_end < self->lead) { // white space alone, before the edit
    self->lead = self->lead - edit.old_end + edit.new_end;
    return;
  }
  size_t first = 0, start = self->lead, last, end;
  while (first < self->parts.len && start + self->parts.items[first].len < edit.start)
    start += self->parts.items[first++].len;
  last = first, end = start;
  while (last < self->parts.len && (end < edit.old_end || last == first))
    end += self->parts.items[last++].len;
  if (last == first + 1 && edit.start >= start) {
    part_edit(&self->parts.items[first], edit.start - start, edit.old_end - start, edit.new_end - start);
    return;
  }
  if (edit.start < start) self->lead = start = edit.start;
  merge_parts(self, first, last, end - edit.old_end + edit.new_end - start);
}

// --- cuts ------------------------------------------------------------------------------------------------

static bool is_blank(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Bytes of white space, or of a byte order mark, at the head of the text.
static size_t measure_lead(const Snapshot *text)
{
  size_t at = 0;
  Arena scratch = {0};
  if (snapshot_len(text) >= 3 && str_is(snapshot_read(text, 0, 3, &scratch), "\xEF\xBB\xBF")) at = 3;
  arena_release(&scratch);
  for (Str chunk; (chunk = snapshot_chunk(text, at)).len;) {
    size_t n = 0;
    while (n < chunk.len && is_blank(chunk.ptr[n])) n++;
    at += n;
    if (n < chunk.len) break;
  }
  return at;
}

// The parts as they were before the cuts are made anew, and how far they are taken over.
typedef struct OldParts {
  PartVec parts; // owned; those from `next` on are still whole
  size_t next, start;
} OldParts;

// Move on to the old part that starts at or behind `at`.
static void old_seek(OldParts *old, size_t at)
{
  while (old->next < old->parts.len && (old->start < at || !old->parts.items[old->next].len)) {
    old->start += old->parts.items[old->next].len;
    part_release(&old->parts.items[old->next++]);
  }
}

// The section [start, end), with the tree of the old one that started there.
static Part old_take(OldParts *old, size_t start, size_t end)
{
  size_t len = end - start;
  if (old->next == old->parts.len || old->start != start)
    return (Part){.len = len, .dirty = true, .tree_dirty = true};
  Part part = old->parts.items[old->next++];
  old->start += part.len;
  if (part.len < len) part_edit(&part, part.len, part.len, len);
  if (part.len > len) part_edit(&part, len, part.len, len);
  return part;
}

// Make the cuts of `text` anew as far as the edits may have moved them. Returns the number of sections before
// them.
static size_t cut_again(Article *self, const Snapshot *text)
{
  size_t lead = measure_lead(text), kept = 0, at = self->lead;
  PartVec parts = {0};
  OldParts old = {self->parts, 0, self->lead};
  if (lead == self->lead) {
    for (; kept < old.parts.len && cut_reach(at, at + old.parts.items[kept].len) <= self->edit_start;
         kept++) {
      vec_push(&parts, old.parts.items[kept]);
      at += old.parts.items[kept].len;
    }
    old.next = kept, old.start = at;
  } else {
    at = self->lead = lead;
  }
  while (at < self->len) {
    old_seek(&old, at);
    if (old.next < old.parts.len && old.start == at && at >= self->edit_end) {
      while (old.next < old.parts.len) vec_push(&parts, old.parts.items[old.next++]);
      break;
    }
    size_t end = cut_find(text, at);
    vec_push(&parts, old_take(&old, at, end));
    at = end;
  }
  while (old.next < old.parts.len) part_release(&old.parts.items[old.next++]);
  vec_release(&old.parts);
  self->parts = parts;
  return kept;
}

// --- parsing ---------------------------------------------------------------------------------------------

static void outline_part(Part *part, const Snapshot *text, size_t start, Arena *scratch)
{
  size_t head = part->head, tail = part->tail;
  size_t least = part->outlined < part->len ? part->outlined : part->len;
  if (head > least) head = least;
  if (tail > least - head) tail = least - head;
  TextEdit edit = {head, part->outlined - tail, part->len - tail};
  outline_update(&part->outline, snapshot_read(text, start, start + part->len, scratch), edit);
  part->outlined = part->len;
  part->dirty = false;
}

static void parse_part(Article *self, Part *part, size_t start)
{
  Arena scratch = {0};
  Str bytes = snapshot_read(self->text, start, start + part->len, &scratch);
  if (!self->parser) self->parser = parser_new();
  TSTree *tree = ts_parser_parse_string(self->parser, part->tree, bytes.ptr, (uint32_t)bytes.len);
  if (part->tree) ts_tree_delete(part->tree);
  part->tree = tree;
  part->tree_dirty = false;
  arena_release(&scratch);
}

// The blocks of all sections from `first` on, in bytes of the text.
static void gather_blocks(Article *self, size_t first)
{
  size_t start = self->lead, count = 0;
  for (size_t i = 0; i < first; i++) {
    start += self->parts.items[i].len;
    count += self->parts.items[i].outline.len;
  }
  self->blocks.len = count;
  for (size_t i = first; i < self->parts.len; i++) {
    const Part *part = &self->parts.items[i];
    for (size_t k = 0; k < part->outline.len; k++) {
      Block block = part->outline.items[k].block;
      block.start += start, block.end += start;
      vec_push(&self->blocks, block);
    }
    start += part->len;
  }
}

void article_parse(Article *self, const Snapshot *text)
{
  if (snapshot_len(text) != self->len) article_edit(self, (TextEdit){0, self->len, snapshot_len(text)});
  if (!self->edited) return;
  size_t first = cut_again(self, text), start = self->lead;
  Arena scratch = {0};
  for (size_t i = 0; i < self->parts.len; i++) {
    Part *part = &self->parts.items[i];
    if (part->dirty) outline_part(part, text, start, &scratch);
    start += part->len;
    arena_reset(&scratch);
  }
  arena_release(&scratch);
  gather_blocks(self, first);
  snapshot_unref(self->text);
  self->text = snapshot_ref(text);
  self->edited = false;
}

const BlockVec *article_blocks(const Article *self)
{
  return &self->blocks;
}

size_t article_section_count(const Article *self)
{
  return self->parts.len;
}

Section article_section(Article *self, size_t index)
{
  assert(!self->edited && index < self->parts.len);
  size_t start = self->lead;
  for (size_t i = 0; i < index; i++) start += self->parts.items[i].len;
  Part *part = &self->parts.items[index];
  if (!part->tree || part->tree_dirty) parse_part(self, part, start);
  return (Section){part->tree, start, start + part->len};
}
