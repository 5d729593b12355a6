// asking: how a verb asks an index: the options all of them share, the folder, the reader, the failures.
// Main thread.
#pragma once

#include "cli/rows.h"
#include "index/query.h"

typedef struct Asking {
  Query *query;
  QueryFilter filter;
  Arena arena;
  Error err;
} Asking;

typedef struct AskingVerb {
  const char *name;      // "quotes"
  const char *usage;     // behind "newsmark ": "quotes DIR [WORDS] [options]"
  const char *types;     // choices of --type; "": any word; NULL: it has none
  const char *type_help; // of --type
  bool speaker;          // --speaker NAME
  bool words;            // the operands are words, not a name
  bool operand_needed;   // a name or words behind DIR, where no --type is given
  const Column *columns;
  const char *nothing; // what there is none of: "such names"
  // Ask, and write the rows. False with self->err.
  bool (*ask)(Asking *self, RowsOut *out);
} AskingVerb;

// Read the arguments, open the index, ask, print. The exit status.
int asking_run(const AskingVerb *verb, int argc, char **argv);
