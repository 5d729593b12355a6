// desk: what people decide about one open article: read when it is opened, followed while it is edited, and
// kept on disk after every act (acts.h). Loop thread; files are read and written on the pool.
#pragma once

#include "server/lsp.h"

typedef struct Desks Desks; // of all open articles
typedef struct Desk Desk;

// Join `lsp`, before lsp_run().
Desks *desks_new(Lsp *lsp);
void desks_free(Desks *self); // after lsp_run()

// An edit of the desk's article, which its margin knows already.
void desk_edited(Desk *desk, TextEdit edit);
