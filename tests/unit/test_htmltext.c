// HTML to prose in place: what is shown stays where it was, what is not becomes white space.
#include "test.h"

#include "base/alloc.h"
#include "parse/htmltext.h"

#include <stdlib.h>

typedef struct Case {
  const char *html, *text;
} Case;

static const Case g_cases[] = {
    {"", ""},
    {"plain", "plain"},
    {"<b>Anna</b> Lind", "   Anna     Lind"},
    {"a<p>b", "a\n\n b"},
    {"a<br/>b", "a\n\n   b"},
    {"x < y & z", "x < y & z"},
    {"<a title=\"2 > 1\">x</a>", "                 x    "},
    {"<a title=\"x>y", "            y"},
    {"a<!-- <p>no</p> -->b", "a                  b"},
    {"a<!-- never ends", "a               "},
    {"<script>if (a<b) c()</script>d", "                             d"},
    {"<SCRIPT>x</Script >d", "                   d"},
    {"<script>never ends", "        never ends"},
    {"a&nbsp;b", "a      b"},
    {"AT&amp;T", "AT&\u00AD\u00ADT"},
    {"&ldquo;Yes&rdquo;, he", "\u201C\u00AD\u00ADYes\u201D\u00AD\u00AD, he"},
    {"&#8222;Ja&#8220; &quot;l&#39;uno&quot;",
     "\u201E\u00AD\u00ADJa\u201C\u00AD\u00AD \"\u2060\u00ADl'\u00AD\u00ADuno\"\u2060\u00AD"},
    {"1&ndash;2&hellip;", "1\u2013    2\u2026     "},
    {"&unknown; &", "&unknown; &"},
    {"B&uuml;low", "B\u00FC\u00AD\u00ADlow"},
    {"Stra&szlig;e", "Stra\u00DF\u2060\u00ADe"},
    {"&#197;re &#xe4;", "\u00C5\u00AD\u00ADre \u00E4\u00AD\u00AD"},
    {"&#1080;", "\u0438\u2060\u00AD"},
    {"&#9731; &#; &#x; &#99999999; &#xD800; &ouml", "&#9731; &#; &#x; &#99999999; &#xD800; &ouml"},
    {"<", "<"},
    {"</", "  "},
    {"a\n<i\n>b", "a\n  \n b"},
};

static void test_table(void **state)
{
  (void)state;
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(g_cases); i++) {
    HtmlFacts facts;
    Str got = htmltext_of(str_of(g_cases[i].html), &arena, &facts);
    if (!str_is(got, g_cases[i].text)) fail_msg("%s: \"" STR_FMT "\"", g_cases[i].html, STR_ARG(got));
  }
  arena_release(&arena);
}

static void test_facts(void **state)
{
  (void)state;
  Arena arena = {0};
  HtmlFacts facts;
  htmltext_of(
      STR("<!doctype html><html class=x lang=\"fr-FR\"><head><title>t</title>"
          "<meta property='article:published_time' content='2024-04-09T08:30:00+02:00'></head>x</html>"),
      &arena, &facts);
  assert_str(facts.lang, "fr-FR");
  assert_str(facts.date, "2024-04-09");
  htmltext_of(
      STR("<p>On <time datetime=2023-05-03>3 May</time> and <time datetime=\"2020-01-01\">then</time>"),
      &arena, &facts);
  assert_str(facts.date, "2023-05-03");
  htmltext_of(STR("<meta name=date content=yesterday><html>"), &arena, &facts);
  assert_int_equal(facts.date.len, 0);
  arena_release(&arena);
}

// Pieces of markup put together at random: always as many bytes, never a tag's name left in the text's place
// of a letter before.
static void test_random(void **state)
{
  (void)state;
  static const char *const pieces[] = {
      "<",   ">",       "\"",        "'",  "&",       "<p>",           "</p",    "<!--",
      "-->", "<script", "</script>", "x ", "\n",      "<a b='",        "&quot;", "&ldquo;",
      "=",   "<head>",  "\xC3\xA5",  "/",  "<style>", "<meta content="};
  Arena arena = {0};
  srand(11);
  for (int round = 0; round < 3000; round++) {
    StrBuf html = {0};
    for (int i = rand() % 30; i-- > 0;) strbuf_add(&html, str_of(pieces[(size_t)rand() % ARRAY_LEN(pieces)]));
    HtmlFacts facts;
    Str in = strbuf_str(&html), out = htmltext_of(in, &arena, &facts);
    assert_int_equal(out.len, in.len);
    strbuf_release(&html);
    arena_reset(&arena);
  }
  arena_release(&arena);
}

// A megabyte of the worst is read in one go.
static void test_linear(void **state)
{
  (void)state;
  static const char *const pieces[] = {"<", "<a \"", "<script>", "<!--", "<p>", "&", "<a '>", "<head>", "</"};
  Arena arena = {0};
  for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
    StrBuf html = {0};
    while (html.len < 1 << 20) strbuf_add(&html, str_of(pieces[i]));
    HtmlFacts facts;
    assert_int_equal(htmltext_of(strbuf_str(&html), &arena, &facts).len, html.len);
    strbuf_release(&html);
    arena_reset(&arena);
  }
  arena_release(&arena);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_table),
      cmocka_unit_test(test_facts),
      cmocka_unit_test(test_random),
      cmocka_unit_test(test_linear),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
