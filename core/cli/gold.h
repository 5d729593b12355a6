// gold: the machine beside marks that are known to be right: a file of JSON Lines, an article a line:
//
//   {"id": "a1", "text": "…", "lang": "sv", "dct": "2024-05-03",
//    "annotations": [{"kind": "entity", "type": "PER", "start": 0, "end": 9, "name": "Anna Berg"}, …]}
//
// as `newsmark annotate` and `newsmark export --format jsonl` write it, with its text; or with `entities`,
// `timexes` and `quotes` instead, as corpora have them. Offsets are code points. Kinds that nobody marked are
// not judged, and reported speech only where the file has some.
#pragma once

#include "annotate/pipeline.h"
#include "cli/tally.h"

// False after a message: the file cannot be read, or some of its lines cannot be used (the rest is counted).
bool gold_eval(Tallies *self, const Pipeline *pipeline, const char *path);
