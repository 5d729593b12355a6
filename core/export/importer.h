// importer: marks that were made elsewhere, as decisions about an article of ours: from brat (.ann), JSON
// Lines and W3C Web Annotation. Offsets in them count code points of the article's file. Pure; any thread.
#pragma once

#include "human/decision.h"
#include "text/snapshot.h"

typedef struct Import {
  size_t start, end; // bytes of the article
  Decision draft;    // without id, time and anchor; strings in the caller's arena
} Import;
typedef VEC_OF(Import) ImportVec;

typedef struct ImportReport {
  size_t lost;      // things that a decision cannot hold: events, cues, attributes of others
  size_t misplaced; // marks whose words are not where they say
} ImportReport;

// Append the marks of a brat file about `text` to `out`, in `arena`.
void import_brat(Str ann, const Snapshot *text, Arena *arena, ImportVec *out, ImportReport *report);
// The same of one object: a line of JSON Lines, or an annotation page. Its words tell whether its offsets
// hold.
void import_json(const cJSON *article, const Snapshot *text, Arena *arena, ImportVec *out,
                 ImportReport *report);
void import_webannotation(const cJSON *page, const Snapshot *text, Arena *arena, ImportVec *out,
                          ImportReport *report);

// For importers: code points to bytes of a text.
typedef struct CodePoints {
  Str text;
  size_t *starts; // [code point] byte; one more for the end
  size_t count;
} CodePoints;
void codepoints_init(CodePoints *self, const Snapshot *text, Arena *arena);
// False where there are none such.
bool codepoints_range(const CodePoints *self, double start, double end, size_t *from, size_t *to);
// "Person", "GPE", "Quote-direct" to our names of types; others are tags and stay.
Str import_type(Str type);
