// grammars_p: what grammars.c and markuptree.c share. Any thread.
#pragma once

#include "parse/grammars.h"

#include <tree_sitter/api.h>

enum { GRAMMARS = MARKUP_MARKDOWN + 1 };

typedef struct Grammar {
  void *object;               // the loader's
  const TSLanguage *language; // NULL: not there, or not to be used
  char *trouble;              // NULL: none
} Grammar;

struct Grammars {
  Grammar of[GRAMMARS]; // [Markup]
};
