// review: what is asked about people's decisions in one article, and what may be decided there. Each writes a
// result into `out`; false with ERR_USAGE: bad parameters. The findings of `doc` are those of its text. Loop
// thread.
#pragma once

#include "server/lsp.h"

bool review_people(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_decisions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_counts(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_next(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_prepare_rename(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool offers_code_actions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
