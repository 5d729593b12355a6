// test.h: what every cmocka program of this folder begins with.
#pragma once

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "base/str.h"

#include <stdio.h>

#define assert_str(got, want)                                                                                \
  do {                                                                                                       \
    Str test_got_ = (got);                                                                                   \
    const char *test_want_ = (want);                                                                         \
    if (!str_is(test_got_, test_want_))                                                                      \
      fail_msg("got \"" STR_FMT "\", not \"%s\"", STR_ARG(test_got_), test_want_);                           \
  } while (0)
