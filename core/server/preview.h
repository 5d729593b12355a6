// preview: where words stand, before something is decided about all of these places. Loop thread; a folder is
// read on the pool.
#pragma once

#include "server/desk_p.h"

typedef enum PreviewScope { PREVIEW_HERE, PREVIEW_ARTICLE, PREVIEW_FOLDER } PreviewScope;
// Answer `id` with the places where `words` stand; `at`: the one, for PREVIEW_HERE.
void preview_answer(Desk *desk, const char *id, Str words, PreviewScope scope, size_t at);
