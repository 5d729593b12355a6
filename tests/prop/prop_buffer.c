// Random edits on a buffer with tiny chunks beside a flat array; after each, every line, position and offset
// in every encoding is compared with what a walk over the flat bytes says.
#define BUFFER_CHUNK 5u
#include "text/buffer.c"
#include "text/offsets.c"
#include "text/position.c"
#include "text/snapshot.c"

#include "chance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void add_random_piece(StrBuf *out)
{
  static const Str pieces[] = {
      {"a", 1},
      {"\n", 1},
      {"\r", 1},
      {"\r\n", 2},
      {"\xC3\xA5", 2},
      {"\xF0\x9F\x98\x80", 4},
      {"\x80", 1},
      {"\xE2\x80", 2},
      {"\xF0\x9F\x98", 3},
      {"\xC3", 1},
      {"\xFF", 1},
      {"\0", 1},
      {"word ", 5},
      {"\xED\xA0\x80", 3},
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x90\x80\x80", 4}, // U+FFFF, U+10000
  };
  strbuf_add(out, pieces[dice(ARRAY_LEN(pieces))]);
}

// The model: what one byte of the flat text stands at.
typedef struct Spot {
  size_t line, line_start_units, offset; // offset in units of the character the byte lies in
  bool starts_char, inside_crlf;
} Spot;

static size_t width(uint32_t cp, size_t len, Encoding enc)
{
  return enc == ENC_UTF8 ? len : enc == ENC_UTF16 && cp > 0xFFFF ? 2 : 1;
}

// spots[0..len]; returns the number of lines.
static size_t model(Str text, EolRule eol, Encoding enc, Spot *spots)
{
  size_t line = 0, line_units = 0, offset = 0;
  for (size_t at = 0; at < text.len;) {
    uint32_t cp;
    size_t len = utf8_decode(text.ptr + at, text.ptr + text.len, &cp);
    for (size_t i = 0; i < len; i++)
      spots[at + i] =
          (Spot){.line = line, .line_start_units = line_units, .offset = offset, .starts_char = !i};
    spots[at].inside_crlf = eol == EOL_LSP && cp == '\n' && at && text.ptr[at - 1] == '\r';
    offset += width(cp, len, enc);
    at += len;
    bool crlf = cp == '\r' && at < text.len && text.ptr[at] == '\n';
    if (cp == '\n' || (cp == '\r' && eol == EOL_LSP && !crlf)) line++, line_units = offset;
  }
  spots[text.len] =
      (Spot){.line = line, .line_start_units = line_units, .offset = offset, .starts_char = true};
  return line + 1;
}

static void check_encoding(const Snapshot *text, Str flat, Encoding enc, Spot *spots)
{
  size_t lines = model(flat, text->eol, enc, spots);
  assert_int_equal(snapshot_line_count(text), lines);
  PositionWalk walk = position_walk(text, enc), jumps = position_walk(text, enc);
  Offsets *offsets = offsets_new(text, enc);
  for (size_t at = 0; at <= flat.len; at++) {
    const Spot *spot = &spots[at];
    size_t column = spot->offset - spot->line_start_units - spot->inside_crlf;
    Position pos = position_of(text, at, enc), walked = position_walk_to(&walk, at);
    assert_int_equal(pos.line, spot->line);
    assert_int_equal(pos.column, column);
    assert_int_equal(walked.line, spot->line);
    assert_int_equal(walked.column, column);
    assert_int_equal(offset_of(text, at, enc), spot->offset);
    assert_int_equal(snapshot_line_at(text, at), spot->line);
    if (spot->starts_char) assert_int_equal(offsets_at(offsets, at), spot->offset);
    if (spot->starts_char && !spot->inside_crlf) assert_int_equal(position_to_byte(text, pos, enc), at);
    size_t far = dice(flat.len + 1);
    assert_int_equal(offset_walk_to(&jumps, far), spots[far].offset);
  }
  offsets_free(offsets);
}

static void check(Buffer *buffer, Str flat)
{
  Arena arena = {0};
  Snapshot *text = buffer_snapshot(buffer);
  assert_int_equal(snapshot_len(text), flat.len);
  Str have = snapshot_read(text, 0, flat.len, &arena);
  assert_true(str_eq(have, flat));
  for (size_t at = 0; at < flat.len;
       at += snapshot_chunk(text, at).len) // "about" its size, whatever the edits were
    assert_in_range(snapshot_chunk(text, at).len, 1, 2 * BUFFER_CHUNK);
  Spot *spots = arena_alloc(&arena, (flat.len + 1) * sizeof *spots);
  for (Encoding enc = ENC_UTF8; enc <= ENC_UTF32; enc++) check_encoding(text, flat, enc, spots);
  snapshot_unref(text);
  arena_release(&arena);
}

static void edit(Buffer *buffer, StrBuf *flat)
{
  size_t start = dice(flat->len + 1), most = flat->len - start < 12 ? flat->len - start : 12;
  size_t end = start + (dice(3) ? dice(most + 1) : 0);
  if (dice(60) == 0) start = 0, end = flat->len; // all of it
  StrBuf fresh = {0}, next = {0};
  size_t pieces = flat->len > 160 ? 0 : dice(5);
  strbuf_grow(&fresh, 0);
  for (size_t i = 0; i < pieces; i++) add_random_piece(&fresh);
  assert_true(buffer_replace(buffer, start, end, strbuf_str(&fresh), NULL));
  strbuf_grow(&next, 0);
  strbuf_add(&next, (Str){flat->ptr, start});
  strbuf_add(&next, strbuf_str(&fresh));
  strbuf_add(&next, (Str){flat->ptr + end, flat->len - end});
  strbuf_release(flat);
  strbuf_release(&fresh);
  *flat = next;
}

static void run(EolRule eol)
{
  StrBuf flat = {0};
  strbuf_grow(&flat, 0);
  for (size_t i = 0; i < 30; i++) add_random_piece(&flat);
  Buffer *buffer = buffer_new(strbuf_str(&flat), eol);
  Snapshot *held = NULL;
  for (size_t i = 0; i < 300; i++) {
    if (dice(4) == 0) { // somebody reads an older text meanwhile
      snapshot_unref(held);
      held = buffer_snapshot(buffer);
    }
    edit(buffer, &flat);
    check(buffer, strbuf_str(&flat));
  }
  snapshot_unref(held);
  buffer_free(buffer);
  strbuf_release(&flat);
}

static void test_random_edits(void **state)
{
  (void)state;
  chance_begin();
  for (size_t rounds = chance_rounds(8); rounds; rounds--) {
    run(EOL_LSP);
    run(EOL_LF);
  }
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_edits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
