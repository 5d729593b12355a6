// notes: what is known of one block by itself, kept as long as the block's bytes, kind and language stay
// the same. Offsets in notes are bytes in the block, so that notes stay true when the block moves. The
// passes over the whole article (clusters, dates, speakers) read passages: blocks where they stand, with
// their notes. Made by one thread; notes_keep()'s are never changed, and any thread reads them.
#pragma once

#include "annotate/dates/dates.h"
#include "annotate/entities/coref.h"
#include "annotate/names/names.h"
#include "annotate/quotes/quotes.h"
#include "annotate/token.h"
#include "parse/article.h"

typedef struct Notes {
  BlockKind kind;
  Lang lang;
  CorefMentionVec mentions; // coref_read(): names and weak ones, in order, as coref_link() reads them
  DateVec dates;            // dates_find(): in order, no overlaps, not yet resolved
  QuoteVec quotes;          // quotes_find()
  Str text;                 // the block's bytes
  TokenVec tokens;
  SentenceVec sentences;
  const struct NameFact *facts; // names_tag(): of every token, for names_mend()
  NameVec names;                // names_find(): in order, no overlaps
  NameVec weak;                 // likewise: what is a name if the article says so elsewhere
  Arena arena;                  // of the above, what has no other owner; and what finding them leaves behind
} Notes;

// A copy of what the article's passes read, by itself in one piece of memory: an article keeps it for every
// block. There are no names (only mentions), no sentences, and tokens of a signature alone. What is added to
// notes behind a pointer must be copied here too. The caller owns it.
Notes *notes_keep(const Notes *read);
void notes_free(Notes *self); // what notes_keep() gave; NULL is fine

typedef struct Passage {
  size_t start; // byte of the block in the article
  const Notes *notes;
  uint64_t made; // other notes have another number, at other times, too; 0: unknown
} Passage;

typedef struct Passages { // an article as its passes see it; borrowed
  const Passage *items;
  size_t len;
  Lang lang; // the main one
} Passages;
