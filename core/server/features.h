// features: what plain LSP shows of a document's findings. Each writes the value of a "result"; the findings
// are of the text as it is now. `at` is a byte. Loop thread.
#pragma once

#include "base/str.h"
#include "server/docs.h"

typedef struct FeatureOptions {
  Encoding enc;
  bool markdown;     // hover
  bool hierarchical; // documentSymbol
  Str folder;        // hover: a line about the folder; empty: none
  Host *host;        // hover, documentSymbol: what scripts say of their tags; NULL: nothing
} FeatureOptions;

// What stands here: name, forms and counts; date and what it was resolved against; speaker; maker and
// confidence.
void features_hover(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at);
// Blocks with what is marked in them: DocumentSymbol[], or SymbolInformation[] with containerName.
void features_symbols(StrBuf *out, const Document *doc, const FeatureOptions *options);
// The same person, organisation, place or day elsewhere; speakers as writes. In a quotation: its parts and
// speaker.
void features_highlight(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at);
// The first mention of the entity here; in a quotation the speaker.
void features_definition(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at);
// All mentions of the entity here, or all parts of the quotation.
void features_references(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at,
                         bool with_first);
// InlayHint[]: the day behind each relative date that shares a byte with [start, end] or touches it.
void features_inlay(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t start,
                    size_t end);
// The id of the entity at a byte, in a quotation its speaker's; empty: none.
Str features_entity_at(const Findings *found, size_t at);
// Append the places of this entity's mentions, or of its quotations, to a list that is open and has items
// where `more`. Returns whether it has any now.
bool features_list(StrBuf *out, const Document *doc, const FeatureOptions *options, Str entity, bool quotes,
                   bool more);
// newsmark/nextQuote: the next quotation behind `at`, or in front of it, as an annotation; "null" where there
// is none. `same_speaker`: one by whoever speaks at `at`, or is named there.
void features_next_quote(StrBuf *out, const Document *doc, const FeatureOptions *options, size_t at,
                         bool back, bool same_speaker);

// Shared by the above: the innermost span of each kind at a byte, one that ends there where none goes on.
typedef struct SpansAt {
  const Span *kinds[SPAN_KINDS]; // NULL: none
} SpansAt;
SpansAt features_at(const Findings *found, size_t at);
// The entity at a byte, else the date, else the tag, else the quotation; NULL: nothing.
const Span *features_innermost(const SpansAt *here);
// Whether two spans are of one entity, one day, one quotation, one tag.
bool features_same(const Span *a, const Span *b);
