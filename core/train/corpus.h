// corpus: texts whose names are marked, for the trainer: what the open corpora and our own annotation
// have, block by block as the pipeline makes them. What cannot be read is said on stderr and left out. One
// thread.
#pragma once

#include "annotate/notes.h"

enum {
  CORPUS_OTHER = ENTITY_TYPES, // a name of another kind, or one that may be left out
  CORPUS_OPEN                  // perhaps a name
};

typedef struct CorpusName {
  size_t start, end; // bytes in the text
  int type;          // EntityType, CORPUS_OTHER or CORPUS_OPEN
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
// The sentences of DATA/text/<lang>.txt.xz, each a document (needs xz); all of them, without names, or those
// that core/train/<kind>.<lang>.tsv has the names of: "annotation", by hand, or "taught", by teach_names.c.
void corpus_each_line(const char *data, const char *lang, CorpusTakeDoc *take, void *with);
void corpus_each_annotated(const char *data, const char *kind, const char *lang, CorpusTakeDoc *take,
                           void *with);
// Blocks with text, tokens and sentences.
void corpus_each_block(const CorpusDoc *doc, CorpusTakeBlock *take, void *with);
