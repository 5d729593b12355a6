// The outline: blocks as Namespace with their people as Class, organisations as Module, places as Constant,
// dates as Event, tags as their script says, else Key, a name once a block; behind the blocks the quotations,
// String, under who said them.
#include "base/map.h"
#include "base/utf8.h"
#include "server/features.h"
#include "server/poscodec.h"

#include <stdio.h>

#define NAME_CHARS 60u
#define LOOK_BACK 256u // spans

enum {
  SYMBOL_MODULE = 2,
  SYMBOL_NAMESPACE = 3,
  SYMBOL_CLASS = 5,
  SYMBOL_CONSTANT = 14,
  SYMBOL_STRING = 15,
  SYMBOL_KEY = 20,
  SYMBOL_EVENT = 24,
};

typedef struct Outline {
  StrBuf *out;
  const Document *doc;
  PositionWalk walk;
  bool hierarchical;
  StrBuf container;  // the block's name, for the flat form
  ScriptTagVec tags; // what scripts say of theirs
  Arena arena;       // for one name
  size_t written;    // of the flat form
} Outline;

static int tag_kind(const Outline *self, Str tag)
{
  int kind = 0;
  for (size_t i = 0; i < self->tags.len && !kind; i++)
    if (str_eq(self->tags.items[i].type.id, tag)) kind = tag_symbol(self->tags.items[i].type.symbol);
  return kind ? kind : SYMBOL_KEY;
}

static int symbol_kind(const Outline *self, const Span *span)
{
  static const int entities[ENTITY_TYPES] = {SYMBOL_CLASS, SYMBOL_MODULE, SYMBOL_CONSTANT};
  return span->kind == SPAN_ENTITY  ? entities[span->type]
         : span->kind == SPAN_DATE  ? SYMBOL_EVENT
         : span->kind == SPAN_QUOTE ? SYMBOL_STRING
                                    : tag_kind(self, span->tag->tag);
}

// The start of [start, end) on one line, with an ellipsis where it goes on. Never empty: clients refuse that.
static void add_excerpt(Outline *self, StrBuf *to, size_t start, size_t end)
{
  size_t until = end - start > NAME_CHARS * 4 ? start + NAME_CHARS * 4 : end, chars = 0, first_len = to->len;
  Str text = snapshot_read(self->doc->found->text, start, until, &self->arena);
  const char *p = text.ptr, *stop = text.ptr + text.len;
  bool space = false;
  while (p < stop && chars < NAME_CHARS) {
    uint32_t cp;
    size_t len = utf8_decode(p, stop, &cp);
    bool blank = utf8_class(cp) == CHAR_SPACE || cp < 0x20;
    if (!blank && space && to->len > first_len) strbuf_byte(to, ' ');
    if (!blank) strbuf_add(to, (Str){p, len});
    space = blank;
    chars++;
    p += len;
  }
  if (to->len == first_len)
    strbuf_byte(to, '-');
  else if (p < stop || until < end)
    strbuf_add(to, STR("…"));
}

static void span_name(Outline *self, StrBuf *to, const Span *span)
{
  if (span->kind == SPAN_ENTITY && span->entity->name.len) {
    strbuf_add(to, span->entity->name);
    return;
  }
  add_excerpt(self, to, span->start, span->end);
}

static void write_range(Outline *self, const char *key, size_t start, size_t end)
{
  json_write_key(self->out, key);
  poscodec_write_range(self->out, &self->walk, start, end);
}

static void write_flat(Outline *self, Str name, int kind, size_t start, size_t end, bool inside)
{
  StrBuf *out = self->out;
  if (self->written++) strbuf_byte(out, ',');
  strbuf_byte(out, '{');
  json_write_member(out, "name", name);
  json_write_number(out, "kind", kind);
  json_write_key(out, "location");
  strbuf_byte(out, '{');
  json_write_member(out, "uri", str_of(self->doc->uri));
  write_range(self, "range", start, end);
  strbuf_byte(out, '}');
  if (inside) json_write_member(out, "containerName", strbuf_str(&self->container));
  strbuf_byte(out, '}');
}

// Open a DocumentSymbol; its children follow, then close_symbol().
static void open_symbol(Outline *self, Str name, Str detail, int kind, size_t start, size_t end)
{
  StrBuf *out = self->out;
  if (out->ptr[out->len - 1] == '}') strbuf_byte(out, ',');
  strbuf_byte(out, '{');
  json_write_member(out, "name", name);
  if (detail.len) json_write_member(out, "detail", detail);
  json_write_number(out, "kind", kind);
  write_range(self, "range", start, end);
  write_range(self, "selectionRange", start, end);
  json_write_key(out, "children");
  strbuf_byte(out, '[');
}

static void close_symbol(Outline *self)
{
  strbuf_add(self->out, STR("]}"));
}

// An entity told before in this block, not too far back: a block may be a megabyte.
static bool told(const Findings *found, size_t first, size_t index)
{
  const Span *span = &found->found->spans.items[index];
  if (span->kind != SPAN_ENTITY) return false;
  for (size_t i = index; i-- > first && index - i < LOOK_BACK;)
    if (features_same(span, &found->found->spans.items[i])) return true;
  return false;
}

static void write_span(Outline *self, const Span *span, size_t end)
{
  StrBuf name = {0};
  span_name(self, &name, span);
  if (self->hierarchical) {
    Str detail = span->kind == SPAN_DATE ? span->date->value : span_type_name(span);
    open_symbol(self, strbuf_str(&name), detail, symbol_kind(self, span), span->start, end);
    close_symbol(self);
  } else {
    write_flat(self, strbuf_str(&name), symbol_kind(self, span), span->start, end, true);
  }
  strbuf_release(&name);
}

// The spans [first, last) of one block but its quotations.
static void write_spans(Outline *self, size_t first, size_t last, size_t block_end)
{
  const Findings *found = self->doc->found;
  for (size_t i = first; i < last; i++) {
    const Span *span = &found->found->spans.items[i];
    if (span->kind == SPAN_QUOTE || told(found, first, i)) continue;
    write_span(self, span, span->end < block_end ? span->end : block_end);
  }
}

static void write_block(Outline *self, const BlockSpan *block, size_t first, size_t last)
{
  strbuf_reset(&self->container);
  add_excerpt(self, &self->container, block->start, block->end);
  Str name = strbuf_str(&self->container);
  if (self->hierarchical)
    open_symbol(self, name, str_of(block_kind_name(block->kind)), SYMBOL_NAMESPACE, block->start, block->end);
  else
    write_flat(self, name, SYMBOL_NAMESPACE, block->start, block->end, false);
  write_spans(self, first, last, block->end);
  if (self->hierarchical) close_symbol(self);
  arena_reset(&self->arena);
}

// --- quotations

typedef struct Said { // by one speaker
  Str name;           // empty: nobody is named
  IndexVec quotes;    // of the findings' spans
  size_t start, end;  // over all of them
} Said;
typedef VEC_OF(Said) SaidVec;

static Said *said_by(SaidVec *all, Map *known, const QuoteFacts *facts)
{
  bool is_new;
  Str key = facts->speaker.entity.len ? facts->speaker.entity : facts->speaker.name;
  uint64_t *at = map_slot(known, key, &is_new);
  if (is_new) {
    *at = all->len;
    vec_push(all, (Said){.name = facts->speaker.name, .start = SIZE_MAX});
  }
  return &all->items[*at];
}

// Speakers in the order of their first words, those whom nobody names last.
static SaidVec collect_said(const Findings *found)
{
  SaidVec all = {0};
  Map known = {0};
  vec_push(&all, (Said){.start = SIZE_MAX});
  for (size_t i = 0; i < found->found->spans.len; i++) {
    const Span *span = &found->found->spans.items[i];
    if (span->kind != SPAN_QUOTE) continue;
    Said *said = span->quote->speaker.name.len ? said_by(&all, &known, span->quote) : all.items;
    if (span->start < said->start) said->start = span->start;
    if (span->end > said->end) said->end = span->end;
    vec_push(&said->quotes, i);
  }
  map_release(&known);
  Said nobody = all.items[0];
  memmove(all.items, all.items + 1, (all.len - 1) * sizeof *all.items);
  all.items[all.len - 1] = nobody;
  return all;
}

static void write_said(Outline *self, const Said *said)
{
  char count[40];
  snprintf(count, sizeof count, "%zu quotation%s", said->quotes.len, said->quotes.len == 1 ? "" : "s");
  Str name = said->name.len ? said->name : STR("Speaker unknown");
  strbuf_reset(&self->container);
  strbuf_add(&self->container, STR("Quotations"));
  if (self->hierarchical)
    open_symbol(self, name, str_of(count), SYMBOL_CLASS, said->start, said->end);
  else
    write_flat(self, name, SYMBOL_CLASS, said->start, said->end, true);
  strbuf_reset(&self->container);
  strbuf_add(&self->container, name);
  for (size_t i = 0; i < said->quotes.len; i++) {
    const Span *span = &self->doc->found->found->spans.items[said->quotes.items[i]];
    write_span(self, span, span->end);
  }
  if (self->hierarchical) close_symbol(self);
}

static void write_quotations(Outline *self)
{
  SaidVec all = collect_said(self->doc->found);
  size_t start = SIZE_MAX, end = 0;
  for (size_t i = 0; i < all.len; i++) {
    if (all.items[i].start < start) start = all.items[i].start;
    if (all.items[i].end > end) end = all.items[i].end;
  }
  if (end && self->hierarchical)
    open_symbol(self, STR("Quotations"), STR("by speaker"), SYMBOL_NAMESPACE, start, end);
  else if (end)
    write_flat(self, STR("Quotations"), SYMBOL_NAMESPACE, start, end, false);
  for (size_t i = 0; i < all.len; i++) {
    if (all.items[i].quotes.len) write_said(self, &all.items[i]);
    vec_release(&all.items[i].quotes);
  }
  if (end && self->hierarchical) close_symbol(self);
  vec_release(&all);
}

void features_symbols(StrBuf *out, const Document *doc, const FeatureOptions *options)
{
  const Findings *found = doc->found;
  Outline self = {.out = out,
                  .doc = doc,
                  .walk = position_walk(found->text, options->enc),
                  .hierarchical = options->hierarchical};
  Arena kept = {0};
  if (options->host) host_tags(options->host, &kept, &self.tags);
  strbuf_byte(out, '[');
  for (size_t i = 0, at = 0; i < found->found->block_count; i++) {
    const BlockSpan *block = &found->found->blocks[i];
    while (at < found->found->spans.len && found->found->spans.items[at].start < block->start) at++;
    size_t first = at;
    while (at < found->found->spans.len && found->found->spans.items[at].start < block->end) at++;
    if (first < at || block->kind == BLOCK_HEADLINE || block->kind == BLOCK_SUBHEAD)
      write_block(&self, block, first, at);
  }
  write_quotations(&self);
  strbuf_byte(out, ']');
  strbuf_release(&self.container);
  arena_release(&self.arena);
  arena_release(&kept);
}
