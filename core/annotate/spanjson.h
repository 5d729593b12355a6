// spanjson: the JSON form of annotations and articles: DESIGN 5.2's fields, for the command line, the stream
// and the server. Any thread.
#pragma once

#include "annotate/pipeline.h"
#include "text/position.h"

// How positions are written; the members may be NULL.
typedef struct SpanWriter {
  const Snapshot *text;                                            // borrowed
  size_t (*offset)(void *ctx, size_t at);                          // byte to "start" and "end"
  void (*range)(void *ctx, StrBuf *out, size_t start, size_t end); // writes the value of "range"
  void *ctx;
  const HumanFacts *const *human; // of the annotations
  Arena *scratch;
} SpanWriter;

// One annotation, `{"id": …}`.
void span_write_json(StrBuf *out, const Span *span, const SpanWriter *writer);
// `"lang":…,"dct":…,"dct_from":…,"title":…,"offsets":…,"annotations":[…]` behind whatever stands in the open
// object.
void annotations_write_json(StrBuf *out, const Annotations *found, const SpanWriter *writer, Encoding enc);
const char *encoding_name(Encoding enc); // "utf8", "utf16", "codepoint"
