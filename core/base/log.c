// The kept lines are a ring; `g_count` lines were kept so far, line n lies at (n - 1) % LOG_KEPT.
#include "base/log.h"

#include "base/alloc.h"
#include "base/display.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct Kept {
  int64_t unix_time;
  LogLevel level;
  char *text; // owned
} Kept;

static LogLevel g_least = LOG_WARN;
static FILE *g_to;
static pthread_mutex_t g_lock = PTHREAD_MUTEX_INITIALIZER; // guards what follows
static Kept g_kept[LOG_KEPT];
static uint64_t g_count;

void log_setup(LogLevel least, FILE *to)
{
  g_least = least;
  g_to = to;
}

const char *log_level_name(LogLevel level)
{
  static const char *const names[] = {"debug", "info", "warning", "error"};
  return names[level];
}

static void keep(LogLevel level, const char *line)
{
  pthread_mutex_lock(&g_lock);
  Kept *kept = &g_kept[g_count++ % LOG_KEPT];
  free(kept->text);
  *kept = (Kept){time(NULL), level, xstrdup(line)};
  pthread_mutex_unlock(&g_lock);
}

static void write_line(LogLevel level, const char *line)
{
  StrBuf shown = {0};
  display_add(&shown, str_of(line));
  fprintf(g_to ? g_to : stderr, "newsmark: %s: " STR_FMT "\n",
          log_level_name(level), // one call, so a whole line
          STR_ARG(strbuf_str(&shown)));
  strbuf_release(&shown);
}

void log_line(LogLevel level, const char *format, ...)
{
  char line[LOG_LINE_MAX];
  va_list args;
  if (level < g_least && level < LOG_INFO) return;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  if (level >= LOG_INFO) keep(level, line);
  if (level >= g_least) write_line(level, line);
}

bool log_after(uint64_t number, LogEntry *entry)
{
  pthread_mutex_lock(&g_lock);
  if (g_count > LOG_KEPT && number < g_count - LOG_KEPT) number = g_count - LOG_KEPT;
  bool found = number < g_count;
  if (found) {
    const Kept *kept = &g_kept[number % LOG_KEPT];
    *entry = (LogEntry){.number = number + 1, .unix_time = kept->unix_time, .level = kept->level};
    snprintf(entry->text, sizeof entry->text, "%s", kept->text);
  }
  pthread_mutex_unlock(&g_lock);
  return found;
}
