// article: the tree-sitter trees of a text, its sections and blocks.
// A long text is held as several trees (sections) of some 32 KB, cut between blocks, so that a key costs the
// same in an article of 10 KB and in one of 1 MB. Blocks are the unit of incremental work. One thread at a
// time; blocks are copied out.
#pragma once

#include "base/error.h"
#include "base/vec.h"
#include "text/buffer.h"

typedef enum BlockKind {
  BLOCK_HEADLINE,
  BLOCK_SUBHEAD,  // a short line of its own inside the article
  BLOCK_DATELINE, // "2023 04 17", "STOCKHOLM, 3 nov (TT)", "Publicerad 2023-04-17 kl 09:12"
  BLOCK_BYLINE,   // credits: "Text: …", "Foto: …", "Fonte: …", "Av …"
  BLOCK_CAPTION,  // "… (Bild: …)"
  BLOCK_PARAGRAPH,
  BLOCK_SPEECH,    // a line that a dash of speech opens
  BLOCK_SIGNATURE, // "-Sullivan" under a quotation
  BLOCK_LIST_ITEM, // "- milk"
  BLOCK_METADATA,  // front matter
  BLOCK_KINDS
} BlockKind;

typedef struct Block {
  size_t start, end; // bytes in the text, without the white space around
  BlockKind kind;
  uint64_t hash; // of the bytes and the kind: equal blocks have equal notes
} Block;
typedef VEC_OF(Block) BlockVec;

typedef struct Article Article;

Article *article_new(void);
void article_free(Article *self);
// Tell of an edit before the next parse; any number of them.
void article_edit(Article *self, TextEdit edit);
// Bring trees and blocks up to `text`, parsing again only what the edits touched. The result equals that of a
// fresh Article. Linear in the text for the first time.
void article_parse(Article *self, const Snapshot *text);
// In order, not overlapping. Borrowed until the next article_parse().
const BlockVec *article_blocks(const Article *self);
const char *block_kind_name(BlockKind kind); // "headline"

// The trees, in order: bytes of a tree count from its section's start. A tree is made, or brought up to date,
// when it is asked for; it is borrowed until the next article_edit() or article_parse(). Not between these
// two. The type is tree-sitter's; its header stays in parse/.
struct TSTree;
typedef struct Section {
  const struct TSTree *tree;
  size_t start, end; // bytes in the text
} Section;
size_t article_section_count(const Article *self);
Section article_section(Article *self, size_t index);
