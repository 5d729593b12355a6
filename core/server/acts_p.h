// acts_p: for acts*.c: one act under way, and the places it is about. Loop thread.
#pragma once

#include "server/acts.h"
#include "server/desk_p.h"

typedef struct Spot { // a place that an act is about
  size_t start, end;
  const Span *span;       // of the document's findings; NULL: nothing is marked there
  const MarginNote *note; // NULL: nobody decided about it. Borrowed until the margin changes
} Spot;
typedef VEC_OF(Spot) Spots;

typedef struct Act {
  Lsp *lsp;
  Desk *desk;
  Document *doc;
  const cJSON *args;
  Step step;
  Arena arena;
  Error *err;
  StrBuf prose; // the article's text
  size_t count; // places
  Str message;  // in arena
} Act;

// --- acts_spot.c

const Annotations *act_found(const Act *act);
Str act_words(const Act *act, const Spot *spot); // borrowed from the act
bool act_same_class(SpanKind a, SpanKind b);     // names and dates compete with each other
bool act_in_article(const Act *act);             // its scope
bool act_in_folder(const Act *act);
const MarginNote *act_note_of_span(const Act *act, const Span *span);
// A decision about exactly [start, end) that a mark of `kind` would compete with.
const MarginNote *act_note_at(const Act *act, size_t start, size_t end, SpanKind kind);
const Span *act_span_of_range(const Act *act, size_t start, size_t end, int kind); // kind -1: any
void act_spot_of_span(const Act *act, const Span *span, Spot *spot);
// A range, or the mark or word at a position. False with *err.
bool act_find_range(Act *act, Spot *spot);
// The same, or what `id` or `record` names.
bool act_find_spot(Act *act, Spot *spot);
// The places of an act: the one, or all with its words.
void act_spots(Act *act, const Spot *spot, Spots *spots);

// --- acts_mark.c: false with *err

// What is decided at the spot so far, with another verdict and type.
Decision act_draft(const Spot *spot, Verdict verdict, SpanKind kind, Str type);
// Put it there, in the way of nothing else.
void act_put(Act *act, const Spot *spot, Decision draft);
bool act_tag(Act *act);
bool act_untag(Act *act);
bool act_accept(Act *act);
bool act_accept_all(Act *act);
bool act_reject(Act *act);
bool act_forget(Act *act);

// --- acts_entity.c: false with *err

bool act_rename_entity(Act *act);
bool act_add_alias(Act *act);
bool act_join_entities(Act *act);
bool act_split_entity(Act *act);
