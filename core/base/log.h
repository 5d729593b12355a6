// log: lines for people who look for trouble, on standard error or in a file; standard output is never
// touched. Any thread: a line is written whole.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;

// What is written from now on, and where (borrowed; NULL: standard error). Before the first thread starts.
void log_setup(LogLevel least, FILE *to);
void log_line(LogLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));

// What is kept for people to read later, of all levels from LOG_INFO up, written or not: the last LOG_KEPT
// lines.
#define LOG_KEPT 1000
#define LOG_LINE_MAX 1024

typedef struct LogEntry {
  uint64_t number;   // of the line, from 1
  int64_t unix_time; // seconds
  LogLevel level;
  char text[LOG_LINE_MAX];
} LogEntry;

const char *log_level_name(LogLevel level); // "info"
// The first kept line behind line `number`; false where there is none. Any thread.
bool log_after(uint64_t number, LogEntry *entry);
