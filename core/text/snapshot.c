// Finding a byte or a line is a binary search over the slots and a scan of one chunk.
//
// Where a chunk may end (may_cut): utf8_decode() takes at most a lead byte and three continuation bytes, so a
// byte that is no continuation begins a code point, and so does one with no lead among the three before it.
// Hence a place to cut is never more than three bytes away, even in a file of nothing but broken bytes.
#include "text/snapshot_p.h"

#include "base/utf8.h"

static bool is_continuation(char byte)
{
  return ((unsigned char)byte & 0xC0) == 0x80;
}

// Whether a code point or line end surely begins at p[0]; `back` bytes before it may be read (three are
// enough).
static bool may_cut(const char *p, size_t back)
{
  if (!is_continuation(*p)) return !(back && p[0] == '\n' && p[-1] == '\r');
  for (size_t i = 1; i <= 3 && i <= back; i++)
    if (!is_continuation(p[-(ptrdiff_t)i])) return (unsigned char)p[-(ptrdiff_t)i] < 0x80;
  return true;
}

// The first \n or \r, or `end`: eight bytes at a time, by the zero-byte test of Hacker's Delight, 6-1.
static const char *find_eol_byte(const char *p, const char *end)
{
  const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
  for (uint64_t word; end - p >= 8; p += 8) {
    memcpy(&word, p, 8);
    uint64_t lf = word ^ ones * '\n', cr = word ^ ones * '\r';
    if (((lf - ones) & ~lf & highs) | ((cr - ones) & ~cr & highs)) break;
  }
  while (p < end && *p != '\n' && *p != '\r') p++;
  return p;
}

bool next_eol(Str text, size_t from, EolRule eol, size_t *start, size_t *next)
{
  const char *p = text.ptr + from, *end = text.ptr + text.len;
  if (eol == EOL_LF) {
    p = p < end ? memchr(p, '\n', (size_t)(end - p)) : NULL;
    if (!p) return false;
  } else {
    p = find_eol_byte(p, end);
    if (p == end) return false;
  }
  *start = (size_t)(p - text.ptr);
  *next = *start + (p[0] == '\r' && p + 1 < end && p[1] == '\n' ? 2 : 1);
  return true;
}

static size_t count_lines(Str text, EolRule eol)
{
  size_t lines = 0, start;
  if (!str_has(text, '\r')) eol = EOL_LF; // as in most texts, where it is sooner done
  for (size_t at = 0; next_eol(text, at, eol, &start, &at);) lines++;
  return lines;
}

static Chunk *chunk_new(Str text, EolRule eol)
{
  Chunk *chunk = xmalloc(sizeof *chunk + text.len);
  atomic_init(&chunk->refs, 1);
  size_t wide, points = utf8_count(text, &wide);
  chunk->size = (Counts){text.len, count_lines(text, eol), points, points + wide};
  memcpy(chunk->data, text.ptr, text.len);
  return chunk;
}

Chunk *chunk_ref(Chunk *chunk)
{
  atomic_fetch_add_explicit(&chunk->refs, 1, memory_order_relaxed);
  return chunk;
}

void chunk_unref(Chunk *chunk)
{
  if (atomic_fetch_sub_explicit(&chunk->refs, 1, memory_order_acq_rel) == 1) free(chunk);
}

void slots_cut(Str text, EolRule eol, SlotVec *slots)
{
  size_t pieces = (text.len + BUFFER_CHUNK - 1) / BUFFER_CHUNK;
  for (size_t i = 1, from = 0; i <= pieces; i++) {
    size_t to = size_mul(i, text.len) / pieces;
    while (to > from && to < text.len && !may_cut(text.ptr + to, to - from)) to--;
    if (to == from) continue; // the next piece takes it in
    vec_push(slots, (Slot){.chunk = chunk_new(str_slice(text, from, to), eol)});
    from = to;
  }
}

Snapshot *snapshot_empty(EolRule eol)
{
  Snapshot *self = xcalloc(1, sizeof *self);
  atomic_init(&self->refs, 1);
  self->eol = eol;
  return self;
}

void snapshot_count(Snapshot *self, size_t first)
{
  Counts sum = {0};
  if (first) {
    const Slot *last = &self->slots.items[first - 1];
    const Counts *size = &last->chunk->size;
    sum = (Counts){last->before.bytes + size->bytes, last->before.lines + size->lines,
                   last->before.chars + size->chars, last->before.utf16 + size->utf16};
  }
  for (size_t i = first; i < self->slots.len; i++) {
    const Counts *size = &self->slots.items[i].chunk->size;
    self->slots.items[i].before = sum;
    sum.bytes += size->bytes;
    sum.lines += size->lines;
    sum.chars += size->chars;
    sum.utf16 += size->utf16;
  }
  self->total = sum;
}

Snapshot *snapshot_new(Str text)
{
  Snapshot *self = snapshot_empty(EOL_LSP);
  slots_cut(text, self->eol, &self->slots);
  snapshot_count(self, 0);
  return self;
}

Snapshot *snapshot_take(char *text, size_t len)
{
  Snapshot *self = snapshot_new((Str){text, len});
  free(text);
  return self;
}

Snapshot *snapshot_ref(const Snapshot *self)
{
  Snapshot *held = (Snapshot *)self; // the count is not part of the text
  if (held) atomic_fetch_add_explicit(&held->refs, 1, memory_order_relaxed);
  return held;
}

void snapshot_unref(const Snapshot *self)
{
  Snapshot *held = (Snapshot *)self;
  if (!held || atomic_fetch_sub_explicit(&held->refs, 1, memory_order_acq_rel) != 1) return;
  for (size_t i = 0; i < held->slots.len; i++) chunk_unref(held->slots.items[i].chunk);
  vec_release(&held->slots);
  free(held);
}

size_t snapshot_len(const Snapshot *self)
{
  return self->total.bytes;
}

const Slot *snapshot_slot(const Snapshot *self, size_t at)
{
  size_t low = 0, high = self->slots.len; // the last slot in [low, high) that begins at or before `at`
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (self->slots.items[middle].before.bytes <= at)
      low = middle;
    else
      high = middle;
  }
  return &self->slots.items[low];
}

Str snapshot_chunk(const Snapshot *self, size_t at)
{
  if (at >= self->total.bytes) return (Str){"", 0};
  const Slot *slot = snapshot_slot(self, at);
  return str_slice((Str){slot->chunk->data, 0}, at - slot->before.bytes, slot->chunk->size.bytes);
}

Str snapshot_read(const Snapshot *self, size_t start, size_t end, Arena *arena)
{
  if (end > self->total.bytes) end = self->total.bytes;
  if (start >= end) return (Str){"", 0};
  Str part = snapshot_chunk(self, start);
  if (part.len >= end - start) return str_slice(part, 0, end - start);
  char *copy = arena_alloc(arena, end - start), *to = copy;
  for (size_t at = start; at < end; at += part.len) {
    part = snapshot_chunk(self, at);
    if (part.len > end - at) part.len = end - at;
    memcpy(to, part.ptr, part.len);
    to += part.len;
  }
  return (Str){copy, end - start};
}

size_t snapshot_line_count(const Snapshot *self)
{
  return self->total.lines + 1;
}

size_t snapshot_line_start(const Snapshot *self, size_t line)
{
  if (!line) return 0;
  if (line > self->total.lines) return self->total.bytes;
  size_t low = 0,
         high = self->slots.len; // the last slot with fewer line ends before it: it holds the one we want
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (self->slots.items[middle].before.lines < line)
      low = middle;
    else
      high = middle;
  }
  const Slot *slot = &self->slots.items[low];
  Str text = {slot->chunk->data, slot->chunk->size.bytes};
  size_t at = 0, start;
  for (size_t left = line - slot->before.lines; left; left--) next_eol(text, at, self->eol, &start, &at);
  return slot->before.bytes + at;
}

size_t snapshot_line_end(const Snapshot *self, size_t line)
{
  if (line >= self->total.lines) return self->total.bytes;
  size_t next = snapshot_line_start(self, line + 1);
  const Slot *slot = snapshot_slot(self, next - 1);
  const char *last = slot->chunk->data + (next - 1 - slot->before.bytes);
  return *last == '\n' && last > slot->chunk->data && last[-1] == '\r' ? next - 2 : next - 1;
}

size_t snapshot_line_at(const Snapshot *self, size_t at)
{
  if (at >= self->total.bytes) return self->total.lines;
  const Slot *slot = snapshot_slot(self, at);
  Str text = {slot->chunk->data, slot->chunk->size.bytes};
  size_t line = slot->before.lines, start, next = 0;
  while (next_eol(text, next, self->eol, &start, &next) && next <= at - slot->before.bytes) line++;
  return line;
}

size_t snapshot_char_start(const Snapshot *self, size_t at)
{
  if (at >= self->total.bytes) return self->total.bytes;
  const Slot *slot = snapshot_slot(self, at);
  const char *data = slot->chunk->data, *end = data + slot->chunk->size.bytes;
  const char *goal = data + (at - slot->before.bytes), *p = goal;
  while (p > data && is_continuation(*p) && !may_cut(p, (size_t)(p - data))) p--;
  for (uint32_t cp; p < goal;) {
    size_t len = utf8_decode(p, end, &cp);
    if (len > (size_t)(goal - p)) break;
    p += len;
  }
  return slot->before.bytes + (size_t)(p - data);
}
