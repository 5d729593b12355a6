// stream: one JSON object a line in, one a line out, in order, on all cores; memory bounded by the longest
// line, not by the input. In: {"id", "text", "lang"?, "dct"?}; out: {"id", "lang", "dct", "annotations":
// […]}; a bad line gives {"id"?, "error"}. It starts threads of its own, and has ended them when it
// returns.
#pragma once

#include "annotate/pipeline.h"
#include "config/manifest.h"
#include "text/position.h"

#include <stdio.h>

typedef struct StreamOptions {
  Encoding enc;             // unit of "start" and "end"
  unsigned kinds;           // bit 1 << SpanKind
  size_t threads;           // 0: one a core
  const Manifest *manifest; // for the script taggers, a host a thread; NULL: without scripts
  size_t most_line;         // bytes; a longer line is an error of its own; 0: 64 MB
} StreamOptions;

// Until the file `in` ends. False where `out` cannot be written to; bad lines are answers, not failures.
bool stream_run(const Pipeline *pipeline, int in, FILE *out, const StreamOptions *options, Error *err);
