// Layers of stretches are laid over each other from the strongest to the weakest; each fills what those
// before left free, in one walk over two sorted lists. Then stretches are cut at line ends and written as
// LSP's five relative numbers.
#include "server/tokens.h"

#include "base/alloc.h"
#include "server/poscodec.h"

typedef enum TokenType {
  TYPE_PERSON,
  TYPE_ORG,
  TYPE_PLACE,
  TYPE_DATE,
  TYPE_QUOTE,
  TYPE_CUE,
  TYPE_TAG,
  TYPES
} TokenType;
enum { MOD_DECLARATION = 1, MOD_READONLY = 2, MOD_IN_QUOTE = 4 };

static const char *const g_types[][TYPES] = {
    [LEGEND_STANDARD] = {"class", "namespace", "enum", "number", "string", "keyword", "decorator"},
    [LEGEND_NATIVE] = {"person", "org", "place", "date", "quote", "cue", "tag"},
};
static const char g_modifiers[] = "[\"declaration\",\"readonly\",\"inQuote\"]"; // by the bits above

typedef struct Stretch {
  size_t start, end;
  uint32_t type, mods;
} Stretch;
typedef VEC_OF(Stretch) StretchVec;
typedef VEC_OF(uint32_t) NumberVec;

struct TokensMemo {
  uint64_t id;
  int64_t version;    // of the text that the tokens are of
  const Findings *of; // and of these findings; only compared
  NumberVec data;
};

TokenLegend tokens_legend(const cJSON *capabilities, const cJSON *options)
{
  const cJSON *asked =
                  json_get(json_get(json_get(capabilities, "textDocument"), "semanticTokens"), "tokenTypes"),
              *name;
  if (str_is(json_get_str(options, "tokenLegend"), "native") ||
      str_is(json_get_str(json_get(options, "newsmark"), "tokenLegend"), "native"))
    return LEGEND_NATIVE;
  cJSON_ArrayForEach(name, asked)
  {
    if (cJSON_IsString(name) && str_is(str_of(name->valuestring), "person")) return LEGEND_NATIVE;
  }
  return LEGEND_STANDARD;
}

void tokens_write_legend(StrBuf *out, TokenLegend legend)
{
  strbuf_add(out, STR("{\"tokenTypes\":["));
  for (size_t i = 0; i < TYPES; i++) strbuf_addf(out, "%s\"%s\"", i ? "," : "", g_types[legend][i]);
  strbuf_addf(out, "],\"tokenModifiers\":%s}", g_modifiers);
}

// --- layers

// Add the parts of `weaker` that `over` leaves free; both in order, `over` without overlaps. What overlaps
// within `weaker` goes to the first.
static void lay_under(StretchVec *over, const StretchVec *weaker)
{
  StretchVec all = {0};
  size_t at = 0, o = 0; // everything before `at` is taken
  for (size_t w = 0; w < weaker->len; w++) {
    Stretch rest = weaker->items[w];
    if (rest.start < at) rest.start = at;
    while (rest.start < rest.end) {
      while (o < over->len && over->items[o].end <= rest.start) vec_push(&all, over->items[o++]);
      size_t until = o < over->len && over->items[o].start < rest.end ? over->items[o].start : rest.end;
      if (until > rest.start) vec_push(&all, (Stretch){rest.start, until, rest.type, rest.mods});
      rest.start = at = until < rest.end ? over->items[o].end : until;
    }
  }
  while (o < over->len) vec_push(&all, over->items[o++]);
  vec_release(over);
  *over = all;
}

static uint32_t type_of(const Span *span)
{
  switch (span->kind) {
  case SPAN_ENTITY:
    return span->type == ENTITY_PER ? TYPE_PERSON : span->type == ENTITY_ORG ? TYPE_ORG : TYPE_PLACE;
  case SPAN_DATE:
    return TYPE_DATE;
  case SPAN_QUOTE:
    return TYPE_QUOTE;
  default:
    return TYPE_TAG;
  }
}

typedef struct Layers {
  StretchVec entities, dates, tags, cues, quotes; // strongest first
} Layers;

static bool first_mention(const Span *span, NumberVec *seen)
{
  uint32_t cluster = span->entity->cluster;
  while (seen->len <= cluster / 32) vec_push(seen, 0);
  uint32_t bit = 1u << cluster % 32, *word = &seen->items[cluster / 32];
  bool first = !(*word & bit);
  *word |= bit;
  return first;
}

static int by_start(const void *a, const void *b)
{
  const Stretch *left = a, *right = b;
  return (left->start > right->start) - (left->start < right->start);
}

static void sort_into_layers(const Findings *found, Layers *layers)
{
  NumberVec seen = {0}; // clusters
  size_t quote_end = 0;
  for (size_t i = 0; i < found->found->spans.len; i++) {
    const Span *span = &found->found->spans.items[i];
    Stretch stretch = {span->start, span->end, type_of(span), span->by == BY_HUMAN ? MOD_READONLY : 0};
    bool is_quote = span->kind == SPAN_QUOTE;
    if (!is_quote && span->end <= quote_end) stretch.mods |= MOD_IN_QUOTE;
    if (is_quote && span->end > quote_end) quote_end = span->end;
    if (span->kind == SPAN_ENTITY && span->entity->cluster < (1u << 24) && first_mention(span, &seen))
      stretch.mods |= MOD_DECLARATION;
    StretchVec *layer = span->kind == SPAN_ENTITY ? &layers->entities
                        : span->kind == SPAN_DATE ? &layers->dates
                        : is_quote                ? &layers->quotes
                                                  : &layers->tags;
    vec_push(layer, stretch);
    const Mention *cue = &span->quote->cue;
    if (is_quote && cue->start < cue->end)
      vec_push(&layers->cues, (Stretch){cue->start, cue->end, TYPE_CUE, 0});
  }
  if (layers->cues.len) qsort(layers->cues.items, layers->cues.len, sizeof(Stretch), by_start);
  vec_release(&seen);
}

static StretchVec flatten(const Findings *found)
{
  Layers layers = {0};
  sort_into_layers(found, &layers);
  StretchVec flat = {0},
             *order[] = {&layers.entities, &layers.dates, &layers.tags, &layers.cues, &layers.quotes};
  for (size_t i = 0; i < ARRAY_LEN(order); i++) {
    lay_under(&flat, order[i]);
    vec_release(order[i]);
  }
  return flat;
}

// --- numbers

typedef struct Encoder {
  PositionWalk walk;
  NumberVec *data;
  size_t line, column; // of the last token
} Encoder;

static void encode_piece(Encoder *self, size_t start, size_t end, const Stretch *stretch)
{
  Position from = position_walk_to(&self->walk, start);
  size_t offset = self->walk.offset, length = offset_walk_to(&self->walk, end) - offset;
  if (!length) return;
  bool same_line = from.line == self->line && self->data->len;
  size_t line = self->data->len ? from.line - self->line : from.line;
  vec_push(self->data, (uint32_t)line);
  vec_push(self->data, (uint32_t)(same_line ? from.column - self->column : from.column));
  vec_push(self->data, (uint32_t)length);
  vec_push(self->data, stretch->type);
  vec_push(self->data, stretch->mods);
  self->line = from.line;
  self->column = from.column;
}

static void encode_stretch(Encoder *self, const Stretch *stretch)
{
  const Snapshot *text = self->walk.text;
  for (size_t at = stretch->start; at < stretch->end;) {
    position_walk_to(&self->walk, at);
    size_t line = self->walk.line, line_end = snapshot_line_end(text, line);
    if (at < line_end) encode_piece(self, at, line_end < stretch->end ? line_end : stretch->end, stretch);
    if (stretch->end <= line_end || line + 1 >= snapshot_line_count(text)) break;
    at = snapshot_line_start(text, line + 1);
  }
}

// The tokens of the stretches that share a byte with [start, end).
static NumberVec encode(const Findings *found, Encoding enc, size_t start, size_t end)
{
  NumberVec data = {0};
  StretchVec flat = flatten(found);
  Encoder encoder = {.walk = position_walk(found->text, enc), .data = &data};
  for (size_t i = 0; i < flat.len && flat.items[i].start < end; i++)
    if (flat.items[i].end > start) encode_stretch(&encoder, &flat.items[i]);
  vec_release(&flat);
  return data;
}

static void write_numbers(StrBuf *out, const uint32_t *numbers, size_t count)
{
  strbuf_byte(out, '[');
  for (size_t i = 0; i < count; i++) {
    if (i) strbuf_byte(out, ',');
    poscodec_write_number(out, numbers[i]);
  }
  strbuf_byte(out, ']');
}

// --- requests

void tokens_forget(TokensMemo *memo)
{
  if (!memo) return;
  vec_release(&memo->data);
  free(memo);
}

static void remember(Document *doc, NumberVec data)
{
  if (!doc->tokens) doc->tokens = xcalloc(1, sizeof *doc->tokens);
  vec_release(&doc->tokens->data);
  doc->tokens->data = data;
  doc->tokens->id++;
  doc->tokens->version = doc->version;
  doc->tokens->of = doc->found;
}

bool tokens_are_stale(Document *doc)
{
  TokensMemo *memo = doc->tokens;
  if (!memo || memo->version != doc->version || memo->of == doc->found) return false;
  memo->of = doc->found;
  return true;
}

static void write_result_id(StrBuf *out, const Document *doc)
{
  strbuf_add(out, STR("{\"resultId\":\""));
  poscodec_write_number(out, doc->tokens->id);
  strbuf_add(out, STR("\","));
}

void tokens_write_full(StrBuf *out, Document *doc, Encoding enc)
{
  remember(doc, encode(doc->found, enc, 0, snapshot_len(doc->found->text)));
  write_result_id(out, doc);
  strbuf_add(out, STR("\"data\":"));
  write_numbers(out, doc->tokens->data.items, doc->tokens->data.len);
  strbuf_byte(out, '}');
}

void tokens_write_delta(StrBuf *out, Document *doc, Encoding enc, Str previous)
{
  char known[24];
  snprintf(known, sizeof known, "%llu", doc->tokens ? (unsigned long long)doc->tokens->id : 0);
  if (!doc->tokens || !str_is(previous, known)) {
    tokens_write_full(out, doc, enc);
    return;
  }
  NumberVec old = doc->tokens->data;
  doc->tokens->data = (NumberVec){0};
  remember(doc, encode(doc->found, enc, 0, snapshot_len(doc->found->text)));
  const NumberVec *fresh = &doc->tokens->data;
  size_t least = old.len < fresh->len ? old.len : fresh->len, front = 0, back = 0;
  while (front < least && old.items[front] == fresh->items[front]) front++;
  front -= front % 5; // whole tokens
  while (back < least - front && old.items[old.len - 1 - back] == fresh->items[fresh->len - 1 - back]) back++;
  back -= back % 5;
  write_result_id(out, doc);
  strbuf_add(out, STR("\"edits\":["));
  if (front + back < old.len || front + back < fresh->len) {
    strbuf_addf(out, "{\"start\":%zu,\"deleteCount\":%zu,\"data\":", front, old.len - front - back);
    write_numbers(out, fresh->items + front, fresh->len - front - back);
    strbuf_byte(out, '}');
  }
  strbuf_add(out, STR("]}"));
  vec_release(&old);
}

void tokens_write_range(StrBuf *out, const Document *doc, Encoding enc, size_t start, size_t end)
{
  NumberVec data = encode(doc->found, enc, start, end);
  strbuf_add(out, STR("{\"data\":"));
  write_numbers(out, data.items, data.len);
  strbuf_byte(out, '}');
  vec_release(&data);
}
