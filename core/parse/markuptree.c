// One walk over the tree: what is no prose becomes white space in a copy of the file, and is not looked into.
// Of Markdown that leaves the words with their own markup, which mdclean.c takes out, as it does of a plain
// reading; of a block of HTML in it the prose is read as htmltext.c does.
//
// tree-sitter reads an edited text again with what it can use of the tree before, and, so says a test over
// random edits (tests/unit/test_grammars.c), with the same result as a fresh reading.
#include "parse/grammars_p.h"

#include "base/alloc.h"
#include "parse/mdtext.h"
#include "parse/prose_p.h"

struct MarkupTree {
  Markup markup;
  TSParser *parser;
  TSTree *tree; // NULL: none yet
  StrBuf file;  // that it is of
};

typedef struct Walk {
  Str text;
  char *out;
  Arena *arena;
} Walk;

MarkupTree *markuptree_new(const Grammars *grammars, Markup markup)
{
  MarkupTree *self = xcalloc(1, sizeof *self);
  self->markup = markup;
  self->parser = ts_parser_new();
  ts_parser_set_language(self->parser, grammars->of[markup].language);
  return self;
}

void markuptree_free(MarkupTree *self)
{
  if (!self) return;
  if (self->tree) ts_tree_delete(self->tree);
  ts_parser_delete(self->parser);
  strbuf_release(&self->file);
  free(self);
}

static Str text_of(const Walk *self, TSNode node)
{
  return str_slice(self->text, ts_node_start_byte(node), ts_node_end_byte(node));
}

static bool is(const char *type, const char *wanted)
{
  return !strcmp(type, wanted);
}

// --- HTML

// The name in a tag, or in the tag that opens an element; empty where there is none.
static Str tag_name(const Walk *self, TSNode node)
{
  for (int depth = 0; depth < 2 && ts_node_named_child_count(node); depth++) {
    node = ts_node_named_child(node, 0);
    const char *type = ts_node_type(node);
    if (is(type, "tag_name") || is(type, "erroneous_end_tag_name")) return text_of(self, node);
  }
  return (Str){0};
}

// Whether the element is none that is read. One that never ends is a slip of the pen, but for a head.
static bool is_hidden(const Walk *self, TSNode element)
{
  Str name = tag_name(self, element);
  TSNode last = ts_node_child(element, ts_node_child_count(element) - 1);
  return htmltext_is_hidden(name) && (is(ts_node_type(last), "end_tag") || name.len == strlen("head"));
}

// Write over `node` what stands for it in the prose. True: look into it.
static bool read_html(Walk *self, TSNode node)
{
  const char *type = ts_node_type(node);
  size_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
  bool hidden = is(type, "element") && is_hidden(self, node);
  if (hidden || is(type, "start_tag") || is(type, "end_tag") || is(type, "self_closing_tag") ||
      is(type, "erroneous_end_tag")) {
    htmltext_is_block(tag_name(self, node)) ? prose_part(self->out, start, end)
                                            : prose_blank(self->out, start, end);
  } else if (is(type, "comment") || is(type, "doctype") || is(type, "raw_text") ||
             is(type, "script_element") || is(type, "style_element") || is(type, "tag_name") ||
             is(type, "attribute") ||
             is(type, "quoted_attribute_value")) { // the last three of a tag that is none
    prose_blank(self->out, start, end);
  } else if (is(type, "entity")) {
    htmltext_reference(text_of(self, node), self->out + start);
  } else {
    return true;
  }
  return false;
}

// --- Markdown

// A block of HTML in Markdown.
static void read_html_block(Walk *self, TSNode node)
{
  HtmlFacts none;
  Str prose = htmltext_of(text_of(self, node), self->arena, &none);
  memcpy(self->out + ts_node_start_byte(node), prose.ptr, prose.len);
}

// The mark of a block quotation; the first one of it parts it from what was before.
static void read_quote_mark(Walk *self, TSNode node)
{
  TSNode parent = ts_node_parent(node);
  bool opens = ts_node_start_byte(parent) == ts_node_start_byte(node);
  size_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
  if (end < self->text.len && self->text.ptr[end] == ' ') end++;
  opens ? prose_part(self->out, start, end) : prose_blank(self->out, start, end);
}

static void read_rows(Walk *self, TSNode node)
{
  size_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
  while (end > start && (self->text.ptr[end - 1] == '\n' || self->text.ptr[end - 1] == '\r')) end--;
  mdtext_row(str_slice(self->text, start, end), self->out + start);
}

// Lines of links in a paragraph.
static void read_paragraph(Walk *self, TSNode node)
{
  size_t at = ts_node_start_byte(node), end = ts_node_end_byte(node);
  for (Str rest = str_slice(self->text, at, end); rest.len;) {
    Str line = str_cut(&rest, '\n');
    size_t start = (size_t)(line.ptr - self->text.ptr);
    if (mdtext_is_links(line)) prose_blank(self->out, start, start + line.len);
  }
}

static bool read_markdown(Walk *self, TSNode node)
{
  const char *type = ts_node_type(node);
  size_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
  if (is(type, "fenced_code_block") || is(type, "indented_code_block") || is(type, "thematic_break") ||
      is(type, "setext_h1_underline") || is(type, "setext_h2_underline") ||
      is(type, "pipe_table_delimiter_row")) {
    prose_blank(self->out, start, end);
  } else if (is(type, "minus_metadata") || is(type, "plus_metadata")) {
    if (end > MDTEXT_FRONT_MOST) prose_blank(self->out, start, end);
  } else if (is(type, "link_reference_definition")) {
    mdtext_definition(text_of(self, node), self->out + start);
  } else if (is(type, "atx_heading")) {
    mdtext_heading(text_of(self, node), self->out + start);
  } else if (is(type, "html_block")) {
    read_html_block(self, node);
  } else if (is(type, "block_quote_marker")) {
    read_quote_mark(self, node);
  } else if (is(type, "block_continuation")) {
    prose_blank(self->out, start, end);
  } else if (is(type, "pipe_table_header") || is(type, "pipe_table_row")) {
    read_rows(self, node);
  } else {
    if (is(type, "paragraph")) read_paragraph(self, node);
    return true;
  }
  return false;
}

// --- the walk

static void walk(Walk *self, TSNode root, bool (*read)(Walk *self, TSNode node))
{
  TSTreeCursor cursor = ts_tree_cursor_new(root);
  for (bool going = true; going;) {
    bool into = read(self, ts_tree_cursor_current_node(&cursor));
    if (into && ts_tree_cursor_goto_first_child(&cursor)) continue;
    while (!(going = ts_tree_cursor_goto_next_sibling(&cursor)))
      if (!ts_tree_cursor_goto_parent(&cursor)) break;
  }
  ts_tree_cursor_delete(&cursor);
}

static TSPoint point_at(Str text, size_t at)
{
  TSPoint point = {0, 0};
  size_t line = 0;
  for (const char *end; line < at && (end = memchr(text.ptr + line, '\n', at - line)); point.row++)
    line = (size_t)(end - text.ptr) + 1;
  point.column = (uint32_t)(at - line);
  return point;
}

static void follow(MarkupTree *self, Str file, TextEdit edit)
{
  Str old = strbuf_str(&self->file);
  TSInputEdit input = {.start_byte = (uint32_t)edit.start,
                       .old_end_byte = (uint32_t)edit.old_end,
                       .new_end_byte = (uint32_t)edit.new_end,
                       .start_point = point_at(old, edit.start),
                       .old_end_point = point_at(old, edit.old_end),
                       .new_end_point = point_at(file, edit.new_end)};
  ts_tree_edit(self->tree, &input);
}

Str markuptree_read(MarkupTree *self, Str file, TextEdit edit, Arena *arena)
{
  Walk reading = {.text = file, .out = arena_alloc(arena, file.len + 1), .arena = arena};
  if (self->tree) follow(self, file, edit);
  TSTree *tree =
      ts_parser_parse_string(self->parser, self->tree, file.ptr ? file.ptr : "", (uint32_t)file.len);
  if (self->tree) ts_tree_delete(self->tree);
  self->tree = tree;
  strbuf_reset(&self->file);
  strbuf_add(&self->file, file);
  memcpy(reading.out, file.ptr ? file.ptr : "", file.len);
  reading.out[file.len] = '\0';
  walk(&reading, ts_tree_root_node(tree), self->markup == MARKUP_HTML ? read_html : read_markdown);
  Str prose = {reading.out, file.len};
  return self->markup == MARKUP_HTML ? prose : mdtext_clean(prose, arena);
}
