// snapshot: an article's bytes at one moment, immutable and counted, cheap to take from a Buffer (chunks are
// shared). Any bytes at all: CRLF, a BOM, NUL and invalid UTF-8 are kept as they are and every offset counts
// them. Any thread may read one; reference counts are atomic.
#pragma once

#include "base/arena.h"
#include "base/str.h"

typedef struct Snapshot Snapshot;

Snapshot *snapshot_new(Str text);                // a copy of `text`; the caller holds the one reference
Snapshot *snapshot_take(char *text, size_t len); // owns `text` (malloc) from now on
Snapshot *snapshot_ref(const Snapshot *self);    // NULL gives NULL
void snapshot_unref(const Snapshot *self);       // NULL is fine

size_t snapshot_len(const Snapshot *self); // bytes
// The bytes from `at` to the end of the chunk they lie in; empty at the end of the text. Borrowed from the
// snapshot.
Str snapshot_chunk(const Snapshot *self, size_t at);
// Bytes [start, end): borrowed from the snapshot where they lie in one chunk, else copied into `arena`.
Str snapshot_read(const Snapshot *self, size_t start, size_t end, Arena *arena);
// Lines are counted from 0; see buffer.h for what ends one. A text has at least one line.
size_t snapshot_line_count(const Snapshot *self);
size_t snapshot_line_start(const Snapshot *self, size_t line); // byte; snapshot_len() past the last line
size_t snapshot_line_end(const Snapshot *self, size_t line);   // byte, before the line's end mark
size_t snapshot_line_at(const Snapshot *self, size_t at);      // the line that holds byte `at`
