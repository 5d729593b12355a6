// notes: what is known of one block by itself, kept as long as the block's bytes, kind and language stay the
// same. Offsets in notes are bytes in the block, so that notes stay true when the block moves. The passes
// over the whole article (clusters, dates, speakers) read passages: blocks where they stand, with their
// notes.
#pragma once

#include "annotate/dates.h"
#include "annotate/langid.h"
#include "annotate/names.h"
#include "annotate/quotes.h"
#include "annotate/token.h"
#include "parse/article.h"

typedef struct Notes {
  Str text; // the block's bytes, a copy in `arena`
  BlockKind kind;
  Lang lang;
  LangScores scores;
  TokenVec tokens;
  SentenceVec sentences;
  NameVec names;   // names_find(): in order, no overlaps
  NameVec weak;    // likewise: what is a name if the article says so elsewhere; for coref alone
  DateVec dates;   // dates_find(): in order, no overlaps, not yet resolved
  QuoteVec quotes; // quotes_find()
  Arena arena;     // owns all of the above
} Notes;

typedef struct Passage {
  size_t start; // byte of the block in the article
  const Notes *notes;
} Passage;

typedef struct Passages { // an article as its passes see it; borrowed
  const Passage *items;
  size_t len;
  Lang lang; // the main one
} Passages;
