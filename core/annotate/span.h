// span: an annotation: a stretch of an article with a kind, a type, a confidence and a maker. Plain
// values: whoever holds the list; any thread reads a finished one.
#pragma once

#include "base/str.h"
#include "base/vec.h"

typedef enum SpanKind { SPAN_ENTITY, SPAN_DATE, SPAN_QUOTE, SPAN_TAG, SPAN_KINDS } SpanKind;
typedef enum EntityType { ENTITY_PER, ENTITY_ORG, ENTITY_LOC, ENTITY_TYPES } EntityType;
typedef enum DateType { DATE_DATE, DATE_TIME, DATE_DURATION, DATE_SET, DATE_TYPES } DateType; // TIMEX3
typedef enum QuoteType { QUOTE_DIRECT, QUOTE_MIXED, QUOTE_INDIRECT, QUOTE_TYPES } QuoteType;
typedef enum Maker { BY_RULE, BY_LIST, BY_MODEL, BY_SCRIPT, BY_HUMAN } Maker;

#define QUOTE_VOICES 12

// A stretch that plays a part in a quotation. start == end: there is none.
typedef struct Mention {
  size_t start, end; // bytes in the article
  Str name;          // in full, where the article gives it; else as written
  Str entity;        // "iso:CN", "wd:Q1", "name:li shangfu"; empty where unknown
} Mention;

typedef struct EntityFacts {
  Str name;         // for display: the fullest form in the article, without a genitive
  Str entity;       // as Mention.entity
  uint32_t cluster; // mentions of one entity in this article share it
} EntityFacts;

typedef struct DateFacts { // TIMEX3, TimeML 1.2.1
  Str value;               // "2023-02-23", "XXXX-02-24", "P3D", "PRESENT_REF"
  Str begin, until;        // ISO dates, inclusive, of clocks with the time; empty where open or unknown
  Str mod, quant, freq;    // empty where absent
  Str anchor; // what it was resolved against, in plain words ("the article's date, 2023-04-17"); empty: words
              // alone
} DateFacts;

typedef struct QuoteFacts {
  Mention cue, speaker, source;
  uint32_t group; // parts of one quotation share it; from 1, steady under edits elsewhere
  uint8_t voice;  // 1 to QUOTE_VOICES, the same for all that one speaker says in the article; 0: no speaker
  Str why;        // one plain sentence for the hover: what the speaker was found by
} QuoteFacts;

typedef struct TagFacts {
  Str tag;    // as the script declared it
  Str value;  // empty: none
  Str fields; // what else the script says, a JSON object of strings; empty: nothing
  Str script; // its maker
} TagFacts;

typedef enum Verdict { // what a person said of an annotation
  VERDICT_NONE,
  VERDICT_MADE,     // it is theirs
  VERDICT_ACCEPTED, // the machine's, and right
  VERDICT_REJECTED, // not there
  VERDICT_NOTED,    // the machine's, with a note
  VERDICT_RULE,     // by a rule of the folder, not about this place
  VERDICTS
} Verdict;

typedef struct HumanFacts { // a person's part in an annotation
  Verdict verdict;
  Str record, note; // empty: none
} HumanFacts;

typedef struct Span { // small, as a long article has tens of thousands, and a key looks at each
  size_t start, end;  // bytes in the article, half-open
  union {
    const EntityFacts *entity; // mentions of one entity share theirs
    const DateFacts *date;
    const QuoteFacts *quote;
    const TagFacts *tag;
  };
  float confidence; // 0 to 1
  uint32_t id;      // unique in the article; steady while the span lives
  uint32_t human;   // its facts are *Annotations.human[human - 1]; 0: no person has a part in it
  SpanKind kind : 8;
  Maker by : 8;
  uint8_t type; // EntityType, DateType, QuoteType; 0 for tags
} Span;
typedef VEC_OF(Span) SpanVec;

const char *verdict_name(Verdict verdict); // "made"; NULL: none
// A probability in steps of a fiftieth, finer than it is known. What hangs on it stays as it is while words
// at some distance are typed.
static inline float confidence_of_probability(float p)
{
  return (float)(int)(p * 50 + 0.5f) / 50;
}

const char *span_kind_name(SpanKind kind);        // "entity"
Str span_type_name(const Span *span);             // "PER", "DATE", "direct"; a tag's own name
Str span_by_name(const Span *span, Arena *arena); // "rule", "script:weapons"
// By start, then longest first, then kind: the order of every output.
int span_order(const void *a, const void *b);
// The facts of a tag for changing: a copy in `arena`, which the span has from now on.
TagFacts *span_own_tag(Span *span, Arena *arena);
// Merge three lists, each in span_order(), into one in `out`, all in `arena`. The lists keep their items.
void spans_merge(Arena *arena, const SpanVec *a, const SpanVec *b, const SpanVec *c, SpanVec *out);
// The first of `spans`, which are in order, that starts at byte `at` or behind it; spans->len: none.
size_t spans_from(const SpanVec *spans, size_t at);
