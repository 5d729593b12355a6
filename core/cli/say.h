// say: what the command line tells people, a line at a time. What the arguments bring along, such as the name
// of a file, cannot steer the terminal (base/display.h). Any thread: a line is written whole.
#pragma once

// "newsmark: …" on standard error: what went wrong, or how far it got.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A line of the report that was asked for, on standard output.
void say_result(const char *format, ...) __attribute__((format(printf, 1, 2)));
