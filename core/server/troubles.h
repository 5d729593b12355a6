// troubles: what is wrong in settings files and in articles' front matter, as diagnostics in these files;
// and, where the settings want it, what is open in an article. Loop thread.
#pragma once

#include "config/settings.h"
#include "server/lsp.h"

typedef struct Troubles Troubles;

Troubles *troubles_new(void);
void troubles_free(Troubles *self); // NULL is fine
// The settings that hold for `doc` were read again: tell the client of what is new, and of what is mended.
void troubles_tell(Troubles *self, Lsp *lsp, const Document *doc, const Settings *settings);
// There are complete findings for `doc`: tell the client of what is open in it now.
void troubles_doubts(Troubles *self, Lsp *lsp, const Document *doc);
// The document closes: nothing is told of it any more.
void troubles_closing(Troubles *self, Lsp *lsp, const Document *doc);
