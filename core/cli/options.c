#define _GNU_SOURCE // getopt_long
#include "cli/options.h"

#include "base/str.h"
#include "cli/cmd.h"
#include "cli/say.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>

enum { MOST_OPTIONS = 32, LONG_ONLY = 256 };

static void print_help(const char *usage, const Option *table)
{
  printf("usage: newsmark %s\n\n", usage);
  for (const Option *option = table; option->name; option++) {
    char left[64];
    snprintf(left, sizeof left, "%c%c%s--%s%s%s", option->letter ? '-' : ' ',
             option->letter ? option->letter : ' ', option->letter ? ", " : "  ", option->name,
             option->argument ? " " : "", option->argument ? option->argument : "");
    printf("  %-30s %s", left, option->help);
    if (option->choices) printf(" (%s)", option->choices);
    putchar('\n');
  }
  printf("  %-30s %s\n", "-h, --help", "show this help");
}

static bool one_of(const char *value, const char *choices)
{
  for (Str rest = str_of(choices); rest.len;) {
    if (str_is(str_cut(&rest, ' '), value)) return true;
  }
  return false;
}

static bool store(const char *verb, const Option *option, const char *value)
{
  if (option->kind == OPTION_FLAG) {
    *(bool *)option->target = true;
    return true;
  }
  if (option->choices && !one_of(value, option->choices)) {
    options_refuse(verb, "--%s cannot be '%s'; it is one of: %s", option->name, value, option->choices);
    return false;
  }
  *(const char **)option->target = value;
  return true;
}

int options_read(const char *usage, const Option *table, int argc, char **argv, int *status)
{
  struct option longs[MOST_OPTIONS + 2] = {{0}};
  char letters[2 * MOST_OPTIONS + 4] = ":h", *letter = letters + 2;
  int count = 0;
  for (; table[count].name && count < MOST_OPTIONS; count++) {
    bool takes = table[count].kind == OPTION_TEXT;
    longs[count] =
        (struct option){table[count].name, takes ? required_argument : no_argument, NULL, LONG_ONLY + count};
    if (!table[count].letter) continue;
    *letter++ = table[count].letter;
    if (takes) *letter++ = ':';
  }
  longs[count] = (struct option){"help", no_argument, NULL, 'h'};

  *status = EXIT_USAGE;
  optind = 0; // GNU: begin anew
  for (int got; (got = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
    if (got == 'h') {
      print_help(usage, table);
      *status = EXIT_DONE;
      return OPTIONS_STOP;
    }
    if (got == '?' || got == ':') {
      options_refuse(argv[0], got == ':' ? "%s needs a value" : "%s is not an option", argv[optind - 1]);
      return OPTIONS_STOP;
    }
    int at = got - LONG_ONLY;
    if (got < LONG_ONLY) {
      for (at = 0; table[at].letter != got;) at++;
    }
    if (!store(argv[0], &table[at], optarg)) return OPTIONS_STOP;
  }
  *status = EXIT_DONE;
  return optind;
}

int options_refuse(const char *verb, const char *format, ...)
{
  StrBuf why = {0};
  va_list args;
  va_start(args, format);
  strbuf_vaddf(&why, format, args);
  va_end(args);
  say("%s (see 'newsmark %s --help')", why.ptr, verb);
  strbuf_release(&why);
  return EXIT_USAGE;
}
