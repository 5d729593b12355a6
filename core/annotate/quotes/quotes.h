// quotes: quotations in a block; who said them, in the article.
// quotes_find() pairs the marks of a block, tells speech from titles, and finds cue, speaker and source as
// far as the block shows them. quotes_attribute() joins what runs over blocks and gives names to pronouns,
// nouns and quotations without a cue. Pure; any thread, an arena of its own.
#pragma once

#include "annotate/lang.h"
#include "annotate/span.h"
#include "base/error.h"

struct Notes;
struct Passages;
typedef struct Quotes Quotes; // opaque: the words of all languages

typedef enum QuoteForm {
  QUOTE_MARKS,    // between marks
  QUOTE_DASH,     // opened by a dash
  QUOTE_OPENER,   // a mark that nothing in the block closes: `start`, and `end` of the block
  QUOTE_CLOSER,   // a mark that nothing in the block opens: `end`, and `start` of the block, or of the mark
                  // where whole quotations stand in front of it
  QUOTE_TITLE,    // no quotation: a name that carries a title ("minister"), for nouns that come later
  QUOTE_TOPIC,    // no quotation: the person that the block's last sentence is about, for the next quotation
  QUOTE_LEAD,     // no quotation: the block ends in a colon after this speaker
  QUOTE_REPORTED, // no marks: reported speech, between its first and last word
} QuoteForm;

typedef enum PartyKind { PARTY_NONE, PARTY_NAME, PARTY_PRONOUN, PARTY_ROLE, PARTY_NOUN } PartyKind;

enum { PARTY_OWN = 2 }; // Party.of of "her lawyer"; the others are odd

typedef struct Party { // who speaks, as the block says it
  uint32_t start, end; // bytes in the block
  PartyKind kind;
  char gender; // 'm', 'f', 'p' (several), 'n' (a thing), 'o' (an outlet), 'g' (a group), 'w' (who writes); 0:
               // unknown
  uint16_t of; // of a noun: tells what it is of ("president of Kenya") from others; 0: nothing is said
  Str lemma;   // of a noun: "minister", borrowed from Quotes
} Party;

typedef struct QuoteDraft {
  uint32_t start, end; // bytes in the block
  QuoteForm form;
  QuoteType type;
  float confidence;
  uint32_t cue_start, cue_end;
  Party speaker, source;
  Party topic;      // whom the sentence before, in the same block, is about
  Party former;     // where that is a pronoun: who is named as such in a sentence before that
  uint32_t seed;    // of the number of its group: hangs on its first words
  uint32_t opening; // of its first words alone, to know it again in a headline; 0: too few
  uint8_t reason;   // QuoteReason: how the speaker was found
  bool starts;      // begins a sentence of its own
  bool whole;       // begins and ends one
  bool single;      // between single marks
  bool asks;        // of dash speech: is a question
  bool bare;        // of dash speech: a few words without a verb, such as "– Ja visst."
  bool told;        // its sentence is in the form of reported speech
  bool closes;      // nothing but marks stands behind it in its block
  bool doubtful;    // of an opener: whole quotations stand behind it, so that it is one only if a later block
                    // closes it
} QuoteDraft;
typedef VEC_OF(QuoteDraft) QuoteVec;

Quotes *quotes_new(Error *err); // NULL with ERR_FORMAT: a broken table of no language
void quotes_free(Quotes *self);
// Whether the tables of `lang` can be read; else *err is set (ERR_FORMAT). Any thread.
bool quotes_check(const Quotes *self, Lang lang, Error *err);
// Fill notes->quotes from its text, tokens, sentences and names.
void quotes_find(const Quotes *self, struct Notes *notes);
// Append a span for every quotation of the article with cue, speaker, source and group. `entities` are the
// article's, in order, from coref_link().
void quotes_attribute(const Quotes *self, const struct Passages *article, const SpanVec *entities,
                      Arena *arena, SpanVec *out);

// The same by stretches of blocks, so that those where nothing would come out otherwise need no walk. A
// stretch reads its own blocks and the entities in them, and of QUOTES_AHEAD blocks behind it; what it reads
// of those before is all in quotes_arrive(), and what it asks of the whole article is in quotes_answered().
// Of one run, in this order:
//   quotes_stretch_new(), or a stretch kept of a run before   for each stretch
//   quotes_hear_titles()                                      for each stretch, in order
//   quotes_walk(), or quotes_pass() if both are as they were   for each stretch, in order
//   quotes_place() for each of its quotations                                for each stretch, in order
typedef struct QuoteWalk QuoteWalk;       // one run
typedef struct QuoteStretch QuoteStretch; // what one stretch leaves behind; lives in an arena
#define QUOTES_AHEAD 12

// Borrows all three.
QuoteWalk *quotes_walk_new(const Quotes *quotes, const struct Passages *article, const SpanVec *entities);
void quotes_walk_free(QuoteWalk *self);
// Blocks [first, first + count), and who bears a title in them.
QuoteStretch *quotes_stretch_new(QuoteWalk *self, size_t first, size_t count, Arena *arena);
void quotes_hear_titles(QuoteWalk *self, const QuoteStretch *stretch);
// A digest of all that the walk brings to block `first`. Facts count as pointers: they are to stay in place.
uint64_t quotes_arrive(const QuoteWalk *self, size_t first);
// Whether what a kept stretch asked about titles and genders has the answer that it had then.
bool quotes_answered(QuoteWalk *self, const QuoteStretch *stretch);
// Append the quotations of a stretch that was not walked yet, without numbers. All lives in `arena`.
void quotes_walk(QuoteWalk *self, size_t first, size_t count, QuoteStretch *stretch, Arena *arena,
                 SpanVec *out);
void quotes_pass(QuoteWalk *self, const QuoteStretch *stretch);
// Put the stretch's `nth` quotation, which spans[at] has as it was found, in its place in a result: `shift`
// bytes (modulo) behind where it was found, with its numbers; headlines above, in `spans`, may get its
// speaker. What changes is a copy in `arena`, or where it is if it is `fresh`: just found, seen by nobody.
void quotes_place(QuoteWalk *self, const QuoteStretch *stretch, size_t nth, size_t shift, bool fresh,
                  Span *spans, size_t at, Arena *arena);
// Give the quotations of an article, in order, the voices of their speakers again, where those were changed.
// Facts that change are copied into `arena`.
void quotes_renumber(SpanVec *spans, Arena *arena);
