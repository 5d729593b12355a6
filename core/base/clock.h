// clock: time for budgets and measurements, in nanoseconds. Never the date: no annotation depends on
// today. Any thread.
#pragma once

#include <stdint.h>

uint64_t clock_ns(void); // monotonic
// Of the processor, spent by the calling thread: a busy machine does not count.
uint64_t clock_thread_ns(void);
