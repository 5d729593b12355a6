// The optional grammars of HTML and Markdown: files that are none, and, where they are built
// (NEWSMARK_GRAMMARS, as `make check-grammars` sets it, else build/share/newsmark/grammars), what they read,
// also after edits.
#include "test.h"

#include "base/alloc.h"
#include "base/sha256.h"
#include "chance.h"
#include "parse/grammars.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *folder(void)
{
  const char *dir = getenv("NEWSMARK_GRAMMARS");
  return dir ? dir : "build/share/newsmark/grammars";
}

static Grammars *open_grammars(void)
{
  Grammars *self = grammars_load(folder());
  if (!grammars_have(self, MARKUP_HTML) || !grammars_have(self, MARKUP_MARKDOWN)) {
    grammars_free(self);
    if (getenv("NEWSMARK_GRAMMARS")) fail_msg("no grammars in %s", folder());
    print_message("no grammars: 'make grammars' fetches them\n");
    skip();
  }
  return self;
}

static void write_file(const char *dir, const char *name, Str bytes)
{
  char path[256];
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
  fclose(file);
}

static Str read_bytes(const char *dir, const char *name)
{
  char path[512];
  StrBuf bytes = {0};
  snprintf(path, sizeof path, "%s/%s", dir, name);
  FILE *file = fopen(path, "rb");
  assert_non_null(file);
  char part[65536];
  for (size_t n; (n = fread(part, 1, sizeof part, file));) strbuf_add(&bytes, (Str){part, n});
  fclose(file);
  return strbuf_str(&bytes);
}

static void write_sum(const char *dir, const char *name, Str bytes)
{
  char hex[SHA256_HEX];
  sha256_hex(bytes, hex);
  write_file(dir, name, str_of(hex));
}

static void remove_files(const char *dir)
{
  static const char *const names[] = {"html.so", "html.so.sha256", "markdown.so", "markdown.so.sha256"};
  char path[256];
  for (size_t i = 0; i < ARRAY_LEN(names); i++) {
    snprintf(path, sizeof path, "%s/%s", dir, names[i]);
    unlink(path);
  }
  rmdir(dir);
}

static void assert_trouble(const char *dir, Markup markup, const char *words)
{
  Grammars *self = grammars_load(dir);
  Str trouble = grammars_trouble(self, markup);
  assert_false(grammars_have(self, markup));
  assert_false(grammars_read(self, markup, 10));
  bool said = words && trouble.len && strstr(trouble.ptr, words);
  if (words ? !said : trouble.len > 0) fail_msg("\"" STR_FMT "\"", STR_ARG(trouble));
  grammars_free(self);
}

static void test_no_grammars(void **state)
{
  (void)state;
  char dir[] = "/tmp/newsmark-grammars-XXXXXX";
  assert_non_null(mkdtemp(dir));
  assert_trouble("/nowhere", MARKUP_HTML, NULL);
  assert_trouble(dir, MARKUP_MARKDOWN, NULL);
  write_file(dir, "html.so", STR("no object"));
  assert_trouble(dir, MARKUP_HTML, "sha256 is not there");
  write_sum(dir, "html.so.sha256", STR("another object"));
  assert_trouble(dir, MARKUP_HTML, "damaged");
  write_sum(dir, "html.so.sha256", STR("no object"));
  assert_trouble(dir, MARKUP_HTML, "html.so");
  remove_files(dir);
}

// A grammar cut short at any place, and one under another's name.
static void test_wrong_grammars(void **state)
{
  (void)state;
  grammars_free(open_grammars());
  char dir[] = "/tmp/newsmark-grammars-XXXXXX";
  assert_non_null(mkdtemp(dir));
  Str html = read_bytes(folder(), "html.so"), sum = read_bytes(folder(), "html.so.sha256");
  write_file(dir, "html.so.sha256", sum);
  for (size_t i = 0; i < 16; i++) {
    write_file(dir, "html.so", str_slice(html, 0, html.len * i / 16));
    assert_trouble(dir, MARKUP_HTML, "damaged");
  }
  write_file(dir, "markdown.so", html);
  write_file(dir, "markdown.so.sha256", sum);
  assert_trouble(dir, MARKUP_MARKDOWN, "no tree_sitter_markdown");
  free((void *)(uintptr_t)html.ptr);
  free((void *)(uintptr_t)sum.ptr);
  remove_files(dir);
}

// Both readings of what is said in one way only.
static void test_as_plainly(void **state)
{
  (void)state;
  static const struct {
    Markup markup;
    const char *text;
  } cases[] = {
      {MARKUP_MARKDOWN, "# Title\n\nText of [a link](http://b-c) in *it*.\n\n```\ncode\n```\n\nMore.\n"},
      {MARKUP_MARKDOWN, "---\ntitle: *a*\n---\n\n# B #\n\ntext\n"},
      {MARKUP_MARKDOWN, "Title\n=====\n\nText\n\n    code\n\n- a\n- b\n\n  c\n\n***\n\n1. d\n"},
      {MARKUP_MARKDOWN, "> a\n> b\n\nc\n\n> d\n>\n> e\n"},
      {MARKUP_MARKDOWN, "| a | b |\n|---|---|\n| c | d |\n\nText\n\n[a]: http://b\n"},
      {MARKUP_MARKDOWN, "[Home](/) | [Sport](/s)\n\nText\n\n<script>\nlet a;\n</script>\n\nb\n"},
      {MARKUP_MARKDOWN, "a `b` c\n\n- ~~~\n  code\n  ~~~\n\n  text\n"},
      {MARKUP_HTML,
       "<html><head><title>t</title></head><body><p>a <b>b</b> &amp; c</p><nav>n</nav></body></html>"},
      {MARKUP_HTML, "<!-- c --><p title=\"x\">a<br>b<script>s</script> &ldquo;d&rdquo;<style>e</style></p>"},
      {MARKUP_HTML, "<ul><li>a<li>b</ul><table><tr><td>c<td>d</table>"},
  };
  Grammars *grammars = open_grammars();
  for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
    Arena arena = {0};
    HtmlFacts facts;
    Str text = str_of(cases[i].text), plain = prose_of(cases[i].markup, text, &arena, &facts);
    MarkupTree *tree = markuptree_new(grammars, cases[i].markup);
    Str got = markuptree_read(tree, text, (TextEdit){0, 0, text.len}, &arena);
    if (!str_eq(got, plain))
      fail_msg("%s\nis by its grammar \"" STR_FMT "\"\nand plainly       \"" STR_FMT "\"", text.ptr,
               STR_ARG(got), STR_ARG(plain));
    markuptree_free(tree);
    arena_release(&arena);
  }
  grammars_free(grammars);
}

// What only a tree tells.
static void test_beyond_plain(void **state)
{
  (void)state;
  Grammars *grammars = open_grammars();
  MarkupTree *tree = markuptree_new(grammars, MARKUP_HTML);
  Arena arena = {0};
  Str text = STR("<nav><nav>a</nav>b</nav>c"),
      got = markuptree_read(tree, text, (TextEdit){0, 0, text.len}, &arena);
  assert_str(str_trim(got), "c");
  markuptree_free(tree);
  arena_release(&arena);
  grammars_free(grammars);
}

static void edit_at_random(const Grammars *grammars, Markup markup, const char *path, size_t rounds)
{
  static const char *const pieces[] = {
      "\n",   "```\n", "    ",     "# ",       "> ",        "- ",       "a",   "[x](y)",
      "\n\n", "|",     "---\n",    "<p>",      "<!--",      "-->",      "`",   "\t",
      "</p>", "'",     "<nav>",    "<script>", "</script>", "<a b='",   ">",   "&amp;",
      "\r\n", "\xFF",  "\xC3\xA5", "</nav>",   "|--|\n",    "[a]: b\n", "1. ", "**"};
  StrBuf text = {0};
  Str whole = read_bytes("tests/data/articles", path);
  strbuf_add(&text, whole);
  free((void *)(uintptr_t)whole.ptr);
  MarkupTree *tree = markuptree_new(grammars, markup);
  Arena arena = {0};
  TextEdit edit = {0, 0, text.len};
  for (size_t round = 0; round < rounds; round++) {
    Str edited = markuptree_read(tree, strbuf_str(&text), edit, &arena);
    MarkupTree *again = markuptree_new(grammars, markup);
    Str fresh = markuptree_read(again, strbuf_str(&text), (TextEdit){0, 0, text.len}, &arena);
    markuptree_free(again);
    assert_int_equal(edited.len, text.len);
    if (!str_eq(edited, fresh))
      fail_msg("%s, round %zu: after an edit it is not what it is afresh", path, round);
    size_t start = dice(text.len + 1), removed = dice(3) ? 0 : dice(12);
    if (removed > text.len - start) removed = text.len - start;
    Str added = str_of(pieces[dice(ARRAY_LEN(pieces))]);
    StrBuf next = {0};
    strbuf_add(&next, str_slice(strbuf_str(&text), 0, start));
    strbuf_add(&next, added);
    strbuf_add(&next, str_slice(strbuf_str(&text), start + removed, text.len));
    strbuf_release(&text);
    text = next;
    edit = (TextEdit){start, start + removed, start + added.len};
    arena_reset(&arena);
  }
  markuptree_free(tree);
  strbuf_release(&text);
  arena_release(&arena);
}

static void test_edits(void **state)
{
  (void)state;
  Grammars *grammars = open_grammars();
  chance_begin();
  edit_at_random(grammars, MARKUP_MARKDOWN, "de-wasserwerk.md", chance_rounds(400));
  edit_at_random(grammars, MARKUP_HTML, "fr-usine.html", chance_rounds(400));
  grammars_free(grammars);
}

int main(void)
{
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_no_grammars), cmocka_unit_test(test_wrong_grammars),
      cmocka_unit_test(test_as_plainly),  cmocka_unit_test(test_beyond_plain),
      cmocka_unit_test(test_edits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
