// publish: annotations as the protocol shows them, with ranges in place of offsets. Any thread.
#pragma once

#include "server/findings.h"
#include "text/position.h"

// The whole newsmark/publishAnnotations notification. `full`: the client forgets what it had.
void publish_write_delta(StrBuf *out, const char *uri, int64_t version, bool full, const Findings *found,
                         const Delta *delta, Encoding enc);
// The notification that there is nothing at all: what the client had is void.
void publish_write_nothing(StrBuf *out, const char *uri, int64_t version);
// The result of newsmark/annotations: those that share a byte with [start, end), or touch it where it is
// empty.
void publish_write_all(StrBuf *out, int64_t version, const Findings *found, size_t start, size_t end,
                       Encoding enc);
// One of the findings' annotations, with its range.
void publish_write_one(StrBuf *out, const Findings *found, const Span *span, Encoding enc);
