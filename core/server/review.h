// review: what is asked about people's decisions in one article, and what may be decided there. Each writes a
// result into `out`; false with ERR_USAGE: bad parameters. The findings of `doc` are those of its text. Loop
// thread.
#pragma once

#include "server/lsp.h"

bool review_people(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_decisions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_counts(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_doubts(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_next(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool review_prepare_rename(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
bool offers_code_actions(Lsp *lsp, Document *doc, const cJSON *params, StrBuf *out, Error *err);
// Whether at `at` is a person of whom the article gives but one name, who no person has decided about, and
// the client, by its `params`, wants to hear of it.
bool offers_may_be_another(const Document *doc, const cJSON *params, size_t at);
// Go on with an open list of actions by the one that says who that is: "name" with this id. `about` is what
// to add to its title. `more`: there are actions in the list.
void offers_write_another(StrBuf *out, const Document *doc, Encoding enc, size_t at, bool more, Str name,
                          Str entity, Str about);
