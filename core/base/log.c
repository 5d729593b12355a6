#include "base/log.h"

#include <stdarg.h>

static LogLevel g_least = LOG_WARN;
static FILE *g_to;

void log_setup(LogLevel least, FILE *to)
{
  g_least = least;
  g_to = to;
}

void log_line(LogLevel level, const char *format, ...)
{
  static const char *const names[] = {"debug", "info", "warning", "error"};
  if (level < g_least) return;
  char line[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  fprintf(g_to ? g_to : stderr, "newsmark: %s: %s\n", names[level], line); // one call, so one whole line
}
