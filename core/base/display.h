// display: foreign text (articles, file names, what a script says) made safe to print on a terminal.
// Pure; any thread.
#pragma once

#include "base/arena.h"

// Append `text` on one line, without anything that a terminal or a reader's eye could be led astray by:
// control characters (escape sequences among them) and line ends become spaces, invalid UTF-8 becomes U+FFFD,
// and the bidi controls that embed, override or isolate, which could make a name read as another, are left
// out. Letters of right-to-left scripts stay as they are.
void display_add(StrBuf *out, Str text);
// The same as a copy in `arena`.
Str display_in(Arena *arena, Str text);
