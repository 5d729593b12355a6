// decision: what a person decided about one place of an article, and its line in the file (doc/human.md).
// Immutable and counted once made: any thread.
#pragma once

#include "annotate/span.h"
#include "base/error.h"
#include "base/json.h"
#include "human/anchor.h"

#define DECISION_ARTICLE STR("article") // the id of the record that has the article's state of review

typedef enum PartySaid { PARTY_UNSAID, PARTY_NOBODY, PARTY_NAMED } PartySaid;

typedef struct DecidedParty { // speaker or source
  PartySaid said;             // nothing: the machine's stays
  Str name, entity;           // entity may be empty
  Str words;                  // as the article has them; empty: it has not
  long offset;                // of the words from the quotation's start, in Plain's bytes
} DecidedParty;

typedef struct Decision {
  int refs; // atomic
  Verdict verdict;
  SpanKind kind;
  bool gone;       // a tombstone
  Str id, type;    // type: "PER", "direct", a tag's name; of a rejection perhaps empty: any type of the kind
  Str value, note; // empty: nothing said of it; likewise:
  Str name, entity;
  Str time; // UTC, milliseconds
  Anchor anchor;
  DecidedParty speaker, source;
  Str state; // of the record `article`: "unread", "work", "done"
  Str more;  // members that we do not know, `"key":value,…`: kept for those who do
  // Set by decision_new():
  bool fits;        // `type` is one of `kind`
  uint8_t number;   // of the type in its kind, where it fits
  HumanFacts human; // what annotations say of it
  TagFacts tag;     // of a tag that is in no machine's place
} Decision;

// What it says, to make another of: all but the count, which other threads may change meanwhile. The strings
// are borrowed.
Decision decision_value(const Decision *self);
// A copy of `from` in memory of its own. The caller holds the one reference.
const Decision *decision_new(const Decision *from);
const Decision *decision_ref(const Decision *self);
void decision_unref(const Decision *self); // NULL is fine

// From a line of the file; the caller holds the one reference. NULL with ERR_FORMAT: it is none.
const Decision *decision_read(Str line, Error *err);
void decision_write(StrBuf *out, const Decision *self); // the line, without its end

Str decision_fresh_id(Arena *arena);        // 12 letters and digits
Str decision_time(Arena *arena, Str after); // now, and later than `after` (empty: whenever)
// Kind and number of a type's name; what is none of ours is a tag.
SpanKind decision_kind(Str type, uint8_t *number);
