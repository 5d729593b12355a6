// scripts: script taggers as their author sees them in an editor: what is wrong with one is a diagnostic in
// its own file, a saved one is loaded anew and at work in the open articles, newsmark/scripts, trust, log and
// newTagger answer. Loop thread; what waits for scripts or files is done on the pool, one job after another.
#pragma once

#include "server/lsp.h"

typedef struct Scripts Scripts;

// Join `lsp`, before lsp_run(). `user_dir`: the user's taggers, NULL: none; `data_dir` has host/; both are
// copied.
Scripts *scripts_new(Lsp *lsp, const char *user_dir, const char *data_dir);
void scripts_free(Scripts *self); // after lsp_run()
