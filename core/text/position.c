// One conversion finds its chunk by the counts before it and decodes within that chunk only, so that the last
// column of a megabyte in one line costs what the first does. A walk reads on from where it stands while that
// is nearer than a chunk.
#include "text/position.h"

#include "base/utf8.h"
#include "text/snapshot_p.h"

static size_t units(Str text, Encoding enc)
{
  return enc == ENC_UTF8 ? text.len : enc == ENC_UTF16 ? utf8_utf16_length(text) : utf8_length(text);
}

static size_t units_before(const Counts *counts, Encoding enc)
{
  return enc == ENC_UTF8 ? counts->bytes : enc == ENC_UTF16 ? counts->utf16 : counts->chars;
}

// `at` is where a character begins.
static size_t offset_of_char(const Snapshot *text, size_t at, Encoding enc)
{
  if (enc == ENC_UTF8) return at;
  if (at >= text->total.bytes) return units_before(&text->total, enc);
  const Slot *slot = snapshot_slot(text, at);
  return units_before(&slot->before, enc) + units((Str){slot->chunk->data, at - slot->before.bytes}, enc);
}

size_t offset_of(const Snapshot *text, size_t at, Encoding enc)
{
  return offset_of_char(text, snapshot_char_start(text, at), enc);
}

// The byte before which `offset` units lie, or the start of the character that spans them.
static size_t byte_of(const Snapshot *text, size_t offset, Encoding enc)
{
  if (offset >= units_before(&text->total, enc)) return text->total.bytes;
  if (enc == ENC_UTF8) return snapshot_char_start(text, offset);
  size_t low = 0, high = text->slots.len;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (units_before(&text->slots.items[middle].before, enc) <= offset)
      low = middle;
    else
      high = middle;
  }
  const Slot *slot = &text->slots.items[low];
  const char *p = slot->chunk->data, *end = p + slot->chunk->size.bytes;
  for (size_t left = offset - units_before(&slot->before, enc); left;) {
    uint32_t cp;
    size_t len = utf8_decode(p, end, &cp), width = enc == ENC_UTF16 && cp > 0xFFFF ? 2 : 1;
    if (width > left) break;
    left -= width;
    p += len;
  }
  return slot->before.bytes + (size_t)(p - slot->chunk->data);
}

// Where a line's columns end.
static size_t columns_end(const Snapshot *text, size_t line)
{
  if (text->eol == EOL_LSP || line >= text->total.lines) return snapshot_line_end(text, line);
  return snapshot_line_start(text, line + 1) - 1;
}

// Whether `at` lies between a \r and the \n that belongs to it, where an editor has no column.
static bool inside_crlf(const Snapshot *text, size_t at)
{
  if (text->eol != EOL_LSP || !at || at >= text->total.bytes) return false;
  const Slot *slot = snapshot_slot(text, at);
  const char *p = slot->chunk->data + (at - slot->before.bytes);
  return *p == '\n' && p > slot->chunk->data && p[-1] == '\r';
}

PositionWalk position_walk(const Snapshot *text, Encoding enc)
{
  return (PositionWalk){.text = text, .enc = enc};
}

static void walk_afresh(PositionWalk *walk, size_t at)
{
  size_t line = snapshot_line_at(walk->text, at);
  size_t start = offset_of_char(walk->text, snapshot_line_start(walk->text, line), walk->enc);
  walk->at = at;
  walk->line = line;
  walk->offset = offset_of_char(walk->text, at, walk->enc);
  walk->column = walk->offset - start;
}

// Read on to `at` within `part`, the text from where the walk stands to the end of its chunk or to `at`.
static void walk_over(PositionWalk *walk, Str part, size_t at)
{
  size_t from = 0, start, next, goal = at - walk->at;
  while (next_eol(part, from, walk->text->eol, &start, &next) && next <= goal) {
    walk->offset += units(str_slice(part, from, next), walk->enc);
    walk->line++;
    walk->column = 0;
    from = next;
  }
  size_t more = units(str_slice(part, from, goal), walk->enc);
  walk->offset += more;
  walk->column += more;
  walk->at = at;
}

static void walk_to_char(PositionWalk *walk, size_t at)
{
  if (at < walk->at || at - walk->at > BUFFER_CHUNK) {
    walk_afresh(walk, at);
    return;
  }
  while (walk->at < at) {
    Str part = snapshot_chunk(walk->text, walk->at);
    walk_over(walk, part, at - walk->at < part.len ? at : walk->at + part.len);
  }
}

Position position_walk_to(PositionWalk *walk, size_t at)
{
  walk_to_char(walk, snapshot_char_start(walk->text, at));
  return (Position){walk->line, walk->column - inside_crlf(walk->text, walk->at)};
}

size_t offset_walk_to(PositionWalk *walk, size_t at)
{
  walk_to_char(walk, snapshot_char_start(walk->text, at));
  return walk->offset;
}

Position position_of(const Snapshot *text, size_t at, Encoding enc)
{
  PositionWalk walk = position_walk(text, enc);
  return position_walk_to(&walk, at);
}

size_t position_to_byte(const Snapshot *text, Position pos, Encoding enc)
{
  if (pos.line >= snapshot_line_count(text)) return text->total.bytes;
  size_t end = columns_end(text, pos.line), start = snapshot_line_start(text, pos.line);
  size_t before = offset_of_char(text, start, enc);
  if (pos.column >= units_before(&text->total, enc) - before) return end;
  size_t at = byte_of(text, before + pos.column, enc);
  return at < end ? at : end;
}
