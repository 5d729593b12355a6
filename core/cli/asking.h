// asking: what the verbs that ask an index share: their options, the folder, the reader, the failures.
#pragma once

#include "cli/rows.h"
#include "index/query.h"

typedef struct Asking {
  QueryFilter filter;
  RowsFormat format;
  Query *query;
  Arena arena;
  Error err;
  const char *verb;
} Asking;

typedef struct AskingVerb {
  const char *name;    // "quotes"
  const char *usage;   // behind "newsmark ": "quotes DIR [WORDS] [options]"
  const char *types;   // choices of --type, NULL: it has none
  bool speaker;        // --speaker NAME
  bool operand_needed; // a name or words behind DIR
  bool words;          // the operands are words, not a name
} AskingVerb;

// Read the arguments and open the index. False with *status, after a message or the help.
bool asking_begin(Asking *self, const AskingVerb *verb, int argc, char **argv, int *status);
// Say what failed where `ok` is false, free everything; the exit status.
int asking_end(Asking *self, bool ok);
// "path:line:column", or the path alone.
Str asking_where(Asking *self, const Place *place);
