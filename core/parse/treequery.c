// How it works. A query runs over one section's tree after another; sections are cut between blocks, so only
// a pattern over several blocks at once could miss a match, where a cut lies between them.
#include "parse/treequery.h"

#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_article(void); // grammars/article

enum {
  MATCHES_AT_ONCE = 1024
}; // unfinished ones; past it tree-sitter drops the oldest, and a run stays linear

struct TreeQuery {
  TSQuery *query;
};

TreeQuery *treequery_new(Str source, Error *err)
{
  static const char *const words[] = {
      [TSQueryErrorNone] = "",
      [TSQueryErrorSyntax] = "the syntax is wrong",
      [TSQueryErrorNodeType] = "there is no such node",
      [TSQueryErrorField] = "there is no such field",
      [TSQueryErrorCapture] = "there is no such capture",
      [TSQueryErrorStructure] = "no tree can look like this",
      [TSQueryErrorLanguage] = "the grammar is of another version",
  };
  uint32_t at = 0;
  TSQueryError error = TSQueryErrorNone;
  TSQuery *query = ts_query_new(tree_sitter_article(), source.ptr, (uint32_t)source.len, &at, &error);
  if (!query) {
    error_set(err, ERR_FORMAT, "query, byte %u: %s", at, words[error]);
    return NULL;
  }
  TreeQuery *self = xcalloc(1, sizeof *self);
  self->query = query;
  return self;
}

void treequery_free(TreeQuery *self)
{
  if (!self) return;
  ts_query_delete(self->query);
  free(self);
}

// tree-sitter gives captures one by one, too, but then leaves out what another match has captured already.
static bool run_section(const TreeQuery *self, TSQueryCursor *cursor, Section section, uint32_t *matches,
                        CaptureFn give, void *context)
{
  TSQueryMatch match;
  ts_query_cursor_exec(cursor, self->query, ts_tree_root_node(section.tree));
  for (; ts_query_cursor_next_match(cursor, &match); ++*matches) {
    for (uint16_t i = 0; i < match.capture_count; i++) {
      TSNode node = match.captures[i].node;
      uint32_t name_len;
      const char *name = ts_query_capture_name_for_id(self->query, match.captures[i].index, &name_len);
      Capture capture = {{name, name_len},
                         ts_node_type(node),
                         section.start + ts_node_start_byte(node),
                         section.start + ts_node_end_byte(node),
                         *matches};
      if (!give(context, &capture)) return false;
    }
  }
  return true;
}

void treequery_run(const TreeQuery *self, Article *article, CaptureFn give, void *context)
{
  TSQueryCursor *cursor = ts_query_cursor_new();
  uint32_t matches = 0;
  ts_query_cursor_set_match_limit(cursor, MATCHES_AT_ONCE);
  for (size_t i = 0; i < article_section_count(article); i++) {
    if (!run_section(self, cursor, article_section(article, i), &matches, give, context)) break;
  }
  ts_query_cursor_delete(cursor);
}
