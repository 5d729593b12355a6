// options: the options of one verb, read with getopt_long from a table that also prints the help. Main
// thread: getopt has a state of its own.
#pragma once

#include <stdbool.h>

typedef enum OptionKind { OPTION_FLAG, OPTION_TEXT } OptionKind;

typedef struct Option {
  const char *name; // "format"
  char letter;      // 'f'; 0: none
  OptionKind kind;
  void *target;         // bool * for a flag, const char ** for a text
  const char *argument; // "FMT" in the help; NULL for a flag
  const char *choices;  // "ansi json": others are refused, and the help names them; NULL: any
  const char *help;     // one line
} Option;

enum { OPTIONS_STOP = -1 };

// Read `argv` by `table`, which a row without a name ends. Returns the index of the first operand, or
// OPTIONS_STOP with *status set: EXIT_DONE after --help, EXIT_USAGE after a message about a bad option.
// `usage` is the line behind "usage: newsmark ".
int options_read(const char *usage, const Option *table, int argc, char **argv, int *status);
// "newsmark: …" on standard error, with the way to the help; returns EXIT_USAGE.
int options_refuse(const char *verb, const char *format, ...) __attribute__((format(printf, 2, 3)));
