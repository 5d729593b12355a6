// scripts: script taggers as their author sees them in an editor: what is wrong with one is a diagnostic in
// its own file, and a saved one is loaded anew and at work in the open articles. Loop thread.
#pragma once

#include "server/lsp.h"

typedef struct Scripts Scripts;

// Join `lsp`, before lsp_run().
Scripts *scripts_new(Lsp *lsp);
void scripts_free(Scripts *self); // after lsp_run()
