// newtagger: a commented start for a tagger, with what the editor's Lua server needs to know the
// interface. Any thread.
#pragma once

#include "base/error.h"

// Write NAME.lua into the folder `dir`, which is made where it is not there, and .luarc.json beside it unless
// there is one. `data_dir` has host/. The script's path, heap; NULL with *err: ERR_USAGE (no name for a
// tagger), ERR_STATE (the script exists), ERR_NOT_FOUND, ERR_IO.
char *newtagger_write(const char *data_dir, const char *dir, const char *name, Error *err);
