// acts: the commands by which people decide about an article's annotations (doc/protocol.md). Loop thread.
#pragma once

#include "server/lsp.h"

// workspace/executeCommand: `params` has `command` and `arguments`. Answers `id`, at once or later. The
// findings of `doc` are those of its text.
void acts_command(Lsp *lsp, Document *doc, const char *id, const cJSON *params);
bool acts_knows(Str command);
void acts_write_names(StrBuf *out); // of all commands, as a JSON array
