// clock: monotonic time for budgets and measurements. Never the date: no annotation depends on today.
#pragma once

#include <stdint.h>

uint64_t clock_ns(void);
