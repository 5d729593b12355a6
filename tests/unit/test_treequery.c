// Queries over articles, in one section and in several; the grammar's own highlight query.
#include "parse/treequery.h"
#include "test.h"

#include "base/arena.h"

#include <stdlib.h>

typedef struct Found {
  StrBuf list; // "name=node[text] …"
  Str text;
  size_t count, last_start, stop_at; // stop_at 0: never
  uint32_t match;                    // of the last capture
} Found;

static bool note(void *context, const Capture *capture)
{
  Found *found = context;
  bool same = found->count && capture->match == found->match;
  assert_true(same || capture->match == (found->count ? found->match + 1 : 0));
  assert_true(!same || capture->start >= found->last_start);
  assert_true(capture->end <= found->text.len);
  found->match = capture->match;
  found->last_start = capture->start;
  strbuf_addf(&found->list, "%s" STR_FMT "=%s[", found->count ? " " : "", STR_ARG(capture->name),
              capture->node);
  strbuf_add(&found->list, str_slice(found->text, capture->start, capture->end));
  strbuf_byte(&found->list, ']');
  return ++found->count != found->stop_at;
}

static Found run(const char *source, Str text, size_t stop_at)
{
  Error err = {0};
  Found found = {.text = text, .stop_at = stop_at};
  TreeQuery *query = treequery_new(str_of(source), &err);
  assert_non_null(query);
  Article *article = article_new();
  Snapshot *snapshot = snapshot_new(text);
  article_parse(article, snapshot);
  treequery_run(query, article, note, &found);
  snapshot_unref(snapshot);
  article_free(article);
  treequery_free(query);
  return found;
}

static void captures_in_one_section(void **state)
{
  (void)state;
  Str text = STR("Ny bro\n\n– Vi bygger ”den nya” nu, säger hon.\n\nFoto: Bo Ek");
  Found found = run("(headline) @title (speech (quotation) @said) (byline (label) @label)", text, 0);
  assert_str(strbuf_str(&found.list), "title=headline[Ny bro] said=quotation[”den nya”] label=label[Foto:]");
  strbuf_release(&found.list);
  found = run("(quotation (quote_mark) @mark) @said", text, 0); // two matches, of one quotation
  assert_str(strbuf_str(&found.list), "said=quotation[”den nya”] mark=quote_mark[”] "
                                      "said=quotation[”den nya”] mark=quote_mark[”]");
  strbuf_release(&found.list);
  found = run("(quote_mark) @mark", text, 1);
  assert_str(strbuf_str(&found.list), "mark=quote_mark[”]");
  strbuf_release(&found.list);
}

static void captures_in_many_sections(void **state)
{
  (void)state;
  StrBuf text = {0};
  for (size_t i = 0; i < 3000; i++)
    strbuf_addf(&text, "Stycke %zu säger: ”Bron är %zu meter lång.”\n\n", i, i);
  Found found = run("(quotation) @said", strbuf_str(&text), 0);
  assert_int_equal(found.count, 3000);
  strbuf_release(&found.list);
  strbuf_release(&text);
}

static void broken_queries_say_where(void **state)
{
  (void)state;
  Error err = {0};
  assert_null(treequery_new(STR("(headline) @a (nonsense) @b"), &err));
  assert_int_equal(err.code, ERR_FORMAT);
  assert_string_equal(err.text, "query, byte 15: there is no such node");
  assert_null(treequery_new(STR("(headline"), &err));
}

static void highlights_fit_the_grammar(void **state)
{
  (void)state;
  char source[4096];
  FILE *file = fopen("grammars/article/queries/highlights.scm", "rb");
  assert_non_null(file);
  size_t len = fread(source, 1, sizeof source - 1, file);
  fclose(file);
  source[len] = '\0';
  Found found = run(source, STR("Ny bro\n\nKlart."), 0);
  assert_str(strbuf_str(&found.list), "markup.heading.1=headline[Ny bro]");
  strbuf_release(&found.list);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(captures_in_one_section),
      cmocka_unit_test(captures_in_many_sections),
      cmocka_unit_test(broken_queries_say_where),
      cmocka_unit_test(highlights_fit_the_grammar),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
