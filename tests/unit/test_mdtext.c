// Markdown to prose in place: what is shown stays where it was, code and other markup becomes white space.
#include "test.h"

#include "base/alloc.h"
#include "parse/prose.h"

#include <stdlib.h>

// In `text` a '.' is a space that was markup, '/' a line end that was.
typedef struct Case {
  const char *markdown, *text;
} Case;

static const Case g_blocks[] = {
    {"", ""},
    {"plain\ntext\r\nhere", "plain\ntext\r\nhere"},
    // headings
    {"# Title\nText", "//Title\nText"},
    {"###### Deep ##\n", "//.....Deep ..\n"},
    {"#hashtag\n####### seven", "#hashtag\n####### seven"},
    {"Title\n=====\nText", "Title\n.....\nText"},
    {"Title\n---\nText", "Title\n...\nText"},
    {"\n---\n\n* * *\n___\nx", "\n...\n\n.....\n...\nx"},
    // code
    {"a\n```\ncode\n```\nb", "a\n...\n....\n...\nb"},
    {"a\n~~~ sh\ncode\n```\n~~~~\nb", "a\n......\n....\n...\n....\nb"},
    {"```\nnever ends\n\n# at all", "...\n..........\n\n........"},
    {"``` a`b\nno fence", "``` a`b\nno fence"},
    {"````\n```\n````\nx", "....\n...\n....\nx"},
    {"a\n\n    code\n\tcode\n\nb", "a\n\n........\n\t....\n\nb"},
    {"a\n    not code", "a\n    not code"},
    {"    ```\nx", ".......\nx"},
    {"- a\n\n  b\n\n      code\n\nc", "- a\n\n  b\n\n..........\n\nc"},
    {"- a\n\n    b", "- a\n\n    b"},
    {"1. a\n   ```\n   code\n   ```\n   b", "1. a\n......\n.......\n......\n   b"},
    {"10. a\n    ```\n    code\n    ```\n    b", "10. a\n.......\n........\n.......\n    b"},
    {"- ```\n  code\n\nout", "- ...\n......\n\nout"},
    {"> ```\n> code\nout", "//...\n......\nout"},
    {"> a\n> b\nlazy\n\n> c", "//a\n..b\nlazy\n\n//c"},
    {">a\n>> b", ".a\n.//b"},
    // comments and scripts
    {"<!-- a\n\nb --> c", "......\n\n......c"},
    {"<script>\nlet a;\n</script>\nb", "........\n......\n.........\nb"},
    {"<nav>[a](b)\n\nc\n</nav>x", "...........\n\n.\n......x"},
    // tables
    {"| a | b |\n|---|:-:|\n| c | d\n\n| no table |", "//a //b /\n.........\n//c //d\n\n| no table |"},
    {"a | b\n--|--\nc | d\n", "a //b\n.....\nc //d\n"},
    {"| [a](b) | [c](d) |\n|--|--|\n", "...................\n.......\n"},
    {"[Home](/) | [Sport](/s)\n[One](/) alone", ".......................\n.One.... alone"},
    // definitions
    {"[a]: http://b-c \"Title\"\n[^1]: Anna said so.", ".......................\n//....Anna said so."},
    {"text\n[a]: http://b", "text\n[a]: http://b"},
    {"[the minister]: I did not know that.", "[the minister]: I did not know that."},
};

static const Case g_words[] = {
    {"see [Anna Lind](http://a-b/c_d(e) \"x y\") there", "see .Anna Lind.......................... there"},
    {"![Oslo. Foto: Per Ek](a-jpg)", "..Oslo. Foto: Per Ek........"},
    {"[a][b] [c][] [d]", ".a.... .c... [d]"},
    {"[a\n](b)", ".a\n...."},
    {"[a] (b) [c](d e)", "[a] (b) [c](d e)"},
    {"\"[We](u)\", he", "\"[We...)\", he"},
    {"x[^1] y", "x.... y"},
    {"a `b` ``c ` d`` `e", "a ... ......... `e"},
    {"a `b\n\nc` d", "a `b\n\nc` d"},
    {"<http://a-b> <b>x</b> <br/>", "............ ...x.... ....."},
    {"3 < 4 <y and\n\nz>", "3 < 4 <y and\n\nz>"},
    {"**Von Anna Lind**", "..Von Anna Lind.."},
    {"*so* _so_, ~~so~~ so", ".so. .so., ..so.. so"},
    {"5 * 3 * 2 a_b_c", "5 * 3 * 2 a_b_c"},
    {"\"**Ja**\", sa", "\"**Ja**\", sa"},
    {"\\*a\\* \\[b](c)", "\\*a\\* \\[b](c)"},
    {"a&nbsp;b &x", "a......b &x"},
};

static void check(Str markdown, const char *wanted)
{
  Arena arena = {0};
  HtmlFacts facts;
  Str got = prose_of(MARKUP_MARKDOWN, markdown, &arena, &facts);
  assert_int_equal(got.len, markdown.len);
  if (strlen(wanted) != markdown.len)
    fail_msg("\"" STR_FMT "\" and \"%s\" differ in length", STR_ARG(got), wanted);
  for (size_t i = 0; i < got.len; i++) {
    char want = wanted[i];
    bool kept = want == markdown.ptr[i]; // a '.' that was there
    if (!kept) want = want == '.' ? ' ' : want == '/' ? '\n' : want;
    if (got.ptr[i] != want)
      fail_msg("\"" STR_FMT "\"\nis     \"" STR_FMT "\"\nwanted \"%s\"", STR_ARG(markdown), STR_ARG(got),
               wanted);
  }
  arena_release(&arena);
}

static void test_blocks(void **state)
{
  (void)state;
  for (size_t i = 0; i < ARRAY_LEN(g_blocks); i++) check(str_of(g_blocks[i].markdown), g_blocks[i].text);
}

static void test_words(void **state)
{
  (void)state;
  for (size_t i = 0; i < ARRAY_LEN(g_words); i++) check(str_of(g_words[i].markdown), g_words[i].text);
}

static void test_front_matter(void **state)
{
  (void)state;
  check(STR("---\ntitle: \"*A*\"\n---\n# B"), "---\ntitle: \"*A*\"\n---\n//B");
  check(STR("---\nno end"), "...\nno end");
  StrBuf text = {0}, wanted = {0};
  for (int i = 0; i < 2; i++) { // too long for the grammar of articles to see
    strbuf_add(i ? &wanted : &text, i ? STR("...\n") : STR("---\n"));
    for (int n = 0; n < 1000; n++) strbuf_add(i ? &wanted : &text, i ? STR("......\n") : STR("a: bcd\n"));
    strbuf_add(i ? &wanted : &text, i ? STR("...\nB") : STR("---\nB"));
  }
  Arena arena = {0};
  for (size_t i = 0; i < wanted.len; i++)
    if (wanted.ptr[i] == '.' && text.ptr[i] == ' ') wanted.ptr[i] = ' ';
  check(strbuf_str(&text), wanted.ptr);
  arena_release(&arena);
  strbuf_release(&text);
  strbuf_release(&wanted);
}

static void test_names(void **state)
{
  (void)state;
  assert_int_equal(markup_of(STR("a/b.MD"), (Str){0}), MARKUP_MARKDOWN);
  assert_int_equal(markup_of(STR("b.markdown"), STR("text")), MARKUP_MARKDOWN);
  assert_int_equal(markup_of(STR("b.htm"), STR("markdown")), MARKUP_HTML);
  assert_int_equal(markup_of(STR("untitled:1"), STR("markdown")), MARKUP_MARKDOWN);
  assert_int_equal(markup_of(STR("md"), (Str){0}), MARKUP_NONE);
}

// Pieces of markup put together at random: always as many bytes, and none but white space that was not there.
static void test_random(void **state)
{
  (void)state;
  static const char *const pieces[] = {
      "```",      "~~~~", "\n",   "\n\n",   "    ", "\t",       "> ",        "- ", "12. ",   "# ",
      "===",      "---",  "| ",   "|--|\n", "[",    "](",       "](a)",      "][", "`",      "**",
      "_",        "<",    ">",    "<!--",   "-->",  "<script>", "</script>", "\\", "&nbsp;", "word ",
      "\xC3\xA5", "\xC2", "\xFF", "\r",     "[^1]", "!",        "[a]: b"};
  Arena arena = {0};
  srand(11);
  for (int round = 0; round < 5000; round++) {
    StrBuf markdown = {0};
    for (int i = rand() % 40; i-- > 0;)
      strbuf_add(&markdown, str_of(pieces[(size_t)rand() % ARRAY_LEN(pieces)]));
    HtmlFacts facts;
    Str in = strbuf_str(&markdown), out = prose_of(MARKUP_MARKDOWN, in, &arena, &facts);
    assert_int_equal(out.len, in.len);
    for (size_t i = 0; i < in.len; i++)
      if (out.ptr[i] != in.ptr[i] && out.ptr[i] != ' ' && out.ptr[i] != '\n')
        fail_msg("\"" STR_FMT "\": \"" STR_FMT "\"", STR_ARG(in), STR_ARG(out));
    strbuf_release(&markdown);
    arena_reset(&arena);
  }
  arena_release(&arena);
}

// A megabyte of the worst is read in one go: what is not linear here does not end.
static void test_linear(void **state)
{
  (void)state;
  static const char *const pieces[] = {
      "`",     "` `` ", "[",      "](", "[](", "[](<", "[](a \"",   "[](a '",  "[^",  "[a][",  "<a",
      "<!--",  "**",    "_a",     "> ", ">",   "- ",   "1. ",       "\n- ",    "|",   "|\n|-", "a|\n",
      "```\n", "[a]:",  "\n    ", "# ", "\\",  "&",    "<script\n", "[a](b)|", "\n>", "]",     "``` `\n"};
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
    StrBuf markdown = {0};
    while (markdown.len < 1 << 20) strbuf_add(&markdown, str_of(pieces[i]));
    HtmlFacts facts;
    assert_int_equal(prose_of(MARKUP_MARKDOWN, strbuf_str(&markdown), &arena, &facts).len, markdown.len);
    strbuf_release(&markdown);
    arena_reset(&arena);
  }
  arena_release(&arena);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_blocks), cmocka_unit_test(test_words),  cmocka_unit_test(test_front_matter),
      cmocka_unit_test(test_names),  cmocka_unit_test(test_random), cmocka_unit_test(test_linear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
