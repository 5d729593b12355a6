// outline: the blocks of a text by the scanner of the `article` grammar alone, without a tree.
// The scanner makes every decision of the grammar; run over bytes in memory it costs a fraction of what
// libtree-sitter takes to hand it each character and to build nodes. Blocks are the children of the tree's
// root, byte for byte (tests/prop/ prop_article.c). One thread at a time.
#pragma once

#include "base/vec.h"
#include "parse/article.h"

#define OUTLINE_STATE 16 // bytes; the scanner's state is not longer

typedef struct OutlineBlock {
  Block block;  // bytes from the start of the text
  size_t reach; // the end of the bytes read since the start of the block before, to find that this one starts
                // here
  uint8_t state[OUTLINE_STATE]; // the scanner's at the block's start, padded with zeros
} OutlineBlock;
typedef VEC_OF(OutlineBlock) Outline;

// Bring `outline` up to `text`, in which bytes [edit.start, edit.new_end) stand where [edit.start,
// edit.old_end) stood before. An empty outline is made from scratch. What is read again is the blocks that
// the edit touched, and from them on until a block starts where it did before.
void outline_update(Outline *outline, Str text, TextEdit edit);
