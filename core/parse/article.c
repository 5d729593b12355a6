// Provisional: a line is a block, told by its first characters and its length. The tree-sitter grammar takes its place.
#include "parse/article.h"

struct Article {
  BlockVec blocks;
};

static const char *const g_names[BLOCK_KINDS] = {"headline",  "subhead", "dateline",  "byline",    "caption",
                                                 "paragraph", "speech",  "signature", "list_item", "metadata"};

Article *article_new(void) { return xcalloc(1, sizeof(Article)); }

void article_free(Article *self)
{
  if (!self) return;
  vec_release(&self->blocks);
  free(self);
}

void article_edit(Article *self, TextEdit edit) { (void)self, (void)edit; }

static BlockKind kind_of(Str line, bool first)
{
  char last = line.ptr[line.len - 1];
  bool open_ended = last != '.' && last != '?' && last != '!' && last != ':' && !(last & 0x80);
  if (str_starts(line, STR("– ")) || str_starts(line, STR("— "))) return BLOCK_SPEECH;
  if (open_ended && line.len < 160 && first) return BLOCK_HEADLINE;
  if (open_ended && line.len < 60) return BLOCK_SUBHEAD;
  return BLOCK_PARAGRAPH;
}

void article_parse(Article *self, const Snapshot *text)
{
  self->blocks.len = 0;
  Arena scratch = {0};
  for (size_t i = 0; i < snapshot_line_count(text); i++) {
    size_t start = snapshot_line_start(text, i);
    Str line = snapshot_read(text, start, snapshot_line_end(text, i), &scratch), trimmed = str_trim(line);
    if (!trimmed.len) continue;
    start += (size_t)(trimmed.ptr - line.ptr);
    BlockKind kind = kind_of(trimmed, !self->blocks.len);
    vec_push(&self->blocks, (Block){start, start + trimmed.len, kind, str_hash(trimmed) ^ (uint64_t)kind});
    arena_reset(&scratch);
  }
  arena_release(&scratch);
}

const BlockVec *article_blocks(const Article *self) { return &self->blocks; }

const char *block_kind_name(BlockKind kind) { return g_names[kind]; }
