// offsets: the code points or UTF-16 units in front of any byte of a text, in constant time, for writers that
// jump about. Built in one walk. Constant afterwards: any thread.
#pragma once

#include "text/position.h"

typedef struct Offsets Offsets;

// NULL for ENC_UTF8: there the byte is the offset. `text` is borrowed. offsets_at() takes NULL.
Offsets *offsets_new(const Snapshot *text, Encoding enc);
void offsets_free(Offsets *self);
size_t offsets_at(const Offsets *self, size_t at); // `at` is the start of a character, or the text's end
