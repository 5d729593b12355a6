// Articles as blocks and sections. What the grammar makes of each construct is in its corpus
// (test_grammar.c), edits are in prop_article.c; here are the texts that corpora do not hold, sections at
// their real size, and known edits.
#include "parse/article.h"
#include "test.h"

#include "base/arena.h"

static Article *parsed(Str text)
{
  Article *article = article_new();
  Snapshot *snapshot = snapshot_new(text);
  article_parse(article, snapshot);
  snapshot_unref(snapshot);
  return article;
}

// "kind[text] kind[text] …"
static Str describe(const Article *article, Str text, StrBuf *out)
{
  strbuf_reset(out);
  for (size_t i = 0; i < article_blocks(article)->len; i++) {
    Block block = article_blocks(article)->items[i];
    strbuf_addf(out, "%s%s[", i ? " " : "", block_kind_name(block.kind));
    strbuf_add(out, str_slice(text, block.start, block.end));
    strbuf_byte(out, ']');
  }
  return strbuf_str(out);
}

static void blocks_of_odd_texts(void **state)
{
  (void)state;
  static const struct {
    Str text;
    const char *want;
  } cases[] = {
      {{"", 0}, ""},
      {STR("\xEF\xBB\xBF"), ""},
      {STR(" \r\n\t\xC2\xA0\n"), ""},
      {STR("\xEF\xBB\xBF---\na: b\n---\nNy bro"), "metadata[---\na: b\n---] headline[Ny bro]"},
      {STR("\n\n  Ny bro\n\nKlart."), "headline[Ny bro] paragraph[Klart.]"},
      {STR("Ny bro\r\n\r\nKlart.\r\n"), "headline[Ny bro] paragraph[Klart.]"},
      {STR("Ny bro\r\rKlart.\rSlut."), "headline[Ny bro] paragraph[Klart.] paragraph[Slut.]"},
      {STR("Ny \xFF\xC3 bro\n\n\xE2\x80"), "headline[Ny \xFF\xC3 bro] paragraph[\xE2\x80]"},
      {STR("Klart.\xC2\xA0\n\xC2\xA0\nSlut."), "paragraph[Klart.] paragraph[Slut.]"},
      {STR("Klart.\n\n”Vi bygger \n\nSlut."), "paragraph[Klart.] subhead[”Vi bygger] paragraph[Slut.]"},
  };
  StrBuf got = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    Article *article = parsed(cases[i].text);
    assert_str(describe(article, cases[i].text, &got), cases[i].want);
    article_free(article);
  }
  strbuf_release(&got);
}

static void nul_bytes_are_text(void **state)
{
  (void)state;
  static const char bytes[] = "Ny bro\n\nDen \0r klar.\n\n\0";
  Article *article = parsed((Str){bytes, sizeof bytes - 1});
  const BlockVec *blocks = article_blocks(article);
  assert_int_equal(blocks->len, 3);
  assert_int_equal(blocks->items[1].end, 20);
  assert_int_equal(blocks->items[2].start, 22);
  article_free(article);
}

static void equal_blocks_have_equal_hashes(void **state)
{
  (void)state;
  Article *article = parsed(STR("Ny bro\n\nKlart.\n\nSlut.\n\nKlart.\n\nNy bro"));
  const Block *blocks = article_blocks(article)->items;
  assert_int_equal(article_blocks(article)->len, 5);
  assert_true(blocks[1].hash == blocks[3].hash && blocks[1].hash != blocks[2].hash);
  assert_int_equal(blocks[4].kind, BLOCK_SUBHEAD);
  assert_true(blocks[0].hash != blocks[4].hash); // the same bytes of another kind
  article_free(article);
}

static void add_article(StrBuf *out, const char *gap, size_t paragraphs)
{
  strbuf_addf(out, "Ny bro över ån%s", gap);
  for (size_t i = 0; i < paragraphs; i++)
    strbuf_addf(
        out,
        "Stycke %zu handlar om bron, som är %zu meter lång och kostar %zu kronor. Det säger ”Anna Berg”, som "
        "ritade den för länge sedan.%s",
        i, i * 7 % 1000, i * 7919 % 10007, gap);
}

// Sections tile the text, are near their size, and an edit in the middle leaves all cuts but its own where
// they were.
static void long_texts_are_cut(const char *gap)
{
  StrBuf text = {0};
  add_article(&text, gap, 8000);
  Article *article = parsed(strbuf_str(&text));
  size_t count = article_section_count(article);
  assert_in_range(count, text.len / 49152, text.len / 16384 + 1);
  Buffer *buffer = buffer_new(strbuf_str(&text), EOL_LSP);
  Error err = {0};
  size_t at = text.len / 2, last_start = article_section(article, count - 1).start;
  assert_int_equal(article_blocks(article)->len, 8001);
  assert_true(buffer_replace(buffer, at, at, STR("!"), &err));
  article_edit(article, (TextEdit){at, at, at + 1});
  Snapshot *snapshot = buffer_snapshot(buffer);
  article_parse(article, snapshot);
  snapshot_unref(snapshot);
  assert_int_equal(article_section_count(article), count);
  assert_int_equal(article_section(article, count - 1).start, last_start + 1);
  assert_int_equal(article_section(article, count - 1).end, text.len + 1);
  assert_int_equal(article_blocks(article)->len, 8001);
  buffer_free(buffer);
  article_free(article);
  strbuf_release(&text);
}

static void sections_with_blank_lines(void **state)
{
  (void)state;
  long_texts_are_cut("\n\n");
}

static void sections_without_blank_lines(void **state)
{
  (void)state;
  long_texts_are_cut("\n");
  long_texts_are_cut("\r");
}

static void one_line_is_one_section(void **state)
{
  (void)state;
  StrBuf text = {0};
  for (size_t i = 0; i < 40000; i++) strbuf_add(&text, STR("och så vidare "));
  Article *article = parsed(strbuf_str(&text));
  assert_int_equal(article_section_count(article), 1);
  assert_int_equal(article_blocks(article)->len, 1);
  article_free(article);
  strbuf_release(&text);
}

static void a_text_that_was_not_told_of_is_read_anew(void **state)
{
  (void)state;
  Article *article = parsed(STR("Ny bro\n\nKlart."));
  Snapshot *other = snapshot_new(STR("En annan text, med en punkt."));
  article_parse(article, other);
  assert_int_equal(article_blocks(article)->len, 1);
  assert_int_equal(article_blocks(article)->items[0].end, 28);
  snapshot_unref(other);
  article_free(article);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_of_odd_texts),
      cmocka_unit_test(nul_bytes_are_text),
      cmocka_unit_test(equal_blocks_have_equal_hashes),
      cmocka_unit_test(sections_with_blank_lines),
      cmocka_unit_test(sections_without_blank_lines),
      cmocka_unit_test(one_line_is_one_section),
      cmocka_unit_test(a_text_that_was_not_told_of_is_read_anew),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
