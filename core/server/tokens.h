// tokens: semantic tokens: the annotations flattened, sorted, never overlapping, never over a line's end, as
// the weakest client needs them. What is inside wins: an entity or a date over a tag, a cue, the quotation
// around it, and says so by the modifier inQuote. Loop thread.
#pragma once

#include "base/json.h"
#include "server/docs.h"

typedef enum TokenLegend {
  LEGEND_STANDARD, // LSP's own types, which every theme has colours for
  LEGEND_NATIVE,   // person, org, place, date, quote, cue, tag
} TokenLegend;

typedef struct TokensMemo TokensMemo;

// Native where the client lists our names or asks by the initialization option tokenLegend = "native".
TokenLegend tokens_legend(const cJSON *capabilities, const cJSON *options);
void tokens_write_legend(StrBuf *out, TokenLegend legend);
// Results: {"resultId","data"}, and with `previous` a delta {"resultId","edits"} where it is the memo's.
void tokens_write_full(StrBuf *out, Document *doc, Encoding enc);
void tokens_write_delta(StrBuf *out, Document *doc, Encoding enc, Str previous);
void tokens_write_range(StrBuf *out, const Document *doc, Encoding enc, size_t start, size_t end);
// Whether the client's tokens are of this very text, but of other findings; told once.
bool tokens_are_stale(Document *doc);
void tokens_forget(TokensMemo *memo); // NULL is fine
