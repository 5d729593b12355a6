// again.h: time in tests. The machine may be busy, or stand still for a moment: then even the processor's
// time of a thread is dearer, by half for minutes and a hundredfold for an instant. So what takes longer than
// it may is measured again, later each time, and fails only if it is never in time:
//
//   bool in_time = false;
//   for (int tries = 0; !in_time && again(&tries);) in_time = ...;
#pragma once

#include <stdbool.h>
#include <time.h>

enum { AGAIN_MOST = 10 }; // tries, in five seconds and what they take

// Whether there is another try; it is waited for, but for the first.
static inline bool again(int *tries)
{
  if (*tries >= AGAIN_MOST) return false;
  long ms = *tries ? 5L << *tries : 0;
  struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
  (*tries)++;
  return true;
}
