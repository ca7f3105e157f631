// base/check.h -- A bug of ours aborts with a message. Input must never be able to reach it.
#pragma once

#include <cstdio>
#include <cstdlib>

#define ASSAY_CHECK(condition, message)                                                   \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      std::fprintf(stderr, "assay: bug at %s:%d: %s (%s)\n", __FILE__, __LINE__, message, \
                   #condition);                                                           \
      std::abort();                                                                       \
    }                                                                                     \
  } while (false)
