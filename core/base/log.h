// log: lines for people who look for trouble, on standard error or in a file; standard output is never
// touched. Any thread: a line is written whole.
#pragma once

#include <stdbool.h>
#include <stdio.h>

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;

// What is written from now on, and where (borrowed; NULL: standard error). Before the first thread starts.
void log_setup(LogLevel least, FILE *to);
void log_line(LogLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));
