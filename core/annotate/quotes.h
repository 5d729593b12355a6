// quotes: quotations in a block; who said them, in the article.
// Pure; any thread, an arena of its own.
#pragma once

#include "annotate/lang.h"
#include "annotate/span.h"
#include "base/error.h"

struct Notes;
struct Passages;
typedef struct Quotes Quotes; // opaque: cue lexicons, titles, outlets of all languages

typedef struct QuoteDraft {
  uint32_t start, end; // bytes in the block
  QuoteType type;
  float confidence;
} QuoteDraft;
typedef VEC_OF(QuoteDraft) QuoteVec;

Quotes *quotes_new(Error *err); // NULL with ERR_FORMAT: a broken table
void quotes_free(Quotes *self);
// Fill notes->quotes from its text, tokens, sentences and names.
void quotes_find(const Quotes *self, struct Notes *notes);
// Append a span for every quotation of the article with cue, speaker, source and group. `entities` are the article's, in
// order, from coref_link().
void quotes_attribute(const Quotes *self, const struct Passages *article, const SpanVec *entities, Arena *arena,
                      SpanVec *out);
