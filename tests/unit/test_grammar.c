// The corpus of the grammar (grammars/article/test/corpus, in the form of `tree-sitter test`): each text is
// parsed and its tree compared with the one in the file. UPDATE=1 writes the trees found; read the diff.
#include "test.h"

#include "base/arena.h"
#include "base/vec.h"

#include <dirent.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

#define CORPUS "grammars/article/test/corpus"

const TSLanguage *tree_sitter_article(void);

static Str read_file(const char *path, Arena *arena)
{
  FILE *file = fopen(path, "rb");
  if (!file) fail_msg("cannot read %s (run from the root of the project)", path);
  char *bytes = arena_alloc(arena, 1 << 16);
  size_t len = fread(bytes, 1, 1 << 16, file);
  fclose(file);
  return (Str){bytes, len};
}

static bool is_rule(Str line, char c)
{
  for (size_t i = 0; i < line.len; i++) {
    if (line.ptr[i] != c) return false;
  }
  return line.len >= 20;
}

// The tree as text, a node a line.
static void add_tree(StrBuf *out, TSNode node, int depth)
{
  strbuf_addf(out, "%s%*s(%s", depth ? "\n" : "", depth * 2, "", ts_node_type(node));
  for (uint32_t i = 0; i < ts_node_named_child_count(node); i++)
    add_tree(out, ts_node_named_child(node, i), depth + 1);
  strbuf_byte(out, ')');
}

// Run the cases of `file`; append it as it should be to `out`. Returns the number of trees that differ.
static int run_file(const char *path, Str file, TSParser *parser, StrBuf *out)
{
  int wrong = 0;
  while (file.len) {
    str_cut(&file, '\n'); // ====
    Str name = str_cut(&file, '\n'), text = file, want = {0};
    str_cut(&file, '\n');
    for (text.ptr = file.ptr; file.len;) {
      Str line = str_cut(&file, '\n');
      text.len = line.ptr > text.ptr ? (size_t)(line.ptr - text.ptr) - 1 : 0;
      if (is_rule(line, '-')) break;
    }
    want.ptr = file.ptr;
    while (file.len && !is_rule(str_slice(file, 0, file.len < 20 ? file.len : 20), '=')) str_cut(&file, '\n');
    want.len = (size_t)(file.ptr - want.ptr);
    TSTree *tree = ts_parser_parse_string(parser, NULL, text.ptr, (uint32_t)text.len);
    StrBuf got = {0};
    add_tree(&got, ts_tree_root_node(tree), 0);
    if (!str_eq(strbuf_str(&got), str_trim(want))) {
      print_message("%s: " STR_FMT "\n%s\n", path, STR_ARG(name), got.ptr);
      wrong++;
    }
    static const char rule[] = "========================================",
                      line[] = "----------------------------------------";
    strbuf_addf(out, "%s\n" STR_FMT "\n%s\n", rule, STR_ARG(name), rule);
    strbuf_add(out, text);
    strbuf_addf(out, "\n%s\n\n%s\n\n", line, got.ptr);
    strbuf_release(&got);
    ts_tree_delete(tree);
  }
  return wrong;
}

static void corpus_trees_are_as_written(void **state)
{
  (void)state;
  TSParser *parser = ts_parser_new();
  assert_true(ts_parser_set_language(parser, tree_sitter_article()));
  DIR *dir = opendir(CORPUS);
  assert_non_null(dir);
  int wrong = 0, files = 0;
  for (const struct dirent *entry; (entry = readdir(dir));) {
    if (!str_ends(str_of(entry->d_name), STR(".txt"))) continue;
    Arena arena = {0};
    StrBuf updated = {0};
    Str path = arena_printf(&arena, CORPUS "/%s", entry->d_name);
    wrong += run_file(path.ptr, read_file(path.ptr, &arena), parser, &updated);
    files++;
    if (getenv("UPDATE")) {
      FILE *file = fopen(path.ptr, "wb");
      fwrite(updated.ptr, 1, updated.len - 1, file);
      fclose(file);
    }
    strbuf_release(&updated);
    arena_release(&arena);
  }
  closedir(dir);
  ts_parser_delete(parser);
  assert_int_not_equal(files, 0);
  assert_int_equal(wrong, 0);
}

int main(void)
{
  const struct CMUnitTest tests[] = {cmocka_unit_test(corpus_trees_are_as_written)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
