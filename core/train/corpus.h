// corpus: texts whose names are marked, for the trainer: what the open corpora and our own annotation have,
// block by block as the pipeline makes them. What cannot be read is said on stderr and left out.
#pragma once

#include "annotate/notes.h"

typedef struct CorpusName {
  size_t start, end; // bytes in the text
  int type;          // EntityType; ENTITY_TYPES: a name of another kind, or one that may be left out
} CorpusName;
typedef VEC_OF(CorpusName) CorpusNameVec;

typedef struct CorpusDoc {
  Str text;
  Lang lang;
  CorpusNameVec names;
} CorpusDoc;

typedef void CorpusTakeDoc(const CorpusDoc *doc, void *with);
// `block_start`: where the block's text begins in the document's. `notes` are gone after the call.
typedef void CorpusTakeBlock(const CorpusDoc *doc, Notes *notes, size_t block_start, void *with);

// The documents of DATA/<corpus>.jsonl.
void corpus_each(const char *data, const char *corpus, CorpusTakeDoc *take, void *with);
// The sentences of DATA/text/<lang>.txt.xz that were annotated for newsmark, each a document (needs xz).
void corpus_each_annotated(const char *data, const char *lang, CorpusTakeDoc *take, void *with);
// Blocks with text, tokens and sentences.
void corpus_each_block(const CorpusDoc *doc, CorpusTakeBlock *take, void *with);
