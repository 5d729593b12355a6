// fold: text as it is compared and searched: words in lower case without diacritics, parted by one space.
// "Tromsø, 3. mai" is "tromso 3 mai"; "Kreml-kritikern" is two words. Pure; any thread.
#pragma once

#include "base/arena.h"
#include "base/str.h"

// `text` folded, in `arena`.
Str fold_words(Arena *arena, Str text);
// The same, appended to `out`.
void fold_words_to(StrBuf *out, Str text);
