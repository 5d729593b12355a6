// Random edits on random articles, parsed after each one or a few; sections, trees and blocks must be those
// of a fresh Article of the same text. Sections are made small, so that cuts are everywhere.
#define CUT_MIN 300u
#define CUT_MAX 900u
#include "parse/article.c"
#include "parse/cut.c"

#include "base/utf8.h"
#include "chance.h"
#include "chars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const g_words[] = {
    "vi",    "Über", "politik",     "Anna", "2023",  "3",     "nach", "l’Italia", "ændring", "regeringen",
    "don't", "EU:s", "Europäische", "(TT)", "(Foto", "Text:", "By",   "Foto:",    "sa",      "för",
    "—",     "–",    "-",           "…",    "kl",    "09:12", "«",    "»",        "'90s",    "statsministern",
};
static const char *const g_marks[] = {"\"", "“", "”", "„", "‚", "‘",      "’",
                                      "'",  "«", "»", "‹", "›", "\"\"\"", "''"};
static const char *const g_ends[] = {".", ".", "?", ":", "”", "\"", "“", "’", "", "", ",", ")", " "};
static const char *const g_odd[] = {"\xFF",         "\xC3",     "\xE2\x80", "\xF0\x9F\x98\x80",
                                    "\xEF\xBB\xBF", "\xC2\xA0", "\t",       "\r"};

// How an article is written: its line ends, its line lengths.
typedef struct Style {
  const char *eol;
  size_t line_words;       // words in a line, at most
  size_t blank_in, odd_in; // one line end in so many is doubled; one word in so many is preceded by odd bytes
} Style;

static void add_words(StrBuf *out, const Style *style, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (!dice(style->odd_in)) strbuf_add(out, str_of(g_odd[dice(ARRAY_LEN(g_odd))]));
    if (!dice(8)) strbuf_add(out, str_of(g_marks[dice(ARRAY_LEN(g_marks))]));
    strbuf_add(out, str_of(g_words[dice(ARRAY_LEN(g_words))]));
    if (!dice(8)) strbuf_add(out, str_of(g_marks[dice(ARRAY_LEN(g_marks))]));
    if (i + 1 < count) strbuf_byte(out, ' ');
  }
}

static void add_lines(StrBuf *out, const Style *style, size_t count)
{
  static const char *const leads[] = {"– ", "- ", "-", "• ", "Text: ", "  ", "Av ", "1) "};
  for (size_t i = 0; i < count; i++) {
    if (!dice(5)) strbuf_add(out, str_of(leads[dice(ARRAY_LEN(leads))]));
    add_words(out, style, dice(3) ? style->line_words - dice(2) : 1 + dice(style->line_words));
    strbuf_add(out, str_of(g_ends[dice(ARRAY_LEN(g_ends))]));
    strbuf_add(out, str_of(style->eol));
    if (!dice(style->blank_in)) strbuf_add(out, str_of(style->eol));
  }
}

static Style random_style(void)
{
  static const char *const eols[] = {"\n", "\n", "\r\n", "\r"};
  static const size_t blanks[] = {1, 2, 6, 1000};
  return (Style){eols[dice(4)], 3 + dice(30), blanks[dice(4)], dice(3) ? 100000 : 20};
}

// The same node everywhere in both trees.
static void assert_same_tree(TSNode a, TSNode b)
{
  assert_string_equal(ts_node_type(a), ts_node_type(b));
  assert_int_equal(ts_node_start_byte(a), ts_node_start_byte(b));
  assert_int_equal(ts_node_end_byte(a), ts_node_end_byte(b));
  assert_int_equal(ts_node_child_count(a), ts_node_child_count(b));
  for (uint32_t i = 0; i < ts_node_child_count(a); i++)
    assert_same_tree(ts_node_child(a, i), ts_node_child(b, i));
}

static void assert_same_trees(Article *a, Article *b)
{
  assert_int_equal(article_section_count(a), article_section_count(b));
  for (size_t i = 0; i < article_section_count(a); i++) {
    Section left = article_section(a, i), right = article_section(b, i);
    assert_int_equal(left.start, right.start);
    assert_int_equal(left.end, right.end);
    assert_same_tree(ts_tree_root_node(left.tree), ts_tree_root_node(right.tree));
  }
}

static void assert_same_blocks(const Article *a, const Article *b)
{
  assert_int_equal(article_blocks(a)->len, article_blocks(b)->len);
  for (size_t i = 0; i < article_blocks(a)->len; i++) {
    Block left = article_blocks(a)->items[i], right = article_blocks(b)->items[i];
    assert_int_equal(left.start, right.start);
    assert_int_equal(left.end, right.end);
    assert_int_equal(left.kind, right.kind);
    assert_true(left.hash == right.hash);
  }
}

// By the grammar's own word for it: edits that cut characters make spaces of all kinds.
static bool outside_is_blank(Str text, size_t start, size_t end)
{
  for (size_t i = start; i < end;) {
    uint32_t cp;
    i += utf8_decode(text.ptr + i, text.ptr + end, &cp);
    Class class = class_of((int32_t)cp);
    if (class != C_SPACE && class != C_EOL) return false;
  }
  return true;
}

// Blocks lie in the text in order, hold no white space at their ends, and leave nothing but white space out.
static void assert_sound(const Article *article, Str text)
{
  size_t at = 0, headlines = 0;
  for (size_t i = 0; i < article_blocks(article)->len; i++) {
    Block block = article_blocks(article)->items[i];
    assert_true(block.start >= at && block.end > block.start && block.end <= text.len);
    assert_true(outside_is_blank(text, at, block.start));
    assert_false(is_blank(text.ptr[block.start]) || is_blank(text.ptr[block.end - 1]));
    headlines += block.kind == BLOCK_HEADLINE;
    at = block.end;
  }
  assert_true(outside_is_blank(text, at, text.len));
  assert_in_range(headlines, 0, 1);
}

// Sections tile the text, their trees have no errors, and the children of the trees' roots are the blocks (a
// quotation without a closing mark may have the white space behind it in its node).
static void assert_trees_have_blocks(Article *article, Str text)
{
  const Block *block = article_blocks(article)->items, *end = block + article_blocks(article)->len;
  size_t at = 0;
  for (size_t i = 0; i < article_section_count(article); i++) {
    Section section = article_section(article, i);
    TSNode root = ts_tree_root_node(section.tree);
    assert_true(i == 0 || section.start == at);
    assert_false(ts_node_has_error(root));
    for (uint32_t k = 0; k < ts_node_child_count(root); k++, block++) {
      TSNode node = ts_node_child(root, k);
      assert_true(block < end);
      assert_string_equal(ts_node_type(node), block_kind_name(block->kind));
      assert_int_equal(section.start + ts_node_start_byte(node), block->start);
      assert_true(outside_is_blank(text, block->end, section.start + ts_node_end_byte(node)));
    }
    at = section.end;
  }
  assert_true(block == end && (at == text.len || !article_section_count(article)));
}

static void edit_once(Buffer *buffer, Article *article, const Style *style)
{
  StrBuf piece = {0};
  size_t len = buffer_len(buffer), start = dice(len + 1), gone = 0;
  if (!dice(3))
    gone = dice(6);
  else if (!dice(30))
    gone = dice(2000);
  if (!dice(8)) start = dice(40);
  if (start > len) start = len;
  if (start + gone > len) gone = len - start;
  size_t what = dice(10);
  if (what < 3)
    strbuf_byte(&piece, "ab .,\n\"'-)A:"[dice(12)]);
  else if (what < 5)
    add_words(&piece, style, 1 + dice(2));
  else if (what < 6)
    strbuf_add(&piece, str_of(style->eol));
  else if (what < 7)
    strbuf_add(&piece, str_of(g_marks[dice(ARRAY_LEN(g_marks))]));
  else if (what < 8 && !dice(4))
    add_lines(&piece, style, 1 + dice(30));
  Error err = {0};
  assert_true(buffer_replace(buffer, start, start + gone, strbuf_str(&piece), &err));
  article_edit(article, (TextEdit){start, start + gone, start + piece.len});
  strbuf_release(&piece);
}

static void check_now(Article *article, Buffer *buffer)
{
  Snapshot *text = buffer_snapshot(buffer);
  Arena arena = {0};
  Article *fresh = article_new();
  article_parse(article, text);
  article_parse(fresh, text);
  Str bytes = snapshot_read(text, 0, snapshot_len(text), &arena);
  assert_sound(article, bytes);
  assert_same_blocks(article, fresh);
  if (!dice(3)) { // so that trees are kept over several edits
    assert_trees_have_blocks(article, bytes);
    assert_same_trees(article, fresh);
  }
  article_free(fresh);
  arena_release(&arena);
  snapshot_unref(text);
}

static void run(uint64_t seed, size_t edits)
{
  g_chance = seed;
  Style style = random_style();
  StrBuf text = {0};
  if (!dice(5)) strbuf_add(&text, STR("---\ntitle: a\n\ndate: 2024-01-01\n---\n"));
  add_lines(&text, &style, dice(60));
  Buffer *buffer = buffer_new(strbuf_str(&text), EOL_LSP);
  Article *article = article_new();
  check_now(article, buffer);
  for (size_t i = 0; i < edits; i++) {
    for (size_t n = dice(4) ? 1 : dice(4); n > 0; n--) edit_once(buffer, article, &style);
    check_now(article, buffer);
  }
  article_free(article);
  buffer_free(buffer);
  strbuf_release(&text);
}

static void edits_equal_fresh(void **state)
{
  (void)state;
  chance_begin();
  uint64_t first = g_chance;
  for (size_t i = 0, rounds = chance_rounds(60); i < rounds; i++) run(first + i, 60);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(edits_equal_fresh)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
