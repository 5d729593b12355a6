// folderreview: newsmark/articles: how far people are with each article of a folder. Loop thread; the folder
// is read on the pool.
#pragma once

#include "server/lsp.h"

// Answer `id`, later. An LspHandler.
void folderreview_ask(void *ctx, Lsp *lsp, const char *id, const cJSON *params);
